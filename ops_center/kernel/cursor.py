"""How far each follower of the journal has come, kept in the transaction of what it did."""

from sqlalchemy import BigInteger, Column, String, Table, select
from sqlalchemy.dialects.postgresql import insert as pg_insert
from sqlalchemy.ext.asyncio import AsyncConnection

from ops_center.kernel.database import metadata

follower_cursor = Table(
    "follower_cursor",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("seq", BigInteger, nullable=False),
)


async def position_of(connection: AsyncConnection, name: str) -> int:
    """Return the seq up to which this follower has dealt with everything."""
    found = await connection.scalar(
        select(follower_cursor.c.seq).where(follower_cursor.c.name == name)
    )
    return int(found or 0)


async def move_to(connection: AsyncConnection, name: str, seq: int) -> None:
    """Set the follower's position; it counts once the caller commits."""
    await connection.execute(
        pg_insert(follower_cursor)
        .values(name=name, seq=seq)
        .on_conflict_do_update(index_elements=["name"], set_={"seq": seq})
    )
