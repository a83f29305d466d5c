"""A Unit: responders with a callsign, and the two-level machine of what they are doing."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from dispatch.domain.changing import with_changes
from dispatch.domain.codes import Activity, Availability, UnitKind
from dispatch.domain.incident import Assignment
from dispatch.domain.unit_parts import (
    CrewMember,
    Disagreement,
    Proposal,
    Refusal,
    ShiftTimes,
    StatusSource,
    Welfare,
)
from dispatch.domain.wire import INTERNAL
from gis.geometry import Location
from ops_center.kernel.errors import Conflict

# Availability each activity stands for: there is exactly one, so no pair can contradict itself.
AVAILABILITY_OF: Final[dict[Activity, Availability]] = {
    **dict.fromkeys(Activity, Availability.NOT_AVAILABLE),
    Activity.IN_SERVICE: Availability.AVAILABLE,
    Activity.BREAK: Availability.CONDITIONALLY_AVAILABLE,
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
# A unit without an order for so long has rested: the clock of its work begins anew.
IDLE_IS_REST: Final = timedelta(minutes=30)
CROSS_STAFFED: Final = "cross_staffed"
# What a fact about a unit's status tells of it, the same for every such fact.
STATE: Final = (
    "availability",
    "activity",
    "status",
    "status_at",
    "status_source",
    "reason",
    "out_reason",
    "hospital",
    "proposal",
    "disagreement",
    "welfare",
    "busy_since",
    "rest_due",
)


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
    # The code of the status in the rules; None means the one named as the activity.
    status: str | None = None
    status_source: StatusSource = StatusSource.SAID
    out_reason: str | None = None
    hospital: str | None = None
    crew: tuple[CrewMember, ...] = ()
    vehicle: str | None = None
    station: str | None = None
    cell: str | None = None
    equipment: tuple[str, ...] = ()
    shift: ShiftTimes | None = None
    proposal: Proposal | None = None
    refused: Refusal | None = field(default=None, metadata={INTERNAL: True})
    disagreement: Disagreement | None = None
    welfare: Welfare | None = None
    cross_staffs: tuple[UUID, ...] = ()
    busy_since: datetime | None = None
    rest_due: bool = False
    emergency_at: datetime | None = None
    emergency_location: Location | None = None
    emergency_fix_at: datetime | None = None
    emergency_acknowledged_by: str | None = None

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
    return with_changes(unit, {"version": unit.version + 1, **changes})


def state_of(unit: Unit) -> dict[str, Any]:
    """Return what a fact about the unit's status tells of it, by name."""
    return {name: getattr(unit, name) for name in STATE}


def in_activity(
    unit: Unit,
    activity: Activity,
    *,
    at: datetime,
    assignment: Assignment | None,
    source: StatusSource = StatusSource.SAID,
) -> Unit:
    """Return the unit one version further, doing that since `at`; what was said before is over."""
    return step(
        unit,
        activity=activity,
        availability=AVAILABILITY_OF[activity],
        status=activity.value,
        status_source=source,
        assignment=assignment,
        status_at=at,
        reason=None,
        out_reason=None,
        hospital=None,
        proposal=None,
        refused=None,
        disagreement=None,
        welfare=None,
        busy_since=_busy_since(unit, at) if assignment else unit.busy_since,
        rest_due=unit.rest_due and not (assignment and has_rested(unit, at)),
    )


def has_rested(unit: Unit, at: datetime) -> bool:
    """Tell whether the unit has been without an order for so long that this was its rest."""
    return unit.assignment is None and at - unit.status_at >= IDLE_IS_REST


def _busy_since(unit: Unit, at: datetime) -> datetime:
    return at if has_rested(unit, at) or unit.busy_since is None else unit.busy_since


def not_available(unit: Unit, *, incident_number: str | None) -> Conflict:
    """Return the refusal to dispatch a unit, naming who has it."""
    if unit.assignment is not None:
        why = f"is assigned to incident {incident_number or unit.assignment.incident_id}"
        why += f" by {unit.assignment.by}" if unit.assignment.by else ""
    else:
        why = f"is {unit.activity.value.replace('_', ' ')}"
        if unit.out_reason == CROSS_STAFFED and unit.reason:
            why = f"{why}: {unit.reason}"
    return unit_taken(
        unit_id=unit.id,
        callsign=unit.callsign,
        incident_id=unit.assignment.incident_id if unit.assignment else None,
        incident_number=incident_number,
        by=unit.assignment.by if unit.assignment else None,
        why=why,
    )


def unit_taken(
    *,
    unit_id: UUID,
    callsign: str,
    incident_id: UUID | None,
    incident_number: str | None,
    by: str | None,
    why: str,
) -> Conflict:
    """Return the one shape of `unit-not-available`, whether code or the database noticed it.

    `by` is the dispatcher who has the unit.
    """
    return Conflict(
        f"{callsign} {why}. Choose another unit, or release it there first.",
        code="unit-not-available",
        unit_id=str(unit_id),
        callsign=callsign,
        incident_id=str(incident_id) if incident_id else None,
        incident_number=incident_number,
        by=by,
    )
