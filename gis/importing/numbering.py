"""Writes the numbered roads of the city and the kilometre posts beside them."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import shapely
from sqlalchemy import text

from gis.geometry import Point
from gis.importing.milestones import number_of
from gis.importing.routes import MILESTONE_WITHIN_M, Measured, Post, RouteWay, measured
from gis.importing.writing import steps

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from sqlalchemy.ext.asyncio import AsyncConnection

# About how far a post may stand from its road, in degrees, before metres are measured.
NEAR_DEG = MILESTONE_WITHIN_M / 111_000 * 1.5
WAYS_PER_ROUTE_MAX = 50_000
POSTS_PER_ROUTE_MAX = 5_000
_WAYS = """
select distinct on (ref_folded collate "C", way_id, geom)
  ref_folded, ref, name, place, st_asbinary(geom) line
from stage_route order by ref_folded collate "C", way_id, geom, place nulls last
"""
_POSTS = """
select km, st_x(geom) lon, st_y(geom) lat from stage_milestone m
where m.ref_folded = :ref or (m.ref_folded is null and exists (
  select from stage_route r where r.ref_folded = :ref and st_dwithin(r.geom, m.geom, :near)))
order by km, osm_id limit :most
"""
_INSERT = """
insert into route_line (id, ref, ref_folded, number, name, part, from_km, to_km, measured_from,
                        geom)
values (:id, :ref, :ref_folded, :number, :name, :part, :from_km, :to_km, :measured_from,
        st_setsrid(st_geomfromtext(:line), 4326))
"""
# A post that names no road belongs to the numbered road it stands at.
_POSTS_WRITTEN = """
insert into route_milestone (id, osm_id, ref, ref_folded, km, geom)
select row_number() over (order by m.osm_id), m.osm_id, coalesce(m.ref, near.ref),
  coalesce(m.ref_folded, near.ref_folded), m.km, m.geom
from stage_milestone m left join lateral (
  select r.ref, r.ref_folded from stage_route r where st_dwithin(r.geom, m.geom, :near)
  order by r.geom <-> m.geom, r.ref_folded limit 1
) near on true
"""


async def join_routes(connection: AsyncConnection, capital: Point) -> int:
    """Write every numbered road with its kilometres; how many roads."""
    await connection.execute(text("create index on stage_route using gist (geom)"))
    await connection.execute(text("create index on stage_route (ref_folded)"))
    await connection.execute(text("analyze stage_route"))
    await connection.execute(text("analyze stage_milestone"))
    await connection.execute(text(_POSTS_WRITTEN), {"near": NEAR_DEG})
    number = count = 0
    async for ways in _routes(connection):
        posts = await _posts(connection, ways[0].ref_folded)
        made = await asyncio.to_thread(_measured, ways, posts, capital)
        await _write(connection, ways, made, first=number + 1)
        number += len(made.parts)
        count += bool(made.parts)
    return count


async def _routes(connection: AsyncConnection) -> AsyncIterator[list[Any]]:
    """The ways of one road number after the other."""
    mine: list[Any] = []
    async for rows in steps(connection, "route_ways", _WAYS, rows=2_000):
        for row in rows:
            if mine and row.ref_folded != mine[0].ref_folded:
                yield mine
                mine = []
            if len(mine) < WAYS_PER_ROUTE_MAX:
                mine.append(row)
    if mine:
        yield mine


async def _posts(connection: AsyncConnection, ref: str) -> list[Post]:
    asked = {"ref": ref, "near": NEAR_DEG, "most": POSTS_PER_ROUTE_MAX}
    rows = await connection.execute(text(_POSTS), asked)
    return [Post(row.km, Point(lon=row.lon, lat=row.lat)) for row in rows]


def _measured(rows: list[Any], posts: list[Post], capital: Point) -> Measured:
    return measured([RouteWay(row.place, shapely.from_wkb(row.line)) for row in rows], posts,
                    capital)  # fmt: skip


async def _write(
    connection: AsyncConnection, ways: list[Any], made: Measured, *, first: int
) -> None:
    ref = next((way.ref for way in ways if way.place is not None), ways[0].ref)
    name = next((way.name for way in ways if way.name), None)
    values = [
        {
            "id": first + place,
            "ref": ref,
            "ref_folded": ways[0].ref_folded,
            "number": number_of(ref),
            "name": name,
            "part": place,
            "from_km": float(part.km.min()),
            "to_km": float(part.km.max()),
            "measured_from": made.measured_from,
            "line": "LINESTRING M (" + ", ".join(
                f"{lon:.7f} {lat:.7f} {km:.4f}"
                for lon, lat, km in zip(part.lons, part.lats, part.km, strict=True)) + ")",
        }
        for place, part in enumerate(made.parts)
    ]  # fmt: skip
    if values:
        await connection.execute(text(_INSERT), values)
