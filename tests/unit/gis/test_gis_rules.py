"""What lights and siren lift and what never: each rule on a network made for it."""

from dataclasses import replace

import numpy as np
import pytest

from gis.routing.footways import cut_where_paths_end
from gis.routing.router import build_router
from gis.routing.rules import AGAINST_MAX_M, MODE_OF, TOLLS, Access, Mode, Obstacle, rings_of
from gis.travel import Profile
from tests.roads import Road, Town, at, grid

CREWS = [one for one, mode in MODE_OF.items() if mode is Mode.CREW]


def seconds(town: Town, start: tuple[int, float], end: tuple[int, float], by: Profile) -> float:
    router = build_router(town.arrays())
    found = router.travel_times(to=town.on(*end), origins=[town.on(*start)], profile=by)[0].seconds
    return np.inf if found is None else found


def detour(middle: Road, piece_m: float = 100.0) -> Town:
    """Road 1, a piece in the middle (road 2), road 3; and a long way round by roads 4 to 6."""
    nodes = {0: at(0, 0), 1: at(100, 0), 2: at(100 + piece_m, 0), 3: at(200 + piece_m, 0)}
    nodes |= {4: at(100, 900), 5: at(100 + piece_m, 900)}
    roads = [Road(1, 0, 1), middle, Road(3, 2, 3), Road(4, 1, 4), Road(5, 4, 5), Road(6, 5, 2)]
    return Town(nodes, roads)


START, END = (1, 0.5), (3, 0.5)
ROUND_S = 150.0


@pytest.mark.parametrize("profile", CREWS)
def test_crews_go_a_short_piece_against_a_slow_one_way_street(profile: Profile) -> None:
    town = detour(Road(2, 1, 2, direction=-1))
    assert seconds(town, START, END, profile) < ROUND_S
    assert seconds(town, START, END, profile) > seconds(detour(Road(2, 1, 2)), START, END, profile)
    assert seconds(town, START, END, Profile.CAR) > ROUND_S


@pytest.mark.parametrize("profile", CREWS)
@pytest.mark.parametrize("road_class", ["motorway", "trunk", "primary", "motorway_link"])
def test_nobody_goes_against_a_fast_road(profile: Profile, road_class: str) -> None:
    town = detour(Road(2, 1, 2, direction=-1, road_class=road_class))
    assert seconds(town, START, END, profile) > ROUND_S


def test_nobody_goes_a_long_piece_against_the_traffic() -> None:
    middle = Road(2, 1, 2, direction=-1)
    shorter, longer = (detour(middle, AGAINST_MAX_M + more) for more in (-10, 10))
    assert seconds(shorter, START, END, Profile.MOTORCYCLE) < ROUND_S
    assert seconds(longer, START, END, Profile.MOTORCYCLE) > ROUND_S


def test_nobody_goes_against_a_roundabout() -> None:
    town = grid(2, 2)
    # One way with four pieces that ends where it began.
    ring = [Road(1, 1, 2, 1, way=7), Road(2, 2, 4, 1, way=7)]
    ring += [Road(3, 4, 3, 1, way=7), Road(4, 3, 1, 1, way=7)]
    town = Town({**town.nodes, 9: at(-100, 0), 8: at(0, 200)}, [
        *ring, Road(5, 9, 1), Road(6, 8, 3)
    ])  # fmt: skip
    assert rings_of(town.arrays()).tolist() == [True] * 4 + [False] * 2
    found = build_router(town.arrays()).route(
        start=town.on(5, 0.5), end=town.on(6, 0.5), profile=Profile.PATROL
    )
    assert found.travel.metres == pytest.approx(50 + 300 + 50, rel=0.01)


def test_crews_may_make_a_forbidden_turn_and_civilians_not() -> None:
    town = grid(3, 2)
    free = seconds(town, (1, 0.5), (6, 0.5), Profile.PATROL)
    town.bans = {(1, 2, 6)}
    toll = TOLLS[Profile.PATROL][Obstacle.TURN_BAN].seconds
    assert seconds(town, (1, 0.5), (6, 0.5), Profile.PATROL) <= free + toll + 0.1
    assert seconds(town, (1, 0.5), (6, 0.5), Profile.CAR) > free + toll


