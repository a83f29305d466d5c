"""What may never be, whatever people do, processes die and clocks lie: docs/invariants.md."""

import asyncio
from collections.abc import Iterator, Sequence
from typing import Any, Final
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select
from typing_extensions import override

from dispatch.domain.fold import EMPTY, fold
from dispatch.domain.incident import OVER
from ops_center.kernel import idempotency
from ops_center.kernel.database import Database
from ops_center.kernel.journal import journal
from ops_center.replaying import verify
from tests.builders import DISPATCHER
from tests.crowd import REPEATED, Act, Crowd
from tests.dispatch_centre import SqlCentre
from tests.fakes import FakeCentre

STEPS: Final = 120
LOOKED_AT_EVERY: Final = 40
SEEDS: Final = (11, 12)
STORES: Final = ("calls", "incidents", "units", "alarms")
TIMES: Final = ("acknowledged_at", "en_route_at", "on_scene_at", "released_at")


def rows_of(centre: FakeCentre) -> dict[UUID, Any]:
    return {key: row for store in STORES for key, row in getattr(centre, store).rows.items()}


def broken(centre: FakeCentre) -> Iterator[str]:
    """Yield what is true of the centre and must not be."""
    units, incidents = centre.units.rows, centre.incidents.rows
    at_work = [order.unit_id for one in incidents.values() for order in one.active]
    if len(at_work) != len(set(at_work)):
        yield "a unit has two active assignments"
    held = {unit.id for unit in units.values() if unit.assignment is not None}
    if held != set(at_work):
        yield "units and incidents do not agree on who works where"
    for incident in incidents.values():
        if incident.status in OVER and incident.active:
            yield f"incident {incident.number} is {incident.status} with units attached"
        yield from _negative(incident, "opened_at", ["closed_at"])
        for order in incident.assignments:
            yield from _negative(order, "assigned_at", TIMES)
    for call in centre.calls.rows.values():
        yield from _negative(call, "received_at", ["taken_at"])


def _negative(value: Any, first: str, others: Sequence[str]) -> Iterator[str]:
    for name in others:
        instant = getattr(value, name)
        if instant is not None and instant < getattr(value, first):
            yield f"{name} lies before {first}: {value}"


@settings(max_examples=8, deadline=None)
@given(seed=st.integers(min_value=0))
def test_no_fault_and_no_order_of_commands_breaks_a_promise(seed: int) -> None:
    asyncio.run(_live(seed))


async def _live(seed: int) -> None:
    centre = FakeCentre()
    crowd = Crowd(centre, seed, faults=True)
    await crowd.begin()
    picture: Any = EMPTY
    told = 0
    before = rows_of(centre)
    for step in range(STEPS):
        act = await crowd.act()
        fresh, told = centre.facts[told:], len(centre.facts)
        if step == 0:
            fresh = centre.facts
        for fact in fresh:
            picture = fold(picture, fact.kind, fact.subject, version=fact.version, data=fact.data())
        now = rows_of(centre)
        silent = {
            key for key, row in now.items() if before.get(key) not in (None, row)
        } - _spoken_of(fresh)
        assert silent == set(), f"{act.name} changed something without a fact"
        assert list(broken(centre)) == [], act.name
        before = now
    assert await centre.picture() == picture
    assert crowd.refused


def _spoken_of(facts: list[Any]) -> set[UUID]:
    """The subjects of facts, and the incidents that they change too."""
    spoken = {fact.subject for fact in facts} | {fact.incident for fact in facts}
    for fact in facts:
        data = fact.data()
        order = data.get("assignment")
        spoken |= {UUID(one) for one in (data.get("incident_id"), data.get("other")) if one}
        spoken |= {UUID(order["incident_id"])} if order else set()
    return spoken


class KeyedCrowd(Crowd):
    """The same with each command's key claimed, as at the HTTP edge; some are sent again."""

    def __init__(self, centre: SqlCentre, seed: int) -> None:
        super().__init__(centre, seed, faults=True)
        self.acknowledged: list[tuple[Act, Any]] = []
        self.replayed = 0

    @override
    async def _carry_out(self, act: Act, command: Any, work: Any) -> None:
        if command is None:
            await super()._carry_out(act, command, work)
            return
        connection, key = work.calls.connection, str(command.id)
        who = DISPATCHER.id
        kept = await idempotency.claim(connection, author_id=who, key=key, digest="-", now=self.now)
        if kept is not None:
            self.replayed += 1
            return
        await super()._carry_out(act, command, work)
        await idempotency.keep(connection, author_id=who, key=key, status=200, answer={})

    @override
    def _remember(self, act: Act, command: Any) -> None:
        super()._remember(act, command)
        if command is not None:
            self.acknowledged.append((act, command))

    async def replay(self) -> None:
        """Send something again that was acknowledged before: nothing may come of it."""
        act, command = self.random.choice(self.acknowledged)
        async with self.centre.command() as work:
            await self._carry_out(act, command, work)


async def entries(database: Database) -> int:
    async with database.reading() as connection:
        return int(await connection.scalar(select(func.count()).select_from(journal)) or 0)


@pytest.mark.parametrize("seed", SEEDS)
async def test_the_database_agrees_with_its_journal_after_faults_and_repetitions(
    database: Database, seed: int
) -> None:
    centre = SqlCentre(database)
    crowd = KeyedCrowd(centre, seed)
    await crowd.begin()
    for step in range(STEPS):
        await crowd.act()
        if crowd.random.random() < REPEATED:
            written = await entries(database)
            await crowd.replay()
            assert await entries(database) == written
        if step % LOOKED_AT_EVERY == LOOKED_AT_EVERY - 1:
            verdict = await verify(database)
            assert [str(one) for one in verdict.differences] == []
    assert crowd.aborted
    assert crowd.replayed
