"""The centre as a gateway sees it: HTTP with a key, repeated until it is answered."""

import asyncio
import json
import random
import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self
from urllib.parse import urlsplit, urlunsplit

import httpx
import structlog

from ops_center.kernel.ids import new_id

API: Final = "/api/v1"
REQUEST_TIMEOUT_S: Final = 10.0
PATIENCE_S: Final = 300.0  # an outage this long is sat out; whoever waits is the outbox
PAUSE_S: Final = (0.2, 5.0)
CONNECTIONS_MAX: Final = 32
# Positions are told apart by device time, not by key: a repeated batch is "duplicate".
NOT_KEYED: Final = "/locations"
NOT_NOW: Final = frozenset({429, 502, 503, 504})

log = structlog.get_logger()


class Refused(Exception):
    """The centre answered that it will not: a problem+json with its status and code."""

    def __init__(self, status: int, problem: Mapping[str, Any]) -> None:
        self.status = status
        self.code = str(problem.get("code", "unknown"))
        self.problem = problem
        super().__init__(f"{status} {self.code}: {problem.get('detail', '')}")


class Unreachable(Exception):
    """The centre did not answer for as long as the caller was ready to wait."""


class Centre:
    """One account at one centre. Every command carries a key, so a repetition is harmless."""

    def __init__(self, url: str, token: str, *, rng: random.Random) -> None:
        self.url = url
        self.token = token
        self._rng = rng
        self.replay_share = 0.0
        self.repeats = 0
        self._http = httpx.AsyncClient(
            base_url=url + API,
            headers={"Authorization": f"Bearer {token}"},
            timeout=REQUEST_TIMEOUT_S,
            limits=httpx.Limits(max_connections=CONNECTIONS_MAX),
            trust_env=False,
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        tb: TracebackType | None,
    ) -> None:
        await self.close()

    async def close(self) -> None:
        await self._http.aclose()

    @property
    def socket_url(self) -> str:
        parts = urlsplit(self.url)
        scheme = "wss" if parts.scheme == "https" else "ws"
        return urlunsplit((scheme, parts.netloc, "/ws", "", ""))

    async def get(self, path: str, *, patience_s: float = PATIENCE_S, **query: Any) -> Any:
        """Return the JSON answer. Raises Refused or, after `patience_s`, Unreachable."""
        return await self._until_answered("GET", path, {"params": query}, patience_s)

    async def post(
        self,
        path: str,
        body: Any = None,
        *,
        key: str | None = None,
        if_match: int | None = None,
        patience_s: float = PATIENCE_S,
    ) -> Any:
        """Carry out a command once, however often it must be sent, and return its answer."""
        return await self._command("POST", path, body, key, if_match, patience_s)

    async def patch(
        self,
        path: str,
        body: Any,
        *,
        if_match: int | None = None,
        patience_s: float = PATIENCE_S,
    ) -> Any:
        """Change a thing, at its version where it has one, and return it."""
        return await self._command("PATCH", path, body, None, if_match, patience_s)

    async def _command(  # noqa: PLR0917  the parts of one request
        self,
        method: str,
        path: str,
        body: Any,
        key: str | None,
        if_match: int | None,
        patience_s: float,
    ) -> Any:
        headers = {"Idempotency-Key": key or str(new_id())}
        if if_match is not None:
            headers["If-Match"] = str(if_match)
        request = {"headers": headers} if body is None else {"headers": headers, "json": body}
        answer = await self._until_answered(method, path, request, patience_s)
        if self._rng.random() < self.replay_share and not path.endswith(NOT_KEYED):
            again = await self._until_answered(method, path, request, patience_s)
            if again != answer:
                log.error("replay.differs", path=path)
        return answer

    async def _until_answered(
        self, method: str, path: str, request: dict[str, Any], patience_s: float
    ) -> Any:
        deadline = time.monotonic() + patience_s
        pause_s = PAUSE_S[0]
        while True:
            wait_s = await self._try(method, path, request)
            if isinstance(wait_s, _Answer):
                return wait_s.body
            pause_s = min(max(pause_s * 2, wait_s), PAUSE_S[1]) * self._rng.uniform(0.7, 1.0)
            if time.monotonic() + pause_s > deadline:
                raise Unreachable(f"{method} {path}: no answer within {patience_s:.0f} s.")
            self.repeats += 1
            await asyncio.sleep(pause_s)

    async def _try(self, method: str, path: str, request: dict[str, Any]) -> "_Answer | float":
        """Return the answer, or for how many seconds the centre asks us to wait."""
        try:
            answer = await self._http.request(method, path, **request)
        except httpx.TransportError:
            return 0.0
        if answer.status_code in NOT_NOW:
            asked = answer.headers.get("Retry-After", "")
            return float(asked) if asked.isdigit() else 0.0
        body = _body(answer)
        if answer.is_error:
            raise Refused(answer.status_code, body if isinstance(body, dict) else {})
        return _Answer(body)


class _Answer:
    def __init__(self, body: Any) -> None:
        self.body = body


def _body(answer: httpx.Response) -> Any:
    try:
        return answer.json() if answer.content else None
    except json.JSONDecodeError:
        return None


def read_tokens(file: Path) -> dict[str, str]:
    """Return the API key of each role in a centre's credentials.json."""
    return {role: one["token"] for role, one in json.loads(file.read_text()).items()}
