"""The ports of dispatch in memory, held to the same contract suite as PostgreSQL."""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence, Set
from contextlib import asynccontextmanager
from copy import copy
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Generic, TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo

from typing_extensions import override

from dispatch.domain import timers
from dispatch.domain.alarm import OPEN, UNIT_EMERGENCY, Alarm, AlarmState
from dispatch.domain.alarm_groups import RawAlarm, chatter_key
from dispatch.domain.call import Call, CallState
from dispatch.domain.codes import Activity, Availability
from dispatch.domain.incident import Assignment, Incident, IncidentStatus
from dispatch.domain.place import Zone
from dispatch.domain.positions import Fix
from dispatch.domain.premise import Nearby, Premise, speaks_of
from dispatch.domain.recommending.coverage import Free, ReachField
from dispatch.domain.recommending.diverting import MAY_BE_DIVERTED
from dispatch.domain.recommending.fitness import lacks
from dispatch.domain.recommending.model import OtherWork, Strength, Travel
from dispatch.domain.response_plan import Requirement
from dispatch.domain.rules.clocks import ClockRow, Clocks
from dispatch.domain.rules.ruleset import (
    DOCUMENTS,
    RuleSet,
    RuleVersion,
    assemble,
    document,
    parsed_beside,
)
from dispatch.domain.rules_facts import picture_of
from dispatch.domain.text import caller_digits
from dispatch.domain.unit import CROSS_STAFFED, Unit, unit_taken
from dispatch.domain.wire import JsonObject, JsonValue, object_json
from dispatch.ports import GeocodeCandidate, Origin, Wanted, Work
from dispatch.repository import SHIPPED, shipped_rules
from dispatch.rule_ports import Flood, LateStep
from gis.geodesy import distance_m
from gis.geometry import Extent, Location, Point
from ops_center.kernel.errors import Conflict, Invalid, NotFound, StaleVersion, Unavailable
from ops_center.kernel.events import Fact
from tests.fake_rosters import FakeMovements, FakeShifts, require_free_seats, seats_of
from tests.source_fakes import FakeAlarmSources, FakeLocationReports

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
    field: ReachField | None = None

    async def reach(self) -> ReachField:
        if self.field is None:
            raise Unavailable("Coverage has not been worked out yet.")
        return self.field

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
            call.incident_id for call in self._of_number(number, since) if call.incident_id
        )

    async def open_of_number(self, number: str, *, since: datetime) -> list[UUID]:
        known = [c for c in self._of_number(number, since) if c.state is not CallState.CLOSED]
        return [call.id for call in sorted(known, key=lambda c: c.received_at, reverse=True)]

    def _of_number(self, number: str, since: datetime) -> list[Call]:
        digits = caller_digits(number)
        return [
            call
            for call in self.rows.values()
            if digits and caller_digits(call.caller_number) == digits and call.received_at >= since
        ]

    async def of_external_ref(self, ref: str, /) -> UUID | None:
        known = [call for call in self.rows.values() if call.external_ref == ref]
        newest = max(known, key=lambda call: call.received_at, default=None)
        return newest.id if newest else None

    async def idle_claims(self, before: datetime, *, limit: int) -> list[UUID]:
        idle = [
            (call.acted_at, call.id)
            for call in self.rows.values()
            if call.state is CallState.TAKEN
            and not call.claim_stale
            and call.acted_at is not None
            and call.acted_at <= before
        ]
        return [identity for _, identity in sorted(idle)][:limit]


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
                    by=assignment.by,
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

    async def open_types(self) -> frozenset[str]:
        return frozenset(one.type for one in self.rows.values() if not one.is_over)

    async def come_due(self, now: datetime, *, limit: int) -> list[UUID]:
        due = [
            (one.scheduled_for, one.id)
            for one in self.rows.values()
            if one.status is IncidentStatus.SCHEDULED
            and one.scheduled_for is not None
            and one.scheduled_for <= now
        ]
        return [identity for _, identity in sorted(due)][:limit]

    async def open_of_owner(self, owner: str, *, limit: int) -> list[UUID]:
        held = [one for one in self.rows.values() if one.owner == owner and not one.is_over]
        return [one.id for one in sorted(held, key=lambda one: (one.opened_at, one.id))][:limit]


