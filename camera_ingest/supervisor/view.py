"""How one camera's pictures reach browsers: passed through as they are, or encoded anew once."""

import asyncio
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from enum import StrEnum

from camera_ingest.webrtc.hub import CodedPicture, Hub, coded_picture
from camera_ingest.webrtc.transcode import Transcoder
from camera_ingest.wire.nal import Codec
from camera_ingest.wire.payload import AccessUnit

PROBE_UNITS = 12  # B-frames show within their first group of a few pictures
REENCODE_BACKLOG_MAX = 100
GROUP_UNITS_MAX = 300
IDLE_WAIT_S = 5.0


class Mode(StrEnum):
    PASSTHROUGH = "passthrough"
    REENCODED = "reencoded"


class Cause(StrEnum):
    """Why a stream is encoded anew."""

    NONE = ""
    HEVC = "hevc"
    B_FRAMES = "b_frames"


class LiveFeed:
    """Decides the mode of one camera and feeds its hub. `changed` is called when the mode does."""

    def __init__(self, changed: Callable[[], None]) -> None:
        self.hub = Hub()
        self.cause = Cause.NONE
        self._changed = changed
        self._seen = 0
        self._transcoder: Transcoder | None = None
        self._backlog: deque[tuple[AccessUnit, int]] = deque()
        self._group: list[tuple[AccessUnit, int]] = []
        self._skipping = False
        self._due = asyncio.Event()

    @property
    def mode(self) -> Mode | None:
        """Return how viewers get this camera; None until enough of the stream was seen."""
        if self.cause is not Cause.NONE:
            return Mode.REENCODED
        return Mode.PASSTHROUGH if self._seen >= PROBE_UNITS else None

    async def work_due(self) -> bool:
        """Wait a while for something to encode; True when there is."""
        if not self._backlog:
            self._due.clear()
            with suppress(TimeoutError):
                async with asyncio.timeout(IDLE_WAIT_S):
                    await self._due.wait()
        return bool(self._backlog)

    def restart(self) -> None:
        """The stream begins anew: old and new pictures do not belong together."""
        self.hub.break_off()
        self._backlog.clear()
        self._group.clear()
        self._transcoder = None

    def take(self, unit: AccessUnit, ticks: int, *, reorders: bool) -> None:
        """Take one access unit in the order it came."""
        self._seen += 1
        self._judge(unit, reorders=reorders)
        if self.cause is Cause.NONE:
            self.hub.publish(coded_picture(unit.nals, ticks, key=unit.key))
        else:
            self._queue(unit, ticks)

    def _judge(self, unit: AccessUnit, *, reorders: bool) -> None:
        if unit.codec is Codec.H265:
            cause = Cause.HEVC
        elif reorders or self.cause is Cause.B_FRAMES:
            cause = Cause.B_FRAMES
        else:
            cause = Cause.NONE
        if cause is not self.cause:
            self.cause = cause
            self.restart()
            self._changed()

    def _queue(self, unit: AccessUnit, ticks: int) -> None:
        """Keep the last group, so that encoding can start at once; encode only for viewers."""
        if unit.key or len(self._group) >= GROUP_UNITS_MAX:
            self._group.clear()
        if unit.key or self._group:
            self._group.append((unit, ticks))
        if not self.hub.watchers:
            self._transcoder = None
            self._backlog.clear()
            self.hub.break_off()
        elif self._transcoder is None:
            self._transcoder = Transcoder(unit.codec)
            self._backlog.extend(self._group)
            self._due.set()
        else:
            self._append(unit, ticks)

    def _append(self, unit: AccessUnit, ticks: int) -> None:
        """When encoding cannot keep up, leave out everything to the next key picture."""
        if len(self._backlog) >= REENCODE_BACKLOG_MAX:
            self._backlog.clear()
            self._skipping = True
        self._skipping = self._skipping and not unit.key
        if not self._skipping:
            self._backlog.append((unit, ticks))
            self._due.set()

    def next_work(self) -> Callable[[], list[CodedPicture]]:
        """Return the blocking work that is due; give its result to `publish`."""
        units = list(self._backlog)
        self._backlog.clear()
        transcoder = self._transcoder

        def work() -> list[CodedPicture]:
            return transcoder.convert(units) if transcoder else []

        return work

    def publish(self, pictures: list[CodedPicture]) -> None:
        """Hand encoded pictures to the viewers."""
        if self.cause is not Cause.NONE:
            for picture in pictures:
                self.hub.publish(picture)
