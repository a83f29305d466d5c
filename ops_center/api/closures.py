"""Closed roads over HTTP: drawn, changed, lifted; routing follows within two seconds."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Depends
from fastapi.responses import JSONResponse

from gis.closures import (
    ChangeClosure,
    DrawClosure,
    SqlClosureStore,
    change_closure,
    draw_closure,
    lift_closure,
    middle_of,
    open_closures,
    public_view,
)
from gis.geometry import point_in
from ops_center.api.closure_shapes import ClosureIn, ClosureOut, ClosurePatch, ClosuresOut
from ops_center.api.deps import (
    Commands,
    Doing,
    NeededVersion,
    Reading,
    Version,
    problems,
    requires,
)
from ops_center.auth.model import Permission
from ops_center.kernel.errors import Invalid

router = APIRouter(prefix="/closures", tags=["geography"])
ANSWER: dict[int | str, dict[str, Any]] = {200: {"model": ClosureOut}}
# A field sent as null: only these can be empty.
MAY_BE_NULL = frozenset({"radius_m", "until_at"})


@router.get(
    "",
    responses={200: {"model": ClosuresOut}, **problems()},
    dependencies=[Depends(requires(Permission.GEOGRAPHY_READ))],
)
async def list_closures(connection: Reading) -> JSONResponse:
    """Return every closure that was not lifted, those to come included, oldest first."""
    items = [public_view(one) for one in await open_closures(connection)]
    return JSONResponse({"items": items, "next_cursor": None})


@router.post("", status_code=201, responses={201: {"model": ClosureOut}, **problems(409)})
async def draw(body: ClosureIn, commands: Commands) -> JSONResponse:
    """Close a road, an area, or the ground around a point."""

    async def do(doing: Doing) -> Any:
        _check_place(doing, body.geometry)
        closure = await draw_closure(
            DrawClosure(id=doing.id, **body.model_dump()),
            store=SqlClosureStore(doing.tx.connection),
            record=doing.tx.record,
            author=doing.author.name,
            now=doing.now,
        )
        return public_view(closure)

    return await commands.run(Permission.CLOSURES_WRITE, do, status=201)


@router.patch("/{closure_id}", responses={**ANSWER, **problems(404, 409, 412, 428)})
async def change(
    closure_id: UUID, body: ClosurePatch, version: NeededVersion, commands: Commands
) -> JSONResponse:
    """Change a closure; fields that are not sent stay as they are."""
    changes = body.model_dump(exclude_unset=True)
    for name, value in changes.items():
        if value is None and name not in MAY_BE_NULL:
            raise Invalid(f"{name} cannot be null: leave it out to keep it.", field=name)

    async def do(doing: Doing) -> Any:
        if body.geometry is not None:
            _check_place(doing, body.geometry)
        command = ChangeClosure(closure_id=closure_id, expected_version=version, changes=changes)
        store = SqlClosureStore(doing.tx.connection)
        return public_view(await change_closure(command, store=store, record=doing.tx.record))

    return await commands.run(Permission.CLOSURES_WRITE, do)


@router.post("/{closure_id}/lift", responses={**ANSWER, **problems(404, 409, 412)})
async def lift(closure_id: UUID, version: Version, commands: Commands) -> JSONResponse:
    """Open the road again; the closure leaves the picture."""

    async def do(doing: Doing) -> Any:
        closure = await lift_closure(
            closure_id,
            store=SqlClosureStore(doing.tx.connection),
            record=doing.tx.record,
            now=doing.now,
            expected_version=version,
        )
        return public_view(closure)

    return await commands.run(Permission.CLOSURES_WRITE, do)


def _check_place(doing: Doing, geometry: dict[str, Any]) -> None:
    """Refuse what lies nowhere near the city: swapped coordinates are the usual mistake."""
    extent = doing.services.city_extent()
    middle = middle_of(geometry)
    if extent is not None:
        point_in(extent, lon=middle.lon, lat=middle.lat)
