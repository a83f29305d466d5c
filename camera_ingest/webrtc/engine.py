"""The three places where aiortc's and aioice's defaults do not fit cameras, set once a process."""

import time
from collections.abc import Sequence

import aioice.ice
import aiortc.rtcrtpsender
from aiortc import RTCCertificate, RTCRtpSender
from aiortc.rtcrtpparameters import RTCRtpCodecCapability

RTP_HISTORY_PACKETS = 2_048  # the default of 128 is less than one join burst or one key picture
CERTIFICATE_MAX_AGE_S = 7 * 86_400.0
H264 = "video/h264"
RETRANSMISSION = "video/rtx"


def prepare(ice_hosts: Sequence[str]) -> None:
    """Offer exactly `ice_hosts` as ICE candidates, answer NACKs of a whole burst, share one key.

    aioice would offer every address of the machine but the loopback one.
    """
    hosts = list(ice_hosts)
    assert hosts, "at least one ICE host"
    aiortc.rtcrtpsender.RTP_HISTORY_SIZE = RTP_HISTORY_PACKETS  # type: ignore[attr-defined]
    aioice.ice.get_host_addresses = lambda use_ipv4, use_ipv6: list(hosts)
    RTCCertificate.generateCertificate = _SharedCertificate().get  # type: ignore[method-assign]


_make_certificate = RTCCertificate.generateCertificate


class _SharedCertificate:
    """One key for all connections of the process, made anew long before its 30 days are over."""

    def __init__(self) -> None:
        self._made_at = 0.0
        self._certificate: RTCCertificate | None = None

    def get(self) -> RTCCertificate:
        now = time.monotonic()
        if self._certificate is None or now - self._made_at > CERTIFICATE_MAX_AGE_S:
            self._certificate, self._made_at = _make_certificate(), now
        return self._certificate


def h264_preferences() -> list[RTCRtpCodecCapability]:
    """Return H.264 and its retransmission only: any other codec would mean encoding."""
    offered = RTCRtpSender.getCapabilities("video").codecs
    return [codec for codec in offered if codec.mimeType.lower() in (H264, RETRANSMISSION)]


def without_local_names(offer: str) -> str:
    """Return the SDP without mDNS candidates, which would send multicast; the browser reaches us.

    Its checks then arrive as peer-reflexive candidates.
    """
    lines = offer.splitlines(keepends=True)
    return "".join(
        line for line in lines if not (line.startswith("a=candidate") and ".local " in line)
    )
