"""Clips, simulated cameras and a camera worker for the tests of this folder."""

import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from camera_ingest import clips
from camera_ingest.simcam.server import SimulatedCameras
from ops_center.kernel.database import Database
from tests.integration.camera_ingest.helpers import (
    CLIP_SECONDS,
    ENCODINGS,
    Bench,
    simulated,
    working,
)


@pytest.fixture(scope="session")
def clip_paths(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Short clips, of the real vtest.avi where it is, else of a made-up scene."""
    outdir = tmp_path_factory.mktemp("clips")
    repo = Path(__file__).resolve().parents[3]
    shared = Path(os.environ.get("OPS_SHARED_DATA", repo.parent / "shared" / "data"))
    real = shared / "video" / "vtest.avi"
    if real.is_file():
        return clips.prepare(real, outdir, encodings=ENCODINGS, seconds=CLIP_SECONDS)
    source = clips.synthetic_source(seconds=CLIP_SECONDS)
    return {one.name: clips.encode(source, one, outdir / f"{one.name}.mp4") for one in ENCODINGS}


@pytest_asyncio.fixture
async def simcam(clip_paths: dict[str, Path]) -> AsyncIterator[SimulatedCameras]:
    """Cameras `one`, `two` (plain), `bframes` and `hevc`."""
    cameras = {
        "one": clip_paths["sub"],
        "two": clip_paths["sub"],
        "bframes": clip_paths["bframes"],
        "hevc": clip_paths["hevc"],
    }
    async with simulated(cameras) as server:
        yield server


@pytest_asyncio.fixture
async def bench(database_url: str, database: Database, tmp_path: Path) -> AsyncIterator[Bench]:
    async with working(database_url, database, tmp_path) as made:
        yield made
