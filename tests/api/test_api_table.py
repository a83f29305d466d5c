"""Every route answers as the documents say, one walk through the whole table."""

import asyncio
import json
import time
from datetime import datetime, timedelta
from typing import Any

import pytest

from ops_center.auth.model import Role
from ops_center.bench.own_centre import OwnCentre
from ops_center.kernel.clock import SystemClock, wire_time
from tests.consoles import console_of
from tests.edges import Asker, Staff, World, asker, camera_body, good, make_account, problem

CALL = {
    "id", "number", "version", "state", "source", "caller_number", "narrative", "address_text",
    "location", "address", "zones", "incident_id", "taken_by", "disposition", "received_at",
    "occurred_at", "overdue", "taken_at", "abandoned_at", "language", "line", "fixes", "callbacks",
    "claim_stale", "witness", "rering", "interview",
}  # fmt: skip
INCIDENT = {
    "id", "number", "version", "status", "type", "priority", "location", "address", "zones",
    "narrative", "plan", "agencies", "call_ids", "alarm_ids", "notes", "assignments", "disposition",
    "merged_into", "opened_at", "closed_at", "overdue",
    "owner", "protected", "scheduled_for", "reopened_at", "links", "merged_from", "split_from",
    "attachments", "major", "premises", "clocks_overdue",
}  # fmt: skip
ASSIGNMENT = {
    "id", "incident_id", "unit_id", "callsign", "assigned_at", "acknowledged_at", "en_route_at",
    "on_scene_at", "released_at", "release_reason", "eta_s", "distance_m", "override_reason",
    "overdue",
    "role", "recommended", "best_eta_s", "diverted_from", "by",
}  # fmt: skip
UNIT = {
    "id", "callsign", "version", "agency", "kind", "profile", "capabilities", "availability",
    "activity", "assignment", "emergency", "status_at", "reason", "status", "status_source",
    "out_reason", "hospital", "crew", "vehicle", "station", "cell", "equipment", "shift",
    "proposal", "disagreement", "welfare", "cross_staffs", "busy_since", "rest_due",
    "emergency_at", "emergency_location", "emergency_fix_at", "emergency_acknowledged_by",
}  # fmt: skip
ALARM = {
    "id", "number", "version", "state", "kind", "priority", "agency", "camera_id", "camera_name",
    "zone_name", "location", "detected_at", "raised_at", "snapshot", "incident_id", "reason", "by",
    "source_id", "source_name", "count", "repeated_at", "shelved", "group",
}  # fmt: skip
CAMERA = {
    "id", "name", "version", "agency", "enabled", "location", "heading_deg", "fov_deg", "range_m",
}  # fmt: skip
ENTRY = {
    "seq", "id", "kind", "subject_type", "subject", "version", "incident", "author", "cause",
    "occurred_at", "recorded_at", "data",
}  # fmt: skip
PLACE = {"lon", "lat", "uncertainty_m", "confidence"}
ZONE = {"id", "kind", "code", "name"}
KNOWN_WITHIN_S = 5.0
YEAR = f"{SystemClock().now():%Y}-"


def wire_times(value: Any) -> list[str]:
    """Every `…_at` in an answer; they are all RFC 3339 in UTC with milliseconds."""
    if isinstance(value, dict):
        own = [v for k, v in value.items() if k.endswith("_at") and isinstance(v, str)]
        return own + [one for inner in value.values() for one in wire_times(inner)]
    if isinstance(value, list):
        return [one for inner in value for one in wire_times(inner)]
    return []


def whole(value: dict[str, Any], names: set[str], *more: str) -> dict[str, Any]:
    assert set(value) == names | set(more)
    for text in wire_times(value):
        assert wire_time(datetime.fromisoformat(text)) == text
    return value


