"""How far a vehicle gets in a given time: the area around the roads it can reach."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely
from scipy.ndimage import binary_closing, binary_dilation
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra
from shapely.geometry import MultiPolygon, Polygon, box

from gis.geodesy import WGS84, metres_per_degree
from gis.travel import (
    OFF_ROAD_MPS,
    STRAIGHT_LINE_DETOUR,
    STRAIGHT_LINE_MPS,
    Profile,
)
from ops_center.kernel.errors import Invalid

if TYPE_CHECKING:
    from gis.geodesy import FloatArray
    from gis.geometry import Point
    from gis.routing.network import BoolArray, Network
    from gis.routing.snapping import Snaps

REACH_MAX_S = 3_600.0
SQUARE_M = 40.0
SQUARES_ACROSS_MAX = 400
MARGIN_SQUARES = 5
AROUND = np.ones((3, 3), bool)
# Gaps of a few blocks inside the area are filled.
GAP_SQUARES = 3
SMOOTH_SQUARES = 0.8
# A place this near a reached road may lie in the area: two squares and what gaps are filled.
BESIDE_MAX_M = SQUARE_M * (2 + GAP_SQUARES)
CIRCLE_POINTS = 72


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """The area reached within `seconds`; `estimated` when no road was followed."""

    area: MultiPolygon
    seconds: float
    profile: Profile
    estimated: bool


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


def reached_lines(
    network: Network, turns: csr_array, edge_s: FloatArray, *, start: Snaps, seconds: float
) -> list[FloatArray]:
    """The parts of edges reached in time, each an array (k, 2) of local metres.

    `turns` has the cost of turning from a row's directed edge into a column's and driving it.
    """
    left = seconds - float(start.off_road_m[0]) / OFF_ROAD_MPS
    if left <= 0:
        return []
    begun = _begun(network, start)
    ends = _times_at_ends(turns, edge_s, begun, left)
    entered = ends - edge_s
    lines = []
    for directed in np.flatnonzero((entered < left) & np.isfinite(ends)).tolist():
        share = min((left - entered[directed]) / edge_s[directed], 1.0)
        lines.append(_part(network, directed, 0.0, share))
    for directed, along in begun.items():
        share = min(along + left / float(edge_s[directed]), 1.0)
        lines.append(_part(network, directed, along, share))
    return lines


def area_around(lines: list[FloatArray], origin: Point) -> MultiPolygon:
    """The ground beside the lines, in degrees, drawn in squares of some 40 m, gaps filled.

    A grid, because buffering thousands of streets that overlap takes half a minute.
    """
    if not lines:
        return MultiPolygon()
    points = np.concatenate([_sampled(line) for line in lines])
    corner = points.min(axis=0)
    side = max(SQUARE_M, float((points.max(axis=0) - corner).max()) / SQUARES_ACROSS_MAX)
    cells = ((points - corner) // side).astype(np.int64) + MARGIN_SQUARES
    ground = np.zeros(cells.max(axis=0) + 1 + MARGIN_SQUARES, bool)
    ground[cells[:, 0], cells[:, 1]] = True
    ground = binary_closing(binary_dilation(ground, AROUND), AROUND, iterations=GAP_SQUARES)
    squares = shapely.union_all(_rows(ground)).simplify(SMOOTH_SQUARES)
    per_degree = np.array(metres_per_degree(origin.lat))
    start = np.array([origin.lon, origin.lat]) + (corner - MARGIN_SQUARES * side) / per_degree
    parts = shapely.get_parts(shapely.transform(squares, lambda xy: start + xy * side / per_degree))
    return MultiPolygon([part for part in parts if isinstance(part, Polygon)])


def _sampled(line: FloatArray) -> FloatArray:
    """Points along a line no farther apart than half a square."""
    steps = np.linalg.norm(np.diff(line, axis=0), axis=1)
    along = np.concatenate(([0.0], np.cumsum(steps)))
    count = max(int(along[-1] / (SQUARE_M / 2)) + 1, 2)
    wanted = np.linspace(0, along[-1], count)
    return np.column_stack(
        (np.interp(wanted, along, line[:, 0]), np.interp(wanted, along, line[:, 1]))
    )


def _rows(ground: BoolArray) -> list[Polygon]:
    """One rectangle for each run of squares, in squares."""
    edges = np.diff(ground.astype(np.int8), axis=1, prepend=0, append=0)
    starts, stops = np.argwhere(edges == 1), np.argwhere(edges == -1)
    return [
        box(column, low, column + 1, high)
        for (column, low), (_, high) in zip(starts.tolist(), stops.tolist(), strict=True)
    ]


def _begun(network: Network, start: Snaps) -> dict[int, float]:
    """The directed copies of the edge the journey begins on, and how far along each."""
    copies = np.flatnonzero(network.edge == start.edge[0]).tolist()
    fraction = float(start.fraction[0])
    return {d: fraction if network.forward[d] else 1 - fraction for d in copies}


def _times_at_ends(
    turns: csr_array, edge_s: FloatArray, begun: dict[int, float], left: float
) -> FloatArray:
    """Seconds until the end of each directed edge entered from its start; inf beyond reach."""
    count = len(edge_s)
    whole = turns.tocsr()
    indices = np.concatenate((whole.indices, np.array(list(begun), whole.indices.dtype)))
    first = [(1 - along) * float(edge_s[d]) for d, along in begun.items()]
    indptr = whole.indptr.copy()
    indptr[-1] = len(indices)
    matrix = csr_array((np.concatenate((whole.data, first)), indices, indptr), shape=whole.shape)
    horizon = left + float(edge_s.max())
    ends = dijkstra(matrix, indices=count, limit=horizon)[:count]
    for directed in begun:
        # Reached only from where it began, not from its start.
        if ends[directed] < edge_s[directed]:
            ends[directed] = np.inf
    return np.asarray(ends)


def _part(network: Network, directed: int, start: float, stop: float) -> FloatArray:
    edge = int(network.edge[directed])
    span = slice(int(network.edges.starts[edge]), int(network.edges.starts[edge + 1]))
    local = network.local[span] if network.forward[directed] else network.local[span][::-1]
    steps = np.linalg.norm(np.diff(local, axis=0), axis=1)
    along = np.concatenate(([0.0], np.cumsum(steps))) / steps.sum()
    inner = along[(along > start) & (along < stop)]
    wanted = np.concatenate(([start], inner, [stop]))
    return np.column_stack(
        (np.interp(wanted, along, local[:, 0]), np.interp(wanted, along, local[:, 1]))
    )
