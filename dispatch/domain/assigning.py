"""Steps that change a unit together with its incident: assign, report, release.

Every step keeps the two in agreement: the incident's copy of the assignment is the unit's, both
versions grow by one, and `incident.progressed` follows when the incident's status follows.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from dispatch.domain.codes import Activity, Availability
from dispatch.domain.events import (
    IncidentProgressed,
    UnitAssigned,
    UnitDispatchOverdue,
    UnitReleased,
    UnitStatusChanged,
)
from dispatch.domain.incident import (
    Assignment,
    Incident,
    progress,
    require_open,
    with_assignment,
)
from dispatch.domain.incident import step as incident_step
from dispatch.domain.response_plan import unique
from dispatch.domain.unit import (
    AVAILABILITY_OF,
    CLEAR,
    Unit,
    in_activity,
    is_repeated,
    may_report,
    not_available,
    transition_refused,
)
from dispatch.domain.unit import step as unit_step
from ops_center.kernel.errors import Conflict, Invalid
from ops_center.kernel.events import Fact

# Phones' clocks differ: a report this much older than the last status still counts as the newest.
CLOCK_SKEW: Final = timedelta(seconds=30)
FUTURE_MAX: Final = timedelta(seconds=60)
RELEASED_BY_CREW: Final = "clear"
LATE: Final = "late:"

_STAMP_OF: Final = {
    "acknowledged": "acknowledged_at",
    "en_route": "en_route_at",
    "on_scene": "on_scene_at",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What a step leads to; the incident is None when the unit works on none."""

    unit: Unit
    incident: Incident | None
    facts: tuple[Fact, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """An order to go: its id, and what the route looked like when it was given."""

    id: UUID
    eta_s: float | None
    distance_m: float | None
    override_reason: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusReport:
    """What a crew or a dispatcher says a unit does, and since when (None: since now)."""

    status: str
    availability: Availability
    activity: Activity
    occurred_at: datetime | None
    reason: str | None


def assign(unit: Unit, incident: Incident, order: Order, *, now: datetime) -> Change:
    """Send the unit to the incident; Conflict when it is not free or the incident is over."""
    require_open(incident)
    if not unit.can_be_dispatched:
        raise not_available(unit, incident_number=None)
    assignment = Assignment(
        id=order.id,
        incident_id=incident.id,
        unit_id=unit.id,
        callsign=unit.callsign,
        assigned_at=now,
        eta_s=order.eta_s,
        distance_m=order.distance_m,
        override_reason=order.override_reason,
    )
    sent = in_activity(unit, Activity.DISPATCHED, at=now, assignment=assignment)
    grown = with_assignment(incident, assignment)
    fact = UnitAssigned(
        subject=sent.id,
        version=sent.version,
        incident=grown.id,
        audience=_audience(sent, grown),
        assignment=assignment,
        availability=sent.availability,
        activity=sent.activity,
        status_at=sent.status_at,
        incident_version=grown.version,
    )
    return _followed(sent, grown, fact)


def release(unit: Unit, incident: Incident, *, reason: str, now: datetime) -> Change:
    """Call the unit off the incident; Conflict when it is not assigned to it."""
    if unit.assignment is None or unit.assignment.incident_id != incident.id:
        raise Conflict(
            f"{unit.callsign} is not assigned to incident {incident.number}. Look at it again.",
            code="unit-not-on-incident",
            unit_id=str(unit.id),
            callsign=unit.callsign,
            incident_id=str(incident.id),
        )
    ended = replace(unit.assignment, released_at=now, release_reason=reason, overdue=False)
    free = in_activity(unit, Activity.IN_SERVICE, at=now, assignment=None)
    # The audience is that of before: the crew must hear that it is free.
    audience = _audience(unit, incident)
    left = with_assignment(incident, ended)
    fact = UnitReleased(
        subject=free.id,
        version=free.version,
        incident=left.id,
        audience=audience,
        occurred_at=now,
        assignment=ended,
        availability=free.availability,
        activity=free.activity,
        status_at=free.status_at,
        incident_version=left.version,
    )
    return _followed(free, left, fact)


def report(unit: Unit, incident: Incident | None, said: StatusReport, *, now: datetime) -> Change:
    """Take over what a unit says it does; `incident` is that of its assignment.

    A report that happened before the last status never overwrites it: it is journalled with its
    own time, may fill a stamp of the assignment that is still empty, and nothing else.
    """
    at = _instant(said.occurred_at, now=now)
    legal = may_report(unit, said.status)
    too_old = at < unit.status_at - CLOCK_SKEW
    if too_old or (at < unit.status_at and not legal):
        return _late(unit, incident, said, at=at)
    if is_repeated(unit, said.status) and (said.reason or unit.reason) == unit.reason:
        return Change(unit=unit, incident=incident, facts=())
    if not legal and not is_repeated(unit, said.status):
        raise transition_refused(unit, said.status)
    at = max(at, unit.status_at)
    if said.status == CLEAR and incident is not None:
        return release(unit, incident, reason=said.reason or RELEASED_BY_CREW, now=at)
    return _reported(unit, incident, said, at=at)


def mark_dispatch_overdue(unit: Unit, incident: Incident) -> Change:
    """Mark that nobody in the unit has acknowledged the order in time."""
    assert unit.assignment is not None, "only an assigned unit can leave an order unanswered"
    late = replace(unit.assignment, overdue=True)
    marked = unit_step(unit, assignment=late)
    grown = with_assignment(incident, late)
    fact = UnitDispatchOverdue(
        subject=marked.id,
        version=marked.version,
        incident=grown.id,
        audience=_audience(marked, grown),
        assignment=late,
        incident_version=grown.version,
    )
    return Change(unit=marked, incident=grown, facts=(fact,))


def _instant(occurred_at: datetime | None, *, now: datetime) -> datetime:
    if occurred_at is None:
        return now
    if occurred_at > now + FUTURE_MAX:
        raise Invalid(
            "occurred_at lies in the future: set the device's clock and report again.",
            code="future-report",
            field="occurred_at",
        )
    return min(occurred_at, now)


def _reported(unit: Unit, incident: Incident | None, said: StatusReport, *, at: datetime) -> Change:
    assignment = _stamped(unit.assignment, said.status, at=at) if unit.assignment else None
    moved = unit_step(
        unit,
        activity=said.activity,
        availability=AVAILABILITY_OF[said.activity],
        assignment=assignment,
        status_at=at,
        reason=said.reason,
    )
    return _status_changed(moved, incident, at=at)


def _late(unit: Unit, incident: Incident | None, said: StatusReport, *, at: datetime) -> Change:
    assignment = unit.assignment
    if assignment is not None and at >= assignment.assigned_at:
        assignment = _stamped(assignment, said.status, at=at)
    noted = unit_step(unit, assignment=assignment, reason=f"{LATE}{said.status}")
    return _status_changed(noted, incident, at=at)


def _stamped(assignment: Assignment, status: str, *, at: datetime) -> Assignment:
    """Fill the stamp of that step unless it has one; any answer acknowledges the order."""
    name = _STAMP_OF.get(status)
    stamps: dict[str, datetime] = {}
    if name is not None and getattr(assignment, name) is None:
        stamps[name] = at
    if assignment.acknowledged_at is None and name is not None:
        stamps["acknowledged_at"] = at
    if not stamps:
        return assignment
    return replace(assignment, overdue=False, **stamps)  # type: ignore[arg-type]


def _status_changed(unit: Unit, incident: Incident | None, *, at: datetime) -> Change:
    assert (unit.assignment is None) == (incident is None), "a unit comes with its own incident"
    grown = incident
    if incident is not None and unit.assignment is not None:
        grown = with_assignment(incident, unit.assignment)
    fact = UnitStatusChanged(
        subject=unit.id,
        version=unit.version,
        incident=grown.id if grown else None,
        audience=_audience(unit, grown),
        occurred_at=at,
        availability=unit.availability,
        activity=unit.activity,
        status_at=unit.status_at,
        reason=unit.reason,
        assignment=unit.assignment,
        incident_version=grown.version if grown else None,
    )
    return _followed(unit, grown, fact)


def _followed(unit: Unit, incident: Incident | None, fact: Fact) -> Change:
    """Add the incident's own progress behind the unit's fact, when there is any."""
    if incident is None or progress(incident) is incident.status:
        return Change(unit=unit, incident=incident, facts=(fact,))
    moved = incident_step(incident, status=progress(incident))
    progressed = IncidentProgressed(
        subject=moved.id,
        version=moved.version,
        incident=moved.id,
        audience=unique((*moved.audience, *fact.audience)),
        occurred_at=fact.occurred_at,
        status=moved.status,
    )
    return Change(unit=unit, incident=moved, facts=(fact, progressed))


def _audience(unit: Unit, incident: Incident | None) -> tuple[str, ...]:
    """Those of the unit, and those of the incident, whose copy of the assignment changes too."""
    return unique((*unit.audience, *(incident.audience if incident else ())))