class FakeUnits(FakeStore[Unit]):
    @override
    def _accept(self, value: Unit) -> None:
        names = {unit.callsign for unit in self.rows.values() if unit.id != value.id}
        if value.callsign in names:
            raise Conflict("Callsign taken.", code="callsign-taken", callsign=value.callsign)
        require_free_seats(self.rows, value)
        super()._accept(value)

    async def everyone(self) -> list[Unit]:
        return sorted(self.rows.values(), key=lambda unit: unit.callsign)

    async def missing(self, identities: Set[UUID], /) -> frozenset[UUID]:
        return frozenset(identities) - frozenset(self.rows)

    async def holders(self, keys: Set[str], /) -> Mapping[str, tuple[UUID, str]]:
        return seats_of(self.rows, keys)

    async def welfare_due(self, before: datetime, *, missed: int, limit: int) -> list[UUID]:
        due = [
            (unit.welfare.due_at, unit.id)
            for unit in self.rows.values()
            if unit.welfare and unit.welfare.due_at <= before and unit.welfare.missed < missed
        ]
        return [one for _, one in sorted(due)][:limit]

    async def overworked(self, since: datetime, *, idle_since: datetime, limit: int) -> list[UUID]:
        tired = [
            (unit.busy_since, unit.id)
            for unit in self.rows.values()
            if unit.busy_since and unit.busy_since <= since and not unit.rest_due
            if unit.assignment is not None or unit.status_at > idle_since
        ]
        return [one for _, one in sorted(tired)][:limit]


