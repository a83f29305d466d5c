"""What this machine offers a private PostgreSQL: programs, an unprivileged user, its processes."""

import contextlib
import dataclasses
import hashlib
import os
import pwd
import re
import signal
import stat
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

PACKAGES = "postgresql-postgis (Debian 12: postgresql-15-postgis-3)"
PORT = 5432  # names the socket file only; nothing listens on the network
SOCKET_PATH_BYTES_MAX = 107  # sun_path of unix(7), without the closing zero
OLDEST_MAJOR = 15
POSTGRES_HOME = Path("/usr/lib/postgresql")
POSTGRES_SHARE = Path("/usr/share/postgresql")
UNPRIVILEGED_USERS = ("postgres", "nobody")
FAST_STOP_TIMEOUT_S = 30.0
IMMEDIATE_STOP_TIMEOUT_S = 10.0
COMMAND_TIMEOUT_S = 120.0
POLL_S = 0.01
LOG_TAIL_LINES = 15


class LocalDatabaseError(Exception):
    """The private database cannot do what was asked; the text says what to do next."""


@dataclasses.dataclass(frozen=True)
class Account:
    """The unprivileged user the server runs as."""

    uid: int
    gid: int
    name: str

    def prefix(self) -> list[str]:
        """Words that, put before a command, make it run as this user."""
        if os.geteuid() != 0:
            return []
        return ["setpriv", f"--reuid={self.uid}", f"--regid={self.gid}", "--clear-groups", "--"]

    def can_enter(self, directory: Path) -> bool:
        command = [*self.prefix(), "test", "-x", str(directory)]
        return subprocess.run(command, check=False, timeout=COMMAND_TIMEOUT_S).returncode == 0  # noqa: S603


@dataclasses.dataclass(frozen=True)
class Programs:
    """The server programs of one PostgreSQL major version."""

    major: int
    directory: Path

    def path(self, name: str) -> str:
        return str(self.directory / name)

    def fingerprint(self) -> str:
        """Changes whenever the server program on disk is replaced."""
        stat = (self.directory / "postgres").stat()
        return f"{stat.st_ino}:{stat.st_size}:{stat.st_mtime_ns}"


def find_programs(major: int | None = None) -> Programs:
    """Newest PostgreSQL with PostGIS on this machine, or exactly `major`."""
    found = sorted(
        (
            Programs(int(home.name), home / "bin")
            for home in POSTGRES_HOME.glob("[0-9]*")
            if _has_postgis(home)
        ),
        key=lambda programs: programs.major,
    )
    fitting = [p for p in found if (p.major == major if major else p.major >= OLDEST_MAJOR)]
    if fitting:
        return fitting[-1]
    if major:
        raise LocalDatabaseError(
            f"This data was written by PostgreSQL {major}, which is not installed with PostGIS."
            f" Install postgresql-{major}-postgis-3, or move the data with pg_dump/pg_restore."
        )
    raise LocalDatabaseError(f"No PostgreSQL with PostGIS found. Install {PACKAGES}.")


def _has_postgis(home: Path) -> bool:
    control = POSTGRES_SHARE / home.name / "extension" / "postgis.control"
    return home.name.isdigit() and (home / "bin" / "initdb").exists() and control.exists()


def processes_in(directory: Path) -> set[int]:
    """Processes whose working directory is `directory`: a server and all its backends."""
    found = set()
    wanted = str(directory.resolve())
    for entry in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):  # gone meanwhile, or another user's
            if str((entry / "cwd").readlink()) == wanted and _is_alive(entry):
                found.add(int(entry.name))
    return found


def _is_alive(proc: Path) -> bool:
    return (proc / "stat").read_text().rpartition(")")[2].split()[0] not in {"Z", "X"}


def account_for(data: Path) -> Account:
    """User the cluster in `data` runs as: its owner, ourselves, or as root an unprivileged one."""
    if os.geteuid() != 0:
        return _account_of(os.geteuid())
    if data.exists():
        return _account_of(data.stat().st_uid)
    for name in UNPRIVILEGED_USERS:
        with contextlib.suppress(KeyError):
            return _account_of(pwd.getpwnam(name).pw_uid)
    raise LocalDatabaseError("PostgreSQL refuses to run as root and there is no user `postgres`.")


def _account_of(uid: int) -> Account:
    try:
        entry = pwd.getpwuid(uid)
    except KeyError:  # containers run under numbers without a name
        return Account(uid, os.getegid(), str(uid))
    return Account(uid, entry.pw_gid, entry.pw_name)


def major_of(data: Path) -> int | None:
    """PostgreSQL major version that wrote `data`, None when nothing is there yet."""
    with contextlib.suppress(FileNotFoundError):
        return int((data / "PG_VERSION").read_text())
    return None


def short_runtime_dir() -> Path:
    """Directory for sockets whose path must stay short."""
    own = Path(f"/run/user/{os.geteuid()}")
    if os.geteuid() == 0:
        own = Path("/run")
    return own if os.access(own, os.W_OK) else Path(tempfile.gettempdir())


def make_socket_dir(home: Path, account: Account) -> Path:
    """Private directory for the socket: under `home`, or elsewhere when that path is too long."""
    place = home / "run"
    if len(os.fsencode(place / f".s.PGSQL.{PORT}")) > SOCKET_PATH_BYTES_MAX:
        name = hashlib.sha256(os.fsencode(home)).hexdigest()[:12]
        place = short_runtime_dir() / f"ops-center-{name}"
    make_private_dir(place, account)
    return place


def check_name(name: str) -> None:
    """Refuse a database name that would need quoting."""
    if not re.fullmatch(r"[a-z][a-z0-9_]{0,62}", name):
        raise LocalDatabaseError(f"{name!r} is no database name: lower-case letters, digits, _.")


def make_private_dir(place: Path, account: Account) -> None:
    """Directory that `account` alone may enter; refuses one that somebody else put there."""
    place.mkdir(mode=0o700, parents=True, exist_ok=True)
    found = place.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid not in {os.geteuid(), account.uid}:
        raise LocalDatabaseError(f"{place} belongs to somebody else; remove it and try again.")
    if os.geteuid() == 0:
        os.chown(place, account.uid, account.gid)
    place.chmod(0o700)


def stop_process(process: subprocess.Popen[bytes]) -> None:
    """End a server: fast shutdown first (checkpoint), immediate when it does not come to an end."""
    for how, timeout_s in (
        (signal.SIGINT, FAST_STOP_TIMEOUT_S),
        (signal.SIGQUIT, IMMEDIATE_STOP_TIMEOUT_S),
        (signal.SIGKILL, IMMEDIATE_STOP_TIMEOUT_S),
    ):
        process.send_signal(how)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(timeout_s)
            return
    raise LocalDatabaseError(f"PostgreSQL {process.pid} does not end; see the kernel log.")


def wait_until(done: Callable[[], bool], *, timeout_s: float, otherwise: str) -> None:
    deadline = time.monotonic() + timeout_s
    while not done():
        if time.monotonic() > deadline:
            raise LocalDatabaseError(otherwise)
        time.sleep(POLL_S)


def sync_directory(directory: Path) -> None:
    """Make a rename inside `directory` survive a power cut."""
    handle = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def tail(file: Path) -> str:
    return "\n".join(file.read_text(errors="replace").splitlines()[-LOG_TAIL_LINES:])
