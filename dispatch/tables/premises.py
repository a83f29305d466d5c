"""Tables beside incidents: notes about places, and who looks at which incident."""

from geoalchemy2 import Geometry
from sqlalchemy import (
    Boolean,
    Column,
    Computed,
    DateTime,
    Float,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    Uuid,
    text,
)

from dispatch.tables.schema import PLACE, WGS84_SRID
from ops_center.kernel.database import metadata

premise = Table(
    "premise",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("kind", String(16), nullable=False),
    Column("title", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("lon", Float, nullable=False),
    Column("lat", Float, nullable=False),
    Column("uncertainty_m", Float, nullable=False),
    Column("confidence", Float, nullable=False),
    Column(
        PLACE,
        Geometry("POINT", srid=WGS84_SRID, spatial_index=False),
        Computed(f"ST_SetSRID(ST_MakePoint(lon, lat), {WGS84_SRID})", persisted=True),
    ),
    Column("radius_m", Float, nullable=False),
    Column("valid_until", DateTime(timezone=True)),
    Column("protected", Boolean, nullable=False),
    Column("by", String(128), nullable=False),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("removed_at", DateTime(timezone=True)),
    Index(
        "ix_premise_place",
        PLACE,
        postgresql_using="gist",
        postgresql_where=text("removed_at is null"),
    ),
    Index("ix_premise_newest", "at", "id"),
    comment="What is known of places: hazards, access, earlier violence; removed ones stay",
)

looking = Table(
    "looking",
    metadata,
    Column("incident_id", Uuid, ForeignKey("incident.id"), primary_key=True),
    Column("username", String(128), primary_key=True),
    Column("since", DateTime(timezone=True), nullable=False),
    Column("beat_at", DateTime(timezone=True), nullable=False),
    Index("ix_looking_beat_at", "beat_at"),
    # Worth nothing after a crash: whoever still looks beats again within seconds.
    prefixes=["UNLOGGED"],
    comment="Who has which incident open, by the last beat of their screen",
)
