"""The RTSP client against our simulated cameras and, as the independent peer, GStreamer."""

import asyncio
import shutil
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from ipaddress import ip_network
from pathlib import Path

import pytest

from camera_ingest.capture.addresses import allowed_target
from camera_ingest.capture.client import RtspClient
from camera_ingest.capture.decode import PictureDecoder, ReceivedUnit
from camera_ingest.capture.errors import StreamError
from camera_ingest.domain.camera import parse_stream_url
from camera_ingest.domain.link import Reason
from camera_ingest.simcam.server import Options, SimulatedCameras
from camera_ingest.wire.digest import Credentials
from camera_ingest.wire.nal import Codec, is_parameter_set
from camera_ingest.wire.payload import AccessUnit
from ops_center.kernel.clock import SystemClock
from tests.integration.camera_ingest.helpers import address_of, simulated

LOOPBACK = (ip_network("127.0.0.0/8"), ip_network("::1/128"))
PEER = Path(__file__).with_name("gst_server.py")
PEER_PYTHON = "/usr/bin/python3"
SIGN_IN = "ops:pa%22ss%3Aw%C3%B6rd@"
CREDENTIALS = Credentials("ops", 'pa"ss:wörd')
NOW = datetime(2026, 11, 22, tzinfo=UTC)


async def read_units(client: RtspClient, count: int, *, within_s: float = 10) -> list[AccessUnit]:
    units: list[AccessUnit] = []
    async with asyncio.timeout(within_s):
        while len(units) < count:
            units.extend(await client.read())
    return units


def decoded_sizes(units: list[AccessUnit]) -> set[tuple[int, int]]:
    decoder = PictureDecoder(units[0].codec)
    received = [ReceivedUnit(unit, place, NOW) for place, unit in enumerate(units)]
    decoded = decoder.decode(received)
    assert decoded.torn == 0
    return {(picture.frame.width, picture.frame.height) for picture in decoded.pictures}


@asynccontextmanager
async def streaming(
    server: SimulatedCameras, name: str = "cam", *, sign_in: str = ""
) -> AsyncIterator[RtspClient]:
    client = await RtspClient.open(address_of(server, name, sign_in=sign_in), target="127.0.0.1")
    try:
        yield client
    finally:
        client.abort()


# --- GStreamer as the camera ------------------------------------------------------------------


@asynccontextmanager
async def gstreamer(codec: str, user: str = "", password: str = "") -> AsyncIterator[int]:
    """Run Debian's gst-rtsp-server and yield its port."""
    process = await asyncio.create_subprocess_exec(
        PEER_PYTHON,
        str(PEER),
        codec,
        user,
        password,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    assert process.stdin
    assert process.stdout
    try:
        async with asyncio.timeout(20):
            line = (await process.stdout.readline()).decode().split()
        if line[:1] != ["ready"]:
            pytest.skip("Debian's gst-rtsp-server is not installed (gir1.2-gst-rtsp-server-1.0)")
        yield int(line[1])
    finally:
        process.stdin.close()
        try:
            async with asyncio.timeout(5):
                await process.wait()
        except TimeoutError:
            process.kill()
            await process.wait()


async def open_peer(port: int, path: str = "cam", *, sign_in: str = "") -> RtspClient:
    address = parse_stream_url(f"rtsp://{sign_in}127.0.0.1:{port}/{path}")
    return await RtspClient.open(address, target="127.0.0.1")


async def test_gstreamer_camera_is_read_and_decoded() -> None:
    async with gstreamer("h264") as port:
        client = await open_peer(port)
        units = await read_units(client, 15)
        client.abort()
    assert units[0].key
    assert any(is_parameter_set(Codec.H264, nal) for nal in units[0].nals)
    assert decoded_sizes(units) == {(320, 240)}


async def test_gstreamer_camera_asks_for_the_password() -> None:
    async with gstreamer("h264", "ops", "geheim") as port:
        client = await open_peer(port, sign_in="ops:geheim@")
        assert await read_units(client, 3)
        client.abort()
        with pytest.raises(StreamError) as refused:
            await open_peer(port, sign_in="ops:falsch@")
        assert refused.value.reason is Reason.SIGN_IN


async def test_gstreamer_refusals_are_named() -> None:
    async with gstreamer("vp8") as port:
        with pytest.raises(StreamError) as unsupported:
            await open_peer(port)
        assert unsupported.value.reason is Reason.UNSUPPORTED
        with pytest.raises(StreamError) as missing:
            await open_peer(port, "nothing-here")
        assert missing.value.reason is Reason.NOT_FOUND


# --- simulated cameras ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("algorithm", "qop"), [("MD5", True), ("MD5", False), ("SHA-256", True), (None, False)]
)
async def test_client_signs_in_however_it_is_asked(
    clip_paths: dict[str, Path], algorithm: str | None, qop: bool
) -> None:
    options = Options(credentials=CREDENTIALS, algorithm=algorithm, qop_auth=qop)
    async with simulated({"cam": clip_paths["sub"]}, options) as server:
        async with streaming(server, sign_in=SIGN_IN) as client:
            assert await read_units(client, 2)
        for wrong in ("", "ops:wrong@"):
            with pytest.raises(StreamError) as refused:
                async with streaming(server, sign_in=wrong):
                    pass
            assert refused.value.reason is Reason.SIGN_IN


