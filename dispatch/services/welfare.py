"""Welfare of crews: checking in, setting the timer by hand, and who does not answer."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from dispatch.domain import welfare
from dispatch.domain.rules.unit_statuses import UnitStatuses
from dispatch.domain.text import REASON_MAX, optional_text
from dispatch.domain.unit import IDLE_IS_REST, Unit
from dispatch.domain.unit_change import Change
from dispatch.domain.welfare import WELFARE_ALARM
from dispatch.ports import Work
from dispatch.services.alarms import RaiseAlarm, raise_alarm
from gis.geometry import Location
from ops_center.kernel.events import Author
from ops_center.kernel.ids import derived_id

ALARM_PRIORITY: Final = 1
# Each can give two facts; together they stay under the limit of facts in one command.
BATCH: Final = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckIn:
    """The crew is well, said by itself or heard by a dispatcher."""

    id: UUID
    unit_id: UUID
    note: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SetTimer:
    """Seconds between check-ins until the next status; None goes back to the rules' own."""

    id: UUID
    unit_id: UUID
    interval_s: int | None


async def check_in(work: Work, command: CheckIn, *, now: datetime, author: Author) -> Unit:
    """Start the crew's timer anew; Conflict when none runs."""
    note = optional_text(command.note, field="note", limit=REASON_MAX)
    [unit] = await work.units.lock([command.unit_id])
    return await _keep(work, welfare.checked_in(unit, note=note, now=now))


async def set_timer(work: Work, command: SetTimer, *, now: datetime, author: Author) -> Unit:
    """Ask the crew more or less often than the rules say, until its next status."""
    rules = (await work.rules.current()).statuses
    kind = await _incident_type(work, command.unit_id)
    [unit] = await work.units.lock([command.unit_id])
    change = welfare.timer_set(unit, command.interval_s, rules=rules, incident_type=kind, now=now)
    return await _keep(work, change)


async def watch_crews(work: Work, *, now: datetime, author: Author) -> int:
    """Count the check-ins that did not come, and mark who is due a rest; once for each.

    The miss that fills the measure raises an alarm. Call it every second or so; returns how many
    units were marked.
    """
    rules = (await work.rules.current()).statuses
    limit = rules.welfare.alarm_after
    silent = await work.units.welfare_due(now, missed=limit, limit=BATCH)
    tired = await work.units.overworked(
        now - rules.rest_after, idle_since=now - IDLE_IS_REST, limit=BATCH
    )
    marked, lost = 0, list[Unit]()
    for unit in await work.units.lock(sorted({*silent, *tired})):
        after = await _marked(work, unit, rules, now=now)
        marked += after is not unit
        if after.welfare != unit.welfare and welfare.is_lost(after, rules):
            lost.append(after)
    for unit in lost:
        await _alarm(work, unit, now=now, author=author)
    return marked


async def _marked(work: Work, unit: Unit, rules: UnitStatuses, *, now: datetime) -> Unit:
    after = unit
    for step in (welfare.missed, welfare.rest_due):
        change = step(after, rules, now=now)
        if change is not None:
            after = await _keep(work, change)
    return after


async def _alarm(work: Work, unit: Unit, *, now: datetime, author: Author) -> None:
    """Raise the alarm of a crew that is not heard of, where it was seen last."""
    fix = (await work.positions.last_known({unit.id})).get(unit.id)
    where = Location(point=fix.point, uncertainty_m=fix.accuracy_m or 0.0) if fix else None
    command = RaiseAlarm(
        id=derived_id("welfare", str(unit.id), str(unit.version)),
        kind=WELFARE_ALARM,
        priority=ALARM_PRIORITY,
        agency=unit.agency,
        location=where,
        detected_at=now,
        reason=unit.callsign,
        unit_id=unit.id,
    )
    await raise_alarm(work, command, now=now, author=author)


async def _incident_type(work: Work, unit_id: UUID) -> str | None:
    unit = await work.units.get(unit_id)
    if unit.assignment is None:
        return None
    return (await work.incidents.get(unit.assignment.incident_id)).type


async def _keep(work: Work, change: Change) -> Unit:
    await work.units.put(change.unit)
    work.record(*change.facts)
    return change.unit
