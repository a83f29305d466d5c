"""Fifty dispatchers want the same unit at once while everything is killed: one has it, by name."""

import asyncio
import os
import signal
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Any, Final

import httpx
from sqlalchemy import text

from ops_center.auth import service
from ops_center.auth.model import CENTRE_AGENCY, Role
from ops_center.auth.tables import app_user
from ops_center.bench.own_centre import OwnCentre
from ops_center.kernel.clock import SystemClock
from ops_center.kernel.database import DATABASE_TROUBLE, Database
from ops_center.kernel.ids import new_id
from ops_center.replaying import verify
from tests.edges import Asker, Town, asker, make_account, people_of, problem

DISPATCHERS: Final = 50
# Three are every kind of kill once; nine are each at every moment; 20 go round twice and more.
ROUNDS: Final = int(os.environ.get("OPS_CRASH_ROUNDS", "3"))
CLICKED_WITHIN_S: Final = 0.1
KILL_AFTER_S: Final = (0.0, 0.03, 0.08)
ROUND_WITHIN_S: Final = 60.0
PAUSE_S: Final = 0.05
NOT_NOW: Final = frozenset({502, 503, 429})


@dataclass(frozen=True)
class Click:
    """What one dispatcher got in the end, how often it was asked for, and how long it took."""

    who: Asker
    key: str
    incident: dict[str, Any]
    answer: httpx.Response
    tries: int
    seconds: float
    sent_at: float


async def click(
    who: Asker, incident: dict[str, Any], unit: str, start: asyncio.Event, *, key: str
) -> Click:
    """Assign the unit and insist, always with the same key, until there is an answer."""
    await start.wait()
    sent_at, tries = time.monotonic(), 0
    while True:
        tries += 1
        try:
            answer = await send(who, incident, unit, key)
        except httpx.TransportError:
            await asyncio.sleep(PAUSE_S)
            continue
        if answer.status_code in NOT_NOW:
            await asyncio.sleep(PAUSE_S)
            continue
        seconds = time.monotonic() - sent_at
        return Click(who, key, incident, answer, tries, seconds, sent_at)


async def send(who: Asker, incident: dict[str, Any], unit: str, key: str) -> httpx.Response:
    body = {"unit_ids": [unit], "override_reason": "la más cercana a mi vista"}
    return await who.ask("POST", f"/incidents/{incident['id']}/assignments", body, key=key)


@asynccontextmanager
async def dispatchers(centre: OwnCentre, database: Database) -> AsyncIterator[list[Asker]]:
    first, _ = await make_account(database, Role.DISPATCHER, CENTRE_AGENCY, username="mesa00")
    accounts = [await twin(database, first, f"mesa{n:02}") for n in range(1, DISPATCHERS + 1)]
    async with AsyncExitStack() as stack:
        yield [await stack.enter_async_context(asker(centre, *one)) for one in accounts]


async def twin(database: Database, of: str, username: str) -> tuple[str, str]:
    """One more of the same rights and password: fifty hashes would take longer than the test."""
    clock, identity = SystemClock(), new_id()
    kept = [one.name for one in app_user.columns if one.name not in {"id", "username"}]
    names = ", ".join(f'"{name}"' for name in kept)
    async with database.engine.begin() as connection:
        await connection.execute(
            text(
                f"insert into app_user (id, username, {names}) "
                f"select :id, :username, {names} from app_user where username = :of"
            ),
            {"id": identity, "username": username, "of": of},
        )
        key = await service.issue_api_key(
            connection, user_id=identity, label="test", now=clock.now()
        )
    return username, key


def crowded() -> float:
    """How many times more work this machine has than it can do: others use it as well."""
    return max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1))


async def race(desks: list[Asker], incidents: list[dict[str, Any]], unit: str) -> list[Click]:
    start = asyncio.Event()
    clicks = [
        asyncio.ensure_future(click(who, incident, unit, start, key=str(new_id())))
        for who, incident in zip(desks, incidents, strict=True)
    ]
    await asyncio.sleep(0)
    start.set()
    async with asyncio.timeout(ROUND_WITHIN_S * crowded()):
        return list(await asyncio.gather(*clicks))


