"""Every role against every route: what is not allowed is refused, what is others' is not there."""

import json
from typing import Any

import httpx
import pytest

from ops_center.auth.model import ROLE_PERMISSIONS, Permission, Role
from ops_center.kernel.ids import new_id
from tests.api.changes import CHANGES, NO_CLOSURE, Change
from tests.consoles import console_of
from tests.edges import AGENCIES, LAYER, OF_AGENCIES, Asker, Staff, World, camera_body, problem

P = Permission
ANYBODY, SIGNED_IN = "anybody", "signed in"
V1 = "/api/v1"
# What each route needs, stated a second time: a route that stands in no line fails the test.
NEEDS: dict[tuple[str, str], P | str] = {
    ("GET", "/session"): SIGNED_IN,
    ("POST", "/session"): ANYBODY,
    ("DELETE", "/session"): SIGNED_IN,
    ("GET", "/codes"): SIGNED_IN,
    ("PATCH", "/users/{username}"): P.USERS_WRITE,
    ("GET", "/rules"): P.INCIDENTS_READ,
    ("GET", "/rules/{name}"): P.INCIDENTS_READ,
    ("PUT", "/rules/{name}"): P.RULES_WRITE,
    ("POST", "/rules/{name}/check"): P.RULES_WRITE,
    ("GET", "/rules/{name}/versions"): P.INCIDENTS_READ,
    ("GET", "/rules/{name}/versions/{version}"): P.INCIDENTS_READ,
    ("POST", "/rules/{name}/rollback"): P.RULES_WRITE,
    ("GET", "/calls"): P.CALLS_READ,
    ("POST", "/calls"): P.CALLS_WRITE,
    ("GET", "/calls/{call_id}"): P.CALLS_READ,
    ("POST", "/calls/{call_id}/take"): P.CALLS_WRITE,
    ("POST", "/calls/{call_id}/locate"): P.CALLS_WRITE,
    ("POST", "/calls/{call_id}/link"): P.CALLS_WRITE,
    ("POST", "/calls/{call_id}/close"): P.CALLS_WRITE,
    ("GET", "/calls/callbacks"): P.CALLS_READ,
    ("GET", "/calls/storms"): P.CALLS_WRITE,
    ("PATCH", "/calls/{call_id}"): P.CALLS_WRITE,
    ("POST", "/calls/{call_id}/take-over"): P.CALLS_WRITE,
    ("POST", "/calls/{call_id}/release"): P.CALLS_WRITE,
    ("POST", "/calls/{call_id}/hang-up"): P.CALLS_WRITE,
    ("POST", "/calls/{call_id}/callbacks"): P.CALLS_WRITE,
    ("POST", "/calls/{call_id}/fixes"): P.CALLS_WRITE,
    ("POST", "/calls/{call_id}/fixes/{fix_id}/accept"): P.CALLS_WRITE,
    ("GET", "/calls/{call_id}/trail"): P.CALLS_READ,
    ("GET", "/calls/{call_id}/earlier"): P.CALLS_READ,
    ("GET", "/calls/{call_id}/triage"): P.CALLS_WRITE,
    ("POST", "/calls/{call_id}/interview"): P.CALLS_WRITE,
    ("GET", "/calls/{call_id}/interview"): P.CALLS_READ,
    ("POST", "/calls/{call_id}/interview/answers"): P.CALLS_WRITE,
    ("POST", "/incidents/{incident_id}/witnesses"): P.CALLS_WRITE,
    ("GET", "/incidents"): P.INCIDENTS_READ,
    ("POST", "/incidents"): P.INCIDENTS_WRITE,
    ("GET", "/incidents/{incident_id}"): P.INCIDENTS_READ,
    ("PATCH", "/incidents/{incident_id}"): P.INCIDENTS_WRITE,
    ("GET", "/incidents/{incident_id}/timeline"): P.INCIDENTS_READ,
    ("GET", "/incidents/{incident_id}/recommendation"): P.INCIDENTS_READ,
    ("GET", "/incidents/{incident_id}/recommendation/coverage"): P.INCIDENTS_READ,
    ("GET", "/coverage"): P.UNITS_READ,
    ("GET", "/incidents/{incident_id}/cameras"): P.CAMERAS_READ,
    ("POST", "/incidents/{incident_id}/notes"): P.INCIDENTS_WRITE,
    ("POST", "/incidents/{incident_id}/merge"): P.INCIDENTS_WRITE,
    ("POST", "/incidents/{incident_id}/close"): P.INCIDENTS_WRITE,
    ("POST", "/incidents/{incident_id}/unmerge"): P.INCIDENTS_WRITE,
    ("POST", "/incidents/{incident_id}/split"): P.INCIDENTS_WRITE,
    ("POST", "/incidents/{incident_id}/links"): P.INCIDENTS_WRITE,
    ("DELETE", "/incidents/{incident_id}/links/{other_id}"): P.INCIDENTS_WRITE,
    ("POST", "/incidents/{incident_id}/reopen"): P.INCIDENTS_WRITE,
    ("POST", "/incidents/{incident_id}/start"): P.INCIDENTS_WRITE,
    ("POST", "/incidents/{incident_id}/protection"): P.PROTECTED_READ,
    ("POST", "/incidents/{incident_id}/owner"): P.INCIDENTS_WRITE,
    ("POST", "/handovers"): P.UNITS_ASSIGN,
    ("POST", "/incidents/{incident_id}/major"): P.INCIDENTS_WRITE,
    ("POST", "/incidents/{incident_id}/major/end"): P.INCIDENTS_WRITE,
    ("POST", "/incidents/{incident_id}/sectors"): P.INCIDENTS_WRITE,
    ("PATCH", "/incidents/{incident_id}/sectors/{sector_id}"): P.INCIDENTS_WRITE,
    ("POST", "/incidents/{incident_id}/tasks"): P.INCIDENTS_WRITE,
    ("PATCH", "/incidents/{incident_id}/tasks/{task_id}"): P.INCIDENTS_WRITE,
    ("POST", "/incidents/{incident_id}/attachments"): P.INCIDENTS_WRITE,
    ("GET", "/incidents/{incident_id}/attachments/{attachment_id}"): P.INCIDENTS_READ,
    ("POST", "/incidents/{incident_id}/look"): P.INCIDENTS_READ,
    ("GET", "/incidents/{incident_id}/premises"): P.INCIDENTS_READ,
    ("GET", "/premises"): P.INCIDENTS_READ,
    ("POST", "/premises"): P.PREMISES_WRITE,
    ("PATCH", "/premises/{premise_id}"): P.PREMISES_WRITE,
    ("DELETE", "/premises/{premise_id}"): P.PREMISES_WRITE,
    ("POST", "/incidents/{incident_id}/assignments"): P.UNITS_ASSIGN,
    ("POST", "/incidents/{incident_id}/assignments/release"): P.UNITS_ASSIGN,
    ("GET", "/units"): P.UNITS_READ,
    ("POST", "/units"): P.UNITS_WRITE,
    ("GET", "/units/{unit_id}"): P.UNITS_READ,
    ("GET", "/units/{unit_id}/track"): P.UNITS_READ,
    ("PATCH", "/units/{unit_id}"): P.UNITS_WRITE,
    ("POST", "/units/{unit_id}/status"): P.UNITS_REPORT_ANY,
    ("POST", "/units/{unit_id}/locations"): P.UNITS_REPORT_ANY,
    ("POST", "/units/{unit_id}/emergency"): P.UNITS_REPORT_ANY,
    ("POST", "/units/{unit_id}/emergency/clear"): P.UNITS_ASSIGN,
    ("POST", "/units/{unit_id}/sign-on"): P.UNITS_REPORT_ANY,
    ("POST", "/units/{unit_id}/sign-off"): P.UNITS_REPORT_ANY,
    ("POST", "/units/{unit_id}/proposal/confirm"): P.UNITS_REPORT_ANY,
    ("POST", "/units/{unit_id}/proposal/reject"): P.UNITS_REPORT_ANY,
    ("POST", "/units/{unit_id}/welfare"): P.UNITS_REPORT_ANY,
    ("POST", "/units/{unit_id}/welfare/timer"): P.UNITS_ASSIGN,
    ("GET", "/units/{unit_id}/beats"): P.HISTORY_READ,
    ("GET", "/patrol"): P.HISTORY_READ,
    ("GET", "/shifts"): P.UNITS_READ,
    ("POST", "/shifts"): P.UNITS_WRITE,
    ("PATCH", "/shifts/{shift_id}"): P.UNITS_WRITE,
    ("DELETE", "/shifts/{shift_id}"): P.UNITS_WRITE,
    ("GET", "/alarms"): P.ALARMS_READ,
    ("GET", "/alarms/{alarm_id}/snapshot.jpg"): P.ALARMS_READ,
    ("POST", "/alarms/{alarm_id}/acknowledge"): P.ALARMS_HANDLE,
    ("POST", "/alarms/{alarm_id}/verify"): P.ALARMS_HANDLE,
    ("POST", "/alarms/{alarm_id}/dismiss"): P.ALARMS_HANDLE,
    ("GET", "/alarms/load"): P.ALARMS_READ,
    ("GET", "/alarms/raw"): P.ALARMS_READ,
    ("POST", "/alarms/{alarm_id}/shelve"): P.ALARMS_HANDLE,
    ("POST", "/alarms/{alarm_id}/unshelve"): P.ALARMS_HANDLE,
    ("GET", "/cameras"): P.CAMERAS_READ,
    ("POST", "/cameras"): P.CAMERAS_WRITE,
    ("PATCH", "/cameras/{camera_id}"): P.CAMERAS_WRITE,
    ("GET", "/cameras/{camera_id}/snapshot.jpg"): P.CAMERAS_VIEW,
    ("POST", "/cameras/{camera_id}/whep"): P.CAMERAS_VIEW,
    ("DELETE", "/cameras/{camera_id}/whep/{session_id}"): P.CAMERAS_VIEW,
    ("GET", "/city"): P.GEOGRAPHY_READ,
    ("GET", "/geocode"): P.GEOGRAPHY_READ,
    ("GET", "/reverse"): P.GEOGRAPHY_READ,
    ("GET", "/gazetteer"): P.GEOGRAPHY_READ,
    ("POST", "/gazetteer"): P.GEOGRAPHY_WRITE,
    ("PATCH", "/gazetteer/{entry}"): P.GEOGRAPHY_WRITE,
    ("DELETE", "/gazetteer/{entry}"): P.GEOGRAPHY_WRITE,
    ("GET", "/place-reports"): P.GEOGRAPHY_WRITE,
    ("POST", "/place-reports"): P.PLACES_REPORT,
    ("POST", "/place-reports/{report}/settle"): P.GEOGRAPHY_WRITE,
    ("GET", "/layers"): P.GEOGRAPHY_READ,
    ("GET", "/layers/{name}"): P.GEOGRAPHY_READ,
    ("DELETE", "/layers/{name}"): P.GEOGRAPHY_WRITE,
    ("GET", "/layers/{name}/versions"): P.GEOGRAPHY_READ,
    ("POST", "/layers/{name}/versions"): P.GEOGRAPHY_WRITE,
    ("GET", "/layers/{name}/versions/{number}/refused.geojson"): P.GEOGRAPHY_READ,
    ("GET", "/layers/{name}/compare"): P.GEOGRAPHY_READ,
    ("POST", "/layers/{name}/rollback"): P.GEOGRAPHY_WRITE,
    ("GET", "/route"): P.GEOGRAPHY_READ,
    ("GET", "/isochrone"): P.GEOGRAPHY_READ,
    ("POST", "/travel-times"): P.GEOGRAPHY_READ,
    ("GET", "/closures"): P.GEOGRAPHY_READ,
    ("POST", "/closures"): P.CLOSURES_WRITE,
    ("PATCH", "/closures/{closure_id}"): P.CLOSURES_WRITE,
    ("POST", "/closures/{closure_id}/lift"): P.CLOSURES_WRITE,
    ("GET", "/alarm-sources"): P.ALARMS_READ,
    ("POST", "/alarm-sources"): P.ALARM_SOURCES_WRITE,
    ("PATCH", "/alarm-sources/{source_id}"): P.ALARM_SOURCES_WRITE,
    ("POST", "/alarm-sources/{code}/activations"): P.ALARMS_RAISE,
    ("POST", "/alarm-sources/{code}/heartbeats"): P.ALARMS_RAISE,
    ("GET", "/locations"): P.CALLS_READ,
    ("POST", "/locations/aml"): ANYBODY,  # always answered 2xx, believed only with key or signature
    ("POST", "/locations/sms"): ANYBODY,
    ("POST", "/locations/pidf-lo"): P.CALLS_WRITE,
    ("POST", "/pbx/events"): P.CALLS_WRITE,
    ("GET", "/reports/sources"): P.REPORTS_READ,
    ("GET", "/reports/response-times"): P.REPORTS_READ,
    ("GET", "/reports/response-times.parquet"): P.REPORTS_READ,
    ("GET", "/reports/calls"): P.REPORTS_READ,
    ("GET", "/reports/queues"): P.REPORTS_READ,
    ("GET", "/reports/workload"): P.REPORTS_READ,
    ("GET", "/reports/overrides"): P.REPORTS_READ,
    ("GET", "/reports/alarms"): P.REPORTS_READ,
    ("GET", "/reports/{report}.csv"): P.REPORTS_READ,
    ("GET", "/reports/{report}.pdf"): P.REPORTS_READ,
    ("GET", "/history"): P.HISTORY_READ,
    ("GET", "/picture"): SIGNED_IN,
    ("GET", "/zones"): P.GEOGRAPHY_READ,
    ("GET", "/zones/at"): P.GEOGRAPHY_READ,
    ("GET", "/tiles/basemap.pmtiles"): ANYBODY,
    ("GET", "/tiles/basemap.json"): ANYBODY,
    ("GET", "/tiles/{layer}/{z}/{x}/{y}.mvt"): P.GEOGRAPHY_READ,
    ("GET", "/health/live"): ANYBODY,
    ("GET", "/health/ready"): ANYBODY,
    ("GET", "/metrics"): ANYBODY,
}
QUERY: dict[str, dict[str, Any]] = {
    "/layers/{name}/compare": {"from": 1, "to": 1},
    "/incidents/{incident_id}/attachments": {"filename": "foto.png"},
    "/geocode": {"q": "Mannerheimintie"},
    "/reverse": {"lon": 24.94, "lat": 60.17},
    "/zones/at": {"lon": 24.94, "lat": 60.17},
    "/route": {"from": "24.94,60.17", "to": "24.945,60.171"},
    "/isochrone": {"lon": 24.94, "lat": 60.17, "minutes": 3},
    "/history": {"from": "2026-01-01T00:00:00Z", "to": "2200-01-01T00:00:00Z"},
}
WORDS = {"name": LAYER, "number": "1", "closure_id": NO_CLOSURE, "layer": "zones", "z": "0",
         "x": "0", "y": "0", "code": "NO-HAY", "username": "nobody-here", "entry": str(new_id()),
         "report": str(new_id()), "fix_id": str(new_id()), "sector_id": NO_CLOSURE,
         "task_id": NO_CLOSURE, "premise_id": NO_CLOSURE, "shift_id": NO_CLOSURE,
         "attachment_id": str(new_id())}  # fmt: skip
