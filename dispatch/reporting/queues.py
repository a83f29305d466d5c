"""How many calls waited and how many incidents had no unit, over time and over the day."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from sqlalchemy import TextClause, text
from sqlalchemy.ext.asyncio import AsyncConnection

from dispatch.domain.reporting import Period
from dispatch.reporting.sources import Scope
from ops_center.kernel.clock import wire_time

FINE: Final = timedelta(minutes=15)
HOURLY: Final = timedelta(hours=1)
FINE_UP_TO: Final = timedelta(days=2)
POINTS_MAX: Final = 800
# Who waited longer than this before the period began is not looked for.
LOOK_BACK: Final = timedelta(days=7)

# Every arrival is a step up and every end a step down; a step of nothing at the beginning of each
# interval cuts what lies across it, so that lengths and means are exact and not sampled.
_STEPS: Final = """
    waited as (select * from waiting where finish > :start and finish > begin),
    steps as (
        select greatest(begin, :start) as t, 1 as d from waited where begin < :end
        union all select finish, -1 from waited where finish < :end
        union all select at, 0 from generate_series(
            cast(:start as timestamptz), cast(:end as timestamptz) - interval '1 microsecond',
            cast(:step as interval)) as at),
    lengths as (
        select t, sum(sum(d)) over (order by t) as n, lead(t) over (order by t) as next
        from steps group by t)
    select date_bin(cast(:step as interval), t, :start) as at, max(n) as most,
           sum(n * extract(epoch from coalesce(next, :end) - t))
             / extract(epoch from cast(:step as interval)) as mean
    from lengths group by 1 order by 1
"""
# A call that nobody took (a witness's, linked with others) waited until it was linked or closed,
# which only the journal tells; where it does not, how long is unknown and the call is not counted.
_CALLS: Final = text(
    """
    with waiting as (
        select c.received_at as begin,
               coalesce(least(c.taken_at, c.abandoned_at),
                        case when c.state <> 'waiting' then coalesce(
                            (select min(j.recorded_at) from journal j where j.subject = c.id
                             and j.kind in ('call.linked', 'call.closed')), c.received_at) end,
                        'infinity') as finish
        from call c
        where c.received_at >= :earliest and c.received_at < :end
          and coalesce(least(c.taken_at, c.abandoned_at), 'infinity') > :start),
    """  # noqa: S608  words of ours only
    + _STEPS
)
_INCIDENTS: Final = text(
    """
    with waiting as (
        select greatest(i.opened_at, i.scheduled_for) as begin,
               coalesce(least((select min(a.assigned_at) from assignment a
                               where a.incident_id = i.id), i.closed_at),
                        case when i.status = 'merged' then greatest(i.opened_at, i.scheduled_for)
                             end, 'infinity') as finish
        from incident i
        where i.opened_at >= :earliest and i.opened_at < :end
          and (cast(:agency as text) is null
               or i.agencies @> array[cast(:agency as varchar)])),
    """  # noqa: S608  words of ours only
    + _STEPS
)


async def queue_lengths(connection: AsyncConnection, scope: Scope) -> dict[str, Any]:
    """Return the queue of waiting calls and of incidents without a unit.

    Each as a series of intervals with mean and greatest length, and the same by hour of the day.
    The calls are None for people of one agency: that queue is the centre's alone.
    """
    step = FINE if scope.period.end - scope.period.start <= FINE_UP_TO else HOURLY
    whole = scope.agency is None
    calls = await _series(connection, _CALLS, scope, step) if whole else None
    return {
        "step_s": int(_shown(step, scope.period).total_seconds()),
        "calls": None if calls is None else _told(calls, step, scope),
        "incidents": _told(await _series(connection, _INCIDENTS, scope, step), step, scope),
    }


async def _series(
    connection: AsyncConnection, query: TextClause, scope: Scope, step: timedelta
) -> list[tuple[datetime, int, float]]:
    asked: dict[str, Any] = {
        "start": scope.period.start,
        "end": scope.period.end,
        "earliest": _earlier(scope.period.start),
        "step": step,
    }
    if query is _INCIDENTS:
        asked["agency"] = scope.agency
    found = await connection.execute(query, asked)
    return [(row.at, int(row.most), float(row.mean)) for row in found]


def _earlier(start: datetime) -> datetime:
    try:
        return start - LOOK_BACK
    except OverflowError:
        return start


def _shown(step: timedelta, period: Period) -> timedelta:
    """The interval of the series that is told: longer when there would be too many points."""
    points = (period.end - period.start) / step
    return step if points <= POINTS_MAX else timedelta(days=1)


def _told(
    series: Sequence[tuple[datetime, int, float]], step: timedelta, scope: Scope
) -> dict[str, Any]:
    shown = _shown(step, scope.period)
    return {
        "most": max((most for _, most, _ in series), default=0),
        "series": _joined(series, shown, scope.period.start),
        "over_the_day": _over_the_day(series, ZoneInfo(scope.timezone)),
    }


def _joined(
    series: Sequence[tuple[datetime, int, float]], shown: timedelta, start: datetime
) -> list[dict[str, Any]]:
    groups: defaultdict[int, list[tuple[int, float]]] = defaultdict(list)
    for at, most, mean in series:
        groups[(at - start) // shown].append((most, mean))
    return [
        {"at": wire_time(start + place * shown), **_summary(rows)}
        for place, rows in sorted(groups.items())
    ]


def _over_the_day(
    series: Sequence[tuple[datetime, int, float]], zone: ZoneInfo
) -> list[dict[str, Any]]:
    hours: defaultdict[int, list[tuple[int, float]]] = defaultdict(list)
    for at, most, mean in series:
        hours[at.astimezone(zone).hour].append((most, mean))
    return [{"hour": hour, **_summary(rows)} for hour, rows in sorted(hours.items())]


def _summary(rows: Sequence[tuple[int, float]]) -> Mapping[str, Any]:
    mean = sum(one for _, one in rows) / len(rows)
    return {"mean": round(mean, 3), "most": max(most for most, _ in rows)}
