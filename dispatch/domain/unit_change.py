"""What a step of a unit leads to, its incident included, and the facts that tell of it."""

from dataclasses import dataclass

from dispatch.domain.events import IncidentProgressed
from dispatch.domain.incident import Incident, progress
from dispatch.domain.incident import step as incident_step
from dispatch.domain.response_plan import unique
from dispatch.domain.unit import Unit
from ops_center.kernel.events import Fact


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What a step leads to; the incident is None when the unit works on none."""

    unit: Unit
    incident: Incident | None
    facts: tuple[Fact, ...]


def followed(unit: Unit, incident: Incident | None, fact: Fact) -> Change:
    """Add the incident's own progress behind the unit's fact, when there is any."""
    if incident is None or progress(incident) is incident.status:
        return Change(unit=unit, incident=incident, facts=(fact,))
    moved = incident_step(incident, status=progress(incident))
    progressed = IncidentProgressed(
        subject=moved.id,
        version=moved.version,
        incident=moved.id,
        audience=unique((*moved.audience, *fact.audience)),
        occurred_at=fact.occurred_at,
        status=moved.status,
    )
    return Change(unit=unit, incident=moved, facts=(fact, progressed))


def audience_of(unit: Unit, incident: Incident | None) -> tuple[str, ...]:
    """Those of the unit, and those of the incident, whose copy of the assignment changes too."""
    return unique((*unit.audience, *(incident.audience if incident else ())))
