"""The journal: append-only, gapless, in commit order. It is audit log, outbox and replay source."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Column,
    DateTime,
    Index,
    Integer,
    String,
    Table,
    Uuid,
    func,
    insert,
    select,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncConnection

from ops_center.kernel.database import metadata
from ops_center.kernel.events import Author, Entry, Fact
from ops_center.kernel.ids import new_id

APPEND_LOCK = 0x4E414E47  # "NANG": the one advisory lock that orders the journal
CHANNEL = "journal"
PAGE = 1_000

journal = Table(
    "journal",
    metadata,
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    Column("id", Uuid, nullable=False, unique=True),
    Column("kind", String(64), nullable=False),
    Column("subject_type", String(32), nullable=False),
    Column("subject", Uuid, nullable=False),
    Column("version", Integer, nullable=False),
    Column("incident", Uuid),
    Column("audience", ARRAY(String(64)), nullable=False),
    Column("author_id", Uuid, nullable=False),
    Column("author_name", String(128), nullable=False),
    Column("cause", Uuid, nullable=False),
    Column("occurred_at", DateTime(timezone=True), nullable=False),
    Column("recorded_at", DateTime(timezone=True), nullable=False),
    Column("data", JSONB, nullable=False),
    Index(None, "subject", "seq"),
    Index(None, "incident", "seq"),
    Index(None, "recorded_at", postgresql_using="brin"),
)

# Facts people may be held to are never changed: the database itself refuses, whoever asks.
APPEND_ONLY_SQL = (
    """
    create function journal_is_append_only() returns trigger language plpgsql as $$
    begin raise exception 'the journal is append-only' using errcode = 'restrict_violation'; end $$
    """,
    """
    create trigger journal_append_only before update or delete on journal
    for each row execute function journal_is_append_only()
    """,
    """
    create trigger journal_no_truncate before truncate on journal
    for each statement execute function journal_is_append_only()
    """,
)
DROP_APPEND_ONLY_SQL = ("drop function if exists journal_is_append_only() cascade",)


async def append(
    connection: AsyncConnection,
    facts: Sequence[Fact],
    *,
    author: Author,
    cause: UUID,
    recorded_at: datetime,
) -> list[int]:
    """Write `facts` behind the newest entry and return their seqs. Must be last before COMMIT.

    The lock is held until the commit is visible, so seq order is commit order and a reader that
    asks for `seq > last` never passes by an entry that commits late.
    """
    await connection.execute(select(func.pg_advisory_xact_lock(APPEND_LOCK)))
    head = await newest_seq(connection)
    rows = [
        _row(fact, seq=head + place, author=author, cause=cause, recorded_at=recorded_at)
        for place, fact in enumerate(facts, start=1)
    ]
    await connection.execute(insert(journal), rows)
    await connection.execute(text(f"notify {CHANNEL}"))
    return [row["seq"] for row in rows]


def _row(
    fact: Fact, *, seq: int, author: Author, cause: UUID, recorded_at: datetime
) -> dict[str, Any]:
    return {
        "seq": seq,
        "id": new_id(),
        "kind": fact.kind,
        "subject_type": fact.subject_type,
        "subject": fact.subject,
        "version": fact.version,
        "incident": fact.incident,
        "audience": list(fact.audience),
        "author_id": author.id,
        "author_name": author.name,
        "cause": cause,
        "occurred_at": fact.occurred_at or recorded_at,
        "recorded_at": recorded_at,
        "data": fact.data(),
    }


async def newest_seq(connection: AsyncConnection) -> int:
    """Return the seq of the newest entry, 0 for an empty journal."""
    return int(await connection.scalar(select(func.coalesce(func.max(journal.c.seq), 0))) or 0)


async def entries_after(connection: AsyncConnection, seq: int, *, limit: int = PAGE) -> list[Entry]:
    """Return up to `limit` entries behind `seq`, oldest first."""
    found = await connection.execute(
        select(journal).where(journal.c.seq > seq).order_by(journal.c.seq).limit(limit)
    )
    return [to_entry(row) for row in found.mappings()]


async def entries_of_incident(
    connection: AsyncConnection, incident: UUID, *, limit: int = PAGE, after: int = 0
) -> list[Entry]:
    """Return the timeline of one incident in seq order."""
    found = await connection.execute(
        select(journal)
        .where(journal.c.incident == incident, journal.c.seq > after)
        .order_by(journal.c.seq)
        .limit(limit)
    )
    return [to_entry(row) for row in found.mappings()]


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryFilter:
    """Which entries are asked for: recorded in [start, end), of these kinds, about this subject."""

    start: datetime
    end: datetime
    kinds: tuple[str, ...] = ()
    subject: UUID | None = None
    after: int = 0
    limit: int = PAGE


async def entries_matching(connection: AsyncConnection, wanted: HistoryFilter) -> list[Entry]:
    """Return the entries that `wanted` describes, in seq order."""
    column = journal.c
    query = select(journal).where(
        column.recorded_at >= wanted.start,
        column.recorded_at < wanted.end,
        column.seq > wanted.after,
    )
    if wanted.kinds:
        query = query.where(column.kind.in_(wanted.kinds))
    if wanted.subject is not None:
        query = query.where(
            (column.subject == wanted.subject) | (column.incident == wanted.subject)
        )
    found = await connection.execute(query.order_by(column.seq).limit(wanted.limit))
    return [to_entry(row) for row in found.mappings()]


def to_entry(row: Any) -> Entry:
    """Shape one row of the journal into an Entry."""
    return Entry(
        seq=row["seq"],
        id=row["id"],
        kind=row["kind"],
        subject_type=row["subject_type"],
        subject=row["subject"],
        version=row["version"],
        incident=row["incident"],
        audience=frozenset(row["audience"]),
        author=Author(id=row["author_id"], name=row["author_name"]),
        cause=row["cause"],
        occurred_at=row["occurred_at"],
        recorded_at=row["recorded_at"],
        data=row["data"],
    )
