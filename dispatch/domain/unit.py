"""A Unit: responders with a callsign, and the two-level machine of what they are doing."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final
from uuid import UUID

from dispatch.domain.codes import UNIT_STATUSES, Activity, Availability, UnitKind
from dispatch.domain.incident import Assignment
from ops_center.kernel.errors import Conflict

# Availability each activity stands for: there is exactly one, so no pair can contradict itself.
AVAILABILITY_OF: Final[dict[Activity, Availability]] = {
    **{status.activity: status.availability for status in UNIT_STATUSES.values()},
    Activity.DISPATCHED: Availability.NOT_AVAILABLE,
}
# Activities of a unit that works on an incident; all others belong to a unit without one.
ASSIGNED_ACTIVITIES: Final = frozenset(
    {
        Activity.DISPATCHED,
        Activity.ACKNOWLEDGED,
        Activity.EN_ROUTE,
        Activity.ON_SCENE,
        Activity.TRANSPORTING,
        Activity.AT_HOSPITAL,
    }
)
CLEAR: Final = "clear"

# What may be reported next. A crew that forgets a step may skip it, but nobody goes back on the
# way to the scene. Statuses that are not listed are refused, a repeated one is answered silently.
NEXT: Final[dict[Activity, frozenset[str]]] = {
    Activity.IN_SERVICE: frozenset({"break", "off_duty", "out_of_service"}),
    Activity.BREAK: frozenset({"in_service", "off_duty", "out_of_service"}),
    Activity.OFF_DUTY: frozenset({"in_service", "out_of_service"}),
    Activity.OUT_OF_SERVICE: frozenset({"in_service", "off_duty"}),
    Activity.DISPATCHED: frozenset({"acknowledged", "en_route", "on_scene", CLEAR}),
    Activity.ACKNOWLEDGED: frozenset({"en_route", "on_scene", CLEAR}),
    Activity.EN_ROUTE: frozenset({"on_scene", CLEAR}),
    Activity.ON_SCENE: frozenset({"transporting", CLEAR}),
    Activity.TRANSPORTING: frozenset({"at_hospital", CLEAR}),
    Activity.AT_HOSPITAL: frozenset({"transporting", CLEAR}),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """Shape on the wire: docs/protocol.md."""

    id: UUID
    callsign: str
    version: int
    agency: str
    kind: UnitKind
    profile: str
    capabilities: tuple[str, ...]
    availability: Availability
    activity: Activity
    assignment: Assignment | None
    emergency: bool
    status_at: datetime
    reason: str | None

    def __post_init__(self) -> None:
        assert is_legal(self), f"{self.callsign} is {self.availability} and {self.activity}"

    @property
    def audience(self) -> tuple[str, ...]:
        """Tags of those who may hear of it: its agency and itself."""
        return (f"agency:{self.agency}", f"unit:{self.id}")

    @property
    def can_be_dispatched(self) -> bool:
        return self.assignment is None and self.availability is not Availability.NOT_AVAILABLE


def is_legal(unit: Unit) -> bool:
    """Tell whether both levels and the assignment go together."""
    busy = unit.activity in ASSIGNED_ACTIVITIES
    return AVAILABILITY_OF[unit.activity] is unit.availability and busy == (
        unit.assignment is not None
    )


def step(unit: Unit, **changes: object) -> Unit:
    """Return the unit one version further, with those fields replaced."""
    return replace(unit, version=unit.version + 1, **changes)  # type: ignore[arg-type]


def in_activity(
    unit: Unit, activity: Activity, *, at: datetime, assignment: Assignment | None
) -> Unit:
    """Return the unit one version further, doing that since `at`."""
    return step(
        unit,
        activity=activity,
        availability=AVAILABILITY_OF[activity],
        assignment=assignment,
        status_at=at,
    )


def may_report(unit: Unit, status: str) -> bool:
    return status in NEXT[unit.activity]


def is_repeated(unit: Unit, status: str) -> bool:
    """Tell whether the unit already is what it reports, so that nothing needs to change."""
    if status == CLEAR:
        return unit.activity is Activity.IN_SERVICE
    return unit.activity is UNIT_STATUSES[status].activity


def transition_refused(unit: Unit, status: str) -> Conflict:
    """Return the refusal of a status that does not follow from the present one."""
    allowed = sorted(NEXT[unit.activity])
    busy = unit.assignment is not None and status not in NEXT[Activity.DISPATCHED]
    hint = "Clear the unit or release it first" if busy else f"Possible now: {', '.join(allowed)}"
    return Conflict(
        f"{unit.callsign} is {unit.activity} and cannot become {status}. {hint}.",
        code="illegal-transition",
        unit_id=str(unit.id),
        activity=unit.activity.value,
        allowed=allowed,
    )


def not_available(unit: Unit, *, incident_number: str | None) -> Conflict:
    """Return the refusal to dispatch a unit, naming who has it."""
    if unit.assignment is not None:
        why = f"is assigned to incident {incident_number or unit.assignment.incident_id}"
    else:
        why = f"is {unit.activity.value.replace('_', ' ')}"
    return unit_taken(
        unit_id=unit.id,
        callsign=unit.callsign,
        incident_id=unit.assignment.incident_id if unit.assignment else None,
        incident_number=incident_number,
        why=why,
    )


def unit_taken(
    *,
    unit_id: UUID,
    callsign: str,
    incident_id: UUID | None,
    incident_number: str | None,
    why: str,
) -> Conflict:
    """Return the one shape of `unit-not-available`, whether code or the database noticed it."""
    return Conflict(
        f"{callsign} {why}. Choose another unit, or release it there first.",
        code="unit-not-available",
        unit_id=str(unit_id),
        callsign=callsign,
        incident_id=str(incident_id) if incident_id else None,
        incident_number=incident_number,
    )
