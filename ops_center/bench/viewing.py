"""Measures what one viewer of a passed-through camera costs, beside the same re-encoded."""

import asyncio
import random
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from camera_ingest import clips
from ops_center.bench.child import Child
from ops_center.bench.cpu import cpu_s
from ops_center.bench.own_centre import LOOPBACK, OwnCentre, free_port
from ops_center.bench.report import Measurement
from ops_center.simulator.centre import Centre
from ops_center.simulator.options import SimulatorOptions
from ops_center.simulator.screen import Screen
from ops_center.simulator.seeding import camera_body, stream_url
from ops_center.simulator.survey import Survey

VIEWERS: Final = 4
WATCHED_S: Final = 8.0
ALONE_S: Final = 5.0
SETTLE_S: Final = 2.0
LIVE_WITHIN_S: Final = 30.0
CLIP_S: Final = 20.0
# The same pictures twice: as browsers play them, and with B-frames, which must be re-encoded.
PLAIN: Final = "plain"
AWKWARD: Final = "bframes"
ENCODINGS: Final = (
    clips.Encoding(PLAIN, 640, 360, 400_000),
    clips.Encoding(AWKWARD, 640, 360, 400_000, profile="Main", b_frames=2),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Cost:
    """CPU seconds of the worker for one viewer for one second, and pictures shown a second."""

    per_viewer_s: float
    fps: float
    mode: str


async def measure(
    centre: OwnCentre, admin: Centre, known: Survey, film: Path | None
) -> list[Measurement]:
    """Return the CPU of a viewer-second passed through, beside that of one re-encoded."""
    made = await asyncio.to_thread(make_clips, film, centre.data / "clips")
    cameras = await _start_cameras(centre, admin, known, made)
    token = centre.token("wall_operator")
    costs = [await _cost(centre, token, cameras[name]) for name in (PLAIN, AWKWARD)]
    passed, reencoded = costs
    assert (passed.mode, reencoded.mode) == ("passthrough", "reencoded"), costs
    return [
        Measurement(
            name=f"camera to {VIEWERS} viewers, CPU per viewer-second",
            unit="ms",
            ours=passed.per_viewer_s * 1e3,
            reference=reencoded.per_viewer_s * 1e3,
            reference_name="re-encoded (the same film with B-frames)",
            aim=1.0,
            note="camera worker only, 640x360; what the camera costs unwatched is taken off",
            details={"pictures/s": passed.fps, "reference pictures/s": reencoded.fps},
        )
    ]


def make_clips(film: Path | None, outdir: Path) -> dict[str, Path]:
    """Return the two encodings of the film; without one, of a made-up scene."""
    if film is not None:
        return clips.prepare(film, outdir, encodings=ENCODINGS, seconds=CLIP_S)
    outdir.mkdir(parents=True, exist_ok=True)
    source = clips.synthetic_source(seconds=CLIP_S)
    return {one.name: clips.encode(source, one, outdir / f"{one.name}.mp4") for one in ENCODINGS}


async def _start_cameras(
    centre: OwnCentre, admin: Centre, known: Survey, made: dict[str, Path]
) -> dict[str, str]:
    """Start simulated cameras and the worker; return camera ids by clip once all are live."""
    port = free_port()
    words = ["camera_ingest.simcam", "--port", str(port), "--user", "demo", "--password", "secret"]
    for name, path in made.items():
        words += ["--camera", f"{name}={path}"]
    centre.spawn("simcam", *words)
    centre.start("cameras")
    options = SimulatorOptions(
        url=centre.url, credentials=centre.credentials, rtsp=f"rtsp://{LOOPBACK}:{port}"
    )
    ids = {}
    for number, name in enumerate(made):
        corner = known.places[number]
        body = camera_body(number, corner, stream_url(options, name))
        camera = await admin.post("/cameras", {**body, "name": name, "rules": []})
        ids[name] = str(camera["id"])
    await _wait_until_live(admin, frozenset(ids.values()))
    return ids


async def _wait_until_live(admin: Centre, ids: frozenset[str]) -> None:
    rng = random.Random(1)  # noqa: S311  pauses between tries
    screen = Screen(admin.socket_url, admin.token, rng=rng)
    async with asyncio.TaskGroup() as tasks:
        running = tasks.create_task(screen.run())
        await screen.until(
            lambda f: all(
                (f.live.get(f"camera:{key}") or {}).get("state") == "live" for key in ids
            ),
            within_s=LIVE_WITHIN_S,
        )
        running.cancel()


async def _cost(centre: OwnCentre, token: str, camera: str) -> _Cost:
    """Watch with VIEWERS viewers, then with none: the difference is what viewing costs."""
    pid = centre.processes["cameras"].pid
    alone_share = await _share(pid, ALONE_S)
    async with Child("ops_center.bench.viewers") as viewers:
        opened = await viewers.ask(
            "watch", url=centre.url, token=token, camera=camera, count=VIEWERS
        )
        await asyncio.sleep(SETTLE_S)
        shown = sum(await viewers.ask("pictures"))
        began = time.monotonic()
        watched_share = await _share(pid, WATCHED_S)
        took_s = time.monotonic() - began
        shown = sum(await viewers.ask("pictures")) - shown
        await viewers.ask("leave")
    await asyncio.sleep(SETTLE_S)
    (mode,) = set(opened["modes"])
    return _Cost(
        per_viewer_s=max(watched_share - alone_share, 0.0) / VIEWERS,
        fps=shown / VIEWERS / took_s,
        mode=mode,
    )


async def _share(pid: int, seconds: float) -> float:
    """Return CPU seconds a second of a process over the next `seconds`."""
    before, began = cpu_s(pid), time.monotonic()
    await asyncio.sleep(seconds)
    return (cpu_s(pid) - before) / (time.monotonic() - began)
