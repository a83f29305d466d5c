"""What screens read from the real database: pages, views of agencies and units, positions."""

import threading
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import text

from dispatch import queries
from dispatch.domain.unit import Unit
from dispatch.domain.wire import object_json
from dispatch.queries import Access, Page, PositionFeed
from dispatch.services import alarms, assigning, call_taking, incidents, positions, units
from dispatch.tables import drop_partitions, ensure_partitions, reading
from dispatch.tables.rows import to_call
from ops_center.kernel.database import Database
from ops_center.kernel.errors import Invalid, NotFound
from ops_center.kernel.ids import new_id
from tests.builders import DISPATCHER, T0, a_raw_fix, at, location
from tests.dispatch_centre import SqlCentre


@pytest.fixture
def centre(database: Database) -> SqlCentre:
    return SqlCentre(database)


async def do(centre: SqlCentre, service: Any, command: Any, *, seconds: float = 1) -> Any:
    async with centre.command() as work:
        return await service(work, command, now=at(seconds), author=DISPATCHER)


async def a_registered_unit(centre: SqlCentre, callsign: str, **fields: Any) -> Unit:
    values: dict[str, Any] = {"agency": "POL", "kind": "patrol", "in_service": True} | fields
    command = units.RegisterUnit(id=new_id(), callsign=callsign, **values)
    unit: Unit = await do(centre, units.register_unit, command)
    return unit


async def test_pages_of_calls_hold_each_call_once_newest_first(centre: SqlCentre) -> None:
    for seconds in (1, 2, 2, 2, 5):
        command = call_taking.ReceiveCall(id=new_id(), source="phone")
        await do(centre, call_taking.receive_call, command, seconds=seconds)
    seen: list[Any] = []
    cursor: str | None = None
    async with centre.database.reading() as connection:
        while True:
            page = await queries.list_calls(connection, page=Page(limit=2, cursor=cursor))
            seen.extend(page.items)
            cursor = page.next_cursor
            if cursor is None:
                break
    assert len({call["id"] for call in seen}) == 5
    times = [call["received_at"] for call in seen]
    assert times == sorted(times, reverse=True)


