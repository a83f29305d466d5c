"""Answering calls: receive, take, locate, correct, link to an incident, close."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from dispatch.domain import call as calls
from dispatch.domain import linking
from dispatch.domain.call import Call, CallState
from dispatch.domain.call_facts import CallChanged
from dispatch.domain.call_fixes import is_null_fix, locate
from dispatch.domain.call_parts import CallFix, FixMethod, Language, Line
from dispatch.domain.changing import with_changes
from dispatch.domain.duplicates import (
    REACH_MAX_M,
    WINDOW,
    PossibleDuplicate,
    possible_duplicates,
)
from dispatch.domain.events import CallClosed, CallReceived, CallTaken
from dispatch.domain.place import UNPLACED, Placed
from dispatch.domain.text import (
    ADDRESS_MAX,
    CALLER_NUMBER_MAX,
    EXTERNAL_REF_MAX,
    NARRATIVE_MAX,
    optional_text,
    tag,
)
from dispatch.ports import GeocodeCandidate, Work
from dispatch.services.numbering import CALL, next_number
from dispatch.services.placing import candidates_for, place_at, place_for_sure, place_of
from gis.geodesy import around
from gis.geometry import Location
from ops_center.kernel.errors import Invalid
from ops_center.kernel.events import Author, Fact
from ops_center.kernel.ids import derived_id

FUTURE_MAX: Final = timedelta(seconds=60)
# Who found the place when nobody says: our own geocoder, from the caller's words.
GEOCODER: Final = "geocoder"
NOT_NUMBERED: Final = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiveCall:
    """`id` becomes the call's id, so that the same command twice is one call.

    `method` says how `location` came about; `external_ref` is the exchange's name for the call,
    whose line is then known to be open.
    """

    id: UUID
    source: str
    caller_number: str | None = None
    location: Location | None = None
    address_text: str | None = None
    narrative: str | None = None
    occurred_at: datetime | None = None
    method: FixMethod = FixMethod.NETWORK
    language: Language | None = None
    external_ref: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeCall:
    """None leaves a field as it is; empty words remove it."""

    id: UUID
    call_id: UUID
    expected_version: int | None = None
    language: Language | None = None
    narrative: str | None = None
    caller_number: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeCall:
    id: UUID
    call_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class LocateCall:
    id: UUID
    call_id: UUID
    location: Location | None = None
    address_text: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkCall:
    id: UUID
    call_id: UUID
    incident_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class CloseCall:
    """`rering` puts the call on the list of those to be rung back."""

    id: UUID
    call_id: UUID
    disposition: str
    rering: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """The call, open incidents it may be about, and what its words may mean."""

    call: Call
    possible_duplicates: tuple[PossibleDuplicate, ...]
    candidates: tuple[GeocodeCandidate, ...]


async def receive_call(
    work: Work,
    command: ReceiveCall,
    *,
    now: datetime,
    author: Author,
) -> Received:
    """Register a call. Nothing but a malformed field makes it fail: a call is never lost."""
    known = await work.calls.find(command.id)
    if known is not None:
        return Received(
            call=known,
            possible_duplicates=await _duplicates(work, known, now=now),
            candidates=(),
        )
    words = optional_text(command.address_text, field="address_text", limit=ADDRESS_MAX)
    candidates = await candidates_for(work, words)
    placed = await _placed(work, _believable(command.location), candidates)
    draft = _new_call(command, placed, now=now)
    offered = await _duplicates(work, draft, now=now)
    call = replace(draft, number=await next_number(work, CALL, now=now))
    await work.calls.add(call)
    fact = CallReceived(
        subject=call.id, version=call.version, occurred_at=call.occurred_at, call=call
    )
    work.record(fact)
    return Received(call=call, possible_duplicates=offered, candidates=candidates)


async def take_call(work: Work, command: TakeCall, *, now: datetime, author: Author) -> Call:
    """Put a waiting call into the author's hands; Conflict when another person was faster."""
    [call] = await work.calls.lock([command.call_id])
    after = calls.taken(call, by=author.name, now=now)
    if after is call:
        return call
    await work.calls.put(after)
    work.record(
        CallTaken(
            subject=after.id,
            version=after.version,
            state=after.state,
            taken_by=after.taken_by,
            taken_at=after.taken_at,
            overdue=after.overdue,
            claim_stale=after.claim_stale,
        )
    )
    return after


async def locate_call(work: Work, command: LocateCall, *, now: datetime, author: Author) -> Call:
    """Say where the call is about; Invalid with candidates when the words are not enough."""
    placed = await place_for_sure(
        work, location=command.location, address_text=command.address_text
    )
    [call] = await work.calls.lock([command.call_id])
    after, facts = locate(call, _said(command, placed, now=now, author=author), placed, now=now)
    if after is not call:
        await keep(work, after, facts)
    return after


def _said(command: LocateCall, placed: Placed, *, now: datetime, author: Author) -> CallFix:
    """A person's word for the place as a fix: pointed at on the map, or said in words."""
    assert placed.location is not None, "a call is located at a place"
    pointed = command.location is not None
    return CallFix(
        id=command.id,
        method=FixMethod.CONFIRMED if pointed else FixMethod.SPOKEN,
        source=author.name if pointed else GEOCODER,
        location=placed.location,
        address=placed.address,
        measured_at=now,
        received_at=now,
        accepted_by=author.name,
    )


