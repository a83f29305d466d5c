"""Callers' fixes and alarm sources in memory, held to the same contract suite as PostgreSQL."""

from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from dispatch.domain.alarm import OPEN
from dispatch.domain.alarm_source import AlarmSource, SourceKind
from dispatch.domain.call import CallState
from dispatch.domain.caller_location.inbox import LocationReport, Outcome
from dispatch.domain.text import caller_digits
from ops_center.kernel.errors import Conflict, NotFound, StaleVersion


class FakeLocationReports:
    def __init__(self, calls: Any) -> None:
        self.rows: dict[UUID, LocationReport] = {}
        self._calls = calls

    async def find(self, identity: UUID, /) -> LocationReport | None:
        return self.rows.get(identity)

    async def add(self, report: LocationReport, /) -> None:
        self.rows.setdefault(report.id, report)

    async def settle(self, report: LocationReport, /) -> None:
        self.rows[report.id] = report

    async def joinable(
        self, *, since: datetime, calls_since: datetime, limit: int
    ) -> list[LocationReport]:
        called = {
            caller_digits(call.caller_number)
            for call in self._calls.rows.values()
            if call.state is not CallState.CLOSED and call.received_at >= calls_since
        }
        found = [
            one
            for one in self.rows.values()
            if one.outcome is Outcome.WAITING and one.received_at >= since and one.digits in called
        ]
        return sorted(found, key=lambda one: one.received_at)[:limit]


class FakeAlarmSources:
    def __init__(self, alarms: Any) -> None:
        self.rows: dict[UUID, AlarmSource] = {}
        self._alarms = alarms

    async def get(self, identity: UUID, /) -> AlarmSource:
        if identity not in self.rows:
            raise NotFound(f"There is no {identity}.")
        return self.rows[identity]

    async def lock_code(self, code: str, /) -> AlarmSource:
        for one in self.rows.values():
            if one.code == code:
                return one
        raise NotFound(f"There is no {code}.")

    async def add(self, source: AlarmSource, /) -> None:
        if source.code in {one.code for one in self.rows.values()}:
            raise Conflict("Taken.", code="source-code-taken")
        self.rows[source.id] = source

    async def put(self, source: AlarmSource, /) -> None:
        if self.rows[source.id].version != source.version - 1:
            raise StaleVersion("Changed meanwhile.")
        self.rows[source.id] = source

    async def heard(self, identity: UUID, at: datetime, /) -> None:
        held = self.rows[identity]
        if held.heard_at is None or held.heard_at < at:
            self.rows[identity] = replace(held, heard_at=at)

    async def open_alarm_of(self, identity: UUID, /) -> UUID | None:
        kinds = {kind.value for kind in SourceKind}
        found = [
            alarm
            for alarm in self._alarms.rows.values()
            if alarm.source_id == identity and alarm.state in OPEN and alarm.kind in kinds
        ]
        newest = max(found, key=lambda alarm: alarm.raised_at, default=None)
        return newest.id if newest else None
