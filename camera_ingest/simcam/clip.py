"""A clip cut into RTP payloads once, to be sent again and again."""

import base64
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av

from camera_ingest.wire.nal import Codec, is_parameter_set, is_random_access, nal_type, split_annexb
from camera_ingest.wire.payload import packetise
from camera_ingest.wire.rtp import VIDEO_CLOCK_HZ

CLIP_FRAMES_MAX = 20_000
TO_ANNEXB = {Codec.H264: "h264_mp4toannexb", Codec.H265: "hevc_mp4toannexb"}
AV_CODECS = {"h264": Codec.H264, "hevc": Codec.H265}


@dataclass(frozen=True, slots=True)
class ClipFrame:
    """One picture: presentation time in 90 kHz ticks from the clip's start, and its payloads."""

    ticks: int
    key: bool
    payloads: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class Clip:
    codec: Codec
    fps: float
    frames: tuple[ClipFrame, ...]
    parameter_sets: tuple[bytes, ...]
    bare: bool  # SPS and PPS only in the SDP, as some cameras do

    @property
    def duration_ticks(self) -> int:
        return int(len(self.frames) / self.fps * VIDEO_CLOCK_HZ)

    def key_frame_at(self, index: int) -> int:
        """Return the index of the nearest key frame at or before `index` (wrapped)."""
        index %= len(self.frames)
        return next(at for at in range(index, -1, -1) if self.frames[at].key)

    def format_lines(self) -> str:
        """Return the rtpmap and fmtp lines of the SDP (RFC 6184 8.2, RFC 7798 7.2)."""
        texts = [base64.b64encode(unit).decode() for unit in self.parameter_sets]
        if self.codec is Codec.H264:
            profile = self.parameter_sets[0][1:4].hex()
            return (
                "a=rtpmap:96 H264/90000\r\n"
                f"a=fmtp:96 packetization-mode=1;profile-level-id={profile};"
                f"sprop-parameter-sets={','.join(texts)}\r\n"
            )
        names = ("sprop-vps", "sprop-sps", "sprop-pps")
        pairs = ";".join(f"{name}={text}" for name, text in zip(names, texts, strict=False))
        return f"a=rtpmap:96 H265/90000\r\na=fmtp:96 {pairs}\r\n"


def load_clip(path: Path, *, bare: bool = False) -> Clip:
    """Read an H.264 or HEVC mp4. Raises ValueError when it is something else."""
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        codec = AV_CODECS.get(stream.codec_context.name)
        if codec is None:
            raise ValueError(f"{path} is {stream.codec_context.name}, not H.264 or HEVC")
        units = list(_units(container, stream, codec))
        fps = float(stream.average_rate or 25)
    sets = {
        nal_type(codec, nal): nal
        for _, nals in units
        for nal in nals
        if is_parameter_set(codec, nal)
    }
    frames = tuple(_frame(codec, ticks, nals, bare=bare) for ticks, nals in units)
    if not frames or not frames[0].key:
        raise ValueError(f"{path} does not begin with a key frame")
    return Clip(codec, fps, frames, tuple(sets[kind] for kind in sorted(sets)), bare)


def _units(
    container: av.container.InputContainer, stream: av.VideoStream, codec: Codec
) -> list[tuple[int, list[bytes]]]:
    bitstream = av.BitStreamFilterContext(TO_ANNEXB[codec], stream)
    found: list[tuple[int, list[bytes]]] = []
    first: int | None = None
    for packet in container.demux(stream):
        for unit in bitstream.filter(packet if packet.size else None):
            pts = unit.pts or 0
            first = pts if first is None else first
            ticks = int((pts - first) * Fraction(unit.time_base) * VIDEO_CLOCK_HZ)
            found.append((ticks, split_annexb(bytes(unit))))
        if len(found) > CLIP_FRAMES_MAX:
            raise ValueError(f"the clip has more than {CLIP_FRAMES_MAX} frames")
    return found


def _frame(codec: Codec, ticks: int, nals: list[bytes], *, bare: bool) -> ClipFrame:
    key = any(is_random_access(codec, nal) for nal in nals)
    sent = [nal for nal in nals if not (bare and is_parameter_set(codec, nal))]
    return ClipFrame(ticks, key, tuple(packetise(codec, sent)))
