"""Kilometres of numbered roads: from a kilometre to its point, and back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import text

from gis.geometry import Point

if TYPE_CHECKING:
    from typing import Any

    from sqlalchemy import Row
    from sqlalchemy.ext.asyncio import AsyncConnection

ROUTES_MAX = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class RoutePoint:
    """A point of a route; `counted`: the kilometre was counted from the route's start."""

    ref: str
    number: int | None
    name: str | None
    km: float
    point: Point
    counted: bool
    distance_m: float = 0.0


_AT_KM = text("""
select ref, number, name, km, counted, st_x(p) as lon, st_y(p) as lat, 0.0 as distance_m from (
  select r.ref, r.number, r.name, cast(:km as float) as km,
         r.measured_from <> 'milestones' as counted,
         st_force2d(st_geometryn(st_locatealong(r.geom, :km), 1)) as p
  from route_line r where :km between r.from_km and r.to_km
  union all
  select m.ref, null, null, m.km, false, m.geom
  from route_milestone m where m.km = :km and m.ref is not null
) found where p is not null and not st_isempty(p)
order by counted, ref limit :most
""")
_NEAR = text("""
select ref, number, name, counted, km, st_x(p) as lon, st_y(p) as lat, distance_m from (
  select r.ref, r.number, r.name, r.measured_from <> 'milestones' as counted,
         st_force2d(st_closestpoint(r.geom, here)) as p,
         st_interpolatepoint(r.geom, here) as km,
         st_distance(r.geom::geography, here::geography) as distance_m
  from (select * from route_line
        order by geom <-> st_setsrid(st_makepoint(:lon, :lat), 4326) limit 4) r,
       st_setsrid(st_makepoint(:lon, :lat), 4326) as here
) found where distance_m <= :within order by distance_m limit 1
""")


async def points_at_km(connection: AsyncConnection, km: float) -> list[RoutePoint]:
    """Where each route has that kilometre; a mapped post comes before a counted kilometre."""
    rows = await connection.execute(_AT_KM, {"km": km, "most": ROUTES_MAX})
    return [_point(row) for row in rows]


async def nearest_route(
    connection: AsyncConnection, point: Point, *, within_m: float
) -> RoutePoint | None:
    """The numbered road nearest to the point and its kilometre there."""
    values = {"lon": point.lon, "lat": point.lat, "within": within_m}
    row = (await connection.execute(_NEAR, values)).one_or_none()
    return None if row is None else _point(row)


def _point(row: Row[Any]) -> RoutePoint:
    return RoutePoint(
        ref=row.ref,
        number=row.number,
        name=row.name,
        km=row.km,
        point=Point(lon=row.lon, lat=row.lat),
        counted=row.counted,
        distance_m=row.distance_m,
    )
