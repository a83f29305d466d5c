"""The barrio or city said along with an address: which answers lie in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gis.address import fold
from gis.geocoding.indexing import ZONES
from gis.geocoding.likeness import likeness
from gis.geocoding.lookup import Lookup
from gis.geocoding.spots import place_radius_m
from gis.geodesy import distance_m
from gis.repository.search import AREA

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy.ext.asyncio import AsyncConnection

    from gis.geocoding.lookup import Hit
    from gis.geocoding.spots import Spot
    from gis.repository import ZoneSummary

# People count the streets around a barrio to it.
WIDENED = 1.5
ALIKE_MIN = 0.8
Localities = dict[str, list["Hit"]]


async def locality_points(connection: AsyncConnection, said: Iterable[str]) -> Localities:
    """The areas of the city that each said name may be; none for a name nobody knows."""
    lookup = Lookup(connection, near=None)
    asked = dict.fromkeys(said, False)
    await lookup.prepare(asked)
    known: Localities = {}
    for name in asked:
        if not _areas(lookup, name):
            await lookup.compare(name)
        known[name] = _areas(lookup, name)
    return known


def in_locality(spot: Spot, zones: list[ZoneSummary], known: Localities) -> bool:
    """Whether the spot lies where it was said to; true when the said name is not known."""
    if spot.locality is None or not known.get(spot.locality):
        return True
    if any(likeness(spot.locality, fold(zone.name)) >= ALIKE_MIN for zone in zones):
        return True
    return any(_within(spot, hit) for hit in known[spot.locality])


def _areas(lookup: Lookup, name: str) -> list[Hit]:
    hits = lookup.places(name)
    return [hit for hit in hits if hit.match.category == AREA and hit.score >= ALIKE_MIN]


def _within(spot: Spot, hit: Hit) -> bool:
    match = hit.match
    if match.point is None or match.source == ZONES:
        return False  # a zone has an outline, which was asked already
    radius = place_radius_m(match.category, match.kind, match.uncertainty_m)
    return distance_m(match.point, spot.location.point) <= radius * WIDENED
