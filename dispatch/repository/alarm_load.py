"""How many alarms there are, for whom and where: the figures of ISA-18.2, and the raw search."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, func, select, true, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from dispatch.domain.alarm_groups import RawAlarm
from dispatch.repository.raw_alarms import HANDLING, IS_OPEN, to_raw_alarm
from dispatch.tables import schema
from dispatch.tables.raw_alarms import alarm_flood, raw_alarm
from ops_center.kernel.errors import Invalid
from ops_center.kernel.journal import journal

GROUPS_MAX: Final = 200
OPERATORS_MAX: Final = 200
HOUR: Final = timedelta(hours=1)
TEN_MINUTES: Final = timedelta(minutes=10)
RAW_PAGE_MAX: Final = 500
_ALARM = schema.alarm.columns


@dataclass(frozen=True, slots=True, kw_only=True)
class OperatorLoad:
    """How many alarms one person dealt with."""

    name: str
    last_10_min: int
    last_hour: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AlarmGroup:
    """Alarms of one kind at one place: reports, those that got no line, and lines still open."""

    key: str
    label: str
    count: int
    suppressed: int
    open: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AlarmLoad:
    operators: tuple[OperatorLoad, ...]
    flood_since: datetime | None
    lines_10_min: int
    lines_hour: int
    groups: tuple[AlarmGroup, ...]
    shelved: int
    suppressed_total: int


async def alarm_load(
    connection: AsyncConnection, *, agency: str | None, now: datetime
) -> AlarmLoad:
    """Return the load of the last hour, of one agency or (None) of all; groups largest first."""
    ours = _of_agency(_ALARM.agency, agency)
    lines = [await _lines(connection, ours, now - span) for span in (TEN_MINUTES, HOUR)]
    shelved = await connection.scalar(
        select(func.count())
        .select_from(schema.alarm)
        .where(IS_OPEN, _ALARM.shelved_until > now, ours)
    )
    suppressed = await connection.scalar(
        select(func.coalesce(func.sum(_ALARM.count - 1), 0)).where(
            _ALARM.raised_at >= now - HOUR, ours
        )
    )
    return AlarmLoad(
        operators=await _operators(connection, now=now),
        flood_since=await connection.scalar(select(alarm_flood.columns.since)),
        lines_10_min=lines[0],
        lines_hour=lines[1],
        groups=await _groups(connection, ours, now=now),
        shelved=int(shelved or 0),
        suppressed_total=int(suppressed or 0),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class RawWanted:
    """Reports recorded in [since, until); of one agency, camera or alarm where it is named."""

    agency: str | None
    since: datetime
    until: datetime
    camera_id: UUID | None = None
    alarm_id: UUID | None = None
    cursor: str | None = None
    limit: int = 100


async def search_raw(
    connection: AsyncConnection, wanted: RawWanted
) -> tuple[list[RawAlarm], str | None]:
    """Return reports, newest first, and the cursor of the next page (None: this was the last)."""
    row = raw_alarm.columns
    query = select(raw_alarm).where(
        row.recorded_at >= wanted.since,
        row.recorded_at < wanted.until,
        _of_agency(row.agency, wanted.agency),
    )
    if wanted.camera_id is not None:
        query = query.where(row.camera_id == wanted.camera_id)
    if wanted.alarm_id is not None:
        query = query.where(row.alarm_id == wanted.alarm_id)
    if wanted.cursor is not None:
        query = query.where(tuple_(row.recorded_at, row.id) < tuple_(*_read_cursor(wanted.cursor)))
    found = await connection.execute(
        query.order_by(row.recorded_at.desc(), row.id.desc()).limit(wanted.limit + 1)
    )
    raw = [to_raw_alarm(one) for one in found.mappings()]
    more = len(raw) > wanted.limit
    shown = raw[: wanted.limit]
    return shown, f"{shown[-1].recorded_at.isoformat()}~{shown[-1].id}" if more else None


async def _lines(connection: AsyncConnection, ours: ColumnElement[bool], since: datetime) -> int:
    found = await connection.scalar(
        select(func.count()).select_from(schema.alarm).where(_ALARM.raised_at >= since, ours)
    )
    return int(found or 0)


async def _operators(connection: AsyncConnection, *, now: datetime) -> tuple[OperatorLoad, ...]:
    row = journal.columns
    lately = func.count().filter(row.recorded_at >= now - TEN_MINUTES)
    found = await connection.execute(
        select(row.author_name, lately, func.count())
        .where(row.recorded_at >= now - HOUR, row.kind.in_(HANDLING))
        .group_by(row.author_name)
        .order_by(func.count().desc(), row.author_name)
        .limit(OPERATORS_MAX)
    )
    return tuple(
        OperatorLoad(name=name, last_10_min=ten, last_hour=hour) for name, ten, hour in found
    )


async def _groups(
    connection: AsyncConnection, ours: ColumnElement[bool], *, now: datetime
) -> tuple[AlarmGroup, ...]:
    reports, lines = func.sum(_ALARM.count), func.count()
    words = func.coalesce(_ALARM.camera_name, _ALARM.source_name, _ALARM.kind)
    found = await connection.execute(
        select(
            _ALARM.group,
            func.max(words),
            func.count(words.distinct()),
            reports,
            lines,
            func.count().filter(IS_OPEN),
        )
        .where((_ALARM.raised_at >= now - HOUR) | IS_OPEN, _ALARM.group.is_not(None), ours)
        .group_by(_ALARM.group)
        .order_by(reports.desc(), _ALARM.group)
        .limit(GROUPS_MAX)
    )
    return tuple(
        AlarmGroup(
            key=key,
            label=label if names == 1 else f"{label} +{names - 1}",
            count=int(count),
            suppressed=int(count) - own,
            open=still,
        )
        for key, label, names, count, own, still in found
    )


def _of_agency(column: ColumnElement[Any], agency: str | None) -> ColumnElement[bool]:
    return true() if agency is None else column == agency


def _read_cursor(cursor: str) -> tuple[datetime, UUID]:
    instant, _, identity = cursor.partition("~")
    try:
        return datetime.fromisoformat(instant), UUID(identity)
    except ValueError:
        raise Invalid(
            "This cursor is not one of ours: take next_cursor as it was answered.",
            field="cursor",
        ) from None
