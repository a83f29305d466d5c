"""From access units to what a camera sees: decoding and motion for one camera, in a thread."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from camera_ingest.capture.decode import Picture, PictureDecoder, ReceivedUnit, to_luma
from camera_ingest.motion import MotionEye, Sight, Zone, to_gray


@dataclass(frozen=True, slots=True)
class Examined:
    """What one batch showed: the last picture and the look at it, and the units that were torn."""

    picture: Picture | None
    sight: Sight | None
    decoded: int
    torn: int

    @property
    def mostly_torn(self) -> bool:
        """Noise decodes now and then: a whole picture counts when it is not outnumbered."""
        return self.torn > self.decoded


class Eyes:
    """Decoder and motion of one camera; `examine` calls must not overlap."""

    def __init__(self) -> None:
        self._decoder: PictureDecoder | None = None
        self._motion = MotionEye()

    def blink(self) -> None:
        """Start a fresh decoder for a new stream; the background and last picture stay known."""
        self._decoder = None

    def examine(self, batch: Sequence[ReceivedUnit], zones: Mapping[UUID, Zone]) -> Examined:
        """Decode all of `batch` and look at its last picture. Blocking."""
        if not batch:
            return Examined(None, None, 0, 0)
        codec = batch[-1].unit.codec
        if self._decoder is None or self._decoder.codec is not codec:
            self._decoder = PictureDecoder(codec)
        decoded = self._decoder.decode(batch)
        if not decoded.pictures:
            return Examined(None, None, 0, decoded.torn)
        last = decoded.pictures[-1]
        sight = self._motion.look(to_gray(to_luma(last.frame)), zones)
        return Examined(last, sight, len(decoded.pictures), decoded.torn)
