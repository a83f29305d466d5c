"""An incident's life: unmerge, split, links, reopening, schedule, protection, owner, hand-over."""

from functools import partial
from typing import Any
from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import JSONResponse

from dispatch.domain.incident import Incident
from dispatch.domain.incident_parts import LinkKind
from dispatch.services import incident_joining, incident_life
from ops_center.api.covering import knows, shown_incident
from ops_center.api.deps import Commands, Doing, NeededVersion, Version, problems
from ops_center.api.incident_shapes import (
    HandedOverOut,
    HandOverIn,
    IncidentLinkIn,
    IncidentOut,
    OwnerIn,
    ProtectIn,
    ReopenIn,
    SplitIn,
    UnmergeIn,
)
from ops_center.api.incidents import ANSWER, WRITE, changed, known_incident
from ops_center.api.places import to_location
from ops_center.auth import service
from ops_center.auth.model import Actor, Permission
from ops_center.kernel.errors import Invalid

router = APIRouter(prefix="/incidents", tags=["incidents"])
of_handovers = APIRouter(tags=["incidents"])


@router.post("/{incident_id}/unmerge", responses={**ANSWER, **problems(404, 409, 412, 428)})
async def unmerge(
    incident_id: UUID, body: UnmergeIn, version: NeededVersion, commands: Commands
) -> JSONResponse:
    """Let a merged incident stand by itself again, with the calls and alarms that came from it.

    What joined the other meanwhile stays there, and so do all units.
    """

    async def intention(doing: Doing) -> Incident:
        merged = await known_incident(doing, incident_id)
        if merged.merged_into is not None:
            await known_incident(doing, merged.merged_into)
        command = incident_joining.UnmergeIncident(
            id=doing.id, incident_id=incident_id, reason=body.reason, expected_version=version
        )
        return await incident_joining.unmerge_incident(
            doing.work, command, now=doing.now, author=doing.author
        )

    return await changed(commands, incident_id, WRITE, intention)


@router.post(
    "/{incident_id}/split",
    status_code=201,
    responses={201: {"model": IncidentOut}, **problems(404, 409, 412, 428)},
)
async def split(
    incident_id: UUID, body: SplitIn, version: NeededVersion, commands: Commands
) -> JSONResponse:
    """Open a new incident with some of this one's calls and alarms; answers the new one."""

    async def intention(doing: Doing) -> Incident:
        await known_incident(doing, incident_id)
        command = incident_joining.SplitIncident(
            id=doing.id,
            incident_id=incident_id,
            reason=body.reason,
            call_ids=tuple(body.call_ids),
            alarm_ids=tuple(body.alarm_ids),
            type=body.type,
            location=to_location(body.location, doing.services.city_extent()),
            expected_version=version,
        )
        return await incident_joining.split_incident(
            doing.work, command, now=doing.now, author=doing.author
        )

    return await changed(commands, incident_id, WRITE, intention, status=201)


@router.post("/{incident_id}/links", responses={**ANSWER, **problems(404, 409, 412)})
async def link(incident_id: UUID, body: IncidentLinkIn, commands: Commands) -> JSONResponse:
    """Link another incident; `kind` is what the other is to this one. Both show it."""

    async def intention(doing: Doing) -> Incident:
        await known_incident(doing, body.incident_id)
        command = incident_joining.LinkIncidents(
            id=doing.id,
            incident_id=incident_id,
            other_id=body.incident_id,
            kind=LinkKind(body.kind),
        )
        return await incident_joining.link_incidents(
            doing.work, command, now=doing.now, author=doing.author
        )

    return await changed(commands, incident_id, WRITE, intention)


@router.delete("/{incident_id}/links/{other_id}", responses={**ANSWER, **problems(404, 409, 412)})
async def unlink(incident_id: UUID, other_id: UUID, commands: Commands) -> JSONResponse:
    """Remove the link between the two, on both sides."""

    async def intention(doing: Doing) -> Incident:
        await known_incident(doing, other_id)
        command = incident_joining.UnlinkIncidents(
            id=doing.id, incident_id=incident_id, other_id=other_id
        )
        return await incident_joining.unlink_incidents(
            doing.work, command, now=doing.now, author=doing.author
        )

    return await changed(commands, incident_id, WRITE, intention)


