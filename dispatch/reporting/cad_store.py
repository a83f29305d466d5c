"""Stores other centres' records: a name is replaced as a whole in one transaction, or not."""

import asyncio
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from sqlalchemy import delete, func, insert, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from dispatch.domain.cad_facts import RecordsImported, RecordsRemoved
from dispatch.domain.cad_map import CadMap
from dispatch.reporting.cad_file import COLUMNS, CadFile, Reading, digest
from dispatch.tables import cad_import, cad_record
from ops_center.kernel.clock import wire_time
from ops_center.kernel.errors import Invalid, NotFound
from ops_center.kernel.transaction import Transaction

PATIENCE_S: Final = 900.0
IMPORTS_MAX: Final = 500
# The same unit twice at the same incident in the same second is one row told twice.
# Materialised: the planner knows nothing of rows that came a moment ago, and would count them anew
# for each of them.
_TWICE = text(
    """
    with again as materialized (
        select line from (
            select line, row_number() over (
                partition by incident, unit, dispatch_at order by line) as nth
            from cad_record
            where import_id = :id and unit is not null and incident is not null) numbered
        where nth > 1)
    delete from cad_record where import_id = :id and line in (select line from again)
    returning line
    """
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportRecords:
    """Take over the rows of `file` under the map's name, or under `name`."""

    id: UUID
    file: Path
    cad_map: CadMap
    document: dict[str, Any]
    name: str


async def import_records(tx: Transaction, order: ImportRecords, *, now: datetime) -> Reading:
    """Read and store the file, replacing what had its name; Invalid when no row of it is good.

    Rows that cannot be read are left out and told; the transaction is the caller's to commit.
    """
    connection = tx.connection
    await connection.execute(text(f"set local statement_timeout = '{PATIENCE_S:.0f}s'"))
    replaced = await _remove(connection, order.name)
    sha256 = await asyncio.to_thread(digest, order.file)
    await connection.execute(insert(cad_import), _first(order, sha256, now))
    cad = CadFile(order.file, order.cad_map)
    await _copy(connection, order.id, cad)
    await _without_repeats(connection, order.id, cad.reading)
    if not cad.reading.kept:
        raise Invalid(_nothing(order, cad.reading), code="cad-nothing", refused=cad.reading.listed)
    await _finish(connection, order.id, cad.reading)
    fact = RecordsImported(
        subject=order.id,
        version=1,
        name=order.name,
        file_name=order.file.name,
        file_sha256=sha256,
        kept=cad.reading.kept,
        refused=cad.reading.refused.total(),
        replaced=replaced is not None,
    )
    tx.record(fact)
    return cad.reading


async def remove_records(tx: Transaction, name: str) -> None:
    """Delete the records of that name; NotFound when there are none."""
    await tx.connection.execute(text(f"set local statement_timeout = '{PATIENCE_S:.0f}s'"))
    removed = await _remove(tx.connection, name)
    if removed is None:
        raise NotFound(f"No records are called {name!r}. List them: ./ops dispatch records")
    tx.record(RecordsRemoved(subject=removed[0], version=2, name=name, kept=removed[1]))


async def list_imports(connection: AsyncConnection) -> list[dict[str, Any]]:
    """Return what was taken over from other centres, by name, JSON-ready."""
    row = cad_import.columns
    found = await connection.execute(select(cad_import).order_by(row.name).limit(IMPORTS_MAX))
    return [_view(one) for one in found.mappings()]


async def one_import(connection: AsyncConnection, name: str) -> dict[str, Any]:
    """Return the import of that name with its id and time zone; NotFound without."""
    row = cad_import.columns
    found = (await connection.execute(select(cad_import).where(row.name == name))).mappings()
    one = found.one_or_none()
    if one is None:
        raise NotFound(
            f"No records are called {name!r}. GET /api/v1/reports/sources lists them.", source=name
        )
    return {**_view(one), "id": one["id"], "first": one["first_at"], "last": one["last_at"]}


def _view(row: Any) -> dict[str, Any]:
    plain = ("name", "title", "basis", "timezone", "file_name", "file_sha256", "read", "kept")
    return {
        **{name: row[name] for name in plain},
        "refused": dict(row["refused"]),
        "doubtful": dict(row["doubtful"]),
        "first_at": wire_time(row["first_at"]) if row["first_at"] else None,
        "last_at": wire_time(row["last_at"]) if row["last_at"] else None,
        "imported_at": wire_time(row["imported_at"]),
    }


async def _remove(connection: AsyncConnection, name: str) -> tuple[UUID, int] | None:
    row = cad_import.columns
    gone = await connection.execute(
        delete(cad_import).where(row.name == name).returning(row.id, row.kept)
    )
    one = gone.one_or_none()
    return None if one is None else (one.id, one.kept)


def _first(order: ImportRecords, sha256: str, now: datetime) -> dict[str, Any]:
    return {
        "id": order.id,
        "name": order.name,
        "title": order.cad_map.title,
        "basis": order.cad_map.row.value,
        "timezone": order.cad_map.timezone.key,
        "file_name": order.file.name,
        "file_sha256": sha256,
        "map": order.document,
        "imported_at": now,
        "read": 0,
        "kept": 0,
        "refused": {},
        "doubtful": {},
    }


async def _copy(connection: AsyncConnection, identity: UUID, cad: CadFile) -> None:
    raw = await connection.get_raw_connection()
    driver = raw.driver_connection
    assert driver is not None, "an open connection has its driver's"
    batches = cad.batches()
    while True:
        batch = await asyncio.to_thread(next, batches, None)
        if batch is None:
            return
        await driver.copy_records_to_table(
            cad_record.name,
            records=[(identity, *row) for row in batch],
            columns=("import_id", *COLUMNS),
        )


async def _without_repeats(connection: AsyncConnection, identity: UUID, reading: Reading) -> None:
    gone = await connection.execute(_TWICE, {"id": identity})
    for line in gone.scalars():
        reading.kept -= 1
        reading.refuse(line, "repeated", "the same unit, incident and time of dispatch again")


async def _finish(connection: AsyncConnection, identity: UUID, reading: Reading) -> None:
    row = cad_record.columns
    span = select(func.min(row.at), func.max(row.at)).where(row.import_id == identity)
    first, last = (await connection.execute(span)).one()
    counted = {
        "read": reading.read,
        "kept": reading.kept,
        "refused": dict(reading.refused),
        "doubtful": dict(reading.doubtful),
    }
    await connection.execute(
        update(cad_import)
        .where(cad_import.columns.id == identity)
        .values(**counted, first_at=first, last_at=last)
    )
    await connection.execute(text("analyze cad_record"))


def _nothing(order: ImportRecords, reading: Reading) -> str:
    if not reading.read:
        return f"{order.file.name} holds no rows. Nothing was changed."
    first = reading.listed[0]
    return (
        f"None of the {reading.read:,} rows of {order.file.name} can be read with this map. The "
        f"first: line {first['line']}, {first['reason']}: {first['detail']}. Nothing was changed."
    )
