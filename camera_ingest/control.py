"""The worker's control edge: HTTP on the loopback address, for the centre's app alone."""

import asyncio
import hmac
from collections.abc import Awaitable, Callable
from uuid import UUID

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from camera_ingest.capture.decode import to_jpeg
from camera_ingest.supervisor.worker import Worker
from camera_ingest.webrtc.sessions import OFFER_MAX_BYTES
from ops_center.kernel.clock import wire_time
from ops_center.kernel.errors import (
    DomainError,
    Invalid,
    NotFound,
    TooMany,
    Unauthenticated,
    Unavailable,
)

STATUS: dict[type[DomainError], int] = {
    Invalid: 422,
    NotFound: 404,
    TooMany: 429,
    Unauthenticated: 401,
    Unavailable: 503,
}
SNAPSHOT_TIMEOUT_S = 5.0
OFFER_TIMEOUT_S = 5.0
SDP = "application/sdp"

Handler = Callable[[Request], Awaitable[Response]]


def control_app(worker: Worker, *, secret: str) -> Starlette:
    """Return the ASGI app; every request needs `Authorization: Bearer <secret>`."""
    edge = _Edge(worker, secret)
    return Starlette(
        routes=[
            Route("/whep/{camera_id}", edge.guarded(edge.open_view), methods=["POST"]),
            Route("/sessions/{session_id}", edge.guarded(edge.close_view), methods=["DELETE"]),
            Route("/snapshot/{camera_id}.jpg", edge.guarded(edge.snapshot), methods=["GET"]),
            Route("/health", edge.guarded(edge.health), methods=["GET"]),
        ]
    )


class _Edge:
    def __init__(self, worker: Worker, secret: str) -> None:
        self._worker = worker
        self._expected = f"Bearer {secret}".encode()

    def guarded(self, handler: Handler) -> Handler:
        """Check the secret, and answer the world's errors as problem+json (RFC 9457)."""

        async def answer(request: Request) -> Response:
            try:
                given = request.headers.get("authorization", "").encode()
                if not hmac.compare_digest(given, self._expected):
                    raise Unauthenticated("The worker's secret is missing or wrong.")
                return await handler(request)
            except DomainError as error:
                return _problem(error)

        return answer

    async def open_view(self, request: Request) -> Response:
        """SDP offer in, answer out; headers name the session, the mode and why."""
        viewing_id = _uuid(request.headers.get("x-viewing-id"), "X-Viewing-Id")
        viewer = request.headers.get("x-viewer", "")
        session_id, sdp, mode, reason = await self._worker.view(
            _uuid(request.path_params["camera_id"], "camera"),
            offer=await _offer(request),
            viewing_id=viewing_id,
            viewer=viewer,
        )
        headers = {
            "Location": f"/sessions/{session_id}",
            "X-Session-Id": str(session_id),
            "X-Mode": str(mode),
            "X-Mode-Reason": reason,
        }
        return Response(sdp, 201, headers, SDP)

    async def close_view(self, request: Request) -> Response:
        """End a session; 404 when it is over already."""
        session_id = _uuid(request.path_params["session_id"], "session")
        if not await self._worker.sessions.close(session_id):
            raise NotFound("This view is over already.")
        return Response(status_code=204)

    async def snapshot(self, request: Request) -> Response:
        """The newest picture as JPEG; X-Captured-At says when the camera took it."""
        camera_id = _uuid(request.path_params["camera_id"], "camera")
        picture = self._worker.latest(camera_id)
        loop = asyncio.get_running_loop()
        async with asyncio.timeout(SNAPSHOT_TIMEOUT_S):
            jpeg = await loop.run_in_executor(self._worker.threads, to_jpeg, picture.frame)
        headers = {"X-Captured-At": wire_time(picture.captured_at), "Cache-Control": "no-store"}
        return Response(jpeg, headers=headers, media_type="image/jpeg")

    async def health(self, request: Request) -> Response:
        """How the worker and its cameras do."""
        return JSONResponse(self._worker.health())


def _uuid(text: str | None, name: str) -> UUID:
    try:
        return UUID(text or "")
    except ValueError as error:
        raise Invalid(f"{name} must be a UUID.") from error


async def _offer(request: Request) -> str:
    body = bytearray()
    async with asyncio.timeout(OFFER_TIMEOUT_S):
        async for part in request.stream():
            body += part
            if len(body) > OFFER_MAX_BYTES:
                raise Invalid(f"The SDP offer is longer than {OFFER_MAX_BYTES} bytes.")
    return body.decode("utf-8", "replace")


def _problem(error: DomainError) -> Response:
    status = next((code for kind, code in STATUS.items() if isinstance(error, kind)), 400)
    body = {
        "type": f"urn:problem:{error.problem_code}",
        "title": error.problem_code,
        "status": status,
        "detail": error.detail,
        "code": error.problem_code,
        **error.extra,
    }
    return JSONResponse(body, status, media_type="application/problem+json")
