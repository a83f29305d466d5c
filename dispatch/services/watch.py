"""The watch: looks at everything that waits, and says once what waits too long."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from dispatch.domain import timers
from dispatch.domain.incident import Incident
from dispatch.domain.unit import Unit
from dispatch.ports import Work

# Each can give one fact; together they stay under the limit of facts in one command.
BATCH: Final = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Overdue:
    """How many of each were found overdue this time."""

    calls: int
    incidents: int
    dispatches: int


async def watch(work: Work, *, now: datetime) -> Overdue:
    """Mark what is overdue. Call it every second or so; what was told is not told again."""
    calls = await _calls(work, now=now)
    deadlines = {priority: now - wait for priority, wait in timers.INCIDENT_WAIT.items()}
    waiting = await work.incidents.without_unit(deadlines, limit=BATCH)
    orders = await work.units.unanswered(now - timers.ACKNOWLEDGE_WAIT, limit=BATCH)
    held = await _lock_incidents(work, waiting, orders)
    units = await work.units.lock([unit_id for unit_id, _ in orders])
    incidents = await _incidents(work, held, waiting, now=now)
    dispatches = 0
    for unit in units:
        dispatches += await _dispatch(work, held, unit, now=now)
    return Overdue(calls=calls, incidents=incidents, dispatches=dispatches)


async def _calls(work: Work, *, now: datetime) -> int:
    told = 0
    waiting = await work.calls.waiting_since(now - timers.CALL_WAIT, limit=BATCH)
    for call in await work.calls.lock(waiting):
        marked, facts = timers.overdue_call(call, now=now)
        if facts:
            await work.calls.put(marked)
            work.record(*facts)
            told += 1
    return told


async def _lock_incidents(
    work: Work, waiting: list[UUID], orders: list[tuple[UUID, UUID]]
) -> dict[UUID, Incident]:
    wanted = dict.fromkeys([*waiting, *(incident_id for _, incident_id in orders)])
    return {incident.id: incident for incident in await work.incidents.lock(list(wanted))}


async def _incidents(
    work: Work, held: dict[UUID, Incident], waiting: list[UUID], *, now: datetime
) -> int:
    told = 0
    for incident_id in waiting:
        marked, facts = timers.overdue_incident(held[incident_id], now=now)
        if facts:
            held[incident_id] = marked
            await work.incidents.put(marked)
            work.record(*facts)
            told += 1
    return told


async def _dispatch(work: Work, held: dict[UUID, Incident], unit: Unit, *, now: datetime) -> int:
    incident = held.get(unit.assignment.incident_id) if unit.assignment else None
    # Released or sent elsewhere since we looked: the next round sees it as it is.
    if incident is None:
        return 0
    change = timers.overdue_dispatch(unit, incident, now=now)
    if not change.facts or change.incident is None:
        return 0
    held[incident.id] = change.incident
    await work.incidents.put(change.incident)
    await work.units.put(change.unit)
    work.record(*change.facts)
    return 1
