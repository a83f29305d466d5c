"""Emergency calls: received, claimed, corrected, located, linked, rung back, closed."""

from collections.abc import Awaitable, Callable
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from fastapi.responses import JSONResponse

from dispatch import call_history, queries
from dispatch.domain.call import Call
from dispatch.domain.call_parts import FixMethod
from dispatch.domain.wire import object_json
from dispatch.services import call_queue, call_taking
from ops_center.api.call_shapes import (
    CallBackIn,
    CallIn,
    CallOut,
    CallPatch,
    CallsOut,
    CloseCallIn,
    HangUpIn,
    LinkIn,
    LocateIn,
    NewCallOut,
    TakeOverIn,
)
from ops_center.api.covering import shown_calls
from ops_center.api.deps import Commands, Doing, NeededVersion, Reading, problems, requires
from ops_center.api.places import callers_location, to_location
from ops_center.api.sight import access_of, require_whole_sight
from ops_center.auth.model import Actor, Permission, Role

router = APIRouter(prefix="/calls", tags=["calls"])
PAGE_MAX = 500

Reader = Annotated[Actor, Depends(requires(Permission.CALLS_READ))]
WRITE = Permission.CALLS_WRITE
ANSWER: dict[int | str, dict[str, Any]] = {200: {"model": CallOut}}

Intention = Callable[[Doing], Awaitable[Call]]


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
                method=body.method or _method_of(doing.actor),
                address_text=body.address_text,
                narrative=body.narrative,
                language=body.language,
                external_ref=body.external_ref,
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


def _method_of(actor: Actor) -> FixMethod:
    """A gateway passes on what the network says; a person writes down what the caller says."""
    return FixMethod.NETWORK if Role.MACHINE in actor.roles else FixMethod.SPOKEN


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
    items = await shown_calls(connection, reader, listing.items)
    return JSONResponse({"items": items, "next_cursor": listing.next_cursor})


@router.get("/callbacks", responses={200: {"model": CallsOut}, **problems()})
async def callbacks(reader: Reader, connection: Reading) -> JSONResponse:
    """Return whom to ring back, oldest first: abandoned calls, and silent ones to be rung again."""
    require_whole_sight(reader)
    found = await call_history.to_ring_back(connection)
    return JSONResponse({"items": [object_json(one) for one in found], "next_cursor": None})


@router.get("/{call_id}", responses={**ANSWER, **problems(404)})
async def get_call(call_id: UUID, reader: Reader, connection: Reading) -> JSONResponse:
    """Return one call."""
    call = await queries.one_call(connection, call_id, access=access_of(reader))
    [shown] = await shown_calls(connection, reader, [call])
    return JSONResponse(shown, headers={"ETag": f'"{call["version"]}"'})


async def change(
    commands: Commands, intention: Intention, *, of: UUID | None = None
) -> JSONResponse:
    """Carry out one intention about a call, which only the centre's own people may.

    Others are told that the call `of` that id is not there, unless its incident shows it to them.
    """

    async def do(doing: Doing) -> Any:
        if of is not None:
            await queries.one_call(doing.tx.connection, of, access=access_of(doing.actor))
        require_whole_sight(doing.actor)
        call = object_json(await intention(doing))
        [shown] = await shown_calls(doing.tx.connection, doing.actor, [call])
        return shown

    return await commands.run(WRITE, do)


@router.patch("/{call_id}", responses={**ANSWER, **problems(404, 409, 412, 428)})
async def change_call(
    call_id: UUID, body: CallPatch, version: NeededVersion, commands: Commands
) -> JSONResponse:
    """Correct the number or the words, or mark the language."""

    async def intention(doing: Doing) -> Call:
        command = call_taking.ChangeCall(
            id=doing.id,
            call_id=call_id,
            expected_version=version,
            language=body.language,
            narrative=body.narrative,
            caller_number=body.caller_number,
        )
        return await call_taking.change_call(
            doing.work, command, now=doing.now, author=doing.author
        )

    return await change(commands, intention, of=call_id)


