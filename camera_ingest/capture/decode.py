"""Decoding access units into pictures, and pictures into JPEG. Blocking: call it in a thread."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import av
import cv2
import numpy as np
from numpy.typing import NDArray

from camera_ingest.wire.nal import Codec, join_annexb
from camera_ingest.wire.payload import AccessUnit

JPEG_QUALITY = 85
DECODERS = {Codec.H264: "h264", Codec.H265: "hevc"}

av.logging.set_level(av.logging.PANIC)  # a camera's broken bits are told as health, not as text


@dataclass(frozen=True, slots=True)
class ReceivedUnit:
    """An access unit with its place in time: `ticks` on our 90 kHz line, and instants.

    `captured_at` is the camera's claim, or the arrival when it has made none.
    """

    unit: AccessUnit
    ticks: int
    captured_at: datetime


@dataclass(frozen=True, slots=True)
class Picture:
    frame: av.VideoFrame
    captured_at: datetime


@dataclass(frozen=True, slots=True)
class Decoded:
    """What a batch gave: whole pictures in order, and how many units could not be decoded."""

    pictures: tuple[Picture, ...]
    torn: int


class PictureDecoder:
    """A decoder for one stream. Not thread-safe; begins at the first key picture."""

    def __init__(self, codec: Codec) -> None:
        context = av.CodecContext.create(DECODERS[codec], "r")
        assert isinstance(context, av.VideoCodecContext)
        context.thread_count = 1
        self.codec = codec
        self._context = context
        self._begun = False
        self._times: dict[int, datetime] = {}

    def decode(self, received: Sequence[ReceivedUnit]) -> Decoded:
        """Decode every unit in order; torn pictures are counted, not returned."""
        pictures: list[Picture] = []
        torn = 0
        for one in received:
            self._begun = self._begun or one.unit.key
            if not self._begun:
                continue
            frames, whole = self._decode_one(one)
            torn += not whole
            pictures.extend(frames)
        return Decoded(tuple(pictures), torn)

    def _decode_one(self, one: ReceivedUnit) -> tuple[list[Picture], bool]:
        packet = av.Packet(join_annexb(one.unit.nals))
        packet.pts = one.ticks
        self._times[one.ticks] = one.captured_at
        try:
            frames = self._context.decode(packet)
        except av.FFmpegError:
            return [], False
        whole = [frame for frame in frames if not frame.is_corrupt]
        pictures = [self._picture(frame, one.captured_at) for frame in whole]
        return pictures, bool(whole) and len(whole) == len(frames)

    def _picture(self, frame: av.VideoFrame, otherwise: datetime) -> Picture:
        """Pair the frame with its own capture time: reordering may hand out an earlier one."""
        at = self._times.get(frame.pts or 0, otherwise)
        self._times = {ticks: time for ticks, time in self._times.items() if time > at}
        return Picture(frame, at)


def to_bgr(frame: av.VideoFrame) -> NDArray[np.uint8]:
    """Return the frame as BGR, full size."""
    return frame.to_ndarray(format="bgr24").astype(np.uint8, copy=False)


def to_luma(frame: av.VideoFrame) -> NDArray[np.uint8]:
    """Return the frame's brightness, full size; cheaper than colour."""
    return frame.to_ndarray(format="gray").astype(np.uint8, copy=False)


def to_jpeg(frame: av.VideoFrame) -> bytes:
    """Return the frame as JPEG at full size. Raises ValueError when it cannot be written."""
    done, encoded = cv2.imencode(".jpg", to_bgr(frame), [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY])
    if not done:
        raise ValueError("the picture could not be written as JPEG")
    return encoded.tobytes()
