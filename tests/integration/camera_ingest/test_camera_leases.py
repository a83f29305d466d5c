"""Who serves which camera, and facts that survive a dead worker and a database that is away."""

import asyncio
import contextlib
import signal
import sys
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from sqlalchemy import text, update
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine

from camera_ingest import leases, repository
from camera_ingest.domain.alarm_rule import AlarmRule, MotionAlarm, Schedule
from camera_ingest.domain.camera import Camera, parse_stream_url
from camera_ingest.domain.events import SnapshotRef, alarm_raised
from camera_ingest.repository import SqlCameraStore
from camera_ingest.simcam.server import SimulatedCameras
from camera_ingest.supervisor.outbox import Outbox, PendingAlarm, commit_alarm
from camera_ingest.tables import camera as camera_table
from camera_ingest.tables import camera_lease, camera_viewing
from ops_center.kernel import journal
from ops_center.kernel.clock import SystemClock
from ops_center.kernel.database import Database
from ops_center.kernel.ids import new_id
from ops_center.localdb import LocalDatabase
from tests.integration.camera_ingest.helpers import (
    SECRET,
    Bench,
    address_of,
    eventually,
    make_camera,
    make_rule,
    working,
)

MOVED_WITHIN_S = 15.0
ADDRESS = parse_stream_url("rtsp://ops:secret@127.0.0.1:1/cam")
URL = "http://127.0.0.1:1"
AT = datetime(2026, 11, 22, 14, tzinfo=UTC)


@pytest_asyncio.fixture
async def connection(database: Database) -> AsyncIterator[AsyncConnection]:
    async with database.engine.begin() as made:
        yield made


async def add_cameras(connection: AsyncConnection, count: int) -> set[Any]:
    made = [make_camera(ADDRESS, name=f"cam {place}") for place in range(count)]
    for camera in made:
        await SqlCameraStore(connection).insert(camera, ADDRESS)
    return {camera.id for camera in made}


async def test_two_workers_never_take_the_same_camera(database: Database) -> None:
    async with database.engine.begin() as connection:
        cameras = await add_cameras(connection, 20)

    async def take(limit: int) -> set[Any]:
        async with database.engine.begin() as own:
            return await leases.take(own, new_id(), control_url=URL, limit=limit)

    taken = await asyncio.gather(*(take(7) for _ in range(4)))
    assert sum(len(one) for one in taken) == len(set().union(*taken))
    rest = await take(20)
    assert set().union(*taken) | rest == cameras


async def test_expired_lease_moves_and_its_holder_learns_it(connection: AsyncConnection) -> None:
    cameras = await add_cameras(connection, 2)
    old, new = new_id(), new_id()
    assert await leases.take(connection, old, control_url=URL, limit=5) == cameras
    assert await leases.take(connection, new, control_url=URL, limit=5) == set()
    await connection.execute(
        update(camera_lease).values(expires_at=text("now() - interval '1 second'"))
    )
    assert await leases.take(connection, new, control_url="http://127.0.0.1:2", limit=1)
    assert len(await leases.renew(connection, old)) == 1
    assert len(await leases.renew(connection, new)) == 1
    (moved,) = await leases.renew(connection, new)
    assert await repository.worker_url(connection, moved) == "http://127.0.0.1:2"


async def test_switched_off_camera_is_given_up(connection: AsyncConnection) -> None:
    (camera_id,) = await add_cameras(connection, 1)
    worker = new_id()
    await leases.take(connection, worker, control_url=URL, limit=5)
    await connection.execute(update(camera_table).values(enabled=False))
    assert await leases.renew(connection, worker) == set()
    assert await repository.worker_url(connection, camera_id) is None
    assert await leases.take(connection, worker, control_url=URL, limit=5) == set()


