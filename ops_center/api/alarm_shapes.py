"""What goes in and out over HTTP about alarms."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from ops_center.api.incident_shapes import IncidentOut
from ops_center.api.shapes import Code, In, Out, PlaceOut, Priority, Words


class SnapshotRefOut(Out):
    sha256: str
    url: str


class ShelvingOut(Out):
    until: datetime
    by: str
    reason: str


class AlarmOut(Out):
    id: UUID
    number: str
    version: int
    state: Literal["raised", "acknowledged", "verified", "dismissed"]
    kind: str
    priority: int
    agency: str
    camera_id: UUID | None
    camera_name: str | None
    zone_name: str | None
    location: PlaceOut | None
    detected_at: datetime
    raised_at: datetime
    snapshot: SnapshotRefOut | None
    incident_id: UUID | None
    reason: str | None
    by: str | None
    source_id: UUID | None = None
    source_name: str | None = None
    count: int = 1
    repeated_at: datetime | None = None
    shelved: ShelvingOut | None = None
    group: str | None = None


class ShelveIn(In):
    """Minutes by priority: 1 never, 2 up to 10, 3 and 4 up to 60 (or less, by the rules)."""

    minutes: Annotated[int, Field(ge=1, le=60)]
    reason: Annotated[str, Field(min_length=1, max_length=300)]


class OperatorLoadOut(Out):
    name: str
    last_10_min: int
    last_hour: int


class AlarmGroupOut(Out):
    key: str
    label: str
    count: int
    suppressed: int
    open: int


class AlarmLoadOut(Out):
    """Alarms the operators dealt with, new lines, and what was only counted on a line."""

    operators: list[OperatorLoadOut]
    flood: bool
    flood_since: datetime | None
    lines_10_min: int
    lines_hour: int
    mean_per_hour: int
    max_per_hour: int
    groups: list[AlarmGroupOut]
    shelved: int
    suppressed_total: int


class RawAlarmOut(Out):
    id: UUID
    alarm_id: UUID
    kind: str
    priority: int
    agency: str
    detected_at: datetime
    recorded_at: datetime
    camera_id: UUID | None
    camera_name: str | None
    zone_name: str | None
    source_id: UUID | None
    location: PlaceOut | None
    snapshot_sha256: str | None


class RawAlarmsOut(Out):
    items: list[RawAlarmOut]
    next_cursor: str | None


class AlarmsOut(Out):
    items: list[AlarmOut]
    next_cursor: str | None


class VerifyIn(In):
    incident_id: UUID | None = None
    type: Code | None = None
    priority: Priority | None = None
    narrative: Words | None = None


class VerifiedOut(Out):
    alarm: AlarmOut
    incident: IncidentOut
