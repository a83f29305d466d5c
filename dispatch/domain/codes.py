"""The short lists of a control room: unit statuses, kinds of unit, priorities.

The Guaraní labels are drafts and must be reviewed by a native speaker before they are relied on.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from dispatch.domain.labels import Labels
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


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusCode:
    """A status a crew can report, and the two levels it stands for."""

    code: str
    availability: Availability
    activity: Activity
    labels: Labels


def _status(
    activity: Activity, availability: Availability, labels: Labels, *, code: str | None = None
) -> StatusCode:
    return StatusCode(
        code=code or activity.value, availability=availability, activity=activity, labels=labels
    )


_BUSY = Availability.NOT_AVAILABLE
_STATUSES: Final = (
    _status(Activity.ACKNOWLEDGED, _BUSY, Labels(es="Recibido", gn="Ohupytýma", en="Acknowledged")),
    _status(Activity.EN_ROUTE, _BUSY, Labels(es="En camino", gn="Oho hína", en="En route")),
    _status(Activity.ON_SCENE, _BUSY, Labels(es="En el lugar", gn="Oĩma upépe", en="On scene")),
    _status(
        Activity.TRANSPORTING,
        _BUSY,
        Labels(es="Trasladando", gn="Ogueraha hína", en="Transporting"),
    ),
    _status(
        Activity.AT_HOSPITAL, _BUSY, Labels(es="En el hospital", gn="Tasyópe", en="At hospital")
    ),
    _status(
        Activity.IN_SERVICE,
        Availability.AVAILABLE,
        Labels(es="Liberado", gn="Opáma", en="Clear"),
        code="clear",
    ),
    _status(
        Activity.IN_SERVICE,
        Availability.AVAILABLE,
        Labels(es="En servicio", gn="Omba'apo hína", en="In service"),
    ),
    _status(
        Activity.BREAK,
        Availability.CONDITIONALLY_AVAILABLE,
        Labels(es="En descanso", gn="Opytu'u", en="On a break"),
    ),
    _status(Activity.OFF_DUTY, _BUSY, Labels(es="Fuera de turno", gn="Nomba'apói", en="Off duty")),
    _status(
        Activity.OUT_OF_SERVICE,
        _BUSY,
        Labels(es="Fuera de servicio", gn="Ndoikói", en="Out of service"),
    ),
)
UNIT_STATUSES: Final[dict[str, StatusCode]] = {status.code: status for status in _STATUSES}

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


def unit_status(code: str) -> StatusCode:
    """Return the two levels a reported status stands for, or Invalid."""
    found = UNIT_STATUSES.get(code)
    if found is None:
        raise Invalid(f"status must be one of: {', '.join(UNIT_STATUSES)}.", field="status")
    return found


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
