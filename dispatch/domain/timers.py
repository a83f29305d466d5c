"""Who has waited too long: calls nobody took, incidents without a unit, orders without an answer.

Each is told once: what is marked overdue is not told again until somebody acted on it.
"""

from datetime import datetime, timedelta
from typing import Final

from dispatch.domain import assigning
from dispatch.domain import call as calls
from dispatch.domain.assigning import Change
from dispatch.domain.call import Call, CallState
from dispatch.domain.events import CallOverdue, IncidentOverdue
from dispatch.domain.incident import Incident, step, waiting_since
from dispatch.domain.unit import Unit
from ops_center.kernel.events import Fact

# 95 % of calls answered within 20 s: NENA-STA-020.1-2020.
CALL_WAIT: Final = timedelta(seconds=20)
# From the opening (or the last release) to a unit on its way, by priority. P1: NFPA 1225, 60 s.
INCIDENT_WAIT: Final = {
    1: timedelta(seconds=60),
    2: timedelta(seconds=120),
    3: timedelta(minutes=10),
    4: timedelta(minutes=30),
}
# NFPA 1710 allows 60 s of turnout for ambulances; by then an order is at least acknowledged.
ACKNOWLEDGE_WAIT: Final = timedelta(seconds=60)


def call_is_overdue(call: Call, *, now: datetime) -> bool:
    waiting = call.state is CallState.WAITING and not call.overdue
    return waiting and now - call.received_at >= CALL_WAIT


def incident_is_overdue(incident: Incident, *, now: datetime) -> bool:
    since = waiting_since(incident)
    if since is None or incident.overdue:
        return False
    return now - since >= INCIDENT_WAIT[incident.priority]


def dispatch_is_overdue(unit: Unit, *, now: datetime) -> bool:
    order = unit.assignment
    if order is None or order.acknowledged_at is not None or order.overdue:
        return False
    return now - order.assigned_at >= ACKNOWLEDGE_WAIT


def overdue_call(call: Call, *, now: datetime) -> tuple[Call, list[Fact]]:
    """Mark a call that nobody took in time; an unmarked one comes back as it is."""
    if not call_is_overdue(call, now=now):
        return call, []
    marked = calls.overdue(call)
    fact = CallOverdue(
        subject=marked.id,
        version=marked.version,
        overdue=True,
        waited_s=_whole_seconds(now - call.received_at),
    )
    return marked, [fact]


def overdue_incident(incident: Incident, *, now: datetime) -> tuple[Incident, list[Fact]]:
    """Mark an incident that has no unit in time; an unmarked one comes back as it is."""
    since = waiting_since(incident)
    if since is None or not incident_is_overdue(incident, now=now):
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


def overdue_dispatch(unit: Unit, incident: Incident, *, now: datetime) -> Change:
    """Mark an order that nobody acknowledged in time; an unmarked one comes back as it is."""
    if not dispatch_is_overdue(unit, now=now):
        return Change(unit=unit, incident=incident, facts=())
    return assigning.mark_dispatch_overdue(unit, incident)


def _whole_seconds(span: timedelta) -> int:
    return int(span.total_seconds())
