"""Walk: a run card chooses whom to send, the advice explains itself, and people may overrule it."""

import asyncio
import random
from collections.abc import AsyncIterator
from datetime import timedelta
from itertools import count
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import pytest
import pytest_asyncio

from gis.geodesy import distance_m
from ops_center.bench.own_centre import OwnCentre
from ops_center.kernel.clock import SystemClock, wire_time
from ops_center.kernel.ids import new_id
from ops_center.simulator.centre import Refused
from ops_center.simulator.fleet import UnitSpec
from ops_center.simulator.places import KnownPlace
from ops_center.simulator.seeding import put_in_service, seed_units
from ops_center.simulator.survey import survey
from tests.story.people import People, Person

NUMBERS = count(700)
# Of this story alone: no other unit of the shared centre has it, no other incident asks for it.
SKILL, AID = "cordada", "apoyo_cordada"
TYPE, LATER_TYPE = "tree_down", "animal_abuse"
LABELS = {"es": "Cordada", "gn": "Cordada", "en": "Rope party"}
COVERAGE_TRIES = 360
ASK_EVERY_S = 0.25


@pytest_asyncio.fixture
async def corners(people: People) -> tuple[KnownPlace, ...]:
    return (await survey(people.machine.http, random.Random(12))).corners


@pytest_asyncio.fixture
async def units(people: People, corners: tuple[KnownPlace, ...]) -> AsyncIterator[list[Any]]:
    """Four units: at the first corner, at the one nearest to it, and two at the farthest."""
    away = sorted(corners, key=lambda place: distance_m(place.point, corners[0].point))
    specs = [
        UnitSpec(
            callsign=f"D{next(NUMBERS)}", agency="CBVP", kind="rescue", capabilities=(SKILL, *more)
        )
        for more in ((), (), (AID,), ())
    ]
    found = list((await seed_units(people.admin.http, specs)).values())
    for unit, place in zip(found, (corners[0], away[1], away[-1], away[-1]), strict=True):
        await put_in_service(people.machine.http, unit)
        await report(people.machine, unit, place)
    yield found
    for unit in found:
        await people.machine.post(f"/units/{unit['id']}/status", {"status": "clear"})
        await people.machine.post(f"/units/{unit['id']}/status", {"status": "off_duty"})


async def report(who: Person, unit: Any, place: KnownPlace, **more: Any) -> None:
    fix = {
        "lon": place.point.lon,
        "lat": place.point.lat,
        "occurred_at": wire_time(SystemClock().now()),
        "accuracy_m": 8,
    }
    await who.post(f"/units/{unit['id']}/locations", [{**fix, **more}])


@pytest_asyncio.fixture
async def rules(running_centre: OwnCentre) -> AsyncIterator["Rules"]:
    """The run cards, put back as they were when the story is over."""
    headers = {"Authorization": f"Bearer {running_centre.token('admin')}"}
    base = f"{running_centre.url}/api/v1"
    async with httpx.AsyncClient(base_url=base, headers=headers, timeout=20) as http:
        rules = Rules(http)
        before = (await http.get("/rules/run-cards")).json()
        yield rules
        await rules.put(before["document"])


class Rules:
    def __init__(self, http: httpx.AsyncClient) -> None:
        self._http = http

    async def put(self, document: Any) -> dict[str, Any]:
        now = await self._http.get("/rules/run-cards")
        answer = await self._http.put(
            "/rules/run-cards",
            json={"document": document},
            headers={"If-Match": now.headers["ETag"], "Idempotency-Key": str(new_id())},
        )
        assert answer.status_code == 200, answer.text
        put: dict[str, Any] = answer.json()
        return put


def card(identity: str, when: dict[str, Any], *roles: dict[str, Any]) -> dict[str, Any]:
    return {"id": identity, "labels": LABELS, "when": when, "roles": list(roles)}


