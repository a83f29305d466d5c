"""The HTTP edge of an incident's life: refusals, files, who looks, notes of places."""

import hashlib
from typing import Any
from urllib.parse import urlencode

from sqlalchemy import text

from camera_ingest.evidence import EvidenceStore
from dispatch.domain.masking import coarse
from ops_center.auth.model import Role
from ops_center.bench.own_centre import OwnCentre
from ops_center.kernel.ids import new_id
from tests.consoles import console_of
from tests.edges import Asker, Staff, problem

JPEG = b"\xff\xd8\xff\xe0" + bytes(range(256)) * 8
GONE_WITHIN_S = 15.0


async def attached(staff: Staff, incident: Any, name: str, body: bytes, **more: Any) -> Any:
    path = f"/incidents/{incident['id']}/attachments"
    return await staff.dispatcher.ask("POST", path, body, query={"filename": name}, **more)


async def test_a_file_comes_back_byte_for_byte_and_only_as_a_download(
    staff: Staff, new_incident: Any
) -> None:
    incident = await new_incident()
    key = str(new_id())
    sent = await attached(staff, incident, "señal.html", JPEG, key=key)
    assert sent.status_code == 201, sent.text
    again = await attached(staff, incident, "señal.html", JPEG, key=key)
    assert (again.json(), again.headers["idempotent-replayed"]) == (sent.json(), "true")
    [held] = sent.json()["attachments"]
    assert held["name"] == "señal_html.jpg"
    assert held["sha256"] == hashlib.sha256(JPEG).hexdigest()
    got = await staff.dispatcher.ask("GET", held["url"])
    assert got.content == JPEG
    assert got.headers["content-type"] == "image/jpeg"
    assert got.headers["content-disposition"] == "attachment; filename*=UTF-8''se%C3%B1al_html.jpg"
    assert got.headers["x-content-type-options"] == "nosniff"
    elsewhere = await new_incident()
    path = f"/incidents/{elsewhere['id']}/attachments/{held['id']}"
    problem(await staff.dispatcher.ask("GET", path), 404)


async def test_files_of_other_kinds_empty_ones_and_large_ones_are_refused(
    staff: Staff, new_incident: Any
) -> None:
    incident = await new_incident()
    for body in (b"MZ\x90\x00" * 9, b"PK\x03\x04zip", b"<svg>\x00</svg>"):
        problem(await attached(staff, incident, "foto.jpg", body), 422, "media-type-not-kept")
    problem(await attached(staff, incident, "foto.jpg", b""), 422, "empty-file")
    problem(await attached(staff, incident, "foto.jpg", JPEG + bytes(25_000_000)), 413)
    now = await staff.dispatcher.get(f"/incidents/{incident['id']}")
    assert now["attachments"] == []


async def test_a_file_that_the_incident_does_not_take_is_not_stored(
    running_centre: OwnCentre, staff: Staff, new_incident: Any
) -> None:
    merged, into = await new_incident(), await new_incident()
    path = f"/incidents/{merged['id']}/merge"
    await staff.dispatcher.post(path, {"into": into["id"]}, if_match=merged["version"])
    body = JPEG + new_id().bytes
    problem(await attached(staff, merged, "foto.jpg", body), 409, "incident-over")
    stored = EvidenceStore(running_centre.data / "evidence")
    sha256 = hashlib.sha256(body).hexdigest()
    assert not stored.path(sha256).exists()
    sent = await attached(staff, into, "foto.jpg", body)
    assert stored.checked(sha256).read_bytes() == body

    # It goes out whole as it was checked, and not at all once it was changed on disk.
    url = sent.json()["attachments"][0]["url"]
    part = await staff.dispatcher.ask("GET", url, headers={"Range": "bytes=0-3"})
    assert (part.status_code, part.content) == (200, body)
    assert (part.headers["etag"], part.headers["accept-ranges"]) == (f'"{sha256}"', "none")
    stored.path(sha256).chmod(0o640)
    stored.path(sha256).write_bytes(body[:-1])
    problem(await staff.dispatcher.ask("GET", url), 404)


async def test_files_of_a_protected_incident_are_for_those_who_need_to_know(
    staff: Staff, new_incident: Any
) -> None:
    incident = await new_incident(protected=True)
    sent = await attached(staff, incident, "foto.jpg", JPEG)
    url = sent.json()["attachments"][0]["url"]
    wall = staff.own[Role.WALL_OPERATOR]
    problem(await wall.ask("GET", url), 403, "protected")
    shown = await wall.get(f"/incidents/{incident['id']}")
    [held] = shown["attachments"]
    assert (held["name"], held["url"], held["sha256"]) == ("", "", "")
    version = shown["version"]
    for path, body in (
        ("close", {"disposition": "resolved"}),
        ("split", {"reason": "x", "call_ids": [str(new_id())]}),
        ("merge", {"into": incident["id"]}),
    ):
        asked = f"/incidents/{incident['id']}/{path}"
        problem(await wall.ask("POST", asked, body, if_match=version), 403, "protected")


