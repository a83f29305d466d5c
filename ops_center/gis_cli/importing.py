"""`./ops gis import-osm`, `basemap`, `info`: the city."""

import asyncio
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ops_center.gis_cli.shared import AsJson, open_database, say, start

if TYPE_CHECKING:
    from gis.geometry import Extent
    from gis.importing import ImportOptions, Progress

FAILED = 1
ORDER = (
    *("city", "timezone", "zone_source", "import_id", "extent", "bytes", "read", "counts"),
    *("left_out", "mended", "files", "stage_seconds", "database_seconds", "seconds"),
    *("megabytes_per_second", "peak_memory_mb", "peak_memory_of_programs_mb"),
)


def add_commands(cli: typer.Typer) -> None:
    cli.command("import-osm")(import_osm)
    # What it was called before; documents and fingers remember.
    cli.command("import", hidden=True)(import_osm)
    cli.command("basemap")(basemap)
    cli.command("info")(info)


def import_osm(
    file: Annotated[Path, typer.Argument(help="An extract, such as Geofabrik's .osm.pbf files.")],
    *,
    name: Annotated[str | None, typer.Option(help="What the city is called.")] = None,
    timezone: Annotated[str | None, typer.Option(help="Such as America/Asuncion.")] = None,
    bbox: Annotated[str | None, typer.Option(help="west,south,east,north: only this part.")] = None,
    as_json: AsJson = False,
) -> None:
    """Replace the city by that of an OSM extract: roads, search, basemap, turn-by-turn."""
    from gis.importing import ImportOptions
    from ops_center.kernel.errors import DomainError

    try:
        options = ImportOptions(name=name or None, timezone=_zone(timezone), within=_extent(bbox))
        with _progress() as progress:
            report = asyncio.run(_import(file, options, progress))
    except DomainError as error:
        sys.stderr.write(f"{error}\n")
        raise typer.Exit(FAILED) from error
    say(report, as_json=as_json, text="\n".join(_lines(report)))


def basemap(file: Path) -> None:
    """Build only the offline basemap from an OSM extract (.pbf)."""
    asyncio.run(_basemap(file))


def info(*, as_json: AsJson = False) -> None:
    """Say which city is imported, what it holds, and how its import went."""
    found = asyncio.run(_info())
    report = found["report"]
    plain = [f"{key}: {value}" for key, value in found.items() if key != "report"]
    told = ["", "import:", *_lines(report)] if report else []
    say(found, as_json=as_json, text="\n".join([*plain, *told]))


async def _import(file: Path, options: "ImportOptions", progress: "Progress") -> dict[str, Any]:
    from ops_center import city_import

    settings = start()
    patience = city_import.COMMAND_TIMEOUT_S
    async with open_database(settings, command_timeout_s=patience) as database:
        await city_import.heal(settings, database)
        report = await city_import.import_city(
            settings, database, file, options=options, progress=progress
        )
    return report.as_json()


async def _basemap(file: Path) -> None:
    from ops_center import city_import

    settings = start()
    async with open_database(settings) as database:
        await city_import.rebuild_basemap(settings, database, file)


async def _info() -> dict[str, Any]:
    from gis.repository import city_of, counts_of, report_of
    from ops_center.kernel.errors import NotFound

    async with open_database(start()) as database, database.reading() as connection:
        city = await city_of(connection)
        if city is None:
            raise NotFound("No city is imported. Run: ./ops gis import-osm FILE.osm.pbf")
        return {
            **{name: str(value) for name, value in asdict(city).items()},
            **await counts_of(connection),
            "report": await report_of(connection),
        }


def _lines(report: dict[str, Any]) -> Iterator[str]:
    """The report as indented text: one line for each number, one block for each group."""
    # The database keeps keys in an order of its own.
    for key, value in sorted(report.items(), key=lambda item: (_place(item[0]), item[0])):
        title = key.replace("_", " ")
        if not isinstance(value, dict):
            yield f"{title}: {value}"
        elif value:
            yield f"{title}:"
            yield from (f"  {inner}: {_flat(amount)}" for inner, amount in sorted(value.items()))


def _place(key: str) -> int:
    return ORDER.index(key) if key in ORDER else len(ORDER)


def _flat(amount: object) -> str:
    if isinstance(amount, dict):
        return ", ".join(f"{value} {name}" for name, value in amount.items())
    return f"{amount:,}" if isinstance(amount, int) else str(amount)


def _extent(bbox: str | None) -> "Extent | None":
    from gis.geometry import Extent
    from ops_center.kernel.errors import Invalid

    if bbox is None:
        return None
    try:
        west, south, east, north = (float(part) for part in bbox.split(","))
    except ValueError as wrong:
        raise Invalid("--bbox is west,south,east,north in degrees.", field="bbox") from wrong
    return Extent(west=west, south=south, east=east, north=north)


def _zone(timezone: str | None) -> str | None:
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

    from ops_center.kernel.errors import Invalid

    if timezone is None:
        return None
    try:
        return ZoneInfo(timezone).key
    except (ZoneInfoNotFoundError, ValueError, OSError) as wrong:
        raise Invalid(f"There is no time zone {timezone}.", field="timezone") from wrong


@contextmanager
def _progress() -> "Iterator[Progress]":
    """A bar on a terminal, a line for each stage elsewhere; on standard error."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    from ops_center.city_import import say_stages

    console = Console(stderr=True)
    if not console.is_terminal:
        yield say_stages()
        return
    columns = (BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(),
               TextColumn("[progress.description]{task.description}"))  # fmt: skip
    with Progress(*columns, console=console) as bar:
        task = bar.add_task("start", total=None)
        yield lambda stage, done, total: bar.update(
            task, description=stage, completed=done, total=total
        )
