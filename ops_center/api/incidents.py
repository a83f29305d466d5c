"""Incidents: opened, changed, noted, merged, closed; who should go, and who is sent."""

from collections.abc import Awaitable, Callable
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from fastapi.responses import JSONResponse

from dispatch import queries
from dispatch.domain.incident import Incident
from dispatch.domain.incident_parts import NoteKind
from dispatch.services import assigning, incident_joining, incidents
from ops_center.api.covering import (
    entries_page,
    require_known,
    shown_incident,
    shown_shape,
    write_down_view,
)
from ops_center.api.deps import (
    Commands,
    Doing,
    NeededVersion,
    Reading,
    Services,
    Version,
    problems,
    requires,
)
from ops_center.api.history import PAGE_MAX as ENTRIES_MAX
from ops_center.api.incident_shapes import (
    IncidentIn,
    IncidentOut,
    IncidentPatch,
    IncidentsOut,
    MergeIn,
    NoteIn,
)
from ops_center.api.places import to_location
from ops_center.api.shapes import (
    AssignIn,
    DispositionIn,
    EntriesOut,
    ReleaseIn,
)
from ops_center.api.sight import (
    access_of,
    require_in_sight,
    require_units_in_sight,
    seen_incident,
    within_sight,
)
from ops_center.auth.model import Actor, Permission
from ops_center.kernel import journal

router = APIRouter(prefix="/incidents", tags=["incidents"])
PAGE_MAX = 500
RUNNERS_UP_MAX = 50

Reader = Annotated[Actor, Depends(requires(Permission.INCIDENTS_READ))]
WRITE = Permission.INCIDENTS_WRITE
ASSIGN = Permission.UNITS_ASSIGN
ANSWER: dict[int | str, dict[str, Any]] = {200: {"model": IncidentOut}}

Intention = Callable[[Doing], Awaitable[Incident]]


@router.post("", status_code=201, responses={201: {"model": IncidentOut}, **problems(404, 409)})
async def open_incident(body: IncidentIn, commands: Commands) -> JSONResponse:
    """Open an incident, from a call, from an alarm, or by itself."""

    async def do(doing: Doing) -> Any:
        await _require_sources(doing, body)
        command = incidents.OpenIncident(
            id=doing.id,
            type=body.type,
            call_id=body.call_id,
            alarm_id=body.alarm_id,
            priority=body.priority,
            location=to_location(body.location, doing.services.city_extent()),
            address_text=body.address_text,
            narrative=body.narrative,
            scheduled_for=body.scheduled_for,
            protected=body.protected,
        )
        opened = await incidents.open_incident(
            doing.work, command, now=doing.now, author=doing.author
        )
        require_in_sight(doing.actor, opened.audience, what="agency of this type in your reach")
        return shown_incident(doing.actor, opened)

    return await commands.run(WRITE, do, status=201)


async def _require_sources(doing: Doing, body: IncidentIn) -> None:
    """The call and the alarm an incident is opened from must be in sight, and theirs to decide."""
    if body.call_id is not None:
        doing.actor.require(Permission.CALLS_WRITE)
        access = access_of(doing.actor)
        await queries.one_call(doing.tx.connection, body.call_id, access=access)
    if body.alarm_id is not None:
        doing.actor.require(Permission.ALARMS_HANDLE)
        alarm = await doing.work.alarms.get(body.alarm_id)
        require_in_sight(doing.actor, alarm.audience, what="alarm")


@router.get("", responses={200: {"model": IncidentsOut}, **problems()})
async def list_incidents(
    reader: Reader,
    connection: Reading,
    status: Annotated[str | None, Query(max_length=16)] = None,
    limit: Annotated[int, Query(ge=1, le=PAGE_MAX)] = 100,
    cursor: Annotated[str | None, Query(max_length=200)] = None,
) -> JSONResponse:
    """Return incidents, newest first; `status` is one of the statuses, or "open"."""
    listing = await queries.list_incidents(
        connection,
        access=access_of(reader),
        status=status,
        page=queries.Page(limit=limit, cursor=cursor),
    )
    items = [shown_shape(reader, one) for one in listing.items]
    return JSONResponse({"items": items, "next_cursor": listing.next_cursor})


@router.get("/{incident_id}", responses={**ANSWER, **problems(404)})
async def get_incident(incident_id: UUID, reader: Reader, services: Services) -> JSONResponse:
    """Return one incident with notes and assignments; a look at a protected one is written down."""
    async with services.database.reading() as connection:
        incident = await seen_incident(services.work(connection), reader, incident_id)
    await write_down_view(services, reader, incident)
    shown = shown_incident(reader, incident)
    return JSONResponse(shown, headers={"ETag": f'"{incident.version}"'})


@router.get("/{incident_id}/timeline", responses={200: {"model": EntriesOut}, **problems(404)})
async def timeline(
    incident_id: UUID,
    reader: Reader,
    services: Services,
    limit: Annotated[int, Query(ge=1, le=ENTRIES_MAX)] = ENTRIES_MAX,
    cursor: Annotated[int, Query(ge=0, le=2**53)] = 0,
) -> JSONResponse:
    """Return everything that happened to and around the incident, in seq order."""
    async with services.database.reading() as connection:
        incident = await seen_incident(services.work(connection), reader, incident_id)
        entries = await journal.entries_of_incident(
            connection, incident_id, after=cursor, limit=limit
        )
        page = await entries_page(connection, entries, reader, limit)
    await write_down_view(services, reader, incident)
    return JSONResponse(page)


