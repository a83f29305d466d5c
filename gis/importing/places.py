"""Picks points of interest, named areas, addresses and buildings out of the features."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gis.address import fold

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from shapely.geometry.base import BaseGeometry

    from gis.importing.osm import Feature, Position, Tags
    from gis.importing.streets import Street

AREA, POI = "area", "poi"
# What matters to an emergency centre even without a name, and how much it weighs in searches.
CRITICAL = {
    "hospital": 1.0,
    "police": 0.95,
    "fire_station": 0.95,
    "ambulance_station": 0.95,
    "clinic": 0.8,
    "fire_hydrant": 0.1,
    "defibrillator": 0.1,
    "fuel": 0.5,
    "pharmacy": 0.5,
}
IMPORTANT = {
    "university": 0.7,
    "station": 0.7,
    "bus_station": 0.7,
    "stadium": 0.7,
    "townhall": 0.7,
    "aerodrome": 0.8,
    "school": 0.6,
    "mall": 0.6,
    "marketplace": 0.6,
    "park": 0.55,
    "square": 0.55,
    "place_of_worship": 0.5,
}
PLACE_IMPORTANCE = {
    "city": 1.0,
    "town": 0.9,
    "suburb": 0.8,
    "village": 0.75,
    "quarter": 0.75,
    "neighbourhood": 0.7,
    "hamlet": 0.6,
}
ORDINARY_IMPORTANCE = 0.4
KIND_KEYS = (
    "amenity",
    "healthcare",
    "emergency",
    "tourism",
    "leisure",
    "shop",
    "office",
    "historic",
    "railway",
    "aeroway",
    "public_transport",
)
FURNITURE = frozenset(
    [
        *("bench", "waste_basket", "vending_machine", "bicycle_parking", "recycling"),
        *("waste_disposal", "switch", "signal", "milestone", "crossing", "platform", "rail"),
        *("tram", "stop_position", "parking_space", "buffer_stop", "subway", "level_crossing"),
    ]
)
NAME_TAG = re.compile(r"(name|alt_name|old_name|short_name|official_name|brand|name:[a-z]{2,3})$")
METRES_PER_LEVEL = 3.0


@dataclass(frozen=True, slots=True)
class Place:
    id: int
    osm_type: str
    osm_id: int
    category: str
    kind: str
    name: str | None
    importance: float
    aliases: tuple[str, ...]
    point: Position


@dataclass(frozen=True, slots=True)
class Address:
    id: int
    street_id: int | None
    street: str
    housenumber: str
    number: int | None
    point: Position


@dataclass(frozen=True, slots=True)
class Building:
    id: int
    osm_type: str
    osm_id: int
    name: str | None
    height_m: float | None
    geometry: BaseGeometry


def places_of(features: Iterable[Feature]) -> list[Place]:
    """Everything with a name people call it by, and critical places even without one."""
    places: list[Place] = []
    for feature in features:
        described = _describe(feature.tags)
        if described is None:
            continue
        category, kind, importance = described
        places.append(
            Place(
                id=len(places) + 1,
                osm_type=feature.osm_type,
                osm_id=feature.osm_id,
                category=category,
                kind=kind,
                name=feature.tags.get("name"),
                importance=importance,
                aliases=tuple(sorted(_aliases(feature.tags))),
                point=point_on(feature.geometry),
            )
        )
    return places


def addresses_of(features: Iterable[Feature], streets: list[Street]) -> list[Address]:
    """House numbers, each tied to the nearest street of its name where there is one."""
    by_alias: dict[str, list[Street]] = {}
    for street in streets:
        for alias, weight in street.aliases.items():
            if weight > 0.9:
                by_alias.setdefault(alias, []).append(street)
    addresses: list[Address] = []
    for feature in features:
        street_name, numbers = _house(feature.tags)
        point = point_on(feature.geometry) if numbers else (0.0, 0.0)
        street_id = _nearest(by_alias.get(fold(street_name), []), point) if numbers else None
        for number in numbers:
            leading = re.match(r"\d{1,6}", number)
            addresses.append(
                Address(
                    id=len(addresses) + 1,
                    street_id=street_id,
                    street=street_name,
                    housenumber=number,
                    number=int(leading.group()) if leading else None,
                    point=point,
                )
            )
    return addresses


def buildings_of(features: Iterable[Feature]) -> list[Building]:
    areal = [
        feature
        for feature in features
        if feature.tags.get("building", "no") != "no" and feature.osm_type != "node"
    ]
    return [
        Building(
            id=number,
            osm_type=feature.osm_type,
            osm_id=feature.osm_id,
            name=feature.tags.get("name"),
            height_m=height_m(feature.tags),
            geometry=feature.geometry,
        )
        for number, feature in enumerate(areal, start=1)
    ]


def height_m(tags: Tags) -> float | None:
    """Stated height in metres, else three metres a storey."""
    stated = re.match(r"\d{1,3}(?:\.\d+)?", tags.get("height", ""))
    if stated:
        return float(stated.group())
    levels = re.match(r"\d{1,3}(?:\.\d+)?", tags.get("building:levels", ""))
    return float(levels.group()) * METRES_PER_LEVEL if levels else None


def point_on(geometry: BaseGeometry) -> Position:
    """A point inside the geometry: an L-shaped hospital's centre may lie outside of it."""
    point = geometry if geometry.geom_type == "Point" else geometry.representative_point()
    return point.x, point.y


def _describe(tags: Tags) -> tuple[str, str, float] | None:
    """Category, kind and importance, or None for what nobody would search or dispatch to."""
    named = "name" in tags
    place = tags.get("place")
    if place is not None and named:
        category = AREA if place in PLACE_IMPORTANCE else POI
        return category, place, PLACE_IMPORTANCE.get(place, IMPORTANT.get(place, 0.4))
    for key in KIND_KEYS:
        kind = tags.get(key)
        if kind is None or kind in {"no", "yes"} or kind in FURNITURE:
            continue
        if kind in CRITICAL:
            return POI, kind, CRITICAL[kind]
        if named:
            return POI, kind, IMPORTANT.get(kind, ORDINARY_IMPORTANCE)
    if named and tags.get("building", "no") != "no":
        return POI, "building", ORDINARY_IMPORTANCE
    return None


def _aliases(tags: Tags) -> Iterator[str]:
    found = {fold(part) for key, value in tags.items() if NAME_TAG.match(key)
             for part in value.split(";")}  # fmt: skip
    yield from (alias for alias in found if len(alias) > 1)


def _house(tags: Tags) -> tuple[str, list[str]]:
    street = tags.get("addr:street") or tags.get("addr:place") or ""
    numbers = re.split(r"[;,]", tags.get("addr:housenumber", ""))
    return street, [number.strip() for number in numbers if number.strip()] if street else []


def _nearest(streets: list[Street], point: Position) -> int | None:
    if not streets:
        return None
    lon, lat = point
    # Only streets of one name are compared, so degrees are good enough.
    return min(
        streets,
        key=lambda s: min(
            (x - lon) ** 2 + (y - lat) ** 2
            for line in s.geometry.geoms
            for x, y in line.coords
        ),
    ).id  # fmt: skip
