"""Travel times over small hand-made towns: one-ways, turns, part edges, islands."""

from pathlib import Path

import numpy as np
import pytest

from gis.geodesy import destination, distance_m, line_length_m
from gis.geometry import Point
from gis.routing import EdgeArrays, Router
from gis.routing.router import build_router
from gis.travel import (
    BACK_S,
    DRIVING,
    LEFT_S,
    OFF_ROAD_MPS,
    RIGHT_S,
    STRAIGHT_LINE_DETOUR,
    STRAIGHT_LINE_MPS,
    Profile,
    Reason,
    speed_mps,
)
from ops_center.kernel.errors import Invalid
from tests.roads import Road, Town, at, grid, plain_search

CAR = Profile.CAR
SPEED = speed_mps("residential", None, CAR)


def seconds(town: Town, start: tuple[int, float], end: tuple[int, float]) -> float | None:
    graph = build_router(town.arrays())
    return graph.travel_times(to=town.on(*end), origins=[town.on(*start)], profile=CAR)[0].seconds


def line(*directions: int) -> Town:
    """Roads end to end along one street, 100 m each."""
    nodes = {i: at(i * 100.0, 0) for i in range(len(directions) + 1)}
    return Town(nodes, [Road(i + 1, i, i + 1, d) for i, d in enumerate(directions)])


def test_journey_along_one_street_takes_its_length_at_its_speed() -> None:
    assert seconds(line(0, 0, 0), (1, 0.5), (3, 0.25)) == pytest.approx(175 / SPEED, rel=1e-3)


@pytest.mark.parametrize(("start", "end"), [(0.2, 0.7), (0.7, 0.2)])
def test_both_places_on_one_two_way_street_need_only_the_way_between(
    start: float, end: float
) -> None:
    assert seconds(line(0, 0), (1, start), (1, end)) == pytest.approx(50 / SPEED, rel=1e-3)


def test_place_behind_on_a_one_way_street_means_driving_round_the_block() -> None:
    town = grid(2, 2)
    first = town.roads[0]
    town.roads[0] = Road(first.id, first.start, first.end, direction=1)
    ahead = seconds(town, (first.id, 0.3), (first.id, 0.8))
    behind = seconds(town, (first.id, 0.8), (first.id, 0.3))
    assert ahead == pytest.approx(50 / SPEED, rel=1e-3)
    # Three other sides, and what is left of the first; no waiting where only two roads meet.
    assert behind == pytest.approx(350 / SPEED, rel=1e-3)


def test_one_way_street_is_not_driven_against() -> None:
    assert seconds(line(1, 1), (2, 0.5), (1, 0.5)) is None
    assert seconds(line(-1, -1), (2, 0.5), (1, 0.5)) == pytest.approx(100 / SPEED, rel=1e-3)


def test_left_turn_costs_more_than_right_turn() -> None:
    nodes = {0: at(0, 0), 1: at(100, 0), 2: at(100, 100), 3: at(100, -100)}
    town = Town(nodes, [Road(1, 0, 1), Road(2, 1, 2), Road(3, 1, 3)])
    left, right = seconds(town, (1, 0.5), (2, 0.5)), seconds(town, (1, 0.5), (3, 0.5))
    assert left == pytest.approx(100 / SPEED + LEFT_S, rel=1e-3)
    assert right == pytest.approx(100 / SPEED + RIGHT_S, rel=1e-3)


def test_forbidden_turn_is_driven_around() -> None:
    town = grid(3, 2)
    free = plain_search(town, (1, 0.5), (6, 0.5), CAR)
    town.bans = {(1, 2, 6)}
    around = seconds(town, (1, 0.5), (6, 0.5))
    assert around is not None
    assert around > free
    assert around == pytest.approx(plain_search(town, (1, 0.5), (6, 0.5), CAR), rel=1e-3)


