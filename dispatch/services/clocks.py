"""The clocks of an incident: sent in time, on its way, arrived, and not too long at the place."""

from collections.abc import Callable
from datetime import datetime
from typing import Final, TypeAlias
from uuid import UUID

from dispatch.domain import timers
from dispatch.domain.incident import Incident
from dispatch.domain.rules.clocks import PROCESS, Clocks
from dispatch.ports import Work
from dispatch.rule_ports import LateStep
from ops_center.kernel.events import Fact

# Each gives one fact; all clocks together stay under the limit of facts in one command.
BATCH: Final = 100
Told: TypeAlias = tuple[Incident, list[Fact]]


async def watch_clocks(work: Work, *, now: datetime) -> int:
    """Tell of every clock that ran out, once; return how many. Call it every second or so."""
    clocks = (await work.rules.current()).clocks
    unsent = await work.waits.unsent(clocks.of(PROCESS), now=now, limit=BATCH)
    steps = {
        clock: await work.waits.late_steps(clock, clocks.of(clock), now=now, limit=BATCH)
        for clock in timers.STEPS
    }
    late = [one for found in steps.values() for one in found]
    wanted = dict.fromkeys([*unsent, *(one.incident_id for one in late)])
    held = {one.id: one for one in await work.incidents.lock(list(wanted))}
    told = 0
    for incident_id in unsent:
        told += await _tell(work, held, incident_id, _process(clocks, now))
    for clock, found in steps.items():
        for one in found:
            told += await _tell(work, held, one.incident_id, _step(clocks, clock, one, now))
    return told


def _process(clocks: Clocks, now: datetime) -> Callable[[Incident], Told]:
    return lambda incident: timers.late_process(incident, clocks, now=now)


def _step(clocks: Clocks, clock: str, late: LateStep, now: datetime) -> Callable[[Incident], Told]:
    def judge(incident: Incident) -> Told:
        row = clocks.row(clock, kind=incident.type, priority=incident.priority, agency=late.agency)
        return timers.late_step(incident, late.assignment_id, row, now=now)

    return judge


async def _tell(
    work: Work,
    held: dict[UUID, Incident],
    incident_id: UUID,
    judge: Callable[[Incident], Told],
) -> int:
    marked, facts = judge(held[incident_id])
    if not facts:
        return 0
    held[incident_id] = marked
    await work.incidents.put(marked)
    work.record(*facts)
    return 1
