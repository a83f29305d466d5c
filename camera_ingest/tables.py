"""Tables of the cameras: what they are, how they do, who serves them, what they saw."""

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    DateTime,
    Float,
    ForeignKey,
    Index,
    Integer,
    SmallInteger,
    String,
    Table,
    Text,
    Uuid,
)
from sqlalchemy.dialects.postgresql import JSONB

from camera_ingest.domain.alarm_rule import RULE_NAME_MAX
from camera_ingest.domain.camera import NAME_MAX, URL_MAX
from ops_center.kernel.database import metadata

camera = Table(
    "camera",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("name", String(NAME_MAX), nullable=False),
    Column("lon", Float, nullable=False),
    Column("lat", Float, nullable=False),
    Column("uncertainty_m", Float, nullable=False),
    Column("confidence", Float, nullable=False),
    Column("heading_deg", Float),
    Column("fov_deg", Float, nullable=False),
    Column("range_m", Float, nullable=False),
    Column("agency", String(32), nullable=False),
    Column("stream_url", String(URL_MAX), nullable=False),
    Column("stream_user", Text, comment="Read by the worker only; in no answer, fact or log"),
    Column("stream_password", Text, comment="Read by the worker only; in no answer, fact or log"),
    Column("enabled", Boolean, nullable=False),
    Column("version", Integer, nullable=False),
    CheckConstraint("lon between -180 and 180 and lat between -90 and 90", name="on_earth"),
    CheckConstraint("stream_url like 'rtsp://%' and stream_url not like '%@%'", name="plain_url"),
)

camera_health = Table(
    "camera_health",
    metadata,
    Column("camera_id", Uuid, ForeignKey("camera.id", ondelete="CASCADE"), primary_key=True),
    Column("state", String(16), nullable=False),
    Column("reason", String(32), nullable=False),
    Column("fps", Float),
    Column("last_frame_at", DateTime(timezone=True)),
    Column("mode", String(16)),
    Column("mode_reason", String(32), nullable=False),
    Column("viewers", Integer, nullable=False),
    Column("changed_at", DateTime(timezone=True), nullable=False),
    Column("updated_at", DateTime(timezone=True), nullable=False),
    comment="Last known, latest wins; a row not updated for seconds means nobody watches",
)

camera_lease = Table(
    "camera_lease",
    metadata,
    Column("camera_id", Uuid, ForeignKey("camera.id", ondelete="CASCADE"), primary_key=True),
    Column("worker_id", Uuid, nullable=False),
    Column("control_url", Text, nullable=False),
    Column("expires_at", DateTime(timezone=True), nullable=False),
    Index(None, "worker_id"),
)

camera_alarm_rule = Table(
    "camera_alarm_rule",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("camera_id", Uuid, ForeignKey("camera.id", ondelete="CASCADE"), nullable=False),
    Column("name", String(RULE_NAME_MAX), nullable=False),
    Column("kind", String(32), nullable=False),
    Column("priority", SmallInteger, nullable=False),
    Column("zone", JSONB, nullable=False),
    Column("min_fraction", Float, nullable=False),
    Column("hits", Integer, nullable=False),
    Column("window", Integer, nullable=False),
    Column("dwell_s", Float, nullable=False),
    Column("rearm_s", Float, nullable=False),
    Column("schedule", JSONB),
    Column("enabled", Boolean, nullable=False),
    Index(None, "camera_id"),
)

camera_snapshot = Table(
    "camera_snapshot",
    metadata,
    Column("alarm_id", Uuid, primary_key=True),
    Column("camera_id", Uuid, ForeignKey("camera.id", ondelete="RESTRICT"), nullable=False),
    Column("sha256", String(64)),
    Column("size", Integer, nullable=False),
    Column("captured_at", DateTime(timezone=True), nullable=False),
    Column("recorded_at", DateTime(timezone=True), nullable=False),
    Index(None, "camera_id", "captured_at"),
    Index(None, "sha256"),
    comment="One row for each camera alarm: makes its commit repeatable and finds its picture",
)

camera_viewing = Table(
    "camera_viewing",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("camera_id", Uuid, ForeignKey("camera.id", ondelete="CASCADE"), nullable=False),
    Column("viewer", String(128), nullable=False),
    Column("control_url", Text, nullable=False),
    Column("started_at", DateTime(timezone=True), nullable=False),
    Index(None, "camera_id"),
    comment="Viewings going on now; their end is recorded even when their worker dies",
)
