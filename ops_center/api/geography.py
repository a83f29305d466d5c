"""The city over HTTP: what it is."""

from fastapi import APIRouter, Depends
from fastapi.responses import JSONResponse

from gis.repository import city_of
from ops_center.api.city_shapes import CityOut
from ops_center.api.deps import Reading, problems, requires
from ops_center.auth.model import Permission
from ops_center.kernel.errors import NotFound

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
