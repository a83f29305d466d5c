"""The road network as arrays: edges, their directed copies, and the turns between them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import breadth_first_order, connected_components

from gis.geodesy import local_metres
from gis.geometry import Point
from gis.routing.rules import Mode, Passage, passage_of
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
    from gis.geodesy import FloatArray
    from gis.routing.edges import BoolArray, EdgeArrays, IntArray

FULL_TURN_DEG = 360.0
HALF_TURN_DEG = 180.0


@dataclass(frozen=True, slots=True)
class Network:
    """m directed edges of one mode: index of the edge, with or against its line.

    `against` (m,) marks copies that go against a one-way street. `turn_from`, `turn_to` (k,) are
    the turns between directed edges, `turn_s` their cost for a car in seconds, and `banned` those
    that a sign forbids (left out where the mode obeys). `headings` (m, 2) are degrees clockwise
    where a directed edge begins and ends. The main network is the largest part where every edge
    reaches every other: from an edge in `can_start` (n,) it can be reached, and edges in
    `can_end` can be reached from it. `island` marks edges of other parts large enough to live on.
    """

    edges: EdgeArrays
    origin: Point
    local: FloatArray
    edge: IntArray
    forward: BoolArray
    against: BoolArray
    turn_from: IntArray
    turn_to: IntArray
    turn_s: FloatArray
    banned: BoolArray
    headings: FloatArray
    can_start: BoolArray
    can_end: BoolArray
    island: BoolArray

    @property
    def directed_count(self) -> int:
        return len(self.edge)


def build_network(edges: EdgeArrays, mode: Mode = Mode.CREW) -> Network:
    """Join the edges a mode may use at their nodes; a second for 500,000 directed edges.

    Raises Invalid when there is none.
    """
    passage = passage_of(edges, mode)
    middle = Point(lon=float(np.median(edges.lons)), lat=float(np.median(edges.lats)))
    local = local_metres(middle, lons=edges.lons, lats=edges.lats)
    nodes, numbered = np.unique(
        np.concatenate((edges.from_nodes, edges.to_nodes)), return_inverse=True
    )
    count = len(edges.ids)
    edge, forward, against = _directed(edges, passage)
    if len(edge) == 0:
        raise Invalid(f"The city has no roads for {mode}: import an OpenStreetMap extract.")
    start_node, end_node = numbered[:count], numbered[count:]
    tail = np.where(forward, start_node[edge], end_node[edge])
    head = np.where(forward, end_node[edge], start_node[edge])
    before, after = _turns(tail, head, len(nodes))
    banned = _banned(edges, nodes, (edge, head), (before, after))
    if not passage.banned_turns:
        before, after, banned = before[~banned], after[~banned], banned[~banned]
    headings = _headings(edges, local, edge, forward)
    can_start, can_end, island = _parts(edge, tail, head, edge_count=count)
    return Network(
        edges=edges,
        origin=middle,
        local=local,
        edge=edge,
        forward=forward,
        against=against,
        turn_from=before,
        turn_to=after,
        turn_s=_turn_costs(headings, (edge, forward), (tail, head, before, after)),
        banned=banned,
        headings=headings,
        can_start=can_start,
        can_end=can_end,
        island=island,
    )


def _directed(edges: EdgeArrays, passage: Passage) -> tuple[IntArray, BoolArray, BoolArray]:
    """Index, with or against the line, and against the one-way rule, of each directed copy."""
    ways = (
        (edges.direction >= 0, True, False),
        (edges.direction <= 0, False, False),
        (passage.against & (edges.direction < 0), True, True),
        (passage.against & (edges.direction > 0), False, True),
    )
    found = [(np.flatnonzero(which & passage.usable), with_, wrong) for which, with_, wrong in ways]
    edge = np.concatenate([which for which, _, _ in found])
    forward = np.concatenate([np.full(len(which), with_) for which, with_, _ in found])
    against = np.concatenate([np.full(len(which), wrong) for which, _, wrong in found])
    return edge, forward, against


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


def _banned(
    edges: EdgeArrays,
    nodes: IntArray,
    directed: tuple[IntArray, IntArray],
    turns: tuple[IntArray, IntArray],
) -> BoolArray:
    """Which turns a sign forbids, (k,); a ban names stored ids: from edge, via node, to edge."""
    before, after = turns
    banned = np.zeros(len(before), bool)
    if len(edges.bans) == 0:
        return banned
    edge, head = directed
    order = np.argsort(edges.ids)
    ranked = edges.ids[order]
    known = np.isin(edges.bans[:, 0], ranked) & np.isin(edges.bans[:, 2], ranked)
    known &= np.isin(edges.bans[:, 1], nodes)
    bans = edges.bans[known]
    ban_from = order[np.searchsorted(ranked, bans[:, 0])]
    ban_to = order[np.searchsorted(ranked, bans[:, 2])]
    ban_node = np.searchsorted(nodes, bans[:, 1])
    rules = set(zip(ban_from.tolist(), ban_node.tolist(), ban_to.tolist(), strict=True))
    suspects = np.flatnonzero(np.isin(edge[before], ban_from) & np.isin(edge[after], ban_to))
    for turn in suspects.tolist():
        rule = (int(edge[before[turn]]), int(head[before[turn]]), int(edge[after[turn]]))
        banned[turn] = rule in rules
    return banned


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
    headings: FloatArray,
    directed: tuple[IntArray, BoolArray],
    joints: tuple[IntArray, IntArray, IntArray, IntArray],
) -> FloatArray:
    """Seconds a car loses on each turn; nothing where a road merely goes on."""
    edge, forward = directed
    tail, head, before, after = joints
    change = turned_deg(headings[before, 1], headings[after, 0])
    cost = np.full(len(before), STRAIGHT_S)
    cost[change > TURN_FROM_DEG] = RIGHT_S
    cost[change < -TURN_FROM_DEG] = LEFT_S
    cost[np.abs(change) > BACK_FROM_DEG] = BACK_S
    # Where only two edges meet there is no junction to wait at.
    cost[_streets_at(edge, tail, head)[head[before]] <= 2] = 0.0
    cost[(edge[before] == edge[after]) & (forward[before] != forward[after])] = BACK_S
    return cost


def turned_deg(arriving: FloatArray, leaving: FloatArray) -> FloatArray:
    """The change of direction at a joint, degrees in [-180, 180), to the right positive."""
    return (leaving - arriving + HALF_TURN_DEG) % FULL_TURN_DEG - HALF_TURN_DEG


def _streets_at(edge: IntArray, tail: IntArray, head: IntArray) -> IntArray:
    """How many edges end at each node, whichever way they may be driven."""
    nodes = int(max(tail.max(), head.max())) + 1
    arms = np.bincount(tail, minlength=nodes) + np.bincount(head, minlength=nodes)
    both_ways = np.bincount(edge)[edge] == 2
    return arms - np.bincount(tail[both_ways], minlength=nodes)


def _headings(
    edges: EdgeArrays, local: FloatArray, edge: IntArray, forward: BoolArray
) -> FloatArray:
    """Direction of each directed edge where it begins and where it ends, shape (m, 2)."""
    first, last = edges.starts[edge], edges.starts[edge + 1] - 1
    opening = local[first + 1] - local[first]
    closing = local[last] - local[last - 1]
    begin = np.where(forward[:, None], opening, -closing)
    end = np.where(forward[:, None], closing, -opening)
    return np.column_stack((_degrees(begin), _degrees(end)))


def _degrees(vectors: FloatArray) -> FloatArray:
    return np.asarray(np.degrees(np.arctan2(vectors[:, 0], vectors[:, 1])))
