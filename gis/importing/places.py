"""What a thing on the map is to an emergency centre: place of interest, area, building."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gis.address import fold
from gis.importing.names import NAME, Name, place_names

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

    from gis.importing.cleaning import Tags
    from gis.importing.osm import Position

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
BUS_STOP, BUS_STOP_IMPORTANCE = "bus_stop", 0.3
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
WATER, GREEN, ADMIN, SETTLEMENT = "water", "green", "admin", "settlement"
THEMES = {
    WATER: frozenset(
        [
            *(("natural", "water"), ("natural", "bay"), ("waterway", "riverbank")),
            *(("waterway", "dock"), ("landuse", "reservoir"), ("landuse", "basin")),
        ]
    ),
    GREEN: frozenset(
        [
            *(("leisure", "park"), ("leisure", "garden"), ("leisure", "nature_reserve")),
            *(("leisure", "golf_course"), ("landuse", "forest"), ("landuse", "cemetery")),
            *(("landuse", "recreation_ground"), ("landuse", "village_green")),
            *(("natural", "wood"), ("natural", "wetland"), ("natural", "beach")),
            *(("boundary", "national_park"), ("boundary", "protected_area")),
        ]
    ),
}
WATERS = frozenset(["water", "bay", "riverbank", "dock", "reservoir", "basin"])
AREA_IMPORTANCE = 0.5
ADMIN_IMPORTANCE = {2: 1.0, 3: 0.95, 4: 0.95, 5: 0.9, 6: 0.9, 7: 0.85, 8: 0.85, 9: 0.8, 10: 0.75}
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
METRES_PER_LEVEL = 3.0
HEIGHT_MAX_M, LEVELS_MAX = 999.0, 200


@dataclass(frozen=True, slots=True)
class Described:
    """A thing people would search for or be sent to; `names` may be empty for critical ones."""

    category: str
    kind: str
    importance: float
    name: str | None
    names: tuple[Name, ...]


@dataclass(frozen=True, slots=True)
class Outline:
    """What an area is on the map: theme water, green, admin or settlement, and its kind."""

    theme: str
    kind: str
    admin_level: int | None = None


def described(tags: Tags) -> Described | None:
    """What the thing is, or None for what nobody would search or dispatch to."""
    found = _settlement(tags) or _of_interest(tags)
    if found is None:
        return None
    category, kind, importance = found
    # The number on a stop's pole is a name of it; that of a shop is not.
    names = place_names(tags, with_ref=kind == BUS_STOP)
    name = tags.get("name") or (tags.get("ref") if kind == BUS_STOP else None)
    return Described(category, kind, importance, name or None, tuple(names))


def described_boundary(tags: Tags, level: int) -> Described:
    """An administrative boundary as a place that can be searched."""
    importance = ADMIN_IMPORTANCE.get(level, AREA_IMPORTANCE)
    names = place_names(tags, with_ref=False)
    return Described(AREA, f"admin_level_{level}", importance, tags["name"], tuple(names))


def outline_of(tags: Tags) -> Outline | None:
    """Which outline an area is stored as, or None for none."""
    level = tags.get("admin_level", "")
    if tags.get("boundary") == "administrative":
        known = re.fullmatch(r"1[01]|[2-9]", level) and tags.get("name")
        return Outline(ADMIN, "boundary", int(level)) if known else None
    if tags.get("place") in PLACE_IMPORTANCE and tags.get("name"):
        return Outline(SETTLEMENT, tags["place"])
    for theme, kinds in THEMES.items():
        for key, value in kinds:
            if tags.get(key) == value:
                return Outline(theme, value)
    return None


def folded_names(names: tuple[Name, ...]) -> dict[str, Name]:
    """Each folded way of saying the names; the first name that gives it counts."""
    found: dict[str, Name] = {}
    for name in names:
        alias = fold(name.said)
        if len(alias) > 1 or (name.kind != NAME and alias.isdigit()):
            found.setdefault(alias, name)
    return found


def height_m(tags: Tags) -> float | None:
    """Stated height in metres, else three metres a storey."""
    stated = re.match(r"\d{1,3}(?:\.\d{1,3})?", tags.get("height", ""))
    if stated:
        return float(stated.group())
    levels = re.match(r"\d{1,3}(?:\.\d{1,3})?", tags.get("building:levels", ""))
    return min(float(levels.group()) * METRES_PER_LEVEL, HEIGHT_MAX_M) if levels else None


def levels(tags: Tags) -> int | None:
    """Storeys as mapped, whole."""
    stated = re.match(r"\d{1,3}", tags.get("building:levels", ""))
    return min(int(stated.group()), LEVELS_MAX) if stated else None


def point_on(geometry: BaseGeometry) -> Position:
    """A point inside the geometry: an L-shaped hospital's centre may lie outside of it."""
    point = geometry if geometry.geom_type == "Point" else geometry.representative_point()
    return point.x, point.y


def _settlement(tags: Tags) -> tuple[str, str, float] | None:
    place = tags.get("place")
    if place is None or not tags.get("name"):
        return None
    category = AREA if place in PLACE_IMPORTANCE else POI
    return category, place, PLACE_IMPORTANCE.get(place, IMPORTANT.get(place, 0.4))


def _of_interest(tags: Tags) -> tuple[str, str, float] | None:
    named = bool(tags.get("name"))
    if _is_bus_stop(tags):
        return (POI, BUS_STOP, BUS_STOP_IMPORTANCE) if named or tags.get("ref") else None
    for key in KIND_KEYS:
        kind = tags.get(key)
        if not kind or kind in {"no", "yes"} or kind in FURNITURE:
            continue
        if kind in CRITICAL:
            return POI, kind, CRITICAL[kind]
        if named:
            return POI, kind, IMPORTANT.get(kind, ORDINARY_IMPORTANCE)
    return _other_named(tags) if named else None


def _is_bus_stop(tags: Tags) -> bool:
    platform = tags.get("public_transport") == "platform" and "yes" in {
        tags.get("bus"),
        tags.get("trolleybus"),
        tags.get("share_taxi"),
    }
    stop = tags.get("highway") == "bus_stop" or platform
    return stop and tags.get("railway") != "tram_stop"


def _other_named(tags: Tags) -> tuple[str, str, float] | None:
    if tags.get("building", "no") != "no":
        return POI, "building", ORDINARY_IMPORTANCE
    outline = outline_of(tags)
    if outline is not None and outline.theme in {WATER, GREEN}:
        return POI, outline.kind, AREA_IMPORTANCE
    return None
