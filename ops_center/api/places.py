"""Places as they come in: a point with how sure one is of it."""

from gis.geometry import Location, Point
from ops_center.api.shapes import PlaceIn

# What a bare point counts as: somebody pressed a map, good to a house front.
POINT_UNCERTAINTY_M = 25.0
POINT_CONFIDENCE = 0.95


def to_location(place: PlaceIn | None) -> Location | None:
    """Return the Location of what was sent; defaults stand where sureness was not said."""
    if place is None:
        return None
    return Location(
        point=Point(lon=place.lon, lat=place.lat),
        uncertainty_m=POINT_UNCERTAINTY_M if place.uncertainty_m is None else place.uncertainty_m,
        confidence=POINT_CONFIDENCE if place.confidence is None else place.confidence,
    )
