"""One leader among several processes: whoever holds the advisory lock on a living connection."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from ops_center.kernel.database import Database

LEADER_LOCK = 0x4C454144  # "LEAD"
ASK_EVERY_S = 1.0


@asynccontextmanager
async def leadership(database: Database) -> AsyncIterator[AsyncConnection]:
    """Wait until this process leads; yield the connection whose loss ends the leadership."""
    async with database.engine.connect() as connection:
        while not await _try_lock(connection):  # noqa: ASYNC110  the lock is in the database
            await asyncio.sleep(ASK_EVERY_S)
        try:
            yield connection
        finally:
            # The lock belongs to the server session: closing it for good releases the lock.
            await connection.invalidate()


async def still_leads(connection: AsyncConnection) -> None:
    """Touch the connection; raises when it was lost, and with it the leadership."""
    await connection.execute(select(1))
    await connection.commit()


async def _try_lock(connection: AsyncConnection) -> bool:
    got = await connection.scalar(select(func.pg_try_advisory_lock(LEADER_LOCK)))
    await connection.commit()
    return bool(got)
