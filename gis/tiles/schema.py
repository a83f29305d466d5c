"""OpenStreetMap tags to the layers and properties of the Protomaps basemap schema (version 4/5).

Flags such as is_bridge are present only when true: the styles test with "has".
"""

from __future__ import annotations

import re

from gis.tiles.labels import Drawn, Properties, Tags, clean, names

SHIELD_MAX_CHARS = 5
METRES_PER_LEVEL = 3.0
UNPAVED = frozenset(
    ["unpaved", "dirt", "earth", "ground", "sand", "gravel", "fine_gravel", "compacted", "grass",
     "mud", "pebblestone"]
)  # fmt: skip
# Roads whose direction need not be said.
ALWAYS_ONEWAY = frozenset(["motorway", "motorway_link"])

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
# area, zoom from which a water's name shows
WATER_LABELS_FROM_M2 = ((1e8, 8), (1e7, 10), (1e6, 12), (1e5, 13), (1e4, 14))
# highest admin_level, kind, zoom
BOUNDARIES = ((2, "country", 6), (4, "region", 6), (6, "county", 8), (11, "locality", 10))
WATER_LINES = {"river": 9, "canal": 11, "stream": 13, "drain": 14, "ditch": 14}


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
    return _other_line(tags)


def _other_line(tags: Tags) -> Drawn | None:
    if tags.get("aeroway") in {"runway", "taxiway"}:
        return Drawn("roads", "aeroway", 10, {"kind_detail": tags["aeroway"]})
    if tags.get("man_made") == "pier":
        return Drawn("roads", "other", 13, {"kind_detail": "pier"})
    if tags.get("route") == "ferry":
        return Drawn("roads", "other", 11, {**names(tags), "kind_detail": "ferry"})
    return None


def areas_of(tags: Tags) -> list[Drawn]:
    """What an area draws: water, land use, building."""
    drawn: list[Drawn] = []
    water = _first(WATER_AREAS, tags)
    if water is not None:
        drawn.append(Drawn("water", water[0], water[1], {}))
    else:
        landuse = _first(LANDUSE, tags)
        if landuse is not None:
            drawn.append(Drawn("landuse", landuse[0], landuse[1], {}))
    if tags.get("building", "no") != "no":
        drawn.append(Drawn("buildings", "building", 13, _height(tags)))
    elif tags.get("building:part", "no") != "no":
        drawn.append(Drawn("buildings", "building_part", 14, _height(tags)))
    return drawn


def runs_backwards(tags: Tags) -> bool:
    """True when traffic runs against the way as it was drawn: the line has to be turned round."""
    return tags.get("oneway") in {"-1", "reverse"} and "highway" in tags


def _is_oneway(tags: Tags) -> bool:
    said = tags.get("oneway")
    if said is not None:
        return said in {"yes", "1", "true", "-1", "reverse"}
    implied = tags.get("junction") in {"roundabout", "circular"}
    return implied or tags.get("highway") in ALWAYS_ONEWAY


def _road(tags: Tags, highway: str) -> Drawn:
    detail = highway.removesuffix("_link")
    kind, zoom = ROADS[detail]
    properties: Properties = {**names(tags), "kind_detail": detail, **_levels(tags)}
    if detail != highway:
        properties["is_link"] = True
        zoom = max(zoom, 11)
    if kind == "minor_road" and tags.get("service") in {"parking_aisle", "driveway"}:
        zoom = 14
    if _is_oneway(tags):
        properties["oneway"] = "yes"
    if tags.get("surface") in UNPAVED:
        properties["surface"] = "unpaved"
    reference = clean(tags.get("ref", "").split(";")[0])
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


def water_label(tags: Tags, area_m2: float) -> Drawn | None:
    """The name of a lake, at its middle: the larger, the earlier."""
    kind, named = _first(WATER_AREAS, tags), names(tags)
    if kind is None or kind[0] != "water" or "name" not in named:
        return None
    zoom = next((zoom for least, zoom in WATER_LABELS_FROM_M2 if area_m2 >= least), 15)
    return Drawn("water", "lake" if tags.get("water") == "lake" else "water", zoom, named)


def boundary_of(level: int) -> Drawn | None:
    """A piece of an administrative boundary, by its lowest admin_level; 0 is no boundary."""
    found = next((kind for kind in BOUNDARIES if 0 < level <= kind[0]), None)
    if found is None:
        return None
    _, kind, zoom = found
    return Drawn("boundaries", kind, zoom, {"kind_detail": level, "min_admin_level": level})


def _height(tags: Tags) -> Properties:
    found: Properties = {}
    height = _metres(tags, "height") or METRES_PER_LEVEL * _metres(tags, "building:levels")
    base = _metres(tags, "min_height") or METRES_PER_LEVEL * _metres(tags, "building:min_level")
    if height:
        found["height"] = height
    if 0 < base < height:
        found["min_height"] = base
    return found


def _metres(tags: Tags, key: str) -> float:
    stated = re.match(r"\d{1,3}(?:\.\d{1,3})?", tags.get(key, ""))
    return float(stated.group()) if stated else 0.0


def _first(table: dict[tuple[str, str], tuple[str, int]], tags: Tags) -> tuple[str, int] | None:
    return next((drawn for (key, value), drawn in table.items() if tags.get(key) == value), None)
