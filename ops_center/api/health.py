"""Is it alive, is it ready, and the numbers of its work."""

from fastapi import APIRouter, Response
from fastapi.responses import JSONResponse
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from ops_center.api.deps import OPEN_TO_ALL, Services

router = APIRouter(tags=["health"])


@router.get("/health/live", openapi_extra=OPEN_TO_ALL)
async def live() -> dict[str, str]:
    """Answer as long as the process runs its event loop."""
    return {"status": "live"}


@router.get(
    "/health/ready",
    responses={503: {"description": "Something does not answer"}},
    openapi_extra=OPEN_TO_ALL,
)
async def ready(services: Services) -> JSONResponse:
    """Answer 200 only when database, journal relay and routing answer; name what does not.

    `reduced` names what the centre does without meanwhile: it stays ready.
    """
    failing = services.failing_parts()
    body = {
        "status": "degraded" if failing else "ready",
        "failing": sorted(failing),
        "reduced": sorted(services.reduced_parts()),
    }
    return JSONResponse(body, 503 if failing else 200)


@router.get("/metrics", response_class=Response, openapi_extra=OPEN_TO_ALL)
async def metrics() -> Response:
    """Return Prometheus metrics."""
    return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)
