"""`./ops replay --verify`: the tables agree with the journal, and what does not is named."""

import asyncio
import json
import subprocess
import sys
from pathlib import Path
from typing import Any, Final

import pytest
from sqlalchemy import select, text

from dispatch.domain.fold import EMPTY, fold
from dispatch.domain.upgrading import filled
from dispatch.services import assigning, incidents
from ops_center.background import MISMATCH, Background
from ops_center.geography import City
from ops_center.kernel.clock import SystemClock
from ops_center.kernel.database import Database
from ops_center.kernel.ids import new_id
from ops_center.kernel.journal import journal
from ops_center.replaying import ABSENT, TOLD_MAX, verify
from tests.crowd import Crowd
from tests.dispatch_acts import assigned, do, opened, registered
from tests.dispatch_centre import SqlCentre

STEPS: Final = 60
WITHIN_S: Final = 60.0
FIRST_RELEASE: Final = Path(__file__).parents[1] / "golden_before" / "walk.json"


@pytest.fixture
def centre(database: Database) -> SqlCentre:
    return SqlCentre(database)


async def tamper(database: Database, statement: str, **values: Any) -> None:
    async with database.engine.begin() as connection:
        await connection.execute(text(statement), values)


async def test_a_centre_that_nobody_tampered_with_agrees(
    database: Database, centre: SqlCentre
) -> None:
    crowd = Crowd(centre, 5)
    await crowd.begin()
    for _ in range(STEPS):
        await crowd.act()
    told: list[tuple[int, int]] = []
    verdict = await verify(database, lambda done, of: told.append((done, of)))
    assert verdict.agrees, [str(one) for one in verdict.differences]
    assert verdict.entries == verdict.seq > STEPS / 4
    assert told[-1] == (verdict.seq, verdict.seq)


async def test_a_row_changed_behind_the_products_back_is_found_and_named(
    database: Database, centre: SqlCentre
) -> None:
    incident = await opened(centre)
    unit = await registered(centre)
    await tamper(database, "update incident set priority = 4 where id = :id", id=incident.id)
    await tamper(database, "delete from unit where id = :id", id=unit.id)
    verdict = await verify(database)
    assert not verdict.agrees
    [wrong, gone] = verdict.differences
    assert (wrong.where, wrong.field, wrong.tables) == ("incidents", "priority", 4)
    assert wrong.journal == incident.priority
    assert incident.number in str(wrong)
    assert (gone.where, gone.subject, gone.tables) == ("units", str(unit.id), ABSENT)


async def test_what_may_never_be_is_found_even_when_it_is_over(
    database: Database, centre: SqlCentre
) -> None:
    incident, unit = await opened(centre), await registered(centre)
    incident = await assigned(centre, incident, unit)
    release = assigning.ReleaseUnits(
        id=new_id(), incident_id=incident.id, unit_ids=(unit.id,), reason="Fin"
    )
    await do(centre, assigning.release_units, release, seconds=20)
    closing = incidents.CloseIncident(id=new_id(), incident_id=incident.id, disposition="resolved")
    await do(centre, incidents.close_incident, closing, seconds=30)
    assert (await verify(database)).agrees
    await tamper(database, "update incident set closed_at = opened_at - interval '1 hour'")
    await tamper(database, "update assignment set released_at = null")
    found = {one.field: one.subject for one in (await verify(database)).differences}
    assert found["a negative interval"] == incident.number
    assert found["over with units attached"] == incident.number
    assert "readable" in found  # no unit can be free and assigned at once


async def test_what_is_wrong_everywhere_is_counted_and_told_a_hundred_times(
    database: Database, centre: SqlCentre
) -> None:
    for number in range(TOLD_MAX // 4 + 1):
        await registered(centre, callsign=f"L{number:03}")
    await tamper(
        database, "update unit set agency = 'SEME', profile = 'x', version = 9, emergency = true"
    )
    verdict = await verify(database)
    assert verdict.count == 4 * (TOLD_MAX // 4 + 1)
    assert len(verdict.differences) == TOLD_MAX


async def test_the_command_says_it_and_ends_with_1(
    database: Database, centre: SqlCentre, monkeypatch: pytest.MonkeyPatch
) -> None:
    incident = await opened(centre)
    monkeypatch.setenv("OPS_DATABASE_URL", database.url)
    good = await run("replay", "--verify", "--json")
    assert good.returncode == 0, good.stderr
    assert json.loads(good.stdout)["agrees"] is True
    await tamper(database, "update incident set priority = 4 where id = :id", id=incident.id)
    bad = await run("replay", "--verify")
    assert bad.returncode == 1
    assert incident.number in bad.stdout
    assert "1 differences" in bad.stdout


async def run(*words: str) -> subprocess.CompletedProcess[str]:
    """The command as a process of its own."""
    command = [sys.executable, "-m", "ops_center", *words]
    return await asyncio.to_thread(
        subprocess.run, command, capture_output=True, text=True, timeout=WITHIN_S, check=False
    )


async def test_at_night_a_difference_becomes_an_alarm_once(
    database: Database, centre: SqlCentre, tmp_path: Path
) -> None:
    incident = await opened(centre)
    night = Background(database, City(database, cache_dir=tmp_path), SystemClock())
    await night.verify_journal()
    assert await alarms_of(database) == 0
    await tamper(database, "update incident set priority = 4 where id = :id", id=incident.id)
    await night.verify_journal()
    assert await alarms_of(database) == 1


async def alarms_of(database: Database) -> int:
    async with database.reading() as connection:
        rows = await connection.execute(
            select(journal.c.data).where(journal.c.kind == "alarm.raised")
        )
        return sum(data["kind"] == MISMATCH for (data,) in rows)


def test_what_the_first_release_wrote_is_folded_with_the_defaults_of_what_came_later() -> None:
    case = json.loads(FIRST_RELEASE.read_text())
    picture: Any = {**EMPTY, **{name: case["picture"].get(name, {}) for name in EMPTY}}
    for entry in case["entries"]:
        picture = fold(
            picture, entry["kind"], entry["subject"], version=entry["version"], data=entry["data"]
        )
    for section in ("calls", "incidents", "units", "alarms"):
        assert set(picture[section]) == set(case["after"][section])
        for key, then in case["after"][section].items():
            whole = filled(section, picture[section][key])
            assert whole == filled(section, then)
            assert set(whole) > set(then)
