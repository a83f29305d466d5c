"""What goes in and out over HTTP about journeys."""

from typing import Annotated, Any, Literal

from pydantic import Field

from gis.travel import Profile
from ops_center.api.shapes import In, Lat, Lon, Out

PLACES_MAX = 500

PlacePair = tuple[Lon, Lat]


class StepOut(Out):
    """One manoeuvre: `seconds` and `metres` are what is driven after it, along `street`."""

    instruction: str
    manoeuvre: str
    street: str | None
    seconds: float
    metres: float
    lon: float
    lat: float


class RouteOut(Out):
    """`estimated` true: no road was followed, `reason` says why; `engine` says who answered."""

    duration_s: float
    distance_m: float
    geometry: dict[str, Any]
    estimated: bool
    reason: str | None
    profile: str
    engine: Literal["graph", "valhalla", "straight-line"]
    closures_in_force: int
    steps: list[StepOut]


class BandOut(Out):
    seconds: float
    geometry: dict[str, Any]
    estimated: bool


class IsochroneOut(Out):
    """The first band by itself; all of them, widest last, in `bands` when several were asked."""

    seconds: float
    profile: str
    geometry: dict[str, Any]
    estimated: bool
    closures_in_force: int
    bands: list[BandOut]


class TravelTimesIn(In):
    """Places are [lon, lat]; one of the two sides holds exactly one."""

    from_: Annotated[list[PlacePair], Field(alias="from", min_length=1, max_length=PLACES_MAX)]
    to: Annotated[list[PlacePair], Field(min_length=1, max_length=PLACES_MAX)]
    profile: Profile = Profile.PATROL


class TravelTimeOut(Out):
    """Both null when there is no way, `reason` says why."""

    duration_s: float | None
    distance_m: float | None
    estimated: bool
    reason: str | None


class TravelTimesOut(Out):
    times: list[TravelTimeOut]
    profile: str
    closures_in_force: int
