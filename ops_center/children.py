"""One supervised process: started, watched, restarted after a growing pause, stopped for good."""

import asyncio
import contextlib
import dataclasses
import os
import signal
import subprocess
import time
from collections.abc import Awaitable, Callable, Mapping
from enum import StrEnum
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit

from ops_center.runfiles import start_ticks, tail

SETPRIV = "/usr/bin/setpriv"
POLL_S = 0.05
READY_POLL_S = 0.1
READY_TRY_TIMEOUT_S = 2.0
FIRST_PAUSE_S = 0.5
LONGEST_PAUSE_S = 30.0
STEADY_AFTER_S = 60.0  # a child that ran this long starts again with the shortest pause
EARLY_CRASHES_MAX = 5  # an essential child that never became ready is given up then
TAIL_LINES = 15

ReadyCheck = Callable[[], Awaitable[bool]]


class State(StrEnum):
    WAITING = "waiting"
    STARTING = "starting"
    READY = "ready"
    PAUSED = "paused"
    DONE = "done"
    GIVEN_UP = "given up"
    STOPPED = "stopped"


@dataclasses.dataclass(frozen=True)
class ChildSpec:
    """What to run and how to tell that it works.

    A `once` child (a migration) must end with 0; everything listed after it waits for that.
    `needs` names children that must be ready first; `ready` is asked until it says yes.
    Without an `essential` child there is no centre: when it cannot be started, the run ends.
    Any other child is tried again for ever.
    """

    name: str
    argv: tuple[str, ...]
    env: Mapping[str, str] = dataclasses.field(default_factory=dict)
    ready: ReadyCheck | None = None
    needs: tuple[str, ...] = ()
    once: bool = False
    essential: bool = False
    stop_timeout_s: float = 10.0


class Surroundings(Protocol):
    """What a child asks of its supervisor."""

    stopping: asyncio.Event

    def announce(self, text: str) -> None: ...

    def changed(self, child: "Child") -> None: ...


def http_ready(url: str) -> ReadyCheck:
    """Ready when `url` (plain http) answers with a 2xx status."""

    async def check() -> bool:
        parts = urlsplit(url)
        reader, writer = await asyncio.open_connection(parts.hostname, parts.port or 80)
        try:
            request = f"GET {parts.path or '/'} HTTP/1.0\r\nHost: {parts.netloc}\r\n\r\n"
            writer.write(request.encode())
            status = (await reader.readline()).split()
            return len(status) > 1 and status[1].startswith(b"2")
        finally:
            writer.close()

    return check


def port_ready(host: str, port: int) -> ReadyCheck:
    """Ready when something accepts connections on host:port."""

    async def check() -> bool:
        _, writer = await asyncio.open_connection(host, port)
        writer.close()
        return True

    return check


async def _ended(process: subprocess.Popen[bytes]) -> None:
    while process.poll() is None:  # noqa: ASYNC110  a plain Popen has no event to wait for
        await asyncio.sleep(POLL_S)


