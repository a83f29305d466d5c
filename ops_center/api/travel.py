"""Journeys over HTTP: the way with its steps, the area in reach, many travel times at once."""

from datetime import datetime, timedelta
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query
from fastapi.responses import JSONResponse

from gis.geojson import area_json, line_json
from gis.geometry import Point
from gis.routing import Reach
from gis.routing.combined import EngineChoice, Journey
from gis.travel import Profile, Route, Step, TravelTime
from ops_center.api.deps import Services, problems, requires
from ops_center.api.instants import Instant
from ops_center.api.services import ApiServices
from ops_center.api.shapes import Lat, Lon
from ops_center.api.travel_shapes import IsochroneOut, RouteOut, TravelTimesIn, TravelTimesOut
from ops_center.auth.model import Permission
from ops_center.kernel.errors import Invalid, NotFound

ISOCHRONE_MAX_MIN = 30
BANDS_MAX = 6
WHEN_REACH = timedelta(days=366)

router = APIRouter(tags=["geography"], dependencies=[Depends(requires(Permission.GEOGRAPHY_READ))])

Language = Literal["es", "gn", "en"]
Minutes = Annotated[float, Query(gt=0, le=ISOCHRONE_MAX_MIN, allow_inf_nan=False)]
When = Annotated[Instant | None, Query(description="Setting out then, RFC 3339; now by default")]


@router.get("/route", responses={200: {"model": RouteOut}, **problems(404)})
async def route(
    services: Services,
    start: Annotated[str, Query(alias="from", max_length=60, description="lon,lat")],
    end: Annotated[str, Query(alias="to", max_length=60, description="lon,lat")],
    profile: Profile = Profile.PATROL,
    engine: EngineChoice = "auto",
    language: Language = "es",
    when: When = None,
) -> JSONResponse:
    """Return the quickest way by road for that kind of unit, around what is closed now."""
    journey = Journey(
        start=_point(start, "from"),
        end=_point(end, "to"),
        profile=profile,
        when=_when(services, when),
        language=language,
        engine=engine,
    )
    found = await services.roads.route(journey)
    if found.travel.seconds is None or found.travel.metres is None:
        raise NotFound(
            "There is no way by road between these places.", code=str(found.travel.reason)
        )
    return JSONResponse(_route(found, services.roads.closures_in_force(profile)))


@router.get("/isochrone", responses={200: {"model": IsochroneOut}, **problems()})
async def isochrone(
    services: Services,
    lon: Lon,
    lat: Lat,
    minutes: Annotated[list[Minutes], Query(min_length=1, max_length=BANDS_MAX)],
    profile: Profile = Profile.PATROL,
    when: When = None,
) -> JSONResponse:
    """Return the areas that can be reached by road within so many minutes."""
    bands = sorted({60 * one for one in minutes})
    found = await services.roads.graph.reaches(
        start=Point(lon=lon, lat=lat),
        bands=[60 * minutes[0], *bands],
        profile=profile,
        when=_when(services, when),
    )
    first, *reaches = found
    return JSONResponse(
        {
            **_band(first),
            "profile": profile.value,
            "closures_in_force": services.roads.closures_in_force(profile),
            "bands": [_band(one) for one in reaches] if len(bands) > 1 else [],
        }
    )


@router.post("/travel-times", responses={200: {"model": TravelTimesOut}, **problems()})
async def travel_times(services: Services, body: TravelTimesIn) -> JSONResponse:
    """Return how long it takes from many places to one, or from one to many, in their order."""
    origins, places = [_pair(one) for one in body.from_], [_pair(one) for one in body.to]
    if min(len(origins), len(places)) > 1:
        raise Invalid("Either `from` or `to` must hold exactly one place.", field="from")
    graph, when = services.roads.graph, services.clock.now()
    if len(places) == 1:
        times = await graph.travel_times(
            origins=origins, to=places[0], profile=body.profile, when=when
        )
    else:
        times = await graph.travel_times_from(
            start=origins[0], destinations=places, profile=body.profile, when=when
        )
    return JSONResponse(
        {
            "times": [_time(one) for one in times],
            "profile": body.profile.value,
            "closures_in_force": services.roads.closures_in_force(body.profile),
        }
    )


def _when(services: ApiServices, when: datetime | None) -> datetime:
    """When they set out; refused where no calendar of a city would follow."""
    now = services.clock.now()
    if when is not None and not now - WHEN_REACH <= when <= now + WHEN_REACH:
        raise Invalid(f"`when` lies more than {WHEN_REACH.days} days from now.", field="when")
    return when or now


def _route(found: Route, closures: int) -> dict[str, Any]:
    return {
        **_time(found.travel),
        "geometry": line_json(found.line),
        "profile": found.profile.value,
        "engine": found.engine.value,
        "closures_in_force": closures,
        "steps": [_step(one) for one in found.steps],
    }


def _step(step: Step) -> dict[str, Any]:
    return {
        "instruction": step.instruction,
        "manoeuvre": step.manoeuvre,
        "street": step.street,
        "seconds": round(step.seconds, 1),
        "metres": round(step.metres, 1),
        "lon": step.at.lon,
        "lat": step.at.lat,
    }


def _time(travel: TravelTime) -> dict[str, Any]:
    return {
        "duration_s": None if travel.seconds is None else round(travel.seconds, 1),
        "distance_m": None if travel.metres is None else round(travel.metres, 1),
        "estimated": travel.estimated,
        "reason": None if travel.reason is None else travel.reason.value,
    }


def _band(reach: Reach) -> dict[str, Any]:
    return {
        "seconds": reach.seconds,
        "geometry": area_json(reach.area),
        "estimated": reach.estimated,
    }


def _pair(pair: tuple[float, float]) -> Point:
    return Point(lon=pair[0], lat=pair[1])


def _point(text: str, name: str) -> Point:
    lon, _, lat = text.partition(",")
    try:
        return Point(lon=float(lon), lat=float(lat))
    except ValueError:
        raise Invalid(f"`{name}` is lon,lat in degrees, such as -57.63,-25.28.") from None
