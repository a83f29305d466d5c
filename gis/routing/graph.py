"""Shortest journeys over the road network, turn by turn, from many places to one."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from math import inf
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from gis.geometry import Point
from gis.routing.network import build_network
from gis.routing.reach import Reach, area_around, circle, reached_lines
from gis.routing.snapping import Snapper
from gis.travel import (
    DRIVING,
    OFF_ROAD_MPS,
    Profile,
    Reason,
    Route,
    TravelTime,
    speed_mps,
    straight_line,
    unreachable,
)
from ops_center.kernel.measure import Metres, Seconds

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gis.geodesy import FloatArray
    from gis.routing.network import BoolArray, EdgeArrays, IntArray, Network
    from gis.routing.snapping import Snaps

# Most fleets are reached within this; only when some are not is the whole network searched.
NEAR_HORIZON_S = 900.0
ROUTE_STEPS_MAX = 100_000
UNSEEN = -9999


@dataclass(frozen=True, slots=True)
class _Weights:
    """Seconds on each directed edge, and the reversed matrix of turning into it and driving it.

    The matrix has room for one more state, the target: its row is filled for each search.
    """

    edge_s: FloatArray
    reversed_turns: csr_array


@dataclass(frozen=True, slots=True)
class _Search:
    """Cost from the END of each directed edge to the target, and the next edge on the way."""

    to_go_s: FloatArray
    following: IntArray
    target: int
    last: dict[int, int]


@dataclass(frozen=True, slots=True)
class _Begun:
    """For each start: seconds on the road, first directed edge, and whether it is also the last."""

    seconds: FloatArray
    first: IntArray
    direct: BoolArray


class RoadGraph:
    """Travel times and routes on one city's roads; immutable, safe to share between threads."""

    def __init__(self, edges: EdgeArrays) -> None:
        self.network: Network = build_network(edges)
        self._snapper = Snapper(self.network)
        self._length = edges.length_m[self.network.edge]
        self._by_direction = _directed_of(self.network)
        self._weights = lru_cache(maxsize=len(Profile))(self._make_weights)

    def travel_times(
        self, *, to: Point, origins: Sequence[Point], profile: Profile
    ) -> list[TravelTime]:
        """Seconds and metres by road from each origin to one place, in the order given."""
        if not origins:
            return []
        weights = self._weights(profile)
        target, starts = self._snapper.end(to), self._snapper.starts(origins)
        if target.edge[0] < 0:
            return [straight_line(o, to, reason=Reason.NO_ROAD_NEAR) for o in origins]
        search, begun = self._search(weights, target, starts)
        metres = self._metres(search, begun, target, starts)
        off_road = starts.off_road_m + target.off_road_m[0]
        cut_off = starts.cut_off | target.cut_off[0]
        seconds = begun.seconds + off_road / OFF_ROAD_MPS
        answers = zip(
            origins,
            seconds.tolist(),
            (metres + off_road).tolist(),
            (starts.edge >= 0).tolist(),
            cut_off.tolist(),
            strict=True,
        )
        return [
            _travel(s, m, cut_off=hidden)
            if on_road
            else straight_line(origin, to, reason=Reason.NO_ROAD_NEAR)
            for origin, s, m, on_road, hidden in answers
        ]

    def route(self, *, start: Point, end: Point, profile: Profile) -> Route:
        """The quickest journey with its line; its travel equals `travel_times` for the pair."""
        travel = self.travel_times(to=end, origins=[start], profile=profile)[0]
        if travel.estimated:
            return Route(travel=travel, line=(start, end), profile=profile)
        if not travel.reachable:
            return Route(travel=travel, line=(), profile=profile)
        weights = self._weights(profile)
        target, starts = self._snapper.end(end), self._snapper.starts([start])
        search, begun = self._search(weights, target, starts)
        legs = self._legs(search, int(begun.first[0]), direct=bool(begun.direct[0]))
        line = self._line(legs, float(starts.fraction[0]), float(target.fraction[0]))
        return Route(travel=travel, line=_without_repeats([start, *line, end]), profile=profile)

    def reach(self, *, start: Point, seconds: float, profile: Profile) -> Reach:
        """The area a vehicle can get to in time, setting out now from `start`."""
        snap = self._snapper.starts([start])
        if snap.edge[0] < 0:
            return circle(start, seconds=seconds, profile=profile)
        weights = self._weights(profile)
        onward = weights.reversed_turns.T.tocsr()
        lines = reached_lines(self.network, onward, weights.edge_s, start=snap, seconds=seconds)
        area = area_around(lines, self.network.origin)
        return Reach(area=area, seconds=seconds, profile=profile, estimated=False)

    def snapped(self, point: Point) -> Point | None:
        """The nearest place on a road that can be driven, or None when none is near."""
        snap = self._snapper.end(point)
        if snap.edge[0] < 0:
            return None
        return Point(lon=float(snap.lons[0]), lat=float(snap.lats[0]))

    def _make_weights(self, profile: Profile) -> _Weights:
        network, driving = self.network, DRIVING[profile]
        kinds, kind_of = np.unique(network.edges.classes, return_inverse=True)
        speed = np.array([speed_mps(str(kind), None, profile) for kind in kinds])[kind_of]
        limits = network.edges.maxspeed_mps
        for i in np.flatnonzero(~np.isnan(limits)):
            speed[i] = speed_mps(str(network.edges.classes[i]), float(limits[i]), profile)
        edge_s = self._length / speed[network.edge]
        cost = network.turn_s * driving.turn_factor + edge_s[network.turn_to]
        size = network.directed_count + 1
        matrix = csr_array((cost, (network.turn_to, network.turn_from)), shape=(size, size))
        return _Weights(edge_s, matrix)

    def _search(self, weights: _Weights, target: Snaps, starts: Snaps) -> tuple[_Search, _Begun]:
        """A near search first; the whole network only for starts it could not settle."""
        matrix, last = self._with_target(weights, target)
        search = self._dijkstra(matrix, last, NEAR_HORIZON_S)
        begun = self._best_starts(weights, search, target, starts)
        if (begun.seconds[starts.edge >= 0] > NEAR_HORIZON_S).any():
            search = self._dijkstra(matrix, last, np.inf)
            begun = self._best_starts(weights, search, target, starts)
        return search, begun

    def _dijkstra(self, matrix: csr_array, last: dict[int, int], horizon_s: float) -> _Search:
        target = self.network.directed_count
        distances, following = dijkstra(
            matrix, indices=target, limit=horizon_s, return_predecessors=True
        )
        # The extra state at the end also stands for "no such direction" in lookups.
        distances[target] = np.inf
        return _Search(distances, following, target, last)

    def _with_target(self, weights: _Weights, target: Snaps) -> tuple[csr_array, dict[int, int]]:
        """The matrix with the target's row: from its edge's predecessors to its fraction."""
        whole = weights.reversed_turns
        entries: dict[int, tuple[float, int]] = {}
        for directed in self._variants(int(target.edge[0])):
            part = self._along(directed, float(target.fraction[0]))
            start, stop = whole.indptr[directed], whole.indptr[directed + 1]
            for before, cost in zip(
                whole.indices[start:stop].tolist(), whole.data[start:stop].tolist(), strict=True
            ):
                to_target = max(cost - (1 - part) * float(weights.edge_s[directed]), 0.0)
                if before not in entries or to_target < entries[before][0]:
                    entries[before] = (to_target, directed)
        indices = np.concatenate((whole.indices, np.array(list(entries), whole.indices.dtype)))
        costs = np.array([cost for cost, _ in entries.values()], whole.data.dtype)
        data = np.concatenate((whole.data, costs))
        indptr = whole.indptr.copy()
        indptr[-1] = len(indices)
        matrix = csr_array((data, indices, indptr), shape=whole.shape)
        return matrix, {before: directed for before, (_, directed) in entries.items()}

    def _best_starts(
        self, weights: _Weights, search: _Search, target: Snaps, starts: Snaps
    ) -> _Begun:
        """For each start, whichever direction of its edge gets there sooner."""
        variants = self._by_direction[np.maximum(starts.edge, 0)]
        edge_s = np.append(weights.edge_s, 0.0)[variants]
        to_end = np.column_stack((1 - starts.fraction, starts.fraction))
        around = to_end * edge_s + search.to_go_s[variants]
        goal = float(target.fraction[0])
        ahead = np.column_stack((goal - starts.fraction, starts.fraction - goal))
        same = (starts.edge == target.edge[0])[:, None] & (ahead >= 0)
        same &= variants != self.network.directed_count
        options = np.column_stack((around, np.where(same, ahead * edge_s, np.inf)))
        choice = np.argmin(options, axis=1)
        rows = np.arange(len(choice))
        return _Begun(options[rows, choice], variants[rows, choice % 2], choice >= 2)

    def _metres(
        self,
        search: _Search,
        begun: _Begun,
        target: Snaps,
        starts: Snaps,
    ) -> FloatArray:
        """Length driven, following all journeys at once, one edge at a time."""
        first, direct = begun.first, begun.direct
        goal = float(target.fraction[0])
        length = np.append(self._length, 0.0)
        forward = np.append(self.network.forward, True)
        left = np.where(forward[first], 1 - starts.fraction, starts.fraction) * length[first]
        between = np.abs(starts.fraction - goal) * length[first]
        metres = np.where(direct, between, left)
        current = np.where(direct, UNSEEN, first)
        final = np.full(search.target + 1, search.target)
        final[list(search.last)] = list(search.last.values())
        ending = np.append(np.where(self.network.forward, goal, 1 - goal), 0.0) * length
        while (going := np.flatnonzero(current >= 0)).size:
            here = current[going]
            after = search.following[here]
            at_end = after == search.target
            metres[going] += np.where(at_end, ending[final[here]], length[np.maximum(after, 0)])
            current[going] = np.where(at_end, UNSEEN, after)
        return np.asarray(metres)

    def _legs(self, search: _Search, first: int, *, direct: bool) -> list[int]:
        """The directed edges driven, the first and the last only in part."""
        legs = [first]
        while not direct and len(legs) < ROUTE_STEPS_MAX:
            after = int(search.following[legs[-1]])
            if after == search.target:
                legs.append(search.last[legs[-1]])
                break
            legs.append(after)
        return legs

    def _line(self, legs: list[int], begin: float, end: float) -> list[Point]:
        points: list[Point] = []
        for position, directed in enumerate(legs):
            start = self._along(directed, begin) if position == 0 else 0.0
            stop = self._along(directed, end) if position == len(legs) - 1 else 1.0
            points.extend(self._cut(directed, start, stop))
        return points

    def _cut(self, directed: int, start: float, stop: float) -> list[Point]:
        """The vertices of a directed edge between two fractions of its length."""
        edges, edge = self.network.edges, int(self.network.edge[directed])
        span = slice(int(edges.starts[edge]), int(edges.starts[edge + 1]))
        lons, lats, local = edges.lons[span], edges.lats[span], self.network.local[span]
        if not self.network.forward[directed]:
            lons, lats, local = lons[::-1], lats[::-1], local[::-1]
        steps = np.linalg.norm(np.diff(local, axis=0), axis=1)
        along = np.concatenate(([0.0], np.cumsum(steps))) / steps.sum()
        inner = along[(along > start) & (along < stop)]
        wanted = np.concatenate(([start], inner, [stop]))
        return [
            Point(lon=float(lon), lat=float(lat))
            for lon, lat in zip(
                np.interp(wanted, along, lons), np.interp(wanted, along, lats), strict=True
            )
        ]

    def _variants(self, edge: int) -> list[int]:
        absent = self.network.directed_count
        return [int(d) for d in self._by_direction[edge] if d != absent]

    def _along(self, directed: int, fraction: float) -> float:
        """A fraction of the edge's line as a fraction in the direction of travel."""
        return fraction if self.network.forward[directed] else 1 - fraction


def _directed_of(network: Network) -> IntArray:
    """Shape (n, 2): each edge's directed copies with and against its line; m where absent."""
    found = np.full((len(network.edges.ids), 2), network.directed_count)
    found[network.edge, np.where(network.forward, 0, 1)] = np.arange(network.directed_count)
    return found


def _travel(seconds: float, metres: float, *, cut_off: bool) -> TravelTime:
    if seconds == inf:
        return unreachable(Reason.NOT_CONNECTED)
    return TravelTime(
        seconds=Seconds(seconds),
        metres=Metres(metres),
        reason=Reason.NEAREST_ROAD_CUT_OFF if cut_off else None,
    )


def _without_repeats(points: list[Point]) -> tuple[Point, ...]:
    kept = [p for i, p in enumerate(points) if i == 0 or p != points[i - 1]]
    return tuple(kept) if len(kept) > 1 else (points[0], points[-1])
