"""The city behind the ports of dispatch: geocoder, zones and road travel times."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, tzinfo
from pathlib import Path
from typing import Protocol
from uuid import UUID
from zoneinfo import ZoneInfo

import structlog

from dispatch.domain.place import Zone
from dispatch.domain.recommending.coverage import ReachField
from dispatch.domain.recommending.model import Travel
from dispatch.ports import GeocodeCandidate, Origin, Recorder, Work
from dispatch.repository import reading_work
from gis.closures import RoadFollower
from gis.geocoding import geocode, reverse_geocode
from gis.geometry import Extent, Location, Point
from gis.repository import ZoneAt, ZonesNow, ZoneSummary, city_of, zones_at
from gis.routing import Router, load_router
from gis.routing.combined import CombinedRouter
from gis.routing.port import RoadRouter
from gis.travel import Profile
from ops_center.kernel.clock import Clock, SystemClock
from ops_center.kernel.database import DATABASE_TROUBLE, Connection, Database
from ops_center.kernel.errors import Unavailable
from ops_center.reach import ReachKeeper

ANSWER_LIMIT_S = 3.0
CITY_WATCH_S = 5.0
ZONES_WATCH_S = 1.0
ZONES_LIMIT_S = 60.0  # outlines of millions of corners
# A closure must bind within two seconds everywhere: one quick question each half second.
ROADS_WATCH_S = 0.5
REPEATED_EVERY = 10
AT_ONCE_M = 200.0  # a wider circle touches many zones: not in the event loop

log = structlog.get_logger()


class City:
    """One city in one process. Lookups use connections of their own, so that a slow or failing
    geocoder never spoils the transaction of the command that asked.
    """

    def __init__(
        self,
        database: Database,
        *,
        cache_dir: Path,
        exact: RoadRouter | None = None,
        clock: Clock | None = None,
    ) -> None:
        self._database = database
        self._cache_dir = cache_dir
        self._clock = clock or SystemClock()
        self._followed = RoadFollower()
        self.roads = CombinedRouter(exact)
        self._import_id: UUID | None = None
        self.zones = ZonesNow()
        self.extent: Extent | None = None
        self.timezone: tzinfo = UTC
        self.coverage = ReachKeeper(
            database, self._clock, zones=self.zones, roads=lambda: (self.router, self._roads_now)
        )

    async def run(self) -> None:
        """Follow the imported city for ever: a fresh import brings a fresh road graph."""
        while True:
            try:
                await self.refresh()
            except DATABASE_TROUBLE as trouble:
                log.warning("city.unavailable", cause=type(trouble).__name__)
            await asyncio.sleep(CITY_WATCH_S)

    async def follow_zones(self) -> None:
        """Keep the zones in memory equal to the database's, for ever."""
        while True:
            try:
                async with asyncio.timeout(ZONES_LIMIT_S), self._database.reading() as connection:
                    if await self.zones.refresh(connection):
                        log.info("zones.loaded")
            except DATABASE_TROUBLE as trouble:
                log.warning("zones.unavailable", cause=type(trouble).__name__)
            await asyncio.sleep(ZONES_WATCH_S)

    async def follow_roads(self) -> None:
        """Keep what is closed and what was learnt equal to the database's, for ever."""
        rounds = 0
        while True:
            try:
                await self.refresh_roads()
                if rounds % REPEATED_EVERY == 0:
                    await self.roads.repeat_closures()
            except DATABASE_TROUBLE as trouble:
                log.warning("roads.unavailable", cause=type(trouble).__name__)
            rounds += 1
            await asyncio.sleep(ROADS_WATCH_S)

    async def refresh_roads(self) -> None:
        """Take over closures drawn, lifted, begun or run out, and speeds learnt since."""
        # What was read is always applied: a timeout in between would lose it.
        async with asyncio.timeout(ANSWER_LIMIT_S), self._database.reading() as connection:
            barriers = await self._followed.closures(connection, self._clock.now())
            pace = await self._followed.pace(connection)
        if pace is not None:
            await self.roads.learn(pace)
        if barriers is not None:
            await self.roads.close_roads(barriers)
            log.info("closures.in_force", count=len(barriers))

    @property
    def import_id(self) -> UUID | None:
        """The import whose roads are loaded here."""
        return self._import_id

    @property
    def _roads_now(self) -> object:
        """What changes whenever roads or closures do."""
        return (self._import_id, self.roads.closings)

    @property
    def router(self) -> Router:
        """The graph engine itself, for those who ask it directly."""
        return self.roads.graph.router

    async def refresh(self) -> None:
        """Load the road graph when the imported city is another than the one in memory."""
        async with self._database.reading() as connection:
            city = await city_of(connection)
            found = city.import_id if city else None
            if found != self._import_id or (city and not self.router.has_roads):
                router = await load_router(connection, cache_dir=self._cache_dir)
                self._import_id = found
                self.extent = city.extent if city else None
                self.timezone = ZoneInfo(city.timezone) if city else UTC
                await self.roads.use(router, self.timezone)
                log.info("city.loaded", name=city.name if city else None)

    async def candidates(self, text: str, *, limit: int) -> Sequence[GeocodeCandidate]:
        """Return what the words may mean, best first."""
        try:
            async with asyncio.timeout(ANSWER_LIMIT_S), self._database.reading() as connection:
                answer = await geocode(connection, text, limit=limit)
        except DATABASE_TROUBLE as trouble:
            raise Unavailable("The geocoder does not answer. Place it on the map.") from trouble
        return [
            GeocodeCandidate(
                label=one.label,
                kind=one.kind.value,
                location=one.location,
                score=one.score,
                zones=tuple(to_zone(zone) for zone in one.zones),
                certain=answer.certain and place == 0,
            )
            for place, one in enumerate(answer.items)
        ]

    async def describe(self, point: Point, /) -> str | None:
        """Return what people would call the place."""
        try:
            async with asyncio.timeout(ANSWER_LIMIT_S), self._database.reading() as connection:
                return (await reverse_geocode(connection, point)).label
        except DATABASE_TROUBLE as trouble:
            raise Unavailable("The geocoder does not answer.") from trouble

    async def covering(self, location: Location, /) -> Sequence[Zone]:
        """Return the zones that the location lies or may lie in, the surest first."""
        return [to_zone(one.zone) for one in await self.zones_at(location)]

    async def zones_at(self, location: Location) -> list[ZoneAt]:
        """The same with how surely it does; from memory, else from the database."""
        if index := self.zones.index:
            if location.uncertainty_m <= AT_ONCE_M:
                return index.at(location)
            return await asyncio.to_thread(index.at, location)
        try:
            async with asyncio.timeout(ANSWER_LIMIT_S), self._database.reading() as connection:
                return await zones_at(connection, location)
        except DATABASE_TROUBLE as trouble:
            raise Unavailable("The zones cannot be looked up now.") from trouble

    async def reach(self) -> ReachField:
        """Return road times to the zones that are to be covered."""
        return self.coverage.field()

    async def to(
        self, destination: Point, origins: Mapping[UUID, Origin], /
    ) -> Mapping[UUID, Travel]:
        """Return the journey by road of each origin that can reach the destination."""
        if not self.roads.has_roads:
            raise Unavailable("No road graph is loaded. Import a city: ./ops gis import-osm FILE.")
        asked = list(origins.items())
        journeys = await self.roads.nearest(
            to=destination,
            origins=[(origin.point, Profile(origin.profile)) for _, origin in asked],
            when=self._clock.now(),
        )
        return {
            unit: Travel(
                duration_s=journey.seconds, distance_m=journey.metres, estimated=journey.estimated
            )
            for (unit, _), journey in zip(asked, journeys, strict=True)
            if journey.seconds is not None and journey.metres is not None
        }


class WorkOf(Protocol):
    def __call__(self, connection: Connection, record: Recorder | None = None) -> Work:
        """Return what dispatch services work with, on this connection."""
        ...


def work_of(city: City) -> WorkOf:
    """Return the maker of what dispatch services work with in this city."""

    def work(connection: Connection, record: Recorder | None = None) -> Work:
        reading = reading_work(
            connection, geocoder=city, zones=city, travel=city, timezone=city.timezone
        )
        return replace(reading, record=record) if record else reading

    return work


def to_zone(zone: ZoneSummary) -> Zone:
    """Return a zone as calls and incidents keep it."""
    return Zone(id=str(zone.id), kind=zone.kind, code=zone.code, name=zone.name)
