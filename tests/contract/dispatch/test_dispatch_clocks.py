"""Clocks on both centres: each late step is told once, by the closest fitting row, and no other."""

import copy
from typing import Any

import pytest

from dispatch.domain.incident import Incident
from dispatch.repository import SHIPPED
from dispatch.services import incident_life, incidents, rules
from dispatch.services.clocks import watch_clocks
from dispatch.services.watch import watch
from ops_center.kernel.ids import new_id
from tests.builders import DISPATCHER, at
from tests.contract.dispatch.conftest import Centre
from tests.dispatch_acts import (
    assert_picture_is_the_fold,
    assigned,
    do,
    opened,
    received,
    registered,
    reported,
    the_incident,
)


async def looks(centre: Centre, seconds: float) -> int:
    async with centre.command() as work:
        return await watch_clocks(work, now=at(seconds))


async def clocks_of(centre: Centre, incident: Incident) -> list[tuple[str, str | None, int]]:
    found = await the_incident(centre, incident.id)
    return [(one.clock, one.callsign, one.target_s) for one in found.clocks_overdue]


async def set_clocks(centre: Centre, *rows: dict[str, Any]) -> None:
    document: Any = copy.deepcopy(SHIPPED["clocks"])
    document["clocks"] += [{"source": "local", **row} for row in rows]
    command = rules.PutRules(id=new_id(), name="clocks", document=document)
    async with centre.command() as work:
        await rules.put_rules(work, command, now=at(0), author=DISPATCHER)


async def test_each_clock_of_an_incident_is_told_once(centre: Centre) -> None:
    incident = await opened(centre, "fight", priority=1)
    unit = await registered(centre, "L01")
    assert await looks(centre, 59) == 0
    assert await looks(centre, 60) == 1
    assert await looks(centre, 61) == 0
    await assigned(centre, incident, unit, seconds=70)
    assert await looks(centre, 189) == 0
    assert await looks(centre, 190) == 1
    await reported(centre, unit, "en_route", seconds=200)
    assert await looks(centre, 679) == 0
    assert await looks(centre, 680) == 1
    await reported(centre, unit, "on_scene", seconds=700)
    assert await looks(centre, 700 + 5399) == 0
    assert await looks(centre, 700 + 5400) == 1
    assert await looks(centre, 99_999) == 0
    assert await clocks_of(centre, incident) == [
        ("process", None, 60),
        ("turnout", "L01", 120),
        ("travel", "L01", 480),
        ("scene", "L01", 5400),
    ]
    await assert_picture_is_the_fold(centre)


async def test_a_clock_restarts_only_with_the_thing_itself(centre: Centre) -> None:
    incident = await opened(centre, "fight", priority=1)
    first, second = await registered(centre, "L01"), await registered(centre, "L02")
    await assigned(centre, incident, first, seconds=10)
    assert await looks(centre, 200) == 1
    await reported(centre, first, "clear", seconds=210)
    assert await looks(centre, 500) == 0, "the first unit was sent in time, once and for all"
    incident = await the_incident(centre, incident.id)
    await assigned(centre, incident, second, seconds=510)
    assert await looks(centre, 600) == 0
    assert await looks(centre, 640) == 1
    assert await clocks_of(centre, incident) == [("turnout", "L01", 120), ("turnout", "L02", 120)]


async def test_a_reopened_incident_is_told_of_anew(centre: Centre) -> None:
    incident = await opened(centre, "fight", priority=1)
    unit = await registered(centre, "L01")
    assert await looks(centre, 60) == 1
    await assigned(centre, incident, unit, seconds=70)
    assert await looks(centre, 190) == 1
    await reported(centre, unit, "clear", seconds=200)
    close = incidents.CloseIncident(id=new_id(), incident_id=incident.id, disposition="resolved")
    await do(centre, incidents.close_incident, close, seconds=300)
    again = incident_life.ReopenIncident(id=new_id(), incident_id=incident.id, reason="Volvieron")
    await do(centre, incident_life.reopen_incident, again, seconds=1_000)
    assert await clocks_of(centre, incident) == [("turnout", "L01", 120)]
    await assert_picture_is_the_fold(centre)
    assert await looks(centre, 1_059) == 0
    assert await looks(centre, 1_060) == 1
    assert await clocks_of(centre, incident) == [("turnout", "L01", 120), ("process", None, 60)]
    incident = await the_incident(centre, incident.id)
    await assigned(centre, incident, unit, seconds=1_070)
    await reported(centre, unit, "clear", seconds=1_080)
    assert await looks(centre, 5_000) == 0, "sent in this life, and told already"
    await assert_picture_is_the_fold(centre)


async def test_the_closest_fitting_row_counts(centre: Centre) -> None:
    await set_clocks(
        centre,
        {"clock": "process", "type": "noise", "target_s": 30},
        {"clock": "process", "type": "noise", "priority": 2, "target_s": None},
        {"clock": "process", "agency": "SEME", "target_s": 40, "alarm_s": 50},
    )
    noise = await opened(centre, "noise")
    urgent_noise = await opened(centre, "noise", priority=2)
    sick = await opened(centre, "sick_person")
    theft = await opened(centre, "theft")
    assert await looks(centre, 31) == 1
    assert await looks(centre, 51) == 1
    assert await looks(centre, 599) == 0
    assert await looks(centre, 600) == 1
    assert await looks(centre, 90_000) == 0
    assert await clocks_of(centre, noise) == [("process", None, 30)]
    assert await clocks_of(centre, urgent_noise) == []
    assert await clocks_of(centre, sick) == [("process", None, 40)]
    assert await clocks_of(centre, theft) == [("process", None, 600)]


async def test_pending_and_unanswered_follow_the_rules_too(centre: Centre) -> None:
    await set_clocks(
        centre,
        {"clock": "pending", "type": "noise", "target_s": 5},
        {"clock": "unacknowledged", "agency": "POL", "target_s": 7},
    )
    noise = await opened(centre, "noise")
    unit = await registered(centre, "L01")
    await received(centre)
    async with centre.command() as work:
        assert (await watch(work, now=at(4))).incidents == 0
    async with centre.command() as work:
        found = await watch(work, now=at(6))
    assert (found.incidents, found.calls, found.dispatches) == (1, 0, 0)
    await assigned(centre, noise, unit, seconds=10)
    async with centre.command() as work:
        found = await watch(work, now=at(20))
    assert (found.incidents, found.calls, found.dispatches) == (0, 1, 1)
    async with centre.command() as work:
        found = await watch(work, now=at(90))
    assert (found.incidents, found.calls, found.dispatches) == (0, 0, 0)
    await assert_picture_is_the_fold(centre)


@pytest.mark.parametrize("skew_s", [-7_000, 50])
async def test_a_wrong_clock_of_a_crew_fires_nothing_early(centre: Centre, skew_s: float) -> None:
    incident = await opened(centre, "fight", priority=1)
    unit = await registered(centre, "L01")
    await assigned(centre, incident, unit, seconds=10)
    await reported(centre, unit, "en_route", seconds=20, occurred_at=at(20 + skew_s))
    assert await looks(centre, 100) == 0, "80 s under way, whatever its clock says"