async def test_calls(staff: Staff) -> None:
    ask, place = staff.dispatcher, staff.town.place()
    body = {
        "source": "phone",
        "caller_number": "0981 000 111",
        "location": {**place, "uncertainty_m": 40, "confidence": 0.8},
        "narrative": "Humo en el edificio",
        "occurred_at": wire_time(SystemClock().now() - timedelta(minutes=1)),
    }
    answer = await ask.ask("POST", "/calls", body)
    assert answer.status_code == 201
    call = whole(answer.json(), CALL, "possible_duplicates", "candidates")
    assert call["number"].startswith(YEAR)
    assert call["state"] == "waiting"
    assert whole(call["location"], PLACE) == body["location"]
    assert call["occurred_at"] == body["occurred_at"]
    assert call["address"]
    for zone in call["zones"]:
        whole(zone, ZONE)
    path = f"/calls/{call['id']}"
    shown = await ask.ask("GET", path)
    assert shown.headers["etag"] == '"1"'
    whole(good(shown), CALL)
    taken = whole(await ask.post(f"{path}/take"), CALL)
    assert (taken["state"], taken["taken_by"]) == ("taken", ask.username)
    moved = whole(await ask.post(f"{path}/locate", {"location": staff.town.place(east=1)}), CALL)
    assert moved["version"] == 3
    problem(await ask.ask("POST", f"{path}/locate", {"address_text": "zzz qqq xxx"}), 422)

    incident = await ask.post("/incidents", {"type": "fight", "location": place})
    near = {"source": "phone", "location": staff.town.place()}
    offered = (await staff.machine.post("/calls", near))["possible_duplicates"]
    mine = next(one for one in offered if one["incident_id"] == incident["id"])
    assert set(mine) >= {"incident_id", "number", "distance_m", "age_s", "reason"}
    linked = whole(await ask.post(f"{path}/link", {"incident_id": incident["id"]}), CALL)
    assert (linked["state"], linked["incident_id"]) == ("linked", incident["id"])
    problem(await ask.ask("POST", f"{path}/close", {"disposition": "silent"}), 409)

    other = await staff.machine.post("/calls", {"source": "phone"})
    closed = await ask.post(f"/calls/{other['id']}/close", {"disposition": "silent"})
    assert (whole(closed, CALL)["state"], closed["disposition"]) == ("closed", "silent")
    problem(await ask.ask("POST", f"/calls/{other['id']}/take"), 409)


