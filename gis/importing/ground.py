"""Asks the city being imported what its name, zones and counts are made from."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

import shapely
from sqlalchemy import delete, func, select, text

from gis.geometry import Point
from gis.importing.city import SETTLEMENTS, Settlement
from gis.importing.places import AREA
from gis.importing.staging import stage_zone
from gis.importing.writing import copy_rows
from gis.importing.zones import SUBURB_KINDS, Ground, Zone
from gis.tables import (
    address_point,
    building,
    city_area,
    place,
    road_edge,
    route_line,
    route_milestone,
    zone,
)

if TYPE_CHECKING:
    from shapely.geometry import LineString
    from shapely.geometry.base import BaseGeometry
    from sqlalchemy.ext.asyncio import AsyncConnection

    from gis.geometry import Extent
    from gis.importing.osm import Boundary

SETTLEMENTS_MAX = 20_000
# What place=* may say of something that gives a boundary its label.
LABEL_KINDS = (
    *("city", "town", "village", "suburb", "quarter", "neighbourhood", "hamlet", "borough"),
    *("locality", "isolated_dwelling", "square", "island", "islet", "region", "municipality"),
)


async def settlements(connection: AsyncConnection) -> list[Settlement]:
    """Cities, towns and villages, the first ones of the file where there are very many."""
    rows = await _places(connection, SETTLEMENTS)
    return [Settlement(kind, name, Point(lon=lon, lat=lat)) for kind, name, lon, lat in rows]


async def capital(connection: AsyncConnection) -> Point | None:
    """The most important city, from which roads are counted where nothing else says so."""
    found = [one for one in await settlements(connection) if one.kind == SETTLEMENTS[0]]
    return found[0].point if len(found) == 1 else None


async def counts(connection: AsyncConnection) -> dict[str, int]:
    """Rows written, by what they are."""
    tables = {
        "road_edges": road_edge,
        "places": place,
        "addresses": address_point,
        "buildings": building,
        "areas": city_area,
        "route_parts": route_line,
        "milestones": route_milestone,
    }
    statement = select(
        *(select(func.count()).select_from(t).scalar_subquery().label(n) for n, t in tables.items())
    )
    row = (await connection.execute(statement)).one()
    return dict(zip(tables, map(int, row), strict=True))


async def ground(
    connection: AsyncConnection,
    extent: Extent,
    boundaries: list[Boundary],
    lines: dict[int, list[LineString]],
) -> Ground:
    """What districts can be made from."""
    names = {one.tags["name"] for one in boundaries}
    labels = await _places(connection, LABEL_KINDS)
    suburbs = await _places(connection, SUBURB_KINDS)
    return Ground(
        extent=extent,
        boundaries=boundaries,
        lines=lines,
        whole=await _whole_boundaries(connection),
        labels={name: shapely.Point(lon, lat) for _, name, lon, lat in labels if name in names},
        suburbs={name: shapely.Point(lon, lat) for _, name, lon, lat in suburbs},
    )


async def replace_zones(connection: AsyncConnection, zones: list[Zone]) -> None:
    """Replace the imported zones; a zone drawn by hand with the same code is kept instead."""
    await connection.execute(delete(zone).where(zone.c.imported))
    rows = [(z.id, z.kind, z.code, z.name, None, z.source, True, z.geometry) for z in zones]
    await copy_rows(connection, stage_zone, rows)
    columns = ", ".join(stage_zone.c.keys())
    # Every part comes from our own table definitions, none from outside.
    await connection.execute(
        text(
            f"insert into zone ({columns}) select {columns} from {stage_zone.name}"  # noqa: S608
            " on conflict do nothing"
        )
    )


async def _places(
    connection: AsyncConnection, kinds: tuple[str, ...]
) -> list[tuple[str, str, float, float]]:
    point = place.c.geom
    statement = (
        select(place.c.kind, place.c.name, func.st_x(point), func.st_y(point))
        .where(place.c.kind.in_(kinds), place.c.name.is_not(None))
        .where((place.c.category == AREA) | place.c.kind.not_in(SUBURB_KINDS))
        .order_by(place.c.id)
        .limit(SETTLEMENTS_MAX)
    )
    return [(kind, name, lon, lat) for kind, name, lon, lat in await connection.execute(statement)]


async def _whole_boundaries(connection: AsyncConnection) -> dict[int, dict[str, BaseGeometry]]:
    found: dict[int, dict[str, BaseGeometry]] = defaultdict(dict)
    rows = await connection.execute(
        select(city_area.c.admin_level, city_area.c.name, func.st_asbinary(city_area.c.geom))
        .where(city_area.c.theme == "admin")
        .order_by(city_area.c.id)
        .limit(SETTLEMENTS_MAX)
    )
    for level, name, wkb in rows:
        found[level][name] = shapely.from_wkb(wkb)
    return found
