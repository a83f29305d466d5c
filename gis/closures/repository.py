"""Closures in PostgreSQL, and the revision by which other processes see that they changed."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import shapely
from geoalchemy2.functions import ST_AsBinary, ST_GeomFromWKB
from sqlalchemy import RowMapping, Select, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from gis.closures.closure import AppliesTo, Closure, geometry_json, public_view, stored_shape
from gis.repository.speeds import advance_revision
from gis.tables import WGS84_SRID, closure

CLOSURES = "closures"


class SqlClosureStore:
    """`services.ClosureStore` on the connection of one transaction."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def find(self, closure_id: UUID) -> Closure | None:
        found = await self._connection.execute(_open().where(closure.c.id == closure_id))
        row = found.mappings().one_or_none()
        return None if row is None else _closure_of(row)

    async def open(self) -> list[Closure]:
        return await open_closures(self._connection)

    async def insert(self, drawn: Closure) -> bool:
        done = await self._connection.execute(
            insert(closure).values(**_row_of(drawn)).on_conflict_do_nothing()
        )
        await advance_revision(self._connection, CLOSURES)
        return done.rowcount == 1

    async def replace(self, changed: Closure, *, expected_version: int) -> bool:
        return await self._change(changed, expected_version, _row_of(changed))

    async def lift(self, lifted: Closure, *, cause: str, at: datetime) -> bool:
        values = {"version": lifted.version, "lifted_at": at, "lift_cause": cause}
        return await self._change(lifted, lifted.version - 1, values)

    async def _change(self, changed: Closure, expected: int, values: dict[str, Any]) -> bool:
        done = await self._connection.execute(
            update(closure)
            .where(
                closure.c.id == changed.id,
                closure.c.version == expected,
                closure.c.lifted_at.is_(None),
            )
            .values(**values)
        )
        await advance_revision(self._connection, CLOSURES)
        return done.rowcount == 1


async def open_closures(connection: AsyncConnection) -> list[Closure]:
    """Return every closure that was not lifted, in force or not, oldest first."""
    found = await connection.execute(_open().order_by(closure.c.drawn_at, closure.c.id))
    return [_closure_of(row) for row in found.mappings()]


async def closures_picture(connection: AsyncConnection) -> dict[str, dict[str, Any]]:
    """Return the closures' section of the picture."""
    return {CLOSURES: {str(one.id): public_view(one) for one in await open_closures(connection)}}


def _open() -> Select[Any]:
    plain = [column for column in closure.c if column.name != "geom"]
    return select(*plain, ST_AsBinary(closure.c.geom).label("wkb")).where(
        closure.c.lifted_at.is_(None)
    )


def _row_of(one: Closure) -> dict[str, Any]:
    wkb = shapely.to_wkb(stored_shape(one))
    return {
        "id": one.id,
        "version": one.version,
        "radius_m": one.radius_m,
        "reason": one.reason,
        "starts_at": one.starts_at,
        "until_at": one.until_at,
        "applies_to": one.applies_to.value,
        "drawn_by": one.drawn_by,
        "drawn_at": one.drawn_at,
        "geom": ST_GeomFromWKB(wkb, WGS84_SRID),
    }


def _closure_of(row: RowMapping) -> Closure:
    return Closure(
        id=row["id"],
        version=row["version"],
        geometry=geometry_json(shapely.from_wkb(bytes(row["wkb"]))),
        radius_m=row["radius_m"],
        reason=row["reason"],
        starts_at=row["starts_at"],
        until_at=row["until_at"],
        applies_to=AppliesTo(row["applies_to"]),
        drawn_by=row["drawn_by"],
        drawn_at=row["drawn_at"],
    )
