"""A flood of camera alarms: every report is kept, the screen shows groups, calls are not delayed.

OPS_FLOOD_ALARMS sets the size (1,000 unless said; 10,000 in 60 s is what the centre is made for).
"""

import asyncio
import os
import random
import statistics
import time
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest_asyncio

from camera_ingest.domain.events import CameraAlarmRaised
from gis.geometry import Location, Point
from ops_center.bench.own_centre import OwnCentre
from ops_center.kernel import transaction
from ops_center.kernel.clock import SystemClock
from ops_center.kernel.database import Database
from ops_center.kernel.events import Author
from ops_center.kernel.ids import new_id
from tests.story.people import People, people_of

ALARMS = int(os.environ.get("OPS_FLOOD_ALARMS", "1000"))
PER_S = 10_000 / 60
CAMERAS = 25
SPREAD_DEG = 0.01  # about a kilometre: every camera has a place of its own
LOT = 50
CALLS = 30
CALM_CALLS = 5
# Of a machine with nothing else to do; on a loaded one, as much more as a calm call takes.
CALL_TO_SCREEN_S = 1.0
WORKER = Author(id=new_id(), name="camera-worker")


@pytest_asyncio.fixture
async def flooded(mortal_centre: OwnCentre) -> AsyncIterator[People]:
    async with people_of(mortal_centre) as everybody:
        yield everybody


async def flood(centre: OwnCentre, *, lon: float, lat: float) -> None:
    """State the facts that camera workers state when everything moves at once."""
    clock, database = SystemClock(), Database(centre.database.url, name="flood")
    cameras = [(new_id(), f"Cámara {place:02}") for place in range(CAMERAS)]
    started, sent = time.monotonic(), 0
    try:
        while sent < ALARMS:
            cause = new_id()
            async with transaction.begin(database, author=WORKER, cause=cause, clock=clock) as tx:
                for place in range(sent, min(sent + LOT, ALARMS)):
                    tx.record(_alarm(place % CAMERAS, cameras, clock, lon=lon, lat=lat))
                await tx.commit()
            sent += LOT
            await asyncio.sleep(max(0.0, sent / PER_S - (time.monotonic() - started)))
    finally:
        await database.close()


def _alarm(
    place: int, cameras: list[Any], clock: SystemClock, *, lon: float, lat: float
) -> CameraAlarmRaised:
    camera, name = cameras[place]
    return CameraAlarmRaised(
        subject=camera,
        version=1,
        audience=("agency:POL",),
        alarm_id=new_id(),
        rule_id=camera,
        rule_name="Portón",
        alarm_kind="motion",
        priority=3,
        camera_name=name,
        agency="POL",
        location=Location(
            point=Point(lon=lon + place % 5 * SPREAD_DEG, lat=lat + place // 5 * SPREAD_DEG),
            uncertainty_m=20.0,
        ),
        detected_at=clock.now(),
        motion_fraction=0.2,
        dwell_s=1.0,
        snapshot=None,
    )


async def call_in(people: People) -> float:
    """Return the seconds from a call to a dispatcher's screen."""
    started = time.monotonic()
    call = await people.machine.post("/calls", {"source": "phone", "narrative": "Humo"})
    await people.dispatcher.sees(lambda f: f.picture["calls"].get(call["id"]))
    return time.monotonic() - started


async def test_a_flood_of_alarms_loses_nothing_hides_no_place_and_delays_no_call(
    flooded: People, mortal_centre: OwnCentre
) -> None:
    began = SystemClock().now()
    lon, lat = (await flooded.machine.get("/city"))["centre"]
    wall = flooded.wall_operator
    calm = [await call_in(flooded) for _ in range(CALM_CALLS)]
    waits: list[float] = []
    async with asyncio.TaskGroup() as tasks:
        coming = tasks.create_task(flood(mortal_centre, lon=lon, lat=lat))
        pause = ALARMS / PER_S / CALLS
        for _ in range(CALLS):
            waits.append(await call_in(flooded))
            await asyncio.sleep(random.uniform(0.5, 1.0) * pause)
        await coming

    # 1. The screen shows one line for each camera, with the count of what was not shown.
    def counted(following: Any) -> bool:
        lines = following.picture["alarms"].values()
        return bool(sum(one["count"] for one in lines) == ALARMS)

    started = time.monotonic()
    await wall.screen.until(counted, within_s=120.0)
    lag = time.monotonic() - started
    lines = list(wall.screen.following.picture["alarms"].values())
    assert len({one["camera_name"] for one in lines}) == CAMERAS, "no place is hidden"
    assert CAMERAS <= len(lines) <= 3 * CAMERAS
    assert len({one["group"] for one in lines}) == CAMERAS

    # 2. Every report is kept and can be searched, page by page.
    kept: set[str] = set()
    query: dict[str, Any] = {"from": began.isoformat(), "limit": 500}
    while True:
        page = await wall.get("/alarms/raw", **query)
        kept |= {one["id"] for one in page["items"]}
        if page["next_cursor"] is None:
            break
        query["cursor"] = page["next_cursor"]
        query["to"] = (SystemClock().now() + timedelta(minutes=1)).isoformat()
    assert len(kept) == ALARMS
    of_one = await wall.get("/alarms/raw", alarm_id=lines[0]["id"], **{"from": began.isoformat()})
    assert {one["alarm_id"] for one in of_one["items"]} == {lines[0]["id"]}

    # 3. The load says it is a flood, where it comes from, and how much got no line.
    async def load() -> Any:
        return await wall.get("/alarms/load")

    found = await load()
    for _ in range(40):
        if found["flood"]:
            break
        await asyncio.sleep(0.5)  # the watch looks every few seconds
        found = await load()
    assert found["flood"]
    assert found["suppressed_total"] == ALARMS - len(lines)
    assert sum(group["count"] for group in found["groups"]) == ALARMS
    assert found["lines_10_min"] == len(lines)

    # 4. One is put aside with a reason; a person's work counts on that person's load.
    aside = await wall.post(
        f"/alarms/{lines[0]['id']}/shelve", {"minutes": 5, "reason": "Poda de árboles"}
    )
    assert aside["shelved"]["reason"] == "Poda de árboles"
    await wall.sees(lambda f: f.picture["alarms"][aside["id"]]["shelved"])
    found = await load()
    assert found["shelved"] == 1
    assert sum(one["last_10_min"] for one in found["operators"]) >= 1
    back = await wall.post(f"/alarms/{lines[0]['id']}/unshelve")
    assert (back["shelved"], back["state"]) == (None, "raised")

    # 5. Calls came to the screens all the while.
    slowest, middle, usual = max(waits), statistics.median(waits), statistics.median(calm)
    print(  # noqa: T201  the figures of this run
        f"{ALARMS} alarms at {PER_S:.0f}/s on {CAMERAS} cameras: {len(lines)} lines, last one "
        f"{lag:.1f} s after the flood; {CALLS} calls to screen: median {middle * 1000:.0f} ms, "
        f"slowest {slowest * 1000:.0f} ms; in calm: median {usual * 1000:.0f} ms"
    )
    assert middle < CALL_TO_SCREEN_S + 2 * usual
