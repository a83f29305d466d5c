"""Alarms when there are many: put aside for a while, the load on people, every report searched."""

from dataclasses import asdict
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from fastapi.responses import JSONResponse

from dispatch.domain.wire import object_json, to_json
from dispatch.repository.alarm_load import (
    HOUR,
    RAW_PAGE_MAX,
    RawWanted,
    alarm_load,
    search_raw,
)
from dispatch.services import shelving
from ops_center.api.alarm_shapes import AlarmLoadOut, AlarmOut, RawAlarmsOut, ShelveIn
from ops_center.api.deps import Commands, Doing, Reading, Services, problems, requires
from ops_center.api.instants import Instant
from ops_center.api.sight import require_in_sight
from ops_center.auth.model import Actor, Permission

router = APIRouter(prefix="/alarms", tags=["alarms"])

Reader = Annotated[Actor, Depends(requires(Permission.ALARMS_READ))]
HANDLE = Permission.ALARMS_HANDLE
ANSWER: dict[int | str, dict[str, Any]] = {200: {"model": AlarmOut}}


@router.get("/load", responses={200: {"model": AlarmLoadOut}, **problems()})
async def load(reader: Reader, connection: Reading, services: Services) -> JSONResponse:
    """Return how many alarms the last hour brought, to whom, where, and how many got no line."""
    now = services.clock.now()
    found = await alarm_load(connection, agency=reader.access.agency, now=now)
    handling = (await services.work(connection).rules.current()).alarms
    figures = {"mean_per_hour": handling.mean_per_hour, "max_per_hour": handling.max_per_hour}
    answer = to_json({**asdict(found), **figures, "flood": found.flood_since is not None})
    return JSONResponse(answer)


@router.get("/raw", responses={200: {"model": RawAlarmsOut}, **problems()})
async def raw(
    reader: Reader,
    connection: Reading,
    services: Services,
    since: Annotated[Instant | None, Query(alias="from")] = None,
    until: Annotated[Instant | None, Query(alias="to")] = None,
    camera_id: UUID | None = None,
    alarm_id: UUID | None = None,
    limit: Annotated[int, Query(ge=1, le=RAW_PAGE_MAX)] = 100,
    cursor: Annotated[str | None, Query(max_length=200)] = None,
) -> JSONResponse:
    """Return every report of machines, also those only counted on a line; the last hour's unless
    `from` and `to` say otherwise, newest first."""
    end = until or services.clock.now()
    wanted = RawWanted(
        agency=reader.access.agency,
        since=since or end - HOUR,
        until=end,
        camera_id=camera_id,
        alarm_id=alarm_id,
        cursor=cursor,
        limit=limit,
    )
    found, following = await search_raw(connection, wanted)
    items = [object_json(one) for one in found]
    return JSONResponse({"items": items, "next_cursor": following})


@router.post("/{alarm_id}/shelve", responses={**ANSWER, **problems(404, 409)})
async def shelve(alarm_id: UUID, body: ShelveIn, commands: Commands) -> JSONResponse:
    """Put the alarm aside for some minutes, with a reason; it comes back unacknowledged."""

    async def do(doing: Doing) -> Any:
        await _see(doing, alarm_id)
        command = shelving.ShelveAlarm(
            id=doing.id, alarm_id=alarm_id, minutes=body.minutes, reason=body.reason
        )
        return object_json(
            await shelving.shelve_alarm(doing.work, command, now=doing.now, author=doing.author)
        )

    return await commands.run(HANDLE, do)


@router.post("/{alarm_id}/unshelve", responses={**ANSWER, **problems(404, 409)})
async def unshelve(alarm_id: UUID, commands: Commands) -> JSONResponse:
    """Take it back before its time."""

    async def do(doing: Doing) -> Any:
        await _see(doing, alarm_id)
        command = shelving.UnshelveAlarm(id=doing.id, alarm_id=alarm_id)
        return object_json(
            await shelving.unshelve_alarm(doing.work, command, now=doing.now, author=doing.author)
        )

    return await commands.run(HANDLE, do)


async def _see(doing: Doing, alarm_id: UUID) -> None:
    alarm = await doing.work.alarms.get(alarm_id)
    require_in_sight(doing.actor, alarm.audience, what="alarm")
