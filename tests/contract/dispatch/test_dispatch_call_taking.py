"""The ringing queue, fixes, interviews and witnesses, on the fakes and on PostgreSQL alike."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from dispatch.domain import call_fixes as fixes
from dispatch.domain.call import Call
from dispatch.domain.call_fixes import trail
from dispatch.domain.call_parts import CallBackOutcome, FixMethod, Language
from dispatch.domain.call_queue import CLAIM_STALE
from dispatch.ports import GeocodeCandidate
from dispatch.services import (
    call_fixes,
    call_queue,
    call_taking,
    incidents,
    interviewing,
    watch,
    witnessing,
)
from ops_center.kernel.errors import Conflict, Invalid, NotFound, StaleVersion
from ops_center.kernel.ids import new_id
from tests.builders import DISPATCHER, OTHER_DISPATCHER, at, location
from tests.dispatch_acts import (
    assert_picture_is_the_fold,
    do,
    kinds,
    opened,
    received,
    the_incident,
)

NUMBER = "0981 000 111"
KEPT = 6


async def ringing(centre: Any, **fields: Any) -> Call:
    values = {"caller_number": NUMBER} | fields
    answer = await received(centre, **values)
    return answer.call


async def take(centre: Any, call: Call, **more: Any) -> Call:
    command = call_taking.TakeCall(id=new_id(), call_id=call.id)
    taken: Call = await do(centre, call_taking.take_call, command, **more)
    return taken


async def hang_up(centre: Any, call: Call, **more: Any) -> Call:
    command = call_queue.HangUp(id=new_id(), call_id=call.id)
    after: Call = await do(centre, call_queue.hang_up, command, **more)
    return after


async def ring(centre: Any, call: Call, outcome: str, **more: Any) -> Call:
    command = call_queue.CallBackCaller(
        id=new_id(), call_id=call.id, outcome=CallBackOutcome(outcome)
    )
    after: Call = await do(centre, call_queue.call_back, command, **more)
    return after


async def fix(centre: Any, call: Call, *, seconds: float = 2, **fields: Any) -> Call:
    values: dict[str, Any] = {
        "id": new_id(),
        "method": FixMethod.HANDSET,
        "source": "aml",
        "location": location(east_m=50),
        "measured_at": at(seconds - 1),
    } | fields
    after: Call = await do(
        centre, call_fixes.add_fix, call_fixes.AddFix(call_id=call.id, **values), seconds=seconds
    )
    return after


async def accept(centre: Any, call: Call, fix_id: UUID, **more: Any) -> Any:
    command = call_fixes.AcceptFix(id=new_id(), call_id=call.id, fix_id=fix_id)
    return await do(centre, call_fixes.accept_fix, command, **more)


# -- the queue


async def test_a_call_is_taken_over_and_the_journal_says_whose_it_was(centre: Any) -> None:
    call = await take(centre, await ringing(centre))
    command = call_queue.TakeOverCall(id=new_id(), call_id=call.id, reason="Se fue a comer")
    mine = await do(centre, call_queue.take_over_call, command, who=OTHER_DISPATCHER, seconds=9)
    assert (mine.taken_by, mine.taken_at) == ("despacho2", at(1))
    fact = (await centre.journal())[-1]
    data = fact.data() if callable(fact.data) else fact.data
    assert (data["taken_from"], data["reason"]) == ("despacho1", "Se fue a comer")
    await assert_picture_is_the_fold(centre)


async def test_there_is_nothing_to_take_over_in_a_waiting_call(centre: Any) -> None:
    call = await ringing(centre)
    command = call_queue.TakeOverCall(id=new_id(), call_id=call.id)
    with pytest.raises(Conflict, match="nothing to take over"):
        await do(centre, call_queue.take_over_call, command)


async def test_a_released_call_waits_again_and_only_its_taker_releases_it(centre: Any) -> None:
    call = await take(centre, await ringing(centre))
    command = call_queue.ReleaseCall(id=new_id(), call_id=call.id)
    with pytest.raises(Conflict) as refused:
        await do(centre, call_queue.release_call, command, who=OTHER_DISPATCHER)
    assert refused.value.problem_code == "call-not-yours"
    back = await do(centre, call_queue.release_call, command)
    assert (back.state, back.taken_by, back.taken_at) == ("waiting", None, at(1))
    await assert_picture_is_the_fold(centre)
    assert (await take(centre, back, who=OTHER_DISPATCHER)).taken_by == "despacho2"


async def test_a_claim_goes_stale_once_and_any_act_clears_it(centre: Any) -> None:
    call = await take(centre, await ringing(centre))
    idle = 1 + CLAIM_STALE.total_seconds()

    async def look(seconds: float) -> int:
        async with centre.command() as work:
            return (await watch.watch(work, now=at(seconds))).claims

    assert [await look(idle - 1), await look(idle), await look(idle + 60)] == [0, 1, 0]
    await assert_picture_is_the_fold(centre)
    patched = await do(
        centre,
        call_taking.change_call,
        call_taking.ChangeCall(id=new_id(), call_id=call.id, language=Language.JOPARA),
        seconds=idle + 70,
    )
    assert (patched.claim_stale, patched.language) == (False, "jopara")
    await assert_picture_is_the_fold(centre)
    assert (await kinds(centre)).count("call.claim_stale") == 1
    assert await look(idle + 70 + CLAIM_STALE.total_seconds()) == 1


async def test_a_fix_that_comes_by_itself_is_no_act_of_the_taker(centre: Any) -> None:
    call = await take(centre, await ringing(centre))
    await fix(centre, call, seconds=60)
    async with centre.command() as work:
        found = await watch.watch(work, now=at(1) + CLAIM_STALE)
    assert found.claims == 1


async def test_an_abandoned_call_stays_open_until_it_is_called_back(centre: Any) -> None:
    call = await hang_up(centre, await ringing(centre), seconds=5)
    assert (call.state, call.line, call.abandoned_at) == ("abandoned", "hung_up", at(5))
    tried = await ring(centre, call, "no_answer", seconds=60)
    assert (tried.state, len(tried.callbacks)) == ("abandoned", 1)
    await assert_picture_is_the_fold(centre)
    reached = await ring(centre, call, "reached", seconds=120, who=OTHER_DISPATCHER)
    assert (reached.state, reached.taken_by, reached.line) == ("taken", "despacho2", "open")
    assert [one.outcome for one in reached.callbacks] == ["no_answer", "reached"]
    await assert_picture_is_the_fold(centre)


async def test_an_answered_call_that_hangs_up_stays_with_its_taker(centre: Any) -> None:
    call = await hang_up(centre, await take(centre, await ringing(centre)), seconds=30)
    assert (call.state, call.line, call.abandoned_at) == ("taken", "hung_up", None)
    again = await hang_up(centre, call, seconds=40)
    assert again == call
    await assert_picture_is_the_fold(centre)


async def test_a_call_put_back_after_its_caller_hung_up_is_abandoned(centre: Any) -> None:
    call = await hang_up(centre, await take(centre, await ringing(centre)), seconds=30)
    command = call_queue.ReleaseCall(id=new_id(), call_id=call.id)
    back = await do(centre, call_queue.release_call, command, seconds=40)
    assert (back.state, back.taken_by, back.abandoned_at) == ("abandoned", None, at(40))
    await assert_picture_is_the_fold(centre)
    reached = await ring(centre, back, "reached", seconds=60)
    assert (reached.state, reached.line) == ("taken", "open")


async def test_a_caller_cannot_have_hung_up_before_calling(centre: Any) -> None:
    call = await ringing(centre)
    command = call_queue.HangUp(
        id=new_id(), call_id=call.id, occurred_at=call.received_at - timedelta(hours=1)
    )
    gone = await do(centre, call_queue.hang_up, command, seconds=5)
    assert gone.abandoned_at == call.received_at


async def test_a_silent_call_is_rung_again_and_comes_back_when_reached(centre: Any) -> None:
    call = await take(centre, await ringing(centre))
    command = call_taking.CloseCall(id=new_id(), call_id=call.id, disposition="silent", rering=True)
    closed = await do(centre, call_taking.close_call, command)
    assert (closed.state, closed.rering) == ("closed", True)
    await ring(centre, call, "busy", seconds=60)
    await assert_picture_is_the_fold(centre)
    back = await ring(centre, call, "reached", seconds=90)
    assert (back.state, back.disposition, back.rering) == ("taken", None, False)
    assert str(call.id) in (await centre.picture())["calls"]
    await assert_picture_is_the_fold(centre)


async def test_who_never_answers_leaves_the_list(centre: Any) -> None:
    call = await ringing(centre)
    command = call_taking.CloseCall(id=new_id(), call_id=call.id, disposition="silent", rering=True)
    await do(centre, call_taking.close_call, command)
    tries = [(await ring(centre, call, "no_answer", seconds=60 * n)).rering for n in range(1, 4)]
    assert tries == [True, True, False]
    with pytest.raises(Conflict, match="not to be rung"):
        await ring(centre, call, "no_answer", seconds=300)


async def test_nobody_rings_a_call_without_a_number_or_one_that_rings(centre: Any) -> None:
    with pytest.raises(Conflict) as refused:
        await ring(centre, await ringing(centre), "reached")
    assert refused.value.problem_code == "call-ringing"
    unknown = await hang_up(centre, await ringing(centre, caller_number=None))
    with pytest.raises(Invalid) as nobody:
        await ring(centre, unknown, "reached")
    assert nobody.value.problem_code == "no-number"


async def test_words_and_number_are_corrected_at_the_version_seen(centre: Any) -> None:
    call = await ringing(centre, narrative="Humo")
    fields: dict[str, Any] = {
        "id": new_id(),
        "call_id": call.id,
        "expected_version": call.version,
    }
    change = call_taking.ChangeCall(**fields, narrative="Humo y llamas", caller_number="")
    after = await do(centre, call_taking.change_call, change)
    assert (after.narrative, after.caller_number) == ("Humo y llamas", None)
    with pytest.raises(StaleVersion):
        await do(centre, call_taking.change_call, change)
    await assert_picture_is_the_fold(centre)


async def test_a_number_is_the_same_however_it_is_written(centre: Any) -> None:
    call = await ringing(centre, caller_number="0981 000 111", external_ref="pbx-7")
    other = await ringing(centre, caller_number="0971 000 111")
    async with centre.command() as work:
        found = await work.calls.open_of_number("+595 981000111", since=at(-60))
        assert found == [call.id]
        assert await work.calls.open_of_number("+595 981000111", since=at(1)) == []
        assert await work.calls.open_of_number("anónimo", since=at(-60)) == []
        assert await work.calls.of_external_ref("pbx-7") == call.id
        assert await work.calls.of_external_ref("pbx-8") is None
    await do(
        centre,
        call_taking.close_call,
        call_taking.CloseCall(id=new_id(), call_id=other.id, disposition="prank"),
    )
    async with centre.command() as work:
        assert await work.calls.open_of_number("0971000111", since=at(-60)) == []


# -- fixes


async def test_the_first_fix_fills_a_call_without_a_place_and_no_other_moves_it(
    centre: Any,
) -> None:
    call = await ringing(centre)
    assert (call.location, call.fixes) == (None, ())
    first = await fix(centre, call, location=location(east_m=10), seconds=2)
    assert first.location == location(east_m=10)
    assert (first.fixes[0].accepted_at, first.fixes[0].accepted_by) == (at(2), None)
    near = location(east_m=400, uncertainty_m=3)
    second = await fix(centre, call, location=near, seconds=20)
    assert second.location == location(east_m=10), "a better fix is offered, not taken"
    assert [one.better for one in second.fixes] == [True, True]
    assert second.fixes[1].accepted_at is None
    await assert_picture_is_the_fold(centre)
    accepted = (await accept(centre, call, second.fixes[1].id, seconds=30)).call
    assert accepted.location == near
    assert accepted.fixes[1].accepted_by == "despacho1"
    await assert_picture_is_the_fold(centre)


async def test_a_place_sent_with_the_call_is_its_first_fix(centre: Any) -> None:
    call = await ringing(centre, location=location(), method=FixMethod.NETWORK)
    [only] = call.fixes
    assert (only.method, only.source, only.location) == ("network", "phone", location())


async def test_words_that_fit_one_place_are_a_spoken_fix(centre: Any) -> None:
    corner = GeocodeCandidate(label="Palma y Alberdi", kind="corner", location=location(), score=1)
    centre.geocoder.known["Palma y Alberdi"] = [corner]
    [only] = (await ringing(centre, address_text="Palma y Alberdi")).fixes
    assert (only.method, only.source, only.address) == ("spoken", "geocoder", "Palma y Alberdi")


@pytest.mark.parametrize("method", ["handset", "network"])
async def test_a_confirmed_place_is_not_overwritten(centre: Any, method: str) -> None:
    call = await ringing(centre, location=location())
    command = call_taking.LocateCall(id=new_id(), call_id=call.id, location=location(east_m=90))
    confirmed = await do(centre, call_taking.locate_call, command, seconds=10)
    assert [one.method for one in confirmed.fixes] == ["network", "confirmed"]
    after = await fix(
        centre, call, method=FixMethod(method), location=location(uncertainty_m=1), seconds=20
    )
    assert after.location == location(east_m=90)
    await assert_picture_is_the_fold(centre)


async def test_a_worse_or_older_fix_is_not_called_better(centre: Any) -> None:
    call = await ringing(centre, location=location(uncertainty_m=50))
    rough = await fix(centre, call, location=location(uncertainty_m=900), seconds=5)
    old = await fix(
        centre, call, location=location(uncertainty_m=5), measured_at=at(-500), seconds=6
    )
    assert [one.better for one in old.fixes] == [True, False, False]
    assert rough.fixes[1].better is False


async def test_null_island_is_refused_as_a_fix_and_ignored_with_a_call(centre: Any) -> None:
    nowhere = location().__class__(point=location().point.__class__(lon=0, lat=0), uncertainty_m=1)
    call = await ringing(centre, location=nowhere)
    assert (call.location, call.fixes) == (None, ())
    with pytest.raises(Invalid) as refused:
        await fix(centre, call, location=nowhere)
    assert refused.value.problem_code == "null-fix"
    with pytest.raises(Invalid, match="future"):
        await fix(centre, call, measured_at=at(500))


async def test_a_moving_caller_leaves_a_trail_in_the_order_of_measuring(centre: Any) -> None:
    call = await ringing(centre)
    for seconds, measured in ((10, 9), (20, 19), (30, 14)):
        call = await fix(
            centre,
            call,
            location=location(east_m=measured * 10),
            measured_at=at(measured),
            seconds=seconds,
        )
    await fix(centre, call, method=FixMethod.NETWORK, seconds=40)
    assert [one.measured_at for one in trail(call)] == [at(9), at(14), at(19)]


async def test_a_fix_is_added_once_and_a_long_trail_keeps_its_shape(
    centre: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fixes, "FIXES_MAX", KEPT)
    call = await ringing(centre, location=location())
    identity = new_id()
    first = await fix(centre, call, id=identity)
    again = await fix(centre, call, id=identity)
    assert again == first
    for step in range(KEPT + 3):
        call = await fix(centre, call, seconds=10 + step, location=location(east_m=step))
    assert len(call.fixes) == KEPT
    assert call.fixes[0].accepted_at is not None, "what the call is located by is never left out"
    assert call.fixes[-1].location == location(east_m=KEPT + 2)
    await assert_picture_is_the_fold(centre)
    assert (await kinds(centre)).count("call.fix_added") == KEPT + 4


async def test_accepting_offers_to_move_the_incident_of_its_first_caller_only(
    centre: Any,
) -> None:
    call = await ringing(centre, location=location())
    incident = await opened(centre, call_id=call.id, location=location())
    other = await ringing(centre, location=location())
    command = call_taking.LinkCall(id=new_id(), call_id=other.id, incident_id=incident.id)
    linked = await do(centre, call_taking.link_call, command)
    assert linked.witness == "witness"
    moved = await fix(centre, call, location=location(east_m=300))
    offer = (await accept(centre, call, moved.fixes[-1].id, seconds=9)).move
    assert (offer.incident_id, offer.number) == (incident.id, incident.number)
    assert offer.distance_m == pytest.approx(300, abs=1)
    assert (await the_incident(centre, incident.id)).location == location(), "offered, not moved"
    aside = await fix(centre, other, location=location(east_m=300))
    assert (await accept(centre, other, aside.fixes[-1].id, seconds=9)).move is None
    await assert_picture_is_the_fold(centre)


async def test_an_unknown_fix_is_not_found(centre: Any) -> None:
    call = await ringing(centre)
    with pytest.raises(NotFound):
        await accept(centre, call, new_id())


# -- witnesses


async def test_many_calls_join_in_one_command_and_the_first_caller_reports(centre: Any) -> None:
    calls = [await ringing(centre, caller_number=f"0981 000 {n:03}") for n in range(40)]
    incident = await opened(centre)
    command = witnessing.LinkWitnesses(
        id=new_id(), incident_id=incident.id, call_ids=tuple(one.id for one in reversed(calls))
    )
    grown = await do(centre, witnessing.link_witnesses, command)
    assert len(grown.call_ids) == 40
    again = await do(centre, witnessing.link_witnesses, command)
    assert again.version == grown.version
    async with centre.command() as work:
        linked = await work.calls.lock(list(grown.call_ids))
    assert [one.witness for one in linked] == ["reporter"] + 39 * ["witness"]
    assert {one.caller_number for one in linked} == {one.caller_number for one in calls}
    await assert_picture_is_the_fold(centre)


async def test_of_many_calls_all_are_linked_or_none(centre: Any) -> None:
    free, taken = await ringing(centre), await ringing(centre)
    elsewhere = await opened(centre, call_id=taken.id)
    incident = await opened(centre)
    command = witnessing.LinkWitnesses(
        id=new_id(), incident_id=incident.id, call_ids=(free.id, taken.id)
    )
    with pytest.raises(Conflict) as refused:
        await do(centre, witnessing.link_witnesses, command)
    assert refused.value.extra["incident_id"] == str(elsewhere.id)
    assert (await the_incident(centre, incident.id)).call_ids == ()
    with pytest.raises(Invalid, match="1 to 100"):
        await do(
            centre,
            witnessing.link_witnesses,
            witnessing.LinkWitnesses(id=new_id(), incident_id=incident.id, call_ids=()),
        )


# -- interviews


async def answer(centre: Any, call: Call, question: str, given: str, **more: Any) -> Call:
    command = interviewing.AnswerQuestion(
        id=new_id(), call_id=call.id, question=question, answer=given
    )
    after: Call = await do(centre, interviewing.answer_question, command, **more)
    return after


async def start(centre: Any, call: Call, kind: str = "family_violence") -> Call:
    command = interviewing.StartInterview(id=new_id(), call_id=call.id, type=kind)
    after: Call = await do(centre, interviewing.start_interview, command)
    return after


async def test_answers_move_the_priority_and_say_why(centre: Any) -> None:
    call = await start(centre, await ringing(centre))
    assert call.interview is not None
    assert (call.interview.priority, call.interview.done) == (1, False)
    async with centre.command() as work:
        asked = [one.code for one in (await interviewing.asking(work, call.id)).next]
    calmer = await answer(centre, call, "attacker_present", "no")
    assert calmer.interview is not None
    assert calmer.interview.priority == 2
    [effect] = calmer.interview.effects
    assert (effect.before, effect.after, effect.why.en) == (1, 2, "Attacker has left")
    worse = await answer(centre, call, "weapon", "firearm", seconds=9)
    assert worse.interview is not None
    assert worse.interview.priority == 1
    async with centre.command() as work:
        left = [one.code for one in (await interviewing.asking(work, call.id)).next]
    assert {"attacker_present", "weapon"} & set(left) == set()
    assert {"attacker_present", "weapon"} <= set(asked)
    await assert_picture_is_the_fold(centre)
    with pytest.raises(Invalid):
        await answer(centre, call, "no_such_question", "yes")
    with pytest.raises(Invalid):
        await answer(centre, call, "weapon", "bazooka")


async def test_the_newest_answer_to_a_question_counts(centre: Any) -> None:
    call = await start(centre, await ringing(centre))
    await answer(centre, call, "attacker_present", "no")
    after = await answer(centre, call, "attacker_present", "yes", seconds=9)
    assert after.interview is not None
    assert after.interview.priority == 1
    assert [one.answer for one in after.interview.answers] == ["yes"]
    same = await answer(centre, call, "attacker_present", "yes", seconds=20)
    assert same.version == after.version


async def test_an_incident_takes_what_the_interview_proposes_and_follows_it(centre: Any) -> None:
    call = await start(centre, await ringing(centre, location=location()))
    await answer(centre, call, "attacker_present", "no")
    async with centre.command() as work:
        incident = await incidents.open_incident(
            work,
            incidents.OpenIncident(id=new_id(), call_id=call.id),
            now=at(5),
            author=DISPATCHER,
        )
    assert (incident.type, incident.priority) == ("family_violence", 2)
    await answer(centre, call, "injured", "yes", seconds=9)
    assert (await the_incident(centre, incident.id)).priority == 1
    assert (await kinds(centre))[-1] == "incident.changed"
    await assert_picture_is_the_fold(centre)


async def test_a_persons_own_later_choice_wins_over_the_interview(centre: Any) -> None:
    call = await start(centre, await ringing(centre, location=location()))
    incident = await opened(centre, "family_violence", call_id=call.id, location=None)
    change = incidents.ChangeIncident(id=new_id(), incident_id=incident.id, priority=3)
    await do(centre, incidents.change_incident, change)
    await answer(centre, call, "attacker_present", "no")
    assert (await the_incident(centre, incident.id)).priority == 3
    stated = await opened(centre, "family_violence", priority=4)
    assert stated.priority == 4


async def test_without_an_interview_the_type_must_be_stated(centre: Any) -> None:
    call = await ringing(centre)
    command = incidents.OpenIncident(id=new_id(), call_id=call.id)
    with pytest.raises(Invalid, match="type"):
        await do(centre, incidents.open_incident, command)
    with pytest.raises(Conflict) as refused:
        await answer(centre, call, "weapon", "none")
    assert refused.value.problem_code == "no-interview"
    with pytest.raises(Invalid) as silent:
        await start(centre, call, "other")
    assert silent.value.problem_code == "no-protocol"
