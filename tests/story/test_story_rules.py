"""A supervisor edits what the centre works by: seen at once, refused with reasons, put back."""

import copy
from typing import Any

import pytest

from ops_center.bench.own_centre import OwnCentre
from ops_center.simulator.centre import Refused
from tests.story.people import People
from tests.story.rules import supervisor_of

FERRY = {
    "code": "ferry_accident",
    "parent": "traffic",
    "agency": "CBVP",
    "priority": 1,
    "plan": "rescue:2 ambulance:1",
    "labels": {"es": "Accidente de balsa", "gn": "Balsa jejapi", "en": "Ferry accident"},
    "protocol": "ferry",
}
FERRY_PROTOCOL = {
    "code": "ferry",
    "labels": {"es": "Balsa", "gn": "Balsa", "en": "Ferry"},
    "questions": [
        {
            "code": "afloat",
            "kind": "yesno",
            "text": {"es": "¿Flota?", "gn": "¿Ovevúi?", "en": "Is it afloat?"},
            "effects": [
                {
                    "when": {"afloat": "yes"},
                    "lower_to": 2,
                    "why": {"es": "Flota", "gn": "Ovevúi", "en": "Afloat"},
                },
            ],
        },
        {
            "code": "in_water",
            "kind": "number",
            "text": {"es": "¿Cuántos en el agua?", "gn": "¿Mboy ýpe?", "en": "How many in?"},
            "when": {"afloat": ["no", "unknown"]},
            "effects": [
                {
                    "when": {"in_water": {"at_least": 1}},
                    "raise_to": 1,
                    "read_out": {"es": "Tiren algo que flote.", "gn": "Peity.", "en": "Throw."},
                    "why": {"es": "Gente en el agua", "gn": "Tapicha ýpe", "en": "In the water"},
                },
            ],
        },
    ],
}


async def test_a_supervisor_edits_types_and_protocols_and_everybody_works_by_them(
    people: People, running_centre: OwnCentre
) -> None:
    dispatcher = people.dispatcher
    with pytest.raises(Refused) as unknown:
        await dispatcher.post("/incidents", {"type": "ferry_accident"})
    assert unknown.value.status == 422
    async with supervisor_of(running_centre) as supervisor:
        # 1. Nobody else may edit, and an edit without the version seen is refused.
        assert (await supervisor.get("/rules")).status_code == 200
        with pytest.raises(Refused) as forbidden:
            await dispatcher.post("/rules/protocols/check", {"document": {}})
        assert forbidden.value.status == 403

        # 2. A protocol and a type that asks its questions: on every screen at once.
        async with (
            supervisor.edited("protocols", lambda d: d["protocols"].append(FERRY_PROTOCOL)) as one,
            supervisor.edited("incident-types", lambda d: d["types"].append(FERRY)) as two,
        ):
            assert one["changed_by"]
            await dispatcher.sees(
                lambda f: any(
                    rule["name"] == "incident-types" and rule["version"] == two["version"]
                    for rule in f.picture["rules"].values()
                )
            )
            codes = await dispatcher.get("/codes")
            [shown] = [kind for kind in codes["incident_types"] if kind["code"] == FERRY["code"]]
            assert shown["labels"]["es"] == "Accidente de balsa"
            assert (shown["parent"], shown["protocol"], shown["active"]) == (
                "traffic", "ferry", True,
            )  # fmt: skip
            incident = await dispatcher.post("/incidents", {"type": FERRY["code"]})
            assert incident["priority"] == 1
            assert {r["capability"] for r in incident["plan"]["requirements"]} == {
                "rescue", "ambulance",
            }  # fmt: skip

            # 3. The questions are asked as edited; the answers move the priority, and say why.
            call = await people.call_taker.post("/calls", {"source": "phone"})
            path = f"/calls/{call['id']}"
            await people.call_taker.post(f"{path}/take")
            await people.call_taker.post(f"{path}/interview", {"type": FERRY["code"]})
            asked = await people.call_taker.get(f"{path}/interview")
            assert [question["code"] for question in asked["next"]] == ["afloat"]
            for question, answer in (("afloat", "no"), ("in_water", 3)):
                body = {"question": question, "answer": answer}
                await people.call_taker.post(f"{path}/interview/answers", body)
            done = await people.call_taker.get(f"{path}/interview")
            assert (done["next"], done["done"], done["priority"]) == ([], True, 1)
            await people.call_taker.post(f"{path}/close", {"disposition": "test"})

            # 4. While an incident is of that type, the type cannot vanish; it can be retired.
            present = (await supervisor.get("/rules/incident-types")).json()
            without = copy.deepcopy(present["document"])
            without["types"].pop()
            refused = await supervisor.put("incident-types", without, present["version"])
            assert refused.status_code == 422
            assert "active" in refused.json()["errors"][0]["message"]
            await _close(people, incident)
        with pytest.raises(Refused):
            await dispatcher.post("/incidents", {"type": "ferry_accident"})


async def _close(people: People, incident: dict[str, Any]) -> None:
    await people.dispatcher.post(
        f"/incidents/{incident['id']}/close",
        {"disposition": "cancelled"},
        if_match=incident["version"],
    )


async def test_a_broken_document_is_refused_with_every_reason_and_an_old_one_comes_back(
    people: People, running_centre: OwnCentre
) -> None:
    async with supervisor_of(running_centre) as supervisor:
        shown = await supervisor.get("/rules/dispositions")
        before = shown.json()
        assert shown.headers["etag"] == f'"{before["version"]}"'
        broken = copy.deepcopy(before["document"])
        broken["calls"][0]["labels"].pop("gn")
        broken["calls"][1]["key"] = "2"
        broken["incidents"] = []
        told = await supervisor.check("dispositions", broken)
        places = {one["path"] for one in told["errors"]}
        assert not told["valid"]
        assert places >= {"/calls/0/labels/gn", "/incidents"}
        assert any(place.endswith("/key") for place in places)
        refused = await supervisor.put("dispositions", broken, before["version"])
        assert (refused.status_code, refused.json()["code"]) == (422, "rules-invalid")
        assert {one["path"] for one in refused.json()["errors"]} == places
        assert (await supervisor.get("/rules/dispositions")).json() == before

        def renamed(document: Any) -> None:
            document["calls"][1]["labels"]["es"] = "Silencio"

        async with supervisor.edited("dispositions", renamed) as after:
            late = await supervisor.put("dispositions", before["document"], before["version"])
            assert late.status_code == 412
            codes = await people.call_taker.get("/codes")
            assert codes["call_dispositions"][1]["labels"]["es"] == "Silencio"
            assert codes["call_dispositions"][1]["key"] == "1"
            versions = (await supervisor.get("/rules/dispositions/versions")).json()["items"]
            assert versions[0]["version"] == after["version"]
            assert (versions[0]["summary"], versions[-1]["version"]) == ("historia", 0)
        again = (await supervisor.get("/rules/dispositions")).json()
        assert again["document"] == before["document"]
        assert again["version"] == after["version"] + 1
