"""Map tiles: the basemap file by ranges, operational layers straight from PostGIS."""

import asyncio
import re
from datetime import UTC
from email.utils import format_datetime, parsedate_to_datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, HTTPException, Response
from fastapi.responses import FileResponse, JSONResponse

from gis.tiles import Stored, etag_of, stored_basemap
from ops_center.api.deps import OPEN_TO_ALL, PROBLEM, Services, problems, requires
from ops_center.api.tile_shapes import BasemapOut
from ops_center.auth.model import Actor, Permission
from ops_center.kernel.errors import NotFound

router = APIRouter(prefix="/tiles", tags=["tiles"])

TILE_FRESH_S = 60
CLOSURES_FRESH_S = 2
BASEMAP_FRESH_S = 3_600
RANGE = re.compile(r"bytes=(?P<first>\d{0,18})-(?P<last>\d{0,18})")
MVT = "application/vnd.mapbox-vector-tile"
PMTILES = "application/vnd.pmtiles"
SIGNED_IN = Depends(requires(Permission.GEOGRAPHY_READ))
TILE: dict[int | str, dict[str, Any]] = {
    200: {"content": {MVT: {}}, "description": "The vector tile, gzip encoded."},
    204: {"description": "Nothing there."},
    304: {"description": "Unchanged since the given ETag."},
}
BASEMAP: dict[int | str, dict[str, Any]] = {
    200: {"content": {PMTILES: {}}, "description": "The whole file."},
    206: {"content": {PMTILES: {}}, "description": "The range asked for."},
    304: {"description": "Unchanged since the given ETag or time."},
    416: {"description": "Not a range of the file (RFC 9110, 15.5.17).", "content": PROBLEM},
}
IfNoneMatch = Annotated[str | None, Header(alias="If-None-Match")]


# Without sign-in: map data of OpenStreetMap, nothing of the centre's own.
@router.get(
    "/basemap.pmtiles",
    response_class=FileResponse,
    responses={**BASEMAP, **problems(404)},
    openapi_extra=OPEN_TO_ALL,
)
@router.head("/basemap.pmtiles", response_class=FileResponse, include_in_schema=False)
async def basemap(
    services: Services,
    asked: Annotated[str | None, Header(alias="Range")] = None,
    if_range: Annotated[str | None, Header(alias="If-Range")] = None,
    if_none_match: IfNoneMatch = None,
    if_modified_since: Annotated[str | None, Header(alias="If-Modified-Since")] = None,
) -> Response:
    """Return the offline basemap (PMTiles) or a range of it; ETag is that of its bytes.

    A phone that keeps the file resumes a broken download with Range and If-Range, and asks with
    If-None-Match whether there is a newer one.
    """
    stored = await asyncio.to_thread(stored_basemap, services.basemap)
    headers = {
        "Cache-Control": f"public, max-age={BASEMAP_FRESH_S}",
        "ETag": stored.etag,
        "Last-Modified": _last_modified(stored),
    }
    if _is_known(stored, if_none_match, if_modified_since):
        return Response(status_code=304, headers=headers)
    if if_range is None or if_range in {headers["ETag"], headers["Last-Modified"]}:
        _require_range(asked, stored.status.st_size)
    return FileResponse(stored.path, stat_result=stored.status, media_type=PMTILES, headers=headers)


@router.get(
    "/basemap.json",
    responses={200: {"model": BasemapOut}, **problems(404)},
    openapi_extra=OPEN_TO_ALL,
)
async def basemap_manifest(services: Services) -> JSONResponse:
    """Return what the basemap is: size and ETag of the file, name, extent, attribution."""
    stored = await asyncio.to_thread(stored_basemap, services.basemap)
    said = {name: stored.manifest.get(name) for name in BasemapOut.model_fields}
    said |= {
        "bytes": stored.status.st_size,
        "etag": stored.etag,
        "last_modified": _last_modified(stored),
        "layers": stored.manifest.get("layers", []),
    }
    return JSONResponse(said, headers={"Cache-Control": "no-cache"})


def _last_modified(stored: Stored) -> str:
    return format_datetime(stored.modified_at, usegmt=True)


def _is_known(stored: Stored, if_none_match: str | None, since: str | None) -> bool:
    """Whether the asker has these very bytes (RFC 9110, 13.2.2: the ETag goes before the time)."""
    if if_none_match is not None:
        return _names(if_none_match, stored.etag)
    if since is None:
        return False
    try:
        then = parsedate_to_datetime(since)
    except ValueError:
        return False
    return stored.modified_at <= (then if then.tzinfo else then.replace(tzinfo=UTC))


def _names(if_none_match: str, etag: str) -> bool:
    """Whether the header names the tag; weakly, as the standard asks for GET (13.1.2)."""
    given = [one.strip().removeprefix("W/") for one in if_none_match.split(",")]
    return etag in given or given == ["*"]


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
)
async def layer_tile(
    layer: str,
    z: int,
    x: int,
    y: int,
    services: Services,
    actor: Annotated[Actor, SIGNED_IN],
    if_none_match: IfNoneMatch = None,
) -> Response:
    """Return one tile of `zones`, `places`, `streets`, `closures` or of an agency's layer."""
    known = await services.tiles.layer(layer)
    if not _may_see(actor, known.agency):
        raise NotFound(f"There is no layer {layer!r} for you.")
    fresh_s = CLOSURES_FRESH_S if layer == "closures" else TILE_FRESH_S
    headers = {"ETag": etag_of(known), "Cache-Control": f"private, max-age={fresh_s}"}
    if if_none_match is not None and _names(if_none_match, etag_of(known)):
        return Response(status_code=304, headers=headers)
    found = await services.tiles.tile(known, z=z, x=x, y=y)
    headers["ETag"] = found.etag
    if not found.content:
        return Response(status_code=204, headers=headers)
    return Response(found.content, media_type=MVT, headers={**headers, "Content-Encoding": "gzip"})


def _may_see(actor: Actor, agency: str | None) -> bool:
    """An agency's own layer is for the agency and for those who see the whole centre."""
    return agency is None or actor.access.whole or actor.agency == agency
