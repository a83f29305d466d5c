"""Panic buttons and alarm panels: what there is, how often each was right, and their presses."""

from dataclasses import asdict, fields
from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import APIRouter, Depends
from fastapi.responses import JSONResponse

from dispatch.domain.alarm_source import AlarmSource, SourceKind, state_of
from dispatch.domain.wire import UNSET, JsonObject, object_json, to_json
from dispatch.ports import Judged
from dispatch.repository.sources import judged_alarms, list_sources
from dispatch.services.alarm_sources import (
    Activate,
    AddSource,
    ChangeSource,
    Hear,
    activate,
    add_source,
    change_source,
    hear,
)
from gis.geometry import Location
from ops_center.api.alarm_shapes import AlarmOut
from ops_center.api.deps import (
    Commands,
    Doing,
    NeededVersion,
    Reading,
    Services,
    problems,
    requires,
)
from ops_center.api.location_shapes import (
    ActivationIn,
    HeartbeatIn,
    SourceIn,
    SourceOut,
    SourcePatch,
    SourcesOut,
)
from ops_center.api.places import believable_location, to_location
from ops_center.api.shapes import PlaceIn
from ops_center.api.sight import require_in_sight
from ops_center.auth.model import Actor, Permission
from ops_center.kernel.errors import Invalid

router = APIRouter(prefix="/alarm-sources", tags=["alarms"])
WRITE: Final = Permission.ALARM_SOURCES_WRITE
RAISE: Final = Permission.ALARMS_RAISE
Reader = Annotated[Actor, Depends(requires(Permission.ALARMS_READ))]


@router.get("", responses={200: {"model": SourcesOut}, **problems()})
async def list_alarm_sources(
    reader: Reader, connection: Reading, services: Services
) -> JSONResponse:
    """Return all sources by code, with what people made of their alarms, and which are silent."""
    sources = await list_sources(connection, agency=reader.access.agency)
    judged = await judged_alarms(connection)
    now = services.clock.now()
    items = [
        {
            **_shape(one),
            "state": state_of(one, now=now).value,
            "judged": _judged(judged.get(one.id, Judged())),
        }
        for one in sources
    ]
    known = [judged[one.id] for one in sources if one.id in judged]
    return JSONResponse({"items": items, "judged": _judged(_sum(known)), "next_cursor": None})


@router.post("", status_code=201, responses={201: {"model": SourceOut}, **problems(409)})
async def add_alarm_source(body: SourceIn, commands: Commands) -> JSONResponse:
    """Register a panic button or an alarm panel."""

    async def do(doing: Doing) -> Any:
        location = _place(body.location, doing)
        command = AddSource(
            id=doing.id,
            code=body.code,
            name=body.name,
            kind=SourceKind(body.kind),
            agency=body.agency,
            priority=body.priority,
            location=location,
            repeat_window_s=body.repeat_window_s,
            expected_days=body.expected_days,
        )
        require_in_sight(doing.actor, [f"agency:{body.agency}"], what="agency")
        source = await add_source(doing.work, command, now=doing.now, author=doing.author)
        return _with_state(source, doing)

    return await commands.run(WRITE, do, status=201)


@router.patch("/{source_id}", responses={200: {"model": SourceOut}, **problems(404, 409, 412, 428)})
async def change_alarm_source(
    source_id: UUID, body: SourcePatch, version: NeededVersion, commands: Commands
) -> JSONResponse:
    """Correct a source, or take it out of use and back; fields left out stay as they are."""

    async def do(doing: Doing) -> Any:
        present = await doing.work.alarm_sources.get(source_id)
        require_in_sight(doing.actor, present.audience, what="alarm source")
        if body.agency is not None:
            require_in_sight(doing.actor, [f"agency:{body.agency}"], what="agency")
        command = ChangeSource(
            id=doing.id, source_id=source_id, expected_version=version, **_sent(body, doing)
        )
        after = await change_source(doing.work, command, now=doing.now, author=doing.author)
        return _with_state(after, doing)

    return await commands.run(WRITE, do)


@router.post(
    "/{code}/activations",
    status_code=201,
    responses={201: {"model": AlarmOut}, **problems(404, 409)},
)
async def activate_source(code: str, body: ActivationIn, commands: Commands) -> JSONResponse:
    """Say that a button was pressed or a panel went off: an alarm is raised.

    A press soon after another is counted on the alarm that is still open.
    """

    async def do(doing: Doing) -> Any:
        # A wrong place must not stop a cry for help: the source's own place stands instead.
        location = believable_location(body.location, doing.services.city_extent())
        command = Activate(id=doing.id, code=code, at=body.at, location=location, text=body.text)
        alarm = await activate(doing.work, command, now=doing.now, author=doing.author)
        require_in_sight(doing.actor, alarm.audience, what="alarm source")
        return object_json(alarm)

    return await commands.run(RAISE, do, status=201)


@router.post("/{code}/heartbeats", responses={200: {"model": SourceOut}, **problems(404, 409)})
async def hear_source(code: str, body: HeartbeatIn, commands: Commands) -> JSONResponse:
    """Say that a source lives: its own heartbeat, or a test that somebody made. No alarm."""

    async def do(doing: Doing) -> Any:
        command = Hear(id=doing.id, code=code, at=body.at)
        source = await hear(doing.work, command, now=doing.now, author=doing.author)
        require_in_sight(doing.actor, source.audience, what="alarm source")
        return _with_state(source, doing)

    return await commands.run(RAISE, do)


def _sent(body: SourcePatch, doing: Doing) -> dict[str, Any]:
    """The fields that were sent; only `expected_days` may be emptied."""
    sent = {name: getattr(body, name) for name in body.model_fields_set}
    empty = sorted(name for name, value in sent.items() if value is None)
    if set(empty) - {"expected_days"}:
        raise Invalid(f"{empty[0]} cannot be empty.", field=empty[0])
    if body.location is not None:
        sent["location"] = _place(body.location, doing)
    return sent or {"name": UNSET}


def _place(place: PlaceIn, doing: Doing) -> Location:
    location = to_location(place, doing.services.city_extent())
    assert location is not None, "a place was sent"
    return location


def _with_state(source: AlarmSource, doing: Doing) -> JsonObject:
    return {**_shape(source), "state": state_of(source, now=doing.now).value}


def _shape(source: AlarmSource) -> JsonObject:
    return {**object_json(source), "heard_at": to_json(source.heard_at)}


def _judged(judged: Judged) -> JsonObject:
    decided = judged.genuine + judged.false
    return {
        **{name: to_json(value) for name, value in asdict(judged).items()},
        "false_rate": round(judged.false / decided, 4) if decided else None,
    }


def _sum(judged: list[Judged]) -> Judged:
    counted = [field.name for field in fields(Judged) if field.name != "last_at"]
    times = [one.last_at for one in judged if one.last_at]
    totals = {name: sum(getattr(one, name) for one in judged) for name in counted}
    return Judged(**totals, last_at=max(times, default=None))
