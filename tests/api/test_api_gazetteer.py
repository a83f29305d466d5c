"""Local names and reports of wrong places over HTTP: found at once, never overwritten."""

from typing import Any

from ops_center.kernel.ids import new_id
from tests.edges import Asker, Staff, problem


def some_name(word: str) -> str:
    return f"{word} {new_id().hex[-8:]}"


async def first(ask: Asker, words: str) -> dict[str, Any]:
    found = (await ask.get("/geocode", query={"q": words}))["items"]
    assert found, words
    best: dict[str, Any] = found[0]
    return best


async def entries_of(staff: Staff, subject: str) -> list[dict[str, Any]]:
    query = {"from": "2026-01-01T00:00:00Z", "to": "2200-01-01T00:00:00Z", "subject": subject}
    items: list[dict[str, Any]] = (await staff.own_auditor.get("/history", query=query))["items"]
    return items


async def test_own_place_is_found_by_the_next_search_and_gone_when_removed(staff: Staff) -> None:
    name, place = some_name("Recova"), staff.town.place(east=1)
    other = some_name("Galpón")
    body = {"name": name, "kind": "market", "aliases": [other], **place}
    entry = await staff.admin.post("/gazetteer", body)
    assert (entry["version"], entry["linked_to"]) == (1, None)
    for words in (name, other, f"frente a {name}"):
        found = await first(staff.dispatcher, words)
        assert (found["kind"], found["sort"]) == ("poi", "market"), words
        assert (found["location"]["lon"], found["location"]["lat"]) == tuple(place.values())
    path = f"/gazetteer/{entry['id']}"
    problem(await staff.admin.ask("DELETE", path), 428, "precondition-required")
    assert (await staff.admin.ask("DELETE", path, if_match=1)).status_code == 200
    answer = await staff.dispatcher.get("/geocode", query={"q": name})
    assert all(one["label"] != name for one in answer["items"])
    kinds = [one["kind"] for one in await entries_of(staff, entry["id"])]
    assert kinds == ["gazetteer.added", "gazetteer.removed"]


async def test_popular_name_leads_to_the_street_with_its_corners(staff: Staff) -> None:
    alias = some_name("Avenida")
    target = "Mannerheimintie"
    entry = await staff.own_supervisor.post(
        "/gazetteer", {"name": alias, "kind": "street", "target": target}
    )
    assert entry["linked_to"] == target
    assert (await first(staff.dispatcher, alias))["label"] == target
    corner = await first(staff.dispatcher, f"{alias} y Kaivokatu")
    assert corner["kind"] == "intersection"
    assert target in corner["label"]


async def test_change_needs_the_version_seen(staff: Staff) -> None:
    body = {"name": some_name("Recova"), **staff.town.place()}
    entry = await staff.admin.post("/gazetteer", body)
    path = f"/gazetteer/{entry['id']}"
    changed = await staff.admin.patch(path, {"aliases": ["La Recovita"]}, if_match=1)
    assert (changed["version"], changed["aliases"]) == (2, ["La Recovita"])
    problem(await staff.admin.ask("PATCH", path, {"note": "…"}, if_match=1), 412)
    problem(await staff.admin.ask("PATCH", path, {"lon": None, "lat": None}, if_match=2), 422)
    problem(await staff.admin.ask("PATCH", path, {"lon": 1.0}, if_match=2), 422)
    listed = await whole_list(staff.dispatcher)
    assert next(one for one in listed if one["id"] == entry["id"]) == changed


async def whole_list(ask: Asker) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    cursor: str | None = None
    while cursor is not None or not found:
        query = {"limit": 3} | ({"cursor": cursor} if cursor else {})
        page = await ask.get("/gazetteer", query=query)
        found += page["items"]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert len({one["id"] for one in found}) == len(found)
    return found


async def test_entry_must_be_somewhere_and_its_target_must_exist(staff: Staff) -> None:
    before = await staff.written()
    for body in (
        {"name": "Nowhere"},
        {"name": "Half", "lon": 24.9},
        {"name": "...", **staff.town.place()},
        {"name": "Far", "lon": 100.0, "lat": -60.0},
        {"name": "Alias", "kind": "street", "target": "Avenida Inventada"},
        {"name": "Kind", "kind": "two words", **staff.town.place()},
    ):
        problem(await staff.admin.ask("POST", "/gazetteer", body), 422)
    assert await staff.written() == before


async def test_wrong_place_is_reported_queued_and_settled_with_a_new_name(staff: Staff) -> None:
    words, right = some_name("la recoba"), staff.town.place(north=1)
    chosen = {"label": "Palma", **staff.town.place()}
    body = {"text": words, "chosen": chosen, "right": right, "note": "junto al puerto"}
    report = await staff.own_call_taker.post("/place-reports", body)
    assert (report["state"], report["reported_by"]) == ("open", staff.own_call_taker.username)
    queued = await staff.admin.get("/place-reports", query={"state": "open", "limit": 500})
    assert report["id"] in {one["id"] for one in queued["items"]}
    path = f"/place-reports/{report['id']}/settle"
    problem(await staff.admin.ask("POST", path, {"outcome": "entry_added"}), 422)
    problem(await staff.own_call_taker.ask("POST", path, {"outcome": "not_wrong"}), 403)
    settled = await staff.admin.post(
        path, {"outcome": "entry_added", "entry": {"name": words, "kind": "market"}}
    )
    assert (settled["state"], settled["settled_by"]) == ("settled", staff.admin.username)
    found = await first(staff.dispatcher, words)
    assert (found["location"]["lon"], found["location"]["lat"]) == tuple(right.values())
    problem(await staff.admin.ask("POST", path, {"outcome": "not_wrong"}), 409, "report-settled")
    kinds = [one["kind"] for one in await entries_of(staff, report["id"])]
    assert kinds == ["gazetteer.place_reported", "gazetteer.report_settled"]


async def test_call_with_words_nobody_understands_is_saved(staff: Staff) -> None:
    for words in ("zzzz qqqq xxxx", "'; drop table street; --", "<b>ñandu\u0301</b> \u202e", "??"):
        body = {"source": "phone", "address_text": words}
        call = await staff.own_call_taker.post("/calls", body)
        assert (call["location"], call["address_text"]) == (None, words.strip())
        assert not any(one["certain"] for one in call["candidates"])


async def test_call_is_placed_only_when_the_words_are_certain(staff: Staff) -> None:
    corner = {"source": "phone", "address_text": "Mannerheimintie y Kaivokatu"}
    sure = await staff.own_call_taker.post("/calls", corner)
    assert sure["location"] is not None
    assert sure["candidates"][0]["certain"]
    house = {"source": "phone", "address_text": "Mannerheimintie 99999"}
    open_ = await staff.own_call_taker.post("/calls", house)
    assert (open_["location"], bool(open_["candidates"])) == (None, True)
