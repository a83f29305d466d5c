"""Tables of roads in use: what is closed, and how fast the centre's own units really drive."""

from __future__ import annotations

from geoalchemy2 import Geometry
from sqlalchemy import (
    ARRAY,
    BigInteger,
    CheckConstraint,
    Column,
    DateTime,
    Float,
    Index,
    Integer,
    SmallInteger,
    Table,
    Text,
    Uuid,
)

from gis.tables.city import WGS84_SRID
from ops_center.kernel.database import metadata

closure = Table(
    "closure",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("radius_m", Float),
    Column("reason", Text, nullable=False),
    Column("starts_at", DateTime(timezone=True), nullable=False),
    Column("until_at", DateTime(timezone=True)),
    Column("applies_to", Text, nullable=False),
    Column("drawn_by", Text, nullable=False),
    Column("drawn_at", DateTime(timezone=True), nullable=False),
    Column("lifted_at", DateTime(timezone=True)),
    Column("lift_cause", Text),
    # What was drawn: a line, an area, or a point that `radius_m` makes a disc.
    Column("geom", Geometry("GEOMETRY", srid=WGS84_SRID, spatial_index=False), nullable=False),
    CheckConstraint("applies_to in ('all', 'civil')", name="applies_to"),
    Index("ix_closure_geom", "geom", postgresql_using="gist"),
    Index("ix_closure_lifted_at", "lifted_at"),
    comment="Roads closed by people of the centre; in force while now is in starts_at..until_at",
)

routing_revision = Table(
    "routing_revision",
    metadata,
    Column("subject", Text, primary_key=True),
    Column("revision", BigInteger, nullable=False),
    comment="Counts the changes of closures and of learned speeds, for processes that follow",
)

# A row for each kind of unit, road and time: how its fixes' speeds compare with the tables'.
learned_speed = Table(
    "learned_speed",
    metadata,
    Column("crew", Text, primary_key=True),
    Column("day", Text, primary_key=True),
    Column("band", SmallInteger, primary_key=True, autoincrement=False),
    # A road class, or `way:<number>` where one way has enough of its own.
    Column("road", Text, primary_key=True),
    Column("bins", ARRAY(Integer), nullable=False),
    Column("samples", Integer, nullable=False),
    Column("factor", Float, nullable=False),
    Column("updated_at", DateTime(timezone=True), nullable=False),
    comment="Observed speed over tabled speed, as a histogram and the factor drawn from it",
)
