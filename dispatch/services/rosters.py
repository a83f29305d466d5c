"""Rosters: shifts planned, crews signing on to units and vehicles, and leaving them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from dispatch.domain import crewing, shift
from dispatch.domain.codes import Activity
from dispatch.domain.crewing import EQUIPMENT_MAX, SigningOn, check_crew, crew_member
from dispatch.domain.shift import Shift, ShiftCancelled, ShiftChanged, ShiftPlanned
from dispatch.domain.text import NOTE_MAX, REASON_MAX, optional_text
from dispatch.domain.unit import Unit
from dispatch.domain.unit_parts import CrewMember
from dispatch.ports import Work
from ops_center.kernel.errors import Conflict, Invalid, StaleVersion
from ops_center.kernel.events import Author

NAME_MAX: Final = 64
# What a change may say of a shift; None leaves it, and cannot make it empty.
_CHANGEABLE: Final = ("starts_at", "ends_at", "crew", "vehicle", "station", "cell", "note")


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A member of a crew as it is named: an account, or a bare name, and a role."""

    username: str | None = None
    name: str | None = None
    role: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanShift:
    """`id` becomes the shift's id."""

    id: UUID
    unit_id: UUID
    starts_at: datetime
    ends_at: datetime
    crew: tuple[Person, ...] = ()
    vehicle: str | None = None
    station: str | None = None
    cell: str | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeShift:
    """None leaves a field as it is."""

    id: UUID
    shift_id: UUID
    expected_version: int | None
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    crew: tuple[Person, ...] | None = None
    vehicle: str | None = None
    station: str | None = None
    cell: str | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelShift:
    id: UUID
    shift_id: UUID
    expected_version: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SignOn:
    """Without a crew, vehicle or station of its own it takes those of the shift."""

    id: UUID
    unit_id: UUID
    crew: tuple[Person, ...] = ()
    vehicle: str | None = None
    station: str | None = None
    cell: str | None = None
    equipment: tuple[str, ...] = ()
    shift_id: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SignOff:
    """`reason` is needed while the unit is on an order."""

    id: UUID
    unit_id: UUID
    reason: str | None = None


async def plan_shift(work: Work, command: PlanShift, *, now: datetime, author: Author) -> Shift:
    """Plan a unit's shift; the same command again gives the same shift."""
    known = await work.shifts.find(command.id)
    if known is not None:
        return known
    unit = await work.units.get(command.unit_id)
    shift.check_times(command.starts_at, command.ends_at)
    planned = Shift(
        id=command.id,
        version=1,
        unit_id=unit.id,
        starts_at=command.starts_at,
        ends_at=command.ends_at,
        crew=_crew(command.crew),
        vehicle=_name(command.vehicle, "vehicle"),
        station=_name(command.station, "station"),
        cell=_name(command.cell, "cell"),
        note=optional_text(command.note, field="note", limit=NOTE_MAX),
    )
    await work.shifts.add(planned)
    told = {name: getattr(planned, name) for name in _CHANGEABLE}
    work.record(
        ShiftPlanned(
            subject=planned.id,
            version=planned.version,
            audience=unit.audience,
            unit_id=unit.id,
            **told,
        )
    )
    return planned


async def change_shift(work: Work, command: ChangeShift, *, now: datetime, author: Author) -> Shift:
    """Change a shift that is not over; who signed on to it keeps the times of then."""
    held = await work.shifts.lock(command.shift_id)
    _require_version(held, command.expected_version)
    shift.require_open(held)
    wanted: dict[str, Any] = {
        "starts_at": command.starts_at,
        "ends_at": command.ends_at,
        "crew": None if command.crew is None else _crew(command.crew),
        "vehicle": _name(command.vehicle, "vehicle"),
        "station": _name(command.station, "station"),
        "cell": _name(command.cell, "cell"),
        "note": optional_text(command.note, field="note", limit=NOTE_MAX),
    }
    changes = {
        name: new for name, new in wanted.items() if new is not None and getattr(held, name) != new
    }
    if not changes:
        return held
    after = shift.changed(held, **changes)
    shift.check_times(after.starts_at, after.ends_at)
    await work.shifts.put(after)
    unit = await work.units.get(after.unit_id)
    work.record(
        ShiftChanged(subject=after.id, version=after.version, audience=unit.audience, **changes)
    )
    return after


