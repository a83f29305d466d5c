"""Answers kept by key: whoever repeats a command gets the first answer, not a second effect."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Column, DateTime, Index, Integer, String, Table, Uuid, delete, select, update
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.dialects.postgresql import insert as pg_insert
from sqlalchemy.ext.asyncio import AsyncConnection

from ops_center.kernel.database import metadata
from ops_center.kernel.errors import Conflict

KEY_MAX = 128
KEPT_FOR = timedelta(days=2)

idempotency_key = Table(
    "idempotency_key",
    metadata,
    Column("author_id", Uuid, primary_key=True),
    Column("key", String(KEY_MAX), primary_key=True),
    Column("request_digest", String(64), nullable=False),
    Column("status", Integer),
    Column("answer", JSONB),
    Column("recorded_at", DateTime(timezone=True), nullable=False),
    Index(None, "recorded_at"),
)


async def claim(
    connection: AsyncConnection, *, author_id: UUID, key: str, digest: str, now: datetime
) -> tuple[int, Any] | None:
    """Reserve `key` in this transaction, or return the (status, answer) of its first use.

    A second request with the same key waits here until the first has committed or rolled back.
    """
    won = await connection.execute(
        pg_insert(idempotency_key)
        .values(author_id=author_id, key=key, request_digest=digest, recorded_at=now)
        .on_conflict_do_nothing()
    )
    if won.rowcount:
        return None
    kept = await look_up(connection, author_id=author_id, key=key, digest=digest)
    assert kept is not None, "whoever claimed it has committed, or we had won"
    return kept


async def look_up(
    connection: AsyncConnection, *, author_id: UUID, key: str, digest: str
) -> tuple[int, Any] | None:
    """Return the (status, answer) kept for `key`, None for a fresh one; Conflict when reused."""
    row = (
        await connection.execute(
            select(idempotency_key).where(
                idempotency_key.c.author_id == author_id, idempotency_key.c.key == key
            )
        )
    ).one_or_none()
    if row is None:
        return None
    if row.request_digest != digest:
        raise Conflict(
            "This Idempotency-Key was used for a different request. Send a fresh key.",
            code="idempotency-key-reused",
        )
    return row.status, row.answer


async def keep(
    connection: AsyncConnection, *, author_id: UUID, key: str, status: int, answer: Any
) -> None:
    """Store the answer beside the claimed key, in the same transaction as the effect."""
    await connection.execute(
        update(idempotency_key)
        .where(idempotency_key.c.author_id == author_id, idempotency_key.c.key == key)
        .values(status=status, answer=answer)
    )


async def forget_old(connection: AsyncConnection, *, now: datetime) -> int:
    """Delete keys older than KEPT_FOR and return how many."""
    gone = await connection.execute(
        delete(idempotency_key).where(idempotency_key.c.recorded_at < now - KEPT_FOR)
    )
    return gone.rowcount
