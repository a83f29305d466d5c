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
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

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
    # What the import read, wrote and left out and why; empty in cities imported before it existed.
    Column("report", JSONB),
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
    # A person on foot may use it; steps and paths are walkable and not drivable.
    Column("walkable", Boolean, nullable=False, server_default=text("false")),
    Column("ref", Text),
    Column("surface", Text),
    # The most particular access tag for motor vehicles, as written: private, destination, no...
    Column("access", Text),
    Column("bridge", Boolean, nullable=False, server_default=text("false")),
    Column("tunnel", Boolean, nullable=False, server_default=text("false")),
    Column("layer", SmallInteger),
    Column("lanes", SmallInteger),
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
    # The road class most of its length has, and its road number.
    Column("class", Text),
    Column("ref", Text),
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
    # The name as the map writes it, and which name it is: name, translated (name:gn...),
    # official_name, alt_name, short_name, loc_name, old_name, ref.
    Column("said", Text),
    Column("kind", Text, nullable=False, server_default=text("'name'")),
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
    # As in street_alias; also brand, operator and ref (the number of a stop).
    Column("said", Text),
    Column("kind", Text, nullable=False, server_default=text("'name'")),
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
    Column("levels", SmallInteger),
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
    # Not mapped itself: lies on an addr:interpolation way between two mapped houses.
    Column("interpolated", Boolean, nullable=False, server_default=text("false")),
    _geometry("POINT"),
    Index("ix_address_point_geom", "geom", postgresql_using="gist"),
    Index("ix_address_point_street_id_number", "street_id", "number"),
    comment="A house with several numbers (12-18, 12;14) has one row for each number",
)

city_area = Table(
    "city_area",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    # The searchable place this is the outline of; none where the area has no name.
    Column("place_id", ForeignKey("place.id", ondelete="SET NULL")),
    Column("osm_type", Text, nullable=False),
    Column("osm_id", BigInteger, nullable=False),
    # water, green, admin (administrative boundary) or settlement (place=* drawn as an area)
    Column("theme", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("name", Text),
    Column("admin_level", SmallInteger),
    _geometry("MULTIPOLYGON"),
    Index("ix_city_area_geom", "geom", postgresql_using="gist"),
    Index("ix_city_area_place_id", "place_id"),
    comment="Outlines of waters, parks, settlements and administrative boundaries",
)

route_line = Table(
    "route_line",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    # The road number as written (PY02), folded without spaces (py02), and its digits (2).
    Column("ref", Text, nullable=False),
    Column("ref_folded", Text, nullable=False),
    Column("number", Integer),
    Column("name", Text),
    # Parts of one route in the order of their kilometres; gaps of the map lie between them.
    Column("part", Integer, nullable=False),
    Column("from_km", Float, nullable=False),
    Column("to_km", Float, nullable=False),
    # milestones: kilometres follow mapped milestones; start: counted from the route's start
    Column("measured_from", Text, nullable=False),
    Column(
        "geom",
        Geometry("LINESTRINGM", srid=WGS84_SRID, dimension=3, spatial_index=False),
        nullable=False,
    ),
    Index("ix_route_line_geom", "geom", postgresql_using="gist"),
    Index("ix_route_line_ref_folded", "ref_folded"),
    Index("ix_route_line_number", "number"),
    comment="Numbered roads with the kilometre as M: ST_LocateAlong(geom, 45.5) is km 45,5",
)

route_milestone = Table(
    "route_milestone",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("osm_id", BigInteger, nullable=False),
    # None where the milestone neither names a road nor stands at a numbered one.
    Column("ref", Text),
    Column("ref_folded", Text),
    Column("km", Float, nullable=False),
    _geometry("POINT"),
    Index("ix_route_milestone_geom", "geom", postgresql_using="gist"),
    Index("ix_route_milestone_ref_folded_km", "ref_folded", "km"),
    comment="Mapped kilometre posts (highway=milestone)",
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
    # Two agencies may both have a patrol zone 001.
    Index(
        "uq_zone_kind_agency_code",
        "kind",
        "agency",
        "code",
        unique=True,
        postgresql_nulls_not_distinct=True,
    ),
    comment="Areas of responsibility; imported ones are replaced with the city, drawn ones stay",
)

TRIGRAM_INDEXES = ("ix_street_alias_alias", "ix_place_alias_alias")
# Children first: the order in which an import empties the city.
CITY_TABLES = (
    address_point,
    route_milestone,
    route_line,
    city_area,
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
