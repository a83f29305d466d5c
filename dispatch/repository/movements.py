"""Where units were seen beside what they work on: what physics looks at, in few questions."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Select, and_, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from dispatch.domain.codes import Activity
from dispatch.domain.physics import UNCERTAINTY_MAX_M, Sighting
from dispatch.domain.positions import Fix
from dispatch.domain.unit import ASSIGNED_ACTIVITIES
from dispatch.tables import schema
from dispatch.tables.reading import everything, read_units
from dispatch.tables.rows import Row, columns, to_fix
from gis.geometry import Location, Point

# A write may commit after a younger one: look back so far.
LATE_COMMIT: Final = timedelta(seconds=2)
SEEN: Final = "seen_"
TRACK_MAX: Final = 2_000


class SqlMovements:
    def __init__(self, connection: AsyncConnection) -> None:
        self.connection = connection

    async def sightings(
        self, moved_since: datetime | None, *, freed_since: datetime
    ) -> list[Sighting]:
        query = _seen(freed_since)
        if moved_since is not None:
            recorded = schema.unit_position.columns.recorded_at
            query = query.where(recorded > moved_since - LATE_COMMIT)
        return await self._read(query)

    async def sighting(self, unit_id: UUID, *, freed_since: datetime) -> Sighting | None:
        found = await self._read(_seen(freed_since).where(schema.unit.columns.id == unit_id))
        return found[0] if found else None

    async def track(self, unit_id: UUID, since: datetime, /) -> list[Fix]:
        row = schema.unit_position_history.columns
        found = await self.connection.execute(
            select(*columns(schema.unit_position_history))
            .where(row.unit_id == unit_id, row.occurred_at >= since)
            .order_by(row.occurred_at.desc())
            .limit(TRACK_MAX)
        )
        return [to_fix(one) for one in reversed(found.mappings().all())]

    async def _read(self, query: Select[Any]) -> list[Sighting]:
        rows = (await self.connection.execute(query)).mappings().all()
        if not rows:
            return []
        ids = [row["unit_id"] for row in rows]
        found = everything(schema.unit).where(schema.unit.columns.id.in_(ids))
        units = {unit.id: unit for unit in await read_units(self.connection, found)}
        return [
            Sighting(
                unit=units[row["unit_id"]],
                fix=to_fix(row),
                incident_id=row[f"{SEEN}incident"],
                place=_place(row),
            )
            for row in rows
            if row["unit_id"] in units
        ]


def _seen(freed_since: datetime) -> Select[Any]:
    """Last positions of units at work, and of free ones whose last order ended a while ago."""
    unit, fix = schema.unit.columns, schema.unit_position.columns
    order, incident = schema.assignment.columns, schema.incident.columns
    latest = (
        select(order.incident_id, order.released_at)
        .where(order.unit_id == unit.id)
        .order_by(order.released_at.desc().nulls_first())
        .limit(1)
        .lateral("latest")
    )
    busy = unit.activity.in_([one.value for one in ASSIGNED_ACTIVITIES])
    just_free = and_(
        unit.activity == Activity.IN_SERVICE.value,
        or_(
            latest.c.released_at > freed_since,
            unit.disagreement.is_not(None),
        ),
    )
    place = [getattr(incident, name).label(f"{SEEN}{name}") for name in _PLACE]
    return (
        select(*columns(schema.unit_position), incident.id.label(f"{SEEN}incident"), *place)
        .select_from(
            schema.unit.join(schema.unit_position, fix.unit_id == unit.id)
            .join(latest, latest.c.incident_id.is_not(None))
            .join(schema.incident, incident.id == latest.c.incident_id)
        )
        .where(or_(busy, just_free))
        .order_by(unit.id)
    )


_PLACE: Final[Sequence[str]] = ("lon", "lat", "uncertainty_m", "confidence")


def _place(row: Row) -> Location | None:
    if row[f"{SEEN}lon"] is None or row[f"{SEEN}uncertainty_m"] > UNCERTAINTY_MAX_M:
        return None
    return Location(
        point=Point(lon=row[f"{SEEN}lon"], lat=row[f"{SEEN}lat"]),
        uncertainty_m=row[f"{SEEN}uncertainty_m"],
        confidence=row[f"{SEEN}confidence"],
    )
