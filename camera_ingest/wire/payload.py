"""H.264 (RFC 6184) and H.265 (RFC 7798) over RTP: access units to payloads and back."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from camera_ingest.wire.nal import Codec, is_delimiter, is_parameter_set, is_random_access
from camera_ingest.wire.rtp import SEQUENCE_MODULUS, RtpPacket, WireError

PAYLOAD_MAX = 1_400
ACCESS_UNIT_MAX_BYTES = 4 * 1024 * 1024
NALS_PER_ACCESS_UNIT_MAX = 512
H264_STAP_A = 24
H264_FU_A = 28
H265_AGGREGATION = 48
H265_FRAGMENT = 49
FU_START = 0x80
FU_END = 0x40


@dataclass(frozen=True, slots=True)
class AccessUnit:
    """One coded picture: its NAL units without start codes, and its RTP timestamp (90 kHz)."""

    codec: Codec
    nals: tuple[bytes, ...]
    timestamp: int
    key: bool

    def with_parameter_sets(self, sets: tuple[bytes, ...]) -> "AccessUnit":
        """Return the unit with `sets` before a key picture that does not carry its own."""
        if not self.key or any(is_parameter_set(self.codec, nal) for nal in self.nals):
            return self
        return replace(self, nals=sets + self.nals)


def packetise(codec: Codec, nals: Iterable[bytes], *, limit: int = PAYLOAD_MAX) -> list[bytes]:
    """Return RTP payloads of at most `limit` bytes: single units, and fragments of longer ones."""
    payloads: list[bytes] = []
    for nal in nals:
        payloads.extend([nal] if len(nal) <= limit else _fragments(codec, nal, limit))
    return payloads


def _fragments(codec: Codec, nal: bytes, limit: int) -> list[bytes]:
    if codec is Codec.H264:
        head, kind, body = bytes([(nal[0] & 0xE0) | H264_FU_A]), nal[0] & 0x1F, nal[1:]
    else:
        head = bytes([(nal[0] & 0x81) | (H265_FRAGMENT << 1), nal[1]])
        kind, body = (nal[0] >> 1) & 0x3F, nal[2:]
    room = limit - len(head) - 1
    starts = range(0, len(body), room)
    return [
        head
        + bytes([kind | (FU_START if at == 0 else 0) | (FU_END if at + room >= len(body) else 0)])
        + body[at : at + room]
        for at in starts
    ]


class Depacketiser:
    """Collects RTP packets into access units; counts sequence gaps and drops damaged units.

    Damaged means: a packet is missing inside it. The decoder conceals a missing unit better than
    a torn one, and nothing torn is ever passed on as evidence.
    """

    def __init__(self, codec: Codec) -> None:
        self.codec = codec
        self.lost_packets = 0
        self.damaged_units = 0
        self.highest_sequence = 0
        self._next: int | None = None
        self._timestamp: int | None = None
        self._nals: list[bytes] = []
        self._fragment: bytearray | None = None
        self._bytes = 0
        self._damaged = False

    def push(self, packet: RtpPacket) -> list[AccessUnit]:
        """Take one packet and return the access units it completes (none, one, rarely two)."""
        finished: list[AccessUnit] = []
        if not self._in_order(packet):
            return finished
        if self._timestamp is not None and packet.timestamp != self._timestamp:
            finished.extend(self._finish())  # the marker of the last unit never came
        self._timestamp = packet.timestamp
        if packet.payload and not self._damaged:
            self._take(packet.payload)
        if packet.marker:
            finished.extend(self._finish())
        return finished

    def _in_order(self, packet: RtpPacket) -> bool:
        if self._next is not None and packet.sequence != self._next:
            gap = (packet.sequence - self._next) % SEQUENCE_MODULUS
            if gap > SEQUENCE_MODULUS // 2:
                return False  # late or repeated: its place has passed
            self.lost_packets += gap
            self._damage(packet)
        cycles = self.highest_sequence & ~0xFFFF
        if self._next is not None and packet.sequence < (self.highest_sequence & 0xFFFF):
            cycles += SEQUENCE_MODULUS
        self.highest_sequence = cycles | packet.sequence
        self._next = (packet.sequence + 1) % SEQUENCE_MODULUS
        return True

    def _damage(self, packet: RtpPacket) -> None:
        """A gap hurts the unit being collected, and this one when its beginning is missing."""
        if self._nals or self._fragment is not None:
            self._damaged = True
        if packet.timestamp != self._timestamp and _continues(self.codec, packet.payload):
            self._finish()
            self._timestamp = packet.timestamp
            self._damaged = True

    def _take(self, payload: bytes) -> None:
        self._bytes += len(payload)
        if self._bytes > ACCESS_UNIT_MAX_BYTES or len(self._nals) >= NALS_PER_ACCESS_UNIT_MAX:
            raise WireError(f"access unit larger than {ACCESS_UNIT_MAX_BYTES} bytes")
        kind = payload[0] & 0x1F if self.codec is Codec.H264 else (payload[0] >> 1) & 0x3F
        if kind == (H264_FU_A if self.codec is Codec.H264 else H265_FRAGMENT):
            self._take_fragment(payload)
        elif kind == (H264_STAP_A if self.codec is Codec.H264 else H265_AGGREGATION):
            self._nals.extend(_aggregated(self.codec, payload))
        elif (kind == 0 and self.codec is Codec.H264) or kind > H265_FRAGMENT:
            raise WireError(f"RTP payload type {kind} is not one of the codec")
        else:
            self._nals.append(payload)

    def _take_fragment(self, payload: bytes) -> None:
        head = 1 if self.codec is Codec.H264 else 2
        if len(payload) < head + 2:
            raise WireError("fragment without content")
        flags = payload[head]
        if flags & FU_START:
            self._fragment = bytearray(_fragment_header(self.codec, payload))
        elif self._fragment is None:
            self._damaged = True
            return
        self._fragment += payload[head + 1 :]
        if flags & FU_END:
            self._nals.append(bytes(self._fragment))
            self._fragment = None

    def _finish(self) -> list[AccessUnit]:
        nals = tuple(nal for nal in self._nals if nal and not is_delimiter(self.codec, nal))
        damaged = self._damaged or self._fragment is not None
        timestamp = self._timestamp
        self._nals, self._fragment, self._bytes, self._damaged = [], None, 0, False
        self._timestamp = None
        if damaged:
            self.damaged_units += 1
        if damaged or not nals or timestamp is None:
            return []
        key = any(is_random_access(self.codec, nal) for nal in nals)
        return [AccessUnit(self.codec, nals, timestamp, key)]


def _continues(codec: Codec, payload: bytes) -> bool:
    """True when the payload is a later fragment, so that its unit began in a lost packet."""
    head, kind = (1, H264_FU_A) if codec is Codec.H264 else (2, H265_FRAGMENT)
    if len(payload) <= head:
        return False
    found = payload[0] & 0x1F if codec is Codec.H264 else (payload[0] >> 1) & 0x3F
    return found == kind and not payload[head] & FU_START


def _fragment_header(codec: Codec, payload: bytes) -> bytes:
    if codec is Codec.H264:
        return bytes([(payload[0] & 0xE0) | (payload[1] & 0x1F)])
    return bytes([(payload[0] & 0x81) | ((payload[2] & 0x3F) << 1), payload[1]])


def _aggregated(codec: Codec, payload: bytes) -> list[bytes]:
    at = 1 if codec is Codec.H264 else 2
    units = []
    while at < len(payload):
        size = int.from_bytes(payload[at : at + 2])
        at += 2
        if size == 0 or at + size > len(payload):
            raise WireError("aggregation packet cut off")
        units.append(payload[at : at + size])
        at += size
    return units
