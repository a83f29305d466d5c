"""Joins foot paths to the roads they end on: the import cuts roads only where roads meet."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from gis.geodesy import FloatArray
    from gis.routing.edges import BoolArray, EdgeArrays, IntArray


def cut_where_paths_end(edges: EdgeArrays) -> EdgeArrays:
    """The same walkable roads, cut at every vertex where another walkable one begins or ends.

    Pieces keep the id of their road; roads that cannot be walked are left whole.
    """
    nodes = _nodes_at(edges)
    cut = nodes >= 0
    if not cut.any():
        return edges
    owner = np.repeat(np.arange(len(edges.ids)), np.diff(edges.starts))
    pieces = 1 + np.bincount(owner[cut], minlength=len(edges.ids))
    # A vertex that is cut at ends one piece and begins the next.
    again = np.repeat(np.arange(len(owner)), 1 + cut)
    second = np.zeros(len(again), bool)
    second[1:] = again[1:] == again[:-1]
    first = np.flatnonzero(second | np.isin(again, edges.starts[:-1]))
    starts = np.append(first, len(again)).astype(np.int64)
    road = np.repeat(np.arange(len(edges.ids)), pieces)
    begins = nodes[again[first]]
    ends = nodes[again[starts[1:] - 1]]
    whole = {
        name: getattr(edges, name)[road]
        for name in (
            *("ids", "direction", "maxspeed_mps", "classes", "way_ids", "drivable", "walkable"),
            *("access", "rough", "name_of"),
        )
    }
    return replace(
        edges,
        **whole,
        from_nodes=np.where(begins >= 0, begins, edges.from_nodes[road]),
        to_nodes=np.where(ends >= 0, ends, edges.to_nodes[road]),
        length_m=_lengths(edges, again, starts, road),
        lons=edges.lons[again],
        lats=edges.lats[again],
        starts=starts,
    )


def _nodes_at(edges: EdgeArrays) -> IntArray:
    """For each vertex within a walkable road the node that lies on it; -1 where none does."""
    place = edges.lons + 1j * edges.lats
    first, last = edges.starts[:-1], edges.starts[1:] - 1
    walked = edges.walkable
    ends = np.concatenate((place[first][walked], place[last][walked]))
    ids = np.concatenate((edges.from_nodes[walked], edges.to_nodes[walked]))
    ends, one = np.unique(ends, return_index=True)
    inner = _inner(edges, walked)
    found = np.full(len(place), -1, np.int64)
    if len(ends) == 0:
        return found
    at = np.minimum(np.searchsorted(ends, place[inner]), len(ends) - 1)
    hit = ends[at] == place[inner]
    found[np.flatnonzero(inner)[hit]] = ids[one][at[hit]]
    return found


def _inner(edges: EdgeArrays, walked: BoolArray) -> BoolArray:
    """Vertices of walkable roads that are not their ends."""
    inner = np.repeat(walked, np.diff(edges.starts))
    inner[edges.starts[:-1]] = False
    inner[edges.starts[1:] - 1] = False
    return inner


def _lengths(edges: EdgeArrays, again: IntArray, starts: IntArray, road: IntArray) -> FloatArray:
    """Each piece's share of its road's length, by the distance in degrees at its latitude."""
    x = edges.lons[again] * np.cos(np.radians(edges.lats[again]))
    step = np.hypot(np.diff(x, append=x[-1:]), np.diff(edges.lats[again], append=0.0))
    # The step from one piece to the next is none.
    step[starts[1:] - 1] = 0.0
    piece = np.add.reduceat(step, starts[:-1])
    total = np.bincount(road, piece, minlength=len(edges.ids))
    return np.asarray(edges.length_m[road] * piece / total[road])
