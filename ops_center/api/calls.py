"""Emergency calls: received, taken, located, linked to an incident, closed."""

from dataclasses import asdict
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from fastapi.responses import JSONResponse

from dispatch import queries
from dispatch.domain.wire import object_json
from dispatch.services import call_taking
from ops_center.api.deps import Commands, Doing, Reading, problems, requires
from ops_center.api.places import callers_location, to_location
from ops_center.api.shapes import (
    CallIn,
    CallOut,
    CallsOut,
    DispositionIn,
    LinkIn,
    LocateIn,
    NewCallOut,
)
from ops_center.api.sight import access_of, require_whole_sight
from ops_center.auth.model import Actor, Permission

router = APIRouter(prefix="/calls", tags=["calls"])
PAGE_MAX = 500

Reader = Annotated[Actor, Depends(requires(Permission.CALLS_READ))]
WRITE = Permission.CALLS_WRITE


@router.post("", status_code=201, responses={201: {"model": NewCallOut}, **problems(409)})
async def receive_call(body: CallIn, commands: Commands) -> JSONResponse:
    """Register a call; open incidents it may be about and places it may mean come with it."""

    async def do(doing: Doing) -> Any:
        require_whole_sight(doing.actor)
        received = await call_taking.receive_call(
            doing.work,
            call_taking.ReceiveCall(
                id=doing.id,
                source=body.source,
                caller_number=body.caller_number,
                location=callers_location(body.location, doing.services.city_extent()),
                address_text=body.address_text,
                narrative=body.narrative,
                occurred_at=body.occurred_at,
            ),
            now=doing.now,
            author=doing.author,
        )
        return {
            **object_json(received.call),
            "possible_duplicates": [object_json(one) for one in received.possible_duplicates],
            "candidates": [object_json(one) for one in received.candidates],
        }

    return await commands.run(WRITE, do, status=201)


@router.get("", responses={200: {"model": CallsOut}, **problems()})
async def list_calls(
    reader: Reader,
    connection: Reading,
    state: Annotated[str | None, Query(max_length=16)] = None,
    limit: Annotated[int, Query(ge=1, le=PAGE_MAX)] = 100,
    cursor: Annotated[str | None, Query(max_length=200)] = None,
) -> JSONResponse:
    """Return calls, newest first; `state` is one of the states, or "open"."""
    listing = await queries.list_calls(
        connection,
        access=access_of(reader),
        state=state,
        page=queries.Page(limit=limit, cursor=cursor),
    )
    return JSONResponse(asdict(listing))


@router.get("/{call_id}", responses={200: {"model": CallOut}, **problems(404)})
async def get_call(call_id: UUID, reader: Reader, connection: Reading) -> JSONResponse:
    """Return one call."""
    call = await queries.one_call(connection, call_id, access=access_of(reader))
    return JSONResponse(call, headers={"ETag": f'"{call["version"]}"'})


@router.post("/{call_id}/take", responses={200: {"model": CallOut}, **problems(404, 409)})
async def take_call(call_id: UUID, commands: Commands) -> JSONResponse:
    """Take a waiting call into one's own hands."""

    async def do(doing: Doing) -> Any:
        require_whole_sight(doing.actor)
        command = call_taking.TakeCall(id=doing.id, call_id=call_id)
        return object_json(
            await call_taking.take_call(doing.work, command, now=doing.now, author=doing.author)
        )

    return await commands.run(WRITE, do)


@router.post("/{call_id}/locate", responses={200: {"model": CallOut}, **problems(404, 409)})
async def locate_call(call_id: UUID, body: LocateIn, commands: Commands) -> JSONResponse:
    """Say where the call is about: a place, or words that mean one place for sure."""

    async def do(doing: Doing) -> Any:
        require_whole_sight(doing.actor)
        command = call_taking.LocateCall(
            id=doing.id,
            call_id=call_id,
            location=to_location(body.location, doing.services.city_extent()),
            address_text=body.address_text,
        )
        return object_json(
            await call_taking.locate_call(doing.work, command, now=doing.now, author=doing.author)
        )

    return await commands.run(WRITE, do)


@router.post("/{call_id}/link", responses={200: {"model": CallOut}, **problems(404, 409)})
async def link_call(call_id: UUID, body: LinkIn, commands: Commands) -> JSONResponse:
    """Make the call part of an open incident."""

    async def do(doing: Doing) -> Any:
        require_whole_sight(doing.actor)
        command = call_taking.LinkCall(id=doing.id, call_id=call_id, incident_id=body.incident_id)
        return object_json(
            await call_taking.link_call(doing.work, command, now=doing.now, author=doing.author)
        )

    return await commands.run(WRITE, do)


@router.post("/{call_id}/close", responses={200: {"model": CallOut}, **problems(404, 409)})
async def close_call(call_id: UUID, body: DispositionIn, commands: Commands) -> JSONResponse:
    """Close a call that needs nobody, saying what it was."""

    async def do(doing: Doing) -> Any:
        require_whole_sight(doing.actor)
        command = call_taking.CloseCall(id=doing.id, call_id=call_id, disposition=body.disposition)
        return object_json(
            await call_taking.close_call(doing.work, command, now=doing.now, author=doing.author)
        )

    return await commands.run(WRITE, do)
