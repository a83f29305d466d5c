"""A private PostgreSQL cluster with PostGIS that lives under the data directory and dies with us.

It never touches the machine's own clusters: own data directory, unix socket only, no TCP port.
"""

import contextlib
import dataclasses
import fcntl
import hashlib
import json
import os
import shutil
import signal
import subprocess
import tempfile
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import IO, Self
from urllib.parse import quote

import structlog

from ops_center.pghost import (
    COMMAND_TIMEOUT_S,
    FAST_STOP_TIMEOUT_S,
    PORT,
    Account,
    LocalDatabaseError,
    Programs,
    account_for,
    check_name,
    find_programs,
    major_of,
    make_private_dir,
    make_socket_dir,
    processes_in,
    stop_process,
    sync_directory,
    tail,
    wait_until,
)

__all__ = ["LocalDatabase", "LocalDatabaseError", "read_state", "running_url", "temporary_database"]

SUPERUSER = "ops"
DATABASE = "ops"
EXTENSIONS = ("postgis", "pg_trgm", "unaccent", "fuzzystrmatch", "btree_gist", "pgcrypto")
FALLBACK_HOME = Path("/var/lib/ops-center")
START_TIMEOUT_S = 300.0  # recovery after a crash reads the whole write-ahead log
LOG_BYTES_MAX = 10_000_000

SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "200",
    "shared_buffers": "128MB",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_line_prefix": "%m [%p] ",
}
DURABLE = {"fsync": "on", "full_page_writes": "on", "synchronous_commit": "on"}
NOT_DURABLE = {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off"}

log = structlog.get_logger(__name__)


@dataclasses.dataclass(frozen=True)
class ServerState:
    """What a running cluster tells other processes, kept in `state.json`."""

    url: str
    pid: int
    socket_dir: str
    data: str
    programs: str
    fingerprint: str


def read_state(root: Path) -> ServerState | None:
    """State of the cluster that runs for `root` right now, or None when none runs."""
    try:
        state = ServerState(**json.loads((_home_of(root) / "state.json").read_text()))
    except FileNotFoundError:
        return None
    except PermissionError as error:
        raise LocalDatabaseError(
            f"{error.filename} is not yours; run this as its owner."
        ) from error
    return state if state.pid in processes_in(Path(state.data)) else None


def running_url(root: Path) -> str:
    """SQLAlchemy URL of the cluster another process runs for `root`."""
    state = read_state(root)
    if state is None:
        raise LocalDatabaseError(
            f"No database runs under {root}. Start the centre first (./ops up or ./ops demo)."
        )
    return state.url


def _home_of(root: Path) -> Path:
    """Where the cluster of `root` lies: there, or where an earlier start had to move it."""
    pointer = root / "moved-to"
    return Path(pointer.read_text().strip()) if pointer.exists() else root


@contextlib.contextmanager
def temporary_database() -> Iterator["LocalDatabase"]:
    """A running throw-away cluster for tests, fast because nothing in it needs to last."""
    with tempfile.TemporaryDirectory(prefix="ops-pg-") as place:
        Path(place).chmod(0o711)  # the server's user must be able to pass through
        with LocalDatabase(Path(place) / "pg", durable=False) as database:
            yield database


class LocalDatabase:
    """One private cluster: `start()` makes what is missing and answers with its URL.

    `durable=False` trades crash safety for speed and is for throw-away test data only.
    """

    def __init__(self, root: Path, *, durable: bool = True) -> None:
        self.root = Path(root).absolute()
        self._durable = durable
        self._process: subprocess.Popen[bytes] | None = None
        self._lock: IO[str] | None = None
        self._home = self.root
        self._socket_dir = self.root
        self._account = Account(0, 0, "")
        self._programs: Programs | None = None
        self._fingerprint = ""

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    @property
    def url(self) -> str:
        return self.url_of(DATABASE)

    @property
    def home(self) -> Path:
        """Directory that really holds the cluster (differs from `root` when it had to move)."""
        return self._home

    @property
    def data(self) -> Path:
        return self._home / "data"

    @property
    def log_file(self) -> Path:
        return self._home / "postgres.log"

    @property
    def pid(self) -> int | None:
        """Process id of the running server, None when it is not running."""
        return self._process.pid if self._process and self._process.poll() is None else None

    def url_of(self, name: str) -> str:
        """SQLAlchemy URL (asyncpg) of database `name` in this cluster."""
        return f"postgresql+asyncpg://{SUPERUSER}@/{name}?host={quote(str(self._socket_dir))}&port={PORT}"

    def binary_changed(self) -> bool:
        """Whether a package upgrade replaced the server program since the start.

        New connections then fail on mismatching libraries until a restart.
        """
        return self._programs is not None and self._programs.fingerprint() != self._fingerprint

    def start(self) -> str:
        """Start the cluster and wait until it takes connections; call from the main thread.

        Linux ties "stop me when my parent dies" to the thread that started the server.
        """
        if self.pid is not None:
            return self.url
        if threading.current_thread() is not threading.main_thread():
            raise LocalDatabaseError("Start the private database from the main thread.")
        self._settle()
        self._take_lock()
        try:
            self._end_leftovers()
            if not (self.data / "PG_VERSION").exists():
                self._initialise()
            self._launch()
            self._write_state()
            self._add_extensions()
            self.createdb(DATABASE)
        except BaseException:
            self.stop()
            raise
        log.info("database.started", pid=self.pid, home=str(self._home))
        return self.url

    def stop(self) -> None:
        """Stop the cluster cleanly (SIGINT, the fast shutdown) and release it."""
        if self._process is not None and self._process.poll() is None:
            stop_process(self._process)
            log.info("database.stopped", home=str(self._home))
        self._process = None
        if self._lock is not None:
            (self._home / "state.json").unlink(missing_ok=True)
            self._lock.close()
            self._lock = None

    def createdb(self, name: str, *, template: str = "template1") -> str:
        """Make database `name` with all extensions unless it exists; answers with its URL.

        A migrated database as `template` gives each test its own copy within milliseconds.
        """
        check_name(name)
        check_name(template)
        known = self._sql("postgres", f"SELECT 1 FROM pg_database WHERE datname = '{name}'")  # noqa: S608
        if not known:
            self._sql("postgres", f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        return self.url_of(name)

    def dropdb(self, name: str) -> None:
        """Remove database `name`, ending its connections."""
        check_name(name)
        self._sql("postgres", f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    def server_version(self) -> str:
        return self._sql("postgres", "SHOW server_version")

    def _add_extensions(self) -> None:
        """Into template1, from which every later database is copied."""
        wanted = "; ".join(f"CREATE EXTENSION IF NOT EXISTS {name}" for name in EXTENSIONS)
        self._sql("template1", wanted)

    # -- where it lies and whose it is

    def _settle(self) -> None:
        """Decide directory, user, programs and socket place, making the directories."""
        self.root.mkdir(parents=True, exist_ok=True)
        self._home = _home_of(self.root)
        self._account = account_for(self.data)
        if not self._account.can_enter(self._home):
            self._move_out()
        self._require_ownership()
        self._programs = find_programs(major_of(self.data))
        self._fingerprint = self._programs.fingerprint()
        self._socket_dir = make_socket_dir(self._home, self._account)

    def _move_out(self) -> None:
        """Root's home is closed to other users: keep the cluster where its user can reach it."""
        if (self.data / "PG_VERSION").exists() or os.geteuid() != 0:
            raise LocalDatabaseError(
                f"User {self._account.name} runs the database but may not enter {self._home}."
                " Give every directory above it the x permission for others (chmod o+x)."
            )
        name = hashlib.sha256(str(self.root.resolve()).encode()).hexdigest()[:12]
        self._home = FALLBACK_HOME / name
        self._home.mkdir(parents=True, exist_ok=True, mode=0o711)
        for directory in (FALLBACK_HOME, self._home):
            directory.chmod(0o711)
        (self.root / "moved-to").write_text(f"{self._home}\n")
        log.warning(
            "database.moved",
            wanted=str(self.root),
            home=str(self._home),
            because=f"user {self._account.name} may not enter {self.root}",
        )

    def _require_ownership(self) -> None:
        if not os.access(self._home, os.W_OK) or self._account.uid == 0:
            raise LocalDatabaseError(
                f"The database under {self._home} belongs to another user (or to root, which"
                " PostgreSQL refuses). Start as that user or as root, or set OPS_DATA_DIR."
            )

    # -- one server at a time

    def _take_lock(self) -> None:
        lock = (self._home / "lock").open("a")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            lock.close()
            raise LocalDatabaseError(
                f"The database under {self._home} already runs for another process."
                " Use it (./ops status), or stop it first (./ops down)."
            ) from error
        self._lock = lock

    def _end_leftovers(self) -> None:
        """End a server whose starter died; we hold the lock, so nobody uses it on purpose."""
        pid_file = self.data / "postmaster.pid"
        with contextlib.suppress(FileNotFoundError, ValueError):
            master = int(pid_file.read_text().split("\n", 1)[0])
            if master in processes_in(self.data):
                log.warning("database.leftover", pid=master)
                os.kill(master, signal.SIGINT)
        wait_until(
            lambda: not processes_in(self.data),
            timeout_s=FAST_STOP_TIMEOUT_S,
            otherwise=f"An old server still runs in {self.data}; stop it (see {pid_file}).",
        )

    # -- making and running it

    def _initialise(self) -> None:
        """initdb beside the final place, then rename: half a cluster never looks finished."""
        unfinished = self._home / "data.tmp"
        shutil.rmtree(unfinished, ignore_errors=True)
        make_private_dir(unfinished, self._account)
        sync = [] if self._durable else ["--no-sync"]
        assert self._programs is not None
        self._run([
            self._programs.path("initdb"), "-D", str(unfinished), "-U", SUPERUSER, "-E", "UTF8",
            "--locale=C.UTF-8", "--auth-local=trust", "--auth-host=reject", "-k", *sync,
        ])  # fmt: skip
        unfinished.rename(self.data)
        sync_directory(self._home)

    def _launch(self) -> None:
        if self.log_file.exists() and self.log_file.stat().st_size > LOG_BYTES_MAX:
            self.log_file.replace(self.log_file.with_suffix(".log.1"))
        with self.log_file.open("ab") as output:
            self._process = subprocess.Popen(  # noqa: S603
                self._server_command(), stdin=subprocess.DEVNULL, stdout=output, stderr=output,
                cwd="/", start_new_session=True,
            )  # fmt: skip
        wait_until(
            self._is_ready,
            timeout_s=START_TIMEOUT_S,
            otherwise=f"PostgreSQL did not become ready in time; see {self.log_file}.",
        )

    def _server_command(self) -> Sequence[str]:
        assert self._programs is not None
        settings = SETTINGS | (DURABLE if self._durable else NOT_DURABLE)
        options = [word for key, value in settings.items() for word in ("-c", f"{key}={value}")]
        user = self._account.prefix()[1:-1]
        return [
            "setpriv", *user, "--pdeathsig", "INT", "--",
            self._programs.path("postgres"), "-D", str(self.data),
            "-k", str(self._socket_dir), "-p", str(PORT), *options,
        ]  # fmt: skip

    def _is_ready(self) -> bool:
        assert self._process is not None
        if self._process.poll() is not None:
            raise LocalDatabaseError(
                f"PostgreSQL ended with code {self._process.returncode} while starting."
                f" The end of {self.log_file}:\n{tail(self.log_file)}"
            )
        try:
            lines = (self.data / "postmaster.pid").read_text().splitlines()
        except FileNotFoundError:
            return False
        return len(lines) > 7 and lines[7].strip() == "ready" and int(lines[0]) == self._process.pid

    def _write_state(self) -> None:
        assert self._programs is not None
        assert self._process is not None
        state = ServerState(
            url=self.url, pid=self._process.pid, socket_dir=str(self._socket_dir),
            data=str(self.data), programs=str(self._programs.directory),
            fingerprint=self._fingerprint,
        )  # fmt: skip
        unfinished = self._home / "state.json.tmp"
        unfinished.write_text(json.dumps(dataclasses.asdict(state), indent=1))
        unfinished.rename(self._home / "state.json")

    def _sql(self, database: str, statement: str) -> str:
        assert self._programs is not None
        return self._run([
            self._programs.path("psql"), "-XqAt", "-v", "ON_ERROR_STOP=1",
            "-h", str(self._socket_dir), "-p", str(PORT), "-U", SUPERUSER, "-d", database,
            "-c", statement,
        ])  # fmt: skip

    def _run(self, command: Sequence[str]) -> str:
        """Run a server program as the cluster's user; answers with what it printed."""
        done = subprocess.run(  # noqa: S603
            [*self._account.prefix(), *command], cwd="/", capture_output=True, text=True,
            check=False, timeout=COMMAND_TIMEOUT_S, stdin=subprocess.DEVNULL,
        )  # fmt: skip
        if done.returncode != 0:
            raise LocalDatabaseError(f"{Path(command[0]).name} failed: {done.stderr.strip()}")
        return done.stdout.strip()
