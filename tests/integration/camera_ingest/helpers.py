"""Hands of the camera tests: simulated cameras, a worker in this process, patience."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from pydantic import SecretStr

from camera_ingest import clips, repository
from camera_ingest.control import control_app
from camera_ingest.domain.alarm_rule import AlarmRule
from camera_ingest.domain.camera import Camera, StreamAddress, parse_stream_url
from camera_ingest.repository import SqlCameraStore
from camera_ingest.settings import CameraSettings
from camera_ingest.simcam.camera import SimulatedCamera
from camera_ingest.simcam.clip import load_clip
from camera_ingest.simcam.server import Options, SimulatedCameras
from camera_ingest.supervisor.worker import Worker
from camera_ingest.webrtc import engine
from gis.geometry import Location, Point
from ops_center.kernel.clock import SystemClock
from ops_center.kernel.database import Database
from ops_center.kernel.ids import new_id

SECRET = "a-secret-for-tests-only"
CLIP_SECONDS = 8.0
ENCODINGS = (clips.DEMO[0], *clips.AWKWARD)


@asynccontextmanager
async def simulated(
    cameras: dict[str, Path], options: Options | None = None, *, bare: bool = False
) -> AsyncIterator[SimulatedCameras]:
    """Serve `cameras` on free ports until the block ends."""
    made = {
        name: SimulatedCamera(name, load_clip(path, bare=bare), offset=0)
        for name, path in cameras.items()
    }
    server = SimulatedCameras(made, SystemClock(), options or Options())
    ready = asyncio.Event()
    async with asyncio.TaskGroup() as tasks:
        serving = tasks.create_task(server.serve(port=0, control_port=0, ready=ready))
        async with asyncio.timeout(5):
            await ready.wait()
        try:
            yield server
        finally:
            serving.cancel()


def address_of(server: SimulatedCameras, name: str, *, sign_in: str = "") -> StreamAddress:
    return parse_stream_url(f"rtsp://{sign_in}127.0.0.1:{server.port}/{name}")


async def eventually(
    check: Callable[[], Awaitable[Any]], *, within_s: float = 10.0, every_s: float = 0.1
) -> Any:
    """Return the first true answer of `check`; fail when none comes in time."""
    deadline = asyncio.get_running_loop().time() + within_s
    while True:
        if answer := await check():
            return answer
        if asyncio.get_running_loop().time() > deadline:
            raise AssertionError(f"{check} did not hold within {within_s} s")
        await asyncio.sleep(every_s)


def make_camera(address: StreamAddress, *, name: str = "Puerto 041") -> Camera:
    return Camera(
        id=new_id(),
        name=name,
        location=Location(point=Point(lon=24.94, lat=60.17), uncertainty_m=10.0),
        heading_deg=90.0,
        fov_deg=60.0,
        range_m=80.0,
        agency="POL",
        stream_url=address.url,
    )


def make_rule(camera: Camera, **changes: Any) -> AlarmRule:
    given: dict[str, Any] = {
        "id": new_id(),
        "camera_id": camera.id,
        "name": "Portón norte",
        "min_fraction": 0.002,
        "hits": 2,
        "window": 4,
        "dwell_s": 0.4,
        "rearm_s": 600.0,
    }
    return AlarmRule(**(given | changes))


@dataclass(slots=True)
class Bench:
    """A running worker and the hands to use it with."""

    worker: Worker
    database: Database
    app: Any
    evidence_dir: Path

    async def add(self, address: StreamAddress, **rule: Any) -> Camera:
        camera = make_camera(address)
        async with self.database.engine.begin() as connection:
            store = SqlCameraStore(connection)
            assert await store.insert(camera, address)
            if rule:
                await store.put_rule(make_rule(camera, **rule))
        return camera

    async def health(self, camera_id: UUID) -> dict[str, Any]:
        async with self.database.reading() as connection:
            return (await repository.read_health(connection))[camera_id]

    async def state(self, camera_id: UUID, *wanted: str, within_s: float = 10.0) -> dict[str, Any]:
        """Wait until the database says one of the wanted states."""

        async def check() -> dict[str, Any] | None:
            found = await self.health(camera_id)
            return found if found["state"] in wanted else None

        found: dict[str, Any] = await eventually(check, within_s=within_s)
        return found


def settings_for(database_url: str, data_dir: Path, **changes: Any) -> CameraSettings:
    given: dict[str, Any] = {
        "database_url": SecretStr(database_url),
        "worker_secret": SecretStr(SECRET),
        "data_dir": data_dir,
    }
    return CameraSettings(**(given | changes))


@asynccontextmanager
async def working(
    database_url: str, database: Database, data_dir: Path, **changes: Any
) -> AsyncIterator[Bench]:
    """Run a worker inside this process until the block ends."""
    settings = settings_for(database_url, data_dir, **changes)
    engine.prepare(settings.ice_hosts)
    worker = Worker(settings, database, SystemClock())
    app = control_app(worker, secret=SECRET)
    async with asyncio.TaskGroup() as tasks:
        running = tasks.create_task(worker.run(f"http://127.0.0.1:1/{worker.id}"))
        try:
            yield Bench(worker, database, app, settings.evidence_dir)
        finally:
            running.cancel()
