"""One import on its way: the stages it goes through, and what it has found so far."""

from __future__ import annotations

import asyncio
import contextlib
import resource
import time
from typing import TYPE_CHECKING, TypeVar

from gis.geocoding.indexing import index_city
from gis.importing import ground, joining, numbering, staging, writing
from gis.importing.city import city_name, timezone_near
from gis.importing.cleaning import Tally
from gis.importing.osm import OPEN_STREET_MAP
from gis.importing.reading import Reader
from gis.importing.report import ImportOptions, ImportReport, Progress
from gis.importing.survey import survey
from gis.importing.zones import zones_of
from gis.tables import CITY_TABLES, city
from ops_center.kernel.errors import Invalid
from ops_center.kernel.ids import new_id

if TYPE_CHECKING:
    from collections.abc import Awaitable
    from pathlib import Path

    from sqlalchemy.ext.asyncio import AsyncConnection

    from gis.geometry import Extent
    from gis.importing.reading import Batch
    from gis.importing.survey import Survey
    from ops_center.kernel.clock import Clock

T = TypeVar("T")
STAGES = ("survey", "read", "streets", "crossings", "addresses", "boundaries", "numbered roads",
          "zones", "search index", "indexes")  # fmt: skip
BYTES_PER_MB = 1_000_000
KILOBYTES_PER_MB = 1_000


class ImportRun:
    """Replaces the city over one connection, whose transaction the caller commits."""

    def __init__(
        self,
        path: Path,
        connection: AsyncConnection,
        options: ImportOptions,
        progress: Progress | None,
    ) -> None:
        self._path = path
        self._connection = connection
        self._options = options
        self._report = progress or (lambda _stage, _done, _total: None)
        self._started = time.monotonic()
        self._stage_seconds: dict[str, float] = {}
        self._tally = Tally()
        self._counts: dict[str, int] = {}

    async def run(self, folder: Path, clock: Clock) -> ImportReport:
        """Go through all stages; `folder` is for what waits on disk meanwhile."""
        await writing.begin(self._connection)
        surveyed = await self._stage(
            "survey", asyncio.to_thread(survey, self._path, folder, self._tally)
        )
        reader = Reader(surveyed, self._tally, self._options.within)
        await self._stage("read", self._read(reader, folder))
        extent = self._options.within or reader.extent()
        await self._join(surveyed, extent)
        zone_source = await self._stage("zones", self._write_zones(surveyed, reader, extent))
        self._counts["search_names"] = await self._stage(
            "search index", index_city(self._connection)
        )
        await self._stage("indexes", writing.settle(self._connection))
        return await self._finish(extent, zone_source, clock)

    async def _stage(self, stage: str, work: Awaitable[T]) -> T:
        self._report(stage, STAGES.index(stage), len(STAGES))
        began = time.monotonic()
        result = await work
        self._stage_seconds[stage] = round(time.monotonic() - began, 3)
        return result

    async def _read(self, reader: Reader, folder: Path) -> None:
        """Write each batch while the next one is being read."""
        await writing.take_shapes(self._connection)
        await staging.make_stages(self._connection)
        await writing.clear(self._connection)
        loop = asyncio.get_running_loop()
        objects = 0
        with contextlib.closing(reader.batches(self._path, folder)) as batches:
            batch = await asyncio.to_thread(next, batches, None)
            while batch is not None:
                following = loop.run_in_executor(None, next, batches, None)
                try:
                    await self._write(batch)
                    objects += batch.objects
                    self._report(f"read {objects:,} objects", 1, len(STAGES))
                finally:
                    batch = await following
        if not reader.drivable_edges:
            raise Invalid(f"{self._path.name} holds no roads here: nothing was changed.")
        self._counts["drivable_edges"] = reader.drivable_edges

    async def _write(self, batch: Batch) -> None:
        for table in (*reversed(CITY_TABLES), *staging.STAGES):
            await writing.copy_rows(self._connection, table, batch.rows.get(table.name, []))

    async def _join(self, surveyed: Survey, extent: Extent) -> None:
        on = self._connection
        self._counts["streets"] = await self._stage("streets", joining.join_streets(on))
        self._counts["crossings"] = await self._stage("crossings", joining.join_crossings(on))
        self._counts["turn_bans"] = await joining.join_bans(on, surveyed.restrictions)
        self._counts["addresses"] = await self._stage("addresses", joining.join_houses(on))
        await self._stage("boundaries", joining.join_boundaries(on))
        capital = await ground.capital(on) or extent.centre
        routes = numbering.join_routes(on, capital)
        self._counts["numbered_roads"] = await self._stage("numbered roads", routes)

    async def _write_zones(self, surveyed: Survey, reader: Reader, extent: Extent) -> str:
        known = await ground.ground(
            self._connection, extent, surveyed.boundaries, reader.boundary_lines
        )
        zones = await asyncio.to_thread(zones_of, known)
        self._counts["zones"] = len(zones)
        await ground.replace_zones(self._connection, zones)
        return zones[0].source if zones else "none"

    async def _finish(self, extent: Extent, zone_source: str, clock: Clock) -> ImportReport:
        settlements = await ground.settlements(self._connection)
        self._counts |= await ground.counts(self._connection)
        seconds = time.monotonic() - self._started
        size = (await asyncio.to_thread(self._path.stat)).st_size
        report = ImportReport(
            import_id=self._options.import_id or new_id(),
            city=self._options.name or city_name(settlements, extent, self._path.name),
            timezone=self._options.timezone or timezone_near(extent.centre),
            extent=extent,
            zone_source=zone_source,
            bytes=size,
            read=dict(self._tally.read),
            counts=self._counts,
            left_out=dict(self._tally.left_out),
            mended=dict(self._tally.mended),
            stage_seconds=self._stage_seconds,
            seconds=round(seconds, 3),
            megabytes_per_second=round(size / BYTES_PER_MB / seconds, 6),
            peak_memory_mb=peak_memory_mb(),
        )
        values = city_values(report, self._path.name)
        await self._connection.execute(city.insert().values(**values, imported_at=clock.now()))
        self._report("done", len(STAGES), len(STAGES))
        return report


def peak_memory_mb() -> int:
    """The most memory this process has had at once, since it started."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // KILOBYTES_PER_MB


def city_values(report: ImportReport, source: str) -> dict[str, object]:
    extent = report.extent
    return {
        "id": 1,
        "import_id": report.import_id,
        "name": report.city,
        "source": source,
        "attribution": OPEN_STREET_MAP,
        "timezone": report.timezone,
        "zone_source": report.zone_source,
        "west": extent.west,
        "south": extent.south,
        "east": extent.east,
        "north": extent.north,
        "centre_lon": extent.centre.lon,
        "centre_lat": extent.centre.lat,
        "report": report.as_json(),
    }
