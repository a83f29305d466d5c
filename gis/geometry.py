"""Positions on the Earth: points, locations with uncertainty, and the extent of a city."""

from __future__ import annotations

import math
from dataclasses import dataclass

from ops_center.kernel.errors import Invalid

LON_LIMIT_DEG = 180.0
LAT_LIMIT_DEG = 90.0
UNCERTAINTY_MAX_M = 1_000_000.0
WHOLE_LIMIT = 10**9
CONFIDENCE_DEFAULT = 0.95


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """A position in EPSG:4326, degrees. Raises Invalid when it cannot be on the Earth."""

    lon: float
    lat: float

    def __post_init__(self) -> None:
        _finite_number("lon", self.lon)
        _finite_number("lat", self.lat)
        if LAT_LIMIT_DEG < abs(self.lat) <= LON_LIMIT_DEG and abs(self.lon) <= LAT_LIMIT_DEG:
            raise Invalid(
                f"lat must be between -90 and 90, got {self.lat}: lon and lat look swapped.",
                field="lat",
            )
        _within("lon", self.lon, LON_LIMIT_DEG)
        _within("lat", self.lat, LAT_LIMIT_DEG)


_WGS84 = "send degrees in WGS 84 (EPSG:4326), not metres"


def _finite_number(name: str, value: object) -> None:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise Invalid(f"{name} must be a number in degrees.", field=name)
    # Whole numbers of JSON have no end; those beyond this are no float.
    if isinstance(value, int) and abs(value) > WHOLE_LIMIT:
        raise Invalid(f"{name} is far too large a number.", field=name)
    if not math.isfinite(value):
        raise Invalid(f"{name} must be a finite number in degrees, not {value}.", field=name)


def _within(name: str, value: float, limit: float) -> None:
    if abs(value) > limit:
        raise Invalid(
            f"{name} must be between -{limit:.0f} and {limit:.0f}, got {value}: {_WGS84}.",
            field=name,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Location:
    """A point known within `uncertainty_m` metres (radius) with probability `confidence`."""

    point: Point
    uncertainty_m: float
    confidence: float = CONFIDENCE_DEFAULT

    def __post_init__(self) -> None:
        _finite_number("uncertainty_m", self.uncertainty_m)
        _finite_number("confidence", self.confidence)
        if not 0 <= self.uncertainty_m <= UNCERTAINTY_MAX_M:
            raise Invalid(
                f"uncertainty_m must be a radius between 0 and {UNCERTAINTY_MAX_M:.0f} metres.",
                field="uncertainty_m",
            )
        if not 0 < self.confidence <= 1:
            raise Invalid(
                "confidence must be a probability above 0 and at most 1 (0.95, not 95).",
                field="confidence",
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class Extent:
    """A box west, south, east, north in degrees; it never crosses the 180th meridian."""

    west: float
    south: float
    east: float
    north: float

    def __post_init__(self) -> None:
        Point(lon=self.west, lat=self.south)
        Point(lon=self.east, lat=self.north)
        if self.west > self.east or self.south > self.north:
            raise Invalid("An extent is west, south, east, north: west <= east, south <= north.")

    @property
    def centre(self) -> Point:
        return Point(lon=(self.west + self.east) / 2, lat=(self.south + self.north) / 2)

    def contains(self, point: Point, *, margin_deg: float = 0.0) -> bool:
        return (
            self.west - margin_deg <= point.lon <= self.east + margin_deg
            and self.south - margin_deg <= point.lat <= self.north + margin_deg
        )

    def enlarged(self, *, margin_deg: float) -> Extent:
        """The same box grown on each side, cut at the edges of the world."""
        return Extent(
            west=max(self.west - margin_deg, -LON_LIMIT_DEG),
            south=max(self.south - margin_deg, -LAT_LIMIT_DEG),
            east=min(self.east + margin_deg, LON_LIMIT_DEG),
            north=min(self.north + margin_deg, LAT_LIMIT_DEG),
        )


# About 100 km: neighbouring districts still belong to a city's work.
EXTENT_MARGIN_DEG = 1.0


def point_in(extent: Extent, *, lon: float, lat: float) -> Point:
    """The point, or Invalid saying how to mend it when it lies far from `extent`.

    Null island and swapped coordinates are the two mistakes gateways really make.
    """
    point = Point(lon=lon, lat=lat) if abs(lat) <= LAT_LIMIT_DEG else None
    if point is not None and extent.contains(point, margin_deg=EXTENT_MARGIN_DEG):
        return point
    if looks_swapped(extent, lon=lon, lat=lat):
        raise Invalid(
            "lon and lat look swapped: exchanged, they lie in the city. Send lon, then lat.",
            field="lon",
        )
    if point is None:
        point = Point(lon=lon, lat=lat)
    if lon == 0 and lat == 0:
        raise Invalid("0, 0 means a device without a fix: leave the location out.", field="lon")
    raise Invalid(
        f"{lon}, {lat} lies outside the area of this centre "
        f"({extent.west:.3f}, {extent.south:.3f} to {extent.east:.3f}, {extent.north:.3f}).",
        field="lon",
    )


def looks_swapped(extent: Extent, *, lon: float, lat: float) -> bool:
    """True when exchanging the two coordinates would bring the point into the city."""
    if not (math.isfinite(lon) and math.isfinite(lat)) or abs(lon) > LAT_LIMIT_DEG:
        return False
    if abs(lat) > LON_LIMIT_DEG:
        return False
    return extent.contains(Point(lon=lat, lat=lon), margin_deg=EXTENT_MARGIN_DEG)
