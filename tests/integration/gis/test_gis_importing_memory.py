"""An extract four times as large needs hardly more memory: it is streamed, not held."""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path

from tests.conftest import REPO
from tests.osm_country import write_country

# Over what the process has before it begins; four times the file must stay within it too.
MEMORY_MAX_MB = 90
GROWTH_MAX_MB = 25
TOWNS = (4, 16)
WITHIN_S = 240

IMPORT = """
import asyncio, json, sys, threading
from pathlib import Path
from gis.importing import import_osm
from ops_center.kernel.clock import SystemClock
from ops_center.kernel.database import Database

def anonymous_mb():
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("RssAnon")) / 1000

async def main(url, file):
    database, seen, ended = Database(url), [anonymous_mb()], threading.Event()
    def watch():
        while not ended.wait(0.02):
            seen.append(anonymous_mb())
    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        async with database.engine.begin() as connection:
            report = await import_osm(Path(file), connection, clock=SystemClock())
    finally:
        ended.set()
        watcher.join()
        await database.close()
    print(json.dumps({"grown": max(seen) - seen[0], "edges": report.counts["road_edges"]}))

asyncio.run(main(*sys.argv[1:]))
"""


async def imported(database_url: str, file: Path) -> dict[str, float]:
    """Import in a process of its own; return its growth in megabytes and the roads it wrote."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", IMPORT, database_url, str(file),
        stdout=asyncio.subprocess.PIPE, cwd=REPO, env={"PYTHONPATH": str(REPO)},
    )  # fmt: skip
    async with asyncio.timeout(WITHIN_S):
        told, _ = await process.communicate()
    assert process.returncode == 0
    found: dict[str, float] = json.loads(told)
    return found


async def test_memory_stays_bounded_however_large_the_extract(
    database_url: str, tmp_path: Path
) -> None:
    small, large = [
        await imported(database_url, write_country(tmp_path / f"{n}.osm.pbf", towns=n))
        for n in TOWNS
    ]
    assert large["edges"] == 4 * small["edges"] > 10_000
    assert max(small["grown"], large["grown"]) < MEMORY_MAX_MB
    assert large["grown"] - small["grown"] < GROWTH_MAX_MB
