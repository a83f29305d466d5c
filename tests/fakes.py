"""The ports of dispatch in memory, held to the same contract suite as PostgreSQL."""

from collections.abc import AsyncIterator, Mapping, Sequence, Set
from contextlib import asynccontextmanager
from copy import copy
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Generic, TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo

from typing_extensions import override

from dispatch.domain.alarm import OPEN, UNIT_EMERGENCY, Alarm, AlarmState
from dispatch.domain.call import Call, CallState
from dispatch.domain.incident import Incident, IncidentStatus
from dispatch.domain.place import Zone
from dispatch.domain.positions import Fix
from dispatch.domain.recommendation import Travel
from dispatch.domain.unit import Unit, unit_taken
from dispatch.domain.wire import JsonObject, object_json
from dispatch.ports import GeocodeCandidate, Origin, Work
from gis.geodesy import distance_m
from gis.geometry import Extent, Location, Point
from ops_center.kernel.errors import Conflict, Invalid, NotFound, StaleVersion, Unavailable
from ops_center.kernel.events import Fact

T = TypeVar("T", Call, Incident, Unit, Alarm)
TIMEZONE = ZoneInfo("America/Asuncion")
SPEED_MPS = 10.0


@dataclass
class FakeGeocoder:
    """Knows the words it was taught and which it cannot read; `down` makes it unavailable."""

    known: dict[str, list[GeocodeCandidate]] = field(default_factory=dict)
    unreadable: set[str] = field(default_factory=set)
    down: bool = False

    async def candidates(self, text: str, *, limit: int) -> Sequence[GeocodeCandidate]:
        if text in self.unreadable:
            raise Invalid("Write a street, a corner, a place or coordinates.", field="q")
        self._check()
        return self.known.get(text, [])[:limit]

    async def describe(self, point: Point, /) -> str | None:
        self._check()
        return f"cerca de {point.lat:.4f}, {point.lon:.4f}"

    def _check(self) -> None:
        if self.down:
            raise Unavailable("The map does not answer now. Try again.")


@dataclass
class FakeZones:
    zone: Zone | None = None

    async def covering(self, location: Location, /) -> Sequence[Zone]:
        return [self.zone] if self.zone else []


@dataclass
class FakeTravel:
    """Straight roads at SPEED_MPS; `down` makes routing unavailable."""

    down: bool = False

    async def to(
        self, destination: Point, origins: Mapping[UUID, Origin], /
    ) -> Mapping[UUID, Travel]:
        if self.down:
            raise Unavailable("Routing does not answer now. Try again.")
        lengths = {one: distance_m(origin.point, destination) for one, origin in origins.items()}
        return {
            one: Travel(duration_s=metres / SPEED_MPS, distance_m=metres)
            for one, metres in lengths.items()
        }


class FakeStore(Generic[T]):
    def __init__(self) -> None:
        self.rows: dict[UUID, T] = {}
        self.seen: dict[UUID, int] = {}

    async def find(self, identity: UUID, /) -> T | None:
        value = self.rows.get(identity)
        if value is not None:
            self.seen[identity] = value.version
        return value

    async def get(self, identity: UUID, /) -> T:
        value = await self.find(identity)
        if value is None:
            raise NotFound(f"There is no {identity}.", id=str(identity))
        return value

    async def lock(self, identities: Sequence[UUID], /) -> list[T]:
        return [await self.get(one) for one in dict.fromkeys(identities)]

    async def add(self, value: T, /) -> None:
        if value.id in self.rows:
            raise Conflict("Registered already.", code="already-registered", id=str(value.id))
        self._accept(value)

    async def put(self, value: T, /) -> None:
        if self.rows[value.id].version != self.seen[value.id]:
            raise StaleVersion("Changed meanwhile.", id=str(value.id))
        self._accept(value)

    def _accept(self, value: T) -> None:
        self.rows[value.id] = value
        self.seen[value.id] = value.version


class FakeCalls(FakeStore[Call]):
    async def waiting_since(self, before: datetime, *, limit: int) -> list[UUID]:
        waiting = [
            call
            for call in self.rows.values()
            if call.state is CallState.WAITING and not call.overdue and call.received_at <= before
        ]
        return [call.id for call in sorted(waiting, key=lambda c: c.received_at)][:limit]

    async def incidents_of_caller(self, number: str, *, since: datetime) -> frozenset[UUID]:
        return frozenset(
            call.incident_id
            for call in self.rows.values()
            if call.caller_number == number and call.received_at >= since and call.incident_id
        )


class FakeIncidents(FakeStore[Incident]):
    @override
    def _accept(self, value: Incident) -> None:
        for assignment in value.active:
            holder = next((i for i in self.rows.values() if self._has(i, value, assignment)), None)
            if holder is not None:
                raise unit_taken(
                    unit_id=assignment.unit_id,
                    callsign=assignment.callsign,
                    incident_id=holder.id,
                    incident_number=holder.number,
                    why=f"is assigned to incident {holder.number}",
                )
        super()._accept(value)

    @staticmethod
    def _has(held: Incident, value: Incident, assignment: object) -> bool:
        wanted = getattr(assignment, "unit_id", None)
        return held.id != value.id and any(a.unit_id == wanted for a in held.active)

    async def open_near(
        self, extent: Extent | None, *, also: Set[UUID], since: datetime
    ) -> list[Incident]:
        def fits(incident: Incident) -> bool:
            if incident.is_over or incident.opened_at < since:
                return False
            inside = extent and incident.location and extent.contains(incident.location.point)
            return bool(inside) or incident.id in also

        return [incident for incident in self.rows.values() if fits(incident)]

    async def without_unit(self, before: Mapping[int, datetime], *, limit: int) -> list[UUID]:
        def waited(incident: Incident) -> bool:
            instant = before[incident.priority]
            gone = [a.released_at for a in incident.assignments if a.released_at]
            return max([incident.opened_at, *gone]) <= instant

        found = [
            i
            for i in self.rows.values()
            if i.status is IncidentStatus.NEW and not i.overdue and waited(i)
        ]
        return [i.id for i in sorted(found, key=lambda i: (i.priority, i.opened_at))][:limit]


