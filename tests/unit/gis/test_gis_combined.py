"""Two engines as one: the exact one is preferred, and nobody waits for it when it is away."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from uuid import UUID

import pytest
from shapely.geometry import MultiPolygon
from typing_extensions import override

from gis.geometry import Point
from gis.routing.combined import EXACT, NEAREST, CombinedRouter, Journey
from gis.routing.pace import Pace, slot_of
from gis.routing.port import Barrier, Matched, RoadRouter, Trace
from gis.routing.reach import Reach
from gis.routing.router import build_router
from gis.travel import Engine, Profile, Reason, Route, TravelTime, unreachable
from ops_center.kernel.errors import Unavailable
from ops_center.kernel.measure import Metres, Seconds
from tests.roads import grid

TOWN = grid(12, 12)
START, END = TOWN.on(3, 0.5), TOWN.on(100, 0.5)
NOW = datetime(2026, 11, 23, 21, tzinfo=UTC)
PATROL = Profile.PATROL
THOUSAND = Seconds(1_000.0)


@dataclass
class Exact(RoadRouter):
    """Answers a thousand seconds to everything, or nothing at all."""

    away: bool = False
    hangs: bool = False
    no_way: bool = False
    asked: int = 0
    barriers: Sequence[Barrier] = field(default=())

    async def _ready(self) -> None:
        if self.hangs:
            await asyncio.Event().wait()
        if self.away:
            raise Unavailable("The service is not running.")

    @override
    async def travel_times(
        self, *, origins: Sequence[Point], to: Point, profile: Profile, when: datetime | None = None
    ) -> list[TravelTime]:
        await self._ready()
        self.asked += len(origins)
        return [_thousand() for _ in origins]

    @override
    async def travel_times_from(
        self,
        *,
        start: Point,
        destinations: Sequence[Point],
        profile: Profile,
        when: datetime | None = None,
    ) -> list[TravelTime]:
        return [_thousand() for _ in destinations]

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
        await self._ready()
        travel = unreachable(Reason.NOT_CONNECTED) if self.no_way else _thousand()
        return Route(travel=travel, line=(start, end), profile=profile)

    @override
    async def reach(
        self, *, start: Point, seconds: float, profile: Profile, when: datetime | None = None
    ) -> Reach:
        return Reach(area=MultiPolygon(), seconds=seconds, profile=profile, estimated=False)

    @override
    async def match(self, *, track: Sequence[Trace], profile: Profile) -> Matched:
        raise Unavailable("Not here.")

    @override
    async def close_roads(self, barriers: Sequence[Barrier]) -> None:
        await self._ready()
        self.barriers = barriers


def _thousand() -> TravelTime:
    return TravelTime(seconds=THOUSAND, metres=Metres(9_000.0))


async def combined(exact: Exact | None) -> CombinedRouter:
    roads = CombinedRouter(exact)
    await roads.use(build_router(TOWN.arrays()), UTC)
    return roads


def journey(**changes: object) -> Journey:
    return replace(Journey(start=START, end=END, profile=PATROL), **changes)  # type: ignore[arg-type]


async def test_exact_engine_is_preferred_and_named() -> None:
    found = await (await combined(Exact())).route(journey())
    assert found.engine is Engine.VALHALLA
    assert found.travel.seconds == THOUSAND


@pytest.mark.parametrize("exact", [None, Exact(away=True), Exact(no_way=True)])
async def test_graph_answers_when_the_exact_engine_cannot(exact: Exact | None) -> None:
    roads = await combined(exact)
    found = await roads.route(journey())
    assert found.engine is Engine.GRAPH
    assert found.steps
    assert found == await roads.route(journey(engine="graph"))


async def test_engine_that_hangs_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gis.routing.combined.ROUTE_LIMIT_S", 0.05)
    monkeypatch.setattr("gis.routing.combined.EXACT_LIMIT_S", 0.05)
    roads = await combined(Exact(hangs=True))
    assert (await roads.route(journey())).engine is Engine.GRAPH
    times = await roads.nearest(origins=[(START, PATROL)], to=END)
    assert times[0].seconds != THOUSAND
    await roads.close_roads([])


async def test_who_asks_for_the_exact_engine_alone_is_told_that_it_is_away() -> None:
    roads = await combined(Exact(away=True))
    with pytest.raises(Unavailable):
        await roads.route(journey(engine="valhalla"))


async def test_exact_engine_that_finds_no_way_says_so_to_who_asked_for_it() -> None:
    roads = await combined(Exact(no_way=True))
    assert not (await roads.route(journey(engine="valhalla"))).travel.reachable


async def test_without_any_roads_it_is_a_straight_line_that_says_so() -> None:
    found = await CombinedRouter(Exact(away=True)).route(journey())
    assert (found.engine, found.travel.estimated) == (Engine.STRAIGHT_LINE, True)


async def test_only_the_best_few_are_asked_exactly_and_the_far_are_estimates() -> None:
    exact = Exact()
    roads = await combined(exact)
    origins = [(TOWN.on(road.id, 0.5), PATROL) for road in TOWN.roads[:60]]
    times = await roads.nearest(origins=origins, to=END)
    plain = await (await combined(None)).nearest(origins=origins, to=END)
    assert exact.asked == EXACT
    best = sorted(range(60), key=lambda i: plain[i].seconds or 0.0)[:EXACT]
    assert {i for i in range(60) if times[i].seconds == THOUSAND} == set(best)
    worked_out = [one.seconds or 0.0 for one in plain if not one.estimated]
    guessed = [one.seconds or 0.0 for one in plain if one.estimated]
    assert len(worked_out) >= NEAREST
    assert all(one.reason is Reason.BEYOND_HORIZON for one in plain if one.estimated)
    assert not guessed or min(guessed) >= sorted(worked_out)[NEAREST - 1]


async def test_hour_of_day_stretches_the_exact_times_too() -> None:
    roads = await combined(Exact())
    await roads.learn(Pace({("light", slot_of(NOW, UTC)): {"residential": 0.5}}))
    slow = await roads.route(journey(when=NOW))
    assert slow.travel.seconds == pytest.approx(2_000, rel=0.1)
    (other,) = await roads.nearest(origins=[(START, PATROL)], to=END, when=NOW)
    assert other.seconds == pytest.approx(2_000, rel=0.1)
    calm = await roads.route(journey(when=NOW.replace(hour=3)))
    assert calm.travel.seconds == THOUSAND


async def test_engine_that_was_away_hears_of_closures_later() -> None:
    exact = Exact(away=True)
    roads = await combined(exact)
    closure = Barrier(id=UUID(int=1), area=MultiPolygon(), along=None,
                      civil_only=False)  # fmt: skip
    await roads.close_roads([closure])
    assert exact.barriers == ()
    exact.away = False
    assert await roads.repeat_closures()
    assert list(exact.barriers) == [closure]


async def test_tracks_cannot_be_matched_by_the_graph() -> None:
    with pytest.raises(Unavailable):
        await (await combined(None)).graph.match(track=[], profile=PATROL)
