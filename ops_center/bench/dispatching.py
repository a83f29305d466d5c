"""The suite `dispatch`: recommending, assigning, the journal, 200 desks, and a year of load."""

import asyncio
import os
import tempfile
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from gis.repository import city_of
from ops_center.bench import (
    dispatch_assigning,
    dispatch_journal,
    dispatch_recommending,
    dispatch_year,
    fanout,
    report,
)
from ops_center.bench.core import CITY, machine, units_on_duty
from ops_center.bench.own_centre import OwnCentre
from ops_center.bench.place import BenchPlace, Say
from ops_center.bench.plans import Plans
from ops_center.bench.report import Measurement
from ops_center.bench.year_of_load import Size
from ops_center.kernel.database import Database
from ops_center.settings import Settings
from ops_center.simulator.centre import Centre
from ops_center.simulator.survey import survey

SUITE: Final = "dispatch"
PART_LIMIT_S: Final = 1_200.0
UNITS: Final = 500
POOL_SIZE: Final = 4
SETTINGS: Final = {"OPS_RATE_PER_S": "5000"}  # all requests come from few accounts

Part = Callable[[BenchPlace, list[dict[str, Any]]], Awaitable[list[Measurement]]]


async def _desks(place: BenchPlace, _units: list[dict[str, Any]]) -> list[Measurement]:
    async with _account(place, "machine") as gateway:
        return await fanout.measure(place.centre, gateway)


async def _journal(place: BenchPlace, _units: list[dict[str, Any]]) -> list[Measurement]:
    return await dispatch_journal.measure(place)


async def _year(place: BenchPlace, units: list[dict[str, Any]]) -> list[Measurement]:
    return await dispatch_year.measure(place, units, size=Size())


# The year comes last: it fills the database that the others measure in.
PARTS: Final[dict[str, Part]] = {
    "desks": _desks,
    "recommending": dispatch_recommending.measure,
    "assigning": dispatch_assigning.measure,
    "journal": _journal,
    "year": _year,
}


def run_dispatch(json_file: Path | None, *, only: Sequence[str] = ()) -> int:
    """Measure in a throw-away centre with the demo city; return 1 when it is not there.

    `only` names some of PARTS; all by default.
    """
    console = report.console_for(json_file)
    city = Settings().data_dir / CITY
    if not city.is_file():
        console.print(f"{city} is not there. Run ./ops demo once: it fetches the demo city.")
        return 1
    began, measured = time.monotonic(), list[Measurement]()
    try:
        with tempfile.TemporaryDirectory(prefix="ops-bench-") as folder:
            Path(folder).chmod(0o711)  # the database's own user passes through
            with OwnCentre(Path(folder), settings=SETTINGS) as centre:
                console.print("preparing a centre of our own …")
                centre.prepare(city)
                bench = _Bench(centre, city, console.print)
                asyncio.run(_measure(bench, only or tuple(PARTS), measured))
    finally:  # what was measured before a part failed is worth seeing
        report.show(measured, console, suite=SUITE)
    took_s = time.monotonic() - began
    console.print(f"{took_s:.0f} s in all, on {os.cpu_count()} cores.")
    if json_file is not None:
        report.write_json(json_file, report.as_json(measured, machine(took_s), suite=SUITE))
    return 0


@dataclass(frozen=True, slots=True)
class _Bench:
    centre: OwnCentre
    osm: Path
    say: Say


async def _measure(bench: _Bench, parts: Sequence[str], measured: list[Measurement]) -> None:
    database = Database(bench.centre.database.url, pool_size=POOL_SIZE, name="bench")
    try:
        await Plans.prepare(database)
        bench.centre.start("app")
        place = await _place(bench, database)
        async with _account(place, "admin") as admin, _account(place, "machine") as gateway:
            known = await survey(gateway, place.rng("survey"))
            units = await units_on_duty(admin, gateway, known, count=UNITS)
        for part in parts:
            bench.say(f"{part} …")
            async with asyncio.timeout(PART_LIMIT_S):
                measured += await PARTS[part](place, units)
    finally:
        await database.close()


def _account(place: BenchPlace, role: str) -> Centre:
    return Centre(place.centre.url, place.centre.token(role), rng=place.rng(role))


async def _place(bench: _Bench, database: Database) -> BenchPlace:
    async with database.reading() as connection:
        city = await city_of(connection)
    assert city is not None, "the centre was prepared with a city"
    return BenchPlace(
        name=city.name,
        osm=bench.osm,
        centre=bench.centre,
        database=database,
        extent=city.extent,
        shared=Settings().shared_data,
        say=bench.say,
    )
