"""Crews under contention: a person sits in one unit, a shared crew goes out once."""

import asyncio
from typing import Any

import pytest

from dispatch.services import rosters, units
from dispatch.services.rosters import Person
from ops_center.kernel.database import Database
from ops_center.kernel.errors import Conflict
from ops_center.kernel.ids import new_id
from tests.dispatch_acts import assert_picture_is_the_fold, assigned, do, opened, registered
from tests.dispatch_centre import SqlCentre

HURRIED = 8


@pytest.fixture
def centre(database: Database) -> SqlCentre:
    return SqlCentre(database)


async def outcomes(*hurried: Any) -> tuple[list[Any], list[Conflict]]:
    done = await asyncio.gather(*hurried, return_exceptions=True)
    lost = [one for one in done if isinstance(one, Conflict)]
    assert all(isinstance(one, Conflict) or not isinstance(one, BaseException) for one in done)
    return [one for one in done if not isinstance(one, BaseException)], lost


async def test_one_person_signed_on_to_many_units_at_once_gets_one(centre: SqlCentre) -> None:
    fleet = [await registered(centre, f"L{n:02}") for n in range(HURRIED)]
    person = Person(username="rmartinez", name="Chofer 1")
    orders = [rosters.SignOn(id=new_id(), unit_id=one.id, crew=(person,)) for one in fleet]
    won, lost = await outcomes(*(do(centre, rosters.sign_on, order) for order in orders))
    assert len(won) == 1
    assert {one.problem_code for one in lost} == {"signed-on-elsewhere"}
    assert {one.extra["callsign"] for one in lost} == {won[0].callsign}
    async with centre.command() as work:
        manned = [unit for unit in await work.units.everyone() if unit.crew]
    assert [unit.id for unit in manned] == [won[0].id]
    await assert_picture_is_the_fold(centre)


async def test_units_of_one_crew_sent_at_once_give_one_order(centre: SqlCentre) -> None:
    engine, rescue = await registered(centre, "B11"), await registered(centre, "R11")
    share = units.ChangeUnit(id=new_id(), unit_id=engine.id, cross_staffs=(rescue.id,))
    await do(centre, units.change_unit, share)
    calls = [await opened(centre) for _ in range(HURRIED)]
    won, lost = await outcomes(
        *(assigned(centre, one, (engine, rescue)[n % 2]) for n, one in enumerate(calls))
    )
    assert len(won) == 1
    assert {one.problem_code for one in lost} == {"unit-not-available"}
    async with centre.command() as work:
        both = [await work.units.get(one.id) for one in (engine, rescue)]
    assert sorted(unit.activity for unit in both) == ["dispatched", "out_of_service"]
    await assert_picture_is_the_fold(centre)
