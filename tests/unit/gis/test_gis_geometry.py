"""Points, locations and extents refuse what cannot be and say how to mend it."""

import math

import pytest

from gis.geometry import Extent, Location, Point, point_in
from ops_center.kernel.errors import Invalid

ASUNCION = Extent(west=-57.70, south=-25.40, east=-57.45, north=-25.20)
HELSINKI = Extent(west=24.93, south=60.16, east=24.96, north=60.18)


@pytest.mark.parametrize(
    ("lon", "lat"),
    [
        (math.nan, 0.0),
        (0.0, math.inf),
        (181.0, 0.0),
        (0.0, -91.0),
        (438_000.0, 7_203_000.0),
        (True, 0.0),
        ("24.9", 60.1),
        (None, 60.1),
    ],
)
def test_point_that_cannot_be_on_earth_is_invalid(lon: float, lat: float) -> None:
    with pytest.raises(Invalid):
        Point(lon=lon, lat=lat)


def test_point_with_lat_beyond_the_pole_says_that_the_order_looks_swapped() -> None:
    with pytest.raises(Invalid, match="swapped"):
        Point(lon=-25.3, lat=-157.6)


def test_projected_metres_are_told_apart_from_degrees() -> None:
    with pytest.raises(Invalid, match="4326"):
        Point(lon=438_000.0, lat=10.0)


@pytest.mark.parametrize(
    ("lon", "lat", "advice"),
    [
        (-25.28, -57.63, "swapped"),
        (0.0, 0.0, "without a fix"),
        (24.94, 60.17, "outside the area"),
        (math.nan, -25.3, "finite"),
        (-57.6, math.inf, "finite"),
        (-57.6, 900.0, "between"),
    ],
)
def test_point_outside_the_city_is_refused_with_advice(lon: float, lat: float, advice: str) -> None:
    with pytest.raises(Invalid, match=advice):
        point_in(ASUNCION, lon=lon, lat=lat)


def test_swapped_coordinates_are_seen_in_a_northern_city_too() -> None:
    with pytest.raises(Invalid, match="swapped"):
        point_in(HELSINKI, lon=60.17, lat=24.94)


def test_point_in_the_city_and_close_around_it_is_taken() -> None:
    assert point_in(ASUNCION, lon=-57.6, lat=-25.3) == Point(lon=-57.6, lat=-25.3)
    assert point_in(ASUNCION, lon=-57.0, lat=-25.9) == Point(lon=-57.0, lat=-25.9)


@pytest.mark.parametrize(
    ("uncertainty_m", "confidence"),
    [(-1.0, 0.95), (math.nan, 0.95), (2e6, 0.95), (10.0, 0.0), (10.0, 95.0), (10.0, math.nan)],
)
def test_location_needs_a_sensible_radius_and_probability(
    uncertainty_m: float, confidence: float
) -> None:
    with pytest.raises(Invalid):
        Location(point=Point(lon=0, lat=0), uncertainty_m=uncertainty_m, confidence=confidence)


def test_extent_in_the_wrong_order_is_invalid() -> None:
    with pytest.raises(Invalid):
        Extent(west=1, south=0, east=0, north=1)


def test_enlarged_extent_stops_at_the_edge_of_the_world() -> None:
    world = Extent(west=-180, south=-90, east=180, north=90)
    assert world.enlarged(margin_deg=5) == world


@pytest.mark.parametrize("value", [10**400, -(10**400), 2**63])
def test_whole_number_without_end_is_refused_and_not_a_crash(value: int) -> None:
    with pytest.raises(Invalid):
        Point(lon=value, lat=0)
