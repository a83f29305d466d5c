"""The web process is killed ten times during 500 assignments: nothing double, nothing lost."""

import asyncio
import os
import random
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import httpx
from sqlalchemy import select, text

from dispatch import queries
from dispatch.domain.fold import EMPTY, fold
from dispatch.repository import rules_picture
from ops_center.bench.own_centre import OwnCentre
from ops_center.kernel import journal as journals
from ops_center.kernel.database import Database
from ops_center.kernel.events import Entry
from ops_center.kernel.ids import derived_id, new_id
from ops_center.kernel.journal import journal
from ops_center.simulator.screen import Screen
from tests.edges import Asker, Town, asker, good, people_of, problem

KILLS = 10
COMMANDS = 500
UNITS = 100
INCIDENTS = 60
AT_ONCE = 40
RECOVERED_WITHIN_S = 5.0
ANSWERED_WITHIN_S = 240.0


@dataclass
class Order:
    """One assignment as its sender knows it; `answer` is what was acknowledged in the end."""

    incident: str
    unit: str
    key: str = field(default_factory=lambda: str(new_id()))
    answer: httpx.Response | None = None
    tries: int = 0


async def make(who: Asker, path: str, bodies: list[dict[str, Any]]) -> list[str]:
    gate = asyncio.Semaphore(8)

    async def one(body: dict[str, Any]) -> str:
        async with gate:
            return str((await who.post(path, body))["id"])

    return list(await asyncio.gather(*(one(body) for body in bodies)))


async def carry_out(who: Asker, order: Order, gate: asyncio.Semaphore) -> None:
    """Send until it is answered, always with the same key."""
    async with gate:
        while order.answer is None:
            order.tries += 1
            try:
                answer = await send(who, order)
            except httpx.TransportError:
                await asyncio.sleep(0.1)
                continue
            if answer.status_code == 503:
                await asyncio.sleep(0.1)
                continue
            assert answer.status_code in {201, 409}, answer.text
            order.answer = answer


async def send(who: Asker, order: Order) -> httpx.Response:
    path = f"/incidents/{order.incident}/assignments"
    return await who.ask(
        "POST", path, {"unit_ids": [order.unit], "override_reason": "prueba"}, key=order.key
    )


async def kill_now_and_then(centre: OwnCentre, orders: list[Order]) -> list[float]:
    """Kill the web process each time another tenth is answered; return the seconds of absence."""
    absences = []
    for number in range(KILLS):
        wanted = (number + 0.4) * COMMANDS / KILLS
        while sum(one.answer is not None for one in orders) < wanted:  # noqa: ASYNC110  a count
            await asyncio.sleep(0.005)
        since = time.monotonic()
        await asyncio.to_thread(centre.kill, "app")
        await asyncio.to_thread(centre.start, "app")
        absences.append(time.monotonic() - since)
    return absences


def allowed_s() -> float:
    """The recovery that is promised, on a machine that others do not use as well."""
    return RECOVERED_WITHIN_S * max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1))


async def whole_journal(database: Database) -> list[Entry]:
    found: list[Entry] = []
    async with database.reading() as connection:
        while page := await journals.entries_after(connection, found[-1].seq if found else 0):
            found += page
    return found


async def test_no_kill_loses_or_doubles_an_assignment(mortal_centre: OwnCentre) -> None:
    centre = mortal_centre
    rng = random.Random(7)
    people = people_of(centre)
    key = people["dispatcher"]["token"]
    screen = Screen(centre.url.replace("http", "ws") + "/ws", key, rng=rng)
    database = Database(centre.database.url, name="test", pool_size=2)
    async with (
        asker(centre, "despacho", key) as who,
        asker(centre, "admin", people["admin"]["token"]) as admin,
        asyncio.TaskGroup() as tasks,
    ):
        town = await Town.of(who)
        units = await make(
            admin,
            "/units",
            [{"callsign": f"K{n}", "agency": "POL", "kind": "patrol"} for n in range(UNITS)],
        )
        incidents = await make(
            who, "/incidents", [{"type": "fight", "location": town.place()}] * INCIDENTS
        )
        following = tasks.create_task(screen.run())
        await screen.until(lambda f: f.seq is not None, within_s=20)
        orders = [Order(rng.choice(incidents), rng.choice(units)) for _ in range(COMMANDS)]
        gate = asyncio.Semaphore(AT_ONCE)
        async with asyncio.timeout(ANSWERED_WITHIN_S):
            killing = asyncio.ensure_future(kill_now_and_then(centre, orders))
            await asyncio.gather(*(carry_out(who, order, gate) for order in orders))
            absences = await killing

        assert len(absences) == KILLS
        assert max(absences) < allowed_s(), absences
        assert sum(order.tries > 1 for order in orders) > KILLS, "the kills hit nobody"
        await check_once(database, who, orders)
        await check_repeated(who, orders)
        await check_journal_is_state(database)
        head = (await whole_journal(database))[-1].seq
        await screen.until(lambda f: f.seq is not None and f.seq >= head, within_s=20)
        shown = {u: one["assignment"] for u, one in screen.following.picture["units"].items()}
        held = {one["id"]: one["assignment"] for one in (await who.get("/units"))["items"]}
        assert shown == held
        assert screen.connections > 3
        following.cancel()
    await database.close()


async def check_once(database: Database, who: Asker, orders: list[Order]) -> None:
    """Each acknowledged order is in the journal once, and no unit has two."""
    me = UUID((await who.get("/session"))["user"]["id"])
    given = [one for one in orders if one.answer is not None and one.answer.status_code == 201]
    async with database.reading() as connection:
        twice = await connection.execute(
            text(
                "select unit_id from assignment where released_at is null "
                "group by unit_id having count(*) > 1"
            )
        )
        assert twice.all() == []
        rows = await connection.execute(
            select(journal.c.cause, journal.c.subject).where(journal.c.kind == "unit.assigned")
        )
        entries = Counter((cause, str(subject)) for cause, subject in rows)
    assert entries == {(derived_id(str(me), one.key), one.unit): 1 for one in given}
    assert len({one.unit for one in given}) == len(given) > UNITS * 0.9


async def check_repeated(who: Asker, orders: list[Order]) -> None:
    """A key that was acknowledged is answered alike for ever; one that was refused stays so."""
    for order in orders:
        assert order.answer is not None
        again = await send(who, order)
        if order.answer.status_code == 201:
            assert good(again) == order.answer.json()
            assert again.headers["idempotent-replayed"] == "true"
        else:
            told = problem(again, 409, "unit-not-available")
            assert told["incident_id"] == order.answer.json()["incident_id"]


async def check_journal_is_state(database: Database) -> None:
    entries = await whole_journal(database)
    assert [one.seq for one in entries] == list(range(1, len(entries) + 1))
    picture = EMPTY
    for one in entries:
        picture = fold(picture, one.kind, one.subject, version=one.version, data=one.data)
    async with database.reading() as connection:
        stored = {**await queries.picture(connection), **await rules_picture(connection)}
    assert picture == stored
