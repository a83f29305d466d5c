"""What a viewer costs: CPU seconds per viewer-second, passed through and re-encoded.

`python -m camera_ingest.simcam.view_cost CLIP` prints both as JSON. Camera and viewers run in
processes of their own, so that only our side is counted.
"""

import argparse
import asyncio
import json
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import aiortc.rtcrtpreceiver
import structlog
from aiortc import RTCConfiguration, RTCPeerConnection, RTCSessionDescription
from typing_extensions import override

from camera_ingest.capture.client import RtspClient
from camera_ingest.capture.timeline import Timeline
from camera_ingest.domain.camera import parse_stream_url
from camera_ingest.supervisor.view import LiveFeed
from camera_ingest.webrtc import engine
from camera_ingest.webrtc.sessions import Sessions
from ops_center.kernel.clock import SystemClock
from ops_center.kernel.ids import new_id

HOST = "127.0.0.1"
START_WITHIN_S = 30.0
SETTLE_S = 2.0
LINE_MAX_BYTES = 1024 * 1024


@dataclass(frozen=True, slots=True)
class ViewCost:
    """CPU in seconds of one core; `received_per_s` is pictures a second at each viewer."""

    mode: str
    viewers: int
    seconds: float
    cpu_s: float
    idle_cpu_s: float
    received_per_s: float

    @property
    def cpu_per_viewer_second(self) -> float:
        """Return what the viewers add to reading the camera, per viewer and second."""
        return max(0.0, self.cpu_s - self.idle_cpu_s) / (self.viewers * self.seconds)


async def measure(
    clip: Path, *, viewers: int = 4, seconds: float = 10.0, reencode: bool = False
) -> ViewCost:
    """Serve one camera to `viewers` for `seconds` and return what it cost this process."""
    engine.prepare([HOST])
    feed = LiveFeed(lambda: None)
    async with _camera(clip) as port, asyncio.TaskGroup() as tasks:
        reading = tasks.create_task(_feed(port, feed, reencode=reencode))
        encoding = tasks.create_task(_encode(feed))
        await asyncio.sleep(SETTLE_S)
        idle = await _cpu_during(seconds)
        sessions = Sessions(
            clock=SystemClock(), ended=lambda _: None, limit=viewers, limit_per_camera=viewers
        )
        async with _watching(feed, sessions, viewers) as count:
            await asyncio.sleep(SETTLE_S)
            before = await count()
            busy = await _cpu_during(seconds)
            received = await count() - before
        await sessions.close_all()
        for task in (reading, encoding):
            task.cancel()
    mode = str(feed.mode)
    return ViewCost(mode, viewers, seconds, busy, idle, received / viewers / seconds)


async def _cpu_during(seconds: float) -> float:
    before = time.process_time()
    await asyncio.sleep(seconds)
    return time.process_time() - before


async def _feed(port: int, feed: LiveFeed, *, reencode: bool) -> None:
    address = parse_stream_url(f"rtsp://{HOST}:{port}/cam")
    client = await RtspClient.open(address, target=HOST)
    timeline = Timeline()
    try:
        while True:
            for unit in await client.read():
                now_s = asyncio.get_running_loop().time()
                ticks = timeline.place(unit.timestamp, now_s=now_s)
                # Saying that pictures come out of order is what makes a feed encode anew.
                feed.take(unit, ticks, reorders=reencode or timeline.reorders)
    finally:
        client.abort()


async def _encode(feed: LiveFeed) -> None:
    while True:
        if await feed.work_due():
            feed.publish(await asyncio.to_thread(feed.next_work()))


@asynccontextmanager
async def _child(*arguments: str) -> AsyncIterator[asyncio.subprocess.Process]:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        *arguments,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        limit=LINE_MAX_BYTES,
    )
    try:
        yield process
    finally:
        process.terminate()
        await process.wait()


async def _line(process: asyncio.subprocess.Process) -> str:
    assert process.stdout
    async with asyncio.timeout(START_WITHIN_S):
        return (await process.stdout.readline()).decode().strip()


@asynccontextmanager
async def _camera(clip: Path) -> AsyncIterator[int]:
    arguments = ("camera_ingest.simcam", "--port", "0", "--camera", f"cam={clip}@0")
    async with _child(*arguments) as process:
        yield int((await _line(process)).split()[1])


@asynccontextmanager
async def _watching(
    feed: LiveFeed, sessions: Sessions, viewers: int
) -> AsyncIterator[Callable[[], Any]]:
    """Connect `viewers` of another process; yields a question for how many pictures they got."""
    async with _child("camera_ingest.simcam.view_cost", "--viewers", str(viewers)) as process:
        assert process.stdin
        answers = []
        for offer in json.loads(await _line(process)):
            opened = await sessions.open(
                feed.hub, offer=offer, camera_id=new_id(), viewing_id=new_id(), viewer="bench"
            )
            answers.append(opened.sdp)
        process.stdin.write(json.dumps(answers).encode() + b"\n")
        assert await _line(process) == "connected"

        async def count() -> int:
            assert process.stdin
            process.stdin.write(b"count\n")
            return int(await _line(process))

        yield count


# --- the viewers' process ---------------------------------------------------------------------


class _Counter(aiortc.codecs.base.Decoder):
    """Counts access units instead of decoding them: the viewer's decoder is not ours to measure."""

    total = 0

    @override
    def decode(self, encoded_frame: object) -> list[Any]:
        _Counter.total += 1
        return []


async def be_viewers(count: int) -> None:
    """Speak with `_watching`: offers out, answers in, then a number for every line."""
    engine.prepare([HOST])
    aiortc.rtcrtpreceiver.get_decoder = lambda codec: _Counter()  # type: ignore[attr-defined]
    connections = [RTCPeerConnection(RTCConfiguration(iceServers=[])) for _ in range(count)]
    offers = []
    for connection in connections:
        transceiver = connection.addTransceiver("video", direction="recvonly")
        transceiver.setCodecPreferences(engine.h264_preferences())
        await connection.setLocalDescription(await connection.createOffer())
        offers.append(connection.localDescription.sdp)
    _say(json.dumps(offers))
    changed = asyncio.Event()
    answers = json.loads(await asyncio.to_thread(sys.stdin.readline))
    for connection, answer in zip(connections, answers, strict=True):
        connection.on("connectionstatechange", changed.set)
        await connection.setRemoteDescription(RTCSessionDescription(answer, "answer"))
    async with asyncio.timeout(START_WITHIN_S):
        while any(one.connectionState != "connected" for one in connections):
            await changed.wait()
            changed.clear()
    _say("connected")
    while await asyncio.to_thread(sys.stdin.readline):
        _say(str(_Counter.total))


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def main(arguments: list[str] | None = None) -> None:
    """Measure both ways and print them, or be the viewers of such a measurement."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("clip", nargs="?", type=Path)
    parser.add_argument("--viewers", type=int, default=4)
    parser.add_argument("--seconds", type=float, default=10.0)
    given = parser.parse_args(arguments)
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))
    if given.clip is None:
        asyncio.run(be_viewers(given.viewers))
        return
    for reencode in (False, True):
        cost = asyncio.run(
            measure(given.clip, viewers=given.viewers, seconds=given.seconds, reencode=reencode)
        )
        _say(json.dumps(asdict(cost) | {"cpu_per_viewer_second": cost.cpu_per_viewer_second}))


if __name__ == "__main__":
    main()
