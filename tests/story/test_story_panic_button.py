"""A panic button in a square: pressed, judged by people, counted, and missed when it is silent."""

from typing import Any

import pytest

from ops_center.kernel.ids import new_id
from ops_center.simulator.centre import Refused
from tests.story.people import People


async def a_button(people: People, **fields: Any) -> dict[str, Any]:
    lon, lat = (await people.machine.get("/city"))["centre"]
    body = {
        "code": f"PU-{new_id().hex[-8:]}",
        "name": "Plaza Uruguaya, esquina norte",
        "agency": "POL",
        "location": {"lon": lon, "lat": lat, "uncertainty_m": 3},
        "expected_days": 7,
        **fields,
    }
    made: dict[str, Any] = await people.admin.post("/alarm-sources", body)
    return made


async def listed(people: People, button: dict[str, Any]) -> Any:
    items = (await people.wall_operator.get("/alarm-sources"))["items"]
    return next(one for one in items if one["id"] == button["id"])


async def press(people: People, button: dict[str, Any], **fields: Any) -> Any:
    return await people.machine.post(f"/alarm-sources/{button['code']}/activations", fields)


async def test_presses_become_alarms_and_people_say_which_were_genuine(
    people: People,
) -> None:
    button = await a_button(people, repeat_window_s=600)
    wall = people.wall_operator

    # 1. A press is an alarm on every screen that may see it, with the button's name and place.
    alarm = await press(people, button, text="dos pulsos")
    await wall.sees(lambda f: f.picture["alarms"].get(alarm["id"]))
    shown = wall.shown("alarms", alarm["id"])
    assert (shown["kind"], shown["priority"], shown["agency"]) == ("panic_button", 1, "POL")
    assert (shown["source_id"], shown["source_name"]) == (button["id"], button["name"])
    assert shown["location"]["uncertainty_m"] == 3

    # 2. Pressed again and again while it is open: one alarm, counted.
    for _ in range(3):
        assert (await press(people, button))["id"] == alarm["id"]
    await wall.sees(lambda f: f.picture["alarms"][alarm["id"]]["count"] == 4)

    # 3. A person sees that it is real: only that makes an incident of it.
    await wall.post(f"/alarms/{alarm['id']}/acknowledge")
    verified = await wall.post(f"/alarms/{alarm['id']}/verify", {"type": "robbery"})
    assert verified["incident"]["alarm_ids"] == [alarm["id"]]
    # Seven more are somebody leaning on it, one is a test of the technician.
    for _ in range(7):
        one = await press(people, button)
        await wall.post(f"/alarms/{one['id']}/dismiss", {"reason": "pressed_by_mistake"})
    tested = await press(people, button)
    await wall.post(f"/alarms/{tested['id']}/dismiss", {"reason": "test"})

    # 4. The list says how often it was right; what nobody judged counts as neither.
    judged = (await listed(people, button))["judged"]
    assert (judged["activations"], judged["presses"]) == (9, 12)
    assert (judged["genuine"], judged["false"], judged["open"]) == (1, 7, 0)
    assert judged["false_rate"] == 0.875
    # The units find nothing after all: what people decide in the end is what counts.
    incident = await people.dispatcher.get(f"/incidents/{verified['incident']['id']}")
    await people.dispatcher.post(
        f"/incidents/{incident['id']}/close",
        {"disposition": "false_alarm"},
        if_match=incident["version"],
    )
    judged = (await listed(people, button))["judged"]
    assert (judged["genuine"], judged["false"], judged["false_rate"]) == (0, 8, 1.0)


async def test_a_button_is_tested_taken_out_of_use_and_only_by_those_who_may(
    people: People,
) -> None:
    button = await a_button(people)
    assert (await listed(people, button))["state"] == "ok"
    assert (await listed(people, button))["heard_at"] is None
    lives = await people.machine.post(f"/alarm-sources/{button['code']}/heartbeats", {})
    assert lives["heard_at"]
    assert (await listed(people, button))["judged"]["activations"] == 0

    with pytest.raises(Refused) as forbidden:
        await people.dispatcher.post("/alarm-sources", {**_body(button), "code": "OTRO"})
    assert forbidden.value.status == 403
    with pytest.raises(Refused) as taken:
        await people.admin.post("/alarm-sources", _body(button))
    assert taken.value.code == "source-code-taken"
    with pytest.raises(Refused) as unknown:
        await people.machine.post("/alarm-sources/NO-HAY/activations", {})
    assert unknown.value.status == 404


def _body(button: dict[str, Any]) -> dict[str, Any]:
    wanted = ("code", "name", "agency", "location")
    return {name: button[name] for name in wanted}
