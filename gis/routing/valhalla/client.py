"""Asks the service over HTTP; every trouble becomes Unavailable or the service's own refusal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import httpx

from gis.routing.valhalla.service import RunFile
from ops_center.kernel.errors import Unavailable

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

CONNECT_LIMIT_S = 0.5
ANSWER_LIMIT_S = 5.0
CONNECTIONS_MAX = 8
NO_ROAD_NEAR = frozenset([170, 171])
NO_WAY = frozenset([440, 441, 442, 443, 444, 445])


class Refused(Exception):
    """The service understood and says no; `code` is Valhalla's own."""

    def __init__(self, code: int, words: str) -> None:
        super().__init__(f"{code}: {words}")
        self.code = code


class Client:
    """Requests to the running service of one city, wherever it listens just now."""

    def __init__(self, routing_dir: Path) -> None:
        self._dir = routing_dir
        self.city: Callable[[], str | None] = lambda: None
        limits = httpx.Limits(max_connections=CONNECTIONS_MAX)
        timeout = httpx.Timeout(ANSWER_LIMIT_S, connect=CONNECT_LIMIT_S)
        self._http = httpx.AsyncClient(timeout=timeout, limits=limits, trust_env=False)

    async def aclose(self) -> None:
        await self._http.aclose()

    @property
    def import_id(self) -> str | None:
        """The city whose roads the service answers from; None without a service."""
        running = RunFile.read(self._dir)
        return None if running is None else running.import_id

    async def ask(self, action: str, query: dict[str, Any]) -> Any:
        """The answer as JSON. Raises Refused, or Unavailable for everything else."""
        running = self._service()
        try:
            answer = await self._http.post(f"{running.url}/{action}", json=query)
        except (httpx.RemoteProtocolError, httpx.ReadError, httpx.ConnectError):
            # A service just replaced by that of new tiles: it has another address by now.
            answer = await self._again(running, action, query)
        except httpx.HTTPError as error:
            raise _unavailable(type(error).__name__) from error
        return _answered(answer)

    async def _again(self, former: RunFile, action: str, query: dict[str, Any]) -> httpx.Response:
        running = self._service()
        if running == former:
            raise _unavailable("it does not answer")
        try:
            return await self._http.post(f"{running.url}/{action}", json=query)
        except httpx.HTTPError as error:
            raise _unavailable(type(error).__name__) from error

    def _service(self) -> RunFile:
        running = RunFile.read(self._dir)
        if running is None:
            raise _unavailable("it is not running")
        wanted = self.city()
        if wanted is not None and wanted != running.import_id:
            raise _unavailable("it has the roads of another import")
        return running


def _answered(answer: httpx.Response) -> Any:
    try:
        found = answer.json()
    except ValueError as error:
        raise _unavailable("its answer is no JSON") from error
    if answer.is_success:
        return found
    if answer.is_client_error and isinstance(found, dict) and "error_code" in found:
        raise Refused(int(found["error_code"]), str(found.get("error", "")))
    raise _unavailable(f"status {answer.status_code}")


def _unavailable(why: str) -> Unavailable:
    return Unavailable(f"Turn-by-turn routing cannot be asked now: {why}.", code="routing-engine")
