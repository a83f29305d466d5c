"""Reports of machines in PostgreSQL: kept in one statement, however many come."""

from collections.abc import Mapping, Sequence, Set
from dataclasses import fields
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import RowMapping, delete, func, insert, literal_column, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from dispatch.domain.alarm_groups import RawAlarm
from dispatch.rule_ports import Flood
from dispatch.tables import schema
from dispatch.tables.raw_alarms import alarm_flood, raw_alarm
from gis.geometry import Location, Point
from ops_center.kernel.journal import journal

# What people do with alarms: who did one of these is at work on them.
HANDLING: Final = ("alarm.acknowledged", "alarm.verified", "alarm.dismissed", "alarm.shelved")
ONLY: Final = 1
_ALARM = schema.alarm.columns
# Written out, not bound: so that partial indexes are used whatever plan the database keeps.
IS_OPEN: Final = _ALARM.state.in_([literal_column("'raised'"), literal_column("'acknowledged'")])


async def forget_raw_alarms(connection: AsyncConnection, *, before: datetime) -> int:
    """Delete the reports written down before that and return how many; alarms keep their counts."""
    gone = await connection.execute(delete(raw_alarm).where(raw_alarm.c.recorded_at < before))
    return gone.rowcount


class SqlRawAlarms:
    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def known(self, ids: Set[UUID], /) -> frozenset[UUID]:
        row = raw_alarm.columns
        kept = await self._connection.scalars(select(row.id).where(row.id.in_(ids)))
        # Alarms of before reports were kept have no report, but they are known all the same.
        old = await self._connection.scalars(select(_ALARM.id).where(_ALARM.id.in_(ids)))
        return frozenset(kept) | frozenset(old)

    async def open_lines(self, keys: Set[str], *, since: datetime) -> Mapping[str, UUID]:
        if not keys:
            return {}
        found = await self._connection.execute(
            select(_ALARM.chatter_key, _ALARM.id)
            .where(IS_OPEN, _ALARM.chatter_key.in_(keys), _ALARM.raised_at >= since)
            .order_by(_ALARM.raised_at, _ALARM.id)
        )
        return {one.chatter_key: one.id for one in found}

    async def keep(self, raw: Sequence[RawAlarm], /) -> None:
        if raw:
            await self._connection.execute(insert(raw_alarm), [_row(one) for one in raw])

    async def find(self, identity: UUID, /) -> RawAlarm | None:
        found = await self._connection.execute(
            select(raw_alarm).where(raw_alarm.columns.id == identity)
        )
        row = found.mappings().one_or_none()
        return to_raw_alarm(row) if row else None

    async def of_alarm(self, alarm_id: UUID, *, limit: int) -> list[RawAlarm]:
        row = raw_alarm.columns
        found = await self._connection.execute(
            select(raw_alarm)
            .where(row.alarm_id == alarm_id)
            .order_by(row.recorded_at.desc(), row.id.desc())
            .limit(limit)
        )
        return [to_raw_alarm(one) for one in found.mappings()]

    async def flood(self, *, since: datetime) -> Flood:
        row, line = alarm_flood.columns, journal.columns
        await self._connection.execute(
            upsert(alarm_flood).values(id=ONLY, version=0).on_conflict_do_nothing()
        )
        state = (
            await self._connection.execute(
                select(row.version, row.since).where(row.id == ONLY).with_for_update()
            )
        ).one()
        lines, reports = (
            await self._connection.execute(
                select(func.count(), func.coalesce(func.sum(_ALARM.count), 0)).where(
                    _ALARM.raised_at >= since
                )
            )
        ).one()
        operators = await self._connection.scalar(
            select(func.count(line.author_id.distinct())).where(
                line.recorded_at >= since, line.kind.in_(HANDLING)
            )
        )
        return Flood(
            lines=lines,
            suppressed=int(reports) - lines,
            operators=int(operators or 0),
            since=state.since,
            version=state.version,
        )

    async def put_flood(self, flood: Flood, /) -> None:
        row = alarm_flood.columns
        await self._connection.execute(
            update(alarm_flood)
            .where(row.id == ONLY)
            .values(since=flood.since, version=flood.version)
        )

    async def shelved_until(self, now: datetime, *, limit: int) -> list[UUID]:
        found = await self._connection.scalars(
            select(_ALARM.id)
            .where(IS_OPEN, _ALARM.shelved_until.is_not(None), _ALARM.shelved_until <= now)
            .order_by(_ALARM.shelved_until)
            .limit(limit)
        )
        return list(found)


def to_raw_alarm(row: RowMapping) -> RawAlarm:
    """Return one report from its row."""
    plain = {one.name: row[one.name] for one in fields(RawAlarm) if one.name != "location"}
    if row["lon"] is None:
        return RawAlarm(**plain)
    place = Location(
        point=Point(lon=row["lon"], lat=row["lat"]),
        uncertainty_m=row["uncertainty_m"],
        confidence=row["confidence"],
    )
    return RawAlarm(**plain, location=place)


def _row(raw: RawAlarm) -> dict[str, Any]:
    place = raw.location
    return {
        **{one.name: getattr(raw, one.name) for one in fields(RawAlarm) if one.name != "location"},
        "lon": place.point.lon if place else None,
        "lat": place.point.lat if place else None,
        "uncertainty_m": place.uncertainty_m if place else None,
        "confidence": place.confidence if place else None,
    }
