"""The supervisor with real processes: restarts, pauses, order, and nothing left behind."""

import asyncio
import itertools
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import textwrap
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import asyncpg
import pytest

from ops_center import children, runfiles, supervisor
from ops_center.children import ChildSpec, ReadyCheck, http_ready, port_ready
from ops_center.localdb import LocalDatabase, read_state
from ops_center.supervisor import SupervisorError, supervise

DEADLINE_S = 30.0
POLL_S = 0.02


@pytest.fixture
def place() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="ops-run-test-") as name:
        Path(name).chmod(0o711)
        yield Path(name)


@pytest.fixture(autouse=True)
def short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(children, "FIRST_PAUSE_S", 0.05)


def wait_for(done: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + DEADLINE_S
    while not done():
        assert time.monotonic() < deadline, f"waited in vain for {what}"
        time.sleep(POLL_S)


def shell(name: str, script: str, **more: object) -> ChildSpec:
    return ChildSpec(name, ("/bin/sh", "-c", script), **more)  # type: ignore[arg-type]


def send_to_ourselves() -> None:
    os.kill(os.getpid(), signal.SIGTERM)


class Spoken(list[str]):
    """What the supervisor announced."""

    def __call__(self, text: str) -> None:
        self.append(text)


def when(condition: Callable[[], bool]) -> ReadyCheck:
    async def check() -> bool:
        return condition()

    return check


def supervise_during(act: Callable[[], None], specs: list[ChildSpec], **how: object) -> int:
    """Supervise (in this, the main thread) while `act` runs beside it; stop when it is through."""
    over = threading.Event()

    def body() -> None:
        try:
            act()
        finally:
            if not over.is_set():
                send_to_ourselves()

    thread = threading.Thread(target=body)
    thread.start()
    try:
        return supervise(specs, **how)  # type: ignore[arg-type]
    finally:
        over.set()
        thread.join()


def test_dead_child_is_started_again_after_growing_pauses(place: Path) -> None:
    spoken = Spoken()
    births = place / "births"
    spec = shell("crasher", f"date +%s.%N >> {births}; exit 3")

    def five_lives() -> None:
        wait_for(lambda: births.exists() and len(births.read_text().split()) >= 5, "five lives")

    assert supervise_during(five_lives, [spec], data_dir=place, announce=spoken) == 0
    times = [float(line) for line in births.read_text().split()]
    gaps = [later - earlier for earlier, later in itertools.pairwise(times)]
    assert gaps[3] > gaps[0] > 0.05
    assert "crasher ended with code 3; starting it again in 0.05 s" in spoken[0]
    assert "starting it again in 0.1 s" in spoken[1]


def test_children_stop_in_reverse_order_and_are_asked_politely(place: Path) -> None:
    order = place / "order"
    specs = [
        shell(
            name,
            f"trap 'echo {name} >> {order}; exit 0' TERM; touch {place}/{name};"
            " while :; do sleep 0.05; done",
            ready=when((place / name).exists),
        )
        for name in ("first", "second", "third")
    ]
    assert supervise(specs, data_dir=place, on_ready=send_to_ourselves) == 0
    assert order.read_text().split() == ["third", "second", "first"]


def test_child_that_ignores_the_stop_is_killed_with_its_grandchildren(place: Path) -> None:
    spoken = Spoken()
    pids = place / "pids"
    spec = shell(
        "stubborn",
        f"trap '' TERM; sleep 1000 & echo $$ $! > {pids}; wait; sleep 1000",
        stop_timeout_s=0.3,
        ready=when(lambda: pids.exists() and len(pids.read_text().split()) == 2),
    )
    supervise([spec], data_dir=place, on_ready=send_to_ourselves, announce=spoken)
    assert any("stubborn did not stop in time" in line for line in spoken)
    parent, grandchild = (int(word) for word in pids.read_text().split())
    wait_for(lambda: runfiles.start_ticks(parent) is None, "the child's end")
    wait_for(lambda: runfiles.start_ticks(grandchild) is None, "the grandchild's end")


def test_grandchildren_of_a_crashed_child_are_swept_before_its_next_life(place: Path) -> None:
    pids = place / "pids"
    spec = shell("forker", f"sleep 1000 & echo $! >> {pids}; exit 1")

    def two_lives() -> None:
        wait_for(lambda: pids.exists() and len(pids.read_text().split()) >= 2, "two lives")

    supervise_during(two_lives, [spec], data_dir=place, announce=Spoken())
    for pid in pids.read_text().split():
        wait_for(lambda pid=pid: runfiles.start_ticks(int(pid)) is None, "the sweep")  # type: ignore[misc]


def test_once_child_runs_before_the_others_and_its_failure_ends_the_run(place: Path) -> None:
    spoken = Spoken()
    specs = [
        shell("migrate", "echo the table is missing; exit 4", once=True),
        shell("app", f"touch {place}/app-ran; sleep 1000"),
    ]
    assert supervise(specs, data_dir=place, announce=spoken) == 1
    assert "the table is missing" in "".join(spoken)
    assert not (place / "app-ran").exists()


def test_long_preparation_shows_what_it_is_at(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervisor, "PROGRESS_EVERY_S", 0.1)
    spoken = Spoken()
    spec = shell("prepare", "echo 4/8 addresses; sleep 0.6", once=True)
    assert supervise([spec], data_dir=place, announce=spoken, on_ready=send_to_ourselves) == 0
    assert any("prepare" in line and "4/8 addresses" in line for line in spoken)


def test_needed_child_is_ready_before_its_dependant_starts(place: Path) -> None:
    trace = place / "trace"
    specs = [
        shell("simulator", f"echo simulator >> {trace}; sleep 1000", needs=("app",)),
        shell(
            "app",
            f"sleep 0.3; echo app >> {trace}; touch {place}/up; sleep 1000",
            ready=when((place / "up").exists),
        ),
    ]
    specs = [shell("prepare", f"echo prepare >> {trace}", once=True), *specs]

    def all_ran() -> None:
        wait_for(lambda: trace.exists() and "simulator" in trace.read_text(), "the simulator")

    assert supervise_during(all_ran, specs, data_dir=place) == 0
    assert trace.read_text().split() == ["prepare", "app", "simulator"]


def test_essential_child_that_never_becomes_ready_ends_the_run_with_its_last_words(
    place: Path,
) -> None:
    spoken = Spoken()
    spec = shell(
        "app",
        "echo port 8000 is taken; exit 1",
        essential=True,
        ready=when((place / "never").exists),
    )
    assert supervise([spec], data_dir=place, announce=spoken) == 1
    assert "port 8000 is taken" in spoken[-1]
    assert len(spoken) == children.EARLY_CRASHES_MAX


def test_ready_checks_ask_a_real_server(place: Path) -> None:
    (place / "health").mkdir()
    (place / "health" / "index.html").write_text("ok")
    port = _free_port()
    server = (sys.executable, "-m", "http.server", str(port), "--bind", "127.0.0.1")
    for check in (http_ready(f"http://127.0.0.1:{port}/health/"), port_ready("127.0.0.1", port)):
        calls: list[str] = []

        def ready(calls: list[str] = calls) -> None:
            calls.append("ready")
            send_to_ourselves()

        spec = ChildSpec("server", (*server, "--directory", str(place)), ready=check)
        assert supervise([spec], data_dir=place, on_ready=ready) == 0
        assert calls == ["ready"]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


async def test_http_check_says_no_to_an_unready_answer() -> None:
    async def refuse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 503 Service Unavailable\r\n\r\n")
        writer.close()

    server = await asyncio.start_server(refuse, "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        assert not await http_ready(f"http://127.0.0.1:{port}/health/ready")()


OWNER = """
    import json, pathlib, sys
    from ops_center.supervisor import ChildSpec, supervise
    data = pathlib.Path(sys.argv[1])
    specs = [ChildSpec(name, tuple(argv)) for name, argv in json.loads(sys.argv[2]).items()]
    sys.exit(supervise(specs, data_dir=data))
"""


def start_owner(data_dir: Path, specs: dict[str, list[str]]) -> subprocess.Popen[str]:
    """A supervisor in its own process, as `./ops up` makes one."""
    return subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(OWNER), str(data_dir), json.dumps(specs)],
        stderr=subprocess.PIPE,
        text=True,
    )


