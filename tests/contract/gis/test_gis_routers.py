"""What both routing engines promise, asked of each on the same real city."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from shapely.geometry import Point as Spot

from gis.geodesy import distance_m, line_length_m
from gis.geometry import Point
from gis.routing import EdgeArrays
from gis.routing.combined import GraphRouter
from gis.routing.port import RoadRouter
from gis.routing.router import build_router
from gis.routing.valhalla import ValhallaRouter
from gis.travel import MANOEUVRES, Profile, Reason

STATION = Point(lon=24.9415, lat=60.1712)
HARBOUR = Point(lon=24.9525, lat=60.1675)
PARK = Point(lon=24.9440, lat=60.1672)
OUT_AT_SEA = Point(lon=24.0, lat=59.0)
# The engines weigh turns each in its own way.
AGREE_WITHIN = 0.35


@pytest.fixture(scope="session")
def graph(helsinki_edges: EdgeArrays) -> GraphRouter:
    return GraphRouter(build_router(helsinki_edges))


@pytest.fixture(params=["graph", "valhalla"])
def engine(request: pytest.FixtureRequest, graph: GraphRouter) -> RoadRouter:
    if request.param == "graph":
        return graph
    router: ValhallaRouter = request.getfixturevalue("valhalla")
    return router


@pytest.mark.parametrize("profile", list(Profile))
async def test_a_journey_has_its_line_and_steps(engine: RoadRouter, profile: Profile) -> None:
    found = await engine.route(start=STATION, end=HARBOUR, profile=profile)
    seconds, metres = found.travel.seconds, found.travel.metres
    assert seconds is not None
    assert metres is not None
    assert not found.travel.estimated
    assert (found.line[0], found.line[-1]) == (STATION, HARBOUR)
    assert line_length_m(found.line) == pytest.approx(metres, rel=0.03)
    assert metres >= distance_m(STATION, HARBOUR)
    assert {one.manoeuvre for one in found.steps} <= MANOEUVRES
    assert [found.steps[0].manoeuvre, found.steps[-1].manoeuvre] == ["depart", "arrive"]
    assert sum(one.metres for one in found.steps) == pytest.approx(metres, rel=0.1, abs=60)


async def test_steps_are_worded_in_the_language_asked_for(engine: RoadRouter) -> None:
    said = {}
    for language in ("es", "gn", "en"):
        found = await engine.route(
            start=STATION, end=HARBOUR, profile=Profile.PATROL, language=language
        )
        said[language] = " ".join(one.instruction for one in found.steps).lower()
    assert "izquierda" in said["es"] or "derecha" in said["es"]
    assert "left" in said["en"] or "right" in said["en"]
    assert said["gn"].strip()


async def test_times_of_many_are_those_of_each(engine: RoadRouter) -> None:
    origins = [STATION, PARK, HARBOUR]
    many = await engine.travel_times(origins=origins, to=HARBOUR, profile=Profile.AMBULANCE)
    for origin, time in zip(origins, many, strict=True):
        alone = await engine.route(start=origin, end=HARBOUR, profile=Profile.AMBULANCE)
        assert time.seconds == pytest.approx(alone.travel.seconds, abs=1)
        assert time.metres == pytest.approx(alone.travel.metres, abs=5)
    assert many[2].seconds == pytest.approx(0, abs=30)


async def test_more_than_a_few_origins_are_answered_in_order(engine: RoadRouter) -> None:
    origins = [STATION, PARK] * 5
    many = await engine.travel_times(origins=origins, to=HARBOUR, profile=Profile.PATROL)
    few = await engine.travel_times(origins=origins[:2], to=HARBOUR, profile=Profile.PATROL)
    assert len(many) == len(origins)
    for i, time in enumerate(many):
        assert time.seconds == pytest.approx(few[i % 2].seconds, rel=0.15, abs=10)


async def test_the_way_back_is_asked_from_the_place(engine: RoadRouter) -> None:
    found = await engine.travel_times_from(
        start=STATION, destinations=[PARK, HARBOUR], profile=Profile.CAR
    )
    alone = [await engine.route(start=STATION, end=one, profile=Profile.CAR)
             for one in (PARK, HARBOUR)]  # fmt: skip
    seconds = [one.seconds for one in found]
    assert seconds == pytest.approx([one.travel.seconds for one in alone], abs=1)


async def test_nobody_asks_from_nowhere(engine: RoadRouter) -> None:
    assert await engine.travel_times(origins=[], to=HARBOUR, profile=Profile.CAR) == []


async def test_a_place_without_roads_is_said_to_have_none(engine: RoadRouter) -> None:
    found = await engine.route(start=OUT_AT_SEA, end=HARBOUR, profile=Profile.PATROL)
    assert found.travel.reason is Reason.NO_ROAD_NEAR
    assert found.travel.seconds is None or found.travel.estimated


async def test_an_area_holds_its_start_and_grows(engine: RoadRouter) -> None:
    near = await engine.reach(start=PARK, seconds=60, profile=Profile.PATROL)
    far = await engine.reach(start=PARK, seconds=180, profile=Profile.PATROL)
    assert not near.estimated
    assert near.area.is_valid
    assert near.area.buffer(0.0005).contains(Spot(PARK.lon, PARK.lat))
    assert far.area.area > 1.5 * near.area.area


async def test_the_engines_agree(graph: GraphRouter, valhalla: ValhallaRouter) -> None:
    pairs: Sequence[tuple[Point, Point]] = [(STATION, HARBOUR), (HARBOUR, PARK), (PARK, STATION)]
    for profile in Profile:
        for start, end in pairs:
            one, other = [
                (await each.route(start=start, end=end, profile=profile)).travel.seconds
                for each in (graph, valhalla)
            ]
            assert one == pytest.approx(other, rel=AGREE_WITHIN), (profile, start, end)