def test_turning_back_at_a_dead_end_is_possible_and_slow() -> None:
    town = line(0, 0)
    nodes = {**town.nodes, 9: at(100, 100)}
    one_way_out = Town(nodes, [Road(1, 0, 1, 1), Road(2, 1, 2, 0), Road(3, 9, 1, -1)])
    found = seconds(one_way_out, (1, 0.5), (3, 0.5))
    assert found == pytest.approx(plain_search(one_way_out, (1, 0.5), (3, 0.5), CAR), rel=1e-3)
    back = seconds(one_way_out, (2, 0.5), (3, 0.5))
    assert back is not None
    assert back < 150 / SPEED + BACK_S


def test_place_beside_the_road_adds_the_way_across_open_ground() -> None:
    town = line(0, 0)
    off = destination(town.on(2, 0.5), bearing_deg=0, distance_m=50)
    graph = build_router(town.arrays())
    travel = graph.travel_times(to=off, origins=[town.on(1, 0.5)], profile=CAR)[0]
    assert travel.seconds == pytest.approx(100 / SPEED + 50 / OFF_ROAD_MPS, rel=1e-2)
    assert travel.metres == pytest.approx(150, rel=1e-2)


def test_roads_that_do_not_meet_are_unreachable_with_the_reason() -> None:
    far = {100 + i: at(5_000 + i * 100, 0) for i in range(30)}
    island = [Road(200 + i, 100 + i, 101 + i) for i in range(29)]
    town = grid(5, 5)
    town = Town({**town.nodes, **far}, [*town.roads, *island])
    graph = build_router(town.arrays())
    here, there = town.on(1, 0.5), town.on(210, 0.5)
    travel = graph.travel_times(to=there, origins=[here], profile=CAR)[0]
    assert not travel.reachable
    assert travel.reason is Reason.NOT_CONNECTED
    assert graph.route(start=here, end=there, profile=CAR).line == ()
    within = graph.travel_times(to=there, origins=[town.on(205, 0.0)], profile=CAR)[0]
    assert within.reachable


def test_stub_cut_off_from_the_network_is_passed_over_and_said() -> None:
    town = grid(4, 4)
    stub = {90: at(-60, 0), 91: at(-60, 80)}
    town = Town({**town.nodes, **stub}, [*town.roads, Road(99, 90, 91)])
    graph = build_router(town.arrays())
    travel = graph.travel_times(to=at(-50, 50), origins=[town.on(5, 0.5)], profile=CAR)[0]
    assert travel.reachable
    assert travel.reason is Reason.NEAREST_ROAD_CUT_OFF


def test_place_far_from_any_road_is_estimated_along_the_straight_line() -> None:
    graph = build_router(grid(3, 3).arrays())
    far, near = at(30_000, 0), at(0, 0)
    for to, origin in ((far, near), (near, far)):
        travel = graph.travel_times(to=to, origins=[origin], profile=CAR)[0]
        assert travel.estimated
        assert travel.reason is Reason.NO_ROAD_NEAR
    route = graph.route(start=near, end=far, profile=CAR)
    assert route.line == (near, far)


def test_far_units_are_reached_beyond_the_first_horizon() -> None:
    town = line(*[0] * 400)
    graph = build_router(town.arrays())
    origins = [town.on(1, 0.5), town.on(399, 0.5)]
    far, near = graph.travel_times(to=town.on(400, 0.5), origins=origins, profile=CAR)
    assert far.seconds == pytest.approx(39_900 / SPEED, rel=1e-3)
    assert near.seconds == pytest.approx(100 / SPEED, rel=1e-3)


def test_order_of_answers_is_the_order_of_origins() -> None:
    town = grid(6, 6)
    graph = build_router(town.arrays())
    origins = [town.on(i, 0.3) for i in range(1, 40)]
    together = graph.travel_times(to=town.on(7, 0.4), origins=origins, profile=CAR)
    alone = [
        graph.travel_times(to=town.on(7, 0.4), origins=[origin], profile=CAR)[0]
        for origin in origins
    ]
    assert together == alone
    assert graph.travel_times(to=town.on(7, 0.4), origins=[], profile=CAR) == []


