"""`./ops gis import-layer` and `./ops gis layers …`: the agencies' own layers."""

import asyncio
import hashlib
import json
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final, TypeVar

import typer

from gis.layers.model import Layer, LayerKind, ReadOptions, ZoneKind
from ops_center.gis_cli.layer_report import Progress, comparison_text, layer_line, report_text
from ops_center.gis_cli.shared import AsJson, open_database, say, start
from ops_center.kernel import transaction
from ops_center.kernel.clock import SystemClock
from ops_center.kernel.errors import DomainError, Invalid
from ops_center.kernel.events import Author
from ops_center.kernel.ids import derived_id, new_id
from ops_center.kernel.transaction import Transaction

if TYPE_CHECKING:
    from gis.layers.process import Reading
    from gis.layers.services import PublishLayer
    from ops_center.kernel.database import Connection, Database

COMMAND_LINE: Final = Author(id=derived_id("centre", "command-line"), name="command line")
REFUSED_PAGE: Final = 500
Done = TypeVar("Done")

cli = typer.Typer(no_args_is_help=True, help="The agencies' layers: their versions.")
Name = Annotated[str, typer.Argument(help="The layer's name.")]
Number = Annotated[int | None, typer.Option("--version", help="Else the one in force.")]
NAME_FORM: Final = "small letters, digits, - and _, at most 48, beginning with a letter or digit"


def add_commands(cli_of_gis: typer.Typer) -> None:
    """Add the commands of layers to `./ops gis`."""
    cli_of_gis.command("import-layer")(import_layer)
    cli_of_gis.add_typer(cli, name="layers")


