"""RTP packets and the RTCP reports beside them (RFC 3550)."""

import struct
from dataclasses import dataclass

RTP_VERSION = 2
HEADER = struct.Struct("!BBHII")
NTP_EPOCH_OFFSET_S = 2_208_988_800
SENDER_REPORT = 200
RECEIVER_REPORT = 201
SEQUENCE_MODULUS = 1 << 16
TIMESTAMP_MODULUS = 1 << 32
VIDEO_CLOCK_HZ = 90_000


class WireError(ValueError):
    """Bytes that do not follow their format; the message says which rule they break."""


@dataclass(frozen=True, slots=True)
class RtpPacket:
    payload_type: int
    sequence: int
    timestamp: int
    ssrc: int
    marker: bool
    payload: bytes


@dataclass(frozen=True, slots=True)
class SenderReport:
    """The camera's clock: `wall_s` (Unix seconds) is the instant of `timestamp` (RTP units)."""

    ssrc: int
    wall_s: float
    timestamp: int


def parse_rtp(data: bytes) -> RtpPacket:
    """Return the packet in `data`, padding, CSRCs and extensions removed. Raises WireError."""
    if len(data) < HEADER.size:
        raise WireError("RTP packet shorter than its header")
    first, second, sequence, timestamp, ssrc = HEADER.unpack_from(data)
    if first >> 6 != RTP_VERSION:
        raise WireError("not RTP version 2")
    begin = _payload_begin(data, first)
    end = len(data) - (data[-1] if first & 0x20 else 0)
    if end < begin:
        raise WireError("RTP padding longer than the packet")
    return RtpPacket(second & 0x7F, sequence, timestamp, ssrc, bool(second & 0x80), data[begin:end])


def _payload_begin(data: bytes, first: int) -> int:
    begin = HEADER.size + 4 * (first & 0x0F)
    if first & 0x10:
        if len(data) < begin + 4:
            raise WireError("RTP extension header cut off")
        begin += 4 + 4 * int.from_bytes(data[begin + 2 : begin + 4])
    if len(data) < begin:
        raise WireError("RTP header cut off")
    return begin


def build_rtp(packet: RtpPacket) -> bytes:
    """Return the packet as bytes, without CSRCs, extension or padding."""
    return (
        HEADER.pack(
            RTP_VERSION << 6,
            packet.payload_type | (0x80 if packet.marker else 0),
            packet.sequence % SEQUENCE_MODULUS,
            packet.timestamp % TIMESTAMP_MODULUS,
            packet.ssrc,
        )
        + packet.payload
    )


def parse_sender_report(data: bytes) -> SenderReport | None:
    """Return the sender report a compound RTCP packet begins with, or None (RFC 3550 6.4.1)."""
    if len(data) < 28 or data[0] >> 6 != RTP_VERSION or data[1] != SENDER_REPORT:
        return None
    ssrc, ntp, timestamp = struct.unpack_from("!IQI", data, 4)
    if ntp == 0:  # a camera without a clock says 0
        return None
    return SenderReport(ssrc, ntp / 2**32 - NTP_EPOCH_OFFSET_S, timestamp)


def build_sender_report(report: SenderReport, *, packets: int, octets: int) -> bytes:
    """Return an RTCP sender report without report blocks."""
    ntp = int((report.wall_s + NTP_EPOCH_OFFSET_S) * 2**32)
    return struct.pack(
        "!BBHIQIII",
        RTP_VERSION << 6,
        SENDER_REPORT,
        6,
        report.ssrc,
        ntp,
        report.timestamp % TIMESTAMP_MODULUS,
        packets & 0xFFFFFFFF,
        octets & 0xFFFFFFFF,
    )


def build_receiver_report(*, own_ssrc: int, source_ssrc: int, highest: int, lost: int) -> bytes:
    """Return an RTCP receiver report with one block; `highest` is the extended sequence."""
    return struct.pack(
        "!BBHIIIIIII",
        (RTP_VERSION << 6) | 1,
        RECEIVER_REPORT,
        7,
        own_ssrc,
        source_ssrc,
        min(lost, 0x7FFFFF),
        highest & 0xFFFFFFFF,
        0,
        0,
        0,
    )


def signed_distance(later: int, earlier: int, *, modulus: int = TIMESTAMP_MODULUS) -> int:
    """Return later - earlier on a counter that wraps at `modulus`, the shorter way round."""
    half = modulus // 2
    return (later - earlier + half) % modulus - half
