"""Measures a thousand positions a second to 40 consoles, beside COPY into the same database."""

import asyncio
import random
import time
from datetime import datetime, timedelta
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

import asyncpg

from ops_center.bench.child import Child
from ops_center.bench.cpu import cpu_s
from ops_center.bench.own_centre import OwnCentre
from ops_center.bench.report import Measurement, percentile
from ops_center.kernel.clock import SystemClock
from ops_center.kernel.ids import new_id

PER_S: Final = 1_000.0
BATCH: Final = 10
CONSOLES: Final = 40
KEEPING: Final = 2  # consoles that keep what they hear, so that its age can be looked at
SUSTAINED_S: Final = 15.0
FLAT_OUT_S: Final = 6.0
COPY_ROWS: Final = 50_000
COPY_BATCH: Final = 500  # rows in a transaction, as many as one write of ours holds at the rate
TABLE: Final = "unit_position_history"
COLUMNS: Final = ("lon", "lat", "accuracy_m", "speed_mps", "heading_deg")


async def measure(centre: OwnCentre, units: list[dict[str, Any]]) -> list[Measurement]:
    """Return the sustained rate and the flat-out rate beside raw COPY of as many rows."""
    pid = centre.processes["app"].pid
    gateway = {"url": centre.url, "token": centre.token("machine"), "units": units, "batch": BATCH}
    async with (
        Child("ops_center.bench.listeners") as listeners,
        Child("ops_center.bench.senders") as senders,
    ):
        token = centre.token("dispatcher")
        await listeners.ask("connect", url=centre.url, token=token, count=CONSOLES, keep=KEEPING)
        began_ns, before = time.monotonic_ns(), cpu_s(pid)
        steady = await senders.ask("send", per_s=PER_S, seconds=SUSTAINED_S, **gateway)
        app_share = (cpu_s(pid) - before) / steady["seconds"]
        heard = await listeners.ask("live", since_ns=began_ns)
        flat = await senders.ask("send", per_s=0, seconds=FLAT_OUT_S, **gateway)
    copied_per_s = await copy_rate(centre.database.url)
    ages_ms = [age * 1e3 for age in heard["ages"]]
    assert ages_ms, "no position reached a console"
    return [
        Measurement(
            name=f"positions/s sustained, {len(units)} units, {CONSOLES} consoles",
            unit="/s",
            ours=steady["accepted"] / steady["seconds"],
            reference=PER_S,
            reference_name="sent",
            note=f"batches of {BATCH} over HTTP; every answer means committed",
            details={
                "rejected": steady["rejected"],
                "sent over 1 s late": steady["late"],
                "answer p95, ms": percentile(steady["delays_ms"], 0.95),
                "age on screen p50, ms": percentile(ages_ms, 0.5),
                "age on screen p95, ms": percentile(ages_ms, 0.95),
                "live frames/s a console": heard["frames"] / KEEPING / steady["seconds"],
                "consoles lost": heard["lost"],
                "share of a core": app_share,
                "CPU per position, µs": app_share * steady["seconds"] / steady["accepted"] * 1e6,
            },
        ),
        Measurement(
            name="positions/s flat out",
            unit="/s",
            ours=flat["accepted"] / flat["seconds"],
            reference=copied_per_s,
            reference_name=f"raw COPY, {COPY_BATCH} rows a transaction",
            note="larger is better: ours checks, keeps the last known, tells 40 consoles",
            details={"answer p95, ms": percentile(flat["delays_ms"], 0.95)},
        ),
    ]


async def copy_rate(url: str) -> float:
    """Return rows/s of plain COPY into a table of the same shape, committed in small batches."""
    parts = urlsplit(url)
    query = parse_qs(parts.query)
    connection = await asyncpg.connect(
        user=parts.username,
        database=parts.path.lstrip("/"),
        host=query["host"][0],
        port=int(query["port"][0]),
    )
    try:
        await connection.execute("set search_path to bench_copy, public")
        await connection.execute("create schema bench_copy")
        await connection.execute(
            f"create table bench_copy.{TABLE} (like public.{TABLE} including all)"
        )
        return await _copy_all(connection)
    finally:
        await connection.execute("drop schema if exists bench_copy cascade")
        await connection.close()


async def _copy_all(connection: Any) -> float:
    rng = random.Random(4)  # noqa: S311  repeatable, and nothing secret
    now = SystemClock().now()
    columns = [
        row["column_name"]
        for row in await connection.fetch(
            "select column_name from information_schema.columns"
            " where table_schema = 'bench_copy' and is_generated = 'NEVER'"
            " order by ordinal_position"
        )
    ]
    units = [new_id() for _ in range(COPY_BATCH)]
    batches = [
        [_row(columns, unit, now + timedelta(milliseconds=number), rng) for unit in units]
        for number in range(COPY_ROWS // COPY_BATCH)
    ]
    began = time.monotonic()
    for batch in batches:
        await connection.copy_records_to_table(
            TABLE, schema_name="bench_copy", records=batch, columns=columns
        )
        await asyncio.sleep(0)
    return COPY_ROWS / (time.monotonic() - began)


def _row(columns: list[str], unit: Any, at: datetime, rng: random.Random) -> tuple[Any, ...]:
    values = {"unit_id": unit, "occurred_at": at, "recorded_at": at, "lon": 24.9, "lat": 60.1}
    values |= {name: rng.uniform(0, 90) for name in COLUMNS if name not in {"lon", "lat"}}
    return tuple(values[name] for name in columns)
