"""Re-encoding for browsers what they cannot play: HEVC and B-frames, once for all viewers."""

from collections.abc import Sequence
from fractions import Fraction

import av

from camera_ingest.webrtc.hub import TIME_BASE, CodedPicture
from camera_ingest.wire.nal import Codec, join_annexb
from camera_ingest.wire.payload import AccessUnit

WIDTH_MAX = 1_280
HEIGHT_MAX = 720
GROUP_PICTURES = 50
RATE_HINT = Fraction(25)
DECODERS = {Codec.H264: "h264", Codec.H265: "hevc"}
OPTIONS = {
    "preset": "superfast",
    "tune": "zerolatency",
    "crf": "26",
    "maxrate": "2500k",
    "bufsize": "2500k",
    "x264-params": (
        f"keyint={GROUP_PICTURES}:scenecut=0:repeat-headers=1:sliced-threads=0:threads=1"
    ),
}


class Transcoder:
    """Decodes one stream and encodes it as baseline H.264. Blocking; one thread at a time."""

    def __init__(self, codec: Codec) -> None:
        decoder = av.CodecContext.create(DECODERS[codec], "r")
        assert isinstance(decoder, av.VideoCodecContext)
        decoder.thread_count = 1
        self._decoder = decoder
        self._encoder: av.VideoCodecContext | None = None
        self._begun = False
        self._ticks = -1

    def convert(self, units: Sequence[tuple[AccessUnit, int]]) -> list[CodedPicture]:
        """Return the pictures of `units` (each with its ticks), coded anew, in order."""
        pictures: list[CodedPicture] = []
        for unit, ticks in units:
            self._begun = self._begun or unit.key
            if not self._begun:
                continue
            packet = av.Packet(join_annexb(unit.nals))
            packet.pts = ticks
            packet.time_base = TIME_BASE
            try:
                frames = self._decoder.decode(packet)
            except av.FFmpegError:
                continue  # a torn unit: the next ones go on
            for frame in frames:
                pictures.extend(self._encode(frame))
        return pictures

    def _encode(self, frame: av.VideoFrame) -> list[CodedPicture]:
        width, height = fitted(frame.width, frame.height)
        if self._encoder is None or (self._encoder.width, self._encoder.height) != (width, height):
            self._encoder = _encoder(width, height)
        pts = max(frame.pts or 0, self._ticks + 1)
        self._ticks = pts
        sized = frame.reformat(width=width, height=height, format="yuv420p")
        sized.pts, sized.time_base = pts, TIME_BASE
        sized.pict_type = av.video.frame.PictureType.NONE
        return [
            CodedPicture(bytes(packet), packet.pts or pts, packet.is_keyframe)
            for packet in self._encoder.encode(sized)
        ]


def _encoder(width: int, height: int) -> av.VideoCodecContext:
    encoder = av.CodecContext.create("libx264", "w")
    assert isinstance(encoder, av.VideoCodecContext)
    encoder.width, encoder.height = width, height
    encoder.pix_fmt = "yuv420p"
    encoder.time_base = TIME_BASE
    encoder.framerate = RATE_HINT
    encoder.profile = "Baseline"
    encoder.options = OPTIONS
    return encoder


def fitted(width: int, height: int) -> tuple[int, int]:
    """Return the size scaled down into WIDTH_MAX x HEIGHT_MAX, even numbers, same shape."""
    scale = min(1.0, WIDTH_MAX / width, HEIGHT_MAX / height)
    return max(2, int(width * scale) // 2 * 2), max(2, int(height * scale) // 2 * 2)
