"""The city over HTTP: what words mean, what a point is called, how to get there."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from fastapi.responses import JSONResponse

from gis.geocoding import RESULTS_MAX, Found, geocode, reverse_geocode
from gis.geojson import area_json, line_json
from gis.geometry import Point
from gis.repository import ZoneSummary, city_of
from gis.travel import Profile
from ops_center.api.city_shapes import CityOut, HereOut, IsochroneOut, RouteOut
from ops_center.api.deps import Reading, Services, problems, requires
from ops_center.api.shapes import CandidatesOut, Lat, Lon
from ops_center.auth.model import Permission
from ops_center.kernel.errors import Invalid, NotFound

ISOCHRONE_MAX_MIN = 30

router = APIRouter(tags=["geography"], dependencies=[Depends(requires(Permission.GEOGRAPHY_READ))])


@router.get("/city", responses={200: {"model": CityOut}, **problems(404)})
async def city(connection: Reading) -> JSONResponse:
    """Return which city this centre works in."""
    found = await city_of(connection)
    if found is None:
        raise NotFound("No city is imported. Run: ./ops gis import-osm FILE.osm.pbf")
    extent = found.extent
    return JSONResponse(
        {
            "name": found.name,
            "extent": [extent.west, extent.south, extent.east, extent.north],
            "centre": [found.centre.lon, found.centre.lat],
            "timezone": found.timezone,
            "attribution": found.attribution,
        }
    )


@router.get("/geocode", responses={200: {"model": CandidatesOut}, **problems()})
async def find(
    connection: Reading,
    q: Annotated[str, Query(min_length=1, max_length=300)],
    limit: Annotated[int, Query(ge=1, le=RESULTS_MAX)] = 5,
    lon: Lon | None = None,
    lat: Lat | None = None,
) -> JSONResponse:
    """Return what the words may mean, best first; lon and lat prefer what is near."""
    near = Point(lon=lon, lat=lat) if lon is not None and lat is not None else None
    found = await geocode(connection, q, limit=limit, near=near)
    return JSONResponse({"items": [_candidate(one) for one in found]})


@router.get("/reverse", responses={200: {"model": HereOut}, **problems()})
async def describe(connection: Reading, lon: Lon, lat: Lat) -> JSONResponse:
    """Return what people would call the place."""
    here = await reverse_geocode(connection, Point(lon=lon, lat=lat))
    return JSONResponse(
        {
            "label": here.label,
            "kind": here.kind.value,
            "street": here.street,
            "crossing": here.crossing,
            "housenumber": here.housenumber,
            "distance_m": here.distance_m,
            "zones": [_zone(one) for one in here.zones],
        }
    )


@router.get("/route", responses={200: {"model": RouteOut}, **problems(404)})
async def route(
    services: Services,
    start: Annotated[str, Query(alias="from", max_length=60, description="lon,lat")],
    end: Annotated[str, Query(alias="to", max_length=60, description="lon,lat")],
    profile: Profile = Profile.PATROL,
) -> JSONResponse:
    """Return the quickest way by road, for that kind of vehicle."""
    found = await services.route(_point(start, "from"), _point(end, "to"), profile)
    if found.travel.seconds is None or found.travel.metres is None:
        raise NotFound(
            "There is no way by road between these places.", code=str(found.travel.reason)
        )
    return JSONResponse(
        {
            "duration_s": round(found.travel.seconds, 1),
            "distance_m": round(found.travel.metres, 1),
            "geometry": line_json(found.line),
            "estimated": found.travel.estimated,
            "profile": found.profile.value,
        }
    )


@router.get("/isochrone", responses={200: {"model": IsochroneOut}, **problems()})
async def isochrone(
    services: Services,
    lon: Lon,
    lat: Lat,
    minutes: Annotated[float, Query(gt=0, le=ISOCHRONE_MAX_MIN, allow_inf_nan=False)],
    profile: Profile = Profile.PATROL,
) -> JSONResponse:
    """Return the area that can be reached by road within so many minutes."""
    reach = await services.reach(Point(lon=lon, lat=lat), minutes * 60, profile)
    return JSONResponse(
        {
            "seconds": reach.seconds,
            "profile": reach.profile.value,
            "geometry": area_json(reach.area),
            "estimated": reach.estimated,
        }
    )


def _point(text: str, name: str) -> Point:
    lon, _, lat = text.partition(",")
    try:
        return Point(lon=float(lon), lat=float(lat))
    except ValueError:
        raise Invalid(f"`{name}` is lon,lat in degrees, such as -57.63,-25.28.") from None


def _candidate(found: Found) -> dict[str, Any]:
    return {
        "label": found.label,
        "kind": found.kind.value,
        "location": {
            "lon": found.location.point.lon,
            "lat": found.location.point.lat,
            "uncertainty_m": found.location.uncertainty_m,
            "confidence": found.location.confidence,
        },
        "score": found.score,
        "zones": [_zone(one) for one in found.zones],
    }


def _zone(zone: ZoneSummary) -> dict[str, Any]:
    return {"id": str(zone.id), "kind": zone.kind, "code": zone.code, "name": zone.name}
