"""A Call: one emergency communication, from its arrival to what became of it."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from dispatch.domain.place import Placed, Zone
from gis.geometry import Location
from ops_center.kernel.errors import Conflict


class CallState(StrEnum):
    WAITING = "waiting"
    TAKEN = "taken"
    LINKED = "linked"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """Shape on the wire: docs/protocol.md."""

    id: UUID
    number: str
    version: int
    state: CallState
    source: str
    caller_number: str | None
    narrative: str | None
    address_text: str | None
    location: Location | None
    address: str | None
    zones: tuple[Zone, ...]
    incident_id: UUID | None
    taken_by: str | None
    disposition: str | None
    received_at: datetime
    occurred_at: datetime
    overdue: bool

    @property
    def placed(self) -> Placed:
        return Placed(location=self.location, address=self.address, zones=self.zones)


def taken(call: Call, *, by: str) -> Call:
    """Return the call in the hands of `by`; Conflict when another person has it."""
    if call.state is CallState.TAKEN and call.taken_by == by:
        return call
    if call.state is not CallState.WAITING:
        whose = f" by {call.taken_by}" if call.taken_by else ""
        raise Conflict(
            f"Call {call.number} is already {call.state}{whose}. Take the next one waiting.",
            code="call-already-taken",
            call_id=str(call.id),
            state=call.state.value,
            taken_by=call.taken_by,
        )
    return _next(call, state=CallState.TAKEN, taken_by=by, overdue=False)


def located(call: Call, place: Placed) -> Call:
    """Return the call at that place; Conflict when it is closed."""
    _require_not_closed(call)
    if call.placed == place:
        return call
    return _next(call, location=place.location, address=place.address, zones=place.zones)


def linked(call: Call, *, incident_id: UUID) -> Call:
    """Return the call as part of an incident; Conflict when it is part of another one."""
    _require_not_closed(call)
    if call.incident_id not in (None, incident_id):
        raise Conflict(
            f"Call {call.number} already belongs to another incident. Merge the two incidents.",
            code="call-already-linked",
            call_id=str(call.id),
            incident_id=str(call.incident_id),
        )
    if call.state is CallState.LINKED:
        return call
    return _next(call, state=CallState.LINKED, incident_id=incident_id, overdue=False)


def moved(call: Call, *, incident_id: UUID) -> Call:
    """Return a linked call as part of the incident that its own was merged into."""
    assert call.state is CallState.LINKED, "only a linked call can follow a merge"
    return _next(call, incident_id=incident_id, overdue=False)


def closed(call: Call, *, disposition: str) -> Call:
    """Return the call ended without an incident; Conflict when it has one."""
    if call.state is CallState.CLOSED and call.disposition == disposition:
        return call
    _require_not_closed(call)
    if call.state is CallState.LINKED:
        raise Conflict(
            f"Call {call.number} belongs to an incident and ends with it. Close the incident.",
            code="call-linked",
            call_id=str(call.id),
            incident_id=str(call.incident_id),
        )
    return _next(call, state=CallState.CLOSED, disposition=disposition)


def overdue(call: Call) -> Call:
    """Return the call marked as waiting too long."""
    return _next(call, overdue=True)


def _require_not_closed(call: Call) -> None:
    if call.state is CallState.CLOSED:
        raise Conflict(
            f"Call {call.number} is closed ({call.disposition}). Register a new call.",
            code="call-closed",
            call_id=str(call.id),
        )


def _next(call: Call, **changes: object) -> Call:
    return replace(call, version=call.version + 1, **changes)  # type: ignore[arg-type]
