"""OpenStreetMap tags to the layers and properties of the Protomaps basemap schema (version 4/5).

Flags such as is_bridge are present only when true: the styles test with "has".
"""

from __future__ import annotations

import re
from dataclasses import dataclass

Tags = dict[str, str]
Properties = dict[str, str | int | float | bool]

NAME_LANGUAGES = ("es", "gn", "pt", "en", "sv")
SHIELD_MAX_CHARS = 5
METRES_PER_LEVEL = 3.0


@dataclass(frozen=True, slots=True)
class Drawn:
    """One feature of the basemap: its layer and what the style reads from it."""

    layer: str
    kind: str
    min_zoom: int
    properties: Properties


# kind, zoom from which it shows
ROADS = {
    "motorway": ("highway", 3),
    "trunk": ("major_road", 6),
    "primary": ("major_road", 7),
    "secondary": ("major_road", 9),
    "tertiary": ("major_road", 10),
    "unclassified": ("minor_road", 12),
    "residential": ("minor_road", 12),
    "road": ("minor_road", 12),
    "living_street": ("minor_road", 13),
    "busway": ("minor_road", 13),
    "service": ("minor_road", 13),
    "track": ("path", 13),
    "pedestrian": ("path", 13),
    "cycleway": ("path", 14),
    "footway": ("path", 14),
    "path": ("path", 14),
    "steps": ("path", 14),
    "bridleway": ("path", 14),
    "corridor": ("path", 15),
}
RAILS = {"rail": 10, "light_rail": 11, "subway": 13, "tram": 13, "narrow_gauge": 12}
# (key, value): kind, zoom
LANDUSE = {
    ("leisure", "park"): ("park", 10),
    ("leisure", "garden"): ("garden", 13),
    ("leisure", "playground"): ("playground", 14),
    ("leisure", "pitch"): ("pitch", 14),
    ("leisure", "stadium"): ("stadium", 13),
    ("leisure", "golf_course"): ("golf_course", 11),
    ("leisure", "nature_reserve"): ("nature_reserve", 9),
    ("landuse", "cemetery"): ("cemetery", 12),
    ("landuse", "forest"): ("forest", 9),
    ("landuse", "grass"): ("grass", 12),
    ("landuse", "meadow"): ("grassland", 12),
    ("landuse", "recreation_ground"): ("recreation_ground", 12),
    ("landuse", "village_green"): ("village_green", 13),
    ("landuse", "allotments"): ("allotments", 13),
    ("landuse", "industrial"): ("industrial", 11),
    ("landuse", "commercial"): ("commercial", 12),
    ("landuse", "retail"): ("commercial", 12),
    ("landuse", "residential"): ("residential", 12),
    ("landuse", "railway"): ("railway", 12),
    ("landuse", "military"): ("military", 10),
    ("natural", "wood"): ("wood", 9),
    ("natural", "scrub"): ("scrub", 11),
    ("natural", "heath"): ("scrub", 11),
    ("natural", "grassland"): ("grassland", 11),
    ("natural", "wetland"): ("wetland", 11),
    ("natural", "beach"): ("beach", 11),
    ("natural", "sand"): ("sand", 11),
    ("natural", "bare_rock"): ("bare_rock", 12),
    ("amenity", "hospital"): ("hospital", 12),
    ("amenity", "school"): ("school", 12),
    ("amenity", "kindergarten"): ("kindergarten", 13),
    ("amenity", "university"): ("university", 12),
    ("amenity", "college"): ("college", 12),
    ("tourism", "zoo"): ("zoo", 11),
    ("aeroway", "aerodrome"): ("aerodrome", 9),
    ("aeroway", "runway"): ("runway", 10),
    ("aeroway", "taxiway"): ("taxiway", 13),
    ("man_made", "pier"): ("pier", 13),
    ("highway", "pedestrian"): ("pedestrian", 13),
    ("place", "square"): ("pedestrian", 13),
}
WATER_AREAS = {
    ("natural", "water"): ("water", 8),
    ("waterway", "riverbank"): ("water", 8),
    ("waterway", "dock"): ("water", 12),
    ("landuse", "reservoir"): ("water", 9),
    ("landuse", "basin"): ("water", 12),
    ("leisure", "swimming_pool"): ("swimming_pool", 15),
}
WATER_LINES = {"river": 9, "canal": 11, "stream": 13, "drain": 14, "ditch": 14}
# kind of label, zoom, rank of the label's size where no population is known
PLACES = {
    "city": ("locality", 4, 11),
    "town": ("locality", 8, 8),
    "village": ("locality", 10, 6),
    "hamlet": ("locality", 12, 4),
    "suburb": ("neighbourhood", 11, 0),
    "quarter": ("neighbourhood", 12, 0),
    "neighbourhood": ("neighbourhood", 13, 0),
}
POI_ZOOM = {
    "hospital": 12,
    "police": 12,
    "fire_station": 12,
    "clinic": 14,
    "station": 13,
    "bus_station": 13,
    "aerodrome": 10,
    "university": 13,
    "stadium": 13,
    "townhall": 14,
    "park": 13,
    "school": 14,
    "pharmacy": 15,
    "fuel": 15,
    "attraction": 15,
    "museum": 15,
    "theatre": 15,
    "library": 15,
    "supermarket": 15,
    "marketplace": 14,
    "zoo": 13,
}
POI_KEYS = ("amenity", "healthcare", "emergency", "tourism", "leisure", "shop", "railway",
            "aeroway", "historic")  # fmt: skip
POI_ORDINARY_ZOOM = 16
POI_UNNAMED = frozenset(["hospital", "police", "fire_station", "clinic", "pharmacy", "fuel"])


