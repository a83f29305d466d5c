"""`python -m camera_ingest` runs a camera worker until SIGINT or SIGTERM."""

import asyncio
import signal
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import structlog
import uvicorn
from pydantic import ValidationError
from typing_extensions import override

from camera_ingest.control import control_app
from camera_ingest.settings import CameraSettings
from camera_ingest.supervisor.worker import Worker
from camera_ingest.webrtc import engine
from ops_center.kernel.clock import SystemClock
from ops_center.kernel.database import Database

STOP_WITHIN_S = 10
BAD_SETTINGS = 78  # EX_CONFIG

log = structlog.get_logger("camera_ingest")


class ControlServer(uvicorn.Server):
    """uvicorn without its own signal handling: the worker decides when to stop."""

    @override
    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


async def serve(settings: CameraSettings) -> None:
    """Run worker and control edge until a signal comes."""
    engine.prepare(settings.ice_hosts)
    database = Database(settings.database_url.get_secret_value(), name="camera-worker")
    worker = Worker(settings, database, SystemClock())
    listener = socket.create_server((settings.control_host, settings.control_port))
    host, port = listener.getsockname()[:2]
    app = control_app(worker, secret=settings.worker_secret.get_secret_value())
    server = ControlServer(_server_config(app))
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    try:
        async with asyncio.TaskGroup() as tasks:
            serving = tasks.create_task(server.serve(sockets=[listener]))
            working = tasks.create_task(worker.run(f"http://{host}:{port}"))
            log.info("worker.started", worker=str(worker.id), port=port)
            await stop.wait()
            working.cancel()
            server.should_exit = True
            await asyncio.wait({serving, working}, timeout=STOP_WITHIN_S)
    finally:
        listener.close()
        await database.close()
    log.info("worker.stopped", worker=str(worker.id))


def _server_config(app: object) -> uvicorn.Config:
    return uvicorn.Config(
        app,  # type: ignore[arg-type]
        log_config=None,
        access_log=False,
        lifespan="off",
        loop="asyncio",
        timeout_graceful_shutdown=STOP_WITHIN_S,
    )


def configure_logs(*, as_json: bool) -> None:
    """Write one line for each record to standard error."""
    renderer: structlog.typing.Processor = (
        structlog.processors.JSONRenderer()
        if as_json
        else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    )
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(20),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )


def main() -> int:
    """Run the worker; return the exit code."""
    try:
        settings = CameraSettings()
    except ValidationError as error:
        for problem in error.errors(include_input=False, include_url=False):
            place = ".".join(str(part) for part in problem["loc"])
            sys.stderr.write(f"{place}: {problem['msg']}\n")
        return BAD_SETTINGS
    configure_logs(as_json=settings.log_json)
    asyncio.run(serve(settings))
    return 0


if __name__ == "__main__":
    sys.exit(main())
