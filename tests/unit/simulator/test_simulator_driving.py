"""Vehicles stay on their line, at their speed, and report what a receiver would."""

import random
from datetime import UTC, datetime
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from gis.geodesy import distance_m
from gis.geometry import Point
from ops_center.simulator.driving import (
    SPEED_MAX_MPS,
    Journey,
    corners_of,
    fix,
    journey_of,
)

AT = datetime(2026, 11, 22, 14, 0, tzinfo=UTC)
LINE = (
    Point(lon=24.94, lat=60.17),
    Point(lon=24.95, lat=60.17),
    Point(lon=24.95, lat=60.175),
)


def route(*line: tuple[float, float], seconds: float = 60, metres: float = 600) -> dict[str, Any]:
    return {
        "duration_s": seconds,
        "distance_m": metres,
        "estimated": False,
        "geometry": {"type": "LineString", "coordinates": [list(point) for point in line]},
    }


def test_a_journey_begins_at_its_start_and_ends_standing_at_its_end() -> None:
    journey = Journey(LINE, speed_mps=10)
    assert distance_m(journey.at(0).point, LINE[0]) < 0.01
    done = journey.at(journey.duration_s + 1)
    assert done.point == LINE[-1]
    assert done.speed_mps == 0
    assert done.heading_deg is None


def test_heading_follows_the_leg() -> None:
    journey = Journey(LINE, speed_mps=10)
    assert abs((journey.at(1).heading_deg or 0) - 90) < 1
    assert (journey.at(journey.duration_s - 1).heading_deg or 0) % 360 < 1


@given(
    elapsed=st.floats(0, 200),
    step=st.floats(0.1, 5),
    speed=st.floats(0, 100),
)
def test_nobody_drives_faster_than_the_limit(elapsed: float, step: float, speed: float) -> None:
    journey = Journey(LINE, speed_mps=speed)
    moved = float(distance_m(journey.at(elapsed).point, journey.at(elapsed + step).point))
    assert moved <= SPEED_MAX_MPS * step + 0.01


def test_a_journey_of_one_point_is_over_at_once() -> None:
    journey = Journey([LINE[0]], speed_mps=0)
    assert journey.duration_s == 0
    assert journey.at(100).point == LINE[0]


def test_a_patrol_stops_on_the_road_and_an_order_goes_to_the_door() -> None:
    answer = route((24.94, 60.17), (24.95, 60.17), (24.9501, 60.1701))
    assert journey_of(answer, to_the_door=False).end == Point(lon=24.95, lat=60.17)
    assert journey_of(answer, to_the_door=True).end == Point(lon=24.9501, lat=60.1701)


def test_the_speed_of_a_journey_is_that_of_the_route() -> None:
    journey = journey_of(route((24.94, 60.17), (24.95, 60.17)), to_the_door=True)
    assert journey.at(1).speed_mps == 10


def test_corners_are_where_the_route_turns() -> None:
    answer = route(
        (24.9399, 60.1699), (24.94, 60.17), (24.945, 60.17), (24.95, 60.17), (24.95, 60.175),
        (24.95, 60.18), (24.9501, 60.1801),
    )  # fmt: skip
    (corner,) = corners_of(answer)
    assert corner.point == Point(lon=24.95, lat=60.17)
    assert corner.heading_deg % 360 < 1


def test_a_fix_is_near_the_truth_and_looks_like_a_device() -> None:
    position = Journey(LINE, speed_mps=10).at(5)
    for seed in range(50):
        one = fix(position, random.Random(seed), at=AT)
        seen = Point(lon=one["lon"], lat=one["lat"])
        assert distance_m(seen, position.point) < 20
        assert one["occurred_at"] == "2026-11-22T14:00:00.000Z"
        assert 0 <= one["heading_deg"] < 360
        assert one["speed_mps"] > 0
