"""The programs beside the worker: simulated cameras as a process, and the measure of a viewer."""

import asyncio
import sys
from pathlib import Path

import pytest

from camera_ingest import clips
from camera_ingest.simcam.view_cost import measure


async def test_simulated_cameras_take_faults_over_their_control_socket(
    clip_paths: dict[str, Path],
) -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "camera_ingest.simcam",
        *("--port", "0", "--camera", f"cam={clip_paths['sub']}"),
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdout
    async with asyncio.timeout(30):
        ready, _, control_port = (await process.stdout.readline()).decode().split()
        assert ready == "ready"
        reader, writer = await asyncio.open_connection("127.0.0.1", int(control_port))
        answers = []
        for line in ("stall cam", "resume *", "stall nobody", "explode cam", "loss cam x", "stall"):
            writer.write(f"{line}\n".encode())
            answers.append((await reader.readline()).decode().split()[0])
        writer.close()
        process.terminate()
        assert await process.wait() == 0
    assert answers == ["ok", "ok", "error:", "error:", "error:", "error:"]


async def test_simulated_cameras_refuse_what_is_no_clip(tmp_path: Path) -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "camera_ingest.simcam",
        *("--port", "0", "--camera", f"cam={tmp_path / 'missing.mp4'}"),
        stderr=asyncio.subprocess.PIPE,
    )
    async with asyncio.timeout(30):
        _, said = await process.communicate()
    assert process.returncode == 2
    assert b"missing.mp4" in said


@pytest.mark.parametrize(("reencode", "mode"), [(False, "passthrough"), (True, "reencoded")])
async def test_cost_of_a_viewer_is_measured(
    clip_paths: dict[str, Path], reencode: bool, mode: str
) -> None:
    cost = await measure(clip_paths["sub"], viewers=2, seconds=2, reencode=reencode)
    assert cost.mode == mode
    assert cost.received_per_s > 5
    assert cost.cpu_s > 0
    assert cost.cpu_per_viewer_second >= 0


def test_clips_are_made_once(tmp_path: Path) -> None:
    source = clips.synthetic_source(seconds=1)
    video = clips.encode(source, clips.DEMO[0], tmp_path / "source.mp4")
    outdir = tmp_path / "clips"
    first = clips.prepare(video, outdir, encodings=clips.DEMO[:1])["sub"]
    made_at = first.stat().st_mtime_ns
    again = clips.prepare(video, outdir, encodings=clips.DEMO[:1])["sub"]
    assert (again, again.stat().st_mtime_ns) == (first, made_at)
    assert not list(outdir.glob("*.part"))
