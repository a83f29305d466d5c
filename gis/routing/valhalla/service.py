"""Keeps Valhalla's service running on the current tiles, and says where it listens."""

from __future__ import annotations

import asyncio
import contextlib
import json
import shutil
import socket
import subprocess
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import structlog

from gis.routing.valhalla.build import current_city, identity
from gis.routing.valhalla.programs import (
    LOOPBACK,
    THREADS,
    program,
    service_config,
    write_config,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

RUN_FILE = "service.json"
SOCKETS_PREFIX = "ops-routing-"
WATCH_S = 0.5
READY_LIMIT_S = 20.0
READY_ASK_S = 0.05
STATUS_LIMIT_S = 1.0
# It drains for two seconds and more; by then what it was asked is long answered, and it keeps
# nothing that could be lost.
STOP_LIMIT_S = 1.0
# After a service that would not start; a crash of one that ran is answered at once.
PAUSE_AFTER_FAILURE_S = 5.0
_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class RunFile:
    """Where the service of which city listens, and the folder of its inner sockets."""

    url: str
    import_id: str
    pid: int
    sockets: str = ""

    def write(self, routing_dir: Path) -> None:
        partial = routing_dir / f"{RUN_FILE}.partial"
        partial.write_text(json.dumps(asdict(self)), encoding="utf-8")
        partial.replace(routing_dir / RUN_FILE)

    @classmethod
    def read(cls, routing_dir: Path) -> RunFile | None:
        """What the running service wrote, None without one."""
        try:
            found = json.loads((routing_dir / RUN_FILE).read_text(encoding="utf-8"))
            pid, sockets = int(found["pid"]), str(found.get("sockets", ""))
            return cls(str(found["url"]), str(found["import_id"]), pid, sockets)
        except (OSError, ValueError, KeyError, TypeError):
            return None


@dataclass(slots=True)
class _Running:
    process: subprocess.Popen[bytes]
    import_id: str
    tiles: tuple[int, int]
    url: str
    folder: Path

    @property
    def alive(self) -> bool:
        return self.process.poll() is None


class Launcher:
    """One service at a time; on new tiles the next one is ready before the former is stopped."""

    def __init__(self, routing_dir: Path) -> None:
        self._dir = routing_dir
        self._running: _Running | None = None
        self.stopping = asyncio.Event()

    async def run(self) -> None:
        """Watch tiles and service until `stopping` is set."""
        self._tidy()
        try:
            while not self.stopping.is_set():
                await self._pause(await self._look())
        finally:
            (self._dir / RUN_FILE).unlink(missing_ok=True)
            await asyncio.shield(self._replace(None))

    def _tidy(self) -> None:
        """Remove what a killed launcher left; its service died with it."""
        former = RunFile.read(self._dir)
        if former is not None and Path(former.sockets).name.startswith(SOCKETS_PREFIX):
            shutil.rmtree(former.sockets, ignore_errors=True)
        (self._dir / RUN_FILE).unlink(missing_ok=True)

    async def _look(self) -> float:
        """Start what should run and does not; returns seconds until the next look."""
        wanted = current_city(self._dir)
        now = self._running
        if wanted is None or (now is not None and now.alive and self._is_current(now, wanted)):
            return WATCH_S
        if now is not None and not now.alive:
            _log.warning("routing.ended", code=now.process.returncode)
        started = await self._started(wanted)
        if started is None:
            return PAUSE_AFTER_FAILURE_S
        sockets = str(started.folder)
        RunFile(started.url, wanted, started.process.pid, sockets).write(self._dir)
        _log.info("routing.started", import_id=wanted, url=started.url)
        await self._replace(started)
        return WATCH_S

    def _is_current(self, running: _Running, wanted: str) -> bool:
        """Files of the same import may have been built again: they are others all the same."""
        try:
            return running.import_id == wanted and running.tiles == identity(self._dir / wanted)
        except OSError:  # just being replaced
            return True

    async def _started(self, import_id: str) -> _Running | None:
        running = await asyncio.to_thread(_spawn, self._dir / import_id, import_id)
        if await self._answers(running):
            return running
        _log.error("routing.silent", import_id=import_id, code=running.process.poll())
        await asyncio.to_thread(_end, running)
        return None

    async def _answers(self, running: _Running) -> bool:
        with contextlib.suppress(TimeoutError):
            async with (
                asyncio.timeout(READY_LIMIT_S),
                httpx.AsyncClient(timeout=STATUS_LIMIT_S) as client,
            ):
                while running.alive and not self.stopping.is_set():
                    with contextlib.suppress(httpx.TransportError):
                        if (await client.get(f"{running.url}/status")).is_success:
                            return True
                    await self._pause(READY_ASK_S)
        return False

    async def _replace(self, by: _Running | None) -> None:
        former, self._running = self._running, by
        if former is not None:
            await asyncio.to_thread(_end, former)

    async def _pause(self, seconds: float) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self.stopping.wait()


def _spawn(city: Path, import_id: str) -> _Running:
    # Sockets in a short path of their own: a socket's name may have 107 bytes.
    folder = Path(tempfile.mkdtemp(prefix=SOCKETS_PREFIX))
    port = _free_port()
    config = write_config(service_config(city, folder, port), folder / "service.json")
    argv = [*_dying_with_us(), str(program("valhalla_service")), str(config), str(THREADS)]
    process = subprocess.Popen(  # noqa: S603  a program of our own installation
        argv, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL
    )
    return _Running(process, import_id, identity(city), f"http://{LOOPBACK}:{port}", folder)


def _free_port() -> int:
    """A port free just now; should another take it, the service ends and is started again."""
    with socket.socket() as one:
        one.bind((LOOPBACK, 0))
        port: int = one.getsockname()[1]
        return port


def _dying_with_us() -> Sequence[str]:
    setpriv = shutil.which("setpriv")
    return (setpriv, "--pdeathsig", "KILL", "--") if setpriv else ()


def _end(running: _Running) -> None:
    running.process.terminate()
    try:
        running.process.wait(STOP_LIMIT_S)
    except subprocess.TimeoutExpired:
        running.process.kill()
        running.process.wait()
    shutil.rmtree(running.folder, ignore_errors=True)
