"""What waits by the clocks, from PostgreSQL: only what is open is looked at, by its indexes."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    DateTime,
    Integer,
    Interval,
    Text,
    and_,
    case,
    cast,
    exists,
    func,
    literal,
    literal_column,
    null,
    or_,
    select,
    text,
    true,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncConnection

from dispatch.domain.rules.clocks import PROCESS, SCENE, TRAVEL, TURNOUT, ClockRow
from dispatch.rule_ports import LateStep
from dispatch.tables import schema

_INCIDENT = schema.incident.columns
_ORDER = schema.assignment.columns
_UNIT = schema.unit.columns
# Written out, not bound: so that partial indexes are used whatever plan the database keeps.
_IS_NEW: Final = _INCIDENT.status == literal_column("'new'")
_LEADING: Final[ColumnElement[Any]] = _INCIDENT.agencies[1]
_BEGUN: Final = func.greatest(_INCIDENT.opened_at, _INCIDENT.scheduled_for, _INCIDENT.reopened_at)
# What was sent before a reopening belongs to the life that ended.
_OF_NOW: Final = or_(_INCIDENT.reopened_at.is_(None), _ORDER.assigned_at >= _INCIDENT.reopened_at)
_SECOND: Final = cast(text("'1 second'"), Interval)


class SqlWaits:
    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def without_unit(
        self, rows: Sequence[ClockRow], *, now: datetime, limit: int
    ) -> list[UUID]:
        since = func.greatest(
            _BEGUN,
            select(func.max(_ORDER.released_at))
            .where(_ORDER.incident_id == _INCIDENT.id)
            .scalar_subquery(),
        )
        found = await self._connection.scalars(
            select(_INCIDENT.id)
            .where(_IS_NEW, ~_INCIDENT.overdue, _passed(since, rows, _LEADING, now))
            .order_by(_INCIDENT.priority, _INCIDENT.opened_at)
            .limit(limit)
        )
        return list(found)

    async def unsent(self, rows: Sequence[ClockRow], *, now: datetime, limit: int) -> list[UUID]:
        found = await self._connection.scalars(
            select(_INCIDENT.id)
            .where(
                _IS_NEW,
                ~exists().where(_ORDER.incident_id == _INCIDENT.id, _OF_NOW),
                ~_INCIDENT.clocks_overdue.contains([{"clock": PROCESS}]),
                _passed(_BEGUN, rows, _LEADING, now),
            )
            .order_by(_INCIDENT.priority, _INCIDENT.opened_at)
            .limit(limit)
        )
        return list(found)

    async def unanswered(
        self, rows: Sequence[ClockRow], *, now: datetime, limit: int
    ) -> list[tuple[UUID, UUID]]:
        found = await self._connection.execute(
            select(_ORDER.unit_id, _ORDER.incident_id)
            .join(schema.incident, _INCIDENT.id == _ORDER.incident_id)
            .join(schema.unit, _UNIT.id == _ORDER.unit_id)
            .where(
                _ORDER.released_at.is_(None),
                _ORDER.acknowledged_at.is_(None),
                ~_ORDER.overdue,
                _passed(_ORDER.assigned_at, rows, _UNIT.agency, now),
            )
            .order_by(_ORDER.assigned_at)
            .limit(limit)
        )
        return [(one.unit_id, one.incident_id) for one in found]

    async def late_steps(
        self, clock: str, rows: Sequence[ClockRow], *, now: datetime, limit: int
    ) -> list[LateStep]:
        since, lasting = _STEPS[clock]
        start = func.greatest(since, _ORDER.assigned_at)
        told = func.jsonb_build_array(
            func.jsonb_build_object(
                "clock", literal(clock, Text), "assignment_id", cast(_ORDER.id, Text), type_=JSONB
            ),
            type_=JSONB,
        )
        found = await self._connection.execute(
            select(_ORDER.incident_id, _ORDER.id, _UNIT.agency)
            .join(schema.incident, _INCIDENT.id == _ORDER.incident_id)
            .join(schema.unit, _UNIT.id == _ORDER.unit_id)
            .where(
                _ORDER.released_at.is_(None),
                lasting,
                ~_INCIDENT.clocks_overdue.contains(told),
                _passed(start, rows, _UNIT.agency, now),
            )
            .order_by(since)
            .limit(limit)
        )
        return [
            LateStep(incident_id=incident, assignment_id=order, agency=agency)
            for incident, order, agency in found
        ]


# Where a step of a unit's work begins, and how it is seen to last. A unit that took a patient
# away has left the scene, though its order is not over.
_STEPS: Final[dict[str, tuple[ColumnElement[Any], ColumnElement[bool]]]] = {
    TURNOUT: (
        _ORDER.assigned_at,
        and_(_ORDER.en_route_at.is_(None), _ORDER.on_scene_at.is_(None)),
    ),
    TRAVEL: (
        _ORDER.en_route_at,
        and_(_ORDER.en_route_at.is_not(None), _ORDER.on_scene_at.is_(None)),
    ),
    SCENE: (
        _ORDER.on_scene_at,
        and_(_ORDER.on_scene_at.is_not(None), _UNIT.activity == literal_column("'on_scene'")),
    ),
}


def _passed(
    since: ColumnElement[Any], rows: Sequence[ClockRow], agency: ColumnElement[Any], now: datetime
) -> ColumnElement[bool]:
    """Whether it lasts longer than the closest fitting row allows; a row without time never."""
    *closer, general = rows
    seconds = _seconds(general)
    if closer:
        fits = [(_fits(row, agency), _seconds(row)) for row in closer]
        seconds = case(*fits, else_=seconds)
    return since + seconds * _SECOND <= literal(now, DateTime(timezone=True))


def _seconds(row: ClockRow) -> ColumnElement[Any]:
    return cast(null(), Integer) if row.alarm_s is None else literal(row.alarm_s, Integer)


def _fits(row: ClockRow, agency: ColumnElement[Any]) -> ColumnElement[bool]:
    named = [
        column == value
        for column, value in (
            (_INCIDENT.type, row.type),
            (_INCIDENT.priority, row.priority),
            (agency, row.agency),
        )
        if value is not None
    ]
    return and_(true(), *named)
