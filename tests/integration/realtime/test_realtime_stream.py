"""Many writers, torn lines, slow readers: every screen ends with exactly the fresh picture."""

import asyncio
import random
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

from ops_center.auth.model import Role
from ops_center.bench.own_centre import OwnCentre
from ops_center.simulator.following import Following
from ops_center.simulator.screen import Screen
from tests.consoles import console_of
from tests.edges import Staff, make_account
from tests.traffic import Traffic

WRITERS = 8
STEPS = 25
CAUGHT_UP_WITHIN_S = 15.0
OTHERS_WITHIN_S = 2.0


@asynccontextmanager
async def screens(centre: OwnCentre, keys: dict[str, str], seed: int) -> AsyncIterator[Any]:
    """A screen for each key, following until the end."""
    url = centre.url.replace("http", "ws") + "/ws"
    made = {name: Screen(url, key, rng=random.Random(seed)) for name, key in keys.items()}
    async with asyncio.TaskGroup() as tasks:
        running = [tasks.create_task(one.run()) for one in made.values()]
        for one in made.values():
            await one.until(lambda f: f.seq is not None, within_s=CAUGHT_UP_WITHIN_S)
        try:
            yield made
        finally:
            for task in running:
                task.cancel()


async def fresh_picture(centre: OwnCentre, key: str) -> tuple[int, Any]:
    async with console_of(centre, key) as console:
        snapshot = await console.next("snapshot")
    return snapshot["seq"], snapshot["picture"]


async def agrees(centre: OwnCentre, screen: Screen, key: str) -> bool:
    """Whether the screen shows what a fresh one does, both as of the same entry."""
    until = time.monotonic() + CAUGHT_UP_WITHIN_S
    while time.monotonic() < until:
        seq, picture = await fresh_picture(centre, key)
        at_least = seq

        def reached(following: Following, at_least: int = at_least) -> bool:
            return following.seq is not None and following.seq >= at_least

        await screen.until(reached, within_s=CAUGHT_UP_WITHIN_S)
        if screen.following.seq == seq:
            assert differences(screen.following.picture, picture) == []
            return True
    return False


def differences(shown: Any, fresh: Any) -> list[Any]:
    """(section, id, field, shown, fresh) of everything that is not the same."""
    found = []
    for section in fresh:
        for key in {*fresh[section], *shown[section]}:
            mine, theirs = shown[section].get(key, {}), fresh[section].get(key, {})
            found += [
                (section, key, field, mine.get(field), theirs.get(field))
                for field in {*mine, *theirs}
                if mine.get(field) != theirs.get(field)
            ]
    return found


async def tear_now_and_then(made: dict[str, Screen], rng: random.Random) -> None:
    while True:
        await asyncio.sleep(rng.uniform(0.05, 0.4))
        rng.choice(list(made.values())).tear()


async def test_every_screen_folds_to_the_fresh_picture_whatever_tears(
    running_centre: OwnCentre, staff: Staff
) -> None:
    rng = random.Random(20_261_122)
    traffic = Traffic(staff, rng)
    units = await traffic.prepare(units=8)
    _, phone = await make_account(staff.database, Role.RESPONDER, "POL", unit_id=UUID(units[0]))
    keys = {
        "dispatcher": staff.dispatcher.key,
        "auditor": staff.own_auditor.key,
        "wall": staff.own[Role.WALL_OPERATOR].key,
        "police": staff.agency[Role.DISPATCHER, "POL"].key,
        "medics": staff.agency[Role.DISPATCHER, "SEME"].key,
        "watch": staff.agency[Role.WALL_OPERATOR, "POL"].key,
        "phone": phone,
    }
    async with screens(running_centre, keys, 1) as made, asyncio.TaskGroup() as tasks:
        tearing = tasks.create_task(tear_now_and_then(made, rng))
        await asyncio.gather(*(traffic.work(STEPS) for _ in range(WRITERS)))
        tearing.cancel()
        for name, screen in made.items():
            assert await agrees(running_centre, screen, keys[name]), name
        whole: Screen = made["dispatcher"]
        assert sum(one.connections for one in made.values()) > len(made) + 5
        assert whole.following.snapshots == 1, "a resume is enough for who sees everything"
        assert all(one.following.holes == 0 for one in made.values())
    assert traffic.done > WRITERS * STEPS / 3
    assert traffic.refused > 0


