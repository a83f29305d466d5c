"""Helper: many console sockets in one process, each doing as little as a socket can.

They keep what arrives with the instant it arrived, and look into it only when asked for results.
"""

import asyncio
import base64
import json
import secrets
import selectors
import struct
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final
from urllib.parse import urlsplit

from typing_extensions import override

from ops_center.bench.child import answer_questions
from ops_center.bench.own_centre import LOOPBACK
from ops_center.kernel.clock import SystemClock

BEAT_S: Final = 2.0
TICK_S: Final = 0.001
CONNECT_AT_ONCE: Final = 20
OPEN_WITHIN_S: Final = 30.0
TEXT_FINAL: Final = 0x81
HTTP_PORT: Final = 80
NO_MASK: Final = b"\0\0\0\0"


def masked(payload: bytes) -> bytes:
    """Return a client's text frame of fewer than 126 bytes; a mask of zeros is a mask."""
    assert len(payload) < 126, "small frames only"
    return bytes((TEXT_FINAL, 0x80 | len(payload))) + NO_MASK + payload


HELLO: Final = masked(b'{"type":"hello","protocol":1,"resume":null}')
BEAT: Final = masked(b'{"type":"beat"}')


@dataclass(slots=True)
class Taken:
    """Bytes of one socket with the monotonic nanosecond at which they came."""

    chunks: list[tuple[int, bytes]] = field(default_factory=list)
    bytes_seen: int = 0


class Listener(asyncio.Protocol):
    """One WebSocket client; `keeps` says whether contents are kept or only counted."""

    def __init__(self, request: bytes, *, keeps: bool) -> None:
        self._request = request
        self._keeps = keeps
        self._head = b""
        self._transport: asyncio.Transport | None = None
        self.opened: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.taken = Taken()
        self.lost = False

    @override
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        transport.write(self._request)

    @override
    def data_received(self, data: bytes) -> None:
        now = time.monotonic_ns()
        if not self.opened.done():
            data = self._open(data)
        self.taken.bytes_seen += len(data)
        if self._keeps and data:
            self.taken.chunks.append((now, data))

    def _open(self, data: bytes) -> bytes:
        self._head += data
        head, end, rest = self._head.partition(b"\r\n\r\n")
        if not end:
            return b""
        if b" 101 " not in head.split(b"\r\n")[0]:
            self.opened.set_exception(ConnectionError(head.decode(errors="replace")))
            return b""
        self.opened.set_result(None)
        self.say(HELLO)
        return rest

    @override
    def connection_lost(self, exc: Exception | None) -> None:
        self.lost = True
        if not self.opened.done():
            self.opened.set_exception(ConnectionError("closed before it opened"))

    def say(self, frame: bytes) -> None:
        if self._transport is not None and not self.lost:
            self._transport.write(frame)


class Listeners:
    """All sockets of this process, and the answers about them."""

    def __init__(self) -> None:
        self._all: list[Listener] = []
        self._clock = SystemClock()

    async def connect(self, url: str, token: str, count: int, keep: int) -> dict[str, Any]:
        """Open `count` sockets, the first `keep` of which keep what they hear."""
        parts = urlsplit(url)
        host, port = parts.hostname or LOOPBACK, parts.port or HTTP_PORT
        for start in range(0, count, CONNECT_AT_ONCE):
            numbers = range(start, min(start + CONNECT_AT_ONCE, count))
            await asyncio.gather(*(self._one(host, port, token, keeps=n < keep) for n in numbers))
        return {"connected": len(self._all)}

    async def _one(self, host: str, port: int, token: str, *, keeps: bool) -> None:
        key = base64.b64encode(secrets.token_bytes(16)).decode()
        request = (
            f"GET /ws HTTP/1.1\r\nHost: {host}:{port}\r\nUpgrade: websocket\r\n"
            f"Connection: Upgrade\r\nSec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n"
            f"Authorization: Bearer {token}\r\n\r\n"
        ).encode()
        loop = asyncio.get_running_loop()
        _, listener = await loop.create_connection(
            lambda: Listener(request, keeps=keeps), host, port
        )
        async with asyncio.timeout(OPEN_WITHIN_S):
            await listener.opened
        self._all.append(listener)

    async def entries(self, kind: str) -> dict[str, Any]:
        """Return for each subject of an entry of `kind` when (ns) the sockets had it whole."""
        heard: dict[str, list[int]] = {}
        for listener in self._all:
            for at, payload in frames(listener.taken.chunks):
                frame = json.loads(payload) if payload.startswith(b'{"type":"entry"') else {}
                if frame.get("kind") == kind:
                    heard.setdefault(frame["subject"], []).append(at)
        return {"heard": heard, "lost": sum(one.lost for one in self._all)}

    async def live(self, since_ns: int) -> dict[str, Any]:
        """Return how old each live position was on arrival, seconds, from `since_ns` on."""
        offset_s = self._clock.now().timestamp() - time.monotonic()
        ages, values, count = [], 0, 0
        for listener in self._all:
            for at, payload in frames(listener.taken.chunks):
                if at < since_ns or not payload.startswith(b'{"type":"live"'):
                    continue
                count += 1
                shown = [v for v in json.loads(payload)["values"].values() if v and "lon" in v]
                values += len(shown)
                ages += [at / 1e9 + offset_s - _instant(v["occurred_at"]) for v in shown]
        lost = sum(one.lost for one in self._all)
        bytes_seen = sum(one.taken.bytes_seen for one in self._all)
        return {"ages": ages, "frames": count, "values": values, "lost": lost, "bytes": bytes_seen}

    async def beat(self) -> None:
        while True:
            await asyncio.sleep(BEAT_S)
            for listener in self._all:
                listener.say(BEAT)


def _instant(text: str) -> float:
    return datetime.fromisoformat(text).timestamp()


def frames(chunks: list[tuple[int, bytes]]) -> Iterator[tuple[int, bytes]]:
    """Yield each whole text frame with the instant of the chunk that completed it."""
    buffer = bytearray()
    for at, data in chunks:
        buffer += data
        while (found := _first(buffer)) is not None:
            start, end = found
            yield at, bytes(buffer[start:end])
            del buffer[:end]


def _first(buffer: bytearray) -> tuple[int, int] | None:
    """Where the payload of the first frame lies, when it is all there (RFC 6455, 5.2)."""
    if len(buffer) < 2:
        return None
    length, start = buffer[1] & 0x7F, 2
    if length == 126:
        if len(buffer) < 4:
            return None
        (length,), start = struct.unpack_from("!H", buffer, 2), 4
    elif length == 127:
        if len(buffer) < 10:
            return None
        (length,), start = struct.unpack_from("!Q", buffer, 2), 10
    return (start, start + length) if len(buffer) >= start + length else None


class TickingSelector(selectors.EpollSelector):
    """Looks at the sockets once in TICK_S instead of being woken by each message.

    Waking a process of the same machine costs the sender more than the sending itself, and real
    consoles are on other machines: measured here, it would hide what is to be compared.
    """

    @override
    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if timeout is None or timeout > 0:
            time.sleep(TICK_S)
        return super().select(0)


async def main() -> None:
    """Answer until the parent closes our input."""
    listeners = Listeners()
    async with asyncio.TaskGroup() as tasks:
        beating = tasks.create_task(listeners.beat())
        await answer_questions(
            {
                "connect": listeners.connect,
                "entries": listeners.entries,
                "live": listeners.live,
            }
        )
        beating.cancel()


if __name__ == "__main__":
    with asyncio.Runner(
        loop_factory=lambda: asyncio.SelectorEventLoop(TickingSelector())
    ) as runner:
        runner.run(main())
