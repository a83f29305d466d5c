"""From words to places and back, over HTTP."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from fastapi.responses import JSONResponse

from gis.geocoding import RESULTS_MAX, Found, geocode, reverse_geocode
from gis.geometry import Point
from gis.repository import ZoneSummary
from ops_center.api.deps import Reading, problems, requires
from ops_center.api.gazetteer_shapes import FoundPlacesOut, HereOut
from ops_center.api.shapes import Lat, Lon
from ops_center.auth.model import Permission

# Whole messages with a map link in them are pasted; how long an address may be is the parser's.
PASTED_MAX_CHARS = 2_000

router = APIRouter(tags=["geography"], dependencies=[Depends(requires(Permission.GEOGRAPHY_READ))])


@router.get("/geocode", responses={200: {"model": FoundPlacesOut}, **problems()})
async def find(
    connection: Reading,
    q: Annotated[str, Query(min_length=1, max_length=PASTED_MAX_CHARS)],
    limit: Annotated[int, Query(ge=1, le=RESULTS_MAX)] = 5,
    lon: Lon | None = None,
    lat: Lat | None = None,
    *,
    type_ahead: Annotated[bool, Query(description="The last word may be half typed.")] = False,
) -> JSONResponse:
    """Return what the words may mean, best first; lon and lat prefer what is near."""
    near = Point(lon=lon, lat=lat) if lon is not None and lat is not None else None
    answer = await geocode(connection, q, limit=limit, near=near, type_ahead=type_ahead)
    return JSONResponse(
        {
            "items": [_candidate(one) for one in answer.items],
            "certain": answer.certain,
            "read_as": answer.read_as,
        }
    )


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
            "route": here.route,
            "km": here.km,
            "distance_m": here.distance_m,
            "zones": [_zone(one) for one in here.zones],
        }
    )


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
        "side": found.side.value if found.side else None,
        "detail": found.detail,
        "sort": found.sort,
    }


def _zone(zone: ZoneSummary) -> dict[str, Any]:
    return {"id": str(zone.id), "kind": zone.kind, "code": zone.code, "name": zone.name}
