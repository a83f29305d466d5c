"""What is known around a call, from the real database: by number, by place, and by index only."""

import json
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
import pytest_asyncio
from sqlalchemy import event, text

from dispatch import call_history
from dispatch.call_history import Sight
from dispatch.domain.call import Call
from dispatch.domain.call_parts import CallBackOutcome, FixMethod
from dispatch.services import call_fixes, call_queue, call_taking, incidents
from ops_center.kernel.database import Database
from ops_center.kernel.ids import new_id
from tests.builders import CENTRE_POINT, DISPATCHER, T0, at, location
from tests.dispatch_acts import do, opened
from tests.dispatch_centre import SqlCentre

VIOLENT = frozenset({"family_violence", "fight"})
ALL = Sight(protected=True, violent=VIOLENT)
MANY_CALLS = 20_000
MANY_INCIDENTS = 8_000


@pytest.fixture
def centre(database: Database) -> SqlCentre:
    return SqlCentre(database)


async def ringing(centre: SqlCentre, *, seconds: float = 0, **fields: Any) -> Call:
    values: dict[str, Any] = {
        "id": new_id(),
        "source": "phone",
        "caller_number": "0981 000 111",
    } | fields
    async with centre.command() as work:
        answer = await call_taking.receive_call(
            work, call_taking.ReceiveCall(**values), now=at(seconds), author=DISPATCHER
        )
    return answer.call


async def closed(centre: SqlCentre, call: Call, disposition: str, **more: Any) -> None:
    command = call_taking.CloseCall(id=new_id(), call_id=call.id, disposition=disposition, **more)
    await do(centre, call_taking.close_call, command)


async def note(centre: SqlCentre, kind: str, *, east_m: float, radius_m: float = 50) -> None:
    place = location(east_m=east_m)
    async with centre.database.engine.begin() as connection:
        await connection.execute(
            text(
                "insert into premise (id, version, kind, title, text, lon, lat, uncertainty_m, "
                "confidence, radius_m, protected, by, at) values "
                "(:id, 1, :kind, 'x', 'x', :lon, :lat, 5, 0.95, :radius, false, 'x', :at)"
            ),
            {
                "id": new_id(),
                "kind": kind,
                "lon": place.point.lon,
                "lat": place.point.lat,
                "radius": radius_m,
                "at": T0,
            },
        )


async def test_earlier_calls_are_those_of_the_number_however_it_was_written(
    centre: SqlCentre,
) -> None:
    first = await ringing(centre, caller_number="0981 000 111")
    await closed(centre, first, "children")
    second = await ringing(centre, seconds=600, caller_number="+595981000111")
    await closed(centre, second, "silent")
    await ringing(centre, seconds=620, caller_number="0981 000 112")
    call = await ringing(centre, seconds=2_000, caller_number="981000111")
    async with centre.database.reading() as connection:
        earlier = await call_history.earlier_by_number(connection, call, ALL)
        repeat = await call_history.repeats(connection, call)
    assert [one.call_id for one in earlier] == [second.id, first.id]
    assert [one.disposition for one in earlier] == ["silent", "children"]
    assert repeat.count == 1, "only the one of the last half hour"
    assert {(one.code, one.count) for one in repeat.dispositions} == {
        ("children", 1),
        ("silent", 1),
    }


async def test_a_call_without_a_number_has_no_earlier_calls(centre: SqlCentre) -> None:
    await ringing(centre, caller_number=None)
    call = await ringing(centre, seconds=5, caller_number=None)
    async with centre.database.reading() as connection:
        assert await call_history.earlier_by_number(connection, call, ALL) == []
        assert (await call_history.repeats(connection, call)).count == 0


async def test_what_happened_at_the_place_is_found_by_distance_and_doubt(
    centre: SqlCentre,
) -> None:
    here = await opened(centre, "fight", location=location(east_m=40))
    far = await opened(centre, "noise", location=location(east_m=200))
    sharp = await ringing(centre, seconds=60, location=location(uncertainty_m=10))
    blunt = await ringing(centre, seconds=61, location=location(uncertainty_m=250))
    async with centre.database.reading() as connection:
        near = await call_history.earlier_at_place(connection, sharp, ALL)
        around = await call_history.earlier_at_place(connection, blunt, ALL)
        open_now = await call_history.open_nearby(connection, sharp, ALL)
    assert [(one.incident_id, one.violence) for one in near] == [(here.id, True)]
    assert near[0].distance_m == pytest.approx(40, abs=0.5)
    assert {one.incident_id for one in around} == {here.id, far.id}
    assert [one.incident_id for one in open_now] == [here.id, far.id], "the nearest first"


