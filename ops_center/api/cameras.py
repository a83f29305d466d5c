"""Cameras: added, changed, looked at. Who looks, says why, and it is written down."""

from datetime import time
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Header, Request, Response
from fastapi.responses import JSONResponse

from camera_ingest import repository
from camera_ingest.domain.alarm_rule import AlarmRule, Schedule
from camera_ingest.domain.camera import Camera, public_view
from camera_ingest.domain.view import is_blind, views_of
from camera_ingest.repository import SqlCameraStore
from camera_ingest.services import (
    AddCamera,
    ChangeCamera,
    StartViewing,
    add_camera,
    audience,
    change_camera,
    start_viewing,
    still_viewed,
    watch_zone,
)
from dispatch.domain.wire import object_json, to_json
from dispatch.ports import Work
from ops_center.api.camera_control import LiveView
from ops_center.api.camera_shapes import (
    CameraIn,
    CameraOut,
    CameraPatch,
    CamerasOut,
    RuleIn,
    ViewsOut,
)
from ops_center.api.covering import shown_place
from ops_center.api.deps import (
    Commands,
    Doing,
    NeededVersion,
    Reading,
    Services,
    problems,
    requires,
)
from ops_center.api.places import to_location
from ops_center.api.services import ApiServices
from ops_center.api.sight import require_in_sight, seen_incident
from ops_center.auth.model import Actor, Permission
from ops_center.kernel import idempotency, transaction
from ops_center.kernel.errors import Invalid, NotFound
from ops_center.kernel.ids import derived_id, new_id

router = APIRouter(prefix="/cameras", tags=["cameras"])
of_incidents = APIRouter(prefix="/incidents", tags=["cameras"])
SDP = "application/sdp"
OFFER_MAX_BYTES = 100_000
STILL_WINDOW_S = 300

Reader = Annotated[Actor, Depends(requires(Permission.CAMERAS_READ))]
Viewer = Annotated[Actor, Depends(requires(Permission.CAMERAS_VIEW))]
ANSWER: dict[int | str, dict[str, Any]] = {200: {"model": CameraOut}}
JPEG: dict[int | str, dict[str, Any]] = {
    200: {"content": {"image/jpeg": {}}, "description": "The newest picture; see X-Captured-At."}
}
WHEP: dict[int | str, dict[str, Any]] = {
    201: {
        "content": {SDP: {}},
        "description": "SDP answer; Location ends it, X-Stream-Mode says how.",
    }
}
OFFER = {"requestBody": {"content": {SDP: {"schema": {"type": "string"}}}, "required": True}}


@router.get("", responses={200: {"model": CamerasOut}, **problems()})
async def list_cameras(reader: Reader, connection: Reading) -> JSONResponse:
    """Return the cameras in sight with their health; stream addresses are never told."""
    health = await repository.read_health(connection)
    items = [
        {**public_view(one), "health": _health(health.get(one.id))}
        for one in await repository.list_cameras(connection)
        if reader.access.covers(frozenset(audience(one)))
    ]
    return JSONResponse({"items": items, "next_cursor": None})


@router.post("", status_code=201, responses={201: {"model": CameraOut}, **problems(409)})
async def create_camera(body: CameraIn, commands: Commands) -> JSONResponse:
    """Add a camera with its alarm rules; its address must lie in the allowed networks."""

    async def do(doing: Doing) -> Any:
        location = to_location(body.location, doing.services.city_extent())
        assert location is not None, "the field is required"
        store = SqlCameraStore(doing.tx.connection)
        command = AddCamera(
            id=doing.id,
            name=body.name,
            location=location,
            agency=body.agency,
            stream_url=body.stream_url.get_secret_value(),
            heading_deg=body.heading_deg,
            fov_deg=body.fov_deg,
            range_m=body.range_m,
            enabled=body.enabled,
        )
        camera = await add_camera(doing.tx, command, store=store, guard=doing.services.camera_guard)
        require_in_sight(doing.actor, audience(camera), what="agency in your reach")
        for place, rule in enumerate(body.rules):
            await watch_zone(_rule(camera.id, rule, place), store=store)
        return public_view(camera)

    return await commands.run(Permission.CAMERAS_WRITE, do, status=201)


