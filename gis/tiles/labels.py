"""OpenStreetMap tags to what the basemap labels: places, services, stops, house numbers."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

Tags = dict[str, str]
Properties = dict[str, str | int | float | bool]

NAME_LANGUAGES = ("es", "gn", "en", "pt", "sv")
NAME_MAX_CHARS = 120
HOUSENUMBER_MAX_CHARS = 12
# Control characters, and those that turn the direction of the text that follows them.
UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
JOINERS = frozenset("\u200c\u200d")  # some scripts cannot be written without them


@dataclass(frozen=True, slots=True)
class Drawn:
    """One feature of the basemap: its layer and what the style reads from it."""

    layer: str
    kind: str
    min_zoom: int
    properties: Properties


# kind of label, zoom, rank of the label's size where no population is known
PLACES = {
    "state": ("region", 6, 0),
    "region": ("region", 7, 0),
    "city": ("locality", 4, 11),
    "town": ("locality", 8, 8),
    "village": ("locality", 10, 6),
    "hamlet": ("locality", 12, 4),
    "suburb": ("neighbourhood", 11, 0),
    "borough": ("neighbourhood", 11, 0),
    "quarter": ("neighbourhood", 12, 0),
    "neighbourhood": ("neighbourhood", 13, 0),
}
# Where help is or comes from: drawn early, and without a name too.
CRITICAL = {
    "hospital": 11,
    "police": 11,
    "fire_station": 11,
    "ambulance_station": 11,
    "clinic": 13,
    "pharmacy": 14,
    "doctors": 14,
    "defibrillator": 15,
    "fire_hydrant": 15,
}
POI_ZOOM = {
    **CRITICAL,
    "aerodrome": 10,
    "helipad": 13,
    "station": 13,
    "bus_station": 13,
    "ferry_terminal": 13,
    "university": 13,
    "stadium": 13,
    "park": 13,
    "zoo": 13,
    "townhall": 14,
    "school": 14,
    "marketplace": 14,
    "fuel": 14,
    "prison": 14,
    "embassy": 14,
    "courthouse": 14,
    "bus_stop": 15,
    "attraction": 15,
    "museum": 15,
    "theatre": 15,
    "library": 15,
    "supermarket": 15,
    "place_of_worship": 15,
}
POI_KEYS = ("amenity", "healthcare", "emergency", "tourism", "leisure", "shop", "office",
            "railway", "aeroway", "historic", "building")  # fmt: skip
POI_ORDINARY_ZOOM = 16
POI_UNNAMED = frozenset([*CRITICAL, "fuel", "bus_stop", "helipad"])
# What other keys call what the schema has one word for.
POI_SAME = {"doctor": "doctors", "centre": "clinic", "health_post": "clinic", "aid_post": "clinic"}
NO_POI = frozenset({"yes", "no"})


def clean(text: str, longest: int = NAME_MAX_CHARS) -> str:
    """The text on one line, without characters that cannot be seen."""
    seen = (
        " " if char.isspace() else char
        for char in text
        if char.isspace() or char in JOINERS or unicodedata.category(char) not in UNSEEN
    )
    return " ".join("".join(seen).split())[:longest].strip()


def names(tags: Tags) -> Properties:
    """The name, and its forms in the languages the screens offer where they differ from it."""
    name = clean(tags.get("name", ""))
    found: Properties = {"name": name} if name else {}
    for language in NAME_LANGUAGES:
        said = clean(tags.get(f"name:{language}", ""))
        if said and said != name:
            found[f"name:{language}"] = said
    return found


def labels_of(tags: Tags) -> list[Drawn]:
    """What a node, or an area at its middle, is labelled with: place, service, water, house."""
    found = [_place(tags) or _poi(tags), _bay(tags), _house(tags)]
    return [label for label in found if label is not None]


def _place(tags: Tags) -> Drawn | None:
    place, named = tags.get("place", ""), names(tags)
    if "name" not in named:
        return None
    if place in {"island", "islet"}:
        return Drawn("earth", "island", 12, named)
    if place not in PLACES:
        return None
    kind, zoom, rank = PLACES[place]
    properties: Properties = {**named, "kind_detail": place, "sort_key": zoom}
    if kind == "locality":
        population = re.sub(r"\D", "", tags.get("population", ""))[:12]
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
    named, kind = names(tags), _poi_kind(tags)
    if kind is None or ("name" not in named and kind not in POI_UNNAMED):
        return None
    properties = named
    if kind in CRITICAL:
        properties["critical"] = True
    if kind == "hospital" and tags.get("emergency") == "yes":
        properties["emergency"] = True
    return Drawn("pois", kind, POI_ZOOM.get(kind, POI_ORDINARY_ZOOM), properties)


def _poi_kind(tags: Tags) -> str | None:
    said = [
        POI_SAME.get(tags[key], tags[key])
        for key in POI_KEYS
        if tags.get(key, "no") not in NO_POI and key != "building"
    ]
    if _is_bus_stop(tags):
        said.append("bus_stop")
    # A hospital that also sells is a hospital.
    found = next((kind for kind in said if kind in CRITICAL), said[0] if said else None)
    if found is None and tags.get("building", "no") != "no":
        found = "building"
    return None if found is None else clean(found, HOUSENUMBER_MAX_CHARS * 3)


def _is_bus_stop(tags: Tags) -> bool:
    at_platform = tags.get("public_transport") == "platform" and tags.get("bus") == "yes"
    return tags.get("highway") == "bus_stop" or at_platform


def _bay(tags: Tags) -> Drawn | None:
    named = names(tags)
    if tags.get("natural") not in {"bay", "strait"} or "name" not in named:
        return None
    return Drawn("water", tags["natural"], 11, named)


def _house(tags: Tags) -> Drawn | None:
    number = clean(tags.get("addr:housenumber", ""), HOUSENUMBER_MAX_CHARS)
    if not number:
        return None
    # In the layer and under the name that stock styles read; only the deepest tiles hold it.
    house: Properties = {"addr_housenumber": number}
    street = clean(tags.get("addr:street", ""))
    if street:
        house["addr_street"] = street
    return Drawn("buildings", "address", 17, house)