async def test_a_calls_own_incident_is_not_earlier_and_a_later_one_neither(
    centre: SqlCentre,
) -> None:
    call = await ringing(centre, location=location())
    await do(
        centre,
        incidents.open_incident,
        incidents.OpenIncident(id=new_id(), type="fight", call_id=call.id),
        seconds=10,
    )
    await do(
        centre,
        incidents.open_incident,
        incidents.OpenIncident(id=new_id(), type="fight", location=location()),
        seconds=20,
    )
    async with centre.command() as work:
        call = await work.calls.get(call.id)
    async with centre.database.reading() as connection:
        assert await call_history.earlier_at_place(connection, call, ALL) == []
        assert len(await call_history.open_nearby(connection, call, ALL)) == 1


async def test_protected_incidents_do_not_exist_for_those_who_may_not_know(
    centre: SqlCentre,
) -> None:
    hidden = await opened(centre, "family_violence", location=location(), protected=True)
    first = await ringing(centre, location=location())
    link = call_taking.LinkCall(id=new_id(), call_id=first.id, incident_id=hidden.id)
    await do(centre, call_taking.link_call, link)
    call = await ringing(centre, seconds=60, location=location())
    others = Sight(protected=False, violent=VIOLENT)
    async with centre.database.reading() as connection:
        assert await call_history.earlier_at_place(connection, call, others) == []
        assert await call_history.open_nearby(connection, call, others) == []
        [told] = await call_history.earlier_by_number(connection, call, others)
        [known] = await call_history.earlier_by_number(connection, call, ALL)
    assert (told.incident_id, told.incident_number, told.type) == (None, None, None)
    assert known.incident_id == hidden.id


async def test_notes_of_violence_speak_within_their_own_reach(centre: SqlCentre) -> None:
    await note(centre, "violence", east_m=40, radius_m=50)
    await note(centre, "weapons", east_m=900, radius_m=1_000)
    await note(centre, "violence", east_m=400, radius_m=50)
    await note(centre, "hazard", east_m=0)
    call = await ringing(centre, location=location(uncertainty_m=5))
    async with centre.database.reading() as connection:
        assert await call_history.violence_notes(connection, call, now=at(1)) == 2


async def test_the_list_to_ring_is_oldest_first_and_forgets_nobody(centre: SqlCentre) -> None:
    silent = await ringing(centre, seconds=1)
    await closed(centre, silent, "silent", rering=True)
    lost = await ringing(centre, seconds=2)
    await do(centre, call_queue.hang_up, call_queue.HangUp(id=new_id(), call_id=lost.id))
    await closed(centre, await ringing(centre, seconds=3), "silent")
    await ringing(centre, seconds=4)
    async with centre.database.reading() as connection:
        assert [one.id for one in await call_history.to_ring_back(connection)] == [
            silent.id,
            lost.id,
        ]
    attempt = call_queue.CallBackCaller(
        id=new_id(), call_id=lost.id, outcome=CallBackOutcome.REACHED
    )
    await do(centre, call_queue.call_back, attempt)
    async with centre.database.reading() as connection:
        assert [one.id for one in await call_history.to_ring_back(connection)] == [silent.id]


# -- how it is found


@contextmanager
def heard_statements(database: Database) -> Iterator[list[tuple[str, Any]]]:
    """Every SELECT that is sent meanwhile, with its values."""
    heard: list[tuple[str, Any]] = []

    def hear(_c: Any, _cursor: Any, statement: str, values: Any, *_: Any) -> None:
        if statement.lstrip().lower().startswith("select"):
            heard.append((statement, values))

    event.listen(database.engine.sync_engine, "before_cursor_execute", hear)
    try:
        yield heard
    finally:
        event.remove(database.engine.sync_engine, "before_cursor_execute", hear)


