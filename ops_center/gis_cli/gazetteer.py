"""`./ops gis gazetteer …`: local names of places, and reports of wrong ones."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final, NoReturn
from uuid import UUID

import typer

from ops_center.gis_cli.shared import AsJson, open_database, say, start
from ops_center.kernel.clock import SystemClock
from ops_center.kernel.errors import DomainError
from ops_center.kernel.events import Author
from ops_center.kernel.ids import derived_id, new_id

if TYPE_CHECKING:
    from gis.gazetteer import CsvRow, Entry, Report
    from gis.geometry import Point
    from ops_center.kernel.database import Database
    from ops_center.kernel.transaction import Transaction

COMMAND_LINE: Final = Author(id=derived_id("centre", "command-line"), name="command line")
REPORTS_SHOWN_MAX: Final = 5_000
# A transaction states at most 500 facts.
BATCH: Final = 400
FILE_BYTES_MAX: Final = 10_000_000

cli = typer.Typer(no_args_is_help=True, help="Local names of places; reports of wrong ones.")

Target = Annotated[
    str | None, typer.Option("--target", help="The street or place it is another name of.")
]
Kind = Annotated[
    str | None, typer.Option("--kind", help="`street` for a street, else a word such as market.")
]
Aliases = Annotated[
    list[str] | None, typer.Option("--alias", help="Another way of saying it; may be repeated.")
]
Lon = Annotated[float | None, typer.Option("--lon", min=-180, max=180)]
Lat = Annotated[float | None, typer.Option("--lat", min=-90, max=90)]
Note = Annotated[str | None, typer.Option("--note")]


@cli.command("list")
def list_entries(*, as_json: AsJson = False) -> None:
    """Show every local name."""
    entries = asyncio.run(_read_entries())
    say([_entry_json(one) for one in entries], as_json=as_json, text=_lines(map(_line, entries)))


@cli.command()
def add(
    name: str,
    *,
    target: Target = None,
    kind: Kind = None,
    alias: Aliases = None,
    lon: Lon = None,
    lat: Lat = None,
    note: Note = None,
) -> None:
    """Add a place of one's own (--lon --lat), or more names for a street or place (--target)."""
    from gis.gazetteer import AddEntry, EntryFields, add_entry

    fields = EntryFields(
        name=name,
        kind=kind or "place",
        target=target,
        aliases=tuple(alias or ()),
        note=note,
        point=_point(lon, lat),
    )
    entry = _commit(lambda tx: add_entry(tx, AddEntry(id=new_id(), fields=fields)))
    say(None, as_json=False, text=_line(entry))


@cli.command()
def change(
    entry_id: UUID,
    *,
    name: Annotated[str | None, typer.Option("--name")] = None,
    target: Target = None,
    kind: Kind = None,
    alias: Aliases = None,
    lon: Lon = None,
    lat: Lat = None,
    note: Note = None,
) -> None:
    """Change a local name; what is not given stays (--alias replaces all aliases)."""
    from gis.gazetteer import ChangeEntry, change_entry

    given = {
        "name": name,
        "target": target,
        "kind": kind,
        "aliases": tuple(alias) if alias else None,
        "note": note,
        "point": _point(lon, lat),
    }
    changes = {field: value for field, value in given.items() if value is not None}
    command = ChangeEntry(entry_id=entry_id, expected_version=None, changes=changes)
    entry = _commit(lambda tx: change_entry(tx, command))
    say(None, as_json=False, text=_line(entry))


@cli.command()
def remove(entry_id: UUID) -> None:
    """Take a local name out."""
    from gis.gazetteer import remove_entry

    _commit(lambda tx: remove_entry(tx, entry_id, None))
    say(None, as_json=False, text="removed")


@cli.command()
def reports(
    *,
    everything: Annotated[bool, typer.Option("--all", help="Settled ones too.")] = False,
    as_json: AsJson = False,
) -> None:
    """Show what consoles reported as wrong, the oldest first."""
    found = asyncio.run(_read_reports(None if everything else "open"))
    say(
        [_report_json(one) for one in found],
        as_json=as_json,
        text=_lines(map(_report_line, found)),
    )


@cli.command()
def settle(
    report_id: UUID,
    outcome: Annotated[str, typer.Argument(help="corrected_in_map, not_wrong, duplicate, other")],
    note: Note = None,
) -> None:
    """Close a report that needs no new name (with one: add --… and settle in the console)."""
    from gis.gazetteer import SettleReport, settle_report

    command = SettleReport(report_id=report_id, outcome=outcome, note=note)
    report = _commit(lambda tx: settle_report(tx, command))
    say(None, as_json=False, text=_report_line(report))


