"""Reports where the usual order of things fails: late calls, storms, merges, very many sources."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from dispatch.domain.reporting import Grouping, Period
from dispatch.reporting import alarms
from dispatch.reporting.intervals import response_times
from dispatch.reporting.overrides import overrides
from dispatch.reporting.queues import queue_lengths
from dispatch.reporting.sources import Scope
from dispatch.reporting.workload import workload
from dispatch.services import assigning, call_taking, incident_joining, incidents, witnessing
from ops_center.kernel.clock import ManualClock
from ops_center.kernel.database import Database
from ops_center.kernel.ids import new_id
from tests.builders import DISPATCHER, T0, at
from tests.dispatch_acts import assigned, do, opened, raised, received, registered, reported
from tests.dispatch_centre import SqlCentre

HOUR = Period(start=T0 - timedelta(minutes=10), end=T0 + timedelta(minutes=50))
Report = Callable[..., Awaitable[Any]]


@pytest.fixture
def centre(database: Database) -> SqlCentre:
    return SqlCentre(database)


async def told(centre: SqlCentre, report: Report, *more: Any, period: Period = HOUR) -> Any:
    async with centre.database.reading() as connection:
        return await report(connection, Scope(period=period, timezone="America/Asuncion"), *more)


async def sql(centre: SqlCentre, statement: str, **values: Any) -> None:
    async with centre.database.engine.begin() as connection:
        await connection.execute(text(statement), values)


async def linked_late(centre: SqlCentre, incident: Any, *, seconds: float, came: float) -> Any:
    """A call that came then, linked with the incident at `seconds` without being taken."""
    call = (await received(centre)).call
    await sql(
        centre,
        "update call set received_at = :at where id = :id",
        id=call.id, at=at(came),
    )  # fmt: skip
    centre.clock = ManualClock(at(seconds))  # what the journal writes down
    command = witnessing.LinkWitnesses(id=new_id(), incident_id=incident.id, call_ids=(call.id,))
    await do(centre, witnessing.link_witnesses, command, seconds=seconds)
    return call


async def test_a_call_after_the_opening_does_not_start_the_clock(centre: SqlCentre) -> None:
    unit, incident = await registered(centre), await opened(centre)
    await assigned(centre, incident, unit, seconds=50)
    await reported(centre, unit, "on_scene", seconds=200)
    await linked_late(centre, incident, came=120, seconds=130)
    found = (await told(centre, response_times, Grouping.NONE))["rows"][0]
    assert (found["dispatch"]["p50"], found["dispatch"]["negative"]) == (50, 0)
    assert (found["entry"]["p50"], found["response"]["p50"]) == (0, 200)


async def test_a_witness_waits_until_linked(centre: SqlCentre) -> None:
    incident = await opened(centre)
    await linked_late(centre, incident, came=0, seconds=90)
    found = (await told(centre, queue_lengths))["calls"]
    assert found["most"] == 1
    assert sum(one["mean"] for one in found["series"]) == pytest.approx(90 / 900, abs=0.001)


async def test_a_queue_begins_with_its_period_and_is_never_below_none(centre: SqlCentre) -> None:
    incident = await opened(centre)
    await linked_late(centre, incident, came=0, seconds=90)
    later = Period(start=at(3_600), end=at(7_200))
    found = (await told(centre, queue_lengths, period=later))["calls"]
    assert [(one["most"], one["mean"]) for one in found["series"]] == [(0, 0.0)] * 4
    assert found["series"][0]["at"].startswith(f"{later.start:%Y-%m-%dT%H:%M}")


async def test_the_recommended_units_of_an_order_with_a_reason_override_nothing(
    centre: SqlCentre,
) -> None:
    units = [await registered(centre, "L01"), await registered(centre, "L02")]
    incident = await opened(centre)
    command = assigning.AssignUnits(
        id=new_id(),
        incident_id=incident.id,
        unit_ids=tuple(unit.id for unit in units),
        override_reason="conoce el lugar",
    )
    await do(centre, assigning.assign_units, command, seconds=5)
    await sql(
        centre,
        "update assignment set eta_s = 90, best_eta_s = 60, recommended = (callsign = 'L01')",
    )
    found = await told(centre, overrides)
    assert (found["orders"], found["followed"], found["overrides"]) == (2, 1, 1)
    assert (found["foreseen_n"], found["foreseen_s"]) == (1, 30.0)
    assert [one["callsign"] for one in found["items"]] == ["L02"]


async def test_a_merge_does_not_lengthen_the_handling_of_calls(centre: SqlCentre) -> None:
    other, call = await opened(centre), (await received(centre)).call
    take = call_taking.TakeCall(id=new_id(), call_id=call.id)
    await do(centre, call_taking.take_call, take, seconds=10)
    centre.clock = ManualClock(at(20))
    command = incidents.OpenIncident(id=new_id(), type="noise", call_id=call.id)
    incident = await do(centre, incidents.open_incident, command, seconds=20)
    centre.clock = ManualClock(at(1_000))
    merge = incident_joining.MergeIncident(id=new_id(), incident_id=incident.id, into=other.id)
    await do(centre, incident_joining.merge_incident, merge, seconds=1_000)
    await assigned(centre, other, await registered(centre), seconds=1_000)
    (one,) = (await told(centre, _workload))["operators"]
    assert (one["name"], one["handling_s"]) == (DISPATCHER.name, 10.0)
    after = Period(start=at(500), end=at(1_500))
    (one,) = (await told(centre, _workload, period=after))["operators"]
    assert (one["dispatches"], one["handling_s"]) == (1, None)


async def _workload(connection: Any, wanted: Scope) -> Any:
    return await workload(connection, wanted, now=at(3_600))


async def test_alarms_are_all_counted_and_buttons_told_apart(
    centre: SqlCentre, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = ("Farmacia Luz", "Farmacia Luz", "Colegio 12")
    for name in names:
        await raised(centre, source_id=new_id(), source_name=name)
    sources = (await told(centre, alarms.alarm_load))["sources"]
    assert [(one["source"], one["raised"]) for one in sources] == [
        ("Farmacia Luz", 2),
        ("Colegio 12", 1),
    ]
    monkeypatch.setattr(alarms, "SOURCES_MAX", 1)
    cut = await told(centre, alarms.alarm_load)
    assert len(cut["sources"]) == 1
    assert (cut["raised"], cut["per_hour"]) == (3, 3.0)
