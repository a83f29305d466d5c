"""`python -m camera_ingest.simcam --port 8554 --control-port 8555 --camera name=clip.mp4 …`."""

import argparse
import asyncio
import signal
import sys
from pathlib import Path

import structlog

from camera_ingest.simcam.camera import SimulatedCamera
from camera_ingest.simcam.clip import Clip, load_clip
from camera_ingest.simcam.server import Options, SimulatedCameras
from camera_ingest.wire.digest import Credentials
from ops_center.kernel.clock import SystemClock

CAMERAS_MAX = 256


def parse(arguments: list[str] | None) -> tuple[argparse.Namespace, SimulatedCameras]:
    """Return the settings and the cameras they ask for; leaves with a message on bad ones."""
    parser = argparse.ArgumentParser(prog="python -m camera_ingest.simcam", description=__doc__)
    parser.add_argument("--port", type=int, default=8554, help="RTSP port, 0 for a free one")
    parser.add_argument("--control-port", type=int, default=0, help="fault commands, 0 for any")
    parser.add_argument(
        "--camera", action="append", default=[], metavar="NAME=FILE[@SECONDS]", required=True
    )
    parser.add_argument("--user", help="ask for Digest authentication, with --password")
    parser.add_argument("--password", default="")
    parser.add_argument("--tcp-only", action="store_true", help="refuse RTP over UDP")
    parser.add_argument("--bare", action="store_true", help="send SPS and PPS only in the SDP")
    given = parser.parse_args(arguments)
    if len(given.camera) > CAMERAS_MAX:
        parser.error(f"at most {CAMERAS_MAX} cameras")
    try:
        cameras = load_cameras(given.camera, bare=given.bare)
    except (ValueError, OSError) as error:
        parser.error(str(error))
    credentials = Credentials(given.user, given.password) if given.user else None
    options = Options(credentials=credentials, tcp_only=given.tcp_only)
    return given, SimulatedCameras(cameras, SystemClock(), options)


def load_cameras(specs: list[str], *, bare: bool = False) -> dict[str, SimulatedCamera]:
    """Return the cameras of `NAME=FILE[@SECONDS]` words; without seconds they start spread out."""
    clips: dict[str, Clip] = {}
    cameras = {}
    for place, spec in enumerate(specs):
        name, equals, rest = spec.partition("=")
        path, _, start = rest.partition("@")
        if not name or not equals or name in cameras:
            raise ValueError(f"{spec!r} is not a fresh NAME=FILE")
        if path not in clips:
            clips[path] = load_clip(Path(path), bare=bare)
        clip = clips[path]
        spread = place * len(clip.frames) // len(specs)
        offset = int(float(start) * clip.fps) if start else spread
        cameras[name] = SimulatedCamera(name, clip, offset)
    return cameras


async def run(given: argparse.Namespace, server: SimulatedCameras) -> None:
    """Serve until SIGINT or SIGTERM; say `ready PORT CONTROL_PORT` on standard output first."""
    ready = asyncio.Event()
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    async with asyncio.TaskGroup() as tasks:
        serving = tasks.create_task(
            server.serve(port=given.port, control_port=given.control_port, ready=ready)
        )
        await ready.wait()
        sys.stdout.write(f"ready {server.port} {server.control_port}\n")
        sys.stdout.flush()
        await stop.wait()
        serving.cancel()


def main(arguments: list[str] | None = None) -> None:
    """Run the simulated cameras named on the command line."""
    given, server = parse(arguments)
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))
    asyncio.run(run(given, server))


if __name__ == "__main__":
    main()
