"""The suite `gis`: import, geocoder, routing, zones and tiles over real cities."""

import asyncio
import os
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from gis.repository import city_of
from ops_center.bench import (
    gis_agreement,
    gis_geocoding,
    gis_importing,
    gis_routing,
    gis_tiles,
    report,
)
from ops_center.bench.core import CITY, machine
from ops_center.bench.own_centre import OwnCentre
from ops_center.bench.place import BenchPlace, Say
from ops_center.bench.report import Measurement
from ops_center.kernel.database import Database
from ops_center.settings import Settings

SUITE: Final = "gis"
PART_LIMIT_S: Final = 900.0
POOL_SIZE: Final = 4
SAO_PAULO: Final = Path("gis/spo_osm.pbf")
SETTINGS: Final = {"OPS_RATE_PER_S": "5000"}  # all requests come from one account

Part = Callable[[BenchPlace], Awaitable[list[Measurement]]]
PARTS: Final[dict[str, Part]] = {
    "importing": gis_importing.measure,
    "geocoding": gis_geocoding.measure,
    "routing": gis_routing.measure,
    "agreement": gis_agreement.measure,
    "tiles": gis_tiles.measure,
}


@dataclass(frozen=True, slots=True)
class _City:
    name: str
    osm: Path
    centre: OwnCentre
    say: Say


def run_gis(json_file: Path | None, *, only: Sequence[str] = (), cities: Sequence[str] = ()) -> int:
    """Measure in each city and print one table; return 1 when no city can be had.

    `only` names some of PARTS, `cities` some of those found; all by default.
    """
    console = report.console_for(json_file)
    found = {name: osm for name, osm in _extracts().items() if not cities or name in cities}
    if not found:
        known = ", ".join(_extracts()) or "none; run ./ops demo once, it fetches one"
        console.print(f"No such city is there to measure in. There is: {known}.")
        return 1
    began, measured = time.monotonic(), list[Measurement]()
    try:
        for name, osm in found.items():
            with _own_centre(osm, console.print) as centre:
                city = _City(name, osm, centre, console.print)
                asyncio.run(_measure_city(city, only or tuple(PARTS), measured))
    finally:  # what was measured before a part failed is worth seeing
        report.show(measured, console, suite=SUITE)
    took_s = time.monotonic() - began
    console.print(f"{took_s:.0f} s in all, on {os.cpu_count()} cores.")
    if json_file is not None:
        report.write_json(json_file, report.as_json(measured, machine(took_s), suite=SUITE))
    return 0


def _extracts() -> dict[str, Path]:
    settings = Settings()
    known = {"Helsinki": settings.data_dir / CITY}
    if settings.shared_data is not None:
        known["São Paulo"] = settings.shared_data / SAO_PAULO
    return {name: path for name, path in known.items() if path.is_file()}


@contextmanager
def _own_centre(osm: Path, say: Say) -> Iterator[OwnCentre]:
    with tempfile.TemporaryDirectory(prefix="ops-bench-") as folder:
        Path(folder).chmod(0o711)  # the database's own user passes through
        with OwnCentre(Path(folder), settings=SETTINGS) as centre:
            say(f"preparing a centre of our own from {osm.name} …")
            centre.prepare(osm)
            centre.start("app")
            yield centre


async def _measure_city(of: _City, parts: Sequence[str], measured: list[Measurement]) -> None:
    database = Database(of.centre.database.url, pool_size=POOL_SIZE, name="bench")
    try:
        place = await _place(of, database)
        for part in parts:
            of.say(f"{of.name}: {part} …")
            async with asyncio.timeout(PART_LIMIT_S):
                found = await PARTS[part](place)
            measured += [replace(one, name=f"{of.name}: {one.name}") for one in found]
    finally:
        await database.close()


async def _place(of: _City, database: Database) -> BenchPlace:
    async with database.reading() as connection:
        city = await city_of(connection)
    assert city is not None, "the centre was prepared with a city"
    return BenchPlace(
        name=of.name,
        osm=of.osm,
        centre=of.centre,
        database=database,
        extent=city.extent,
        shared=Settings().shared_data,
        say=of.say,
    )
