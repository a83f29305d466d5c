"""Where callers are: fixes as they come in, and the one a person puts in force."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from dispatch.domain import call_fixes
from dispatch.domain.call import Call, require_not_closed
from dispatch.domain.call_parts import CallFix, FixMethod
from dispatch.domain.incident import Incident
from dispatch.domain.place import Placed
from dispatch.domain.text import tag
from dispatch.ports import Work
from dispatch.services.call_taking import keep
from dispatch.services.placing import place_at
from gis.geodesy import distance_m
from gis.geometry import Location
from ops_center.kernel.errors import Invalid
from ops_center.kernel.events import Author

# A device's clock may run this far ahead of ours before we take it for wrong.
AHEAD_MAX: Final = timedelta(seconds=60)
# A telephone may send the last place it knew; one of the day before says nothing of the caller.
BEFORE_MAX: Final = timedelta(hours=24)
# Less than this is the same spot: nobody is asked to move an incident for it.
MOVE_MIN_M: Final = 20.0


@dataclass(frozen=True, slots=True, kw_only=True)
class AddFix:
    """`id` becomes the fix's id, so that the same command twice is one fix.

    Speed in m/s, heading in degrees true; `measured_at` is the device's claim.
    """

    id: UUID
    call_id: UUID
    method: FixMethod
    source: str
    location: Location
    measured_at: datetime | None = None
    speed_mps: float | None = None
    heading_deg: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AcceptFix:
    id: UUID
    call_id: UUID
    fix_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """An incident that may have to move with its caller, by `distance_m`: offered, never done."""

    incident_id: UUID
    number: str
    version: int
    distance_m: float
    location: Location
    address: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    call: Call
    move: Move | None


async def add_fix(work: Work, command: AddFix, *, now: datetime, author: Author) -> Call:
    """Put a fix beside the others of a call; it becomes the place only of a call without one.

    Raises Invalid for 0, 0 and for a time that cannot be, Conflict for a closed call.
    """
    call_fixes.require_fix(command.location)
    source = tag(command.source, field="source")
    seen = await work.calls.get(command.call_id)
    require_not_closed(seen)
    _require_of_the_call(command, seen, now=now)
    placed = await place_at(work, command.location)
    fix = CallFix(
        id=command.id,
        method=command.method,
        source=source,
        location=command.location,
        address=placed.address,
        measured_at=min(command.measured_at or now, now),
        received_at=now,
        speed_mps=command.speed_mps,
        heading_deg=command.heading_deg,
    )
    [call] = await work.calls.lock([command.call_id])
    after, facts = call_fixes.add_fix(call, fix, placed)
    if facts:
        await keep(work, after, facts)
    return after


def _require_of_the_call(command: AddFix, call: Call, *, now: datetime) -> None:
    """Raise Invalid for a time that cannot be when this caller's place was measured."""
    at = command.measured_at
    if at is not None and at > now + AHEAD_MAX:
        raise Invalid(
            "measured_at lies in the future: check the device's clock.", field="measured_at"
        )
    if at is not None and at < call.received_at - BEFORE_MAX:
        raise Invalid(
            "measured_at lies long before the call: send where the caller is now.",
            code="fix-too-old",
            field="measured_at",
        )


async def accept_fix(work: Work, command: AcceptFix, *, now: datetime, author: Author) -> Accepted:
    """Put a fix in force on the author's word; an incident of this caller alone may move too."""
    seen = call_fixes.the_fix(await work.calls.get(command.call_id), command.fix_id)
    placed = await place_at(work, seen.location)
    [call] = await work.calls.lock([command.call_id])
    after, facts = call_fixes.accept_fix(call, command.fix_id, placed, by=author.name, now=now)
    if facts:
        await keep(work, after, facts)
    return Accepted(call=after, move=await _move(work, after, placed))


async def _move(work: Work, call: Call, placed: Placed) -> Move | None:
    if call.incident_id is None:
        return None
    incident = await work.incidents.find(call.incident_id)
    if incident is None or incident.is_over or incident.call_ids[:1] != (call.id,):
        return None
    return _move_of(incident, placed)


def _move_of(incident: Incident, placed: Placed) -> Move | None:
    if placed.location is None:
        return None
    apart_m = 0.0
    if incident.location is not None:
        apart_m = distance_m(incident.location.point, placed.location.point)
        if apart_m < MOVE_MIN_M:
            return None
    return Move(
        incident_id=incident.id,
        number=incident.number,
        version=incident.version,
        distance_m=round(apart_m, 1),
        location=placed.location,
        address=placed.address,
    )
