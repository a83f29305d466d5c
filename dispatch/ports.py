"""What the services need from outside, as protocols: stores, numbers, geography, the journal.

Locks are taken in one order everywhere, so that no two commands can wait for each other: calls,
then incidents, then units, then alarms, each sorted by id, number series last, and the journal's
own lock at commit.
"""

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Protocol, TypeVar
from uuid import UUID

from dispatch.domain.alarm import Alarm
from dispatch.domain.alarm_source import AlarmSource
from dispatch.domain.call import Call
from dispatch.domain.caller_location.inbox import LocationReport
from dispatch.domain.incident import Incident
from dispatch.domain.physics import Sighting
from dispatch.domain.place import Zone
from dispatch.domain.positions import Fix
from dispatch.domain.premise import Nearby, Premise
from dispatch.domain.recommending.coverage import Free, ReachField
from dispatch.domain.recommending.model import OtherWork, Strength, Travel
from dispatch.domain.shift import Shift
from dispatch.domain.unit import Unit
from dispatch.rule_ports import RawAlarms, Rules, Waits
from gis.geometry import Extent, Location, Point
from ops_center.kernel.events import Fact

T = TypeVar("T", Call, Incident, Unit, Alarm)


class Store(Protocol[T]):
    """Whole values by id. `put` raises StaleVersion when the row is not the one that was read."""

    async def find(self, identity: UUID, /) -> T | None:
        """Return the value as committed, without locking it, or None."""
        ...

    async def get(self, identity: UUID, /) -> T:
        """Return the value as committed, without locking it, or raise NotFound."""
        ...

    async def lock(self, identities: Sequence[UUID], /) -> list[T]:
        """Return the values in the order asked, each locked until the transaction ends.

        Raises NotFound for the first that does not exist.
        """
        ...

    async def add(self, value: T, /) -> None: ...

    async def put(self, value: T, /) -> None: ...


class Calls(Store[Call], Protocol):
    async def waiting_since(self, before: datetime, *, limit: int) -> list[UUID]:
        """Return unmarked calls nobody took that were received before `before`, oldest first."""
        ...

    async def incidents_of_caller(self, number: str, *, since: datetime) -> frozenset[UUID]:
        """Return the incidents that calls from this number since then belong to."""
        ...

    async def open_of_number(self, number: str, *, since: datetime) -> list[UUID]:
        """Return calls from this number received since then that are not closed, newest first.

        A number is known by its last eight figures, however it is written.
        """
        ...

    async def of_external_ref(self, ref: str, /) -> UUID | None:
        """Return the newest call that the telephone exchange knows by this reference."""
        ...

    async def idle_claims(self, before: datetime, *, limit: int) -> list[UUID]:
        """Return taken calls whose taker did nothing since `before`, untold, oldest first."""
        ...


class Incidents(Store[Incident], Protocol):
    async def open_near(
        self, extent: Extent | None, *, also: Set[UUID], since: datetime
    ) -> list[Incident]:
        """Return open incidents opened since then that lie in the box or are in `also`."""
        ...

    async def open_types(self) -> frozenset[str]:
        """Return the types of all incidents that are not over."""
        ...

    async def come_due(self, now: datetime, *, limit: int) -> list[UUID]:
        """Return scheduled incidents whose time has come, earliest first."""
        ...

    async def open_of_owner(self, owner: str, *, limit: int) -> list[UUID]:
        """Return the incidents that person leads and that are not over, oldest first."""
        ...


class Units(Store[Unit], Protocol):
    async def everyone(self) -> list[Unit]: ...

    async def missing(self, identities: Set[UUID], /) -> frozenset[UUID]:
        """Return those ids that belong to no unit."""
        ...

    async def holders(self, keys: Set[str], /) -> Mapping[str, tuple[UUID, str]]:
        """Return which unit (id, callsign) each of these persons and vehicles is signed on to."""
        ...

    async def welfare_due(self, before: datetime, *, missed: int, limit: int) -> list[UUID]:
        """Return units due by `before` that missed fewer check-ins than `missed`, oldest first."""
        ...

    async def overworked(self, since: datetime, *, idle_since: datetime, limit: int) -> list[UUID]:
        """Return units at work since before `since` that are not marked as due a rest.

        Not those without an order since `idle_since`: they have rested.
        """
        ...