# What belongs to the centre alone, so that people of one agency are told 403 and not 404.
CENTRE_ALONE = {
    "/incidents/{incident_id}/witnesses",
    *(path for method, path in NEEDS if path.startswith("/calls/{call_id}/")),
}


def change_at(method: str, path: str) -> Change | None:
    def plain(text: str) -> str:
        for word in ("call", "incident", "unit", "alarm", "camera", "source"):
            text = text.replace(f"{{{word}_id}}", f"{{{word}}}")
        text = text.replace("{code}", "NO-HAY").replace("/rules/{name}", "/rules/no-hay")
        for word in ("closure_id", "sector_id", "task_id", "premise_id", "shift_id"):
            text = text.replace(f"{{{word}}}", NO_CLOSURE)
        return text.replace("{username}", "nobody-here")

    found = [one for one in CHANGES if (one.method, one.path) == (method, plain(path))]
    return found[0] if found else None


def filled(path: str, world: World) -> str:
    ids = {f"{word}_id": identity for word, identity in world.ids.items()}
    path = path.replace("/reports/{report}", "/reports/calls")
    path = path.replace("/rules/{name}", "/rules/clocks").replace("{version}", "0")
    return path.format(**WORDS, session_id=str(new_id()), **ids)


async def ask(who: Asker, method: str, path: str, world: World) -> httpx.Response:
    change = change_at(method, path)
    versioned = method == "DELETE" or (change is not None and change.if_match)
    headers = {"If-Match": "*"} if versioned else {}
    body: Any = change.body if change else None
    if path.endswith("/whep"):
        headers, body = {"Content-Type": "application/sdp", "X-Purpose": "patrol"}, b"v=0\r\n"
    if (method, path) == ("POST", "/session"):
        body = {"username": "nobody-here", "password": "x"}
    if path == "/travel-times":
        body = {"from": [[24.94, 60.17]], "to": [[24.945, 60.171]]}
    return await who.ask(method, filled(path, world), body, headers=headers, query=QUERY.get(path))


