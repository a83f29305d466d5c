"""Joins ways of one name into streets and finds where streets cross."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np
import shapely
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from shapely.geometry import LineString, MultiLineString

from gis.address import aliases, fold
from gis.geodesy import local_metres
from gis.importing.roads import DRIVABLE_CLASSES, WALKABLE_CLASSES, street_name

if TYPE_CHECKING:
    from collections.abc import Iterable

    from shapely.geometry.base import BaseGeometry

    from gis.geodesy import FloatArray
    from gis.geometry import Point
    from gis.importing.osm import Position, Tags, Way

SAME_STREET_WITHIN_M = 300.0
ONE_CROSSING_WITHIN_M = 80.0
NEAR_WITHIN_M = 30.0
NAME_KEYS = ("alt_name", "old_name", "short_name", "official_name", "loc_name", "ref", "int_ref")
NATIONAL_ROUTE = re.compile(r"^py\s?0*(\d{1,2})$")


@dataclass(frozen=True, slots=True)
class Street:
    id: int
    name: str
    cluster: int
    length_m: float
    aliases: dict[str, float]
    geometry: MultiLineString
    nodes: frozenset[int]


@dataclass(frozen=True, slots=True)
class Crossing:
    """Where streets a and b meet; `spread_m` is how far apart the single junctions lie."""

    a_id: int
    b_id: int
    point: Position
    spread_m: float
    shared: bool


def streets_of(ways: Iterable[Way], origin: Point) -> list[Street]:
    """Streets numbered from 1: ways of one folded name lying within 300 m of each other."""
    by_name: dict[str, list[Way]] = defaultdict(list)
    for way in ways:
        name = street_name(way.tags)
        if name and fold(name) and way.tags["highway"] in DRIVABLE_CLASSES | WALKABLE_CLASSES:
            by_name[fold(name)].append(way)
    streets: list[Street] = []
    for name in sorted(by_name):
        for cluster, members in enumerate(_clusters(by_name[name], origin)):
            streets.append(_street(len(streets) + 1, cluster, members, origin))
    return streets


def crossings_of(
    streets: list[Street], positions: dict[int, Position], origin: Point
) -> list[Crossing]:
    """Crossings in one direction only (a_id < b_id); `positions` gives each node's place."""
    at_node: dict[int, list[int]] = defaultdict(list)
    for street in streets:
        for node in street.nodes:
            at_node[node].append(street.id)
    meetings: dict[tuple[int, int], list[Position]] = defaultdict(list)
    for node, ids in at_node.items():
        for pair in combinations(sorted(set(ids)), 2):
            meetings[pair].append(positions[node])
    shared = [
        Crossing(a, b, point, spread, shared=True)
        for (a, b), points in meetings.items()
        for point, spread in _gather(points, origin)
    ]
    return shared + _near_misses(streets, set(meetings), origin)


def _clusters(ways: list[Way], origin: Point) -> list[list[Way]]:
    if len(ways) == 1:
        return [ways]
    lines = np.array([LineString(_metres(way.line, origin)) for way in ways])
    tree = shapely.STRtree(lines)
    left, right = tree.query(lines, predicate="dwithin", distance=SAME_STREET_WITHIN_M)
    links = coo_array((np.ones(len(left)), (left, right)), shape=(len(ways), len(ways)))
    count, labels = connected_components(links, directed=False)
    return [[ways[i] for i in np.flatnonzero(labels == label)] for label in range(count)]


def _street(number: int, cluster: int, ways: list[Way], origin: Point) -> Street:
    names = _names([way.tags for way in ways])
    known: dict[str, float] = {}
    for position, name in enumerate(names):
        for alias, weight in aliases(name).items():
            # Other names are as good as the main one; only shortening costs.
            known[alias] = max(weight if position == 0 else weight * 0.99, known.get(alias, 0.0))
    local = MultiLineString([_metres(way.line, origin) for way in ways])
    return Street(
        id=number,
        name=names[0],
        cluster=cluster,
        length_m=float(local.length),
        aliases=known,
        geometry=MultiLineString([way.line for way in ways]),
        nodes=frozenset(node for way in ways for node in way.nodes),
    )


def _names(all_tags: list[Tags]) -> list[str]:
    """The commonest spelling first, then every other name the ways carry."""
    main = [name for tags in all_tags if (name := street_name(tags))]
    first = max(sorted(set(main)), key=main.count)
    others = {
        part.strip()
        for tags in all_tags
        for key, value in tags.items()
        if key in NAME_KEYS or re.fullmatch(r"name:[a-z]{2,3}", key)
        for part in value.split(";")
    }
    routes = {
        f"Ruta {m[1]}" for name in others | {first} if (m := NATIONAL_ROUTE.match(fold(name)))
    }
    return [first, *sorted((others | routes) - {first, ""})]


def _metres(line: list[Position], origin: Point) -> FloatArray:
    array = np.asarray(line, dtype=np.float64)
    return local_metres(origin, lons=array[:, 0], lats=array[:, 1])


def _gather(points: list[Position], origin: Point) -> list[tuple[Position, float]]:
    """Junctions within 80 m are one crossing (two carriageways): their middle and spread."""
    if len(points) == 1:
        return [(points[0], 0.0)]
    local = _metres(points, origin)
    gaps = np.linalg.norm(local[:, None] - local[None, :], axis=2)
    count, labels = connected_components(coo_array(gaps <= ONE_CROSSING_WITHIN_M), directed=False)
    places = np.asarray(points)
    gathered: list[tuple[Position, float]] = []
    for label in range(count):
        mine = labels == label
        lon, lat = places[mine].mean(axis=0)
        spread = np.linalg.norm(local[mine] - local[mine].mean(axis=0), axis=1).max()
        gathered.append(((float(lon), float(lat)), float(spread)))
    return gathered


def _near_misses(
    streets: list[Street], known: set[tuple[int, int]], origin: Point
) -> list[Crossing]:
    """Streets that end at one square or roundabout without sharing a junction."""
    if not streets:
        return []
    local = np.array([_local_street(street, origin) for street in streets])
    tree = shapely.STRtree(local)
    left, right = tree.query(local, predicate="dwithin", distance=NEAR_WITHIN_M)
    found: list[Crossing] = []
    for i, j in zip(left.tolist(), right.tolist(), strict=True):
        a, b = streets[i], streets[j]
        if a.id < b.id and (a.id, b.id) not in known and a.name != b.name:
            bridge = shapely.shortest_line(a.geometry, b.geometry)
            middle = bridge.interpolate(0.5, normalized=True)
            gap = float(shapely.distance(local[i], local[j]))
            found.append(Crossing(a.id, b.id, (middle.x, middle.y), gap / 2, shared=False))
    return found


def _local_street(street: Street, origin: Point) -> BaseGeometry:
    return shapely.transform(
        street.geometry, lambda xy: local_metres(origin, lons=xy[:, 0], lats=xy[:, 1])
    )
