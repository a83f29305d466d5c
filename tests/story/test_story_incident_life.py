"""Walk: an incident's whole life, from its opening to its reopening."""

from typing import Any

import httpx
import pytest

from ops_center.bench.own_centre import OwnCentre
from ops_center.kernel.ids import new_id
from ops_center.simulator.centre import API, Refused
from tests.story.people import People, Person

PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 40
ANSWER_WITHIN_S = 20.0


async def place_of(person: Person) -> dict[str, float]:
    lon, lat = (await person.get("/city"))["centre"]
    return {"lon": lon, "lat": lat}


async def a_call(people: People, words: str) -> str:
    body = {"source": "phone", "narrative": words, "location": await place_of(people.dispatcher)}
    return str((await people.machine.post("/calls", body))["id"])


async def act(people: People, path: str, body: Any = None, *, version: int | None = None) -> Any:
    more = {} if version is None else {"if_match": version}
    return await people.dispatcher.post(f"/incidents{path and '/'}{path}", body, **more)


async def a_patrol(people: People) -> dict[str, Any]:
    fields = {"agency": "POL", "kind": "patrol", "callsign": f"V{new_id().hex[-8:]}"}
    unit: dict[str, Any] = await people.admin.post("/units", {**fields, "in_service": True})
    return unit


async def test_an_incident_from_opening_to_reopening(
    running_centre: OwnCentre, people: People
) -> None:
    place = await place_of(people.dispatcher)
    first, second = await a_call(people, "Humo"), await a_call(people, "Otro humo, más lejos")
    note = {"kind": "hazard", "title": "Gas", "text": "Garrafas en el patio", "location": place}
    await people.dispatcher.post("/premises", note)

    # Open: the note of the place comes with it.
    fire = await act(people, "", {"type": "structure_fire", "call_id": first})
    assert fire["premises"] >= 1
    about = await people.dispatcher.get(f"/incidents/{fire['id']}/premises")
    assert "Garrafas en el patio" in [one["text"] for one in about["items"]]
    await people.dispatcher.post(f"/calls/{second}/link", {"incident_id": fire["id"]})

    # Link: both show it.
    traffic = await act(people, "", {"type": "traffic_accident", "location": place})
    await act(people, f"{fire['id']}/links", {"incident_id": traffic["id"], "kind": "child"})
    seen = await people.wall_operator.sees(
        lambda f: f.picture["incidents"].get(traffic["id"], {}).get("links")
    )
    assert [(one["number"], one["kind"]) for one in seen] == [(fire["number"], "parent")]

    # Major: commander, sectors, tasks.
    await act(people, f"{fire['id']}/major", {"commander": "Cap. Benítez", "post": "Escuela"})
    led = await act(people, f"{fire['id']}/sectors", {"name": "Norte"})
    sector = led["major"]["sectors"][0]["id"]
    led = await act(people, f"{fire['id']}/tasks", {"text": "Evacuar", "sector_id": sector})
    task = led["major"]["tasks"][0]["id"]
    path = f"/incidents/{fire['id']}/tasks/{task}"
    await people.dispatcher.http.patch(path, {"state": "done"})
    await people.auditor.sees(
        lambda f: (
            [t["state"] for t in f.picture["incidents"][fire["id"]]["major"]["tasks"]] == ["done"]
        )
    )

    # Attach: what comes back is what was sent, as a download.
    await check_attachment(running_centre, people, fire["id"])

    # Look, own, hand over.
    await act(people, f"{fire['id']}/look", {})
    await people.call_taker.sees(lambda f: (f.live.get(f"looking:{fire['id']}") or {}).get("users"))
    me = (await people.dispatcher.get("/session"))["user"]["username"]
    other = (await people.call_taker.get("/session"))["user"]["username"]
    await act(people, f"{fire['id']}/owner", {"to": me})
    given = await people.dispatcher.post("/handovers", {"to": other, "note": "Fin de turno"})
    assert fire["id"] in [one["id"] for one in given["items"]]

    await check_parting(people, fire, traffic, second)
    await check_ending(people, fire["id"])


