"""Streets, places and areas by name, and whatever lies beside a landmark."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from gis.address import Corner, House, Name, PlaceKind, Relation
from gis.geocoding.corners import corner_spots
from gis.geocoding.houses import house_spots, street_spots
from gis.geocoding.spots import (
    DISTANCE_SHARE,
    PLACE_SHARE,
    RELATION_M,
    STREET_AS_LANDMARK_SHARE,
    Kind,
    Spot,
    located,
    place_radius_m,
)
from gis.geodesy import destination, distance_m, midpoint
from gis.repository import names, search
from gis.repository.search import AREA

if TYPE_CHECKING:
    from gis.address import Beside
    from gis.geocoding.lookup import Hit, Lookup

PLACES_MAX = 40
OF_KIND_MAX = 10
# "El hospital" alone: a kind is said, no name; the nearest is the likeliest, never sure.
ONLY_KIND_SCORE = 0.7
# The word says hospital, the place is none.
OTHER_KIND_SHARE = 0.93
# A street said with a landmark passes it within this.
STREET_PASSES_M = 300.0
LANDMARKS_MAX = 5
# Two landmarks further apart are not said with "entre".
BETWEEN_MAX_M = 2_000.0

# Words of the caller to kinds of the map (OpenStreetMap's values).
KINDS: dict[PlaceKind, frozenset[str]] = {
    PlaceKind.BARRIO: frozenset(
        ["suburb", "neighbourhood", "quarter", "village", "hamlet", "district", "barrio"]
    ),
    PlaceKind.CITY: frozenset(["city", "town", "village", "district", "municipality"]),
    PlaceKind.BUS_STOP: frozenset(["bus_stop", "tram_stop", "platform"]),
    PlaceKind.BUS_STATION: frozenset(["bus_station", "station"]),
    PlaceKind.HOSPITAL: frozenset(["hospital", "clinic", "health", "salud"]),
    PlaceKind.HEALTH_POST: frozenset(["clinic", "doctors", "hospital", "health_post", "salud"]),
    PlaceKind.PHARMACY: frozenset(["pharmacy", "chemist"]),
    PlaceKind.POLICE: frozenset(["police"]),
    PlaceKind.FIRE_STATION: frozenset(["fire_station"]),
    PlaceKind.SCHOOL: frozenset(["school", "kindergarten", "college"]),
    PlaceKind.UNIVERSITY: frozenset(["university", "college"]),
    PlaceKind.CHURCH: frozenset(["place_of_worship", "church"]),
    PlaceKind.MARKET: frozenset(["marketplace", "market"]),
    PlaceKind.SHOP: frozenset(["supermarket", "convenience", "hardware", "bakery", "shop"]),
    PlaceKind.MALL: frozenset(["mall", "department_store"]),
    PlaceKind.BANK: frozenset(["bank", "atm"]),
    PlaceKind.FUEL: frozenset(["fuel"]),
    PlaceKind.HOTEL: frozenset(["hotel", "hostel", "motel", "guest_house"]),
    PlaceKind.PARK: frozenset(["park", "garden"]),
    PlaceKind.SQUARE: frozenset(["square", "park", "pedestrian"]),
    PlaceKind.SPORTS: frozenset(["stadium", "sports_centre", "pitch", "fitness_centre"]),
    PlaceKind.BRIDGE: frozenset(["bridge"]),
    PlaceKind.CEMETERY: frozenset(["cemetery", "grave_yard"]),
    PlaceKind.AIRPORT: frozenset(["aerodrome", "terminal"]),
    PlaceKind.GOVERNMENT: frozenset(["townhall", "government", "courthouse"]),
}
SAID = {
    Relation.AT: "en",
    Relation.IN_FRONT: "frente a",
    Relation.BEHIND: "detrás de",
    Relation.BESIDE: "al lado de",
    Relation.NEAR: "cerca de",
    Relation.PAST: "pasando",
    Relation.BEFORE: "antes de",
}


async def name_spots(lookup: Lookup, reading: Name) -> list[Spot]:
    """Streets, places and areas of that name, and the nearest of a kind said alone."""
    streets = await street_spots(lookup, list(lookup.streets(reading.text).values()))
    spots = [*streets, *place_spots(lookup, reading), *await _of_kind(lookup, reading)]
    return [replace(spot, locality=reading.locality) for spot in spots]


def place_spots(lookup: Lookup, reading: Name) -> list[Spot]:
    """Places and areas of that name; those of the kind that was said come first."""
    hint = reading.kind_hint
    wanted = KINDS.get(hint, frozenset()) if hint else frozenset()
    spots = []
    for hit in lookup.places(reading.text)[:PLACES_MAX]:
        share = OTHER_KIND_SHARE if wanted and hit.match.kind not in wanted else 1.0
        spot = place_spot(hit, share=share)
        if spot is not None:
            spots.append(spot)
    return spots


def place_spot(hit: Hit, *, share: float = 1.0) -> Spot | None:
    match = hit.match
    if match.point is None:
        return None
    radius = place_radius_m(match.category, match.kind, match.uncertainty_m)
    return Spot(
        label=match.label,
        kind=Kind.AREA if match.category == AREA else Kind.POI,
        location=located(match.point, radius),
        score=hit.score * share * (PLACE_SHARE + (1 - PLACE_SHARE) * match.importance),
        sort=match.kind,
        importance=match.importance,
    )


async def _of_kind(lookup: Lookup, reading: Name) -> list[Spot]:
    if reading.kind_hint is None or reading.core:
        return []
    kinds = sorted(KINDS.get(reading.kind_hint, ()))
    found = await search.names_of_kind(
        lookup.connection, kinds, near=lookup.near, limit=OF_KIND_MAX
    )
    return [
        Spot(
            label=match.label,
            kind=Kind.POI,
            location=located(match.point, place_radius_m(match.category, match.kind, None)),
            score=ONLY_KIND_SCORE,
            sort=match.kind,
            importance=match.importance,
        )
        for match in found
        if match.point is not None
    ]


async def beside_spots(lookup: Lookup, reading: Beside) -> list[Spot]:
    """The landmark's point with the doubt that its relation brings."""
    landmarks = await _landmarks(lookup, reading.landmark)
    if reading.relation is Relation.BETWEEN and reading.other is not None:
        others = await _landmarks(lookup, reading.other)
        spots = [
            _between(one, other)
            for one in landmarks[:LANDMARKS_MAX]
            for other in others[:LANDMARKS_MAX]
            if 0 < distance_m(one.location.point, other.location.point) <= BETWEEN_MAX_M
        ]
    else:
        spots = [_beside(spot, reading) for spot in landmarks]
    if reading.street is not None:
        spots = await _on_street(lookup, reading, spots[:LANDMARKS_MAX])
    return [replace(spot, locality=reading.locality) for spot in spots]


