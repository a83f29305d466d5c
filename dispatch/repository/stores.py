"""Calls, incidents, units and alarms in PostgreSQL."""

from collections.abc import Mapping, Sequence, Set
from datetime import datetime
from typing import Any, ClassVar, Final
from uuid import UUID

from sqlalchemy import ColumnElement, Table, func, insert, or_, select, update
from sqlalchemy.exc import IntegrityError
from typing_extensions import override

from dispatch.domain.alarm import OPEN, UNIT_EMERGENCY, Alarm
from dispatch.domain.call import Call, CallState
from dispatch.domain.crewing import holders_of
from dispatch.domain.incident import OVER, Assignment, Incident, IncidentStatus
from dispatch.domain.text import caller_digits
from dispatch.domain.unit import ASSIGNED_ACTIVITIES, Unit, unit_taken
from dispatch.repository.seats import change_seats, holders
from dispatch.repository.store import SqlStore
from dispatch.tables import schema
from dispatch.tables.reading import (
    Query,
    everything,
    read_alarms,
    read_calls,
    read_incidents,
    read_units,
)
from dispatch.tables.rows import (
    alarm_row,
    assignment_row,
    call_row,
    incident_row,
    note_row,
    unit_row,
)
from gis.geometry import Extent
from ops_center.kernel.errors import Conflict

NEAR_MAX: Final = 200


class SqlCalls(SqlStore[Call]):
    table: ClassVar[Table] = schema.call
    word: ClassVar[str] = "call"

    @override
    def _row(self, value: Call) -> dict[str, Any]:
        return call_row(value)

    @override
    async def _read(self, query: Query) -> list[Call]:
        return await read_calls(self.connection, query)

    async def waiting_since(self, before: datetime, *, limit: int) -> list[UUID]:
        row = schema.call.columns
        found = await self.connection.scalars(
            select(row.id)
            .where(row.state == CallState.WAITING, ~row.overdue, row.received_at <= before)
            .order_by(row.received_at)
            .limit(limit)
        )
        return list(found)

    async def incidents_of_caller(self, number: str, *, since: datetime) -> frozenset[UUID]:
        row = schema.call.columns
        digits = caller_digits(number)
        if digits is None:
            return frozenset()
        found = await self.connection.scalars(
            select(row.incident_id)
            .where(
                row.caller_digits == digits,
                row.received_at >= since,
                row.incident_id.is_not(None),
            )
            .limit(NEAR_MAX)
        )
        return frozenset(found)

    async def open_of_number(self, number: str, *, since: datetime) -> list[UUID]:
        row = schema.call.columns
        digits = caller_digits(number)
        if digits is None:
            return []
        found = await self.connection.scalars(
            select(row.id)
            .where(
                row.caller_digits == digits,
                row.received_at >= since,
                row.state != CallState.CLOSED,
            )
            .order_by(row.received_at.desc())
            .limit(NEAR_MAX)
        )
        return list(found)

    async def of_external_ref(self, ref: str, /) -> UUID | None:
        row = schema.call.columns
        found: UUID | None = await self.connection.scalar(
            select(row.id).where(row.external_ref == ref).order_by(row.received_at.desc()).limit(1)
        )
        return found

    async def idle_claims(self, before: datetime, *, limit: int) -> list[UUID]:
        row = schema.call.columns
        found = await self.connection.scalars(
            select(row.id)
            .where(row.state == CallState.TAKEN, ~row.claim_stale, row.acted_at <= before)
            .order_by(row.acted_at)
            .limit(limit)
        )
        return list(found)


