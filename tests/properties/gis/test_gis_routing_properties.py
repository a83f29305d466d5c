"""Whatever the town, the fast search agrees with the plain one, and the route with the matrix."""

import math

import pytest
import shapely
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from gis.geodesy import line_length_m
from gis.routing import Barrier
from gis.routing.router import build_router
from gis.travel import ISLAND_EDGES_MIN, Profile, Reason
from ops_center.kernel.ids import new_id
from tests.roads import Road, Town, grid, plain_search

# Ten metres of street, closed; and what rounding may leave of it.
CLOSED_DEG, SLACK_DEG = 5e-5, 5e-6
CLASSES = ("residential", "primary", "service", "secondary")


@st.composite
def towns(draw: st.DrawFn) -> Town:
    """A grid with some one-ways, mixed classes and a few forbidden turns."""
    town = grid(draw(st.integers(2, 5)), draw(st.integers(2, 5)))
    roads = [
        Road(
            road.id,
            road.start,
            road.end,
            direction=draw(st.sampled_from((0, 0, 0, 1, -1))),
            road_class=draw(st.sampled_from(CLASSES)),
        )
        for road in town.roads
    ]
    turns = [
        (a.id, node, b.id)
        for a in roads
        for node in (a.start, a.end)
        for b in roads
        if a.id != b.id and node in {b.start, b.end}
    ]
    bans = draw(st.lists(st.sampled_from(turns), max_size=4))
    return Town(town.nodes, roads, set(bans))


places = st.tuples(st.integers(0, 1_000), st.floats(0.05, 0.95))


def place(town: Town, drawn: tuple[int, float]) -> tuple[int, float]:
    return town.roads[drawn[0] % len(town.roads)].id, drawn[1]


@settings(max_examples=150, deadline=None)
@given(town=towns(), start=places, end=places, profile=st.sampled_from(Profile))
def test_fast_search_agrees_with_the_plain_one(
    town: Town, start: tuple[int, float], end: tuple[int, float], profile: Profile
) -> None:
    graph = build_router(town.arrays())
    begin, goal = place(town, start), place(town, end)
    # Stubs that lead nowhere are passed over on purpose; here the search itself is compared.
    roads = graph.graph_of(profile)
    assert roads is not None
    network = roads.network
    ids = network.edges.ids.tolist()
    assume(bool(network.can_start[ids.index(begin[0])]))
    assume(bool(network.can_end[ids.index(goal[0])]))
    found = graph.travel_times(to=town.on(*goal), origins=[town.on(*begin)], profile=profile)[0]
    expected = plain_search(town, begin, goal, profile)
    if math.isinf(expected):
        assert not found.reachable
    else:
        assert found.seconds == pytest.approx(expected, rel=1e-3, abs=0.05)


@settings(max_examples=80, deadline=None)
@given(town=towns(), start=places, end=places)
def test_route_and_matrix_say_the_same(
    town: Town, start: tuple[int, float], end: tuple[int, float]
) -> None:
    graph = build_router(town.arrays())
    origin, to = town.on(*place(town, start)), town.on(*place(town, end))
    travel = graph.travel_times(to=to, origins=[origin], profile=Profile.PATROL)[0]
    route = graph.route(start=origin, end=to, profile=Profile.PATROL)
    assert route.travel == travel
    if travel.reachable:
        assert line_length_m(route.line) == pytest.approx(travel.metres, rel=5e-3, abs=0.5)


@settings(max_examples=60, deadline=None)
@given(
    town=towns(), start=places, ends=st.lists(places, min_size=1, max_size=6),
    profile=st.sampled_from(Profile),
)  # fmt: skip
def test_one_to_many_says_what_many_to_one_says(
    town: Town, start: tuple[int, float], ends: list[tuple[int, float]], profile: Profile
) -> None:
    router = build_router(town.arrays())
    here, there = town.on(*place(town, start)), [town.on(*place(town, one)) for one in ends]
    together = router.travel_times_from(start=here, destinations=there, profile=profile)
    for to, found in zip(there, together, strict=True):
        (alone,) = router.travel_times(to=to, origins=[here], profile=profile)
        assert found.reachable == alone.reachable
        if alone.reachable:
            assert found.seconds == pytest.approx(alone.seconds, abs=1e-6)
            assert found.metres == pytest.approx(alone.metres, rel=1e-6, abs=1e-3)


@settings(max_examples=60, deadline=None)
@given(
    town=towns(), start=places, end=places, shut=st.sets(st.integers(0, 60), max_size=5),
    profile=st.sampled_from((Profile.CAR, Profile.AMBULANCE)),
)  # fmt: skip
def test_closed_streets_are_driven_only_when_the_answer_says_so(
    town: Town,
    start: tuple[int, float],
    end: tuple[int, float],
    shut: set[int],
    profile: Profile,
) -> None:
    roads = [town.roads[one % len(town.roads)].id for one in shut]
    middles = [town.on(one, 0.5) for one in roads]
    discs = [shapely.Point(p.lon, p.lat).buffer(CLOSED_DEG) for p in middles]
    router = build_router(town.arrays())
    free = router.route(start=(a := town.on(*place(town, start))),
                        end=(b := town.on(*place(town, end))), profile=profile)  # fmt: skip
    router.close([Barrier(id=new_id(), area=disc, along=None, civil_only=False) for disc in discs])
    found = router.route(start=a, end=b, profile=profile)
    assert found.travel.reachable == free.travel.reachable
    if not found.travel.reachable:
        return
    line = shapely.LineString([(p.lon, p.lat) for p in found.line])
    passes = any(line.intersection(disc.buffer(-SLACK_DEG)).length > 0 for disc in discs)
    assert passes <= (found.travel.reason is Reason.THROUGH_CLOSURE)
    assert found.travel.seconds is not None
    assert free.travel.seconds is not None
    assert found.travel.seconds >= free.travel.seconds - 1e-6


@settings(max_examples=60, deadline=None)
@given(columns=st.integers(2, 5), rows=st.integers(2, 5), start=places, end=places)
def test_two_way_town_takes_as_long_there_as_back_but_for_turns(
    columns: int, rows: int, start: tuple[int, float], end: tuple[int, float]
) -> None:
    town = grid(columns, rows)
    graph = build_router(town.arrays())
    a, b = town.on(*place(town, start)), town.on(*place(town, end))
    there, back = (
        graph.travel_times(to=to, origins=[origin], profile=Profile.CAR)[0]
        for to, origin in ((b, a), (a, b))
    )
    assert there.metres is not None
    assert back.metres is not None
    assert there.seconds is not None
    assert back.seconds is not None
    # Left turns one way are right turns the other: only their difference may differ.
    turns = columns + rows
    assert abs(there.seconds - back.seconds) <= 6 * turns


def test_islands_are_larger_than_the_smallest_grid_drawn_here() -> None:
    assert len(grid(2, 2).roads) < ISLAND_EDGES_MIN
