"""What follows from what: the one table of behaviour that crosses packages, read top to bottom.

A reaction is a command whose id derives from the entry that caused it, so doing it twice has one
effect. Only people turn an alarm into an incident; nothing here dispatches anything.
"""

from collections.abc import Awaitable, Callable
from datetime import datetime
from uuid import UUID

from dispatch.ports import Work
from dispatch.services.alarms import RaiseAlarm, raise_alarm
from gis.geometry import Location, Point
from ops_center.kernel.events import Author, Entry
from ops_center.kernel.ids import derived_id

CENTRE = Author(id=derived_id("centre", "reactions"), name="centro")

Reaction = Callable[[Work, Entry, datetime], Awaitable[None]]


async def raise_camera_alarm(work: Work, entry: Entry, now: datetime) -> None:
    """A camera's rule was satisfied: raise a dispatch alarm with the same id."""
    data = entry.data
    place = data["location"]
    snapshot = data["snapshot"]
    command = RaiseAlarm(
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
    await raise_alarm(work, command, now=now, author=CENTRE)


REACTIONS: dict[str, tuple[Reaction, ...]] = {
    "camera.alarm_raised": (raise_camera_alarm,),
}
