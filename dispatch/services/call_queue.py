"""The ringing queue: taking over, releasing, hanging up and ringing back."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from dispatch.domain import call_queue
from dispatch.domain.call import Call
from dispatch.domain.call_parts import CallBack, CallBackOutcome
from dispatch.domain.call_queue import Step
from dispatch.domain.text import NOTE_MAX, REASON_MAX, optional_text
from dispatch.ports import Work
from dispatch.services.call_taking import keep
from ops_center.kernel.events import Author


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeOverCall:
    id: UUID
    call_id: UUID
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseCall:
    id: UUID
    call_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class HangUp:
    """`occurred_at` is when the exchange says the line was gone."""

    id: UUID
    call_id: UUID
    occurred_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CallBackCaller:
    """`id` becomes the attempt's id, so that the same command twice is one attempt."""

    id: UUID
    call_id: UUID
    outcome: CallBackOutcome
    note: str | None = None


async def take_over_call(
    work: Work, command: TakeOverCall, *, now: datetime, author: Author
) -> Call:
    """Put another person's call into the author's hands; Conflict when nobody has it."""
    reason = optional_text(command.reason, field="reason", limit=REASON_MAX)
    [call] = await work.calls.lock([command.call_id])
    return await _done(work, call_queue.take_over(call, by=author.name, reason=reason, now=now))


async def release_call(work: Work, command: ReleaseCall, *, now: datetime, author: Author) -> Call:
    """Put the author's call back into the queue; Conflict when it is another person's."""
    [call] = await work.calls.lock([command.call_id])
    return await _done(work, call_queue.release(call, by=author.name, now=now))


async def hang_up(work: Work, command: HangUp, *, now: datetime, author: Author) -> Call:
    """Say that the caller is gone; a call nobody answered becomes an abandoned one."""
    [call] = await work.calls.lock([command.call_id])
    at = min(command.occurred_at or now, now)
    return await _done(work, call_queue.hang_up(call, at=at))


async def call_back(work: Work, command: CallBackCaller, *, now: datetime, author: Author) -> Call:
    """Keep an attempt to ring the caller; who is reached is in the author's hands."""
    attempt = CallBack(
        id=command.id,
        at=now,
        by=author.name,
        outcome=command.outcome,
        note=optional_text(command.note, field="note", limit=NOTE_MAX),
    )
    [call] = await work.calls.lock([command.call_id])
    return await _done(work, call_queue.call_back(call, attempt))


async def _done(work: Work, step: Step) -> Call:
    if step.facts:
        await keep(work, step.call, step.facts)
    return step.call
