"""Which pieces of which roads a closure covers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np
import shapely

from gis.geodesy import local_metres

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from gis.geodesy import FloatArray
    from gis.geometry import Point
    from gis.routing.edges import IntArray
    from gis.routing.port import Barrier


class Placed(Protocol):
    """Something whose lines are in metres around an origin."""

    @property
    def origin(self) -> Point: ...


# A piece shorter than this is a corner touched, not a road closed.
TOUCHED_M = 1.0
# A line closes the street it runs along: a piece this long, or half the street, and going the
# same way. Streets that only cross it stay open.
ALONG_M, ALONG_SHARE, SAME_WAY = 20.0, 0.5, 0.7
# A short stroke is drawn across a street, not along it: it closes what it crosses away from ends.
STROKE_M, FROM_ENDS_M = 60.0, 12.0


@dataclass(frozen=True, slots=True)
class Closed:
    """Closed edges in order, and from where to where, as fractions of the edge's length."""

    edges: IntArray
    start: FloatArray
    stop: FloatArray

    def spans(self, edges: IntArray) -> tuple[FloatArray, FloatArray]:
        """The closed part of each edge asked for; an empty one (2, -1) where it is open."""
        start, stop = np.full(len(edges), 2.0), np.full(len(edges), -1.0)
        if len(self.edges):
            at = np.minimum(np.searchsorted(self.edges, edges), len(self.edges) - 1)
            hit = self.edges[at] == edges
            start[hit], stop[hit] = self.start[at[hit]], self.stop[at[hit]]
        return start, stop


NOTHING_CLOSED = Closed(np.zeros(0, np.int64), np.zeros(0), np.zeros(0))


def closed_by(
    network: Placed,
    lines: FloatArray,
    barriers: Sequence[Barrier],
    near: Callable[[shapely.Geometry], IntArray] | None = None,
) -> Closed:
    """What the barriers close of a network with `lines` in local metres.

    `near` finds the lines that an area touches, for those who have a tree of them already.
    """
    if not barriers:
        return NOTHING_CLOSED
    near = near or shapely.STRtree(lines).query
    spans: dict[int, tuple[float, float]] = {}
    for barrier in barriers:
        area = shapely.make_valid(_local(network, barrier.area))
        shapely.prepare(area)
        candidates = np.sort(near(area))
        for edge, start, stop in _covered(network, lines, candidates, (area, barrier)):
            before = spans.get(edge, (2.0, -1.0))
            spans[edge] = (min(before[0], start), max(before[1], stop))
    order = sorted(spans)
    return Closed(
        np.array(order, np.int64),
        np.array([spans[edge][0] for edge in order]),
        np.array([spans[edge][1] for edge in order]),
    )


def _covered(
    network: Placed, lines: FloatArray, near: IntArray, closing: tuple[shapely.Geometry, Barrier]
) -> list[tuple[int, float, float]]:
    area, barrier = closing
    along = None if barrier.along is None else _local(network, barrier.along)
    pieces = shapely.intersection(lines[near], area)
    keep = shapely.length(pieces) >= TOUCHED_M
    if along is not None:
        keep &= _closes(along, lines[near], pieces)
    found = []
    for edge, piece in zip(near[keep].tolist(), pieces[keep], strict=True):
        ends = shapely.points(shapely.get_coordinates(piece))
        at = shapely.line_locate_point(lines[edge], ends, normalized=True)
        found.append((edge, float(at.min()), float(at.max())))
    return found


def _closes(along: shapely.Geometry, lines: FloatArray, pieces: FloatArray) -> FloatArray:
    """Which lines run along the drawn one, or are crossed by a short stroke."""
    length = shapely.length(pieces)
    enough = length >= np.minimum(ALONG_M, shapely.length(lines) * ALONG_SHARE)
    runs = enough & (_progress(along, pieces) >= SAME_WAY * length)
    if shapely.length(along) > STROKE_M:
        return np.asarray(runs)
    crossing = shapely.intersection(lines, along)
    place = shapely.line_locate_point(lines, shapely.centroid(crossing))
    inside = np.minimum(place, shapely.length(lines) - place) > FROM_ENDS_M
    return np.asarray(runs | (~shapely.is_empty(crossing) & inside))


def _progress(along: shapely.Geometry, pieces: FloatArray) -> FloatArray:
    """How far along the drawn line each piece leads, metres."""
    made = np.zeros(len(pieces))
    for i, piece in enumerate(pieces):
        at = shapely.line_locate_point(along, shapely.points(shapely.get_coordinates(piece)))
        made[i] = float(at.max() - at.min()) if len(at) else 0.0
    return made


def _local(network: Placed, shape: shapely.Geometry) -> shapely.Geometry:
    return shapely.transform(
        shape, lambda xy: local_metres(network.origin, lons=xy[:, 0], lats=xy[:, 1])
    )
