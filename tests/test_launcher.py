"""`./ops` in a small tree of its own: what it sets up, when it does it again, what it refuses.

Stand-ins take the place of the programs that would need a network or privileges (uv, dpkg, df);
the launcher itself, npm and the frontend build step are real.
"""

import os
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

REPO = Path(__file__).resolve().parents[1]
LIMIT_S = 120
NOBODY = 65534
COMMANDS = (
    "demo", "up", "down", "status", "logs", "doctor", "test", "bench",
    "gis", "cameras", "users", "db", "evidence", "simulate", "replay",
)  # fmt: skip
MARK = "all is set up"
PACKAGE = """{"name": "pages", "version": "1.0.0", "private": true,
 "scripts": {"build": "sh build.sh"}}"""
PACKAGE_LOCK = """{"name": "pages", "version": "1.0.0", "lockfileVersion": 3, "requires": true,
 "packages": {"": {"name": "pages", "version": "1.0.0"}}}"""
BUILD = 'echo built >>"$OPS_DATA_DIR/calls"; mkdir -p "$2"; cp page.html "$2/index.html"\n'
UV = """#!/bin/sh
echo "$*" >>"$OPS_DATA_DIR/calls"
mkdir -p "$UV_PROJECT_ENVIRONMENT/bin"
ln -sf "{python}" "$UV_PROJECT_ENVIRONMENT/bin/python"
"""


class Launcher:
    """A tree with the real `./ops` and almost nothing else, and the words it says."""

    def __init__(self, place: Path) -> None:
        self.root = place / "tree"
        self.data = place / "data"
        self.tools = place / "tools"
        for folder in (self.root / "frontend", self.data / "boot" / "bin", self.tools):
            folder.mkdir(parents=True)
        shutil.copy(REPO / "ops", self.root / "ops")
        self.write("uv.lock", "locked\n")
        self.write("pyproject.toml", "[project]\n")
        self.write("frontend/package.json", PACKAGE)
        self.write("frontend/package-lock.json", PACKAGE_LOCK)
        self.write("frontend/build.sh", BUILD)
        self.write("frontend/page.html", "<p>one</p>")
        package = self.root / "ops_center"
        package.mkdir()
        (package / "__init__.py").write_text("")
        (package / "__main__.py").write_text(f"import sys\nprint('{MARK}:', *sys.argv[1:])\n")
        self._stand_in_for_uv()

    def _stand_in_for_uv(self) -> None:
        uv = self.data / "boot" / "bin" / "uv"
        uv.write_text(UV.format(python=sys.executable))
        uv.chmod(0o755)
        version = next(
            line.partition("=")[2].strip()
            for line in (REPO / "ops").read_text().splitlines()
            if line.startswith("UV_VERSION=")
        )
        (self.data / "stamps").mkdir()
        real = subprocess.run(
            [sys.executable, "-c", "import sys; print(sys.executable)"],
            capture_output=True, text=True, check=True, timeout=LIMIT_S,
        ).stdout.strip()  # fmt: skip
        (self.data / "stamps" / "uv").write_text(f"{version} {real}\n")

    def write(self, name: str, text: str) -> None:
        (self.root / name).write_text(text)

    def stand_in(self, name: str, script: str) -> None:
        """Put a program of our own before the machine's."""
        program = self.tools / name
        program.write_text(f"#!/bin/sh\n{script}\n")
        program.chmod(0o755)

    def run(
        self, *words: str, user: int | None = None, **more: str
    ) -> subprocess.CompletedProcess[str]:
        kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
        environment = kept | {
            # the machine may have no Node of its own: then it lies beside this Python
            "PATH": f"{self.tools}:{kept['PATH']}:{Path(sys.executable).parent}",
            "OPS_DATA_DIR": str(self.data),
            "OPS_PYTHON": sys.executable,
            "OPS_PORT": str(_free_port()),
            "CI": "true",
        }
        drop = [] if user is None else ["setpriv", f"--reuid={user}", "--clear-groups", "--"]
        return subprocess.run(
            [*drop, str(self.root / "ops"), *words],
            env=environment | more, stdin=subprocess.DEVNULL, capture_output=True, text=True,
            check=False, timeout=LIMIT_S, cwd="/",
        )  # fmt: skip

    def calls(self) -> list[str]:
        """What was done since the last look: `sync …` of uv, `built` of the frontend."""
        file = self.data / "calls"
        done = file.read_text().splitlines() if file.exists() else []
        file.unlink(missing_ok=True)
        return [line.split()[0] for line in done]


@pytest.fixture
def launcher() -> Iterator[Launcher]:
    with tempfile.TemporaryDirectory(prefix="ops-launcher-") as name:
        Path(name).chmod(0o755)
        yield Launcher(Path(name))


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_help_names_every_command(launcher: Launcher) -> None:
    told = launcher.run("help")
    assert told.returncode == 0
    assert [word for word in COMMANDS if word not in told.stdout] == []


