"""Walk one: an emergency call arrives, is placed, dispatched, worked and closed, for all to see."""

import random
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from itertools import count
from typing import Any

import pytest
import pytest_asyncio

from gis.geodesy import distance_m
from gis.geometry import Point
from ops_center.kernel.clock import SystemClock, wire_time
from ops_center.simulator.centre import Refused
from ops_center.simulator.fleet import UnitSpec
from ops_center.simulator.following import Following
from ops_center.simulator.places import KnownPlace
from ops_center.simulator.seeding import put_in_service, seed_units
from ops_center.simulator.survey import survey
from tests.story.people import People, Person

NUMBERS = count(900)


@pytest_asyncio.fixture
async def corners(people: People) -> tuple[KnownPlace, ...]:
    """Corners of the imported city, the same ones in every run."""
    known = await survey(people.machine.http, random.Random(11))
    return known.corners


@pytest_asyncio.fixture
async def patrols(people: People, corners: tuple[KnownPlace, ...]) -> AsyncIterator[list[Any]]:
    """Two patrols on duty: the first stands at the first corner, the second at the farthest."""
    specs = [
        UnitSpec(
            callsign=f"P{next(NUMBERS)}", agency="POL", kind="patrol", capabilities=("patrol",)
        )
        for _ in range(2)
    ]
    units = list((await seed_units(people.admin.http, specs)).values())
    far = max(corners, key=lambda place: distance_m(place.point, corners[0].point))
    for unit, place in zip(units, (corners[0], far), strict=True):
        await put_in_service(people.machine.http, unit)
        await report(people.machine, unit, place.point)
    yield units
    for unit in units:
        await people.machine.post(f"/units/{unit['id']}/status", {"status": "off_duty"})


async def report(who: Person, unit: dict[str, Any], point: Point) -> dict[str, Any]:
    fix = {
        "lon": point.lon,
        "lat": point.lat,
        "occurred_at": wire_time(SystemClock().now()),
        "accuracy_m": 8,
    }
    answer: dict[str, Any] = await who.post(f"/units/{unit['id']}/locations", [fix])
    return answer


def shows_status(incident_id: str, status: str) -> Callable[[Following], bool]:
    return lambda f: f.picture["incidents"][incident_id]["status"] == status


def shows_call(call_id: str) -> Callable[[Following], bool]:
    return lambda f: call_id in f.picture["calls"]


async def test_a_call_in_words_is_placed_dispatched_worked_and_closed(
    people: People,
    corners: tuple[KnownPlace, ...],
    patrols: list[dict[str, Any]],
) -> None:
    near, far = patrols
    who = (await people.responder.get("/session"))["user"]["username"]
    await people.admin.http.patch(f"/users/{who}", {"unit_id": near["id"]})

    # 1. The call comes in with words only and is on every screen that may see it, placed.
    body = {
        "source": "phone",
        "caller_number": "0981 000123",
        "address_text": corners[0].label.replace(" casi ", " c/ "),
        "narrative": "Se están peleando en la esquina.",
    }
    call = await people.call_taker.post("/calls", body)
    assert call["state"] == "waiting"
    assert call["zones"]
    placed = Point(lon=call["location"]["lon"], lat=call["location"]["lat"])
    assert distance_m(placed, corners[0].point) < 60
    for person in (people.call_taker, people.dispatcher, people.auditor):
        seen = await person.sees(lambda f: f.picture["calls"].get(call["id"]))
        assert seen["number"] == call["number"]
    assert people.wall_operator.shown("calls", call["id"]) is None

    # 2. Somebody takes it; nobody else can.
    await people.call_taker.post(f"/calls/{call['id']}/take")
    with pytest.raises(Refused) as refused:
        await people.dispatcher.post(f"/calls/{call['id']}/take")
    assert refused.value.status == 409

    # 3. It becomes an incident; a second caller nearby is offered the same one and joins it.
    incident = await people.call_taker.post(
        "/incidents", {"call_id": call["id"], "type": "disturbance"}
    )
    assert incident["status"] == "new"
    assert incident["location"] == call["location"]
    again = await people.call_taker.post(
        "/calls",
        {
            "source": "phone",
            "location": {"lon": placed.lon, "lat": placed.lat, "uncertainty_m": 30},
        },
    )
    assert incident["id"] in {one["incident_id"] for one in again["possible_duplicates"]}
    await people.call_taker.post(f"/calls/{again['id']}/link", {"incident_id": incident["id"]})

    # 4. The nearest patrol by road is recommended, with its reasons.
    path = f"/incidents/{incident['id']}"
    advice = await people.dispatcher.get(f"{path}/recommendation", limit=20)
    best = advice["units"][0]
    assert best["callsign"] == near["callsign"]
    assert best["role"] == "patrol"
    assert best["reasons"]
    others = {one["callsign"]: one for one in advice["runners_up"]}
    assert others[far["callsign"]]["eta_s"] > best["eta_s"]
    assert others[far["callsign"]]["distance_m"] > 0

    # 5. It is assigned; a second incident cannot have it and is told who does.
    assigned = await people.dispatcher.post(f"{path}/assignments", {"unit_ids": [near["id"]]})
    assert assigned["status"] == "dispatched"
    rival = await people.dispatcher.post(
        "/incidents", {"type": "noise", "location": call["location"]}
    )
    with pytest.raises(Refused) as taken:
        await people.dispatcher.post(
            f"/incidents/{rival['id']}/assignments", {"unit_ids": [near["id"]]}
        )
    assert taken.value.code == "unit-not-available"
    assert taken.value.problem["incident_number"] == incident["number"]
    assert taken.value.problem["callsign"] == near["callsign"]

    # 6. The responder's phone shows this incident and no other; the crew answers.
    seen = await people.responder.sees(lambda f: f.picture["incidents"].get(incident["id"]))
    assert seen["number"] == incident["number"]
    assert people.responder.shown("incidents", rival["id"]) is None
    for status, expected in (
        ("acknowledged", "dispatched"),
        ("en_route", "en_route"),
        ("on_scene", "on_scene"),
    ):
        await people.responder.post(f"/units/{near['id']}/status", {"status": status})
        await people.dispatcher.sees(shows_status(incident["id"], expected))
    with pytest.raises(Refused) as foreign:
        await people.responder.post(f"/units/{far['id']}/status", {"status": "break"})
    assert foreign.value.status in {403, 404}

    # 7. The crew shares its position; every console that shows units has it, with its time.
    answer = await report(people.responder, near, corners[0].point)
    assert answer["accepted"] == 1
    key = f"unit:{near['id']}"
    for person in (people.dispatcher, people.wall_operator, people.responder):
        await person.sees(lambda f: f.live.get(key))

    # 8. Clear, closed, gone from every picture; the timeline tells it in order.
    await people.responder.post(f"/units/{near['id']}/status", {"status": "clear"})
    now = await people.dispatcher.get(path)
    assert [one["released_at"] is not None for one in now["assignments"]] == [True]
    with pytest.raises(Refused) as stale:
        await people.dispatcher.post(
            f"{path}/close", {"disposition": "resolved"}, if_match=now["version"] - 1
        )
    assert stale.value.status == 412
    closed = await people.dispatcher.post(
        f"{path}/close", {"disposition": "resolved"}, if_match=now["version"]
    )
    assert closed["status"] == "closed"
    for person in (people.dispatcher, people.call_taker, people.wall_operator):
        await person.sees(lambda f: incident["id"] not in f.picture["incidents"])
    assert call["id"] not in people.dispatcher.screen.following.picture["calls"]
    timeline = (await people.auditor.get(f"{path}/timeline"))["items"]
    assert [one["seq"] for one in timeline] == sorted(one["seq"] for one in timeline)
    kinds = [one["kind"] for one in timeline]
    for kind in ("incident.opened", "unit.assigned", "unit.status_changed", "unit.released"):
        assert kind in kinds
    assert kinds[-1] == "incident.closed"
    rival_now = await people.dispatcher.get(f"/incidents/{rival['id']}")
    await people.dispatcher.post(
        f"/incidents/{rival['id']}/close",
        {"disposition": "cancelled"},
        if_match=rival_now["version"],
    )


