"""Talks to the camera worker that serves a camera: live views and the newest picture."""

from dataclasses import dataclass
from uuid import UUID

import httpx
from pydantic import SecretStr

from camera_ingest.repository import worker_url
from ops_center.kernel.database import Database
from ops_center.kernel.errors import Invalid, NotFound, TooMany, Unavailable

ANSWER_LIMIT_S = 8.0
NOT_SERVED = "No camera worker serves this camera now. Its state says since when; try again soon."


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveView:
    """An open WHEP session at a worker."""

    session_id: UUID
    answer_sdp: str
    mode: str
    mode_reason: str
    control_url: str


@dataclass(frozen=True, slots=True)
class Picture:
    jpeg: bytes
    captured_at: str


class CameraControl:
    def __init__(self, database: Database, secret: SecretStr) -> None:
        self._database = database
        self._client = httpx.AsyncClient(
            timeout=ANSWER_LIMIT_S,
            headers={"Authorization": f"Bearer {secret.get_secret_value()}"},
            trust_env=False,
        )

    async def close(self) -> None:
        await self._client.aclose()

    async def open_view(
        self, camera_id: UUID, *, offer: bytes, viewing_id: UUID, viewer: str
    ) -> LiveView:
        """Hand the browser's SDP offer to the worker and return its answer."""
        url = await self._worker_of(camera_id)
        answer = await self._ask(
            "POST",
            f"{url}/whep/{camera_id}",
            content=offer,
            headers={
                "Content-Type": "application/sdp",
                "X-Viewing-Id": str(viewing_id),
                "X-Viewer": viewer.encode("ascii", "replace").decode(),
            },
        )
        return LiveView(
            session_id=UUID(answer.headers["X-Session-Id"]),
            answer_sdp=answer.text,
            mode=answer.headers["X-Mode"],
            mode_reason=answer.headers["X-Mode-Reason"],
            control_url=url,
        )

    async def close_view(self, control_url: str, session_id: UUID) -> None:
        """End a session; one that is over already is no error."""
        try:
            await self._ask("DELETE", f"{control_url}/sessions/{session_id}")
        except NotFound:
            return

    async def picture(self, camera_id: UUID) -> Picture:
        """Return the newest picture and when the camera took it."""
        answer = await self._ask(
            "GET", f"{await self._worker_of(camera_id)}/snapshot/{camera_id}.jpg"
        )
        return Picture(answer.content, answer.headers["X-Captured-At"])

    async def _worker_of(self, camera_id: UUID) -> str:
        async with self._database.reading() as connection:
            url = await worker_url(connection, camera_id)
        if url is None:
            raise Unavailable(NOT_SERVED, code="camera-not-served")
        return url

    async def _ask(
        self, method: str, url: str, *, content: bytes = b"", headers: dict[str, str] | None = None
    ) -> httpx.Response:
        try:
            answer = await self._client.request(method, url, content=content, headers=headers)
        except httpx.HTTPError as error:
            raise Unavailable(NOT_SERVED, code="camera-not-served") from error
        if answer.is_error:
            raise _error_of(answer)
        return answer


def _error_of(answer: httpx.Response) -> Exception:
    try:
        body = answer.json()
        code, detail = str(body["code"]), str(body["detail"])
    except (ValueError, KeyError, TypeError):
        return Unavailable(NOT_SERVED, code="camera-not-served")
    kinds = {404: NotFound, 422: Invalid, 429: TooMany}
    return kinds.get(answer.status_code, Unavailable)(detail, code=code)
