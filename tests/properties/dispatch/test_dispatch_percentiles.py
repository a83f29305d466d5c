"""The database's figures are NumPy's, for whatever stamps: missing, backwards, equal."""

import random
from datetime import timedelta
from typing import Any

import numpy
import pytest
from sqlalchemy import delete, insert

from dispatch.domain.reporting import INTERVALS, Basis, Grouping, Period, Stamp
from dispatch.reporting.intervals import response_times
from dispatch.reporting.sources import Scope
from dispatch.tables import cad_import, cad_record
from ops_center.kernel.database import Database
from ops_center.kernel.ids import new_id
from tests.builders import T0

IMPORT = new_id()
WEEK = Period(start=T0 - timedelta(days=3), end=T0 + timedelta(days=4))


async def fill(database: Database, rows: list[tuple[Any, ...]]) -> None:
    first = {
        "id": IMPORT, "name": "numbers", "title": "numbers", "basis": "response",
        "timezone": "UTC", "file_name": "", "file_sha256": "", "map": {}, "read": 0, "kept": 0,
        "refused": {}, "doubtful": {}, "imported_at": T0,
    }  # fmt: skip
    stored = [
        {"import_id": IMPORT, "line": line, "at": T0, "type": kind, "incident": f"{kind}{incident}",
         **{f"{stamp}_at": None if one is None else T0 + timedelta(seconds=one)
            for stamp, one in zip(Stamp, seconds, strict=True)}}
        for line, (kind, incident, *seconds) in enumerate(rows)
    ]  # fmt: skip
    async with database.engine.begin() as connection:
        await connection.execute(delete(cad_import))
        await connection.execute(insert(cad_import), first)
        await connection.execute(insert(cad_record), stored)


def lengths(rows: list[tuple[Any, ...]], interval: Any) -> list[float | None]:
    stamps = [dict(zip(Stamp, seconds, strict=True)) for _, _, *seconds in rows]
    found: list[float | None] = []
    for one in stamps:
        end = next((one[stamp] for stamp in interval.ends if one[stamp] is not None), None)
        start = one[interval.start]
        found.append(None if start is None or end is None else end - start)
    return found


@pytest.mark.parametrize("seed", range(12))
async def test_percentiles_are_those_of_numpy(database: Database, seed: int) -> None:
    rng = random.Random(seed)
    rows = [
        (rng.choice("ab"), rng.randrange(4), *(some_second(rng) for _ in Stamp))
        for _ in range(rng.choice((1, 2, 9, 10, 11, 200)))
    ]
    await fill(database, rows)
    scope = Scope(period=WEEK, timezone="UTC", import_id=IMPORT)
    async with database.reading() as connection:
        found = await response_times(connection, scope, Grouping.TYPE)
    groups = {row["group"]: row for row in found["rows"]}
    assert set(groups) == {kind for kind, *_ in rows}
    for kind, group in groups.items():
        mine = [row for row in rows if row[0] == kind]
        assert group["count"] == len(mine)
        for interval in INTERVALS:
            if interval.basis is Basis.RESPONSE:
                assert_figure(group[interval.name], lengths(mine, interval))


def some_second(rng: random.Random) -> int | None:
    return None if rng.random() < 0.2 else rng.choice((0, 7, rng.randrange(-500, 5_000)))


def assert_figure(figure: dict[str, Any], measured: list[float | None]) -> None:
    known = [one for one in measured if one is not None]
    good = [one for one in known if one >= 0]
    assert figure["missing"] == len(measured) - len(known)
    assert (figure["negative"], figure["n"]) == (len(known) - len(good), len(good))
    if not good:
        assert (figure["p50"], figure["mean"]) == (None, None)
        return
    for percent in (50, 90, 95):
        wanted = numpy.percentile(good, percent, method="inverted_cdf")
        assert figure[f"p{percent}"] == wanted
    assert figure["mean"] == pytest.approx(numpy.mean(good), abs=0.051)
