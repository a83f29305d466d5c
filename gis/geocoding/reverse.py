"""What people would call the place at a point: a house, a corner, a street."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gis import repository
from gis.geocoding.candidates import Kind
from gis.repository import nearby

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection

    from gis.geometry import Point
    from gis.repository import ZoneSummary

STREET_WITHIN_M = 500.0
HOUSE_WITHIN_M = 30.0
CROSSING_WITHIN_M = 200.0
AT_CORNER_M = 15.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Here:
    """A label, and its parts for those who word it in another language."""

    label: str
    kind: Kind
    street: str | None
    crossing: str | None
    housenumber: str | None
    distance_m: float
    zones: tuple[ZoneSummary, ...]


async def reverse_geocode(connection: AsyncConnection, point: Point) -> Here:
    """The nearest house within 30 m, else street and corner, else the coordinates."""
    zones = (await repository.zones_of_points(connection, [point]))[0]
    house = await nearby.nearest_house(connection, point, within_m=HOUSE_WITHIN_M)
    street = await nearby.nearest_street(connection, point, within_m=STREET_WITHIN_M)
    crossing = None
    if street is not None:
        crossing = await nearby.nearest_crossing(
            connection, street.id, point, within_m=CROSSING_WITHIN_M
        )
    label, kind, distance = _described(point, house, street, crossing)
    return Here(
        label=label,
        kind=kind,
        street=house.street if house else street.name if street else None,
        crossing=crossing.name if crossing else None,
        housenumber=house.housenumber if house else None,
        distance_m=round(distance, 1),
        zones=tuple(zones),
    )


def _described(
    point: Point,
    house: nearby.NearHouse | None,
    street: nearby.NearStreet | None,
    crossing: nearby.NearStreet | None,
) -> tuple[str, Kind, float]:
    if house is not None:
        return f"{house.street} {house.housenumber}", Kind.ADDRESS, house.distance_m
    if street is None:
        return f"{point.lat:.5f}, {point.lon:.5f}", Kind.COORDINATE, 0.0
    if crossing is None:
        return street.name, Kind.STREET, street.distance_m
    link = "y" if crossing.distance_m <= AT_CORNER_M else "casi"
    return f"{street.name} {link} {crossing.name}", Kind.INTERSECTION, crossing.distance_m
