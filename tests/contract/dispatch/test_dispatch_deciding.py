"""Run cards, the recommendation and what dispatchers make of it, on fakes and on PostgreSQL."""

from dataclasses import replace
from typing import Any

import pytest

from dispatch.domain.incident import Incident
from dispatch.domain.recommending.model import Recommendation
from dispatch.domain.unit import Unit
from dispatch.ports import Wanted
from dispatch.repository.fleet import SqlFleet
from dispatch.services import (
    assigning,
    cross_staffing,
    incidents,
    interviewing,
    recommending,
    rules,
)
from ops_center.kernel.errors import Conflict, Invalid
from ops_center.kernel.ids import new_id
from tests.builders import a_raw_fix, at, location, point
from tests.dispatch_acts import (
    assert_picture_is_the_fold,
    assigned,
    do,
    moved,
    opened,
    received,
    registered,
    reported,
    the_incident,
)
from tests.fakes import FakeFleet

LABELS = {"es": "Ficha", "gn": "Kuatia", "en": "Card"}


async def advised(centre: Any, incident: Incident, *, seconds: float = 30) -> Recommendation:
    async with centre.command() as work:
        return await recommending.recommend(work, incident.id, now=at(seconds))


async def placed(
    centre: Any, callsign: str, east_m: float, *, mocked: bool = False, **fields: Any
) -> Unit:
    unit = await registered(centre, callsign, **fields)
    await moved(centre, unit, replace(a_raw_fix(10, east_m=east_m), mocked=mocked))
    return unit


async def sent(centre: Any, incident: Incident, *units: Unit, **fields: Any) -> Incident:
    command = assigning.AssignUnits(
        id=new_id(), incident_id=incident.id, unit_ids=tuple(one.id for one in units), **fields
    )
    answer: Incident = await do(centre, assigning.assign_units, command, seconds=40)
    return answer


async def put_cards(centre: Any, *cards: dict[str, Any]) -> None:
    document: Any = {"cards": [{"labels": LABELS, **one} for one in cards]}
    command = rules.PutRules(id=new_id(), name="run-cards", document=document)
    await do(centre, rules.put_rules, command)


def codes(one: Any) -> list[str]:
    return [reason.code for reason in one.reasons]


async def test_the_card_decides_the_plan_and_a_new_priority_another(centre: Any) -> None:
    await put_cards(
        centre,
        {"id": "urgent", "when": {"types": ["noise"], "priorities": [1]},
         "roles": [{"capability": "ambulance"}, {"capability": "patrol", "count": 2}]},
    )  # fmt: skip
    calm = await opened(centre, "noise")
    assert calm.plan.run_card is not None
    assert calm.plan.run_card.id == "type:noise"
    command = incidents.ChangeIncident(id=new_id(), incident_id=calm.id, priority=1)
    after = await do(centre, incidents.change_incident, command)
    assert after.plan.run_card.id == "urgent"
    assert after.plan.slots == ("ambulance", "patrol", "patrol")
    assert set(after.agencies) == {"POL", "SEME"}
    assert (await the_incident(centre, calm.id)).plan == after.plan
    note = incidents.ChangeIncident(id=new_id(), incident_id=calm.id, narrative="Más fuerte.")
    assert (await do(centre, incidents.change_incident, note)).plan == after.plan
    await assert_picture_is_the_fold(centre)


async def test_an_answer_that_raises_the_priority_brings_the_plan_of_its_card(centre: Any) -> None:
    await put_cards(
        centre,
        {"id": "armed", "when": {"types": ["robbery"], "priorities": [1]},
         "roles": [{"capability": "patrol", "count": 3}]},
    )  # fmt: skip
    call = (await received(centre, caller_number="0981 1")).call
    interview = interviewing.StartInterview(id=new_id(), call_id=call.id, type="robbery")
    await do(centre, interviewing.start_interview, interview)
    incident = await opened(centre, "robbery", call_id=call.id)
    assert incident.plan.slots == ("patrol",)
    said = interviewing.AnswerQuestion(
        id=new_id(), call_id=call.id, question="weapon", answer="firearm"
    )
    await do(centre, interviewing.answer_question, said, seconds=9)
    after = await the_incident(centre, incident.id)
    assert (after.priority, after.plan.slots) == (1, ("patrol",) * 3)
    await assert_picture_is_the_fold(centre)


