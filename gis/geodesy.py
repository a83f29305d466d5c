"""Distances, bearings and uncertainty on the WGS 84 ellipsoid."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from pyproj import Geod

from gis.geometry import CONFIDENCE_DEFAULT, LAT_LIMIT_DEG, LON_LIMIT_DEG, Extent, Location, Point
from ops_center.kernel.errors import Invalid
from ops_center.kernel.measure import Degrees, Metres

if TYPE_CHECKING:
    from collections.abc import Sequence

WGS84 = Geod(ellps="WGS84")
FULL_TURN_DEG = 360.0
MIN_COS_LAT = 1e-6
METRES_PER_DEGREE_LON_AT_EQUATOR = 111_320.0

FloatArray = NDArray[np.float64]


def distance_m(start: Point, end: Point) -> Metres:
    """Length of the shortest line over the ellipsoid, metres."""
    _, _, metres = WGS84.inv(start.lon, start.lat, end.lon, end.lat)
    return Metres(float(metres))


def distances_m(start: Point, *, lons: FloatArray, lats: FloatArray) -> FloatArray:
    """Geodesic metres from one point to each of n points; lons and lats have shape (n,)."""
    count = len(lons)
    if count == 0:
        return np.zeros(0)
    _, _, metres = WGS84.inv(np.full(count, start.lon), np.full(count, start.lat), lons, lats)
    return np.asarray(metres, dtype=np.float64)


def line_length_m(points: Sequence[Point]) -> Metres:
    """Geodesic length of a line of points, metres; 0 for fewer than two."""
    if len(points) < 2:
        return Metres(0.0)
    length = WGS84.line_length([p.lon for p in points], [p.lat for p in points])
    return Metres(float(length))


def bearing_deg(start: Point, end: Point) -> Degrees:
    """Direction in which the shortest line leaves `start`, degrees true in [0, 360)."""
    azimuth, _, _ = WGS84.inv(start.lon, start.lat, end.lon, end.lat)
    return Degrees(float(azimuth) % FULL_TURN_DEG)


def destination(start: Point, *, bearing_deg: float, distance_m: float) -> Point:
    """The point reached from `start` going `distance_m` metres towards `bearing_deg` true."""
    lon, lat, _ = WGS84.fwd(start.lon, start.lat, bearing_deg, distance_m)
    return Point(lon=float(lon), lat=float(lat))


def midpoint(start: Point, end: Point) -> Point:
    """The point halfway along the shortest line between two points."""
    return destination(
        start,
        bearing_deg=bearing_deg(start, end),
        distance_m=distance_m(start, end) / 2,
    )


def at_confidence(location: Location, confidence: float = CONFIDENCE_DEFAULT) -> Location:
    """The same location with its radius restated for another confidence.

    Assumes a circular normal error, as RFC 7459 section 3.1 does for points:
    r(p) = sigma * sqrt(-2 ln(1 - p)).
    """
    if not 0 < confidence < 1:
        raise Invalid("confidence must lie between 0 and 1, both excluded, to be restated.")
    # A source that claims certainty cannot be scaled: its radius is a hard bound.
    if location.confidence >= 1:
        return Location(
            point=location.point, uncertainty_m=location.uncertainty_m, confidence=confidence
        )
    scale = math.sqrt(math.log1p(-confidence) / math.log1p(-location.confidence))
    return Location(
        point=location.point,
        uncertainty_m=location.uncertainty_m * scale,
        confidence=confidence,
    )


def around(point: Point, *, radius_m: float) -> Extent:
    """The smallest box of meridians and parallels holding the circle, cut at the world's edge."""
    north = WGS84.fwd(point.lon, point.lat, 0.0, radius_m)[1]
    south = WGS84.fwd(point.lon, point.lat, 180.0, radius_m)[1]
    shrink = max(math.cos(math.radians(max(abs(north), abs(south)))), MIN_COS_LAT)
    half_width = radius_m / (METRES_PER_DEGREE_LON_AT_EQUATOR * shrink)
    return Extent(
        west=max(point.lon - half_width, -LON_LIMIT_DEG),
        south=max(float(south), -LAT_LIMIT_DEG),
        east=min(point.lon + half_width, LON_LIMIT_DEG),
        north=min(float(north), LAT_LIMIT_DEG),
    )


def local_metres(origin: Point, *, lons: FloatArray, lats: FloatArray) -> FloatArray:
    """Plane coordinates in metres east and north of `origin`, shape (n, 2).

    Good to 0.5 % within 50 km: for choosing the nearest thing, not for reporting distances.
    """
    per_degree_lon, per_degree_lat = metres_per_degree(origin.lat)
    return np.column_stack(
        ((lons - origin.lon) * per_degree_lon, (lats - origin.lat) * per_degree_lat)
    )


def metres_per_degree(lat: float) -> tuple[float, float]:
    """Metres in one degree of longitude and of latitude at `lat` on the ellipsoid."""
    a, e2 = WGS84.a, WGS84.es
    sin2 = math.sin(math.radians(lat)) ** 2
    prime_vertical = a / math.sqrt(1 - e2 * sin2)
    meridian = a * (1 - e2) / (1 - e2 * sin2) ** 1.5
    per_lon = math.radians(1) * prime_vertical * max(math.cos(math.radians(lat)), MIN_COS_LAT)
    return per_lon, math.radians(1) * meridian
