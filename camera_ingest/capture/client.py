"""An RTSP client over one TCP connection (RFC 2326, interleaved), yielding access units."""

import asyncio
import re
import secrets
from contextlib import suppress
from typing import Self

from camera_ingest.capture.errors import StreamError, refusal, translate
from camera_ingest.domain.camera import StreamAddress
from camera_ingest.domain.link import Reason
from camera_ingest.wire.digest import Challenge, Credentials, authorization, strongest
from camera_ingest.wire.payload import AccessUnit, Depacketiser
from camera_ingest.wire.rtp import (
    VIDEO_CLOCK_HZ,
    SenderReport,
    build_receiver_report,
    parse_rtp,
    parse_sender_report,
    signed_distance,
)
from camera_ingest.wire.rtsp import (
    Interleaved,
    Message,
    RtspParser,
    build_answer,
    build_request,
    interleave,
)
from camera_ingest.wire.sdp import VideoMedia, parse_video

READ_BYTES = 65_536
READ_TIMEOUT_S = 15.0  # far above the link machine's own stall limit: only a safety net
ANSWER_TIMEOUT_S = 10.0  # the link machine says offline before, and may give up first
MESSAGES_BEFORE_ANSWER_MAX = 20_000
REPORT_EVERY_S = 5.0
SESSION_TIMEOUT_DEFAULT_S = 60.0
SESSION_TIMEOUT_MIN_S = 4.0
USER_AGENT = "Nangareko"
SESSION = re.compile(r"([^;\s]+)(?:.*?;\s*timeout=(\d+))?")
CHANNELS = re.compile(r"interleaved=(\d+)-(\d+)")


