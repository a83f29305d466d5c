"""Places as they come in: a point with how sure one is of it."""

from gis.geometry import Extent, Location, Point, looks_swapped, point_in
from ops_center.api.shapes import PlaceIn
from ops_center.kernel.errors import Invalid

# What a bare point counts as: somebody pressed a map, good to a house front.
POINT_UNCERTAINTY_M = 25.0
POINT_CONFIDENCE = 0.95


def to_location(place: PlaceIn | None, city: Extent | None) -> Location | None:
    """Return the Location of what was sent; Invalid when it lies nowhere near the city.

    Defaults stand where sureness was not said. Without a city every place is believed.
    """
    if place is None:
        return None
    if city is not None:
        point_in(city, lon=place.lon, lat=place.lat)
    return _located(place)


def callers_location(place: PlaceIn | None, city: Extent | None) -> Location | None:
    """The same for calls, which may come from far away: refused are only plain mistakes."""
    if place is None or city is None:
        return _located(place) if place else None
    mistaken = looks_swapped(city, lon=place.lon, lat=place.lat) or (place.lon, place.lat) == (0, 0)
    return to_location(place, city) if mistaken else _located(place)


def believable_location(place: PlaceIn | None, city: Extent | None) -> Location | None:
    """The same for a cry for help, which no wrong fix may stop: a mistaken place is left out."""
    try:
        return to_location(place, city)
    except Invalid:
        return None


def _located(place: PlaceIn) -> Location:
    return Location(
        point=Point(lon=place.lon, lat=place.lat),
        uncertainty_m=POINT_UNCERTAINTY_M if place.uncertainty_m is None else place.uncertainty_m,
        confidence=POINT_CONFIDENCE if place.confidence is None else place.confidence,
    )