async def changed(
    commands: Commands,
    incident_id: UUID,
    permission: Permission,
    intention: Intention,
    *,
    status: int = 200,
) -> JSONResponse:
    """Carry out what somebody intends with an incident in sight; answer as they are shown it."""

    async def do(doing: Doing) -> Any:
        await seen_incident(doing.work, doing.actor, incident_id)
        return shown_incident(doing.actor, await intention(doing))

    return await commands.run(permission, do, status=status)


async def known_incident(doing: Doing, incident_id: UUID) -> Incident:
    """Return the incident to somebody who sees all of it, as who changes it must."""
    incident = await seen_incident(doing.work, doing.actor, incident_id)
    require_known(doing.actor, incident)
    return incident


@router.patch("/{incident_id}", responses={**ANSWER, **problems(404, 409, 412, 428)})
async def change_incident(
    incident_id: UUID, body: IncidentPatch, version: NeededVersion, commands: Commands
) -> JSONResponse:
    """Change type, priority, place or words; fields that are not sent stay as they are."""

    async def intention(doing: Doing) -> Incident:
        await known_incident(doing, incident_id)
        command = incidents.ChangeIncident(
            id=doing.id,
            incident_id=incident_id,
            expected_version=version,
            type=body.type,
            priority=body.priority,
            location=to_location(body.location, doing.services.city_extent()),
            address_text=body.address_text,
            narrative=body.narrative,
            scheduled_for=body.scheduled_for,
        )
        return await incidents.change_incident(
            doing.work, command, now=doing.now, author=doing.author
        )

    return await changed(commands, incident_id, WRITE, intention)


@router.post("/{incident_id}/notes", responses={**ANSWER, **problems(404, 409)})
async def note(incident_id: UUID, body: NoteIn, commands: Commands) -> JSONResponse:
    """Add a note; notes are never changed."""

    async def intention(doing: Doing) -> Incident:
        command = incidents.NoteIncident(
            id=doing.id, incident_id=incident_id, text=body.text, kind=NoteKind(body.kind)
        )
        return await incidents.note_incident(
            doing.work, command, now=doing.now, author=doing.author
        )

    return await changed(commands, incident_id, WRITE, intention)


@router.post("/{incident_id}/merge", responses={**ANSWER, **problems(404, 409, 412, 428)})
async def merge(
    incident_id: UUID, body: MergeIn, version: NeededVersion, commands: Commands
) -> JSONResponse:
    """Declare that this incident is the same as another: its calls move there."""

    async def intention(doing: Doing) -> Incident:
        await known_incident(doing, incident_id)
        await known_incident(doing, body.into)
        command = incident_joining.MergeIncident(
            id=doing.id, incident_id=incident_id, into=body.into, expected_version=version
        )
        return await incident_joining.merge_incident(
            doing.work, command, now=doing.now, author=doing.author
        )

    return await changed(commands, incident_id, WRITE, intention)


@router.post("/{incident_id}/close", responses={**ANSWER, **problems(404, 409, 412, 428)})
async def close(
    incident_id: UUID, body: DispositionIn, version: NeededVersion, commands: Commands
) -> JSONResponse:
    """Close the incident, saying what became of it; refused while units are assigned."""

    async def intention(doing: Doing) -> Incident:
        await known_incident(doing, incident_id)
        command = incidents.CloseIncident(
            id=doing.id,
            incident_id=incident_id,
            disposition=body.disposition,
            expected_version=version,
        )
        return await incidents.close_incident(
            doing.work, command, now=doing.now, author=doing.author
        )

    return await changed(commands, incident_id, WRITE, intention)


@router.post(
    "/{incident_id}/assignments",
    status_code=201,
    responses={201: {"model": IncidentOut}, **problems(404, 409, 412)},
)
async def assign(
    incident_id: UUID, body: AssignIn, version: Version, commands: Commands
) -> JSONResponse:
    """Send units: all of them, or none and a 409 that names who has the one that is not free."""

    async def do(doing: Doing) -> Any:
        await seen_incident(doing.work, doing.actor, incident_id)
        await require_units_in_sight(doing.work, doing.actor, body.unit_ids)
        command = assigning.AssignUnits(
            id=doing.id,
            incident_id=incident_id,
            unit_ids=tuple(body.unit_ids),
            override_reason=body.override_reason,
            expected_version=version,
            divert=body.divert,
        )
        # What is recommended to this person counts, not what they may not know of.
        seeing = within_sight(doing.work, doing.actor, incident_id)
        assigned = await assigning.assign_units(seeing, command, now=doing.now, author=doing.author)
        return shown_incident(doing.actor, assigned)

    return await commands.run(ASSIGN, do, status=201)


@router.post("/{incident_id}/assignments/release", responses={**ANSWER, **problems(404, 409, 412)})
async def release(
    incident_id: UUID, body: ReleaseIn, version: Version, commands: Commands
) -> JSONResponse:
    """Call units off, saying why."""

    async def intention(doing: Doing) -> Incident:
        await require_units_in_sight(doing.work, doing.actor, body.unit_ids)
        command = assigning.ReleaseUnits(
            id=doing.id,
            incident_id=incident_id,
            unit_ids=tuple(body.unit_ids),
            reason=body.reason,
            expected_version=version,
        )
        return await assigning.release_units(
            doing.work, command, now=doing.now, author=doing.author
        )

    return await changed(commands, incident_id, ASSIGN, intention)
