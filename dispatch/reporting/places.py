"""Where units were sent, coarsened: the middle of a cell, the day and hour, no incident's name."""

from typing import Any, Final

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from dispatch.reporting.sources import Scope

CELL_DEG: Final = 0.005  # about 550 m from south to north
ROWS_MAX: Final = 200_000

_SHAPE: Final = """
    , coarse as (
        select type, priority, agency,
               to_char(timezone(:zone, at), 'YYYY-MM-DD') as day,
               cast(to_char(timezone(:zone, at), 'HH24') as integer) as hour,
               round(cast((floor(lon / :cell) + 0.5) * :cell as numeric), 6)::float as lon,
               round(cast((floor(lat / :cell) + 0.5) * :cell as numeric), 6)::float as lat,
               dispatch_s, response_s
        from placed)
    select * from coarse order by day, hour, type, lon, lat limit :limit
"""
_OWN: Final = text(
    """
    with heard as (
        select c.incident_id, min(c.received_at) as at from call c
        join incident i on i.id = c.incident_id
        where i.opened_at >= :start and i.opened_at < :end group by 1),
    placed as (
        select i.type, i.priority, u.agency, i.opened_at as at, i.lon, i.lat,
               extract(epoch from a.assigned_at - coalesce(h.at, i.opened_at))::float as dispatch_s,
               extract(epoch from a.on_scene_at - coalesce(h.at, i.opened_at))::float as response_s
        from incident i join assignment a on a.incident_id = i.id join unit u on u.id = a.unit_id
        left join heard h on h.incident_id = i.id
        where i.opened_at >= :start and i.opened_at < :end and i.lon is not null
          and not i.protected and i.scheduled_for is null and i.reopened_at is null
          and (cast(:agency as text) is null or u.agency = :agency))
    """  # noqa: S608  words of ours only
    + _SHAPE
)
_IMPORTED: Final = text(
    """
    with placed as (
        select type, priority, agency, at, lon, lat,
               extract(epoch from dispatch_at - received_at)::float as dispatch_s,
               extract(epoch from scene_at - received_at)::float as response_s
        from cad_record
        where import_id = :import_id and at >= :start and at < :end and lon is not null)
    """  # noqa: S608  words of ours only
    + _SHAPE
)


async def places(connection: AsyncConnection, scope: Scope) -> list[dict[str, Any]]:
    """Return a row for each unit sent to a place, at most ROWS_MAX, by time.

    Protected incidents are left out altogether, and so are intervals below zero.
    """
    asked: dict[str, Any] = {
        "start": scope.period.start,
        "end": scope.period.end,
        "zone": scope.timezone,
        "cell": CELL_DEG,
        "limit": ROWS_MAX,
    }
    query = _OWN if scope.is_own else _IMPORTED
    mine = {"agency": scope.agency} if scope.is_own else {"import_id": scope.import_id}
    found = await connection.execute(query, {**asked, **mine})
    return [_honest(dict(row)) for row in found.mappings()]


def _honest(row: dict[str, Any]) -> dict[str, Any]:
    for name in ("dispatch_s", "response_s"):
        if row[name] is not None and row[name] < 0:
            row[name] = None
    return row
