"""Dispatches against the recommendation: why, and what they cost or gained in minutes."""

from typing import Any, Final

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from dispatch.reporting.sources import Scope
from ops_center.kernel.clock import wire_time

LISTED_MAX: Final = 200

# One reason is given for a whole order: the units in it that were recommended override nothing.
_SUMMARY: Final = text(
    """
    with sent as (
        select a.*, a.override_reason is not null and a.recommended is not true as overriding
        from incident i join assignment a on a.incident_id = i.id join unit u on u.id = a.unit_id
        where i.opened_at >= :start and i.opened_at < :end
          and (cast(:agency as text) is null or u.agency = :agency))
    select count(*) as orders,
           count(*) filter (where recommended is not null) as advised,
           count(*) filter (where recommended) as followed,
           count(*) filter (where overriding) as overrides,
           count(*) filter (where overriding and best_eta_s is not null
                            and eta_s is not null) as foreseen,
           sum(eta_s - best_eta_s) filter (where overriding) as foreseen_s,
           count(*) filter (where overriding and best_eta_s is not null
                            and on_scene_at >= assigned_at) as measured,
           sum(extract(epoch from on_scene_at - assigned_at) - best_eta_s)
             filter (where overriding and on_scene_at >= assigned_at) as measured_s
    from sent
    """
)
_LIST: Final = text(
    """
    select i.number, i.type, i.priority, i.protected, a.callsign, u.agency, a.assigned_at,
           a.override_reason as reason, a.eta_s, a.best_eta_s,
           case when a.on_scene_at >= a.assigned_at
                then extract(epoch from a.on_scene_at - a.assigned_at) end as actual_s
    from incident i join assignment a on a.incident_id = i.id join unit u on u.id = a.unit_id
    where i.opened_at >= :start and i.opened_at < :end
      and a.override_reason is not null and a.recommended is not true
      and (cast(:agency as text) is null or u.agency = :agency)
    order by a.assigned_at desc, a.id desc limit :limit
    """
)


async def overrides(connection: AsyncConnection, scope: Scope) -> dict[str, Any]:
    """Return how often the recommendation was not followed, and each such order, newest first.

    `foreseen_s`: travel of the unit sent less that of the best one offered, when it was decided.
    `measured_s`: how long it took in fact, less the best that was offered. Above 0 is time lost.
    Protected incidents are counted; in the list they have no number and no reason.
    """
    span = {"start": scope.period.start, "end": scope.period.end, "agency": scope.agency}
    row = (await connection.execute(_SUMMARY, span)).one()
    found = (await connection.execute(_LIST, {**span, "limit": LISTED_MAX})).all()
    return {
        "orders": row.orders,
        "advised": row.advised,
        "followed": row.followed,
        "overrides": row.overrides,
        "share": round(row.overrides / row.orders, 4) if row.orders else None,
        "foreseen_n": row.foreseen,
        "foreseen_s": _rounded(row.foreseen_s),
        "measured_n": row.measured,
        "measured_s": _rounded(row.measured_s),
        "items": [_item(one) for one in found],
    }


def _item(row: Any) -> dict[str, Any]:
    best, sent, actual = _rounded(row.best_eta_s), _rounded(row.eta_s), _rounded(row.actual_s)
    return {
        "number": None if row.protected else row.number,
        "type": None if row.protected else row.type,
        "priority": row.priority,
        "callsign": row.callsign,
        "agency": row.agency,
        "at": wire_time(row.assigned_at),
        "reason": None if row.protected else row.reason,
        "eta_s": sent,
        "best_eta_s": best,
        "actual_s": actual,
        "foreseen_s": _less(sent, best),
        "measured_s": _less(actual, best),
    }


def _less(one: float | None, other: float | None) -> float | None:
    return None if one is None or other is None else round(one - other, 1)


def _rounded(value: Any) -> float | None:
    return None if value is None else round(float(value), 1)
