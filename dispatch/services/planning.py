"""Which plan an incident gets: from the run cards, by type, priority, place and local time."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from dispatch.domain.changing import with_changes
from dispatch.domain.incident import Incident
from dispatch.domain.place import Zone
from dispatch.domain.response_plan import Plan, agencies_of, unique
from dispatch.domain.rules.incident_types import IncidentType
from dispatch.domain.rules.run_cards import Situation
from dispatch.ports import Work

# What a run card is chosen by, beside the time.
_DECIDING: Final = frozenset({"type", "priority", "zones"})


async def plan_for(
    work: Work, kind: IncidentType, *, priority: int, zones: Sequence[Zone], now: datetime
) -> Plan:
    """Return the plan of the most specific run card that fits, else the type's own plan."""
    rules = await work.rules.current()
    situation = Situation(
        type=kind, priority=priority, zones=zones, at=now.astimezone(work.timezone)
    )
    return rules.run_cards.plan_for(
        situation,
        version=rules.versions["run-cards"],
        types_version=rules.versions["incident-types"],
    )


async def replanned(
    work: Work, incident: Incident, changes: Mapping[str, object], *, now: datetime
) -> dict[str, object]:
    """Return the plan, and with it the agencies, that follow from what else changes.

    Nothing while type, priority and place stay, and where the same card asks for the same again:
    a plan is not told anew because an hour has passed.
    """
    if not _DECIDING.intersection(changes):
        return {}
    after = with_changes(incident, changes)
    kind = (await work.rules.current()).types.find(after.type)
    if kind is None:
        return {}
    plan = await plan_for(work, kind, priority=after.priority, zones=after.zones, now=now)
    if _card(plan) == _card(incident.plan) and plan.requirements == incident.plan.requirements:
        return {}
    # Whoever was already told of it keeps being told.
    agencies = unique((*agencies_of(kind.agency, plan), *after.agencies))
    joined = {} if agencies == incident.agencies else {"agencies": agencies}
    return {"plan": plan, **joined}


def _card(plan: Plan) -> str | None:
    return plan.run_card.id if plan.run_card else None
