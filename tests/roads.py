"""Small road networks for tests, and a plain search over them to compare with."""

from __future__ import annotations

import heapq
import math
from dataclasses import dataclass, field

import numpy as np

from gis.geodesy import destination, distance_m
from gis.geometry import Point
from gis.routing import EdgeArrays
from gis.travel import (
    BACK_FROM_DEG,
    BACK_S,
    DRIVING,
    LEFT_S,
    RIGHT_S,
    STRAIGHT_S,
    TURN_FROM_DEG,
    Profile,
    speed_mps,
)

ORIGIN = Point(lon=-57.60, lat=-25.30)
BLOCK_M = 100.0


def at(east_m: float, north_m: float) -> Point:
    """The point so many metres east and north of the origin."""
    there = destination(ORIGIN, bearing_deg=90, distance_m=east_m)
    return destination(there, bearing_deg=0, distance_m=north_m)


@dataclass(frozen=True, slots=True)
class Road:
    """A straight edge between two numbered nodes."""

    id: int
    start: int
    end: int
    direction: int = 0
    road_class: str = "residential"


@dataclass(slots=True)
class Town:
    """Nodes with their places, roads between them, forbidden turns (edge, node, edge)."""

    nodes: dict[int, Point]
    roads: list[Road]
    bans: set[tuple[int, int, int]] = field(default_factory=set)

    def arrays(self) -> EdgeArrays:
        lines = [(self.nodes[r.start], self.nodes[r.end]) for r in self.roads]
        return EdgeArrays(
            ids=np.array([r.id for r in self.roads]),
            from_nodes=np.array([r.start for r in self.roads]),
            to_nodes=np.array([r.end for r in self.roads]),
            direction=np.array([r.direction for r in self.roads]),
            length_m=np.array([distance_m(a, b) for a, b in lines]),
            maxspeed_mps=np.full(len(self.roads), np.nan),
            classes=np.array([r.road_class for r in self.roads]),
            lons=np.array([p.lon for line in lines for p in line]),
            lats=np.array([p.lat for line in lines for p in line]),
            starts=np.arange(0, 2 * len(self.roads) + 1, 2),
            bans=np.array(sorted(self.bans), np.int64).reshape(-1, 3),
        )

    def on(self, road_id: int, fraction: float) -> Point:
        """The point at a fraction of a road's length from its start."""
        road = self.road(road_id)
        a, b = self.nodes[road.start], self.nodes[road.end]
        return Point(lon=a.lon + fraction * (b.lon - a.lon), lat=a.lat + fraction * (b.lat - a.lat))

    def road(self, road_id: int) -> Road:
        return next(road for road in self.roads if road.id == road_id)


def grid(columns: int, rows: int) -> Town:
    """A chessboard of two-way streets, 100 m a block; nodes numbered row by row from 1."""
    nodes = {
        1 + row * columns + column: at(column * BLOCK_M, row * BLOCK_M)
        for row in range(rows)
        for column in range(columns)
    }
    pairs = [(n, n + 1) for n in nodes if n % columns] + [
        (n, n + columns) for n in nodes if n + columns in nodes
    ]
    return Town(nodes, [Road(i, a, b) for i, (a, b) in enumerate(pairs, start=1)])


Directed = tuple[int, bool]


def plain_search(
    town: Town, start: tuple[int, float], end: tuple[int, float], profile: Profile
) -> float:
    """Seconds from one place on a road to another by Dijkstra over (road, direction); inf if none.

    Written for clarity, without arrays, to check the fast one.
    """
    goal, goal_fraction = town.road(end[0]), end[1]
    queue: list[tuple[float, int, bool]] = []
    best = math.inf
    begin = town.road(start[0])
    for forward in _ways(begin):
        along = start[1] if forward else 1 - start[1]
        target = goal_fraction if forward else 1 - goal_fraction
        if begin.id == goal.id and target >= along:
            best = min(best, (target - along) * _seconds(town, begin, profile))
        heapq.heappush(queue, ((1 - along) * _seconds(town, begin, profile), begin.id, forward))
    done: set[Directed] = set()
    while queue:
        cost, road_id, forward = heapq.heappop(queue)
        if (road_id, forward) in done:
            continue
        done.add((road_id, forward))
        for following, onward, turn in _turns(town, town.road(road_id), forward, profile):
            if following.id == goal.id:
                part = goal_fraction if onward else 1 - goal_fraction
                best = min(best, cost + turn + part * _seconds(town, following, profile))
            whole = cost + turn + _seconds(town, following, profile)
            heapq.heappush(queue, (whole, following.id, onward))
    return best


def _ways(road: Road) -> list[bool]:
    return [forward for forward, allowed in ((True, 0), (True, 1), (False, 0), (False, -1))
            if road.direction == allowed]  # fmt: skip


def _seconds(town: Town, road: Road, profile: Profile) -> float:
    length = distance_m(town.nodes[road.start], town.nodes[road.end])
    return length / speed_mps(road.road_class, None, profile)


def _turns(
    town: Town, road: Road, forward: bool, profile: Profile
) -> list[tuple[Road, bool, float]]:
    node = road.end if forward else road.start
    meeting = [r for r in town.roads if node in {r.start, r.end}]
    found = []
    for other in meeting:
        for onward in _ways(other):
            if (other.start if onward else other.end) != node:
                continue
            if (road.id, node, other.id) in town.bans:
                continue
            cost = _turn_s(town, (road, forward), (other, onward), junction=len(meeting) > 2)
            found.append((other, onward, cost * DRIVING[profile].turn_factor))
    return found


def _turn_s(
    town: Town, before: tuple[Road, bool], after: tuple[Road, bool], *, junction: bool
) -> float:
    if before[0].id == after[0].id:
        return BACK_S
    if not junction:
        return 0.0
    change = (_heading(town, *after) - _heading(town, *before) + 180) % 360 - 180
    if abs(change) > BACK_FROM_DEG:
        return BACK_S
    if change > TURN_FROM_DEG:
        return RIGHT_S
    return LEFT_S if change < -TURN_FROM_DEG else STRAIGHT_S


def _heading(town: Town, road: Road, forward: bool) -> float:
    a, b = town.nodes[road.start], town.nodes[road.end]
    if not forward:
        a, b = b, a
    east = (b.lon - a.lon) * math.cos(math.radians(ORIGIN.lat))
    return math.degrees(math.atan2(east, b.lat - a.lat))
