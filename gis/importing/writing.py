"""Writes an imported city into PostgreSQL in place of the former one."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any

import shapely
from geoalchemy2 import Geometry
from shapely.geometry import LineString, MultiPolygon, Point
from sqlalchemy import delete, text
from sqlalchemy.dialects import postgresql

from gis.tables import (
    CITY_TABLES,
    TRIGRAM_INDEXES,
    WGS84_SRID,
    address_point,
    building,
    city,
    place,
    place_alias,
    road_edge,
    street,
    street_alias,
    street_crossing,
    turn_ban,
    zone,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from shapely.geometry.base import BaseGeometry
    from sqlalchemy import Table
    from sqlalchemy.ext.asyncio import AsyncConnection

    from gis.importing.places import Address, Building, Place
    from gis.importing.roads import Edge
    from gis.importing.streets import Crossing, Street
    from gis.importing.zones import Zone

ROWS_PER_INSERT = 10_000
WRITE_TIMEOUT_S = 600
IMPORT_LOCK_KEY = 0x6769_7331
Row = tuple[object, ...]


async def clear(connection: AsyncConnection) -> None:
    """Empty the city; readers keep seeing the former one until the commit.

    One import at a time: a second one waits here for the first one's commit.
    """
    await connection.execute(text(f"set local statement_timeout = '{WRITE_TIMEOUT_S}s'"))
    await connection.execute(text(f"set local lock_timeout = '{WRITE_TIMEOUT_S}s'"))
    await connection.execute(text(f"select pg_advisory_xact_lock({IMPORT_LOCK_KEY})"))
    for table in CITY_TABLES:
        await connection.execute(delete(table))


async def write_city(connection: AsyncConnection, values: dict[str, object]) -> None:
    await connection.execute(city.insert().values(id=1, **values))


async def write_roads(
    connection: AsyncConnection, edges: list[Edge], bans: set[tuple[int, int, int]]
) -> None:
    rows = (
        (e.id, e.way_id, e.from_node, e.to_node, e.road_class, e.name, e.direction, e.drivable,
         e.maxspeed_mps, e.length_m, _wkb(LineString(e.line)))
        for e in edges
    )  # fmt: skip
    await insert_rows(connection, road_edge, rows)
    await insert_rows(connection, turn_ban, iter(sorted(bans)))


async def write_streets(
    connection: AsyncConnection, streets: list[Street], crossings: list[Crossing]
) -> None:
    await insert_rows(
        connection,
        street,
        ((s.id, s.name, s.cluster, s.length_m, _wkb(s.geometry)) for s in streets),
    )
    await insert_rows(
        connection,
        street_alias,
        ((s.id, alias, weight) for s in streets for alias, weight in s.aliases.items()),
    )
    await insert_rows(connection, street_crossing, _both_ways(crossings))


async def write_places(connection: AsyncConnection, places: list[Place]) -> None:
    await insert_rows(
        connection,
        place,
        ((p.id, p.osm_type, p.osm_id, p.category, p.kind, p.name, p.importance,
          _wkb(Point(p.point))) for p in places),
    )  # fmt: skip
    await insert_rows(
        connection, place_alias, ((p.id, alias) for p in places for alias in p.aliases)
    )


async def write_addresses(connection: AsyncConnection, addresses: list[Address]) -> None:
    await insert_rows(
        connection,
        address_point,
        ((a.id, a.street_id, a.street, a.housenumber, a.number, _wkb(Point(a.point)))
         for a in addresses),
    )  # fmt: skip


async def write_buildings(connection: AsyncConnection, buildings: list[Building]) -> None:
    await insert_rows(
        connection,
        building,
        ((b.id, b.osm_type, b.osm_id, b.name, b.height_m, _wkb(_multi(b.geometry)))
         for b in buildings),
    )  # fmt: skip


async def write_zones(connection: AsyncConnection, zones: list[Zone]) -> None:
    """Replace the imported zones; a zone drawn by hand with the same code is kept instead."""
    await connection.execute(delete(zone).where(zone.c.imported))
    rows = [(z.id, z.kind, z.code, z.name, None, z.source, True, _wkb(z.geometry)) for z in zones]
    await insert_rows(connection, zone, iter(rows), conflict=" on conflict do nothing")


async def settle(connection: AsyncConnection) -> None:
    """Make the new city fast to search at once, not when autovacuum comes by."""
    for index in TRIGRAM_INDEXES:
        # Rows wait in a list that every search would read through.
        await connection.execute(
            text("select gin_clean_pending_list(cast(:index as regclass))"), {"index": index}
        )
    for table in (*CITY_TABLES, zone):
        await connection.execute(text(f"analyze {table.name}"))


async def insert_rows(
    connection: AsyncConnection, table: Table, rows: Iterator[Row], *, conflict: str = ""
) -> None:
    """Insert rows whose values stand in the order of the table's columns, in large steps."""
    statement = text(_unnest_insert(table) + conflict)
    while chunk := list(islice(rows, ROWS_PER_INSERT)):
        columns = zip(*chunk, strict=True)
        values = {f"c{i}": list(column) for i, column in enumerate(columns)}
        await connection.execute(statement, values)


def _unnest_insert(table: Table) -> str:
    """One statement for any number of rows: an array for each column."""
    names, arrays, picks = [], [], []
    for i, column in enumerate(table.columns):
        spatial = isinstance(column.type, Geometry)
        kind = "bytea" if spatial else column.type.compile(dialect=_DIALECT)
        names.append(f'"{column.name}"')
        arrays.append(f"cast(:c{i} as {kind}[])")
        picks.append(f"st_geomfromwkb(v{i}, {WGS84_SRID})" if spatial else f"v{i}")
    fields = ", ".join(f"v{i}" for i in range(len(names)))
    # Every part comes from our own table definitions, none from outside.
    target = f"insert into {table.name} ({', '.join(names)})"
    source = f"from unnest({', '.join(arrays)}) as rows({fields})"
    return f"{target} select {', '.join(picks)} {source}"


_DIALECT: Any = postgresql.dialect()  # type: ignore[no-untyped-call]


def _both_ways(crossings: Iterable[Crossing]) -> Iterator[Row]:
    number = 0
    for c in crossings:
        for a, b in ((c.a_id, c.b_id), (c.b_id, c.a_id)):
            number += 1
            yield number, a, b, c.spread_m, c.shared, _wkb(Point(c.point))


def _multi(geometry: BaseGeometry) -> BaseGeometry:
    return geometry if geometry.geom_type == "MultiPolygon" else MultiPolygon([geometry])


def _wkb(geometry: BaseGeometry) -> bytes:
    return bytes(shapely.to_wkb(geometry))
