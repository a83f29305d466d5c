"""A whole centre on one machine: the private database, the processes, and in a demo the city."""

import asyncio
import os
import sys
from pathlib import Path

from camera_ingest import clips
from ops_center.commands import prepare
from ops_center.data_place import worker_secret
from ops_center.kernel.errors import DomainError
from ops_center.localdb import LocalDatabase, LocalDatabaseError
from ops_center.people import read_credentials
from ops_center.settings import LOOPBACK, Settings
from ops_center.supervisor import ChildSpec, SupervisorError, http_ready, port_ready, supervise

DEMO_CLIP = Path("assets/vtest.avi")
CAMERA_USER = "demo"
CAMERA_PASSWORD = "secret"  # noqa: S105  of the simulated cameras, which listen on loopback only
DEMO_CAMERAS = 8
PYTHON = (sys.executable, "-m")


def run_centre(settings: Settings, *, demo: bool, osm: Path | None) -> int:
    """Start everything, say where it is, and stay until stopped; return an exit code."""
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    try:
        if settings.database_url is not None:
            url = settings.database_url.get_secret_value()
            return _run(settings, url, None, demo=demo, osm=osm)
        with LocalDatabase(settings.data_dir / "pg") as database:
            return _run(settings, database.url, database, demo=demo, osm=osm)
    except (LocalDatabaseError, SupervisorError, DomainError) as error:
        sys.stderr.write(f"\n{error}\n")
        return 1


def _run(
    settings: Settings, url: str, database: LocalDatabase | None, *, demo: bool, osm: Path | None
) -> int:
    # In this process, not in a child: it saves a start-up and shows its progress to who waits.
    asyncio.run(prepare(settings, demo=demo, osm=osm))
    children = centre_children(settings, url)
    if demo:
        children += demo_children(settings, url)
    return supervise(
        children,
        data_dir=settings.data_dir,
        url=page_url(settings),
        database=database,
        on_ready=lambda: _tell(settings, demo=demo),
    )


def page_url(settings: Settings) -> str:
    host = "127.0.0.1" if settings.host in LOOPBACK else settings.host
    return f"http://{host}:{settings.port}"


def _environment(settings: Settings, url: str) -> dict[str, str]:
    return {
        "OPS_DATA_DIR": str(settings.data_dir.absolute()),
        "OPS_DATABASE_URL": url,
        "OPS_WORKER_SECRET": worker_secret(settings).get_secret_value(),
    }


def centre_children(settings: Settings, url: str) -> list[ChildSpec]:
    """Return the processes of every centre: web, background, cameras and turn-by-turn routing."""
    environment = _environment(settings, url)
    ready = http_ready(f"{page_url(settings)}/health/live")
    return [
        ChildSpec("app", (*PYTHON, "ops_center", "app"), environment, ready, essential=True),
        ChildSpec("background", (*PYTHON, "ops_center", "background"), environment),
        ChildSpec("cameras", (*PYTHON, "camera_ingest"), environment),
        ChildSpec("routing", routing_words(settings), environment),
    ]


def routing_words(settings: Settings) -> tuple[str, ...]:
    """Return how the second routing engine is started; without it the graph answers alone."""
    return (*PYTHON, "gis.routing.valhalla", str(settings.routing_dir.absolute()))


def demo_children(settings: Settings, url: str) -> list[ChildSpec]:
    """Return the simulated cameras and the simulated city."""
    sys.stderr.write("preparing the demo cameras' clips (the first time takes half a minute)\n")
    made = clips.prepare(settings.data_dir / DEMO_CLIP, settings.data_dir / "clips")
    names = [f"cam{number:02}" for number in range(1, DEMO_CAMERAS + 1)]
    cameras = [*PYTHON, "camera_ingest.simcam", "--port", str(settings.demo_rtsp_port)]
    cameras += ["--user", CAMERA_USER, "--password", CAMERA_PASSWORD]
    views = sorted(made)  # different views of the clip, so that the tiles differ
    for place, name in enumerate(names):
        cameras += ["--camera", f"{name}={made[views[place % len(views)]]}"]
    city = [*PYTHON, "ops_center", "simulate", "--url", page_url(settings)]
    city += ["--seed", str(settings.demo_seed)]
    city += ["--rtsp", f"rtsp://127.0.0.1:{settings.demo_rtsp_port}"]
    city += ["--camera-names", ",".join(names), str(settings.credentials_file)]
    streaming = port_ready("127.0.0.1", settings.demo_rtsp_port)
    environment = _environment(settings, url)
    return [
        ChildSpec("simcam", tuple(cameras), environment, streaming),
        ChildSpec("simulator", tuple(city), environment, needs=("app", "simcam")),
    ]


def _tell(settings: Settings, *, demo: bool) -> None:
    lines = ["", f"  Ñangareko: {page_url(settings)}", ""]
    people = read_credentials(settings.credentials_file)
    for role, one in sorted(people.items()):
        if role != "machine":
            lines.append(f"  {role:14} {one.username:12} {one.password}")
    if demo:
        lines += ["", f"  The same, with API keys: {settings.credentials_file}"]
    lines += ["", "  Ctrl-C stops everything.", ""]
    sys.stdout.write("\n".join(lines) + os.linesep)
    sys.stdout.flush()