class FakeAlarms(FakeStore[Alarm]):
    async def open_emergency_of(self, unit_id: UUID, since: datetime, /) -> UUID | None:
        found = (
            alarm.id
            for alarm in self.rows.values()
            if alarm.unit_id == unit_id and alarm.kind == UNIT_EMERGENCY and alarm.state in OPEN
            if alarm.detected_at >= since
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
                doubted = held.teleported_at if held else None
                self.rows[fix.unit_id] = replace(fix, teleported_at=doubted)

    async def doubt(self, unit_ids: Set[UUID], at: datetime, /) -> None:
        for one in unit_ids & self.rows.keys():
            self.rows[one] = replace(self.rows[one], teleported_at=at)


class FakeFleet:
    """Looks through all units one by one; `seen` is whom one may know of."""

    def __init__(
        self,
        units: FakeUnits,
        incidents: FakeIncidents,
        positions: FakePositions,
        seen: Callable[[Unit], bool] = lambda _: True,
    ) -> None:
        self._units, self._incidents, self._positions = units, incidents, positions
        self._seen = seen

    async def near(self, wanted: Wanted, /) -> list[Unit]:
        needs = Requirement(
            capability=wanted.capability,
            count=1,
            crew_min=wanted.crew_min,
            equipment=wanted.equipment,
        )
        found = [
            unit
            for unit in self._able({wanted.capability})
            if _is_free(unit) or unit.out_reason == CROSS_STAFFED
            if lacks(unit, needs) is None
        ]

        def order(unit: Unit) -> tuple[float, str]:
            fix = self._positions.rows.get(unit.id)
            away = distance_m(wanted.near, fix.point) if wanted.near and fix else float("inf")
            return (away, unit.callsign)

        return sorted(sorted(found, key=order)[: wanted.limit], key=lambda one: one.callsign)

    async def strength(self, capabilities: Set[str], /) -> Mapping[str, Strength]:
        able = {name: self._able({name}) for name in capabilities}
        return {
            name: Strength(
                total=len(units),
                free=sum(map(_is_free, units)),
                assigned=sum(1 for unit in units if unit.assignment),
                cross_staffed=sum(
                    1
                    for unit in units
                    if not unit.assignment
                    and not _is_free(unit)
                    and unit.out_reason == CROSS_STAFFED
                ),
            )
            for name, units in able.items()
            if units
        }

    async def on_the_way(self, capabilities: Set[str], /, *, below: int) -> list[Unit]:
        return [
            unit
            for unit in self._able(capabilities)
            if unit.activity in MAY_BE_DIVERTED
            and unit.assignment
            and self._incidents.rows[unit.assignment.incident_id].priority > below
        ]

    async def work_at(self, incident_ids: Set[UUID], /) -> Mapping[UUID, OtherWork]:
        return {
            one.id: OtherWork(
                incident_id=one.id,
                number=one.number,
                type=one.type,
                priority=one.priority,
                others=len(one.active) - 1,
            )
            for one in self._incidents.rows.values()
            if one.id in incident_ids
        }

    async def named(self, unit_ids: Set[UUID], /) -> list[Unit]:
        return [unit for unit in await self._units.everyone() if unit.id in unit_ids]

    async def free(self, capabilities: Set[str], /, *, since: datetime) -> list[Free]:
        groups: dict[tuple[tuple[str, ...], str], list[tuple[Unit, Fix]]] = {}
        for unit in self._able(capabilities):
            fix = self._positions.rows.get(unit.id)
            if _is_free(unit) and fix is not None and fix.occurred_at >= since:
                groups.setdefault((unit.capabilities, unit.profile), []).append((unit, fix))
        return [
            Free(
                capabilities=able,
                profile=profile,
                unit_ids=[unit.id for unit, _ in units],
                callsigns=[unit.callsign for unit, _ in units],
                lons=[fix.point.lon for _, fix in units],
                lats=[fix.point.lat for _, fix in units],
            )
            for (able, profile), units in sorted(groups.items(), key=lambda one: one[0])
        ]

    def within(self, *, agency: str | None, unit: UUID | None) -> "FakeFleet":
        def seen(one: Unit) -> bool:
            return agency in (None, one.agency) and unit in (None, one.id)

        return FakeFleet(self._units, self._incidents, self._positions, seen)

    def _able(self, capabilities: Set[str]) -> list[Unit]:
        return [
            unit
            for unit in sorted(self._units.rows.values(), key=lambda one: one.callsign)
            if self._seen(unit) and capabilities & set(unit.capabilities)
        ]


def _is_free(unit: Unit) -> bool:
    return unit.availability is not Availability.NOT_AVAILABLE


class FakeNumbers:
    def __init__(self) -> None:
        self.rows: dict[tuple[str, int], int] = {}

    async def next(self, series: str, year: int, /) -> int:
        self.rows[series, year] = self.rows.get((series, year), 0) + 1
        return self.rows[series, year]


class FakePremises:
    def __init__(self) -> None:
        self.rows: dict[UUID, Premise] = {}

    async def find(self, identity: UUID, /) -> Premise | None:
        return self.rows.get(identity)

    async def lock(self, identity: UUID, /) -> Premise:
        if identity not in self.rows:
            raise NotFound(f"There is no {identity}.")
        return self.rows[identity]

    async def add(self, value: Premise, /) -> None:
        self.rows[value.id] = value

    async def put(self, value: Premise, /) -> None:
        if self.rows[value.id].version != value.version - 1:
            raise StaleVersion("Changed meanwhile.")
        self.rows[value.id] = value

    async def at_place(self, location: Location, /, *, now: datetime) -> list[Nearby]:
        near = [speaks_of(one, location, now=now) for one in self.rows.values()]
        found = [one for one in near if one is not None]
        return sorted(found, key=lambda one: (one.distance_m, one.premise.id))


class FakeRules:
    """The documents' versions in memory, parsed anew each time."""

    def __init__(self) -> None:
        self.rows: dict[tuple[str, int], RuleVersion] = {}

    async def current(self) -> RuleSet:
        if not self.rows:
            return shipped_rules()
        newest = {name: await self.at(name) for name in DOCUMENTS}
        parsed = {n: DOCUMENTS[n].parse(one.document) for n, one in newest.items()}
        return assemble(parsed, {name: one.version for name, one in newest.items()})

    async def parsed_beside(self, name: str, value: JsonValue, /) -> object:
        return parsed_beside(await self.current(), name, value)

    async def value_at(self, name: str, version: int, /) -> object:
        return DOCUMENTS[name].parse((await self.at(name, version)).document)

    async def at(self, name: str, version: int | None = None, /) -> RuleVersion:
        document(name)
        known = [number for one, number in self.rows if one == name]
        wanted = max(known, default=0) if version is None else version
        if wanted == 0:
            return RuleVersion(name=name, version=0, document=SHIPPED[name], digest="")
        if (name, wanted) not in self.rows:
            raise NotFound(f"{name} has no version {wanted}.")
        return self.rows[name, wanted]

    async def versions(self, name: str, /) -> Sequence[RuleVersion]:
        document(name)
        rows = sorted((n for one, n in self.rows if one == name), reverse=True)
        kept = [replace(self.rows[name, number], document=None) for number in rows]
        return [*kept, RuleVersion(name=name, version=0, document=None, digest="")]

    async def put(self, version: RuleVersion, /) -> None:
        if version.version != (await self.at(version.name)).version + 1:
            raise StaleVersion("Changed meanwhile.")
        self.rows[version.name, version.version] = version


class FakeWaits:
    """What waits by the clocks, by the domain's own judgement of every row."""

    def __init__(self, incidents: FakeIncidents, units: FakeUnits) -> None:
        self._incidents = incidents
        self._units = units

    async def without_unit(
        self, rows: Sequence[ClockRow], *, now: datetime, limit: int
    ) -> list[UUID]:
        late = [
            one
            for one in self._urgent()
            if timers.incident_is_overdue(one, Clocks(tuple(rows)), now=now)
        ]
        return [one.id for one in late][:limit]

    async def unsent(self, rows: Sequence[ClockRow], *, now: datetime, limit: int) -> list[UUID]:
        late = [
            one
            for one in self._urgent()
            if timers.late_process(one, Clocks(tuple(rows)), now=now)[1]
        ]
        return [one.id for one in late][:limit]

    async def unanswered(
        self, rows: Sequence[ClockRow], *, now: datetime, limit: int
    ) -> list[tuple[UUID, UUID]]:
        late = [
            (order.assigned_at, order.unit_id, order.incident_id)
            for unit, order, incident in self._orders()
            if timers.dispatch_is_overdue(unit, incident, Clocks(tuple(rows)), now=now)
        ]
        return [(unit_id, incident_id) for _, unit_id, incident_id in sorted(late)][:limit]

    async def late_steps(
        self, clock: str, rows: Sequence[ClockRow], *, now: datetime, limit: int
    ) -> list[LateStep]:
        late = []
        for unit, order, incident in self._orders():
            row = Clocks(tuple(rows)).row(
                clock, kind=incident.type, priority=incident.priority, agency=unit.agency
            )
            gone = clock == "scene" and unit.activity is not Activity.ON_SCENE
            if not gone and timers.late_step(incident, order.id, row, now=now)[1]:
                since = timers.step_since(order, clock)
                late.append((since, incident.id, order.id, unit.agency))
        return [
            LateStep(incident_id=incident, assignment_id=order, agency=agency)
            for _, incident, order, agency in sorted(late)
        ][:limit]

    def _urgent(self) -> list[Incident]:
        return sorted(self._incidents.rows.values(), key=lambda i: (i.priority, i.opened_at))

    def _orders(self) -> list[tuple[Unit, Assignment, Incident]]:
        return [
            (unit, unit.assignment, self._incidents.rows[unit.assignment.incident_id])
            for unit in self._units.rows.values()
            if unit.assignment
        ]


class FakeRawAlarms:
    def __init__(self, alarms: FakeAlarms) -> None:
        self._alarms = alarms
        self.rows: dict[UUID, RawAlarm] = {}
        self.operators = 0
        self.state: tuple[datetime | None, int] = (None, 0)

    async def flood(self, *, since: datetime) -> Flood:
        lines = [one for one in self._alarms.rows.values() if one.raised_at >= since]
        return Flood(
            lines=len(lines),
            suppressed=sum(one.count - 1 for one in lines),
            operators=self.operators,
            since=self.state[0],
            version=self.state[1],
        )

    async def put_flood(self, flood: Flood, /) -> None:
        self.state = (flood.since, flood.version)

    async def known(self, ids: Set[UUID], /) -> frozenset[UUID]:
        return frozenset(ids) & (frozenset(self.rows) | frozenset(self._alarms.rows))

    async def open_lines(self, keys: Set[str], *, since: datetime) -> Mapping[str, UUID]:
        handling = replace(shipped_rules().alarms, never_grouped=frozenset())
        lines = sorted(self._open(), key=lambda one: (one.raised_at, one.id))
        by_key = {chatter_key(one, handling): one.id for one in lines if one.raised_at >= since}
        return {key: by_key[key] for key in keys if key in by_key}

    async def keep(self, raw: Sequence[RawAlarm], /) -> None:
        self.rows.update({one.id: one for one in raw})

    async def find(self, identity: UUID, /) -> RawAlarm | None:
        return self.rows.get(identity)

    async def of_alarm(self, alarm_id: UUID, *, limit: int) -> list[RawAlarm]:
        found = [one for one in self.rows.values() if one.alarm_id == alarm_id]
        return sorted(found, key=lambda one: (one.recorded_at, one.id), reverse=True)[:limit]

    async def shelved_until(self, now: datetime, *, limit: int) -> list[UUID]:
        over = [
            (one.shelved.until, one.id)
            for one in self._open()
            if one.shelved is not None and one.shelved.until <= now
        ]
        return [identity for _, identity in sorted(over)][:limit]

    def _open(self) -> list[Alarm]:
        return [one for one in self._alarms.rows.values() if one.state in OPEN]


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
        self.shifts = FakeShifts()
        self.movements = FakeMovements(self.units, self.incidents, self.positions)
        self.numbers = FakeNumbers()
        self.location_reports = FakeLocationReports(self.calls)
        self.alarm_sources = FakeAlarmSources(self.alarms)
        self.rules = FakeRules()
        self.waits = FakeWaits(self.incidents, self.units)
        self.raw_alarms = FakeRawAlarms(self.alarms)
        self.premises = FakePremises()
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
            self.shifts,
            self.numbers,
            self.location_reports,
            self.alarm_sources,
            self.rules,
            self.raw_alarms,
            self.premises,
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
            fleet=FakeFleet(self.units, self.incidents, self.positions),
            alarms=self.alarms,
            positions=self.positions,
            shifts=self.shifts,
            movements=self.movements,
            numbers=self.numbers,
            geocoder=self.geocoder,
            zones=self.zones,
            travel=self.travel,
            rules=self.rules,
            waits=self.waits,
            raw_alarms=self.raw_alarms,
            location_reports=self.location_reports,
            alarm_sources=self.alarm_sources,
            premises=self.premises,
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
            "rules": picture_of({name: (await self.rules.at(name)).version for name in DOCUMENTS}),
        }


def _call_shown(call: Call, open_incidents: Mapping[UUID, Incident]) -> bool:
    if call.state is CallState.LINKED:
        return call.incident_id in open_incidents
    return call.state is not CallState.CLOSED


def _alarm_shown(alarm: Alarm, open_incidents: Mapping[UUID, Incident]) -> bool:
    if alarm.state is AlarmState.VERIFIED:
        return alarm.incident_id in open_incidents
    return alarm.state in OPEN
