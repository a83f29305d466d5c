"""Answers for other terminals: `python -m ops_center.control status|down|doctor`."""

import argparse
import contextlib
import dataclasses
import json
import os
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from rich.console import Console
from rich.table import Table

from ops_center.localdb import read_state
from ops_center.pghost import LocalDatabaseError, find_programs
from ops_center.runfiles import (
    RunStatus,
    end_leftovers,
    is_alive,
    log_dir,
    read_status,
    remove_status,
    tail,
)
from ops_center.settings import Settings

STOP_TIMEOUT_S = 90.0
POLL_S = 0.1
HEALTH_TIMEOUT_S = 5.0
RESTARTS_WORTH_A_WORD = 3
TAIL_LINES = 8


@dataclasses.dataclass(frozen=True)
class Finding:
    """One thing the doctor looked at; `mending` is empty when all is well."""

    what: str
    mending: str = ""


def running(data_dir: Path) -> RunStatus | None:
    """The live supervisor's status, None when none lives."""
    status = read_status(data_dir)
    return status if status and is_alive(status.pid, status.ticks) else None


def show_status(data_dir: Path, console: Console, *, as_json: bool) -> int:
    status = running(data_dir)
    if as_json:
        console.print_json(json.dumps(dataclasses.asdict(status) if status else {}))
    elif status is None:
        console.print(f"Nothing runs with the data in {data_dir}.")
    else:
        console.print(f"{status.url}  since {status.started_at}, supervisor {status.pid}")
        console.print(_table(status, data_dir))
    return 0 if status else 3


def _table(status: RunStatus, data_dir: Path) -> Table:
    table = Table("process", "state", "pid", "restarts", "since")
    database = read_state(data_dir / "pg")
    if database is not None:
        table.add_row("database", "ready", str(database.pid), "", "")
    for name, child in status.children.items():
        pid = str(child.pid or "")
        table.add_row(name, child.state, pid, str(child.restarts), child.since)
    return table


def stop(data_dir: Path, console: Console) -> int:
    """Ask the supervisor to stop everything in order and wait for it."""
    status = running(data_dir)
    if status is None:
        for name in end_leftovers(data_dir):
            console.print(f"ended {name}, left over from a run that was killed")
        if (data_dir / "run").exists():
            remove_status(data_dir)
        console.print(f"Nothing runs with the data in {data_dir}.")
        return 0
    os.kill(status.pid, signal.SIGTERM)
    deadline = time.monotonic() + STOP_TIMEOUT_S
    while is_alive(status.pid, status.ticks):
        if time.monotonic() > deadline:
            console.print(f"Supervisor {status.pid} still runs; see ./ops logs.")
            return 1
        time.sleep(POLL_S)
    console.print("stopped")
    return 0


def examine(data_dir: Path, settings: Settings) -> Iterator[Finding]:
    """What can be seen of the database and the running processes."""
    yield from _examine_database(data_dir, settings)
    status = running(data_dir)
    if status is None:
        yield Finding("nothing runs at the moment (./ops up or ./ops demo starts it)")
        return
    yield Finding(f"supervisor {status.pid} runs since {status.started_at}")
    for name, child in status.children.items():
        good = child.state in {"ready", "done"} and child.restarts < RESTARTS_WORTH_A_WORD
        log = log_dir(data_dir) / f"{name}.log"
        mending = "" if good else f"read {log}, which ends with:\n{tail(log, TAIL_LINES)}"
        yield Finding(f"{name} is {child.state}, {child.restarts} restarts", mending)
    yield _examine_health(status.url)


def _examine_database(data_dir: Path, settings: Settings) -> Iterator[Finding]:
    if settings.database_url is not None:
        yield Finding("the database is an external one (OPS_DATABASE_URL)")
        return
    try:
        programs = find_programs()
        state = read_state(data_dir / "pg")
    except LocalDatabaseError as error:
        yield Finding("private database", str(error))
        return
    yield Finding(f"PostgreSQL {programs.major} with PostGIS in {programs.directory}")
    if state is None:
        return
    replaced = state.fingerprint != programs.fingerprint() and state.programs == str(
        programs.directory
    )
    mending = "it is restarted within seconds; if not: ./ops down, then start again"
    yield Finding(f"private database {state.pid} runs", mending if replaced else "")


def _examine_health(url: str) -> Finding:
    asked = f"{url}/health/ready"
    try:
        with urlopen(asked, timeout=HEALTH_TIMEOUT_S) as answer:  # noqa: S310  our own address
            without = ", ".join(json.load(answer).get("reduced", ()))
            found = f"{asked} answers {answer.status}"
    except (URLError, OSError, ValueError) as error:
        return Finding(f"{asked} answers: {error}", "read ./ops logs")
    if not without:
        return Finding(found)
    mending = "read the log of routing; without its roads, import the city anew"
    return Finding(f"{found}, without {without}", mending)


def report(findings: Iterator[Finding], console: Console) -> int:
    bad = 0
    for finding in findings:
        bad += bool(finding.mending)
        console.print(f"{'problem ' if finding.mending else 'ok      '} {finding.what}")
        if finding.mending:
            console.print(f"         -> {finding.mending}")
    return 1 if bad else 0


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="./ops")
    parser.add_argument("command", choices=("status", "down", "doctor"))
    parser.add_argument("--json", action="store_true", dest="as_json")
    chosen = parser.parse_args(arguments)
    settings = Settings()
    data_dir = settings.data_dir.absolute()
    console = Console(highlight=False, soft_wrap=True)
    match chosen.command:
        case "status":
            return show_status(data_dir, console, as_json=chosen.as_json)
        case "down":
            return stop(data_dir, console)
        case _:
            return report(examine(data_dir, settings), console)


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        sys.exit(main(sys.argv[1:]))
