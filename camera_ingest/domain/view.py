"""Which cameras may see a place, by distance and field of view. Buildings are not looked at."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from camera_ingest.domain.camera import Camera
from gis.geodesy import bearing_deg, distance_m
from gis.geometry import Location

NEAR_M = 300.0
VIEWS_MAX = 12


class Verdict(StrEnum):
    """What a camera can do for a place: towards it and in range, or only close by."""

    IN_VIEW = "in_view"
    NEARBY = "nearby"


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """How a camera lies to a place; `state` is its last known health."""

    camera_id: UUID
    name: str
    distance_m: float
    bearing_deg: float
    state: str
    verdict: Verdict

    @property
    def works(self) -> bool:
        return self.state == "live"


def views_of(place: Location, cameras: Iterable[Camera], states: Mapping[UUID, str]) -> list[View]:
    """Return the cameras that may show the place, the most promising first."""
    found = [_view(place, camera, states.get(camera.id, "offline")) for camera in cameras]
    near = [view for view in found if view.verdict is Verdict.IN_VIEW or view.distance_m <= NEAR_M]
    ranked = sorted(near, key=lambda v: (not v.works, v.verdict is Verdict.NEARBY, v.distance_m))
    return ranked[:VIEWS_MAX]


def is_blind(views: Iterable[View]) -> bool:
    """True when no working camera has the place in view."""
    return not any(view.works and view.verdict is Verdict.IN_VIEW for view in views)


def _view(place: Location, camera: Camera, state: str) -> View:
    away_m = distance_m(camera.location.point, place.point)
    towards = bearing_deg(camera.location.point, place.point)
    return View(
        camera_id=camera.id,
        name=camera.name,
        distance_m=round(away_m, 1),
        bearing_deg=round(towards, 1),
        state=state,
        verdict=Verdict.IN_VIEW if _in_view(camera, place, away_m, towards) else Verdict.NEARBY,
    )


def _in_view(camera: Camera, place: Location, away_m: float, towards: float) -> bool:
    """Whether any of the place's circle may lie in the camera's sector."""
    if away_m - place.uncertainty_m > camera.range_m:
        return False
    if camera.heading_deg is None or away_m <= place.uncertainty_m:
        return True
    off = abs((towards - camera.heading_deg + 180) % 360 - 180)
    return off <= camera.fov_deg / 2
