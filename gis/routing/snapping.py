"""Finds the place on the road network that belongs to a point beside it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
import shapely

from gis.geodesy import WGS84, local_metres
from gis.travel import ISLAND_PREFERENCE_M, ROAD_WITHIN_M

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gis.geodesy import FloatArray
    from gis.geometry import Point
    from gis.routing.edges import BoolArray, IntArray
    from gis.routing.network import Network

# Beyond this nothing counts as near, so nothing is looked for.
SEARCH_MAX_M = 2 * ROAD_WITHIN_M


@dataclass(frozen=True, slots=True)
class Snaps:
    """k points on the network: edge index, fraction of its length from its start, and place.

    `edge` is -1 where no road lies within ROAD_WITHIN_M. `cut_off` marks points whose nearest
    road hangs off the network, so that a farther one was taken.
    """

    edge: IntArray
    fraction: FloatArray
    off_road_m: FloatArray
    lons: FloatArray
    lats: FloatArray
    cut_off: BoolArray


class Snapper:
    """Nearest edges by distance to the line, the main network preferred over islands."""

    def __init__(self, network: Network) -> None:
        self._network = network
        counts = np.diff(network.edges.starts)
        owner = np.repeat(np.arange(len(counts)), counts)
        self.lines = shapely.linestrings(network.local, indices=owner)
        present = np.zeros(len(counts), bool)
        present[network.edge] = True
        self._present = np.flatnonzero(present)
        # Only closures and learning ask for all edges at once: most processes never do.
        self._tree = lru_cache(maxsize=1)(lambda: shapely.STRtree(self.lines[self._present]))
        self._starts = _Choice(self.lines, network.can_start, present)
        self._ends = _Choice(self.lines, network.can_end, present)

    def starts(self, points: Sequence[Point]) -> Snaps:
        """Where k journeys begin: on an edge that leads to the main network."""
        return self._snap(points, self._starts)

    def ends(self, points: Sequence[Point]) -> Snaps:
        """Where k journeys end: on an edge the main network leads to."""
        return self._snap(points, self._ends)

    def nearest(self, places: FloatArray, *, within_m: float) -> tuple[IntArray, IntArray]:
        """Of shapely points in local metres those with an edge so near, and the nearest edge."""
        asked, found = self._tree().query_nearest(places, max_distance=within_m, all_matches=False)
        return asked, self._present[found]

    def near(self, area: shapely.Geometry) -> IntArray:
        """The edges whose boxes share a place with the box of an area in local metres."""
        return np.asarray(self._present[self._tree().query(area)])

    def _snap(self, points: Sequence[Point], choice: _Choice) -> Snaps:
        lons = np.array([p.lon for p in points], dtype=np.float64)
        lats = np.array([p.lat for p in points], dtype=np.float64)
        spots = shapely.points(local_metres(self._network.origin, lons=lons, lats=lats))
        main, main_m = choice.usable(spots)
        rest, rest_m = choice.nearer_other(spots, main_m)
        on_island = self._network.island[rest] & (rest_m + ISLAND_PREFERENCE_M < main_m)
        on_island |= (main_m > ROAD_WITHIN_M) & (rest_m < main_m)
        edge = np.where(on_island, rest, main)
        cut_off = ~on_island & (rest_m < main_m)
        fraction = shapely.line_locate_point(self.lines[edge], spots, normalized=True)
        foot = shapely.get_coordinates(
            shapely.line_interpolate_point(self.lines[edge], fraction, normalized=True)
        )
        foot_lons, foot_lats = self._degrees(foot)
        _, _, off_road = WGS84.inv(lons, lats, foot_lons, foot_lats)
        far = np.asarray(off_road) > ROAD_WITHIN_M
        return Snaps(
            edge=np.where(far, -1, edge),
            fraction=fraction,
            off_road_m=np.asarray(off_road, dtype=np.float64),
            lons=foot_lons,
            lats=foot_lats,
            cut_off=cut_off,
        )

    def _degrees(self, local: FloatArray) -> tuple[FloatArray, FloatArray]:
        origin = self._network.origin
        one = local_metres(
            origin, lons=np.array([origin.lon + 1]), lats=np.array([origin.lat + 1])
        )[0]
        return origin.lon + local[:, 0] / one[0], origin.lat + local[:, 1] / one[1]


class _Choice:
    """The edges one may snap to, and the others, each in its own tree."""

    def __init__(self, lines: FloatArray, usable: BoolArray, present: BoolArray) -> None:
        self._lines = lines
        self._usable, self._other = np.flatnonzero(usable), np.flatnonzero(present & ~usable)
        self._usable_tree = shapely.STRtree(lines[self._usable])
        self._other_tree = shapely.STRtree(lines[self._other])

    def usable(self, spots: FloatArray) -> tuple[IntArray, FloatArray]:
        """The nearest usable edge of each spot and its distance in metres."""
        if len(self._usable) == 0:
            return np.zeros(len(spots), np.int64), np.full(len(spots), np.inf)
        (_, found), distance = self._usable_tree.query_nearest(
            spots, return_distance=True, all_matches=False
        )
        return self._usable[found], distance

    def nearer_other(self, spots: FloatArray, within_m: FloatArray) -> tuple[IntArray, FloatArray]:
        """The nearest other edge where one is nearer than `within_m`; else distance infinite."""
        edge, distance = np.zeros(len(spots), np.int64), np.full(len(spots), np.inf)
        reach = np.minimum(within_m, SEARCH_MAX_M)
        asked, found = self._other_tree.query(spots, predicate="dwithin", distance=reach)
        candidates = self._other[found]
        away = shapely.distance(self._lines[candidates], spots[asked])
        # Farthest first, so that the nearest of each spot is written last.
        for i in np.argsort(-away).tolist():
            edge[asked[i]], distance[asked[i]] = candidates[i], away[i]
        return edge, distance