@pytest.mark.parametrize("profile", CREWS)
def test_private_roads_cost_crews_the_time_to_open_a_gate(profile: Profile) -> None:
    free = seconds(detour(Road(2, 1, 2)), START, END, profile)
    private = seconds(detour(Road(2, 1, 2, access=Access.PRIVATE)), START, END, profile)
    assert free + 5 < private < ROUND_S


def test_civilians_use_private_roads_only_to_get_to_them() -> None:
    town = detour(Road(2, 1, 2, access=Access.PRIVATE))
    assert seconds(town, START, END, Profile.CAR) > ROUND_S
    assert seconds(town, START, (2, 0.5), Profile.CAR) < np.inf


@pytest.mark.parametrize(
    "middle",
    [
        Road(2, 1, 2, road_class="pedestrian"),
        Road(2, 1, 2, road_class="busway"),
        # Drivable though refused: open to buses or to emergencies.
        Road(2, 1, 2, access=Access.REFUSED),
    ],
)
def test_bus_roads_and_pedestrian_streets_are_for_crews_only(middle: Road) -> None:
    assert seconds(detour(middle), START, END, Profile.AMBULANCE) < ROUND_S
    assert seconds(detour(middle), START, END, Profile.CAR) > ROUND_S


@pytest.mark.parametrize("profile", [*CREWS, Profile.CAR])
def test_nothing_on_wheels_takes_steps_or_a_way_closed_to_all(profile: Profile) -> None:
    for road_class in ("steps", "footway", "residential"):
        town = detour(Road(2, 1, 2, road_class=road_class, drivable=False))
        assert seconds(town, START, END, profile) > ROUND_S


def test_people_on_foot_take_steps_and_walk_against_one_ways_but_not_on_motorways() -> None:
    steps = detour(Road(2, 1, 2, road_class="steps", drivable=False))
    assert seconds(steps, START, END, Profile.FOOT) == pytest.approx(100 / 1.389 + 180, rel=0.01)
    against = detour(Road(2, 1, 2, direction=-1, road_class="primary"))
    assert seconds(against, START, END, Profile.FOOT) == pytest.approx(200 / 1.389, rel=0.01)
    motorway = detour(Road(2, 1, 2, road_class="motorway"))
    assert seconds(motorway, START, END, Profile.FOOT) > 1_000


def test_loose_ground_slows_an_engine_more_than_a_patrol_car() -> None:
    def share(profile: Profile) -> float:
        rough = seconds(detour(Road(2, 1, 2, rough=True)), START, END, profile)
        return rough / seconds(detour(Road(2, 1, 2)), START, END, profile)

    assert 1 < share(Profile.PATROL) < share(Profile.FIRE_ENGINE)


def test_every_profile_has_a_mode_and_its_tolls() -> None:
    assert set(MODE_OF) == set(TOLLS) == set(Profile)


def test_foot_paths_are_joined_to_the_roads_they_end_on() -> None:
    # One road of 300 m with a vertex at 100 m, where a path begins that meets another road.
    nodes = {0: at(0, 0), 1: at(300, 0), 2: at(100, 0), 3: at(100, 200), 4: at(200, 200)}
    town = Town(nodes, [
        Road(1, 0, 1), Road(2, 2, 3, road_class="footway", drivable=False), Road(3, 3, 4),
    ])  # fmt: skip
    whole = town.arrays()
    bent = replace(
        whole,
        lons=np.insert(whole.lons, 1, nodes[2].lon),
        lats=np.insert(whole.lats, 1, nodes[2].lat),
        starts=np.array([0, 3, 5, 7]),
    )
    cut = cut_where_paths_end(bent)
    assert cut.ids.tolist() == [1, 1, 2, 3]
    assert cut.from_nodes.tolist() == [0, 2, 2, 3]
    assert cut.to_nodes.tolist() == [2, 1, 3, 4]
    assert cut.length_m.tolist() == pytest.approx([100, 200, 200, 100], rel=1e-3)
    router = build_router(bent)
    walk = router.travel_times(to=nodes[4], origins=[at(250, 0)], profile=Profile.FOOT)[0]
    assert walk.metres == pytest.approx(150 + 200 + 100, rel=1e-3)
    assert cut_where_paths_end(whole) is whole