class Child:
    """Runs one `ChildSpec` until the supervisor stops."""

    def __init__(self, spec: ChildSpec, log_file: Path, around: Surroundings) -> None:
        self.spec = spec
        self.log_file = log_file
        self.state = State.WAITING
        self.restarts = 0
        self.ready = asyncio.Event()
        self.settled = asyncio.Event()  # set once it was ready, or failed, for the first time
        self._around = around
        self._process: subprocess.Popen[bytes] | None = None
        self._was_ready = False
        self._early_crashes = 0

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process else None

    @property
    def ticks(self) -> int | None:
        return start_ticks(self._process.pid) if self._process else None

    async def run(self, needs: tuple["Child", ...]) -> None:
        """Start when everything needed is ready, restart on every end, return on stop."""
        for need in needs:
            if not await self._unless_stopping(need.ready.wait()):
                return
        pause_s = FIRST_PAUSE_S
        while not self._around.stopping.is_set():
            started = time.monotonic()
            code = await self._live()
            if self._is_final(code):
                return
            if time.monotonic() - started > STEADY_AFTER_S:
                pause_s = FIRST_PAUSE_S
            self._report_death(code, pause_s)
            await self._unless_stopping(asyncio.sleep(pause_s))
            pause_s = min(pause_s * 2, LONGEST_PAUSE_S)
            self.restarts += 1

    async def stop(self) -> None:
        """Ask the process to end, insist after its time is up, and leave nothing of its group."""
        process = self._process
        if process is not None:
            process.terminate()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self.spec.stop_timeout_s):
                    await _ended(process)
            if process.poll() is None:
                self._around.announce(f"{self.spec.name} did not stop in time and was killed")
            self._sweep(process)
        if self.state is not State.DONE:
            self._set(State.STOPPED)

    async def _live(self) -> int:
        """One life of the process, from its start to its exit code."""
        self._set(State.STARTING)
        process = self._process = self._spawn()
        next_check = 0.0
        while process.poll() is None:
            if not self.ready.is_set() and not self.spec.once and time.monotonic() >= next_check:
                await self._check_ready()
                next_check = time.monotonic() + READY_POLL_S
            await asyncio.sleep(POLL_S)
        self._sweep(process)
        self._process = None
        self.ready.clear()
        assert process.returncode is not None
        return process.returncode

    def _spawn(self) -> subprocess.Popen[bytes]:
        """A process in its own group (Ctrl-C is for the supervisor) that hears of our death."""
        with self.log_file.open("ab") as output:
            return subprocess.Popen(  # noqa: S603
                [SETPRIV, "--pdeathsig", "TERM", "--", *self.spec.argv],
                env={**os.environ, **self.spec.env},  # noqa: TID251  children inherit our own
                stdin=subprocess.DEVNULL, stdout=output, stderr=output, start_new_session=True,
            )  # fmt: skip

    def _sweep(self, process: subprocess.Popen[bytes]) -> None:
        """Kill what is left of the process group: grandchildren must not outlive their parent."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    async def _check_ready(self) -> None:
        yes = self.spec.ready is None
        if self.spec.ready is not None:
            with contextlib.suppress(OSError, TimeoutError):
                async with asyncio.timeout(READY_TRY_TIMEOUT_S):
                    yes = await self.spec.ready()
        if yes and self._process is not None and self._process.poll() is None:
            self._was_ready = True
            self.ready.set()
            self._set(State.READY)

    def _is_final(self, code: int) -> bool:
        """Whether this end was the last: we are stopping, the job is done, or it is hopeless."""
        if self._around.stopping.is_set():
            return True
        if self.spec.once and code == 0:
            self.ready.set()
            self._set(State.DONE)
            return True
        self._early_crashes += not self._was_ready
        hopeless = self.spec.essential and self._early_crashes >= EARLY_CRASHES_MAX
        if self.spec.once or hopeless:
            self._set(State.GIVEN_UP)
            self._around.announce(
                f"{self.spec.name} failed with code {code}. The end of {self.log_file}:\n"
                f"{tail(self.log_file, TAIL_LINES)}"
            )
            return True
        return False

    def _report_death(self, code: int, pause_s: float) -> None:
        self._set(State.PAUSED)
        self._around.announce(
            f"{self.spec.name} ended with code {code}; starting it again in {pause_s:g} s"
            f" (see {self.log_file})"
        )

    async def _unless_stopping(self, awaited: Awaitable[object]) -> bool:
        """Wait for `awaited`, or until the supervisor stops; says whether `awaited` came first."""
        wanted = asyncio.ensure_future(awaited)
        stopping = asyncio.ensure_future(self._around.stopping.wait())
        try:
            await asyncio.wait({wanted, stopping}, return_when=asyncio.FIRST_COMPLETED)
            return wanted.done() and not self._around.stopping.is_set()
        finally:
            wanted.cancel()
            stopping.cancel()

    def _set(self, state: State) -> None:
        if state is not self.state:
            self.state = state
            if state not in {State.WAITING, State.STARTING}:
                self.settled.set()
            self._around.changed(self)