async def test_the_chain_of_entries_holds_under_eight_writers(
    running_centre: OwnCentre, staff: Staff
) -> None:
    async with (
        console_of(running_centre, staff.own_auditor.key) as auditor,
        console_of(running_centre, staff.own[Role.WALL_OPERATOR].key) as wall,
    ):
        start = {one: (await one.next("snapshot"))["seq"] for one in (auditor, wall)}
        last = ""

        async def write(number: int) -> None:
            nonlocal last
            for step in range(15):
                call = await staff.machine.post("/calls", {"source": "phone"})
                if step % 3 == 0:
                    body = {"type": "noise", "call_id": call["id"]}
                    last = (await staff.dispatcher.post("/incidents", body))["id"]

        await asyncio.gather(*(write(number) for number in range(8)))
        seen = await staff.dispatcher.post(f"/incidents/{last}/notes", {"text": "the last"})
        for console in (auditor, wall):
            await console.next(
                "entry",
                true=lambda f: f["subject"] == seen["id"] and f["kind"] == "incident.noted",
                within_s=CAUGHT_UP_WITHIN_S,
            )
            told = start[console]
            for frame in console.frames[1:]:
                if frame["type"] == "entry":
                    assert frame["after"] == told
                    assert frame["seq"] > told
                    told = frame["seq"]
                elif frame["type"] == "beat":
                    assert frame["seq"] >= told
                    told = frame["seq"]
    seqs = [one["seq"] for one in auditor.entries]
    assert seqs == list(range(start[auditor] + 1, seqs[-1] + 1)), "an auditor sees every entry"
    of_calls = {one["kind"] for one in wall.entries if one["subject_type"] == "call"}
    assert of_calls == {"call.linked"}, "of calls only what changes an incident"


def about(subject: str) -> Callable[[dict[str, Any]], bool]:
    return lambda frame: bool(frame["subject"] == subject)


async def stuff(staff: Staff) -> None:
    """About a megabyte of entries, so that a replay of everything is heavy."""
    for _ in range(8):
        incident = await staff.dispatcher.post("/incidents", {"type": "noise"})
        for _ in range(20):
            path = f"/incidents/{incident['id']}/notes"
            await staff.dispatcher.post(path, {"text": "警" * 2_000})
        await staff.dispatcher.post(
            f"/incidents/{incident['id']}/close", {"disposition": "resolved"}, if_match="*"
        )


async def test_who_does_not_read_is_let_go_while_others_are_served(
    running_centre: OwnCentre, staff: Staff
) -> None:
    # Behind here the server still holds every entry, however long others have used this centre.
    before, _ = await fresh_picture(running_centre, staff.own_auditor.key)
    await stuff(staff)
    async with (
        console_of(running_centre, staff.dispatcher.key) as quick,
        console_of(running_centre, staff.own_auditor.key, reads=False) as slow,
        console_of(running_centre, staff.own_auditor.key, reads=False) as dead,
    ):
        await quick.next("snapshot")
        delays = []
        for step in range(60):
            if step % 3 == 0 and step < 54:
                for console in (slow, dead):
                    await console.hello(before)
            call = await staff.machine.post("/calls", {"source": "phone"})
            since = time.monotonic()
            await quick.next("entry", true=about(call["id"]))
            delays.append(time.monotonic() - since)
        assert max(delays) < OTHERS_WITHIN_S
        slow.resume_reading()
        assert await slow.code(within_s=60) == 1013
        assert slow.frames[-1] == {"type": "bye", "reason": "slow"}
        await asyncio.sleep(6)  # longer than the server keeps what nobody takes
        dead.resume_reading()
        assert await dead.code(within_s=20) in {None, 1006}
        assert not quick.closed.is_set()
    last = slow.entries[-1]["seq"]
    async with console_of(running_centre, staff.own_auditor.key, resume=last) as back:
        resumed = await back.next("resumed", "snapshot")
        assert resumed["type"] == "resumed"
