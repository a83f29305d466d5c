"""Writing back what a step made of an incident, together with its facts."""

from datetime import datetime
from typing import Final
from uuid import UUID

from dispatch.domain.incident import Incident, IncidentStatus
from dispatch.domain.incident_life import come_due
from dispatch.ports import Work
from ops_center.kernel.events import Fact

# Each gives one fact; the watch has others to tell in the same transaction.
DUE_AT_ONCE: Final = 20


async def keep(work: Work, after: Incident, facts: list[Fact]) -> Incident:
    """Write the incident and record the facts; without facts nothing changed."""
    if facts:
        await work.incidents.put(after)
        work.record(*facts)
    return after


async def begin_due(
    work: Work, held: dict[UUID, Incident], due: list[UUID], *, now: datetime
) -> int:
    """Let scheduled incidents begin whose time has come; `held` are locked and follow."""
    begun = 0
    for incident_id in due:
        incident = held[incident_id]
        if incident.status is not IncidentStatus.SCHEDULED or incident.scheduled_for is None:
            continue  # started or called off since we looked
        if incident.scheduled_for > now:
            continue  # moved to later since we looked
        held[incident_id] = await keep(work, *come_due(incident, at=incident.scheduled_for))
        begun += 1
    return begun
