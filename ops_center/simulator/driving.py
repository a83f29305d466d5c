"""A vehicle on its route: where it is after so many seconds, and what its receiver reports."""

import bisect
import math
import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import accumulate, pairwise
from typing import Any, Final

from gis.geodesy import bearing_deg, destination, distance_m, metres_per_degree
from gis.geometry import Point
from ops_center.kernel.clock import wire_time

SPEED_MAX_MPS: Final = 33.0  # 120 km/h: nobody in the city drives faster, whatever a route says
SPEED_MIN_MPS: Final = 1.0
NOISE_SIGMA_M: Final = 3.0
ACCURACY_M: Final = (4.0, 14.0)
CORNER_TURN_DEG: Final = (35.0, 145.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """Where a vehicle is: metres per second along the road, degrees true (None when it stands)."""

    point: Point
    speed_mps: float
    heading_deg: float | None


class Journey:
    """A line driven at one mean speed; it begins at second 0 and ends after `duration_s`."""

    def __init__(self, line: Sequence[Point], *, speed_mps: float) -> None:
        assert line, "a journey has at least the point it begins at"
        self._line = tuple(line)
        self._speed_mps = min(max(speed_mps, SPEED_MIN_MPS), SPEED_MAX_MPS)
        legs = (float(distance_m(a, b)) for a, b in pairwise(self._line))
        self._reached_m = (0.0, *accumulate(legs))

    @property
    def length_m(self) -> float:
        return self._reached_m[-1]

    @property
    def duration_s(self) -> float:
        return self.length_m / self._speed_mps

    @property
    def end(self) -> Point:
        return self._line[-1]

    def at(self, elapsed_s: float) -> Position:
        """Return where the vehicle is `elapsed_s` seconds after it set out."""
        gone_m = elapsed_s * self._speed_mps
        if gone_m >= self.length_m or len(self._line) == 1:
            return Position(point=self.end, speed_mps=0.0, heading_deg=None)
        leg = max(bisect.bisect_right(self._reached_m, gone_m) - 1, 0)
        start, end = self._line[leg], self._line[leg + 1]
        heading = float(bearing_deg(start, end))
        over_m = gone_m - self._reached_m[leg]
        return Position(
            point=destination(start, bearing_deg=heading, distance_m=over_m),
            speed_mps=self._speed_mps,
            heading_deg=heading,
        )


def journey_of(route: dict[str, Any], *, to_the_door: bool) -> Journey:
    """Return the journey of an answer of GET /route.

    Without `to_the_door` it ends at the last point on the road: patrols do not park in houses.
    """
    line = [Point(lon=lon, lat=lat) for lon, lat, *_ in route["geometry"]["coordinates"]]
    speed = route["distance_m"] / max(route["duration_s"], 1.0)
    if not to_the_door and len(line) > 2:
        line.pop()
    return Journey(line, speed_mps=speed)


@dataclass(frozen=True, slots=True, kw_only=True)
class Corner:
    """A place where a route turns: it is a real crossing, seen along `heading_deg`."""

    point: Point
    heading_deg: float


def corners_of(route: dict[str, Any]) -> list[Corner]:
    """Return the crossings at which the route turns into another street."""
    line = [Point(lon=lon, lat=lat) for lon, lat, *_ in route["geometry"]["coordinates"]]
    inner = line[1:-1] if len(line) > 4 else []  # the ends may lie beside the road
    found = []
    for before, here, after in zip(inner, inner[1:], inner[2:], strict=False):
        onward = float(bearing_deg(here, after))
        turn = abs((onward - float(bearing_deg(before, here)) + 180) % 360 - 180)
        if CORNER_TURN_DEG[0] <= turn <= CORNER_TURN_DEG[1]:
            found.append(Corner(point=here, heading_deg=onward))
    return found


def scattered(point: Point, rng: random.Random, *, sigma_m: float) -> Point:
    """Return a point near `point`, normally distributed in both directions."""
    per_lon, per_lat = metres_per_degree(point.lat)
    return Point(
        lon=point.lon + rng.gauss(0, sigma_m) / per_lon,
        lat=point.lat + rng.gauss(0, sigma_m) / per_lat,
    )


def fix(position: Position, rng: random.Random, *, at: datetime) -> dict[str, Any]:
    """Return what a receiver at `position` reports, as POST /units/{id}/locations takes it."""
    seen = scattered(position.point, rng, sigma_m=NOISE_SIGMA_M)
    heading = position.heading_deg
    return {
        "lon": round(seen.lon, 6),
        "lat": round(seen.lat, 6),
        "occurred_at": wire_time(at),
        "accuracy_m": round(rng.uniform(*ACCURACY_M), 1),
        "speed_mps": round(max(position.speed_mps * rng.uniform(0.8, 1.15), 0.0), 1),
        "heading_deg": None if heading is None else round(math.fmod(heading + 360, 360), 1) % 360,
    }
