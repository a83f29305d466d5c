"""One command = one transaction: state rows and the facts about them are committed together."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from ops_center.kernel import journal
from ops_center.kernel.clock import Clock
from ops_center.kernel.database import Database
from ops_center.kernel.events import Author, Fact

FACTS_PER_COMMAND = 500


class Transaction:
    """The unit of work that services write into. Only the edge calls `commit`."""

    def __init__(
        self, connection: AsyncConnection, *, author: Author, cause: UUID, clock: Clock
    ) -> None:
        self.connection = connection
        self.author = author
        self.cause = cause
        self.clock = clock
        self._facts: list[Fact] = []

    @property
    def facts(self) -> tuple[Fact, ...]:
        return tuple(self._facts)

    def record(self, *facts: Fact) -> None:
        """Keep `facts` for the journal; they are written at commit, in this order."""
        self._facts.extend(facts)
        assert len(self._facts) <= FACTS_PER_COMMAND, "a command this large is a bug"

    async def commit(self) -> list[int]:
        """Append the facts and commit; return their seqs. Nothing may be written after it."""
        seqs: list[int] = []
        if self._facts:
            seqs = await journal.append(
                self.connection,
                self._facts,
                author=self.author,
                cause=self.cause,
                recorded_at=self.clock.now(),
            )
        await self.connection.commit()
        self._facts.clear()
        return seqs


@asynccontextmanager
async def begin(
    database: Database, *, author: Author, cause: UUID, clock: Clock
) -> AsyncIterator[Transaction]:
    """Yield a Transaction; whatever was not committed at its end is rolled back."""
    async with database.engine.connect() as connection:
        try:
            yield Transaction(connection, author=author, cause=cause, clock=clock)
        finally:
            await connection.rollback()
