"""Who did how much: operators by what they handled, units by the time they were bound."""

from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from dispatch.reporting.calls import REAL_DISPOSITIONS
from dispatch.reporting.sources import Scope

ROWS_MAX: Final = 1_000
# The journal of a year is too long to count through while somebody waits.
JOURNAL_MAX: Final = timedelta(days=31)
LOOK_BACK: Final = timedelta(days=2)

_OPERATORS: Final = text(
    """
    with work as (
        select taken_by as name, count(*) as calls,
               count(*) filter (where incident_id is not null or disposition = any(:real)) as real,
               0 as alarms, 0 as notes
        from call where received_at >= :start and received_at < :end and taken_by is not null
        group by 1
        union all
        select "by", 0, 0, count(*), 0 from alarm
        where raised_at >= :start and raised_at < :end and "by" is not null group by 1
        union all
        select n.author, 0, 0, 0, count(*) from note n join incident i on i.id = n.incident_id
        where i.opened_at >= :start and i.opened_at < :end group by 1)
    select name, sum(calls) as calls, sum(real) as real,
           sum(alarms) as alarms, sum(notes) as notes
    from work group by name order by calls desc, alarms desc, name limit :limit
    """
)
_DISPATCHES: Final = text(
    """
    select author_name as name, count(*) as n from journal
    where recorded_at >= :start and recorded_at < :end and kind = 'unit.assigned' group by 1
    """
)
# Merging and parting incidents links their calls once more; handling ended with the first time.
_HANDLING: Final = text(
    """
    select c.taken_by as name, avg(extract(epoch from j.recorded_at - c.taken_at)) as seconds
    from journal j join call c on c.id = j.subject
    where j.recorded_at >= :start and j.recorded_at < :end
      and j.kind in ('call.linked', 'call.closed')
      and c.taken_by is not null and j.recorded_at >= c.taken_at
      and j.seq = (select min(f.seq) from journal f where f.subject = j.subject
                   and f.kind in ('call.linked', 'call.closed'))
    group by 1
    """
)
_UNITS: Final = text(
    """
    with bound as (
        select a.unit_id, count(*) filter (where a.assigned_at >= :start) as orders,
               count(distinct a.incident_id) as incidents,
               sum(extract(epoch from least(coalesce(a.released_at, :now), :end)
                                      - greatest(a.assigned_at, :start))) as busy_s
        from incident i join assignment a on a.incident_id = i.id
        where i.opened_at >= :earliest and i.opened_at < :end
          and a.assigned_at < least(:end, :now)
          and coalesce(a.released_at, :now) > greatest(:start, a.assigned_at)
        group by 1),
    duty as (
        select unit_id,
               sum(extract(epoch from least(coalesce(signed_off_at, ends_at), :now, :end)
                                      - greatest(signed_on_at, :start))) as duty_s
        from shift
        where signed_on_at < least(:end, :now) and coalesce(signed_off_at, ends_at) > :start
          and starts_at >= :earliest and starts_at < :end
        group by 1)
    select u.callsign, u.agency, u.kind, coalesce(b.orders, 0) as orders,
           coalesce(b.incidents, 0) as incidents, coalesce(b.busy_s, 0) as busy_s, d.duty_s
    from unit u left join bound b on b.unit_id = u.id left join duty d on d.unit_id = u.id
    where cast(:agency as text) is null or u.agency = :agency
    order by busy_s desc, u.callsign limit :limit
    """
)


async def workload(connection: AsyncConnection, scope: Scope, *, now: datetime) -> dict[str, Any]:
    """Return what each operator handled and how long each unit was bound (seconds).

    `utilisation` is the bound share of the time a crew was signed on, None without a shift.
    People of one agency are told of its units only.
    """
    span = {"start": scope.period.start, "end": scope.period.end}
    operators = None
    if scope.agency is None:
        operators = await _operators(connection, scope, span)
    more = {"now": now, "earliest": _earlier(scope.period.start), "agency": scope.agency}
    found = await connection.execute(_UNITS, {**span, **more, "limit": ROWS_MAX})
    return {"operators": operators, "units": [_unit(row) for row in found]}


async def _operators(
    connection: AsyncConnection, scope: Scope, span: dict[str, datetime]
) -> list[dict[str, Any]]:
    real = {"real": list(REAL_DISPOSITIONS), "limit": ROWS_MAX}
    found = (await connection.execute(_OPERATORS, {**span, **real})).all()
    given: dict[str, int] | None = None
    handling: dict[str, float] = {}
    if scope.period.end - scope.period.start <= JOURNAL_MAX:
        given = {row.name: row.n for row in await connection.execute(_DISPATCHES, span)}
        taken = await connection.execute(_HANDLING, span)
        handling = {row.name: round(float(row.seconds), 1) for row in taken}
    told = {row.name: _operator(row) for row in found}
    for name in given or {}:
        told.setdefault(name, {"name": name, **_NO_WORK})
    for name, one in told.items():
        one["dispatches"] = None if given is None else given.get(name, 0)
        one["handling_s"] = handling.get(name)
    return list(told.values())[:ROWS_MAX]


_NO_WORK: Final = {"calls": 0, "real_calls": 0, "handling_s": None, "alarms": 0, "notes": 0}


def _operator(row: Any) -> dict[str, Any]:
    return {
        "name": row.name,
        "calls": int(row.calls),
        "real_calls": int(row.real),
        "handling_s": None,
        "alarms": int(row.alarms),
        "notes": int(row.notes),
    }


def _unit(row: Any) -> dict[str, Any]:
    busy, duty = max(float(row.busy_s), 0.0), None if row.duty_s is None else float(row.duty_s)
    return {
        "callsign": row.callsign,
        "agency": row.agency,
        "kind": row.kind,
        "orders": row.orders,
        "incidents": row.incidents,
        "busy_s": round(busy, 1),
        "duty_s": None if duty is None else round(duty, 1),
        "utilisation": round(min(busy / duty, 1.0), 4) if duty and duty > 0 else None,
    }


def _earlier(start: datetime) -> datetime:
    try:
        return start - LOOK_BACK
    except OverflowError:
        return start
