"""A location with uncertainty against an area: inside, possible or outside."""

import pytest

from gis.geodesy import destination
from gis.geofence import Containment, area_of, contains, coverage, distance_to_edge_m
from gis.geometry import Location, Point
from ops_center.kernel.errors import Invalid

CENTRE = Point(lon=24.94, lat=60.17)


def square(half_m: float) -> list[Point]:
    reach = half_m * 2**0.5
    return [destination(CENTRE, bearing_deg=b, distance_m=reach) for b in (45, 135, 225, 315)]


AREA = area_of([square(500)])


def located(distance_m: float, radius_m: float) -> Location:
    point = destination(CENTRE, bearing_deg=90, distance_m=distance_m)
    return Location(point=point, uncertainty_m=radius_m)


def test_circle_well_within_is_inside() -> None:
    found = coverage(AREA, located(100, 200))
    assert (found.containment, found.share) == (Containment.INSIDE, 1.0)


def test_circle_beyond_the_edge_is_outside() -> None:
    found = coverage(AREA, located(800, 200))
    assert (found.containment, found.share) == (Containment.OUTSIDE, 0.0)


def test_circle_centred_on_the_edge_is_half_in() -> None:
    found = coverage(AREA, located(500, 100))
    assert found.containment is Containment.POSSIBLE
    assert found.share == pytest.approx(0.5, abs=0.02)


def test_exact_point_is_in_or_out() -> None:
    assert coverage(AREA, located(499, 0)).containment is Containment.INSIDE
    assert coverage(AREA, located(501, 0)).containment is Containment.OUTSIDE


def test_hole_in_an_area_is_outside() -> None:
    ring = area_of([square(500), square(100)])
    assert not contains(ring, CENTRE)
    assert contains(ring, located(300, 0).point)


def test_distance_to_the_edge_is_in_metres_on_both_sides() -> None:
    assert distance_to_edge_m(AREA, located(450, 0).point) == pytest.approx(50, abs=2)
    assert distance_to_edge_m(AREA, located(560, 0).point) == pytest.approx(60, abs=2)


@pytest.mark.parametrize(
    "rings",
    [
        [],
        [[CENTRE, CENTRE, CENTRE]],
        [[square(10)[0], square(10)[2], square(10)[1], square(10)[3]]],
    ],
    ids=["nothing", "one point", "crossing itself"],
)
def test_outline_that_makes_no_area_is_invalid(rings: list[list[Point]]) -> None:
    with pytest.raises(Invalid):
        area_of(rings)
