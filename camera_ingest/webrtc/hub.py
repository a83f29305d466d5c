"""Fan-out of one camera's coded pictures to its viewers, with the last group of pictures kept."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Protocol, TypeAlias, cast

import av

from camera_ingest.wire.nal import join_annexb
from camera_ingest.wire.rtp import VIDEO_CLOCK_HZ

GROUP_PICTURES_MAX = 600
GROUP_BYTES_MAX = 32 * 1024 * 1024
CodedPacket: TypeAlias = "av.Packet[av.VideoStream]"
TIME_BASE = Fraction(1, VIDEO_CLOCK_HZ)


@dataclass(frozen=True, slots=True)
class CodedPicture:
    """One H.264 access unit in Annex B framing, at `ticks` of the camera's line (90 kHz)."""

    data: bytes
    ticks: int
    key: bool

    def packet_at(self, ticks: int) -> CodedPacket:
        """Return a packet of the same bytes at another time."""
        packet = cast("CodedPacket", av.Packet(self.data))
        packet.pts = packet.dts = ticks
        packet.time_base = TIME_BASE
        return packet


def coded_picture(nals: Sequence[bytes], ticks: int, *, key: bool) -> CodedPicture:
    """Return the access unit of `nals` ready for viewers."""
    return CodedPicture(join_annexb(nals), ticks, key)


class Watcher(Protocol):
    def push(self, picture: CodedPicture) -> None: ...


class Hub:
    """Pictures in, the same pictures out to every watcher; never waits for any of them."""

    def __init__(self) -> None:
        self.watchers: set[Watcher] = set()
        self._group: list[CodedPicture] = []
        self._group_bytes = 0
        self._last_ticks = 0

    @property
    def group(self) -> Sequence[CodedPicture]:
        """The pictures since the last key picture; empty before the first and after a break."""
        return self._group

    def publish(self, picture: CodedPicture) -> None:
        """Keep the picture and hand it to the watchers; its ticks are made to grow."""
        ticks = max(picture.ticks, self._last_ticks + 1)  # some cameras repeat a timestamp
        picture = CodedPicture(picture.data, ticks, picture.key)
        self._last_ticks = ticks
        if picture.key:
            self._group, self._group_bytes = [], 0
        if picture.key or self._group:
            self._keep(picture)
        for watcher in tuple(self.watchers):
            watcher.push(picture)

    def _keep(self, picture: CodedPicture) -> None:
        self._group_bytes += len(picture.data)
        full = len(self._group) >= GROUP_PICTURES_MAX or self._group_bytes > GROUP_BYTES_MAX
        if full:  # without its middle a group cannot be decoded: joiners wait for a key picture
            self._group = []
        else:
            self._group.append(picture)

    def break_off(self) -> None:
        """Forget the group: what comes next does not follow from it."""
        self._group, self._group_bytes = [], 0