async def test_every_route_says_what_it_needs(staff: Staff) -> None:
    schema = await staff.stranger.get("/api/openapi.json")
    routes = {
        (method.upper(), path.removeprefix(V1))
        for path, methods in schema["paths"].items()
        for method in methods
    }
    assert routes == set(NEEDS)


@pytest.mark.parametrize(("method", "path"), NEEDS, ids=str)
async def test_roles_without_the_right_are_refused(
    staff: Staff, world: World, method: str, path: str
) -> None:
    needed = NEEDS[method, path]
    before = await staff.written()
    if needed != ANYBODY:
        problem(await ask(staff.stranger, method, path, world), 401, "unauthenticated")
    for role, who in staff.own.items():
        lacking = isinstance(needed, P) and needed not in ROLE_PERMISSIONS[role]
        if lacking:
            told = problem(await ask(who, method, path, world), 403)
            assert "detail" in told
    assert await staff.written() == before


READS = [(m, p) for (m, p), needed in NEEDS.items() if m == "GET" and needed != ANYBODY]


@pytest.mark.parametrize(("method", "path"), READS, ids=str)
async def test_roles_with_the_right_are_answered(
    staff: Staff, world: World, method: str, path: str
) -> None:
    needed = NEEDS[method, path]
    for role, who in staff.own.items():
        if role is Role.RESPONDER or needed not in {SIGNED_IN, *ROLE_PERMISSIONS[role]}:
            continue
        answer = await ask(who, method, path, world)
        if "/recommendation" in path and P.UNITS_READ not in ROLE_PERMISSIONS[role]:
            continue
        nothing_there = path.endswith(("snapshot.jpg", "{attachment_id}"))
        expected = (404, 503) if nothing_there else (200, 204)
        assert answer.status_code in expected, answer.text


