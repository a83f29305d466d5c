"""The database dies and comes back: screens say so, nobody is signed out, nothing is lost."""

import asyncio
import os
import signal
import time

import httpx
import pytest
from sqlalchemy import func, select

from ops_center.bench.own_centre import OwnCentre
from ops_center.kernel.database import Database
from ops_center.kernel.ids import new_id
from ops_center.kernel.journal import journal
from ops_center.pghost import processes_in
from tests.consoles import console_of
from tests.edges import Asker, asker, good, people_of, problem

SEEN_WITHIN_S = 3.0
RECOVERED_WITHIN_S = 10.0
WRITERS = 4


class Writers:
    """People who repeat each command with its key until it is answered, as a good gateway does."""

    def __init__(self, who: Asker) -> None:
        self._who = who
        self.answered: list[str] = []
        self.unavailable = 0
        self.stopped = False

    async def run(self) -> None:
        while not self.stopped:
            self.answered.append(await self._one(str(new_id())))

    async def _one(self, key: str) -> str:
        while True:
            try:
                answer = await self._who.ask("POST", "/calls", {"source": "phone"}, key=key)
            except httpx.TransportError:
                continue
            if answer.status_code == 503:
                problem(answer, 503)
                assert int(answer.headers["retry-after"]) > 0
                self.unavailable += 1
                await asyncio.sleep(0.2)
                continue
            return str(good(answer)["id"])


async def received(centre: OwnCentre) -> dict[str, int]:
    """How often each call is in the journal."""
    database = Database(centre.database.url, name="test", pool_size=1)
    async with database.reading() as connection:
        rows = await connection.execute(
            select(journal.c.subject, func.count())
            .where(journal.c.kind == "call.received")
            .group_by(journal.c.subject)
        )
        found = {str(subject): int(count) for subject, count in rows}
    await database.close()
    return found


def kill_database(centre: OwnCentre) -> None:
    pid = centre.database.pid
    assert pid is not None
    os.kill(pid, signal.SIGKILL)


def signal_database(centre: OwnCentre, number: signal.Signals) -> None:
    """Send it to every process of the cluster: each is the leader of its own group."""
    for pid in processes_in(centre.database.data):
        os.kill(pid, number)


def restart_database(centre: OwnCentre) -> None:
    centre.database.stop()
    centre.database.start()


async def ready(who: Asker) -> httpx.Response:
    return await who.ask("GET", "/health/ready")


async def test_a_killed_database_is_shown_and_survived(mortal_centre: OwnCentre) -> None:
    centre = mortal_centre
    people = people_of(centre)
    key = people["dispatcher"]["token"]
    async with (
        asker(centre, "d", key) as who,
        asker(centre, "m", people["machine"]["token"]) as machine,
        console_of(centre, key) as console,
        asyncio.TaskGroup() as tasks,
    ):
        start = (await console.next("snapshot"))["seq"]
        writers = Writers(machine)
        writing = [tasks.create_task(writers.run()) for _ in range(WRITERS)]
        await console.next("entry")

        kill_database(centre)
        since = time.monotonic()
        await console.next("beat", true=lambda f: "database" in f["degraded"])
        assert time.monotonic() - since < SEEN_WITHIN_S
        problem(await who.ask("GET", "/calls"), 503, "database-unavailable")
        told = await ready(who)
        assert told.status_code == 503
        assert "database" in told.json()["failing"]
        assert (await who.ask("GET", "/health/live")).status_code == 200
        async with console_of(centre, people["auditor"]["token"], hello=False) as late:
            assert await late.code(within_s=15) == 1012, "an outage signs nobody out"

        restart_database(centre)
        since = time.monotonic()
        await console.next(
            "beat",
            true=lambda f: "database" not in f["degraded"],
            within_s=RECOVERED_WITHIN_S,
        )
        before = len(writers.answered)
        while len(writers.answered) < before + 2 * WRITERS:
            assert time.monotonic() - since < RECOVERED_WITHIN_S, "commands are not taken again"
            await asyncio.sleep(0.05)
        assert (await ready(who)).status_code == 200
        assert time.monotonic() - since < RECOVERED_WITHIN_S
        writers.stopped = True
        await asyncio.wait(writing, timeout=30)

        last = await machine.post("/calls", {"source": "phone"})
        await console.next("entry", true=lambda f: f["subject"] == last["id"])
        assert not console.closed.is_set(), "nobody had to come back"
        assert writers.unavailable > 0
        told_seq = start
        for entry in console.entries:
            assert entry["after"] >= told_seq
            told_seq = entry["seq"]
        shown = {one["subject"] for one in console.entries}
        counted = await received(centre)
        assert set(writers.answered) <= set(counted)
        assert {counted[one] for one in counted} == {1}
        assert set(counted) <= shown
        async with console_of(centre, key, resume=start) as back:
            assert (await back.next())["type"] == "resumed"
        for name in ("app", "background"):
            assert centre.processes[name].poll() is None, centre.tail(name)
        centre.processes["app"].terminate()
        assert await console.code(within_s=5) == 1012, "a centre that stops says so"
        assert console.frames[-1] == {"type": "bye", "reason": "restarting"}


@pytest.mark.parametrize("held_s", [4.0])
async def test_a_database_that_hangs_is_shown_too(mortal_centre: OwnCentre, held_s: float) -> None:
    centre = mortal_centre
    async with console_of(centre, people_of(centre)["dispatcher"]["token"]) as console:
        await console.next("snapshot")
        signal_database(centre, signal.SIGSTOP)
        try:
            since = time.monotonic()
            await console.next("beat", true=lambda f: "database" in f["degraded"])
            assert time.monotonic() - since < SEEN_WITHIN_S
            await asyncio.sleep(held_s)
        finally:
            signal_database(centre, signal.SIGCONT)
        await console.next(
            "beat", true=lambda f: "database" not in f["degraded"], within_s=RECOVERED_WITHIN_S
        )
        assert not console.closed.is_set()