class RtspClient:
    """One open stream: `open`, then `read` until it raises StreamError, then `abort`."""

    def __init__(
        self,
        address: StreamAddress,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
    ) -> None:
        self._address = address
        self._reader = reader
        self._writer = writer
        self._parser = RtspParser()
        self._pending: list[Message | Interleaved] = []
        self._challenge: Challenge | None = None
        self._nonce_uses = 0
        self._sequence = 0
        self._session: str | None = None
        self._keepalive_method = "OPTIONS"
        self._keepalive_every_s = SESSION_TIMEOUT_DEFAULT_S / 2
        self._channels = (0, 1)
        self._media: VideoMedia | None = None
        self._depacketiser: Depacketiser | None = None
        self._report: SenderReport | None = None
        self._ssrc = secrets.randbits(32)
        self._source_ssrc = 0
        self._loop = asyncio.get_running_loop()
        self._next_keepalive = self._next_report = 0.0

    @classmethod
    async def open(cls, address: StreamAddress, *, target: str) -> Self:
        """Connect to `target` (the checked IP of `address`) and start the video.

        Raises StreamError with the reason.
        """
        try:
            async with asyncio.timeout(ANSWER_TIMEOUT_S):
                reader, writer = await asyncio.open_connection(target, address.port)
        except (OSError, TimeoutError) as error:
            raise translate(error) from error
        client = cls(address, reader, writer)
        try:
            await client._start()
        except (OSError, TimeoutError, EOFError, ValueError) as error:
            client.abort()
            raise translate(error) from error
        except BaseException:
            client.abort()
            raise
        return client

    @property
    def lost_packets(self) -> int:
        return self._depacketiser.lost_packets if self._depacketiser else 0

    @property
    def damaged_units(self) -> int:
        return self._depacketiser.damaged_units if self._depacketiser else 0

    def captured_at_s(self, timestamp: int) -> float | None:
        """Return the camera's wall clock (Unix seconds) of an RTP timestamp, None before its SR."""
        if self._report is None:
            return None
        ticks = signed_distance(timestamp, self._report.timestamp)
        return self._report.wall_s + ticks / VIDEO_CLOCK_HZ

    async def read(self) -> list[AccessUnit]:
        """Wait for bytes and return the access units they complete, often none."""
        try:
            if not self._pending:
                await self._fill(READ_TIMEOUT_S)
            items, self._pending = self._pending, []
            units: list[AccessUnit] = []
            for item in items:
                if isinstance(item, Interleaved):
                    units.extend(self._media_data(item))
                else:
                    self._message(item)
            self._keep_alive()
        except (OSError, TimeoutError, EOFError, ValueError) as error:
            raise translate(error) from error
        return units

    def abort(self) -> None:
        """Drop the connection at once; a pending `read` then raises."""
        with suppress(RuntimeError, OSError):
            if self._session and not self._writer.is_closing():
                self._send("TEARDOWN", self._address.url, {})
        self._writer.transport.abort()

    async def _start(self) -> None:
        answer = await self._request("OPTIONS", self._address.url, {})
        if "GET_PARAMETER" in (answer.header("public") or ""):
            self._keepalive_method = "GET_PARAMETER"
        answer = await self._request("DESCRIBE", self._address.url, {"Accept": "application/sdp"})
        base = answer.header("content-base") or self._address.url
        media = parse_video(answer.body.decode("utf-8", "replace"), base_url=base)
        transport = "RTP/AVP/TCP;unicast;interleaved=0-1"
        answer = await self._request("SETUP", media.control, {"Transport": transport})
        self._set_up(answer)
        self._media = media
        self._depacketiser = Depacketiser(media.codec)
        await self._request("PLAY", base, {"Range": "npt=0.000-"})
        self._next_keepalive = self._loop.time() + self._keepalive_every_s
        self._next_report = self._loop.time() + REPORT_EVERY_S

    def _set_up(self, answer: Message) -> None:
        session = SESSION.match(answer.header("session") or "")
        if session is None:
            raise StreamError(Reason.GARBAGE, "The camera opened no session.")
        self._session = session[1]
        timeout = float(session[2] or SESSION_TIMEOUT_DEFAULT_S)
        self._keepalive_every_s = max(timeout, SESSION_TIMEOUT_MIN_S) / 2
        if channels := CHANNELS.search(answer.header("transport") or ""):
            self._channels = (int(channels[1]), int(channels[2]))

    async def _request(self, method: str, url: str, headers: dict[str, str]) -> Message:
        """Send and wait for the answer, signing in when asked. Raises StreamError on a refusal."""
        for _ in range(2):
            self._send(method, url, headers)
            async with asyncio.timeout(ANSWER_TIMEOUT_S):
                answer = await self._answer()
            if answer.status == 200:
                return answer
            if answer.status != 401 or not self._take_challenge(answer):
                raise refusal(answer.status, method)
        raise refusal(401, method)

    def _take_challenge(self, answer: Message) -> bool:
        """Keep the challenge if it can be answered and was not just answered in vain."""
        challenge = strongest(answer.all_headers("www-authenticate"))
        if challenge is None or self._address.user is None or challenge == self._challenge:
            return False
        self._challenge, self._nonce_uses = challenge, 0
        return True

    def _send(self, method: str, url: str, headers: dict[str, str]) -> None:
        self._sequence += 1
        given = {"CSeq": str(self._sequence), "User-Agent": USER_AGENT, **headers}
        if self._session:
            given["Session"] = self._session
        if self._challenge and self._address.user is not None:
            self._nonce_uses += 1
            given["Authorization"] = authorization(
                self._challenge,
                Credentials(self._address.user, self._address.password or ""),
                method=method,
                uri=url,
                count=self._nonce_uses,
                client_nonce=secrets.token_hex(8),
            )
        self._writer.write(build_request(method, url, given))

    async def _answer(self) -> Message:
        """Return the answer to the last request; video that comes before it is kept."""
        kept: list[Message | Interleaved] = []
        while True:
            for place, item in enumerate(self._pending):
                if isinstance(item, Message) and item.is_answer and self._is_latest(item):
                    self._pending = kept + self._pending[place + 1 :]
                    return item
                if isinstance(item, Interleaved):
                    kept.append(item)
            if len(kept) > MESSAGES_BEFORE_ANSWER_MAX:
                raise StreamError(Reason.GARBAGE, "The camera sends video but no answer.")
            self._pending = []
            await self._fill(ANSWER_TIMEOUT_S)

    def _is_latest(self, answer: Message) -> bool:
        return answer.header("cseq") in (str(self._sequence), None)

    async def _fill(self, timeout_s: float) -> None:
        async with asyncio.timeout(timeout_s):
            data = await self._reader.read(READ_BYTES)
        if not data:
            raise EOFError
        self._pending.extend(self._parser.feed(data))

    def _media_data(self, item: Interleaved) -> list[AccessUnit]:
        assert self._media
        assert self._depacketiser
        if item.channel == self._channels[1]:
            self._report = parse_sender_report(item.data) or self._report
            return []
        if item.channel != self._channels[0]:
            return []
        packet = parse_rtp(item.data)
        if packet.payload_type != self._media.payload_type:
            return []
        self._source_ssrc = packet.ssrc
        sets = self._media.parameter_sets
        return [unit.with_parameter_sets(sets) for unit in self._depacketiser.push(packet)]

    def _message(self, message: Message) -> None:
        if not message.is_answer:
            sequence = {"CSeq": message.header("cseq") or "0"}
            self._writer.write(build_answer("501 Not Implemented", sequence))
        elif message.status == 401 and self._take_challenge(message):
            self._next_keepalive = self._loop.time()  # the nonce went stale: sign the next one anew
        elif message.status == 454:
            raise StreamError(Reason.CLOSED, "The camera forgot the session.")
        elif message.status in (405, 501):
            self._keepalive_method = "OPTIONS"

    def _keep_alive(self) -> None:
        now = self._loop.time()
        if now >= self._next_keepalive:
            self._next_keepalive = now + self._keepalive_every_s
            self._send(self._keepalive_method, self._address.url, {})
        if now >= self._next_report and self._depacketiser and self._source_ssrc:
            self._next_report = now + REPORT_EVERY_S
            report = build_receiver_report(
                own_ssrc=self._ssrc,
                source_ssrc=self._source_ssrc,
                highest=self._depacketiser.highest_sequence,
                lost=self._depacketiser.lost_packets,
            )
            self._writer.write(interleave(self._channels[1], report))
