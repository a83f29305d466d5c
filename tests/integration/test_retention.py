"""What is kept for a time goes when its time is over, and nothing before."""

from datetime import datetime, timedelta

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from ops_center.kernel import idempotency
from ops_center.kernel.database import Database
from ops_center.kernel.ids import new_id
from ops_center.retention import POSITIONS_KEPT_FOR, forget_what_is_old
from tests.builders import T0

DAY = timedelta(days=1)


async def test_positions_go_by_whole_days_and_the_journal_stays(database: Database) -> None:
    old, kept = T0 - POSITIONS_KEPT_FOR - 2 * DAY, T0 - POSITIONS_KEPT_FOR + DAY
    async with database.engine.begin() as connection:
        for at in (old, kept):
            await _add_day(connection, at)
            await connection.execute(
                text(
                    "insert into unit_position_history (unit_id, occurred_at, lon, lat,"
                    " recorded_at) values (:unit, :at, 24.9, 60.2, :at)"
                ),
                {"unit": new_id(), "at": at},
            )
        gone = await forget_what_is_old(connection, T0)
        left = list(await connection.scalars(text("select occurred_at from unit_position_history")))
    assert gone["history of positions"] >= 1
    assert left == [kept]


async def test_a_key_is_forgotten_only_when_no_repetition_can_come(database: Database) -> None:
    author = new_id()
    async with database.engine.begin() as connection:
        for key, at in (
            ("old-key-of-a-test", T0 - idempotency.KEPT_FOR - DAY),
            ("new-key-of-a-test", T0 - idempotency.KEPT_FOR + DAY),
        ):
            await idempotency.claim(connection, author_id=author, key=key, digest="d", now=at)
        gone = await forget_what_is_old(connection, T0)
        left = list(await connection.scalars(text("select key from idempotency_key")))
    assert gone["answers to repeated commands"] == 1
    assert left == ["new-key-of-a-test"]


async def _add_day(connection: AsyncConnection, at: datetime) -> None:
    await connection.execute(
        text(
            f"create table if not exists unit_position_history_d{at:%Y%m%d} partition of"
            " unit_position_history for values from"
            f" ('{at:%Y-%m-%d} 00:00:00+00') to ('{at + DAY:%Y-%m-%d} 00:00:00+00')"
        )
    )
