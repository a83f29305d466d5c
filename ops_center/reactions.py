"""What follows from what: the one table of behaviour that crosses packages, read top to bottom.

A reaction is a command whose id derives from the entry that caused it, so doing it twice has one
effect. Only people turn an alarm into an incident; nothing here dispatches anything.
"""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from uuid import UUID

from dispatch.domain.alarm import UNIT_EMERGENCY
from dispatch.ports import Work
from dispatch.services.alarm_floods import AT_ONCE_MAX, raise_alarms
from dispatch.services.alarms import RaiseAlarm
from dispatch.services.emergencies import AcknowledgeEmergency, acknowledge_emergency
from gis.geometry import Location, Point
from ops_center.kernel.events import Author, Entry
from ops_center.kernel.ids import derived_id

CENTRE = Author(id=derived_id("centre", "reactions"), name="centro")

Reaction = Callable[[Work, Entry, datetime], Awaitable[None]]
LotReaction = Callable[[Work, Sequence[Entry], datetime], Awaitable[None]]


async def raise_camera_alarms(work: Work, entries: Sequence[Entry], now: datetime) -> None:
    """Cameras' rules were satisfied: raise dispatch alarms with the same ids, all in one go."""
    commands = [_of_camera(entry) for entry in entries]
    await raise_alarms(work, commands, now=now, author=CENTRE)


def _of_camera(entry: Entry) -> RaiseAlarm:
    data = entry.data
    place = data["location"]
    snapshot = data["snapshot"]
    return RaiseAlarm(
        id=UUID(data["alarm_id"]),
        kind=f"camera_{data['kind']}",
        priority=data["priority"],
        agency=data["agency"],
        detected_at=datetime.fromisoformat(data["detected_at"]),
        camera_id=entry.subject,
        camera_name=data["camera_name"],
        zone_name=data["rule_name"],
        location=Location(
            point=Point(lon=place["lon"], lat=place["lat"]),
            uncertainty_m=place["uncertainty_m"],
            confidence=place["confidence"],
        ),
        snapshot_sha256=snapshot["sha256"] if snapshot else None,
    )


async def tell_crew_who_heard(work: Work, entry: Entry, now: datetime) -> None:
    """An emergency's alarm was seen by a person: the crew that called is told who that is."""
    alarm = await work.alarms.get(entry.subject)
    if alarm.kind != UNIT_EMERGENCY or alarm.unit_id is None:
        return
    command = AcknowledgeEmergency(
        id=derived_id("emergency-heard", str(entry.id)),
        unit_id=alarm.unit_id,
        alarm_id=alarm.id,
        by=entry.author.name,
    )
    await acknowledge_emergency(work, command, now=now, author=CENTRE)


REACTIONS: dict[str, tuple[Reaction, ...]] = {
    "alarm.acknowledged": (tell_crew_who_heard,),
    "alarm.verified": (tell_crew_who_heard,),
    "alarm.dismissed": (tell_crew_who_heard,),
}
# What comes in floods: entries of one kind that follow each other are dealt with in one go.
IN_LOTS: dict[str, LotReaction] = {
    "camera.alarm_raised": raise_camera_alarms,
}
LOT_MAX = AT_ONCE_MAX
