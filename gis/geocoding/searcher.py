"""Turns the readings of one text into spots: first as said, then with typos tolerated."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from gis.address import (
    Beside,
    Between,
    Coordinate,
    Corner,
    House,
    HouseRange,
    KmPost,
    Name,
    PlusCode,
    Reading,
)
from gis.geocoding import corners, exact, houses, landmarks
from gis.geocoding.lookup import Lookup

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator

    from sqlalchemy.ext.asyncio import AsyncConnection

    from gis.geocoding.spots import Spot
    from gis.geometry import Point

# So good an answer that no misspelling has to be looked for.
GOOD_AS_SAID = 0.92
# A misspelt name this well matched ends the search among the further readings.
GOOD_COMPARED = 0.8
HOUSE = re.compile(r"(\D*[a-z]\D*) (\d{1,5})")
# So many names that begin as typed need no misspelt ones beside them.
CHOICES_ENOUGH = 5
# Each further reading of the text is a little less likely to be meant.
READING_STEP = 0.01


class Searcher:
    def __init__(
        self, connection: AsyncConnection, *, near: Point | None, centre: Point | None
    ) -> None:
        self._lookup = Lookup(connection, near=near)
        self._reference = near or centre

    async def spots(self, readings: list[Reading]) -> list[Spot]:
        """What the readings may mean, in no order."""
        readings = [*readings, *_as_houses(readings)]
        await self._lookup.prepare(_names(readings))
        for reading in readings:
            if isinstance(reading, Corner | Between):
                await corners.begin_corner(self._lookup, reading)
        found = await self._of_all(readings)
        if _best(found) >= GOOD_AS_SAID and not _may_be_another(readings[0], found):
            return found
        for look in (self._neighbours, self._compare):
            for place, reading in enumerate(readings):
                if await look(reading):
                    found += await self._of(reading, place)
                if _best(found) >= GOOD_COMPARED and not isinstance(reading, Name):
                    return found
        return found

    async def _of_all(self, readings: list[Reading]) -> list[Spot]:
        return [
            spot
            for place, reading in enumerate(readings)
            for spot in await self._of(reading, place)
        ]

    async def _of(self, reading: Reading, place: int) -> list[Spot]:
        share = 1 - READING_STEP * place
        return [replace(spot, score=spot.score * share) for spot in await self._read(reading)]

    async def _read(self, reading: Reading) -> list[Spot]:
        if isinstance(reading, Coordinate):
            return [exact.coordinate_spot(reading)]
        if isinstance(reading, PlusCode):
            return exact.plus_code_spots(self._lookup, reading, self._reference)
        return await _READERS[type(reading)](self._lookup, reading)

    async def _neighbours(self, reading: Reading) -> bool:
        """Look where it is quick; return whether there was anything to look for."""
        match reading:
            case Corner() | Beside(landmark=Corner()):
                corner = reading if isinstance(reading, Corner) else reading.landmark
                assert isinstance(corner, Corner)
                await corners.neighbours_of_corner(self._lookup, corner)
            case Between():
                await corners.neighbours_of_stretch(self._lookup, reading)
            case _:
                return False
        return True

    async def _compare(self, reading: Reading) -> bool:
        """Look everywhere for names written somewhat like those of the reading."""
        match reading:
            case Coordinate() | PlusCode(locality=None):
                return False
            case Corner():
                await corners.compare_corner(self._lookup, reading)
            case Between():
                await corners.compare_stretch(self._lookup, reading)
            case Beside(landmark=Corner() as corner):
                await corners.compare_corner(self._lookup, corner)
            case _:
                for name, partial in _names([reading]).items():
                    await self._lookup.compare(name, partial=partial)
        return True


def _as_houses(readings: list[Reading]) -> list[Reading]:
    """A name that ends in a number may be a house whatever stands between: "Rudge Avenida 353"."""
    if any(isinstance(reading, House | Corner | Between | HouseRange) for reading in readings):
        return []
    found: list[Reading] = []
    for reading in readings:
        match = HOUSE.fullmatch(reading.text) if isinstance(reading, Name) else None
        if match is not None and isinstance(reading, Name):
            found.append(House(match[1], int(match[2]), locality=reading.locality))
    return found


def _may_be_another(first: Reading, found: list[Spot]) -> bool:
    """A name alone is offered with others like it, unless enough of them begin as typed."""
    if not isinstance(first, Name):
        return False
    return not first.partial or len(found) < CHOICES_ENOUGH


def _best(spots: list[Spot]) -> float:
    return max((spot.score for spot in spots), default=0.0)


def _names(readings: list[Reading]) -> dict[str, bool]:
    """Every name in the readings, and whether it may be half typed."""
    names: dict[str, bool] = {}
    for reading in readings:
        for name, partial in _of_reading(reading):
            names[name] = names.get(name, False) or partial
    return {name: partial for name, partial in names.items() if name}


def _of_reading(reading: Reading) -> Iterator[tuple[str, bool]]:
    match reading:
        case Beside(landmark=landmark, other=other):
            # Only the last name said can be half typed.
            last = other or landmark
            for part in (landmark, other):
                if part is not None:
                    half = reading.partial and part is last
                    yield from _of_reading(replace(part, partial=half))
            yield reading.street or "", False
        case Name(text):
            yield text, reading.partial
        case PlusCode(_, locality):
            yield locality or "", False
        case _:
            yield from _of_streets(reading)


def _of_streets(reading: Reading) -> Iterator[tuple[str, bool]]:
    match reading:
        case Between(street, first, second):
            yield from ((street, False), (first, False), (second, reading.partial))
        case Corner(street, other):
            yield from ((street, False), (other, reading.partial))
        case House(street) | HouseRange(street) | KmPost(street):
            yield street, False
        case _:
            return


_READERS: dict[type, Callable[[Lookup, Any], Awaitable[list[Spot]]]] = {
    KmPost: exact.km_spots,
    Between: corners.stretch_spots,
    Corner: corners.corner_spots,
    House: houses.house_spots,
    HouseRange: houses.range_spots,
    Beside: landmarks.beside_spots,
    Name: landmarks.name_spots,
}
