"""A crew in danger: its call for help, who heard it, and the end of it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from dispatch.domain.alarm import UNIT_EMERGENCY
from dispatch.domain.positions import ACCURACY_DEFAULT_M, Fix
from dispatch.domain.text import REASON_MAX, required_text
from dispatch.domain.unit import Unit, step
from dispatch.domain.unit_facts import (
    UnitEmergencyAcknowledged,
    UnitEmergencyCleared,
    UnitEmergencyDeclared,
)
from dispatch.ports import Work
from dispatch.services.alarms import RaiseAlarm, raise_alarm
from gis.geometry import Location
from ops_center.kernel.events import Author
from ops_center.kernel.ids import derived_id

EMERGENCY_PRIORITY: Final = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclareEmergency:
    """`location` where the crew says it is; without one its last position counts, with its age."""

    id: UUID
    unit_id: UUID
    location: Location | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AcknowledgeEmergency:
    """Somebody has seen the alarm of that unit's emergency; `by` is who."""

    id: UUID
    unit_id: UUID
    alarm_id: UUID
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ClearEmergency:
    id: UUID
    unit_id: UUID
    reason: str


async def declare_emergency(
    work: Work, command: DeclareEmergency, *, now: datetime, author: Author
) -> Unit:
    """Mark the unit as in danger and raise an alarm of the highest priority.

    A person decides whether it becomes an incident. Pressed again while its alarm waits, it tells
    nothing anew; once that was decided or the emergency ended, another press is another call for
    help, whatever alarm of an earlier one is still open.
    """
    [unit] = await work.units.lock([command.unit_id])
    if unit.emergency and await _is_waiting(work, unit):
        return unit
    location, fix_at = await _where(work, command, unit)
    after = step(
        unit,
        emergency=True,
        emergency_at=now,
        emergency_location=location,
        emergency_fix_at=fix_at,
        emergency_acknowledged_by=None,
    )
    await work.units.put(after)
    work.record(
        UnitEmergencyDeclared(
            subject=after.id,
            version=after.version,
            incident=after.assignment.incident_id if after.assignment else None,
            audience=after.audience,
            emergency=True,
            emergency_at=after.emergency_at,
            emergency_location=location,
            emergency_fix_at=fix_at,
            emergency_acknowledged_by=None,
        )
    )
    await _raise_emergency(work, command, unit, location, now=now, author=author)
    return after


async def acknowledge_emergency(
    work: Work, command: AcknowledgeEmergency, *, now: datetime, author: Author
) -> Unit:
    """Tell the crew who has seen its call; the first who did stays named.

    Who deals with the alarm of an earlier emergency has not heard of this one.
    """
    [unit] = await work.units.lock([command.unit_id])
    if not unit.emergency or unit.emergency_acknowledged_by is not None:
        return unit
    alarm = await work.alarms.get(command.alarm_id)
    if unit.emergency_at is not None and alarm.detected_at < unit.emergency_at:
        return unit
    after = step(unit, emergency_acknowledged_by=command.by)
    await work.units.put(after)
    work.record(
        UnitEmergencyAcknowledged(
            subject=after.id,
            version=after.version,
            incident=after.assignment.incident_id if after.assignment else None,
            audience=after.audience,
            emergency_acknowledged_by=command.by,
        )
    )
    return after


async def clear_emergency(
    work: Work, command: ClearEmergency, *, now: datetime, author: Author
) -> Unit:
    """End the unit's emergency; its alarm stays until somebody decides it."""
    reason = required_text(command.reason, field="reason", limit=REASON_MAX)
    [unit] = await work.units.lock([command.unit_id])
    if not unit.emergency:
        return unit
    after = step(
        unit,
        emergency=False,
        emergency_at=None,
        emergency_location=None,
        emergency_fix_at=None,
        emergency_acknowledged_by=None,
    )
    await work.units.put(after)
    work.record(
        UnitEmergencyCleared(
            subject=after.id,
            version=after.version,
            incident=after.assignment.incident_id if after.assignment else None,
            audience=after.audience,
            emergency=False,
            emergency_at=None,
            emergency_location=None,
            emergency_fix_at=None,
            emergency_acknowledged_by=None,
            reason=reason,
        )
    )
    return after


async def _is_waiting(work: Work, unit: Unit) -> bool:
    """Whether the alarm of the emergency that the unit is in is still undecided."""
    if unit.emergency_at is None:
        return False
    return await work.alarms.open_emergency_of(unit.id, unit.emergency_at) is not None


async def _where(
    work: Work, command: DeclareEmergency, unit: Unit
) -> tuple[Location | None, datetime | None]:
    if command.location is not None:
        return command.location, None
    fix = (await work.positions.last_known({unit.id})).get(unit.id)
    return (_location(fix), fix.occurred_at) if fix else (None, None)


def _location(fix: Fix) -> Location:
    accuracy_m = ACCURACY_DEFAULT_M if fix.accuracy_m is None else fix.accuracy_m
    return Location(point=fix.point, uncertainty_m=accuracy_m)


async def _raise_emergency(
    work: Work,
    command: DeclareEmergency,
    unit: Unit,
    location: Location | None,
    *,
    now: datetime,
    author: Author,
) -> None:
    alarm = RaiseAlarm(
        id=derived_id("unit-emergency", str(command.id)),
        kind=UNIT_EMERGENCY,
        priority=EMERGENCY_PRIORITY,
        agency=unit.agency,
        location=location,
        detected_at=now,
        reason=unit.callsign,
        unit_id=unit.id,
    )
    await raise_alarm(work, alarm, now=now, author=author)
