"""House numbers: known, between known neighbours, or somewhere on the street; and their side."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from gis.geocoding.spots import (
    BESIDE_KNOWN_M,
    HOUSE_M,
    INTERPOLATED_MIN_M,
    INTERPOLATED_SHARE,
    STREET_MIN_M,
    UNKNOWN_NUMBER_SHARE,
    Kind,
    Side,
    Spot,
    located,
)
from gis.geodesy import distance_m, local_metres, midpoint
from gis.geometry import Location, Point
from gis.repository import names

if TYPE_CHECKING:
    from gis.address import House, HouseRange
    from gis.geocoding.lookup import Hit, Lookup
    from gis.repository.names import HouseMatch

STREETS_MAX = 24
# A number further than this from every known one says nothing about where it is.
NUMBER_REACH = 60
# Nearer to the middle of the road than this, no side can be told.
SIDE_MIN_M = 2.0
Homes = dict[int, list["HouseMatch"]]


async def house_spots(lookup: Lookup, reading: House) -> list[Spot]:
    """For each street of that name the house, the place of its number, or the street."""
    streets = _streets(lookup, reading.street)
    known = await _known(lookup, streets, reading.number)
    spots: list[Spot] = []
    missing: list[Hit] = []
    for street in streets.values():
        spot = _house(street, reading.number, known.get(street.street_id, []))
        if spot is None:
            missing.append(street)
        else:
            spots.append(spot)
    somewhere = await street_spots(lookup, missing, share=UNKNOWN_NUMBER_SHARE)
    return [replace(spot, locality=reading.locality) for spot in [*spots, *somewhere]]


async def range_spots(lookup: Lookup, reading: HouseRange) -> list[Spot]:
    """The middle between the first and the last house, as wide as they lie apart."""
    streets = _streets(lookup, reading.street)
    first = await _known(lookup, streets, reading.first)
    last = await _known(lookup, streets, reading.last)
    spots: list[Spot] = []
    for number, street in streets.items():
        ends = (
            _house(street, reading.first, first.get(number, [])),
            _house(street, reading.last, last.get(number, [])),
        )
        if ends[0] is not None and ends[1] is not None:
            spots.append(_stretch(street, reading, ends[0], ends[1]))
    if not spots:
        spots = await street_spots(lookup, list(streets.values()), share=UNKNOWN_NUMBER_SHARE)
    return [replace(spot, locality=reading.locality) for spot in spots]


async def street_spots(lookup: Lookup, streets: list[Hit], *, share: float = 1.0) -> list[Spot]:
    """Somewhere on each street: the point nearest to `near`, or its middle."""
    by_id = {street.street_id: street for street in streets[:STREETS_MAX]}
    if not by_id:
        return []
    middles = await names.points_on_streets(lookup.connection, list(by_id), near=lookup.near)
    return [
        Spot(
            label=by_id[number].label,
            kind=Kind.STREET,
            location=located(point, max(length_m / 2, STREET_MIN_M)),
            score=by_id[number].score * share,
            importance=by_id[number].match.importance,
        )
        for number, (point, length_m) in middles.items()
    ]


async def house_beside(
    lookup: Lookup, spot: Spot, street: Hit, number: int, *, within_m: float
) -> Spot:
    """The spot moved to the house of that number on the street, if it lies near the spot."""
    known = await _known(lookup, {street.street_id: street}, number)
    house = _house(street, number, known.get(street.street_id, []))
    if house is None or house.location.uncertainty_m > spot.location.uncertainty_m:
        return spot
    if distance_m(house.location.point, spot.location.point) > within_m:
        return spot
    return replace(spot, kind=Kind.ADDRESS, location=house.location, side=house.side)


def _streets(lookup: Lookup, name: str) -> dict[int, Hit]:
    return dict(list(lookup.streets(name).items())[:STREETS_MAX])


async def _known(lookup: Lookup, streets: dict[int, Hit], number: int) -> Homes:
    found: Homes = {}
    if streets:
        houses = await names.houses_near_number(lookup.connection, list(streets), number)
        for house in houses:
            found.setdefault(house.street_id, []).append(house)
    return found


def _stretch(street: Hit, reading: HouseRange, first: Spot, last: Spot) -> Spot:
    start, end = first.location, last.location
    radius = distance_m(start.point, end.point) / 2
    radius += max(start.uncertainty_m, end.uncertainty_m)
    return Spot(
        label=f"{street.label} {reading.first} a {reading.last}",
        kind=Kind.ADDRESS,
        location=located(midpoint(start.point, end.point), radius),
        score=min(first.score, last.score),
        importance=street.match.importance,
        side=first.side if first.side == last.side else None,
    )


def _house(street: Hit, number: int, known: list[HouseMatch]) -> Spot | None:
    """The house itself, a place between its known neighbours, or beside the nearest known one."""
    exact = next((house for house in known if house.number == number), None)
    if exact is not None:
        radius = INTERPOLATED_MIN_M if exact.interpolated else HOUSE_M
        side = side_of(exact, [house for house in known if house.number != number])
        location = located(exact.point, radius)
        return _address(street, exact.housenumber, location, side=side)
    # Odd and even numbers stand on opposite sides, so the same side is asked first.
    same = [house for house in known if house.number % 2 == number % 2]
    location_there = _between_neighbours(number, same)
    if location_there is not None:
        side = side_of(same[0], [house for house in known if house.number != same[0].number])
        return _address(street, str(number), location_there, side, share=INTERPOLATED_SHARE)
    location_there = _between_neighbours(number, known)
    if location_there is None:
        return None
    return _address(street, str(number), location_there, share=INTERPOLATED_SHARE)


def _address(
    street: Hit, number: str, location: Location, side: Side | None = None, *, share: float = 1.0
) -> Spot:
    return Spot(
        label=f"{street.label} {number}",
        kind=Kind.ADDRESS,
        location=location,
        score=street.score * share,
        importance=street.match.importance,
        side=side,
    )


def side_of(house: HouseMatch, others: list[HouseMatch]) -> Side | None:
    """The side of the street the house stands on, for who walks towards higher numbers.

    The direction comes from where the houses' feet lie on the street; None when they do not say.
    """
    nearest = min(others, key=lambda other: abs(other.number - house.number), default=None)
    if nearest is None:
        return None
    low, high = sorted((house, nearest), key=lambda h: h.number)
    x, y = _offset(low.foot, high.foot)
    out_x, out_y = _offset(house.foot, house.point)
    along = float(np.hypot(x, y))
    if along < SIDE_MIN_M:
        return None
    # How far the house lies to the left of the line of walking.
    leftwards = (x * out_y - y * out_x) / along
    if abs(leftwards) < SIDE_MIN_M:
        return None
    return Side.LEFT if leftwards > 0 else Side.RIGHT


def _offset(start: Point, end: Point) -> tuple[float, float]:
    east_north = local_metres(start, lons=np.array([end.lon]), lats=np.array([end.lat]))[0]
    return float(east_north[0]), float(east_north[1])


def _between_neighbours(number: int, known: list[HouseMatch]) -> Location | None:
    below = max((h for h in known if h.number < number), key=lambda h: h.number, default=None)
    above = min((h for h in known if h.number > number), key=lambda h: h.number, default=None)
    if below is not None and above is not None:
        return _interpolated(number, below, above)
    nearest = below or above
    if nearest is None or abs(nearest.number - number) > NUMBER_REACH:
        return None
    return located(nearest.point, BESIDE_KNOWN_M)


def _interpolated(number: int, below: HouseMatch, above: HouseMatch) -> Location:
    share = (number - below.number) / (above.number - below.number)
    start, end = below.point, above.point
    point = Point(
        lon=start.lon + share * (end.lon - start.lon), lat=start.lat + share * (end.lat - start.lat)
    )
    return located(point, max(distance_m(start, end) / 2, INTERPOLATED_MIN_M))
