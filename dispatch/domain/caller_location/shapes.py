"""The shapes of RFC 5491 and the circle around each: centroid and reach, on the ellipsoid.

Angles are degrees clockwise from north, lengths metres. The circle holds the whole shape, so what
was true of the shape with some confidence is true of the circle with at least the same.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from gis.geodesy import bearing_deg, destination, distance_m
from gis.geometry import Point
from ops_center.kernel.errors import Invalid

RADIUS_MAX_M = 1_000_000.0
FULL_TURN_DEG = 360.0
CORNERS_MIN = 3
TINY_M2 = 1e-3
RECENTRED = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """A circle: what every shape becomes. `radius_m` None: no reach was said (a bare point)."""

    centre: Point
    radius_m: float | None


def circle(centre: Point, radius_m: float) -> Round:
    """The circle itself, and the sphere seen from above."""
    return Round(centre=centre, radius_m=_length(radius_m, "radius"))


def ellipse(centre: Point, *, semi_major_m: float, semi_minor_m: float) -> Round:
    """The circle around an ellipse or ellipsoid: its longer half axis (RFC 7459 section 5.2)."""
    longer = max(_length(semi_major_m, "semiMajorAxis"), _length(semi_minor_m, "semiMinorAxis"))
    return Round(centre=centre, radius_m=longer)


def arc_band(
    centre: Point, *, inner_m: float, outer_m: float, start_deg: float, opening_deg: float
) -> Round:
    """The circle around a part of a ring, whose own centre may lie outside it.

    The centroid lies on the middle direction, at 2/3 (R³-r³)/(R²-r²) · sin(h)/h of the distance
    for half the opening h.
    """
    inner, outer = _length(inner_m, "innerRadius"), _length(outer_m, "outerRadius")
    if not inner < outer:
        raise Invalid("The outerRadius of an ArcBand must be longer than its innerRadius.")
    if not 0 < opening_deg <= FULL_TURN_DEG:
        raise Invalid("The openingAngle of an ArcBand lies above 0 and at most at 360 degrees.")
    half = math.radians(opening_deg / 2)
    out_m = 2 / 3 * (outer**3 - inner**3) / (outer**2 - inner**2) * math.sin(half) / half
    middle = (start_deg + opening_deg / 2) % FULL_TURN_DEG
    # The corners lie furthest: on each arc the distance grows with the angle from the middle.
    reach_m = max(
        math.sqrt(one**2 + out_m**2 - 2 * one * out_m * math.cos(half)) for one in (inner, outer)
    )
    return Round(centre=destination(centre, bearing_deg=middle, distance_m=out_m), radius_m=reach_m)


def polygon(corners: Sequence[Point]) -> Round:
    """The circle around a polygon and its centroid; the first corner may be repeated at the end."""
    ring = list(corners[:-1] if corners[0] == corners[-1] else corners)
    if len(set(ring)) < CORNERS_MIN:
        raise Invalid("A Polygon has at least three different corners and ends where it began.")
    centre = ring[0]
    # Flat around a point ever nearer to the middle: after three rounds within a centimetre.
    for _ in range(RECENTRED):
        east_m, north_m = _flat_centroid(_flat(centre, ring))
        centre = destination(
            centre,
            bearing_deg=math.degrees(math.atan2(east_m, north_m)),
            distance_m=math.hypot(east_m, north_m),
        )
    reach_m = max(distance_m(centre, corner) for corner in ring)
    return Round(centre=centre, radius_m=_length(reach_m, "Polygon"))


def _flat(origin: Point, ring: Sequence[Point]) -> list[tuple[float, float]]:
    """Metres east and north: true distance and direction from the origin."""
    flat = []
    for corner in ring:
        away_m, towards = distance_m(origin, corner), math.radians(bearing_deg(origin, corner))
        flat.append((away_m * math.sin(towards), away_m * math.cos(towards)))
    return flat


def _flat_centroid(ring: Sequence[tuple[float, float]]) -> tuple[float, float]:
    doubled, east, north = 0.0, 0.0, 0.0
    for (x1, y1), (x2, y2) in zip(ring, [*ring[1:], ring[0]], strict=True):
        cross = x1 * y2 - x2 * y1
        doubled += cross
        east += (x1 + x2) * cross
        north += (y1 + y2) * cross
    if abs(doubled) < TINY_M2:
        raise Invalid("The Polygon has no area: its corners lie on one line.")
    east, north = east / (3 * doubled), north / (3 * doubled)
    if math.hypot(east, north) > max(math.hypot(*corner) for corner in ring):
        raise Invalid("The Polygon crosses itself: list its corners in their order.")
    return east, north


def _length(value: float, name: str) -> float:
    if not 0 <= value <= RADIUS_MAX_M:
        raise Invalid(f"{name} must lie between 0 and {RADIUS_MAX_M:.0f} metres.")
    return value
