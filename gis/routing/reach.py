"""How far a vehicle gets in a given time: the area around the roads it can reach."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely
from scipy.ndimage import binary_closing, binary_dilation
from shapely.geometry import MultiPolygon, Polygon

from gis.geodesy import WGS84, metres_per_degree
from gis.travel import (
    OFF_ROAD_MPS,
    STRAIGHT_LINE_DETOUR,
    STRAIGHT_LINE_MPS,
    Profile,
)
from ops_center.kernel.errors import Invalid

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from shapely.geometry.base import BaseGeometry

    from gis.geodesy import FloatArray
    from gis.geometry import Point
    from gis.routing.edges import BoolArray, IntArray
    from gis.routing.network import Network
    from gis.routing.snapping import Snaps

REACH_MAX_S = 3_600.0
SQUARE_M = 20.0
SQUARES_ACROSS_MAX = 400
AROUND = np.ones((3, 3), bool)
# Gaps of a few blocks inside the area are filled.
GAP_M = 120.0
SMOOTH_SQUARES = 0.8
# A place this near a reached road may lie in the area: two squares and what gaps are filled.
BESIDE_MAX_M = SQUARE_M * 2 + GAP_M
CIRCLE_POINTS = 72


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """The area reached within `seconds`; `estimated` when no road was followed."""

    area: MultiPolygon
    seconds: float
    profile: Profile
    estimated: bool


@dataclass(frozen=True, slots=True)
class Timing:
    """When the start of each directed edge is reached, its length in time, and closed ones."""

    entered_s: FloatArray
    edge_s: FloatArray
    shut: IntArray


def check_seconds(seconds: float) -> None:
    if not 0 < seconds <= REACH_MAX_S:
        raise Invalid(f"Ask for more than 0 and at most {REACH_MAX_S / 60:.0f} minutes.",
                      field="minutes")  # fmt: skip


def circle(start: Point, *, seconds: float, profile: Profile) -> Reach:
    """What can be said without roads: a circle of the straight-line estimate."""
    radius = seconds * STRAIGHT_LINE_MPS / STRAIGHT_LINE_DETOUR
    bearings = np.linspace(0, 360, CIRCLE_POINTS, endpoint=False)
    count = len(bearings)
    lons, lats, _ = WGS84.fwd(
        np.full(count, start.lon), np.full(count, start.lat), bearings, np.full(count, radius)
    )
    outline = Polygon(np.column_stack((lons, lats)))
    area = MultiPolygon([outline])
    return Reach(area=area, seconds=seconds, profile=profile, estimated=True)


class Ground:
    """A network's roads cut into pieces short enough to colour the ground square by square."""

    def __init__(self, network: Network, by_direction: IntArray) -> None:
        self._network = network
        self._by_direction = by_direction
        edges, local = network.edges, network.local
        last = np.zeros(len(local), bool)
        last[edges.starts[1:] - 1] = True
        self._first = np.flatnonzero(~last)
        self._steps = np.linalg.norm(local[self._first + 1] - local[self._first], axis=1)
        self._owner = np.repeat(np.arange(len(edges.ids)), np.diff(edges.starts) - 1)
        self._whole = np.bincount(self._owner, self._steps, minlength=len(edges.ids))
        run = np.cumsum(self._steps) - self._steps
        begin = run[np.searchsorted(self._owner, np.arange(len(edges.ids)))]
        self._before = run - begin[self._owner]

    def areas(
        self, timing: Timing, *, start: Snaps, bands: Sequence[float], profile: Profile
    ) -> list[Reach]:
        """The ground reached within each band of seconds."""
        lost = float(start.off_road_m[0]) / OFF_ROAD_MPS
        points, seconds = self._reached(timing, start, max(bands) - lost)
        grid = grid_over(points, self._network.origin)
        areas = nested(
            {band: area_around(points[seconds <= band - lost], grid) for band in sorted(set(bands))}
        )
        return [
            Reach(area=areas[band], seconds=band, profile=profile, estimated=False)
            for band in bands
        ]

    def _reached(
        self, timing: Timing, start: Snaps, left_s: float
    ) -> tuple[FloatArray, FloatArray]:
        """Points a square apart or less on the roads reached, (k, 2), and when, (k,)."""
        entered, edge_s = np.append(timing.entered_s, np.inf), np.append(timing.edge_s, 0.0)
        entered[timing.shut] = np.inf
        reached = np.asarray((entered[self._by_direction] < left_s).any(axis=1))
        reached[int(start.edge[0])] = True
        pieces = np.flatnonzero(reached[self._owner])
        counts = np.ceil(self._steps[pieces] / SQUARE_M).astype(np.int64) + 1
        piece = np.repeat(pieces, counts)
        number = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
        share = number / np.repeat(np.maximum(counts - 1, 1), counts)
        first = self._first[piece]
        local = self._network.local
        points = local[first] + share[:, None] * (local[first + 1] - local[first])
        owner = self._owner[piece]
        along = (self._before[piece] + share * self._steps[piece]) / self._whole[owner]
        seconds = _arrival(entered, edge_s, self._by_direction[owner], along)
        own = np.flatnonzero(owner == start.edge[0])
        seconds[own] = np.minimum(seconds[own], self._begun(edge_s, start, along[own]))
        keep = seconds <= left_s
        return points[keep], seconds[keep]

    def _begun(self, edge_s: FloatArray, start: Snaps, along: FloatArray) -> FloatArray:
        """Seconds to places on the road the journey begins on, ahead of it each way."""
        here = float(start.fraction[0])
        with_line, against = self._by_direction[int(start.edge[0])]
        absent = self._network.directed_count
        ahead = np.where(along >= here, (along - here) * edge_s[with_line], np.inf)
        back = np.where(along <= here, (here - along) * edge_s[against], np.inf)
        ahead = np.full(len(along), np.inf) if with_line == absent else ahead
        back = np.full(len(along), np.inf) if against == absent else back
        return np.minimum(ahead, back)


