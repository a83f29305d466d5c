"""The agencies' layers: files published as versions, compared, rolled back."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query, Request
from fastapi.responses import JSONResponse, StreamingResponse

from gis.layers import services as acts
from gis.layers import store
from gis.layers.comparing import compare_versions
from gis.layers.events import audience, public_view
from gis.layers.formats import check_crs, check_encoding
from gis.layers.model import NAME_PATTERN, Layer, LayerKind, LayerVersion, ReadOptions, ZoneKind
from gis.layers.process import Reading as FileReading
from gis.layers.services import PublishLayer, no_layer, no_version
from ops_center.api.deps import (
    Command,
    Commands,
    Doing,
    Reading,
    Services,
    Version,
    problems,
    requires,
)
from ops_center.api.layer_shapes import (
    ComparisonOut,
    LayerDetailOut,
    LayerOut,
    LayersOut,
    LayerVersionsOut,
    PublishedOut,
    RollBackIn,
    comparison_shape,
    detail_shape,
    version_shape,
)
from ops_center.api.services import ApiServices
from ops_center.api.uploads import Received, received
from ops_center.auth.model import Actor, Permission
from ops_center.kernel.database import Connection
from ops_center.kernel.errors import Forbidden

router = APIRouter(prefix="/layers", tags=["layers"])
PAGE_MAX = 200
REFUSED_PAGE = 200
NUMBER_MAX = 2**31 - 1
GEOJSON = "application/geo+json"

Reader = Annotated[Actor, Depends(requires(Permission.GEOGRAPHY_READ))]
Writer = Annotated[Actor, Depends(requires(Permission.GEOGRAPHY_WRITE))]
Name = Annotated[str, Path(pattern=NAME_PATTERN)]
Number = Annotated[int, Path(ge=1, le=NUMBER_MAX)]
Word = Annotated[str | None, Query(min_length=1, max_length=64)]
ANSWER: dict[int | str, dict[str, Any]] = {200: {"model": LayerOut}}
DRY = {"model": PublishedOut, "description": "What a dry run found; nothing was published."}
COLLECTION: dict[int | str, dict[str, Any]] = {
    200: {"content": {GEOJSON: {}}, "description": "The refused rows as GeoJSON, with reasons."}
}
FILE = {
    "requestBody": {
        "description": "The file itself, up to 300 MB.",
        "content": {"application/octet-stream": {"schema": {"type": "string", "minLength": 1}}},
        "required": True,
    }
}


@router.get("", responses={200: {"model": LayersOut}, **problems()})
async def list_layers(reader: Reader, connection: Reading) -> JSONResponse:
    """Return the layers in force that this person may see."""
    items = [public_view(one) for one in await store.list_layers(connection) if _sees(reader, one)]
    return JSONResponse({"items": items, "next_cursor": None})


@router.get("/{name}", responses={200: {"model": LayerDetailOut}, **problems(404)})
async def show_layer(name: Name, reader: Reader, connection: Reading) -> JSONResponse:
    """Return a layer, its version in force, and what that version's import told."""
    found = await _seen(connection, reader, name)
    version = None
    if found.published is not None:
        version = await _version(connection, found, found.published)
    return JSONResponse(detail_shape(found, version, version.report if version else None))


@dataclass(frozen=True, slots=True, kw_only=True)
class FileQuery:
    """How the file is to be read, and what the layer is."""

    kind: LayerKind | None
    zone_kind: ZoneKind | None
    agency: str | None
    filename: str
    crs: str | None
    encoding: str | None
    id_column: str | None
    name_column: str | None
    source_layer: str | None


def file_query(
    kind: Annotated[LayerKind | None, Query(description="Of a new layer; else custom.")] = None,
    zone_kind: Annotated[ZoneKind | None, Query(description="What its zones are for.")] = None,
    agency: Annotated[
        str | None, Query(min_length=1, max_length=16, pattern="^[A-Z0-9_-]+$")
    ] = None,
    filename: Annotated[str, Query(min_length=1, max_length=200)] = "upload",
    crs: Annotated[str | None, Query(max_length=20, description="Such as EPSG:32721.")] = None,
    encoding: Annotated[str | None, Query(max_length=20)] = None,
    id_column: Word = None,
    name_column: Word = None,
    source_layer: Annotated[str | None, Query(min_length=1, max_length=200)] = None,
) -> FileQuery:
    return FileQuery(
        kind=kind,
        zone_kind=zone_kind,
        agency=agency,
        filename=filename,
        crs=crs,
        encoding=encoding,
        id_column=id_column,
        name_column=name_column,
        source_layer=source_layer,
    )


