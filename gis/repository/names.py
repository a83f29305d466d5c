"""Finds streets, corners, houses and places by folded names, typos tolerated (pg_trgm)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import text

from gis.geometry import Point

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.ext.asyncio import AsyncConnection

CANDIDATES_MAX = 12
CORNERS_MAX = 20
STRETCH_MAX_M = 1_500.0
HOUSES_PER_STREET = 6
SIMILARITY_MIN = 0.30
WORD_SIMILARITY_MIN = 0.55


@dataclass(frozen=True, slots=True, kw_only=True)
class StreetMatch:
    """A street whose alias resembles what was asked; `similarity` 0..1, `weight` of the alias."""

    id: int
    name: str
    alias: str
    weight: float
    similarity: float


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
    street_id: int
    housenumber: str
    number: int
    point: Point


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceMatch:
    id: int
    name: str
    category: str
    kind: str
    importance: float
    alias: str
    similarity: float
    point: Point


async def tune(connection: AsyncConnection) -> None:
    """Set how alike names must be to be considered, for this transaction."""
    await connection.execute(
        text(
            "select set_config('pg_trgm.similarity_threshold', :plain, true),"
            " set_config('pg_trgm.word_similarity_threshold', :word, true)"
        ),
        {"plain": str(SIMILARITY_MIN), "word": str(WORD_SIMILARITY_MIN)},
    )


_LIKENESS = "greatest(similarity(alias, :q), 0.95 * word_similarity(:q, alias))"
# Two index scans joined: with "or" the planner prefers to compare every row.
_STREETS = text(f"""
select distinct on (s.id) s.id, s.name, a.alias, a.weight, {_LIKENESS} as likeness
from (select * from street_alias where alias % :q
      union select * from street_alias where :q <% alias) a
join street s on s.id = a.street_id
order by s.id, a.weight * {_LIKENESS} desc
""")  # noqa: S608


async def streets_like(connection: AsyncConnection, name: str) -> list[StreetMatch]:
    """Streets named much like `name` (folded), the likeliest first, by their best alias."""
    rows = await connection.execute(_STREETS, {"q": name})
    found = [
        StreetMatch(id=r.id, name=r.name, alias=r.alias, weight=r.weight, similarity=r.likeness)
        for r in rows
    ]
    found.sort(key=lambda match: (-match.weight * match.similarity, match.id))
    return found[:CANDIDATES_MAX]


_CORNERS = text("""
select a_id, b_id, st_x(geom) as lon, st_y(geom) as lat, spread_m, shared
from street_crossing where a_id = any(:a) and b_id = any(:b)
""")


async def corners_between(
    connection: AsyncConnection, a_ids: Sequence[int], b_ids: Sequence[int]
) -> list[CornerMatch]:
    """Every crossing of one of the first streets with one of the second."""
    rows = await connection.execute(_CORNERS, {"a": list(a_ids), "b": list(b_ids)})
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
            "most": CORNERS_MAX,
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
select h.street_id, h.housenumber, h.number, st_x(h.geom) as lon, st_y(h.geom) as lat
from unnest(cast(:streets as int[])) as asked(id),
lateral (
  (select * from address_point where street_id = asked.id and number >= :number
   order by number limit :most)
  union all
  (select * from address_point where street_id = asked.id and number < :number
   order by number desc limit :most)
) h
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


_PLACES = text(f"""
select distinct on (p.id) p.id, coalesce(p.name, p.kind) as name, p.category, p.kind,
  p.importance, a.alias, {_LIKENESS} as likeness, st_x(p.geom) as lon, st_y(p.geom) as lat
from (select * from place_alias where alias % :q
      union select * from place_alias where :q <% alias) a
join place p on p.id = a.place_id
order by p.id, {_LIKENESS} desc
""")  # noqa: S608


async def places_like(connection: AsyncConnection, name: str) -> list[PlaceMatch]:
    """Places and areas named much like `name` (folded), the likeliest first."""
    rows = await connection.execute(_PLACES, {"q": name})
    found = [
        PlaceMatch(
            id=r.id,
            name=r.name,
            category=r.category,
            kind=r.kind,
            importance=r.importance,
            alias=r.alias,
            similarity=r.likeness,
            point=Point(lon=r.lon, lat=r.lat),
        )
        for r in rows
    ]
    found.sort(key=lambda match: (-match.similarity, -match.importance, match.id))
    return found[:CANDIDATES_MAX]
