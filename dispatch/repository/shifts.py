"""Planned shifts in PostgreSQL."""

from dataclasses import fields
from typing import Any
from uuid import UUID

from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from dispatch.domain.shift import Shift
from dispatch.domain.wire import to_json
from dispatch.tables.shifts import shift as table
from dispatch.tables.unit_rows import to_shift
from ops_center.kernel.errors import NotFound, StaleVersion

_NAMES = tuple(field.name for field in fields(Shift))


class SqlShifts:
    def __init__(self, connection: AsyncConnection) -> None:
        self.connection = connection

    async def find(self, identity: UUID, /) -> Shift | None:
        found = await self.connection.execute(select(table).where(table.c.id == identity))
        row = found.mappings().one_or_none()
        return to_shift(row) if row else None

    async def lock(self, identity: UUID, /) -> Shift:
        found = await self.connection.execute(
            select(table).where(table.c.id == identity).with_for_update(key_share=True)
        )
        row = found.mappings().one_or_none()
        if row is None:
            raise NotFound(f"There is no shift {identity}. Look it up in the list.")
        return to_shift(row)

    async def add(self, shift: Shift, /) -> None:
        await self.connection.execute(insert(table).values(_row(shift)))

    async def put(self, shift: Shift, /) -> None:
        changed = await self.connection.execute(
            update(table)
            .where(table.c.id == shift.id, table.c.version < shift.version)
            .values(_row(shift))
        )
        if changed.rowcount != 1:
            raise StaleVersion("This shift changed at this very moment. Look at it again.")


def _row(shift: Shift) -> dict[str, Any]:
    plain = {name: getattr(shift, name) for name in _NAMES if name != "crew"}
    return {**plain, "crew": to_json(shift.crew)}
