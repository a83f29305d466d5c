"""Partitions of the position history: one for each UTC day, made ahead and dropped whole."""

from datetime import UTC, date, datetime, timedelta

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from dispatch.domain.positions import AGE_MAX

PARENT = "unit_position_history"
PREFIX = f"{PARENT}_d"
# Fixes may be as old as AGE_MAX and a little in the future; and midnight must not surprise us.
DAYS_BEFORE = AGE_MAX.days + 1
DAYS_AHEAD = 2


def partition_sql(day: date) -> str:
    """Return the statement that makes the partition of one UTC day, if it is not there."""
    start = datetime(day.year, day.month, day.day, tzinfo=UTC)
    end = start + timedelta(days=1)
    return (
        f"create table if not exists {PREFIX}{day:%Y%m%d} partition of {PARENT} "
        f"for values from ('{start.isoformat()}') to ('{end.isoformat()}')"
    )


async def ensure_partitions(connection: AsyncConnection, day: date) -> None:
    """Make the partitions that fixes arriving on `day` (UTC) and the next can need."""
    for offset in range(-DAYS_BEFORE, DAYS_AHEAD + 1):
        await connection.execute(text(partition_sql(day + timedelta(days=offset))))


async def drop_partitions(connection: AsyncConnection, *, before: date) -> list[str]:
    """Drop the partitions of days before `before` and return their names."""
    found = await connection.scalars(
        text("select relid::regclass::text from pg_partition_tree(:parent) where isleaf"),
        {"parent": PARENT},
    )
    old = sorted(
        name for name in found if name.startswith(PREFIX) and name < f"{PREFIX}{before:%Y%m%d}"
    )
    for name in old:
        await connection.execute(text(f"drop table {name}"))
    return old
