"""The background process dies in the middle of a reaction, or has a twin: each alarm comes once."""

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

from sqlalchemy import func, select
from typing_extensions import override

from camera_ingest.domain.events import CameraAlarmRaised
from gis.geometry import Location, Point
from ops_center.bench.own_centre import OwnCentre
from ops_center.kernel import transaction
from ops_center.kernel.clock import SystemClock
from ops_center.kernel.database import Database
from ops_center.kernel.events import Author
from ops_center.kernel.ids import new_id
from ops_center.kernel.journal import APPEND_LOCK, journal
from ops_center.leader import LEADER_LOCK

LEADS_WITHIN_S = 20.0
RAISED_WITHIN_S = 20.0
WORKER = Author(id=new_id(), name="worker")


@asynccontextmanager
async def database_of(centre: OwnCentre) -> AsyncIterator[Database]:
    database = Database(centre.database.url, name="test", pool_size=2)
    try:
        yield database
    finally:
        await database.close()


async def state_alarms(
    database: Database,
    count: int,
    *,
    fact: type[CameraAlarmRaised] = CameraAlarmRaised,
    agency: str = "POL",
) -> set[str]:
    """Write the fact that a camera worker writes; return the ids of the alarms."""
    clock = SystemClock()
    ids = set()
    for number in range(count):
        now, alarm = clock.now(), new_id()
        async with transaction.begin(database, author=WORKER, cause=alarm, clock=clock) as tx:
            tx.record(
                fact(
                    subject=new_id(),
                    version=1,
                    audience=("agency:POL",),
                    alarm_id=alarm,
                    rule_id=new_id(),
                    rule_name=f"Portón {number}",
                    alarm_kind="motion",
                    priority=3,
                    camera_name="C",
                    agency=agency,
                    location=Location(
                        point=Point(lon=-57.6, lat=-25.3), uncertainty_m=5, confidence=0.9
                    ),
                    detected_at=now,
                    motion_fraction=0.2,
                    dwell_s=2.0,
                    snapshot=None,
                )
            )
            await tx.commit()
        ids.add(str(alarm))
    return ids


class Maimed(CameraAlarmRaised):
    """A fact as an older or a broken worker might write it: without a place."""

    @override
    def data(self) -> dict[str, Any]:
        return {name: value for name, value in super().data().items() if name != "location"}


async def raised(database: Database) -> Counter[str]:
    async with database.reading() as connection:
        rows = await connection.scalars(
            select(journal.c.subject).where(journal.c.kind == "alarm.raised")
        )
        return Counter(str(one) for one in rows)


async def holders(database: Database, lock: int, *, granted: bool) -> int:
    """How many server sessions hold, or wait for, the advisory lock."""
    async with database.reading() as connection:
        found = await connection.exec_driver_sql(
            "select count(*) from pg_locks where locktype = 'advisory' "
            f"and objid = {lock} and granted = {granted}"
        )
        return int(found.scalar_one())


async def until(true: Callable[[], Awaitable[bool]], *, within_s: float) -> None:
    deadline = time.monotonic() + within_s
    while not await true():
        assert time.monotonic() < deadline, "it did not come about in time"
        await asyncio.sleep(0.05)


def leads(centre: OwnCentre, name: str) -> int:
    return centre.log(name).read_text().count("leadership.taken")


async def test_a_reaction_cut_in_the_middle_is_done_once(mortal_centre: OwnCentre) -> None:
    centre = mortal_centre
    async with database_of(centre) as database:

        async def all_raised() -> bool:
            return set(await raised(database)) >= wanted

        async def reaction_hangs() -> bool:
            return await holders(database, APPEND_LOCK, granted=False) > 0

        wanted = await state_alarms(database, 3)
        await until(all_raised, within_s=RAISED_WITHIN_S)
        centre.kill("background")
        for _ in range(2):
            wanted |= await state_alarms(database, 5)
            async with database.engine.connect() as holding:
                await holding.execute(select(func.pg_advisory_lock(APPEND_LOCK)))
                await asyncio.to_thread(centre.start, "background")
                await until(reaction_hangs, within_s=LEADS_WITHIN_S)
                centre.kill("background")  # it has written the alarm's row, but not committed
                assert not set(await raised(database)) >= wanted
                await holding.invalidate()
        await asyncio.to_thread(centre.start, "background")
        await until(all_raised, within_s=LEADS_WITHIN_S + RAISED_WITHIN_S)
        assert set((await raised(database)).values()) == {1}


async def test_a_fact_that_cannot_be_used_does_not_stop_the_next(running_centre: OwnCentre) -> None:
    async with database_of(running_centre) as database:

        async def all_raised() -> bool:
            return set(await raised(database)) >= wanted

        refused = await state_alarms(database, 1, agency="NOBODY")
        refused |= await state_alarms(database, 1, fact=Maimed)
        wanted = await state_alarms(database, 2)
        await until(all_raised, within_s=RAISED_WITHIN_S)
        assert not set(await raised(database)) & refused
    assert running_centre.log("background").read_text().count("reaction.refused") == 2


async def test_of_two_background_processes_one_leads_until_it_dies(
    mortal_centre: OwnCentre,
) -> None:
    centre = mortal_centre
    twin = "background-2"
    async with database_of(centre) as database:

        async def all_raised() -> bool:
            return set(await raised(database)) >= wanted

        async def first_leads() -> bool:
            return leads(centre, "background") == 1

        async def twin_leads() -> bool:
            return leads(centre, twin) == 1

        async def twin_asks() -> bool:
            async with database.reading() as connection:
                found = await connection.exec_driver_sql(
                    "select count(*) from pg_stat_activity where application_name = 'background' "
                    f"and backend_start > '{spawned_at.isoformat()}'"
                )
                return int(found.scalar_one()) > 0

        await until(first_leads, within_s=LEADS_WITHIN_S)
        spawned_at = SystemClock().now()
        centre.spawn(twin, "ops_center", "background")
        await until(twin_asks, within_s=LEADS_WITHIN_S)
        wanted = await state_alarms(database, 5)
        await until(all_raised, within_s=RAISED_WITHIN_S)
        assert await holders(database, LEADER_LOCK, granted=True) == 1
        assert leads(centre, twin) == 0

        centre.kill("background")
        wanted |= await state_alarms(database, 5)
        await until(twin_leads, within_s=LEADS_WITHIN_S)
        await until(all_raised, within_s=RAISED_WITHIN_S)
        assert await holders(database, LEADER_LOCK, granted=True) == 1
        assert set((await raised(database)).values()) == {1}
