"""What the house asks of roads, and the plain values every routing engine answers with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from gis.travel import Step

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from uuid import UUID

    from shapely.geometry.base import BaseGeometry

    from gis.geometry import Point
    from gis.routing.reach import Reach
    from gis.travel import Profile, Route, TravelTime
    from ops_center.kernel.measure import Metres


@dataclass(frozen=True, slots=True, kw_only=True)
class Barrier:
    """A closure in force as the engines need it: `area` in degrees, lon and lat.

    `along` is the line it was drawn as, None for an area or a disc: a street that only crosses
    the line stays open. `civil_only` closures do not bind crews with lights and siren.
    """

    id: UUID
    area: BaseGeometry
    along: BaseGeometry | None
    civil_only: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Trace:
    """One reported position of a track, in the order of `at`."""

    point: Point
    at: datetime
    accuracy_m: Metres | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Matched:
    """A track put on the roads it most likely followed; `confidence` 0..1."""

    line: tuple[Point, ...]
    metres: Metres
    streets: tuple[str, ...]
    confidence: float
    unmatched: int


class RoadRouter(Protocol):
    """Two engines answer to this: `graph` (own, in memory) and `valhalla` (a service).

    Raises Unavailable when the engine cannot answer now; the caller then asks the other one.
    """

    async def travel_times(
        self,
        *,
        origins: Sequence[Point],
        to: Point,
        profile: Profile,
        when: datetime | None = None,
    ) -> list[TravelTime]:
        """N×1: from each origin to one place, in the order given."""
        ...

    async def travel_times_from(
        self,
        *,
        start: Point,
        destinations: Sequence[Point],
        profile: Profile,
        when: datetime | None = None,
    ) -> list[TravelTime]:
        """1×N: from one place to each destination, in the order given."""
        ...

    async def route(
        self,
        *,
        start: Point,
        end: Point,
        profile: Profile,
        when: datetime | None = None,
        language: str = "es",
    ) -> Route:
        """The quickest journey with its line and its steps."""
        ...

    async def reach(
        self, *, start: Point, seconds: float, profile: Profile, when: datetime | None = None
    ) -> Reach:
        """The area reached within `seconds`, setting out from `start`."""
        ...

    async def match(self, *, track: Sequence[Trace], profile: Profile) -> Matched:
        """The roads a track followed."""
        ...

    async def close_roads(self, barriers: Sequence[Barrier]) -> None:
        """From now on exactly these closures are in force; called again whenever they change."""
        ...


__all__ = ["Barrier", "Matched", "RoadRouter", "Step", "Trace"]