def _arrival(
    entered: FloatArray, edge_s: FloatArray, directed: IntArray, along: FloatArray
) -> FloatArray:
    """The sooner of the two directions a place on an edge can be driven to from its ends."""
    with_line = entered[directed[:, 0]] + along * edge_s[directed[:, 0]]
    against = entered[directed[:, 1]] + (1 - along) * edge_s[directed[:, 1]]
    return np.minimum(with_line, against)


@dataclass(frozen=True, slots=True)
class Grid:
    """Squares of `side` metres from `corner` (local metres about `origin`), `across` (2,) many."""

    corner: FloatArray
    side: float
    across: tuple[int, int]
    origin: Point

    @property
    def gap(self) -> int:
        """How many squares wide the gaps are that are filled, on each side."""
        return max(round(GAP_M / self.side), 1)


def grid_over(points: FloatArray, origin: Point) -> Grid:
    """One grid for all bands, so that the ground of a shorter one lies in that of a longer."""
    if len(points) == 0:
        return Grid(np.zeros(2), SQUARE_M, (1, 1), origin)
    low, size = points.min(axis=0), np.ptp(points, axis=0)
    side = max(SQUARE_M, float(size.max()) / SQUARES_ACROSS_MAX)
    wide, high = (size // side).astype(np.int64).tolist()
    return Grid(low, side, (wide + 1, high + 1), origin)


def area_around(points: FloatArray, grid: Grid) -> MultiPolygon:
    """The ground beside points (k, 2) in local metres, in degrees, drawn in squares.

    A grid, because buffering thousands of streets that overlap takes half a minute.
    """
    if len(points) == 0:
        return MultiPolygon()
    margin = grid.gap + 2
    cells = ((points - grid.corner) // grid.side).astype(np.int64) + margin
    touched = np.zeros((grid.across[0] + 2 * margin, grid.across[1] + 2 * margin), bool)
    touched[cells[:, 0], cells[:, 1]] = True
    ground: BoolArray = binary_closing(
        binary_dilation(touched, AROUND), AROUND, iterations=grid.gap
    )
    squares = shapely.build_area(shapely.multilinestrings(_outline(ground)))
    squares = squares.simplify(SMOOTH_SQUARES)
    origin = grid.origin
    scale = grid.side / np.array(metres_per_degree(origin.lat))
    begin = np.array([origin.lon, origin.lat]) + (grid.corner / grid.side - margin) * scale
    return _polygons(shapely.transform(squares, lambda xy: begin + xy * scale))


def nested(areas: Mapping[float, MultiPolygon]) -> dict[float, MultiPolygon]:
    """Each area with the shorter ones in it: smoothing may have cut a corner they reach into."""
    found: dict[float, MultiPolygon] = {}
    so_far = MultiPolygon()
    for band in sorted(areas):
        so_far = _polygons(shapely.union(areas[band], so_far))
        found[band] = so_far
    return found


def _polygons(geometry: BaseGeometry) -> MultiPolygon:
    parts = shapely.get_parts(geometry)
    return MultiPolygon([part for part in parts if isinstance(part, Polygon)])


def _outline(ground: BoolArray) -> FloatArray:
    """The sides of squares between ground and no ground, shape (k, 2, 2), in squares."""
    filled = np.pad(ground, 1)
    x, y = np.nonzero(filled[1:, :] != filled[:-1, :])
    upright = np.stack((np.column_stack((x, y - 1)), np.column_stack((x, y))), axis=1)
    x, y = np.nonzero(filled[:, 1:] != filled[:, :-1])
    flat = np.stack((np.column_stack((x - 1, y)), np.column_stack((x, y))), axis=1)
    return np.concatenate((upright, flat)).astype(np.float64)
