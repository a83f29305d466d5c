"""Which alarms belong together: the same place for a list, the same source there for chatter."""

import math
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from dispatch.domain.alarm import OPEN, Alarm
from dispatch.domain.rules.alarm_handling import AlarmHandling
from gis.geometry import Location

METRES_PER_DEGREE: Final = 111_320.0
POLE_LAT: Final = 89.0
NOWHERE: Final = "?"


@dataclass(frozen=True, slots=True, kw_only=True)
class RawAlarm:
    """One report of a machine as it came; `alarm_id` is the alarm it is, or is counted on."""

    id: UUID
    alarm_id: UUID
    kind: str
    priority: int
    agency: str
    detected_at: datetime
    recorded_at: datetime
    camera_id: UUID | None = None
    camera_name: str | None = None
    zone_name: str | None = None
    source_id: UUID | None = None
    location: Location | None = None
    snapshot_sha256: str | None = None


def group_of(kind: str, location: Location | None, *, place_m: float) -> str:
    """Return the group of an alarm: its kind and the square of `place_m` it lies in."""
    if location is None:
        return f"{kind}@{NOWHERE}"
    lat = max(-POLE_LAT, min(POLE_LAT, location.point.lat))
    row = math.floor(lat * METRES_PER_DEGREE / place_m)
    # By the row's own width, so that every place of a row is counted with the same step.
    width = METRES_PER_DEGREE * math.cos(math.radians(row * place_m / METRES_PER_DEGREE))
    column = math.floor(location.point.lon * width / place_m)
    return f"{kind}@{row}.{column}"


def chatter_key(alarm: Alarm, handling: AlarmHandling) -> str | None:
    """Return what a repetition of the alarm has in common with it, None where nothing repeats."""
    source = alarm.camera_id or alarm.source_id
    if source is None or alarm.kind in handling.never_grouped:
        return None
    return f"{source}|{alarm.zone_name or ''}|{alarm.group}"


def is_chatter(head: Alarm, raw: Alarm, handling: AlarmHandling) -> bool:
    """Whether `raw` only repeats `head`: soon after it, no more urgent, and not for too long.

    Who is far behind in time is no repetition either: its device's clock may be wrong.
    """
    last = head.repeated_at or head.detected_at
    near = abs(raw.detected_at - last) <= timedelta(seconds=handling.chatter_s)
    lately = raw.raised_at - head.raised_at <= timedelta(seconds=handling.line_every_s)
    return head.state in OPEN and raw.priority >= head.priority and near and lately


def to_raw(alarm: Alarm, *, counted_on: UUID) -> RawAlarm:
    """Return the alarm as the report it came as."""
    return RawAlarm(
        id=alarm.id,
        alarm_id=counted_on,
        kind=alarm.kind,
        priority=alarm.priority,
        agency=alarm.agency,
        detected_at=alarm.detected_at,
        recorded_at=alarm.raised_at,
        camera_id=alarm.camera_id,
        camera_name=alarm.camera_name,
        zone_name=alarm.zone_name,
        source_id=alarm.source_id,
        location=alarm.location,
        snapshot_sha256=alarm.snapshot.sha256 if alarm.snapshot else None,
    )
