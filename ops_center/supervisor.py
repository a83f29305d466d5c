"""Keeps the centre's processes running on one machine and stops them in order.

Children write straight into their log files, so their last words outlive even our sudden death.
"""

import asyncio
import fcntl
import os
import signal
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import IO

from ops_center.children import (
    LONGEST_PAUSE_S,
    Child,
    ChildSpec,
    ReadyCheck,
    State,
    http_ready,
    port_ready,
)
from ops_center.kernel.clock import Clock, SystemClock, wire_time
from ops_center.localdb import LocalDatabase, LocalDatabaseError
from ops_center.runfiles import (
    ChildStatus,
    RunStatus,
    end_leftovers,
    log_dir,
    remove_status,
    rotate,
    run_dir,
    start_ticks,
    tail,
    write_status,
)

__all__ = ["ChildSpec", "ReadyCheck", "SupervisorError", "http_ready", "port_ready", "supervise"]

READY_WATCH_S = 0.05
PROGRESS_EVERY_S = 5.0
DATABASE_WATCH_S = 0.5
LOG_WATCH_S = 5.0
STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class SupervisorError(Exception):
    """The centre cannot be started; the text says what to do next."""


def supervise(
    children: Sequence[ChildSpec],
    *,
    data_dir: Path,
    url: str = "",
    database: LocalDatabase | None = None,
    on_ready: Callable[[], None] | None = None,
    announce: Callable[[str], None] | None = None,
) -> int:
    """Run `children` until a signal or a hopeless failure; answers with an exit code.

    Call from the main thread. `database`, when given, is already started: it is watched,
    restarted when it dies or its program is replaced, and stopped last. `on_ready` is called once,
    when every essential child is ready and every other one was, or failed, for the first time.
    """
    lock = _sole_supervisor(data_dir)
    speak = _to_stderr if announce is None else announce
    try:
        for name in end_leftovers(data_dir):
            speak(f"ended {name}, left over from a run that was killed")
        supervisor = _Supervisor(children, data_dir, url, database, speak, SystemClock())
        return asyncio.run(supervisor.run(on_ready))
    finally:
        if database is not None:
            database.stop()
        remove_status(data_dir)
        lock.close()


def _sole_supervisor(data_dir: Path) -> IO[str]:
    lock = (run_dir(data_dir) / "lock").open("a")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        lock.close()
        raise SupervisorError(
            f"A centre already runs with the data in {data_dir}. See it with ./ops status,"
            " stop it with ./ops down, or set OPS_DATA_DIR and OPS_PORT for a second one."
        ) from error
    return lock


def _to_stderr(text: str) -> None:
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()


class _Supervisor:
    def __init__(  # noqa: PLR0917
        self,
        specs: Sequence[ChildSpec],
        data_dir: Path,
        url: str,
        database: LocalDatabase | None,
        announce: Callable[[str], None],
        clock: Clock,
    ) -> None:
        self.stopping = asyncio.Event()
        self.announce = announce
        self._data_dir = data_dir
        self._url = url
        self._database = database
        self._clock = clock
        self._started_at = wire_time(clock.now())
        self._since: dict[str, str] = {}
        logs = log_dir(data_dir)
        self._children = [Child(spec, logs / f"{spec.name}.log", self) for spec in specs]
        self._failed = False

    async def run(self, on_ready: Callable[[], None] | None) -> int:
        loop = asyncio.get_running_loop()
        for number in STOP_SIGNALS:
            loop.add_signal_handler(number, self.stopping.set)
        self._write_status()
        async with asyncio.TaskGroup() as tasks:
            for child in self._children:
                tasks.create_task(child.run(self._needs_of(child)))
            tasks.create_task(self._watch_logs())
            tasks.create_task(self._call_when_ready(on_ready))
            if self._database is not None:
                tasks.create_task(self._watch_database(self._database))
            await self.stopping.wait()
            await self._stop_all()
        return 1 if self._failed else 0

    def changed(self, child: Child) -> None:
        """Write down a child's new state; one that is given up ends the whole run."""
        self._since[child.spec.name] = wire_time(self._clock.now())
        if child.state is State.GIVEN_UP:
            self._failed = True
            self.stopping.set()
        self._write_status()

    def _needs_of(self, child: Child) -> tuple[Child, ...]:
        """What the spec names, and every run-once child listed before it."""
        earlier = self._children[: self._children.index(child)]
        by_name = {other.spec.name: other for other in self._children}
        named = [by_name[name] for name in child.spec.needs]
        return (*(other for other in earlier if other.spec.once), *named)

    async def _stop_all(self) -> None:
        for child in reversed(self._children):
            await child.stop()

    async def _call_when_ready(self, on_ready: Callable[[], None] | None) -> None:
        for child in self._children:
            awaited = child.ready if child.spec.essential else child.settled
            if not await self._or_stopping(awaited, child):
                return
        if on_ready is not None:
            on_ready()

    async def _or_stopping(self, event: asyncio.Event, child: Child) -> bool:
        """Wait for a child's event, showing now and then what the child is at."""
        begun = time.monotonic()
        told = begun
        while not event.is_set():
            if await self._pause(READY_WATCH_S):
                return False
            if time.monotonic() - told > PROGRESS_EVERY_S:
                told = time.monotonic()
                latest = tail(child.log_file, 1)
                self.announce(f"{child.spec.name}: {told - begun:.0f} s, {latest or child.state}")
        return True

    async def _pause(self, seconds: float) -> bool:
        """Sleep, cut short by a stop; says whether we are stopping."""
        try:
            async with asyncio.timeout(seconds):
                await self.stopping.wait()
        except TimeoutError:
            return False
        return True

    async def _watch_logs(self) -> None:
        while not await self._pause(LOG_WATCH_S):
            for child in self._children:
                await asyncio.to_thread(rotate, child.log_file)
            if self._database is not None:
                await asyncio.to_thread(rotate, self._database.log_file)

    async def _watch_database(self, database: LocalDatabase) -> None:
        """Bring the database back, for ever: a centre does not end itself."""
        pause_s = DATABASE_WATCH_S
        while not await self._pause(pause_s):
            if database.pid is not None and not database.binary_changed():
                continue
            self.announce("the database ended or was upgraded; starting it again")
            pause_s = min(pause_s * 2, LONGEST_PAUSE_S)
            if self._restart(database):
                pause_s = DATABASE_WATCH_S

    def _restart(self, database: LocalDatabase) -> bool:
        """Blocks the loop for a moment: the server must be forked from this thread."""
        try:
            database.stop()
            database.start()
        except LocalDatabaseError as error:
            self.announce(f"the database cannot be started: {error}")
            return False
        return True

    def _write_status(self) -> None:
        write_status(
            self._data_dir,
            RunStatus(
                pid=os.getpid(),
                ticks=start_ticks(os.getpid()),
                started_at=self._started_at,
                url=self._url,
                children={child.spec.name: self._status_of(child) for child in self._children},
            ),
        )

    def _status_of(self, child: Child) -> ChildStatus:
        return ChildStatus(
            state=child.state.value,
            pid=child.pid,
            ticks=child.ticks,
            restarts=child.restarts,
            since=self._since.get(child.spec.name, self._started_at),
        )