@router.post(
    "/{name}/versions",
    status_code=201,
    responses={201: {"model": PublishedOut}, 200: DRY, **problems(404, 409, 412)},
    openapi_extra=FILE,
)
async def publish(
    name: Name,
    request: Request,
    writer: Writer,
    services: Services,
    commands: Commands,
    asked: Annotated[FileQuery, Depends(file_query)],
    version: Version,
    dry_run: Annotated[bool, Query(description="Only report; publish nothing.")] = False,
) -> JSONResponse:
    """Publish a file as the layer's next version; rows that cannot be kept are in the report.

    GeoJSON, GeoPackage, Shapefile (.zip), KML, FlatGeobuf, or CSV with lon and lat. Nothing is
    published when the file as a whole is refused.
    """
    present, kind = await _before(services, writer, name, asked)
    options = _options(services, asked, kind)
    check_crs(options.crs)
    check_encoding(options.encoding)
    async with received(request, services.uploads_dir, now=services.clock.now()) as file:
        if not dry_run and (kept := await commands.kept(file.sha256)) is not None:
            return kept
        reading = await services.layer_readers.read(file.path, options, file.folder)
        if dry_run:
            return JSONResponse(detail_shape(None, None, reading.report))
        order = _order(name, asked, file, present, writer)
        return await _publish(commands, replace(order, expected_version=version), reading, file)


async def _before(
    services: ApiServices, writer: Actor, name: str, asked: FileQuery
) -> tuple[Layer | None, LayerKind]:
    """The layer as it is, and the kind it will have; refused before a long file is read."""
    async with services.database.reading() as connection:
        present = await store.find_layer(connection, name)
    if present is not None:
        _require_own(writer, present.agency)
    if not writer.access.whole and asked.agency not in (None, writer.agency):
        _require_own(writer, asked.agency)
    return present, acts.kind_of(present, asked.kind)


def _options(services: ApiServices, asked: FileQuery, kind: LayerKind) -> ReadOptions:
    extent = services.city_extent()
    return ReadOptions(
        file_name=asked.filename,
        areas_only=kind is LayerKind.ZONE,
        id_column=asked.id_column,
        name_column=asked.name_column,
        crs=asked.crs,
        encoding=asked.encoding,
        source_layer=asked.source_layer,
        around=(extent.west, extent.south, extent.east, extent.north) if extent else None,
    )


def _order(
    name: str, asked: FileQuery, file: Received, present: Layer | None, writer: Actor
) -> PublishLayer:
    own = None if present or writer.access.whole else writer.agency
    return PublishLayer(
        name=name,
        file_name=asked.filename,
        file_sha256=file.sha256,
        file_bytes=file.size,
        kind=asked.kind,
        zone_kind=asked.zone_kind,
        agency=asked.agency or own,
    )


async def _publish(
    commands: Command, order: PublishLayer, reading: FileReading, file: Received
) -> JSONResponse:
    async def do(doing: Doing) -> Any:
        layer, version = await acts.publish_layer(doing.tx, order, reading)
        return detail_shape(layer, version, reading.report)

    return await commands.run(Permission.GEOGRAPHY_WRITE, do, status=201, body_sha256=file.sha256)


@router.get("/{name}/versions", responses={200: {"model": LayerVersionsOut}, **problems(404)})
async def list_versions(
    name: Name,
    reader: Reader,
    connection: Reading,
    limit: Annotated[int, Query(ge=1, le=PAGE_MAX)] = 50,
    cursor: Annotated[int | None, Query(ge=1, le=NUMBER_MAX)] = None,
) -> JSONResponse:
    """Return the layer's versions that are kept, newest first."""
    found = await _seen(connection, reader, name)
    page = await store.versions_of(connection, found, before=cursor, limit=limit)
    more = str(page[-1].number) if len(page) == limit else None
    return JSONResponse({"items": [version_shape(one) for one in page], "next_cursor": more})


