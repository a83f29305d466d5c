"""The routing the rest of the house uses: two engines, and the straight line when both are away."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Literal

import structlog
from typing_extensions import override

from gis.routing.pace import NOTHING_LEARNT, slot_of
from gis.routing.port import Matched, RoadRouter
from gis.routing.router import Router, straight_route
from gis.travel import Engine, Reason
from ops_center.kernel.errors import Unavailable
from ops_center.kernel.measure import Seconds

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import tzinfo

    from gis.geometry import Point
    from gis.routing.pace import Pace, Slot
    from gis.routing.port import Barrier, Trace
    from gis.routing.reach import Reach
    from gis.travel import Profile, Route, TravelTime

log = structlog.get_logger()

EngineChoice = Literal["auto", "graph", "valhalla"]
# The dispatcher waits for these: what the second engine has not said by then, the first one says.
EXACT_LIMIT_S = 0.06
ROUTE_LIMIT_S = 3.0
# So many of the nearest of each profile are worked out by road; five of all get the exact time.
NEAREST = 20
EXACT = 5
# What an engine that is away raises.
AWAY = (Unavailable, TimeoutError, OSError)


class GraphRouter(RoadRouter):
    """The engine in memory, asked in a thread: the search itself holds the interpreter's lock,
    6 ms for a city, but everything else can go on before and after.
    """

    def __init__(self, router: Router | None = None, zone: tzinfo = UTC) -> None:
        self.router = router or Router()
        self.zone = zone

    @override
    async def travel_times(
        self,
        *,
        origins: Sequence[Point],
        to: Point,
        profile: Profile,
        when: datetime | None = None,
    ) -> list[TravelTime]:
        return await asyncio.to_thread(
            self.router.travel_times,
            to=to,
            origins=origins,
            profile=profile,
            slot=self._slot(when),
        )

    async def nearest(
        self,
        *,
        origins: Sequence[tuple[Point, Profile]],
        to: Point,
        when: datetime | None = None,
    ) -> list[TravelTime]:
        """N x 1 for a mixed fleet, exact for the NEAREST of each profile, the rest estimated."""
        return await asyncio.to_thread(
            self.router.travel_times_by_profile,
            to=to,
            origins=origins,
            slot=self._slot(when),
            nearest=NEAREST,
        )

    @override
    async def travel_times_from(
        self,
        *,
        start: Point,
        destinations: Sequence[Point],
        profile: Profile,
        when: datetime | None = None,
    ) -> list[TravelTime]:
        return await asyncio.to_thread(
            self.router.travel_times_from,
            start=start,
            destinations=destinations,
            profile=profile,
            slot=self._slot(when),
        )

    @override
    async def route(
        self,
        *,
        start: Point,
        end: Point,
        profile: Profile,
        when: datetime | None = None,
        language: str = "es",
    ) -> Route:
        return await asyncio.to_thread(
            self.router.route,
            start=start,
            end=end,
            profile=profile,
            slot=self._slot(when),
            language=language,
        )

    @override
    async def reach(
        self, *, start: Point, seconds: float, profile: Profile, when: datetime | None = None
    ) -> Reach:
        found = await self.reaches(start=start, bands=[seconds], profile=profile, when=when)
        return found[0]

    async def reaches(
        self,
        *,
        start: Point,
        bands: Sequence[float],
        profile: Profile,
        when: datetime | None = None,
    ) -> list[Reach]:
        """The areas reached within each of `bands` seconds."""
        return await asyncio.to_thread(
            self.router.reaches, start=start, bands=bands, profile=profile, slot=self._slot(when)
        )

    @override
    async def match(self, *, track: Sequence[Trace], profile: Profile) -> Matched:
        raise Unavailable("Tracks are matched by the turn-by-turn engine, which is not running.")

    @override
    async def close_roads(self, barriers: Sequence[Barrier]) -> None:
        await asyncio.to_thread(self.router.close, barriers)

    async def learn(self, pace: Pace) -> None:
        """From now on drive at this pace."""
        await asyncio.to_thread(self.router.learn, pace)

    def _slot(self, when: datetime | None) -> Slot | None:
        return None if when is None else slot_of(when, self.zone)


@dataclass(frozen=True, slots=True, kw_only=True)
class Journey:
    """A route asked for: `engine` auto prefers the exact one and falls back by itself."""

    start: Point
    end: Point
    profile: Profile
    when: datetime | None = None
    language: str = "es"
    engine: EngineChoice = "auto"


class CombinedRouter:
    """Who is nearest and which area by the graph; steps and the last digits by the exact engine."""

    def __init__(self, exact: RoadRouter | None = None) -> None:
        self.graph = GraphRouter()
        self.exact = exact
        self._barriers: Sequence[Barrier] = ()
        self._pace = NOTHING_LEARNT
        # How often the closures changed: what follows them need not compare them.
        self.closings = 0

    @property
    def has_roads(self) -> bool:
        return self.graph.router.has_roads

    def closures_in_force(self, profile: Profile) -> int:
        """How many closures bind a profile now."""
        return self.graph.router.closures_in_force(profile)

    async def use(self, router: Router, zone: tzinfo) -> None:
        """Take over the roads of a fresh import, with what is closed and what was learnt."""
        fresh = GraphRouter(router, zone)
        await fresh.learn(self._pace)
        await fresh.close_roads(self._barriers)
        self.graph = fresh
        await self.repeat_closures()

    async def close_roads(self, barriers: Sequence[Barrier]) -> None:
        """From now on exactly these closures are in force, in both engines."""
        self._barriers = barriers
        self.closings += 1
        await self.graph.close_roads(barriers)
        await self.repeat_closures()

    async def repeat_closures(self) -> bool:
        """Tell the exact engine again, which may have been away; return whether it listened."""
        if self.exact is None:
            return True
        try:
            async with asyncio.timeout(ROUTE_LIMIT_S):
                await self.exact.close_roads(self._barriers)
        except AWAY as trouble:
            log.debug("closures.not_exact", cause=type(trouble).__name__)
            return False
        return True

    async def learn(self, pace: Pace) -> None:
        """From now on the graph drives at this pace."""
        self._pace = pace
        await self.graph.learn(pace)

    async def nearest(
        self,
        *,
        origins: Sequence[tuple[Point, Profile]],
        to: Point,
        when: datetime | None = None,
    ) -> list[TravelTime]:
        """From each origin to one place; the best EXACT times are the exact engine's."""
        times = await self.graph.nearest(origins=origins, to=to, when=when)
        if self.exact is None:
            return times
        ranked = sorted(
            (i for i, one in enumerate(times) if one.seconds is not None and not one.estimated),
            key=lambda i: times[i].seconds or 0.0,
        )
        best = ranked[:EXACT]
        crews = {
            profile: [i for i in best if origins[i][1] is profile]
            for profile in dict.fromkeys(origins[i][1] for i in best)
        }
        answers = await asyncio.gather(
            *(
                self._exactly([origins[i][0] for i in mine], to, profile, when)
                for profile, mine in crews.items()
            )
        )
        for mine, exact in zip(crews.values(), answers, strict=True):
            for i, time in zip(mine, exact, strict=False):
                if time.seconds is not None and not time.estimated:
                    times[i] = time
        return times

    async def route(self, journey: Journey) -> Route:
        """The quickest journey with its steps. Raises Unavailable when the one engine asked for
        is away; otherwise somebody always answers, at worst the straight line, marked.
        """
        if journey.engine != "graph":
            found = await self._exact_route(journey)
            if found is not None:
                return found
            if journey.engine == "valhalla":
                raise Unavailable("The turn-by-turn engine does not answer. Ask engine=graph.")
        if not self.has_roads:
            return straight_route(journey.start, journey.end, journey.profile, Reason.NO_ROAD_MAP)
        return await self.graph.route(
            start=journey.start,
            end=journey.end,
            profile=journey.profile,
            when=journey.when,
            language=journey.language,
        )

    async def _exact_route(self, journey: Journey) -> Route | None:
        if self.exact is None:
            return None
        try:
            async with asyncio.timeout(ROUTE_LIMIT_S):
                found = await self.exact.route(
                    start=journey.start,
                    end=journey.end,
                    profile=journey.profile,
                    when=journey.when,
                    language=journey.language,
                )
        except AWAY as trouble:
            log.info("route.not_exact", cause=type(trouble).__name__)
            return None
        if not found.travel.reachable:
            # The other engine may know a way past a closure; nobody wants it who named this one.
            return found if journey.engine == "valhalla" else None
        slower = await self._slower([journey.start], journey.end, journey.profile, journey.when)
        return replace(
            found,
            travel=_stretched(found.travel, slower[0]),
            steps=tuple(
                replace(one, seconds=Seconds(one.seconds * slower[0])) for one in found.steps
            ),
            engine=Engine.VALHALLA,
        )

    async def _exactly(
        self, origins: list[Point], to: Point, profile: Profile, when: datetime | None
    ) -> list[TravelTime]:
        if self.exact is None:
            return []
        try:
            async with asyncio.timeout(EXACT_LIMIT_S):
                times = await self.exact.travel_times(
                    origins=origins, to=to, profile=profile, when=when
                )
        except AWAY as trouble:
            log.info("times.not_exact", cause=type(trouble).__name__)
            return []
        slower = await self._slower(origins, to, profile, when)
        return [_stretched(time, share) for time, share in zip(times, slower, strict=True)]

    async def _slower(
        self, origins: list[Point], to: Point, profile: Profile, when: datetime | None
    ) -> list[float]:
        """How much longer journeys take at this hour by what was learnt: the exact engine knows
        the tables only.
        """
        if when is None or not self._pace.knows(profile, slot_of(when, self.graph.zone)):
            return [1.0] * len(origins)
        now, plain = [
            await self.graph.travel_times(origins=origins, to=to, profile=profile, when=at)
            for at in (when, None)
        ]
        return [
            one.seconds / other.seconds if one.seconds and other.seconds else 1.0
            for one, other in zip(now, plain, strict=True)
        ]


def _stretched(travel: TravelTime, share: float) -> TravelTime:
    return (
        travel
        if travel.seconds is None
        else replace(travel, seconds=Seconds(travel.seconds * share))
    )