async def change_call(work: Work, command: ChangeCall, *, now: datetime, author: Author) -> Call:
    """Correct the number or the words of a call, or mark the caller's language."""
    [call] = await work.calls.lock([command.call_id])
    calls.require_version(call, command.expected_version)
    calls.require_not_closed(call)
    wanted = _wanted(command)
    changes = {name: new for name, new in wanted.items() if getattr(call, name) != new}
    if not changes:
        return call
    after = calls.acted(call, now=now, **changes)
    fact = CallChanged(
        subject=after.id,
        version=after.version,
        incident=after.incident_id,
        claim_stale=after.claim_stale,
    )
    await keep(work, after, [with_changes(fact, changes)])
    return after


def _wanted(command: ChangeCall) -> dict[str, object]:
    wanted: dict[str, object] = {}
    if command.language is not None:
        wanted["language"] = command.language
    if command.narrative is not None:
        wanted["narrative"] = optional_text(
            command.narrative, field="narrative", limit=NARRATIVE_MAX
        )
    if command.caller_number is not None:
        wanted["caller_number"] = optional_text(
            command.caller_number, field="caller_number", limit=CALLER_NUMBER_MAX
        )
    return wanted


async def keep(work: Work, call: Call, facts: Sequence[Fact]) -> None:
    """Write a changed call and its facts, told to those who are shown the call."""
    await work.calls.put(call)
    audience = await _audience(work, call)
    work.record(*(replace(fact, audience=audience) for fact in facts))


async def _audience(work: Work, call: Call) -> tuple[str, ...]:
    """Those who are shown the call: with its incident it is shown to the agencies at it too."""
    if call.incident_id is None:
        return ()
    [incident] = await work.incidents.lock([call.incident_id])
    return incident.audience


async def link_call(work: Work, command: LinkCall, *, now: datetime, author: Author) -> Call:
    """Make the call part of an open incident."""
    [call] = await work.calls.lock([command.call_id])
    [incident] = await work.incidents.lock([command.incident_id])
    after, grown, facts = linking.link_call(call, incident)
    if facts:
        await work.incidents.put(grown)
        await work.calls.put(after)
        work.record(*facts)
    return after


async def close_call(work: Work, command: CloseCall, *, now: datetime, author: Author) -> Call:
    """End a call that needs no incident."""
    disposition = (await work.rules.current()).dispositions.of_call(command.disposition)
    [call] = await work.calls.lock([command.call_id])
    after = calls.closed(call, disposition=disposition, rering=command.rering)
    if after is call:
        return call
    await work.calls.put(after)
    work.record(
        CallClosed(
            subject=after.id,
            version=after.version,
            state=after.state,
            disposition=disposition,
            rering=after.rering,
        )
    )
    return after


async def _placed(
    work: Work, location: Location | None, candidates: tuple[GeocodeCandidate, ...]
) -> Placed:
    if location is not None:
        return await place_at(work, location)
    return await place_of(work, candidates) or UNPLACED


def _believable(location: Location | None) -> Location | None:
    """The place that was sent; 0, 0 is a device without a fix, and no reason to refuse a call."""
    return None if location is None or is_null_fix(location.point) else location


def _first_fix(command: ReceiveCall, placed: Placed, *, now: datetime) -> tuple[CallFix, ...]:
    """What the call is located by at first, put in force by nobody, because nothing else was."""
    if placed.location is None:
        return ()
    pointed = placed.location == command.location
    fix = CallFix(
        id=derived_id(str(command.id), "first fix"),
        method=command.method if pointed else FixMethod.SPOKEN,
        source=command.source if pointed else GEOCODER,
        location=placed.location,
        address=placed.address,
        measured_at=command.occurred_at or now,
        received_at=now,
        accepted_at=now,
        better=True,
    )
    return (fix,)


def _new_call(command: ReceiveCall, placed: Placed, *, now: datetime) -> Call:
    """The call but for its number, which is taken last."""
    occurred_at = command.occurred_at or now
    if occurred_at > now + FUTURE_MAX:
        raise Invalid("occurred_at lies in the future: check the clock.", field="occurred_at")
    return Call(
        id=command.id,
        version=1,
        state=CallState.WAITING,
        source=tag(command.source, field="source"),
        caller_number=optional_text(
            command.caller_number, field="caller_number", limit=CALLER_NUMBER_MAX
        ),
        narrative=optional_text(command.narrative, field="narrative", limit=NARRATIVE_MAX),
        address_text=optional_text(command.address_text, field="address_text", limit=ADDRESS_MAX),
        location=placed.location,
        address=placed.address,
        zones=placed.zones,
        incident_id=None,
        taken_by=None,
        disposition=None,
        received_at=now,
        occurred_at=occurred_at,
        overdue=False,
        language=command.language,
        line=None if command.external_ref is None else Line.OPEN,
        fixes=_first_fix(command, placed, now=now),
        external_ref=optional_text(
            command.external_ref, field="external_ref", limit=EXTERNAL_REF_MAX
        ),
        number=NOT_NUMBERED,
    )


async def _duplicates(work: Work, call: Call, *, now: datetime) -> tuple[PossibleDuplicate, ...]:
    since = now - WINDOW
    of_caller: frozenset[UUID] = frozenset()
    if call.caller_number is not None:
        of_caller = await work.calls.incidents_of_caller(call.caller_number, since=since)
    box = around(call.location.point, radius_m=REACH_MAX_M) if call.location else None
    if box is None and not of_caller:
        return ()
    near = await work.incidents.open_near(box, also=of_caller, since=since)
    return possible_duplicates(near, location=call.location, of_caller=of_caller, now=now)
