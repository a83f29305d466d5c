"""Imports a city whole, while the centre runs: database, search, road graph, basemap, turns.

Everything is made beside what is in use. The files wait in `imports/<import id>` until the
database has committed and are then renamed into place; what a crash leaves waiting is published,
or thrown away, by `heal` at the next start.
"""

import asyncio
import json
import resource
import shutil
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import structlog

from gis.geocoding import index_city
from gis.importing import STAGES, ImportOptions, ImportReport, Progress, import_osm, one_at_a_time
from gis.repository import City, city_of, has_names, store_report
from gis.routing import EdgeArrays, load_edges
from gis.routing.valhalla import TilesFailed, build_tiles
from gis.routing.valhalla.build import CURRENT, current_city
from gis.tiles import build_basemap
from gis.tiles.manifest import manifest_path, stored_basemap
from ops_center.kernel.clock import SystemClock
from ops_center.kernel.database import Connection, Database
from ops_center.kernel.errors import Conflict, DomainError, NotFound, Unavailable
from ops_center.kernel.ids import new_id
from ops_center.settings import Settings

GRAPH, BASEMAP, TURNS = "road graph", "basemap", "turn-by-turn roads"
FILE_STAGES: Final = (GRAPH, BASEMAP, TURNS)
STEPS: Final = len(STAGES) + len(FILE_STAGES)
STAMP: Final = "city.json"
WAITING: Final = "imports"
TILES: Final = "tiles.tar"
# One statement over a country takes minutes; the driver's usual patience is that of a console.
COMMAND_TIMEOUT_S: Final = 3 * 3_600.0
FILES_LOCK_KEY: Final = 0x6769_7332
KILOBYTES_PER_MB: Final = 1_000
BYTES_PER_MB: Final = 1_000_000

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class CityReport:
    """What the import read and wrote, and the files built from it: seconds and megabytes each."""

    database: ImportReport
    files: dict[str, dict[str, float]]
    seconds: float
    megabytes_per_second: float
    peak_memory_of_programs_mb: int

    def as_json(self) -> dict[str, Any]:
        """Plain values, as stored with the city and printed by --json."""
        whole = {
            "files": self.files,
            "database_seconds": self.database.seconds,
            "seconds": self.seconds,
            "megabytes_per_second": self.megabytes_per_second,
            "peak_memory_of_programs_mb": self.peak_memory_of_programs_mb,
        }
        return {**self.database.as_json(), **whole}


@dataclass(slots=True)
class _Files:
    """Where the files of one import wait, and what each has cost so far."""

    folder: Path  # named after the import
    costs: dict[str, dict[str, float]] = field(default_factory=dict)

    @property
    def city(self) -> str:
        return self.folder.name

    @property
    def basemap(self) -> Path:
        return self.folder / "basemap.pmtiles"

    @property
    def graph(self) -> Path:
        return self.folder / "graph"

    @property
    def routing(self) -> Path:
        return self.folder / "routing"

    def build(self, stage: str, path: Path, work: Callable[[], object]) -> None:
        """Do one file's work and note its seconds and size; blocks."""
        began = time.monotonic()
        work()
        sizes = [one.stat().st_size for one in (path, *path.rglob("*")) if one.is_file()]
        self.costs[stage] = {
            "seconds": round(time.monotonic() - began, 3),
            "megabytes": round(sum(sizes) / BYTES_PER_MB, 3),
        }


async def import_city(
    settings: Settings,
    database: Database,
    source: Path,
    *,
    options: ImportOptions,
    progress: Progress | None = None,
) -> CityReport:
    """Replace the city and all that is made from it; a failure changes nothing anywhere.

    Raises Invalid for a bad file, Conflict when another import runs, Unavailable when one of
    the programs that build files fails.
    """
    say = progress or _silent
    async with _alone(settings, database) as waiting:
        files = _Files(waiting / str(new_id()))
        try:
            async with database.engine.begin() as connection:
                whole = await _import(connection, files, source, (options, say))
        except BaseException:
            await asyncio.to_thread(shutil.rmtree, files.folder, ignore_errors=True)
            raise
        await asyncio.to_thread(_publish, settings, files)
    say("done", STEPS, STEPS)
    return whole


