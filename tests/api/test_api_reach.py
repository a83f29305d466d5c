"""What people of one agency cannot change for the others; changes that name an old version."""

from typing import Any

import pytest

from ops_center.auth.model import Role
from ops_center.kernel.ids import new_id
from tests.edges import Staff, problem


async def test_a_hand_over_leaves_what_the_asker_does_not_see(
    staff: Staff, new_incident: Any
) -> None:
    medics, giver = staff.agency[Role.DISPATCHER, "SEME"], staff.own_supervisor.username
    police, seen = await new_incident(type="noise"), await new_incident(type="injury")
    for one in (police, seen):
        await staff.dispatcher.post(f"/incidents/{one['id']}/owner", {"to": giver})
    body = {"from": giver, "to": medics.username, "note": "Cambio de turno"}
    done = await medics.post("/handovers", body)
    given = {one["id"]: one["owner"] for one in done["items"]}
    assert given[seen["id"]] == medics.username
    assert police["id"] not in given
    assert done["left"] >= 1
    assert (await staff.dispatcher.get(f"/incidents/{police['id']}"))["owner"] == giver
    whole = await staff.dispatcher.post("/handovers", body | {"to": staff.dispatcher.username})
    assert whole["left"] == 0
    assert police["id"] in {one["id"] for one in whole["items"]}


async def test_everybodys_rules_are_not_one_agencys_to_change(staff: Staff) -> None:
    medic_admin = staff.agency[Role.ADMIN, "SEME"]
    present = await medic_admin.get("/rules/clocks")
    body = {"document": present["document"]}
    problem(await medic_admin.ask("PUT", "/rules/clocks", body, if_match="*"), 403, "forbidden")
    back = await medic_admin.ask("POST", "/rules/clocks/rollback", {"version": 0}, if_match="*")
    problem(back, 403, "forbidden")
    assert (await staff.admin.get("/rules/clocks"))["version"] == present["version"]


async def test_an_alarm_source_is_not_given_to_an_agency_out_of_sight(staff: Staff) -> None:
    button = {"code": new_id().hex, "name": "Hospital", "agency": "SEME"}
    medic_admin = staff.agency[Role.ADMIN, "SEME"]
    source = await medic_admin.post("/alarm-sources", {**button, "location": staff.town.place()})
    path = f"/alarm-sources/{source['id']}"
    problem(await medic_admin.ask("PATCH", path, {"agency": "POL"}, if_match="*"), 404)
    kept = await medic_admin.patch(path, {"agency": "SEME", "name": "Sala 2"}, if_match="*")
    assert (kept["agency"], kept["name"]) == ("SEME", "Sala 2")


CHANGES = (
    ("POST", "owner", {"to": None}),
    ("POST", "protection", {"protected": True, "reason": "Menores"}),
    ("POST", "major", {"commander": "Benítez"}),
)


@pytest.mark.parametrize(("method", "what", "body"), CHANGES, ids=str)
async def test_a_change_may_name_the_version_it_was_made_on(
    staff: Staff, new_incident: Any, method: str, what: str, body: Any
) -> None:
    incident = await new_incident()
    path = f"/incidents/{incident['id']}"
    await staff.dispatcher.post(f"{path}/notes", {"text": "Hay humo"})
    old = await staff.dispatcher.ask(method, f"{path}/{what}", body, if_match=incident["version"])
    problem(old, 412)
    now = (await staff.dispatcher.get(path))["version"]
    good = await staff.dispatcher.ask(method, f"{path}/{what}", body, if_match=now)
    assert good.status_code == 200, good.text


async def test_parts_of_a_command_may_name_the_version_too(staff: Staff, new_incident: Any) -> None:
    path = f"/incidents/{(await new_incident())['id']}"
    await staff.dispatcher.post(f"{path}/major", {})
    await staff.dispatcher.post(f"{path}/sectors", {"name": "Norte"})
    now = await staff.dispatcher.post(f"{path}/tasks", {"text": "Evacuar"})
    sector, task = now["major"]["sectors"][0]["id"], now["major"]["tasks"][0]["id"]
    for what, body in ((f"sectors/{sector}", {"name": "Oeste"}), (f"tasks/{task}", {"text": "Ya"})):
        old = now["version"] - 1
        problem(await staff.dispatcher.ask("PATCH", f"{path}/{what}", body, if_match=old), 412)
        now = await staff.dispatcher.patch(f"{path}/{what}", body, if_match=now["version"])