async def opened(
    who: Person, place: KnownPlace, kind: str = TYPE, priority: int = 1
) -> dict[str, Any]:
    point = {"lon": place.point.lon, "lat": place.point.lat, "uncertainty_m": 15}
    body = {"type": kind, "priority": priority, "location": point}
    answer: dict[str, Any] = await who.post("/incidents", body)
    return answer


async def worked_out(who: Person, path: str) -> None:
    """Wait until the city's coverage is known: it is worked out when first asked for."""
    for _ in range(COVERAGE_TRIES):
        if (await who.get(path))["coverage_state"] == "ready":
            return
        await asyncio.sleep(ASK_EVERY_S)
    pytest.fail("coverage was not worked out in time")


async def test_run_card_advice_override_diversion_and_what_stays_behind(
    people: People, corners: tuple[KnownPlace, ...], units: list[Any], rules: Rules
) -> None:
    near, second, far, reserve = units
    desk = people.dispatcher
    scene = corners[0]

    # 1. The card for this zone at this hour outweighs the one for the type alone.
    elsewhere = await opened(desk, scene)
    assert elsewhere["plan"]["run_card"]["id"] == f"type:{TYPE}"
    zone = elsewhere["zones"][0]
    city = await desk.get("/city")
    local = SystemClock().now().astimezone(ZoneInfo(city["timezone"]))
    hours = f"{local - timedelta(hours=1):%H:%M}-{local + timedelta(hours=1):%H:%M}"
    over = f"{local + timedelta(hours=2):%H:%M}-{local + timedelta(hours=3):%H:%M}"
    here = [{"kind": zone["kind"], "name": zone["name"]}]
    version = (
        await rules.put(
            {
                "cards": [
                    card("rope_any", {"types": [TYPE, LATER_TYPE]}, {"capability": SKILL}),
                    card(
                        "rope_now",
                        {"types": [TYPE], "zones": here, "hours": hours},
                        {"capability": AID, "or": [[{"capability": SKILL, "count": 2}]]},
                    ),
                    card(
                        "rope_later",
                        {"types": [TYPE], "zones": here, "hours": over, "priorities": [1]},
                        {"capability": SKILL, "count": 3},
                    ),
                ],
                "coverage": {"shown_s": 0, "move_up_after_s": 0, "move_up_gain_s": 0},
            }
        )
    )["version"]
    incident = await opened(desk, scene)
    used = incident["plan"]["run_card"]
    assert (used["id"], used["version"]) == ("rope_now", version)
    assert [one["code"] for one in used["because"]] == ["type", "zone", "hours"]
    plain = await opened(desk, scene, LATER_TYPE, priority=4)
    assert plain["plan"]["run_card"]["id"] == "rope_any"

    # 2. Two near ones do sooner than the far one that could do it alone; each says why.
    path = f"/incidents/{incident['id']}"
    advice = await desk.get(f"{path}/recommendation")
    assert advice["run_card"]["id"] == "rope_now"
    best, other = advice["units"]
    assert {best["callsign"], other["callsign"]} == {near["callsign"], second["callsign"]}
    assert best["reasons"][0]["code"] == "soonest"
    instead = best["instead_of"][0]
    assert instead["callsign"] == far["callsign"]
    assert instead["loses_s"] > 0
    assert advice["first_arrival_s"] == min(best["eta_s"], other["eta_s"])
    assert advice["complete_arrival_s"] == max(best["eta_s"], other["eta_s"])
    assert advice["shortfalls"] == []

    # 3. Who chooses another must say why; what was recommended is kept with the order.
    single = f"/incidents/{plain['id']}"
    offer = (await desk.get(f"{single}/recommendation"))["units"][0]
    assert offer["callsign"] == near["callsign"]
    with pytest.raises(Refused) as refused:
        await desk.post(f"{single}/assignments", {"unit_ids": [far["id"]]})
    assert (refused.value.status, refused.value.code) == (422, "override-reason-required")
    [named] = refused.value.problem["recommended"]
    assert named["callsign"] == near["callsign"]
    sent = await desk.post(
        f"{single}/assignments",
        {"unit_ids": [far["id"]], "override_reason": "Conoce el lugar."},
    )
    order = sent["assignments"][0]
    assert (order["role"], order["recommended"]) == (SKILL, False)
    assert order["best_eta_s"] < order["eta_s"]
    await desk.post(
        f"{single}/assignments/release", {"unit_ids": [far["id"]], "reason": "Fue un error."}
    )
    taken = await desk.post(f"{single}/assignments", {"unit_ids": [near["id"]]})
    assert taken["assignments"][-1]["recommended"] is True

    # 4. The near one is on its way to something less urgent: it is offered, and taken from there.
    await people.machine.post(f"/units/{near['id']}/status", {"status": "en_route"})
    advice = await desk.get(f"{path}/recommendation")
    [divert] = advice["diverts"]
    assert divert["callsign"] == near["callsign"]
    assert (divert["from"]["number"], divert["from"]["priority"]) == (plain["number"], 4)
    assert {"other_replaced_by", "other_without_replacement"} & {
        one["code"] for one in divert["reasons"]
    }
    with pytest.raises(Refused) as busy:
        await desk.post(f"{path}/assignments", {"unit_ids": [near["id"]]})
    assert busy.value.code == "unit-not-available"
    after = await desk.post(f"{path}/assignments", {"unit_ids": [near["id"]], "divert": True})
    [order] = after["assignments"]
    assert order["diverted_from"] == plain["number"]
    left = await desk.get(f"{single}/timeline")
    gone = [one for one in left["items"] if one["kind"] == "unit.released"]
    assert gone[-1]["data"]["assignment"]["release_reason"] == f"divert:{incident['number']}"
    told = await desk.get(f"{path}/timeline")
    assigned = [one for one in told["items"] if one["kind"] == "unit.assigned"]
    assert assigned[-1]["data"]["assignment"]["diverted_from"] == plain["number"]
    await desk.sees(
        lambda f: (
            f.picture["incidents"][plain["id"]]["status"] == "new"
            and f.picture["units"][near["id"]]["assignment"]["incident_id"] == incident["id"]
        )
    )

    # 5. On scene it stays.
    await people.machine.post(f"/units/{near['id']}/status", {"status": "on_scene"})
    urgent = await opened(desk, scene, LATER_TYPE, priority=1)
    with pytest.raises(Refused) as stays:
        await desk.post(
            f"/incidents/{urgent['id']}/assignments", {"unit_ids": [near["id"]], "divert": True}
        )
    assert stays.value.code == "divert-on-scene"

    # 6. What stays behind: where the wait grows when the second goes, and who could move there.
    urged = f"/incidents/{urgent['id']}/recommendation"

    await worked_out(desk, f"{urged}/coverage")
    advice = await desk.get(urged)
    assert [one["callsign"] for one in advice["units"]] == [second["callsign"]]
    losses = advice["coverage"][SKILL]
    assert losses[0]["lost_s"] == max(one["lost_s"] for one in losses) > 0
    assert losses[0]["after_s"] is None or losses[0]["after_s"] > losses[0]["before_s"]
    [move] = advice["move_ups"]
    assert move["callsign"] in {far["callsign"], reserve["callsign"]}
    assert move["gains"][0]["gained_s"] > 0
    now = await desk.get("/coverage", capability=SKILL)
    waits = [one["expected_s"] for one in now["zones"] if one["expected_s"] is not None]
    assert waits == sorted(waits, reverse=True)

    # 7. A position that its device says is made up is never offered without saying so.
    where_it_is = sorted(corners, key=lambda one: distance_m(one.point, corners[0].point))[1]
    await report(people.machine, second, where_it_is, mock=True)
    advice = await desk.get(urged)
    named_all = [*advice["units"], *advice["runners_up"]]
    doubtful = next(one for one in named_all if one["callsign"] == second["callsign"])
    assert "mocked_position" in {one["code"] for one in doubtful["reasons"]}