class Alarms(Store[Alarm], Protocol):
    async def open_emergency_of(self, unit_id: UUID, since: datetime, /) -> UUID | None:
        """Return an undecided emergency alarm of that unit detected since then, or None."""
        ...


class Positions(Protocol):
    async def last_known(self, unit_ids: Set[UUID], /) -> dict[UUID, Fix]:
        """Return the newest position by device time of each unit that has one."""
        ...

    async def keep(self, fixes: Sequence[Fix], latest: Sequence[Fix], /) -> None:
        """Append to the history, passing over what is there, and move the last known forward."""
        ...

    async def doubt(self, unit_ids: Set[UUID], at: datetime, /) -> None:
        """Remember that the devices of these units jumped in a way nobody can move."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Whom a place needs: a capability, and for one that is not met by all, crew and equipment.

    `near` orders by the straight line, those without a position last; None orders by callsign.
    """

    capability: str
    near: Point | None
    limit: int
    crew_min: int | None = None
    equipment: tuple[str, ...] = ()


class Fleet(Protocol):
    """The units as a recommendation looks at them: few of many, whatever their number."""

    async def near(self, wanted: Wanted, /) -> list[Unit]:
        """Return units that could go, and those whose crew is out with another of theirs."""
        ...

    async def strength(self, capabilities: Set[str], /) -> Mapping[str, Strength]:
        """Return how many units have each capability and what they do."""
        ...

    async def on_the_way(self, capabilities: Set[str], /, *, below: int) -> list[Unit]:
        """Return units that are on their way to an incident less urgent than priority `below`."""
        ...

    async def work_at(self, incident_ids: Set[UUID], /) -> Mapping[UUID, OtherWork]:
        """Return what each of those incidents is to one of the units that work on it."""
        ...

    async def named(self, unit_ids: Set[UUID], /) -> list[Unit]:
        """Return those units that exist, by callsign, whatever they do."""
        ...

    async def free(self, capabilities: Set[str], /, *, since: datetime) -> list[Free]:
        """Return the free units with a position since then, and where that is."""
        ...

    def within(self, *, agency: str | None, unit: UUID | None) -> "Fleet":
        """Return the same fleet with only what people of that agency or unit may know of."""
        ...


class Shifts(Protocol):
    """Planned shifts by id; `put` raises StaleVersion when the row is not the one that was read."""

    async def find(self, identity: UUID, /) -> Shift | None: ...

    async def lock(self, identity: UUID, /) -> Shift:
        """Return the shift, locked until the transaction ends, or raise NotFound."""
        ...

    async def add(self, shift: Shift, /) -> None: ...

    async def put(self, shift: Shift, /) -> None: ...


class Movements(Protocol):
    async def sightings(
        self, moved_since: datetime | None, *, freed_since: datetime
    ) -> list[Sighting]:
        """Return units at work, or free since a while ago, that moved since then (None: all)."""
        ...

    async def sighting(self, unit_id: UUID, *, freed_since: datetime) -> Sighting | None:
        """Return the same of one unit, None when it has no position or nothing to be judged by."""
        ...

    async def track(self, unit_id: UUID, since: datetime, /) -> list[Fix]:
        """Return the unit's positions since then, oldest first."""
        ...