async def rebuild_files(
    settings: Settings, database: Database, source: Path, *, progress: Progress | None = None
) -> None:
    """Build the files of the imported city again, as after a lost disk; the database stays."""
    async with _alone(settings, database) as waiting:
        async with database.reading() as connection:
            city = await city_of(connection)
            if city is None:
                raise NotFound("No city is imported. Run: ./ops gis import-osm FILE.osm.pbf")
            files = _Files(waiting / str(city.import_id))
            await _build(connection, files, source, name=city.name, say=progress or _silent)
        await asyncio.to_thread(_publish, settings, files)


async def rebuild_basemap(settings: Settings, database: Database, source: Path) -> None:
    """Build only the basemap again; screens take it at their next reload."""
    async with database.reading() as connection:
        city = await city_of(connection)
    await asyncio.to_thread(
        build_basemap,
        source,
        settings.basemap,
        name=city.name if city else source.name,
        import_id=city.import_id if city else None,
    )


async def heal(settings: Settings, database: Database) -> None:
    """Finish or forget what an import left behind when its process ended in the middle.

    Files of the city in the database are put in place: their commit happened. Any others belong
    to a transaction that was never committed, and are removed. While an import runs nothing is
    touched.
    """
    if not (settings.data_dir / WAITING).is_dir():
        return
    try:
        async with _alone(settings, database) as waiting:
            async with database.reading() as connection:
                city = await city_of(connection)
            files = _Files(waiting / str(city.import_id if city else None))
            if (files.folder / STAMP).is_file():
                await asyncio.to_thread(_publish, settings, files)
                log.info("city.files_published", import_id=files.city)
            await asyncio.to_thread(shutil.rmtree, waiting, ignore_errors=True)
    except Conflict:
        log.info("city.import_runs")


async def index_former(database: Database) -> None:
    """Index the names of a city that an earlier release imported, which kept no such index."""
    async with database.engine.begin() as connection:
        if await city_of(connection) is not None and not await has_names(connection):
            log.info("city.names_indexed", names=await index_city(connection))


def say_stages() -> Progress:
    """Tell each stage once, as a line on standard error: for logs and for who has no terminal."""
    said: set[int] = set()

    def tell(stage: str, done: int, total: int) -> None:
        if done not in said:
            said.add(done)
            sys.stderr.write(f"{done}/{total} {stage}\n")

    return tell


def missing_files(settings: Settings, city: City) -> list[str]:
    """Which files are not those of the city in the database."""
    missing = []
    if not settings.basemap.is_file() or _basemap_city(settings) != str(city.import_id):
        missing.append(BASEMAP)
    if current_city(settings.routing_dir) != str(city.import_id):
        missing.append(TURNS)
    return missing


