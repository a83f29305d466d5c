"""Working on incidents: open, change, note, close."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from dispatch.domain import codes, linking
from dispatch.domain.alarm import Alarm
from dispatch.domain.call import Call
from dispatch.domain.changing import with_changes
from dispatch.domain.events import IncidentChanged, IncidentNoted, IncidentOpened
from dispatch.domain.incident import (
    Incident,
    IncidentStatus,
    require_open,
    require_version,
    step,
)
from dispatch.domain.incident_life import protect, require_later, require_scheduled
from dispatch.domain.incident_parts import Note, NoteKind
from dispatch.domain.interview import proposed_priority, proposed_type
from dispatch.domain.place import UNPLACED, Placed
from dispatch.domain.response_plan import agencies_of, unique
from dispatch.domain.rules.incident_types import IncidentTypes
from dispatch.domain.text import (
    ADDRESS_MAX,
    NARRATIVE_MAX,
    NOTE_MAX,
    optional_text,
    required_text,
)
from dispatch.ports import Work
from dispatch.services.numbering import INCIDENT, next_number
from dispatch.services.placing import candidates_for, place_at, place_for_sure, place_of
from dispatch.services.planning import plan_for, replanned
from gis.geometry import Location
from ops_center.kernel.errors import Conflict
from ops_center.kernel.events import Author

# A desk writes some dozens; without a limit a program in a loop makes the incident unreadable.
NOTES_MAX: Final = 2_000
BY_TYPE: Final = "protected type"


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenIncident:
    """`id` becomes the incident's id, so that the same command twice is one incident."""

    id: UUID
    type: str | None = None
    call_id: UUID | None = None
    alarm_id: UUID | None = None
    priority: int | None = None
    location: Location | None = None
    address_text: str | None = None
    narrative: str | None = None
    scheduled_for: datetime | None = None
    protected: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeIncident:
    """None leaves a field as it is; an empty narrative removes it."""

    id: UUID
    incident_id: UUID
    expected_version: int | None = None
    type: str | None = None
    priority: int | None = None
    location: Location | None = None
    address_text: str | None = None
    narrative: str | None = None
    scheduled_for: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteIncident:
    """`id` becomes the note's id."""

    id: UUID
    incident_id: UUID
    text: str
    kind: NoteKind = NoteKind.GENERAL


@dataclass(frozen=True, slots=True, kw_only=True)
class CloseIncident:
    id: UUID
    incident_id: UUID
    disposition: str
    expected_version: int | None = None


async def open_incident(
    work: Work, command: OpenIncident, *, now: datetime, author: Author
) -> Incident:
    """Open an incident by itself, from a call, from an alarm, or from both."""
    known = await work.incidents.find(command.id)
    if known is not None:
        return known
    call = (await work.calls.lock([command.call_id]))[0] if command.call_id else None
    alarm = (await work.alarms.lock([command.alarm_id]))[0] if command.alarm_id else None
    opened = await _new_incident(work, command, call, alarm, now=now)
    work.record(
        IncidentOpened(
            subject=opened.id,
            version=opened.version,
            incident=opened.id,
            audience=opened.audience,
            opened=opened,
        )
    )
    # The incident's row comes first, because the call and the alarm will point to it.
    await work.incidents.add(opened)
    grown = opened
    if call is not None:
        after_call, grown, facts = linking.link_call(call, grown)
        await work.calls.put(after_call)
        work.record(*facts)
    if alarm is not None:
        after_alarm, grown, facts = linking.verify_alarm(alarm, grown, by=author.name)
        await work.alarms.put(after_alarm)
        work.record(*facts)
    if grown is not opened:
        await work.incidents.put(grown)
    return grown


async def change_incident(
    work: Work,
    command: ChangeIncident,
    *,
    now: datetime,
    author: Author,
) -> Incident:
    """Correct what is known. A new type never lowers the priority unless one is named."""
    placed = None
    if command.location is not None or command.address_text is not None:
        placed = await place_for_sure(
            work, location=command.location, address_text=command.address_text
        )
    [incident] = await work.incidents.lock([command.incident_id])
    require_version(incident, command.expected_version)
    require_open(incident)
    types = (await work.rules.current()).types
    changes = _changes(incident, command, placed, types)
    changes |= await replanned(work, incident, changes, now=now)
    if placed is not None:
        changes |= await _premises(work, incident, placed, now=now)
    if command.scheduled_for not in (None, incident.scheduled_for):
        require_scheduled(incident)
        changes["scheduled_for"] = require_later(command.scheduled_for, now=now)
    after = incident
    if changes:
        after = step(incident, **changes)
        fact = IncidentChanged(
            subject=after.id, version=after.version, incident=after.id, audience=after.audience
        )
        work.record(with_changes(fact, changes))
    return await _protected_by_type(work, incident, after, types)


