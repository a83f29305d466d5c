"""The process that reads strangers' files: bounded, cut off from the network, never in the way."""

from __future__ import annotations

import asyncio
import gc
import json
import os
import signal
import sys
import time
import zipfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from gis.layers import process
from gis.layers.model import ReadOptions
from gis.layers.process import Readers
from gis.layers.vector_rows import DRIVERS
from ops_center.kernel.database import Database
from ops_center.kernel.errors import Invalid, Unavailable
from tests.layer_files import feature, geojson, point, publish, report_of, square

LONGEST_GAP_S = 0.1
TICK_S = 0.005
MANY = 20_000


@asynccontextmanager
async def ticking() -> AsyncIterator[list[float]]:
    """Measure by a task that wants to run all the time how long others kept the loop from it.

    Measured in the loop's own processor time, so that a busy machine does not count.
    """
    gaps: list[float] = []

    async def tick() -> None:
        last = time.thread_time()
        while True:
            await asyncio.sleep(TICK_S)
            now = time.thread_time()
            gaps.append(now - last)
            last = now

    task = asyncio.ensure_future(tick())
    gc.collect()
    gc.freeze()  # what this test keeps in memory is not the centre's
    try:
        yield gaps
    finally:
        gc.unfreeze()
        task.cancel()


def crowd(place: Path) -> Path:
    """Many rows, some of them large."""
    rng = np.random.default_rng(1)
    points = rng.uniform((-57.7, -25.4), (-57.5, -25.2), (MANY, 2)).tolist()
    circle = np.linspace(0, 2 * np.pi, 20_001)
    ring = np.stack([-57.6 + 0.1 * np.cos(circle), -25.3 + 0.1 * np.sin(circle)], axis=1).tolist()
    area = {"type": "Polygon", "coordinates": [[*ring[:-1], ring[0]]]}
    return geojson(
        place / "m.geojson",
        [feature(point(x, y), i, nombre=f"Ñ {i}", nota="x" * 100)
         for i, (x, y) in enumerate(points)]
        + [feature(area, MANY + i) for i in range(20)],
    )  # fmt: skip


async def test_the_event_loop_is_free_while_a_large_file_is_read_and_written(
    database: Database, tmp_path: Path
) -> None:
    file = crowd(tmp_path)
    async with ticking() as gaps:
        layer, _ = await publish(database, file, "m")
    assert layer.features == MANY + 20
    assert len(gaps) > 50
    assert max(gaps) < LONGEST_GAP_S, f"the loop was away for {max(gaps):.3f} s"


async def test_a_file_that_takes_too_long_is_stopped_and_leaves_no_process(
    tmp_path: Path,
) -> None:
    file = geojson(tmp_path / "a.geojson", [feature(point(1, 1), 1)])
    before = children()
    (tmp_path / "in").mkdir()
    with pytest.raises(Invalid, match=r"longer than 0 s") as refused:
        await Readers(limit_s=0.05).read(file, ReadOptions(file_name="a"), tmp_path / "in")
    assert refused.value.problem_code == "layer-too-slow"
    assert children() == before


def children() -> set[int]:
    folder = Path(f"/proc/{os.getpid()}/task/{os.getpid()}/children")
    return {int(one) for one in folder.read_text().split()}


async def test_a_process_that_dies_is_laid_to_the_row_it_was_at(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script = tmp_path / "dying"
    script.write_text(
        '#!/bin/sh\nread asked\necho \'{"stage": "judging", "row": 17, "total": 20}\'\n'
        "kill -XCPU $$\n"
    )
    script.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(script))
    file = geojson(tmp_path / "a.geojson", [feature(point(1, 1), 1)])
    with pytest.raises(Invalid, match=r"stopped by SIGXCPU.*at row 17") as refused:
        await Readers().read(file, ReadOptions(file_name="a"), tmp_path)
    assert refused.value.problem_code == "layer-too-large"


async def test_memory_and_processor_are_bounded(tmp_path: Path) -> None:
    limits = await run_in_reader(
        tmp_path,
        "import resource as r, json, os; print(json.dumps([r.getrlimit(x)[0] for x in "
        "(r.RLIMIT_AS, r.RLIMIT_CPU, r.RLIMIT_FSIZE, r.RLIMIT_NOFILE, r.RLIMIT_CORE)]"
        "+ [os.nice(0)]))",
    )
    *bounds, niceness = json.loads(limits)
    assert bounds == [4_000_000_000, 300, 2_000_000_000, 64, 0]
    assert niceness >= 10


