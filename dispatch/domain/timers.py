"""Who has waited too long, by the clocks of the rules: calls, incidents, orders, each step of them.

Each is told once: what is marked is not told again until the thing itself began anew. A time in
the future (a device whose clock is wrong) has waited for nothing yet.
"""

from datetime import datetime, timedelta
from uuid import UUID

from dispatch.domain import assigning
from dispatch.domain import call as calls
from dispatch.domain.call import Call, CallState
from dispatch.domain.clock_facts import IncidentClockOverdue
from dispatch.domain.clock_parts import LateClock
from dispatch.domain.events import CallOverdue, IncidentOverdue
from dispatch.domain.incident import (
    Assignment,
    Incident,
    IncidentStatus,
    is_of_now,
    step,
    waiting_since,
)
from dispatch.domain.rules.clocks import (
    ANSWER,
    CLAIM,
    PENDING,
    PROCESS,
    SCENE,
    TRAVEL,
    TURNOUT,
    UNACKNOWLEDGED,
    ClockRow,
    Clocks,
)
from dispatch.domain.unit import Unit
from dispatch.domain.unit_change import Change
from ops_center.kernel.events import Fact


def answer_limit(clocks: Clocks) -> timedelta | None:
    """Return how long a call may ring before the screens are told; None: for ever."""
    return _limit(clocks.row(ANSWER))


def claim_limit(clocks: Clocks) -> timedelta | None:
    """Return how long a taken call may rest before its claim is stale; None: for ever."""
    return _limit(clocks.row(CLAIM))


def call_is_overdue(call: Call, clocks: Clocks, *, now: datetime) -> bool:
    waiting = call.state is CallState.WAITING and not call.overdue
    return waiting and _passed(call.received_at, clocks.row(ANSWER), now=now)


def incident_is_overdue(incident: Incident, clocks: Clocks, *, now: datetime) -> bool:
    since = waiting_since(incident)
    if since is None or incident.overdue:
        return False
    return _passed(since, _of_incident(clocks, PENDING, incident), now=now)


def dispatch_is_overdue(unit: Unit, incident: Incident, clocks: Clocks, *, now: datetime) -> bool:
    order = unit.assignment
    if order is None or order.acknowledged_at is not None or order.overdue:
        return False
    row = clocks.row(
        UNACKNOWLEDGED, kind=incident.type, priority=incident.priority, agency=unit.agency
    )
    return _passed(order.assigned_at, row, now=now)


def overdue_call(call: Call, clocks: Clocks, *, now: datetime) -> tuple[Call, list[Fact]]:
    """Mark a call that nobody took in time; an unmarked one comes back as it is."""
    if not call_is_overdue(call, clocks, now=now):
        return call, []
    marked = calls.overdue(call)
    fact = CallOverdue(
        subject=marked.id,
        version=marked.version,
        overdue=True,
        waited_s=_whole_seconds(now - call.received_at),
    )
    return marked, [fact]


def overdue_incident(
    incident: Incident, clocks: Clocks, *, now: datetime
) -> tuple[Incident, list[Fact]]:
    """Mark an incident that has no unit in time; an unmarked one comes back as it is."""
    since = waiting_since(incident)
    if since is None or not incident_is_overdue(incident, clocks, now=now):
        return incident, []
    marked = step(incident, overdue=True)
    fact = IncidentOverdue(
        subject=marked.id,
        version=marked.version,
        incident=marked.id,
        audience=marked.audience,
        overdue=True,
        waited_s=_whole_seconds(now - since),
    )
    return marked, [fact]


def overdue_dispatch(unit: Unit, incident: Incident, clocks: Clocks, *, now: datetime) -> Change:
    """Mark an order that nobody acknowledged in time; an unmarked one comes back as it is."""
    if not dispatch_is_overdue(unit, incident, clocks, now=now):
        return Change(unit=unit, incident=incident, facts=())
    return assigning.mark_dispatch_overdue(unit, incident)


def late_process(
    incident: Incident, clocks: Clocks, *, now: datetime
) -> tuple[Incident, list[Fact]]:
    """Mark an incident to which nobody sent the first unit in time, since it was reopened if so."""
    sent = any(is_of_now(incident, one) for one in incident.assignments)
    if incident.status is not IncidentStatus.NEW or sent:
        return incident, []
    return _late(incident, _of_incident(clocks, PROCESS, incident), _begun(incident), now=now)


def late_step(
    incident: Incident, assignment_id: UUID, row: ClockRow, *, now: datetime
) -> tuple[Incident, list[Fact]]:
    """Mark a step of one unit's work that takes too long; `row` is what holds for it."""
    order = next((one for one in incident.active if one.id == assignment_id), None)
    since = step_since(order, row.clock) if order else None
    if order is None or since is None:
        return incident, []
    return _late(incident, row, since, now=now, order=order)


def step_since(order: Assignment, clock: str) -> datetime | None:
    """Return since when that step of an active assignment lasts, None while it does not.

    A crew's own times count, but never from before it was sent.
    """
    if order.released_at is not None:
        return None
    match clock:
        case "turnout":
            since = order.assigned_at if order.en_route_at is None else None
        case "travel":
            since = order.en_route_at
        case _:
            return max(order.on_scene_at, order.assigned_at) if order.on_scene_at else None
    return max(since, order.assigned_at) if since and order.on_scene_at is None else None


STEPS = (TURNOUT, TRAVEL, SCENE)


def _late(
    incident: Incident,
    row: ClockRow,
    since: datetime,
    *,
    now: datetime,
    order: Assignment | None = None,
) -> tuple[Incident, list[Fact]]:
    owner = order.id if order else None
    told = any(
        one.clock == row.clock and one.assignment_id == owner for one in incident.clocks_overdue
    )
    if told or not _passed(since, row, now=now):
        return incident, []
    assert row.alarm_s is not None, "a clock that passed has its time"
    late = LateClock(
        clock=row.clock,
        target_s=row.aim.target_s if row.aim else row.alarm_s,
        at=now,
        assignment_id=owner,
        callsign=order.callsign if order else None,
    )
    marked = step(incident, clocks_overdue=(*incident.clocks_overdue, late))
    fact = IncidentClockOverdue(
        subject=marked.id,
        version=marked.version,
        incident=marked.id,
        audience=marked.audience,
        clock=late.clock,
        target_s=late.target_s,
        at=late.at,
        assignment_id=late.assignment_id,
        callsign=late.callsign,
        waited_s=_whole_seconds(now - since),
    )
    return marked, [fact]


def _begun(incident: Incident) -> datetime:
    """When work could begin: a scheduled incident begins at its time, a reopened one anew."""
    later = (incident.scheduled_for, incident.reopened_at)
    return max([incident.opened_at, *(one for one in later if one)])


def _of_incident(clocks: Clocks, clock: str, incident: Incident) -> ClockRow:
    leading = incident.agencies[0] if incident.agencies else None
    return clocks.row(clock, kind=incident.type, priority=incident.priority, agency=leading)


def _limit(row: ClockRow) -> timedelta | None:
    return None if row.alarm_s is None else timedelta(seconds=row.alarm_s)


def _passed(since: datetime, row: ClockRow, *, now: datetime) -> bool:
    limit = _limit(row)
    return limit is not None and now - since >= limit


def _whole_seconds(span: timedelta) -> int:
    return int(span.total_seconds())
