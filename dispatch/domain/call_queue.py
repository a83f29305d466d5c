"""The ringing queue: claims that go stale, callers who hang up, and ringing them back."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from dispatch.domain import call as calls
from dispatch.domain.call import UNCLAIMED, Call, CallState, acted, step
from dispatch.domain.call_facts import (
    CallAbandoned,
    CallCalledBack,
    CallClaimStale,
    CallHungUp,
    CallReleased,
    CallReopened,
    CallTakenOver,
)
from dispatch.domain.call_parts import CallBack, CallBackOutcome, Line
from ops_center.kernel.errors import Conflict, Invalid
from ops_center.kernel.events import Fact

# A taken call that nobody wrote a word on for so long is forgotten, or too much for one person.
CLAIM_STALE: Final = timedelta(seconds=90)
# A silent caller is rung so often; who answered none of them leaves the list.
RERING_TRIES: Final = 3
CALLBACKS_MAX: Final = 50


@dataclass(frozen=True, slots=True)
class Step:
    """A call after something happened to it, and the facts that say so."""

    call: Call
    facts: tuple[Fact, ...] = ()


def take_over(call: Call, *, by: str, reason: str | None, now: datetime) -> Step:
    """Take a call out of another person's hands; the journal says whose they were."""
    after = calls.taken_over(call, by=by, now=now)
    if after is call:
        return Step(call)
    fact = CallTakenOver(
        subject=after.id,
        version=after.version,
        taken_by=by,
        taken_from=call.taken_by,
        reason=reason,
        claim_stale=after.claim_stale,
    )
    return Step(after, (fact,))


def release(call: Call, *, by: str, now: datetime) -> Step:
    """Put one's own call back into the queue."""
    after = calls.released(call, by=by, now=now)
    if after is call:
        return Step(call)
    fact = CallReleased(
        subject=after.id,
        version=after.version,
        state=after.state,
        taken_by=None,
        abandoned_at=after.abandoned_at,
        claim_stale=after.claim_stale,
    )
    return Step(after, (fact,))


def claim_is_stale(call: Call, *, now: datetime, after: timedelta = CLAIM_STALE) -> bool:
    """Whether somebody took the call and has done nothing with it since."""
    if call.state is not CallState.TAKEN or call.claim_stale or call.acted_at is None:
        return False
    return now - call.acted_at >= after


def stale_claim(call: Call, *, now: datetime, after: timedelta = CLAIM_STALE) -> Step:
    """Mark a claim that went stale; an unmarked one comes back as it is."""
    if not claim_is_stale(call, now=now, after=after):
        return Step(call)
    assert call.acted_at is not None, "a stale claim was made once"
    assert call.taken_by is not None, "a stale claim is somebody's"
    marked = step(call, claim_stale=True)
    fact = CallClaimStale(
        subject=marked.id,
        version=marked.version,
        claim_stale=True,
        taken_by=call.taken_by,
        idle_s=int((now - call.acted_at).total_seconds()),
    )
    return Step(marked, (fact,))


def hang_up(call: Call, *, at: datetime) -> Step:
    """Say that the caller hung up: nobody had answered, or the line of an answered call is gone."""
    if call.state is CallState.CLOSED or call.line is Line.HUNG_UP:
        return Step(call)
    # Nobody hangs up before calling, whatever the exchange's clock says.
    at = max(at, call.received_at)
    if call.state is CallState.WAITING:
        return _abandoned(call, at=at)
    after = step(call, line=Line.HUNG_UP)
    fact = CallHungUp(
        subject=after.id,
        version=after.version,
        incident=after.incident_id,
        occurred_at=at,
        line=Line.HUNG_UP,
    )
    return Step(after, (fact,))


def _abandoned(call: Call, *, at: datetime) -> Step:
    after = step(call, state=CallState.ABANDONED, line=Line.HUNG_UP, abandoned_at=at, overdue=False)
    fact = CallAbandoned(
        subject=after.id,
        version=after.version,
        occurred_at=at,
        state=after.state,
        line=Line.HUNG_UP,
        abandoned_at=at,
        overdue=after.overdue,
    )
    return Step(after, (fact,))


def call_back(call: Call, attempt: CallBack) -> Step:
    """Keep an attempt to ring the caller; one who is reached is in the hands of who rang."""
    if any(one.id == attempt.id for one in call.callbacks):
        return Step(call)
    _require_to_ring(call)
    reached = attempt.outcome is CallBackOutcome.REACHED
    tried = (*call.callbacks, attempt)
    changes: dict[str, object] = {"callbacks": tried}
    if reached:
        changes |= _answering(call, attempt)
    elif len(tried) >= RERING_TRIES:
        changes["rering"] = False
    after = acted(call, now=attempt.at, **changes)
    if call.state is CallState.CLOSED and reached:
        whole = CallReopened(
            subject=after.id, version=after.version, incident=after.incident_id, call=after
        )
        return Step(after, (whole,))
    return Step(after, (_called_back(after, attempt),))


def _answering(call: Call, attempt: CallBack) -> dict[str, object]:
    """What changes when the caller answers: the line, and whose call it is."""
    changes: dict[str, object] = {"line": Line.OPEN, "rering": False}
    if call.state is CallState.CLOSED or call.state in UNCLAIMED:
        changes |= {
            "state": CallState.TAKEN,
            "taken_by": attempt.by,
            "taken_at": call.taken_at or max(attempt.at, call.received_at),
            "disposition": None,
        }
    return changes


def _require_to_ring(call: Call) -> None:
    if call.caller_number is None:
        raise Invalid(
            f"Call {call.number} came without a number: there is nobody to ring.", code="no-number"
        )
    if call.state is CallState.WAITING:
        raise Conflict(
            f"Call {call.number} is still ringing. Take it.",
            code="call-ringing",
            call_id=str(call.id),
        )
    if call.state is CallState.CLOSED and not call.rering:
        raise Conflict(
            f"Call {call.number} is closed and not to be rung again. Register a new call.",
            code="call-closed",
            call_id=str(call.id),
        )
    if len(call.callbacks) >= CALLBACKS_MAX:
        raise Conflict(
            f"Call {call.number} was rung {CALLBACKS_MAX} times. Close it.",
            code="callbacks-full",
            call_id=str(call.id),
        )


def _called_back(call: Call, attempt: CallBack) -> CallCalledBack:
    return CallCalledBack(
        subject=call.id,
        version=call.version,
        incident=call.incident_id,
        callback=attempt,
        state=call.state,
        line=call.line,
        taken_by=call.taken_by,
        taken_at=call.taken_at,
        rering=call.rering,
        claim_stale=call.claim_stale,
    )
