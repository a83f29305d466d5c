"""The suite `core`: fan-out, positions, recommendation and live view of a real centre."""

import asyncio
import os
import platform
import random
import tempfile
import time
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path
from typing import Any, Final

from gis.geometry import Point
from ops_center.bench import fanout, positions, recommending, report, viewing
from ops_center.bench.own_centre import OwnCentre
from ops_center.bench.report import Measurement
from ops_center.kernel.clock import SystemClock, wire_time
from ops_center.settings import Settings
from ops_center.simulator.centre import Centre
from ops_center.simulator.fleet import fleet
from ops_center.simulator.seeding import put_in_service, seed_units
from ops_center.simulator.survey import Survey, somewhere, survey

SUITE: Final = "core"
SEED: Final = 2026
UNITS_RECOMMENDED: Final = 200
UNITS_REPORTING: Final = 500
AT_ONCE: Final = 8
WHOLE_RUN_S: Final = 300.0
CITY: Final = Path("assets/Helsinki.osm.pbf")
FILM: Final = Path("assets/vtest.avi")
SETTINGS: Final = {"OPS_RATE_PER_S": "5000"}  # the gateway of 500 units is one account

Say = Callable[[str], None]


def run_core(json_file: Path | None) -> int:
    """Run the suite in a throw-away centre and print its table; return 1 when it cannot be run."""
    console = report.console_for(json_file)
    data = Settings().data_dir
    city, film = data / CITY, data / FILM
    if not city.is_file():
        console.print(f"{city} is not there. Run ./ops demo once: it fetches the demo city.")
        return 1
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="ops-bench-") as place:
        Path(place).chmod(0o711)  # the database's own user passes through
        with OwnCentre(Path(place), settings=SETTINGS) as centre:
            console.print("preparing a centre of our own …")
            centre.prepare(city)
            centre.start("app")
            measured = asyncio.run(
                _measure_all(centre, film if film.is_file() else None, console.print)
            )
    report.show(measured, console, suite=SUITE)
    took_s = time.monotonic() - began
    console.print(f"{took_s:.0f} s in all, on {os.cpu_count()} cores.")
    if json_file is not None:
        report.write_json(json_file, report.as_json(measured, machine(took_s), suite=SUITE))
    return 0


def machine(took_s: float) -> dict[str, Any]:
    """Return what one must know of the machine to compare two runs."""
    return {
        "at": wire_time(SystemClock().now()),
        "cores": os.cpu_count(),
        "python": platform.python_version(),
        "system": platform.platform(),
        "load_1min": os.getloadavg()[0],
        "took_s": round(took_s, 1),
    }


async def _measure_all(centre: OwnCentre, film: Path | None, say: Say) -> list[Measurement]:
    rng = random.Random(SEED)  # noqa: S311  repeatable, and nothing secret
    async with (
        asyncio.timeout(WHOLE_RUN_S),
        Centre(centre.url, centre.token("admin"), rng=rng) as admin,
        Centre(centre.url, centre.token("machine"), rng=rng) as machine_,
        Centre(centre.url, centre.token("dispatcher"), rng=rng) as desk,
    ):
        known = await survey(machine_, rng)
        measured: list[Measurement] = []
        say("an entry to 200 consoles …")
        measured += await fanout.measure(centre, machine_)
        centre.start("background")  # its timers would have added entries of their own
        say("recommendation among 200 units …")
        units = await units_on_duty(admin, machine_, known, count=UNITS_RECOMMENDED)
        measured += await recommending.measure(centre, desk, known, units)
        say("1,000 positions a second …")
        units = await units_on_duty(admin, machine_, known, count=UNITS_REPORTING)
        measured += await positions.measure(centre, units)
        say("one camera, four viewers …")
        measured += await viewing.measure(centre, admin, known, film)
    return measured


async def units_on_duty(
    admin: Centre, machine_: Centre, known: Survey, *, count: int
) -> list[dict[str, Any]]:
    """Return `count` units on duty, each with a position of now on it as `lon` and `lat`."""
    units = list((await seed_units(admin, fleet(count))).values())

    async def begin_shift(unit: dict[str, Any]) -> None:
        # By callsign: a unit that is put on duty twice has not moved.
        rng = random.Random(f"{SEED}/{unit['callsign']}")  # noqa: S311  repeatable
        point: Point = somewhere(known.extent, known.centre, rng)
        unit |= {"lon": point.lon, "lat": point.lat}
        await put_in_service(machine_, unit)
        fix = {"lon": point.lon, "lat": point.lat, "occurred_at": wire_time(SystemClock().now())}
        await machine_.post(f"/units/{unit['id']}/locations", [fix])

    await _some_at_once([partial(begin_shift, unit) for unit in units])
    return units


async def _some_at_once(jobs: list[Callable[[], Awaitable[None]]]) -> None:
    waiting = iter(jobs)

    async def lane() -> None:
        for job in waiting:
            await job()

    async with asyncio.TaskGroup() as tasks:
        for _ in range(AT_ONCE):
            tasks.create_task(lane())