def import_layer(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, readable=True)],
    *,
    layer: Annotated[str, typer.Option("--layer", help="The layer's name: " + NAME_FORM)],
    kind: Annotated[LayerKind | None, typer.Option(help="Of a new layer; else custom.")] = None,
    zone_kind: Annotated[ZoneKind | None, typer.Option(help="What zones are for.")] = None,
    id_column: Annotated[str | None, typer.Option("--id", help="Column of ids.")] = None,
    name_column: Annotated[str | None, typer.Option("--name", help="Column of names.")] = None,
    crs: Annotated[str | None, typer.Option(help="Such as EPSG:32721 (UTM 21 south).")] = None,
    encoding: Annotated[str | None, typer.Option(help="Such as latin-1.")] = None,
    source_layer: Annotated[str | None, typer.Option(help="Which layer of the file.")] = None,
    agency: Annotated[str | None, typer.Option(help="Whose layer: its code, such as POL.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only report.")] = False,
    refused_to: Annotated[
        Path | None, typer.Option("--refused", help="Write the refused rows as GeoJSON here.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Publish a file as the next version of a layer, and report what was mended and refused.

    Reads GeoJSON, GeoPackage, Shapefile (.zip), KML, FlatGeobuf, and CSV with lon and lat.
    """
    from gis.layers.services import PublishLayer

    options = ReadOptions(
        file_name=file.name,
        id_column=id_column,
        name_column=name_column,
        crs=crs,
        encoding=encoding,
        source_layer=source_layer,
    )
    order = PublishLayer(
        name=layer,
        file_name=file.name,
        file_sha256="",
        file_bytes=0,
        kind=kind,
        zone_kind=zone_kind,
        agency=agency,
    )
    made, report = _run(_import(file, options, order, dry_run=dry_run, refused_to=refused_to))
    answer = {"layer": None if made is None else _view(made), "report": report}
    say(answer, as_json=as_json, text=report_text(layer, made, report))


async def _import(
    file: Path,
    options: ReadOptions,
    order: "PublishLayer",
    *,
    dry_run: bool,
    refused_to: Path | None,
) -> tuple[Layer | None, dict[str, Any]]:
    from dataclasses import replace

    from gis.layers.process import Readers

    settings = start()
    async with open_database(settings) as database:
        read_as = await _told_by_centre(database, options, order)
        with tempfile.TemporaryDirectory() as made, Progress() as progress:
            reading = await Readers().read(file, read_as, Path(made), progress.tell)
            if refused_to is not None:
                await asyncio.to_thread(_write_refused, reading, refused_to)
            if dry_run:
                return None, reading.report
            progress.tell("publishing", 0, 0)
            size, digest = await asyncio.to_thread(_digest, file)
            whole = replace(order, file_bytes=size, file_sha256=digest)
            return await _publish(database, whole, reading), reading.report


async def _told_by_centre(
    database: "Database", options: ReadOptions, order: "PublishLayer"
) -> ReadOptions:
    """The options with what the centre knows: the layer's kind, and where the city lies."""
    import re
    from dataclasses import replace

    from gis.layers.model import NAME_PATTERN
    from gis.layers.services import kind_of
    from gis.layers.store import find_layer
    from gis.repository import city_of

    if not re.match(NAME_PATTERN, order.name):
        raise Invalid(f"A layer's name has {NAME_FORM}.")
    async with database.reading() as connection:
        kind = kind_of(await find_layer(connection, order.name), order.kind)
        city = await city_of(connection)
    extent = city.extent if city else None
    return replace(
        options,
        areas_only=kind is LayerKind.ZONE,
        around=(extent.west, extent.south, extent.east, extent.north) if extent else None,
    )


async def _publish(database: "Database", order: "PublishLayer", reading: "Reading") -> Layer:
    from gis.layers.services import publish_layer

    async with _beginning(database) as tx:
        made, _ = await publish_layer(tx, order, reading)
        await tx.commit()
    return made


@cli.command("list")
def list_all(*, as_json: AsJson = False) -> None:
    """Show the layers in force."""
    from gis.layers.store import list_layers

    found = _run(_reading(list_layers))
    text = "\n".join(layer_line(one) for one in found) or "No layer is published."
    say([_view(one) for one in found], as_json=as_json, text=text)


@cli.command()
def show(name: Name, *, as_json: AsJson = False) -> None:
    """Show a layer, its versions, and what the import of the one in force told."""
    from gis.layers.store import versions_of
    from ops_center.gis_cli.layer_report import versions_text

    async def look(connection: "Connection") -> tuple[Layer, list[Any]]:
        layer = await _layer(connection, name)
        return layer, await versions_of(connection, layer)

    layer, versions = _run(_reading(look))
    lines = [layer_line(layer), versions_text(versions)]
    told = next((one.report for one in versions if one.in_force), None)
    if told is not None:
        lines.append(report_text(name, layer, told))
    numbers = [one.number for one in versions]
    answer = {"layer": _view(layer), "versions": numbers, "report": told}
    say(answer, as_json=as_json, text="\n".join(lines))


@cli.command()
def compare(
    name: Name,
    old: Annotated[int, typer.Argument(help="The former version.")],
    new: Annotated[int, typer.Argument(help="The later version.")],
    *,
    as_json: AsJson = False,
) -> None:
    """Show what a version adds, lacks, words otherwise or puts elsewhere."""
    from dataclasses import asdict

    from gis.layers.comparing import compare_versions

    async def look(connection: "Connection") -> Any:
        layer = await _layer(connection, name)
        for number in (old, new):
            await _number(connection, layer, number)
        return await compare_versions(connection, layer.id, old=old, new=new)

    found = _run(_reading(look))
    say(asdict(found), as_json=as_json, text=comparison_text(found))


@cli.command()
def rollback(
    name: Name,
    to: Annotated[int, typer.Argument(help="The version to put in force again.")],
    *,
    as_json: AsJson = False,
) -> None:
    """Put a former version in force again; nothing is deleted."""
    from gis.layers.services import roll_back_layer

    made = _run(_committing(lambda tx: roll_back_layer(tx, name, to=to)))
    say(_view(made), as_json=as_json, text=layer_line(made))


@cli.command()
def remove(name: Name, *, as_json: AsJson = False) -> None:
    """Take a layer off all maps; a roll back brings it back."""
    from gis.layers.services import remove_layer

    made = _run(_committing(lambda tx: remove_layer(tx, name)))
    say(_view(made), as_json=as_json, text=layer_line(made))


@cli.command()
def refused(
    name: Name,
    file: Annotated[Path, typer.Argument(dir_okay=False, help="Written as GeoJSON.")],
    *,
    version: Number = None,
) -> None:
    """Write the rows that the import of a version refused to a GeoJSON file."""
    from gis.layers.store import refused_page

    async def look(connection: "Connection") -> list[str]:
        layer = await _layer(connection, name)
        number = await _number(connection, layer, version)
        found: list[str] = []
        after = 0
        while page := await refused_page(
            connection, layer.id, number, after=after, limit=REFUSED_PAGE
        ):
            found += [text for _, text in page]
            after = page[-1][0]
        return found

    found = _run(_reading(look))
    _write_collection(file, found)
    say(None, as_json=False, text=f"{len(found)} refused rows written to {file}")


def _write_refused(reading: "Reading", file: Path) -> None:
    rows = (json.loads(line) for batch in reading.refused() for line in batch)
    found = [json.dumps(row["feature"], ensure_ascii=False) for row in rows]
    _write_collection(file, found)


def _write_collection(file: Path, features: list[str]) -> None:
    body = ",\n".join(features)
    file.write_text(f'{{"type":"FeatureCollection","features":[\n{body}\n]}}\n', encoding="utf-8")


def _digest(file: Path) -> tuple[int, str]:
    with file.open("rb") as opened:
        return file.stat().st_size, hashlib.file_digest(opened, "sha256").hexdigest()


async def _layer(connection: "Connection", name: str) -> Layer:
    from gis.layers.services import no_layer
    from gis.layers.store import find_layer

    found = await find_layer(connection, name)
    if found is None:
        raise no_layer(name)
    return found


async def _number(connection: "Connection", layer: Layer, number: int | None) -> int:
    """The number of a version that is kept; None means the one in force."""
    from gis.layers.services import no_version
    from gis.layers.store import find_version

    wanted = layer.published if number is None else number
    if wanted is None or await find_version(connection, layer, wanted) is None:
        raise no_version(layer.name, wanted)
    return wanted


def _beginning(database: "Database") -> Any:
    return transaction.begin(database, author=COMMAND_LINE, cause=new_id(), clock=SystemClock())


async def _reading(look: Callable[["Connection"], Awaitable[Done]]) -> Done:
    async with open_database(start()) as database, database.reading() as connection:
        return await look(connection)


async def _committing(act: Callable[[Transaction], Awaitable[Done]]) -> Done:
    async with open_database(start()) as database, _beginning(database) as tx:
        done = await act(tx)
        await tx.commit()
        return done


def _run(work: Any) -> Any:
    """Run it; what the world got wrong is said in a line, not as a traceback."""
    try:
        return asyncio.run(work)
    except DomainError as error:
        typer.echo(error.detail, err=True)
        raise typer.Exit(1) from error


def _view(layer: Layer) -> dict[str, Any]:
    from gis.layers.events import public_view

    return public_view(layer)
