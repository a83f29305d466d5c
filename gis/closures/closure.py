"""A closure: what was drawn, why, from when until when, and for whom it holds."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Any
from uuid import UUID

import numpy as np
import shapely
from shapely.geometry import mapping

from gis.geodesy import WGS84, local_metres, metres_per_degree
from gis.geojson import area_from, line_from, line_json, point_from, point_json
from gis.geometry import Point
from gis.routing.port import Barrier
from ops_center.kernel.clock import wire_time
from ops_center.kernel.errors import Invalid

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

REASON_MAX = 300
TIME_REACH = timedelta(days=3_660)
RADIUS_M = (1.0, 5_000.0)
LENGTH_MAX_M = 50_000.0
AREA_VERTICES_MAX = 2_000
# A drawn line is as wide as a street, and as a hand that draws on a map is unsure.
LINE_HALF_WIDTH_M = 12.0
DISC_POINTS = 48
LINE_KEPT = 2_000


class AppliesTo(StrEnum):
    """Whom a closure holds for: everybody, or everybody without lights and siren."""

    ALL = "all"
    CIVIL = "civil"


@dataclass(frozen=True, slots=True, kw_only=True)
class Closure:
    """`geometry` is GeoJSON in degrees: a LineString, a (Multi)Polygon, or a Point, which
    `radius_m` makes a disc. In force from `starts_at` until `until_at` (None: until lifted).
    """

    id: UUID
    version: int
    geometry: Mapping[str, Any]
    radius_m: float | None
    reason: str
    starts_at: datetime
    until_at: datetime | None
    applies_to: AppliesTo
    drawn_by: str
    drawn_at: datetime

    def __post_init__(self) -> None:
        check_reason(self.reason)
        check_geometry(self.geometry, self.radius_m)
        for name, instant in (("from", self.starts_at), ("until", self.until_at)):
            check_instant(name, instant, self.drawn_at)
        if self.until_at is not None and self.until_at <= self.starts_at:
            raise Invalid("`until` must come after `from`.", field="until")


def in_force(closure: Closure, now: datetime) -> bool:
    """Whether the closure holds at this instant."""
    return closure.starts_at <= now and not is_over(closure, now)


def is_over(closure: Closure, now: datetime) -> bool:
    """Whether its time has run out."""
    return closure.until_at is not None and closure.until_at <= now


def public_view(closure: Closure) -> dict[str, Any]:
    """The closure as screens and facts carry it."""
    return {
        "id": str(closure.id),
        "version": closure.version,
        "geometry": dict(closure.geometry),
        "radius_m": closure.radius_m,
        "reason": closure.reason,
        "from": wire_time(closure.starts_at),
        "until": None if closure.until_at is None else wire_time(closure.until_at),
        "applies_to": closure.applies_to.value,
        "drawn_by": closure.drawn_by,
        "drawn_at": wire_time(closure.drawn_at),
    }


def changed_fields(before: Closure, after: Closure) -> dict[str, Any]:
    """The public fields that differ, with their new values; version left out."""
    old, new = public_view(before), public_view(after)
    return {name: new[name] for name in new if name != "version" and new[name] != old[name]}


def clean_geometry(geometry: Mapping[str, Any]) -> dict[str, Any]:
    """The drawing with nothing but its kind and its lon, lat pairs. Raises Invalid."""
    if geometry.get("type") == "Point":
        return point_json(point_from(geometry))
    if geometry.get("type") == "LineString":
        return line_json(line_from(geometry))
    return geometry_json(shapely.force_2d(area_from(geometry)))


def middle_of(geometry: Mapping[str, Any]) -> Point:
    """The middle of the drawing. Raises Invalid when it cannot be read."""
    west, south, east, north = shapely.geometry.shape(clean_geometry(geometry)).bounds
    return Point(lon=(west + east) / 2, lat=(south + north) / 2)


def check_reason(reason: str) -> None:
    if not reason.strip() or len(reason) > REASON_MAX or not reason.isprintable():
        raise Invalid(
            f"Say in 1 to {REASON_MAX} characters why the road is closed.", field="reason"
        )


def check_instant(name: str, instant: datetime | None, near: datetime) -> None:
    if instant is not None and not near - TIME_REACH <= instant <= near + TIME_REACH:
        days = TIME_REACH.days
        raise Invalid(f"`{name}` lies more than {days} days from now: is it a typing mistake?")


def check_geometry(geometry: Mapping[str, Any], radius_m: float | None) -> None:
    """Raise Invalid unless routing can make something of the drawing."""
    kind = geometry.get("type")
    if kind == "Point":
        point_from(geometry)
        low, high = RADIUS_M
        if radius_m is None or not math.isfinite(radius_m) or not low <= radius_m <= high:
            raise Invalid(f"A Point needs radius_m of {low:.0f} to {high:.0f}.", field="radius_m")
        return
    if radius_m is not None:
        raise Invalid("radius_m belongs to a Point only.", field="radius_m")
    if kind == "LineString":
        _check_line(line_from(geometry))
    else:
        area = area_from(geometry)
        if shapely.get_num_coordinates(area) > AREA_VERTICES_MAX:
            raise Invalid(f"At most {AREA_VERTICES_MAX} corners: draw it more simply.")


def _check_line(points: list[Point]) -> None:
    if len(points) > LINE_KEPT:
        raise Invalid(f"At most {LINE_KEPT} points: draw it more simply.", field="geometry")
    length = WGS84.line_length([p.lon for p in points], [p.lat for p in points])
    if not 1.0 <= length <= LENGTH_MAX_M:
        raise Invalid(f"A line has 1 to {LENGTH_MAX_M:.0f} m.", field="geometry")


def barrier_of(closure: Closure) -> Barrier:
    """The closure as the routing engines need it."""
    geometry = closure.geometry
    along: BaseGeometry | None = None
    if geometry["type"] == "Point":
        area = _disc(point_from(geometry), closure.radius_m or RADIUS_M[0])
    elif geometry["type"] == "LineString":
        along = shapely.LineString([(p.lon, p.lat) for p in line_from(geometry)])
        area = _widened(along)
    else:
        area = area_from(geometry)
    return Barrier(
        id=closure.id, area=area, along=along, civil_only=closure.applies_to is AppliesTo.CIVIL
    )


def stored_shape(closure: Closure) -> BaseGeometry:
    """What was drawn, as shapely holds it."""
    return shapely.geometry.shape(closure.geometry)


def geometry_json(shape: BaseGeometry) -> dict[str, Any]:
    """A stored shape as GeoJSON with lists, as it goes over the wire."""
    said = mapping(shape)
    return {"type": said["type"], "coordinates": _lists(said["coordinates"])}


def _lists(nested: Any) -> Any:
    return [_lists(one) for one in nested] if isinstance(nested, list | tuple) else nested


def _disc(centre: Point, radius_m: float) -> BaseGeometry:
    bearings = np.linspace(0, 360, DISC_POINTS, endpoint=False)
    many = np.ones(DISC_POINTS)
    lons, lats, _ = WGS84.fwd(centre.lon * many, centre.lat * many, bearings, radius_m * many)
    return shapely.Polygon(np.column_stack((lons, lats)))


def _widened(line: shapely.LineString) -> BaseGeometry:
    """The line as an area as wide as a street, in degrees."""
    lon, lat = line.coords[0]
    origin = Point(lon=lon, lat=lat)
    plain = shapely.transform(line, lambda xy: local_metres(origin, lons=xy[:, 0], lats=xy[:, 1]))
    per_degree = np.array(metres_per_degree(lat))
    wide = plain.buffer(LINE_HALF_WIDTH_M, quad_segs=4, cap_style="flat")
    return shapely.transform(wide, lambda xy: np.array([lon, lat]) + xy / per_degree)