@cli.command("export")
def export_csv(file: Path) -> None:
    """Write all local names into a CSV file."""
    from gis.gazetteer import write_csv

    entries = asyncio.run(_read_entries())
    file.write_text(write_csv(entries), encoding="utf-8")
    say(None, as_json=False, text=f"{len(entries)} entries written to {file}")


@cli.command("import")
def import_csv(file: Path) -> None:
    """Add the local names of a CSV file (see export); all of it, or nothing where a row is bad."""
    from gis.gazetteer import read_csv

    if file.stat().st_size > FILE_BYTES_MAX:
        _fail(f"{file.name} is larger than {FILE_BYTES_MAX} bytes: split it.")
    try:
        rows = list(read_csv(file.read_text(encoding="utf-8")))
    except (DomainError, UnicodeDecodeError) as wrong:
        _fail(str(wrong))
    bad = [f"line {row.line}: {row.problem}" for row in rows if row.fields is None]
    if bad:
        _fail("\n".join([*bad, "Nothing was added: mend these rows and import again."]))
    asyncio.run(_import_rows(rows))
    say(None, as_json=False, text=f"{len(rows)} entries added")


async def _import_rows(rows: "list[CsvRow]") -> None:
    """Try every row, and only when all are good add them, so many in one transaction."""
    batches = [rows[start : start + BATCH] for start in range(0, len(rows), BATCH)]
    async with open_database(start()) as database:
        bad = [line for batch in batches for line in await _add_batch(database, batch, keep=False)]
        if bad:
            _fail("\n".join([*bad, "Nothing was added: mend these rows and import again."]))
        for batch in batches:
            await _add_batch(database, batch, keep=True)


async def _add_batch(database: "Database", rows: "list[CsvRow]", *, keep: bool) -> list[str]:
    from gis.gazetteer import AddEntry, add_entry

    bad = []
    async with _transaction(database) as tx:
        for row in rows:
            assert row.fields is not None, "bad rows were refused before"
            try:
                await add_entry(tx, AddEntry(id=new_id(), fields=row.fields))
            except DomainError as wrong:
                bad.append(f"line {row.line}: {wrong.detail}")
        if keep and not bad:
            await tx.commit()
    return bad


@asynccontextmanager
async def _transaction(database: "Database") -> AsyncIterator["Transaction"]:
    from ops_center.kernel import transaction

    async with transaction.begin(
        database, author=COMMAND_LINE, cause=new_id(), clock=SystemClock()
    ) as tx:
        yield tx


def _commit(act: "Callable[[Transaction], Awaitable[Any]]") -> Any:
    async def run() -> Any:
        async with open_database(start()) as database, _transaction(database) as tx:
            done = await act(tx)
            await tx.commit()
            return done

    try:
        return asyncio.run(run())
    except DomainError as wrong:
        _fail(wrong.detail)


async def _read_entries() -> "list[Entry]":
    from gis.repository.gazetteer import all_entries

    async with open_database(start()) as database, database.reading() as connection:
        return await all_entries(connection)


async def _read_reports(state: str | None) -> "list[Report]":
    from gis.repository.gazetteer import list_reports

    async with open_database(start()) as database, database.reading() as connection:
        return await list_reports(connection, state=state, limit=REPORTS_SHOWN_MAX, after=None)


def _point(lon: float | None, lat: float | None) -> "Point | None":
    from gis.geometry import Point

    if lon is None and lat is None:
        return None
    if lon is None or lat is None:
        _fail("Give --lon and --lat together.")
    return Point(lon=lon, lat=lat)


def _entry_json(entry: "Entry") -> dict[str, Any]:
    from gis.gazetteer.events import entry_view

    return {"id": str(entry.id), "version": entry.version, **entry_view(entry)}


def _report_json(report: "Report") -> dict[str, Any]:
    from gis.gazetteer.events import PlaceReported

    fact = PlaceReported(subject=report.id, version=report.version, report=report)
    return {"id": str(report.id), "state": report.state, "by": report.reported_by, **fact.data()}


def _line(entry: "Entry") -> str:
    where = f"-> {entry.linked_to or 'not in this city'}" if entry.target else str(entry.point)
    also = f" ({', '.join(entry.aliases)})" if entry.aliases else ""
    return f"{entry.id}  {entry.name}{also}  {entry.kind}  {where}"


def _report_line(report: "Report") -> str:
    said = f"{report.reported_at:%Y-%m-%d %H:%M}  {report.reported_by}: {report.text}"
    return f"{report.id}  {report.outcome or report.state}  {said} -> {report.chosen_label}"


def _lines(lines: Iterable[str]) -> str:
    return "\n".join(lines) or "none"


def _fail(text: str) -> NoReturn:
    typer.echo(text, err=True)
    raise typer.Exit(1)
