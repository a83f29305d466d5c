"""Writes the closures in force into the live records of the tiles in use."""

from __future__ import annotations

import tarfile
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

import numpy as np
import shapely
import structlog

from gis.geodesy import local_metres
from gis.geometry import Point
from gis.routing.barriers import closed_by
from gis.routing.valhalla.build import identity
from gis.routing.valhalla.layout import EdgeTable
from gis.routing.valhalla.traffic import TrafficFile
from ops_center.kernel.errors import Unavailable

if TYPE_CHECKING:
    from gis.routing.port import Barrier
    from gis.routing.valhalla.layout import BoolArray, FloatArray, IntArray

_log = structlog.get_logger(__name__)


@dataclass
class _Roads:
    """The edges of one city's tiles; what closures need is made when the first one comes."""

    folder: Path

    @cached_property
    def table(self) -> EdgeTable:
        return EdgeTable.load(self.folder / "edges.npz")

    @cached_property
    def origin(self) -> Point:
        lons, lats = self.table.lons, self.table.lats
        return Point(lon=float(np.median(lons)), lat=float(np.median(lats)))

    @cached_property
    def lines(self) -> FloatArray:
        table = self.table
        owner = np.repeat(np.arange(len(table.starts) - 1), np.diff(table.starts))
        local = local_metres(self.origin, lons=table.lons, lats=table.lats)
        lines: FloatArray = shapely.linestrings(local, indices=owner)
        return lines

    @cached_property
    def bounds(self) -> FloatArray:
        """West, south, east and north of each line in metres around the origin, shape (k, 4)."""
        found: FloatArray = shapely.bounds(self.lines)
        return found

    def near(self, barrier: Barrier) -> BoolArray:
        """Lines whose box meets the barrier's: of a country's millions only these are looked at."""
        west, south, east, north = barrier.area.bounds
        corners = local_metres(
            self.origin, lons=np.array([west, east]), lats=np.array([south, north])
        )
        low, high = corners.min(axis=0), corners.max(axis=0)
        boxes = self.bounds
        meets: BoolArray = (boxes[:, :2] <= high).all(axis=1) & (boxes[:, 2:] >= low).all(axis=1)
        return meets

    def graph_ids(self, lines: IntArray) -> IntArray:
        """The directed edges along some lines."""
        return self.table.graph_ids[np.isin(self.table.line_of, lines)]

    def middles(self, lines: IntArray) -> tuple[Point, ...]:
        """A point in the middle of each line, on one of its pieces."""
        starts = self.table.starts
        before = starts[lines] + (starts[lines + 1] - starts[lines]) // 2 - 1
        lons, lats = (
            (one[before] + one[before + 1]) / 2 for one in (self.table.lons, self.table.lats)
        )
        return tuple(
            Point(lon=lon, lat=lat) for lon, lat in zip(lons.tolist(), lats.tolist(), strict=True)
        )


class RoadCloser:
    """Holds one city's closures. Of the processes of a machine, the first to come writes them:
    the service sees them at once, and so does everybody who asks it.
    """

    def __init__(self, routing_dir: Path) -> None:
        self._dir = routing_dir
        self._lock = Lock()
        self._tiles: tuple[int, int] | None = None
        self._roads: _Roads | None = None
        self._file: TrafficFile | None = None
        # Where the car may not pass: it is told with each question, crews are not.
        self.civil_only: tuple[Point, ...] = ()

    def close(self, barriers: Sequence[Barrier], import_id: str | None) -> int:
        """Put exactly these closures in force; returns how many records changed.

        Blocks for milliseconds, the first time for as long as reading the edges takes.
        Raises Unavailable without tiles of `import_id`.
        """
        with self._lock:
            try:
                roads, file = self._opened(import_id)
                civil = [one for one in barriers if one.civil_only]
                everybody = [one for one in barriers if not one.civil_only]
                self.civil_only = roads.middles(_closed(roads, civil)) if civil else ()
                if file is None:
                    return 0
                closed = _closed(roads, everybody) if everybody else np.zeros(0, np.int64)
                ids = roads.graph_ids(closed) if len(closed) else closed
                return file.set_closed(ids)
            except (OSError, ValueError, KeyError, tarfile.TarError) as error:
                self._forget()
                raise Unavailable(
                    f"Closures cannot be written for turn-by-turn routing: {error}.",
                    code="routing-engine",
                ) from error

    @property
    def import_id(self) -> str | None:
        """The tiles that the closures were written for."""
        roads = self._roads
        return None if roads is None else roads.folder.name

    def release(self) -> None:
        """Let another process write."""
        with self._lock:
            self._forget()

    def _opened(self, import_id: str | None) -> tuple[_Roads, TrafficFile | None]:
        if import_id is None:
            raise Unavailable("Turn-by-turn routing does not run.", code="routing-engine")
        folder = self._dir / import_id
        if self._roads is None or self._roads.folder != folder or identity(folder) != self._tiles:
            self._forget()
            self._tiles, self._roads = identity(folder), _Roads(folder)
        if self._file is None:
            self._file = TrafficFile.open(self._roads.folder / "traffic.tar")
            _log.info("closures.opened", import_id=import_id, writes=self._file is not None)
        return self._roads, self._file

    def _forget(self) -> None:
        if self._file is not None:
            self._file.close()
        self._roads = self._file = self._tiles = None
        self.civil_only = ()


def _closed(roads: _Roads, barriers: Sequence[Barrier]) -> IntArray:
    """The lines that the barriers close, by the graph's own rule."""
    near = np.zeros(len(roads.lines), bool)
    for barrier in barriers:
        near |= roads.near(barrier)
    some = np.flatnonzero(near)
    return some[closed_by(roads, roads.lines[some], barriers).edges]