@router.patch("/{camera_id}", responses={**ANSWER, **problems(404, 409, 412, 428)})
async def edit_camera(
    camera_id: UUID, body: CameraPatch, version: NeededVersion, commands: Commands
) -> JSONResponse:
    """Change a camera; fields that are not sent stay as they are."""
    changes = body.model_dump(exclude_unset=True, exclude={"stream_url", "location"})

    async def do(doing: Doing) -> Any:
        if body.location is not None:
            changes["location"] = to_location(body.location, doing.services.city_extent())
        store = SqlCameraStore(doing.tx.connection)
        present = await _seen(store, doing.actor, camera_id)
        command = ChangeCamera(
            camera_id=camera_id,
            expected_version=present.version if version is None else version,
            changes=changes,
            stream_url=body.stream_url.get_secret_value() if body.stream_url else None,
        )
        return public_view(
            await change_camera(doing.tx, command, store=store, guard=doing.services.camera_guard)
        )

    return await commands.run(Permission.CAMERAS_WRITE, do)


@router.get(
    "/{camera_id}/snapshot.jpg", response_class=Response, responses={**JPEG, **problems(404)}
)
async def picture(
    camera_id: UUID,
    viewer: Viewer,
    services: Services,
    purpose: Annotated[str | None, Header(alias="X-Purpose", max_length=200)] = None,
) -> Response:
    """Return the newest picture; X-Captured-At says when the camera took it. It is journalled."""
    async with services.database.reading() as connection:
        camera = await _seen(SqlCameraStore(connection), viewer, camera_id)
        await _require_reason(services.work(connection), viewer, purpose or "")
    newest = await services.cameras.picture(camera_id)
    await _write_down_still(services, viewer, camera, purpose)
    return Response(
        newest.jpeg, media_type="image/jpeg", headers={"X-Captured-At": newest.captured_at}
    )


@router.post(
    "/{camera_id}/whep",
    status_code=201,
    response_class=Response,
    responses={**WHEP, **problems(404, 415)},
    openapi_extra=OFFER,
)
async def open_view(
    camera_id: UUID,
    request: Request,
    viewer: Viewer,
    services: Services,
    purpose: Annotated[str, Header(alias="X-Purpose", min_length=1, max_length=200)] = "",
) -> Response:
    """Open a live view by WHEP; X-Purpose (incident:<id>, alarm:<id> or words) is journalled."""
    if request.headers.get("content-type", "").partition(";")[0].strip() != SDP:
        raise Invalid(f"Send the SDP offer as {SDP}.", code="not-sdp")
    if not purpose.strip():
        raise Invalid("Say why you watch: send X-Purpose.", code="purpose-required")
    offer = await request.body()
    if not offer or len(offer) > OFFER_MAX_BYTES:
        raise Invalid(f"The SDP offer has 1 to {OFFER_MAX_BYTES} bytes.")
    async with services.database.reading() as connection:
        await _seen(SqlCameraStore(connection), viewer, camera_id)
        await _require_reason(services.work(connection), viewer, purpose)
    viewing_id = new_id()
    view = await services.cameras.open_view(
        camera_id, offer=offer, viewing_id=viewing_id, viewer=viewer.username
    )
    await _write_down(services, viewer, camera_id, viewing_id, view, purpose)
    return Response(
        view.answer_sdp,
        201,
        {
            "Location": f"{request.url.path}/{view.session_id}",
            "X-Stream-Mode": view.mode,
            "X-Stream-Mode-Reason": view.mode_reason,
        },
        SDP,
    )


async def _require_reason(work: Work, viewer: Actor, purpose: str) -> None:
    """A purpose that names an incident or an alarm must name one that the viewer sees."""
    word, _, identity = purpose.strip().partition(":")
    if word not in {"incident", "alarm"}:
        return
    try:
        subject = UUID(identity)
    except ValueError:
        raise Invalid(
            f"X-Purpose {word}:<id> holds the {word}'s id.", code="purpose-unknown"
        ) from None
    found = await (work.incidents if word == "incident" else work.alarms).get(subject)
    require_in_sight(viewer, found.audience, what=word)