FOREIGN = [
    (method, path)
    for (method, path), needed in NEEDS.items()
    if "_id}" in path and isinstance(needed, P)
]


@pytest.mark.parametrize(("method", "path"), FOREIGN, ids=str)
async def test_what_belongs_to_another_agency_is_not_there(
    staff: Staff, world: World, method: str, path: str
) -> None:
    """`world` is of POL: for everybody of SEME, whatever their role, it does not exist."""
    needed = NEEDS[method, path]
    before = await staff.written()
    for role in OF_AGENCIES:
        if needed not in ROLE_PERMISSIONS[role]:
            continue
        there = await ask(staff.agency[role, "SEME"], method, path, world)
        told = problem(there, 403 if path in CENTRE_ALONE else 404)
        if path not in CENTRE_ALONE:
            nowhere = World({word: str(new_id()) for word in world.ids}, world.versions)
            absent = await ask(staff.agency[role, "SEME"], method, path, nowhere)
            assert problem(absent, 404)["code"] == told["code"]
    responder = staff.own[Role.RESPONDER]
    if needed in ROLE_PERMISSIONS[Role.RESPONDER]:
        problem(await ask(responder, method, path, world), 404)
    assert await staff.written() == before


LISTS = ("/calls", "/incidents", "/units", "/alarms", "/cameras", "/history", "/picture")
UNPAGED = {"/units", "/cameras", "/picture"}