def scans(plan: Any) -> Iterator[tuple[str, str]]:
    """(kind, table) of every scan in a plan as EXPLAIN gives it in JSON."""
    if "Relation Name" in plan:
        yield plan["Node Type"], plan["Relation Name"]
    for inner in plan.get("Plans", ()):
        yield from scans(inner)


async def whole_scans(database: Database, statements: list[tuple[str, Any]]) -> list[str]:
    """The statements that read a whole table of calls or incidents."""
    found = []
    async with database.engine.connect() as connection:
        for statement, values in statements:
            asked = await connection.exec_driver_sql(f"explain (format json) {statement}", values)
            plan = asked.scalar_one()
            plan = json.loads(plan) if isinstance(plan, str) else plan
            if ("Seq Scan", "call") in scans(plan[0]["Plan"]) or ("Seq Scan", "incident") in scans(
                plan[0]["Plan"]
            ):
                found.append(statement)
    return found


@pytest_asyncio.fixture
async def full(database: Database) -> AsyncIterator[SqlCentre]:
    """A centre with a year's worth of shapes: most calls and incidents are over."""
    places = {"lon": CENTRE_POINT.lon, "lat": CENTRE_POINT.lat, "t": T0 - timedelta(days=300)}
    async with database.engine.begin() as connection:
        await connection.execute(
            text(
                "insert into incident (id, number, version, status, type, priority, lon, lat, "
                "uncertainty_m, confidence, zones, plan, agencies, call_ids, alarm_ids, "
                "opened_at, overdue) select gen_random_uuid(), 'I' || n, 1, 'closed', 'noise', 4, "
                ":lon + (n % 89) * 0.002, :lat + (n % 97) * 0.002, 20, 0.95, '[]', "
                "'{\"requirements\": []}', '{POL}', '{}', '{}', "
                "cast(:t as timestamptz) + n * interval '40 minutes', false "
                "from generate_series(1, :many) n"
            ),
            {**places, "many": MANY_INCIDENTS},
        )
        await connection.execute(
            text(
                "insert into call (id, number, version, state, source, caller_number, lon, lat, "
                "uncertainty_m, confidence, zones, disposition, received_at, occurred_at, overdue) "
                "select gen_random_uuid(), 'C' || n, 1, 'closed', 'phone', "
                "'0981 ' || lpad((n % 9000)::text, 6, '0'), :lon + (n % 89) * 0.002, "
                ":lat + (n % 97) * 0.002, 20, 0.95, '[]', 'silent', "
                "cast(:t as timestamptz) + n * interval '20 minutes', :t, false "
                "from generate_series(1, :many) n"
            ),
            {**places, "many": MANY_CALLS},
        )
    async with database.engine.connect() as connection:
        await connection.execution_options(isolation_level="AUTOCOMMIT")
        await connection.execute(text("analyze call, incident"))
    yield SqlCentre(database)


async def test_no_question_about_a_call_reads_a_whole_table(full: SqlCentre) -> None:
    call = await ringing(full, location=location(uncertainty_m=30), external_ref="pbx-1")
    with heard_statements(full.database) as heard:
        async with full.database.reading() as connection:
            await call_history.earlier_by_number(connection, call, ALL)
            await call_history.repeats(connection, call)
            await call_history.earlier_at_place(connection, call, ALL)
            await call_history.open_nearby(connection, call, ALL)
            await call_history.violence_notes(connection, call, now=at(1))
            await call_history.to_ring_back(connection)
            await call_history.unlinked(connection, now=at(1))
            await call_history.known_incidents(connection, now=at(1))
        async with full.command() as work:
            await work.calls.open_of_number("0981 000111", since=at(-600))
            await work.calls.of_external_ref("pbx-1")
            await work.calls.idle_claims(at(0), limit=100)
    assert len(heard) >= 11
    assert await whole_scans(full.database, heard) == []


async def test_receiving_a_call_and_its_fix_reads_no_whole_table(full: SqlCentre) -> None:
    with heard_statements(full.database) as heard:
        call = await ringing(full, location=location(uncertainty_m=30))
        fix = call_fixes.AddFix(
            id=new_id(),
            call_id=call.id,
            method=FixMethod.HANDSET,
            source="aml",
            location=location(east_m=5),
        )
        await do(full, call_fixes.add_fix, fix)
    assert await whole_scans(full.database, heard) == []
