"""What lies next to a point: street, crossing, house and critical places."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import text

from gis.geometry import Point

if TYPE_CHECKING:
    from sqlalchemy import TextClause
    from sqlalchemy.ext.asyncio import AsyncConnection

PLACES_MAX = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class NearStreet:
    id: int
    name: str
    distance_m: float


@dataclass(frozen=True, slots=True, kw_only=True)
class NearHouse:
    street: str
    housenumber: str
    distance_m: float


@dataclass(frozen=True, slots=True, kw_only=True)
class NearPlace:
    id: int
    kind: str
    name: str | None
    point: Point
    distance_m: float


# The index orders by degrees, which are narrower east to west: the nearest few are ordered again.
_STREET = text("""
select id, name, distance_m from (
  select id, name, st_distance(geom::geography, here::geography) as distance_m
  from street, st_setsrid(st_makepoint(:lon, :lat), 4326) as here
  order by geom <-> here limit 8
) nearest where distance_m <= :within order by distance_m limit 1
""")
_CROSSING = text("""
select id, name, distance_m from (
  select b.id, b.name, st_distance(x.geom::geography, here::geography) as distance_m
  from street_crossing x join street b on b.id = x.b_id,
       st_setsrid(st_makepoint(:lon, :lat), 4326) as here
  where x.a_id = :street and x.shared
) nearest where distance_m <= :within order by distance_m limit 1
""")
_HOUSE = text("""
select street, housenumber, distance_m from (
  select street, housenumber, st_distance(geom::geography, here::geography) as distance_m
  from address_point, st_setsrid(st_makepoint(:lon, :lat), 4326) as here
  order by geom <-> here limit 8
) nearest where distance_m <= :within order by distance_m limit 1
""")
_PLACES = text("""
select id, kind, name, st_x(geom) as lon, st_y(geom) as lat,
       st_distance(geom::geography, here::geography) as distance_m
from place, st_setsrid(st_makepoint(:lon, :lat), 4326) as here
where kind = any(:kinds)
order by distance_m limit :most
""")


async def nearest_street(
    connection: AsyncConnection, point: Point, *, within_m: float
) -> NearStreet | None:
    return await _one_street(connection, _STREET, point, within=within_m)


async def nearest_crossing(
    connection: AsyncConnection, street_id: int, point: Point, *, within_m: float
) -> NearStreet | None:
    """The street that crosses the given one nearest to the point, and how far the corner is."""
    return await _one_street(connection, _CROSSING, point, within=within_m, street=street_id)


async def nearest_house(
    connection: AsyncConnection, point: Point, *, within_m: float
) -> NearHouse | None:
    values = {"lon": point.lon, "lat": point.lat, "within": within_m}
    row = (await connection.execute(_HOUSE, values)).one_or_none()
    if row is None:
        return None
    return NearHouse(street=row.street, housenumber=row.housenumber, distance_m=row.distance_m)


async def places_near(
    connection: AsyncConnection, point: Point, *, kinds: list[str], limit: int = PLACES_MAX
) -> list[NearPlace]:
    """Places of the given kinds (hospital, police, fire_station...), the nearest first."""
    values = {"lon": point.lon, "lat": point.lat, "kinds": kinds, "most": min(limit, PLACES_MAX)}
    rows = await connection.execute(_PLACES, values)
    return [
        NearPlace(
            id=r.id,
            kind=r.kind,
            name=r.name,
            point=Point(lon=r.lon, lat=r.lat),
            distance_m=r.distance_m,
        )
        for r in rows
    ]


async def _one_street(
    connection: AsyncConnection, statement: TextClause, point: Point, **values: float
) -> NearStreet | None:
    asked = {"lon": point.lon, "lat": point.lat, **values}
    row = (await connection.execute(statement, asked)).one_or_none()
    return None if row is None else NearStreet(id=row.id, name=row.name, distance_m=row.distance_m)
