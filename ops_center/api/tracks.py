"""Where a unit was: its positions, and the roads it most likely drove."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from fastapi.responses import JSONResponse

from dispatch import queries
from dispatch.domain.positions import Fix
from gis.geojson import line_json
from gis.routing.port import Matched, Trace
from gis.travel import Profile
from ops_center.api.deps import Services, problems, requires
from ops_center.api.instants import Instant
from ops_center.api.movements import write_down
from ops_center.api.shapes import Out
from ops_center.api.sight import access_of
from ops_center.auth.model import Actor, Permission
from ops_center.kernel.clock import wire_time
from ops_center.kernel.errors import Invalid, Unavailable
from ops_center.kernel.measure import Metres

router = APIRouter(prefix="/units", tags=["units"])

USUAL_SPAN: Final = timedelta(hours=1)
SPAN_MAX: Final = timedelta(hours=24)
POSITIONS_MAX: Final = 10_000
MATCHABLE_MIN: Final = 2

Reader = Annotated[Actor, Depends(requires(Permission.UNITS_READ))]


class PositionOut(Out):
    lon: float
    lat: float
    occurred_at: str
    accuracy_m: float | None
    speed_mps: float | None
    heading_deg: float | None


class MatchedOut(Out):
    """`geometry` is GeoJSON, null where no road was followed; `confidence` 0..1."""

    geometry: dict[str, Any] | None
    distance_m: float
    streets: list[str]
    confidence: float
    unmatched: int


class TrackOut(Out):
    """`reason` says why `matched` is null although it was asked for."""

    unit_id: str
    positions: list[PositionOut]
    matched: MatchedOut | None
    reason: str | None


@router.get("/{unit_id}/track", responses={200: {"model": TrackOut}, **problems(404)})
async def track(
    unit_id: UUID,
    reader: Reader,
    services: Services,
    since: Annotated[Instant | None, Query(alias="from")] = None,
    until: Annotated[Instant | None, Query(alias="to")] = None,
    *,
    matched: bool = False,
) -> JSONResponse:
    """Return a unit's positions, the last hour's by default, and if wished the way it drove.

    Who looks at another unit's way is written down.
    """
    begin, end = _span(since, until, services.clock.now())
    async with services.database.reading() as connection:
        unit = await queries.one_unit(connection, unit_id, access=access_of(reader))
        fixes = await queries.track_of(connection, unit_id, begin, end, limit=POSITIONS_MAX + 1)
    if reader.unit_id != unit_id:  # a crew may look at its own way
        known = (unit_id, str(unit["callsign"]), str(unit["agency"]))
        await write_down(services, reader, known, (begin, end), view="track")
    if len(fixes) > POSITIONS_MAX:
        raise Invalid(f"More than {POSITIONS_MAX:,} positions: ask for a shorter time.", field="to")
    found, reason = None, None
    if matched:
        found, reason = await _matched(services, fixes, str(unit["profile"]))
    return JSONResponse(
        {
            "unit_id": str(unit_id),
            "positions": [_position(one) for one in fixes],
            "matched": None if found is None else _matched_json(found),
            "reason": reason,
        }
    )


def _span(
    since: datetime | None, until: datetime | None, now: datetime
) -> tuple[datetime, datetime]:
    end = until or now
    begin = since or end - USUAL_SPAN
    if begin > end:
        raise Invalid("`from` lies after `to`.", field="from")
    if end - begin > SPAN_MAX:
        raise Invalid(f"Ask for at most {SPAN_MAX // timedelta(hours=1)} hours.", field="from")
    return begin, end


async def _matched(
    services: Services, fixes: Sequence[Fix], profile: str
) -> tuple[Matched | None, str | None]:
    """The matched track, or why there is none: the positions themselves are always told."""
    if len(fixes) < MATCHABLE_MIN:
        return None, "too-few-positions"
    traces = [_trace(one) for one in fixes]
    try:
        return await services.match_track(traces, _profile(profile)), None
    except Unavailable as unavailable:
        return None, unavailable.problem_code


def _trace(fix: Fix) -> Trace:
    accuracy = None if fix.accuracy_m is None else Metres(fix.accuracy_m)
    return Trace(point=fix.point, at=fix.occurred_at, accuracy_m=accuracy)


def _profile(of_unit: str) -> Profile:
    """Units may have kinds of vehicle that routing has no speeds for; a patrol stands in."""
    return Profile(of_unit) if of_unit in set(Profile) else Profile.PATROL


def _position(fix: Fix) -> dict[str, Any]:
    return {
        "lon": fix.point.lon,
        "lat": fix.point.lat,
        "occurred_at": wire_time(fix.occurred_at),
        "accuracy_m": fix.accuracy_m,
        "speed_mps": fix.speed_mps,
        "heading_deg": fix.heading_deg,
    }


def _matched_json(found: Matched) -> dict[str, Any]:
    return {
        "geometry": line_json(found.line) if found.line else None,
        "distance_m": round(found.metres, 1),
        "streets": list(found.streets),
        "confidence": found.confidence,
        "unmatched": found.unmatched,
    }
