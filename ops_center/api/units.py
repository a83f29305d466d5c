"""Units: who they are, what they do, where they are, and their call for help."""

from dataclasses import asdict, replace
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Body, Depends
from fastapi.responses import JSONResponse

from dispatch import queries
from dispatch.domain.wire import object_json
from dispatch.services import emergencies, units
from ops_center.api.covering import shown_units
from ops_center.api.deps import Commands, Doing, Known, Reading, Services, problems, requires
from ops_center.api.places import believable_location
from ops_center.api.shapes import ReasonIn
from ops_center.api.sight import access_of, own_or_any, require_in_sight, seen_unit
from ops_center.api.unit_shapes import (
    EmergencyIn,
    FixesOut,
    StatusIn,
    UnitIn,
    UnitOut,
    UnitPatch,
    UnitsOut,
)
from ops_center.auth.model import Actor, Permission
from ops_center.tracking import FixIn

router = APIRouter(prefix="/units", tags=["units"])
FIXES_MAX = 500

Reader = Annotated[Actor, Depends(requires(Permission.UNITS_READ))]
ANSWER: dict[int | str, dict[str, Any]] = {200: {"model": UnitOut}}
# For the OpenAPI only: each fix is judged by itself, so that one bad fix does not cost the others.
FIXES_BODY = {
    "requestBody": {
        "content": {
            "application/json": {
                "schema": {
                    "type": "array",
                    "maxItems": FIXES_MAX,
                    "items": FixIn.model_json_schema(),
                }
            }
        },
        "required": True,
    }
}


@router.get("", responses={200: {"model": UnitsOut}, **problems()})
async def list_units(reader: Reader, connection: Reading) -> JSONResponse:
    """Return all units in sight, by callsign."""
    listing = await queries.list_units(connection, access=access_of(reader))
    items = await shown_units(connection, reader, listing.items)
    return JSONResponse(asdict(replace(listing, items=items)))


@router.get("/{unit_id}", responses={**ANSWER, **problems(404)})
async def get_unit(unit_id: UUID, reader: Reader, connection: Reading) -> JSONResponse:
    """Return one unit."""
    unit = await queries.one_unit(connection, unit_id, access=access_of(reader))
    [shown] = await shown_units(connection, reader, [unit])
    return JSONResponse(shown)


@router.post("", status_code=201, responses={201: {"model": UnitOut}, **problems(409)})
async def register_unit(body: UnitIn, commands: Commands) -> JSONResponse:
    """Add a unit."""

    async def do(doing: Doing) -> Any:
        command = units.RegisterUnit(
            id=doing.id,
            callsign=body.callsign,
            agency=body.agency,
            kind=body.kind,
            profile=body.profile,
            capabilities=None if body.capabilities is None else tuple(body.capabilities),
            in_service=body.in_service,
        )
        unit = await units.register_unit(doing.work, command, now=doing.now, author=doing.author)
        require_in_sight(doing.actor, unit.audience, what="agency in your reach")
        return object_json(unit)

    return await commands.run(Permission.UNITS_WRITE, do, status=201)


@router.patch("/{unit_id}", responses={**ANSWER, **problems(404, 409)})
async def change_unit(unit_id: UUID, body: UnitPatch, commands: Commands) -> JSONResponse:
    """Correct a unit's master data; what it does at the moment is left alone."""

    async def do(doing: Doing) -> Any:
        await seen_unit(doing, unit_id)
        command = units.ChangeUnit(
            id=doing.id,
            unit_id=unit_id,
            callsign=body.callsign,
            agency=body.agency,
            kind=body.kind,
            profile=body.profile,
            capabilities=None if body.capabilities is None else tuple(body.capabilities),
            station=body.station,
            cell=body.cell,
            cross_staffs=None if body.cross_staffs is None else tuple(body.cross_staffs),
        )
        for partner in body.cross_staffs or ():
            await seen_unit(doing, partner)
        return object_json(
            await units.change_unit(doing.work, command, now=doing.now, author=doing.author)
        )

    return await commands.run(Permission.UNITS_WRITE, do)


@router.post("/{unit_id}/status", responses={**ANSWER, **problems(404, 409)})
async def report_status(unit_id: UUID, body: StatusIn, commands: Commands) -> JSONResponse:
    """Say what a unit does; `clear` ends its assignment. The device's time orders reports."""

    async def do(doing: Doing) -> Any:
        await own_or_any(doing, unit_id)
        command = units.ReportStatus(
            id=doing.id,
            unit_id=unit_id,
            status=body.status,
            occurred_at=body.occurred_at,
            reason=body.reason,
            out_reason=body.out_reason,
            hospital=body.hospital,
        )
        return object_json(
            await units.report_status(doing.work, command, now=doing.now, author=doing.author)
        )

    return await commands.run_checked(do)


@router.post(
    "/{unit_id}/locations",
    responses={200: {"model": FixesOut}, **problems(404)},
    openapi_extra=FIXES_BODY,
)
async def report_positions(
    unit_id: UUID,
    known: Known,
    services: Services,
    fixes: Annotated[list[Any], Body(max_length=FIXES_MAX)],
) -> JSONResponse:
    """Keep a batch of positions; late ones become history, absurd ones are refused by index."""
    return JSONResponse(await services.take_fixes(known.actor, unit_id, fixes))


@router.post("/{unit_id}/emergency", responses={**ANSWER, **problems(404, 409)})
async def declare_emergency(
    unit_id: UUID, commands: Commands, body: EmergencyIn | None = None
) -> JSONResponse:
    """Call for help: an alarm of the highest priority on every desk."""

    async def do(doing: Doing) -> Any:
        await own_or_any(doing, unit_id)
        place = body.location if body else None
        command = emergencies.DeclareEmergency(
            id=doing.id,
            unit_id=unit_id,
            location=believable_location(place, doing.services.city_extent()),
        )
        return object_json(
            await emergencies.declare_emergency(
                doing.work, command, now=doing.now, author=doing.author
            )
        )

    return await commands.run_checked(do)


@router.post("/{unit_id}/emergency/clear", responses={**ANSWER, **problems(404, 409)})
async def clear_emergency(unit_id: UUID, body: ReasonIn, commands: Commands) -> JSONResponse:
    """End a unit's emergency; its alarm stays until somebody decides it."""

    async def do(doing: Doing) -> Any:
        await seen_unit(doing, unit_id)
        command = emergencies.ClearEmergency(id=doing.id, unit_id=unit_id, reason=body.reason)
        return object_json(
            await emergencies.clear_emergency(
                doing.work, command, now=doing.now, author=doing.author
            )
        )

    return await commands.run(Permission.UNITS_ASSIGN, do)
