"""What goes in and out over HTTP about alarms."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from ops_center.api.shapes import Code, In, IncidentOut, Out, PlaceOut, Priority, Words


class SnapshotRefOut(Out):
    sha256: str
    url: str


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
