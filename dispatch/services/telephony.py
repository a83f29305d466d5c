"""What the telephone exchange says of its calls: ringing, answered, hung up, in any order."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

from dispatch.domain.call import Call
from dispatch.domain.text import EXTERNAL_REF_MAX, required_text
from dispatch.ports import Work
from dispatch.services.call_queue import HangUp, hang_up
from dispatch.services.call_taking import ReceiveCall, TakeCall, receive_call, take_call
from ops_center.kernel.errors import Conflict
from ops_center.kernel.events import Author
from ops_center.kernel.ids import derived_id

SOURCE: Final = "phone"
# Exchanges count their references anew after a restart: an older one names another call.
REF_LIVES: Final = timedelta(hours=12)


class Signal(StrEnum):
    RINGING = "ringing"
    ANSWERED = "answered"
    HUNG_UP = "hung_up"


@dataclass(frozen=True, slots=True, kw_only=True)
class TelephoneSignal:
    """`ref` is the exchange's name for the call, `agent` who answered it."""

    id: UUID
    signal: Signal
    ref: str
    number: str | None = None
    at: datetime | None = None
    agent: Author | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """The call, and whether the signal still meant something."""

    call: Call
    applied: bool


async def hear_telephone(
    work: Work, command: TelephoneSignal, *, now: datetime, author: Author
) -> Heard:
    """Carry out one signal. Whichever comes first makes the call; a repeated one does nothing."""
    call = await _call_of(work, command, now=now, author=author)
    match command.signal:
        case Signal.RINGING:
            return Heard(call=call, applied=call.version == 1)
        case Signal.ANSWERED:
            return await _answered(work, command, call, now=now)
        case Signal.HUNG_UP:
            at = _at(command, now)
            order = HangUp(id=command.id, call_id=call.id, occurred_at=at)
            after = await hang_up(work, order, now=now, author=author)
            return Heard(call=after, applied=after.version != call.version)


async def _answered(work: Work, command: TelephoneSignal, call: Call, *, now: datetime) -> Heard:
    """Put it into the hands of who answered; a person who took it on screen before keeps it."""
    if command.agent is None:
        return Heard(call=call, applied=False)
    order = TakeCall(id=command.id, call_id=call.id)
    try:
        after = await take_call(work, order, now=now, author=command.agent)
    except Conflict:
        return Heard(call=await work.calls.get(call.id), applied=False)
    return Heard(call=after, applied=after.version != call.version)


async def _call_of(work: Work, command: TelephoneSignal, *, now: datetime, author: Author) -> Call:
    ref = required_text(command.ref, field="ref", limit=EXTERNAL_REF_MAX)
    known = await work.calls.of_external_ref(ref)
    before = await work.calls.get(known) if known else None
    if before is not None and before.received_at > now - REF_LIVES:
        return before
    arrival = ReceiveCall(
        # The same for two signals at the same moment, so that they make one call.
        id=derived_id("telephone", ref, str(known or "")),
        source=SOURCE,
        caller_number=command.number,
        occurred_at=_at(command, now),
        external_ref=ref,
    )
    return (await receive_call(work, arrival, now=now, author=author)).call


def _at(command: TelephoneSignal, now: datetime) -> datetime:
    """When the exchange says it was; a clock that is set wrong must not cost a call."""
    return max(min(command.at or now, now), now - REF_LIVES)
