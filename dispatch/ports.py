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
from dispatch.domain.call import Call
from dispatch.domain.incident import Incident
from dispatch.domain.place import Zone
from dispatch.domain.positions import Fix
from dispatch.domain.recommendation import Travel
from dispatch.domain.unit import Unit
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


class Incidents(Store[Incident], Protocol):
    async def open_near(
        self, extent: Extent | None, *, also: Set[UUID], since: datetime
    ) -> list[Incident]:
        """Return open incidents opened since then that lie in the box or are in `also`."""
        ...

    async def without_unit(self, before: Mapping[int, datetime], *, limit: int) -> list[UUID]:
        """Return unmarked new incidents that have had no unit since before their priority's time.

        The most urgent and oldest come first.
        """
        ...


class Units(Store[Unit], Protocol):
    async def everyone(self) -> list[Unit]: ...

    async def missing(self, identities: Set[UUID], /) -> frozenset[UUID]:
        """Return those ids that belong to no unit."""
        ...

    async def unanswered(self, before: datetime, *, limit: int) -> list[tuple[UUID, UUID]]:
        """Return (unit, incident) of unmarked, unacknowledged orders given before `before`."""
        ...


class Alarms(Store[Alarm], Protocol):
    async def open_emergency_of(self, unit_id: UUID, /) -> UUID | None:
        """Return the undecided emergency alarm of that unit, if there is one."""
        ...


class Positions(Protocol):
    async def last_known(self, unit_ids: Set[UUID], /) -> dict[UUID, Fix]:
        """Return the newest position by device time of each unit that has one."""
        ...

    async def keep(self, fixes: Sequence[Fix], latest: Sequence[Fix], /) -> None:
        """Append to the history, passing over what is there, and move the last known forward."""
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
    alarms: Alarms
    positions: Positions
    numbers: Numbers
    geocoder: Geocoder
    zones: Zones
    travel: TravelTimes
    record: Recorder
    timezone: tzinfo