class Numbers(Protocol):
    async def next(self, series: str, year: int, /) -> int:
        """Return the next number of the series in that year, counting from 1 without holes."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class GeocodeCandidate:
    """A place that words may mean; `score` is 0 to 1, best 1.

    `certain` is False where the geocoder itself knows that a person has to choose.
    """

    label: str
    kind: str
    location: Location
    score: float
    zones: tuple[Zone, ...] = ()
    certain: bool = True


class Geocoder(Protocol):
    async def candidates(self, text: str, *, limit: int) -> Sequence[GeocodeCandidate]:
        """Return what the words may mean, best first; Unavailable when it cannot tell now."""
        ...

    async def describe(self, point: Point, /) -> str | None:
        """Return words for the point (street, corner), None where the map has none."""
        ...


class Zones(Protocol):
    async def covering(self, location: Location, /) -> Sequence[Zone]:
        """Return the zones that the location lies in."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Where a journey starts, and the routing profile it is made with."""

    point: Point
    profile: str


class TravelTimes(Protocol):
    async def to(
        self, destination: Point, origins: Mapping[UUID, Origin], /
    ) -> Mapping[UUID, Travel]:
        """Return the journey of each origin that can reach the destination by road.

        Raises Unavailable when routing cannot answer now.
        """
        ...

    async def reach(self) -> ReachField:
        """Return road times to the zones that are to be covered.

        Raises Unavailable until they have been worked out, and where the city has no such zones.
        """
        ...


class LocationReports(Protocol):
    """Where callers are said to be, as it came in; what fits no call waits here for one."""

    async def find(self, identity: UUID, /) -> LocationReport | None: ...

    async def add(self, report: LocationReport, /) -> None:
        """Keep it; one that is there already stays as it is."""
        ...

    async def settle(self, report: LocationReport, /) -> None:
        """Write down which call it became part of, or why it is set aside."""
        ...

    async def joinable(
        self, *, since: datetime, calls_since: datetime, limit: int
    ) -> list[LocationReport]:
        """Return waiting reports received since then whose number has an open call, oldest first.

        Those that another transaction holds are passed over.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """What people made of a source's alarms; `presses` counts repeated ones too."""

    activations: int = 0
    presses: int = 0
    genuine: int = 0
    false: int = 0
    open: int = 0
    last_at: datetime | None = None


class AlarmSources(Protocol):
    """Panic buttons and alarm panels. A source is locked before its alarms."""

    async def get(self, identity: UUID, /) -> AlarmSource: ...

    async def lock_code(self, code: str, /) -> AlarmSource:
        """Return the source of that code, locked until the transaction ends, or NotFound."""
        ...

    async def add(self, source: AlarmSource, /) -> None: ...

    async def put(self, source: AlarmSource, /) -> None: ...

    async def heard(self, identity: UUID, at: datetime, /) -> None:
        """Note a sign of life; an older one than is known changes nothing."""
        ...

    async def open_alarm_of(self, identity: UUID, /) -> UUID | None:
        """Return the newest undecided alarm of the source, if there is one."""
        ...


class Premises(Protocol):
    """Notes about places."""

    async def find(self, identity: UUID, /) -> Premise | None: ...

    async def lock(self, identity: UUID, /) -> Premise:
        """Return the note, locked until the transaction ends, or NotFound."""
        ...

    async def add(self, value: Premise, /) -> None: ...

    async def put(self, value: Premise, /) -> None:
        """Write the note's next version; StaleVersion when it is not the next."""
        ...

    async def at_place(self, location: Location, /, *, now: datetime) -> list[Nearby]:
        """Return the valid notes that speak of the place, nearest first."""
        ...


class Recorder(Protocol):
    def __call__(self, *facts: Fact) -> None:
        """Keep facts for the journal, in this order."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """What one command works with: the stores of one transaction, its journal, the geography."""

    calls: Calls
    incidents: Incidents
    units: Units
    fleet: Fleet
    alarms: Alarms
    positions: Positions
    shifts: Shifts
    movements: Movements
    numbers: Numbers
    geocoder: Geocoder
    zones: Zones
    travel: TravelTimes
    rules: Rules
    waits: Waits
    raw_alarms: RawAlarms
    premises: Premises
    location_reports: LocationReports
    alarm_sources: AlarmSources
    record: Recorder
    timezone: tzinfo
