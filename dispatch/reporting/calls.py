"""What calls turned out to be: dispositions, the share of real ones, when and how they came."""

from collections.abc import Iterable
from typing import Any, Final

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from dispatch.reporting.sources import Scope

# Closed without an incident of its own, and yet about an emergency.
REAL_DISPOSITIONS: Final = ("emergency", "duplicate", "transferred")
ROWS_MAX: Final = 400
UNDECIDED: Final = "undecided"

_OWN: Final = text(
    """
    with told as (
        select coalesce(disposition, case when state = 'linked' then 'emergency' end, 'undecided')
                 as disposition,
               source, coalesce(language, '') as language,
               to_char(timezone(:zone, received_at), 'HH24') as hour,
               to_char(timezone(:zone, received_at), 'YYYY-MM-DD') as day,
               case when incident_id is not null or disposition = any(:real) then 1
                    when disposition is null then null else 0 end as real,
               abandoned_at < coalesce(taken_at, 'infinity') as abandoned,
               taken_at is not null as answered
        from call
        where received_at >= :start and received_at < :end
          and (cast(:agency as text) is null or incident_id in (
                select id from incident where agencies @> array[cast(:agency as varchar)])))
    select grouping(disposition, source, language, hour, day) as which,
           disposition, source, language, hour, day, count(*) as n,
           count(*) filter (where real = 1) as real, count(*) filter (where real = 0) as not_real,
           count(*) filter (where abandoned) as abandoned,
           count(*) filter (where answered) as answered
    from told
    group by grouping sets ((), (disposition), (source), (language), (hour), (day))
    order by n desc, disposition, source, language, hour, day
    """
)
_IMPORTED: Final = text(
    """
    with told as (
        select distinct on (coalesce(incident, line::text))
               coalesce(type, '') as type, coalesce(agency, '') as agency,
               coalesce(disposition, '') as disposition,
               to_char(timezone(:zone, at), 'HH24') as hour,
               to_char(timezone(:zone, at), 'YYYY-MM-DD') as day
        from cad_record where import_id = :import_id and at >= :start and at < :end
        order by coalesce(incident, line::text), at, line)
    select grouping(type, agency, disposition, hour, day) as which,
           type, agency, disposition, hour, day, count(*) as n
    from told
    group by grouping sets ((), (type), (agency), (disposition), (hour), (day))
    order by n desc, type, agency, disposition, hour, day
    """
)
_OWN_SETS: Final = ("disposition", "source", "language", "hour", "day")
_IMPORTED_SETS: Final = ("type", "agency", "disposition", "hour", "day")
_IN_ORDER: Final = frozenset({"hour", "day"})


async def call_classes(connection: AsyncConnection, scope: Scope) -> dict[str, Any]:
    """Return how many calls there were, how many of them real, and lists by class and time.

    `real` is None where nobody has decided that (another centre's records).
    """
    found = await _found(connection, scope)
    sets = _OWN_SETS if scope.is_own else _IMPORTED_SETS
    lists = {name: _list(found, sets, name) for name in sets}
    total = next((one for one in found if one["which"] == (1 << len(sets)) - 1), None)
    n = int(total["n"]) if total else 0
    real, not_real = _real(total, scope), int(total["not_real"]) if total and scope.is_own else 0
    decided = (real or 0) + not_real
    return {
        "total": n,
        "real": real,
        "not_real": not_real if real is not None else None,
        UNDECIDED: n - real - not_real if real is not None else None,
        "real_share": round((real or 0) / decided, 4) if decided else None,
        "answered": int(total["answered"]) if total and scope.is_own else None,
        "abandoned": int(total["abandoned"]) if total and scope.is_own else None,
        "lists": {name: rows for name, rows in lists.items() if rows},
    }


async def _found(connection: AsyncConnection, scope: Scope) -> list[Any]:
    span = {"start": scope.period.start, "end": scope.period.end, "zone": scope.timezone}
    if scope.is_own:
        more = {"real": list(REAL_DISPOSITIONS), "agency": scope.agency}
        return list((await connection.execute(_OWN, {**span, **more})).mappings())
    asked = {**span, "import_id": scope.import_id}
    return list((await connection.execute(_IMPORTED, asked)).mappings())


def _real(total: Any, scope: Scope) -> int | None:
    if not scope.is_own:
        return None
    return int(total["real"]) if total else 0


def _list(found: Iterable[Any], sets: tuple[str, ...], name: str) -> list[dict[str, Any]]:
    """The rows of one list: `grouping` gives a bit 0 for what a row is grouped by."""
    which = ((1 << len(sets)) - 1) ^ (1 << (len(sets) - 1 - sets.index(name)))
    rows = [
        {"code": one[name], "n": one["n"], "real": one.get("real"), "not_real": one.get("not_real")}
        for one in found
        if one["which"] == which and one[name]
    ]
    if name in _IN_ORDER:
        rows.sort(key=lambda row: str(row["code"]))
    return rows[:ROWS_MAX]
