"""The watch asks every second: whatever lies in the tables, it looks only at what is open."""

import json
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql import ClauseElement, Executable

from dispatch.domain.timers import STEPS
from dispatch.repository import shipped_rules
from dispatch.repository.raw_alarms import SqlRawAlarms
from dispatch.repository.waits import SqlWaits
from dispatch.rule_ports import RawAlarms, Waits
from ops_center.kernel.database import Database
from tests.builders import at

HISTORY = 20_000
OPEN = 200
BUFFERS_MAX = 2_500  # of 8 kB; reading the history through would take many times that
FILL = (
    """
    insert into incident (id, number, version, status, type, priority, zones, plan, agencies,
        call_ids, alarm_ids, opened_at, overdue)
    select gen_random_uuid(), 'n' || n, 1, case when n <= :open then 'new' else 'closed' end,
        'theft', 1 + n % 4, '[]', '{"requirements": []}', '{POL}', '{}', '{}',
        cast(:now as timestamptz) - n * interval '1 minute', false
    from generate_series(1, :all) n
    """,
    """
    insert into unit (id, callsign, version, agency, kind, profile, capabilities, availability,
        activity, emergency, status_at)
    select gen_random_uuid(), 'u' || n, 1, 'POL', 'patrol', 'patrol', '{}', 'available',
        'in_service', false, cast(:now as timestamptz)
    from generate_series(1, :open) n
    """,
    """
    insert into assignment (id, incident_id, unit_id, ordinal, callsign, assigned_at, released_at,
        overdue)
    select gen_random_uuid(), i.id, u.id, 0, u.callsign, i.opened_at,
        case when i.status = 'new' and i.n % 2 = 0 then null else i.opened_at end, false
    from (select *, row_number() over (order by opened_at desc) n from incident) i
    join (select *, row_number() over () n from unit) u on u.n = 1 + i.n % :open
    """,
    """
    insert into alarm (id, number, version, state, kind, priority, agency, camera_id, detected_at,
        raised_at, "group")
    select gen_random_uuid(), 'a' || n, 1, case when n <= :open then 'raised' else 'dismissed' end,
        'camera_motion', 3, 'POL', gen_random_uuid(), cast(:now as timestamptz),
        cast(:now as timestamptz) - n * interval '1 minute', 'camera_motion@1.1'
    from generate_series(1, :all) n
    """,
)


class Explain(Executable, ClauseElement):
    """EXPLAIN of a query, with its parameters bound as they are."""

    inherit_cache: bool | None = False

    def __init__(self, query: Any) -> None:
        self.query = query


@compiles(Explain)
def _explain(element: Explain, compiler: Any, **more: Any) -> str:
    return "explain (analyze, buffers, format json) " + str(compiler.process(element.query, **more))


class Explaining:
    """A connection that explains what it is asked, and counts the pages that were touched."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection
        self.pages: list[int] = []
        self.plans: list[str] = []

    async def _explain(self, query: Any) -> None:
        found = await self._connection.execute(Explain(query))
        plan = found.scalar_one()
        [top] = plan if isinstance(plan, list) else json.loads(plan)
        self.pages.append(top["Plan"]["Shared Hit Blocks"] + top["Plan"]["Shared Read Blocks"])
        self.plans.append(json.dumps(top["Plan"]))

    async def execute(self, query: Any) -> Any:
        await self._explain(query)
        return await self._connection.execute(query)

    async def scalars(self, query: Any) -> Any:
        await self._explain(query)
        return await self._connection.scalars(query)


@pytest.fixture
def now() -> Any:
    return at(0)


async def test_the_watch_never_reads_the_history(database: Database, now: Any) -> None:
    clocks = shipped_rules().clocks
    async with database.engine.connect() as connection:
        for words in FILL:
            values = {"open": OPEN, "all": HISTORY, "now": now}
            named = {name: value for name, value in values.items() if f":{name}" in words}
            await connection.execute(text(words), named)
        for table in ("incident", "unit", "assignment", "alarm"):
            await connection.execute(text(f"analyze {table}"))
        asked: Any = Explaining(connection)
        waits: Waits = SqlWaits(asked)
        raw: RawAlarms = SqlRawAlarms(asked)
        await waits.without_unit(clocks.of("pending"), now=now, limit=100)
        await waits.unsent(clocks.of("process"), now=now, limit=100)
        await waits.unanswered(clocks.of("unacknowledged"), now=now, limit=100)
        for clock in STEPS:
            await waits.late_steps(clock, clocks.of(clock), now=now, limit=100)
        await raw.shelved_until(now, limit=100)
        await raw.open_lines({"a|b|camera_motion@1.1"}, since=at(-600))
        await connection.rollback()
    assert len(asked.pages) == 8
    assert max(asked.pages) < BUFFERS_MAX, asked.pages
    assert not [
        plan for plan in asked.plans if '"Seq Scan", "Parallel' in plan and "incident" in plan
    ]
