"""The area a vehicle reaches in time holds what it can reach and not what it cannot."""

import math

import pytest

from gis.geodesy import distance_m
from gis.geofence import contains, distance_to_edge_m
from gis.routing import Router
from gis.routing.reach import BESIDE_MAX_M
from gis.routing.router import build_router
from gis.travel import STRAIGHT_LINE_DETOUR, STRAIGHT_LINE_MPS, Profile
from ops_center.kernel.errors import Invalid
from tests.roads import Road, Town, at, grid

CAR = Profile.CAR


@pytest.mark.parametrize("seconds", [20.0, 60.0, 150.0])
def test_area_agrees_with_the_travel_times(seconds: float) -> None:
    town = grid(12, 12)
    graph = build_router(town.arrays())
    start = town.on(60, 0.4)
    area = graph.reach(start=start, seconds=seconds, profile=CAR).area
    for road in town.roads:
        spot = town.on(road.id, 0.5)
        travel = graph.travel_times(to=spot, origins=[start], profile=CAR)[0]
        assert travel.seconds is not None
        if travel.seconds <= seconds:
            assert contains(area, spot)
        elif not contains(area, spot):
            continue
        else:
            # In the area though late: only as far beyond as houses beside a reached road.
            assert distance_to_edge_m(area, spot) <= BESIDE_MAX_M


def test_one_way_street_is_reached_only_ahead() -> None:
    nodes = {i: at(i * 200.0, 0) for i in range(6)}
    town = Town(nodes, [Road(i + 1, i, i + 1, 1) for i in range(5)])
    area = build_router(town.arrays()).reach(start=town.on(3, 0.5), seconds=40, profile=CAR).area
    assert contains(area, town.on(4, 0.5))
    assert not contains(area, town.on(1, 0.5))


def test_more_time_reaches_more() -> None:
    graph = build_router(grid(15, 15).arrays())
    areas = [
        graph.reach(start=at(700, 700), seconds=s, profile=CAR).area.area for s in (15, 40, 80)
    ]
    assert areas == sorted(areas)
    assert areas[0] < areas[-1]


@pytest.mark.parametrize("profile", [Profile.FOOT, Profile.PATROL])
def test_longer_band_holds_the_shorter_whole(profile: Profile) -> None:
    graph = build_router(grid(15, 15).arrays())
    bands = (180.0, 40.0, 90.0)
    reached = graph.reaches(start=at(730, 695), bands=bands, profile=profile)
    assert [one.seconds for one in reached] == list(bands)
    long, short, middle = (one.area for one in reached)
    assert middle.covers(short)
    assert long.covers(middle)
    assert short.area < middle.area < long.area


def test_place_too_far_from_a_road_reaches_nothing_in_a_moment() -> None:
    graph = build_router(grid(3, 3).arrays())
    assert graph.reach(start=at(0, -500), seconds=10, profile=CAR).area.is_empty


def test_without_roads_the_area_is_an_estimated_circle() -> None:
    here = at(0, 0)
    reach = Router().reach(start=here, seconds=600)
    assert reach.estimated
    (outline,) = reach.area.geoms
    radius = 600 * STRAIGHT_LINE_MPS / STRAIGHT_LINE_DETOUR
    far = max(
        distance_m(here, type(here)(lon=lon, lat=lat)) for lon, lat in outline.exterior.coords
    )
    assert far == pytest.approx(radius, rel=1e-3)
    beyond = build_router(grid(3, 3).arrays()).reach(start=at(9_000, 0), seconds=60, profile=CAR)
    assert beyond.estimated


@pytest.mark.parametrize("seconds", [0.0, -5.0, 3_601.0, math.nan, math.inf])
def test_endless_or_negative_time_is_refused(seconds: float) -> None:
    with pytest.raises(Invalid):
        Router().reach(start=at(0, 0), seconds=seconds)
