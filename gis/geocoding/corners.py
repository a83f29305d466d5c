"""Corners and stretches: two or three streets and where they meet."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gis.address import Corner
from gis.geocoding.houses import house_beside
from gis.geocoding.spots import (
    CORNER_M,
    NEAR_M,
    NOT_SHARED_M,
    NOT_SHARED_SHARE,
    Kind,
    Spot,
    located,
)
from gis.repository import names

if TYPE_CHECKING:
    from gis.address import Between
    from gis.geocoding.lookup import Hit, Lookup
    from gis.repository.names import CornerMatch

CORNERS_MAX = 40
STREETS_COMPARED_MAX = 12
# A house said along with a corner lies in one of the two blocks beside it.
HOUSE_WITHIN_M = 250.0


async def corner_spots(lookup: Lookup, reading: Corner) -> list[Spot]:
    """Every crossing of a street of the first name with one of the second."""
    first, second = lookup.streets(reading.street), lookup.streets(reading.other)
    if not first or not second:
        return []
    corners = await names.corners_between(lookup.connection, list(first), list(second))
    ranked = sorted(corners, key=lambda c: -(first[c.a_id].score + second[c.b_id].score))[
        :CORNERS_MAX
    ]
    spots = [_corner(first[c.a_id], second[c.b_id], c, reading) for c in ranked]
    if reading.number is None:
        return spots
    return [
        await _with_house(lookup, spot, first[corner.a_id], reading.number)
        for spot, corner in zip(spots, ranked, strict=True)
    ]


async def neighbours_of_corner(lookup: Lookup, reading: Corner) -> None:
    """Look among the streets that cross what is known of either name: few, so it is quick."""
    await _among_crossing(lookup, reading.street, reading.other, partial=reading.partial)
    await _among_crossing(lookup, reading.other, reading.street)


async def compare_corner(lookup: Lookup, reading: Corner) -> None:
    """Look everywhere for both names, then again among the streets that cross."""
    await lookup.compare(reading.street)
    await lookup.compare(reading.other, partial=reading.partial)
    await neighbours_of_corner(lookup, reading)


async def begin_corner(lookup: Lookup, reading: Corner | Between) -> None:
    """The half-typed last name is looked for among the streets that cross the first."""
    if reading.partial:
        last = reading.other if isinstance(reading, Corner) else reading.second
        await _among_crossing(lookup, reading.street, last, partial=True)


async def stretch_spots(lookup: Lookup, reading: Between) -> list[Spot]:
    """The middle of the stretch of one street between its crossings with two others."""
    first, second = lookup.streets(reading.street), lookup.streets(reading.first)
    third = lookup.streets(reading.second)
    if not first or not second or not third:
        return []
    stretches = await names.stretches_between(
        lookup.connection, list(first), list(second), list(third)
    )
    spots: list[Spot] = []
    for s in stretches:
        a, b, c = first[s.a_id], second[s.b_id], third[s.c_id]
        spot = Spot(
            label=f"{a.label} entre {b.label} y {c.label}",
            kind=Kind.BETWEEN,
            location=located(s.point, s.length_m / 2 + CORNER_M),
            score=(a.score + b.score + c.score) / 3,
            importance=a.match.importance,
            locality=reading.locality,
        )
        if reading.number is not None:
            spot = await _with_house(lookup, spot, a, reading.number)
        spots.append(spot)
    return spots


async def neighbours_of_stretch(lookup: Lookup, reading: Between) -> None:
    """The same for a stretch: whatever is known of one street finds the two others."""
    await _among_crossing(lookup, reading.first, reading.street)
    await _among_crossing(lookup, reading.second, reading.street)
    await _among_crossing(lookup, reading.street, reading.first)
    await _among_crossing(lookup, reading.street, reading.second, partial=reading.partial)


async def compare_stretch(lookup: Lookup, reading: Between) -> None:
    await lookup.compare(reading.street)
    await lookup.compare(reading.first)
    await lookup.compare(reading.second, partial=reading.partial)
    await neighbours_of_stretch(lookup, reading)


async def _among_crossing(
    lookup: Lookup, known: str, wanted: str, *, partial: bool = False
) -> None:
    """Look for a name among the streets that cross the best streets of another name."""
    streets = list(lookup.streets(known).values())[:STREETS_COMPARED_MAX]
    if streets:
        await lookup.compare_crossing(streets, wanted, partial=partial)


def _corner(a: Hit, b: Hit, corner: CornerMatch, reading: Corner) -> Spot:
    """ "Casi" is on the first street within half a block of the second: never exact."""
    inexact = reading.near or reading.number is not None
    radius = NEAR_M if inexact else CORNER_M + corner.spread_m
    share = 1.0
    if not corner.shared:
        radius, share = max(radius, NOT_SHARED_M), NOT_SHARED_SHARE
    number = "" if reading.number is None else f" {reading.number}"
    link = "casi" if reading.near else "esq." if number else "y"
    return Spot(
        label=f"{a.label}{number} {link} {b.label}",
        kind=Kind.INTERSECTION,
        location=located(corner.point, radius),
        score=share * (a.score + b.score) / 2,
        importance=(a.match.importance + b.match.importance) / 2,
        locality=reading.locality,
    )


async def _with_house(lookup: Lookup, spot: Spot, street: Hit, number: int) -> Spot:
    """The house itself where the map knows it beside the corner; else the corner with doubt."""
    return await house_beside(
        lookup, spot, street, number, within_m=HOUSE_WITHIN_M + spot.location.uncertainty_m
    )
