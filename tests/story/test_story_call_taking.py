"""Taking calls: silent ones coded, abandoned ones rung back, fixes accepted, interviews kept."""

import random
from typing import Any

import pytest
import pytest_asyncio

from gis.geodesy import destination
from gis.geometry import Point
from ops_center.kernel.ids import new_id
from ops_center.simulator.centre import Refused
from ops_center.simulator.places import KnownPlace
from ops_center.simulator.survey import survey
from tests.story.people import People


@pytest_asyncio.fixture
async def corner(people: People) -> Point:
    """A corner of the imported city where nothing has happened in this test's life."""
    known = await survey(people.machine.http, random.Random(new_id().hex))
    place: KnownPlace = known.corners[0]
    return place.point


def placed(point: Point, *, east_m: float = 0.0, uncertainty_m: float = 15.0) -> dict[str, float]:
    moved = destination(point, bearing_deg=90.0, distance_m=east_m)
    return {
        "lon": moved.lon,
        "lat": moved.lat,
        "uncertainty_m": uncertainty_m,
        "confidence": 0.95,
    }


def a_number() -> str:
    return f"0981 {new_id().int % 1_000_000:06d}"


async def test_a_silent_call_is_judged_coded_at_one_key_and_rung_again(
    people: People, corner: Point
) -> None:
    taker, number = people.call_taker, a_number()

    # 1. There was violence at this address not long ago.
    before = await taker.post("/incidents", {"type": "family_violence", "location": placed(corner)})
    await people.dispatcher.post(
        f"/incidents/{before['id']}/close",
        {"disposition": "resolved"},
        if_match=before["version"],
    )

    # 2. The same number rings twice and says nothing; the first caller hangs up unanswered.
    body = {"source": "phone", "caller_number": number, "location": placed(corner, east_m=10)}
    lost = await people.machine.post("/calls", body)
    await people.machine.post(f"/calls/{lost['id']}/hang-up", {})
    call = await people.machine.post("/calls", {**body, "caller_number": f"+595{number[1:]}"})
    await taker.post(f"/calls/{call['id']}/take")

    # 3. What is known of number and place, and a suggestion with its reasons; nothing is coded.
    judged = await taker.get(f"/calls/{call['id']}/triage")
    assert judged["repeat"]["count"] == 1
    here = {one["incident_id"]: one for one in judged["earlier_at_place"]}
    assert here[before["id"]]["violence"] is True
    assert here[before["id"]]["distance_m"] < 20
    assert judged["suggestion"]["priority"] == 1
    assert {"violence_at_place_recently", "number_repeats"} <= set(judged["suggestion"]["why"])
    keys = {one["key"]: one["code"] for one in judged["keys"]}
    assert {"silent", "children", "misdial", "prank", "information"} <= set(keys.values())
    assert (await taker.get(f"/calls/{call['id']}"))["state"] == "taken"
    earlier = await taker.get(f"/calls/{call['id']}/earlier")
    assert lost["id"] in {one["call_id"] for one in earlier["by_number"]}
    assert before["id"] in {one["incident_id"] for one in earlier["by_place"]}

    # 4. One key closes it and puts it on the list of those to be rung again.
    code = next(code for code in keys.values() if code == "silent")
    closed = await taker.post(f"/calls/{call['id']}/close", {"disposition": code, "rering": True})
    assert (closed["state"], closed["rering"]) == ("closed", True)
    for person in (taker, people.dispatcher):
        await person.sees(lambda f: call["id"] not in f.picture["calls"])
    listed = [one["id"] for one in (await taker.get("/calls/callbacks"))["items"]]
    assert listed.index(lost["id"]) < listed.index(call["id"]), "the oldest first"

    # 5. Nobody answers at first; then a voice does, and the call is back on every screen.
    await taker.post(f"/calls/{call['id']}/callbacks", {"outcome": "no_answer"})
    reached = await taker.post(f"/calls/{call['id']}/callbacks", {"outcome": "reached"})
    assert (reached["state"], len(reached["callbacks"])) == ("taken", 2)
    seen = await people.dispatcher.sees(lambda f: f.picture["calls"].get(call["id"]))
    assert seen["line"] == "open"
    assert call["id"] not in {one["id"] for one in (await taker.get("/calls/callbacks"))["items"]}


async def test_an_abandoned_call_stays_until_it_is_called_back(people: People) -> None:
    taker, other = people.call_taker, people.dispatcher
    call = await people.machine.post(
        "/calls", {"source": "phone", "caller_number": a_number(), "external_ref": new_id().hex}
    )
    assert call["line"] == "open"
    await people.machine.post(f"/calls/{call['id']}/hang-up", {})
    seen = await taker.sees(
        lambda f: (
            (f.picture["calls"].get(call["id"]) or {}).get("state") == "abandoned"
            and f.picture["calls"][call["id"]]
        )
    )
    assert (seen["line"], seen["abandoned_at"] is not None) == ("hung_up", True)
    await taker.post(f"/calls/{call['id']}/callbacks", {"outcome": "busy", "note": "Ocupado"})
    reached = await taker.post(f"/calls/{call['id']}/callbacks", {"outcome": "reached"})
    assert (reached["state"], reached["taken_by"]) == ("taken", reached["callbacks"][-1]["by"])

    # Its taker goes on break: a colleague takes it over, and then gives it back to the queue.
    with pytest.raises(Refused) as not_mine:
        await other.post(f"/calls/{call['id']}/release")
    assert not_mine.value.code == "call-not-yours"
    mine = await other.post(f"/calls/{call['id']}/take-over", {"reason": "Pausa"})
    assert mine["taken_by"] != reached["taken_by"]
    waiting = await other.post(f"/calls/{call['id']}/release")
    assert (waiting["state"], waiting["taken_by"]) == ("waiting", None)
    await taker.sees(lambda f: f.picture["calls"][call["id"]]["state"] == "waiting")

    # The language and the number are corrected at the version seen, never over another's change.
    changed = await taker.http.patch(
        f"/calls/{call['id']}", {"language": "jopara"}, if_match=waiting["version"]
    )
    assert changed["language"] == "jopara"
    with pytest.raises(Refused) as stale:
        await taker.http.patch(
            f"/calls/{call['id']}", {"narrative": "…"}, if_match=waiting["version"]
        )
    assert stale.value.status == 412