class FakeUnits(FakeStore[Unit]):
    @override
    def _accept(self, value: Unit) -> None:
        names = {unit.callsign for unit in self.rows.values() if unit.id != value.id}
        if value.callsign in names:
            raise Conflict("Callsign taken.", code="callsign-taken", callsign=value.callsign)
        super()._accept(value)

    async def everyone(self) -> list[Unit]:
        return sorted(self.rows.values(), key=lambda unit: unit.callsign)

    async def missing(self, identities: Set[UUID], /) -> frozenset[UUID]:
        return frozenset(identities) - frozenset(self.rows)

    async def unanswered(self, before: datetime, *, limit: int) -> list[tuple[UUID, UUID]]:
        orders = [unit.assignment for unit in self.rows.values() if unit.assignment]
        late = [
            (order.assigned_at, order.unit_id, order.incident_id)
            for order in orders
            if order.acknowledged_at is None and not order.overdue and order.assigned_at <= before
        ]
        return [(unit_id, incident_id) for _, unit_id, incident_id in sorted(late)][:limit]


class FakeAlarms(FakeStore[Alarm]):
    async def open_emergency_of(self, unit_id: UUID, /) -> UUID | None:
        found = (
            alarm.id
            for alarm in self.rows.values()
            if alarm.unit_id == unit_id and alarm.kind == UNIT_EMERGENCY and alarm.state in OPEN
        )
        return next(found, None)


class FakePositions:
    def __init__(self) -> None:
        self.rows: dict[UUID, Fix] = {}
        self.history: dict[tuple[UUID, datetime], Fix] = {}

    async def last_known(self, unit_ids: Set[UUID], /) -> dict[UUID, Fix]:
        return {one: fix for one, fix in self.rows.items() if one in unit_ids}

    async def keep(self, fixes: Sequence[Fix], latest: Sequence[Fix], /) -> None:
        for fix in fixes:
            self.history.setdefault((fix.unit_id, fix.occurred_at), fix)
        for fix in latest:
            held = self.rows.get(fix.unit_id)
            if held is None or held.occurred_at < fix.occurred_at:
                self.rows[fix.unit_id] = fix


class FakeNumbers:
    def __init__(self) -> None:
        self.rows: dict[tuple[str, int], int] = {}

    async def next(self, series: str, year: int, /) -> int:
        self.rows[series, year] = self.rows.get((series, year), 0) + 1
        return self.rows[series, year]


class FakeCentre:
    """All of dispatch's state in memory; a command that raises leaves nothing behind."""

    def __init__(self) -> None:
        self.geocoder = FakeGeocoder()
        self.zones = FakeZones()
        self.travel = FakeTravel()
        self.calls = FakeCalls()
        self.incidents = FakeIncidents()
        self.units = FakeUnits()
        self.alarms = FakeAlarms()
        self.positions = FakePositions()
        self.numbers = FakeNumbers()
        self.facts: list[Fact] = []

    @asynccontextmanager
    async def command(self) -> AsyncIterator[Work]:
        """A transaction: what the block records and writes stays only if it ends well."""
        stores: tuple[Any, ...] = (
            self.calls,
            self.incidents,
            self.units,
            self.alarms,
            self.positions,
            self.numbers,
        )
        before = [copy(store.rows) for store in stores]
        recorded: list[Fact] = []
        try:
            yield self._work(recorded)
        except BaseException:
            for store, rows in zip(stores, before, strict=True):
                store.rows = rows
            raise
        self.facts.extend(recorded)

    def _work(self, recorded: list[Fact]) -> Work:
        def record(*facts: Fact) -> None:
            recorded.extend(facts)

        return Work(
            calls=self.calls,
            incidents=self.incidents,
            units=self.units,
            alarms=self.alarms,
            positions=self.positions,
            numbers=self.numbers,
            geocoder=self.geocoder,
            zones=self.zones,
            travel=self.travel,
            record=record,
            timezone=TIMEZONE,
        )

    async def journal(self) -> list[Fact]:
        return list(self.facts)

    async def picture(self) -> dict[str, dict[str, JsonObject]]:
        """What is not over, by the rules of docs/protocol.md."""
        incidents = {i.id: i for i in self.incidents.rows.values() if not i.is_over}
        calls = [c for c in self.calls.rows.values() if _call_shown(c, incidents)]
        alarms = [a for a in self.alarms.rows.values() if _alarm_shown(a, incidents)]
        return {
            "calls": {str(call.id): object_json(call) for call in calls},
            "incidents": {str(one.id): object_json(one) for one in incidents.values()},
            "units": {str(unit.id): object_json(unit) for unit in self.units.rows.values()},
            "alarms": {str(alarm.id): object_json(alarm) for alarm in alarms},
        }


def _call_shown(call: Call, open_incidents: Mapping[UUID, Incident]) -> bool:
    if call.state is CallState.LINKED:
        return call.incident_id in open_incidents
    return call.state is not CallState.CLOSED


def _alarm_shown(alarm: Alarm, open_incidents: Mapping[UUID, Incident]) -> bool:
    if alarm.state is AlarmState.VERIFIED:
        return alarm.incident_id in open_incidents
    return alarm.state in OPEN
