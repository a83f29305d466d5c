"""The load of alarms: how many, how many at once, how many of them false, by kind and source."""

from datetime import timedelta
from typing import Any, Final

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from dispatch.reporting.sources import Scope

WINDOW: Final = timedelta(minutes=10)
# ISA-18.2 and EEMUA 191: more than this in ten minutes is a flood for one operator.
FLOOD: Final = 10
SOURCES_MAX: Final = 200
# Put aside because there was an alarm about the same already, not because it was false.
NOT_FALSE: Final = ("duplicate", "resolved", "test")

_SOURCES: Final = text(
    """
    select kind, coalesce(source_name, camera_name, '') as source, count(*) as raised,
           count(*) filter (where state = 'verified') as verified,
           count(*) filter (where state = 'dismissed') as dismissed,
           count(*) filter (where state = 'dismissed' and not (reason = any(:others))) as false,
           count(*) filter (where state in ('raised', 'acknowledged')) as open
    from alarm
    where raised_at >= :start and raised_at < :end
      and (cast(:agency as text) is null or agency = :agency)
    group by 1, 2 order by raised desc, 1, 2 limit :limit
    """
)
_REASONS: Final = text(
    """
    select coalesce(reason, '') as reason, count(*) as n from alarm
    where raised_at >= :start and raised_at < :end and state = 'dismissed'
      and (cast(:agency as text) is null or agency = :agency)
    group by 1 order by n desc, 1 limit :limit
    """
)
_WINDOWS: Final = text(
    """
    with windows as (
        select date_bin(cast(:window as interval), raised_at, :start) as at, count(*) as n
        from alarm where raised_at >= :start and raised_at < :end
          and (cast(:agency as text) is null or agency = :agency)
        group by 1)
    select coalesce(sum(n), 0) as raised, coalesce(max(n), 0) as most,
           count(*) filter (where n > :flood) as floods from windows
    """
)
_HOURS: Final = text(
    """
    select cast(to_char(timezone(:zone, raised_at), 'HH24') as integer) as hour, count(*) as n
    from alarm where raised_at >= :start and raised_at < :end
      and (cast(:agency as text) is null or agency = :agency)
    group by 1 order by 1
    """
)
_OPERATORS: Final = text(
    """
    select "by" as name, count(*) as handled,
           count(*) filter (where state = 'verified') as verified,
           count(*) filter (where state = 'dismissed') as dismissed
    from alarm where raised_at >= :start and raised_at < :end and "by" is not null
      and (cast(:agency as text) is null or agency = :agency)
    group by 1 order by handled desc, 1 limit :limit
    """
)


async def alarm_load(connection: AsyncConnection, scope: Scope) -> dict[str, Any]:
    """Return alarms by kind and source with their false rate, by hour, and how often they flood.

    The false rate is that of the decided ones: dismissed as not genuine over those and verified.
    """
    span = {"start": scope.period.start, "end": scope.period.end, "agency": scope.agency}
    others = {"others": list(NOT_FALSE), "limit": SOURCES_MAX}
    sources = [_source(row) for row in await connection.execute(_SOURCES, {**span, **others})]
    limit = {"limit": SOURCES_MAX}
    reasons = await connection.execute(_REASONS, {**span, **limit})
    windows = (await connection.execute(_WINDOWS, {**span, "window": WINDOW, "flood": FLOOD})).one()
    hours = await connection.execute(_HOURS, {**span, "zone": scope.timezone})
    operators = await connection.execute(_OPERATORS, {**span, **limit})
    return {
        "raised": int(windows.raised),
        "per_hour": _per_hour(int(windows.raised), scope),
        "most_in_10_min": windows.most,
        "flood_windows": windows.floods,
        "windows": int((scope.period.end - scope.period.start) / WINDOW),
        "sources": sources,
        "reasons": [{"code": row.reason, "n": row.n} for row in reasons],
        "hours": [{"hour": row.hour, "n": row.n} for row in hours],
        "operators": [dict(row) for row in operators.mappings()],
    }


def _source(row: Any) -> dict[str, Any]:
    decided = row.verified + row.false
    return {
        "kind": row.kind,
        "source": row.source or None,
        "raised": row.raised,
        "verified": row.verified,
        "dismissed": row.dismissed,
        "false": row.false,
        "open": row.open,
        "false_rate": round(row.false / decided, 4) if decided else None,
    }


def _per_hour(raised: int, scope: Scope) -> float:
    hours = (scope.period.end - scope.period.start) / timedelta(hours=1)
    return round(raised / hours, 3)
