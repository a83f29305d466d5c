"""Tables of the city: roads, streets and their crossings, places, addresses, zones."""

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
    Index,
    Integer,
    SmallInteger,
    Table,
    Text,
    Uuid,
)

from ops_center.kernel.database import metadata

WGS84_SRID = 4326
# pg_trgm compares words with typos; names reach it already folded by gis.address.
EXTENSIONS = ("postgis", "pg_trgm")


def _geometry(kind: str, *, nullable: bool = False) -> Column[object]:
    # The index is declared below under our naming convention, not by GeoAlchemy's hook.
    return Column(
        "geom",
        Geometry(kind, srid=WGS84_SRID, spatial_index=False),
        nullable=nullable,
    )


city = Table(
    "city",
    metadata,
    Column("id", SmallInteger, primary_key=True, autoincrement=False),
    Column("import_id", Uuid, nullable=False),
    Column("name", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("attribution", Text, nullable=False),
    Column("timezone", Text, nullable=False),
    Column("zone_source", Text, nullable=False),
    Column("imported_at", DateTime(timezone=True), nullable=False),
    Column("west", Float, nullable=False),
    Column("south", Float, nullable=False),
    Column("east", Float, nullable=False),
    Column("north", Float, nullable=False),
    Column("centre_lon", Float, nullable=False),
    Column("centre_lat", Float, nullable=False),
    CheckConstraint("id = 1", name="only_one"),
    comment="The one city this centre works in; replaced as a whole by an import",
)

road_edge = Table(
    "road_edge",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("way_id", BigInteger, nullable=False),
    Column("from_node", BigInteger, nullable=False),
    Column("to_node", BigInteger, nullable=False),
    Column("class", Text, nullable=False),
    Column("name", Text),
    Column("direction", SmallInteger, nullable=False),
    Column("drivable", Boolean, nullable=False),
    Column("maxspeed_mps", Float),
    Column("length_m", Float, nullable=False),
    _geometry("LINESTRING"),
    CheckConstraint("direction in (-1, 0, 1)", name="direction"),
    Index("ix_road_edge_geom", "geom", postgresql_using="gist"),
    comment="Piece of a way between two junctions; direction 0 both, 1 with, -1 against the line",
)

turn_ban = Table(
    "turn_ban",
    metadata,
    Column("from_edge", BigInteger, primary_key=True, autoincrement=False),
    Column("via_node", BigInteger, primary_key=True, autoincrement=False),
    Column("to_edge", BigInteger, primary_key=True, autoincrement=False),
    comment="Turns that traffic signs forbid, one row for each pair of edges",
)

street = Table(
    "street",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("name", Text, nullable=False),
    Column("cluster", Integer, nullable=False),
    Column("length_m", Float, nullable=False),
    _geometry("MULTILINESTRING"),
    Index("ix_street_geom", "geom", postgresql_using="gist"),
    comment="All pieces of one name that lie together; the same name elsewhere is another street",
)

street_alias = Table(
    "street_alias",
    metadata,
    Column("street_id", ForeignKey("street.id", ondelete="CASCADE"), primary_key=True),
    Column("alias", Text, primary_key=True),
    Column("weight", Float, nullable=False),
    Index(
        "ix_street_alias_alias",
        "alias",
        postgresql_using="gin",
        postgresql_ops={"alias": "gin_trgm_ops"},
    ),
    comment="Folded ways of saying a street's name; weight below 1 for shortened ones",
)

street_crossing = Table(
    "street_crossing",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("a_id", ForeignKey("street.id", ondelete="CASCADE"), nullable=False),
    Column("b_id", ForeignKey("street.id", ondelete="CASCADE"), nullable=False),
    Column("spread_m", Float, nullable=False),
    Column("shared", Boolean, nullable=False),
    _geometry("POINT"),
    Index("ix_street_crossing_a_id_b_id", "a_id", "b_id"),
    Index("ix_street_crossing_b_id", "b_id"),
    Index("ix_street_crossing_geom", "geom", postgresql_using="gist"),
    comment="Both ways (a,b) and (b,a); not shared: the streets only come near each other",
)

place = Table(
    "place",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("osm_type", Text, nullable=False),
    Column("osm_id", BigInteger, nullable=False),
    Column("category", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("name", Text),
    Column("importance", Float, nullable=False),
    _geometry("POINT"),
    Index("ix_place_geom", "geom", postgresql_using="gist"),
    Index("ix_place_kind", "kind"),
    comment="Points of interest and named areas: category area or poi, kind after OpenStreetMap",
)

place_alias = Table(
    "place_alias",
    metadata,
    Column("place_id", ForeignKey("place.id", ondelete="CASCADE"), primary_key=True),
    Column("alias", Text, primary_key=True),
    Index(
        "ix_place_alias_alias",
        "alias",
        postgresql_using="gin",
        postgresql_ops={"alias": "gin_trgm_ops"},
    ),
)

building = Table(
    "building",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("osm_type", Text, nullable=False),
    Column("osm_id", BigInteger, nullable=False),
    Column("name", Text),
    Column("height_m", Float),
    _geometry("MULTIPOLYGON"),
    Index("ix_building_geom", "geom", postgresql_using="gist"),
)

address_point = Table(
    "address_point",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("street_id", ForeignKey("street.id", ondelete="CASCADE")),
    Column("street", Text, nullable=False),
    Column("housenumber", Text, nullable=False),
    Column("number", Integer),
    _geometry("POINT"),
    Index("ix_address_point_geom", "geom", postgresql_using="gist"),
    Index("ix_address_point_street_id_number", "street_id", "number"),
)

zone = Table(
    "zone",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("code", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("agency", Text),
    Column("source", Text, nullable=False),
    Column("imported", Boolean, nullable=False),
    _geometry("MULTIPOLYGON"),
    Index("ix_zone_geom", "geom", postgresql_using="gist"),
    Index("uq_zone_kind_code", "kind", "code", unique=True),
    comment="Areas of responsibility; imported ones are replaced with the city, drawn ones stay",
)

TRIGRAM_INDEXES = ("ix_street_alias_alias", "ix_place_alias_alias")
# Children first: the order in which an import empties the city.
CITY_TABLES = (
    address_point,
    street_crossing,
    street_alias,
    street,
    turn_ban,
    road_edge,
    place_alias,
    place,
    building,
    city,
)
