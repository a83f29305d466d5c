"""Small road networks for tests, and a plain search over them to compare with."""

from __future__ import annotations

import heapq
import math
from dataclasses import dataclass, field

import numpy as np

from gis.geodesy import destination, distance_m
from gis.geometry import Point
from gis.routing import EdgeArrays
from gis.routing.rules import (
    AGAINST_CLASSES,
    AGAINST_TOP_SPEED_MPS,
    MODE_OF,
    TOLLS,
    WALKING_MPS,
    Access,
    Mode,
    Obstacle,
)
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
    name: str = ""
    access: Access = Access.OPEN
    rough: bool = False
    drivable: bool = True
    walkable: bool = True
    way: int = 0


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
            way_ids=np.array([r.way or r.id for r in self.roads]),
            drivable=np.array([r.drivable for r in self.roads]),
            walkable=np.array([r.walkable for r in self.roads]),
            access=np.array([int(r.access) for r in self.roads]),
            rough=np.array([r.rough for r in self.roads]),
            name_of=np.arange(len(self.roads)),
            names=np.array([r.name for r in self.roads]),
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
    for forward in _ways(begin, profile):
        along = start[1] if forward else 1 - start[1]
        target = goal_fraction if forward else 1 - goal_fraction
        if begin.id == goal.id and target >= along:
            best = min(best, (target - along) * _seconds(town, begin, forward, profile))
        rest = (1 - along) * _seconds(town, begin, forward, profile)
        heapq.heappush(queue, (rest, begin.id, forward))
    done: set[Directed] = set()
    while queue:
        cost, road_id, forward = heapq.heappop(queue)
        if (road_id, forward) in done:
            continue
        done.add((road_id, forward))
        for following, onward, turn in _turns(town, town.road(road_id), forward, profile):
            if following.id == goal.id:
                part = goal_fraction if onward else 1 - goal_fraction
                last = part * _seconds(town, following, onward, profile)
                best = min(best, cost + turn + last)
            whole = cost + turn + _seconds(town, following, onward, profile)
            heapq.heappush(queue, (whole, following.id, onward))
    return best


def _ways(road: Road, profile: Profile) -> list[bool]:
    """With and against the line, as far as the profile may; blocks here are shorter than 150 m."""
    with_rule = {0: [True, False], 1: [True], -1: [False]}[road.direction]
    lifted = MODE_OF[profile] is Mode.CREW and road.road_class in AGAINST_CLASSES
    return [True, False] if lifted or MODE_OF[profile] is Mode.FOOT else with_rule


def _seconds(town: Town, road: Road, forward: bool, profile: Profile) -> float:
    length = distance_m(town.nodes[road.start], town.nodes[road.end])
    if MODE_OF[profile] is Mode.FOOT:
        return length / WALKING_MPS
    speed = speed_mps(road.road_class, None, profile)
    if road.direction == 0 or (road.direction == 1) == forward:
        return length / speed
    toll = TOLLS[profile][Obstacle.AGAINST_ONE_WAY]
    return length / min(speed / toll.slower, AGAINST_TOP_SPEED_MPS) + toll.seconds


def _turns(
    town: Town, road: Road, forward: bool, profile: Profile
) -> list[tuple[Road, bool, float]]:
    node = road.end if forward else road.start
    meeting = [r for r in town.roads if node in {r.start, r.end}]
    found = []
    for other in meeting:
        for onward in _ways(other, profile):
            if (other.start if onward else other.end) != node:
                continue
            banned = (road.id, node, other.id) in town.bans
            if banned and MODE_OF[profile] is Mode.CIVIL:
                continue
            cost = _turn_s(town, (road, forward), (other, onward), junction=len(meeting) > 2)
            cost *= DRIVING[profile].turn_factor
            if banned:
                cost += TOLLS[profile][Obstacle.TURN_BAN].seconds
            found.append((other, onward, cost))
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