async def test_long_pages_of_calls_are_made_away_from_the_event_loop(
    centre: SqlCentre, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(3):
        await do(
            centre, call_taking.receive_call, call_taking.ReceiveCall(id=new_id(), source="phone")
        )
    made_in: list[threading.Thread] = []

    def seen(function: Any) -> Any:
        def wrapped(value: Any) -> Any:
            made_in.append(threading.current_thread())
            return function(value)

        return wrapped

    monkeypatch.setattr(reading, "to_call", seen(to_call))
    monkeypatch.setattr(queries, "object_json", seen(object_json))
    async with centre.database.reading() as connection:
        short = await queries.list_calls(connection)
        assert set(made_in) == {threading.main_thread()}
        made_in.clear()
        monkeypatch.setattr(reading, "READ_AT_ONCE", 2)
        monkeypatch.setattr(queries, "SHAPED_AT_ONCE", 2)
        assert (await queries.list_calls(connection)).items == short.items
    assert len(made_in) == 2 * len(short.items) >= 6
    assert threading.main_thread() not in made_in


async def test_a_foreign_cursor_state_or_limit_is_refused(centre: SqlCentre) -> None:
    async with centre.database.reading() as connection:
        for wrong in (Page(cursor="nonsense"), Page(limit=0), Page(limit=100_000)):
            with pytest.raises(Invalid):
                await queries.list_calls(connection, page=wrong)
        with pytest.raises(Invalid, match="one of"):
            await queries.list_calls(connection, state="ringing")


async def test_an_agency_sees_its_units_and_the_incidents_it_takes_part_in(
    centre: SqlCentre,
) -> None:
    patrol = await a_registered_unit(centre, "L01")
    ambulance = await a_registered_unit(centre, "A01", agency="SEME", kind="ambulance")
    shared = await do(
        centre, incidents.open_incident, incidents.OpenIncident(id=new_id(), type="homicide")
    )
    police = await do(
        centre, incidents.open_incident, incidents.OpenIncident(id=new_id(), type="theft")
    )
    await do(
        centre,
        assigning.assign_units,
        assigning.AssignUnits(id=new_id(), incident_id=police.id, unit_ids=(patrol.id,)),
    )
    await do(
        centre,
        alarms.raise_alarm,
        alarms.RaiseAlarm(id=new_id(), kind="x", priority=1, agency="POL", detected_at=T0),
    )
    await do(centre, call_taking.receive_call, call_taking.ReceiveCall(id=new_id(), source="x"))
    async with centre.database.reading() as connection:
        seme = await queries.picture(connection, Access(agency="SEME"))
        crew = await queries.picture(connection, Access(unit=patrol.id))
        with pytest.raises(NotFound):
            await queries.one_incident(connection, police.id, access=Access(agency="SEME"))
        listed = await queries.list_incidents(connection, access=Access(unit=patrol.id))
    assert set(seme["incidents"]) == {str(shared.id)}
    assert set(seme["units"]) == {str(ambulance.id)}
    assert (seme["calls"], seme["alarms"]) == ({}, {})
    assert set(crew["incidents"]) == {str(police.id)}
    assert set(crew["units"]) == {str(patrol.id)}
    assert [one["id"] for one in listed.items] == [str(police.id)]


async def test_position_feed_gives_each_move_once(centre: SqlCentre) -> None:
    async with centre.database.engine.begin() as connection:
        await ensure_partitions(connection, T0.date())
    fleet = [await a_registered_unit(centre, f"L{n}") for n in range(3)]
    feed = PositionFeed()

    async def move(seconds: float, *moving: Unit) -> None:
        batches = tuple(
            positions.UnitFixes(unit_id=unit.id, fixes=(a_raw_fix(seconds, east_m=seconds),))
            for unit in moving
        )
        async with centre.command() as work:
            command = positions.ReportPositions(id=new_id(), batches=batches)
            await positions.report_positions(work, command, now=at(seconds))

    async def changes() -> set[Any]:
        async with centre.database.reading() as connection:
            return {one.unit_id for one in await feed.changes(connection)}

    await move(1, *fleet)
    assert await changes() == {unit.id for unit in fleet}
    assert await changes() == set()
    await move(2, fleet[0])
    assert await changes() == {fleet[0].id}
    async with centre.database.reading() as connection:
        [newest] = [
            one for one in await queries.positions_since(connection) if one.unit_id == fleet[0].id
        ]
    assert newest.value["occurred_at"] == "2026-11-22T14:00:02.000Z"  # type: ignore[call-overload, index]


async def test_history_lies_in_partitions_of_days_that_can_be_dropped(
    centre: SqlCentre,
) -> None:
    async with centre.database.engine.begin() as connection:
        await ensure_partitions(connection, T0.date())
        await ensure_partitions(connection, T0.date())
    unit = await a_registered_unit(centre, "L1")
    fixes = (a_raw_fix(0), a_raw_fix(-20 * 3600), a_raw_fix(0, accuracy_m=1.0))
    async with centre.command() as work:
        batch = positions.UnitFixes(unit_id=unit.id, fixes=fixes)
        command = positions.ReportPositions(id=new_id(), batches=(batch,))
        [answer] = await positions.report_positions(work, command, now=at(1))
    assert (answer.accepted, [one.code for one in answer.rejected]) == (2, ["duplicate"])
    async with centre.database.engine.begin() as connection:
        where = await connection.scalars(
            text("select distinct tableoid::regclass::text from unit_position_history order by 1")
        )
        assert list(where) == [
            "unit_position_history_d20261121",
            "unit_position_history_d20261122",
        ]
        gone = await drop_partitions(connection, before=date(2026, 11, 22))
        assert gone[-1] == "unit_position_history_d20261121"
        left = await connection.scalar(text("select count(*) from unit_position_history"))
    assert left == 1


async def test_the_place_of_an_incident_is_a_geometry_that_follows_it(centre: SqlCentre) -> None:
    incident = await do(
        centre,
        incidents.open_incident,
        incidents.OpenIncident(id=new_id(), type="theft", location=location()),
    )
    change = incidents.ChangeIncident(
        id=new_id(), incident_id=incident.id, location=location(east_m=500)
    )
    await do(centre, incidents.change_incident, change)
    async with centre.database.reading() as connection:
        metres = await connection.scalar(
            text(
                "select ST_Distance(place::geography,"
                " ST_SetSRID(ST_MakePoint(:x, :y), 4326)::geography) from incident"
            ),
            {"x": location().point.lon, "y": location().point.lat},
        )
    assert metres == pytest.approx(500, abs=1)


async def test_ten_thousand_fixes_are_written_in_one_statement_each(centre: SqlCentre) -> None:
    async with centre.database.engine.begin() as connection:
        await ensure_partitions(connection, T0.date())
    fleet = [await a_registered_unit(centre, f"L{n}") for n in range(20)]
    batches = tuple(
        positions.UnitFixes(
            unit_id=unit.id, fixes=tuple(a_raw_fix(n, east_m=n * 5) for n in range(500))
        )
        for unit in fleet
    )
    async with centre.command() as work:
        command = positions.ReportPositions(id=new_id(), batches=batches)
        answers = await positions.report_positions(work, command, now=at(500))
    assert sum(answer.accepted for answer in answers) == 10_000
    async with centre.database.reading() as connection:
        latest = await queries.positions_since(connection)
    assert {one.fix.occurred_at for one in latest} == {T0 + timedelta(seconds=499)}
