"""Measures orders given a second over HTTP, beside bare SQL that writes the same rows."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import Any, Final
from uuid import UUID

from sqlalchemy import func, select, text

from ops_center.bench.place import BenchPlace
from ops_center.bench.report import Measurement
from ops_center.kernel.database import Database
from ops_center.kernel.ids import new_id
from ops_center.kernel.journal import APPEND_LOCK
from ops_center.simulator.centre import Centre
from ops_center.simulator.survey import somewhere

ORDERS: Final = 60
AT_ONCE: Final = 8
REASON: Final = "medición"

# What one order writes: the assignment, both versions, its entry, the command's key.
_BARE: Final = (
    """insert into assignment (id, incident_id, unit_id, ordinal, callsign, assigned_at, overdue,
                               released_at)
       select :id, :incident, :unit, 1000 + coalesce(max(ordinal), 0), 'X', now(), false, now()
       from assignment where incident_id = :incident""",
    "update incident set version = version where id = :incident",
    "update unit set version = version where id = :unit",
    "insert into bench_entry values (:id, repeat('x', 700))",
    "insert into bench_entry values (:id, repeat('x', 2500))",
)


async def measure(place: BenchPlace, units: list[dict[str, Any]]) -> list[Measurement]:
    """Return orders/s of AT_ONCE dispatchers, each to an incident of its own."""
    chosen = units[:ORDERS]
    async with Centre(
        place.centre.url, place.centre.token("dispatcher"), rng=place.rng("desk")
    ) as desk:
        incidents = [await _opened(place, desk, number) for number in range(len(chosen))]
        pairs = list(zip(incidents, chosen, strict=True))
        ours = await _per_second([partial(_order, desk, *pair) for pair in pairs])
        for incident, unit in pairs:
            await _over(desk, incident, unit)
    database = Database(place.centre.database.url, pool_size=AT_ONCE, name="bench")
    try:
        bare = await _bare(database, pairs)
    finally:
        await database.close()
    return [
        Measurement(
            name="orders given a second",
            unit="/s",
            ours=ours,
            reference=bare,
            reference_name="bare SQL of the same rows",
            note=f"{AT_ONCE} at once over HTTP, each judged beside the recommendation of its "
            "moment; more is better",
        )
    ]


async def _opened(place: BenchPlace, desk: Centre, number: int) -> dict[str, Any]:
    spot = somewhere(place.extent, place.extent.centre, place.rng(f"order {number}"))
    body = {
        "type": "disturbance",
        "location": {"lon": spot.lon, "lat": spot.lat, "uncertainty_m": 20},
    }
    opened: dict[str, Any] = await desk.post("/incidents", body)
    return opened


async def _order(desk: Centre, incident: dict[str, Any], unit: dict[str, Any]) -> None:
    body = {"unit_ids": [unit["id"]], "override_reason": REASON}
    await desk.post(f"/incidents/{incident['id']}/assignments", body)


async def _over(desk: Centre, incident: dict[str, Any], unit: dict[str, Any]) -> None:
    path = f"/incidents/{incident['id']}"
    body = {"unit_ids": [unit["id"]], "reason": REASON}
    after = await desk.post(f"{path}/assignments/release", body)
    closing = {"disposition": "cancelled"}
    await desk.post(f"{path}/close", closing, if_match=after["version"])


async def _bare(
    database: Database, pairs: Sequence[tuple[dict[str, Any], dict[str, Any]]]
) -> float:
    async with database.engine.begin() as connection:
        await connection.execute(text("create table bench_entry (id uuid, data text)"))
    try:
        return await _per_second([partial(_rows, database, *pair) for pair in pairs])
    finally:
        async with database.engine.begin() as connection:
            # Assignments nobody gave must not stay.
            made = "delete from assignment where id in (select id from bench_entry)"
            await connection.execute(text(made))
            await connection.execute(text("drop table bench_entry"))


async def _rows(database: Database, incident: dict[str, Any], unit: dict[str, Any]) -> None:
    values = {"id": new_id(), "incident": UUID(incident["id"]), "unit": UUID(str(unit["id"]))}
    async with database.engine.begin() as connection:
        for number, statement in enumerate(_BARE):
            if number == len(_BARE) - 1:
                await connection.execute(select(func.pg_advisory_xact_lock(APPEND_LOCK)))
            named = {name: value for name, value in values.items() if f":{name}" in statement}
            await connection.execute(text(statement), named)


async def _per_second(jobs: Sequence[Callable[[], Awaitable[None]]]) -> float:
    waiting = iter(jobs)

    async def lane() -> None:
        for job in waiting:
            await job()

    began = time.monotonic()
    async with asyncio.TaskGroup() as tasks:
        for _ in range(AT_ONCE):
            tasks.create_task(lane())
    return len(jobs) / (time.monotonic() - began)
