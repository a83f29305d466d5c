"""A Call: one emergency communication, from its arrival to what became of it."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from dispatch.domain.call_parts import CallBack, CallFix, Interview, Language, Line, Witness
from dispatch.domain.changing import with_changes
from dispatch.domain.place import Placed, Zone
from dispatch.domain.wire import INTERNAL
from gis.geometry import Location
from ops_center.kernel.errors import Conflict, StaleVersion


class CallState(StrEnum):
    """ABANDONED: the caller hung up and nobody has the call; open until called back or closed."""

    WAITING = "waiting"
    ABANDONED = "abandoned"
    TAKEN = "taken"
    LINKED = "linked"
    CLOSED = "closed"


# In the queue or in somebody's hands, and part of no incident yet.
IN_WORK = frozenset({CallState.WAITING, CallState.ABANDONED, CallState.TAKEN})
UNCLAIMED = frozenset({CallState.WAITING, CallState.ABANDONED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """Shape on the wire: docs/protocol.md.

    `taken_at` is when it was first answered, `acted_at` when somebody last did something with it.
    """

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
    taken_at: datetime | None = None
    abandoned_at: datetime | None = None
    language: Language | None = None
    line: Line | None = None
    fixes: tuple[CallFix, ...] = ()
    callbacks: tuple[CallBack, ...] = ()
    claim_stale: bool = False
    witness: Witness | None = None
    rering: bool = False
    interview: Interview | None = None
    external_ref: str | None = field(default=None, metadata={INTERNAL: True})
    acted_at: datetime | None = field(default=None, metadata={INTERNAL: True})

    @property
    def placed(self) -> Placed:
        return Placed(location=self.location, address=self.address, zones=self.zones)


def taken(call: Call, *, by: str, now: datetime) -> Call:
    """Return the call in the hands of `by`; Conflict when another person has it."""
    if call.state is CallState.TAKEN and call.taken_by == by:
        return call
    if call.state not in UNCLAIMED:
        whose = f" by {call.taken_by}" if call.taken_by else ""
        raise Conflict(
            f"Call {call.number} is already {call.state}{whose}. Take the next one waiting.",
            code="call-already-taken",
            call_id=str(call.id),
            state=call.state.value,
            taken_by=call.taken_by,
        )
    return acted(
        call,
        now=now,
        state=CallState.TAKEN,
        taken_by=by,
        taken_at=call.taken_at or max(now, call.received_at),
        overdue=False,
    )


def taken_over(call: Call, *, by: str, now: datetime) -> Call:
    """Return the call of another person in the hands of `by`; Conflict when nobody has it."""
    if call.state is not CallState.TAKEN:
        raise Conflict(
            f"Call {call.number} is {call.state}: there is nothing to take over. "
            "Take it if it waits, or open its incident.",
            code="call-not-taken",
            call_id=str(call.id),
            state=call.state.value,
        )
    if call.taken_by == by:
        return call
    return acted(call, now=now, taken_by=by)


def released(call: Call, *, by: str, now: datetime) -> Call:
    """Return the call back in the queue; Conflict unless it is in the hands of `by`.

    One whose caller has hung up does not ring: it is abandoned, to be called back.
    """
    if call.state in UNCLAIMED:
        return call
    if call.state is not CallState.TAKEN or call.taken_by != by:
        whose = f" by {call.taken_by}" if call.taken_by else ""
        raise Conflict(
            f"Call {call.number} is {call.state}{whose}. Only your own goes back to the queue.",
            code="call-not-yours",
            call_id=str(call.id),
            state=call.state.value,
            taken_by=call.taken_by,
        )
    back, abandoned_at = CallState.WAITING, call.abandoned_at
    if call.line is Line.HUNG_UP:
        back, abandoned_at = CallState.ABANDONED, abandoned_at or max(now, call.received_at)
    return step(
        call,
        state=back,
        taken_by=None,
        abandoned_at=abandoned_at,
        claim_stale=False,
        acted_at=None,
    )


def linked(call: Call, *, incident_id: UUID, witness: Witness) -> Call:
    """Return the call as part of an incident; Conflict when it is part of another one."""
    require_not_closed(call)
    if call.incident_id not in (None, incident_id):
        raise Conflict(
            f"Call {call.number} already belongs to another incident. Merge the two incidents.",
            code="call-already-linked",
            call_id=str(call.id),
            incident_id=str(call.incident_id),
        )
    if call.state is CallState.LINKED:
        return call
    return step(
        call,
        state=CallState.LINKED,
        incident_id=incident_id,
        overdue=False,
        witness=witness,
        claim_stale=False,
    )


def moved(call: Call, *, incident_id: UUID) -> Call:
    """Return a linked call as part of the incident that its own was merged into."""
    assert call.state is CallState.LINKED, "only a linked call can follow a merge"
    return step(call, incident_id=incident_id, overdue=False)


def closed(call: Call, *, disposition: str, rering: bool = False) -> Call:
    """Return the call ended without an incident; Conflict when it has one."""
    if call.state is CallState.CLOSED and call.disposition == disposition:
        return call
    require_not_closed(call)
    if call.state is CallState.LINKED:
        raise Conflict(
            f"Call {call.number} belongs to an incident and ends with it. Close the incident.",
            code="call-linked",
            call_id=str(call.id),
            incident_id=str(call.incident_id),
        )
    return step(
        call, state=CallState.CLOSED, disposition=disposition, rering=rering, claim_stale=False
    )


def overdue(call: Call) -> Call:
    """Return the call marked as waiting too long."""
    return step(call, overdue=True)


def acted(call: Call, *, now: datetime, **changes: object) -> Call:
    """Return the call one version further by what a person did: a stale claim is one no more."""
    return step(call, acted_at=now, claim_stale=False, **changes)


def step(call: Call, **changes: object) -> Call:
    """Return the call one version further, with those fields replaced."""
    return with_changes(call, {"version": call.version + 1, **changes})


def require_version(call: Call, expected: int | None) -> None:
    """Raise StaleVersion when somebody changed the call since the caller looked."""
    if expected is not None and expected != call.version:
        raise StaleVersion(
            f"Call {call.number} changed meanwhile (version {call.version}, not {expected}). "
            "Look at it again, then repeat what is still right.",
            current=call.version,
            call_id=str(call.id),
        )


def require_not_closed(call: Call) -> None:
    """Raise Conflict when the call is over."""
    if call.state is CallState.CLOSED:
        raise Conflict(
            f"Call {call.number} is closed ({call.disposition}). Register a new call.",
            code="call-closed",
            call_id=str(call.id),
        )
