"""`./ops dispatch import-cad`, `records`, `remove-records`."""

import asyncio
import csv
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final, NoReturn

import typer

from ops_center.gis_cli.shared import AsJson, open_database, say, start
from ops_center.kernel.errors import DomainError
from ops_center.kernel.events import Author
from ops_center.kernel.ids import derived_id, new_id

if TYPE_CHECKING:
    from dispatch.domain.cad_map import CadMap

COMMAND_LINE: Final = Author(id=derived_id("centre", "command-line"), name="command line")
_PLAIN: Final = ("n", "p50", "p90", "p95", "missing", "negative")


def add_commands(cli: typer.Typer) -> None:
    cli.command("import-cad")(import_cad)
    cli.command("records")(list_records)
    cli.command("remove-records")(remove)


def import_cad(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, readable=True)],
    *,
    map_file: Annotated[
        Path, typer.Option("--map", exists=True, dir_okay=False, help="See docs/import.")
    ],
    name: Annotated[str | None, typer.Option("--name", help="Else the map's name.")] = None,
    refused_to: Annotated[
        Path | None, typer.Option("--refused", help="Write the first refused rows here as CSV.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Take over another centre's records (CSV) and print the intervals they hold.

    Records of the same name are replaced as a whole; if anything fails nothing has changed.
    """
    from dispatch.reporting.cad_file import read_map

    try:
        mapped, document = read_map(map_file)
        report = asyncio.run(_import(file, mapped, document, name or mapped.name))
    except DomainError as wrong:
        _fail(wrong)
    if refused_to is not None:
        _write_refused(refused_to, report["listed"])
    say(report, as_json=as_json, text="\n".join(_lines(report)))


def list_records(*, as_json: AsJson = False) -> None:
    """List what was taken over from other centres."""
    found = asyncio.run(_list())
    lines = [
        f"{one['name']:24} {one['kept']:>9,} rows  {one['first_at']} to {one['last_at']}  "
        f"{one['title']}"
        for one in found
    ]
    say(found, as_json=as_json, text="\n".join(lines) or "none")


def remove(name: str) -> None:
    """Delete the records of that name."""
    try:
        asyncio.run(_remove(name))
    except DomainError as wrong:
        _fail(wrong)
    say(None, as_json=False, text="removed")


async def _import(
    file: Path, mapped: "CadMap", document: dict[str, Any], name: str
) -> dict[str, Any]:
    from dispatch.domain.cad_map import check_name
    from dispatch.reporting.cad_store import PATIENCE_S, ImportRecords, import_records
    from ops_center.kernel import transaction
    from ops_center.kernel.clock import SystemClock

    clock = SystemClock()
    order = ImportRecords(
        id=new_id(), file=file, cad_map=mapped, document=document, name=check_name(name)
    )
    async with open_database(start(), command_timeout_s=PATIENCE_S) as database:
        async with transaction.begin(
            database, author=COMMAND_LINE, cause=order.id, clock=clock
        ) as tx:
            reading = await import_records(tx, order, now=clock.now())
            await tx.commit()
        async with database.reading() as connection:
            from dispatch.reporting.cad_report import report_of

            return {**await report_of(connection, name), "listed": reading.listed}


async def _list() -> list[dict[str, Any]]:
    from dispatch.reporting.cad_store import list_imports

    async with open_database(start()) as database, database.reading() as connection:
        return await list_imports(connection)


async def _remove(name: str) -> None:
    from dispatch.reporting.cad_store import PATIENCE_S, remove_records
    from ops_center.kernel import transaction
    from ops_center.kernel.clock import SystemClock

    async with (
        open_database(start(), command_timeout_s=PATIENCE_S) as database,
        transaction.begin(database, author=COMMAND_LINE, cause=new_id(), clock=SystemClock()) as tx,
    ):
        await remove_records(tx, name)
        await tx.commit()


def _lines(report: dict[str, Any]) -> Iterator[str]:
    yield f"{report['name']}: {report['title']}"
    yield f"rows: {report['read']:,} read, {report['kept']:,} kept ({report['basis']} each)"
    yield f"incidents: {report['incidents']:,}   units: {report['units']:,}"
    yield f"from {report['first_at']} to {report['last_at']}; local times of {report['timezone']}"
    for word in ("refused", "doubtful"):
        for reason, rows in sorted(report[word].items()):
            yield f"{word}: {rows:,} {reason}"
    for one in report["listed"]:
        yield f"  line {one['line']}: {one['reason']}: {one['detail']}"
    yield from _table(report["intervals"])


def _table(intervals: list[dict[str, Any]]) -> Iterator[str]:
    if not intervals:
        yield "intervals: none, for none has both its times in this file"
        return
    yield f"{'seconds':24}" + "".join(f"{name:>10}" for name in _PLAIN)
    for one in intervals:
        yield f"{one['label']:24}" + "".join(f"{one[name]:>10,}" for name in _PLAIN)


def _write_refused(file: Path, listed: list[dict[str, Any]]) -> None:
    with file.open("w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, ("line", "reason", "detail"))
        writer.writeheader()
        writer.writerows(listed)


def _fail(wrong: DomainError) -> NoReturn:
    typer.echo(wrong.detail, err=True)
    for one in wrong.extra.get("errors", ()):
        typer.echo(f"  {one['path']}: {one['message']}", err=True)
    raise typer.Exit(1)
