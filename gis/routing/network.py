"""The road network as arrays: edges, their directed copies, and the turns between them."""

from __future__ import annotations

import zlib
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import breadth_first_order, connected_components

from gis.geodesy import local_metres
from gis.geometry import Point
from gis.travel import (
    BACK_FROM_DEG,
    BACK_S,
    ISLAND_EDGES_MIN,
    LEFT_S,
    RIGHT_S,
    STRAIGHT_S,
    TURN_FROM_DEG,
)
from ops_center.kernel.errors import Invalid

if TYPE_CHECKING:
    from pathlib import Path

    from gis.geodesy import FloatArray

IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]
FULL_TURN_DEG = 360.0
HALF_TURN_DEG = 180.0
CACHE_VERSION = 1


@dataclass(frozen=True, slots=True)
class EdgeArrays:
    """n drivable edges as stored: ids and node ids (n,), vertices flat with `starts` (n + 1,).

    `direction` 0 both ways, 1 with, -1 against the line; `maxspeed_mps` is NaN where unknown.
    """

    ids: IntArray
    from_nodes: IntArray
    to_nodes: IntArray
    direction: IntArray
    length_m: FloatArray
    maxspeed_mps: FloatArray
    classes: NDArray[np.str_]
    lons: FloatArray
    lats: FloatArray
    starts: IntArray
    bans: IntArray

    def __post_init__(self) -> None:
        count = len(self.ids)
        if count == 0:
            raise Invalid("The city has no roads: import an OpenStreetMap extract.")
        assert len(self.starts) == count + 1
        assert self.starts[-1] == len(self.lons) == len(self.lats)
        assert self.bans.ndim == 2
        assert self.bans.shape[1] == 3

    def save(self, path: Path) -> None:
        """Write the arrays to one .npz file that never looks finished before it is."""
        partial = path.with_suffix(".partial.npz")
        arrays = {field.name: getattr(self, field.name) for field in fields(self)}
        np.savez(partial, version=np.array(CACHE_VERSION), **arrays)
        partial.replace(path)

    @classmethod
    def load(cls, path: Path) -> EdgeArrays:
        """Read what `save` wrote. Raises ValueError, OSError or KeyError for anything else."""
        # numpy forgets to close a file it opened itself when that file is damaged.
        with path.open("rb") as file:
            try:
                stored = np.load(file, allow_pickle=False)
                if int(stored["version"]) != CACHE_VERSION:
                    raise ValueError("another version of the road cache")
                return cls(**{field.name: stored[field.name] for field in fields(cls)})
            except (BadZipFile, EOFError, zlib.error) as damaged:
                raise ValueError("a damaged road cache") from damaged


@dataclass(frozen=True, slots=True)
class Network:
    """m directed edges: index of the edge, with or against its line, head and tail node.

    `turn_from`, `turn_to` (k,) are the allowed turns between directed edges and `turn_s` their
    cost for a car in seconds. The main network is the largest part where every edge reaches
    every other: from an edge in `can_start` (n,) it can be reached, and edges in `can_end` can be
    reached from it. `island` marks edges of other parts large enough to live on.
    """

    edges: EdgeArrays
    origin: Point
    local: FloatArray
    edge: IntArray
    forward: BoolArray
    turn_from: IntArray
    turn_to: IntArray
    turn_s: FloatArray
    can_start: BoolArray
    can_end: BoolArray
    island: BoolArray

    @property
    def directed_count(self) -> int:
        return len(self.edge)


def build_network(edges: EdgeArrays) -> Network:
    """Join the edges at their nodes; about a second for 200,000 directed edges."""
    middle = Point(lon=float(np.median(edges.lons)), lat=float(np.median(edges.lats)))
    local = local_metres(middle, lons=edges.lons, lats=edges.lats)
    nodes, numbered = np.unique(
        np.concatenate((edges.from_nodes, edges.to_nodes)), return_inverse=True
    )
    count = len(edges.ids)
    start_node, end_node = numbered[:count], numbered[count:]
    with_line = np.flatnonzero(edges.direction >= 0)
    against = np.flatnonzero(edges.direction <= 0)
    edge = np.concatenate((with_line, against))
    forward = np.concatenate((np.ones(len(with_line), bool), np.zeros(len(against), bool)))
    tail = np.where(forward, start_node[edge], end_node[edge])
    head = np.where(forward, end_node[edge], start_node[edge])
    before, after = _turns(tail, head, len(nodes))
    before, after = _without_bans(edges, nodes, (edge, head), (before, after))
    can_start, can_end, island = _parts(edge, tail, head, edge_count=count)
    return Network(
        edges=edges,
        origin=middle,
        local=local,
        edge=edge,
        forward=forward,
        turn_from=before,
        turn_to=after,
        turn_s=_turn_costs(edges, local, (edge, forward), (tail, head, before, after)),
        can_start=can_start,
        can_end=can_end,
        island=island,
    )


