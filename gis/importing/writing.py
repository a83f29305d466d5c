"""Writes rows into PostgreSQL by COPY, clears the former city, and reads staged rows in steps."""

from __future__ import annotations

from operator import attrgetter
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from geoalchemy2 import Geometry
from sqlalchemy import text

from gis.tables import CITY_TABLES, TRIGRAM_INDEXES, WGS84_SRID, zone
from ops_center.kernel.errors import Conflict

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from sqlalchemy import Table
    from sqlalchemy.ext.asyncio import AsyncConnection

ROWS_PER_STEP = 10_000
LOCK_TIMEOUT_S = 60
IMPORT_LOCK_KEY = 0x6769_7331
# Sorting and hashing streets; more would not be bounded memory on a small machine.
WORK_MEMORY_MB = 64
Row = tuple[object, ...]


class ImportRunning(Conflict):
    code = "import-running"


async def one_at_a_time(connection: AsyncConnection, key: int = IMPORT_LOCK_KEY) -> None:
    """Hold the import's lock until this transaction ends. Raises Conflict when another has it."""
    await connection.execute(text("set local idle_in_transaction_session_timeout = 0"))
    mine = text("select pg_try_advisory_xact_lock(:key)")
    if not (await connection.execute(mine, {"key": key})).scalar_one():
        raise ImportRunning(
            "Another import of a city runs: wait until it has ended, then try again."
        )


async def begin(connection: AsyncConnection) -> None:
    """One import at a time, and no statement of it is cut off. Raises Conflict for a second."""
    await one_at_a_time(connection)
    await connection.execute(text("set local statement_timeout = 0"))
    await connection.execute(text(f"set local lock_timeout = '{LOCK_TIMEOUT_S}s'"))
    await connection.execute(text(f"set local work_mem = '{WORK_MEMORY_MB}MB'"))
    # Compiling a query costs more than running it once over a city.
    await connection.execute(text("set local jit = off"))


async def clear(connection: AsyncConnection) -> None:
    """Empty the city; readers keep seeing the former one until the commit."""
    for table in CITY_TABLES:
        await connection.execute(table.delete())


async def settle(connection: AsyncConnection) -> None:
    """Make the new city fast to search at once, not when autovacuum comes by."""
    for index in TRIGRAM_INDEXES:
        # Rows wait in a list that every search would read through.
        await connection.execute(
            text("select gin_clean_pending_list(cast(:index as regclass))"), {"index": index}
        )
    for table in (*CITY_TABLES, zone):
        await connection.execute(text(f"analyze {table.name}"))


async def copy_rows(connection: AsyncConnection, table: Table, rows: Sequence[Row]) -> None:
    """Append rows whose values stand in the order of the table's columns; shapes as shapely."""
    if not rows:
        return
    columns = list(table.columns)
    values = list(zip(*rows, strict=True))
    for i, column in enumerate(columns):
        if isinstance(column.type, Geometry):
            values[i] = _ewkb(values[i], column.type.srid)
    raw = await connection.get_raw_connection()
    driver: Any = raw.driver_connection
    await driver.copy_records_to_table(
        table.name,
        columns=[column.name for column in columns],
        records=zip(*values, strict=True),
    )


async def take_shapes(connection: AsyncConnection) -> None:
    """Let COPY on this connection take shapes as EWKB."""
    raw = await connection.get_raw_connection()
    driver: Any = raw.driver_connection
    await driver.set_type_codec(
        "geometry", schema="public", encoder=bytes, decoder=bytes, format="binary"
    )


async def steps(
    connection: AsyncConnection, name: str, query: str, *, rows: int = ROWS_PER_STEP
) -> AsyncIterator[list[Any]]:
    """The rows of a query, some at a time; other statements may run in between.

    `name` and `query` are ours, never a user's.
    """
    await connection.execute(text(f"declare {name} no scroll cursor for {query}"))
    fetch = text(f"fetch forward {rows} from {name}")
    while found := (await connection.execute(fetch)).all():
        yield list(found)
    await connection.execute(text(f"close {name}"))


async def groups(
    connection: AsyncConnection, name: str, query: str, *, by: tuple[str, ...]
) -> AsyncIterator[list[Any]]:
    """The rows of a query, which come sorted by these columns, in steps that cut no group."""
    key = attrgetter(*by)
    waiting: list[Any] = []
    async for rows in steps(connection, name, query):
        waiting += rows
        last = key(waiting[-1])
        cut = next((i for i in range(len(waiting), 0, -1) if key(waiting[i - 1]) != last), 0)
        if cut:
            yield waiting[:cut]
            waiting = waiting[cut:]
    if waiting:
        yield waiting


def _ewkb(shapes: Sequence[object], srid: int) -> tuple[bytes, ...]:
    array = np.array(shapes, dtype=object)
    if srid != WGS84_SRID:
        return tuple(shapely.to_wkb(array).tolist())
    return tuple(shapely.to_wkb(shapely.set_srid(array, srid), include_srid=True).tolist())
