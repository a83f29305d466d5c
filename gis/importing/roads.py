"""Cuts ways into road edges between junctions and spells out forbidden turns."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gis.geodesy import line_length_m
from gis.geometry import Point

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from gis.importing.osm import Position, Restriction, Tags, Way

DRIVABLE_CLASSES = frozenset(
    [
        *("motorway", "trunk", "primary", "secondary", "tertiary", "unclassified", "residential"),
        *("motorway_link", "trunk_link", "primary_link", "secondary_link", "tertiary_link"),
        *("living_street", "service", "road", "track", "pedestrian", "busway", "bus_guideway"),
    ]
)
WALKABLE_CLASSES = frozenset(["footway", "path", "steps", "cycleway", "corridor", "bridleway"])
ACCESS_KEYS = ("motorcar", "motor_vehicle", "vehicle", "access")
BUS_KEYS = ("psv", "bus", "bus:lanes", "psv:lanes", "tram", "taxi")
YES = frozenset(["yes", "designated", "permissive", "official"])
CLOSED = frozenset(["no", "agricultural", "forestry"])
KMH_TO_MPS = 1 / 3.6
MPH_TO_MPS = 0.44704
WALKING_PACE_MPS = 7 * KMH_TO_MPS
MAXSPEED_LIMITS_MPS = (5 * KMH_TO_MPS, 140 * KMH_TO_MPS)


@dataclass(frozen=True, slots=True)
class Edge:
    """A piece of a way between two junctions; direction 0 both, 1 with, -1 against its line."""

    id: int
    way_id: int
    from_node: int
    to_node: int
    road_class: str
    name: str | None
    direction: int
    drivable: bool
    maxspeed_mps: float | None
    length_m: float
    line: list[Position]


def edges_of(ways: Iterable[Way]) -> list[Edge]:
    """All edges, numbered from 1. Foot paths do not cut the roads they cross."""
    roads = [way for way in ways if way.tags["highway"] in DRIVABLE_CLASSES | WALKABLE_CLASSES]
    uses = {True: _node_uses(roads, drivable=True), False: _node_uses(roads, drivable=False)}
    edges: list[Edge] = []
    for way in roads:
        for first, last in _cuts(way.nodes, uses[is_drivable(way.tags)]):
            line = way.line[first : last + 1]
            length = line_length_m([Point(lon=lon, lat=lat) for lon, lat in line])
            if length > 0:
                edges.append(_edge(way, (first, last), number=len(edges) + 1, length_m=length))
    return edges


def is_drivable(tags: Tags) -> bool:
    """Whether an emergency vehicle can be expected to drive here.

    Pedestrian streets, private drives and bus streets count: crews do use them. A road closed
    to all vehicles does not, unless it is open for emergencies.
    """
    if tags["highway"] not in DRIVABLE_CLASSES:
        return False
    if tags.get("emergency") in YES or any(tags.get(key) in YES for key in BUS_KEYS):
        return True
    if tags["highway"] == "pedestrian":
        return tags.get("emergency") != "no"
    said = next((tags[key] for key in ACCESS_KEYS if key in tags), "yes")
    return said not in CLOSED


def direction_of(tags: Tags) -> int:
    """The traffic direction along the line: 0 both, 1 with it, -1 against it."""
    said = tags.get("oneway")
    if said in {"yes", "true", "1"}:
        return 1
    if said in {"-1", "reverse"}:
        return -1
    if said is None and (
        tags.get("junction") in {"roundabout", "circular"} or tags["highway"] == "motorway"
    ):
        return 1
    return 0


def maxspeed_mps(tags: Tags) -> float | None:
    """The signed limit in metres per second, or None where none is readable."""
    said = tags.get("maxspeed", "")
    if said == "walk":
        return WALKING_PACE_MPS
    match = re.match(r"(\d{1,3})\s*(mph)?\b", said)
    if match is None:
        return None
    speed = int(match[1]) * (MPH_TO_MPS if match[2] else KMH_TO_MPS)
    low, high = MAXSPEED_LIMITS_MPS
    return min(max(speed, low), high)


def street_name(tags: Tags) -> str | None:
    """The name on the sign, else the road number."""
    return tags.get("name") or tags.get("ref")


def banned_turns(
    restrictions: Iterable[Restriction], edges: Iterable[Edge]
) -> set[tuple[int, int, int]]:
    """(from edge, via node, to edge) of each forbidden turn; "only" rules forbid all others."""
    at_node: dict[int, list[Edge]] = defaultdict(list)
    for edge in edges:
        if edge.drivable:
            at_node[edge.from_node].append(edge)
            if edge.to_node != edge.from_node:
                at_node[edge.to_node].append(edge)
    banned: set[tuple[int, int, int]] = set()
    for rule in restrictions:
        here = at_node.get(rule.via_node, [])
        arriving = [edge.id for edge in here if edge.way_id in rule.from_ways]
        named = {edge.id for edge in here if edge.way_id in rule.to_ways}
        # Where a way runs through the junction the rule does not say which arm it means.
        if len(arriving) != 1 or len(named) != 1:
            continue
        forbidden = named if rule.kind.startswith("no_") else {e.id for e in here} - named
        banned.update(_pairs(arriving, rule, forbidden))
    return banned


def _pairs(
    arriving: list[int], rule: Restriction, forbidden: set[int]
) -> Iterator[tuple[int, int, int]]:
    for start in arriving:
        for end in forbidden:
            # An "only" rule says nothing about turning back; that has its own cost.
            if start != end or rule.kind == "no_u_turn":
                yield start, rule.via_node, end


def _node_uses(roads: list[Way], *, drivable: bool) -> Counter[int]:
    uses: Counter[int] = Counter()
    for way in roads:
        if is_drivable(way.tags) == drivable:
            uses.update(way.nodes)
    return uses


def _cuts(nodes: list[int], uses: Counter[int]) -> Iterator[tuple[int, int]]:
    start = 0
    for position in range(1, len(nodes)):
        if position == len(nodes) - 1 or uses[nodes[position]] > 1:
            yield start, position
            start = position


def _edge(way: Way, cut: tuple[int, int], *, number: int, length_m: float) -> Edge:
    tags = way.tags
    return Edge(
        id=number,
        way_id=way.id,
        from_node=way.nodes[cut[0]],
        to_node=way.nodes[cut[1]],
        road_class=tags["highway"],
        name=street_name(tags),
        direction=direction_of(tags),
        drivable=is_drivable(tags),
        maxspeed_mps=maxspeed_mps(tags),
        length_m=length_m,
        line=way.line[cut[0] : cut[1] + 1],
    )
