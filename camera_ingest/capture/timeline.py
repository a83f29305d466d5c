"""One unbroken 90 kHz line of time per camera, whatever its own timestamps do."""

from camera_ingest.wire.rtp import VIDEO_CLOCK_HZ, signed_distance

JUMP_MAX_TICKS = 5 * VIDEO_CLOCK_HZ
REORDER_SEEN_MIN = 2


class Timeline:
    """Maps RTP timestamps to ticks that go on across reconnects, wraps and clock jumps."""

    def __init__(self) -> None:
        self._timestamp: int | None = None
        self._ticks = 0
        self._backward = 0

    @property
    def reorders(self) -> bool:
        """True when pictures come in another order than they are shown: the stream has B-frames."""
        return self._backward >= REORDER_SEEN_MIN

    def restart(self) -> None:
        """Forget the camera's timestamps: the next ones come from a new session."""
        self._timestamp = None
        self._backward = 0

    def place(self, timestamp: int, *, now_s: float) -> int:
        """Return the tick of a picture that arrived at `now_s` (a monotonic clock, seconds)."""
        step = None if self._timestamp is None else signed_distance(timestamp, self._timestamp)
        if step is None or abs(step) > JUMP_MAX_TICKS:
            self._ticks = max(self._ticks + 1, int(now_s * VIDEO_CLOCK_HZ))
        else:
            self._ticks += step
            self._backward += step < 0
        self._timestamp = timestamp
        return self._ticks