def test_unknown_command_is_refused_with_the_usage(launcher: Launcher) -> None:
    told = launcher.run("frobnicate")
    assert told.returncode != 0
    assert "usage: ./ops" in told.stderr


def test_second_start_does_nothing_again_and_passes_its_words_on(launcher: Launcher) -> None:
    first = launcher.run("up", "--flag")
    assert f"{MARK}: up --flag" in first.stdout, first.stderr
    assert launcher.calls() == ["sync", "built"]
    second = launcher.run("up")
    assert f"{MARK}: up" in second.stdout
    assert launcher.calls() == []
    assert "-->" not in second.stdout


def test_changed_lock_file_renews_only_the_python_environment(launcher: Launcher) -> None:
    launcher.run("up")
    launcher.calls()
    launcher.write("uv.lock", "locked otherwise\n")
    assert MARK in launcher.run("up").stdout
    assert launcher.calls() == ["sync"]


def test_changed_page_renews_only_the_frontend(launcher: Launcher) -> None:
    launcher.run("up")
    launcher.calls()
    launcher.write("frontend/page.html", "<p>two</p>")
    assert MARK in launcher.run("up").stdout
    assert launcher.calls() == ["built"]
    assert (launcher.data / "frontend" / "index.html").read_text() == "<p>two</p>"


def test_failed_build_shows_its_words_keeps_the_old_pages_and_is_taken_up_again(
    launcher: Launcher,
) -> None:
    launcher.run("up")
    launcher.calls()
    launcher.write("frontend/build.sh", "echo the flux is missing; exit 1\n")
    failed = launcher.run("up")
    assert failed.returncode != 0
    assert "the flux is missing" in failed.stderr
    assert "setup.log" in failed.stderr
    assert MARK not in failed.stdout
    assert (launcher.data / "frontend" / "index.html").read_text() == "<p>one</p>"
    launcher.write("frontend/build.sh", BUILD)
    assert MARK in launcher.run("up").stdout
    assert launcher.calls() == ["built"]


def test_unreachable_registry_is_named_as_the_cause(launcher: Launcher) -> None:
    launcher.write("frontend/build.sh", "echo getaddrinfo ENOTFOUND registry.example; exit 1\n")
    assert "cannot be reached" in launcher.run("up").stderr


def test_taken_port_is_refused_with_the_way_out(launcher: Launcher) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        told = launcher.run("up", OPS_PORT=str(port))
    assert told.returncode != 0
    assert f"port {port} is taken" in told.stderr
    assert "OPS_PORT=" in told.stderr
    assert MARK not in told.stdout


def test_running_centre_is_not_started_twice(launcher: Launcher) -> None:
    launcher.run("up")
    (launcher.data / "run").mkdir()
    lock = launcher.data / "run" / "lock"
    holder = subprocess.Popen(
        ["flock", str(lock), "sh", "-c", "echo held; read -r _"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert holder.stdout is not None
    assert holder.stdout.readline() == "held\n"
    told = launcher.run("up")
    holder.communicate("\n", timeout=LIMIT_S)
    assert told.returncode != 0
    assert "already runs" in told.stderr


def test_small_disk_is_refused_before_anything_is_fetched(launcher: Launcher) -> None:
    launcher.stand_in("df", "echo head; echo 'disk 100 90 10 90% /'")
    told = launcher.run("up")
    assert told.returncode != 0
    assert "10 MB left" in told.stderr
    assert launcher.calls() == []


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root to become somebody else")
def test_user_without_root_and_sudo_is_told_what_to_ask_an_administrator(
    launcher: Launcher,
) -> None:
    launcher.stand_in("sudo", "echo sorry, not in the sudoers file >&2; exit 1")
    launcher.stand_in("dpkg-query", "exit 1")  # nothing is installed
    for path in [launcher.data, *launcher.data.rglob("*")]:
        os.chown(path, NOBODY, NOBODY)
    told = launcher.run("setup", "test", user=NOBODY, OPS_PYTHON="/usr/bin/python3")
    assert told.returncode != 0
    assert "Ask an administrator to run" in told.stderr
    assert "apt-get install -y --no-install-recommends" in told.stderr
    assert "chromium" in told.stderr
    assert "create_main_cluster = false" in told.stderr


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root to become somebody else")
def test_data_of_somebody_else_is_refused(launcher: Launcher) -> None:
    told = launcher.run("up", user=NOBODY)
    assert told.returncode != 0
    assert "OPS_DATA_DIR" in told.stderr


def test_nothing_to_stop_or_show_before_the_set_up_is_said_so(launcher: Launcher) -> None:
    for command in ("down", "status"):
        told = launcher.run(command)
        assert told.returncode != 0
        assert "nothing is set up" in told.stderr


def test_gate_of_the_machine_is_the_gate_of_the_people() -> None:
    gate = REPO / ".ci" / "run"
    assert os.access(gate, os.X_OK)
    assert gate.read_text().splitlines()[-1].endswith("exec ./ops test")