def all_ready(data_dir: Path) -> bool:
    status = runfiles.read_status(data_dir)
    return status is not None and all(c.state == "ready" for c in status.children.values())


def test_status_file_names_the_children_and_goes_away_with_the_run(place: Path) -> None:
    owner = start_owner(place, {"one": ["sleep", "1000"], "two": ["sleep", "1000"]})
    wait_for(lambda: all_ready(place), "both children")
    status = runfiles.read_status(place)
    assert status is not None
    assert status.pid == owner.pid
    assert all(runfiles.is_alive(child.pid, child.ticks) for child in status.children.values())
    owner.send_signal(signal.SIGINT)
    owner.communicate(timeout=DEADLINE_S)
    assert owner.returncode == 0
    assert runfiles.read_status(place) is None
    assert not any(runfiles.is_alive(c.pid, c.ticks) for c in status.children.values())


def test_second_supervisor_on_the_same_data_is_refused(place: Path) -> None:
    owner = start_owner(place, {"one": ["sleep", "1000"]})
    wait_for(lambda: all_ready(place), "the first supervisor")
    with pytest.raises(SupervisorError, match="already runs"):
        supervise([], data_dir=place)
    owner.terminate()
    owner.communicate(timeout=DEADLINE_S)


def test_children_die_with_a_killed_supervisor(place: Path) -> None:
    owner = start_owner(place, {"one": ["sleep", "1000"]})
    wait_for(lambda: all_ready(place), "the child")
    status = runfiles.read_status(place)
    assert status is not None
    owner.kill()
    owner.communicate(timeout=DEADLINE_S)
    child = status.children["one"]
    wait_for(lambda: not runfiles.is_alive(child.pid, child.ticks), "the child's end")


