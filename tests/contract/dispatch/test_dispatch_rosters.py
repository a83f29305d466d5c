"""Crews, shifts, shared crews and check-ins, on the fakes and on PostgreSQL alike."""

from typing import Any

import pytest

from dispatch.domain.unit import Unit
from dispatch.services import rosters, units, welfare
from dispatch.services.rosters import Person
from ops_center.kernel.errors import Conflict, Invalid, StaleVersion
from ops_center.kernel.ids import new_id
from tests.builders import DISPATCHER, at
from tests.dispatch_acts import (
    assert_picture_is_the_fold,
    assigned,
    do,
    kinds,
    opened,
    registered,
    reported,
)

DRIVER = Person(username="rmartinez", name="Chofer 1", role="driver")
MATE = Person(name="Tripulación 2", role="crew")


async def signed_on(centre: Any, unit: Unit, *crew: Person, **fields: Any) -> Unit:
    command = rosters.SignOn(id=new_id(), unit_id=unit.id, crew=crew or (DRIVER,), **fields)
    made: Unit = await do(centre, rosters.sign_on, command)
    return made


async def now_of(centre: Any, unit: Unit) -> Unit:
    async with centre.command() as work:
        found: Unit = await work.units.get(unit.id)
    return found


async def test_crew_that_signs_on_brings_its_unit_into_service(centre: Any) -> None:
    unit = await registered(centre, in_service=False)
    manned = await signed_on(centre, unit, DRIVER, MATE, vehicle="Patrulla 7", equipment=("DEA",))
    assert (manned.activity, manned.availability) == ("in_service", "available")
    assert [one.name for one in manned.crew] == ["Chofer 1", "Tripulación 2"]
    assert (manned.vehicle, manned.equipment) == ("Patrulla 7", ("DEA",))
    assert await now_of(centre, unit) == manned
    await assert_picture_is_the_fold(centre)


@pytest.mark.parametrize("who", [DRIVER, MATE])
async def test_person_signed_on_elsewhere_is_refused_naming_the_unit(
    centre: Any, who: Person
) -> None:
    first, second = await registered(centre, "L01"), await registered(centre, "L02")
    await signed_on(centre, first, who)
    with pytest.raises(Conflict, match="L01") as refused:
        await signed_on(centre, second, who)
    assert refused.value.problem_code == "signed-on-elsewhere"
    assert refused.value.extra["callsign"] == "L01"
    async with centre.command() as work:  # free again once the first crew has left
        command = rosters.SignOff(id=new_id(), unit_id=first.id)
        await rosters.sign_off(work, command, now=at(5), author=DISPATCHER)
    assert (await signed_on(centre, second, who)).crew[0].name == who.name


async def test_one_vehicle_carries_one_unit(centre: Any) -> None:
    first, second = await registered(centre, "L01"), await registered(centre, "L02")
    await signed_on(centre, first, DRIVER, vehicle="Móvil 3")
    with pytest.raises(Conflict) as refused:
        await signed_on(centre, second, MATE, vehicle="móvil 3")
    assert refused.value.problem_code == "vehicle-signed-on-elsewhere"


async def test_two_of_one_crew_with_one_name_are_refused(centre: Any) -> None:
    unit = await registered(centre)
    with pytest.raises(Invalid, match="twice"):
        await signed_on(centre, unit, MATE, MATE)


async def test_crew_on_an_order_leaves_only_with_a_reason(centre: Any) -> None:
    unit = await registered(centre)
    await signed_on(centre, unit)
    await assigned(centre, await opened(centre), unit)
    leaving = rosters.SignOff(id=new_id(), unit_id=unit.id)
    with pytest.raises(Conflict) as refused:
        await do(centre, rosters.sign_off, leaving)
    assert refused.value.problem_code == "unit-still-assigned"
    relieved = rosters.SignOff(id=new_id(), unit_id=unit.id, reason="Relevo en el lugar")
    after = await do(centre, rosters.sign_off, relieved)
    assert (after.crew, after.activity) == ((), "dispatched")
    assert after.assignment is not None
    await assert_picture_is_the_fold(centre)