async def test_viewings_of_a_dead_worker_are_found(connection: AsyncConnection) -> None:
    (camera_id,) = await add_cameras(connection, 1)
    await leases.take(connection, new_id(), control_url=URL, limit=5)
    store = SqlCameraStore(connection)
    alive, orphan, forgotten = new_id(), new_id(), new_id()
    for viewing, url in ((alive, URL), (orphan, "http://127.0.0.1:9"), (forgotten, URL)):
        await store.insert_viewing(viewing, camera_id=camera_id, viewer="x", control_url=url)
    found = await leases.lost_viewings(connection, control_url=URL, known={alive})
    assert found == []  # too young: their start may still be on its way
    await connection.execute(
        update(camera_viewing).values(started_at=text("now() - interval '2 minutes'"))
    )
    found = await leases.lost_viewings(connection, control_url=URL, known={alive})
    assert {viewing for viewing, _, _ in found} == {orphan, forgotten}


async def test_camera_comes_back_from_the_database_as_it_was(connection: AsyncConnection) -> None:
    store = SqlCameraStore(connection)
    camera = make_camera(ADDRESS)
    schedule = Schedule(
        days=frozenset({0, 4}), start=AT.time(), end=AT.time().replace(hour=18), zone_name="UTC"
    )
    zone = ((0.1, 0.1), (0.9, 0.1), (0.5, 0.9))
    rule = make_rule(camera, zone=zone, schedule=schedule, kind="intrusion")
    assert await store.insert(camera, ADDRESS)
    assert not await store.insert(camera, ADDRESS)
    await store.put_rule(rule)
    await store.put_rule(rule)
    assert await repository.find_camera(connection, camera.id) == camera
    assert await repository.list_cameras(connection) == [camera]
    assert await repository.list_rules(connection, [camera.id]) == [rule]
    addresses = await repository.stream_addresses(connection, [camera.id])
    assert addresses == {camera.id: ADDRESS}
    assert not await store.replace(camera, expected_version=2, address=None)
    assert await store.replace(camera, expected_version=1, address=None)
    assert (await repository.read_health(connection))[camera.id]["reason"] == "no_worker"


def pending_alarm(camera: Camera, rule: AlarmRule) -> PendingAlarm:
    alarm = MotionAlarm(rule_id=rule.id, camera_id=camera.id, since=AT, at=AT, fraction=0.1)
    snapshot = SnapshotRef(sha256="ab" * 32, size=10)
    fact = alarm_raised(camera, rule, alarm, alarm_id=new_id(), snapshot=snapshot)
    return PendingAlarm(fact, AT)


async def stored_camera(database: Database) -> Camera:
    camera = make_camera(ADDRESS)
    async with database.engine.begin() as connection:
        await SqlCameraStore(connection).insert(camera, ADDRESS)
    return camera


async def alarm_entries(database: Database) -> list[str]:
    async with database.reading() as connection:
        entries = await journal.entries_after(connection, 0)
    return [entry.data["alarm_id"] for entry in entries if entry.kind == "camera.alarm_raised"]


async def test_alarm_committed_twice_is_one_entry(database: Database) -> None:
    camera = await stored_camera(database)
    item = pending_alarm(camera, make_rule(camera))
    assert await commit_alarm(database, item, clock=SystemClock())
    assert not await commit_alarm(database, item, clock=SystemClock())
    assert await alarm_entries(database) == [str(item.fact.alarm_id)]
    async with database.reading() as connection:
        assert await repository.camera_of_snapshot(connection, "ab" * 32) == camera.id
        assert await repository.camera_of_snapshot(connection, "cd" * 32) is None


async def test_alarm_raised_while_the_database_is_away_is_committed_once_it_is_back(
    cluster: LocalDatabase, database_url: str, database: Database
) -> None:
    camera = await stored_camera(database)
    item = pending_alarm(camera, make_rule(camera))
    name = database.engine.url.database
    maintenance = create_async_engine(
        database.engine.url.set(database="postgres"), isolation_level="AUTOCOMMIT"
    )
    outbox = Outbox(database, SystemClock())
    async with maintenance.connect() as admin, asyncio.TaskGroup() as tasks:
        await admin.execute(text(f'alter database "{name}" allow_connections false'))
        await admin.execute(
            text("select pg_terminate_backend(pid) from pg_stat_activity where datname = :name"),
            {"name": name},
        )
        running = tasks.create_task(outbox.run())
        outbox.put(item)
        await asyncio.sleep(1.5)  # several tries fail meanwhile
        assert len(outbox) == 1
        await admin.execute(text(f'alter database "{name}" allow_connections true'))

        async def written() -> bool:
            return len(outbox) == 0

        await eventually(written)
        running.cancel()
    await maintenance.dispose()
    assert await alarm_entries(database) == [str(item.fact.alarm_id)]


