"""One real city, the graph over it, and the service of the second engine beside it."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import pytest
import pytest_asyncio

from gis.routing import EdgeArrays, load_edges
from gis.routing.valhalla import ValhallaRouter, build_tiles
from gis.routing.valhalla.service import RunFile
from ops_center.kernel.database import Database
from tests.conftest import REPO
from tests.integration.gis.conftest import helsinki, helsinki_pbf  # noqa: F401  fixtures

START_WITHIN_S, STOP_WITHIN_S, ASK_EVERY_S = 30.0, 10.0, 0.05
IMPORT_ID = UUID("01930000-0000-7000-8000-000000000001")


@dataclass(slots=True)
class EngineRoom:
    """The folder of the tiles, and the launcher's process."""

    folder: Path
    launcher: subprocess.Popen[bytes]

    @property
    def running(self) -> RunFile | None:
        return RunFile.read(self.folder)


@contextmanager
def launched(folder: Path) -> Iterator[EngineRoom]:
    """The launcher on a folder, as the centre starts it; it writes where the service listens."""
    launcher = subprocess.Popen([sys.executable, "-m", "gis.routing.valhalla", folder], cwd=REPO)
    try:
        deadline = time.monotonic() + START_WITHIN_S
        while RunFile.read(folder) is None:
            assert launcher.poll() is None, "the launcher ended"
            assert time.monotonic() < deadline, "the service did not come up"
            time.sleep(ASK_EVERY_S)
        yield EngineRoom(folder, launcher)
    finally:
        launcher.terminate()
        # It ends well, unless a test killed it.
        assert launcher.wait(STOP_WITHIN_S) in {0, -signal.SIGKILL}


@pytest_asyncio.fixture(scope="session")
async def helsinki_edges(helsinki: Database) -> EdgeArrays:  # noqa: F811
    async with helsinki.reading() as connection:
        return await load_edges(connection)


@pytest.fixture(scope="session")
def engine_room(
    helsinki_pbf: Path,  # noqa: F811
    helsinki_edges: EdgeArrays,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[EngineRoom]:
    """The real service on the real tiles of Helsinki."""
    folder = tmp_path_factory.mktemp("routing")
    build_tiles(helsinki_pbf, folder, import_id=IMPORT_ID, edges=helsinki_edges)
    with launched(folder) as room:
        yield room


@pytest_asyncio.fixture
async def valhalla(engine_room: EngineRoom) -> AsyncIterator[ValhallaRouter]:
    router = ValhallaRouter(engine_room.folder)
    yield router
    await router.aclose()
