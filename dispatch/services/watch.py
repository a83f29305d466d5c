"""The watch: looks at everything that waits, and says once what waits too long."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from dispatch.domain import call_queue, timers
from dispatch.domain.incident import Incident
from dispatch.domain.rules.clocks import PENDING, UNACKNOWLEDGED, Clocks
from dispatch.domain.unit import Unit
from dispatch.ports import Work
from dispatch.services.keeping import DUE_AT_ONCE, begin_due

# Each can give one fact; together they stay under the limit of facts in one command.
BATCH: Final = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Overdue:
    """How many of each were found overdue this time."""

    calls: int
    incidents: int
    dispatches: int
    claims: int = 0


async def watch(work: Work, *, now: datetime) -> Overdue:
    """Mark what is overdue. Call it every second or so; what was told is not told again."""
    clocks = (await work.rules.current()).clocks
    calls, claims = await _calls(work, clocks, now=now)
    waiting = await work.waits.without_unit(clocks.of(PENDING), now=now, limit=BATCH)
    orders = await work.waits.unanswered(clocks.of(UNACKNOWLEDGED), now=now, limit=BATCH)
    due = await work.incidents.come_due(now, limit=DUE_AT_ONCE)
    held = await _lock_incidents(work, [*due, *waiting], orders)
    await begin_due(work, held, due, now=now)
    units = await work.units.lock([unit_id for unit_id, _ in orders])
    told = _Telling(work, clocks, held, now)
    incidents = await told.incidents(waiting)
    dispatches = 0
    for unit in units:
        dispatches += await told.dispatch(unit)
    return Overdue(calls=calls, incidents=incidents, dispatches=dispatches, claims=claims)


async def _calls(work: Work, clocks: Clocks, *, now: datetime) -> tuple[int, int]:
    """Tell of calls that wait too long and of claims that went stale; all locked at once."""
    rings, rests = timers.answer_limit(clocks), timers.claim_limit(clocks)
    waiting = await work.calls.waiting_since(now - rings, limit=BATCH) if rings else []
    idle = await work.calls.idle_claims(now - rests, limit=BATCH) if rests else []
    told = claims = 0
    for call in await work.calls.lock([*waiting, *idle]):
        marked, facts = timers.overdue_call(call, clocks, now=now)
        told += len(facts)
        stale = call_queue.Step(marked)
        if rests:
            stale = call_queue.stale_claim(marked, now=now, after=rests)
        claims += len(stale.facts)
        if facts or stale.facts:
            await work.calls.put(stale.call)
            work.record(*facts, *stale.facts)
    return told, claims


async def _lock_incidents(
    work: Work, waiting: list[UUID], orders: list[tuple[UUID, UUID]]
) -> dict[UUID, Incident]:
    wanted = dict.fromkeys([*waiting, *(incident_id for _, incident_id in orders)])
    return {incident.id: incident for incident in await work.incidents.lock(list(wanted))}


@dataclass(frozen=True, slots=True)
class _Telling:
    """Marks what was found, with the rows that are locked."""

    work: Work
    clocks: Clocks
    held: dict[UUID, Incident]
    now: datetime

    async def incidents(self, waiting: list[UUID]) -> int:
        told = 0
        for incident_id in waiting:
            marked, facts = timers.overdue_incident(
                self.held[incident_id], self.clocks, now=self.now
            )
            if facts:
                self.held[incident_id] = marked
                await self.work.incidents.put(marked)
                self.work.record(*facts)
                told += 1
        return told

    async def dispatch(self, unit: Unit) -> int:
        incident = self.held.get(unit.assignment.incident_id) if unit.assignment else None
        # Released or sent elsewhere since we looked: the next round sees it as it is.
        if incident is None:
            return 0
        change = timers.overdue_dispatch(unit, incident, self.clocks, now=self.now)
        if not change.facts or change.incident is None:
            return 0
        self.held[incident.id] = change.incident
        await self.work.incidents.put(change.incident)
        await self.work.units.put(change.unit)
        self.work.record(*change.facts)
        return 1