async def test_fault_in_one_camera_is_contained_and_the_camera_restarted(
    bench: Bench, simcam: SimulatedCameras, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = await bench.add(address_of(simcam, "one"))
    healthy = await bench.add(address_of(simcam, "two"))
    for camera in (broken, healthy):
        await bench.state(camera.id, "live")
    watch = bench.worker._watch(broken.id)
    calls = []

    def explode(*_: object) -> None:
        calls.append(1)
        if len(calls) == 1:
            raise RuntimeError("a bug of ours")

    monkeypatch.setattr(watch, "_keep", explode)
    await bench.state(broken.id, "connecting")
    assert (await bench.health(healthy.id))["state"] == "live"
    monkeypatch.undo()
    await bench.state(broken.id, "live", within_s=15)


async def test_changed_camera_is_taken_over_without_a_restart(
    bench: Bench, simcam: SimulatedCameras
) -> None:
    camera = await bench.add(address_of(simcam, "one"))
    await bench.state(camera.id, "live")
    elsewhere = address_of(simcam, "no-such-camera")
    async with bench.database.engine.begin() as connection:
        await connection.execute(update(camera_table).values(stream_url=elsewhere.url, version=2))
    await bench.state(camera.id, "refused", within_s=6)
    async with bench.database.engine.begin() as connection:
        await connection.execute(update(camera_table).values(enabled=False, version=3))

    async def let_go() -> bool:
        return not bench.worker.health()["cameras"]

    await eventually(let_go)


async def test_killed_worker_is_noticed_and_its_cameras_move_in_time(
    database_url: str, database: Database, simcam: SimulatedCameras, tmp_path: Path
) -> None:
    camera = make_camera(address_of(simcam, "one"))
    async with database.engine.begin() as connection:
        await SqlCameraStore(connection).insert(camera, address_of(simcam, "one"))
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "camera_ingest",
        env={
            "CAMERA_DATABASE_URL": database_url,
            "CAMERA_WORKER_SECRET": SECRET,
            "CAMERA_DATA_DIR": str(tmp_path),
        },
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        first = Bench(None, database, None, tmp_path)  # type: ignore[arg-type]
        await first.state(camera.id, "live", within_s=30)
        process.kill()
        await process.wait()
        killed_at = asyncio.get_running_loop().time()
        async with working(database_url, database, tmp_path) as second:
            lost = await second.state(camera.id, "offline", within_s=MOVED_WITHIN_S)
            assert lost["reason"] == "no_worker"
            await second.state(camera.id, "live", within_s=MOVED_WITHIN_S + 5)
            moved_after = asyncio.get_running_loop().time() - killed_at
            assert moved_after < MOVED_WITHIN_S
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.kill()


async def test_worker_stops_cleanly_and_gives_its_leases_back(
    database_url: str, database: Database, simcam: SimulatedCameras, tmp_path: Path
) -> None:
    camera = make_camera(address_of(simcam, "one"))
    async with database.engine.begin() as connection:
        await SqlCameraStore(connection).insert(camera, address_of(simcam, "one"))
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "camera_ingest",
        env={
            "OPS_DATABASE_URL": database_url,
            "OPS_WORKER_SECRET": SECRET,
            "OPS_DATA_DIR": str(tmp_path),
        },
        stderr=asyncio.subprocess.PIPE,
    )
    await Bench(None, database, None, tmp_path).state(  # type: ignore[arg-type]
        camera.id, "live", within_s=30
    )
    process.send_signal(signal.SIGTERM)
    async with asyncio.timeout(10):
        _, log = await process.communicate()
    assert process.returncode == 0, log.decode()
    assert b"Traceback" not in log, log.decode()
    async with database.reading() as connection:
        assert await repository.worker_url(connection, camera.id) is None


async def test_worker_without_settings_says_what_is_missing() -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "camera_ingest", env={}, stderr=asyncio.subprocess.PIPE
    )
    async with asyncio.timeout(30):
        _, log = await process.communicate()
    assert process.returncode == 78
    assert b"DATABASE_URL" in log
