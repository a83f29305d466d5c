"""Where a unit was, over HTTP: with the second engine and without it."""

import asyncio
import json
import time
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest_asyncio

from gis.geodesy import distance_m
from gis.geometry import Point
from ops_center.auth.model import Role
from ops_center.bench.own_centre import OwnCentre
from ops_center.kernel.clock import SystemClock, wire_time
from ops_center.kernel.ids import new_id
from tests.edges import Staff, problem

STEP = timedelta(seconds=4)
STEP_M = 30.0
STARTED_WITHIN_S = 30.0
IN_FORCE_WITHIN_S = 2.0


@pytest_asyncio.fixture
async def turn_by_turn(running_centre: OwnCentre, staff: Staff) -> AsyncIterator[None]:
    """The second engine beside the running centre, for one test."""
    routing = running_centre.data / "routing"
    process = running_centre.spawn("routing", "gis.routing.valhalla", str(routing))
    try:
        deadline = time.monotonic() + STARTED_WITHIN_S
        while (await _journey(staff))["engine"] != "valhalla":
            assert time.monotonic() < deadline, running_centre.tail("routing")
            await asyncio.sleep(0.1)
        yield
    finally:
        process.terminate()
        process.wait(STARTED_WITHIN_S)
        del running_centre.processes["routing"]


async def _journey(staff: Staff, **more: str) -> Any:
    a, b = staff.town.place(), staff.town.place(east=5, north=3)
    query = {"from": f"{a['lon']},{a['lat']}", "to": f"{b['lon']},{b['lat']}", **more}
    return await staff.dispatcher.get("/route", query=query)


async def _driven(staff: Staff) -> tuple[str, int]:
    """A unit that has just driven a journey, and how many positions it sent."""
    line = (await _journey(staff, engine="graph"))["geometry"]["coordinates"]
    kept = [line[0]]
    for lon, lat in line:
        if distance_m(Point(lon=kept[-1][0], lat=kept[-1][1]), Point(lon=lon, lat=lat)) > STEP_M:
            kept.append([lon, lat])
    began = SystemClock().now() - STEP * len(kept)
    fixes = [
        {"lon": lon, "lat": lat, "occurred_at": wire_time(began + STEP * i), "accuracy_m": 8}
        for i, (lon, lat) in enumerate(kept)
    ]
    fields = {"agency": "POL", "kind": "patrol", "callsign": f"T{new_id().hex[-8:]}"}
    unit = await staff.admin.post("/units", fields)
    told = await staff.machine.post(f"/units/{unit['id']}/locations", fixes)
    assert told["accepted"] == len(fixes)
    return unit["id"], len(fixes)


async def _written(staff: Staff, unit: str, count: int, **query: str) -> Any:
    """The track once all of its positions are in the history."""
    deadline = time.monotonic() + STARTED_WITHIN_S
    while True:
        found = await staff.dispatcher.get(f"/units/{unit}/track", query=query)
        if len(found["positions"]) == count:
            return found
        assert time.monotonic() < deadline, f"{len(found['positions'])} of {count} positions"
        await asyncio.sleep(0.1)


async def test_without_the_engine_the_positions_are_told_and_why_no_more(staff: Staff) -> None:
    unit, count = await _driven(staff)
    found = await _written(staff, unit, count, matched="true")
    times = [one["occurred_at"] for one in found["positions"]]
    assert times == sorted(times)
    assert (found["matched"], found["reason"]) == (None, "routing-engine")
    plain = await staff.dispatcher.get(f"/units/{unit}/track")
    assert (plain["matched"], plain["reason"]) == (None, None)


async def test_a_track_is_put_on_the_roads(turn_by_turn: None, staff: Staff) -> None:
    unit, count = await _driven(staff)
    matched = (await _written(staff, unit, count, matched="true"))["matched"]
    assert matched["geometry"]["type"] == "LineString"
    assert matched["distance_m"] > STEP_M * (count - 3)
    assert matched["streets"]
    assert matched["confidence"] > 0.7
    assert matched["unmatched"] <= 2


async def test_a_closure_binds_the_second_engine_within_two_seconds(
    turn_by_turn: None, staff: Staff
) -> None:
    before = await _journey(staff, engine="valhalla")
    line = before["geometry"]["coordinates"]
    middle = {"type": "Point", "coordinates": line[len(line) // 2]}
    body = {"geometry": middle, "radius_m": 30, "reason": "obra", "applies_to": "all"}
    closure = await staff.dispatcher.post("/closures", body)
    await _other_way(staff, line)
    path = f"/closures/{closure['id']}/lift"
    version = {"If-Match": f'"{closure["version"]}"'}
    assert (await staff.dispatcher.ask("POST", path, {}, headers=version)).is_success
    deadline = time.monotonic() + IN_FORCE_WITHIN_S
    while (await _journey(staff, engine="valhalla"))["geometry"] != before["geometry"]:
        assert time.monotonic() < deadline, "still closed"
        await asyncio.sleep(0.05)


async def _other_way(staff: Staff, former: list[list[float]]) -> None:
    deadline = time.monotonic() + IN_FORCE_WITHIN_S
    while (await _journey(staff, engine="valhalla"))["geometry"]["coordinates"] == former:
        assert time.monotonic() < deadline, "the closure is not in force"
        await asyncio.sleep(0.05)


async def test_a_short_or_senseless_time_is_said_to_be_so(staff: Staff) -> None:
    unit, _ = await _driven(staff)
    now = SystemClock().now()
    path = f"/units/{unit}/track"
    for since, until in ((now, now - STEP), (now - timedelta(hours=25), now)):
        span = {"from": wire_time(since), "to": wire_time(until)}
        problem(await staff.dispatcher.ask("GET", path, query=span), 422)
    old = {
        "from": wire_time(now - timedelta(hours=30)),
        "to": wire_time(now - timedelta(hours=29)),
        "matched": "true",
    }
    found = await staff.dispatcher.get(path, query=old)
    assert (found["positions"], found["reason"]) == ([], "too-few-positions")


async def test_what_lies_out_of_sight_has_no_track(staff: Staff) -> None:
    unit, _ = await _driven(staff)
    stranger = staff.agency[Role.DISPATCHER, "SEME"]
    problem(await stranger.ask("GET", f"/units/{unit}/track"), 404)
    assert json.dumps(await staff.agency[Role.DISPATCHER, "POL"].get(f"/units/{unit}/track"))
