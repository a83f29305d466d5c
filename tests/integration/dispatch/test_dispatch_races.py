"""Many at once against the real database: one wins, the rest are told who has it."""

import asyncio
from collections import Counter
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import insert, text
from sqlalchemy.exc import IntegrityError

from dispatch.domain.incident import Incident, with_assignment
from dispatch.domain.unit import Unit
from dispatch.repository import SqlIncidents
from dispatch.services import assigning, call_taking, incidents, units
from dispatch.tables import assignment
from dispatch.tables.rows import assignment_row
from ops_center.kernel.database import Database
from ops_center.kernel.errors import Conflict, DomainError
from ops_center.kernel.ids import new_id
from tests.builders import DISPATCHER, T0, an_assignment, at
from tests.dispatch_centre import SqlCentre, folded

RACERS = 50
WAIT_S = 60


@pytest.fixture
def centre(database: Database) -> SqlCentre:
    return SqlCentre(database)


async def do(centre: SqlCentre, service: Any, command: Any) -> Any:
    async with centre.command() as work:
        return await service(work, command, now=at(5), author=DISPATCHER)


async def a_registered_unit(centre: SqlCentre, callsign: str = "L01") -> Unit:
    command = units.RegisterUnit(
        id=new_id(), callsign=callsign, agency="POL", kind="patrol", in_service=True
    )
    registered: Unit = await do(centre, units.register_unit, command)
    return registered


async def an_open_incident(centre: SqlCentre) -> Incident:
    command = incidents.OpenIncident(id=new_id(), type="fight")
    opened: Incident = await do(centre, incidents.open_incident, command)
    return opened


async def outcome(centre: SqlCentre, incident: Incident, unit_ids: tuple[UUID, ...]) -> Any:
    command = assigning.AssignUnits(id=new_id(), incident_id=incident.id, unit_ids=unit_ids)
    try:
        return await do(centre, assigning.assign_units, command)
    except Conflict as refused:
        return refused


async def test_fifty_dispatchers_want_one_unit_and_one_gets_it(centre: SqlCentre) -> None:
    unit = await a_registered_unit(centre)
    wanting = [await an_open_incident(centre) for _ in range(RACERS)]
    async with asyncio.timeout(WAIT_S):
        results = await asyncio.gather(*(outcome(centre, one, (unit.id,)) for one in wanting))
    [winner] = [one for one in results if isinstance(one, Incident)]
    refusals = [one for one in results if isinstance(one, Conflict)]
    assert len(refusals) == RACERS - 1
    assert {one.problem_code for one in refusals} == {"unit-not-available"}
    assert {one.extra["incident_number"] for one in refusals} == {winner.number}
    assert {one.extra["incident_id"] for one in refusals} == {str(winner.id)}
    journal = await centre.journal()
    assert Counter(entry.kind for entry in journal)["unit.assigned"] == 1
    assert await centre.picture() == folded(journal)


async def test_orders_for_overlapping_units_never_deadlock(centre: SqlCentre) -> None:
    squad = [await a_registered_unit(centre, f"L{n:02}") for n in range(6)]
    ids = [unit.id for unit in squad]
    wanting = [await an_open_incident(centre) for _ in range(12)]
    async with asyncio.timeout(WAIT_S):
        results = await asyncio.gather(
            *(
                outcome(centre, incident, tuple(ids[n % 6 :: -1] or ids))
                for n, incident in enumerate(wanting)
            )
        )
    won = [one for one in results if isinstance(one, Incident)]
    assert won
    taken = [a.unit_id for one in won for a in one.active]
    assert len(taken) == len(set(taken))
    assert await centre.picture() == folded(await centre.journal())


async def test_the_database_itself_refuses_a_second_active_assignment(
    centre: SqlCentre, database: Database
) -> None:
    unit, holder = await a_registered_unit(centre), await an_open_incident(centre)
    await outcome(centre, holder, (unit.id,))
    other = await an_open_incident(centre)
    second = an_assignment(incident_id=other.id, unit_id=unit.id)
    async with database.engine.connect() as connection:
        with pytest.raises(IntegrityError, match="uq_assignment_active_unit"):
            await connection.execute(insert(assignment).values(assignment_row(second, ordinal=0)))


async def test_the_databases_refusal_names_unit_and_incident(
    centre: SqlCentre, database: Database
) -> None:
    unit, holder = await a_registered_unit(centre), await an_open_incident(centre)
    await outcome(centre, holder, (unit.id,))
    other = await an_open_incident(centre)
    async with database.engine.connect() as connection:
        store = SqlIncidents(connection)
        [seen] = await store.lock([other.id])
        second = an_assignment(incident_id=other.id, unit_id=unit.id, callsign="L01")
        with pytest.raises(Conflict) as refused:
            await store.put(with_assignment(seen, second))
    assert refused.value.extra == {
        "unit_id": str(unit.id),
        "callsign": "L01",
        "incident_id": str(holder.id),
        "incident_number": holder.number,
        "by": DISPATCHER.name,
    }


async def test_an_illegal_status_pair_cannot_even_be_stored(
    centre: SqlCentre, database: Database
) -> None:
    unit = await a_registered_unit(centre)
    async with database.engine.connect() as connection:
        with pytest.raises(IntegrityError, match="legal_status"):
            await connection.execute(
                text("update unit set availability = 'not_available' where id = :id"),
                {"id": unit.id},
            )


async def test_numbers_have_no_holes_when_calls_storm_in(centre: SqlCentre) -> None:
    async def call(n: int) -> None:
        source = "Bad source" if n % 5 == 0 else "phone"
        command = call_taking.ReceiveCall(id=new_id(), source=source)
        try:
            await do(centre, call_taking.receive_call, command)
        except DomainError:
            assert n % 5 == 0

    async with asyncio.timeout(WAIT_S):
        await asyncio.gather(*(call(n) for n in range(40)))
    numbers = sorted(str(one["number"]) for one in (await centre.picture())["calls"].values())
    assert numbers == [f"2026-{n:06d}" for n in range(1, 33)]


async def test_status_reports_and_releases_of_one_unit_leave_one_story(
    centre: SqlCentre,
) -> None:
    unit, incident = await a_registered_unit(centre), await an_open_incident(centre)
    await outcome(centre, incident, (unit.id,))

    async def act(service: Any, command: Any) -> None:
        try:
            await do(centre, service, command)
        except Conflict as refused:
            assert refused.problem_code in {  # noqa: PT017
                "illegal-transition",
                "unit-not-on-incident",
                "unit-changed-meanwhile",
            }

    reports = [
        units.ReportStatus(id=new_id(), unit_id=unit.id, status=status)
        for status in ("acknowledged", "en_route", "on_scene", "clear", "clear")
    ]
    release = assigning.ReleaseUnits(
        id=new_id(), incident_id=incident.id, unit_ids=(unit.id,), reason="Fin"
    )
    async with asyncio.timeout(WAIT_S):
        await asyncio.gather(
            act(assigning.release_units, release),
            *(act(units.report_status, one) for one in reports),
        )
    journal = await centre.journal()
    assert Counter(entry.kind for entry in journal)["unit.released"] == 1
    assert await centre.picture() == folded(journal)


async def test_year_of_a_number_is_the_citys_not_utcs(centre: SqlCentre) -> None:
    new_year_in_utc = T0.replace(month=12, day=31, hour=23, minute=59) + timedelta(hours=1)
    command = call_taking.ReceiveCall(id=new_id(), source="phone")
    async with centre.command() as work:
        answer = await call_taking.receive_call(
            work, command, now=new_year_in_utc, author=DISPATCHER
        )
    assert answer.call.number == "2026-000001"
