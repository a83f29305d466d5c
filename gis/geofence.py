"""Whether a location with uncertainty lies in an area: inside, outside or possibly."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, TypeAlias

import shapely
from shapely import affinity
from shapely.geometry import MultiPolygon, Polygon
from shapely.geometry import Point as PlanePoint

from gis.geodesy import metres_per_degree
from ops_center.kernel.errors import Invalid

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gis.geometry import Location, Point

Area: TypeAlias = Polygon | MultiPolygon
CIRCLE_SEGMENTS_PER_QUARTER = 16
# Larger outlines are cut to what lies near the circle before their shapes are laid over it.
CLIPPED_FROM_POINTS = 5_000


class Containment(StrEnum):
    INSIDE = "inside"
    POSSIBLE = "possible"
    OUTSIDE = "outside"


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """How far a location lies in an area: `share` of its uncertainty circle, 0 to 1."""

    containment: Containment
    share: float


def area_of(rings: Iterable[Iterable[Point]]) -> Polygon:
    """A polygon from an outer ring and holes; Invalid if the rings do not make one."""
    outlines = [[(p.lon, p.lat) for p in ring] for ring in rings]
    if not outlines or any(len(set(outline)) < 3 for outline in outlines):
        raise Invalid("A zone needs an outline of at least three different points.")
    polygon = Polygon(outlines[0], outlines[1:])
    if not polygon.is_valid or polygon.is_empty:
        reason = shapely.is_valid_reason(polygon)
        raise Invalid(f"The outline crosses itself or is empty ({reason}): draw it again.")
    return polygon


def contains(area: Area, point: Point) -> bool:
    """True when the point lies in the area or on its edge."""
    return bool(shapely.intersects_xy(area, point.lon, point.lat))


def coverage(area: Area, location: Location) -> Coverage:
    """How certainly the location lies in the area (degrees, EPSG:4326)."""
    if location.uncertainty_m == 0:
        inside = contains(area, location.point)
        kind = Containment.INSIDE if inside else Containment.OUTSIDE
        return Coverage(containment=kind, share=float(inside))
    return coverage_of_circle(area, circle_of(location))


def circle_of(location: Location) -> Polygon:
    """The location's circle of uncertainty as a polygon in degrees; it must not be exact.

    Going from metres to degrees keeps what contains what, and the shares of areas.
    """
    per_lon, per_lat = metres_per_degree(location.point.lat)
    circle = PlanePoint(0, 0).buffer(location.uncertainty_m, CIRCLE_SEGMENTS_PER_QUARTER)
    moved: Polygon = affinity.affine_transform(
        circle, [1 / per_lon, 0, 0, 1 / per_lat, location.point.lon, location.point.lat]
    )
    return moved


def coverage_of_circle(area: Area, circle: Polygon) -> Coverage:
    """The same for a circle in degrees; a prepared area answers much sooner."""
    if area.contains(circle):
        return Coverage(containment=Containment.INSIDE, share=1.0)
    if not area.intersects(circle):
        return Coverage(containment=Containment.OUTSIDE, share=0.0)
    near = area
    if shapely.get_num_coordinates(area) > CLIPPED_FROM_POINTS:
        near = shapely.make_valid(shapely.clip_by_rect(area, *circle.bounds))
    share = float(near.intersection(circle).area / circle.area)
    return Coverage(containment=Containment.POSSIBLE, share=min(share, 1.0))


def distance_to_edge_m(area: Area, point: Point) -> float:
    """Metres from the point to the nearest edge of the area, on either side of it."""
    return float(_in_metres(area, point).boundary.distance(PlanePoint(0, 0)))


def _in_metres(area: Area, origin: Point) -> Area:
    per_lon, per_lat = metres_per_degree(origin.lat)
    moved = affinity.translate(area, -origin.lon, -origin.lat)
    scaled: Area = affinity.scale(moved, per_lon, per_lat, origin=(0, 0))
    return scaled
