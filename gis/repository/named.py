"""Everything in the city that has a name, page by page, for the index of names."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import text

from gis.geometry import Point

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from typing import Any

    from sqlalchemy import Row, TextClause
    from sqlalchemy.ext.asyncio import AsyncConnection

PAGE_ROWS = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """A street, place or zone; `extent_m` is a street's length or a zone's half diagonal."""

    id: str
    label: str
    category: str
    kind: str
    importance: float
    extent_m: float
    point: Point
    aliases: dict[str, float]


_STREETS = text("""
select s.id, s.name as label, 'street' as category, coalesce(s.class, 'street') as kind,
  0.5 as importance, s.length_m as extent_m, st_x(p) as lon, st_y(p) as lat,
  a.aliases, a.weights
from (select * from street where id > :after order by id limit :most) s,
lateral (select st_closestpoint(s.geom, st_centroid(s.geom)) as p) middle,
lateral (select coalesce(array_agg(alias), '{}') as aliases,
                coalesce(array_agg(weight), '{}') as weights
         from street_alias where street_id = s.id) a
order by s.id
""")
_PLACES = text("""
select p.id, coalesce(p.name, p.kind) as label, p.category, p.kind, p.importance,
  0.0 as extent_m, st_x(p.geom) as lon, st_y(p.geom) as lat, a.aliases, a.weights
from (select * from place where id > :after order by id limit :most) p,
lateral (select coalesce(array_agg(alias), '{}') as aliases,
                coalesce(array_agg(1.0::float), '{}') as weights
         from place_alias where place_id = p.id) a
order by p.id
""")
_ZONES = text("""
select id, name as label, 'area' as category, kind, 0.6 as importance,
  st_distance(st_makepoint(st_xmin(geom), st_ymin(geom))::geography,
              st_makepoint(st_xmax(geom), st_ymax(geom))::geography) / 2 as extent_m,
  st_x(p) as lon, st_y(p) as lat, array[]::text[] as aliases, array[]::float[] as weights
from zone, lateral (select st_pointonsurface(geom) as p) inside
order by kind, code
""")


_FEATURES = text("""
select f.id, f.name as label, 'poi' as category, l.kind, 0.6 as importance, 0.0 as extent_m,
  st_x(p) as lon, st_y(p) as lat, array[]::text[] as aliases, array[]::float[] as weights
from layer l join layer_feature f on f.layer_id = l.id and f.version = l.published,
lateral (select st_pointonsurface(f.geom) as p) inside
where l.name = :layer and l.searchable and l.kind <> 'zone'
  and f.name is not null and f.id > :after
order by f.id limit :most
""")


async def features_named(connection: AsyncConnection, layer: str) -> AsyncIterator[Named]:
    """The named features of a layer's version in force, unless they are zones."""
    async for one in _paged(connection, _FEATURES, after="", layer=layer):
        yield one


async def streets_named(connection: AsyncConnection) -> AsyncIterator[Named]:
    async for one in _paged(connection, _STREETS):
        yield one


async def places_named(connection: AsyncConnection) -> AsyncIterator[Named]:
    async for one in _paged(connection, _PLACES):
        yield one


async def zones_named(connection: AsyncConnection) -> list[Named]:
    return [_named(row) for row in await connection.execute(_ZONES)]


async def _paged(
    connection: AsyncConnection, statement: TextClause, *, after: int | str = 0, **values: str
) -> AsyncIterator[Named]:
    """Pages by id: a country's names never stand in memory together."""
    while True:
        asked = {"after": after, "most": PAGE_ROWS, **values}
        rows = (await connection.execute(statement, asked)).all()
        for row in rows:
            yield _named(row)
        if len(rows) < PAGE_ROWS:
            return
        after = rows[-1].id


def _named(row: Row[Any]) -> Named:
    return Named(
        id=str(row.id),
        label=row.label,
        category=row.category,
        kind=row.kind,
        importance=row.importance,
        extent_m=row.extent_m,
        point=Point(lon=row.lon, lat=row.lat),
        aliases=dict(zip(row.aliases, row.weights, strict=True)),
    )
