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
from dispatch.domain.recommendation import Travel
from dispatch.ports import GeocodeCandidate, Origin, Recorder, Work
from dispatch.repository import reading_work
from gis.geocoding import geocode, reverse_geocode
from gis.geometry import Extent, Location, Point
from gis.repository import ZoneSummary, city_of, zones_at
from gis.routing import Router, load_router
from gis.travel import Profile
from ops_center.kernel.database import DATABASE_TROUBLE, Connection, Database
from ops_center.kernel.errors import Unavailable

ANSWER_LIMIT_S = 3.0
CITY_WATCH_S = 5.0

log = structlog.get_logger()


class City:
    """One city in one process. Lookups use connections of their own, so that a slow or failing
    geocoder never spoils the transaction of the command that asked.
    """

    def __init__(self, database: Database, *, cache_dir: Path) -> None:
        self._database = database
        self._cache_dir = cache_dir
        self._import_id: UUID | None = None
        self.router = Router()
        self.extent: Extent | None = None
        self.timezone: tzinfo = UTC

    async def run(self) -> None:
        """Follow the imported city for ever: a fresh import brings a fresh road graph."""
        while True:
            try:
                await self.refresh()
            except DATABASE_TROUBLE as trouble:
                log.warning("city.unavailable", cause=type(trouble).__name__)
            await asyncio.sleep(CITY_WATCH_S)

    async def refresh(self) -> None:
        """Load the road graph when the imported city is another than the one in memory."""
        async with self._database.reading() as connection:
            city = await city_of(connection)
            found = city.import_id if city else None
            if found != self._import_id or (city and not self.router.has_roads):
                self.router = await load_router(connection, cache_dir=self._cache_dir)
                self._import_id = found
                self.extent = city.extent if city else None
                self.timezone = ZoneInfo(city.timezone) if city else UTC
                log.info("city.loaded", name=city.name if city else None)

    async def candidates(self, text: str, *, limit: int) -> Sequence[GeocodeCandidate]:
        """Return what the words may mean, best first."""
        try:
            async with asyncio.timeout(ANSWER_LIMIT_S), self._database.reading() as connection:
                found = await geocode(connection, text, limit=limit)
        except DATABASE_TROUBLE as trouble:
            raise Unavailable("The geocoder does not answer. Place it on the map.") from trouble
        return [
            GeocodeCandidate(
                label=one.label,
                kind=one.kind.value,
                location=one.location,
                score=one.score,
                zones=tuple(to_zone(zone) for zone in one.zones),
            )
            for one in found
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
        try:
            async with asyncio.timeout(ANSWER_LIMIT_S), self._database.reading() as connection:
                return [to_zone(one.zone) for one in await zones_at(connection, location)]
        except DATABASE_TROUBLE as trouble:
            raise Unavailable("The zones cannot be looked up now.") from trouble

    async def to(
        self, destination: Point, origins: Mapping[UUID, Origin], /
    ) -> Mapping[UUID, Travel]:
        """Return the journey by road of each origin that can reach the destination."""
        if not self.router.has_roads:
            raise Unavailable("No road graph is loaded. Import a city: ./ops gis import-osm FILE.")
        asked = list(origins.items())
        journeys = await asyncio.to_thread(
            self.router.travel_times_by_profile,
            to=destination,
            origins=[(origin.point, Profile(origin.profile)) for _, origin in asked],
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
