"""Notes about places, and those that speak of an incident's place."""

from collections.abc import Mapping
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from fastapi.responses import JSONResponse

from dispatch.domain.masking import MASKED, masked
from dispatch.domain.premise import Nearby, Premise, PremiseKind
from dispatch.domain.wire import UNSET, JsonObject, object_json
from dispatch.repository.premises import list_premises
from dispatch.services import premises
from ops_center.api.covering import shown_place, write_down_view
from ops_center.api.deps import (
    Commands,
    Doing,
    NeededVersion,
    Reading,
    Services,
    problems,
    requires,
)
from ops_center.api.incident_shapes import PremiseIn, PremiseOut, PremisePatch, PremisesOut
from ops_center.api.places import to_location
from ops_center.api.sight import seen_incident
from ops_center.auth.model import Actor, Permission

router = APIRouter(prefix="/premises", tags=["premises"])
of_incidents = APIRouter(prefix="/incidents", tags=["premises"])
PAGE_MAX = 500
Reader = Annotated[Actor, Depends(requires(Permission.INCIDENTS_READ))]
WRITE = Permission.PREMISES_WRITE
ANSWER: dict[int | str, dict[str, Any]] = {200: {"model": PremiseOut}}


@router.get("", responses={200: {"model": PremisesOut}, **problems()})
async def list_all(
    reader: Reader,
    connection: Reading,
    limit: Annotated[int, Query(ge=1, le=PAGE_MAX)] = 100,
    cursor: UUID | None = None,
) -> JSONResponse:
    """Return the notes in force, newest first."""
    found = await list_premises(connection, after=cursor, limit=limit + 1)
    shown = [_shown(reader.may(Permission.PROTECTED_READ), one) for one in found[:limit]]
    more = len(found) > limit
    return JSONResponse({"items": shown, "next_cursor": shown[-1]["id"] if more else None})


@router.post("", status_code=201, responses={201: {"model": PremiseOut}, **problems(409)})
async def add(body: PremiseIn, commands: Commands) -> JSONResponse:
    """Write a note about a place; it is shown with every incident within its radius."""

    async def do(doing: Doing) -> Any:
        location = to_location(body.location, doing.services.city_extent())
        assert location is not None, "the body has one"
        command = premises.AddPremise(
            id=doing.id,
            kind=PremiseKind(body.kind),
            title=body.title,
            text=body.text,
            location=location,
            radius_m=body.radius_m,
            valid_until=body.valid_until,
            protected=body.protected,
        )
        return object_json(
            await premises.add_premise(doing.work, command, now=doing.now, author=doing.author)
        )

    return await commands.run(WRITE, do, status=201)


@router.patch("/{premise_id}", responses={**ANSWER, **problems(404, 409, 412, 428)})
async def change(
    premise_id: UUID, body: PremisePatch, version: NeededVersion, commands: Commands
) -> JSONResponse:
    """Change a note; fields that are not sent stay as they are."""

    async def do(doing: Doing) -> Any:
        command = premises.ChangePremise(
            id=doing.id,
            premise_id=premise_id,
            expected_version=version,
            **_changes(body, doing),
        )
        return object_json(
            await premises.change_premise(doing.work, command, now=doing.now, author=doing.author)
        )

    return await commands.run(WRITE, do)


@router.delete("/{premise_id}", responses={**ANSWER, **problems(404, 409)})
async def remove(premise_id: UUID, commands: Commands) -> JSONResponse:
    """Remove a note: no incident shows it any more. The journal keeps it."""

    async def do(doing: Doing) -> Any:
        command = premises.RemovePremise(id=doing.id, premise_id=premise_id)
        return object_json(
            await premises.remove_premise(doing.work, command, now=doing.now, author=doing.author)
        )

    return await commands.run(WRITE, do)


@of_incidents.get(
    "/{incident_id}/premises", responses={200: {"model": PremisesOut}, **problems(404)}
)
async def of_incident(incident_id: UUID, reader: Reader, services: Services) -> JSONResponse:
    """Return the notes that speak of the incident's place, nearest first, each with its distance.

    Whoever is assigned to the incident reads protected ones too. Whoever need not know a
    protected incident gets the notes around its coarse place.
    """
    async with services.database.reading() as connection:
        work = services.work(connection)
        incident = await seen_incident(work, reader, incident_id)
        place = shown_place(reader, incident)
        found = await premises.premises_of_place(work, place, now=services.clock.now())
    await write_down_view(services, reader, incident)
    known = reader.knows({one.unit_id for one in incident.active})
    items = [_shown_nearby(known, one) for one in found]
    return JSONResponse({"items": items, "next_cursor": None})


def _shown_nearby(known: bool, near: Nearby) -> JsonObject:
    shape = _shown(known, near.premise)
    # Distances from several places would tell where a masked note stands.
    return {**shape, "distance_m": None if shape.get(MASKED) else near.distance_m}


def _shown(known: bool, premise: Premise) -> JsonObject:
    shape = object_json(premise)
    return masked(shape) if premise.protected and not known else shape


def _changes(body: PremisePatch, doing: Doing) -> Mapping[str, Any]:
    """What was sent; null stands for "for good" in valid_until, and for nothing elsewhere."""
    sent = {
        name: getattr(body, name)
        for name in body.model_fields_set
        if name == "valid_until" or getattr(body, name) is not None
    }
    if "kind" in sent:
        sent["kind"] = PremiseKind(sent["kind"])
    if "location" in sent:
        sent["location"] = to_location(body.location, doing.services.city_extent()) or UNSET
    return sent
