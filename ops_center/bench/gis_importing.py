"""Measures the import of a city, next to reading the same file with osmium and nothing else."""

import asyncio
import json
import resource
import sys
import time
from pathlib import Path
from typing import Any, Final

import osmium

from ops_center.bench.own_centre import REPO
from ops_center.bench.place import BenchPlace
from ops_center.bench.report import Measurement

WITHIN_S: Final = 600.0
BYTES_PER_MB: Final = 1_000_000
KILOBYTES_PER_MB: Final = 1_000
PLAIN_NAME: Final = "osmium reads the file, areas and all"


async def measure(place: BenchPlace) -> list[Measurement]:
    """Import the city again by the command line; return MB/s and peak memory beside osmium's.

    Every process is fresh: its peak memory is then the import's own.
    """
    settings = place.centre.environment
    file = str(place.osm.absolute())
    plain = await _told("ops_center.bench.gis_importing", file, settings=settings)
    ours = await _told(
        "ops_center", "gis", "import-osm", file, "--name", place.name, "--json", settings=settings
    )
    megabytes = ours["bytes"] / BYTES_PER_MB
    return [
        Measurement(
            name="import, database and search alone",
            unit="MB/s",
            ours=megabytes / ours["database_seconds"],
            reference=megabytes / plain["seconds"],
            reference_name=PLAIN_NAME,
            note="roads, streets, crossings, places, addresses, zones, search index",
            details={"seconds": ours["database_seconds"], **ours["stage_seconds"]},
        ),
        Measurement(
            name="import, everything",
            unit="MB/s",
            ours=megabytes / ours["seconds"],
            reference=megabytes / plain["seconds"],
            reference_name=PLAIN_NAME,
            note="the same with road graph, basemap and turn-by-turn roads",
            details={"seconds": ours["seconds"], "file MB": megabytes}
            | {stage: cost["seconds"] for stage, cost in ours["files"].items()},
        ),
        Measurement(
            name="import, peak memory",
            unit="MB",
            ours=ours["peak_memory_mb"],
            reference=plain["peak_memory_mb"],
            reference_name=PLAIN_NAME,
            details={"programs it starts": ours["peak_memory_of_programs_mb"]},
        ),
    ]


async def _told(*words: str, settings: dict[str, str]) -> dict[str, Any]:
    """Run a module in a process of its own and return what it prints as JSON."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        *words,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        cwd=REPO,
        env=settings,
    )
    try:
        async with asyncio.timeout(WITHIN_S):
            told, trouble = await process.communicate()
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    assert process.returncode == 0, trouble.decode(errors="replace")
    found: dict[str, Any] = json.loads(told.decode().splitlines()[-1])
    return found


def read_plainly(file: Path) -> dict[str, float]:
    """Read every object of the file, positions and areas made, and do nothing with them."""
    began = time.monotonic()
    objects = sum(1 for _ in osmium.FileProcessor(str(file)).with_areas())
    return {
        "objects": objects,
        "seconds": time.monotonic() - began,
        "peak_memory_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / KILOBYTES_PER_MB,
    }


if __name__ == "__main__":
    sys.stdout.write(json.dumps(read_plainly(Path(sys.argv[1]))) + "\n")
