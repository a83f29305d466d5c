"""Status from physics: what positions propose, and what they never do, on both centres alike."""

from typing import Any

import pytest

from dispatch.domain.unit import Unit
from dispatch.services import physics
from ops_center.kernel.errors import Conflict
from ops_center.kernel.ids import new_id
from tests.builders import DISPATCHER, a_raw_fix, at, point
from tests.dispatch_acts import (
    assert_picture_is_the_fold,
    assigned,
    do,
    kinds,
    moved,
    opened,
    registered,
    reported,
)


async def a_unit_on_its_way(centre: Any, callsign: str = "L01") -> Unit:
    """Acknowledged at 10 s, with an incident at the centre of the test city."""
    unit = await registered(centre, callsign)
    await assigned(centre, await opened(centre), unit, seconds=5)
    await moved(centre, unit, a_raw_fix(8, east_m=3_000), seconds=9)
    return await reported(centre, unit, "acknowledged", seconds=10)


async def look(centre: Any, unit: Unit, seconds: float, **more: Any) -> Unit:
    async with centre.command() as work:
        command = physics.Observe(id=new_id(), unit_id=unit.id, **more)
        await physics.observe(work, command, now=at(seconds), author=DISPATCHER)
    async with centre.command() as work:
        found: Unit = await work.units.get(unit.id)
    return found


async def stays(
    centre: Any, unit: Unit, start: float, *, seconds: float = 60, east_m: float = 20, **fix: Any
) -> None:
    """Fixes every ten seconds, standing."""
    for at_s in range(int(start), int(start + seconds) + 1, 10):
        one = a_raw_fix(at_s, east_m=east_m, speed_mps=0.3, **fix)
        await moved(centre, unit, one, seconds=at_s + 1)


async def drives(
    centre: Any, unit: Unit, start: float, *, east_m: tuple[float, float], steps: int = 8
) -> None:
    first, last = east_m
    for step in range(steps + 1):
        where = first + (last - first) * step / steps
        one = a_raw_fix(start + 10 * step, east_m=where, speed_mps=12.0)
        await moved(centre, unit, one, seconds=start + 10 * step + 1)


async def test_crew_that_forgot_to_say_so_is_proposed_as_on_scene_with_the_time_it_came(
    centre: Any,
) -> None:
    unit = await a_unit_on_its_way(centre)
    await stays(centre, unit, 300)
    seen = await look(centre, unit, 362)
    assert seen.proposal is not None
    assert (seen.proposal.status, seen.proposal.why) == ("on_scene", "at_place")
    assert (seen.proposal.since, seen.proposal.fix_age_s) == (at(300), 2.0)
    assert seen.activity == "acknowledged", "nothing changes by itself"
    again = await look(centre, unit, 365)
    assert again.version == seen.version, "told once"

    command = physics.ConfirmProposal(id=new_id(), unit_id=unit.id, status="on_scene")
    there = await do(centre, physics.confirm_proposal, command, seconds=400)
    assert (there.activity, there.status_source) == ("on_scene", "physics")
    assert (there.status_at, there.proposal) == (at(300), None)
    assert there.assignment.on_scene_at == at(300)
    await assert_picture_is_the_fold(centre)


async def test_crew_that_drives_off_is_proposed_as_on_its_way(centre: Any) -> None:
    unit = await a_unit_on_its_way(centre)
    await drives(centre, unit, 20, east_m=(3_000, 2_300))
    seen = await look(centre, unit, 102)
    assert seen.proposal is not None
    assert (seen.proposal.status, seen.proposal.why) == ("en_route", "set_out")
    assert at(10) <= seen.proposal.since <= at(30)


async def test_crew_that_drives_elsewhere_is_not_proposed_as_on_its_way(centre: Any) -> None:
    unit = await a_unit_on_its_way(centre)
    await drives(centre, unit, 20, east_m=(3_000, 3_700))
    assert (await look(centre, unit, 102)).proposal is None


