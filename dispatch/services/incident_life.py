"""An incident going on, beginning or being covered: reopen, start, protect; who leads it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final, TypeAlias
from uuid import UUID

from dispatch.domain import incident_life
from dispatch.domain.incident import Incident, require_version
from dispatch.domain.incident_facts import IncidentViewed
from dispatch.domain.text import REASON_MAX, optional_text, required_text
from dispatch.ports import Work
from dispatch.services.keeping import keep
from ops_center.kernel.errors import Invalid
from ops_center.kernel.events import Author

# Each gives one fact; together they stay under the limit of facts in one command.
HANDED_OVER_MAX: Final = 200
Reach: TypeAlias = Callable[[Incident], bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReopenIncident:
    id: UUID
    incident_id: UUID
    reason: str
    expected_version: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StartIncident:
    """Begins a scheduled incident before its time."""

    id: UUID
    incident_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class ProtectIncident:
    id: UUID
    incident_id: UUID
    protected: bool
    reason: str
    expected_version: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnIncident:
    """`owner` is the username of who leads it at the desk from now on, None for nobody."""

    id: UUID
    incident_id: UUID
    owner: str | None
    note: str | None = None
    expected_version: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class HandOver:
    """Gives `owner` those incidents, or (None) all open ones that `giver` leads."""

    id: UUID
    giver: str
    owner: str
    note: str
    incident_ids: tuple[UUID, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class HandedOver:
    """`left` counts those that stay with the giver, being out of the reach of who asked."""

    given: tuple[Incident, ...]
    left: int


async def reopen_incident(
    work: Work, command: ReopenIncident, *, now: datetime, author: Author
) -> Incident:
    """Let a closed incident go on, with its calls and alarms; nothing closes it again by itself."""
    reason = required_text(command.reason, field="reason", limit=REASON_MAX)
    seen = await work.incidents.get(command.incident_id)
    calls = await work.calls.lock(seen.call_ids)
    [incident] = await work.incidents.lock([command.incident_id])
    require_version(incident, command.expected_version)
    after, facts = incident_life.reopen(incident, reason=reason, now=now)
    alarms = await work.alarms.lock(incident.alarm_ids)
    back, called = incident_life.return_calls(after, calls)
    sounded, alarmed = incident_life.return_alarms(after, alarms)
    await work.incidents.put(after)
    for call in back:
        await work.calls.put(call)
    for alarm in sounded:
        await work.alarms.put(alarm)
    work.record(*facts, *called, *alarmed)
    return after


async def start_incident(
    work: Work, command: StartIncident, *, now: datetime, author: Author
) -> Incident:
    """Let a scheduled incident begin now."""
    [incident] = await work.incidents.lock([command.incident_id])
    return await keep(work, *incident_life.come_due(incident, at=now))


async def protect_incident(
    work: Work, command: ProtectIncident, *, now: datetime, author: Author
) -> Incident:
    """Mask the incident for those without need-to-know, or end that, with a reason."""
    reason = required_text(command.reason, field="reason", limit=REASON_MAX)
    [incident] = await work.incidents.lock([command.incident_id])
    require_version(incident, command.expected_version)
    return await keep(
        work, *incident_life.protect(incident, protected=command.protected, reason=reason)
    )


async def own_incident(
    work: Work, command: OwnIncident, *, now: datetime, author: Author
) -> Incident:
    """Say who leads the incident at the desk. That the person exists is asked before."""
    note = optional_text(command.note, field="note", limit=REASON_MAX)
    [incident] = await work.incidents.lock([command.incident_id])
    require_version(incident, command.expected_version)
    return await keep(work, *incident_life.own(incident, owner=command.owner, note=note))


async def hand_over(
    work: Work, command: HandOver, *, now: datetime, author: Author, reach: Reach = lambda _: True
) -> HandedOver:
    """Give one or all of somebody's incidents to another, in one command; `reach` says which may.

    The giver need not take part: a workstation may be dead, a person taken ill.
    """
    note = required_text(command.note, field="note", limit=REASON_MAX)
    wanted = command.incident_ids
    if wanted is None:
        wanted = tuple(await work.incidents.open_of_owner(command.giver, limit=HANDED_OVER_MAX))
    if len(wanted) > HANDED_OVER_MAX:
        raise Invalid(f"At most {HANDED_OVER_MAX} incidents at once.", field="incident_ids")
    held = await work.incidents.lock(wanted)
    given: list[Incident] = []
    left = 0
    for incident in held:
        if command.incident_ids is None and (incident.is_over or incident.owner != command.giver):
            continue  # closed or given away since we looked
        if not reach(incident):
            left += 1
            continue
        changed = incident_life.own(incident, owner=command.owner, note=note)
        given.append(await keep(work, *changed))
    return HandedOver(given=tuple(given), left=left)


def viewed(work: Work, incident: Incident, *, viewer: str) -> None:
    """Write down that this person looked at a protected incident unmasked."""
    work.record(
        IncidentViewed(
            subject=incident.id,
            version=incident.version,
            incident=incident.id,
            audience=incident.audience,
            viewer=viewer,
        )
    )