def names(tags: Tags) -> Properties:
    """The name and its forms in the languages the screens offer."""
    found: Properties = {"name": tags["name"]} if "name" in tags else {}
    for language in NAME_LANGUAGES:
        if f"name:{language}" in tags:
            found[f"name:{language}"] = tags[f"name:{language}"]
    return found


def line_of(tags: Tags) -> Drawn | None:
    """What a way draws as a line: road, rail, river."""
    highway = tags.get("highway", "")
    if highway.removesuffix("_link") in ROADS:
        return _road(tags, highway)
    if tags.get("railway") in RAILS:
        return _rail(tags, tags["railway"])
    if tags.get("waterway") in WATER_LINES:
        kind = tags["waterway"]
        zoom = WATER_LINES[kind]
        shown = "stream" if kind in {"drain", "ditch", "stream"} else "river"
        return Drawn("water", shown, zoom, {**names(tags), "kind_detail": kind})
    if tags.get("aeroway") in {"runway", "taxiway"}:
        return Drawn("roads", "aeroway", 10, {"kind_detail": tags["aeroway"]})
    if tags.get("man_made") == "pier":
        return Drawn("roads", "other", 13, {"kind_detail": "pier"})
    return None


def areas_of(tags: Tags) -> list[Drawn]:
    """What an area draws: water, land use, building."""
    drawn: list[Drawn] = []
    water = _first(WATER_AREAS, tags)
    if water is not None:
        drawn.append(Drawn("water", water[0], water[1], names(tags)))
    else:
        landuse = _first(LANDUSE, tags)
        if landuse is not None:
            drawn.append(Drawn("landuse", landuse[0], landuse[1], {}))
    if tags.get("building", "no") != "no":
        drawn.append(Drawn("buildings", "building", 13, _height(tags)))
    elif tags.get("building:part", "no") != "no":
        drawn.append(Drawn("buildings", "building_part", 14, _height(tags)))
    return drawn


def labels_of(tags: Tags) -> list[Drawn]:
    """What a node, or an area at its middle, is labelled with: place, point of interest, house."""
    drawn: list[Drawn] = []
    place = tags.get("place", "")
    if place in PLACES and "name" in tags:
        drawn.append(_place(tags, place))
    elif (poi := _poi(tags)) is not None:
        drawn.append(poi)
    if tags.get("natural") == "bay" and "name" in tags:
        drawn.append(Drawn("water", "bay", 11, names(tags)))
    if "addr:housenumber" in tags:
        house: Properties = {"addr_housenumber": tags["addr:housenumber"]}
        drawn.append(Drawn("buildings", "address", 15, house))
    return drawn


def _road(tags: Tags, highway: str) -> Drawn:
    detail = highway.removesuffix("_link")
    kind, zoom = ROADS[detail]
    properties: Properties = {**names(tags), "kind_detail": detail, **_levels(tags)}
    if detail != highway:
        properties["is_link"] = True
        zoom = max(zoom, 11)
    if tags.get("oneway") in {"yes", "1", "true", "-1"}:
        properties["oneway"] = "yes"
    reference = tags.get("ref", "").split(";")[0].strip()
    if reference and len(reference) <= SHIELD_MAX_CHARS:
        properties |= {"ref": reference, "shield_text": reference, "network": "other"}
    return Drawn("roads", kind, zoom, properties)


def _rail(tags: Tags, railway: str) -> Drawn:
    zoom = RAILS[railway] if "service" not in tags else 14
    return Drawn("roads", "rail", zoom, {"kind_detail": railway, **_levels(tags)})


def _levels(tags: Tags) -> Properties:
    found: Properties = {}
    if tags.get("bridge", "no") != "no":
        found["is_bridge"] = True
    if tags.get("tunnel", "no") != "no" or tags.get("covered") == "yes":
        found["is_tunnel"] = True
    return found


def _place(tags: Tags, place: str) -> Drawn:
    kind, zoom, rank = PLACES[place]
    properties: Properties = {**names(tags), "kind_detail": place, "sort_key": zoom}
    if kind == "locality":
        population = re.sub(r"\D", "", tags.get("population", ""))
        # The styles scale labels by about the logarithm of the population.
        properties["population_rank"] = _population_rank(int(population)) if population else rank
        if tags.get("capital") == "yes":
            properties["capital"] = "yes"
    return Drawn("places", kind, zoom, properties)


def _population_rank(population: int) -> int:
    steps = (200, 1_000, 2_000, 5_000, 10_000, 20_000, 50_000, 100_000, 200_000, 500_000,
             1_000_000, 5_000_000, 10_000_000)  # fmt: skip
    return sum(population >= step for step in steps) + 1


def _poi(tags: Tags) -> Drawn | None:
    for key in POI_KEYS:
        kind = tags.get(key)
        if kind is None or kind in {"yes", "no"}:
            continue
        if "name" in tags or kind in POI_UNNAMED:
            zoom = POI_ZOOM.get(kind, POI_ORDINARY_ZOOM)
            return Drawn("pois", kind, zoom, names(tags))
    return None


def _height(tags: Tags) -> Properties:
    stated = re.match(r"\d{1,3}(?:\.\d+)?", tags.get("height", ""))
    if stated:
        return {"height": float(stated.group())}
    levels = re.match(r"\d{1,3}(?:\.\d+)?", tags.get("building:levels", ""))
    return {"height": float(levels.group()) * METRES_PER_LEVEL} if levels else {}


def _first(table: dict[tuple[str, str], tuple[str, int]], tags: Tags) -> tuple[str, int] | None:
    return next((drawn for (key, value), drawn in table.items() if tags.get(key) == value), None)