@pytest.mark.parametrize("path", LISTS)
async def test_lists_hold_nothing_of_others(staff: Staff, world: World, path: str) -> None:
    query = {**QUERY.get(path, {}), "limit": 500} if path not in UNPAGED else {}
    if path == "/history":
        query["subject"] = world.ids["incident"]
    whole = (await staff.own_auditor.ask("GET", path, query=query)).text
    for role in OF_AGENCIES:
        answer = await staff.agency[role, "SEME"].ask("GET", path, query=query)
        if answer.status_code == 403:
            continue
        assert answer.status_code == 200
        for word, identity in world.ids.items():
            assert identity not in answer.text, f"{role} of SEME is shown {word} of POL"
    mine = await staff.own[Role.RESPONDER].ask("GET", path, query=query)
    assert mine.status_code == 403 or all(one not in mine.text for one in world.ids.values())
    assert any(one in whole for one in world.ids.values())


async def test_snapshots_of_sockets_hold_nothing_of_others(
    running_centre: Any, staff: Staff, world: World
) -> None:
    keys = [staff.agency[role, "SEME"].key for role in OF_AGENCIES]
    for key in [*keys, staff.own[Role.RESPONDER].key]:
        async with console_of(running_centre, key) as console:
            text = json.dumps(await console.next("snapshot"))
        assert all(identity not in text for identity in world.ids.values())


