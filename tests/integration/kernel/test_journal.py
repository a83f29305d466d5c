"""The journal's promise: nobody who asks for `seq > last` ever passes by an entry."""

import asyncio
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import ClassVar
from unittest.mock import patch
from uuid import UUID

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError, IntegrityError

from ops_center.kernel import journal, transaction
from ops_center.kernel.clock import ManualClock, SystemClock
from ops_center.kernel.database import Database
from ops_center.kernel.events import Author, Fact
from ops_center.kernel.ids import new_id

WRITERS = 8
ENTRIES_EACH = 25
AUTHOR = Author(id=UUID(int=1), name="writer")


@dataclass(frozen=True, kw_only=True)
class Happened(Fact):
    kind: ClassVar[str] = "test.happened"
    subject_type: ClassVar[str] = "test"
    number: int


async def write_one(database: Database, number: int) -> list[int]:
    async with transaction.begin(
        database, author=AUTHOR, cause=new_id(), clock=SystemClock()
    ) as tx:
        tx.record(Happened(subject=new_id(), version=1, number=number))
        return await tx.commit()


async def write_many(database: Database, writer: int) -> int:
    """Write ENTRIES_EACH entries and return how many were acknowledged."""
    acknowledged = 0
    for number in range(ENTRIES_EACH):
        with suppress(IntegrityError):
            await write_one(database, writer * 1000 + number)
            acknowledged += 1
    return acknowledged


async def follow(database: Database, stop: asyncio.Event) -> list[int]:
    """Read as a relay does, by `seq > last`, until told to stop and nothing more comes."""
    seen: list[int] = []
    async with database.engine.connect() as connection:
        while True:
            done = stop.is_set()
            page = await journal.entries_after(connection, seen[-1] if seen else 0)
            await connection.commit()
            seen.extend(entry.seq for entry in page)
            if done and not page:
                return seen


async def race(database: Database) -> tuple[int, list[int]]:
    stop = asyncio.Event()
    async with asyncio.TaskGroup() as tasks:
        follower = tasks.create_task(follow(database, stop))
        writers = [tasks.create_task(write_many(database, one)) for one in range(WRITERS)]
        acknowledged = sum(await asyncio.gather(*writers))
        stop.set()
    return acknowledged, follower.result()


async def test_a_follower_by_seq_misses_nothing_under_concurrent_writers(
    database: Database,
) -> None:
    acknowledged, seen = await race(database)
    assert acknowledged == WRITERS * ENTRIES_EACH
    assert seen == list(range(1, acknowledged + 1))


async def test_without_the_lock_the_promise_breaks(database: Database) -> None:
    """The experiment behind the rule: without the lock writers collide or entries get lost."""
    with patch.object(func, "pg_advisory_xact_lock", lambda _key: text("1"), create=True):
        acknowledged, seen = await race(database)
    assert acknowledged < WRITERS * ENTRIES_EACH or len(seen) < acknowledged


async def test_a_rolled_back_command_leaves_no_hole(database: Database) -> None:
    assert await write_one(database, 1) == [1]
    async with transaction.begin(
        database, author=AUTHOR, cause=new_id(), clock=SystemClock()
    ) as tx:
        tx.record(Happened(subject=new_id(), version=1, number=2))
    assert await write_one(database, 3) == [2]


@pytest.mark.parametrize(
    "statement", ["update journal set kind = 'x'", "delete from journal", "truncate journal"]
)
async def test_the_database_refuses_to_change_what_was_written(
    database: Database, statement: str
) -> None:
    await write_one(database, 1)
    with pytest.raises(DBAPIError, match="append-only"):
        async with database.engine.begin() as connection:
            await connection.execute(text(statement))
    async with database.reading() as connection:
        assert await connection.scalar(select(journal.journal.c.kind)) == "test.happened"


async def test_entries_keep_the_claimed_and_the_recorded_time(database: Database) -> None:
    claimed = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
    recorded = datetime(2026, 1, 2, 3, 9, 0, tzinfo=UTC)
    subject, incident = new_id(), new_id()
    async with transaction.begin(
        database, author=AUTHOR, cause=new_id(), clock=ManualClock(recorded)
    ) as tx:
        tx.record(
            Happened(
                subject=subject,
                version=4,
                number=7,
                incident=incident,
                audience=("agency:POL",),
                occurred_at=claimed,
            )
        )
        await tx.commit()
    async with database.reading() as connection:
        (entry,) = await journal.entries_of_incident(connection, incident)
    assert (entry.occurred_at, entry.recorded_at) == (claimed, recorded)
    assert (entry.subject, entry.version, entry.data) == (subject, 4, {"number": 7})
    assert entry.audience == {"agency:POL"}
    assert entry.author == AUTHOR


async def test_a_reader_sees_one_instant_throughout(database: Database) -> None:
    async with database.reading() as connection:
        before = await journal.newest_seq(connection)
        await write_one(database, 1)
        assert await journal.newest_seq(connection) == before
