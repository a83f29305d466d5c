"""Gives Valhalla's edges the speeds and rules of the road graph, so that both engines agree."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
import shapely

from gis.routing.network import build_network
from gis.routing.rules import Mode, passage_of
from gis.routing.valhalla.layout import AUTO, MOTORCYCLE, TAXI, set_access, set_density, set_speed
from gis.routing.weights import edge_seconds
from gis.travel import DRIVING, KMH, Profile, speed_mps

if TYPE_CHECKING:
    from gis.routing.edges import EdgeArrays
    from gis.routing.valhalla.layout import BoolArray, EdgeTable, FloatArray, IntArray, Tile

# With less of the city's roads found the tiles are laid out otherwise than we read them. Not all
# need be there: Valhalla leaves out roads that nobody may use. Nor is all that is there the
# city's, when it was cut out of a larger extract.
FOUND_WAYS_MIN = 0.9
KMH_MIN, KMH_MAX = 2, 140
# Whose price of a road that only crews use is written into the tiles; all crews come near it.
CREW = Profile.PATROL
# Where roads are dense Valhalla makes turns up to 3.5 times dearer; those of the graph cost the
# same everywhere. Up to 4 the factor is 1.
JUNCTION_DENSITY = 2


@dataclass(frozen=True, slots=True)
class Rules:
    """For n edges of the graph, ordered by way: who may drive with and against their line (n, 2),
    and at how many km/h a car would.
    """

    way_ids: IntArray
    lines: FloatArray
    civil: BoolArray
    crew: BoolArray
    kmh: FloatArray


class UnknownLayout(Exception):
    """The ways read from the tiles are not those of the city."""


def rules_of(edges: EdgeArrays) -> Rules:
    """What the graph knows of its edges; a second for 500,000."""
    owner = np.repeat(np.arange(len(edges.ids)), np.diff(edges.starts))
    points = np.column_stack((edges.lons, edges.lats))
    civil, crew = _open_to(edges, Mode.CIVIL), _open_to(edges, Mode.CREW)
    plain = np.repeat(_car_kmh(edges)[:, None], 2, axis=1)
    kmh = np.where(civil, plain, _crew_kmh(edges, plain))
    order = np.argsort(edges.way_ids, kind="stable")
    return Rules(
        way_ids=edges.way_ids[order],
        lines=shapely.linestrings(points, indices=owner)[order],
        civil=civil[order],
        crew=crew[order],
        kmh=kmh[order],
    )


def check(table: EdgeTable, rules: Rules) -> None:
    """Raise UnknownLayout when the tiles, read as we do, do not hold the city's roads."""
    wanted = np.unique(rules.way_ids[rules.civil.any(axis=1)])
    if len(wanted) and np.isin(wanted, table.way_ids).mean() < FOUND_WAYS_MIN:
        raise UnknownLayout


def harmonise(tile: Tile, table: EdgeTable, rules: Rules) -> None:
    """Write speed and access of each edge of a tile; roads that are none of ours are for nobody."""
    if len(table.way_ids) == 0:
        return
    of_line = _graph_edges(table, rules)[table.line_of]
    known = of_line >= 0
    onward = np.where(table.forward, 0, 1)
    kmh = np.clip(np.rint(rules.kmh[of_line, onward]), KMH_MIN, KMH_MAX)
    rows = np.flatnonzero(known)
    set_speed(tile.words, rows, kmh[rows].astype(np.int64))
    set_density(tile.nodes, JUNCTION_DENSITY)
    for mode, allowed in ((AUTO, rules.civil), (TAXI, rules.crew), (MOTORCYCLE, rules.crew)):
        set_access(
            tile.words,
            mode,
            allowed[of_line, onward] & known,
            allowed[of_line, 1 - onward] & known,
        )


def _graph_edges(table: EdgeTable, rules: Rules) -> IntArray:
    """For each line of a tile the edge of the graph it lies on, -1 for none, shape (k,).

    Valhalla cuts ways at every junction and the graph only at those of roads, so a line lies on
    one edge of its own way: the one nearest to its middle.
    """
    way_of = np.zeros(len(table.starts) - 1, np.int64)
    way_of[table.line_of] = table.way_ids
    first = np.searchsorted(rules.way_ids, way_of, side="left")
    count = np.searchsorted(rules.way_ids, way_of, side="right") - first
    line = np.repeat(np.arange(len(way_of)), count)
    within = np.arange(len(line)) - np.repeat(np.cumsum(count) - count, count)
    edge = np.repeat(first, count) + within
    away = shapely.distance(_middles(table)[line], rules.lines[edge])
    found = np.full(len(way_of), -1, np.int64)
    # Farthest first, so that the nearest of each line is written last.
    nearest_last = np.argsort(-away, kind="stable")
    found[line[nearest_last]] = edge[nearest_last]
    return found


def _middles(table: EdgeTable) -> FloatArray:
    owner = np.repeat(np.arange(len(table.starts) - 1), np.diff(table.starts))
    lines = shapely.linestrings(np.column_stack((table.lons, table.lats)), indices=owner)
    middles: FloatArray = shapely.line_interpolate_point(lines, 0.5, normalized=True)
    return middles


def _open_to(edges: EdgeArrays, mode: Mode) -> BoolArray:
    passage = passage_of(edges, mode)
    with_line = (edges.direction >= 0) | passage.against
    against = (edges.direction <= 0) | passage.against
    return np.column_stack((with_line, against)) & passage.usable[:, None]


def _car_kmh(edges: EdgeArrays) -> FloatArray:
    """The tabled speed of a car on each edge, shape (n,)."""
    speed = lru_cache(maxsize=None)(speed_mps)
    limits = [None if np.isnan(one) else one for one in edges.maxspeed_mps.tolist()]
    pairs = zip(edges.classes.tolist(), limits, strict=True)
    return np.array([speed(kind, limit, Profile.CAR) for kind, limit in pairs]) / KMH


def _crew_kmh(edges: EdgeArrays, plain: FloatArray) -> FloatArray:
    """What a car would drive where only crews may, so that their factor gives their own pace."""
    network = build_network(edges, Mode.CREW)
    seconds = edge_seconds(network, CREW, None)
    pace = edges.length_m[network.edge] / seconds / DRIVING[CREW].speed_factor / KMH
    found = plain.copy()
    found[network.edge, np.where(network.forward, 0, 1)] = pace
    return found