async def test_parameter_sets_of_the_sdp_are_put_before_key_pictures(
    clip_paths: dict[str, Path],
) -> None:
    async with (
        simulated({"cam": clip_paths["sub"]}, bare=True) as server,
        streaming(server) as client,
    ):
        units = await read_units(client, 25)
    keys = [unit for unit in units if unit.key]
    assert keys
    assert all(is_parameter_set(Codec.H264, unit.nals[0]) for unit in keys)
    assert decoded_sizes(units) == {(640, 360)}


async def test_hevc_camera_is_read_and_decoded(clip_paths: dict[str, Path]) -> None:
    async with simulated({"cam": clip_paths["hevc"]}) as server, streaming(server) as client:
        units = await read_units(client, 25)
    assert units[0].codec is Codec.H265
    assert decoded_sizes(units) == {(640, 360)}


async def test_session_is_kept_alive_beyond_its_timeout(clip_paths: dict[str, Path]) -> None:
    options = Options(session_timeout_s=4)
    async with simulated({"cam": clip_paths["sub"]}, options) as server:
        async with streaming(server) as client:
            await read_units(client, 60, within_s=15)  # 6 s at 10 pictures a second
        assert server.requests.count("GET_PARAMETER") >= 2


async def test_pictures_carry_the_cameras_own_time(clip_paths: dict[str, Path]) -> None:
    async with simulated({"cam": clip_paths["sub"]}) as server, streaming(server) as client:
        units = await read_units(client, 15)
        claimed = client.captured_at_s(units[-1].timestamp)
        assert claimed is not None
        assert abs(SystemClock().now().timestamp() - claimed) < 1.0


async def test_lost_packets_are_counted_and_torn_units_left_out(
    clip_paths: dict[str, Path],
) -> None:
    async with simulated({"cam": clip_paths["sub"]}) as server:
        server.command("loss cam 0.2")
        async with streaming(server) as client:
            units = await read_units(client, 10, within_s=20)
            assert client.lost_packets > 0
    assert units


async def test_reasons_of_failure_are_told_apart(clip_paths: dict[str, Path]) -> None:
    async with simulated({"cam": clip_paths["sub"]}) as server:
        server.command("refuse cam")
        assert await reason_of(server.port) is Reason.BUSY
        server.command("resume cam")
        async with streaming(server) as client:
            server.command("garbage cam")
            with pytest.raises(StreamError) as failed:
                await read_units(client, 100)
            assert failed.value.reason is Reason.GARBAGE
            server.command("resume cam")
        async with streaming(server) as client:
            server.command("kick cam")
            with pytest.raises(StreamError) as closed:
                await read_units(client, 100)
            assert closed.value.reason is Reason.CLOSED
        free_port = server.control_port
    assert await reason_of(free_port) is Reason.UNREACHABLE


async def test_answer_that_is_not_rtsp_is_named_garbage() -> None:
    async def babble(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(babble, "127.0.0.1", 0)
    async with server:
        assert await reason_of(server.sockets[0].getsockname()[1]) is Reason.GARBAGE


async def reason_of(port: int) -> Reason:
    with pytest.raises(StreamError) as failed:
        await RtspClient.open(parse_stream_url(f"rtsp://127.0.0.1:{port}/cam"), target="127.0.0.1")
    return failed.value.reason


async def test_address_is_judged_after_the_name_is_looked_up() -> None:
    assert await allowed_target("localhost", 554, LOOPBACK) in ("127.0.0.1", "::1")
    with pytest.raises(StreamError) as refused:
        await allowed_target("10.1.2.3", 554, LOOPBACK)
    assert refused.value.reason is Reason.NOT_ALLOWED
    with pytest.raises(StreamError):
        await allowed_target("localhost", 554, (ip_network("192.0.2.0/24"),))
    with pytest.raises(StreamError, match="CAMERA_ALLOWED_NETWORKS"):
        await allowed_target("0.0.0.0", 554, LOOPBACK)


@pytest.mark.skipif(shutil.which("ffmpeg") is None, reason="ffmpeg is not installed")
@pytest.mark.parametrize("transport", ["tcp", "udp"])
async def test_ffmpeg_plays_the_simulated_camera(
    clip_paths: dict[str, Path], transport: str
) -> None:
    options = Options(credentials=CREDENTIALS)
    async with simulated({"cam": clip_paths["sub"]}, options) as server:
        url = f"rtsp://{SIGN_IN}127.0.0.1:{server.port}/cam"
        command = ["ffmpeg", "-v", "error", "-rtsp_transport", transport, "-i", url]
        done = await asyncio.to_thread(
            subprocess.run,
            [*command, "-frames:v", "10", "-f", "framecrc", "-"],
            capture_output=True,
            text=True,
            timeout=30,
            check=False,
        )
    pictures = [line for line in done.stdout.splitlines() if not line.startswith("#")]
    assert len(pictures) == 10, done.stderr
