"""Walk: a protected incident is there for everybody and readable for those who need to know."""

from datetime import timedelta
from typing import Any

import pytest

from ops_center.bench.own_centre import OwnCentre
from ops_center.kernel.clock import SystemClock, wire_time
from ops_center.kernel.ids import new_id
from ops_center.simulator.centre import Refused
from tests.story.people import People, Person

WORDS = "Su marido la golpea, hay dos criaturas"
NUMBER = "+595981555123"
PRIVATE = (WORDS, NUMBER, "Segunda nota", "Que no se sepa")


async def place_of(person: Person) -> dict[str, float]:
    lon, lat = (await person.get("/city"))["centre"]
    return {"lon": lon + 0.0013, "lat": lat + 0.0017}


def says_nothing_private(shown: Any) -> bool:
    return not any(words in str(shown) for words in PRIVATE)


def of_this_story(answer: Any, ids: set[str]) -> list[Any]:
    """What an answer holds about these: other stories tell of other people in the same words."""
    if "items" in answer:
        return [one for one in answer["items"] if ids & {one["id"], str(one.get("subject"))}]
    if "picture" in answer:
        held = {**answer["picture"]["incidents"], **answer["picture"]["calls"]}
        return [one for key, one in held.items() if key in ids]
    return [answer]


async def a_call(people: People) -> dict[str, Any]:
    body = {
        "source": "phone",
        "caller_number": NUMBER,
        "narrative": WORDS,
        "location": await place_of(people.dispatcher),
    }
    call: dict[str, Any] = await people.machine.post("/calls", body)
    return call


async def crewed_patrol(people: People) -> dict[str, Any]:
    """A patrol on duty that the responder crews."""
    fields = {"agency": "POL", "kind": "patrol", "callsign": f"R{new_id().hex[-8:]}"}
    unit: dict[str, Any] = await people.admin.post("/units", {**fields, "in_service": True})
    who = (await people.responder.get("/session"))["user"]["username"]
    await people.admin.http.patch(f"/users/{who}", {"unit_id": unit["id"]})
    await people.responder.sees(lambda f: unit["id"] in f.picture["units"])
    return unit


async def test_a_protected_type_is_masked_for_those_who_need_not_know(
    running_centre: OwnCentre, people: People
) -> None:
    call = await a_call(people)
    await people.auditor.sees(lambda f: f.picture["calls"].get(call["id"]))
    body = {"type": "family_violence", "call_id": call["id"]}
    incident = await people.dispatcher.post("/incidents", body)
    path = f"/incidents/{incident['id']}"
    assert (incident["protected"], incident["narrative"]) == (True, WORDS)
    await people.dispatcher.post(f"{path}/notes", {"text": "Segunda nota"})

    # The live stream: masked for the wall and the auditor, whole for the desk.
    for person in (people.wall_operator, people.auditor, people.admin):
        shown = await person.sees(
            lambda f: (
                len(f.picture["incidents"].get(incident["id"], {}).get("notes", ())) == 1
                and f.picture["incidents"][incident["id"]]
            )
        )
        assert shown["masked"], person.role
        assert says_nothing_private(shown), person.role
        assert (shown["type"], shown["number"]) == ("family_violence", incident["number"])
        assert shown["location"]["uncertainty_m"] == 1_000
        assert shown["location"]["lon"] != incident["location"]["lon"]
    covered = await people.auditor.sees(
        lambda f: (
            f.picture["calls"].get(call["id"], {}).get("masked") and f.picture["calls"][call["id"]]
        )
    )
    assert says_nothing_private(covered)
    whole = await people.call_taker.sees(
        lambda f: (
            f.picture["incidents"].get(incident["id"], {}).get("notes")
            and f.picture["incidents"][incident["id"]]
        )
    )
    assert (whole["narrative"], whole["notes"][0]["text"]) == (WORDS, "Segunda nota")

    await check_reads(people, incident["id"], call["id"])
    await check_looks(people, path)
    await check_refusals(people, path)
    await check_crew(people, incident["id"])


