"""Map tiles: the basemap file by ranges, operational layers straight from PostGIS."""

import gzip
import hashlib
import re
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, HTTPException, Request, Response
from fastapi.responses import FileResponse

from gis.tiles import tile
from ops_center.api.deps import OPEN_TO_ALL, PROBLEM, Reading, Services, problems, requires
from ops_center.auth.model import Permission
from ops_center.kernel.errors import NotFound

router = APIRouter(prefix="/tiles", tags=["tiles"])

TILE_FRESH_S = 60
BASEMAP_FRESH_S = 3_600
GZIP_LEVEL = 5
RANGE = re.compile(r"bytes=(?P<first>\d{0,18})-(?P<last>\d{0,18})")
MVT = "application/vnd.mapbox-vector-tile"
SIGNED_IN = [Depends(requires(Permission.GEOGRAPHY_READ))]
TILE: dict[int | str, dict[str, Any]] = {
    200: {"content": {MVT: {}}, "description": "The vector tile, gzip encoded."},
    204: {"description": "Nothing there."},
    304: {"description": "Unchanged since the given ETag."},
}
BASEMAP: dict[int | str, dict[str, Any]] = {
    200: {"content": {"application/vnd.pmtiles": {}}, "description": "The whole file."},
    206: {"content": {"application/vnd.pmtiles": {}}, "description": "The range asked for."},
    416: {"description": "Not a range of the file (RFC 9110, 15.5.17).", "content": PROBLEM},
}


# Without sign-in: map data of OpenStreetMap, nothing of the centre's own.
@router.get(
    "/basemap.pmtiles",
    response_class=FileResponse,
    responses={**BASEMAP, **problems(404)},
    openapi_extra=OPEN_TO_ALL,
)
@router.head("/basemap.pmtiles", response_class=FileResponse, include_in_schema=False)
async def basemap(
    services: Services, asked: Annotated[str | None, Header(alias="Range")] = None
) -> FileResponse:
    """Return the offline basemap (PMTiles); answers Range requests, carries an ETag."""
    if not services.basemap.is_file():
        raise NotFound("There is no basemap. Build it: ./ops gis basemap FILE.osm.pbf")
    _require_range(asked, services.basemap.stat().st_size)
    headers = {"Cache-Control": f"public, max-age={BASEMAP_FRESH_S}"}
    return FileResponse(services.basemap, media_type="application/vnd.pmtiles", headers=headers)


def _require_range(asked: str | None, size: int) -> None:
    """Raise 416 unless `asked` is absent or one range of the file, as map readers ask."""
    found = RANGE.fullmatch(asked or "")
    if asked is None or (found and _lies_within(found["first"], found["last"], size)):
        return
    raise HTTPException(
        416, f"Ask for one range within {size} bytes.", {"Content-Range": f"bytes */{size}"}
    )


def _lies_within(first: str, last: str, size: int) -> bool:
    if not first:
        return bool(last) and int(last) > 0
    return int(first) < size and (not last or int(first) <= int(last))


@router.get(
    "/{layer}/{z}/{x}/{y}.mvt",
    response_class=Response,
    responses={**TILE, **problems(404)},
    dependencies=SIGNED_IN,
)
async def layer_tile(
    layer: str,
    z: int,
    x: int,
    y: int,
    request: Request,
    connection: Reading,
) -> Response:
    """Return one tile of `zones`, `places` or `streets`."""
    content = await tile(connection, layer, z=z, x=x, y=y)
    etag = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
    headers = {"ETag": etag, "Cache-Control": f"private, max-age={TILE_FRESH_S}"}
    if request.headers.get("if-none-match") == etag:
        return Response(status_code=304, headers=headers)
    if not content:
        return Response(status_code=204, headers=headers)
    packed = gzip.compress(content, GZIP_LEVEL, mtime=0)
    return Response(packed, media_type=MVT, headers={**headers, "Content-Encoding": "gzip"})
