"""How the ways of a numbered road become a line with kilometres."""

import numpy as np
import pytest
import shapely

from gis.geodesy import distance_m
from gis.geometry import Point
from gis.importing.routes import MILESTONES, START, Measured, Post, RouteWay, measured
from tests.osm_town import BLOCK_M, spot

KM_OF_BLOCK = BLOCK_M / 1000


def way(*columns: float, row: float = 0, place: int | None = None) -> RouteWay:
    places = [spot(column, row) for column in columns]
    return RouteWay(place, shapely.LineString([(p.lon, p.lat) for p in places]))


def at(road: Measured, km: float) -> Point:
    """Where a kilometre lies."""
    for part in road.parts:
        if part.km[0] <= km <= part.km[-1]:
            lon = float(np.interp(km, part.km, part.lons))
            return Point(lon=lon, lat=float(np.interp(km, part.km, part.lats)))
    raise AssertionError(f"no km {km}")


def test_ways_in_any_order_and_direction_are_one_road_counted_from_the_city() -> None:
    road = measured([way(40, 20), way(0, 10, 20), way(60, 40)], [], capital=spot(-1, 0))
    assert road.measured_from == START
    (part,) = road.parts
    assert (part.km[0], part.km[-1]) == pytest.approx((0, 60 * KM_OF_BLOCK), abs=0.01)
    assert distance_m(at(road, 30 * KM_OF_BLOCK), spot(30, 0)) < 2
    other_end = measured([way(0, 10, 20)], [], capital=spot(99, 0))
    assert distance_m(at(other_end, 5 * KM_OF_BLOCK), spot(15, 0)) < 2


def test_relation_says_where_its_road_starts() -> None:
    ways = [way(20, 10, place=0), way(10, 0, place=1)]
    road = measured(ways, [], capital=spot(-1, 0))
    assert distance_m(at(road, 5 * KM_OF_BLOCK), spot(15, 0)) < 2


def test_second_carriageway_does_not_double_the_road() -> None:
    there = [way(0, 10), way(10, 20, 30), way(30, 40)]
    back = RouteWay(None, shapely.LineString(
        [(p.lon, p.lat) for p in (spot(30, 0), spot(20, 0.2), spot(10, 0))]
    ))  # fmt: skip
    road = measured([*there, back], [], capital=spot(-1, 0))
    assert sum(part.km[-1] - part.km[0] for part in road.parts) == pytest.approx(
        40 * KM_OF_BLOCK, abs=0.01
    )


def test_gap_in_the_map_counts_as_a_straight_line() -> None:
    road = measured([way(0, 20), way(40, 60)], [], capital=spot(-1, 0))
    assert [round(float(part.km[0]), 2) for part in road.parts] == [0, 4.8]


def test_posts_turn_the_road_round_when_they_count_the_other_way() -> None:
    posts = [Post(10.0, spot(60, 0)), Post(13.6, spot(30, 0))]
    road = measured([way(0, 20, 40), way(40, 60)], posts, capital=spot(-1, 0))
    assert road.measured_from == MILESTONES
    assert all(np.all(np.diff(part.km) >= 0) for part in road.parts)
    for km, column in ((10.0, 60), (11.8, 45), (13.6, 30), (16.0, 10)):
        assert distance_m(at(road, km), spot(column, 0)) < 5


@pytest.mark.parametrize(
    "posts",
    [
        [Post(10.0, spot(30, 0))],
        [Post(10.0, spot(30, 9)), Post(12.0, spot(50, 9))],
        [Post(10.0, spot(10, 0)), Post(500.0, spot(20, 0))],
    ],
    ids=["only one", "far from the road", "contradict the road"],
)
def test_posts_that_prove_nothing_are_not_followed(posts: list[Post]) -> None:
    assert measured([way(0, 60)], posts, capital=spot(-1, 0)).measured_from == START


def test_road_that_is_only_a_loop_has_no_kilometres() -> None:
    ring = shapely.LineString([(0, 0), (0.01, 0), (0.01, 0.01), (0, 0)])
    assert measured([RouteWay(None, ring)], [], capital=spot(0, 0)).parts == []
