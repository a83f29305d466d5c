"""The pictures one viewer gets: a burst to join at once, then live, never an unbounded backlog."""

import asyncio
from collections import deque
from collections.abc import Sequence
from contextlib import suppress

from aiortc import MediaStreamTrack
from aiortc.mediastreams import MediaStreamError
from typing_extensions import override

from camera_ingest.webrtc.hub import CodedPacket, CodedPicture, Hub

BACKLOG_MAX = 250
BURST_STEP_TICKS = 90  # 1 ms of media time for each picture of the backlog
REPLAY_WITHIN_TICKS = 2_700  # a replay has to fit between two live pictures
REPLAY_EVERY_S = 1.0
MEDIA_WAIT_S = 1.0


class CameraTrack(MediaStreamTrack):
    """Feeds aiortc with packets that are already coded, so that nothing is encoded again."""

    kind = "video"

    def __init__(self, hub: Hub) -> None:
        super().__init__()
        self.hub = hub
        self.dropped = 0
        self.replays = 0
        self.sent = 0
        self._queue: deque[CodedPacket] = deque()
        self._wake = asyncio.Event()
        self._needs_key = True
        self._last_ticks = 0
        self._replayed_at = float("-inf")
        self.joined = False

    def join(self) -> None:
        """Begin: the kept group squeezed into milliseconds, so that the picture is there at once.

        Call it once the connection stands; before that the burst would be lost.
        """
        group = self.hub.group
        if group:
            last = group[-1].ticks
            first = last - (len(group) - 1) * BURST_STEP_TICKS
            self._burst(group, first=first, step=BURST_STEP_TICKS)
            self._needs_key = False
        self.hub.watchers.add(self)
        self.joined = True

    def replay(self) -> None:
        """Answer a lost picture: a camera cannot be asked for a key picture, so send ours again."""
        now = asyncio.get_running_loop().time()
        group = self.hub.group
        if not self.joined or not group or now - self._replayed_at < REPLAY_EVERY_S:
            return
        self._replayed_at = now
        self.replays += 1
        self._queue.clear()
        self._needs_key = False
        step = max(1, min(BURST_STEP_TICKS, REPLAY_WITHIN_TICKS // len(group)))
        self._burst(group, first=self._last_ticks + step, step=step)

    def push(self, picture: CodedPicture) -> None:
        """Take a live picture; a viewer too far behind goes on at the next key picture."""
        if len(self._queue) >= BACKLOG_MAX:
            self.dropped += len(self._queue)
            self._queue.clear()
            self._needs_key = True
        if self._needs_key and not picture.key:
            return
        self._needs_key = False
        self._put(picture, picture.ticks)

    def _burst(self, group: Sequence[CodedPicture], *, first: int, step: int) -> None:
        for place, picture in enumerate(group):
            self._put(picture, first + place * step)

    def _put(self, picture: CodedPicture, ticks: int) -> None:
        self._last_ticks = max(ticks, self._last_ticks + 1)
        self._queue.append(picture.packet_at(self._last_ticks))
        self._wake.set()

    @override
    async def recv(self) -> CodedPacket:
        while not self._queue:
            if self.readyState != "live":
                raise MediaStreamError
            self._wake.clear()
            with suppress(TimeoutError):
                async with asyncio.timeout(MEDIA_WAIT_S):  # woken by a picture or by stop()
                    await self._wake.wait()
        self.sent += 1
        return self._queue.popleft()

    @override
    def stop(self) -> None:
        super().stop()
        self.hub.watchers.discard(self)
        self._queue.clear()
        self._wake.set()