def _turns(tail: IntArray, head: IntArray, nodes: int) -> tuple[IntArray, IntArray]:
    """Every pair of directed edges where the second begins at the end of the first."""
    order = np.argsort(tail, kind="stable")
    first = np.searchsorted(tail[order], np.arange(nodes + 1))
    fan = first[head + 1] - first[head]
    before = np.repeat(np.arange(len(tail)), fan)
    offsets = np.concatenate(([0], np.cumsum(fan)))
    within = np.arange(offsets[-1]) - np.repeat(offsets[:-1], fan)
    after = order[within + np.repeat(first[head], fan)]
    return before, after


def _without_bans(
    edges: EdgeArrays,
    nodes: IntArray,
    directed: tuple[IntArray, IntArray],
    turns: tuple[IntArray, IntArray],
) -> tuple[IntArray, IntArray]:
    """Drop the forbidden turns; a ban names stored ids: from edge, via node, to edge."""
    before, after = turns
    if len(edges.bans) == 0:
        return turns
    edge, head = directed
    order = np.argsort(edges.ids)
    ranked = edges.ids[order]
    known = np.isin(edges.bans[:, 0], ranked) & np.isin(edges.bans[:, 2], ranked)
    known &= np.isin(edges.bans[:, 1], nodes)
    bans = edges.bans[known]
    ban_from = order[np.searchsorted(ranked, bans[:, 0])]
    ban_to = order[np.searchsorted(ranked, bans[:, 2])]
    ban_node = np.searchsorted(nodes, bans[:, 1])
    banned = set(zip(ban_from.tolist(), ban_node.tolist(), ban_to.tolist(), strict=True))
    suspects = np.flatnonzero(np.isin(edge[before], ban_from) & np.isin(edge[after], ban_to))
    drop = [
        turn
        for turn in suspects.tolist()
        if (int(edge[before[turn]]), int(head[before[turn]]), int(edge[after[turn]])) in banned
    ]
    return np.delete(before, drop), np.delete(after, drop)


def _parts(
    edge: IntArray, tail: IntArray, head: IntArray, *, edge_count: int
) -> tuple[BoolArray, BoolArray, BoolArray]:
    nodes = int(max(tail.max(), head.max())) + 1
    links = csr_array((np.ones(len(edge), np.int8), (tail, head)), shape=(nodes, nodes))
    _, label = connected_components(links, directed=True, connection="strong")
    inside = label[tail] == label[head]
    sizes = np.bincount(label[tail[inside]], minlength=int(label.max()) + 1)
    main = int(np.argmax(sizes))
    root = int(np.flatnonzero(label == main)[0])
    from_main, to_main = (np.zeros(nodes, bool) for _ in range(2))
    from_main[breadth_first_order(links, root, return_predecessors=False)] = True
    to_main[breadth_first_order(links.T.tocsr(), root, return_predecessors=False)] = True
    can_start, can_end, island = (np.zeros(edge_count, bool) for _ in range(3))
    can_start[edge[to_main[head]]] = True
    can_end[edge[from_main[tail]]] = True
    island[edge[inside & (sizes[label[tail]] >= ISLAND_EDGES_MIN)]] = True
    return can_start, can_end, island


def _turn_costs(
    edges: EdgeArrays,
    local: FloatArray,
    directed: tuple[IntArray, BoolArray],
    joints: tuple[IntArray, IntArray, IntArray, IntArray],
) -> FloatArray:
    """Seconds a car loses on each turn; nothing where a road merely goes on."""
    edge, forward = directed
    tail, head, before, after = joints
    leaving, arriving = _headings(edges, local, edge, forward)
    change = (leaving[after] - arriving[before] + HALF_TURN_DEG) % FULL_TURN_DEG - HALF_TURN_DEG
    cost = np.full(len(before), STRAIGHT_S)
    cost[change > TURN_FROM_DEG] = RIGHT_S
    cost[change < -TURN_FROM_DEG] = LEFT_S
    cost[np.abs(change) > BACK_FROM_DEG] = BACK_S
    # Where only two edges meet there is no junction to wait at.
    cost[_streets_at(edge, tail, head)[head[before]] <= 2] = 0.0
    cost[(edge[before] == edge[after]) & (forward[before] != forward[after])] = BACK_S
    return cost


def _streets_at(edge: IntArray, tail: IntArray, head: IntArray) -> IntArray:
    """How many edges end at each node, whichever way they may be driven."""
    nodes = int(max(tail.max(), head.max())) + 1
    arms = np.bincount(tail, minlength=nodes) + np.bincount(head, minlength=nodes)
    both_ways = np.bincount(edge)[edge] == 2
    return arms - np.bincount(tail[both_ways], minlength=nodes)


def _headings(
    edges: EdgeArrays, local: FloatArray, edge: IntArray, forward: BoolArray
) -> tuple[FloatArray, FloatArray]:
    """Direction of each directed edge where it begins and where it ends, degrees clockwise."""
    first, last = edges.starts[edge], edges.starts[edge + 1] - 1
    opening = local[first + 1] - local[first]
    closing = local[last] - local[last - 1]
    begin = np.where(forward[:, None], opening, -closing)
    end = np.where(forward[:, None], closing, -opening)
    return _degrees(begin), _degrees(end)


def _degrees(vectors: FloatArray) -> FloatArray:
    return np.asarray(np.degrees(np.arctan2(vectors[:, 0], vectors[:, 1])))