def test_stubborn_child_of_a_killed_supervisor_is_ended_by_the_next_run(place: Path) -> None:
    stubborn = ["/bin/sh", "-c", "trap '' TERM; while :; do sleep 0.1; done"]
    owner = start_owner(place, {"stubborn": stubborn})
    wait_for(lambda: all_ready(place), "the child")
    status = runfiles.read_status(place)
    assert status is not None
    child = status.children["stubborn"]
    owner.kill()
    owner.communicate(timeout=DEADLINE_S)
    assert runfiles.is_alive(child.pid, child.ticks)
    spoken = Spoken()
    supervise([shell("other", "sleep 1000")], data_dir=place, on_ready=send_to_ourselves,
              announce=spoken)  # fmt: skip
    assert "ended stubborn, left over" in spoken[0]
    wait_for(lambda: not runfiles.is_alive(child.pid, child.ticks), "the leftover's end")


def serving(root: Path) -> int | None:
    state = read_state(root)
    return state.pid if state else None


def test_database_that_is_killed_comes_back_at_the_same_address(place: Path) -> None:
    database = LocalDatabase(place / "pg")
    url = database.start().replace("+asyncpg", "")
    first = database.pid
    spoken = Spoken()

    async def ask() -> object:
        connection = await asyncpg.connect(url, timeout=DEADLINE_S)
        try:
            return await connection.fetchval("SELECT 1")
        finally:
            await connection.close()

    def act() -> None:
        wait_for(lambda: all_ready(place), "the child")
        assert first is not None
        os.kill(first, signal.SIGKILL)
        wait_for(lambda: serving(place / "pg") not in {None, first}, "a new server")
        answers.append(asyncio.run(ask()))

    answers: list[object] = []
    spec = shell("child", "sleep 1000")
    assert supervise_during(act, [spec], data_dir=place, database=database, announce=spoken) == 0
    assert answers == [1]
    assert "starting it again" in spoken[0]
    assert database.pid is None


def test_grown_log_is_copied_aside_and_its_writer_goes_on(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runfiles, "LOG_BYTES_MAX", 100)
    log = place / "app.log"
    with log.open("ab", buffering=0) as writer:
        for number in range(7):
            writer.write(f"{number}{'x' * 120}\n".encode())
            assert runfiles.rotate(log)
            writer.write(b"after\n")
            assert log.read_text() == "after\n"
    kept = sorted(path.name for path in place.iterdir())
    assert kept == ["app.log", "app.log.1", "app.log.2", "app.log.3", "app.log.4"]
    assert "6xxx" in (place / "app.log.1").read_text()