class SqlIncidents(SqlStore[Incident]):
    table: ClassVar[Table] = schema.incident
    word: ClassVar[str] = "incident"

    @override
    def _row(self, value: Incident) -> dict[str, Any]:
        return incident_row(value)

    @override
    async def _read(self, query: Query) -> list[Incident]:
        return await read_incidents(self.connection, query)

    @override
    async def _write_parts(self, before: Incident | None, value: Incident) -> None:
        known = len(before.notes) if before else 0
        for ordinal, note in enumerate(value.notes[known:], start=known):
            await self.connection.execute(
                insert(schema.note).values(note_row(note, incident_id=value.id, ordinal=ordinal))
            )
        had = {one.id: one for one in before.assignments} if before else {}
        for ordinal, assignment in enumerate(value.assignments):
            if had.get(assignment.id) != assignment:
                await self._write_assignment(
                    assignment, ordinal=ordinal, known=assignment.id in had
                )

    async def _write_assignment(self, assignment: Assignment, *, ordinal: int, known: bool) -> None:
        row = assignment_row(assignment, ordinal=ordinal)
        if known:
            one = schema.assignment.columns.id == assignment.id
            await self.connection.execute(update(schema.assignment).where(one).values(row))
            return
        try:
            # A savepoint, so that after a refusal we can still ask who has the unit.
            async with self.connection.begin_nested():
                await self.connection.execute(insert(schema.assignment).values(row))
        except IntegrityError as error:
            if schema.ONE_ACTIVE_ASSIGNMENT not in str(error.orig):
                raise
            raise await self._taken(assignment) from error

    async def _taken(self, wanted: Assignment) -> Conflict:
        """The refusal of the database itself, in the words of the domain."""
        row, incident = schema.assignment.columns, schema.incident.columns
        holder = (
            await self.connection.execute(
                select(row.incident_id, incident.number, row.by)
                .join(schema.incident, incident.id == row.incident_id)
                .where(row.unit_id == wanted.unit_id, row.released_at.is_(None))
            )
        ).one_or_none()
        return unit_taken(
            unit_id=wanted.unit_id,
            callsign=wanted.callsign,
            incident_id=holder.incident_id if holder else None,
            incident_number=holder.number if holder else None,
            by=holder.by if holder else None,
            why=f"is assigned to incident {holder.number}" if holder else "was just assigned",
        )

    async def open_near(
        self, extent: Extent | None, *, also: Set[UUID], since: datetime
    ) -> list[Incident]:
        row = schema.incident.columns
        where: ColumnElement[bool] = row.id.in_(also)
        if extent is not None:
            box = func.ST_MakeEnvelope(
                extent.west, extent.south, extent.east, extent.north, schema.WGS84_SRID
            )
            where = or_(where, row.place.op("&&")(box))
        over = [status.value for status in OVER]
        query = everything(schema.incident).where(
            row.status.not_in(over), row.opened_at >= since, where
        )
        return await self.read(query.order_by(row.opened_at.desc()).limit(NEAR_MAX))

    async def open_types(self) -> frozenset[str]:
        row = schema.incident.columns
        over = [status.value for status in OVER]
        found = await self.connection.scalars(
            select(row.type).where(row.status.not_in(over)).distinct()
        )
        return frozenset(found)

    async def come_due(self, now: datetime, *, limit: int) -> list[UUID]:
        row = schema.incident.columns
        found = await self.connection.scalars(
            select(row.id)
            .where(row.status == IncidentStatus.SCHEDULED, row.scheduled_for <= now)
            .order_by(row.scheduled_for, row.id)
            .limit(limit)
        )
        return list(found)

    async def open_of_owner(self, owner: str, *, limit: int) -> list[UUID]:
        row = schema.incident.columns
        over = [status.value for status in OVER]
        found = await self.connection.scalars(
            select(row.id)
            .where(row.owner == owner, row.status.not_in(over))
            .order_by(row.opened_at, row.id)
            .limit(limit)
        )
        return list(found)


class SqlUnits(SqlStore[Unit]):
    table: ClassVar[Table] = schema.unit
    word: ClassVar[str] = "unit"

    @override
    def _row(self, value: Unit) -> dict[str, Any]:
        return unit_row(value)

    @override
    async def _read(self, query: Query) -> list[Unit]:
        return await read_units(self.connection, query)

    @override
    def _refusal(self, error: IntegrityError, value: Unit) -> Conflict | None:
        if schema.UNIQUE_CALLSIGN in str(error.orig):
            return Conflict(
                f"Another unit is called {value.callsign}. Choose another callsign.",
                code="callsign-taken",
                callsign=value.callsign,
            )
        return super()._refusal(error, value)

    async def everyone(self) -> list[Unit]:
        return await self.read(everything(schema.unit).order_by(schema.unit.columns.callsign))

    async def missing(self, identities: Set[UUID], /) -> frozenset[UUID]:
        row = schema.unit.columns
        found = await self.connection.scalars(select(row.id).where(row.id.in_(identities)))
        return frozenset(identities) - frozenset(found)

    async def holders(self, keys: Set[str], /) -> Mapping[str, tuple[UUID, str]]:
        return await holders(self.connection, keys)

    async def welfare_due(self, before: datetime, *, missed: int, limit: int) -> list[UUID]:
        row = schema.unit.columns
        found = await self.connection.scalars(
            select(row.id)
            .where(row.welfare_due_at <= before, row.welfare_missed < missed)
            .order_by(row.welfare_due_at)
            .limit(limit)
        )
        return list(found)

    async def overworked(self, since: datetime, *, idle_since: datetime, limit: int) -> list[UUID]:
        row = schema.unit.columns
        working = row.activity.in_([one.value for one in ASSIGNED_ACTIVITIES])
        found = await self.connection.scalars(
            select(row.id)
            .where(row.busy_since <= since, ~row.rest_due)
            .where(or_(working, row.status_at > idle_since))
            .order_by(row.busy_since)
            .limit(limit)
        )
        return list(found)

    @override
    async def _write_parts(self, before: Unit | None, value: Unit) -> None:
        had = holders_of(before) if before else frozenset()
        await change_seats(self.connection, value, had=had, has=holders_of(value))


class SqlAlarms(SqlStore[Alarm]):
    table: ClassVar[Table] = schema.alarm
    word: ClassVar[str] = "alarm"

    @override
    def _row(self, value: Alarm) -> dict[str, Any]:
        return alarm_row(value)

    @override
    async def _read(self, query: Query) -> list[Alarm]:
        return await read_alarms(self.connection, query)

    async def open_emergency_of(self, unit_id: UUID, since: datetime, /) -> UUID | None:
        row = schema.alarm.columns
        undecided: Sequence[str] = [state.value for state in OPEN]
        found: UUID | None = await self.connection.scalar(
            select(row.id)
            .where(row.unit_id == unit_id, row.kind == UNIT_EMERGENCY, row.state.in_(undecided))
            .where(row.detected_at >= since)
            .limit(1)
        )
        return found
