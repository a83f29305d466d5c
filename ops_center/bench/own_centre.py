"""A real centre of one's own for benchmarks and tests: private database, processes, free ports."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from ops_center.localdb import LocalDatabase

LOOPBACK: Final = "127.0.0.1"
PREPARE_WITHIN_S: Final = 180.0
READY_WITHIN_S: Final = 60.0
STOP_WITHIN_S: Final = 15.0
POLL_S: Final = 0.05
TAIL_CHARS: Final = 3_000
REPO: Final = Path(__file__).resolve().parents[2]


class NotReady(Exception):
    """A process did not come up; the text holds the end of its log."""


def free_port() -> int:
    """Return a port of the loopback address that nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        return int(probe.getsockname()[1])


class OwnCentre:
    """Everything lies under `place`; `processes` are started in order and ended by `stop`."""

    def __init__(
        self, place: Path, *, durable: bool = True, settings: Mapping[str, str] | None = None
    ) -> None:
        self.data = place / "data"
        self.port = free_port()
        self.url = f"http://{LOOPBACK}:{self.port}"
        self.database = LocalDatabase(place / "pg", durable=durable)
        self._settings = dict(settings or {})
        self.processes: dict[str, subprocess.Popen[bytes]] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        tb: TracebackType | None,
    ) -> None:
        self.stop()

    @property
    def credentials(self) -> Path:
        return self.data / "credentials.json"

    def token(self, role: str) -> str:
        """Return the API key of the demo's person of that role."""
        return str(json.loads(self.credentials.read_text())[role]["token"])

    def prepare(self, osm: Path) -> None:
        """Start the database, import the city of `osm` and make one person for each role."""
        self.data.mkdir(parents=True, exist_ok=True)
        self.database.start()
        self.run_to_end("prepare", "ops_center", "prepare", "--demo", "--osm", str(osm))

    def start(self, *names: str) -> None:
        """Start `app`, `background` or `cameras`; return when each is at work."""
        modules = {
            "app": ("ops_center", "app"),
            "background": ("ops_center", "background"),
            "cameras": ("camera_ingest",),
        }
        for name in names:
            self.spawn(name, *modules[name])
        if "app" in names:
            self.wait_until_ready()

    def spawn(self, name: str, *words: str) -> subprocess.Popen[bytes]:
        """Start `python -m WORDS…` with the centre's environment; its log is `name`.log."""
        with self.log(name).open("ab") as output:
            process = subprocess.Popen(  # noqa: S603  our own modules
                [sys.executable, "-m", *words],
                env=self.environment,
                cwd=REPO,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
        self.processes[name] = process
        return process

    def run_to_end(self, name: str, *words: str) -> None:
        """Run `python -m WORDS…` and raise NotReady with its last words when it fails."""
        code = self.spawn(name, *words).wait(PREPARE_WITHIN_S)
        del self.processes[name]
        if code:
            raise NotReady(f"{' '.join(words)} ended with {code}:\n{self.tail(name)}")

    def kill(self, name: str) -> None:
        """End a process at once, as a power cut does."""
        process = self.processes.pop(name)
        process.kill()
        process.wait(STOP_WITHIN_S)

    def wait_until_ready(self) -> None:
        """Return when /health/ready says so; NotReady with the log when it does not in time."""
        deadline = time.monotonic() + READY_WITHIN_S
        while not _answers(f"{self.url}/health/ready"):
            ended = self.processes["app"].poll() is not None
            if ended or time.monotonic() > deadline:
                raise NotReady(f"The web process is not ready:\n{self.tail('app')}")
            time.sleep(POLL_S)

    def stop(self) -> None:
        """End every process, the last started first, then the database."""
        for process in reversed(self.processes.values()):
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(STOP_WITHIN_S)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait(STOP_WITHIN_S)
        self.processes.clear()
        self.database.stop()

    def log(self, name: str) -> Path:
        return self.data / f"{name}.log"

    def tail(self, name: str) -> str:
        """Return the end of a process's log."""
        return self.log(name).read_text(errors="replace")[-TAIL_CHARS:]

    @property
    def environment(self) -> dict[str, str]:
        inherited = {
            name: value
            for name, value in os.environ.items()  # noqa: TID251  children need PATH and the like
            if not name.startswith(("OPS_", "CAMERA_"))
        }
        return {
            **inherited,
            "PYTHONPATH": str(REPO),
            "OPS_DATA_DIR": str(self.data),
            "OPS_DATABASE_URL": self.database.url,
            "OPS_HOST": LOOPBACK,
            "OPS_PORT": str(self.port),
            "OPS_WORKER_SECRET": "a-secret-of-a-throw-away-centre",
            **self._settings,
        }


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2) as answer:  # noqa: S310  our own http URL
            return bool(answer.status == 200)
    except (urllib.error.URLError, TimeoutError, ConnectionError):
        return False
