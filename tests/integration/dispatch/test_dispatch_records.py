"""Another centre's records on the real database: taken over and replaced as a whole, or not."""

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from dispatch.domain.cad_map import parse
from dispatch.domain.reporting import Grouping, period_of_records
from dispatch.reporting.cad_file import read_map
from dispatch.reporting.cad_report import report_of
from dispatch.reporting.cad_store import (
    ImportRecords,
    import_records,
    list_imports,
    one_import,
    remove_records,
)
from dispatch.reporting.calls import call_classes
from dispatch.reporting.intervals import response_times
from dispatch.reporting.places import places
from dispatch.reporting.sources import Scope
from dispatch.tables import cad_record
from ops_center.kernel import transaction
from ops_center.kernel.clock import ManualClock
from ops_center.kernel.database import Database
from ops_center.kernel.errors import Invalid, NotFound
from ops_center.kernel.ids import new_id
from ops_center.kernel.journal import entries_after
from tests.builders import DISPATCHER, T0

REPO = Path(__file__).resolve().parents[3]
MAP: dict[str, Any] = {
    "name": "otro",
    "row": "response",
    "timezone": "UTC",
    "times": ["iso"],
    "stamps": {"received": "in", "dispatch": "out"},
    "fields": {"incident": "id", "unit": "unit", "type": "type"},
}
HEAD = "id,unit,type,in,out"
EVIL = "=1+1"


async def take_over(database: Database, file: Path, document: dict[str, Any], **more: Any) -> Any:
    order = ImportRecords(
        id=new_id(), file=file, cad_map=parse(document), document=document,
        name=more.get("name", document["name"]),
    )  # fmt: skip
    async with transaction.begin(
        database, author=DISPATCHER, cause=new_id(), clock=ManualClock(T0)
    ) as tx:
        reading = await import_records(tx, order, now=T0)
        await tx.commit()
    return reading


def write(tmp_path: Path, *rows: str) -> Path:
    file = tmp_path / "calls.csv"
    file.write_text("\n".join([HEAD, *rows]), encoding="utf-8")
    return file


def row(number: int, kind: str = "fire", out: int = 5) -> str:
    return f"{number},E{number},{kind},2020-06-01T12:00:00,2020-06-01T12:00:{out:02}"


async def stored(database: Database) -> int:
    async with database.reading() as connection:
        return int(await connection.scalar(select(func.count()).select_from(cad_record)) or 0)


async def test_a_name_is_replaced_as_a_whole(database: Database, tmp_path: Path) -> None:
    await take_over(database, write(tmp_path, *(row(n) for n in range(5))), MAP)
    reading = await take_over(database, write(tmp_path, row(1, EVIL, 30), row(2), "x,y"), MAP)
    assert (reading.read, reading.kept, dict(reading.refused)) == (3, 2, {"columns": 1})
    assert await stored(database) == 2
    async with database.reading() as connection:
        (one,) = await list_imports(connection)
        assert (one["kept"], one["refused"]) == (2, {"columns": 1})
        report = await report_of(connection, "otro")
        kinds = [entry.kind for entry in await entries_after(connection, 0)]
        data = [entry.data for entry in await entries_after(connection, 0)]
    assert (report["incidents"], report["units"]) == (2, 2)
    (interval,) = report["intervals"]
    assert (interval["label"], interval["p50"], interval["p90"]) == ("received->dispatch", 5, 30)
    assert kinds == ["records.imported"] * 2
    assert [one["replaced"] for one in data] == [False, True]


async def test_where_no_row_is_good_nothing_has_changed(database: Database, tmp_path: Path) -> None:
    await take_over(database, write(tmp_path, row(1)), MAP)
    with pytest.raises(Invalid, match="line 2, time-unreadable"):
        await take_over(database, write(tmp_path, "1,E1,fire,noon,"), MAP)
    with pytest.raises(Invalid, match="holds no rows"):
        await take_over(database, write(tmp_path), MAP)
    assert await stored(database) == 1


async def test_a_row_told_twice_counts_once(database: Database, tmp_path: Path) -> None:
    reading = await take_over(database, write(tmp_path, row(1), row(2), row(1)), MAP)
    assert (reading.kept, dict(reading.refused)) == (2, {"repeated": 1})
    assert reading.listed[0]["line"] == 4
    assert await stored(database) == 2


async def test_records_can_be_removed(database: Database, tmp_path: Path) -> None:
    await take_over(database, write(tmp_path, row(1)), MAP, name="mine")
    async with transaction.begin(
        database, author=DISPATCHER, cause=new_id(), clock=ManualClock(T0)
    ) as tx:
        await remove_records(tx, "mine")
        with pytest.raises(NotFound):
            await remove_records(tx, "mine")
        await tx.commit()
    assert await stored(database) == 0


async def test_the_records_of_san_francisco_give_the_known_percentiles(
    database: Database, shared_data: Path
) -> None:
    file = shared_data / "calls/sf_fire_calls_2020.csv"
    if not file.is_file():
        pytest.skip(f"no records at {file}")
    mapped, document = read_map(REPO / "docs/import/sf_fire_calls.yaml")
    reading = await take_over(database, file, document)
    assert (reading.read, reading.kept) == (10_410, 10_410)
    async with database.reading() as connection:
        report = await report_of(connection, mapped.name)
        found = await one_import(connection, mapped.name)
        scope = Scope(
            period=period_of_records(found["first"], found["last"]),
            timezone=found["timezone"],
            import_id=found["id"],
        )
        by_zone = await response_times(connection, scope, Grouping.ZONE)
        classes = await call_classes(connection, scope)
        where = await places(connection, scope)
    assert (report["incidents"], report["units"]) == (5_292, 199)
    figures = {one["label"]: (one["p50"], one["p90"]) for one in report["intervals"]}
    assert figures["received->dispatch"] == (111, 308)
    assert figures["response->scene"] == (244, 788)
    assert figures["received->scene"] == (446, 1_055)
    assert sum(one["count"] for one in by_zone["rows"]) == 10_410
    assert classes["total"] == 5_292
    assert classes["real"] is None, "nobody here can say which of their calls were real"
    assert len(where) == 10_410


async def test_calls_without_units_have_no_interval_but_classes(
    database: Database, shared_data: Path
) -> None:
    file = shared_data / "calls/montgomery_911_sample.csv"
    if not file.is_file():
        pytest.skip(f"no records at {file}")
    mapped, document = read_map(REPO / "docs/import/montgomery.yaml")
    reading = await take_over(database, file, document)
    async with database.reading() as connection:
        report = await report_of(connection, mapped.name)
    assert (reading.read, reading.kept) == (3_051, 3_051)
    assert report["intervals"] == []
