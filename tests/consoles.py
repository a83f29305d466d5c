"""A console for tests: a real socket, every frame kept, beating unless told to be silent."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from ops_center.bench.own_centre import OwnCentre

BEAT_S = 1.0
FRAME_WITHIN_S = 10.0
OPEN_WITHIN_S = 20.0
Frame = dict[str, Any]


class TestConsole:
    """`frames` holds all that came, with the monotonic time of each in `times`."""

    __test__ = False

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket
        self.frames: list[Frame] = []
        self.times: list[float] = []
        self._read = 0
        self._news = asyncio.Event()
        self.closed = asyncio.Event()
        self._reading = asyncio.Event()

    def resume_reading(self) -> None:
        self._reading.set()

    async def read(self) -> None:
        await self._reading.wait()
        with suppress(ConnectionClosed):
            while True:
                frame = json.loads(await self.socket.recv())
                self.frames.append(frame)
                self.times.append(time.monotonic())
                self._news.set()
        self.closed.set()
        self._news.set()

    async def beat(self) -> None:
        with suppress(ConnectionClosed):
            while True:
                await asyncio.sleep(BEAT_S)
                await self.say(type="beat")

    async def say(self, **frame: Any) -> None:
        await self.socket.send(json.dumps(frame))

    async def hello(self, resume: int | None = None) -> None:
        await self.say(type="hello", protocol=1, resume=resume)

    async def next(
        self, *kinds: str, true: Callable[[Frame], object] = bool, within_s: float = FRAME_WITHIN_S
    ) -> Frame:
        """Return the next unread frame of these kinds for which it is true."""
        async with asyncio.timeout(within_s):
            while True:
                while self._read < len(self.frames):
                    frame = self.frames[self._read]
                    self._read += 1
                    if (not kinds or frame["type"] in kinds) and true(frame):
                        return frame
                assert not self.closed.is_set(), f"closed: {self.frames[-1:]}"
                self._news.clear()
                await self._news.wait()

    async def code(self, *, within_s: float) -> int | None:
        """Wait for the server to close; return its close code."""
        async with asyncio.timeout(within_s):
            await self.closed.wait()
        return self.socket.close_code

    def of(self, kind: str) -> list[Frame]:
        return [frame for frame in self.frames if frame["type"] == kind]

    @property
    def entries(self) -> list[Frame]:
        return self.of("entry")


@asynccontextmanager
async def console_of(
    centre: OwnCentre,
    key: str | None = None,
    *,
    cookie: str | None = None,
    beats: bool = True,
    hello: bool = True,
    reads: bool = True,
    resume: int | None = None,
    headers: dict[str, str] | None = None,
) -> AsyncIterator[TestConsole]:
    sent = dict(headers or {})
    if key is not None:
        sent["Authorization"] = f"Bearer {key}"
    if cookie is not None:
        sent["Cookie"] = f"ops_session={cookie}"
    async with (
        connect(
            centre.url.replace("http", "ws") + "/ws",
            additional_headers=sent,
            open_timeout=OPEN_WITHIN_S,
            close_timeout=1,
            ping_interval=None,
            compression=None,
            max_size=None,
            max_queue=16 if reads else 1,
            proxy=None,
        ) as socket,
        asyncio.TaskGroup() as tasks,
    ):
        console = TestConsole(socket)
        running = [tasks.create_task(console.read())]
        if reads:
            console.resume_reading()
        if beats:
            running.append(tasks.create_task(console.beat()))
        if hello:
            await console.hello(resume)
        try:
            yield console
        finally:
            for task in running:
                task.cancel()
