"""RTSP 1.0 messages and interleaved data (RFC 2326), parsed from bytes as they come."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from camera_ingest.wire.rtp import WireError

HEAD_MAX_BYTES = 16 * 1024
BODY_MAX_BYTES = 64 * 1024
HEADERS_MAX = 100
DOLLAR = 0x24
INTERLEAVED_HEADER = 4
HEAD_END = b"\r\n\r\n"
VERSION = "RTSP/1.0"


@dataclass(frozen=True, slots=True)
class Interleaved:
    """Binary data on the RTSP connection (RFC 2326 10.12): even channels RTP, odd RTCP."""

    channel: int
    data: bytes


@dataclass(frozen=True, slots=True)
class Message:
    """A request or an answer; header names are lower case, repeated headers kept in order."""

    start: tuple[str, str, str]
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""

    @property
    def is_answer(self) -> bool:
        return self.start[0].startswith("RTSP/")

    @property
    def status(self) -> int:
        """Return the status code of an answer."""
        return int(self.start[1])

    @property
    def method(self) -> str:
        return self.start[0]

    @property
    def url(self) -> str:
        return self.start[1]

    def header(self, name: str) -> str | None:
        """Return the first value of the header, None when absent."""
        return next((value for key, value in self.headers if key == name.lower()), None)

    def all_headers(self, name: str) -> list[str]:
        """Return every value of the header in order."""
        return [value for key, value in self.headers if key == name.lower()]


@dataclass(slots=True)
class RtspParser:
    """Bytes in, messages and interleaved data out. Raises WireError on what is not RTSP."""

    _buffer: bytearray = field(default_factory=bytearray)

    def feed(self, data: bytes) -> list[Message | Interleaved]:
        """Take bytes and return everything they complete, in order."""
        self._buffer += data
        found: list[Message | Interleaved] = []
        at = 0
        while at < len(self._buffer):
            taken = self._interleaved(at) if self._buffer[at] == DOLLAR else self._message(at)
            if taken is None:
                break
            item, at = taken
            if item is not None:
                found.append(item)
        del self._buffer[:at]
        return found

    def _interleaved(self, at: int) -> tuple[Interleaved, int] | None:
        begin = at + INTERLEAVED_HEADER
        if len(self._buffer) < begin:
            return None
        end = begin + int.from_bytes(self._buffer[at + 2 : begin])
        if len(self._buffer) < end:
            return None
        return Interleaved(self._buffer[at + 1], bytes(self._buffer[begin:end])), end

    def _message(self, at: int) -> tuple[Message | None, int] | None:
        if self._buffer[at] in b"\r\n":  # some cameras send empty lines between messages
            return None, at + 1
        if not 0x41 <= self._buffer[at] <= 0x5A:
            raise WireError("the bytes are neither RTSP nor interleaved RTP")
        end = self._buffer.find(HEAD_END, at)
        if end < 0 or end - at > HEAD_MAX_BYTES:
            if len(self._buffer) - at > HEAD_MAX_BYTES:
                raise WireError(f"RTSP head longer than {HEAD_MAX_BYTES} bytes")
            return None
        start, headers = parse_head(bytes(self._buffer[at:end]))
        length = _content_length(headers)
        begin = end + len(HEAD_END)
        if len(self._buffer) < begin + length:
            return None
        body = bytes(self._buffer[begin : begin + length])
        return Message(start, headers, body), begin + length


def parse_head(head: bytes) -> tuple[tuple[str, str, str], tuple[tuple[str, str], ...]]:
    """Return the three words of the first line and the headers. Raises WireError."""
    lines = head.decode("latin-1").split("\r\n")
    words = lines[0].split(" ", 2)
    if len(words) == 2 and words[0].startswith("RTSP/"):
        words.append("")  # an answer without a reason phrase
    if len(words) != 3 or not (words[0].startswith("RTSP/") or words[2].startswith("RTSP/")):
        raise WireError("the first line is not RTSP")
    if words[0].startswith("RTSP/") and not words[1].isdigit():
        raise WireError("the status is not a number")
    if len(lines) > HEADERS_MAX:
        raise WireError(f"more than {HEADERS_MAX} RTSP headers")
    headers = []
    for line in lines[1:]:
        name, colon, value = line.partition(":")
        if not colon:
            raise WireError("an RTSP header has no colon")
        headers.append((name.strip().lower(), value.strip()))
    return (words[0], words[1], words[2]), tuple(headers)


def _content_length(headers: tuple[tuple[str, str], ...]) -> int:
    value = next((value for name, value in headers if name == "content-length"), "0")
    if not value.isdigit() or int(value) > BODY_MAX_BYTES:
        raise WireError(f"RTSP Content-Length is no number up to {BODY_MAX_BYTES}")
    return int(value)


def build_request(method: str, url: str, headers: Mapping[str, str]) -> bytes:
    """Return a request without body."""
    lines = [f"{method} {url} {VERSION}", *(f"{name}: {value}" for name, value in headers.items())]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("utf-8")


def build_answer(status: str, headers: Mapping[str, str], body: bytes = b"") -> bytes:
    """Return an answer; `status` is code and phrase, Content-Length is added for a body."""
    lines = [f"{VERSION} {status}", *(f"{name}: {value}" for name, value in headers.items())]
    if body:
        lines.append(f"Content-Length: {len(body)}")
    return ("\r\n".join(lines) + "\r\n\r\n").encode("utf-8") + body


def interleave(channel: int, data: bytes) -> bytes:
    """Return `data` framed for the RTSP connection."""
    return bytes((DOLLAR, channel)) + len(data).to_bytes(2) + data
