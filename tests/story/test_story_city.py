"""A whole simulated city works against a centre that is killed under it, and nothing is lost."""

import asyncio
import random
from collections import Counter
from typing import Any

from ops_center.bench.own_centre import OwnCentre
from ops_center.kernel.clock import SystemClock
from ops_center.simulator.centre import Centre
from ops_center.simulator.city import SimulatedCity
from ops_center.simulator.mischief import Mischief
from ops_center.simulator.options import SimulatorOptions
from ops_center.simulator.screen import Screen
from ops_center.simulator.seeding import all_items

CALLS = 40
UNITS = 18
WITHIN_S = 90.0
MISCHIEF = Mischief(
    late=0.05, duplicate=0.1, teleport=0.1, null_island=0.1, skew=0.05, silent=0.01,
    duplicate_call=0.2, replayed_key=0.3, socket_loss=0.3,
)  # fmt: skip


async def until(true: Any, what: str) -> None:
    try:
        async with asyncio.timeout(WITHIN_S):
            while not await true():  # noqa: ASYNC110  what is asked lies in another process
                await asyncio.sleep(0.2)
    except TimeoutError:
        raise AssertionError(f"waited in vain: {what}") from None


async def test_a_city_outlives_the_death_of_its_centre(mortal_centre: OwnCentre) -> None:
    token = mortal_centre.token("dispatcher")
    city = SimulatedCity(
        SimulatorOptions(
            url=mortal_centre.url,
            credentials=mortal_centre.credentials,
            seed=5,
            units=UNITS,
            call_every_s=0.4,
            calls_max=CALLS,
            helping_hand=1.0,
            pace=0.03,
            mischief=MISCHIEF,
        ),
        SystemClock(),
    )
    async with Centre(mortal_centre.url, token, rng=random.Random(1)) as desk:
        screen = Screen(desk.socket_url, token, rng=random.Random(1))
        async with asyncio.TaskGroup() as tasks:
            running = [tasks.create_task(city.run()), tasks.create_task(screen.run())]

            async def halfway() -> bool:
                return city.calls_made > CALLS / 2

            await until(halfway, "half of the calls are made")
            mortal_centre.kill("app")
            await asyncio.sleep(1)  # the outage itself: callers dial meanwhile
            mortal_centre.start("app")

            async def over() -> bool:
                calls = await all_items(desk, "/calls")
                waiting = sum(call["state"] in {"waiting", "taken"} for call in calls)
                return len(calls) == CALLS and not waiting

            await until(over, "every call is worked")

            async def closing() -> bool:
                incidents = await all_items(desk, "/incidents")
                return any(one["status"] == "closed" for one in incidents)

            await until(closing, "an incident is worked off and closed")
            for task in running[:1]:
                task.cancel()
            await asyncio.wait(running[:1])
            await _agrees_with_a_fresh_one(screen, desk, token)
            running[1].cancel()
        assert screen.connections >= 2
        assert screen.following.snapshots <= 2
        token = mortal_centre.token("responder")
        async with Centre(mortal_centre.url, token, rng=random.Random(1)) as responder:
            await _is_sound(desk, responder)


async def _agrees_with_a_fresh_one(screen: Screen, desk: Centre, token: str) -> None:
    """The screen that lived through it all shows what a console opened now shows."""
    fresh = Screen(desk.socket_url, token, rng=random.Random(2))
    opened = asyncio.ensure_future(fresh.run())
    try:
        await fresh.until(lambda f: f.seq is not None, within_s=WITHIN_S)

        async def agree() -> bool:
            ours, theirs = screen.following, fresh.following
            return ours.seq == theirs.seq and ours.picture == theirs.picture

        await until(agree, "old and fresh screen agree")
    finally:
        opened.cancel()


async def _is_sound(desk: Centre, responder: Centre) -> None:
    calls = await all_items(desk, "/calls")
    numbers = Counter(call["number"] for call in calls)
    assert len(numbers) == CALLS, "every call was registered once, however often it was sent"
    incidents = await all_items(desk, "/incidents")
    linked = Counter(key for one in incidents for key in one["call_ids"])
    assert linked
    assert set(linked.values()) == {1}, "no call belongs to two incidents"
    active = Counter(
        assignment["unit_id"]
        for one in incidents
        for assignment in one["assignments"]
        if assignment["released_at"] is None
    )
    assert all(count == 1 for count in active.values()), "no unit has two incidents"
    units = {unit["id"]: unit for unit in await all_items(desk, "/units")}
    assert {key for key, unit in units.items() if unit["assignment"]} == set(active)
    reserved = units_named(units, "P101")
    crewed = (await responder.get("/session"))["user"]["unit_id"]
    assert crewed == reserved, "the responder's account crews the unit that is left to a person"
    assert reserved not in {a["unit_id"] for one in incidents for a in one["assignments"]}


def units_named(units: dict[str, dict[str, Any]], callsign: str) -> str:
    return next(key for key, unit in units.items() if unit["callsign"] == callsign)
