"""Local names and reports of wrong places, as rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import delete, func, insert, select, tuple_, update

from gis.geometry import Point
from gis.tables import WGS84_SRID, gazetteer_entry, place_report

if TYPE_CHECKING:
    from datetime import datetime
    from typing import Any
    from uuid import UUID

    from sqlalchemy import Row, Select
    from sqlalchemy.ext.asyncio import AsyncConnection

ENTRIES_MAX = 20_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A place of the centre's own (`point`), or more names for `target`, a street or place.

    `linked_to` is what `target` was found to be in the present city, None when it was not.
    """

    id: UUID
    version: int
    name: str
    kind: str
    target: str | None
    aliases: tuple[str, ...]
    note: str | None
    point: Point | None
    linked_to: str | None
    changed_by: str
    changed_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What a console said was wrong about an answer, and how it was settled."""

    id: UUID
    version: int
    state: str
    text: str
    chosen_label: str | None
    chosen: Point | None
    right: Point | None
    note: str | None
    call_id: UUID | None
    reported_by: str
    reported_at: datetime
    outcome: str | None = None
    settled_by: str | None = None
    settled_at: datetime | None = None
    settled_note: str | None = None
    entry_id: UUID | None = None


_ENTRY = (
    *(column for column in gazetteer_entry.c if column.name != "geom"),
    func.st_x(gazetteer_entry.c.geom).label("lon"),
    func.st_y(gazetteer_entry.c.geom).label("lat"),
)


async def all_entries(connection: AsyncConnection) -> list[Entry]:
    """Every entry by name; there are at most ENTRIES_MAX."""
    return await _entries(connection, select(*_ENTRY).limit(ENTRIES_MAX))


async def list_entries(
    connection: AsyncConnection, *, limit: int, after: tuple[str, UUID] | None
) -> list[Entry]:
    """A page of entries by name, after the given name and id."""
    statement = select(*_ENTRY).limit(limit)
    if after is not None:
        here = tuple_(gazetteer_entry.c.name, gazetteer_entry.c.id)
        statement = statement.where(here > after)
    return await _entries(connection, statement)


async def count_entries(connection: AsyncConnection) -> int:
    return int(await connection.scalar(select(func.count()).select_from(gazetteer_entry)) or 0)


async def find_entry(
    connection: AsyncConnection, entry_id: UUID, *, lock: bool = False
) -> Entry | None:
    statement = select(*_ENTRY).where(gazetteer_entry.c.id == entry_id)
    if lock:
        statement = statement.with_for_update()
    row = (await connection.execute(statement)).one_or_none()
    return None if row is None else _entry(row)


async def add_entry(connection: AsyncConnection, entry: Entry) -> None:
    await connection.execute(insert(gazetteer_entry).values(id=entry.id, **_values(entry)))


async def put_entry(connection: AsyncConnection, entry: Entry) -> None:
    here = gazetteer_entry.c.id == entry.id
    await connection.execute(update(gazetteer_entry).where(here).values(**_values(entry)))


async def remove_entry(connection: AsyncConnection, entry_id: UUID) -> None:
    await connection.execute(delete(gazetteer_entry).where(gazetteer_entry.c.id == entry_id))


async def set_link(connection: AsyncConnection, entry_id: UUID, linked_to: str | None) -> None:
    here = gazetteer_entry.c.id == entry_id
    await connection.execute(update(gazetteer_entry).where(here).values(linked_to=linked_to))


async def _entries(connection: AsyncConnection, statement: Select[Any]) -> list[Entry]:
    ordered = statement.order_by(gazetteer_entry.c.name, gazetteer_entry.c.id)
    return [_entry(row) for row in await connection.execute(ordered)]


def _entry(row: Row[Any]) -> Entry:
    return Entry(
        id=row.id,
        version=row.version,
        name=row.name,
        kind=row.kind,
        target=row.target,
        aliases=tuple(row.aliases),
        note=row.note,
        point=_point(row.lon, row.lat),
        linked_to=row.linked_to,
        changed_by=row.changed_by,
        changed_at=row.changed_at,
    )


def _values(entry: Entry) -> dict[str, object]:
    point = entry.point
    return {
        "version": entry.version,
        "name": entry.name,
        "kind": entry.kind,
        "target": entry.target,
        "aliases": list(entry.aliases),
        "note": entry.note,
        "linked_to": entry.linked_to,
        "changed_by": entry.changed_by,
        "changed_at": entry.changed_at,
        "geom": None
        if point is None
        else func.st_setsrid(func.st_makepoint(point.lon, point.lat), WGS84_SRID),
    }


async def list_reports(
    connection: AsyncConnection,
    *,
    state: str | None,
    limit: int,
    after: tuple[datetime, UUID] | None,
) -> list[Report]:
    """A page of reports, the oldest first, after the given time and id."""
    here = tuple_(place_report.c.reported_at, place_report.c.id)
    statement = (
        select(place_report).order_by(place_report.c.reported_at, place_report.c.id).limit(limit)
    )
    if state is not None:
        statement = statement.where(place_report.c.state == state)
    if after is not None:
        statement = statement.where(here > after)
    return [_report(row) for row in await connection.execute(statement)]


async def count_open_reports(connection: AsyncConnection) -> int:
    statement = select(func.count()).where(place_report.c.state == "open")
    return int(await connection.scalar(statement) or 0)


async def lock_report(connection: AsyncConnection, report_id: UUID) -> Report | None:
    statement = select(place_report).where(place_report.c.id == report_id).with_for_update()
    row = (await connection.execute(statement)).one_or_none()
    return None if row is None else _report(row)


async def add_report(connection: AsyncConnection, report: Report) -> None:
    await connection.execute(insert(place_report).values(id=report.id, **_report_values(report)))


async def put_report(connection: AsyncConnection, report: Report) -> None:
    here = place_report.c.id == report.id
    await connection.execute(update(place_report).where(here).values(**_report_values(report)))


_PLAIN = tuple(name for name in Report.__slots__ if name not in {"chosen", "right"})


def _report(row: Row[Any]) -> Report:
    return Report(
        **{name: getattr(row, name) for name in _PLAIN},
        chosen=_point(row.chosen_lon, row.chosen_lat),
        right=_point(row.right_lon, row.right_lat),
    )


def _report_values(report: Report) -> dict[str, object]:
    chosen, right = report.chosen, report.right
    return {
        **{name: getattr(report, name) for name in _PLAIN if name != "id"},
        "chosen_lon": chosen.lon if chosen else None,
        "chosen_lat": chosen.lat if chosen else None,
        "right_lon": right.lon if right else None,
        "right_lat": right.lat if right else None,
    }


def _point(lon: float | None, lat: float | None) -> Point | None:
    return None if lon is None or lat is None else Point(lon=lon, lat=lat)
