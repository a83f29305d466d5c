"""How long each kind of thing is kept that is not kept for good; background forgets by this table.

The journal and the tables of calls, incidents, units and alarms stand in no row: what people may be
held to is not forgotten by a timer. docs/privacy.md says what is kept and why.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.ext.asyncio import AsyncConnection

from dispatch.domain.caller_location.inbox import KEPT_FOR as REPORTS_KEPT_FOR
from dispatch.repository import drop_partitions
from dispatch.repository.presence import FORGOTTEN_AFTER, forget_lookers
from dispatch.repository.raw_alarms import forget_raw_alarms
from dispatch.repository.sources import forget_reports
from ops_center.auth.service import forget_ended_sessions
from ops_center.kernel import idempotency

POSITIONS_KEPT_FOR: Final = timedelta(days=30)
# A year and a month: so that a report compares a month with the same one a year before.
RAW_ALARMS_KEPT_FOR: Final = timedelta(days=400)

Forget = Callable[[AsyncConnection, datetime], Awaitable[int]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """One kind: for how long, how it goes, and what forgets it (returns how many went)."""

    kind: str
    kept_for: timedelta
    how: str
    forget: Forget


async def _positions(connection: AsyncConnection, now: datetime) -> int:
    return len(await drop_partitions(connection, before=(now - POSITIONS_KEPT_FOR).date()))


async def _keys(connection: AsyncConnection, now: datetime) -> int:
    return await idempotency.forget_old(connection, now=now)


async def _sessions(connection: AsyncConnection, now: datetime) -> int:
    return await forget_ended_sessions(connection, now=now)


async def _lookers(connection: AsyncConnection, now: datetime) -> int:
    return await forget_lookers(connection)  # by the database's clock, like the beats themselves


async def _location_reports(connection: AsyncConnection, now: datetime) -> int:
    return await forget_reports(connection, before=now - REPORTS_KEPT_FOR)


async def _raw_alarms(connection: AsyncConnection, now: datetime) -> int:
    return await forget_raw_alarms(connection, before=now - RAW_ALARMS_KEPT_FOR)


KEPT: Final = (
    Kept(
        kind="every single report behind a grouped alarm",
        kept_for=RAW_ALARMS_KEPT_FOR,
        how="rows deleted; the alarms themselves stay, with their counts",
        forget=_raw_alarms,
    ),
    Kept(
        kind="messages about where callers are",
        kept_for=REPORTS_KEPT_FOR,
        how="rows deleted; what joined a call stays with the call",
        forget=_location_reports,
    ),
    Kept(
        kind="history of positions",
        kept_for=POSITIONS_KEPT_FOR,
        how="one partition a day, dropped whole",
        forget=_positions,
    ),
    Kept(
        kind="answers to repeated commands",
        kept_for=idempotency.KEPT_FOR,
        how="rows deleted",
        forget=_keys,
    ),
    Kept(
        kind="sessions that ended",
        kept_for=timedelta(0),
        how="rows deleted at their end",
        forget=_sessions,
    ),
    Kept(
        kind="who had an incident on the screen",
        kept_for=FORGOTTEN_AFTER,
        how="rows deleted",
        forget=_lookers,
    ),
)


async def forget_what_is_old(connection: AsyncConnection, now: datetime) -> dict[str, int]:
    """Forget everything whose time is over; return how many of each kind went, none left out."""
    return {one.kind: await one.forget(connection, now) for one in KEPT}
