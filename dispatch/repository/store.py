"""One kind of value by id: read whole, lock in a fixed order, write with the version checked."""

from collections.abc import Sequence
from typing import Any, ClassVar, Generic, TypeVar
from uuid import UUID

from sqlalchemy import Delete, Insert, Table, Update, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from dispatch.domain.alarm import Alarm
from dispatch.domain.call import Call
from dispatch.domain.incident import Incident
from dispatch.domain.unit import Unit
from dispatch.tables.reading import Query, everything
from ops_center.kernel.errors import Conflict, NotFound, StaleVersion

T = TypeVar("T", Call, Incident, Unit, Alarm)


class SqlStore(Generic[T]):
    """Base of the stores. It remembers what it read, to check and to write only differences."""

    table: ClassVar[Table]
    word: ClassVar[str]

    def __init__(self, connection: AsyncConnection) -> None:
        self.connection = connection
        self._held: dict[UUID, T] = {}

    def _row(self, value: T) -> dict[str, Any]:
        raise NotImplementedError

    async def _read(self, query: Query) -> list[T]:
        raise NotImplementedError

    async def find(self, identity: UUID, /) -> T | None:
        found = await self._load([identity])
        return found[0] if found else None

    async def get(self, identity: UUID, /) -> T:
        value = await self.find(identity)
        if value is None:
            raise self._not_found(identity)
        return value

    async def lock(self, identities: Sequence[UUID], /) -> list[T]:
        """Lock row by row in order of id, then read: what a waiting lock let pass is seen."""
        wanted = list(dict.fromkeys(identities))
        if not wanted:
            return []
        row = self.table.columns
        # NO KEY UPDATE: rows that merely point here (positions, assignments) need not wait.
        locked = await self.connection.scalars(
            select(row.id)
            .where(row.id.in_(wanted))
            .order_by(row.id)
            .with_for_update(key_share=True)
        )
        missing = set(wanted) - set(locked)
        if missing:
            raise self._not_found(min(missing))
        return await self._load(wanted)

    async def add(self, value: T, /) -> None:
        await self._write(insert(self.table).values(self._row(value)), value)
        await self._write_parts(None, value)
        self._held[value.id] = value

    async def put(self, value: T, /) -> None:
        before = self._held[value.id]
        row = self.table.columns
        changed = await self._write(
            update(self.table)
            .where(row.id == value.id, row.version == before.version)
            .values(self._row(value)),
            value,
        )
        if changed != 1:
            raise StaleVersion(
                f"This {self.word} changed at this very moment. Look at it again and repeat.",
                id=str(value.id),
            )
        await self._write_parts(before, value)
        self._held[value.id] = value

    async def read(self, query: Query) -> list[T]:
        """Return the whole values of a query over the table's columns, in its order."""
        values = await self._read(query)
        self._held.update({value.id: value for value in values})
        return values

    async def _write_parts(self, before: T | None, value: T) -> None:
        """Write what lies in other tables; most values have nothing there."""

    def _refusal(self, error: IntegrityError, value: T) -> Conflict | None:
        """Say in words what a violated constraint means, None when it is our own mistake."""
        if f"pk_{self.table.name}" not in str(error.orig):
            return None
        return Conflict(
            f"This {self.word} was registered at this very moment. Look at it again.",
            code="already-registered",
            id=str(value.id),
        )

    async def _write(self, statement: Insert | Update | Delete, value: T) -> int:
        try:
            return (await self.connection.execute(statement)).rowcount
        except IntegrityError as error:
            refusal = self._refusal(error, value)
            if refusal is None:
                raise
            raise refusal from error

    async def _load(self, identities: Sequence[UUID]) -> list[T]:
        query = everything(self.table).where(self.table.columns.id.in_(identities))
        by_id = {value.id: value for value in await self.read(query)}
        return [by_id[one] for one in identities if one in by_id]

    def _not_found(self, identity: UUID) -> NotFound:
        return NotFound(
            f"There is no {self.word} {identity}. Check the id, or look it up in the list.",
            id=str(identity),
        )
