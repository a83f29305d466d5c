"""The RTSP side of the simulated cameras, and the control socket that breaks them."""

import asyncio
import re
import secrets
from contextlib import suppress
from dataclasses import dataclass, field

import structlog

from camera_ingest.simcam.camera import SimulatedCamera
from camera_ingest.wire.digest import Challenge, Credentials, challenge_header, verify
from camera_ingest.wire.rtp import WireError
from camera_ingest.wire.rtsp import Message, RtspParser, build_answer, interleave
from ops_center.kernel.clock import Clock

READ_BYTES = 16_384
SESSION_TIMEOUT_S = 60
WRITE_BUFFER_MAX = 4_000_000
CONTROL_IDLE_S = 600
PUBLIC = "OPTIONS, DESCRIBE, SETUP, PLAY, TEARDOWN, GET_PARAMETER"
PROTECTED = frozenset({"DESCRIBE", "SETUP", "PLAY"})
CLIENT_PORTS = re.compile(r"client_port=(\d+)-(\d+)")

log = structlog.get_logger(__name__)


@dataclass(slots=True)
class Options:
    """How the simulated cameras behave; `credentials` None lets everyone in."""

    credentials: Credentials | None = None
    algorithm: str | None = "MD5"  # None asks for Basic
    qop_auth: bool = True
    tcp_only: bool = False
    session_timeout_s: float = SESSION_TIMEOUT_S


@dataclass(slots=True)
class SimulatedCameras:
    """All cameras of one process. `serve` runs until cancelled."""

    cameras: dict[str, SimulatedCamera]
    clock: Clock
    options: Options = field(default_factory=Options)
    port: int = 0
    control_port: int = 0
    nonce: str = field(default_factory=lambda: secrets.token_hex(16))
    requests: list[str] = field(default_factory=list)

    async def serve(self, *, port: int, control_port: int, ready: asyncio.Event) -> None:
        """Listen on 127.0.0.1; port 0 takes a free one. `ready` is set when both listen."""
        rtsp = await asyncio.start_server(self._viewer, "127.0.0.1", port)
        control = await asyncio.start_server(self._controller, "127.0.0.1", control_port)
        self.port = rtsp.sockets[0].getsockname()[1]
        self.control_port = control.sockets[0].getsockname()[1]
        ready.set()
        try:
            async with asyncio.TaskGroup() as tasks:
                for camera in self.cameras.values():
                    tasks.create_task(camera.run(self.clock), name=f"simcam-{camera.name}")
        finally:
            for server in (rtsp, control):
                server.close()
            for camera in self.cameras.values():
                camera.apply(["kick"])

    async def _viewer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        session = Session(self, writer)
        try:
            await session.run(reader)
        except (WireError, ConnectionError, TimeoutError) as error:
            log.info("simcam.session_ended", error=str(error))
        finally:
            session.close()

    async def _controller(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError, TimeoutError):
            while line := await asyncio.wait_for(reader.readline(), CONTROL_IDLE_S):
                writer.write(self.command(line.decode("utf-8", "replace")).encode() + b"\n")
                await writer.drain()
        writer.close()

    def command(self, line: str) -> str:
        """Carry out `FAULT CAMERA [VALUE]` (camera `*` = all) and return `ok` or what is wrong."""
        words = line.split()
        if len(words) < 2:
            return "error: say FAULT CAMERA [VALUE]"
        fault, name, *rest = words
        chosen = list(self.cameras.values()) if name == "*" else [self.cameras.get(name)]
        try:
            for camera in chosen:
                if camera is None:
                    return f"error: no camera {name}"
                camera.apply([fault, *rest])
        except ValueError as error:
            return f"error: {error}"
        return "ok"


