"""Where callers are: fixes beside each other, the one a person accepts, and the way they move."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import JSONResponse

from dispatch.domain.call import Call
from dispatch.domain.call_fixes import trail
from dispatch.domain.call_parts import FixMethod
from dispatch.domain.wire import object_json, to_json
from dispatch.services import call_fixes
from gis.geodesy import line_length_m
from ops_center.api.call_shapes import AcceptedOut, FixIn, TrailOut
from ops_center.api.calls import ANSWER, WRITE, Reader, change
from ops_center.api.covering import require_known_call
from ops_center.api.deps import Commands, Doing, Reading, Services, problems
from ops_center.api.places import callers_location
from ops_center.api.sight import require_whole_sight

router = APIRouter(prefix="/calls", tags=["calls"])

# Who a fix is from when the sender does not say.
BY_HAND = "console"
OF_THE_NETWORK = "gateway"


@router.post("/{call_id}/fixes", responses={**ANSWER, **problems(404, 409)})
async def add_fix(call_id: UUID, body: FixIn, commands: Commands) -> JSONResponse:
    """Put a fix beside the others; the call's place stays, unless it had none."""

    async def intention(doing: Doing) -> Call:
        location = callers_location(body.location, doing.services.city_extent())
        assert location is not None, "the body holds a location"
        by_hand = body.method in {FixMethod.SPOKEN, FixMethod.CONFIRMED}
        command = call_fixes.AddFix(
            id=doing.id,
            call_id=call_id,
            method=body.method,
            source=body.source or (BY_HAND if by_hand else OF_THE_NETWORK),
            location=location,
            measured_at=body.measured_at,
            speed_mps=body.speed_mps,
            heading_deg=body.heading_deg,
        )
        return await call_fixes.add_fix(doing.work, command, now=doing.now, author=doing.author)

    return await change(commands, intention)


@router.post(
    "/{call_id}/fixes/{fix_id}/accept",
    responses={200: {"model": AcceptedOut}, **problems(404, 409)},
)
async def accept_fix(call_id: UUID, fix_id: UUID, commands: Commands) -> JSONResponse:
    """Put a fix in force; an incident of this caller alone is offered to move, and not moved."""

    async def do(doing: Doing) -> Any:
        require_whole_sight(doing.actor)
        command = call_fixes.AcceptFix(id=doing.id, call_id=call_id, fix_id=fix_id)
        accepted = await call_fixes.accept_fix(
            doing.work, command, now=doing.now, author=doing.author
        )
        return {
            **object_json(accepted.call),
            "incident_move": object_json(accepted.move) if accepted.move else None,
        }

    return await commands.run(WRITE, do)


@router.get("/{call_id}/trail", responses={200: {"model": TrailOut}, **problems(404)})
async def get_trail(
    call_id: UUID, reader: Reader, connection: Reading, services: Services
) -> JSONResponse:
    """Return the way of a moving caller: the handset's fixes in the order they were measured."""
    require_whole_sight(reader)
    call = await services.work(connection).calls.get(call_id)
    await require_known_call(connection, reader, call)
    way = trail(call)
    length_m = line_length_m([fix.location.point for fix in way])
    return JSONResponse({"fixes": to_json(way), "length_m": round(length_m, 1)})