async def cancel_shift(work: Work, command: CancelShift, *, now: datetime, author: Author) -> Shift:
    """Cancel a shift nobody is signed on to."""
    held = await work.shifts.lock(command.shift_id)
    _require_version(held, command.expected_version)
    if held.cancelled_at is not None:
        return held
    shift.require_open(held)
    if held.signed_on_at is not None:
        raise Conflict("Its crew is signed on. Sign it off first.", code="shift-signed-on")
    after = shift.changed(held, cancelled_at=now)
    await work.shifts.put(after)
    unit = await work.units.get(after.unit_id)
    work.record(
        ShiftCancelled(
            subject=after.id, version=after.version, audience=unit.audience, unit_id=unit.id
        )
    )
    return after


async def sign_on(work: Work, command: SignOn, *, now: datetime, author: Author) -> Unit:
    """Put a crew on a unit; Conflict names the unit that one of them, or the car, is with."""
    rules = (await work.rules.current()).statuses
    planned = await _startable(work, command, now=now)
    crew = _crew(command.crew) or (planned.crew if planned else ())
    signing = SigningOn(
        crew=crew,
        vehicle=_name(command.vehicle, "vehicle") or (planned.vehicle if planned else None),
        station=_name(command.station, "station") or (planned.station if planned else None),
        cell=_name(command.cell, "cell") or (planned.cell if planned else None),
        equipment=_equipment(command.equipment),
        shift=planned.times if planned else None,
    )
    [unit] = await work.units.lock([command.unit_id])
    change = crewing.sign_on(unit, signing, welfare=rules.welfare, now=now)
    await _require_free_to_sit(work, unit, change.unit)
    await _close_shift(work, unit, keep=planned, now=now)
    if planned is not None and planned.signed_on_at is None:
        await work.shifts.put(shift.changed(planned, signed_on_at=now))
    await work.units.put(change.unit)
    work.record(*change.facts)
    return change.unit


async def sign_off(work: Work, command: SignOff, *, now: datetime, author: Author) -> Unit:
    """Take the crew off a unit; refused while it is on an order, unless it is said why."""
    note = optional_text(command.reason, field="reason", limit=REASON_MAX)
    [unit] = await work.units.lock([command.unit_id])
    if not unit.crew and unit.activity is Activity.OFF_DUTY:
        return unit
    change = crewing.sign_off(unit, note=note, now=now)
    await _close_shift(work, unit, keep=None, now=now)
    await work.units.put(change.unit)
    work.record(*change.facts)
    return change.unit


async def _startable(work: Work, command: SignOn, *, now: datetime) -> Shift | None:
    if command.shift_id is None:
        return None
    planned = await work.shifts.lock(command.shift_id)
    shift.require_startable(planned, unit_id=command.unit_id, now=now)
    return planned


async def _close_shift(work: Work, unit: Unit, *, keep: Shift | None, now: datetime) -> None:
    """Write down that the crew's shift is over, unless it signs on to the same one again."""
    if unit.shift is None or (keep is not None and keep.id == unit.shift.id):
        return
    held = await work.shifts.lock(unit.shift.id)
    if held.signed_off_at is None:
        await work.shifts.put(shift.changed(held, signed_off_at=now))


async def _require_free_to_sit(work: Work, before: Unit, after: Unit) -> None:
    new = crewing.holders_of(after) - crewing.holders_of(before)
    for holder, (unit_id, callsign) in sorted((await work.units.holders(new)).items()):
        if unit_id != after.id:
            raise crewing.seated_elsewhere(holder, callsign=callsign, unit_id=unit_id)


def _require_version(held: Shift, expected: int | None) -> None:
    if expected is not None and expected != held.version:
        raise StaleVersion(
            "This shift has changed since you saw it. Look at it again, then repeat.",
            version=held.version,
        )


def _crew(people: Sequence[Person]) -> tuple[CrewMember, ...]:
    crew = tuple(crew_member(username=one.username, name=one.name, role=one.role) for one in people)
    if crew:
        check_crew(crew)
    return crew


def _name(value: str | None, field: str) -> str | None:
    return optional_text(value, field=field, limit=NAME_MAX)


def _equipment(names: Sequence[str]) -> tuple[str, ...]:
    if len(names) > EQUIPMENT_MAX:
        raise Invalid(f"At most {EQUIPMENT_MAX} pieces of equipment fit.", field="equipment")
    kept = (optional_text(one, field="equipment", limit=NAME_MAX) for one in names)
    return tuple(dict.fromkeys(one for one in kept if one))
