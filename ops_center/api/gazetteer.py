"""Local names of places over HTTP, and the queue of reports of wrong places."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from fastapi.responses import JSONResponse

from gis.gazetteer import (
    AddEntry,
    ChangeEntry,
    Entry,
    EntryFields,
    Report,
    ReportPlace,
    SettleReport,
    add_entry,
    change_entry,
    remove_entry,
    report_place,
    settle_report,
)
from gis.gazetteer.entries import visible
from gis.gazetteer.events import entry_view, point_view
from gis.geometry import Extent, Point, point_in
from gis.repository import gazetteer as rows
from ops_center.api.deps import (
    Commands,
    Doing,
    NeededVersion,
    Reading,
    problems,
    requires,
)
from ops_center.api.gazetteer_shapes import (
    EntryIn,
    EntryPatch,
    GazetteerEntryOut,
    GazetteerOut,
    PointIn,
    RemovedOut,
    ReportIn,
    ReportOut,
    ReportsOut,
    SettleIn,
)
from ops_center.auth.model import Permission
from ops_center.kernel.clock import wire_time
from ops_center.kernel.errors import Invalid

PAGE_DEFAULT = 100
PAGE_MAX = 500
Limit = Annotated[int, Query(ge=1, le=PAGE_MAX)]
Cursor = Annotated[str | None, Query(max_length=400)]

router = APIRouter(prefix="/gazetteer", tags=["geography"])
of_reports = APIRouter(prefix="/place-reports", tags=["geography"])
READER = [Depends(requires(Permission.GEOGRAPHY_READ))]
KEEPER = [Depends(requires(Permission.GEOGRAPHY_WRITE))]
ENTRY: dict[int | str, dict[str, Any]] = {200: {"model": GazetteerEntryOut}}


@router.get("", dependencies=READER, responses={200: {"model": GazetteerOut}, **problems()})
async def list_entries(
    connection: Reading, limit: Limit = PAGE_DEFAULT, cursor: Cursor = None
) -> JSONResponse:
    """Return the local names, by name."""
    after = _read_cursor(cursor)
    found = await rows.list_entries(connection, limit=limit + 1, after=after)
    shown = found[:limit]
    more = f"{shown[-1].name}~{shown[-1].id}" if len(found) > limit else None
    return JSONResponse({"items": [entry_json(one) for one in shown], "next_cursor": more})


@router.post("", status_code=201, responses={201: {"model": GazetteerEntryOut}, **problems(409)})
async def create_entry(body: EntryIn, commands: Commands) -> JSONResponse:
    """Add a place of one's own, or more names for a street or place; found by the next search."""

    async def do(doing: Doing) -> Any:
        fields = _fields(body, doing.services.city_extent())
        return entry_json(await add_entry(doing.tx, AddEntry(id=doing.id, fields=fields)))

    return await commands.run(Permission.GEOGRAPHY_WRITE, do, status=201)


@router.patch("/{entry}", responses={**ENTRY, **problems(404, 409, 412, 428)})
async def edit_entry(
    entry: UUID, body: EntryPatch, version: NeededVersion, commands: Commands
) -> JSONResponse:
    """Change a local name; fields that are not sent stay as they are."""

    async def do(doing: Doing) -> Any:
        changes = _changes(body, doing.services.city_extent())
        command = ChangeEntry(entry_id=entry, expected_version=version, changes=changes)
        return entry_json(await change_entry(doing.tx, command))

    return await commands.run(Permission.GEOGRAPHY_WRITE, do)


@router.delete("/{entry}", responses={200: {"model": RemovedOut}, **problems(404, 409, 412, 428)})
async def delete_entry(entry: UUID, version: NeededVersion, commands: Commands) -> JSONResponse:
    """Take a local name out; what it stood for is found by its other names only."""

    async def do(doing: Doing) -> Any:
        await remove_entry(doing.tx, entry, version)
        return {"id": str(entry)}

    return await commands.run(Permission.GEOGRAPHY_WRITE, do)


@of_reports.get("", dependencies=KEEPER, responses={200: {"model": ReportsOut}, **problems()})
async def list_reports(
    connection: Reading,
    state: Annotated[str | None, Query(pattern="^(open|settled)$")] = None,
    limit: Limit = PAGE_DEFAULT,
    cursor: Cursor = None,
) -> JSONResponse:
    """Return reports of wrong places, the oldest first."""
    after = _read_cursor(cursor)
    since = None if after is None else (_instant(after[0]), after[1])
    found = await rows.list_reports(connection, state=state, limit=limit + 1, after=since)
    shown = found[:limit]
    more = len(found) > limit
    last = f"{shown[-1].reported_at.isoformat()}~{shown[-1].id}" if more else None
    return JSONResponse({"items": [report_json(one) for one in shown], "next_cursor": last})


