"""The sea, from the open coastline a city extract holds."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import shapely
from shapely.geometry import LineString, Point

if TYPE_CHECKING:
    from shapely.geometry import Polygon
    from shapely.geometry.base import BaseGeometry

Line = list[tuple[float, float]]
# How far beside the coastline its right side is probed, and how far a loose end may reach.
PROBE_DEG = 2e-5
REACH_DEG = 0.01


def sea_of(coastlines: list[Line], outline: Polygon) -> list[Polygon]:
    """The parts of the outline that lie to the right of the coastline (degrees, EPSG:4326).

    OpenStreetMap draws coastlines with land on the left. Ends that stop short of the outline
    are drawn out to it.
    """
    if not coastlines:
        return []
    lines = [LineString(line) for line in coastlines]
    joined = list(shapely.get_parts(shapely.line_merge(shapely.union_all(lines))))
    noded = shapely.union_all([*joined, *_drawn_out(joined, outline), outline.exterior])
    faces = [
        face for face in shapely.polygonize([noded]).geoms if outline.buffer(PROBE_DEG).covers(face)
    ]
    probes = [probe for line in coastlines for probe in _probes(line)]
    return [face for face in faces if _votes(face, probes) > 0]


def _drawn_out(lines: list[BaseGeometry], outline: Polygon) -> list[BaseGeometry]:
    ends = [Point(line.coords[i]) for line in lines if not line.is_closed for i in (0, -1)]
    return [
        shapely.shortest_line(end, outline.exterior)
        for end in ends
        if 0 < end.distance(outline.exterior) <= REACH_DEG
    ]


def _probes(line: Line) -> list[tuple[Point, int]]:
    """A point just right of each segment counts for the sea, one just left against it."""
    found: list[tuple[Point, int]] = []
    for (x0, y0), (x1, y1) in pairwise(line):
        length = ((x1 - x0) ** 2 + (y1 - y0) ** 2) ** 0.5
        if length == 0:
            continue
        right = ((y1 - y0) / length * PROBE_DEG, -(x1 - x0) / length * PROBE_DEG)
        middle = ((x0 + x1) / 2, (y0 + y1) / 2)
        found.append((Point(middle[0] + right[0], middle[1] + right[1]), 1))
        found.append((Point(middle[0] - right[0], middle[1] - right[1]), -1))
    return found


def _votes(face: BaseGeometry, probes: list[tuple[Point, int]]) -> int:
    shapely.prepare(face)
    return sum(vote for probe, vote in probes if face.contains(probe))