async def check_reads(people: People, incident: str, call: str) -> None:
    """HTTP says the same as the screen: single, list, timeline, calls, history, picture."""
    path = f"/incidents/{incident}"
    for person in (people.wall_operator, people.admin, people.auditor):
        for asked in (path, "/incidents", f"{path}/timeline", "/picture"):
            shown = of_this_story(await person.get(asked), {incident, call})
            assert shown, (person.role, asked)
            assert says_nothing_private(shown), (person.role, asked)
    assert (await people.wall_operator.get(path))["masked"]
    for asked in (f"/calls/{call}", "/calls"):
        shown = of_this_story(await people.auditor.get(asked), {call})
        assert shown, asked
        assert says_nothing_private(shown), asked
    now = SystemClock().now()
    window = {
        "from": wire_time(now - timedelta(minutes=10)),
        "to": wire_time(now + timedelta(minutes=1)),
        "limit": 1_000,
    }
    history = await people.auditor.get("/history", subject=incident, **window)
    assert history["items"]
    assert says_nothing_private(history)
    kinds = [one["kind"] for one in (await people.auditor.get(f"{path}/timeline"))["items"]]
    assert {"incident.opened", "call.linked", "incident.noted"} <= set(kinds)
    assert WORDS in str(await people.dispatcher.get(f"{path}/timeline"))
    assert WORDS in str(await people.call_taker.get(path))


async def check_looks(people: People, path: str) -> None:
    """Each look with all details is written down once, by whom; a masked one is not."""
    for _ in range(3):
        await people.dispatcher.get(path)
    timeline = (await people.auditor.get(f"{path}/timeline"))["items"]
    lookers = [one["data"]["viewer"] for one in timeline if one["kind"] == "incident.viewed"]
    names = [
        (await person.get("/session"))["user"]["username"]
        for person in (people.dispatcher, people.call_taker)
    ]
    assert sorted(lookers) == sorted(names)


async def check_refusals(people: People, path: str) -> None:
    """Who does not see it does not change it, but may add what they saw."""
    version = (await people.wall_operator.get(path))["version"]
    with pytest.raises(Refused) as refused:
        await people.wall_operator.http.patch(path, {"narrative": "x"}, if_match=version)
    assert (refused.value.status, refused.value.code) == (403, "protected")
    noted = await people.wall_operator.post(f"{path}/notes", {"text": "Sale un auto gris"})
    assert noted["masked"]
    assert says_nothing_private(noted)


async def check_crew(people: People, incident: str) -> None:
    """The crew that is sent is shown all of it, until it is called off."""
    unit = await crewed_patrol(people)
    assert people.responder.shown("incidents", incident) is None
    order = {"unit_ids": [unit["id"]], "override_reason": "Está al lado"}
    await people.dispatcher.post(f"/incidents/{incident}/assignments", order)
    seen = await people.responder.sees(lambda f: f.picture["incidents"].get(incident))
    assert seen["narrative"] == WORDS
    assert "masked" not in seen
    await people.dispatcher.post(f"/incidents/{incident}/notes", {"text": "Que no se sepa"})
    heard = await people.responder.sees(
        lambda f: f.picture["incidents"][incident]["notes"][-1]["text"] == "Que no se sepa"
    )
    assert heard
    assert WORDS in str(await people.responder.get(f"/incidents/{incident}"))
    release = {"unit_ids": [unit["id"]], "reason": "Otra unidad"}
    await people.dispatcher.post(f"/incidents/{incident}/assignments/release", release)
    await people.responder.sees(lambda f: incident not in f.picture["incidents"])
    with pytest.raises(Refused) as refused:
        await people.responder.get(f"/incidents/{incident}")
    assert refused.value.status == 404


async def test_protection_switched_on_and_off_later_reaches_every_screen(
    running_centre: OwnCentre, people: People
) -> None:
    place = await place_of(people.dispatcher)
    body = {"type": "noise", "narrative": WORDS, "location": place}
    incident = await people.dispatcher.post("/incidents", body)
    path = f"/incidents/{incident['id']}"

    def shown(narrative: str | None) -> Any:
        return lambda f: (
            incident["id"] in f.picture["incidents"]
            and f.picture["incidents"][incident["id"]]["narrative"] == narrative
        )

    await people.wall_operator.sees(shown(WORDS))
    protect = {"protected": True, "reason": "Es una menor"}
    with pytest.raises(Refused) as refused:
        await people.wall_operator.post(f"{path}/protection", protect)
    assert refused.value.status == 403
    await people.dispatcher.post(f"{path}/protection", protect)
    for person in (people.wall_operator, people.auditor, people.admin):
        await person.sees(shown(None))
    await people.call_taker.sees(lambda f: f.picture["incidents"][incident["id"]]["protected"])
    assert people.call_taker.shown("incidents", incident["id"])["narrative"] == WORDS

    # Somebody who comes back after a while is shown nothing of before either.
    late = await people.wall_operator.get("/picture")
    assert late["picture"]["incidents"][incident["id"]]["masked"]
    changed = {"protected": False, "reason": "Se aclaró"}
    await people.dispatcher.post(f"{path}/protection", changed)
    for person in (people.wall_operator, people.auditor, people.admin):
        await person.sees(shown(WORDS))