async def test_a_repeated_command_has_one_effect_and_one_answer(people: People) -> None:
    body = {"source": "phone", "narrative": "…"}
    key = f"story-{wire_time(SystemClock().now())}"
    first = await people.machine.post("/calls", body, key=key)
    assert await people.machine.post("/calls", body, key=key) == first
    with pytest.raises(Refused) as reused:
        await people.machine.post("/calls", {**body, "narrative": "otra"}, key=key)
    assert reused.value.code == "idempotency-key-reused"
    await people.call_taker.post(f"/calls/{first['id']}/close", {"disposition": "silent"})


async def test_absurd_fixes_are_refused_with_a_reason_and_late_ones_kept(
    people: People, patrols: list[dict[str, Any]], corners: tuple[KnownPlace, ...]
) -> None:
    now = SystemClock().now()
    here = {"lon": corners[0].point.lon, "lat": corners[0].point.lat}
    batch = [
        {**here, "occurred_at": wire_time(now)},
        {**here, "occurred_at": wire_time(now)},
        {"lon": 0, "lat": 0, "occurred_at": wire_time(now)},
        {**here, "lon": here["lon"] + 1, "occurred_at": wire_time(now + timedelta(seconds=2))},
        {**here, "occurred_at": wire_time(now + timedelta(hours=1))},
        {**here, "occurred_at": wire_time(now - timedelta(minutes=10))},
    ]
    answer = await people.machine.post(f"/units/{patrols[0]['id']}/locations", batch)
    codes = {one["index"]: one["code"] for one in answer["rejected"]}
    assert codes == {1: "duplicate", 2: "null-island", 3: "teleport", 4: "future"}
    assert answer["accepted"] == 2
    seen = await people.dispatcher.sees(lambda f: f.live.get(f"unit:{patrols[0]['id']}"))
    await people.dispatcher.sees(
        lambda f: f.live[f"unit:{patrols[0]['id']}"]["occurred_at"] == wire_time(now)
    )
    assert seen["lon"] == pytest.approx(here["lon"])


async def test_a_torn_screen_comes_back_with_nothing_lost(people: People) -> None:
    screen = people.dispatcher.screen
    before = screen.connections
    numbers = []
    for round_ in range(4):
        if round_ in {1, 3}:
            screen.tear()
        call = await people.machine.post("/calls", {"source": "phone", "narrative": "…"})
        numbers.append(call["id"])
    for key in numbers:
        await people.dispatcher.sees(shows_call(key))
    assert screen.connections > before
    assert screen.following.snapshots == 1
    for key in numbers:
        await people.dispatcher.post(f"/calls/{key}/close", {"disposition": "silent"})
    # The two may see the same: nothing of a protected incident is masked for either.
    for person in (people.dispatcher, people.call_taker):
        await person.sees(lambda f: not set(numbers) & set(f.picture["calls"]))
    theirs = people.call_taker.screen.following
    await people.dispatcher.sees(lambda f: f.seq == theirs.seq and f.picture == theirs.picture)
