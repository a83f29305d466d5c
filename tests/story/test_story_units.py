"""Units: a shift planned, a crew that signs on, shared crews, and out of service with a reason."""

from datetime import timedelta
from typing import Any

import pytest

from ops_center.kernel.clock import SystemClock, wire_time
from ops_center.kernel.ids import new_id
from ops_center.simulator.centre import Refused
from tests.story.people import People, Person


async def a_unit(people: People, kind: str = "patrol", agency: str = "POL", **more: Any) -> Any:
    body = {"callsign": f"S{new_id().hex[-7:]}", "agency": agency, "kind": kind, **more}
    return await people.admin.post("/units", body)


async def refused(person: Person, path: str, body: Any = None) -> Refused:
    with pytest.raises(Refused) as caught:
        await person.post(path, body)
    return caught.value


async def test_a_crew_signs_on_late_and_a_shared_crew_goes_out_once(people: People) -> None:
    now = SystemClock().now()
    unit = await a_unit(people, in_service=False)
    other = await a_unit(people)
    me = (await people.responder.get("/session"))["user"]
    had = me["unit_id"]

    # 1. A supervisor plans the shift; it began half an hour ago and nobody came: late.
    times = {
        "starts_at": wire_time(now - timedelta(minutes=30)),
        "ends_at": wire_time(now + timedelta(hours=8)),
    }
    crew = [
        {"username": me["username"], "name": "Tripulante 1", "role": "driver"},
        {"name": f"Tripulación {new_id().hex[-6:]}", "role": "crew"},
    ]
    plan = {"unit_id": unit["id"], **times, "crew": crew, "vehicle": f"Patrulla {unit['callsign']}"}
    planned = await people.admin.post("/shifts", plan)
    assert (planned["state"], planned["version"]) == ("late", 1)
    assert planned["late_s"] == pytest.approx(1_800, abs=30)

    # 2. The crew named in the plan signs on by itself, from its own account.
    signed = await people.responder.post(
        f"/units/{unit['id']}/sign-on", {"shift_id": planned["id"], "equipment": ["DEA"]}
    )
    assert (signed["activity"], signed["vehicle"]) == ("in_service", plan["vehicle"])
    for person in (people.dispatcher, people.call_taker, people.wall_operator):
        shown = await person.sees(lambda f: f.picture["units"].get(unit["id"], {}).get("crew"))
        assert [one["role"] for one in shown] == ["driver", "crew"]
    [listed] = (await people.dispatcher.get("/shifts", unit_id=unit["id"]))["items"]
    assert listed["state"] == "signed_on"

    # 3. Its account now reports for this unit, and nobody of the crew can be on another.
    await people.responder.post(f"/units/{unit['id']}/status", {"status": "break"})
    twice = await refused(people.dispatcher, f"/units/{other['id']}/sign-on", {"crew": [crew[1]]})
    assert (twice.status, twice.code) == (409, "signed-on-elsewhere")
    assert unit["callsign"] in str(twice)

    # 4. Out of service needs a reason of the list; a status a unit without an order cannot have
    #    is refused whatever the rules say.
    path = f"/units/{unit['id']}/status"
    assert (await refused(people.responder, path, {"status": "out_of_service"})).status == 422
    assert (await refused(people.responder, path, {"status": "on_scene"})).code == (
        "illegal-transition"
    )
    out = await people.responder.post(
        path, {"status": "out_of_service", "out_reason": "mechanical", "reason": "Sin frenos"}
    )
    assert (out["out_reason"], out["availability"]) == ("mechanical", "not_available")
    reasons = {one["code"] for one in (await people.dispatcher.get("/codes"))["out_reasons"]}
    assert {"mechanical", "fuel", "cross_staffed"} <= reasons
    await people.responder.post(path, {"status": "in_service"})

    # 5. Two units share one crew: when one goes out the other is held back, and says why.
    await people.admin.http.patch(f"/units/{other['id']}", {"cross_staffs": [unit["id"]]})
    place = await people.dispatcher.get("/city")
    lon, lat = place["centre"]
    incident = await people.dispatcher.post(
        "/incidents", {"type": "disturbance", "location": {"lon": lon, "lat": lat}}
    )
    sent = {"unit_ids": [unit["id"]], "override_reason": "Ensayo"}
    await people.dispatcher.post(f"/incidents/{incident['id']}/assignments", sent)
    held = await people.dispatcher.sees(
        lambda f: (one := f.picture["units"][other["id"]])["out_reason"] and one
    )
    assert held["out_reason"] == "cross_staffed"
    assert unit["callsign"] in held["reason"]
    taken = await refused(
        people.dispatcher,
        f"/incidents/{incident['id']}/assignments",
        {"unit_ids": [other["id"]], "override_reason": "Ensayo"},
    )
    assert (taken.status, taken.code) == (409, "unit-not-available")

    # 6. The crew cannot leave in the middle of it without saying why.
    off = f"/units/{unit['id']}/sign-off"
    assert (await refused(people.responder, off)).code == "unit-still-assigned"
    await people.responder.post(path, {"status": "on_scene"})
    await people.responder.post(path, {"status": "clear"})
    await people.dispatcher.sees(
        lambda f: f.picture["units"][other["id"]]["activity"] == "in_service"
    )
    gone = await people.responder.post(off)
    assert (gone["crew"], gone["activity"]) == ([], "off_duty")
    [kept] = (await people.admin.get("/shifts", unit_id=unit["id"]))["items"]
    assert (kept["state"], kept["overrun_s"]) == ("done", 0)
    assert kept["late_s"] == pytest.approx(1_800, abs=60)
    await people.dispatcher.post(
        f"/incidents/{incident['id']}/close",
        {"disposition": "resolved"},
        if_match=(await people.dispatcher.get(f"/incidents/{incident['id']}"))["version"],
    )
    await people.admin.http.patch(f"/users/{me['username']}", {"unit_id": had})
    await people.admin.http.patch(f"/units/{other['id']}", {"cross_staffs": []})
