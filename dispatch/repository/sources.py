"""Callers' fixes and alarm sources in PostgreSQL."""

from dataclasses import fields
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import and_, case, delete, exists, func, insert, or_, select, tuple_, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from dispatch.domain.alarm import OPEN, AlarmState
from dispatch.domain.alarm_source import NO_JUDGEMENT, AlarmSource, SourceKind
from dispatch.domain.call import CallState
from dispatch.domain.caller_location.inbox import Channel, LocationReport, Outcome
from dispatch.domain.caller_location.report import CallerFix
from dispatch.ports import Judged
from dispatch.tables import schema
from dispatch.tables.rows import Row
from dispatch.tables.sources import alarm_source, location_report
from gis.geometry import Location, Point
from ops_center.kernel.errors import Conflict, NotFound, StaleVersion

SOURCES_MAX: Final = 10_000
FALSE_DISPOSITION: Final = "false_alarm"
_FIX: Final = ("method", "source", "measured_at", "speed_mps", "heading_deg", "floor")


class SqlLocationReports:
    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def find(self, identity: UUID, /) -> LocationReport | None:
        found = await self._connection.execute(
            select(location_report).where(location_report.c.id == identity)
        )
        row = found.mappings().one_or_none()
        return _report(row) if row else None

    async def add(self, report: LocationReport, /) -> None:
        # The same message twice at the same moment: the first one stays.
        await self._connection.execute(
            upsert(location_report).values(**_report_row(report)).on_conflict_do_nothing()
        )

    async def settle(self, report: LocationReport, /) -> None:
        await self._connection.execute(
            update(location_report)
            .where(location_report.c.id == report.id)
            .values(outcome=report.outcome.value, reason=report.reason, call_id=report.call_id)
        )

    async def joinable(
        self, *, since: datetime, calls_since: datetime, limit: int
    ) -> list[LocationReport]:
        row, call = location_report.c, schema.call.columns
        its_call = exists().where(
            call.caller_digits == row.digits,
            call.received_at >= calls_since,
            call.state != CallState.CLOSED.value,
        )
        found = await self._connection.execute(
            select(location_report)
            .where(row.outcome == Outcome.WAITING.value, row.received_at >= since, its_call)
            .order_by(row.received_at)
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
        return [_report(one) for one in found.mappings()]


class SqlAlarmSources:
    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def get(self, identity: UUID, /) -> AlarmSource:
        found = await self._one(alarm_source.c.id == identity)
        if found is None:
            raise NotFound(f"There is no alarm source {identity}. GET /api/v1/alarm-sources.")
        return found

    async def lock_code(self, code: str, /) -> AlarmSource:
        found = await self._one(alarm_source.c.code == code, lock=True)
        if found is None:
            raise NotFound(f"There is no alarm source with the code {code!r}. Register it first.")
        return found

    async def add(self, source: AlarmSource, /) -> None:
        try:
            await self._connection.execute(insert(alarm_source).values(**_source_row(source)))
        except IntegrityError as error:
            raise Conflict(
                f"The code {source.code} belongs to another alarm source. Choose another.",
                code="source-code-taken",
            ) from error

    async def put(self, source: AlarmSource, /) -> None:
        row = alarm_source.c
        done = await self._connection.execute(
            update(alarm_source)
            .where(row.id == source.id, row.version == source.version - 1)
            .values(**_source_row(source))
        )
        if done.rowcount != 1:
            raise StaleVersion("This alarm source changed at this very moment. Look at it again.")

    async def heard(self, identity: UUID, at: datetime, /) -> None:
        row = alarm_source.c
        await self._connection.execute(
            update(alarm_source)
            .where(row.id == identity, or_(row.heard_at.is_(None), row.heard_at < at))
            .values(heard_at=at)
        )

    async def open_alarm_of(self, identity: UUID, /) -> UUID | None:
        row = schema.alarm.columns
        found: UUID | None = await self._connection.scalar(
            select(row.id)
            .where(row.source_id == identity, row.state.in_([state.value for state in OPEN]))
            .where(row.kind.in_([kind.value for kind in SourceKind]))
            .order_by(row.raised_at.desc())
            .limit(1)
        )
        return found

    async def _one(self, condition: Any, *, lock: bool = False) -> AlarmSource | None:
        query = select(alarm_source).where(condition)
        found = await self._connection.execute(query.with_for_update() if lock else query)
        row = found.mappings().one_or_none()
        return to_source(row) if row else None


async def list_sources(
    connection: AsyncConnection, *, agency: str | None = None
) -> list[AlarmSource]:
    """Return all alarm sources by code; of one agency where it is given."""
    query = select(alarm_source).order_by(alarm_source.c.code).limit(SOURCES_MAX)
    if agency is not None:
        query = query.where(alarm_source.c.agency == agency)
    return [to_source(row) for row in (await connection.execute(query)).mappings()]


async def judged_alarms(connection: AsyncConnection) -> dict[UUID, Judged]:
    """Return for each source what people made of its alarms."""
    row, incident = schema.alarm.columns, schema.incident.columns
    verified = row.state == AlarmState.VERIFIED.value
    lied = func.coalesce(incident.disposition, "") == FALSE_DISPOSITION
    dismissed = and_(
        row.state == AlarmState.DISMISSED.value, row.reason.not_in(sorted(NO_JUDGEMENT))
    )
    found = await connection.execute(
        select(
            row.source_id,
            func.count(),
            func.coalesce(func.sum(row.count), 0),
            func.count(case((and_(verified, ~lied), 1))),
            func.count(case((or_(dismissed, and_(verified, lied)), 1))),
            func.count(case((row.state.in_([state.value for state in OPEN]), 1))),
            func.max(row.raised_at),
        )
        .outerjoin(schema.incident, incident.id == row.incident_id)
        .where(row.source_id.is_not(None), row.kind.in_([kind.value for kind in SourceKind]))
        .group_by(row.source_id)
    )
    return {
        source_id: Judged(
            activations=alarms,
            presses=presses,
            genuine=genuine,
            false=false,
            open=still,
            last_at=at,
        )
        for source_id, alarms, presses, genuine, false, still, at in found
    }


async def list_reports(
    connection: AsyncConnection,
    *,
    outcome: Outcome | None,
    before: tuple[datetime, UUID] | None,
    limit: int,
) -> list[LocationReport]:
    """Return the inbox of callers' fixes, newest first, behind `before`."""
    row = location_report.c
    query = select(location_report).order_by(row.received_at.desc(), row.id.desc()).limit(limit)
    if outcome is not None:
        query = query.where(row.outcome == outcome.value)
    if before is not None:
        query = query.where(tuple_(row.received_at, row.id) < tuple_(*before))
    return [_report(one) for one in (await connection.execute(query)).mappings()]


async def forget_reports(connection: AsyncConnection, *, before: datetime) -> int:
    """Delete what came in before that and return how many."""
    gone = await connection.execute(
        delete(location_report).where(location_report.c.received_at < before)
    )
    return gone.rowcount


def to_source(row: Row) -> AlarmSource:
    shaped = {"kind", "location"}
    plain = {one.name: row[one.name] for one in fields(AlarmSource) if one.name not in shaped}
    return AlarmSource(**plain, kind=SourceKind(row["kind"]), location=_location(row))


def _source_row(source: AlarmSource) -> dict[str, Any]:
    plain = {one.name: getattr(source, one.name) for one in fields(AlarmSource)}
    del plain["location"]
    return {**plain, "kind": source.kind.value, **_place(source.location)}


def _report(row: Row) -> LocationReport:
    return LocationReport(
        id=row["id"],
        channel=Channel(row["channel"]),
        number=row["number"],
        fix=_fix(row) if row["lon"] is not None else None,
        notes=tuple(row["notes"]),
        outcome=Outcome(row["outcome"]),
        reason=row["reason"],
        call_id=row["call_id"],
        received_at=row["received_at"],
    )


def _fix(row: Row) -> CallerFix:
    return CallerFix(**{name: row[name] for name in _FIX}, location=_location(row))


def _report_row(report: LocationReport) -> dict[str, Any]:
    fix = report.fix
    placed: dict[str, Any] = {}
    if fix is not None:
        placed = {name: getattr(fix, name) for name in _FIX} | _place(fix.location)
    return {
        "id": report.id,
        "channel": report.channel.value,
        "number": report.number,
        "digits": report.digits,
        "outcome": report.outcome.value,
        "reason": report.reason,
        "notes": list(report.notes),
        "call_id": report.call_id,
        "received_at": report.received_at,
        **placed,
    }


def _location(row: Row) -> Location:
    return Location(
        point=Point(lon=row["lon"], lat=row["lat"]),
        uncertainty_m=row["uncertainty_m"],
        confidence=row["confidence"],
    )


def _place(location: Location) -> dict[str, float]:
    return {
        "lon": location.point.lon,
        "lat": location.point.lat,
        "uncertainty_m": location.uncertainty_m,
        "confidence": location.confidence,
    }