async def test_shift_says_who_was_late_and_for_how_long(centre: Any) -> None:
    unit = await registered(centre, in_service=False)
    plan = rosters.PlanShift(
        id=new_id(),
        unit_id=unit.id,
        starts_at=at(-1800),
        ends_at=at(7200),
        crew=(DRIVER,),
        vehicle="Patrulla 7",
    )
    planned = await do(centre, rosters.plan_shift, plan)
    manned = await do(
        centre,
        rosters.sign_on,
        rosters.SignOn(id=new_id(), unit_id=unit.id, shift_id=planned.id),
        seconds=10,
    )
    assert manned.shift is not None
    assert (manned.vehicle, manned.crew[0].username) == ("Patrulla 7", "rmartinez")
    async with centre.command() as work:
        held = await work.shifts.find(planned.id)
    assert held.signed_on_at == at(10)
    await do(centre, rosters.sign_off, rosters.SignOff(id=new_id(), unit_id=unit.id), seconds=9000)
    async with centre.command() as work:
        held = await work.shifts.find(planned.id)
    assert held.signed_off_at == at(9000)
    with pytest.raises(Conflict, match="over"):
        await do(
            centre,
            rosters.cancel_shift,
            rosters.CancelShift(id=new_id(), shift_id=planned.id, expected_version=None),
        )
    await assert_picture_is_the_fold(centre)


async def test_shift_is_changed_only_as_it_was_seen(centre: Any) -> None:
    unit = await registered(centre)
    plan = rosters.PlanShift(id=new_id(), unit_id=unit.id, starts_at=at(0), ends_at=at(3600))
    planned = await do(centre, rosters.plan_shift, plan)
    change = rosters.ChangeShift(
        id=new_id(), shift_id=planned.id, expected_version=1, ends_at=at(7200)
    )
    after = await do(centre, rosters.change_shift, change)
    assert (after.version, after.ends_at) == (2, at(7200))
    with pytest.raises(StaleVersion):
        await do(centre, rosters.change_shift, change)
    backwards = rosters.ChangeShift(
        id=new_id(), shift_id=planned.id, expected_version=2, ends_at=at(-1)
    )
    with pytest.raises(Invalid):
        await do(centre, rosters.change_shift, backwards)


async def test_shared_crew_takes_one_unit_out_and_the_other_comes_back_with_it(
    centre: Any,
) -> None:
    engine = await registered(centre, "B11", agency="CBVP", kind="fire_engine")
    rescue = await registered(centre, "R11", agency="CBVP", kind="rescue")
    share = units.ChangeUnit(id=new_id(), unit_id=engine.id, cross_staffs=(rescue.id,))
    await do(centre, units.change_unit, share)
    assert (await now_of(centre, rescue)).cross_staffs == (engine.id,)

    incident = await opened(centre, "structure_fire")
    with pytest.raises(Conflict) as both:
        await assigned(centre, incident, engine, rescue)
    assert both.value.problem_code == "crew-shared"
    await assigned(centre, incident, engine)
    held = await now_of(centre, rescue)
    assert (held.activity, held.out_reason) == ("out_of_service", "cross_staffed")
    assert (held.reason, held.status_source) == ("its crew is out with B11", "centre")
    with pytest.raises(Conflict, match="crew is out with B11"):
        await assigned(centre, await opened(centre), rescue)

    await reported(centre, engine, "clear", seconds=60)
    back = await now_of(centre, rescue)
    assert (back.activity, back.out_reason, back.reason) == ("in_service", None, None)
    await assert_picture_is_the_fold(centre)


async def test_partner_out_for_its_own_reason_stays_out(centre: Any) -> None:
    engine, rescue = await registered(centre, "B11"), await registered(centre, "R11")
    share = units.ChangeUnit(id=new_id(), unit_id=engine.id, cross_staffs=(rescue.id,))
    await do(centre, units.change_unit, share)
    await reported(centre, rescue, "out_of_service", seconds=2, out_reason="mechanical")
    await assigned(centre, await opened(centre), engine)
    await reported(centre, engine, "clear", seconds=60)
    assert (await now_of(centre, rescue)).out_reason == "mechanical"


async def test_out_of_service_needs_a_known_reason(centre: Any) -> None:
    unit = await registered(centre)
    with pytest.raises(Invalid) as refused:
        await reported(centre, unit, "out_of_service", seconds=1)
    assert refused.value.problem_code == "out-reason-required"
    for wrong in ("because", "cross_staffed"):
        with pytest.raises(Invalid, match="one of"):
            await reported(centre, unit, "out_of_service", seconds=1, out_reason=wrong)
    out = await reported(centre, unit, "out_of_service", seconds=1, out_reason="mechanical")
    assert (out.out_reason, out.status) == ("mechanical", "out_of_service")
    assert (await reported(centre, unit, "in_service", seconds=2)).out_reason is None


