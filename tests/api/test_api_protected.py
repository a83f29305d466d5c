"""Protected incidents at the HTTP edge: looks written down at once, and nothing to measure by."""

import asyncio
import time
from datetime import timedelta
from typing import Any

from dispatch.domain.masking import coarse
from ops_center.auth.model import Role
from ops_center.kernel.clock import SystemClock, wire_time
from ops_center.kernel.database import POOL_OVERFLOW, POOL_SIZE, POOL_WAIT_S
from tests.edges import Staff, camera_body

MANY = 2 * (POOL_SIZE + POOL_OVERFLOW)
ASKED = ("premises", "cameras", "recommendation")
MOMENT = timedelta(minutes=1)


async def test_more_look_at_protected_incidents_at_once_than_there_are_connections(
    staff: Staff, new_incident: Any
) -> None:
    incidents = [await new_incident(protected=True) for _ in range(4)]
    paths = [f"/incidents/{one['id']}{more}" for one in incidents for more in ("", "/timeline")]
    began = time.monotonic()
    answers = await asyncio.gather(
        *(staff.dispatcher.ask("GET", paths[i % len(paths)]) for i in range(MANY))
    )
    assert {one.status_code for one in answers} == {200}
    assert time.monotonic() - began < POOL_WAIT_S
    for one in incidents:
        timeline = await staff.own_supervisor.get(f"/incidents/{one['id']}/timeline")
        looks = [entry for entry in timeline["items"] if entry["kind"] == "incident.viewed"]
        assert {look["data"]["viewer"] for look in looks} == {staff.dispatcher.username}


async def test_whoever_need_not_know_measures_from_the_coarse_place_only(
    staff: Staff, new_incident: Any, new_unit: Any
) -> None:
    cell = coarse(staff.town.place()["lon"], staff.town.place()["lat"])
    middle: Any = {name: cell[name] for name in ("lon", "lat")}
    unit = await new_unit(in_service=True)
    fix = {**middle, "occurred_at": wire_time(SystemClock().now())}
    await staff.machine.post(f"/units/{unit['id']}/locations", [fix])
    note = {"kind": "access", "title": "Portón", "text": "Clave 1", "radius_m": 900}
    await staff.dispatcher.post("/premises", {**note, "location": middle})
    added = await staff.admin.post("/cameras", camera_body(middle))
    there = [{**middle, "lon": middle["lon"] + east} for east in (-0.003, 0.001)]
    incidents = [await new_incident(protected=True, location=one) for one in there]
    of_wall, of_dispatcher = [
        [await _measured(person, one["id"], added["id"]) for one in incidents]
        for person in (staff.own[Role.WALL_OPERATOR], staff.dispatcher)
    ]
    assert of_wall[0] == of_wall[1]
    assert all(one != other for one, other in zip(*of_dispatcher, strict=True))


async def _measured(person: Any, incident: str, camera: str) -> list[Any]:
    """What each of ASKED says of how far things are."""
    notes, cameras, advice = [await person.get(f"/incidents/{incident}/{one}") for one in ASKED]
    far = [(one["id"], one["distance_m"]) for one in notes["items"]]
    views = [
        (one["distance_m"], one["bearing_deg"])
        for one in cameras["items"]
        if one["camera_id"] == camera
    ]
    units = [(one["unit_id"], one["distance_m"], one["eta_s"]) for one in advice["units"]]
    assert far
    assert views
    assert units
    return [far, views, units]


async def test_a_note_is_judged_by_what_is_protected_now(staff: Staff) -> None:
    body = {"kind": "weapons", "title": "Ojo", "text": "Arma en la casa", "radius_m": 80}
    where = staff.town.place(east=9.0, north=4.0)
    note = await staff.dispatcher.post("/premises", {**body, "location": where})
    now = SystemClock().now()
    span = {"from": wire_time(now - MOMENT), "to": wire_time(now + MOMENT), "subject": note["id"]}
    for version, protected, told in ((1, True, ""), (2, False, "Arma en la casa")):
        change = {"protected": protected}
        await staff.dispatcher.patch(f"/premises/{note['id']}", change, if_match=version)
        found = await staff.own_auditor.get("/history", query=span)
        [added] = [one for one in found["items"] if one["kind"] == "premise.added"]
        assert added["data"]["text"] == told


async def test_a_masked_note_does_not_say_how_far_it_is(staff: Staff, new_incident: Any) -> None:
    where = staff.town.place(east=8.0, north=5.0)
    body = {"kind": "violence", "title": "Ojo", "text": "Arma", "radius_m": 80, "protected": True}
    note = await staff.dispatcher.post("/premises", {**body, "location": where})
    incident = await new_incident(location=where)
    wall = staff.own[Role.WALL_OPERATOR]
    found = (await wall.get(f"/incidents/{incident['id']}/premises"))["items"]
    assert [one["distance_m"] for one in found if one["id"] == note["id"]] == [None]
