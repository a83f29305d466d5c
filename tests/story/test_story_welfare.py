"""Welfare of crews: asked, missed, looked for; and the emergency button on fifty screens."""

import asyncio
import time
from contextlib import AsyncExitStack
from datetime import timedelta
from typing import Any

import httpx
import pytest

from ops_center.bench.own_centre import OwnCentre
from ops_center.kernel.clock import SystemClock, wire_time
from ops_center.kernel.ids import new_id
from ops_center.simulator.centre import Refused
from tests.consoles import console_of
from tests.story.people import People
from tests.story.rules import Supervisor

SCREENS = 50
PRESSES = 10
SEEN_WITHIN_S = 1.0
ANSWER_WITHIN_S = 20.0


async def a_unit(people: People, **more: Any) -> Any:
    body = {"callsign": f"E{new_id().hex[-7:]}", "agency": "POL", "kind": "patrol", **more}
    return await people.admin.post("/units", body)


async def test_a_crew_that_does_not_answer_is_told_twice_and_then_looked_for(
    running_centre: OwnCentre, people: People
) -> None:
    unit = await a_unit(people)
    headers = {"Authorization": f"Bearer {people.admin.http.token}"}
    async with httpx.AsyncClient(
        base_url=running_centre.url, headers=headers, trust_env=False, timeout=ANSWER_WITHIN_S
    ) as http:

        def sooner(document: Any) -> None:
            document["welfare"]["repeat_s"] = 5

        async with Supervisor(http).edited("unit-statuses", sooner):
            # 1. Nobody is asked until somebody says so; then every five seconds.
            with pytest.raises(Refused) as nobody:
                await people.dispatcher.post(f"/units/{unit['id']}/welfare")
            assert nobody.value.code == "no-welfare-timer"
            timer = f"/units/{unit['id']}/welfare/timer"
            asked = await people.dispatcher.post(timer, {"interval_s": 5})
            assert (asked["welfare"]["interval_s"], asked["welfare"]["by_hand"]) == (5, True)

            # 2. A check-in starts it anew; a miss is told, a second one raises an alarm.
            checked = await people.dispatcher.post(
                f"/units/{unit['id']}/welfare", {"note": "Todo bien"}
            )
            assert checked["welfare"]["due_at"] > asked["welfare"]["due_at"]
            await people.call_taker.screen.until(
                lambda f: f.picture["units"][unit["id"]]["welfare"]["missed"] == 2, within_s=25
            )
            alarm = await people.dispatcher.sees(
                lambda f: next(
                    (
                        one
                        for one in f.picture["alarms"].values()
                        if one["kind"] == "welfare_missed" and one["reason"] == unit["callsign"]
                    ),
                    None,
                )
            )
            assert alarm["priority"] == 1

    # 3. It answers after all: the count is gone, the alarm waits for a person.
    answered = await people.dispatcher.post(f"/units/{unit['id']}/welfare")
    assert answered["welfare"]["missed"] == 0
    now = SystemClock().now()
    span = {"from": wire_time(now - timedelta(hours=1)), "to": wire_time(now + timedelta(hours=1))}
    told = await people.auditor.get("/history", subject=unit["id"], **span)
    kinds = [one["kind"] for one in told["items"]]
    assert kinds.count("unit.welfare_overdue") == 2
    ended = await people.dispatcher.post(timer, {"interval_s": None})
    assert ended["welfare"] is None
    await people.dispatcher.post(f"/alarms/{alarm['id']}/dismiss", {"reason": "resolved"})


async def test_an_emergency_is_on_every_screen_within_a_second_and_the_crew_hears_who_saw_it(
    running_centre: OwnCentre, people: People
) -> None:
    # A unit off duty, without an order, and of which no position is known.
    unit = await a_unit(people, in_service=False)
    path = f"/units/{unit['id']}/emergency"
    delays: list[float] = []
    slowest: list[float] = []
    async with AsyncExitStack() as stack:
        key = running_centre.token("dispatcher")
        screens = [
            await stack.enter_async_context(console_of(running_centre, key)) for _ in range(SCREENS)
        ]
        for one in screens:
            await one.next("snapshot")
        for _ in range(PRESSES):
            pressed_at = time.monotonic()
            await people.dispatcher.post(path)
            frames = await asyncio.gather(
                *(
                    one.next(
                        "entry",
                        true=lambda f: (
                            f["kind"] == "unit.emergency_declared" and f["subject"] == unit["id"]
                        ),
                    )
                    for one in screens
                )
            )
            took = [
                one.times[one.frames.index(frame)] - pressed_at
                for one, frame in zip(screens, frames, strict=True)
            ]
            delays += took
            slowest.append(max(took))
            await _calmed(people, unit)
    delays.sort()
    print(  # noqa: T201  the figure this story is told for
        f"emergency on {SCREENS} screens x {PRESSES}: p50 {delays[len(delays) // 2] * 1e3:.0f} ms, "
        f"p99 {delays[int(len(delays) * 0.99)] * 1e3:.0f} ms, max {delays[-1] * 1e3:.0f} ms"
    )
    # The last of the fifty screens, in an ordinary press: one stall of a busy machine is no rule.
    assert sorted(slowest)[PRESSES // 2] <= SEEN_WITHIN_S

    # Pressed again and again it is one call for help, until somebody has decided it.
    seen = await people.dispatcher.post(path)
    assert (seen["emergency"], seen["emergency_location"]) == (True, None)
    again = await people.dispatcher.post(path)
    assert again["version"] == seen["version"]
    alarms = [one for one in await _alarms(people, unit) if one["state"] == "raised"]
    assert [one["priority"] for one in alarms] == [1]

    # The wall operator sees it first; the crew is told who.
    await people.wall_operator.post(f"/alarms/{alarms[0]['id']}/acknowledge")
    name = (await people.wall_operator.get("/session"))["user"]["username"]
    heard = await people.dispatcher.sees(
        lambda f: f.picture["units"][unit["id"]]["emergency_acknowledged_by"] == name
    )
    assert heard
    await _calmed(people, unit)
    await people.dispatcher.sees(lambda f: not f.picture["units"][unit["id"]]["emergency"])


async def _alarms(people: People, unit: Any) -> list[Any]:
    found = (await people.dispatcher.get("/alarms", limit=100))["items"]
    return [
        one
        for one in found
        if one["kind"] == "unit_emergency" and one["reason"] == unit["callsign"]
    ]


async def _calmed(people: People, unit: Any) -> None:
    for alarm in await _alarms(people, unit):
        if alarm["state"] in {"raised", "acknowledged"}:
            await people.dispatcher.post(f"/alarms/{alarm['id']}/dismiss", {"reason": "test"})
    await people.dispatcher.post(f"/units/{unit['id']}/emergency/clear", {"reason": "Ensayo"})