class Session:
    """One RTSP connection to the simulated cameras."""

    def __init__(self, server: SimulatedCameras, writer: asyncio.StreamWriter) -> None:
        self.server = server
        self.writer = writer
        self.id = secrets.token_hex(8)
        self.camera: SimulatedCamera | None = None
        self.udp: tuple[asyncio.DatagramTransport, tuple[str, int], tuple[str, int]] | None = None

    async def run(self, reader: asyncio.StreamReader) -> None:
        """Answer requests until the client leaves, or is silent for the session timeout."""
        parser = RtspParser()
        loop = asyncio.get_running_loop()
        deadline = loop.time() + self.server.options.session_timeout_s
        while True:
            data = await asyncio.wait_for(reader.read(READ_BYTES), deadline - loop.time())
            if not data:
                return
            for item in parser.feed(data):
                if isinstance(item, Message) and not item.is_answer:
                    deadline = loop.time() + self.server.options.session_timeout_s
                    await self._answer(item)
                    if item.method == "TEARDOWN":
                        return

    def send(self, rtp: list[bytes], report: bytes | None) -> None:
        if self.udp is not None:
            transport, media, control = self.udp
            if report:
                transport.sendto(report, control)
            for packet in rtp:
                transport.sendto(packet, media)
        elif self.writer.transport.get_write_buffer_size() < WRITE_BUFFER_MAX:
            framed = [interleave(1, report)] if report else []
            self.writer.write(b"".join([*framed, *(interleave(0, packet) for packet in rtp)]))

    def send_raw(self, data: bytes) -> None:
        self.writer.write(data)

    def drop(self) -> None:
        self.writer.transport.abort()

    def close(self) -> None:
        """Leave the camera and free the sockets."""
        if self.camera:
            self.camera.viewers.discard(self)
        if self.udp:
            self.udp[0].close()
        self.writer.close()

    async def _answer(self, request: Message) -> None:
        self.server.requests.append(request.method)
        status, headers, body = await self._decide(request)
        sequence = {"CSeq": request.header("cseq") or "0"}
        self.writer.write(build_answer(status, sequence | headers, body))
        if request.method == "PLAY" and status.startswith("200") and self.camera:
            self.camera.viewers.add(self)

    async def _decide(self, request: Message) -> tuple[str, dict[str, str], bytes]:
        if request.method == "OPTIONS":
            return "200 OK", {"Public": PUBLIC}, b""
        if refusal := self._unauthorised(request):
            return refusal
        camera = self.server.cameras.get(_camera_name(request.url))
        if camera is None:
            return "404 Not Found", {}, b""
        if camera.faults.refusing:
            return "503 Service Unavailable", {}, b""
        return await self._serve(request, camera)

    async def _serve(
        self, request: Message, camera: SimulatedCamera
    ) -> tuple[str, dict[str, str], bytes]:
        match request.method:
            case "DESCRIBE":
                headers = {"Content-Base": f"{request.url.rstrip('/')}/"}
                headers["Content-Type"] = "application/sdp"
                return "200 OK", headers, _describe(camera).encode()
            case "SETUP":
                self.camera = camera
                return await self._setup(request.header("transport") or "")
            case _:
                return "200 OK", {"Session": self.id}, b""

    def _unauthorised(self, request: Message) -> tuple[str, dict[str, str], bytes] | None:
        options = self.server.options
        if options.credentials is None or request.method not in PROTECTED:
            return None
        challenge = Challenge(
            "simcam", options.algorithm, self.server.nonce, qop_auth=options.qop_auth
        )
        given = request.header("authorization") or ""
        if verify(given, challenge, options.credentials, method=request.method):
            return None
        return "401 Unauthorized", {"WWW-Authenticate": challenge_header(challenge)}, b""

    async def _setup(self, transport: str) -> tuple[str, dict[str, str], bytes]:
        timeout = f"{self.id};timeout={self.server.options.session_timeout_s:g}"
        headers = {"Session": timeout}
        if "TCP" in transport:
            headers["Transport"] = "RTP/AVP/TCP;unicast;interleaved=0-1"
            return "200 OK", headers, b""
        ports = CLIENT_PORTS.search(transport)
        if self.server.options.tcp_only or ports is None:
            return "461 Unsupported Transport", {}, b""
        endpoint, _ = await asyncio.get_running_loop().create_datagram_endpoint(
            asyncio.DatagramProtocol, local_addr=("127.0.0.1", 0)
        )
        own = endpoint.get_extra_info("sockname")[1]
        host = self.writer.get_extra_info("peername")[0]
        self.udp = (endpoint, (host, int(ports[1])), (host, int(ports[2])))
        headers["Transport"] = f"RTP/AVP;unicast;{ports[0]};server_port={own}-{own + 1}"
        return "200 OK", headers, b""


def _camera_name(url: str) -> str:
    path = url.split("://", 1)[-1].partition("/")[2]
    return path.partition("/")[0].partition("?")[0]


def _describe(camera: SimulatedCamera) -> str:
    return (
        "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\n"
        f"s={camera.name}\r\nc=IN IP4 0.0.0.0\r\nt=0 0\r\na=control:*\r\n"
        "m=video 0 RTP/AVP 96\r\n"
        f"{camera.clip.format_lines()}a=framerate:{camera.clip.fps:g}\r\na=control:track0\r\n"
    )