async def _landmarks(lookup: Lookup, landmark: Name | Corner | House) -> list[Spot]:
    if isinstance(landmark, Corner):
        spots = await corner_spots(lookup, landmark)
    elif isinstance(landmark, House):
        spots = await house_spots(lookup, landmark)
    else:
        spots = [_as_landmark(spot) for spot in await name_spots(lookup, landmark)]
    return sorted(spots, key=lambda spot: -spot.score)


def _as_landmark(spot: Spot) -> Spot:
    if spot.kind is not Kind.STREET:
        return spot
    return replace(spot, score=spot.score * STREET_AS_LANDMARK_SHARE)


def _beside(spot: Spot, reading: Beside) -> Spot:
    point, radius = spot.location.point, spot.location.uncertainty_m
    extra = RELATION_M[reading.relation.value]
    if reading.distance_m is not None and reading.bearing_deg is not None:
        point = destination(point, bearing_deg=reading.bearing_deg, distance_m=reading.distance_m)
        extra += reading.distance_m / 2
    elif reading.distance_m is not None:
        extra += reading.distance_m * DISTANCE_SHARE
    return replace(spot, label=_said(reading, spot.label), location=located(point, radius + extra))


def _said(reading: Beside, landmark: str) -> str:
    if reading.distance_m is not None:
        return f"a {reading.distance_m:.0f} m de {landmark}"
    if reading.relation is Relation.AT:
        return landmark
    return f"{SAID.get(reading.relation, 'cerca de')} {landmark}"


def _between(one: Spot, other: Spot) -> Spot:
    start, end = one.location.point, other.location.point
    radius = distance_m(start, end) / 2 + RELATION_M["between"]
    return replace(
        one,
        label=f"entre {one.label} y {other.label}",
        location=located(midpoint(start, end), radius),
        score=(one.score + other.score) / 2,
    )


async def _on_street(lookup: Lookup, reading: Beside, spots: list[Spot]) -> list[Spot]:
    """The point of the said street nearest to each landmark, if the street passes it."""
    assert reading.street is not None
    streets = lookup.streets(reading.street)
    found: list[Spot] = []
    for spot in spots:
        nearest = await names.points_on_streets(
            lookup.connection, list(streets), near=spot.location.point
        )
        for number, (point, _) in nearest.items():
            street = streets[number]
            if distance_m(point, spot.location.point) > STREET_PASSES_M:
                continue
            house = "" if reading.number is None else f" {reading.number}"
            found.append(
                replace(
                    spot,
                    label=f"{street.label}{house} {spot.label}",
                    location=located(point, spot.location.uncertainty_m),
                    score=(spot.score + street.score) / 2,
                )
            )
    return found
