"""Journeys and closures over HTTP: steps, areas, many times at once, and roads closed at once."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from ops_center.auth.model import Role
from ops_center.kernel.clock import SystemClock, wire_time
from tests.edges import Asker, Staff, problem

CLOSED_WITHIN_S = 2.0
CLOSURE = {
    "id", "version", "geometry", "radius_m", "reason", "from", "until", "applies_to", "drawn_by",
    "drawn_at",
}  # fmt: skip
STEP = {"instruction", "manoeuvre", "street", "seconds", "metres", "lon", "lat"}


def place(staff: Staff, east: float = 0.0, north: float = 0.0) -> str:
    spot = staff.town.place(east=east, north=north)
    return f"{spot['lon']},{spot['lat']}"


def pair(staff: Staff, east: float = 0.0, north: float = 0.0) -> list[float]:
    spot = staff.town.place(east=east, north=north)
    return [spot["lon"], spot["lat"]]


async def route(staff: Staff, **more: Any) -> dict[str, Any]:
    query = {"from": place(staff), "to": place(staff, east=12, north=3), "engine": "graph"}
    answer: dict[str, Any] = await staff.dispatcher.get("/route", query={**query, **more})
    return answer


async def draw(who: Asker, **body: Any) -> dict[str, Any]:
    closure: dict[str, Any] = await who.post("/closures", {"reason": "raudal", **body})
    return closure


async def lift_all(staff: Staff) -> None:
    for one in (await staff.dispatcher.get("/closures"))["items"]:
        await staff.dispatcher.post(f"/closures/{one['id']}/lift")


async def all_open(staff: Staff) -> None:
    """Lift what other tests have closed, and wait until routing has heard of it."""
    await lift_all(staff)
    async with asyncio.timeout(CLOSED_WITHIN_S):
        while (await route(staff, profile="car"))["closures_in_force"]:  # noqa: ASYNC110
            await asyncio.sleep(0.05)


@pytest.mark.parametrize("profile", ["car", "patrol", "fire_engine", "foot"])
async def test_route_has_steps_that_add_up_to_it(staff: Staff, profile: str) -> None:
    found = await route(staff, profile=profile)
    assert found["engine"] == "graph"
    assert not found["estimated"]
    steps = found["steps"]
    assert set(steps[0]) == STEP
    assert steps[0]["manoeuvre"] == "depart"
    assert steps[-1]["manoeuvre"] == "arrive"
    driven = sum(step["metres"] for step in steps)
    assert 0.5 * found["distance_m"] < driven <= found["distance_m"] + 1
    assert sum(step["seconds"] for step in steps) <= found["duration_s"] + 1


async def test_steps_are_told_in_the_language_asked_for(staff: Staff) -> None:
    spoken = {
        language: [step["instruction"] for step in (await route(staff, language=language))["steps"]]
        for language in ("es", "gn", "en")
    }
    assert spoken["es"] == spoken["gn"] != spoken["en"]
    assert spoken["es"][0].startswith("Salga")
    assert spoken["en"][-1] == "You have arrived"


async def test_bands_grow_and_the_first_asked_for_stands_by_itself(staff: Staff) -> None:
    lon, lat = pair(staff)
    query = {"lon": lon, "lat": lat, "minutes": [2, 1]}
    found = await staff.dispatcher.get("/isochrone", query=query)
    assert found["seconds"] == 120
    assert [band["seconds"] for band in found["bands"]] == [60, 120]
    alone = await staff.dispatcher.get("/isochrone", query={**query, "minutes": 2})
    assert alone["bands"] == []
    assert alone["geometry"] == found["geometry"]


async def test_many_times_at_once_are_those_of_the_routes(staff: Staff) -> None:
    here, there = pair(staff), [pair(staff, east=12, north=3), pair(staff, east=-5)]
    body = {"from": [here], "to": there, "profile": "patrol"}
    ahead = await staff.dispatcher.post("/travel-times", body)
    back = await staff.dispatcher.post("/travel-times", {"from": there, "to": [here]})
    single = await route(staff)
    assert len(ahead["times"]) == len(back["times"]) == 2
    assert ahead["times"][0]["duration_s"] == pytest.approx(single["duration_s"], abs=0.2)
    assert not back["times"][1]["estimated"]
    both = {"from": [here, here], "to": there}
    problem(await staff.dispatcher.ask("POST", "/travel-times", both), 422, "invalid")


async def test_road_closed_here_is_avoided_within_two_seconds_and_open_again_after(
    staff: Staff,
) -> None:
    await all_open(staff)
    free = await route(staff)
    middle = free["geometry"]["coordinates"][len(free["geometry"]["coordinates"]) // 2]
    disc = {"geometry": {"type": "Point", "coordinates": middle}, "radius_m": 25}
    closure = await draw(staff.dispatcher, **disc)
    assert set(closure) == CLOSURE
    try:
        closed = await _changed(staff, free)
        assert closed["closures_in_force"] == 1
        assert closed["duration_s"] > free["duration_s"]
    finally:
        await lift_all(staff)
    assert await _changed(staff, closed) == free


async def _changed(staff: Staff, before: dict[str, Any]) -> dict[str, Any]:
    """The route once it is another than before, which must be soon."""
    async with asyncio.timeout(CLOSED_WITHIN_S):
        while (now := await route(staff))["geometry"] == before["geometry"]:  # noqa: ASYNC110
            await asyncio.sleep(0.05)
    return now


async def test_closure_is_listed_changed_by_version_and_lifted_once(staff: Staff) -> None:
    line = {
        "type": "LineString",
        "coordinates": [pair(staff, north=50), pair(staff, east=1, north=50)],
    }
    later = SystemClock().now() + timedelta(hours=3)
    drawn = await draw(
        staff.own_supervisor, geometry=line, until=wire_time(later), applies_to="civil"
    )
    path = f"/closures/{drawn['id']}"
    listed = (await staff.own_call_taker.get("/closures"))["items"]
    assert drawn in listed
    changed = await staff.dispatcher.patch(
        path, {"until": None, "reason": "obra"}, if_match=drawn["version"]
    )
    assert changed == {**drawn, "until": None, "reason": "obra", "version": 2}
    problem(await staff.dispatcher.ask("PATCH", path, {"reason": "x"}, if_match=1), 412)
    problem(await staff.dispatcher.ask("PATCH", path, {"reason": "x"}), 428)
    problem(await staff.dispatcher.ask("PATCH", path, {"reason": None}, if_match=2), 422)
    await staff.dispatcher.post(f"{path}/lift")
    problem(await staff.dispatcher.ask("POST", f"{path}/lift"), 404)
    assert drawn["id"] not in [
        one["id"] for one in (await staff.dispatcher.get("/closures"))["items"]
    ]


async def test_who_may_not_close_roads_is_told_and_agencies_see_them(staff: Staff) -> None:
    body = {"reason": "raudal", "geometry": {"type": "Point", "coordinates": pair(staff, north=60)},
            "radius_m": 10}  # fmt: skip
    problem(await staff.own_call_taker.ask("POST", "/closures", body), 403, "forbidden")
    problem(await staff.agency[Role.AUDITOR, "POL"].ask("POST", "/closures", body), 403)
    drawn = await draw(staff.agency[Role.DISPATCHER, "POL"], **body)
    assert drawn in (await staff.agency[Role.AUDITOR, "SEME"].get("/closures"))["items"]
    await lift_all(staff)


@pytest.mark.parametrize(
    "geometry",
    [
        {"type": "Point", "coordinates": [0, 0]},
        {"type": "Polygon", "coordinates": [[[1, "x"]]]},
        {"type": "LineString", "coordinates": "DROP TABLE closure"},
        {"type": "Point", "coordinates": [[[]]]},
        {},
    ],
)
async def test_drawings_that_make_no_sense_are_refused(
    staff: Staff, geometry: dict[str, Any]
) -> None:
    body = {"reason": "raudal", "radius_m": 10, "geometry": geometry}
    problem(await staff.dispatcher.ask("POST", "/closures", body), 422, "invalid")