@router.post("/{incident_id}/reopen", responses={**ANSWER, **problems(404, 409, 412, 428)})
async def reopen(
    incident_id: UUID, body: ReopenIn, version: NeededVersion, commands: Commands
) -> JSONResponse:
    """Let a closed incident go on, with its calls and alarms; only a person closes it again."""

    async def intention(doing: Doing) -> Incident:
        await known_incident(doing, incident_id)
        command = incident_life.ReopenIncident(
            id=doing.id, incident_id=incident_id, reason=body.reason, expected_version=version
        )
        return await incident_life.reopen_incident(
            doing.work, command, now=doing.now, author=doing.author
        )

    return await changed(commands, incident_id, WRITE, intention)


@router.post("/{incident_id}/start", responses={**ANSWER, **problems(404, 409)})
async def start(incident_id: UUID, commands: Commands) -> JSONResponse:
    """Let a scheduled incident begin now, before its time."""

    async def intention(doing: Doing) -> Incident:
        command = incident_life.StartIncident(id=doing.id, incident_id=incident_id)
        return await incident_life.start_incident(
            doing.work, command, now=doing.now, author=doing.author
        )

    return await changed(commands, incident_id, WRITE, intention)


@router.post("/{incident_id}/protection", responses={**ANSWER, **problems(404, 409, 412)})
async def protect(
    incident_id: UUID, body: ProtectIn, version: Version, commands: Commands
) -> JSONResponse:
    """Mask the incident for those who need not know, or end that, saying why."""

    async def intention(doing: Doing) -> Incident:
        command = incident_life.ProtectIncident(
            id=doing.id,
            incident_id=incident_id,
            protected=body.protected,
            reason=body.reason,
            expected_version=version,
        )
        return await incident_life.protect_incident(
            doing.work, command, now=doing.now, author=doing.author
        )

    return await changed(commands, incident_id, Permission.PROTECTED_READ, intention)


@router.post("/{incident_id}/owner", responses={**ANSWER, **problems(404, 409, 412)})
async def own(
    incident_id: UUID, body: OwnerIn, version: Version, commands: Commands
) -> JSONResponse:
    """Say who leads the incident at the desk from now on; null: nobody."""

    async def intention(doing: Doing) -> Incident:
        await _require_leader(doing, body.to)
        command = incident_life.OwnIncident(
            id=doing.id,
            incident_id=incident_id,
            owner=body.to,
            note=body.note,
            expected_version=version,
        )
        return await incident_life.own_incident(
            doing.work, command, now=doing.now, author=doing.author
        )

    return await changed(commands, incident_id, WRITE, intention)


@of_handovers.post(
    "/handovers", responses={200: {"model": HandedOverOut}, **problems(403, 404, 409)}
)
async def hand_over(body: HandOverIn, commands: Commands) -> JSONResponse:
    """Give one or all of somebody's incidents to another, in one command.

    Any dispatcher may: the first person's workstation may be dead. Of all somebody's incidents
    those are given that the asker sees whole; `left` counts the others, which stay as they are.
    """

    async def do(doing: Doing) -> Any:
        await _require_leader(doing, body.to)
        for incident_id in body.incident_ids or ():
            await known_incident(doing, incident_id)
        command = incident_life.HandOver(
            id=doing.id,
            giver=body.giver or doing.actor.username,
            owner=body.to,
            note=body.note,
            incident_ids=tuple(body.incident_ids) if body.incident_ids else None,
        )
        done = await incident_life.hand_over(
            doing.work,
            command,
            now=doing.now,
            author=doing.author,
            reach=partial(_sees_whole, doing.actor),
        )
        items = [shown_incident(doing.actor, one) for one in done.given]
        return {"items": items, "left": done.left}

    return await commands.run(Permission.UNITS_ASSIGN, do)


def _sees_whole(actor: Actor, incident: Incident) -> bool:
    return actor.access.covers(frozenset(incident.audience)) and knows(actor, incident)


async def _require_leader(doing: Doing, username: str | None) -> None:
    """Raise Invalid unless there is such a person, who may work on incidents."""
    if username is None:
        return
    people = await service.users(doing.tx.connection)
    known = (one for one in people if one.username == username)
    person = next(known, None)
    if person is None or not person.may(WRITE):
        raise Invalid(
            f"{username} is nobody who works on incidents. Choose somebody of the desk.",
            code="not-a-leader",
            field="to",
        )
