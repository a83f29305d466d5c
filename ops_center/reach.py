"""Keeps the road times to the zones that are to be covered, for one web process."""

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

import numpy as np
import shapely
import structlog
from numpy.typing import NDArray

from dispatch.domain.recommending.coverage import NOBODY_S, CoveredZone, ReachField
from dispatch.repository import SqlRules, incidents_by_zone
from gis.geometry import Point
from gis.repository import ZonesNow, ZoneSummary
from gis.routing import Router
from gis.routing.reach_table import Grid, ReachTable, slower_than_measured, work_out
from gis.travel import Profile
from ops_center.kernel.clock import Clock
from ops_center.kernel.database import DATABASE_TROUBLE, Database
from ops_center.kernel.errors import Unavailable

FOLLOW_S: Final = 2.0
# A closure drawn now is in the next table: soon enough for an expectation, and not too often.
REBUILD_MIN_S: Final = 60.0
LIMIT_S: Final = 10.0
COUNTED_OVER: Final = timedelta(days=30)
# With fewer incidents than this in all zones together their sizes say more.
COUNTED_MIN: Final = 50
ZONES_MAX: Final = 200
PLACES_MAX: Final = 240
PLACES_OF_ZONE_MAX: Final = 3
SAMPLES_SIDE: Final = 5

log = structlog.get_logger()
Seconds = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class ZoneReach:
    """Expected seconds from each cell to each zone: the mean over places in the zone."""

    zones: tuple[CoveredZone, ...]
    grid: Grid
    of_cells: Seconds

    def seconds(self, lons: Sequence[float], lats: Sequence[float], profile: str) -> Seconds:
        """Return expected seconds from each place to each zone, shape (places, zones)."""
        cells = self.grid.cells_of(np.asarray(lons), np.asarray(lats))
        found = self.of_cells[cells] * slower_than_measured(Profile(profile))
        return np.asarray(np.minimum(found, NOBODY_S))


@dataclass(frozen=True, slots=True)
class _Area:
    zone: ZoneSummary
    outline: shapely.Geometry


class ReachKeeper:
    """Works the table out when somebody first asks for it, and again when roads or zones change."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        *,
        zones: ZonesNow,
        roads: Callable[[], tuple[Router, object]],
    ) -> None:
        self._database = database
        self._clock = clock
        self._zones = zones
        self._roads = roads
        self._asked = asyncio.Event()
        self._found: ZoneReach | None = None
        self._key: object = None
        self._began = -REBUILD_MIN_S

    def field(self) -> ReachField:
        """Return the table; Unavailable `coverage-not-ready` until it is worked out."""
        self._asked.set()
        if self._found is None:
            raise Unavailable(
                "Coverage is being worked out for this city. Ask again in half a minute.",
                code="coverage-not-ready",
            )
        return self._found

    async def run(self) -> None:
        """Follow roads, zones and rules for ever, once somebody asked."""
        await self._asked.wait()
        while True:
            try:
                await self._follow()
            except DATABASE_TROUBLE as trouble:
                log.warning("coverage.unavailable", cause=type(trouble).__name__)
            await asyncio.sleep(FOLLOW_S)

    async def _follow(self) -> None:
        kinds = await self._kinds()
        router, roads = self._roads()
        key = (roads, self._zones.revision, kinds)
        index = self._zones.index
        too_soon = time.monotonic() - self._began < REBUILD_MIN_S
        if index is None or key == self._key or (too_soon and self._found is not None):
            return
        self._began = time.monotonic()
        kind = next((k for k in kinds if any(z.kind == k for z in index.zones)), None)
        areas = [_Area(zone, outline) for zone, outline in index.outlines(kind)[:ZONES_MAX]]
        counts = await self._counts()
        self._found = await asyncio.to_thread(_worked_out, router, areas, counts)
        self._key = key
        zones = len(self._found.zones) if self._found else 0
        log.info(
            "coverage.worked_out", zones=zones, took_s=round(time.monotonic() - self._began, 1)
        )

    async def _kinds(self) -> tuple[str, ...]:
        async with asyncio.timeout(LIMIT_S), self._database.reading() as connection:
            return (await SqlRules(connection).current()).run_cards.coverage.zone_kinds

    async def _counts(self) -> dict[str, int]:
        since = self._clock.now() - COUNTED_OVER
        async with asyncio.timeout(LIMIT_S), self._database.reading() as connection:
            return await incidents_by_zone(connection, since)


def _worked_out(router: Router, areas: Sequence[_Area], counts: dict[str, int]) -> ZoneReach | None:
    """Blocking: seconds for a city."""
    if not areas:
        return None
    each = max(1, min(PLACES_OF_ZONE_MAX, PLACES_MAX // len(areas)))
    places = [_places(area.outline, each) for area in areas]
    table = work_out(router, [place for of_zone in places for place in of_zone])
    if table is None:
        return None
    weights = _weights(areas, counts)
    zones = tuple(
        CoveredZone(
            id=area.zone.id,
            name=area.zone.name,
            kind=area.zone.kind,
            weight=weight,
            post=router.snapped(of_zone[0]) or of_zone[0],
        )
        for area, of_zone, weight in zip(areas, places, weights, strict=True)
    )
    return ZoneReach(zones=zones, grid=table.grid, of_cells=_means(table, places))


def _means(table: ReachTable, places: Sequence[Sequence[Point]]) -> Seconds:
    """The mean over the places of each zone; a place nobody reaches counts as an hour."""
    starts = np.cumsum([0, *(len(of_zone) for of_zone in places[:-1])])
    sums = np.add.reduceat(np.minimum(table.seconds, NOBODY_S), starts, axis=1)
    return np.asarray(sums / np.array([len(of_zone) for of_zone in places]))


def _places(outline: shapely.Geometry, wanted: int) -> list[Point]:
    """A place surely inside, and others spread over the zone, the same every time."""
    inside = shapely.point_on_surface(outline)
    west, south, east, north = outline.bounds
    lons = np.linspace(west, east, SAMPLES_SIDE + 2)[1:-1]
    lats = np.linspace(south, north, SAMPLES_SIDE + 2)[1:-1]
    spread = [(lon, lat) for lat in lats.tolist() for lon in lons.tolist()]
    held = [one for one in spread if shapely.intersects_xy(outline, *one)]
    step = max(len(held) // max(wanted - 1, 1), 1)
    picked = [(inside.x, inside.y), *held[step // 2 :: step][: wanted - 1]]
    return [Point(lon=lon, lat=lat) for lon, lat in picked]


def _weights(areas: Sequence[_Area], counts: dict[str, int]) -> list[float]:
    """Each zone's share of what happened of late, or of the ground where little did."""
    happened = np.array([counts.get(str(area.zone.id), 0) for area in areas], np.float64)
    if happened.sum() < COUNTED_MIN:
        happened = np.array([area.outline.area for area in areas], np.float64)
    else:
        happened += 0.5  # nowhere is nothing ever going to happen
    shares: list[float] = (happened / happened.sum()).tolist()
    return shares