def test_route_runs_from_start_to_end_along_streets_and_is_as_long_as_said() -> None:
    town = grid(5, 5)
    graph = build_router(town.arrays())
    start, end = town.on(2, 0.25), town.on(30, 0.75)
    route = graph.route(start=start, end=end, profile=CAR)
    matrix = graph.travel_times(to=end, origins=[start], profile=CAR)[0]
    assert route.travel == matrix
    assert route.line[0] == start
    assert route.line[-1] == end
    assert line_length_m(route.line) == pytest.approx(matrix.metres, rel=1e-3)


def test_route_to_the_same_place_is_a_line_of_two_points() -> None:
    town = grid(3, 3)
    spot = town.on(1, 0.5)
    route = build_router(town.arrays()).route(start=spot, end=spot, profile=CAR)
    assert route.travel.seconds == pytest.approx(0, abs=1e-3)
    assert len(route.line) == 2


def test_fire_engine_is_slower_than_a_patrol_car() -> None:
    town = grid(6, 6)
    router = build_router(town.arrays())
    start, end = town.on(1, 0.5), town.on(55, 0.5)
    patrol, engine, patrol_again = router.travel_times_by_profile(
        to=end,
        origins=[
            (start, Profile.PATROL),
            (start, Profile.FIRE_ENGINE),
            (start, Profile.PATROL),
        ],
    )
    assert patrol == patrol_again
    assert patrol.seconds is not None
    assert engine.seconds is not None
    assert engine.seconds > patrol.seconds


def test_signed_limit_sets_the_pace_but_not_on_streets_shared_with_people() -> None:
    assert speed_mps("primary", 20.0, CAR) == pytest.approx(17.0)
    assert speed_mps("service", 20.0, CAR) == speed_mps("service", None, CAR)
    assert speed_mps("motorway", 60.0, CAR) == DRIVING[CAR].top_speed_mps


def test_without_roads_the_answer_is_an_estimate_that_says_so() -> None:
    router = Router()
    start, end = at(0, 0), at(3_000, 0)
    travel = router.travel_times(to=end, origins=[start])[0]
    straight = distance_m(start, end)
    assert travel.estimated
    assert travel.reason is Reason.NO_ROAD_MAP
    assert travel.metres == pytest.approx(straight * STRAIGHT_LINE_DETOUR)
    assert travel.seconds == pytest.approx(straight * STRAIGHT_LINE_DETOUR / STRAIGHT_LINE_MPS)
    assert router.route(start=start, end=end).line == (start, end)
    assert not router.has_roads
    assert router.snapped(start) is None


def test_endless_fleet_is_refused() -> None:
    with pytest.raises(Invalid):
        Router().travel_times(to=at(0, 0), origins=[at(0, 0)] * 5_001)


def test_snapped_place_lies_on_the_nearest_road() -> None:
    town = grid(3, 3)
    graph = build_router(town.arrays())
    snapped = graph.snapped(destination(town.on(1, 0.5), bearing_deg=180, distance_m=20))
    assert snapped is not None
    assert distance_m(snapped, town.on(1, 0.5)) < 0.5
    assert graph.snapped(Point(lon=0, lat=0)) is None


def test_stored_arrays_come_back_the_same(tmp_path: Path) -> None:
    path = tmp_path / "roads.npz"
    arrays = grid(3, 3).arrays()
    arrays.save(path)
    loaded = EdgeArrays.load(path)
    assert np.array_equal(loaded.ids, arrays.ids)
    assert np.array_equal(loaded.classes, arrays.classes)
    assert np.array_equal(loaded.lons, arrays.lons)


def test_city_without_roads_makes_no_graph() -> None:
    town = Town({}, [])
    with pytest.raises(Invalid):
        town.arrays()
