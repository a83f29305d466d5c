"""Puts the ways of a numbered road in order and gives every point of it its kilometre."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components, dijkstra

from gis.geodesy import WGS84, distance_m
from gis.geometry import Point

if TYPE_CHECKING:
    from collections.abc import Sequence

    from shapely.geometry import LineString

    from gis.geodesy import FloatArray

MILESTONES, START = "milestones", "start"
# Ends of ways meet where their coordinates agree to a centimetre.
DECIMALS_DEG = 7
# Pieces shorter than this beside the main line are slip roads and map errors.
PIECE_MIN_M = 200.0
MILESTONE_WITHIN_M = 60.0
# Posts that disagree with the length of road between them by more than half are misread.
POSTS_STRETCH_MAX = 0.5


@dataclass(frozen=True, slots=True)
class RouteWay:
    """A way of a numbered road; `place` orders the ways of a relation, where there is one."""

    place: int | None
    line: LineString


@dataclass(frozen=True, slots=True)
class Post:
    km: float
    point: Point


@dataclass(frozen=True, slots=True)
class RoutePart:
    """A run of the road without a gap: n vertices and the kilometre of each."""

    lons: FloatArray
    lats: FloatArray
    km: FloatArray


@dataclass(frozen=True, slots=True)
class Measured:
    """The parts in the order of their kilometres; `measured_from` milestones or start."""

    parts: list[RoutePart]
    measured_from: str


def measured(ways: Sequence[RouteWay], posts: Sequence[Post], capital: Point) -> Measured:
    """The road with its kilometres, after the posts where two or more agree with it.

    Without posts it is counted from the start: the first way of the relation, else the end
    nearer to `capital`. Gaps of the map count as straight lines.
    """
    runs = _chained(_runs(ways), _start(ways, capital))
    if not runs:
        return Measured([], START)
    along = _along(runs)
    calibration = _calibration(runs, along, posts)
    if calibration is None:
        return Measured([_part(run, at / 1000) for run, at in zip(runs, along, strict=True)], START)
    return Measured(_calibrated(runs, along, calibration), MILESTONES)


def _start(ways: Sequence[RouteWay], capital: Point) -> Point:
    ordered = [way for way in ways if way.place is not None]
    if not ordered:
        return capital
    first = min(ordered, key=lambda way: way.place or 0)
    # Of the first way's two ends the one that no other way touches would be better, but either
    # lies nearer to the route's start than to its end.
    lon, lat = first.line.coords[0]
    return Point(lon=lon, lat=lat)


def _runs(ways: Sequence[RouteWay]) -> list[FloatArray]:
    """For each connected piece of the road its longest way through: one carriageway of two."""
    lines = [np.asarray(way.line.coords) for way in ways]
    ends = np.round(np.array([[line[0], line[-1]] for line in lines]), DECIMALS_DEG)
    nodes, numbered = np.unique(ends.reshape(-1, 2), axis=0, return_inverse=True)
    tails, heads = numbered.reshape(-1, 2).T
    lengths = np.array([WGS84.line_length(line[:, 0], line[:, 1]) for line in lines])
    kept = _shortest_each(tails, heads, lengths)
    if len(kept) == 0:
        return []
    tails, heads, lengths = tails[kept], heads[kept], lengths[kept]
    links = coo_array((lengths, (tails, heads)), shape=(len(nodes), len(nodes))).tocsr()
    _, labels = connected_components(links, directed=False)
    piece_m = np.bincount(labels[tails], lengths, minlength=int(labels.max()) + 1)
    return [
        _through(links, int(np.flatnonzero(labels == label)[0]), [lines[i] for i in kept],
                 (tails, heads))
        for label in np.flatnonzero(piece_m >= min(PIECE_MIN_M, piece_m.max())).tolist()
    ]  # fmt: skip


def _shortest_each(
    tails: NDArray[np.int64], heads: NDArray[np.int64], lengths: FloatArray
) -> NDArray[np.int64]:
    """Of several ways between the same two ends the shortest; loops back to one end are left."""
    best: dict[tuple[int, int], int] = {}
    for i in np.argsort(lengths).tolist():
        pair = (min(int(tails[i]), int(heads[i])), max(int(tails[i]), int(heads[i])))
        if pair[0] != pair[1]:
            best.setdefault(pair, i)
    return np.array(sorted(best.values()), np.int64)


def _through(
    links: coo_array,
    node: int,
    lines: list[FloatArray],
    ends: tuple[NDArray[np.int64], NDArray[np.int64]],
) -> FloatArray:
    """The vertices of the way between the two ends of a piece that lie farthest apart."""
    far = _farthest(links, node)[0]
    other, before = _farthest(links, far)
    path = [other]
    while path[-1] != far:
        path.append(int(before[path[-1]]))
    by_ends = {(int(a), int(b)): i for i, (a, b) in enumerate(zip(*ends, strict=True))}
    pieces = []
    for a, b in pairwise(path):
        forward = by_ends.get((a, b))
        pieces.append(lines[by_ends[b, a]][::-1] if forward is None else lines[forward])
    return np.concatenate([pieces[0][:1], *(piece[1:] for piece in pieces)])


def _farthest(links: coo_array, node: int) -> tuple[int, NDArray[np.int32]]:
    distances, before = dijkstra(links, directed=False, indices=node, return_predecessors=True)
    return int(np.argmax(np.where(np.isfinite(distances), distances, -1.0))), before


def _chained(runs: list[FloatArray], start: Point) -> list[FloatArray]:
    """The runs one after the other, each begun at the end nearest to where the last one ended."""
    left, chained, here = list(runs), [], start
    while left:
        gaps = [(_gap(here, run[end]), i, end) for i, run in enumerate(left) for end in (0, -1)]
        _, i, end = min(gaps)
        run = left.pop(i)
        chained.append(run if end == 0 else run[::-1])
        here = Point(lon=float(chained[-1][-1][0]), lat=float(chained[-1][-1][1]))
    return chained


def _gap(point: Point, vertex: FloatArray) -> float:
    return distance_m(point, Point(lon=float(vertex[0]), lat=float(vertex[1])))


def _along(runs: list[FloatArray]) -> list[FloatArray]:
    """Metres from the start at every vertex, gaps included."""
    found: list[FloatArray] = []
    passed = 0.0
    for i, run in enumerate(runs):
        if i > 0:
            last = Point(lon=float(runs[i - 1][-1][0]), lat=float(runs[i - 1][-1][1]))
            passed += _gap(last, run[0])
        _, _, lengths = WGS84.inv(run[:-1, 0], run[:-1, 1], run[1:, 0], run[1:, 1])
        found.append(passed + np.concatenate(([0.0], np.cumsum(lengths))))
        passed = float(found[-1][-1])
    return found


def _calibration(
    runs: list[FloatArray], along: list[FloatArray], posts: Sequence[Post]
) -> tuple[FloatArray, FloatArray] | None:
    """(metres along, km) of the posts that agree with the road and each other, in order."""
    seen = sorted({(at, post.km) for post in posts
                   if (at := _place_on(runs, along, post.point)) is not None})  # fmt: skip
    rising = _agreeing(seen)
    falling = _agreeing([(at, -km) for at, km in seen])
    best = rising if len(rising) >= len(falling) else [(at, -km) for at, km in falling]
    if len(best) < 2:
        return None
    return np.array([at for at, _ in best]), np.array([km for _, km in best])


def _agreeing(seen: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """The longest chain of posts whose kilometres grow about as fast as the road."""
    chains: list[list[tuple[float, float]]] = []
    for at, km in seen:
        before = [c for c in chains if _fits(at - c[-1][0], 1000 * (km - c[-1][1]))]
        chains.append([*max(before, key=len, default=[]), (at, km)])
    return max(chains, key=len, default=[])


def _fits(metres: float, stated_m: float) -> bool:
    return stated_m > 0 and abs(metres - stated_m) <= POSTS_STRETCH_MAX * stated_m


def _place_on(runs: list[FloatArray], along: list[FloatArray], point: Point) -> float | None:
    """Metres along the road at the vertex or segment nearest the point, None when it is far."""
    spot = shapely.Point(point.lon, point.lat)
    best: tuple[float, float] | None = None
    for run, at in zip(runs, along, strict=True):
        line = shapely.LineString(run)
        nearest = line.interpolate(line.project(spot))
        gap = distance_m(point, Point(lon=nearest.x, lat=nearest.y))
        if gap <= MILESTONE_WITHIN_M and (best is None or gap < best[0]):
            best = (gap, float(np.interp(line.project(spot), _degrees_along(run), at)))
    return None if best is None else best[1]


def _degrees_along(run: FloatArray) -> FloatArray:
    return np.concatenate(([0.0], np.cumsum(np.hypot(*np.diff(run, axis=0).T))))


def _calibrated(
    runs: list[FloatArray], along: list[FloatArray], calibration: tuple[FloatArray, FloatArray]
) -> list[RoutePart]:
    at_posts, km_posts = calibration
    sign = 1.0 if km_posts[-1] > km_posts[0] else -1.0
    parts = []
    for run, at in zip(runs, along, strict=True):
        # A vertex at every post, so that the kilometres bend there and nowhere else.
        inside = at_posts[(at_posts > at[0]) & (at_posts < at[-1])]
        every = np.unique(np.concatenate((at, inside)))
        dense = np.column_stack([np.interp(every, at, run[:, i]) for i in (0, 1)])
        km = np.interp(every, at_posts, km_posts)
        km += sign * np.minimum(every - at_posts[0], 0) / 1000
        km += sign * np.maximum(every - at_posts[-1], 0) / 1000
        parts.append(_part(dense, km))
    if sign < 0:
        parts = [RoutePart(p.lons[::-1], p.lats[::-1], p.km[::-1]) for p in reversed(parts)]
    return parts


def _part(run: FloatArray, km: FloatArray) -> RoutePart:
    return RoutePart(run[:, 0], run[:, 1], km)