async def test_missed_check_ins_are_told_once_each_and_then_raise_an_alarm(centre: Any) -> None:
    unit = await registered(centre)
    await assigned(centre, await opened(centre, "family_violence"), unit)
    manned = await reported(centre, unit, "on_scene", seconds=10)
    assert manned.welfare is not None
    assert (manned.welfare.interval_s, manned.welfare.due_at) == (600, at(610))

    async def look(seconds: float) -> int:
        async with centre.command() as work:
            return await welfare.watch_crews(work, now=at(seconds), author=DISPATCHER)

    assert [await look(609), await look(610), await look(611), await look(729)] == [0, 1, 0, 0]
    assert "alarm.raised" not in await kinds(centre)
    assert [await look(731), await look(900), await look(9000)] == [1, 0, 0]
    told = await kinds(centre)
    assert (told.count("unit.welfare_overdue"), told.count("alarm.raised")) == (2, 1)
    checked = await do(centre, welfare.check_in, welfare.CheckIn(id=new_id(), unit_id=unit.id))
    assert checked.welfare is not None
    assert checked.welfare.missed == 0
    await assert_picture_is_the_fold(centre)


async def test_timer_by_hand_lasts_until_the_next_status(centre: Any) -> None:
    unit = await registered(centre)
    with pytest.raises(Conflict) as nobody:
        await do(centre, welfare.check_in, welfare.CheckIn(id=new_id(), unit_id=unit.id))
    assert nobody.value.problem_code == "no-welfare-timer"
    timer = welfare.SetTimer(id=new_id(), unit_id=unit.id, interval_s=300)
    after = await do(centre, welfare.set_timer, timer, seconds=10)
    assert after.welfare is not None
    assert (after.welfare.by_hand, after.welfare.due_at) == (True, at(310))
    assert (await reported(centre, unit, "break", seconds=20)).welfare is None
    await assert_picture_is_the_fold(centre)


async def test_crew_at_work_for_hours_is_due_a_rest_once(centre: Any) -> None:
    unit = await registered(centre)
    await assigned(centre, await opened(centre), unit, seconds=0)

    async def look(seconds: float) -> int:
        async with centre.command() as work:
            return await welfare.watch_crews(work, now=at(seconds), author=DISPATCHER)

    assert [await look(14_399), await look(14_400), await look(14_500)] == [0, 1, 0]
    assert (await now_of(centre, unit)).rest_due
    await reported(centre, unit, "clear", seconds=14_600)
    rested = await reported(centre, unit, "break", seconds=14_700)
    assert (rested.rest_due, rested.busy_since) == (False, None)
    await assert_picture_is_the_fold(centre)


async def test_half_an_hour_without_an_order_is_a_rest(centre: Any) -> None:
    tired, idle = await registered(centre, "L01"), await registered(centre, "L02")
    incident = await opened(centre)
    await assigned(centre, incident, tired, idle, seconds=0)

    async def look(seconds: float) -> int:
        async with centre.command() as work:
            return await welfare.watch_crews(work, now=at(seconds), author=DISPATCHER)

    await reported(centre, idle, "clear", seconds=10_000)
    assert await look(14_400) == 1
    assert not (await now_of(centre, idle)).rest_due
    await reported(centre, tired, "clear", seconds=14_500)
    await assigned(centre, incident, tired, seconds=14_500 + 1_799)
    assert (await now_of(centre, tired)).rest_due
    await reported(centre, tired, "clear", seconds=17_000)
    await assigned(centre, incident, tired, seconds=17_000 + 1_800)
    rested = await now_of(centre, tired)
    assert (rested.rest_due, rested.busy_since) == (False, at(17_000 + 1_800))
    await assert_picture_is_the_fold(centre)


async def test_partner_cannot_be_made_available_while_its_crew_is_out(centre: Any) -> None:
    engine, rescue = await registered(centre, "B11"), await registered(centre, "R11")
    share = units.ChangeUnit(id=new_id(), unit_id=engine.id, cross_staffs=(rescue.id,))
    await do(centre, units.change_unit, share)
    await assigned(centre, await opened(centre), engine)
    with pytest.raises(Conflict, match="B11") as refused:
        await reported(centre, rescue, "in_service", seconds=60)
    assert refused.value.problem_code == "crew-shared"
    assert (await now_of(centre, rescue)).out_reason == "cross_staffed"

    # Without a crew of its own it comes on duty all the same: it is still not to be sent.
    await reported(centre, rescue, "off_duty", seconds=70)
    await signed_on(centre, rescue, MATE)
    assert (await now_of(centre, rescue)).can_be_dispatched
    with pytest.raises(Conflict, match="B11") as shared:
        await assigned(centre, await opened(centre), rescue, seconds=80)
    assert shared.value.problem_code == "crew-shared"
    await reported(centre, engine, "clear", seconds=90)
    await assigned(centre, await opened(centre), rescue, seconds=100)
    await assert_picture_is_the_fold(centre)