async def test_bodies_cannot_reach_into_another_agency(staff: Staff, world: World) -> None:
    medics, medic_admin = (staff.agency[role, "SEME"] for role in (Role.DISPATCHER, Role.ADMIN))
    own = await medics.post("/incidents", {"type": "suicide_attempt"})
    assert "SEME" in own["agencies"]
    only_own = await staff.dispatcher.post("/incidents", {"type": "injury"})
    assert only_own["agencies"] == ["SEME"]
    path = f"/incidents/{only_own['id']}"
    before = await staff.written()
    tries = (
        (medics, "POST", f"{path}/assignments", {"unit_ids": [world.ids["unit"]]}),
        (medics, "POST", f"{path}/assignments/release",
         {"unit_ids": [world.ids["unit"]], "reason": "…"}),
        (medics, "POST", f"{path}/merge", {"into": world.ids["incident"]}),
        (medics, "POST", "/incidents", {"type": "injury", "call_id": world.ids["call"]}),
        (medics, "POST", "/incidents", {"type": "injury", "alarm_id": world.ids["alarm"]}),
        (medics, "POST", "/incidents", {"type": "noise"}),
        (medics, "POST", f"/alarms/{world.ids['alarm']}/verify", {"incident_id": only_own["id"]}),
        (medic_admin, "POST", "/units", {"callsign": "S1", "agency": "POL", "kind": "patrol"}),
        (medic_admin, "POST", "/cameras", camera_body(staff.town.place())),
        (medic_admin, "PATCH", f"/users/{staff.agency[Role.ADMIN, 'POL'].username}",
         {"unit_id": None}),
        (medic_admin, "PATCH", f"/users/{staff.agency[Role.DISPATCHER, 'SEME'].username}",
         {"unit_id": world.ids["unit"]}),
    )  # fmt: skip
    for who, method, where, body in tries:
        problem(await who.ask(method, where, body, if_match="*"), 404)
    assert await staff.written() == before


async def test_a_recommendation_names_no_units_of_others(staff: Staff, new_unit: Any) -> None:
    units = {code: await new_unit(agency=code) for code in AGENCIES}
    ambulance = await new_unit(agency="SEME", kind="ambulance")
    for one in (*units.values(), ambulance):
        await staff.machine.post(f"/units/{one['id']}/locations", [staff.town.fix()])
    body = {"type": "suicide_attempt", "location": staff.town.place()}
    incident = await staff.dispatcher.post("/incidents", body)
    path = f"/incidents/{incident['id']}/recommendation"
    whole = await staff.dispatcher.get(path, query={"limit": 50})
    medics = await staff.agency[Role.DISPATCHER, "SEME"].get(path, query={"limit": 50})

    def named(told: Any) -> set[str]:
        return {one["unit_id"] for one in (*told["units"], *told["runners_up"])}

    assert units["POL"]["id"] in named(whole)
    assert ambulance["id"] in named(medics)
    shown = {
        one["id"] for one in (await staff.agency[Role.DISPATCHER, "SEME"].get("/units"))["items"]
    }
    assert named(medics) <= shown


async def test_roles_cannot_be_forged(staff: Staff) -> None:
    wall = staff.own[Role.WALL_OPERATOR]
    forged = {"X-Role": "admin", "X-Roles": "admin", "X-User": "admin", "X-Forwarded-User": "admin",
              "Role": "admin", "Cookie": "role=admin; ops_session=admin"}  # fmt: skip
    body = {"callsign": "F1", "agency": "POL", "kind": "patrol"}
    problem(await wall.ask("POST", "/units", body, headers=forged), 403, "forbidden")
    problem(await wall.ask("POST", "/units", {**body, "roles": ["admin"]}), 422)
    problem(await staff.admin.ask("PATCH", f"/users/{wall.username}", {"roles": ["admin"]}), 422)
    for key in (
        "",
        "admin",
        f"{wall.key}x",
        wall.key[:-1],
        wall.key.swapcase(),
        "null",
        "' or 1=1",
    ):
        answer = await staff.stranger.ask(
            "GET", "/session", headers={"Authorization": f"Bearer {key}".strip()}
        )
        problem(answer, 401, "unauthenticated")
    for scheme in ("Basic", "Token", "Bearer,", ""):
        answer = await staff.stranger.ask(
            "GET", "/session", headers={"Authorization": f"{scheme} {wall.key}".strip()}
        )
        problem(answer, 401)
