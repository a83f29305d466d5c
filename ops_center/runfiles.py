"""What a running centre leaves on disk for other terminals: who runs, since when, and its logs."""

import contextlib
import dataclasses
import json
import os
import shutil
import signal
from pathlib import Path

STATUS_NAME = "status.json"
LOG_BYTES_MAX = 10_000_000
LOG_FILES_KEPT = 4
LOG_TAIL_BYTES = 64_000
PRIVATE_DIR_MODE = 0o700


@dataclasses.dataclass(frozen=True)
class ChildStatus:
    """One child as other terminals see it; `ticks` is its start in clock ticks after boot."""

    state: str
    pid: int | None = None
    ticks: int | None = None
    restarts: int = 0
    since: str = ""


@dataclasses.dataclass(frozen=True)
class RunStatus:
    """The supervisor and its children."""

    pid: int
    ticks: int | None
    started_at: str
    url: str
    children: dict[str, ChildStatus]


def run_dir(data_dir: Path) -> Path:
    return _private(data_dir / "run")


def log_dir(data_dir: Path) -> Path:
    return _private(data_dir / "log")


def _private(directory: Path) -> Path:
    directory.mkdir(parents=True, exist_ok=True, mode=PRIVATE_DIR_MODE)
    return directory


def write_status(data_dir: Path, status: RunStatus) -> None:
    """Replace the status file in one step, so that nobody reads half of it."""
    unfinished = run_dir(data_dir) / f"{STATUS_NAME}.tmp"
    unfinished.write_text(json.dumps(dataclasses.asdict(status), indent=1))
    unfinished.rename(run_dir(data_dir) / STATUS_NAME)


def remove_status(data_dir: Path) -> None:
    (run_dir(data_dir) / STATUS_NAME).unlink(missing_ok=True)


def read_status(data_dir: Path) -> RunStatus | None:
    """The last status written, whether or not its writer still lives."""
    try:
        found = json.loads((data_dir / "run" / STATUS_NAME).read_text())
    except FileNotFoundError:
        return None
    children = {name: ChildStatus(**child) for name, child in found.pop("children").items()}
    return RunStatus(children=children, **found)


def start_ticks(pid: int) -> int | None:
    """When process `pid` started, in clock ticks after boot; None when it is gone or a zombie."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
    return None if fields[0] in {"Z", "X"} else int(fields[19])


def is_alive(pid: int | None, ticks: int | None) -> bool:
    """Whether that very process lives, not another that was given its number later."""
    return pid is not None and ticks is not None and start_ticks(pid) == ticks


def end_leftovers(data_dir: Path) -> list[str]:
    """Kill children that outlived a killed supervisor; answers with their names."""
    status = read_status(data_dir)
    ended = []
    for name, child in status.children.items() if status else ():
        if child.pid is not None and is_alive(child.pid, child.ticks):
            with contextlib.suppress(ProcessLookupError):
                os.killpg(child.pid, signal.SIGKILL)
                ended.append(name)
    return ended


def rotate(file: Path) -> bool:
    """Copy a grown log aside and empty it in place; its writers append, so they just go on."""
    if not file.exists() or file.stat().st_size <= LOG_BYTES_MAX:
        return False
    for number in range(LOG_FILES_KEPT - 1, 0, -1):
        older = file.with_name(f"{file.name}.{number}")
        if older.exists():
            older.replace(file.with_name(f"{file.name}.{number + 1}"))
    shutil.copyfile(file, file.with_name(f"{file.name}.1"))
    os.truncate(file, 0)
    return True


def tail(file: Path, lines: int) -> str:
    """The last `lines` lines of a log."""
    if not file.exists():
        return ""
    with file.open("rb") as log:
        log.seek(max(0, file.stat().st_size - LOG_TAIL_BYTES))
        return "\n".join(log.read().decode(errors="replace").splitlines()[-lines:])
