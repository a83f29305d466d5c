"""Which open incidents a new call may be about: offered to the call taker, never merged by us."""

from collections.abc import Iterable, Set
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from dispatch.domain.incident import Incident
from gis.geodesy import at_confidence, distance_m
from gis.geometry import Location

# Two people describe one event from up to a block and a half apart.
NEAR_M: Final = 150.0
# However unsure a location is, farther than this it says nothing about sameness.
REACH_MAX_M: Final = 2_000.0
WINDOW: Final = timedelta(hours=1)
OFFERED_MAX: Final = 5

SAME_CALLER: Final = "same_caller"
SAME_PLACE: Final = "same_place"
UNCERTAIN_PLACE: Final = "uncertain_place"


@dataclass(frozen=True, slots=True, kw_only=True)
class PossibleDuplicate:
    """An open incident with the distance in metres, its age in seconds, and why it is offered."""

    incident_id: UUID
    number: str
    distance_m: float | None
    age_s: float
    reason: str


def possible_duplicates(
    incidents: Iterable[Incident],
    *,
    location: Location | None,
    of_caller: Set[UUID],
    now: datetime,
) -> tuple[PossibleDuplicate, ...]:
    """Return the likeliest first: the same caller's, then the nearest, then the newest.

    `of_caller` holds the incidents that calls from the same number belong to.
    """
    offered = (
        _match(incident, location=location, of_caller=of_caller, now=now)
        for incident in incidents
        if not incident.is_over and now - incident.opened_at <= WINDOW
    )
    return tuple(sorted((found for found in offered if found), key=_order)[:OFFERED_MAX])


def _match(
    incident: Incident, *, location: Location | None, of_caller: Set[UUID], now: datetime
) -> PossibleDuplicate | None:
    apart_m = _apart_m(incident.location, location)
    reason = SAME_CALLER if incident.id in of_caller else None
    if reason is None and apart_m is not None and location and incident.location:
        reason = _near(apart_m, incident.location, location)
    if reason is None:
        return None
    return PossibleDuplicate(
        incident_id=incident.id,
        number=incident.number,
        distance_m=apart_m,
        age_s=round((now - incident.opened_at).total_seconds(), 1),
        reason=reason,
    )


def _apart_m(one: Location | None, other: Location | None) -> float | None:
    return round(distance_m(one.point, other.point), 1) if one and other else None


def _near(apart_m: float, one: Location, other: Location) -> str | None:
    if apart_m <= NEAR_M:
        return SAME_PLACE
    doubt_m = at_confidence(one).uncertainty_m + at_confidence(other).uncertainty_m
    return UNCERTAIN_PLACE if apart_m <= min(NEAR_M + doubt_m, REACH_MAX_M) else None


def _order(found: PossibleDuplicate) -> tuple[bool, float, float]:
    far = REACH_MAX_M if found.distance_m is None else found.distance_m
    return (found.reason != SAME_CALLER, far, found.age_s)
