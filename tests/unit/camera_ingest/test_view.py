"""Which cameras are offered for a place: those that look at it first, dead ones last."""

from uuid import UUID

import pytest

from camera_ingest.domain.camera import Camera
from camera_ingest.domain.view import Verdict, is_blind, views_of
from gis.geodesy import destination
from gis.geometry import Location, Point

PLACE = Location(point=Point(lon=-57.63, lat=-25.28), uncertainty_m=5, confidence=0.95)


def camera(number: int, *, away_m: float, heading: float | None, range_m: float = 100) -> Camera:
    """A camera south of the place: the place lies due north of it."""
    return Camera(
        id=UUID(int=number),
        name=f"C{number}",
        location=Location(
            point=destination(PLACE.point, bearing_deg=180, distance_m=away_m),
            uncertainty_m=5,
            confidence=0.95,
        ),
        heading_deg=heading,
        fov_deg=60,
        range_m=range_m,
        agency="POL",
        stream_url="rtsp://127.0.0.1/a",
    )


@pytest.mark.parametrize(
    ("away_m", "heading", "verdict"),
    [
        (50, 0, Verdict.IN_VIEW),
        (50, 29, Verdict.IN_VIEW),
        (50, 331, Verdict.IN_VIEW),
        (50, 90, Verdict.NEARBY),
        (50, None, Verdict.IN_VIEW),
        (150, 0, Verdict.NEARBY),
    ],
)
def test_a_camera_sees_what_lies_in_its_sector_and_range(
    away_m: float, heading: float | None, verdict: Verdict
) -> None:
    one = camera(1, away_m=away_m, heading=heading)
    assert [view.verdict for view in views_of(PLACE, [one], {one.id: "live"})] == [verdict]


def test_working_views_come_first_and_far_cameras_not_at_all() -> None:
    dead = camera(1, away_m=10, heading=0)
    aside = camera(2, away_m=20, heading=180)
    good = camera(3, away_m=60, heading=0)
    far = camera(4, away_m=900, heading=0)
    states = {good.id: "live", aside.id: "live", dead.id: "offline", far.id: "live"}
    views = views_of(PLACE, [dead, aside, good, far], states)
    assert [view.name for view in views] == ["C3", "C2", "C1"]
    assert not is_blind(views)
    assert is_blind(views_of(PLACE, [dead, aside], states))