async def test_passing_by_proposes_nothing(centre: Any) -> None:
    unit = await a_unit_on_its_way(centre)
    await reported(centre, unit, "en_route", seconds=20)
    await drives(centre, unit, 200, east_m=(600, -600))
    for seconds in (240, 250, 282):
        assert (await look(centre, unit, seconds)).proposal is None


async def test_standing_on_the_edge_does_not_flap(centre: Any) -> None:
    """Between the inner and the outer radius a unit stays what it was: there."""
    unit = await a_unit_on_its_way(centre)
    await stays(centre, unit, 300)
    await look(centre, unit, 362)
    confirm = physics.ConfirmProposal(id=new_id(), unit_id=unit.id)
    await do(centre, physics.confirm_proposal, confirm, seconds=365)
    for start, east_m in ((380, 100), (440, 40), (500, 120)):
        await stays(centre, unit, start, seconds=50, east_m=east_m)
        assert (await look(centre, unit, start + 52)).proposal is None


async def test_crew_that_leaves_the_scene_is_proposed_as_clear(centre: Any) -> None:
    unit = await a_unit_on_its_way(centre)
    await stays(centre, unit, 300)
    await reported(centre, unit, "on_scene", seconds=362)
    await drives(centre, unit, 700, east_m=(30, 900))
    seen = await look(centre, unit, 782)
    assert seen.proposal is not None
    assert (seen.proposal.status, seen.proposal.why) == ("clear", "left_place")
    confirm = physics.ConfirmProposal(id=new_id(), unit_id=unit.id, status="clear")
    free = await do(centre, physics.confirm_proposal, confirm, seconds=790)
    assert (free.assignment, free.activity) == (None, "in_service")
    await assert_picture_is_the_fold(centre)


async def test_ambulance_that_leaves_the_scene_is_proposed_as_transporting_and_at_a_hospital(
    centre: Any,
) -> None:
    unit = await registered(centre, "A01", agency="SEME", kind="ambulance")
    await assigned(centre, await opened(centre, "injury"), unit, seconds=5)
    await stays(centre, unit, 60)
    await reported(centre, unit, "on_scene", seconds=121)
    await drives(centre, unit, 700, east_m=(30, 2_000))
    left = await look(centre, unit, 782)
    assert left.proposal is not None
    assert left.proposal.status == "transporting"
    confirm = physics.ConfirmProposal(id=new_id(), unit_id=unit.id)
    await do(centre, physics.confirm_proposal, confirm, seconds=790)
    await stays(centre, unit, 800, east_m=2_000)
    assert (await look(centre, unit, 862)).proposal is None, "no hospital is near"
    there = await look(centre, unit, 863, hospital=point(east_m=2_050))
    assert there.proposal is not None
    assert (there.proposal.status, there.proposal.since) == ("at_hospital", at(780))


async def test_refused_arrival_is_not_proposed_again_but_the_next_one_is(centre: Any) -> None:
    unit = await a_unit_on_its_way(centre)
    await stays(centre, unit, 300)
    await look(centre, unit, 362)
    refuse = physics.RejectProposal(id=new_id(), unit_id=unit.id, status="on_scene")
    assert (await do(centre, physics.reject_proposal, refuse, seconds=363)).proposal is None
    await stays(centre, unit, 370)
    assert (await look(centre, unit, 432)).proposal is None
    await drives(centre, unit, 440, east_m=(20, 700))
    await drives(centre, unit, 530, east_m=(700, 10))
    await stays(centre, unit, 620)
    assert (await look(centre, unit, 682)).proposal is not None
    await assert_picture_is_the_fold(centre)


async def test_proposal_that_is_true_no_longer_is_withdrawn(centre: Any) -> None:
    unit = await a_unit_on_its_way(centre)
    await reported(centre, unit, "en_route", seconds=20)
    await stays(centre, unit, 300)
    assert (await look(centre, unit, 362)).proposal is not None
    await drives(centre, unit, 370, east_m=(30, 800))
    assert (await look(centre, unit, 452)).proposal is None
    await look(centre, unit, 455)
    assert (await kinds(centre)).count("unit.status_proposed") == 2
    await assert_picture_is_the_fold(centre)


