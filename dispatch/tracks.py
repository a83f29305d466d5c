"""What learning reads: the positions of all units over a time, with how each unit travels."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from dispatch.tables import schema


@dataclass(frozen=True, slots=True)
class TrackRow:
    """One position of one unit; `profile` is the unit's routing profile now."""

    unit_id: UUID
    profile: str
    occurred_at: datetime
    lon: float
    lat: float


async def positions_between(
    connection: AsyncConnection, since: datetime, until: datetime, *, limit: int
) -> list[TrackRow]:
    """Return the positions of all units in [since, until), oldest first, at most `limit`."""
    row, unit = schema.unit_position_history.columns, schema.unit.columns
    query = (
        select(row.unit_id, unit.profile, row.occurred_at, row.lon, row.lat)
        .join(schema.unit, unit.id == row.unit_id)
        .where(row.occurred_at >= since, row.occurred_at < until)
        .order_by(row.occurred_at)
        .limit(limit)
    )
    return [TrackRow(*tuple(one)) for one in await connection.execute(query)]
