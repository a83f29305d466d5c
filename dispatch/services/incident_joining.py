"""Joining incidents and parting them again: merge, unmerge, split, link."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from dispatch.domain import linking, parting, relating
from dispatch.domain.alarm import Alarm
from dispatch.domain.call import Call
from dispatch.domain.incident import (
    Incident,
    IncidentStatus,
    require_due,
    require_open,
    require_version,
)
from dispatch.domain.incident_parts import LinkKind
from dispatch.domain.place import Placed
from dispatch.domain.response_plan import agencies_of, unique
from dispatch.domain.text import REASON_MAX, required_text
from dispatch.ports import Work
from dispatch.services.incidents import premises_at
from dispatch.services.numbering import INCIDENT, next_number
from dispatch.services.placing import place_at
from dispatch.services.planning import plan_for
from gis.geometry import Location
from ops_center.kernel.errors import StaleVersion
from ops_center.kernel.events import Author, Fact


@dataclass(frozen=True, slots=True, kw_only=True)
class MergeIncident:
    """Ends `incident_id` and moves its calls and alarms to `into`."""

    id: UUID
    incident_id: UUID
    into: UUID
    expected_version: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class UnmergeIncident:
    """Lets the merged `incident_id` stand by itself again, with what came from it."""

    id: UUID
    incident_id: UUID
    reason: str
    expected_version: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SplitIncident:
    """`id` becomes the id of the incident that is split off; None means: as the first one."""

    id: UUID
    incident_id: UUID
    reason: str
    call_ids: tuple[UUID, ...] = ()
    alarm_ids: tuple[UUID, ...] = ()
    type: str | None = None
    location: Location | None = None
    expected_version: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkIncidents:
    """`kind` is what `other_id` is to `incident_id`."""

    id: UUID
    incident_id: UUID
    other_id: UUID
    kind: LinkKind = LinkKind.RELATED


@dataclass(frozen=True, slots=True, kw_only=True)
class UnlinkIncidents:
    id: UUID
    incident_id: UUID
    other_id: UUID


async def merge_incident(
    work: Work,
    command: MergeIncident,
    *,
    now: datetime,
    author: Author,
) -> Incident:
    """Move calls and alarms to the other incident, end this one, and return the other.

    Refused while units are assigned, because a crew must never lose its incident unawares.
    """
    seen = await work.incidents.get(command.incident_id)
    moving = await work.calls.lock(seen.call_ids)
    source, into = await _lock_both(work, command)
    require_version(source, command.expected_version)
    if source.call_ids != seen.call_ids:
        raise StaleVersion(
            f"Another call joined incident {source.number} meanwhile. Try again.",
            current=source.version,
        )
    merge = linking.Merge(source, into)
    merge.move(moving, await work.alarms.lock(source.alarm_ids), by=author.name)
    merge.finish()
    await work.incidents.put(merge.into)
    await work.incidents.put(merge.source)
    for call in merge.calls:
        await work.calls.put(call)
    for alarm in merge.alarms:
        await work.alarms.put(alarm)
    work.record(*merge.facts)
    return merge.into


async def unmerge_incident(
    work: Work, command: UnmergeIncident, *, now: datetime, author: Author
) -> Incident:
    """Give a merged incident back what came from it; what joined the other meanwhile stays there.

    Units stay where they are. Refused while the other is over: reopen or unmerge that one first.
    """
    reason = required_text(command.reason, field="reason", limit=REASON_MAX)
    seen = await work.incidents.get(command.incident_id)
    parting.require_merged(seen)
    calls = [call for call in await work.calls.lock(seen.call_ids) if call.incident_id]
    merged, other = await work.incidents.lock([seen.id, parting.require_merged(seen)])
    require_version(merged, command.expected_version)
    parting.require_merged(merged)
    require_open(other)
    alarms = await work.alarms.lock(merged.alarm_ids)
    undo = parting.Parting(other, merged, reason=reason)
    came = [call for call in calls if call.incident_id == other.id]
    sounded = [alarm for alarm in alarms if alarm.incident_id == other.id]
    undo.let_go([c.id for c in came], [a.id for a in sounded], how="unmerge")
    undo.come_back()
    undo.take(came, sounded, by=author.name)
    await _keep(work, undo)
    return undo.gaining


async def split_incident(
    work: Work, command: SplitIncident, *, now: datetime, author: Author
) -> Incident:
    """Open a new incident with some of the calls and alarms of this one, and return it."""
    known = await work.incidents.find(command.id)
    if known is not None:
        return known
    reason = required_text(command.reason, field="reason", limit=REASON_MAX)
    placed = await place_at(work, command.location) if command.location else None
    moving = await work.calls.lock(command.call_ids)
    [left] = await work.incidents.lock([command.incident_id])
    require_version(left, command.expected_version)
    require_due(left)
    parting.require_own(left, command.call_ids, command.alarm_ids)
    sounding = await work.alarms.lock(command.alarm_ids)
    opened = await _split_off(
        work, command, left, placed or _place_of(left, moving, sounding), now=now
    )
    split = parting.Parting(left, opened, reason=reason)
    split.let_go(command.call_ids, command.alarm_ids, how="split")
    split.begin()
    # The new row comes first, because its calls and alarms will point to it.
    await work.incidents.add(opened)
    split.take(moving, sounding, by=author.name)
    await _keep(work, split)
    return split.gaining


async def link_incidents(
    work: Work, command: LinkIncidents, *, now: datetime, author: Author
) -> Incident:
    """Link two incidents, each seen from the other; a parent is never part of its child."""
    above = await _above(work, command)
    wanted = [command.incident_id, command.other_id, *above]
    held = {one.id: one for one in await work.incidents.lock(wanted)}
    one, other = held[command.incident_id], held[command.other_id]
    here, there, facts = relating.relate(one, other, command.kind, above=held)
    return await _put_both(work, here, there, facts)


async def unlink_incidents(
    work: Work, command: UnlinkIncidents, *, now: datetime, author: Author
) -> Incident:
    """Remove the link between two incidents, whatever it was."""
    wanted = [command.incident_id, command.other_id]
    held = {one.id: one for one in await work.incidents.lock(wanted)}
    one, other = held[command.incident_id], held[command.other_id]
    here, there, facts = relating.unrelate(one, other)
    return await _put_both(work, here, there, facts)


async def _put_both(work: Work, here: Incident, there: Incident, facts: list[Fact]) -> Incident:
    if facts:
        await work.incidents.put(here)
        await work.incidents.put(there)
        work.record(*facts)
    return here


async def _above(work: Work, command: LinkIncidents) -> list[UUID]:
    """The incidents over the one that becomes the parent, nearest first, as committed now."""
    if command.kind is LinkKind.RELATED:
        return []
    is_parent = command.kind is LinkKind.PARENT
    found: list[UUID] = []
    parent = command.other_id if is_parent else command.incident_id
    step_up = relating.parent_of(await work.incidents.get(parent))
    while step_up is not None and step_up not in found and len(found) < relating.DEPTH_MAX:
        found.append(step_up)
        step_up = relating.parent_of(await work.incidents.get(step_up))
    return found


async def _keep(work: Work, parted: parting.Parting) -> None:
    await work.incidents.put(parted.left)
    await work.incidents.put(parted.gaining)
    for call in parted.calls:
        await work.calls.put(call)
    for alarm in parted.alarms:
        await work.alarms.put(alarm)
    work.record(*parted.facts)


async def _split_off(
    work: Work, command: SplitIncident, left: Incident, placed: Placed, *, now: datetime
) -> Incident:
    kind = (await work.rules.current()).types.chosen(command.type or left.type)
    priority = kind.priority if command.type else left.priority
    plan = await plan_for(work, kind, priority=priority, zones=placed.zones, now=now)
    agencies = agencies_of(kind.agency, plan)
    return Incident(
        id=command.id,
        version=1,
        status=IncidentStatus.NEW,
        type=kind.code,
        priority=priority,
        location=placed.location,
        address=placed.address,
        zones=placed.zones,
        narrative=None,
        plan=plan,
        # Whoever was told of the calls has to hear what becomes of them.
        agencies=unique((*agencies, *left.agencies)),
        call_ids=(),
        alarm_ids=(),
        notes=(),
        assignments=(),
        disposition=None,
        merged_into=None,
        opened_at=now,
        closed_at=None,
        overdue=False,
        owner=left.owner,
        protected=left.protected or kind.protected,
        split_from=left.id,
        premises=await premises_at(work, placed.location, now=now),
        number=await next_number(work, INCIDENT, now=now),
    )


def _place_of(left: Incident, moving: list[Call], sounding: list[Alarm]) -> Placed:
    """Where the first of the calls is, else the first of the alarms, else the first incident."""
    for call in moving:
        if call.location is not None:
            return call.placed
    for alarm in sounding:
        if alarm.location is not None:
            return Placed(location=alarm.location)
    return Placed(location=left.location, address=left.address, zones=left.zones)


async def _lock_both(work: Work, command: MergeIncident) -> tuple[Incident, Incident]:
    if command.incident_id == command.into:
        [same] = await work.incidents.lock([command.into])
        return same, same
    source, into = await work.incidents.lock([command.incident_id, command.into])
    return source, into