@pytest.mark.parametrize(
    ("path", "query", "value"),
    [
        ("/calls", "state", "waiting"),
        ("/incidents", "status", "new"),
        ("/alarms", "state", "raised"),
    ],
)
async def test_lists_page_by_page(staff: Staff, path: str, query: str, value: str) -> None:
    for _ in range(5):
        await staff.machine.post("/calls", {"source": "phone"})
        await staff.dispatcher.post("/incidents", {"type": "noise"})
    name = f"/units/{(await new_unit(staff))['id']}/emergency"
    await staff.dispatcher.post(name)
    ids: list[str] = []
    cursor = None
    while True:
        asked = {query: value, "limit": 3, **({"cursor": cursor} if cursor else {})}
        page = await staff.dispatcher.get(path, query=asked)
        assert set(page) == {"items", "next_cursor"}
        assert len(page["items"]) <= 3
        assert all(one[query] == value for one in page["items"])
        ids += [one["id"] for one in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    everything = await staff.dispatcher.get(path, query={query: value, "limit": 500})
    assert ids == [one["id"] for one in everything["items"]]
    assert len(set(ids)) == len(ids) >= 1
    still_open = await staff.dispatcher.get(path, query={query: "open", "limit": 500})
    assert set(ids) <= {one["id"] for one in still_open["items"]}


async def new_unit(staff: Staff, **fields: Any) -> Any:
    callsign = f"T{SystemClock().now():%H%M%S%f}"
    body = {"callsign": callsign, "agency": "POL", "kind": "patrol", **fields}
    return await staff.admin.post("/units", body)


async def test_incidents_and_assignments(staff: Staff) -> None:
    ask, place = staff.dispatcher, staff.town.place()
    unit, second = await new_unit(staff), await new_unit(staff)
    for one in (unit, second):
        await staff.machine.post(f"/units/{one['id']}/locations", [staff.town.fix(east=2)])
    call = await staff.machine.post("/calls", {"source": "phone", "location": place})
    body = {"type": "fight", "call_id": call["id"], "narrative": "…"}
    answer = await ask.ask("POST", "/incidents", body)
    assert (answer.status_code, answer.headers["etag"]) == (201, f'"{answer.json()["version"]}"')
    incident = whole(answer.json(), INCIDENT)
    assert incident["status"] == "new"
    assert incident["call_ids"] == [call["id"]]
    assert incident["location"] == call["location"]
    [wanted] = incident["plan"]["requirements"]
    assert (wanted["capability"], wanted["count"]) == ("patrol", 2)
    assert incident["plan"]["run_card"]["id"] == "type:fight"
    path = f"/incidents/{incident['id']}"
    whole(await ask.get(path), INCIDENT)

    advice = await ask.get(f"{path}/recommendation", query={"limit": 3})
    assert set(advice) >= {"plan", "units", "runners_up", "shortfalls", "as_of"}
    for one in (*advice["units"], *advice["runners_up"]):
        assert set(one) >= {
            "unit_id", "callsign", "role", "eta_s", "distance_m", "position_age_s", "reasons"
        }  # fmt: skip
        assert all("code" in reason for reason in one["reasons"])
    for short in advice["shortfalls"]:
        assert set(short) >= {"capability", "missing", "reason"}

    body = {"unit_ids": [unit["id"]], "override_reason": "conoce la zona"}
    answer = await ask.ask("POST", f"{path}/assignments", body)
    assert answer.status_code == 201
    given = whole(answer.json(), INCIDENT)
    order = whole(given["assignments"][0], ASSIGNMENT)
    assert given["status"] == "dispatched"
    assert (order["callsign"], order["override_reason"]) == (unit["callsign"], "conoce la zona")
    assert order["eta_s"] > 0
    noted = whole(await ask.post(f"{path}/notes", {"text": "Llegó la ambulancia"}), INCIDENT)
    assert set(noted["notes"][-1]) == {"id", "text", "author", "at", "kind"}
    problem(await ask.ask("POST", f"{path}/close", {"disposition": "resolved"}, if_match="*"), 409)
    body = {"unit_ids": [second["id"]], "override_reason": "conoce el lugar"}
    more = await ask.post(f"{path}/assignments", body)
    assert len(more["assignments"]) == 2
    body = {"unit_ids": [second["id"]], "reason": "ya no se precisa"}
    freed = whole(await ask.post(f"{path}/assignments/release", body), INCIDENT)
    released = next(one for one in freed["assignments"] if one["unit_id"] == second["id"])
    assert released["release_reason"] == "ya no se precisa"
    for status, shown in (("en_route", "en_route"), ("on_scene", "on_scene"), ("clear", None)):
        await ask.post(f"/units/{unit['id']}/status", {"status": status})
        if shown:
            assert (await ask.get(path))["status"] == shown
    changed = await ask.patch(path, {"priority": 1, "type": "weapon"}, if_match="*")
    assert (changed["priority"], changed["type"]) == (1, "weapon")

    timeline = await ask.get(f"{path}/timeline")
    seqs = [whole(one, ENTRY)["seq"] for one in timeline["items"]]
    assert seqs == sorted(seqs)
    assert {one["incident"] for one in timeline["items"]} == {incident["id"]}
    first = await ask.get(f"{path}/timeline", query={"limit": 2})
    rest = await ask.get(f"{path}/timeline", query={"cursor": first["next_cursor"]})
    assert first["items"] + rest["items"] == timeline["items"]

    into = await ask.post("/incidents", {"type": "fight", "location": place})
    merged = await ask.post(f"{path}/merge", {"into": into["id"]}, if_match=changed["version"])
    assert call["id"] in whole(merged, INCIDENT)["call_ids"]
    assert merged["id"] == into["id"]
    gone = await ask.get(path)
    assert (gone["status"], gone["merged_into"]) == ("merged", into["id"])
    body = {"disposition": "resolved"}
    closed = await ask.post(f"/incidents/{into['id']}/close", body, if_match=merged["version"])
    assert (whole(closed, INCIDENT)["status"], closed["disposition"]) == ("closed", "resolved")
    assert closed["closed_at"]


async def test_units(staff: Staff) -> None:
    answer = await staff.admin.ask(
        "POST", "/units", {"callsign": f"U{SystemClock().now():%H%M%S%f}", "agency": "SEME",
                           "kind": "ambulance"},
    )  # fmt: skip
    assert answer.status_code == 201
    unit = whole(answer.json(), UNIT)
    path = f"/units/{unit['id']}"
    assert unit["capabilities"] == ["ambulance"]
    listing = await staff.dispatcher.get("/units")
    assert unit in listing["items"]
    assert listing["next_cursor"] is None
    twin = {"callsign": unit["callsign"], "agency": "SEME", "kind": "ambulance"}
    problem(await staff.admin.ask("POST", "/units", twin), 409)
    changed = whole(await staff.admin.patch(path, {"capabilities": ["ambulance", "rescue"]}), UNIT)
    assert changed["capabilities"] == ["ambulance", "rescue"]
    problem(await staff.dispatcher.ask("POST", f"{path}/status", {"status": "on_scene"}), 409)
    paused = await staff.dispatcher.post(f"{path}/status", {"status": "break", "reason": "cena"})
    assert (whole(paused, UNIT)["activity"], paused["reason"]) == ("break", "cena")
    assert paused["availability"] == "conditionally_available"
    batch = [staff.town.fix(), {**staff.town.fix(), "speed_mps": 3.5, "heading_deg": 90}]
    told = await staff.machine.post(f"{path}/locations", batch)
    assert set(told) == {"accepted", "rejected"}
    crying = await staff.dispatcher.post(f"{path}/emergency", {"location": staff.town.place()})
    assert whole(crying, UNIT)["emergency"] is True
    alarms = (await staff.dispatcher.get("/alarms", query={"state": "raised"}))["items"]
    assert alarms[0]["agency"] == "SEME"
    assert alarms[0]["priority"] == 1
    calm = await staff.dispatcher.post(f"{path}/emergency/clear", {"reason": "sin querer"})
    assert calm["emergency"] is False


async def test_alarms(staff: Staff) -> None:
    made = []
    for _ in range(3):
        unit = await new_unit(staff)
        await staff.dispatcher.post(
            f"/units/{unit['id']}/emergency", {"location": staff.town.place()}
        )
        made.append((await staff.dispatcher.get("/alarms"))["items"][0])
    wall = staff.own[Role.WALL_OPERATOR]
    for alarm in made:
        whole(alarm, ALARM)
    first, second, third = (f"/alarms/{one['id']}" for one in made)
    seen = whole(await wall.post(f"{first}/acknowledge"), ALARM)
    assert (seen["state"], seen["by"]) == ("acknowledged", wall.username)
    verified = await wall.post(f"{first}/verify", {"type": "unit_emergency", "narrative": "…"})
    assert set(verified) == {"alarm", "incident"}
    assert whole(verified["alarm"], ALARM)["state"] == "verified"
    assert whole(verified["incident"], INCIDENT)["alarm_ids"] == [made[0]["id"]]
    joined = await wall.post(f"{second}/verify", {"incident_id": verified["incident"]["id"]})
    assert joined["incident"]["alarm_ids"] == [made[0]["id"], made[1]["id"]]
    gone = whole(await wall.post(f"{third}/dismiss", {"reason": "pressed_by_mistake"}), ALARM)
    assert (gone["state"], gone["reason"]) == ("dismissed", "pressed_by_mistake")
    problem(await wall.ask("POST", f"{third}/verify", {"type": "unit_emergency"}), 409)
    problem(await wall.ask("POST", f"{second}/dismiss", {"reason": "animal"}), 409)
    problem(await wall.ask("GET", f"{first}/snapshot.jpg"), 404)


async def test_cameras(staff: Staff, world: World) -> None:
    body = camera_body(staff.town.place(), heading_deg=90, rules=[{"name": "Portón"}])
    answer = await staff.admin.ask("POST", "/cameras", body)
    assert answer.status_code == 201
    camera = whole(answer.json(), CAMERA)
    path = f"/cameras/{camera['id']}"
    listed = (await staff.dispatcher.get("/cameras"))["items"]
    mine = next(one for one in listed if one["id"] == camera["id"])
    assert {name: mine[name] for name in CAMERA} == camera
    renamed = await staff.admin.patch(path, {"name": "Plaza", "heading_deg": None}, if_match=1)
    assert (renamed["name"], renamed["heading_deg"], renamed["version"]) == ("Plaza", None, 2)
    incident = await staff.dispatcher.post(
        "/incidents", {"type": "noise", "location": staff.town.place()}
    )
    views = await staff.dispatcher.get(f"/incidents/{incident['id']}/cameras")
    assert set(views) == {"items", "blind_spot"}
    assert camera["id"] in {one["camera_id"] for one in views["items"]}
    assert all({"camera_id", "name", "distance_m"} <= set(one) for one in views["items"])


async def test_geography(staff: Staff) -> None:
    ask, (lon, lat) = staff.dispatcher, staff.town.centre
    city = await ask.get("/city")
    assert set(city) >= {"name", "extent", "centre", "timezone", "attribution"}
    here = await ask.get("/reverse", query={"lon": lon, "lat": lat})
    assert here["label"]
    found = await ask.get(
        "/geocode", query={"q": here["label"], "limit": 3, "lon": lon, "lat": lat}
    )
    assert 1 <= len(found["items"]) <= 3
    for one in found["items"]:
        assert set(one) >= {"label", "kind", "location", "score", "zones"}
        whole(one["location"], PLACE)
    assert [one["score"] for one in found["items"]] == sorted(
        (one["score"] for one in found["items"]), reverse=True
    )
    far = staff.town.place(east=4, north=3)
    query = {"from": f"{lon},{lat}", "to": f"{far['lon']},{far['lat']}", "profile": "ambulance"}
    route = await ask.get("/route", query=query)
    assert set(route) >= {"duration_s", "distance_m", "geometry", "estimated"}
    assert route["geometry"]["type"] == "LineString"
    assert route["duration_s"] > 0
    reach = await ask.get("/isochrone", query={"lon": lon, "lat": lat, "minutes": 2})
    assert reach["geometry"]["type"] in {"Polygon", "MultiPolygon"}
    tile = await ask.ask("GET", "/tiles/zones/0/0/0.mvt")
    assert tile.headers["etag"]
    again = await ask.ask(
        "GET", "/tiles/zones/0/0/0.mvt", headers={"If-None-Match": tile.headers["etag"]}
    )
    assert again.status_code == 304
    assert again.content == b""
    codes = await ask.get("/codes")
    for name in ("incident_types", "call_dispositions", "incident_dispositions", "unit_statuses",
                 "alarm_reasons", "view_purposes"):  # fmt: skip
        assert codes[name]
        assert all({"code", "labels"} <= set(one) for one in codes[name])
        assert all(set(one["labels"]) == {"es", "gn", "en"} for one in codes[name])


async def test_history_and_picture(running_centre: OwnCentre, staff: Staff) -> None:
    start = wire_time(SystemClock().now() - timedelta(seconds=1))
    call = await staff.machine.post("/calls", {"source": "phone"})
    await staff.dispatcher.post(f"/calls/{call['id']}/take")
    span = {"from": start, "to": wire_time(SystemClock().now() + timedelta(minutes=1))}
    auditor: Asker = staff.own_auditor
    of_call = await auditor.get("/history", query={**span, "subject": call["id"]})
    assert [whole(one, ENTRY)["kind"] for one in of_call["items"]] == [
        "call.received",
        "call.taken",
    ]
    kinds = await auditor.get("/history", query={**span, "kind": ["call.taken", "call.closed"]})
    assert {one["kind"] for one in kinds["items"]} <= {"call.taken", "call.closed"}
    first = await auditor.get("/history", query={**span, "limit": 1})
    second = await auditor.get("/history", query={**span, "cursor": first["next_cursor"]})
    assert second["items"][0]["seq"] > first["items"][0]["seq"]
    problem(await auditor.ask("GET", "/history", query={"from": span["to"], "to": start}), 422)
    shown = await staff.dispatcher.get("/picture")
    async with console_of(running_centre, staff.dispatcher.key) as console:
        snapshot = await console.next("snapshot")
    assert set(shown) == set(snapshot)
    assert shown["seq"] <= snapshot["seq"]
    if shown["seq"] == snapshot["seq"]:
        assert shown["picture"] == snapshot["picture"]


async def test_a_crew_is_changed_by_an_admin(running_centre: OwnCentre, staff: Staff) -> None:
    unit = await new_unit(staff)
    name, key = await make_account(staff.database, Role.RESPONDER, "POL")
    path = f"/units/{unit['id']}/status"
    async with asker(running_centre, name, key) as crew:
        problem(await crew.ask("POST", path, {"status": "break"}), 403)
        user = await staff.admin.patch(f"/users/{name}", {"unit_id": unit["id"]})
        assert user["unit_id"] == unit["id"]
        assert "password" not in json.dumps(user)
        until = time.monotonic() + KNOWN_WITHIN_S
        answer = await crew.ask("POST", path, {"status": "break"})
        while answer.is_error and time.monotonic() < until:
            problem(answer, 403)
            await asyncio.sleep(0.2)
            answer = await crew.ask("POST", path, {"status": "break"})
        assert good(answer)["activity"] == "break"
