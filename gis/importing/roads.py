"""Cuts ways into road edges between junctions and spells out forbidden turns."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING

import numpy as np
import shapely
from numpy.typing import NDArray

from gis.geodesy import WGS84

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from shapely.geometry import LineString

    from gis.geodesy import FloatArray
    from gis.importing.cleaning import Tags
    from gis.importing.osm import Restriction, Way

IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]

DRIVABLE_CLASSES = frozenset(
    [
        *("motorway", "trunk", "primary", "secondary", "tertiary", "unclassified", "residential"),
        *("motorway_link", "trunk_link", "primary_link", "secondary_link", "tertiary_link"),
        *("living_street", "service", "road", "track", "pedestrian", "busway", "bus_guideway"),
    ]
)
WALKABLE_CLASSES = frozenset(["footway", "path", "steps", "cycleway", "corridor", "bridleway"])
ROAD_CLASSES = DRIVABLE_CLASSES | WALKABLE_CLASSES
NO_FOOT_CLASSES = frozenset(["motorway", "motorway_link", "bus_guideway"])
NO_FOOT = frozenset(["no", "use_sidepath"])
LAYER_LIMITS, LANES_LIMITS = (-10, 10), (1, 20)
ACCESS_KEYS = ("motorcar", "motor_vehicle", "vehicle", "access")
BUS_KEYS = ("psv", "bus", "bus:lanes", "psv:lanes", "tram", "taxi")
YES = frozenset(["yes", "designated", "permissive", "official"])
CLOSED = frozenset(["no", "agricultural", "forestry"])
KMH_TO_MPS = 1 / 3.6
MPH_TO_MPS = 0.44704
WALKING_PACE_MPS = 7 * KMH_TO_MPS
MAXSPEED_LIMITS_MPS = (5 * KMH_TO_MPS, 140 * KMH_TO_MPS)


@dataclass(frozen=True, slots=True)
class Junctions:
    """Nodes that several roads share, sorted: of drivable roads, and of all the others."""

    drivable: IntArray
    other: IntArray


@dataclass(frozen=True, slots=True)
class Traits:
    """What the tags of a way say about every edge of it; direction 0 both, 1 with, -1 against."""

    road_class: str
    name: str | None
    direction: int
    drivable: bool
    maxspeed_mps: float | None
    walkable: bool
    ref: str | None
    surface: str | None
    access: str | None
    bridge: bool
    tunnel: bool
    layer: int | None
    lanes: int | None


@dataclass(frozen=True, slots=True)
class Arm:
    """A drivable edge as turn rules see it."""

    id: int
    way_id: int
    from_node: int
    to_node: int


@dataclass(frozen=True, slots=True)
class Edge:
    """A piece of a way between two junctions."""

    id: int
    way_id: int
    from_node: int
    to_node: int
    traits: Traits
    length_m: float
    line: LineString


def edges_of(ways: Sequence[Way], junctions: Junctions, *, first: int = 1) -> list[Edge]:
    """All edges of the ways, numbered from `first`. Foot paths do not cut the roads they cross."""
    roads = [way for way in ways if is_road(way.tags)]
    if not roads:
        return []
    traits = [traits_of(way.tags) for way in roads]
    counts = np.array([len(way.nodes) for way in roads])
    nodes = np.fromiter(chain.from_iterable(way.nodes for way in roads), np.int64, counts.sum())
    places = np.array(list(chain.from_iterable(way.line for way in roads)))
    drivable = np.repeat([one.drivable for one in traits], counts)
    cuts = _cuts(nodes, counts, np.where(
        drivable, _among(nodes, junctions.drivable), _among(nodes, junctions.other)
    ))  # fmt: skip
    along = _along(places)
    starts, ends = cuts
    lengths = along[ends] - along[starts]
    owners = np.repeat(np.arange(len(roads)), counts)[starts]
    lines = _lines(places, starts, ends)
    kept = np.flatnonzero(lengths > 0)
    return [
        Edge(
            id=number,
            way_id=roads[owners[i]].id,
            from_node=int(nodes[starts[i]]),
            to_node=int(nodes[ends[i]]),
            traits=traits[owners[i]],
            length_m=float(lengths[i]),
            line=lines[i],
        )
        for number, i in enumerate(kept.tolist(), start=first)
    ]


def is_road(tags: Tags) -> bool:
    """Whether a way is a road or path at all, not a building site or a square drawn as an area."""
    return tags.get("highway") in ROAD_CLASSES and tags.get("area") != "yes"


def traits_of(tags: Tags) -> Traits:
    return Traits(
        road_class=tags["highway"],
        name=street_name(tags),
        direction=direction_of(tags),
        drivable=is_drivable(tags),
        maxspeed_mps=maxspeed_mps(tags),
        walkable=is_walkable(tags),
        ref=tags.get("ref"),
        surface=tags.get("surface"),
        access=next((tags[key] for key in ACCESS_KEYS if key in tags), None),
        bridge=tags.get("bridge", "no") != "no",
        tunnel=tags.get("tunnel", "no") != "no",
        layer=_whole(tags.get("layer", ""), LAYER_LIMITS),
        lanes=_whole(tags.get("lanes", ""), LANES_LIMITS),
    )


def is_walkable(tags: Tags) -> bool:
    """Whether a person may go along on foot."""
    said = tags.get("foot") or tags.get("access", "yes")
    if tags["highway"] in NO_FOOT_CLASSES or tags.get("motorroad") == "yes":
        return tags.get("foot") in YES
    return said not in NO_FOOT


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
    restrictions: Iterable[Restriction], arms: Iterable[Arm]
) -> set[tuple[int, int, int]]:
    """(from edge, via node, to edge) of each forbidden turn; "only" rules forbid all others."""
    at_node: dict[int, list[Arm]] = defaultdict(list)
    for arm in arms:
        at_node[arm.from_node].append(arm)
        if arm.to_node != arm.from_node:
            at_node[arm.to_node].append(arm)
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


def _among(nodes: IntArray, junctions: IntArray) -> BoolArray:
    """Which of the nodes stand in the sorted list."""
    if len(junctions) == 0:
        return np.zeros(len(nodes), bool)
    at = np.minimum(np.searchsorted(junctions, nodes), len(junctions) - 1)
    return np.asarray(junctions[at] == nodes)


def _cuts(nodes: IntArray, counts: IntArray, is_cut: BoolArray) -> tuple[IntArray, IntArray]:
    """First and last place of each edge among the nodes of all ways laid end to end."""
    last = np.cumsum(counts) - 1
    begins, ends = is_cut.copy(), is_cut.copy()
    begins[last], ends[last - counts + 1] = False, False
    begins[last - counts + 1], ends[last] = True, True
    return np.flatnonzero(begins), np.flatnonzero(ends)


def _along(places: FloatArray) -> FloatArray:
    """Metres from the first place to each; only differences within one way mean anything."""
    lons, lats = places[:, 0], places[:, 1]
    _, _, steps = WGS84.inv(lons[:-1], lats[:-1], lons[1:], lats[1:])
    return np.concatenate(([0.0], np.cumsum(steps)))


def _lines(places: FloatArray, starts: IntArray, ends: IntArray) -> NDArray[np.object_]:
    counts = ends - starts + 1
    owner = np.repeat(np.arange(len(starts)), counts)
    offset = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
    return np.asarray(shapely.linestrings(places[starts[owner] + offset], indices=owner))


def _whole(text: str, limits: tuple[int, int]) -> int | None:
    match = re.match(r"-?\d{1,3}\b", text)
    if match is None:
        return None
    return min(max(int(match.group()), limits[0]), limits[1])
