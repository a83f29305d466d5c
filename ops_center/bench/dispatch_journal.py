"""Measures entries a second through whole transactions, beside what the journal's lock allows.

The lock is held until a commit is on disk, so its ceiling is one durable commit after another.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Final

from sqlalchemy import func, select, text

from dispatch.domain.events import IncidentNoted
from dispatch.domain.incident_parts import Note
from ops_center.bench.place import BenchPlace
from ops_center.bench.report import Measurement
from ops_center.kernel import transaction
from ops_center.kernel.clock import SystemClock
from ops_center.kernel.database import Database
from ops_center.kernel.events import Author
from ops_center.kernel.ids import new_id
from ops_center.kernel.journal import APPEND_LOCK

WRITERS: Final = 8
FOR_S: Final = 5.0


async def measure(place: BenchPlace) -> list[Measurement]:
    """Return entries/s of WRITERS at once; the reference writes one bare row under the lock."""
    database = Database(place.centre.database.url, pool_size=WRITERS, name="bench")
    try:
        await _make_bare(database)
        ceiling = await _per_second(lambda: _lock_alone(database))
        ours = await _per_second(lambda: _one_entry(database))
    finally:
        await database.close()
    return [
        Measurement(
            name="journal entries a second",
            unit="/s",
            ours=ours,
            reference=ceiling,
            reference_name="bare rows under the same lock",
            note=f"{WRITERS} writers at once, every commit on disk; more is better",
        )
    ]


async def _per_second(once: Callable[[], Awaitable[None]]) -> float:
    done, until = 0, time.monotonic() + FOR_S

    async def writer() -> None:
        nonlocal done
        while time.monotonic() < until:
            await once()
            done += 1

    began = time.monotonic()
    async with asyncio.TaskGroup() as tasks:
        for _ in range(WRITERS):
            tasks.create_task(writer())
    return done / (time.monotonic() - began)


async def _make_bare(database: Database) -> None:
    async with database.engine.begin() as connection:
        await connection.execute(text("create table if not exists bench_bare (at timestamptz)"))


async def _lock_alone(database: Database) -> None:
    async with database.engine.begin() as connection:
        await connection.execute(select(func.pg_advisory_xact_lock(APPEND_LOCK)))
        await connection.execute(text("insert into bench_bare values (now())"))


async def _one_entry(database: Database) -> None:
    clock, author = SystemClock(), Author(id=new_id(), name="bench")
    note = Note(id=new_id(), text="Hay una pelea en la esquina.", author="bench", at=clock.now())
    async with transaction.begin(database, author=author, cause=new_id(), clock=clock) as tx:
        tx.record(IncidentNoted(subject=new_id(), version=1, note=note))
        await tx.commit()
