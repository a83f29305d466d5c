"""What an answer is, and how sure each kind of it can be: radii at 95 %, shares of score."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from gis.geometry import Location, Point

CONFIDENCE = 0.95
# Radii in metres at that confidence.
# A point read from a phone or a map: what a phone's own fix is worth in a street.
COORDINATE_M = 10.0
# The door may be on another side of the plot than the mapped point.
HOUSE_M = 20.0
# Two streets of 10 to 15 m between the walls cross within this.
CORNER_M = 15.0
# "Casi" is within half a block, and blocks are about 100 to 120 m.
NEAR_M = 60.0
# Streets that come near each other without a junction in the map.
NOT_SHARED_M = 40.0
# Plots differ in width, so numbers between two known ones are not evenly spread.
INTERPOLATED_MIN_M = 30.0
# Next to the only known number on that side: within a block.
BESIDE_KNOWN_M = 120.0
# A landmark has a front of its own; large ones (hospital, mall) more of it.
POI_M = 40.0
LARGE_POI_M = 120.0
# A whole street: at least so much, else half of its length.
STREET_MIN_M = 200.0
# Half of a settlement's usual width, where the map has no outline.
AREA_M = {"city": 5_000.0, "town": 2_500.0, "village": 1_000.0, "suburb": 800.0}
AREA_OTHER_M = 500.0
# Kilometre posts stand within this of where the counted kilometre falls.
KM_POST_M = 100.0
KM_COUNTED_M = 500.0
# How far from a landmark people still say the word, added to the landmark's own radius.
RELATION_M = {
    "at": 0.0,
    "in_front": 60.0,
    "behind": 100.0,
    "beside": 60.0,
    "near": 250.0,
    "past": 150.0,
    "before": 150.0,
    "away": 100.0,
    "between": 60.0,
}
# "A dos cuadras": nobody says in which direction, so the radius is the distance and a half.
DISTANCE_SHARE = 1.5

# What a less exact answer is worth beside an exact one of the same spelling.
INTERPOLATED_SHARE = 0.95
# Below what counts as sure: whoever asked for a house must see that only its street is known.
UNKNOWN_NUMBER_SHARE = 0.78
NOT_SHARED_SHARE = 0.97
# Beside a street of the same name, which callers mean more often.
PLACE_SHARE = 0.96
# Beside what people stand is more often a place than a street.
STREET_AS_LANDMARK_SHARE = 0.9

LARGE_POIS = frozenset(
    [
        *("hospital", "university", "mall", "stadium", "park", "aerodrome", "marketplace"),
        *("station", "bus_station", "cemetery", "college", "school", "golf_course", "zoo"),
    ]
)


class Kind(StrEnum):
    ADDRESS = "address"
    INTERSECTION = "intersection"
    BETWEEN = "between"
    STREET = "street"
    POI = "poi"
    AREA = "area"
    KM_POST = "km_post"
    PLUS_CODE = "plus_code"
    COORDINATE = "coordinate"


class Side(StrEnum):
    """The side of the street for who walks towards the higher numbers."""

    LEFT = "left"
    RIGHT = "right"


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """A place that the words may mean; `score` 0..1 before anything but the words counts."""

    label: str
    kind: Kind
    location: Location
    score: float
    side: Side | None = None
    # What sort of place it is, for telling two of one name apart: "hospital".
    sort: str | None = field(default=None, compare=False)
    # How much is going on there, 0..1: settles what the words leave open.
    importance: float = field(default=0.5, compare=False)
    # The barrio or city said along with it (folded): a bonus for lying there, no condition.
    locality: str | None = field(default=None, compare=False)


def located(point: Point, uncertainty_m: float) -> Location:
    return Location(point=point, uncertainty_m=round(uncertainty_m, 1), confidence=CONFIDENCE)


def place_radius_m(category: str, kind: str, known_m: float | None) -> float:
    """How far from its point people may be who say they are at a place."""
    if known_m is not None:
        return known_m
    if category == "area":
        return AREA_M.get(kind, AREA_OTHER_M)
    return LARGE_POI_M if kind in LARGE_POIS else POI_M