async def test_the_fleet_gives_the_nearest_that_meet_the_place(centre: Any) -> None:
    far = await placed(centre, "L1", 900)
    near = await placed(centre, "L2", 100)
    await placed(centre, "A1", 10, kind="ambulance", agency="SEME")
    nowhere = await registered(centre, "L3")
    off = await registered(centre, "L4", in_service=False)
    async with centre.command() as work:
        wanted = Wanted(capability="patrol", near=point(), limit=2)
        assert [one.id for one in await work.fleet.near(wanted)] == [far.id, near.id]
        everybody = await work.fleet.near(replace(wanted, limit=9))
        assert {one.id for one in everybody} == {far.id, near.id, nowhere.id}
        demanding = replace(wanted, equipment=("escalera",), limit=9)
        assert await work.fleet.near(demanding) == []
        # Nobody signed on anywhere: how many are aboard is not known, so none is left out.
        assert len(await work.fleet.near(replace(wanted, crew_min=3, limit=9))) == 3
        strength = (await work.fleet.strength({"patrol"}))["patrol"]
        assert (strength.total, strength.free, strength.off) == (4, 3, 1)
        assert {one.id for one in await work.fleet.named({off.id, near.id})} == {off.id, near.id}
        medics = work.fleet.within(agency="SEME", unit=None)
        assert await medics.near(wanted) == []
        assert await work.fleet.strength(set()) == {}
        free = await work.fleet.free({"patrol"}, since=at(0))
        assert [(one.profile, list(one.callsigns)) for one in free] == [("patrol", ["L1", "L2"])]
        assert await work.fleet.free({"patrol"}, since=at(20)) == []


async def test_the_work_at_incidents_counts_the_other_units_still_at_it(centre: Any) -> None:
    crowded, quiet = await opened(centre, "noise"), await opened(centre, "theft")
    crew = [await registered(centre, f"L{n}") for n in range(3)]
    await assigned(centre, crowded, *crew)
    await reported(centre, crew[0], "clear", seconds=20)
    await assigned(centre, quiet, crew[0], seconds=30)
    async with centre.command() as work:
        found = await work.fleet.work_at({crowded.id, quiet.id, new_id()})
        assert await work.fleet.work_at(set()) == {}
    assert {(one.number, one.type, one.priority, one.others) for one in found.values()} == {
        (crowded.number, "noise", crowded.priority, 1),
        (quiet.number, "theft", quiet.priority, 0),
    }
    assert all(key == one.incident_id for key, one in found.items())


async def test_a_unit_whose_crew_is_out_with_another_is_said_not_sent(centre: Any) -> None:
    engine = await placed(centre, "B1", 500, kind="fire_engine", agency="CBVP")
    tanker = await placed(centre, "B2", 100, kind="fire_engine", agency="CBVP")
    async with centre.command() as work:
        await cross_staffing.share_crew(work, engine.id, (tanker.id,))
    fire = await opened(centre, "vehicle_fire")
    both = await advised(centre, fire)
    assert [one.callsign for one in both.units] == ["B2"]
    await sent(centre, fire, tanker)
    other = await advised(centre, await opened(centre, "vehicle_fire"))
    assert other.units == ()
    [named] = other.runners_up
    assert (named.callsign, codes(named)[-1]) == ("B1", "crew_out_with")
    assert named.reasons[-1].params == {"callsign": "B2"}
    [short] = other.shortfalls
    assert (short.reason, short.because[0].params["cross_staffed"]) == ("all_busy", 1)


async def test_a_made_up_or_jumping_position_is_said(centre: Any) -> None:
    incident = await opened(centre)
    await placed(centre, "L1", 100, mocked=True)
    jumper = await placed(centre, "L2", 200)
    answer = await moved(centre, jumper, a_raw_fix(20, east_m=90_000))
    assert [one.code for one in answer.rejected] == ["teleport"]
    await placed(centre, "L3", 900)
    advice = await advised(centre, incident, seconds=70)
    [best] = advice.units
    assert best.callsign == "L3"
    found = {one.callsign: codes(one) for one in advice.runners_up}
    assert "mocked_position" in found["L1"]
    assert "teleported_position" in found["L2"]


async def test_others_than_the_recommended_need_a_reason(centre: Any) -> None:
    incident = await opened(centre)
    best, other = await placed(centre, "L1", 100), await placed(centre, "L2", 3_000)
    with pytest.raises(Invalid) as refused:
        await sent(centre, incident, other)
    assert refused.value.problem_code == "override-reason-required"
    assert [one["callsign"] for one in refused.value.extra["recommended"]] == ["L1"]
    assert [one["callsign"] for one in refused.value.extra["others"]] == ["L2"]
    assert (await the_incident(centre, incident.id)).assignments == ()
    after = await sent(centre, incident, other, override_reason="Conoce el lugar.")
    [order] = after.assignments
    assert (order.role, order.recommended, order.override_reason) == (
        "patrol",
        False,
        "Conoce el lugar.",
    )
    assert order.best_eta_s == pytest.approx(10, abs=0.5)
    assert (await the_incident(centre, incident.id)).assignments == after.assignments
    taken = await sent(centre, await opened(centre), best)
    assert (taken.assignments[0].recommended, taken.assignments[0].override_reason) == (True, None)
    await assert_picture_is_the_fold(centre)


async def test_as_good_as_the_recommended_one_needs_no_reason(centre: Any) -> None:
    await placed(centre, "L1", 100)
    other = await placed(centre, "L2", 140)
    after = await sent(centre, await opened(centre), other)
    assert after.assignments[0].recommended is True


