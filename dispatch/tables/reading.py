"""Whole values from queries over the tables: an incident with its notes and assignments, and so on.

Each function takes a select over `rows.columns` of its table and keeps the query's order.
"""

import asyncio
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, Final, TypeAlias, TypeVar
from uuid import UUID

from sqlalchemy import Select, Table, and_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from dispatch.domain.alarm import Alarm
from dispatch.domain.call import Call
from dispatch.domain.incident import Assignment, Incident
from dispatch.domain.incident_parts import Note
from dispatch.domain.unit import Unit
from dispatch.tables import schema
from dispatch.tables.rows import (
    Row,
    columns,
    to_alarm,
    to_assignment,
    to_call,
    to_incident,
    to_note,
    to_unit,
)

Query: TypeAlias = Select[Any]
ORDER = "order_"
# Long pages of calls with many fixes take over 100 ms: more than this leave the event loop.
READ_AT_ONCE: Final = 100
Part = TypeVar("Part", Note, Assignment)


def everything(table: Table) -> Query:
    """Return the query that the readers take, to be narrowed."""
    return select(*columns(table))


async def read_calls(connection: AsyncConnection, query: Query) -> list[Call]:
    rows = await _rows(connection, query)
    if len(rows) <= READ_AT_ONCE:
        return _calls(rows)
    return await asyncio.to_thread(_calls, rows)


def _calls(rows: Sequence[Row]) -> list[Call]:
    return [to_call(row) for row in rows]


async def read_alarms(connection: AsyncConnection, query: Query) -> list[Alarm]:
    return [to_alarm(row) for row in await _rows(connection, query)]


async def read_incidents(connection: AsyncConnection, query: Query) -> list[Incident]:
    rows = await _rows(connection, query)
    ids = [row["id"] for row in rows]
    if not ids:
        return []
    written = await _parts(connection, schema.note, ids)
    noted = _grouped(written, [to_note(row) for row in written])
    orders = await _parts(connection, schema.assignment, ids)
    assigned = _grouped(orders, [to_assignment(row) for row in orders])
    return [
        to_incident(row, notes=noted[row["id"]], assignments=assigned[row["id"]]) for row in rows
    ]


async def read_units(connection: AsyncConnection, query: Query) -> list[Unit]:
    """Read each unit with its assignment in one statement, so that the two always agree.

    Two statements would see two instants, and a unit released between them would be torn.
    """
    unit, order = schema.unit.columns, schema.assignment.columns
    active = and_(order.unit_id == unit.id, order.released_at.is_(None))
    joined = query.add_columns(*(column.label(f"{ORDER}{column.name}") for column in order))
    rows = await _rows(
        connection, joined.select_from(schema.unit.outerjoin(schema.assignment, active))
    )
    return [to_unit(row, assignment=_order_in(row)) for row in rows]


def _order_in(row: Row) -> Assignment | None:
    return to_assignment(row, prefix=ORDER) if row[f"{ORDER}id"] else None


async def _rows(connection: AsyncConnection, query: Query) -> Sequence[Row]:
    return (await connection.execute(query)).mappings().all()


async def _parts(connection: AsyncConnection, table: Table, ids: Sequence[UUID]) -> Sequence[Row]:
    part = table.columns
    query = everything(table).where(part.incident_id.in_(ids))
    return await _rows(connection, query.order_by(part.incident_id, part.ordinal))


def _grouped(rows: Sequence[Row], parts: Sequence[Part]) -> Mapping[UUID, list[Part]]:
    grouped: defaultdict[UUID, list[Part]] = defaultdict(list)
    for row, part in zip(rows, parts, strict=True):
        grouped[row["incident_id"]].append(part)
    return grouped
