"""Network abstraction layer units of H.264 and H.265: which is which, and Annex B framing."""

from collections.abc import Iterable
from enum import StrEnum

START_CODE = b"\x00\x00\x00\x01"
SHORT_START_CODE = b"\x00\x00\x01"

H264_IDR = 5
H264_SPS = 7
H264_PPS = 8
H264_ACCESS_UNIT_DELIMITER = 9
H265_IRAP = range(16, 24)
H265_PARAMETER_SETS = (32, 33, 34)
H265_ACCESS_UNIT_DELIMITER = 35


class Codec(StrEnum):
    H264 = "h264"
    H265 = "h265"


def nal_type(codec: Codec, nal: bytes) -> int:
    """Return the type number of a unit (ITU-T H.264 7.3.1, H.265 7.3.1.2)."""
    return nal[0] & 0x1F if codec is Codec.H264 else (nal[0] >> 1) & 0x3F


def is_random_access(codec: Codec, nal: bytes) -> bool:
    """True when a decoder may start at this unit."""
    kind = nal_type(codec, nal)
    return kind == H264_IDR if codec is Codec.H264 else kind in H265_IRAP


def is_parameter_set(codec: Codec, nal: bytes) -> bool:
    """True for the units a decoder needs before the first picture: VPS, SPS, PPS."""
    kind = nal_type(codec, nal)
    return kind in (H264_SPS, H264_PPS) if codec is Codec.H264 else kind in H265_PARAMETER_SETS


def is_delimiter(codec: Codec, nal: bytes) -> bool:
    """True for an access unit delimiter, which carries nothing over RTP."""
    kind = nal_type(codec, nal)
    wanted = H264_ACCESS_UNIT_DELIMITER if codec is Codec.H264 else H265_ACCESS_UNIT_DELIMITER
    return kind == wanted


def split_annexb(stream: bytes) -> list[bytes]:
    """Return the units of an Annex B byte stream, start codes and trailing zeros removed."""
    units = []
    at = stream.find(SHORT_START_CODE)
    while at >= 0:
        begin = at + len(SHORT_START_CODE)
        at = stream.find(SHORT_START_CODE, begin)
        unit = stream[begin:] if at < 0 else stream[begin:at]
        if unit := unit.rstrip(b"\x00"):  # a NAL unit never ends in a zero byte (7.4.1)
            units.append(unit)
    return units


def join_annexb(units: Iterable[bytes]) -> bytes:
    """Return the units as one Annex B byte stream with four-byte start codes."""
    return b"".join(START_CODE + unit for unit in units)
