"""The routing the rest of the house uses: by road where there is a graph, else estimated."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import numpy as np
import shapely
import structlog

from gis import repository
from gis.routing.graph import RoadGraph
from gis.routing.network import EdgeArrays
from gis.routing.reach import Reach, check_seconds, circle
from gis.travel import Profile, Route, TravelTime, straight_line
from ops_center.kernel.errors import Invalid

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from sqlalchemy.ext.asyncio import AsyncConnection

    from gis.geometry import Point

ORIGINS_MAX = 5_000
_log = structlog.get_logger(__name__)


class Router:
    """Travel times and routes. Answers also without a road graph, then marked `estimated`."""

    def __init__(self, graph: RoadGraph | None = None) -> None:
        self._graph = graph

    @property
    def has_roads(self) -> bool:
        return self._graph is not None

    def travel_times(
        self, *, to: Point, origins: Sequence[Point], profile: Profile = Profile.PATROL
    ) -> list[TravelTime]:
        """From each origin to one place, in the order given; a few ms of CPU for 200."""
        if len(origins) > ORIGINS_MAX:
            raise Invalid(f"At most {ORIGINS_MAX} origins in one question.", field="origins")
        if self._graph is None:
            return [straight_line(origin, to) for origin in origins]
        return self._graph.travel_times(to=to, origins=origins, profile=profile)

    def travel_times_by_profile(
        self, *, to: Point, origins: Sequence[tuple[Point, Profile]]
    ) -> list[TravelTime]:
        """The same for a mixed fleet: one search for each kind of vehicle."""
        answers: dict[int, TravelTime] = {}
        for profile in dict.fromkeys(profile for _, profile in origins):
            mine = [i for i, (_, kind) in enumerate(origins) if kind == profile]
            times = self.travel_times(to=to, origins=[origins[i][0] for i in mine], profile=profile)
            answers.update(zip(mine, times, strict=True))
        return [answers[i] for i in range(len(origins))]

    def route(self, *, start: Point, end: Point, profile: Profile = Profile.PATROL) -> Route:
        """The quickest journey with its line."""
        if self._graph is None:
            return Route(travel=straight_line(start, end), line=(start, end), profile=profile)
        return self._graph.route(start=start, end=end, profile=profile)

    def reach(self, *, start: Point, seconds: float, profile: Profile = Profile.PATROL) -> Reach:
        """The area reached within `seconds` (at most an hour); some 100 ms of CPU."""
        check_seconds(seconds)
        if self._graph is None:
            return circle(start, seconds=seconds, profile=profile)
        return self._graph.reach(start=start, seconds=seconds, profile=profile)

    def snapped(self, point: Point) -> Point | None:
        """The nearest place on a road that can be driven, or None when none is near."""
        return None if self._graph is None else self._graph.snapped(point)


async def load_router(connection: AsyncConnection, *, cache_dir: Path | None = None) -> Router:
    """The router of the imported city; without a city one that only estimates.

    The arrays are kept in `cache_dir`, one file for each import, so a restart needs no query.
    """
    city = await repository.city_of(connection)
    if city is None:
        return Router()
    cached = None if cache_dir is None else cache_dir / f"roads-{city.import_id}.npz"
    edges = None if cached is None else await asyncio.to_thread(_from_cache, cached)
    if edges is None:
        rows = await repository.drivable_edges(connection)
        bans = await repository.turn_bans(connection)
        edges = await asyncio.to_thread(edge_arrays, rows, bans)
        if cached is not None:
            await asyncio.to_thread(_to_cache, edges, cached)
    return Router(await asyncio.to_thread(RoadGraph, edges))


def edge_arrays(
    rows: Sequence[repository.EdgeRow], bans: Sequence[tuple[int, int, int]]
) -> EdgeArrays:
    """Arrays for the graph from rows of the edge table."""
    lines = shapely.from_wkb([row.wkb for row in rows])
    coordinates = shapely.get_coordinates(lines)
    counts = shapely.get_num_coordinates(lines)
    limits = [np.nan if row.maxspeed_mps is None else row.maxspeed_mps for row in rows]
    return EdgeArrays(
        ids=np.array([row.id for row in rows], np.int64),
        from_nodes=np.array([row.from_node for row in rows], np.int64),
        to_nodes=np.array([row.to_node for row in rows], np.int64),
        direction=np.array([row.direction for row in rows], np.int64),
        length_m=np.array([row.length_m for row in rows], np.float64),
        maxspeed_mps=np.array(limits, np.float64),
        classes=np.array([row.road_class for row in rows]),
        lons=np.ascontiguousarray(coordinates[:, 0]),
        lats=np.ascontiguousarray(coordinates[:, 1]),
        starts=np.concatenate(([0], np.cumsum(counts))).astype(np.int64),
        bans=np.array(bans, np.int64).reshape(-1, 3),
    )


def _from_cache(path: Path) -> EdgeArrays | None:
    if not path.exists():
        return None
    try:
        return EdgeArrays.load(path)
    except (ValueError, OSError, KeyError) as wrong:
        _log.warning("road_cache.unreadable", path=path.name, error=str(wrong))
        return None


def _to_cache(edges: EdgeArrays, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    for former in path.parent.glob("roads-*.npz"):
        former.unlink(missing_ok=True)
    edges.save(path)