async def _write_down_still(
    services: ApiServices, viewer: Actor, camera: Camera, purpose: str | None
) -> None:
    """Journal the look once per STILL_WINDOW_S: a picture refreshed each second is one look."""
    now = services.clock.now()
    window = int(now.timestamp() // STILL_WINDOW_S)
    key = f"still:{camera.id}:{derived_id(purpose or '')}:{window}"
    async with transaction.begin(
        services.database, author=viewer.author, cause=new_id(), clock=services.clock
    ) as tx:
        known = await idempotency.claim(
            tx.connection, author_id=viewer.id, key=key, digest=key[:64], now=now
        )
        if known is None:
            still_viewed(tx, camera, viewer=viewer.username, purpose=purpose)
            await tx.commit()


async def _write_down(
    services: ApiServices,
    viewer: Actor,
    camera_id: UUID,
    viewing_id: UUID,
    view: LiveView,
    purpose: str,
) -> None:
    """Journal the viewing; a view that cannot be written down is ended at once."""
    try:
        async with transaction.begin(
            services.database, author=viewer.author, cause=viewing_id, clock=services.clock
        ) as tx:
            command = StartViewing(
                viewing_id=viewing_id,
                camera_id=camera_id,
                viewer=viewer.username,
                purpose=purpose,
                mode=view.mode,
                control_url=view.control_url,
            )
            await start_viewing(tx, command, store=SqlCameraStore(tx.connection))
            await tx.commit()
    except BaseException:
        await services.cameras.close_view(view.control_url, view.session_id)
        raise


@router.delete(
    "/{camera_id}/whep/{session_id}",
    status_code=204,
    response_class=Response,
    responses=problems(404),
)
async def close_view(
    camera_id: UUID, session_id: UUID, viewer: Viewer, services: Services
) -> Response:
    """End a live view."""
    async with services.database.reading() as connection:
        await _seen(SqlCameraStore(connection), viewer, camera_id)
        url = await repository.worker_url(connection, camera_id)
    if url is not None:
        await services.cameras.close_view(url, session_id)
    return Response(status_code=204)


async def _seen(store: SqlCameraStore, actor: Actor, camera_id: UUID) -> Camera:
    camera = await store.find(camera_id)
    if camera is None:
        raise NotFound("There is no such camera.")
    require_in_sight(actor, audience(camera), what="camera")
    return camera


@of_incidents.get("/{incident_id}/cameras", responses={200: {"model": ViewsOut}, **problems(404)})
async def views_of_incident(
    incident_id: UUID, reader: Reader, connection: Reading, services: Services
) -> JSONResponse:
    """Return which cameras may show the place, best first; buildings in between are not known."""
    incident = await seen_incident(services.work(connection), reader, incident_id)
    health = await repository.read_health(connection)
    states = {camera_id: str(one["state"]) for camera_id, one in health.items()}
    cameras = [
        one
        for one in await repository.list_cameras(connection)
        if reader.access.covers(frozenset(audience(one)))
    ]
    place = shown_place(reader, incident)
    views = views_of(place, cameras, states) if place else []
    items = [{**object_json(view), "health": health_of(health, view.camera_id)} for view in views]
    return JSONResponse({"items": items, "blind_spot": is_blind(views)})


def health_of(health: dict[UUID, dict[str, Any]], camera_id: UUID) -> dict[str, Any] | None:
    """Return a camera's health JSON-ready, None for one that is switched off."""
    return _health(health.get(camera_id))


def _health(known: dict[str, Any] | None) -> dict[str, Any] | None:
    return None if known is None else {name: to_json(value) for name, value in known.items()}


def _rule(camera_id: UUID, rule: RuleIn, place: int) -> AlarmRule:
    given = rule.model_dump(exclude={"threshold", "zone", "schedule"})
    schedule = None
    if rule.schedule is not None:
        schedule = Schedule(
            days=frozenset(rule.schedule.days),
            start=time.fromisoformat(rule.schedule.start),
            end=time.fromisoformat(rule.schedule.end),
        )
    return AlarmRule(
        id=derived_id("rule", str(camera_id), str(place)),
        camera_id=camera_id,
        zone=tuple((x, y) for x, y in rule.zone),
        min_fraction=rule.threshold,
        schedule=schedule,
        **given,
    )
