"""Who has which incident open: a beat of the screen every few seconds, told on the live lane."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends
from fastapi.responses import JSONResponse

from dispatch.domain.wire import to_json
from dispatch.repository import presence
from ops_center.api.covering import write_down_view
from ops_center.api.deps import Services, problems, requires
from ops_center.api.incident_shapes import LookersOut, LookIn
from ops_center.api.sight import seen_incident
from ops_center.auth.model import Actor, Permission

router = APIRouter(prefix="/incidents", tags=["incidents"])
Looker = Annotated[Actor, Depends(requires(Permission.INCIDENTS_READ))]


@router.post("/{incident_id}/look", responses={200: {"model": LookersOut}, **problems(404)})
async def look(incident_id: UUID, body: LookIn, looker: Looker, services: Services) -> JSONResponse:
    """Say that the incident is on the screen (good for 15 s) or no longer is; answers who looks.

    Worth nothing to repeat, so it takes no Idempotency-Key and writes no entry, unless the
    incident is protected: then the look is written down once in five minutes.
    """
    async with services.database.engine.begin() as connection:
        incident = await seen_incident(services.work(connection), looker, incident_id)
        if body.gone:
            await presence.look_away(connection, incident_id, looker.username)
        else:
            await presence.beat(connection, incident_id, looker.username)
        users = await presence.lookers_of(connection, incident_id)
    if not body.gone:
        await write_down_view(services, looker, incident)
    shown = [{"name": name, "since": to_json(since)} for name, since in users]
    return JSONResponse({"users": shown})