@of_reports.post("", status_code=201, responses={201: {"model": ReportOut}, **problems(409)})
async def create_report(body: ReportIn, commands: Commands) -> JSONResponse:
    """Say that the geocoder answered wrongly; it queues for the keepers of the gazetteer."""

    async def do(doing: Doing) -> Any:
        command = ReportPlace(
            id=doing.id,
            text=body.text,
            chosen_label=body.chosen.label if body.chosen else None,
            chosen=_point(body.chosen),
            right=_point(body.right),
            note=body.note,
            call_id=body.call_id,
        )
        return report_json(await report_place(doing.tx, command))

    return await commands.run(Permission.PLACES_REPORT, do, status=201)


@of_reports.post("/{report}/settle", responses={200: {"model": ReportOut}, **problems(404, 409)})
async def settle(report: UUID, body: SettleIn, commands: Commands) -> JSONResponse:
    """Close a report; with `entry`, the local name it asks for is added at the same time."""

    async def do(doing: Doing) -> Any:
        entry = _fields(body.entry, doing.services.city_extent()) if body.entry else None
        command = SettleReport(report_id=report, outcome=body.outcome, note=body.note, entry=entry)
        return report_json(await settle_report(doing.tx, command))

    return await commands.run(Permission.GEOGRAPHY_WRITE, do)


def entry_json(entry: Entry) -> dict[str, Any]:
    """Return an entry as it goes over the wire."""
    return {
        "id": str(entry.id),
        "version": entry.version,
        **entry_view(entry),
        "changed_by": entry.changed_by,
        "changed_at": wire_time(entry.changed_at),
    }


def report_json(report: Report) -> dict[str, Any]:
    """Return a report as it goes over the wire."""
    chosen = report.chosen
    return {
        "id": str(report.id),
        "version": report.version,
        "state": report.state,
        "text": report.text,
        "chosen": {"label": report.chosen_label, **point_view(chosen)} if chosen else None,
        "right": point_view(report.right) if report.right else None,
        "note": report.note,
        "call_id": str(report.call_id) if report.call_id else None,
        "reported_by": report.reported_by,
        "reported_at": wire_time(report.reported_at),
        "outcome": report.outcome,
        "settled_by": report.settled_by,
        "settled_at": wire_time(report.settled_at) if report.settled_at else None,
        "settled_note": report.settled_note,
        "entry_id": str(report.entry_id) if report.entry_id else None,
    }


def _fields(body: EntryIn, extent: Extent | None) -> EntryFields:
    return EntryFields(
        name=body.name,
        kind=body.kind,
        target=body.target,
        aliases=body.aliases,
        note=body.note,
        point=_placed(body.lon, body.lat, extent),
    )


def _changes(body: EntryPatch, extent: Extent | None) -> dict[str, Any]:
    sent = body.model_dump(exclude_unset=True)
    changes = {name: value for name, value in sent.items() if name not in {"lon", "lat"}}
    if "aliases" in changes:
        changes["aliases"] = tuple(changes["aliases"] or ())
    if {"lon", "lat"} & set(sent):
        changes["point"] = _placed(body.lon, body.lat, extent)
    for name in ("name", "kind"):
        if name in changes and changes[name] is None:
            raise Invalid(f"{name} cannot be empty.", field=name)
    return changes


def _placed(lon: float | None, lat: float | None, extent: Extent | None) -> Point | None:
    if lon is None and lat is None:
        return None
    if lon is None or lat is None:
        raise Invalid("Send lon and lat together.", field="lon" if lon is None else "lat")
    return Point(lon=lon, lat=lat) if extent is None else point_in(extent, lon=lon, lat=lat)


def _point(sent: PointIn | None) -> Point | None:
    return None if sent is None else Point(lon=sent.lon, lat=sent.lat)


def _read_cursor(cursor: str | None) -> tuple[str, UUID] | None:
    if cursor is None:
        return None
    before, _, identity = cursor.rpartition("~")
    try:
        return visible(before), UUID(identity)
    except ValueError:
        raise _bad_cursor() from None


def _instant(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        raise _bad_cursor() from None


def _bad_cursor() -> Invalid:
    return Invalid(
        "This cursor is not one of ours: take next_cursor as it was answered.", field="cursor"
    )
