"""The private cluster: it starts as anybody, loses nothing, and says what it cannot do."""

import asyncio
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from ops_center import localdb, pghost
from ops_center.localdb import (
    EXTENSIONS,
    LocalDatabase,
    LocalDatabaseError,
    read_state,
    running_url,
    temporary_database,
)

WAIT_S = 30.0
KILL_AFTER_ROWS = 200
TILE_SQL = """SELECT length(ST_AsMVT(q)) FROM (
    SELECT ST_AsMVTGeom('POINT(1 1)'::geometry, ST_MakeEnvelope(0, 0, 2, 2)) AS geom) q"""


@pytest.fixture
def place() -> Iterator[Path]:
    """A directory the unprivileged server user can reach (pytest's own are closed to it)."""
    with tempfile.TemporaryDirectory(prefix="ops-pg-test-") as name:
        Path(name).chmod(0o711)
        yield Path(name)


def native(url: str) -> str:
    return url.replace("+asyncpg", "")


async def fetch(url: str, query: str) -> object:
    connection = await asyncpg.connect(native(url), timeout=WAIT_S)
    try:
        return await connection.fetchval(query, timeout=WAIT_S)
    finally:
        await connection.close()


async def test_first_start_gives_a_postgis_database_that_sqlalchemy_reaches(place: Path) -> None:
    with LocalDatabase(place / "pg") as database:
        engine = create_async_engine(database.url)
        async with engine.connect() as connection:
            found = await connection.execute(text("SELECT extname FROM pg_extension"))
            names = {row[0] for row in found}
            tile = await connection.execute(text(TILE_SQL))
            assert tile.scalar_one() > 0
        await engine.dispose()
    assert set(EXTENSIONS) <= names


async def test_data_outlives_a_stop_and_a_start(place: Path) -> None:
    with LocalDatabase(place / "pg") as database:
        await fetch(database.url, "CREATE TABLE kept AS SELECT 42 AS value")
    with LocalDatabase(place / "pg") as database:
        assert await fetch(database.url, "SELECT value FROM kept") == 42


async def test_durability_and_checksums_are_on_and_no_port_is_open(place: Path) -> None:
    with LocalDatabase(place / "pg") as database:
        for setting, value in {
            "fsync": "on",
            "full_page_writes": "on",
            "synchronous_commit": "on",
            "data_checksums": "on",
            "listen_addresses": "",
        }.items():
            assert await fetch(database.url, f"SHOW {setting}") == value


def test_server_runs_as_an_unprivileged_user_with_private_files(place: Path) -> None:
    with LocalDatabase(place / "pg") as database:
        assert Path(f"/proc/{database.pid}").stat().st_uid != 0
        for private in (database.data, place / "pg" / "run"):
            assert private.stat().st_mode & 0o077 == 0


async def insert_until_killed(database: LocalDatabase) -> int:
    """Insert one row per transaction, kill -9 the server midway; answers with the last row kept."""
    connection = await asyncpg.connect(native(database.url), timeout=WAIT_S)
    await connection.execute("CREATE TABLE acknowledged (n int PRIMARY KEY)")
    acknowledged = 0
    try:
        while True:
            await connection.execute(
                "INSERT INTO acknowledged VALUES ($1)", acknowledged + 1, timeout=WAIT_S
            )
            acknowledged += 1
            if acknowledged == KILL_AFTER_ROWS:
                assert database.pid is not None
                os.kill(database.pid, signal.SIGKILL)
    except (asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError, OSError):
        connection.terminate()
    return acknowledged


async def test_kill_9_during_inserts_loses_no_acknowledged_row(place: Path) -> None:
    with LocalDatabase(place / "pg") as database:
        acknowledged = await insert_until_killed(database)
    assert acknowledged >= KILL_AFTER_ROWS
    with LocalDatabase(place / "pg") as database:
        kept = await fetch(database.url, "SELECT count(*) FROM acknowledged")
    assert kept in {acknowledged, acknowledged + 1}  # the row in flight may have made it


async def run_owner(root: Path) -> asyncio.subprocess.Process:
    """Another process that owns a cluster, as the centre's supervisor does."""
    code = (
        "import sys, pathlib; from ops_center.localdb import LocalDatabase;"
        "d = LocalDatabase(pathlib.Path(sys.argv[1])); d.start();"
        "sys.stderr.write('up\\n'); sys.stdin.read(); d.stop()"
    )
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", code, str(root),
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    assert process.stderr is not None
    assert await asyncio.wait_for(process.stderr.readline(), WAIT_S) == b"up\n"
    return process


async def test_another_process_finds_the_running_cluster_but_cannot_start_a_second(
    place: Path,
) -> None:
    owner = await run_owner(place / "pg")
    assert await fetch(running_url(place / "pg"), "SELECT 1") == 1
    with pytest.raises(LocalDatabaseError, match="already runs"):
        LocalDatabase(place / "pg").start()
    await asyncio.wait_for(owner.communicate(b""), WAIT_S)
    assert owner.returncode == 0
    with pytest.raises(LocalDatabaseError, match="No database runs"):
        running_url(place / "pg")


async def test_cluster_of_a_killed_owner_ends_and_can_be_started_again(place: Path) -> None:
    owner = await run_owner(place / "pg")
    await fetch(running_url(place / "pg"), "CREATE TABLE kept AS SELECT 1 AS one")
    owner.kill()
    await asyncio.wait_for(owner.wait(), WAIT_S)
    with LocalDatabase(place / "pg") as database:
        assert await fetch(database.url, "SELECT one FROM kept") == 1