async def test_only_the_drivers_of_the_six_formats_are_awake(tmp_path: Path) -> None:
    told = await run_in_reader(
        tmp_path, "import pyogrio, json; print(json.dumps(sorted(pyogrio.list_drivers())))"
    )
    assert set(json.loads(told)) == set(DRIVERS)


async def run_in_reader(place: Path, code: str) -> str:
    """What `code` prints where the reader would read a file, limits and drivers set."""
    script = (
        "import sys\nfrom gis.layers import reader\n"
        f"def look(asked):\n    exec({code!r}, {{}})\n    return {{}}\n"
        "reader.answer_of = look\nreader.main()\n"
    )
    env = dict(process.ENVIRONMENT)
    known = await asyncio.create_subprocess_exec(
        sys.executable, "-c",
        "from gis.layers.vector_rows import other_drivers; print(','.join(other_drivers()))",
        stdout=asyncio.subprocess.PIPE, env=env,
    )  # fmt: skip
    others, _ = await known.communicate()
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-c", script,
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
        env={**env, "GDAL_SKIP": others.decode().strip()},
    )  # fmt: skip
    out, _ = await child.communicate(json.dumps({"folder": str(place)}).encode())
    assert child.returncode == 0
    return out.decode().splitlines()[-1]


async def test_a_file_cannot_make_the_reader_ask_the_network(tmp_path: Path) -> None:
    asked: list[bytes] = []

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.append(await reader.readline())
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    url = f"http://127.0.0.1:{port}/crs.wkt"
    rows = [feature(point(-57.6, -25.3), 1)]
    linked = geojson(
        tmp_path / "l.geojson", rows,
        crs={"type": "link", "properties": {"href": url, "type": "ogcwkt"}},
    )  # fmt: skip
    kml = tmp_path / "n.kml"
    kml.write_text(
        '<kml xmlns="http://www.opengis.net/kml/2.2"><Document>'
        f"<NetworkLink><Link><href>{url}</href></Link></NetworkLink>"
        f"<Placemark><styleUrl>{url}#a</styleUrl><name>a</name>"
        "<Point><coordinates>-57.6,-25.3</coordinates></Point></Placemark></Document></kml>"
    )
    async with server:
        for file in (linked, kml):
            with suppress(Invalid):
                await report_of(file)
    assert asked == []


@pytest.mark.parametrize(
    "body",
    [
        b'{"type":"gdal_streamed_alg","command_line":"gdal vector pipeline ! read /etc/passwd"}',
        b'{"type":"Topology","objects":{"a":{"type":"Point","coordinates":[0,0]}},"arcs":[]}',
        b'{"lon":1,"lat":2}',
        b'{"type":"FeatureCollection","features":"none"}',
    ],
)
async def test_other_things_written_in_json_are_not_read(tmp_path: Path, body: bytes) -> None:
    file = tmp_path / "x.geojson"
    file.write_bytes(body)
    kept = None
    with suppress(Invalid):
        kept = (await report_of(file))["kept"]
    assert not kept


async def test_a_bomb_of_zeros_is_refused_without_being_unpacked(tmp_path: Path) -> None:
    file = tmp_path / "b.zip"
    with (
        zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive,
        archive.open("a.geojson", "w", force_zip64=True) as inside,
    ):
        for _ in range(1_100):
            inside.write(bytes(1_000_000))
    assert file.stat().st_size < 6_000_000
    with pytest.raises(Invalid, match="would unpack to 1,100,000,000"):
        await report_of(file)


async def test_only_so_many_files_are_read_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(process, "READERS_MAX", 0)
    monkeypatch.setattr(process, "WAIT_FOR_A_READER_S", 0.01)
    file = geojson(tmp_path / "a.geojson", [feature(square(1, 1), 1)])
    with pytest.raises(Unavailable, match="Other files"):
        await Readers().read(file, ReadOptions(file_name="a"), tmp_path)


async def test_a_file_too_large_is_refused_before_it_is_opened(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(process, "FILE_MAX_BYTES", 10)
    file = geojson(tmp_path / "a.geojson", [feature(square(1, 1), 1)])
    with pytest.raises(Invalid, match="10 are allowed") as refused:
        await Readers().read(file, ReadOptions(file_name="a"), tmp_path)
    assert refused.value.problem_code == "layer-too-large"


def test_signals_have_names() -> None:
    told: Any = process._crash(-signal.SIGKILL)
    assert "SIGKILL" in told
    assert "status 3" in process._crash(3)
