"""Positions over a time, in bulk: for learning how fast roads are, and for who patrolled where."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import ARRAY, Uuid, bindparam, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from dispatch.tables import schema

Floats = NDArray[np.float64]
SCENES_MAX: Final = 100_000


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


@dataclass(frozen=True, slots=True)
class UnitDay:
    """A unit's believable positions of one UTC day in order: epoch seconds, degrees; shape (n,)."""

    unit_id: UUID
    at_s: Floats
    lon: Floats
    lat: Floats


# Numbers travel as bytes: an array of them costs the driver a hundred times as much.
_DAYS = text("""
select unit_id,
       string_agg(float8send(extract(epoch from occurred_at)::float8), ''::bytea
                  order by occurred_at) as at_s,
       string_agg(float8send(lon), ''::bytea order by occurred_at) as lon,
       string_agg(float8send(lat), ''::bytea order by occurred_at) as lat
from unit_position_history
where unit_id = any(:units) and occurred_at >= :since and occurred_at < :until
  and mocked is not true
group by unit_id, (occurred_at at time zone 'UTC')::date
order by unit_id, (occurred_at at time zone 'UTC')::date
""").bindparams(bindparam("units", type_=ARRAY(Uuid)))


async def days_of(
    connection: AsyncConnection, unit_ids: Sequence[UUID], since: datetime, until: datetime
) -> AsyncIterator[UnitDay]:
    """Yield the positions of these units in [since, until), a unit and a day at a time."""
    values = {"units": list(unit_ids), "since": since, "until": until}
    async with connection.stream(_DAYS, values, execution_options={"yield_per": 8}) as rows:
        async for row in rows:
            yield UnitDay(row.unit_id, _numbers(row.at_s), _numbers(row.lon), _numbers(row.lat))


async def scenes_of(
    connection: AsyncConnection, unit_ids: Sequence[UUID], since: datetime, until: datetime
) -> list[tuple[UUID, float, float]]:
    """Return (unit, lon, lat) of each incident that these units were on scene of in that time."""
    order, incident = schema.assignment.columns, schema.incident.columns
    found = await connection.execute(
        select(order.unit_id, incident.lon, incident.lat)
        .join(schema.incident, incident.id == order.incident_id)
        .where(
            order.unit_id.in_(unit_ids),
            order.on_scene_at >= since,
            order.on_scene_at < until,
            incident.lon.is_not(None),
        )
        .limit(SCENES_MAX)
    )
    return [(row.unit_id, row.lon, row.lat) for row in found]


def _numbers(stored: bytes) -> Floats:
    return np.frombuffer(stored, dtype=">f8").astype(np.float64)
