"""The geocoder: an address text in, ranked locations with their uncertainty out."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from gis import address, repository
from gis.geocoding.areas import in_locality, locality_points
from gis.geocoding.certainty import is_certain
from gis.geocoding.searcher import Searcher
from gis.geocoding.spots import Kind
from gis.geodesy import distance_m
from gis.repository import names
from ops_center.kernel.errors import Invalid

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection

    from gis.geocoding.spots import Side, Spot
    from gis.geometry import Location, Point
    from gis.repository import City, ZoneSummary

RESULTS_MAX = 20
RESULTS_DEFAULT = 5
SCORE_MIN = 0.5
SAME_SPOT_M = 25.0
SAME_PLACE_M = 100.0
# How much nearness to where the operator looks may outweigh a better spelling.
BIAS_MAX = 0.05
BIAS_REACH_M = 5_000.0
# Between equally good names the one where more is going on comes first.
IMPORTANCE_SHARE = 0.02
# Outside of the barrio or city that was said.
ELSEWHERE_SHARE = 0.85
# So many of the best are looked at for locality and rivals before the answer is cut.
CONSIDERED_MAX = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """One answer: `score` 0..1, the location's radius holds at its confidence.

    `detail` names the barrio it lies in, to tell two of one name apart; `sort` is the kind of
    place after OpenStreetMap.
    """

    label: str
    kind: Kind
    location: Location
    score: float
    zones: tuple[ZoneSummary, ...]
    side: Side | None = None
    detail: str | None = None
    sort: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """All that the words may mean, best first; unless `certain` a person has to choose."""

    items: tuple[Found, ...]
    certain: bool
    read_as: str | None = None


NOTHING = Answer(items=(), certain=False)


async def geocode(
    connection: AsyncConnection,
    text: str,
    *,
    limit: int = RESULTS_DEFAULT,
    near: Point | None = None,
    type_ahead: bool = False,
) -> Answer:
    """Places the text may mean, best first; empty when nothing resembles it.

    `near` prefers what lies close to it; with `type_ahead` the last word may be half typed.
    Raises Invalid for an empty or endless text.
    """
    if not 1 <= limit <= RESULTS_MAX:
        raise Invalid(f"limit must be between 1 and {RESULTS_MAX}.", field="limit")
    city = await repository.city_of(connection)
    readings = address.parse(
        text,
        city=city.name if city else None,
        around=city.extent if city else None,
        type_ahead=type_ahead,
    )
    searcher = Searcher(connection, near=near, centre=city.centre if city else None)
    ranked = _ranked(await searcher.spots(readings), near)[:CONSIDERED_MAX]
    zones = await _zones(connection, ranked)
    ranked, zones = await _preferring_locality(connection, ranked, zones, near)
    details = await _details(connection, ranked[:limit], zones, city)
    return Answer(
        items=tuple(
            _found(spot, inside, detail, near=near)
            for spot, inside, detail in zip(ranked[:limit], zones, details, strict=False)
        ),
        certain=is_certain(ranked),
        read_as=address.describe(readings[0]),
    )


Zones = list[list["ZoneSummary"]]


async def _zones(connection: AsyncConnection, spots: list[Spot]) -> Zones:
    return await repository.zones_of_points(connection, [s.location.point for s in spots])


async def _preferring_locality(
    connection: AsyncConnection, spots: list[Spot], zones: Zones, near: Point | None
) -> tuple[list[Spot], Zones]:
    """Answers outside of the barrio or city that was said fall behind those inside."""
    said = {spot.locality for spot in spots if spot.locality is not None}
    if not said:
        return spots, zones
    known = await locality_points(connection, said)
    judged = [
        (spot if in_locality(spot, inside, known) else _elsewhere(spot), inside)
        for spot, inside in zip(spots, zones, strict=True)
    ]
    judged.sort(key=lambda pair: _key(pair[0], near))
    return [spot for spot, _ in judged], [inside for _, inside in judged]


def _elsewhere(spot: Spot) -> Spot:
    return replace(spot, score=spot.score * ELSEWHERE_SHARE)


async def _details(
    connection: AsyncConnection, spots: list[Spot], zones: Zones, city: City | None
) -> list[str | None]:
    """The barrio each answer lies in: its zone, or else the nearest named settlement."""
    names_known = [address_zone(inside) for inside in zones[: len(spots)]]
    if city is None or all(names_known) or not spots:
        return names_known
    near = await names.settlements_at(connection, [s.location.point for s in spots])
    return [known or other for known, other in zip(names_known, near, strict=True)]


# Kinds of zone whose names people use for where they are; precincts and cells are not said.
SAID_ZONE_KINDS = ("barrio", "neighbourhood", "suburb", "district", "city")


def address_zone(zones: list[ZoneSummary]) -> str | None:
    """The name of the barrio or district among the zones a point lies in."""
    for kind in SAID_ZONE_KINDS:
        for zone in zones:
            if zone.kind == kind:
                return zone.name
    return None


def _found(
    spot: Spot, zones: list[ZoneSummary], detail: str | None, *, near: Point | None
) -> Found:
    return Found(
        label=spot.label,
        kind=spot.kind,
        location=spot.location,
        # What the order was made by, so that a list is never out of order.
        score=round(min(-_key(spot, near)[0], 1.0), 4),
        zones=tuple(zones),
        side=spot.side,
        detail=detail,
        sort=spot.sort,
    )


def _ranked(spots: list[Spot], near: Point | None) -> list[Spot]:
    """By score and nearness, without the same answer twice at one spot."""
    kept: list[Spot] = []
    for spot in sorted(spots, key=lambda s: _key(s, near)):
        if spot.score < SCORE_MIN or len(kept) > CONSIDERED_MAX:
            continue
        if not any(_same(spot, other) for other in kept):
            kept.append(spot)
    return kept


def _key(spot: Spot, near: Point | None) -> tuple[float, str]:
    score = min(spot.score, 1.0) + IMPORTANCE_SHARE * spot.importance
    if near is not None:
        away = distance_m(near, spot.location.point)
        score *= 1 - BIAS_MAX * min(away / BIAS_REACH_M, 1.0)
    return -score, spot.label


def _same(a: Spot, b: Spot) -> bool:
    away = distance_m(a.location.point, b.location.point)
    if a.kind == b.kind == Kind.INTERSECTION:
        return away <= SAME_SPOT_M
    if a.kind == b.kind == Kind.AREA and a.label == b.label:
        # A barrio's label on the map and its outline as a zone.
        return away <= max(a.location.uncertainty_m, b.location.uncertainty_m)
    return a.label == b.label and away <= (SAME_PLACE_M if a.kind == Kind.POI else SAME_SPOT_M)
