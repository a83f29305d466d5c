"""Who should go to an incident and why, what stays behind, and how the city is covered now."""

import asyncio
from dataclasses import replace
from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from fastapi.responses import JSONResponse

from dispatch.domain.recommending.model import Divert, Recommendation
from dispatch.domain.wire import JsonObject, object_json, to_json
from dispatch.ports import Work
from dispatch.services import recommending
from ops_center.api.advice_shapes import CoverageOut, LeftBehindOut, RecommendationOut
from ops_center.api.deps import Reading, Services, problems, requires
from ops_center.api.sight import as_shown, seen_incident, within_sight
from ops_center.auth.model import Actor, Permission

router = APIRouter(prefix="/incidents", tags=["incidents"])
coverage_router = APIRouter(prefix="/coverage", tags=["units"])
RUNNERS_UP_MAX = 50
USUAL = "patrol"
LEFT_BEHIND = ("coverage", "move_ups", "coverage_state")

Reader = Annotated[Actor, Depends(requires(Permission.INCIDENTS_READ))]
UnitsReader = Annotated[Actor, Depends(requires(Permission.UNITS_READ))]


@router.get(
    "/{incident_id}/recommendation",
    responses={200: {"model": RecommendationOut}, **problems(404)},
)
async def recommendation(
    incident_id: UUID,
    reader: Reader,
    connection: Reading,
    services: Services,
    limit: Annotated[int, Query(ge=0, le=RUNNERS_UP_MAX)] = 5,
) -> JSONResponse:
    """Say which units would be there first by road and why, what is short, what stays behind."""
    reader.require(Permission.UNITS_READ)
    work = services.work(connection)
    await seen_incident(work, reader, incident_id)
    seeing = as_shown(within_sight(work, reader, incident_id), reader)
    now = services.clock.now()
    advice = await recommending.recommend(seeing, incident_id, now=now, limit=limit)
    whole = await _with_coverage(seeing, advice, now=now)
    return JSONResponse(advice_json(whole))


@router.get(
    "/{incident_id}/recommendation/coverage",
    responses={200: {"model": LeftBehindOut}, **problems(404)},
)
async def coverage_left(
    incident_id: UUID, reader: Reader, connection: Reading, services: Services
) -> JSONResponse:
    """Say only what the recommended units would leave behind, and which move would mend it."""
    reader.require(Permission.UNITS_READ)
    work = services.work(connection)
    await seen_incident(work, reader, incident_id)
    seeing = as_shown(within_sight(work, reader, incident_id), reader)
    now = services.clock.now()
    advice = await recommending.recommend(seeing, incident_id, now=now, limit=0)
    whole = advice_json(await _with_coverage(seeing, advice, now=now))
    return JSONResponse({name: whole[name] for name in LEFT_BEHIND})


@coverage_router.get("", responses={200: {"model": CoverageOut}, **problems()})
async def coverage(
    reader: UnitsReader,
    connection: Reading,
    services: Services,
    capability: Annotated[str, Query(min_length=1, max_length=32, pattern=r"^[a-z0-9_]+$")] = USUAL,
) -> JSONResponse:
    """Say how long each zone would wait for a capability now, the longest first."""
    work = services.work(connection)
    fleet = work.fleet.within(agency=reader.access.agency, unit=reader.access.unit)
    now = services.clock.now()
    footing = await recommending.footing(replace(work, fleet=fleet), {capability}, now=now)
    rows = await asyncio.to_thread(recommending.coverage_at_present, footing, capability)
    answer = {
        "capability": capability,
        "coverage_state": footing.state,
        "zones": to_json(rows),
        "as_of": to_json(now),
    }
    return JSONResponse(answer)


async def _with_coverage(work: Work, advice: Recommendation, *, now: datetime) -> Recommendation:
    """Add what the recommended units leave behind, as far as it can be told now."""
    if not advice.units:
        return replace(advice, coverage_state="nobody_goes")
    going = await work.fleet.named({one.unit_id for one in advice.units})
    capabilities = recommending.capabilities_touched(advice, going)
    footing = await recommending.footing(work, set(capabilities), now=now)
    losses, moves = await asyncio.to_thread(
        recommending.coverage_left, advice, footing, capabilities
    )
    return replace(advice, coverage=losses, move_ups=moves, coverage_state=footing.state)


def advice_json(advice: Recommendation) -> JsonObject:
    """Return a recommendation as docs/protocol.md shows it."""
    shape = object_json(advice)
    shape["diverts"] = [_divert_json(one) for one in advice.diverts]
    return shape


def _divert_json(divert: Divert) -> JsonObject:
    shape = object_json(divert)
    shape["from"] = shape.pop("from_")
    return shape
