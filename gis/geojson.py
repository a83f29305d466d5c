"""Points, locations, lines and zones to and from GeoJSON (RFC 7946)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeAlias

import shapely
from shapely.geometry import MultiPolygon, Polygon, mapping, shape

from gis.geometry import Location, Point
from ops_center.kernel.errors import Invalid

# RFC 7946 section 11.2: six decimals are about 10 cm; a seventh keeps surveyed cameras exact.
DECIMALS = 7
VERTICES_MAX = 20_000

Json = dict[str, object]
Area: TypeAlias = Polygon | MultiPolygon


def point_json(point: Point) -> Json:
    return {"type": "Point", "coordinates": _position(point)}


def line_json(points: Sequence[Point]) -> Json:
    return {"type": "LineString", "coordinates": [_position(p) for p in points]}


def area_json(area: Area) -> Json:
    return dict(mapping(area))


def location_json(location: Location) -> Json:
    """The place as the HTTP interface writes it: lon, lat, uncertainty_m, confidence."""
    return {
        "lon": round(location.point.lon, DECIMALS),
        "lat": round(location.point.lat, DECIMALS),
        "uncertainty_m": round(location.uncertainty_m, 1),
        "confidence": location.confidence,
    }


def feature(geometry: Json, properties: Mapping[str, object], identity: str | None = None) -> Json:
    body: Json = {"type": "Feature", "geometry": geometry, "properties": dict(properties)}
    return body if identity is None else {**body, "id": identity}


def feature_collection(features: Sequence[Json]) -> Json:
    return {"type": "FeatureCollection", "features": list(features)}


def point_from(value: object) -> Point:
    """A Point from a GeoJSON Point; Invalid says what is wrong with it."""
    coordinates = _geometry(value, "Point").get("coordinates")
    return _point(coordinates)


def line_from(value: object) -> list[Point]:
    """The points of a GeoJSON LineString."""
    coordinates = _geometry(value, "LineString").get("coordinates")
    if not isinstance(coordinates, list | tuple) or not 2 <= len(coordinates) <= VERTICES_MAX:
        raise Invalid(f"A LineString needs 2 to {VERTICES_MAX} positions.", field="coordinates")
    return [_point(position) for position in coordinates]


def area_from(value: object) -> Area:
    """A valid polygon or multipolygon from GeoJSON, checked position by position."""
    geometry = _geometry(value, "Polygon", "MultiPolygon")
    _check_positions(geometry.get("coordinates"))
    try:
        area = shape(geometry)
    except (ValueError, TypeError, IndexError, shapely.errors.ShapelyError) as wrong:
        raise Invalid("The polygon's rings cannot be read: close each ring.") from wrong
    if not isinstance(area, Polygon | MultiPolygon) or area.is_empty or not area.is_valid:
        reason = shapely.is_valid_reason(area)
        raise Invalid(f"The polygon is empty or crosses itself ({reason}): draw it again.")
    return area


def _position(point: Point) -> list[float]:
    return [round(point.lon, DECIMALS), round(point.lat, DECIMALS)]


def _geometry(value: object, *kinds: str) -> Mapping[str, object]:
    expected = " or ".join(kinds)
    if not isinstance(value, Mapping) or value.get("type") not in kinds:
        raise Invalid(f"Expected a GeoJSON {expected} geometry.", field="type")
    return value


def _point(position: object) -> Point:
    if not isinstance(position, list | tuple) or not 2 <= len(position) <= 3:
        raise Invalid("A GeoJSON position is [lon, lat].", field="coordinates")
    return Point(lon=position[0], lat=position[1])


def _check_positions(coordinates: object) -> None:
    pending: list[object] = [coordinates]
    seen = 0
    while pending:
        item = pending.pop()
        if not isinstance(item, list | tuple) or not item:
            raise Invalid("A polygon's coordinates are lists of rings.", field="coordinates")
        if isinstance(item[0], list | tuple):
            pending.extend(item)
            continue
        _point(item)
        seen += 1
        if seen > VERTICES_MAX:
            raise Invalid(f"A zone may have at most {VERTICES_MAX} points: simplify it.")
