"""A console without a picture: keeps a `Following` up to date over a socket that may break."""

import asyncio
import json
import random
import time
from collections.abc import Callable
from typing import Any, Final

import structlog
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException

from ops_center.simulator.following import Following

BEAT_S: Final = 2.0
SILENCE_S: Final = 5.0
OPEN_S: Final = 5.0
PAUSE_S: Final = (0.2, 3.0)
FRAME_MAX_BYTES: Final = 64_000_000
QUEUE_MAX: Final = 256

log = structlog.get_logger()
Hear = Callable[[dict[str, Any]], None]


class Screen:
    """Follows the centre as the holder of `token` sees it; `heard` is called after each frame."""

    def __init__(
        self, url: str, token: str, *, rng: random.Random, heard: Hear | None = None
    ) -> None:
        self._url = url
        self._token = token
        self._rng = rng
        self._heard = heard
        self._socket: ClientConnection | None = None
        self._news = asyncio.Event()
        self.following = Following()
        self.connections = 0

    async def run(self) -> None:
        """Stay connected until cancelled; after each loss come back and resume."""
        pause_s = PAUSE_S[0]
        while True:
            before = self.connections
            try:
                await self._connected()
            except (OSError, TimeoutError, WebSocketException) as trouble:
                log.debug("screen.lost", cause=type(trouble).__name__)
            pause_s = PAUSE_S[0] if self.connections > before else min(pause_s * 2, PAUSE_S[1])
            await asyncio.sleep(pause_s * self._rng.uniform(0.5, 1.0))

    async def until(self, true: Callable[[Following], bool], *, within_s: float) -> None:
        """Return once `true` of what is followed; TimeoutError when it did not come about."""
        async with asyncio.timeout(within_s):
            while not true(self.following):
                self._news.clear()
                await self._news.wait()

    def tear(self) -> None:
        """Lose the connection without a goodbye, as a phone does in a tunnel."""
        if self._socket is not None:
            self._socket.transport.abort()

    async def _connected(self) -> None:
        async with connect(
            self._url,
            additional_headers={"Authorization": f"Bearer {self._token}"},
            open_timeout=OPEN_S,
            close_timeout=1,
            ping_interval=None,
            compression=None,
            max_size=FRAME_MAX_BYTES,
            max_queue=QUEUE_MAX,
            proxy=None,
        ) as socket:
            self._socket = socket
            self.connections += 1
            await socket.send(json.dumps(self.following.hello()))
            await self._follow(socket)

    async def _follow(self, socket: ClientConnection) -> None:
        beat_at = time.monotonic() + BEAT_S
        heard_at = time.monotonic()
        while True:
            now = time.monotonic()
            if now >= beat_at:
                await socket.send('{"type":"beat"}')
                beat_at = now + BEAT_S
            if now - heard_at > SILENCE_S:
                raise TimeoutError
            try:
                async with asyncio.timeout(max(beat_at - now, 0.01)):
                    raw = await socket.recv()
            except TimeoutError:
                continue
            heard_at = time.monotonic()
            await self._take(socket, json.loads(raw))

    async def _take(self, socket: ClientConnection, frame: dict[str, Any]) -> None:
        missing = self.following.hear(frame)
        if missing is not None:
            await socket.send(json.dumps(missing))
        if self._heard is not None:
            self._heard(frame)
        self._news.set()