def imported_from(settings: Settings, source: Path, city: City) -> bool:
    """Whether the city in the database was made from this very file."""
    try:
        stamp = json.loads((settings.data_dir / STAMP).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return bool(stamp == _stamp_of(source, city.import_id))


async def _import(
    connection: Connection,
    files: _Files,
    source: Path,
    how: tuple[ImportOptions, Progress],
) -> CityReport:
    options, say = how
    began = time.monotonic()
    report = await import_osm(
        source,
        connection,
        clock=SystemClock(),
        options=replace(options, scratch=files.folder.parent, import_id=UUID(files.city)),
        progress=_inner(say),
    )
    await _build(connection, files, source, name=report.city, say=say)
    whole = _whole(report, files, time.monotonic() - began)
    await store_report(connection, whole.as_json())
    return whole


async def _build(
    connection: Connection, files: _Files, source: Path, *, name: str, say: Progress
) -> None:
    """Build what is made from the new roads and from the extract, side by side."""
    files.folder.mkdir(parents=True, exist_ok=True)
    import_id = UUID(files.city)
    say(GRAPH, len(STAGES), STEPS)
    edges = await load_edges(connection)
    await asyncio.to_thread(files.build, GRAPH, files.graph, lambda: _graph(files, edges))
    say(f"{BASEMAP}, {TURNS}", len(STAGES) + 1, STEPS)
    results = await asyncio.gather(
        asyncio.to_thread(
            files.build,
            TURNS,
            files.routing,
            lambda: build_tiles(source, files.routing, import_id=import_id, edges=edges),
        ),
        asyncio.to_thread(
            files.build,
            BASEMAP,
            files.basemap,
            lambda: build_basemap(source, files.basemap, name=name, import_id=import_id),
        ),
        # Both are awaited to their end: their programs must not write into a removed folder.
        return_exceptions=True,
    )
    for result in results:
        if isinstance(result, TilesFailed):
            # The graph routes without them, and they are built again at the next chance.
            log.warning("city.turns_failed", cause=str(result))
            files.costs[TURNS] = {"failed": 1.0}
        elif result is not None:
            raise result
    # Written last: files without it were never finished.
    stamp = json.dumps(_stamp_of(source, import_id))
    (files.folder / STAMP).write_text(stamp, encoding="utf-8")


def _graph(files: _Files, edges: EdgeArrays) -> None:
    files.graph.mkdir(parents=True, exist_ok=True)
    edges.save(files.graph / f"roads-{files.city}.npz")


def _publish(settings: Settings, files: _Files) -> None:
    """Rename the waiting files into place. Each step may be repeated after a crash."""
    settings.graph_cache_dir.mkdir(parents=True, exist_ok=True)
    for graph in files.graph.glob("*.npz"):
        graph.replace(settings.graph_cache_dir / graph.name)
    if files.basemap.is_file():
        manifest_path(files.basemap).replace(manifest_path(settings.basemap))
        files.basemap.replace(settings.basemap)
    _publish_turns(settings.routing_dir, files.routing / files.city)
    (files.folder / STAMP).replace(settings.data_dir / STAMP)
    shutil.rmtree(files.folder, ignore_errors=True)


def _publish_turns(routing_dir: Path, built: Path) -> None:
    routing_dir.mkdir(parents=True, exist_ok=True)
    if built.is_dir():
        shutil.rmtree(routing_dir / built.name, ignore_errors=True)
        built.replace(routing_dir / built.name)
    former = current_city(routing_dir)
    pointer = routing_dir / f"{CURRENT}.partial"
    pointer.write_text(built.name, encoding="utf-8")
    pointer.replace(routing_dir / CURRENT)
    # The former one is still mapped by the service that is about to be replaced.
    for folder in routing_dir.iterdir():
        if (folder / TILES).is_file() and folder.name not in {built.name, former}:
            shutil.rmtree(folder, ignore_errors=True)


def _whole(report: ImportReport, files: _Files, seconds: float) -> CityReport:
    children = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    return CityReport(
        database=report,
        files=files.costs,
        seconds=round(seconds, 3),
        megabytes_per_second=round(report.bytes / BYTES_PER_MB / seconds, 6),
        peak_memory_of_programs_mb=children // KILOBYTES_PER_MB,
    )


def _silent(_stage: str, _done: int, _total: int) -> None:
    pass


def _inner(progress: Progress) -> Progress:
    """What the database's part tells, in steps of the whole import."""

    def tell(stage: str, done: int, _total: int) -> None:
        if done < len(STAGES):
            progress(stage, done, STEPS)

    return tell


@asynccontextmanager
async def _alone(settings: Settings, database: Database) -> AsyncIterator[Path]:
    """Be the only one to touch the city's files; give the folder where new ones wait.

    It lies on the disk of the data, where a rename is a single step. Raises Conflict for the
    second who wants to.
    """
    waiting = settings.data_dir / WAITING
    async with database.engine.begin() as guard:
        await one_at_a_time(guard, FILES_LOCK_KEY)
        try:
            waiting.mkdir(parents=True, exist_ok=True)
        except OSError as wrong:
            raise Unavailable(f"{waiting} cannot be written ({wrong}): check the disk.") from wrong
        yield waiting


def _stamp_of(source: Path, import_id: UUID) -> dict[str, object]:
    size = source.stat().st_size
    return {"import_id": str(import_id), "source": str(source.resolve()), "bytes": size}


def _basemap_city(settings: Settings) -> str | None:
    try:
        return stored_basemap(settings.basemap).manifest.get("import_id")
    except DomainError:
        return None