async def check_attachment(centre: OwnCentre, people: People, incident: str) -> None:
    url = f"{centre.url}{API}/incidents/{incident}/attachments"
    headers = {"Authorization": f"Bearer {centre.token('dispatcher')}"}
    async with httpx.AsyncClient(headers=headers, timeout=ANSWER_WITHIN_S, trust_env=False) as http:
        sent = await http.post(url, params={"filename": "../humo.exe"}, content=PNG)
        assert sent.status_code == 201, sent.text
        [held] = sent.json()["attachments"]
        assert (held["name"], held["media_type"]) == ("humo_exe.png", "image/png")
        got = await http.get(f"{centre.url}{held['url']}")
    assert got.content == PNG
    assert got.headers["content-disposition"].startswith("attachment;")
    assert got.headers["x-content-type-options"] == "nosniff"
    await people.wall_operator.sees(
        lambda f: f.picture["incidents"][incident]["attachments"] == [held]
    )


async def check_parting(
    people: People, fire: dict[str, Any], traffic: dict[str, Any], second: str
) -> None:
    """Split a call off, merge the new incident elsewhere by mistake, and take that back."""
    now = await people.dispatcher.get(f"/incidents/{fire['id']}")
    split = {"call_ids": [second], "reason": "Son dos incendios"}
    new = await act(people, f"{fire['id']}/split", split, version=now["version"])
    assert (new["split_from"], new["call_ids"]) == (fire["id"], [second])
    await act(people, f"{new['id']}/merge", {"into": traffic["id"]}, version=new["version"])
    gone = await people.dispatcher.get(f"/incidents/{new['id']}")
    assert gone["merged_into"] == traffic["id"]
    undo = {"reason": "No tiene que ver"}
    back = await act(people, f"{new['id']}/unmerge", undo, version=gone["version"])
    assert (back["status"], back["call_ids"]) == ("new", [second])
    shown = await people.call_taker.sees(
        lambda f: (
            f.picture["incidents"].get(new["id"], {}).get("call_ids") == [second]
            and f.picture["calls"][second]["incident_id"]
        )
    )
    assert shown == new["id"]
    kinds = {
        one["kind"]
        for incident in (new["id"], traffic["id"])
        for one in (await people.dispatcher.get(f"/incidents/{incident}/timeline"))["items"]
    }
    assert kinds >= {"incident.merged", "incident.absorbed", "incident.parted", "incident.unmerged"}


async def check_ending(people: People, incident: str) -> None:
    """Not closed while a unit is there; closed with its calls; reopened with them, and stays."""
    unit = await a_patrol(people)
    body = {"unit_ids": [unit["id"]], "override_reason": "La más cercana"}
    await act(people, f"{incident}/assignments", body)
    now = await people.dispatcher.get(f"/incidents/{incident}")
    closing = {"disposition": "extinguished"}
    with pytest.raises(Refused) as refused:
        await act(people, f"{incident}/close", closing, version=now["version"])
    assert refused.value.problem["code"] == "units-still-assigned"
    release = {"unit_ids": [unit["id"]], "reason": "Controlado"}
    await act(people, f"{incident}/assignments/release", release)
    await act(people, f"{incident}/major/end")
    now = await people.dispatcher.get(f"/incidents/{incident}")
    calls = now["call_ids"]
    closed = await act(people, f"{incident}/close", closing, version=now["version"])
    await people.auditor.sees(lambda f: incident not in f.picture["incidents"])
    await people.auditor.sees(lambda f: calls[0] not in f.picture["calls"])
    again = {"reason": "Se reavivó"}
    opened = await act(people, f"{incident}/reopen", again, version=closed["version"])
    assert (opened["status"], opened["disposition"]) == ("new", None)
    await people.auditor.sees(lambda f: f.picture["calls"].get(calls[0]))
    await people.auditor.sees(lambda f: incident in f.picture["incidents"])
