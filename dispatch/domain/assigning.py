"""Steps that tie a unit to an incident and end the tie: assign, release, mark as unanswered.

Every step keeps the two in agreement: the incident's copy of the assignment is the unit's, both
versions grow by one, and `incident.progressed` follows when the incident's status follows.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from dispatch.domain.codes import Activity
from dispatch.domain.events import UnitAssigned, UnitDispatchOverdue, UnitReleased
from dispatch.domain.incident import Assignment, Incident, require_open, with_assignment
from dispatch.domain.unit import Unit, in_activity, not_available, state_of
from dispatch.domain.unit import step as unit_step
from dispatch.domain.unit_change import Change, audience_of, followed
from ops_center.kernel.errors import Conflict


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """An order to go: its id, and what the route looked like when it was given."""

    id: UUID
    eta_s: float | None
    distance_m: float | None
    override_reason: str | None
    role: str | None = None
    recommended: bool | None = None
    best_eta_s: float | None = None
    diverted_from: str | None = None
    by: str | None = None


def assign(unit: Unit, incident: Incident, order: Order, *, now: datetime) -> Change:
    """Send the unit to the incident; Conflict when it is not free or the incident is over."""
    require_open(incident)
    if not unit.can_be_dispatched:
        raise not_available(unit, incident_number=None)
    # A server's clock may step back; an interval is never negative for it.
    at = max(now, incident.opened_at)
    assignment = Assignment(
        id=order.id,
        incident_id=incident.id,
        unit_id=unit.id,
        callsign=unit.callsign,
        assigned_at=at,
        eta_s=order.eta_s,
        distance_m=order.distance_m,
        override_reason=order.override_reason,
        role=order.role,
        recommended=order.recommended,
        best_eta_s=order.best_eta_s,
        diverted_from=order.diverted_from,
        by=order.by,
    )
    sent = in_activity(unit, Activity.DISPATCHED, at=at, assignment=assignment)
    grown = with_assignment(incident, assignment)
    fact = UnitAssigned(
        subject=sent.id,
        version=sent.version,
        incident=grown.id,
        audience=audience_of(sent, grown),
        assignment=assignment,
        incident_version=grown.version,
        **state_of(sent),
    )
    return followed(sent, grown, fact)


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
    at = max(now, unit.assignment.last_at)
    ended = replace(unit.assignment, released_at=at, release_reason=reason, overdue=False)
    free = in_activity(unit, Activity.IN_SERVICE, at=at, assignment=None)
    # The audience is that of before: the crew must hear that it is free.
    audience = audience_of(unit, incident)
    left = with_assignment(incident, ended)
    fact = UnitReleased(
        subject=free.id,
        version=free.version,
        incident=left.id,
        audience=audience,
        occurred_at=at,
        assignment=ended,
        incident_version=left.version,
        **state_of(free),
    )
    return followed(free, left, fact)


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
        audience=audience_of(marked, grown),
        assignment=late,
        incident_version=grown.version,
    )
    return Change(unit=marked, incident=grown, facts=(fact,))
