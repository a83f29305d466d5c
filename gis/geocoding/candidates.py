"""Looks up one reading of an address: which spots in the city it may mean, and how surely."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from gis.address import Between, Coordinate, Corner, House, Name, Reading
from gis.geocoding.likeness import likeness
from gis.geodesy import distance_m
from gis.geometry import Location, Point
from gis.repository import names

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection

    from gis.repository.names import CornerMatch, HouseMatch

CONFIDENCE = 0.95
# Radii in metres at that confidence.
COORDINATE_M = 10.0
HOUSE_M = 20.0
CORNER_M = 20.0
NEAR_M = 60.0
NOT_SHARED_M = 40.0
INTERPOLATED_MIN_M = 30.0
BESIDE_KNOWN_M = 120.0
POI_M = 40.0
AREA_M = {"city": 5_000.0, "town": 2_500.0, "village": 1_000.0, "suburb": 800.0}
AREA_OTHER_M = 500.0
STREET_MIN_M = 50.0

# What a less exact answer is worth beside an exact one of the same spelling.
INTERPOLATED_SHARE = 0.95
UNKNOWN_NUMBER_SHARE = 0.8
NOT_SHARED_SHARE = 0.97
PLACE_SHARE = 0.9
NUMBER_REACH = 60


class Kind(StrEnum):
    ADDRESS = "address"
    INTERSECTION = "intersection"
    BETWEEN = "between"
    STREET = "street"
    POI = "poi"
    AREA = "area"
    COORDINATE = "coordinate"


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    label: str
    kind: Kind
    location: Location
    score: float


@dataclass(frozen=True, slots=True)
class _Street:
    id: int
    name: str
    score: float


class Searcher:
    """Answers the readings of one text; remembers the streets it has already looked up."""

    def __init__(self, connection: AsyncConnection, *, near: Point | None) -> None:
        self._connection = connection
        self._near = near
        self._known: dict[str, list[_Street]] = {}

    async def tune(self) -> None:
        await names.tune(self._connection)

    async def spots(self, reading: Reading) -> list[Spot]:
        match reading:
            case Coordinate(point):
                return [_coordinate(point)]
            case Between():
                return await self._between(reading)
            case Corner():
                return await self._corner(reading)
            case House():
                return await self._house(reading)
            case Name(text):
                return [*await self._streets_named(text), *await self._places_named(text)]

    async def _streets(self, name: str) -> list[_Street]:
        if name not in self._known:
            found = await names.streets_like(self._connection, name)
            scored = [
                _Street(s.id, s.name, s.weight * likeness(name, s.alias, s.similarity))
                for s in found
            ]
            self._known[name] = sorted(scored, key=lambda s: -s.score)
        return self._known[name]

    async def _corner(self, reading: Corner) -> list[Spot]:
        first, second = await self._streets(reading.street), await self._streets(reading.other)
        a, b = {s.id: s for s in first}, {s.id: s for s in second}
        corners = await names.corners_between(self._connection, list(a), list(b))
        near = reading.near or reading.number is not None
        return [_corner(a[c.a_id], b[c.b_id], c, near=near) for c in corners]

    async def _between(self, reading: Between) -> list[Spot]:
        first = {s.id: s for s in await self._streets(reading.street)}
        second = {s.id: s for s in await self._streets(reading.first)}
        third = {s.id: s for s in await self._streets(reading.second)}
        stretches = await names.stretches_between(
            self._connection, list(first), list(second), list(third)
        )
        return [
            Spot(
                label=f"{first[s.a_id].name} entre {second[s.b_id].name} y {third[s.c_id].name}",
                kind=Kind.BETWEEN,
                location=_at(s.point, s.length_m / 2 + CORNER_M),
                score=(first[s.a_id].score + second[s.b_id].score + third[s.c_id].score) / 3,
            )
            for s in stretches
        ]

    async def _house(self, reading: House) -> list[Spot]:
        streets = {s.id: s for s in await self._streets(reading.street)}
        houses = await names.houses_near_number(self._connection, list(streets), reading.number)
        middles = await names.points_on_streets(self._connection, list(streets), near=self._near)
        spots: list[Spot] = []
        for street in streets.values():
            known = [house for house in houses if house.street_id == street.id]
            spot = _house(street, reading.number, known)
            if spot is None and street.id in middles:
                spot = _somewhere_on(street, *middles[street.id], share=UNKNOWN_NUMBER_SHARE)
            if spot is not None:
                spots.append(spot)
        return spots

    async def _streets_named(self, text: str) -> list[Spot]:
        streets = {s.id: s for s in await self._streets(text)}
        middles = await names.points_on_streets(self._connection, list(streets), near=self._near)
        return [_somewhere_on(streets[i], point, length) for i, (point, length) in middles.items()]

    async def _places_named(self, text: str) -> list[Spot]:
        spots: list[Spot] = []
        for place in await names.places_like(self._connection, text):
            alike = likeness(text, place.alias, place.similarity)
            area = place.category == "area"
            radius = AREA_M.get(place.kind, AREA_OTHER_M) if area else POI_M
            spots.append(
                Spot(
                    label=place.name,
                    kind=Kind.AREA if area else Kind.POI,
                    location=_at(place.point, radius),
                    score=alike * (PLACE_SHARE + (1 - PLACE_SHARE) * place.importance),
                )
            )
        return spots


def _at(point: Point, uncertainty_m: float) -> Location:
    return Location(point=point, uncertainty_m=round(uncertainty_m, 1), confidence=CONFIDENCE)


def _coordinate(point: Point) -> Spot:
    return Spot(
        label=f"{point.lat:.6f}, {point.lon:.6f}",
        kind=Kind.COORDINATE,
        location=_at(point, COORDINATE_M),
        score=1.0,
    )


def _corner(a: _Street, b: _Street, corner: CornerMatch, *, near: bool) -> Spot:
    """ "Casi" is on the first street within half a block of the second: never exact."""
    radius = NEAR_M if near else CORNER_M + corner.spread_m
    share = 1.0
    if not corner.shared:
        radius, share = max(radius, NOT_SHARED_M), NOT_SHARED_SHARE
    return Spot(
        label=f"{a.name} {'casi' if near else 'y'} {b.name}",
        kind=Kind.INTERSECTION,
        location=_at(corner.point, radius),
        score=share * (a.score + b.score) / 2,
    )


def _somewhere_on(street: _Street, point: Point, length_m: float, *, share: float = 1.0) -> Spot:
    return Spot(
        label=street.name,
        kind=Kind.STREET,
        location=_at(point, max(length_m / 2, STREET_MIN_M)),
        score=street.score * share,
    )


def _house(street: _Street, number: int, known: list[HouseMatch]) -> Spot | None:
    """The house itself, a place between its known neighbours, or beside the nearest known one."""
    exact = next((house for house in known if house.number == number), None)
    if exact is not None:
        return _address(street, exact.housenumber, _at(exact.point, HOUSE_M))
    # Odd and even numbers stand on opposite sides, so the same side is asked first.
    side = [house for house in known if house.number % 2 == number % 2]
    location = _between_neighbours(number, side) or _between_neighbours(number, known)
    if location is None:
        return None
    return _address(street, str(number), location, share=INTERPOLATED_SHARE)


def _address(street: _Street, number: str, location: Location, *, share: float = 1.0) -> Spot:
    return Spot(
        label=f"{street.name} {number}",
        kind=Kind.ADDRESS,
        location=location,
        score=street.score * share,
    )


def _between_neighbours(number: int, known: list[HouseMatch]) -> Location | None:
    below = max((h for h in known if h.number < number), key=lambda h: h.number, default=None)
    above = min((h for h in known if h.number > number), key=lambda h: h.number, default=None)
    if below is not None and above is not None:
        return _interpolated(number, below, above)
    nearest = below or above
    if nearest is None or abs(nearest.number - number) > NUMBER_REACH:
        return None
    return _at(nearest.point, BESIDE_KNOWN_M)


def _interpolated(number: int, below: HouseMatch, above: HouseMatch) -> Location:
    share = (number - below.number) / (above.number - below.number)
    start, end = below.point, above.point
    point = Point(
        lon=start.lon + share * (end.lon - start.lon), lat=start.lat + share * (end.lat - start.lat)
    )
    return _at(point, max(distance_m(start, end) / 2, INTERPOLATED_MIN_M))
