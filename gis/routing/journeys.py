"""Draws and tells a journey that the search found: its line and its steps."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from gis.geometry import Point
from gis.routing.network import turned_deg
from gis.routing.steps import Leg, steps_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gis.geodesy import FloatArray
    from gis.routing.network import Network
    from gis.travel import Step

Span = tuple[float, float]


class Journeys:
    """`legs` are the directed edges driven; `span` says where on the first one it begins and on
    the last one it ends, as fractions of the edges' own lines.
    """

    def __init__(self, network: Network) -> None:
        self._network = network
        nodes = np.concatenate((network.edges.from_nodes, network.edges.to_nodes))
        self._nodes, counts = np.unique(nodes, return_counts=True)
        self._arms = counts

    def line(self, legs: Sequence[int], span: Span) -> list[Point]:
        """The vertices driven."""
        pieces = [self._cut(*part) for part in self._parts(legs, span)]
        lons = np.concatenate([lons for lons, _ in pieces]).tolist()
        lats = np.concatenate([lats for _, lats in pieces]).tolist()
        return [Point(lon=lon, lat=lat) for lon, lat in zip(lons, lats, strict=True)]

    def steps(
        self,
        legs: Sequence[int],
        span: Span,
        *,
        edge_s: FloatArray,
        end: Point,
        language: str,
    ) -> tuple[Step, ...]:
        """The journey in words; waiting at junctions is not told."""
        network, edges = self._network, self._network.edges
        told = []
        before: int | None = None
        for directed, start, stop in self._parts(legs, span):
            edge = int(network.edge[directed])
            share = max(stop - start, 0.0)
            told.append(
                Leg(
                    street=str(edges.names[edges.name_of[edge]]) or None,
                    at=self._begin(directed, start, stop),
                    turned_deg=0.0 if before is None else self._turned(before, directed),
                    junction=self._is_junction(directed),
                    seconds=share * float(edge_s[directed]),
                    metres=share * float(edges.length_m[edge]),
                )
            )
            before = directed
        return steps_of(told, end=end, language=language)

    def _parts(self, legs: Sequence[int], span: Span) -> list[tuple[int, float, float]]:
        last = len(legs) - 1
        return [
            (
                directed,
                self._along(directed, span[0]) if i == 0 else 0.0,
                self._along(directed, span[1]) if i == last else 1.0,
            )
            for i, directed in enumerate(legs)
        ]

    def _turned(self, before: int, after: int) -> float:
        headings = self._network.headings
        return float(turned_deg(headings[before, 1], headings[after, 0]))

    def _is_junction(self, directed: int) -> bool:
        """Whether more than two roads meet where a directed edge begins."""
        edges, edge = self._network.edges, int(self._network.edge[directed])
        forward = self._network.forward[directed]
        node = edges.from_nodes[edge] if forward else edges.to_nodes[edge]
        return bool(self._arms[np.searchsorted(self._nodes, node)] > 2)

    def _along(self, directed: int, fraction: float) -> float:
        """A fraction of the edge's line as a fraction in the direction of travel."""
        return fraction if self._network.forward[directed] else 1 - fraction

    def _begin(self, directed: int, start: float, stop: float) -> Point:
        lons, lats = self._cut(directed, start, stop)
        return Point(lon=float(lons[0]), lat=float(lats[0]))

    def _cut(self, directed: int, start: float, stop: float) -> tuple[FloatArray, FloatArray]:
        """The vertices of a directed edge between two fractions of its length."""
        edges, edge = self._network.edges, int(self._network.edge[directed])
        span = slice(int(edges.starts[edge]), int(edges.starts[edge + 1]))
        lons, lats, local = edges.lons[span], edges.lats[span], self._network.local[span]
        if not self._network.forward[directed]:
            lons, lats, local = lons[::-1], lats[::-1], local[::-1]
        if (start, stop) == (0.0, 1.0):
            return lons, lats
        steps = np.linalg.norm(np.diff(local, axis=0), axis=1)
        along = np.concatenate(([0.0], np.cumsum(steps))) / steps.sum()
        inner = along[(along > start) & (along < stop)]
        wanted = np.concatenate(([start], inner, [stop]))
        return np.interp(wanted, along, lons), np.interp(wanted, along, lats)


def without_repeats(points: Sequence[Point]) -> tuple[Point, ...]:
    """The points without those that stand twice in a row; always at least two."""
    kept = [p for i, p in enumerate(points) if i == 0 or p != points[i - 1]]
    return tuple(kept) if len(kept) > 1 else (points[0], points[-1])
