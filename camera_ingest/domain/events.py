"""What happened to cameras, as the journal keeps it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from typing_extensions import override

from camera_ingest.domain.alarm_rule import AlarmRule, MotionAlarm
from camera_ingest.domain.camera import Camera, place_view, public_view
from gis.geometry import Location
from ops_center.kernel.clock import wire_time
from ops_center.kernel.events import Fact


@dataclass(frozen=True, kw_only=True)
class CameraFact(Fact):
    subject_type: ClassVar[str] = "camera"


@dataclass(frozen=True, kw_only=True)
class CameraAdded(CameraFact):
    kind: ClassVar[str] = "camera.added"

    camera: Camera

    @override
    def data(self) -> dict[str, Any]:
        """Return the whole camera as screens see it, never its stream address."""
        view = public_view(self.camera)
        return {name: view[name] for name in view if name not in ("id", "version")}


@dataclass(frozen=True, kw_only=True)
class CameraChanged(CameraFact):
    """`changes` holds only the changed public fields, as in `public_view`."""

    kind: ClassVar[str] = "camera.changed"

    changes: dict[str, Any]

    @override
    def data(self) -> dict[str, Any]:
        return dict(self.changes)


@dataclass(frozen=True, slots=True, kw_only=True)
class SnapshotRef:
    """The picture behind an alarm: `sha256` (hex) names the stored JPEG of `size` bytes."""

    sha256: str
    size: int


@dataclass(frozen=True, kw_only=True)
class CameraAlarmRaised(CameraFact):
    kind: ClassVar[str] = "camera.alarm_raised"

    alarm_id: UUID
    rule_id: UUID
    rule_name: str
    alarm_kind: str
    priority: int
    camera_name: str
    agency: str
    location: Location
    detected_at: datetime
    motion_fraction: float
    dwell_s: float
    snapshot: SnapshotRef | None

    @override
    def data(self) -> dict[str, Any]:
        """Return the fields as docs/events.md names them: `alarm_kind` is `kind` on the wire."""
        whole = super().data()
        whole["kind"] = whole.pop("alarm_kind")
        whole["location"] = place_view(self.location)
        whole["detected_at"] = wire_time(self.detected_at)
        whole["snapshot"] = self.snapshot and {
            "sha256": self.snapshot.sha256,
            "url": f"/api/v1/alarms/{self.alarm_id}/snapshot.jpg",
        }
        return whole


@dataclass(frozen=True, kw_only=True)
class CameraViewingStarted(CameraFact):
    kind: ClassVar[str] = "camera.viewing_started"

    viewing_id: UUID
    viewer: str
    purpose: str
    mode: str


@dataclass(frozen=True, kw_only=True)
class CameraViewingEnded(CameraFact):
    kind: ClassVar[str] = "camera.viewing_ended"

    viewing_id: UUID
    viewer: str
    seconds: float
    cause: str


@dataclass(frozen=True, kw_only=True)
class CameraStillViewed(CameraFact):
    """Somebody looked at newest pictures; told once for a while of looking (STILL_WINDOW_S)."""

    kind: ClassVar[str] = "camera.still_viewed"

    viewer: str
    purpose: str | None


def alarm_raised(
    camera: Camera,
    rule: AlarmRule,
    alarm: MotionAlarm,
    *,
    alarm_id: UUID,
    snapshot: SnapshotRef | None,
) -> CameraAlarmRaised:
    """Return the fact that `rule` was satisfied on `camera`."""
    return CameraAlarmRaised(
        subject=camera.id,
        version=camera.version,
        audience=(f"agency:{camera.agency}",),
        occurred_at=alarm.at,
        alarm_id=alarm_id,
        rule_id=rule.id,
        rule_name=rule.name,
        alarm_kind=rule.kind,
        priority=rule.priority,
        camera_name=camera.name,
        agency=camera.agency,
        location=camera.location,
        detected_at=alarm.at,
        motion_fraction=round(alarm.fraction, 4),
        dwell_s=round((alarm.at - alarm.since).total_seconds(), 3),
        snapshot=snapshot,
    )