async def note_incident(
    work: Work, command: NoteIncident, *, now: datetime, author: Author
) -> Incident:
    """Add a note; notes are never changed. A closed incident still takes them."""
    text = required_text(command.text, field="text", limit=NOTE_MAX)
    [incident] = await work.incidents.lock([command.incident_id])
    if any(note.id == command.id for note in incident.notes):
        return incident
    if incident.status is IncidentStatus.MERGED:
        require_open(incident)
    if len(incident.notes) >= NOTES_MAX:
        raise Conflict(
            f"Incident {incident.number} has {NOTES_MAX} notes, which is the most. Open another "
            "incident, link the two, and write there.",
            code="too-many-notes",
        )
    note = Note(id=command.id, text=text, author=author.name, at=now, kind=command.kind)
    after = step(incident, notes=(*incident.notes, note))
    await work.incidents.put(after)
    work.record(
        IncidentNoted(
            subject=after.id,
            version=after.version,
            incident=after.id,
            audience=after.audience,
            note=note,
        )
    )
    return after


async def close_incident(
    work: Work,
    command: CloseIncident,
    *,
    now: datetime,
    author: Author,
) -> Incident:
    """End the incident; refused while units are assigned."""
    disposition = (await work.rules.current()).dispositions.of_incident(command.disposition)
    [incident] = await work.incidents.lock([command.incident_id])
    require_version(incident, command.expected_version)
    after, facts = linking.close(incident, disposition=disposition, now=now)
    await work.incidents.put(after)
    work.record(*facts)
    return after


async def _new_incident(
    work: Work, command: OpenIncident, call: Call | None, alarm: Alarm | None, *, now: datetime
) -> Incident:
    kind = (await work.rules.current()).types.chosen(proposed_type(command.type, call))
    proposed = kind.priority if command.priority is None else codes.priority(command.priority)
    priority = proposed_priority(proposed, call, kind, stated=command.priority is not None)
    narrative = optional_text(command.narrative, field="narrative", limit=NARRATIVE_MAX)
    placed = await _placed(work, command, call, alarm)
    plan = await plan_for(work, kind, priority=priority, zones=placed.zones, now=now)
    later = command.scheduled_for and require_later(command.scheduled_for, now=now)
    return Incident(
        id=command.id,
        version=1,
        status=IncidentStatus.SCHEDULED if later else IncidentStatus.NEW,
        type=kind.code,
        priority=priority,
        location=placed.location,
        address=placed.address,
        zones=placed.zones,
        narrative=narrative or (call.narrative if call else None),
        plan=plan,
        agencies=agencies_of(kind.agency, plan),
        call_ids=(),
        alarm_ids=(),
        notes=(),
        assignments=(),
        disposition=None,
        merged_into=None,
        opened_at=now,
        closed_at=None,
        overdue=False,
        protected=command.protected or kind.protected,
        scheduled_for=later,
        premises=await premises_at(work, placed.location, now=now),
        number=await next_number(work, INCIDENT, now=now),
    )


async def premises_at(work: Work, location: Location | None, *, now: datetime) -> int:
    """Return how many premise notes speak of the place."""
    return len(await work.premises.at_place(location, now=now)) if location else 0


async def _premises(
    work: Work, incident: Incident, placed: Placed, *, now: datetime
) -> dict[str, object]:
    """The count of the notes at the incident's new place, when it is another."""
    count = await premises_at(work, placed.location, now=now)
    return {} if count == incident.premises else {"premises": count}


async def _protected_by_type(
    work: Work, before: Incident, changed: Incident, types: IncidentTypes
) -> Incident:
    """Protect an incident whose new type is protected; a new type never uncovers one."""
    kind = types.find(changed.type)
    covers = changed.type != before.type and kind is not None and kind.protected
    after, facts = protect(changed, protected=True, reason=BY_TYPE) if covers else (changed, [])
    if after is not before:
        await work.incidents.put(after)
        work.record(*facts)
    return after


async def _placed(
    work: Work, command: OpenIncident, call: Call | None, alarm: Alarm | None
) -> Placed:
    """The place that was stated, else the call's, else the alarm's; words alone are kept."""
    if command.location is not None:
        return await place_at(work, command.location)
    words = optional_text(command.address_text, field="address_text", limit=ADDRESS_MAX)
    if words is not None:
        found = await place_of(work, await candidates_for(work, words))
        return found or Placed(address=words)
    if call is not None and call.location is not None:
        return call.placed
    if alarm is not None and alarm.location is not None:
        return await place_at(work, alarm.location)
    return Placed(address=call.address_text) if call else UNPLACED


def _changes(
    incident: Incident, command: ChangeIncident, placed: Placed | None, types: IncidentTypes
) -> dict[str, object]:
    """What the command really changes, by field name."""
    wanted: dict[str, object] = {}
    if command.type is not None and command.type != incident.type:
        kind = types.chosen(command.type)
        wanted["type"] = kind.code
        wanted["priority"] = min(incident.priority, kind.priority)
        wanted["agencies"] = unique((kind.agency, *incident.agencies))
    if command.priority is not None:
        wanted["priority"] = codes.priority(command.priority)
    if placed is not None:
        wanted |= {
            "location": placed.location,
            "address": placed.address,
            "zones": placed.zones,
        }
    if command.narrative is not None:
        wanted["narrative"] = optional_text(
            command.narrative, field="narrative", limit=NARRATIVE_MAX
        )
    return {name: new for name, new in wanted.items() if getattr(incident, name) != new}