async def test_proposal_that_is_not_there_any_more_is_refused(centre: Any) -> None:
    unit = await a_unit_on_its_way(centre)
    for service, command in (
        (physics.confirm_proposal, physics.ConfirmProposal(id=new_id(), unit_id=unit.id)),
        (physics.reject_proposal, physics.RejectProposal(id=new_id(), unit_id=unit.id)),
    ):
        with pytest.raises(Conflict) as refused:
            await do(centre, service, command)
        assert refused.value.problem_code == "no-such-proposal"


@pytest.mark.parametrize(
    "spoilt",
    [{"mocked": True}, {"accuracy_m": 900.0}],
    ids=["mocked", "vague"],
)
async def test_positions_that_cannot_be_relied_on_never_propose(
    centre: Any, spoilt: dict[str, Any]
) -> None:
    unit = await a_unit_on_its_way(centre)
    await stays(centre, unit, 300, **spoilt)
    assert (await look(centre, unit, 362)).proposal is None


async def test_late_repeated_and_leaping_positions_never_propose(centre: Any) -> None:
    unit = await a_unit_on_its_way(centre)
    await stays(centre, unit, 300, east_m=2_900)
    here = [a_raw_fix(second, east_m=10, speed_mps=0.2) for second in range(300, 360, 10)]
    late = [a_raw_fix(second + 5, east_m=10, speed_mps=0.2) for second in range(300, 350, 10)]
    await moved(centre, unit, *here, seconds=361)  # instants that are known already
    await moved(centre, unit, *late, seconds=362)  # older than where it is now
    leap = await moved(centre, unit, a_raw_fix(363, east_m=10, speed_mps=0.2), seconds=364)
    assert [one.code for one in leap.rejected] == ["teleport"]
    assert (await look(centre, unit, 365)).proposal is None


async def test_old_position_proposes_nothing(centre: Any) -> None:
    unit = await a_unit_on_its_way(centre)
    await stays(centre, unit, 300)
    assert (await look(centre, unit, 361 + 200)).proposal is None


async def test_crew_that_says_on_scene_from_afar_is_doubted_until_it_is_there(centre: Any) -> None:
    unit = await a_unit_on_its_way(centre)
    await reported(centre, unit, "on_scene", seconds=30)
    await stays(centre, unit, 40, east_m=3_000)
    seen = await look(centre, unit, 102)
    assert seen.disagreement is not None
    assert (seen.disagreement.code, seen.proposal) == ("far_from_scene", None)
    assert seen.disagreement.distance_m == pytest.approx(3_000, rel=0.01)
    await look(centre, unit, 105)
    assert (await kinds(centre)).count("unit.disagreement_flagged") == 1
    await drives(centre, unit, 110, east_m=(3_000, 30))
    assert (await look(centre, unit, 192)).disagreement is None
    await assert_picture_is_the_fold(centre)


async def test_places_of_a_kilometre_prove_nothing(centre: Any) -> None:
    unit = await registered(centre)
    vague = await opened(centre, location=None)
    await assigned(centre, vague, unit, seconds=5)
    await stays(centre, unit, 300)
    assert (await look(centre, unit, 362)).proposal is None


async def test_free_crew_that_still_stands_at_the_scene_is_doubted(centre: Any) -> None:
    unit = await a_unit_on_its_way(centre)
    await stays(centre, unit, 300)
    await reported(centre, unit, "on_scene", seconds=362)
    await reported(centre, unit, "clear", seconds=400)
    await stays(centre, unit, 410, seconds=150)
    assert (await look(centre, unit, 562)).disagreement is None, "packing up takes a while"
    await stays(centre, unit, 570, seconds=50)
    seen = await look(centre, unit, 622)
    assert seen.disagreement is not None
    assert (seen.disagreement.code, seen.disagreement.since) == ("still_at_scene", at(400))
    await drives(centre, unit, 640, east_m=(20, 900))
    assert (await look(centre, unit, 722)).disagreement is None
    await assert_picture_is_the_fold(centre)