@router.get(
    "/{name}/versions/{number}/refused.geojson",
    response_class=StreamingResponse,
    responses={**COLLECTION, **problems(404)},
)
async def refused(
    name: Name, number: Number, reader: Reader, services: Services
) -> StreamingResponse:
    """Return the rows that the import of a version refused, each with its reason."""
    async with services.database.reading() as connection:
        found = await _seen(connection, reader, name)
        await _version(connection, found, number)
    return StreamingResponse(_collection(services, found, number), media_type=GEOJSON)


async def _collection(services: ApiServices, layer: Layer, number: int) -> AsyncIterator[str]:
    """A FeatureCollection, page after page, so that it is never whole in memory."""
    yield '{"type":"FeatureCollection","features":['
    after, comma = 0, ""
    while True:
        async with services.database.reading() as connection:
            page = await store.refused_page(
                connection, layer.id, number, after=after, limit=REFUSED_PAGE
            )
        if not page:
            break
        yield comma + ",".join(text for _, text in page)
        after, comma = page[-1][0], ","
    yield "]}"


@router.get("/{name}/compare", responses={200: {"model": ComparisonOut}, **problems(404)})
async def compare(
    name: Name,
    reader: Reader,
    connection: Reading,
    old: Annotated[int, Query(alias="from", ge=1, le=NUMBER_MAX)],
    new: Annotated[int, Query(alias="to", ge=1, le=NUMBER_MAX)],
) -> JSONResponse:
    """Return which features version `to` adds, lacks, words otherwise or puts elsewhere."""
    found = await _seen(connection, reader, name)
    for number in (old, new):
        await _version(connection, found, number)
    difference = await compare_versions(connection, found.id, old=old, new=new)
    return JSONResponse(comparison_shape(old, new, difference))


@router.post("/{name}/rollback", responses={**ANSWER, **problems(404, 409, 412)})
async def roll_back(
    name: Name, body: RollBackIn, writer: Writer, version: Version, commands: Commands
) -> JSONResponse:
    """Put a former version in force again; no version is deleted by it."""

    async def do(doing: Doing) -> Any:
        await _own(doing.tx.connection, writer, name)
        after = await acts.roll_back_layer(
            doing.tx, name, to=body.version, expected_version=version
        )
        return public_view(after)

    return await commands.run(Permission.GEOGRAPHY_WRITE, do)


@router.delete("/{name}", responses={**ANSWER, **problems(404, 409, 412)})
async def remove(name: Name, writer: Writer, version: Version, commands: Commands) -> JSONResponse:
    """Take a layer off all maps; a roll back to one of its versions brings it back."""

    async def do(doing: Doing) -> Any:
        await _own(doing.tx.connection, writer, name)
        after = await acts.remove_layer(doing.tx, name, expected_version=version)
        return public_view(after)

    return await commands.run(Permission.GEOGRAPHY_WRITE, do)


def _sees(actor: Actor, layer: Layer) -> bool:
    return actor.access.covers(frozenset(audience(layer)))


async def _seen(connection: Connection, actor: Actor, name: str) -> Layer:
    found = await store.find_layer(connection, name)
    if found is None or not _sees(actor, found):
        raise no_layer(name)
    return found


async def _own(connection: Connection, actor: Actor, name: str) -> None:
    """NotFound for a layer out of sight, Forbidden for one that is not the agency's own."""
    _require_own(actor, (await _seen(connection, actor, name)).agency)


def _require_own(actor: Actor, agency: str | None) -> None:
    """An agency's people change the layers of their agency, the centre's own people all."""
    if not actor.access.whole and agency != actor.agency:
        raise Forbidden("This layer is not your agency's. Publish under another name.")


async def _version(connection: Connection, layer: Layer, number: int) -> LayerVersion:
    found = await store.find_version(connection, layer, number)
    if found is None:
        raise no_version(layer.name, number)
    return found[0]
