"""Alarms: a machine raises them, a person acknowledges, verifies or dismisses."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from dispatch.domain import alarm as alarms
from dispatch.domain import codes, linking
from dispatch.domain.alarm import Alarm, AlarmState, Snapshot
from dispatch.domain.alarm_groups import group_of, to_raw
from dispatch.domain.events import AlarmAcknowledged, AlarmDismissed, AlarmRaised
from dispatch.domain.incident import Incident
from dispatch.domain.text import REASON_MAX, optional_text, tag
from dispatch.ports import Work
from dispatch.services.incidents import OpenIncident, open_incident
from dispatch.services.numbering import ALARM, next_number
from gis.geometry import Location
from ops_center.kernel.errors import Invalid
from ops_center.kernel.events import Author
from ops_center.kernel.ids import derived_id

SNAPSHOT_URL = "/api/v1/alarms/{id}/snapshot.jpg"


@dataclass(frozen=True, slots=True, kw_only=True)
class RaiseAlarm:
    """`id` becomes the alarm's id. `reason` says why a machine without words raised it."""

    id: UUID
    kind: str
    priority: int
    agency: str
    detected_at: datetime
    camera_id: UUID | None = None
    camera_name: str | None = None
    zone_name: str | None = None
    location: Location | None = None
    snapshot_sha256: str | None = None
    reason: str | None = None
    unit_id: UUID | None = None
    source_id: UUID | None = None
    source_name: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AcknowledgeAlarm:
    id: UUID
    alarm_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifyAlarm:
    """Either an existing incident, or the type of the one to open."""

    id: UUID
    alarm_id: UUID
    incident_id: UUID | None = None
    type: str | None = None
    priority: int | None = None
    narrative: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DismissAlarm:
    """`reason` is a code of the alarm reasons in /codes."""

    id: UUID
    alarm_id: UUID
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    alarm: Alarm
    incident: Incident


async def raise_alarm(work: Work, command: RaiseAlarm, *, now: datetime, author: Author) -> Alarm:
    """Register what a machine reports; the same command again gives the same alarm."""
    known = await work.alarms.find(command.id)
    if known is not None:
        return known
    number = await next_number(work, ALARM, now=now)
    alarm = await new_alarm(work, command, now=now, number=number)
    await work.alarms.add(alarm)
    await work.raw_alarms.keep([to_raw(alarm, counted_on=alarm.id)])
    work.record(
        AlarmRaised(
            subject=alarm.id,
            version=alarm.version,
            audience=alarm.audience,
            occurred_at=alarm.detected_at,
            alarm=alarm,
        )
    )
    return alarm


async def acknowledge_alarm(
    work: Work, command: AcknowledgeAlarm, *, now: datetime, author: Author
) -> Alarm:
    """Say that a person has seen it."""
    [alarm] = await work.alarms.lock([command.alarm_id])
    after = alarms.acknowledged(alarm, by=author.name)
    if after is alarm:
        return alarm
    await work.alarms.put(after)
    work.record(
        AlarmAcknowledged(
            subject=after.id,
            version=after.version,
            audience=after.audience,
            state=after.state,
            by=after.by,
        )
    )
    return after


async def verify_alarm(
    work: Work, command: VerifyAlarm, *, now: datetime, author: Author
) -> Verified:
    """Turn the alarm into an incident, or add it to one: only a person does this."""
    if (command.incident_id is None) == (command.type is None):
        raise Invalid("Send either an incident_id or the type of a new incident.", field="type")
    if command.type is not None:
        incident = await _open_for(work, command, command.type, now=now, author=author)
        return Verified(alarm=await work.alarms.get(command.alarm_id), incident=incident)
    assert command.incident_id is not None, "checked above"
    [incident] = await work.incidents.lock([command.incident_id])
    [alarm] = await work.alarms.lock([command.alarm_id])
    after, grown, facts = linking.verify_alarm(alarm, incident, by=author.name)
    await work.incidents.put(grown)
    await work.alarms.put(after)
    work.record(*facts)
    return Verified(alarm=after, incident=grown)


async def dismiss_alarm(
    work: Work, command: DismissAlarm, *, now: datetime, author: Author
) -> Alarm:
    """Put the alarm aside, saying why."""
    reason = (await work.rules.current()).dispositions.of_alarm(command.reason)
    [alarm] = await work.alarms.lock([command.alarm_id])
    after = alarms.dismissed(alarm, by=author.name, reason=reason)
    if after is alarm:
        return alarm
    await work.alarms.put(after)
    work.record(
        AlarmDismissed(
            subject=after.id,
            version=after.version,
            audience=after.audience,
            state=after.state,
            by=after.by,
            reason=after.reason,
        )
    )
    return after


async def _open_for(
    work: Work, command: VerifyAlarm, kind: str, *, now: datetime, author: Author
) -> Incident:
    opening = OpenIncident(
        id=derived_id("incident-of-alarm", str(command.id)),
        type=kind,
        alarm_id=command.alarm_id,
        priority=command.priority,
        narrative=command.narrative,
    )
    return await open_incident(work, opening, now=now, author=author)


async def new_alarm(work: Work, command: RaiseAlarm, *, now: datetime, number: str) -> Alarm:
    """Return the alarm that the report is, as yet unsaved, in its group by the rules."""
    handling = (await work.rules.current()).alarms
    digest = command.snapshot_sha256
    url = SNAPSHOT_URL.format(id=command.id)
    return Alarm(
        id=command.id,
        version=1,
        state=AlarmState.RAISED,
        kind=tag(command.kind, field="kind"),
        priority=codes.priority(command.priority),
        agency=codes.agency(command.agency),
        camera_id=command.camera_id,
        camera_name=command.camera_name,
        zone_name=command.zone_name,
        location=command.location,
        detected_at=command.detected_at,
        raised_at=now,
        snapshot=Snapshot(sha256=digest, url=url) if digest else None,
        incident_id=None,
        reason=optional_text(command.reason, field="reason", limit=REASON_MAX),
        by=None,
        source_id=command.source_id,
        source_name=command.source_name,
        unit_id=command.unit_id,
        group=group_of(command.kind, command.location, place_m=handling.place_m),
        number=number,
    )