@router.post("/{call_id}/take", responses={**ANSWER, **problems(404, 409)})
async def take_call(call_id: UUID, commands: Commands) -> JSONResponse:
    """Take a waiting or abandoned call into one's own hands."""

    async def intention(doing: Doing) -> Call:
        command = call_taking.TakeCall(id=doing.id, call_id=call_id)
        return await call_taking.take_call(doing.work, command, now=doing.now, author=doing.author)

    return await change(commands, intention)


@router.post("/{call_id}/take-over", responses={**ANSWER, **problems(404, 409)})
async def take_over(call_id: UUID, body: TakeOverIn, commands: Commands) -> JSONResponse:
    """Take another person's call into one's own hands; the journal says whose it was."""

    async def intention(doing: Doing) -> Call:
        command = call_queue.TakeOverCall(id=doing.id, call_id=call_id, reason=body.reason)
        return await call_queue.take_over_call(
            doing.work, command, now=doing.now, author=doing.author
        )

    return await change(commands, intention)


@router.post("/{call_id}/release", responses={**ANSWER, **problems(404, 409)})
async def release(call_id: UUID, commands: Commands) -> JSONResponse:
    """Put one's own call back into the queue."""

    async def intention(doing: Doing) -> Call:
        command = call_queue.ReleaseCall(id=doing.id, call_id=call_id)
        return await call_queue.release_call(
            doing.work, command, now=doing.now, author=doing.author
        )

    return await change(commands, intention)


@router.post("/{call_id}/hang-up", responses={**ANSWER, **problems(404, 409)})
async def hang_up(call_id: UUID, body: HangUpIn, commands: Commands) -> JSONResponse:
    """Say that the caller hung up; a call that nobody had answered becomes an abandoned one."""

    async def intention(doing: Doing) -> Call:
        command = call_queue.HangUp(id=doing.id, call_id=call_id, occurred_at=body.occurred_at)
        return await call_queue.hang_up(doing.work, command, now=doing.now, author=doing.author)

    return await change(commands, intention)


@router.post("/{call_id}/callbacks", responses={**ANSWER, **problems(404, 409)})
async def call_back(call_id: UUID, body: CallBackIn, commands: Commands) -> JSONResponse:
    """Keep an attempt to ring the caller; one who is reached is in one's own hands."""

    async def intention(doing: Doing) -> Call:
        command = call_queue.CallBackCaller(
            id=doing.id, call_id=call_id, outcome=body.outcome, note=body.note
        )
        return await call_queue.call_back(doing.work, command, now=doing.now, author=doing.author)

    return await change(commands, intention)


@router.post("/{call_id}/locate", responses={**ANSWER, **problems(404, 409)})
async def locate_call(call_id: UUID, body: LocateIn, commands: Commands) -> JSONResponse:
    """Say where the call is about: a place, or words that mean one place for sure."""

    async def intention(doing: Doing) -> Call:
        command = call_taking.LocateCall(
            id=doing.id,
            call_id=call_id,
            location=to_location(body.location, doing.services.city_extent()),
            address_text=body.address_text,
        )
        return await call_taking.locate_call(
            doing.work, command, now=doing.now, author=doing.author
        )

    return await change(commands, intention)


@router.post("/{call_id}/link", responses={**ANSWER, **problems(404, 409)})
async def link_call(call_id: UUID, body: LinkIn, commands: Commands) -> JSONResponse:
    """Make the call part of an open incident."""

    async def intention(doing: Doing) -> Call:
        command = call_taking.LinkCall(id=doing.id, call_id=call_id, incident_id=body.incident_id)
        return await call_taking.link_call(doing.work, command, now=doing.now, author=doing.author)

    return await change(commands, intention)


@router.post("/{call_id}/close", responses={**ANSWER, **problems(404, 409)})
async def close_call(call_id: UUID, body: CloseCallIn, commands: Commands) -> JSONResponse:
    """Close a call that needs nobody, saying what it was, and whether to ring it again."""

    async def intention(doing: Doing) -> Call:
        command = call_taking.CloseCall(
            id=doing.id, call_id=call_id, disposition=body.disposition, rering=body.rering
        )
        return await call_taking.close_call(doing.work, command, now=doing.now, author=doing.author)

    return await change(commands, intention)
