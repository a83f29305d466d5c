"""Whatever the town, the fast search agrees with the plain one, and the route with the matrix."""

import math

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from gis.geodesy import line_length_m
from gis.routing import RoadGraph
from gis.travel import ISLAND_EDGES_MIN, Profile
from tests.roads import Road, Town, grid, plain_search

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
    graph = RoadGraph(town.arrays())
    begin, goal = place(town, start), place(town, end)
    # Stubs that lead nowhere are passed over on purpose; here the search itself is compared.
    ids = graph.network.edges.ids.tolist()
    assume(bool(graph.network.can_start[ids.index(begin[0])]))
    assume(bool(graph.network.can_end[ids.index(goal[0])]))
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
    graph = RoadGraph(town.arrays())
    origin, to = town.on(*place(town, start)), town.on(*place(town, end))
    travel = graph.travel_times(to=to, origins=[origin], profile=Profile.PATROL)[0]
    route = graph.route(start=origin, end=to, profile=Profile.PATROL)
    assert route.travel == travel
    if travel.reachable:
        assert line_length_m(route.line) == pytest.approx(travel.metres, rel=5e-3, abs=0.5)


@settings(max_examples=60, deadline=None)
@given(columns=st.integers(2, 5), rows=st.integers(2, 5), start=places, end=places)
def test_two_way_town_takes_as_long_there_as_back_but_for_turns(
    columns: int, rows: int, start: tuple[int, float], end: tuple[int, float]
) -> None:
    town = grid(columns, rows)
    graph = RoadGraph(town.arrays())
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
