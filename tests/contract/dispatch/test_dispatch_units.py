"""Units from order to release, on the fakes and on PostgreSQL alike."""

from dataclasses import replace
from typing import Any

import pytest

from dispatch.services import incident_joining, incidents, recommending, units, watch
from ops_center.kernel.errors import Conflict, Invalid, NotFound
from ops_center.kernel.ids import new_id
from tests.builders import DISPATCHER, a_raw_fix, at
from tests.dispatch_acts import (
    WHO,
    assert_picture_is_the_fold,
    assigned,
    do,
    moved,
    opened,
    received,
    registered,
    the_incident,
)


async def test_unit_taken_elsewhere_is_refused_naming_who_has_it(centre: Any) -> None:
    unit = await registered(centre)
    holder, other = await opened(centre), await opened(centre)
    await assigned(centre, holder, unit)
    with pytest.raises(Conflict) as refused:
        await assigned(centre, other, unit)
    assert refused.value.problem_code == "unit-not-available"
    assert refused.value.extra == {
        "unit_id": str(unit.id),
        "callsign": "L01",
        "incident_id": str(holder.id),
        "incident_number": holder.number,
        "by": DISPATCHER.name,
    }
    assert (await the_incident(centre, other.id)).assignments == ()


async def test_all_units_of_an_order_go_or_none(centre: Any) -> None:
    free, busy = await registered(centre, "L01"), await registered(centre, "L02")
    await assigned(centre, await opened(centre), busy)
    incident = await opened(centre)
    with pytest.raises(Conflict):
        await assigned(centre, incident, free, busy)
    async with centre.command() as work:
        assert (await work.units.get(free.id)).can_be_dispatched
    assert (await the_incident(centre, incident.id)).version == incident.version


async def test_off_duty_unit_is_refused_saying_so(centre: Any) -> None:
    unit = await registered(centre, in_service=False)
    with pytest.raises(Conflict, match="off duty"):
        await assigned(centre, await opened(centre), unit)


async def test_incident_of_another_agencys_unit_is_shown_to_that_agency(centre: Any) -> None:
    ambulance = await registered(centre, "A1", agency="SEME", kind="ambulance")
    incident = await assigned(centre, await opened(centre), ambulance)
    assert incident.agencies == ("POL", "SEME")
    await assert_picture_is_the_fold(centre)


async def test_close_is_refused_while_units_are_assigned(centre: Any) -> None:
    unit = await registered(centre)
    incident = await assigned(centre, await opened(centre), unit)
    closing = incidents.CloseIncident(id=new_id(), incident_id=incident.id, disposition="resolved")
    with pytest.raises(Conflict) as refused:
        await do(centre, incidents.close_incident, closing)
    assert refused.value.problem_code == "units-still-assigned"
    assert refused.value.extra["units"] == [{"unit_id": str(unit.id), "callsign": "L01"}]


async def test_merge_is_refused_with_units_and_into_itself(centre: Any) -> None:
    source = await assigned(centre, await opened(centre), await registered(centre))
    target = await opened(centre)
    for into, error in ((target.id, Conflict), (source.id, Invalid)):
        merging = incident_joining.MergeIncident(id=new_id(), incident_id=source.id, into=into)
        with pytest.raises(error):
            await do(centre, incident_joining.merge_incident, merging)


async def test_late_fix_is_kept_but_does_not_move_the_unit(centre: Any) -> None:
    unit = await registered(centre)
    await moved(centre, unit, a_raw_fix(30, east_m=300))
    answer = await moved(centre, unit, a_raw_fix(10, east_m=100))
    assert (answer.accepted, answer.latest) == (1, None)
    async with centre.command() as work:
        last = (await work.positions.last_known({unit.id}))[unit.id]
    assert last.occurred_at == at(30)


async def test_positions_of_an_unknown_unit_are_refused(centre: Any) -> None:
    stranger = replace(await registered(centre), id=new_id())
    with pytest.raises(NotFound):
        await moved(centre, stranger, a_raw_fix())


async def test_recommendation_ranks_by_travel_time_and_flags_stale_positions(centre: Any) -> None:
    incident = await opened(centre)
    near_but_stale = await registered(centre, "L01")
    fresh = await registered(centre, "L02")
    unlocated = await registered(centre, "L03")
    await moved(centre, near_but_stale, a_raw_fix(0, east_m=500))
    await moved(centre, fresh, a_raw_fix(590, east_m=2000), seconds=600)
    async with centre.command() as work:
        advice = await recommending.recommend(work, incident.id, now=at(600))
    [first] = advice.units
    assert (first.callsign, first.role, first.position_age_s) == ("L02", "patrol", 10.0)
    assert first.eta_s == pytest.approx(200, rel=0.01)
    stale, last = advice.runners_up
    assert (stale.callsign, stale.reasons[-1].code) == ("L01", "stale_position")
    assert (last.unit_id, last.eta_s) == (unlocated.id, None)
    assert last.reasons[-1].code == "no_position"


async def test_recommendation_survives_routing_being_down(centre: Any) -> None:
    incident = await opened(centre)
    await moved(centre, await registered(centre), a_raw_fix(0, east_m=500))
    centre.travel.down = True
    async with centre.command() as work:
        advice = await recommending.recommend(work, incident.id, now=at(30))
    assert [reason.code for reason in advice.units[0].reasons] == ["soonest", "estimated_route"]


async def test_watch_tells_each_overdue_thing_once(centre: Any) -> None:
    await received(centre)
    await opened(centre, "robbery_in_progress")
    sent = await assigned(centre, await opened(centre), await registered(centre), seconds=0)

    async def look(seconds: float) -> watch.Overdue:
        async with centre.command() as work:
            return await watch.watch(work, now=at(seconds))

    assert await look(19) == watch.Overdue(calls=0, incidents=0, dispatches=0)
    assert await look(61) == watch.Overdue(calls=1, incidents=1, dispatches=1)
    assert await look(62) == watch.Overdue(calls=0, incidents=0, dispatches=0)
    assert (await the_incident(centre, sent.id)).active[0].overdue
    await assert_picture_is_the_fold(centre)


async def test_changed_unit_keeps_what_it_does(centre: Any) -> None:
    unit = await registered(centre)
    await assigned(centre, await opened(centre), unit)
    async with centre.command() as work:
        command = units.ChangeUnit(id=new_id(), unit_id=unit.id, callsign="L99", kind="motorcycle")
        after = await units.change_unit(work, command, now=at(9), author=WHO)
    assert (after.callsign, after.kind, after.activity) == ("L99", "motorcycle", "dispatched")
    await assert_picture_is_the_fold(centre)
