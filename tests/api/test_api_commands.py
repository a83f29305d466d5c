"""One command, one effect: idempotency keys, versions, and many doing the same at once."""

import asyncio
from typing import Any

import pytest
from sqlalchemy import func, select

from ops_center.kernel.ids import new_id
from ops_center.kernel.journal import journal
from tests.edges import Staff, good, problem

CALL = {"source": "phone", "narrative": "…"}


def key() -> str:
    return str(new_id())


async def entries_of(staff: Staff, subject: str) -> list[str]:
    async with staff.database.reading() as connection:
        rows = await connection.execute(
            select(journal.c.kind).where(journal.c.subject == subject).order_by(journal.c.seq)
        )
    return list(rows.scalars())


async def test_a_repeated_command_is_answered_alike_and_done_once(staff: Staff) -> None:
    once = key()
    first = await staff.machine.ask("POST", "/calls", CALL, key=once)
    again = await staff.machine.ask("POST", "/calls", CALL, key=once)
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.json() == first.json()
    assert again.headers["etag"] == first.headers["etag"] == '"1"'
    assert again.headers["idempotent-replayed"] == "true"
    assert "idempotent-replayed" not in first.headers
    assert await entries_of(staff, first.json()["id"]) == ["call.received"]


async def test_a_key_stands_for_one_request_only(staff: Staff) -> None:
    once = key()
    await staff.machine.post("/calls", CALL, key=once)
    before = await staff.written()
    for path, body in (("/calls", {**CALL, "narrative": "otra"}), ("/calls?x=1", CALL)):
        answer = await staff.machine.ask("POST", path, body, key=once)
        problem(answer, 409, "idempotency-key-reused")
    assert await staff.written() == before


async def test_the_same_key_of_two_people_is_two_keys(staff: Staff) -> None:
    once = key()
    mine = await staff.machine.post("/calls", CALL, key=once)
    theirs = await staff.dispatcher.post("/calls", CALL, key=once)
    assert mine["id"] != theirs["id"]


@pytest.mark.parametrize("bad", ["short", "x" * 129])
async def test_a_key_has_a_length(staff: Staff, bad: str) -> None:
    before = await staff.written()
    problem(await staff.machine.ask("POST", "/calls", CALL, key=bad), 422)
    assert await staff.written() == before


async def test_a_refused_command_leaves_its_key_free(staff: Staff, new_call: Any) -> None:
    call, once = await new_call(), key()
    path = f"/calls/{call['id']}/link"
    body = {"incident_id": str(new_id())}
    for _ in range(2):
        answer = await staff.dispatcher.ask("POST", path, body, key=once)
        problem(answer, 404)
        assert "idempotent-replayed" not in answer.headers


async def test_twenty_at_once_with_one_key_have_one_effect(staff: Staff) -> None:
    once = key()
    # With a place, so that each command needs the geocoder and the zones as well.
    body = {**CALL, "location": staff.town.place(), "address_text": "Mannerheimintie"}
    posts = [staff.machine.ask("POST", "/calls", body, key=once) for _ in range(20)]
    answers = await asyncio.gather(*posts)
    assert {one.status_code for one in answers} == {201}, [one.text for one in answers]
    assert all(one.json() == answers[0].json() for one in answers)
    assert sum("idempotent-replayed" not in one.headers for one in answers) == 1
    assert await entries_of(staff, answers[0].json()["id"]) == ["call.received"]


async def test_forty_different_ones_at_once_all_arrive(staff: Staff) -> None:
    """More commands than database connections, each with look-ups of its own."""
    body = {**CALL, "location": staff.town.place(), "address_text": "Mannerheimintie"}
    posts = [staff.machine.ask("POST", "/calls", body, key=key()) for _ in range(40)]
    calls = [good(one) for one in await asyncio.gather(*posts)]
    assert len({one["number"] for one in calls}) == 40
    assert all(one["address"] for one in calls)


async def test_one_call_is_taken_by_one_of_many(staff: Staff, new_call: Any) -> None:
    call = await new_call()
    path = f"/calls/{call['id']}/take"
    takers = [staff.dispatcher, staff.own_supervisor, staff.own_call_taker]
    answers = await asyncio.gather(*(who.ask("POST", path) for who in takers))
    assert sorted(one.status_code for one in answers) == [200, 409, 409]
    assert await entries_of(staff, call["id"]) == ["call.received", "call.taken"]


