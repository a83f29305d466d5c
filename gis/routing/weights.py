"""What each directed edge costs one profile at one time, and shortest journeys over it.

The arrays are made once and edited in place: closing a road writes `inf` into its rows, and every
search borrows one spare row, so that nothing the size of the city is copied for a question.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from gis.routing.rules import (
    AGAINST_TOP_SPEED_MPS,
    FREE,
    MODE_OF,
    STEPS_MPS,
    TOLLS,
    WALKING_MPS,
    Mode,
    Obstacle,
    edge_tolls,
)
from gis.travel import DRIVING, Profile, speed_mps

if TYPE_CHECKING:
    from gis.geodesy import FloatArray
    from gis.routing.edges import EdgeArrays, IntArray
    from gis.routing.network import Network

Int32Array = NDArray[np.int32]
# More arcs than this never leave or enter the two directed copies of one edge.
SPARE_ARCS = 256
# A journey longer than this is no journey; it also keeps closed roads (inf) out of every search.
HORIZON_MAX_S = 1e7
# A road that is closed, driven all the same because it cannot be avoided: past a barrier, slowly.
CLOSED_SLOWER = 4.0
CLOSED_S = 120.0
UNSIGNED = -1.0


@dataclass(frozen=True, slots=True)
class Hub:
    """The one place of a search: cost to it through each neighbour, and by which edge."""

    costs: dict[int, float]
    through: dict[int, int]


@dataclass(frozen=True, slots=True)
class Found:
    """Cost between each directed edge and the hub, the next edge on the way, `hub` ends it."""

    seconds: FloatArray
    following: Int32Array
    hub: int


class Frame:
    """The joints of a network as compressed rows, shared by all weights: row = edge driven.

    `onward` False: from an edge to those that lead into it, for searches towards one place;
    True: to those it leads into, for searches away from one place.
    """

    def __init__(self, network: Network, *, onward: bool) -> None:
        row, column = network.turn_to, network.turn_from
        if onward:
            row, column = column, row
        order = np.argsort(row, kind="stable")
        count = network.directed_count
        arcs = len(order)
        self.turns = order.astype(np.int32)
        self.rows = row[order].astype(np.int32)
        self.indices = np.zeros(arcs + SPARE_ARCS, np.int32)
        self.indices[:arcs] = column[order]
        self.indptr = np.zeros(count + 2, np.int32)
        np.cumsum(np.bincount(row, minlength=count), out=self.indptr[1 : count + 1])
        self.indptr[count + 1] = arcs
        self.arcs = arcs
        self.hub = count


class Weights:
    """Seconds on each directed edge, with or against the search, and what is closed now."""

    def __init__(self, frame: Frame, edge_s: FloatArray, turn_s: FloatArray) -> None:
        self.edge_s = edge_s
        self._frame = frame
        self._open = turn_s[frame.turns] + edge_s[frame.rows]
        self._data = np.append(self._open, np.zeros(SPARE_ARCS))
        self.closed: IntArray = np.zeros(0, np.int64)

    def close(self, directed: IntArray) -> None:
        """Exactly these directed edges cannot be driven from end to end any more."""
        self._write(np.setdiff1d(self.closed, directed), closed=False)
        self._write(np.setdiff1d(directed, self.closed), closed=True)
        self.closed = directed

    def search(self, hub: Hub, *, within_s: float, softly: bool = False) -> Found:
        """Shortest journeys between all edges and the hub; `softly` drives closed roads too."""
        if softly:
            self._soften()
        try:
            return self._search(hub, min(within_s, HORIZON_MAX_S))
        finally:
            if softly:
                self._write(self.closed, closed=True)

    def neighbours(self, directed: int) -> list[tuple[int, float]]:
        """Edges joined to an edge and the open cost of driving it whole, turn included."""
        start, stop = self._frame.indptr[directed], self._frame.indptr[directed + 1]
        return list(
            zip(
                self._frame.indices[start:stop].tolist(),
                self._open[start:stop].tolist(),
                strict=True,
            )
        )

    def _search(self, hub: Hub, limit: float) -> Found:
        frame, arcs = self._frame, self._frame.arcs
        count = min(len(hub.costs), SPARE_ARCS)
        frame.indices[arcs : arcs + count] = list(hub.costs)[:count]
        self._data[arcs : arcs + count] = list(hub.costs.values())[:count]
        frame.indptr[-1] = arcs + count
        matrix = csr_array(
            (self._data[: arcs + count], frame.indices[: arcs + count], frame.indptr),
            shape=(frame.hub + 1, frame.hub + 1),
        )
        seconds, following = dijkstra(
            matrix, indices=frame.hub, limit=limit, return_predecessors=True
        )
        # The spare state at the end also stands for "no such direction" in lookups.
        seconds[frame.hub] = np.inf
        return Found(seconds, following, frame.hub)

    def _places(self, directed: IntArray) -> IntArray:
        """Where the rows of some edges lie in the data."""
        first = self._frame.indptr[directed].astype(np.int64)
        fan = self._frame.indptr[directed + 1] - first
        before = np.repeat(np.cumsum(fan) - fan, fan)
        return np.asarray(np.repeat(first, fan) + np.arange(fan.sum()) - before)

    def _write(self, directed: IntArray, *, closed: bool) -> None:
        places = self._places(directed)
        self._data[places] = np.inf if closed else self._open[places]

    def _soften(self) -> None:
        places = self._places(self.closed)
        self._data[places] = self._open[places] * CLOSED_SLOWER + CLOSED_S


def edge_seconds(network: Network, profile: Profile, factors: FloatArray | None) -> FloatArray:
    """Seconds on each directed edge for a profile; `factors` (n,) are learnt speeds over tabled."""
    edges = network.edges
    speed = road_speeds(edges, profile)
    if factors is not None:
        speed = speed * factors
    slower, extra = np.ones(len(speed)), np.zeros(len(speed))
    for met, toll in edge_tolls(edges, profile):
        slower[met] *= toll.slower
        extra[met] += toll.seconds
    seconds = edges.length_m / speed * slower + extra
    found = seconds[network.edge]
    if network.against.any():
        toll = TOLLS[profile].get(Obstacle.AGAINST_ONE_WAY, FREE)
        pace = np.minimum(speed / toll.slower, AGAINST_TOP_SPEED_MPS)
        wrong = edges.length_m / pace * slower + extra + toll.seconds
        found = np.where(network.against, wrong[network.edge], found)
    return found


def turn_seconds(network: Network, profile: Profile) -> FloatArray:
    """Seconds lost on each turn by a profile, shape (k,)."""
    if MODE_OF[profile] is Mode.FOOT:
        return np.zeros(len(network.turn_s))
    seconds = network.turn_s * DRIVING[profile].turn_factor
    toll = TOLLS[profile].get(Obstacle.TURN_BAN, FREE)
    return np.where(network.banned, seconds + toll.seconds, seconds)


def road_speeds(edges: EdgeArrays, profile: Profile) -> FloatArray:
    """Metres per second on each edge, shape (n,)."""
    if MODE_OF[profile] is Mode.FOOT:
        return np.where(edges.classes == "steps", STEPS_MPS, WALKING_MPS)
    kinds, kind_of = np.unique(edges.classes, return_inverse=True)
    known = np.nan_to_num(edges.maxspeed_mps, nan=UNSIGNED)
    limits, limit_of = np.unique(known, return_inverse=True)
    # A city has a few dozen pairs of class and limit, whatever its size.
    pairs, pair_of = np.unique(kind_of * len(limits) + limit_of, return_inverse=True)
    speeds = [
        speed_mps(str(kinds[pair // len(limits)]), _limit(limits[pair % len(limits)]), profile)
        for pair in pairs.tolist()
    ]
    return np.array(speeds, np.float64)[pair_of]


def _limit(signed: float) -> float | None:
    return None if signed == UNSIGNED else float(signed)
