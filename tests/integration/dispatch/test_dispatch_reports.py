"""Reports on the real database: what is counted, what is left out, who sees it, how it is found."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from dispatch.domain.reporting import Grouping, Period, Targets
from dispatch.domain.unit import Unit
from dispatch.reporting.alarms import alarm_load
from dispatch.reporting.calls import call_classes
from dispatch.reporting.intervals import response_times
from dispatch.reporting.overrides import overrides
from dispatch.reporting.places import places
from dispatch.reporting.queues import queue_lengths
from dispatch.reporting.sources import Scope
from dispatch.reporting.workload import workload
from dispatch.services import assigning, call_taking, incidents
from ops_center.kernel.database import Database
from ops_center.kernel.ids import new_id
from tests.builders import DISPATCHER, T0, at
from tests.dispatch_acts import (
    assigned,
    dismissed,
    do,
    opened,
    raised,
    received,
    registered,
    reported,
)
from tests.dispatch_centre import SqlCentre

HOUR = Period(start=T0 - timedelta(minutes=10), end=T0 + timedelta(minutes=50))


@pytest.fixture
def centre(database: Database) -> SqlCentre:
    return SqlCentre(database)


def scope(**changes: Any) -> Scope:
    return Scope(**{"period": HOUR, "timezone": "America/Asuncion", **changes})


async def told(centre: SqlCentre, report: Any, *more: Any, **changes: Any) -> Any:
    async with centre.database.reading() as connection:
        return await report(connection, scope(**changes), *more)


async def sql(centre: SqlCentre, statement: str, **values: Any) -> None:
    async with centre.database.engine.begin() as connection:
        await connection.execute(text(statement), values)


async def worked(centre: SqlCentre, unit: Unit, kind: str = "noise", **fields: Any) -> Any:
    """A call at 0 s, taken at 10, incident at 20, unit sent at 50, under way 80, there 200."""
    call = await received(centre)
    take = call_taking.TakeCall(id=new_id(), call_id=call.call.id)
    await do(centre, call_taking.take_call, take, seconds=10)
    command = incidents.OpenIncident(id=new_id(), type=kind, call_id=call.call.id, **fields)
    incident = await do(centre, incidents.open_incident, command, seconds=20)
    await assigned(centre, incident, unit, seconds=50)
    await reported(centre, unit, "en_route", seconds=80)
    await reported(centre, unit, "on_scene", seconds=200)
    await reported(centre, unit, "clear", seconds=500)
    return incident


async def test_every_interval_is_what_its_stamps_say(centre: SqlCentre) -> None:
    await worked(centre, await registered(centre))
    found = (await told(centre, response_times, Grouping.NONE))["rows"][0]
    assert (found["count"], found["calls"]) == (1, 1)
    lengths = {name: found[name]["p50"] for name in found if isinstance(found[name], dict)}
    assert lengths == {
        "answer": 10, "entry": 20, "process": 30, "dispatch": 50, "turnout": 30, "travel": 120,
        "arrival": 150, "first_arrival": 200, "response": 200, "scene": 300, "transport": None,
        "hospital": None, "task": 450,
    }  # fmt: skip
    assert found["transport"]["missing"] == 1


async def test_the_first_unit_counts_once_and_each_unit_by_itself(centre: SqlCentre) -> None:
    first, second = await registered(centre, "L01"), await registered(centre, "L02")
    incident = await worked(centre, first)
    await assigned(centre, incident, second, seconds=600)
    await reported(centre, second, "on_scene", seconds=700)
    found = (await told(centre, response_times, Grouping.NONE))["rows"][0]
    assert found["count"] == 2
    assert (found["process"]["n"], found["process"]["p95"]) == (1, 30)
    assert (found["first_arrival"]["n"], found["first_arrival"]["p95"]) == (1, 200)
    assert (found["response"]["n"], found["response"]["p95"]) == (2, 700)
    assert (found["turnout"]["n"], found["turnout"]["missing"]) == (1, 1)


async def test_lengths_below_zero_are_counted_and_never_used(centre: SqlCentre) -> None:
    await worked(centre, await registered(centre))
    await sql(centre, "update assignment set on_scene_at = assigned_at - interval '5 s'")
    found = (await told(centre, response_times, Grouping.NONE))["rows"][0]
    assert found["travel"] == {
        "n": 0, "p50": None, "p90": None, "p95": None, "mean": None, "missing": 0, "negative": 1,
        "target_s": None, "within": None,
    }  # fmt: skip
    assert found["response"]["n"] == 1


async def test_the_closest_target_holds_and_shares_are_of_the_measured(centre: SqlCentre) -> None:
    for callsign, kind in (("L01", "noise"), ("L02", "threat"), ("L03", "fight")):
        await worked(centre, await registered(centre, callsign), kind)
    targets = Targets(
        usual={"travel": 1},
        by_priority={(3, "POL"): {"travel": 119}, (4, "POL"): {"travel": 119}},
        by_type={("noise", 4, "POL"): {"travel": 120}, ("fight", 2, "POL"): {"travel": None}},
    )
    by_type = await told(centre, response_times, Grouping.TYPE, targets=targets)
    travel = {row["group"]: row["travel"] for row in by_type["rows"] if row["group"]}
    assert (travel["noise"]["target_s"], travel["noise"]["within"]) == (120, 1)
    assert (travel["threat"]["target_s"], travel["threat"]["within"]) == (119, 0)
    assert (travel["fight"]["target_s"], travel["fight"]["within"]) == (None, None)
    whole = (await told(centre, response_times, Grouping.NONE, targets=targets))["rows"][0]
    assert (whole["travel"]["target_s"], whole["travel"]["within"]) == (None, 0.5)


async def test_hours_and_days_are_those_of_the_city(centre: SqlCentre) -> None:
    await worked(centre, await registered(centre))
    by_hour = (await told(centre, response_times, Grouping.HOUR))["rows"]
    assert [(row["group"], row["count"]) for row in by_hour] == [("11", 1)]  # 14:00 UTC
    by_day = await told(centre, response_times, Grouping.DAY, timezone="Asia/Tokyo")
    assert [row["group"] for row in by_day["rows"]] == [f"{T0:%Y-%m-}{T0.day:02}"]


@pytest.mark.parametrize(("protected", "count"), [(4, 1), (5, 6)])
async def test_few_protected_incidents_are_left_out(
    centre: SqlCentre, protected: int, count: int
) -> None:
    await worked(centre, await registered(centre, "L00"))
    for number in range(protected):
        await worked(centre, await registered(centre, f"L1{number}"), protected=True)
    found = (await told(centre, response_times, Grouping.NONE))["rows"][0]
    assert (found["count"], found["response"]["n"]) == (count, count)
    assert found["withheld"] is (protected < 5)
    assert len(await told(centre, places)) == 0, "these incidents have no place"


async def test_an_incident_counts_in_each_of_its_zones(centre: SqlCentre) -> None:
    first, second = await registered(centre, "L01"), await registered(centre, "L02")
    inside, outside = await worked(centre, first), await worked(centre, second)
    zones = '[{"name": "Centro"}, {"name": "Puerto"}]'
    await sql(
        centre,
        "update incident set zones = cast(:zones as jsonb) where id = :id",
        zones=zones, id=inside.id,
    )  # fmt: skip
    await sql(centre, "update incident set zones = '[]' where id = :id", id=outside.id)
    found = await told(centre, response_times, Grouping.ZONE)
    counted = {row["group"]: (row["count"], row["process"]["n"]) for row in found["rows"]}
    assert counted == {"Centro": (1, 1), "Puerto": (1, 1), None: (1, 1)}


async def test_an_agency_is_told_of_its_own_units_and_incidents(centre: SqlCentre) -> None:
    await worked(centre, await registered(centre, "L01"))
    ambulance = await registered(centre, "A01", agency="SEME", kind="ambulance")
    await worked(centre, ambulance, "injury")
    for agency, name in (("POL", "L01"), ("SEME", "A01")):
        found = await told(centre, response_times, Grouping.AGENCY, agency=agency)
        assert [(row["group"], row["count"]) for row in found["rows"] if row["count"]] == [
            (agency, 1)
        ]
        assert (await told(centre, call_classes, agency=agency))["total"] == 1
        work = await told(centre, _workload, agency=agency)
        assert work["operators"] is None
        assert [unit["callsign"] for unit in work["units"]] == [name]
        assert (await told(centre, queue_lengths, agency=agency))["calls"] is None
        assert (await told(centre, overrides, agency=agency))["orders"] == 1


async def _workload(connection: Any, wanted: Scope) -> Any:
    return await workload(connection, wanted, now=at(3_600))


async def test_calls_are_classed_by_what_became_of_them(centre: SqlCentre) -> None:
    await worked(centre, await registered(centre))
    for disposition in ("silent", "silent", "duplicate"):
        call = await received(centre)
        close = call_taking.CloseCall(id=new_id(), call_id=call.call.id, disposition=disposition)
        await do(centre, call_taking.close_call, close, seconds=30)
    await received(centre, source="text")
    found = await told(centre, call_classes)
    assert (found["total"], found["real"], found["not_real"], found["undecided"]) == (5, 2, 2, 1)
    assert found["real_share"] == 0.5
    assert {one["code"]: one["n"] for one in found["lists"]["disposition"]} == {
        "silent": 2, "emergency": 1, "duplicate": 1, "undecided": 1,
    }  # fmt: skip
    assert [one["code"] for one in found["lists"]["hour"]] == ["11"]


async def test_work_is_counted_for_operators_and_units(centre: SqlCentre) -> None:
    unit = await registered(centre)
    centre.clock.advance(timedelta(seconds=20))  # what the journal writes down
    await worked(centre, unit)
    await sql(
        centre,
        "insert into shift (id, version, unit_id, starts_at, ends_at, signed_on_at)"
        " values (gen_random_uuid(), 1, :unit, :start, :end, :start)",
        unit=unit.id, start=at(0), end=at(1_800),
    )  # fmt: skip
    found = await told(centre, _workload)
    assert found["operators"] == [
        {"name": DISPATCHER.name, "calls": 1, "real_calls": 1, "handling_s": 10.0, "alarms": 0,
         "notes": 0, "dispatches": 1}
    ]  # fmt: skip
    one = found["units"][0]
    assert (one["orders"], one["busy_s"], one["duty_s"]) == (1, 450.0, 1_800.0)
    assert one["utilisation"] == 0.25


async def test_an_override_is_measured_against_the_best_that_was_offered(
    centre: SqlCentre,
) -> None:
    unit = await registered(centre)
    incident = await opened(centre)
    command = assigning.AssignUnits(
        id=new_id(), incident_id=incident.id, unit_ids=(unit.id,), override_reason="conoce el lugar"
    )
    await do(centre, assigning.assign_units, command, seconds=5)
    await reported(centre, unit, "on_scene", seconds=105)
    await sql(centre, "update assignment set eta_s = 90, best_eta_s = 60, recommended = false")
    found = await told(centre, overrides)
    assert (found["orders"], found["overrides"], found["share"]) == (1, 1, 1.0)
    assert (found["foreseen_s"], found["measured_s"]) == (30.0, 40.0)
    item = found["items"][0]
    assert (item["reason"], item["number"]) == ("conoce el lugar", incident.number)
    await sql(centre, "update incident set protected = true")
    hidden = (await told(centre, overrides))["items"][0]
    assert (hidden["reason"], hidden["number"], hidden["type"]) == (None, None, None)


async def test_alarms_have_a_false_rate_of_the_decided(centre: SqlCentre) -> None:
    for _ in range(3):
        alarm = await raised(centre)
        await dismissed(centre, str(alarm.id))
    await raised(centre)
    found = await told(centre, alarm_load)
    assert (found["raised"], found["most_in_10_min"], found["flood_windows"]) == (4, 4, 0)
    assert found["windows"] == 6
    (source,) = found["sources"]
    assert (source["false"], source["open"], source["false_rate"]) == (3, 1, 1.0)


def _lengths(spans: Sequence[tuple[int, int]], step: int, steps: int) -> list[tuple[int, float]]:
    """The queue second by second, which is slow and plainly right."""
    waiting = [sum(a <= s < b for a, b in spans) for s in range(step * steps)]
    parts = [waiting[n * step : (n + 1) * step] for n in range(steps)]
    return [(max(part), sum(part) / step) for part in parts]


async def test_queues_are_exact(centre: SqlCentre) -> None:
    begin = (T0 - HOUR.start) // timedelta(seconds=1)
    spans = [(0, 30), (10, 1_000), (10, 10), (200, 4_000), (899, 901), (1_500, 1_800)]
    for start, end in spans:
        call = await received(centre)
        await sql(
            centre,
            "update call set received_at = :start, taken_at = :end, state = 'taken' where id = :id",
            id=call.call.id, start=at(start), end=at(end),
        )  # fmt: skip
    found = await told(centre, queue_lengths)
    assert found["step_s"] == 900
    wanted = _lengths([(a + begin, b + begin) for a, b in spans], 900, 4)
    got = [(one["most"], one["mean"]) for one in found["calls"]["series"]]
    assert [most for most, _ in got] == [most for most, _ in wanted]
    assert [mean for _, mean in got] == pytest.approx([mean for _, mean in wanted], abs=0.001)
    assert {one["hour"] for one in found["calls"]["over_the_day"]} == {10, 11}


async def test_incidents_wait_until_their_first_unit(centre: SqlCentre) -> None:
    await worked(centre, await registered(centre))
    found = (await told(centre, queue_lengths))["incidents"]
    assert found["most"] == 1
    assert sum(one["mean"] for one in found["series"]) == pytest.approx(30 / 900, abs=0.001)


async def test_places_are_middles_of_cells(centre: SqlCentre) -> None:
    unit = await registered(centre)
    incident = await opened(centre)
    await assigned(centre, incident, unit)
    (one,) = await told(centre, places)
    assert (one["lon"], one["lat"]) == (-57.6325, -25.2825)
    assert set(one) == {
        "type", "priority", "agency", "day", "hour", "lon", "lat", "dispatch_s", "response_s",
    }  # fmt: skip


INDEXED = {
    "incident opened": ("incident", "opened_at", "ix_incident_newest"),
    "call received": ("call", "received_at", "ix_call_newest"),
    "alarm raised": ("alarm", "raised_at", "ix_alarm_newest"),
}


@pytest.mark.parametrize("what", INDEXED)
async def test_a_day_is_found_by_index(centre: SqlCentre, what: str) -> None:
    table, column, index = INDEXED[what]
    async with centre.database.reading() as connection:
        await connection.execute(text("set local enable_seqscan = off"))
        plan = await connection.execute(
            text(f"explain select * from {table} where {column} >= :a and {column} < :b"),
            {"a": HOUR.start, "b": HOUR.end},
        )
        assert index in "\n".join(plan.scalars())


async def test_records_of_others_are_found_by_index(centre: SqlCentre) -> None:
    async with centre.database.reading() as connection:
        await connection.execute(text("set local enable_seqscan = off"))
        await connection.execute(text("set local enable_bitmapscan = off"))
        plan = await connection.execute(
            text("explain select * from cad_record where import_id = :id and at >= :a and at < :b"),
            {"id": new_id(), "a": HOUR.start, "b": HOUR.end},
        )
        assert "ix_cad_record_at" in "\n".join(plan.scalars())