async def test_one_unit_goes_to_one_of_many_incidents(
    staff: Staff, new_unit: Any, new_incident: Any
) -> None:
    unit = await new_unit()
    incidents = [await new_incident() for _ in range(6)]
    body = {"unit_ids": [unit["id"]], "override_reason": "prueba"}
    answers = await asyncio.gather(
        *(
            staff.dispatcher.ask("POST", f"/incidents/{one['id']}/assignments", body)
            for one in incidents
        )
    )
    assert sorted(one.status_code for one in answers) == [201] + [409] * 5
    winner = next(one.json() for one in answers if one.is_success)
    for answer in answers:
        if answer.is_error:
            told = problem(answer, 409, "unit-not-available")
            assert told["callsign"] == unit["callsign"]
            assert told["unit_id"] == unit["id"]
            assert told["incident_id"] == winner["id"]
            assert told["incident_number"] == winner["number"]
    assert (await entries_of(staff, unit["id"])).count("unit.assigned") == 1
    now = await staff.dispatcher.get(f"/units/{unit['id']}")
    assert now["assignment"]["incident_id"] == winner["id"]


async def test_all_units_are_sent_or_none(staff: Staff, new_unit: Any, new_incident: Any) -> None:
    free, busy, elsewhere, here = (
        await new_unit(),
        await new_unit(),
        await new_incident(),
        await new_incident(),
    )
    await staff.dispatcher.post(
        f"/incidents/{elsewhere['id']}/assignments",
        {"unit_ids": [busy["id"]], "override_reason": "prueba"},
    )
    before = await staff.written()
    body = {"unit_ids": [free["id"], busy["id"]]}
    answer = await staff.dispatcher.ask("POST", f"/incidents/{here['id']}/assignments", body)
    problem(answer, 409, "unit-not-available")
    assert await staff.written() == before
    assert (await staff.dispatcher.get(f"/units/{free['id']}"))["assignment"] is None


EDITS = (
    ("PATCH", "", {"priority": 1}),
    ("POST", "/close", {"disposition": "resolved"}),
    ("POST", "/merge", {"into": None}),
)


@pytest.mark.parametrize(("method", "tail", "body"), EDITS)
async def test_edits_need_the_version_one_saw(
    staff: Staff, new_incident: Any, method: str, tail: str, body: dict[str, Any]
) -> None:
    incident, other = await new_incident(), await new_incident()
    if "into" in body:
        body = {"into": other["id"]}
    path = f"/incidents/{incident['id']}{tail}"
    await staff.dispatcher.post(f"/incidents/{incident['id']}/notes", {"text": "…"})
    before = await staff.written()
    ask = staff.dispatcher.ask
    problem(await ask(method, path, body), 428, "precondition-required")
    stale = problem(await ask(method, path, body, if_match=1), 412, "stale-version")
    assert "again" in stale["detail"]
    problem(await ask(method, path, body, if_match='"1"'), 412, "stale-version")
    for bad in ("x", "-1", "1.0", "9" * 40, '"abc"', "²"):
        raw = [(b"If-Match", bad.encode())]
        answer = await staff.dispatcher.http.request(
            method, f"/api/v1{path}", json=body, headers=raw
        )
        problem(answer, 422)
    assert await staff.written() == before
    assert good(await ask(method, path, body, if_match='"2"'))["version"] >= 1


async def test_of_many_edits_of_one_version_one_wins(staff: Staff, new_incident: Any) -> None:
    incident = await new_incident()
    path = f"/incidents/{incident['id']}"
    edits = (
        staff.dispatcher.ask("PATCH", path, {"narrative": f"n{n}"}, if_match=1) for n in range(8)
    )
    answers = await asyncio.gather(*edits)
    assert sorted(one.status_code for one in answers) == [200] + [412] * 7
    winner = next(one.json() for one in answers if one.is_success)
    assert await staff.dispatcher.get(path) == winner
    assert answers[0].headers.get("etag", '"2"') == '"2"'


async def test_a_camera_is_edited_by_version_too(staff: Staff, world: Any) -> None:
    path = f"/cameras/{world.ids['camera']}"
    problem(await staff.admin.ask("PATCH", path, {"name": "x"}), 428, "precondition-required")
    problem(await staff.admin.ask("PATCH", path, {"name": "x"}, if_match=9_999), 412)


async def test_an_elsewhere_honoured_version(
    staff: Staff, new_unit: Any, new_incident: Any
) -> None:
    unit, incident = await new_unit(), await new_incident()
    path = f"/incidents/{incident['id']}/assignments"
    body = {"unit_ids": [unit["id"]], "override_reason": "prueba"}
    problem(await staff.dispatcher.ask("POST", path, body, if_match=7), 412, "stale-version")
    assert (await staff.dispatcher.post(path, body, if_match=1))["status"] == "dispatched"


async def test_numbers_have_no_holes_and_no_twins(staff: Staff, new_incident: Any) -> None:
    made = await asyncio.gather(*(new_incident() for _ in range(12)))
    numbers = sorted(int(one["number"].partition("-")[2]) for one in made)
    assert numbers == list(range(numbers[0], numbers[0] + 12))


async def test_the_journal_has_no_holes(staff: Staff) -> None:
    async with staff.database.reading() as connection:
        lowest, highest, count = (
            await connection.execute(
                select(func.min(journal.c.seq), func.max(journal.c.seq), func.count())
            )
        ).one()
    assert highest - lowest + 1 == count