async def test_fixes_of_a_protected_incidents_caller_are_coarse_for_others(
    staff: Staff, new_call: Any, new_incident: Any
) -> None:
    number, place = f"+5959{new_id().int % 10**8:08d}", staff.town.place()
    call = await new_call(caller_number=number, location=None)
    form = {
        "v": "3",
        "device_number": number,
        "location_latitude": place["lat"],
        "location_longitude": place["lon"],
        "location_accuracy": 12,
        "location_floor": "4",
    }
    await staff.machine.post("/locations/aml", urlencode(form))

    async def seen_by(who: Asker) -> Any:
        listed = await who.get("/locations", query={"outcome": "joined", "limit": 500})
        [one] = [one for one in listed["items"] if one["call_id"] == call["id"]]
        return one

    before = await seen_by(staff.own_auditor)
    assert (before["location"]["uncertainty_m"], before["floor"]) == (12, "4")
    await new_incident(call_id=call["id"], protected=True)
    for who in (staff.own_auditor, staff.machine):
        shown = await seen_by(who)
        cell = coarse(place["lon"], place["lat"])
        assert (shown["location"], shown["floor"], shown["masked"]) == (cell, None, True)
    assert await seen_by(staff.dispatcher) == before


async def test_who_looks_is_told_and_gone_soon_after_the_last_beat(
    running_centre: OwnCentre, staff: Staff, new_incident: Any
) -> None:
    incident = await new_incident()
    path, key = f"/incidents/{incident['id']}/look", f"looking:{incident['id']}"

    def told(names: set[str]) -> Any:
        return lambda frame: (
            key in frame["values"]
            and {one["name"] for one in (frame["values"][key] or {"users": []})["users"]} == names
        )

    async with console_of(running_centre, staff.own_auditor.key) as console:
        await console.next("snapshot")
        one, two = staff.dispatcher, staff.own_call_taker
        await one.post(path, {})
        await console.next("live", true=told({one.username}))
        both = await two.post(path, {})
        assert {user["name"] for user in both["users"]} == {one.username, two.username}
        await console.next("live", true=told({one.username, two.username}))
        since = both["users"][0]["since"]
        await one.post(path, {"gone": True})
        await console.next("live", true=told({two.username}))
        again = await two.post(path, {})
        assert again["users"][0]["since"] >= since
        # As if the screen had been dead for a while: nobody tells us, the time does.
        async with staff.database.engine.begin() as connection:
            statement = (
                "update looking set beat_at = beat_at - interval '16 s' where incident_id=:i"
            )
            await connection.execute(text(statement), {"i": incident["id"]})
        await console.next("live", true=told(set()), within_s=GONE_WITHIN_S)
    async with console_of(running_centre, staff.own_auditor.key) as fresh:
        assert key not in (await fresh.next("snapshot"))["live"]


async def test_notes_of_places_come_with_the_incident_and_protected_ones_are_masked(
    staff: Staff, new_incident: Any
) -> None:
    place = staff.town.place(east=7.0, north=3.0)
    body = {"kind": "violence", "title": "Ojo", "text": "Arma en la casa", "location": place}
    note = await staff.dispatcher.post("/premises", {**body, "radius_m": 80, "protected": True})
    incident = await new_incident(location=place)
    path = f"/incidents/{incident['id']}/premises"
    near = (await staff.dispatcher.get(path))["items"]
    assert incident["premises"] == len(near)
    [seen] = [one for one in near if one["id"] == note["id"]]
    assert (seen["text"], seen["distance_m"]) == ("Arma en la casa", 0.0)
    wall = staff.own[Role.WALL_OPERATOR]
    for asked in (path, "/premises?limit=500"):
        found = [one for one in (await wall.get(asked))["items"] if one["id"] == note["id"]]
        assert [(one["text"], one["title"], one["masked"]) for one in found] == [("", "", True)]
    problem(await wall.ask("POST", "/premises", {**body, "radius_m": 80}), 403)
    changed = await staff.dispatcher.patch(
        f"/premises/{note['id']}", {"protected": False, "valid_until": None}, if_match=1
    )
    assert (changed["version"], changed["protected"]) == (2, False)
    assert "Arma" in str(await wall.get(path))
    answer = await staff.dispatcher.ask("DELETE", f"/premises/{note['id']}")
    assert answer.json()["removed_at"]
    left = (await staff.dispatcher.get(path))["items"]
    assert note["id"] not in {one["id"] for one in left}


async def test_hand_over_works_for_somebody_whose_desk_is_dead(
    staff: Staff, new_incident: Any
) -> None:
    mine = [await new_incident() for _ in range(2)]
    dead, to = staff.own_call_taker.username, staff.own_supervisor.username
    for one in mine:
        await staff.dispatcher.post(f"/incidents/{one['id']}/owner", {"to": dead})
    body = {"from": dead, "to": to, "note": "Se quedó sin luz"}
    given = await staff.dispatcher.post("/handovers", body)
    owned = {one["id"]: one["owner"] for one in given["items"]}
    assert {one["id"]: to for one in mine}.items() <= owned.items()
    nobody = {"to": "nadie", "note": "x"}
    problem(await staff.dispatcher.ask("POST", "/handovers", nobody), 422, "not-a-leader")
    timeline = await staff.dispatcher.get(f"/incidents/{mine[0]['id']}/timeline")
    last = [one for one in timeline["items"] if one["kind"] == "incident.owner_changed"][-1]
    assert (last["data"]["before"], last["data"]["note"]) == (dead, "Se quedó sin luz")
