"""Where an import puts what it reads until it is joined: tables that vanish with the commit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from geoalchemy2 import Geometry
from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    Column,
    Float,
    Integer,
    MetaData,
    Table,
    Text,
    Uuid,
)
from sqlalchemy.schema import CreateTable

from gis.tables import WGS84_SRID

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection

_metadata = MetaData()


def _table(table: str, /, **columns: Any) -> Table:
    return Table(
        table,
        _metadata,
        *(Column(column, kind) for column, kind in columns.items()),
        prefixes=["TEMPORARY"],
        postgresql_on_commit="DROP",
    )


def _shape(kind: str, srid: int = WGS84_SRID) -> Geometry:
    return Geometry(kind, srid=srid, spatial_index=False)


# A named way; `flat` is its line in metres, to measure what is near.
stage_way = _table(
    "stage_way",
    number=Integer,
    folded=Text,
    road_class=Text,
    tags=Text,
    geom=_shape("LINESTRING"),
    flat=_shape("LINESTRING", 0),
)
stage_way_node = _table(
    "stage_way_node", number=Integer, node=BigInteger, lon=Float, lat=Float
)  # fmt: skip
stage_way_street = _table("stage_way_street", number=Integer, street_id=Integer)
stage_alias = _table("stage_alias", alias=Text, street_id=Integer)
stage_house = _table(
    "stage_house",
    node=BigInteger,
    street=Text,
    folded=Text,
    housenumber=Text,
    number=Integer,
    interpolated=Boolean,
    geom=_shape("POINT"),
)
stage_interpolation = _table(
    "stage_interpolation", number=Integer, step=Integer, nodes=ARRAY(BigInteger),
    geom=_shape("LINESTRING"),
)  # fmt: skip
stage_admin = _table("stage_admin", area_id=Integer, level=Integer, tags=Text)
# `place` orders the ways of a relation; ways that only carry the number have none.
stage_route = _table(
    "stage_route",
    ref_folded=Text,
    ref=Text,
    name=Text,
    way_id=BigInteger,
    place=Integer,
    geom=_shape("LINESTRING"),
)
stage_zone = _table(
    "stage_zone",
    id=Uuid,
    kind=Text,
    code=Text,
    name=Text,
    agency=Text,
    source=Text,
    imported=Boolean,
    geom=_shape("MULTIPOLYGON"),
)
stage_milestone = _table(
    "stage_milestone", osm_id=BigInteger, ref=Text, ref_folded=Text, km=Float, geom=_shape("POINT")
)

# What reading fills; the others are filled by joining.
STAGES = (
    stage_way,
    stage_way_node,
    stage_house,
    stage_interpolation,
    stage_admin,
    stage_route,
    stage_milestone,
)


async def make_stages(connection: AsyncConnection) -> None:
    for table in _metadata.sorted_tables:
        await connection.execute(CreateTable(table))