async def test_server_that_outlived_its_owner_is_ended_before_a_new_start(place: Path) -> None:
    database = LocalDatabase(place / "pg")
    database.start()
    assert database._lock is not None
    database._lock.close()  # as if the owner had died without taking the server along
    first = database.pid
    with LocalDatabase(place / "pg") as second:
        assert second.pid != first
        assert await fetch(second.url, "SELECT 1") == 1
    database.stop()


async def test_interrupted_initdb_never_looks_finished(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(Path, "rename", _power_cut)
        with pytest.raises(KeyboardInterrupt):
            LocalDatabase(place / "pg").start()
    assert (place / "pg" / "data.tmp" / "PG_VERSION").exists()
    assert not (place / "pg" / "data").exists()
    with LocalDatabase(place / "pg") as database:
        assert await fetch(database.url, "SELECT 1") == 1


def _power_cut(_path: Path, _target: Path) -> Path:
    raise KeyboardInterrupt


async def test_deep_directory_gets_its_socket_in_a_short_place(place: Path) -> None:
    deep = place / ("d" * 60) / ("e" * 60) / "pg"
    with LocalDatabase(deep) as database:
        state = read_state(deep)
        assert state is not None
        assert not state.socket_dir.startswith(str(place))
        assert await fetch(database.url, "SELECT 1") == 1
    shutil.rmtree(state.socket_dir)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root changes to another user")
async def test_root_moves_the_cluster_out_of_a_home_closed_to_the_server(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed = place / "closed"
    closed.mkdir(mode=0o700)
    monkeypatch.setattr(localdb, "FALLBACK_HOME", place / "fallback")
    with LocalDatabase(closed / "pg") as database:
        assert database.home.is_relative_to(place / "fallback")
        assert await fetch(running_url(closed / "pg"), "SELECT 1") == 1
        await fetch(database.url, "CREATE TABLE kept AS SELECT 1 AS one")
    closed.chmod(0o711)  # opened later: the data is still found where it went
    with LocalDatabase(closed / "pg") as database:
        assert await fetch(database.url, "SELECT one FROM kept") == 1


@pytest.mark.skipif(os.geteuid() != 0, reason="only root changes to another user")
def test_existing_cluster_that_became_unreachable_is_refused_not_replaced(place: Path) -> None:
    (place / "home").mkdir(mode=0o711)
    with LocalDatabase(place / "home" / "pg"):
        pass
    (place / "home").chmod(0o700)
    with pytest.raises(LocalDatabaseError, match=r"chmod o\+x"):
        LocalDatabase(place / "home" / "pg").start()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
def test_cluster_owned_by_root_is_refused(place: Path) -> None:
    (place / "pg" / "data").mkdir(parents=True)
    with pytest.raises(LocalDatabaseError, match="PostgreSQL refuses"):
        LocalDatabase(place / "pg").start()


def test_missing_postgis_names_the_package(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pghost, "POSTGRES_HOME", place)
    with pytest.raises(LocalDatabaseError, match="postgresql-postgis"):
        LocalDatabase(place / "pg").start()


def test_data_of_a_version_that_is_not_installed_names_the_version(place: Path) -> None:
    with LocalDatabase(place / "pg"):
        pass
    (place / "pg" / "data" / "PG_VERSION").write_text("99\n")
    with pytest.raises(LocalDatabaseError, match="postgresql-99-postgis-3"):
        LocalDatabase(place / "pg").start()


def test_server_that_cannot_start_shows_the_end_of_its_log(place: Path) -> None:
    with LocalDatabase(place / "pg"):
        pass
    (place / "pg" / "data" / "postgresql.conf").write_text("nonsense = here\n")
    with pytest.raises(LocalDatabaseError, match="nonsense"):
        LocalDatabase(place / "pg").start()


def test_replaced_server_program_is_noticed(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with LocalDatabase(place / "pg") as database:
        assert not database.binary_changed()
        monkeypatch.setattr(pghost.Programs, "fingerprint", lambda _self: "upgraded")
        assert database.binary_changed()


async def test_migrated_database_serves_as_template_for_copies() -> None:
    with temporary_database() as database:
        await fetch(database.createdb("migrated"), "CREATE TABLE t AS SELECT 7 AS seven")
        copy = database.createdb("copy_1", template="migrated")
        assert await fetch(copy, "SELECT seven FROM t") == 7
        database.dropdb("copy_1")
        with pytest.raises(asyncpg.InvalidCatalogNameError):
            await fetch(copy, "SELECT 1")


def test_database_name_that_needs_quoting_is_refused() -> None:
    with pytest.raises(LocalDatabaseError, match="no database name"):
        LocalDatabase(Path("/nonexistent")).createdb('x"; DROP DATABASE ops')


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root to become somebody else")
def test_plain_user_runs_a_cluster_as_himself(place: Path) -> None:
    place.chmod(0o777)
    code = (
        "import pathlib, sys; from ops_center.localdb import LocalDatabase;"
        "d = LocalDatabase(pathlib.Path(sys.argv[1])); d.start();"
        "uid = pathlib.Path(f'/proc/{d.pid}').stat().st_uid; d.stop(); sys.exit(uid != 65534)"
    )
    done = subprocess.run(
        ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--",
         sys.executable, "-c", code, str(place / "pg")],
        check=False, capture_output=True, text=True, timeout=WAIT_S * 2,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
