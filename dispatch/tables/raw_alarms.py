"""Every report of a machine, also those that were only counted on the line of another."""

from sqlalchemy import (
    Column,
    DateTime,
    Float,
    Index,
    Integer,
    SmallInteger,
    String,
    Table,
    Text,
    Uuid,
)
from sqlalchemy import text as sql

from ops_center.kernel.database import metadata

raw_alarm = Table(
    "raw_alarm",
    metadata,
    Column("id", Uuid, primary_key=True),
    # No foreign key: reports are forgotten earlier than alarms, or later, by their own rule.
    Column("alarm_id", Uuid, nullable=False),
    Column("kind", String(32), nullable=False),
    Column("priority", SmallInteger, nullable=False),
    Column("agency", String(16), nullable=False),
    Column("detected_at", DateTime(timezone=True), nullable=False),
    Column("recorded_at", DateTime(timezone=True), nullable=False),
    Column("camera_id", Uuid),
    Column("camera_name", Text),
    Column("zone_name", Text),
    Column("source_id", Uuid),
    Column("lon", Float),
    Column("lat", Float),
    Column("uncertainty_m", Float),
    Column("confidence", Float),
    Column("snapshot_sha256", String(64)),
    Index("ix_raw_alarm_newest", "recorded_at", "id"),
    Index("ix_raw_alarm_alarm_id", "alarm_id", "recorded_at"),
    Index(
        "ix_raw_alarm_camera_id",
        "camera_id",
        "recorded_at",
        postgresql_where=sql("camera_id is not null"),
    ),
    comment="Every report of a machine as it came; alarm_id is the line it got or is counted on",
)

alarm_flood = Table(
    "alarm_flood",
    metadata,
    Column("id", SmallInteger, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("since", DateTime(timezone=True)),
    comment="One row: whether more alarms come than people can look at, and since when",
)
