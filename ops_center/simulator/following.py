"""One client's side of the console protocol, sans-I/O: frames in, frames to send out."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from camera_ingest.domain import fold as cameras
from dispatch.domain import fold as dispatching
from gis.closures import fold as closures
from gis.layers import fold as layers

PROTOCOL: Final = 1
# Whoever comes back with other rights sees another picture: it cannot be resumed.
OTHER_RIGHTS: Final = frozenset({"expired", "forbidden"})
Picture: TypeAlias = Mapping[str, Mapping[str, Mapping[str, Any]]]
Frame: TypeAlias = dict[str, Any]


@dataclass(slots=True)
class _Replay:
    until: int
    left: int


class Following:
    """The picture as this client knows it, always exactly as of entry `seq`."""

    def __init__(self) -> None:
        self.seq: int | None = None
        self.picture: Picture = {
            **dispatching.EMPTY,
            **cameras.EMPTY,
            **closures.EMPTY,
            **layers.EMPTY,
        }
        self.live: dict[str, Any] = {}
        self.degraded: tuple[str, ...] = ()
        self.entries = 0
        self.snapshots = 0
        self.holes = 0
        self.bye: str | None = None
        self._replay: _Replay | None = None

    def hello(self) -> Frame:
        """Return the first frame of a connection: resume where we are, if anywhere."""
        return {"type": "hello", "protocol": PROTOCOL, "resume": self.seq}

    def hear(self, frame: Frame) -> Frame | None:
        """Take in one frame; return the hello to send when entries are missing."""
        match frame.get("type"):
            case "snapshot":
                self._take_snapshot(frame)
            case "resumed":
                self._replay = _Replay(frame["seq"], frame["count"])
                self._end_replay_when_done()
            case "entry":
                return self._take_entry(frame)
            case "beat":
                self._take_beat(frame)
            case "live":
                self._take_live(frame["values"])
            case "bye":
                self._take_goodbye(frame["reason"])
            case _:
                pass  # answers to positions tell nothing that is followed
        return None

    def _take_snapshot(self, frame: Frame) -> None:
        self.seq = frame["seq"]
        self._replay = None
        self.picture = frame["picture"]
        self.live = dict(frame["live"])
        self.snapshots += 1

    def _take_entry(self, entry: Frame) -> Frame | None:
        if self.seq is None or entry["seq"] <= self.seq:
            return None  # a replay of what is known already
        if entry["after"] != self.seq:
            self.holes += 1
            return self.hello()
        self.seq = entry["seq"]
        self.entries += 1
        self.picture = folded(self.picture, entry)
        if self._replay is not None:
            self._replay.left -= 1
            self._end_replay_when_done()
        return None

    def _end_replay_when_done(self) -> None:
        """What was replayed reaches up to `until`, though its last entries may be for others."""
        if self._replay is not None and self._replay.left <= 0 and self.seq is not None:
            self.seq = max(self.seq, self._replay.until)
            self._replay = None

    def _take_beat(self, frame: Frame) -> None:
        self.degraded = tuple(frame["degraded"])
        if self.seq is not None and self._replay is None:
            self.seq = max(self.seq, frame["seq"])

    def _take_goodbye(self, reason: str) -> None:
        self.bye = reason
        if reason in OTHER_RIGHTS:
            self.seq = None

    def _take_live(self, values: Mapping[str, Any]) -> None:
        for key, value in values.items():
            if value is None:
                self.live.pop(key, None)
            else:
                self.live[key] = value


def folded(picture: Picture, entry: Frame) -> Picture:
    """Return the picture after one entry as it comes over the wire."""
    kind, subject = entry["kind"], entry["subject"]
    for fold in (dispatching.fold, cameras.fold, closures.fold, layers.fold):
        picture = fold(picture, kind, subject, version=entry["version"], data=entry["data"])
    return picture
