"""Zones over HTTP: who is responsible where."""

import json
from dataclasses import asdict
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from fastapi.responses import JSONResponse

from gis.geometry import UNCERTAINTY_MAX_M, Location, Point
from gis.repository import ZoneSummary, outlines_of, zones_page
from ops_center.api.deps import Reading, Services, problems, requires
from ops_center.api.shapes import Lat, Lon
from ops_center.api.tile_shapes import ZonesHereOut, ZonesOut
from ops_center.auth.model import Permission

ZONES_MAX = 1_000
OUTLINES_MAX = 100
# An outline with more corners is left out of the list; the map's tiles show it thinned.
CORNERS_MAX = 20_000
Word = Annotated[str, Query(min_length=1, max_length=64, pattern=r"^[^\x00-\x1f]+$")]

router = APIRouter(
    prefix="/zones", tags=["geography"], dependencies=[Depends(requires(Permission.GEOGRAPHY_READ))]
)


@router.get("", responses={200: {"model": ZonesOut}, **problems()})
async def list_all(
    connection: Reading,
    kind: Word | None = None,
    agency: Word | None = None,
    *,
    outline: Annotated[bool, Query(description="With outlines; at most 100 a page.")] = False,
    limit: Annotated[int, Query(ge=1, le=ZONES_MAX)] = ZONES_MAX,
    cursor: UUID | None = None,
) -> JSONResponse:
    """Return districts, jurisdictions, response zones and patrol cells, by kind and code."""
    page = min(limit, OUTLINES_MAX) if outline else limit
    found = await zones_page(connection, kind=kind, agency=agency, after=cursor, limit=page + 1)
    shown, more = found[:page], len(found) > page
    items = [_zone(one) for one in shown]
    if outline:
        outlines = await outlines_of(connection, shown, corners_max=CORNERS_MAX)
        for one, item in zip(shown, items, strict=True):
            stored = outlines.get(one.id)
            item["geometry"] = json.loads(stored) if stored else None
    return JSONResponse({"items": items, "next_cursor": str(shown[-1].id) if more else None})


@router.get("/at", responses={200: {"model": ZonesHereOut}, **problems()})
async def at_place(
    services: Services,
    lon: Lon,
    lat: Lat,
    uncertainty_m: Annotated[
        float, Query(ge=0, le=UNCERTAINTY_MAX_M, allow_inf_nan=False, description="95 % radius.")
    ] = 0.0,
) -> JSONResponse:
    """Return the zones a place lies in, or may lie in when it is uncertain; the surest first."""
    location = Location(point=Point(lon=lon, lat=lat), uncertainty_m=uncertainty_m)
    found = await services.zones_at(location)
    return JSONResponse(
        {
            "items": [
                {
                    **_zone(one.zone),
                    "containment": one.coverage.containment.value,
                    "share": round(one.coverage.share, 4),
                }
                for one in found
            ]
        }
    )


def _zone(zone: ZoneSummary) -> dict[str, Any]:
    return {**asdict(zone), "id": str(zone.id)}
