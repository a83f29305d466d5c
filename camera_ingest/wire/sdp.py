"""The parts of SDP (RFC 8866) that say where a camera's video is and how it is coded."""

import base64
import binascii
import re
from dataclasses import dataclass
from urllib.parse import urljoin

from camera_ingest.wire.nal import Codec
from camera_ingest.wire.rtp import VIDEO_CLOCK_HZ, WireError

RTPMAP = re.compile(r"a=rtpmap:(\d+) ([A-Za-z0-9-]+)/(\d+)")
FMTP = re.compile(r"a=fmtp:(\d+) (.*)")
CODECS = {"H264": Codec.H264, "H265": Codec.H265, "HEVC": Codec.H265}
SPROP_ORDER = {
    Codec.H264: ("sprop-parameter-sets",),
    Codec.H265: ("sprop-vps", "sprop-sps", "sprop-pps"),
}


class UnsupportedVideo(WireError):
    """The camera offers no video this software can take."""


@dataclass(frozen=True, slots=True)
class VideoMedia:
    codec: Codec
    payload_type: int
    control: str
    parameter_sets: tuple[bytes, ...]


def parse_video(sdp: str, *, base_url: str) -> VideoMedia:
    """Return the first H.264 or H.265 medium; `control` is its absolute URL.

    Raises UnsupportedVideo when there is none.
    """
    head, *sections = re.split(r"(?m)^m=", sdp)
    session_control = _control(head)
    base = _absolute(session_control, base_url) if session_control != "*" else base_url
    offered = []
    for section in sections:
        if section.startswith("video "):
            medium = _video_of(section, base)
            if isinstance(medium, VideoMedia):
                return medium
            offered.append(medium)
    raise UnsupportedVideo(f"no H.264 or H.265 video; the camera offers {offered or 'none'}")


def _video_of(section: str, base: str) -> VideoMedia | str:
    lines = section.splitlines()
    found = next((match for line in lines if (match := RTPMAP.match(line))), None)
    if found is None:
        return "unknown"
    payload_type, name, clock = int(found[1]), found[2].upper(), int(found[3])
    if name not in CODECS or clock != VIDEO_CLOCK_HZ:
        return name
    codec = CODECS[name]
    parameters = _format_parameters(lines, payload_type)
    control = _absolute(_control(section), base)
    return VideoMedia(codec, payload_type, control, _parameter_sets(codec, parameters))


def _control(section: str) -> str:
    found = re.search(r"(?m)^a=control:(\S+)", section)
    return found[1] if found else "*"


def _absolute(control: str, base: str) -> str:
    if control == "*":
        return base
    if "://" in control:
        return control
    if control.startswith("/"):
        return urljoin(base.replace("rtsp://", "http://", 1), control).replace(
            "http://", "rtsp://", 1
        )
    return base.rstrip("/") + "/" + control


def _format_parameters(lines: list[str], payload_type: int) -> dict[str, str]:
    parameters: dict[str, str] = {}
    for line in lines:
        if (found := FMTP.match(line)) and int(found[1]) == payload_type:
            for item in found[2].split(";"):
                name, _, value = item.strip().partition("=")
                parameters[name.lower()] = value
    return parameters


def _parameter_sets(codec: Codec, parameters: dict[str, str]) -> tuple[bytes, ...]:
    texts = [
        text.strip()
        for name in SPROP_ORDER[codec]
        for text in parameters.get(name, "").split(",")
        if text.strip()
    ]
    try:
        return tuple(unit for text in texts if (unit := base64.b64decode(text, validate=True)))
    except binascii.Error as error:
        raise WireError("the parameter sets in the SDP are not base64") from error
