"""Alarms of machines: acknowledged, then verified or dismissed by a person."""

from dataclasses import asdict
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response
from fastapi.responses import JSONResponse

from dispatch import queries
from dispatch.domain.wire import object_json
from dispatch.ports import Work
from dispatch.services import alarms
from ops_center.api.alarm_shapes import AlarmOut, AlarmsOut, VerifiedOut, VerifyIn
from ops_center.api.covering import shown_incident
from ops_center.api.deps import Commands, Doing, Reading, Services, problems, requires
from ops_center.api.shapes import ReasonIn
from ops_center.api.sight import access_of, require_in_sight, seen_incident
from ops_center.auth.model import Actor, Permission
from ops_center.kernel.errors import NotFound

router = APIRouter(prefix="/alarms", tags=["alarms"])
PAGE_MAX = 500

Reader = Annotated[Actor, Depends(requires(Permission.ALARMS_READ))]
HANDLE = Permission.ALARMS_HANDLE
ANSWER: dict[int | str, dict[str, Any]] = {200: {"model": AlarmOut}}
JPEG: dict[int | str, dict[str, Any]] = {
    200: {"content": {"image/jpeg": {}}, "description": "The picture, as it was stored."}
}


@router.get("", responses={200: {"model": AlarmsOut}, **problems()})
async def list_alarms(
    reader: Reader,
    connection: Reading,
    state: Annotated[str | None, Query(max_length=16)] = None,
    limit: Annotated[int, Query(ge=1, le=PAGE_MAX)] = 100,
    cursor: Annotated[str | None, Query(max_length=200)] = None,
) -> JSONResponse:
    """Return alarms, newest first; `state` is one of the states, or "open"."""
    listing = await queries.list_alarms(
        connection,
        access=access_of(reader),
        state=state,
        page=queries.Page(limit=limit, cursor=cursor),
    )
    return JSONResponse(asdict(listing))


@router.get(
    "/{alarm_id}/snapshot.jpg", response_class=Response, responses={**JPEG, **problems(404)}
)
async def snapshot(
    alarm_id: UUID, reader: Reader, connection: Reading, services: Services
) -> Response:
    """Return the picture that was stored when the alarm was raised, checked against its hash.

    A report that was only counted on another alarm has its picture too.
    """
    sha256 = await _picture_of(services.work(connection), reader, alarm_id)
    if sha256 is None:
        raise NotFound("No picture was stored with this alarm.")
    content = await services.read_evidence(sha256)
    headers = {"ETag": f'"{sha256}"', "Cache-Control": "private, max-age=86400"}
    return Response(content, media_type="image/jpeg", headers=headers)


@router.post("/{alarm_id}/acknowledge", responses={**ANSWER, **problems(404, 409)})
async def acknowledge(alarm_id: UUID, commands: Commands) -> JSONResponse:
    """Say that a person has seen it."""

    async def do(doing: Doing) -> Any:
        await _see(doing, alarm_id)
        command = alarms.AcknowledgeAlarm(id=doing.id, alarm_id=alarm_id)
        return object_json(
            await alarms.acknowledge_alarm(doing.work, command, now=doing.now, author=doing.author)
        )

    return await commands.run(HANDLE, do)


@router.post("/{alarm_id}/verify", responses={200: {"model": VerifiedOut}, **problems(404, 409)})
async def verify(alarm_id: UUID, body: VerifyIn, commands: Commands) -> JSONResponse:
    """Confirm the alarm: it opens an incident, or joins one."""

    async def do(doing: Doing) -> Any:
        doing.actor.require(Permission.INCIDENTS_WRITE)
        await _see(doing, alarm_id)
        if body.incident_id is not None:
            await seen_incident(doing.work, doing.actor, body.incident_id)
        command = alarms.VerifyAlarm(
            id=doing.id,
            alarm_id=alarm_id,
            incident_id=body.incident_id,
            type=body.type,
            priority=body.priority,
            narrative=body.narrative,
        )
        verified = await alarms.verify_alarm(
            doing.work, command, now=doing.now, author=doing.author
        )
        incident = shown_incident(doing.actor, verified.incident)
        return {"alarm": object_json(verified.alarm), "incident": incident}

    return await commands.run(HANDLE, do)


@router.post("/{alarm_id}/dismiss", responses={**ANSWER, **problems(404, 409)})
async def dismiss(alarm_id: UUID, body: ReasonIn, commands: Commands) -> JSONResponse:
    """Put the alarm aside, with a reason of /codes."""

    async def do(doing: Doing) -> Any:
        await _see(doing, alarm_id)
        command = alarms.DismissAlarm(id=doing.id, alarm_id=alarm_id, reason=body.reason)
        return object_json(
            await alarms.dismiss_alarm(doing.work, command, now=doing.now, author=doing.author)
        )

    return await commands.run(HANDLE, do)


async def _picture_of(work: Work, reader: Actor, identity: UUID) -> str | None:
    report = await work.raw_alarms.find(identity)
    if report is not None and report.alarm_id != identity:
        require_in_sight(reader, (f"agency:{report.agency}",), what="alarm")
        return report.snapshot_sha256
    alarm = await work.alarms.get(identity)
    require_in_sight(reader, alarm.audience, what="alarm")
    return alarm.snapshot.sha256 if alarm.snapshot else None


async def _see(doing: Doing, alarm_id: UUID) -> None:
    alarm = await doing.work.alarms.get(alarm_id)
    require_in_sight(doing.actor, alarm.audience, what="alarm")