async def test_who_is_busy_is_said_before_a_reason_is_asked_for(centre: Any) -> None:
    await placed(centre, "L1", 100)
    busy = await placed(centre, "L2", 3_000)
    await sent(centre, await opened(centre), busy, override_reason="Ronda.")
    with pytest.raises(Conflict) as refused:
        await sent(centre, await opened(centre), busy)
    assert refused.value.problem_code == "unit-not-available"


async def test_where_nobody_is_recommended_no_reason_is_needed(centre: Any) -> None:
    after = await assigned(centre, await opened(centre), await registered(centre))
    order = after.assignments[0]
    assert (order.role, order.recommended, order.best_eta_s) == ("patrol", None, None)


async def test_a_diversion_frees_there_and_sends_here_at_once(centre: Any) -> None:
    calm = await opened(centre, "noise")
    unit, mate = await placed(centre, "L1", 300), await placed(centre, "L9", 20_000)
    await sent(centre, calm, unit)
    await reported(centre, unit, "en_route", seconds=45)
    urgent = await opened(centre, "family_violence")
    advice = await advised(centre, urgent, seconds=50)
    assert [one.callsign for one in advice.units] == [mate.callsign]
    [divert] = advice.diverts
    assert (divert.callsign, divert.from_.number) == ("L1", calm.number)
    assert {"sooner", "other_without_replacement"} <= set(codes(divert))
    with pytest.raises(Conflict):
        await sent(centre, urgent, unit)
    after = await sent(centre, urgent, unit, divert=True)
    [order] = after.assignments
    assert (order.diverted_from, order.recommended) == (calm.number, False)
    left = await the_incident(centre, calm.id)
    assert left.status == "new"
    assert left.assignments[0].release_reason == f"divert:{urgent.number}"
    await assert_picture_is_the_fold(centre)


async def test_other_incidents_are_read_at_once_and_only_where_it_may_help(
    centre: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    reads: list[int] = []
    fleets: list[Any] = [SqlFleet, FakeFleet]
    for fleet in fleets:
        monkeypatch.setattr(fleet, "work_at", _counted(fleet.work_at, reads))
    calm = [await opened(centre, "noise") for _ in range(3)]
    for n, incident in enumerate(calm):
        await sent(centre, incident, await placed(centre, f"L{n}", 300 + n))
    urgent = await opened(centre, "family_violence")
    assert len((await advised(centre, urgent)).diverts) == 3
    assert reads == [3]
    near = await placed(centre, "L9", 100)
    assert [one.callsign for one in (await advised(centre, urgent)).units] == ["L9"]
    await sent(centre, urgent, near)
    assert reads == [3], "ten seconds away: nobody could be there a minute sooner"


def _counted(real: Any, reads: list[int]) -> Any:
    async def work_at(fleet: Any, incident_ids: Any, /) -> Any:
        reads.append(len(incident_ids))
        return await real(fleet, incident_ids)

    return work_at


@pytest.mark.parametrize(
    ("kind", "status", "code"),
    [
        ("noise", "on_scene", "divert-on-scene"),
        ("family_violence", "en_route", "divert-not-lower"),
    ],
)
async def test_a_diversion_from_the_scene_or_from_as_urgent_is_refused(
    centre: Any, kind: str, status: str, code: str
) -> None:
    held = await opened(centre, kind)
    unit = await placed(centre, "L1", 300)
    await sent(centre, held, unit)
    await reported(centre, unit, status, seconds=45)
    urgent = await opened(centre, "family_violence")
    assert (await advised(centre, urgent, seconds=50)).diverts == ()
    with pytest.raises(Conflict) as refused:
        await sent(centre, urgent, unit, divert=True)
    assert refused.value.problem_code == code
    assert (await the_incident(centre, held.id)).active[0].unit_id == unit.id


async def test_the_same_command_twice_sends_once(centre: Any) -> None:
    incident = await opened(centre)
    unit = await placed(centre, "L1", 300)
    command = assigning.AssignUnits(
        id=new_id(), incident_id=incident.id, unit_ids=(unit.id,), divert=True
    )
    first = await do(centre, assigning.assign_units, command, seconds=40)
    assert await do(centre, assigning.assign_units, command, seconds=41) == first


async def test_without_a_place_nobody_can_be_recommended(centre: Any) -> None:
    await placed(centre, "L1", 300)
    unplaced = await opened(centre, location=None)
    advice = await advised(centre, unplaced)
    assert (advice.units, advice.first_arrival_s) == ((), None)
    assert codes(advice.runners_up[0])[-1] == "no_route"


async def test_coverage_says_so_while_it_is_not_worked_out(centre: Any) -> None:
    await placed(centre, "L1", 300)
    incident = await opened(centre, location=location())
    advice = await advised(centre, incident)
    async with centre.command() as work:
        footing = await recommending.footing(work, {"patrol"}, now=at(30))
    assert footing.field is None
    assert recommending.coverage_left(advice, footing, ["patrol"]) == ({}, ())
