"""The short lists that are code: the two levels of a status, kinds of unit, priorities."""

from enum import StrEnum
from typing import Final

from dispatch.domain.response_plan import AGENCIES
from gis.travel import Profile
from ops_center.kernel.errors import Invalid

PRIORITY_HIGHEST = 1
PRIORITY_LOWEST = 4


class Availability(StrEnum):
    """First level of a unit's status: EIDO primaryUnitStatus (NENA-STA-021.1b)."""

    AVAILABLE = "available"
    CONDITIONALLY_AVAILABLE = "conditionally_available"
    NOT_AVAILABLE = "not_available"


class Activity(StrEnum):
    """Second level: what the unit does, a subset of EIDO secondaryUnitStatus."""

    IN_SERVICE = "in_service"
    DISPATCHED = "dispatched"
    ACKNOWLEDGED = "acknowledged"
    EN_ROUTE = "en_route"
    ON_SCENE = "on_scene"
    TRANSPORTING = "transporting"
    AT_HOSPITAL = "at_hospital"
    BREAK = "break"
    OFF_DUTY = "off_duty"
    OUT_OF_SERVICE = "out_of_service"


class UnitKind(StrEnum):
    PATROL = "patrol"
    MOTORCYCLE = "motorcycle"
    AMBULANCE = "ambulance"
    FIRE_ENGINE = "fire_engine"
    RESCUE = "rescue"


DEFAULT_CAPABILITIES: Final[dict[UnitKind, tuple[str, ...]]] = {
    UnitKind.PATROL: ("patrol",),
    UnitKind.MOTORCYCLE: ("patrol",),
    UnitKind.AMBULANCE: ("ambulance",),
    UnitKind.FIRE_ENGINE: ("fire",),
    UnitKind.RESCUE: ("rescue",),
}
DEFAULT_PROFILES: Final[dict[UnitKind, Profile]] = {
    UnitKind.PATROL: Profile.PATROL,
    UnitKind.MOTORCYCLE: Profile.MOTORCYCLE,
    UnitKind.AMBULANCE: Profile.AMBULANCE,
    UnitKind.FIRE_ENGINE: Profile.FIRE_ENGINE,
    UnitKind.RESCUE: Profile.FIRE_ENGINE,
}


def unit_kind(code: str) -> UnitKind:
    """Return the kind of that code, or Invalid."""
    try:
        return UnitKind(code)
    except ValueError:
        raise Invalid(f"kind must be one of: {', '.join(UnitKind)}.", field="kind") from None


def profile(code: str) -> str:
    """Return the routing profile of that code, or Invalid."""
    try:
        return Profile(code).value
    except ValueError:
        raise Invalid(f"profile must be one of: {', '.join(Profile)}.", field="profile") from None


def agency(code: str) -> str:
    """Return the agency's code when it is one of ours, or Invalid."""
    if code not in AGENCIES:
        raise Invalid(f"agency must be one of: {', '.join(AGENCIES)}.", field="agency")
    return code


def priority(value: int) -> int:
    """Return the priority when it is 1 to 4, or Invalid."""
    if not PRIORITY_HIGHEST <= value <= PRIORITY_LOWEST:
        raise Invalid("priority is 1 (life in danger now) to 4 (can wait).", field="priority")
    return value
