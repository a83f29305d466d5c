"""Distances on the ellipsoid, against published values and against each other."""

import math

import numpy as np
import pytest

from gis.geodesy import (
    around,
    at_confidence,
    bearing_deg,
    destination,
    distance_m,
    distances_m,
    line_length_m,
    local_metres,
    metres_per_degree,
    midpoint,
)
from gis.geometry import Location, Point
from ops_center.kernel.errors import Invalid

PANTEON = Point(lon=-57.6353, lat=-25.2822)


def test_one_degree_of_latitude_at_the_equator_is_110_574_metres() -> None:
    assert distance_m(Point(lon=0, lat=0), Point(lon=0, lat=1)) == pytest.approx(110_574.4, abs=1)


def test_one_degree_of_longitude_at_the_equator_is_111_320_metres() -> None:
    assert distance_m(Point(lon=0, lat=0), Point(lon=1, lat=0)) == pytest.approx(111_319.5, abs=1)


def test_distance_across_the_180th_meridian_is_short() -> None:
    assert distance_m(Point(lon=179.999, lat=0), Point(lon=-179.999, lat=0)) < 300


def test_many_distances_equal_single_ones() -> None:
    others = [destination(PANTEON, bearing_deg=b, distance_m=300 * b) for b in range(1, 9)]
    many = distances_m(
        PANTEON, lons=np.array([p.lon for p in others]), lats=np.array([p.lat for p in others])
    )
    assert many == pytest.approx([distance_m(PANTEON, p) for p in others])
    assert len(distances_m(PANTEON, lons=np.zeros(0), lats=np.zeros(0))) == 0


@pytest.mark.parametrize("bearing", [0, 45, 90, 200, 359])
def test_destination_lies_at_the_asked_distance_and_bearing(bearing: float) -> None:
    there = destination(PANTEON, bearing_deg=bearing, distance_m=1_234)
    assert distance_m(PANTEON, there) == pytest.approx(1_234, abs=0.01)
    assert bearing_deg(PANTEON, there) == pytest.approx(bearing, abs=0.01)


def test_midpoint_is_equally_far_from_both_ends() -> None:
    end = destination(PANTEON, bearing_deg=70, distance_m=5_000)
    middle = midpoint(PANTEON, end)
    assert distance_m(PANTEON, middle) == pytest.approx(2_500, abs=0.1)
    assert distance_m(middle, end) == pytest.approx(2_500, abs=0.1)


def test_length_of_a_line_is_the_sum_of_its_legs() -> None:
    corner = destination(PANTEON, bearing_deg=90, distance_m=300)
    end = destination(corner, bearing_deg=180, distance_m=400)
    assert line_length_m([PANTEON, corner, end]) == pytest.approx(700, abs=0.01)
    assert line_length_m([PANTEON]) == pytest.approx(0)


def test_68_percent_radius_restated_at_95_percent_grows_by_the_rayleigh_ratio() -> None:
    reported = Location(point=PANTEON, uncertainty_m=10, confidence=0.68)
    restated = at_confidence(reported)
    ratio = math.sqrt(math.log(0.05) / math.log(0.32))
    assert restated.uncertainty_m == pytest.approx(10 * ratio)
    assert restated.confidence == 0.95
    assert at_confidence(restated, 0.68).uncertainty_m == pytest.approx(10)


def test_certain_radius_is_a_bound_and_is_not_scaled() -> None:
    certain = Location(point=PANTEON, uncertainty_m=50, confidence=1.0)
    assert at_confidence(certain).uncertainty_m == 50
    with pytest.raises(Invalid):
        at_confidence(certain, 1.0)


def test_box_around_a_point_holds_the_whole_circle() -> None:
    for lat in (-60.0, 0.0, 60.0, 80.0):
        middle = Point(lon=10, lat=lat)
        box = around(middle, radius_m=2_000)
        for bearing in range(0, 360, 5):
            assert box.contains(destination(middle, bearing_deg=bearing, distance_m=1_999))


@pytest.mark.parametrize("lat", [-25.3, 0.0, 60.2])
def test_local_metres_agree_with_the_geodesic_nearby(lat: float) -> None:
    origin = Point(lon=-57.6, lat=lat)
    away = destination(origin, bearing_deg=63, distance_m=8_000)
    x, y = local_metres(origin, lons=np.array([away.lon]), lats=np.array([away.lat]))[0]
    assert math.hypot(x, y) == pytest.approx(8_000, rel=0.005)
    per_lon, per_lat = metres_per_degree(lat)
    assert per_lon <= 111_400
    assert 110_500 <= per_lat <= 111_700
