"""Where streets cross: at shared junctions, and where they come near without one."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from gis.geodesy import local_metres
from gis.geometry import Point

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from gis.importing.osm import Position

ONE_CROSSING_WITHIN_M = 80.0
NEAR_WITHIN_M = 30.0
# Two roads that share more junctions than this run in one bed; a few corners of them suffice.
MEETINGS_MAX = 1_000


@dataclass(frozen=True, slots=True)
class Crossing:
    """Where streets a and b meet; `spread_m` is how far apart the single junctions lie."""

    a_id: int
    b_id: int
    point: Position
    spread_m: float
    shared: bool


def crossings_of(meetings: Iterable[tuple[int, int, float, float]]) -> Iterator[Crossing]:
    """Crossings from meetings (a_id, b_id, lon, lat), which come sorted by street pair."""
    for (a, b), shared in groupby(meetings, key=lambda meeting: (meeting[0], meeting[1])):
        points = [(lon, lat) for _, _, lon, lat in shared][:MEETINGS_MAX]
        for point, spread in _gather(points):
            yield Crossing(a, b, point, spread, shared=True)


def _gather(points: list[Position]) -> list[tuple[Position, float]]:
    """Junctions within 80 m are one crossing (two carriageways): their middle and spread."""
    if len(points) == 1:
        return [(points[0], 0.0)]
    places = np.asarray(points)
    middle = places.mean(axis=0)
    origin = Point(lon=float(middle[0]), lat=float(middle[1]))
    local = local_metres(origin, lons=places[:, 0], lats=places[:, 1])
    gaps = np.linalg.norm(local[:, None] - local[None, :], axis=2)
    count, labels = connected_components(coo_array(gaps <= ONE_CROSSING_WITHIN_M), directed=False)
    gathered: list[tuple[Position, float]] = []
    for label in range(count):
        mine = labels == label
        lon, lat = places[mine].mean(axis=0)
        spread = np.linalg.norm(local[mine] - local[mine].mean(axis=0), axis=1).max()
        gathered.append(((float(lon), float(lat)), float(spread)))
    return gathered
