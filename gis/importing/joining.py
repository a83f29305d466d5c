"""Joins what was staged: streets, their crossings, houses to streets, boundaries to places."""

from __future__ import annotations

import asyncio
import json
from itertools import groupby
from typing import TYPE_CHECKING, Any

import shapely
from sqlalchemy import text

from gis.importing import houses, places
from gis.importing.crossings import NEAR_WITHIN_M, Crossing, crossings_of
from gis.importing.names import folded
from gis.importing.roads import Arm, banned_turns
from gis.importing.staging import stage_alias, stage_house, stage_way_street
from gis.importing.streets import NamedWay, Street, streets_of
from gis.importing.writing import copy_rows, groups, steps
from gis.tables import (
    place,
    place_alias,
    street,
    street_alias,
    street_crossing,
    turn_ban,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy.ext.asyncio import AsyncConnection

    from gis.importing.osm import Restriction
    from gis.importing.writing import Row

# Aliases that are whole names; a house is not tied to a street by a surname alone.
WHOLE_ALIAS_ABOVE = 0.9
RESTRICTIONS_PER_STEP = 2_000


async def join_streets(connection: AsyncConnection) -> int:
    """Make streets, their aliases and the tie of each way to its street; how many streets."""
    await connection.execute(text("analyze stage_way"))
    count = 0
    async for ways in groups(connection, "named_ways", _NAMED_WAYS, by=("folded",)):
        made = await asyncio.to_thread(_streets, ways)
        await _write_streets(connection, made, first=count + 1)
        count += len(made)
    await connection.execute(text("create index on stage_alias (alias)"))
    await connection.execute(text("create index on stage_way_street (number)"))
    for table in ("street", "street_alias", "stage_alias", "stage_way_street"):
        await connection.execute(text(f"analyze {table}"))
    return count


_NAMED_WAYS = """
select folded, number, tags, road_class, st_asbinary(geom) as line
from stage_way order by folded collate "C", number
"""


def _streets(rows: list[Any]) -> list[Street]:
    found: list[Street] = []
    for _, members in groupby(rows, key=lambda row: row.folded):
        ways = [
            NamedWay(row.number, json.loads(row.tags), row.road_class, shapely.from_wkb(row.line))
            for row in members
        ]
        found.extend(streets_of(ways))
    return found


async def _write_streets(connection: AsyncConnection, made: list[Street], *, first: int) -> None:
    numbered = list(enumerate(made, start=first))
    await copy_rows(
        connection,
        street,
        [(i, s.name, s.cluster, s.length_m, s.road_class, s.ref, s.geometry) for i, s in numbered],
    )
    aliases = [(i, alias, one) for i, s in numbered for alias, one in s.aliases.items()]
    await copy_rows(
        connection, street_alias,
        [(i, alias, one.weight, one.said, one.kind) for i, alias, one in aliases],
    )  # fmt: skip
    whole = [(alias, i) for i, alias, one in aliases if one.weight > WHOLE_ALIAS_ABOVE]
    await copy_rows(connection, stage_alias, whole)
    ties = [(number, i) for i, s in numbered for number in s.ways]
    await copy_rows(connection, stage_way_street, ties)


async def join_crossings(connection: AsyncConnection) -> int:
    """Crossings at shared junctions, then of streets that only come near; how many."""
    await connection.execute(text(_NODES_OF_STREETS))
    await connection.execute(text("analyze stage_street_node"))
    number = 0
    async for meetings in groups(connection, "meetings", _MEETINGS, by=("a", "b")):
        number = await _write_crossings(connection, meetings, number)
    await connection.execute(text("analyze street_crossing"))
    await connection.execute(text("create index on stage_way using gist (flat)"))
    await connection.execute(text("create index on stage_way (number)"))
    await connection.execute(text(_NEAR), {"within": NEAR_WITHIN_M})
    # Without its statistics the planner would compare every pair with every way.
    await connection.execute(text("analyze stage_near"))
    near = await connection.execute(text(_BRIDGES), {"first": number})
    return (number + near.rowcount) // 2


_NODES_OF_STREETS = """
create temporary table stage_street_node on commit drop as
select n.node, w.street_id, min(n.lon) as lon, min(n.lat) as lat
from stage_way_node n join stage_way_street w on w.number = n.number group by 1, 2
"""
_MEETINGS = """
select a.street_id as a, b.street_id as b, a.lon, a.lat
from stage_street_node a join stage_street_node b on b.node = a.node and a.street_id < b.street_id
order by 1, 2, a.node
"""
# Streets that end at one square or roundabout without sharing a junction. Pairs are found by
# their ways, whose boxes are small; the bridge between the nearest two is the crossing.
_NEAR = """
create temporary table stage_near on commit drop as
select distinct on (sa.street_id, sb.street_id) sa.street_id as a, sb.street_id as b,
  wa.number as na, wb.number as nb
from stage_way wa
join stage_way wb on st_dwithin(wa.flat, wb.flat, cast(:within as float))
join stage_way_street sa on sa.number = wa.number
join stage_way_street sb on sb.number = wb.number and sa.street_id < sb.street_id
where not exists (
  select from street_crossing x where x.a_id = sa.street_id and x.b_id = sb.street_id)
order by sa.street_id, sb.street_id, st_distance(wa.flat, wb.flat), wa.number, wb.number
"""
_BRIDGES = """
with bridge as (
  select near.a, near.b, st_shortestline(wa.geom, wb.geom) as line,
    st_distance(wa.flat, wb.flat) as gap_m
  from stage_near near
  join stage_way wa on wa.number = near.na join stage_way wb on wb.number = near.nb
  join street a on a.id = near.a join street b on b.id = near.b where a.name <> b.name
), numbered as (
  select *, row_number() over (order by a, b) as place from bridge
)
insert into street_crossing (id, a_id, b_id, spread_m, shared, geom)
select :first + 2 * place - 1 + way.back, case when way.back = 0 then a else b end,
  case when way.back = 0 then b else a end, gap_m / 2, false,
  st_lineinterpolatepoint(line, 0.5)
from numbered, (values (0), (1)) as way(back)
"""


async def _write_crossings(connection: AsyncConnection, meetings: list[Any], number: int) -> int:
    found = await asyncio.to_thread(lambda: list(crossings_of(tuple(m) for m in meetings)))
    rows = [
        (number + i, a, b, one.spread_m, one.shared, shapely.Point(one.point))
        for i, (a, b, one) in enumerate(_both_ways(found), start=1)
    ]
    await copy_rows(connection, street_crossing, rows)
    return number + len(rows)


def _both_ways(crossings: Iterable[Crossing]) -> Iterable[tuple[int, int, Crossing]]:
    for one in crossings:
        yield one.a_id, one.b_id, one
        yield one.b_id, one.a_id, one


async def join_houses(connection: AsyncConnection) -> int:
    """Write the addresses, each tied to the nearest street of its name; how many."""
    await _interpolate(connection)
    await connection.execute(text("analyze stage_house"))
    done = await connection.execute(text(_HOUSES), {"least": WHOLE_ALIAS_ABOVE})
    return done.rowcount


# Measured, not "<->": few streets share a name, and the index would walk past all the others.
_HOUSES = """
insert into address_point (id, street_id, street, housenumber, number, interpolated, geom)
select row_number() over (order by h.interpolated, h.ctid), near.id, h.street, h.housenumber,
  h.number, h.interpolated, h.geom
from stage_house h left join lateral (
  select s.id from stage_alias a join street s on s.id = a.street_id
  where a.alias = h.folded order by st_distance(s.geom, h.geom), s.id limit 1
) near on true
"""
_BETWEEN = """
select i.number as way, i.step, st_asbinary(i.geom) as line, at.place, h.street, h.number
from stage_interpolation i
cross join lateral unnest(i.nodes) with ordinality as at(node, place)
join stage_house h on h.node = at.node and not h.interpolated and h.number is not null
order by i.number, at.place
"""


async def _interpolate(connection: AsyncConnection) -> None:
    await connection.execute(text("analyze stage_house"))
    await connection.execute(text("analyze stage_interpolation"))
    async for numbered in groups(connection, "numbered_nodes", _BETWEEN, by=("way",)):
        await copy_rows(connection, stage_house, await asyncio.to_thread(_houses, numbered))


def _houses(numbered: list[Any]) -> list[Row]:
    rows: list[Row] = []
    for (_, step, wkb), found in groupby(numbered, key=lambda row: (row.way, row.step, row.line)):
        line = list(shapely.from_wkb(wkb).coords)
        ends = [houses.NumberedNode(row.place - 1, row.street, row.number) for row in found]
        rows += [
            (None, one.street, folded(one.street), one.housenumber, one.number, True,
             shapely.Point(point))
            for one, point in houses.between(line, ends, step)
        ]  # fmt: skip
    return rows


async def join_bans(connection: AsyncConnection, restrictions: list[Restriction]) -> int:
    """Spell the turn restrictions out as pairs of edges; how many pairs."""
    count = 0
    for first in range(0, len(restrictions), RESTRICTIONS_PER_STEP):
        some = restrictions[first : first + RESTRICTIONS_PER_STEP]
        found = await connection.execute(
            text(_ARMS), {"nodes": sorted({rule.via_node for rule in some})}
        )
        bans = banned_turns(some, [Arm(*row) for row in found])
        made = await connection.execute(
            text(_BANS),
            dict(zip("abc", (list(c) for c in zip(*sorted(bans), strict=True)), strict=True))
            if bans else {"a": [], "b": [], "c": []},
        )  # fmt: skip
        count += made.rowcount
    return count


_ARMS = """
select id, way_id, from_node, to_node from road_edge
where drivable and (from_node in (select unnest(cast(:nodes as bigint[])))
                    or to_node in (select unnest(cast(:nodes as bigint[]))))
order by id
"""
_BANS = f"""
insert into {turn_ban.name} (from_edge, via_node, to_edge)
select * from unnest(cast(:a as bigint[]), cast(:b as bigint[]), cast(:c as bigint[]))
on conflict do nothing
"""  # noqa: S608  a table's own name


async def join_boundaries(connection: AsyncConnection) -> int:
    """Tie each administrative boundary to its place, and make places of those without one."""
    await connection.execute(text("analyze place"))
    await connection.execute(text("analyze city_area"))
    await connection.execute(text(_LABELS))
    number = (await connection.execute(text("select coalesce(max(id), 0) from place"))).scalar_one()
    made = 0
    async for rows in steps(connection, "unplaced", _UNPLACED, rows=1_000):
        await _write_boundaries(connection, rows, first=number + made + 1)
        made += len(rows)
    await connection.execute(text(_TIE_MADE), {"after": number})
    return made


_LABELS = """
update city_area set place_id = label.id from (
  select distinct on (a.id) a.id as area_id, p.id from city_area a
  join place p on p.name = a.name and p.category = 'area' and st_intersects(a.geom, p.geom)
  where a.theme = 'admin' order by a.id, p.importance desc, p.id
) label where city_area.id = label.area_id
"""
_UNPLACED = """
select s.area_id, s.level, s.tags, a.osm_type, a.osm_id, st_asbinary(st_pointonsurface(a.geom)) p
from stage_admin s join city_area a on a.id = s.area_id where a.place_id is null order by s.area_id
"""
_TIE_MADE = """
update city_area set place_id = p.id from place p
where p.id > :after and city_area.place_id is null and theme = 'admin'
  and p.osm_type = city_area.osm_type and p.osm_id = city_area.osm_id
"""


async def _write_boundaries(connection: AsyncConnection, rows: list[Any], *, first: int) -> None:
    made: list[Row] = []
    aliases: list[Row] = []
    for number, row in enumerate(rows, start=first):
        found = places.described_boundary(json.loads(row.tags), row.level)
        made.append((number, row.osm_type, row.osm_id, found.category, found.kind, found.name,
                     found.importance, shapely.from_wkb(row.p)))  # fmt: skip
        aliases += [(number, alias, name.said, name.kind)
                    for alias, name in places.folded_names(found.names).items()]  # fmt: skip
    await copy_rows(connection, place, made)
    await copy_rows(connection, place_alias, aliases)