async def test_a_better_fix_is_offered_and_moves_the_call_only_when_accepted(
    people: People, corner: Point
) -> None:
    taker = people.call_taker
    rough = placed(corner, uncertainty_m=900)
    call = await people.machine.post("/calls", {"source": "phone", "location": rough})
    assert [one["method"] for one in call["fixes"]] == ["network"]
    incident = await taker.post("/incidents", {"call_id": call["id"], "type": "robbery"})

    # The handset tells where it is, and moves; the call stays where it was.
    after = call
    for east_m in (250.0, 320.0):
        body = {
            "method": "handset",
            "source": "aml",
            "location": placed(corner, east_m=east_m),
            "speed_mps": 3.0,
        }
        after = await people.machine.post(f"/calls/{call['id']}/fixes", body)
    assert after["location"] == call["location"]
    assert [one["better"] for one in after["fixes"]] == [True, True, True]
    with pytest.raises(Refused) as nowhere:
        await people.machine.post(
            f"/calls/{call['id']}/fixes",
            {"method": "handset", "location": {"lon": 0, "lat": 0}},
        )
    assert nowhere.value.status == 422
    way = await taker.get(f"/calls/{call['id']}/trail")
    assert len(way["fixes"]) == 2
    assert way["length_m"] == pytest.approx(70, abs=2)

    # A person accepts it; moving the incident is offered, and done by that person.
    fix = after["fixes"][-1]
    accepted = await taker.post(f"/calls/{call['id']}/fixes/{fix['id']}/accept")
    assert accepted["location"] == fix["location"]
    assert accepted["fixes"][-1]["accepted_by"]
    offer = accepted["incident_move"]
    assert offer["incident_id"] == incident["id"]
    assert offer["distance_m"] == pytest.approx(320, abs=5)
    here = await taker.get(f"/incidents/{incident['id']}")
    assert here["location"] == call["location"], "nothing moves by itself"
    moved = await taker.http.patch(
        f"/incidents/{incident['id']}",
        {"location": offer["location"]},
        if_match=offer["version"],
    )
    assert moved["location"] == fix["location"]

    # What the person confirmed is never overwritten.
    late = {"method": "network", "location": placed(corner, east_m=-500, uncertainty_m=5)}
    final = await people.machine.post(f"/calls/{call['id']}/fixes", late)
    assert final["location"] == fix["location"]
    timeline = await people.auditor.get(f"/incidents/{incident['id']}/timeline")
    kinds = [one["kind"] for one in timeline["items"]]
    assert kinds.count("call.fix_added") == 3
    assert "call.fix_accepted" in kinds


async def test_an_interview_moves_the_priority_of_call_and_incident_in_sight(
    people: People, corner: Point
) -> None:
    taker = people.call_taker
    call = await people.machine.post(
        "/calls", {"source": "phone", "location": placed(corner), "language": "es"}
    )
    await taker.post(f"/calls/{call['id']}/take")
    path = f"/calls/{call['id']}/interview"
    await taker.post(path, {"type": "family_violence"})
    asked = await taker.get(path)
    assert asked["priority"] == 1
    assert asked["opening"]["es"]
    first = asked["next"][0]
    assert set(first["text"]) == {"es", "gn", "en"}

    # The answers lower it, with the reason; the incident takes what they propose.
    lowered = await taker.post(f"{path}/answers", {"question": "attacker_present", "answer": "no"})
    assert lowered["interview"]["priority"] == 2
    [why] = lowered["interview"]["effects"]
    assert (why["from"], why["to"], why["why"]["en"]) == (1, 2, "Attacker has left")
    incident = await taker.post("/incidents", {"call_id": call["id"]})
    assert (incident["type"], incident["priority"]) == ("family_violence", 2)

    # Another answer raises it: every desk sees both, and why.
    await taker.post(f"{path}/answers", {"question": "weapon", "answer": "knife"})
    await people.dispatcher.sees(lambda f: f.picture["incidents"][incident["id"]]["priority"] == 1)
    shown = people.dispatcher.shown("calls", call["id"])["interview"]
    assert {one["question"] for one in shown["answers"]} == {"attacker_present", "weapon"}
    left = {one["code"] for one in (await taker.get(path))["next"]}
    assert left
    assert not left & {"attacker_present", "weapon"}

    # A person decides otherwise, and stays right.
    now = await taker.get(f"/incidents/{incident['id']}")
    await people.dispatcher.http.patch(
        f"/incidents/{incident['id']}", {"priority": 3}, if_match=now["version"]
    )
    await taker.post(f"{path}/answers", {"question": "injured", "answer": "yes"})
    kept: Any = await taker.get(f"/incidents/{incident['id']}")
    assert kept["priority"] == 3
