"""Where known streets cross, where their houses are, and the points on them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import text

from gis.geometry import Point

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.ext.asyncio import AsyncConnection

STRETCHES_MAX = 40
CROSSINGS_MAX = 1_000
STRETCH_MAX_M = 1_500.0
HOUSES_PER_STREET = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class CornerMatch:
    a_id: int
    b_id: int
    point: Point
    spread_m: float
    shared: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class StretchMatch:
    """The middle of a street between two crossings that lie `length_m` apart."""

    a_id: int
    b_id: int
    c_id: int
    point: Point
    length_m: float


@dataclass(frozen=True, slots=True, kw_only=True)
class HouseMatch:
    """A house; `foot` is the point of its street nearest to it, `interpolated`: not mapped."""

    street_id: int
    housenumber: str
    number: int
    point: Point
    foot: Point
    interpolated: bool = False


_CORNERS = text("""
select a_id, b_id, st_x(geom) as lon, st_y(geom) as lat, spread_m, shared
from street_crossing where a_id = any(:a) and b_id = any(:b) order by id limit :most
""")


async def corners_between(
    connection: AsyncConnection, a_ids: Sequence[int], b_ids: Sequence[int]
) -> list[CornerMatch]:
    """Every crossing of one of the first streets with one of the second."""
    rows = await connection.execute(
        _CORNERS, {"a": list(a_ids), "b": list(b_ids), "most": CROSSINGS_MAX}
    )
    return [
        CornerMatch(
            a_id=r.a_id,
            b_id=r.b_id,
            point=Point(lon=r.lon, lat=r.lat),
            spread_m=r.spread_m,
            shared=r.shared,
        )
        for r in rows
    ]


_STRETCHES = text("""
select x.a_id, x.b_id, y.b_id as c_id, st_x(m.p) as lon, st_y(m.p) as lat, m.length_m
from street_crossing x
join street_crossing y on y.a_id = x.a_id and y.b_id <> x.b_id
join street s on s.id = x.a_id,
lateral (
  select st_closestpoint(s.geom, st_lineinterpolatepoint(st_makeline(x.geom, y.geom), 0.5)) as p,
         st_distance(x.geom::geography, y.geom::geography) as length_m
) m
where x.a_id = any(:a) and x.b_id = any(:b) and y.b_id = any(:c)
  and m.length_m between 1 and :longest
order by m.length_m limit :most
""")


async def stretches_between(
    connection: AsyncConnection, a_ids: Sequence[int], b_ids: Sequence[int], c_ids: Sequence[int]
) -> list[StretchMatch]:
    """Stretches of one of the first streets between a second and a third, the shortest first."""
    rows = await connection.execute(
        _STRETCHES,
        {
            "a": list(a_ids),
            "b": list(b_ids),
            "c": list(c_ids),
            "longest": STRETCH_MAX_M,
            "most": STRETCHES_MAX,
        },
    )
    return [
        StretchMatch(
            a_id=r.a_id,
            b_id=r.b_id,
            c_id=r.c_id,
            point=Point(lon=r.lon, lat=r.lat),
            length_m=r.length_m,
        )
        for r in rows
    ]


_HOUSES = text("""
select h.street_id, h.housenumber, h.number, h.interpolated, st_x(h.geom) as lon,
  st_y(h.geom) as lat, st_x(f.foot) as foot_lon, st_y(f.foot) as foot_lat
from unnest(cast(:streets as int[])) as asked(id)
join street s on s.id = asked.id,
lateral (
  (select * from address_point where street_id = asked.id and number >= :number
   order by number limit :most)
  union all
  (select * from address_point where street_id = asked.id and number < :number
   order by number desc limit :most)
) h,
lateral (select st_closestpoint(s.geom, h.geom) as foot) f
""")


async def houses_near_number(
    connection: AsyncConnection, street_ids: Sequence[int], number: int
) -> list[HouseMatch]:
    """Known houses on each street whose numbers come next to `number` on both sides."""
    rows = await connection.execute(
        _HOUSES, {"streets": list(street_ids), "number": number, "most": HOUSES_PER_STREET}
    )
    return [
        HouseMatch(
            street_id=r.street_id,
            housenumber=r.housenumber,
            number=r.number,
            point=Point(lon=r.lon, lat=r.lat),
            foot=Point(lon=r.foot_lon, lat=r.foot_lat),
            interpolated=r.interpolated,
        )
        for r in rows
    ]


_MIDDLES = text("""
select id, length_m, st_x(p) as lon, st_y(p) as lat
from (select id, length_m, st_closestpoint(geom, coalesce(
        st_setsrid(st_makepoint(cast(:lon as float), cast(:lat as float)), 4326),
        st_centroid(geom))) as p
      from street where id = any(:ids)) nearest
""")


async def points_on_streets(
    connection: AsyncConnection, street_ids: Sequence[int], *, near: Point | None
) -> dict[int, tuple[Point, float]]:
    """For each street the point nearest to `near`, or to its middle, and its length in metres."""
    place = (None, None) if near is None else (near.lon, near.lat)
    rows = await connection.execute(
        _MIDDLES, {"ids": list(street_ids), "lon": place[0], "lat": place[1]}
    )
    return {r.id: (Point(lon=r.lon, lat=r.lat), r.length_m) for r in rows}


_SETTLEMENTS = text("""
select (select name from place
        where category = 'area' and name is not null
          and geom && st_expand(here, :reach)
        order by geom <-> here limit 1) as name
from unnest(cast(:lons as float[]), cast(:lats as float[])) with ordinality as asked(lon, lat, n),
lateral (select st_setsrid(st_makepoint(asked.lon, asked.lat), 4326) as here) h
order by n
""")
SETTLEMENT_WITHIN_DEG = 0.05


async def settlements_at(connection: AsyncConnection, points: Sequence[Point]) -> list[str | None]:
    """The name of the barrio or town whose label lies nearest to each point."""
    values = {
        "lons": [p.lon for p in points],
        "lats": [p.lat for p in points],
        "reach": SETTLEMENT_WITHIN_DEG,
    }
    return [row.name for row in await connection.execute(_SETTLEMENTS, values)]