def judge(clicks: list[Click], unit: str) -> Click:
    """One has the unit; all others are told which incident it went to, and who sent it."""
    won = [one for one in clicks if one.answer.status_code == 201]
    assert len(won) == 1, [one.answer.text for one in won]
    [winner] = won
    [order] = [one for one in winner.answer.json()["assignments"] if one["unit_id"] == unit]
    assert (order["released_at"], order["by"]) == (None, winner.who.username)
    for one in clicks:
        if one is winner:
            continue
        told = problem(one.answer, 409, "unit-not-available")
        assert told["incident_id"] == winner.incident["id"]
        assert told["incident_number"] == winner.incident["number"]
        assert told["by"] == winner.who.username
        assert winner.who.username in told["detail"]
    return winner


async def kill_app(centre: OwnCentre) -> None:
    await asyncio.to_thread(centre.kill, "app")
    await asyncio.to_thread(centre.start, "app")


async def kill_background(centre: OwnCentre) -> None:
    await asyncio.to_thread(centre.kill, "background")
    await asyncio.to_thread(centre.start, "background")


async def kill_database(centre: OwnCentre) -> None:
    pid = centre.database.pid
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    # Its start belongs to the main thread, and holds up nobody but this test.
    centre.database.stop()
    centre.database.start()


KILLS: Final[tuple[Callable[[OwnCentre], Awaitable[None]], ...]] = (
    kill_app,
    kill_background,
    kill_database,
)


async def one_round(
    centre: OwnCentre, desks: list[Asker], incidents: list[dict[str, Any]], unit: str, number: int
) -> tuple[list[Click], float]:
    racing = asyncio.ensure_future(race(desks, incidents, unit))
    await asyncio.sleep(KILL_AFTER_S[number // len(KILLS) % len(KILL_AFTER_S)])
    since = time.monotonic()
    await KILLS[number % len(KILLS)](centre)
    absent_s = time.monotonic() - since
    return await racing, absent_s


async def test_fifty_want_one_unit_and_the_others_are_told_who_has_it(
    mortal_centre: OwnCentre,
) -> None:
    centre = mortal_centre
    database = Database(centre.database.url, name="test", pool_size=4)
    async with (
        dispatchers(centre, database) as desks,
        asker(centre, "admin", people_of(centre)["admin"]["token"]) as admin,
    ):
        town = await Town.of(admin)
        incidents = [
            await who.post("/incidents", {"type": "fight", "location": town.place()})
            for who in desks
        ]
        calm = await race(desks, incidents, await a_unit(admin))
        judge(calm, calm_unit(calm))
        spread_s = max(one.sent_at for one in calm) - min(one.sent_at for one in calm)
        assert spread_s < CLICKED_WITHIN_S * crowded()
        assert crowded() > 2 or all(one.tries == 1 for one in calm)
        said = [f"calm: slowest of 50 answered after {max(one.seconds for one in calm):.3f} s"]

        repeated = 0
        for number in range(ROUNDS):
            unit = await a_unit(admin)
            clicks, absent_s = await one_round(centre, desks, incidents, unit, number)
            winner = judge(clicks, unit)
            again = await send(winner.who, winner.incident, unit, winner.key)
            assert again.json() == winner.answer.json()
            repeated += sum(one.tries > 1 for one in clicks)
            said.append(f"{KILLS[number % len(KILLS)].__name__}: back after {absent_s:.2f} s")
        assert repeated > 0, "the kills hit nobody"
        await agreed(database, said)
    await database.close()


async def a_unit(admin: Asker) -> str:
    body = {"callsign": f"K{new_id().hex[-8:]}", "agency": "POL", "kind": "patrol",
            "in_service": True}  # fmt: skip
    until = time.monotonic() + ROUND_WITHIN_S * crowded()
    key = str(new_id())
    while True:
        try:
            answer = await admin.ask("POST", "/units", body, key=key)
        except httpx.TransportError:
            answer = None
        if answer is not None and answer.is_success:
            return str(answer.json()["id"])
        assert time.monotonic() < until, answer
        await asyncio.sleep(PAUSE_S)


def calm_unit(clicks: list[Click]) -> str:
    """The unit that was asked for, from the winner's answer."""
    [winner] = [one for one in clicks if one.answer.status_code == 201]
    return str(winner.answer.json()["assignments"][-1]["unit_id"])


async def agreed(database: Database, said: list[str]) -> None:
    """After all that, the tables are what the journal says, and nothing impossible is in them."""
    for _ in range(3):
        try:
            verdict = await verify(database)
            break
        except DATABASE_TROUBLE:
            continue  # a connection of before the last kill
    assert [str(one) for one in verdict.differences] == [], said
    said.append(f"{verdict.entries} entries verified")
    print("\n".join(said))  # noqa: T201  what was measured; shown with -s
