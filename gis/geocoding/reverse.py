"""What people would call the place at a point: a house, a corner, a kilometre of a road."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gis import repository
from gis.geocoding.exact import km_label
from gis.geocoding.forward import address_zone
from gis.geocoding.spots import Kind
from gis.repository import nearby, routes

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection

    from gis.geometry import Point
    from gis.repository import ZoneSummary
    from gis.repository.routes import RoutePoint

STREET_WITHIN_M = 500.0
HOUSE_WITHIN_M = 30.0
CROSSING_WITHIN_M = 400.0
# On the crossing itself people say "y", within half a block "casi", further so many metres.
AT_CORNER_M = 15.0
CASI_WITHIN_M = 90.0
# On a numbered road whose next named crossing is further than this, the kilometre is said.
ROUTE_WITHIN_M = 40.0
# A street this much further away than the route is not the one people stand on.
NEARER_M = 15.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Here:
    """A label with its barrio, and its parts for those who word it in another language."""

    label: str
    kind: Kind
    street: str | None
    crossing: str | None
    housenumber: str | None
    distance_m: float
    zones: tuple[ZoneSummary, ...]
    route: str | None = None
    km: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Around:
    """What lies next to the point."""

    house: nearby.NearHouse | None
    street: nearby.NearStreet | None
    crossing: nearby.NearStreet | None
    route: RoutePoint | None


async def reverse_geocode(connection: AsyncConnection, point: Point) -> Here:
    """The house within 30 m, else street and corner, else the road's kilometre, else numbers."""
    zones = (await repository.zones_of_points(connection, [point]))[0]
    around = await _around(connection, point)
    words, kind, distance = _described(point, around)
    zone = address_zone(zones)
    house, street, route = around.house, around.street, around.route
    said_route = route if kind is Kind.KM_POST else None
    return Here(
        label=words if zone is None or kind is Kind.COORDINATE else f"{words}, {zone}",
        kind=kind,
        street=house.street if house else street.name if street else None,
        crossing=around.crossing.name if around.crossing else None,
        housenumber=house.housenumber if house else None,
        distance_m=round(distance, 1),
        zones=tuple(zones),
        route=said_route.ref if said_route else None,
        km=round(said_route.km, 1) if said_route else None,
    )


async def _around(connection: AsyncConnection, point: Point) -> _Around:
    street = await nearby.nearest_street(connection, point, within_m=STREET_WITHIN_M)
    crossing = None
    if street is not None:
        crossing = await nearby.nearest_crossing(
            connection, street.id, point, within_m=CROSSING_WITHIN_M
        )
    return _Around(
        house=await nearby.nearest_house(connection, point, within_m=HOUSE_WITHIN_M),
        street=street,
        crossing=crossing,
        route=await routes.nearest_route(connection, point, within_m=ROUTE_WITHIN_M),
    )


def _described(point: Point, around: _Around) -> tuple[str, Kind, float]:
    street, crossing = around.street, around.crossing
    if around.house is not None:
        house = around.house
        return f"{house.street} {house.housenumber}", Kind.ADDRESS, house.distance_m
    if around.route is not None and _in_the_country(around.route, street, crossing):
        route = around.route
        return km_label(route.ref, round(route.km, 1)), Kind.KM_POST, route.distance_m
    if street is None:
        return f"{point.lat:.5f}, {point.lon:.5f}", Kind.COORDINATE, 0.0
    if crossing is None:
        return street.name, Kind.STREET, street.distance_m
    return _beside_crossing(street, crossing)


def _beside_crossing(
    street: nearby.NearStreet, crossing: nearby.NearStreet
) -> tuple[str, Kind, float]:
    away = crossing.distance_m
    if away > CASI_WITHIN_M:
        return f"{street.name} a {round(away, -1):.0f} m de {crossing.name}", Kind.STREET, away
    link = "y" if away <= AT_CORNER_M else "casi"
    return f"{street.name} {link} {crossing.name}", Kind.INTERSECTION, away


def _in_the_country(
    route: RoutePoint, street: nearby.NearStreet | None, crossing: nearby.NearStreet | None
) -> bool:
    """On a numbered road without a named corner near by."""
    if street is not None and street.distance_m + NEARER_M < route.distance_m:
        return False
    return crossing is None or crossing.distance_m > CASI_WITHIN_M
