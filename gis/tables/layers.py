"""Tables of the agencies' layers: what is in force, every version kept, what was refused."""

from __future__ import annotations

from geoalchemy2 import Geometry
from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    DateTime,
    Float,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    Table,
    Text,
    Uuid,
)
from sqlalchemy.dialects.postgresql import JSONB

from gis.tables.city import WGS84_SRID
from ops_center.kernel.database import metadata

layer = Table(
    "layer",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("name", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("zone_kind", Text),
    Column("agency", Text),
    # Whether the geocoder finds its features by their names.
    Column("searchable", Boolean, nullable=False),
    # Counts the changes; `published` is the number of the version in force, null once removed.
    Column("version", Integer, nullable=False),
    Column("published", Integer),
    Column("features", Integer, nullable=False),
    Column("published_at", DateTime(timezone=True), nullable=False),
    Column("west", Float),
    Column("south", Float),
    Column("east", Float),
    Column("north", Float),
    Index("uq_layer_name", "name", unique=True),
    CheckConstraint("published <= version", name="published"),
    comment="An agency's own layer; its features are those of the published version",
)

layer_version = Table(
    "layer_version",
    metadata,
    Column("layer_id", ForeignKey("layer.id", ondelete="CASCADE"), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("published_at", DateTime(timezone=True), nullable=False),
    Column("published_by", Text, nullable=False),
    Column("file_name", Text, nullable=False),
    Column("file_sha256", Text, nullable=False),
    Column("file_bytes", BigInteger, nullable=False),
    Column("features", Integer, nullable=False),
    Column("refused", Integer, nullable=False),
    Column("report", JSONB, nullable=False),
    Column("west", Float, nullable=False),
    Column("south", Float, nullable=False),
    Column("east", Float, nullable=False),
    Column("north", Float, nullable=False),
    comment="One publication of a layer: where it came from and what its import reported",
)


def _of_version() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(
        ["layer_id", "version"],
        ["layer_version.layer_id", "layer_version.number"],
        ondelete="CASCADE",
    )


layer_feature = Table(
    "layer_feature",
    metadata,
    Column("layer_id", Uuid, primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("id", Text, primary_key=True),
    Column("name", Text),
    Column("folded", Text),
    Column("properties", JSONB, nullable=False),
    Column("geom", Geometry("GEOMETRY", srid=WGS84_SRID, spatial_index=False), nullable=False),
    _of_version(),
    Index("ix_layer_feature_geom", "geom", postgresql_using="gist"),
    Index(
        "ix_layer_feature_folded",
        "folded",
        postgresql_using="gin",
        postgresql_ops={"folded": "gin_trgm_ops"},
    ),
    comment="Features of every kept version; only those of layer.published are in force",
)

layer_refused = Table(
    "layer_refused",
    metadata,
    Column("layer_id", Uuid, primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("row", Integer, primary_key=True, autoincrement=False),
    Column("reason", Text, nullable=False),
    Column("feature", JSONB, nullable=False),
    _of_version(),
    comment="Rows an import refused, as GeoJSON features that say why",
)
