"""Fixes of callers, signals of the exchange and alarm sources, on the fakes and on PostgreSQL."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from dispatch.domain.alarm_source import AlarmSource, SourceKind, SourceState, state_of
from dispatch.domain.caller_location.inbox import Channel, Outcome
from dispatch.domain.caller_location.report import HANDSET, CallerFix, Report
from dispatch.services import alarms, call_taking
from dispatch.services.alarm_sources import (
    Activate,
    AddSource,
    ChangeSource,
    Hear,
    activate,
    add_source,
    change_source,
    hear,
    miss_silent,
)
from dispatch.services.caller_locations import (
    ReceiveLocations,
    join_waiting,
    receive_locations,
    waiting_reports,
)
from dispatch.services.telephony import REF_LIVES, Signal, TelephoneSignal, hear_telephone
from gis.geometry import Point
from ops_center.kernel.errors import Conflict, Invalid, NotFound, StaleVersion
from ops_center.kernel.ids import new_id
from tests.builders import DISPATCHER, OTHER_DISPATCHER, T0, at, location
from tests.dispatch_acts import WHO, assert_picture_is_the_fold, do, kinds, received

NUMBER = "+595981234567"


def a_fix(**changes: Any) -> CallerFix:
    fix = CallerFix(method=HANDSET, source="aml-gps", location=location(), measured_at=T0)
    return replace(fix, **changes)


def a_message(*fixes: CallerFix, number: str | None = NUMBER, **changes: Any) -> ReceiveLocations:
    report = Report(number=number, fixes=fixes, notes=())
    values: dict[str, Any] = {"id": new_id(), "channel": Channel.AML, "report": report} | changes
    return ReceiveLocations(**values)


async def come_in(centre: Any, command: ReceiveLocations, *, seconds: float = 1) -> Any:
    return await do(centre, receive_locations, command, seconds=seconds)


async def joined(centre: Any, *, seconds: float) -> int:
    """Join what waits, each in a transaction of its own; return how many were joined."""
    async with centre.command() as work:
        waiting = await waiting_reports(work, now=at(seconds))
    return sum([await do(centre, join_waiting, one, seconds=seconds) for one in waiting])


async def the_call(centre: Any, identity: Any) -> Any:
    async with centre.command() as work:
        return await work.calls.get(identity)


async def test_a_fix_joins_the_open_call_of_its_number_however_it_is_written(centre: Any) -> None:
    call = (await received(centre, caller_number="0981 234-567")).call
    [kept] = await come_in(centre, a_message(a_fix()))
    assert (kept.outcome, kept.call_id) == (Outcome.JOINED, call.id)
    after = await the_call(centre, call.id)
    assert [fix.id for fix in after.fixes] == [kept.id]
    assert after.location == location()
    await assert_picture_is_the_fold(centre)


async def test_a_fix_that_comes_before_its_call_waits_for_it(centre: Any) -> None:
    [kept] = await come_in(centre, a_message(a_fix()), seconds=-60)
    assert kept.outcome is Outcome.WAITING
    assert await joined(centre, seconds=-30) == 0
    call = (await received(centre, caller_number=NUMBER)).call
    assert await joined(centre, seconds=1) == 1
    assert await joined(centre, seconds=2) == 0
    assert [fix.id for fix in (await the_call(centre, call.id)).fixes] == [kept.id]
    await assert_picture_is_the_fold(centre)


async def test_a_fix_that_waited_too_long_joins_no_later_call(centre: Any) -> None:
    await come_in(centre, a_message(a_fix(measured_at=None)), seconds=-16 * 60)
    await received(centre, caller_number=NUMBER)
    assert await joined(centre, seconds=1) == 0


async def test_a_message_twice_is_one_and_several_fixes_stand_side_by_side(centre: Any) -> None:
    call = (await received(centre, caller_number=NUMBER)).call
    first = a_message(a_fix(), a_fix(location=location(east_m=40)))
    assert await come_in(centre, first) == await come_in(centre, first, seconds=3)
    await come_in(centre, a_message(a_fix(location=location(east_m=90))), seconds=9)
    after = await the_call(centre, call.id)
    assert len(after.fixes) == 3
    assert after.location == location()  # the others supplement, and overwrite nothing
    await assert_picture_is_the_fold(centre)


@pytest.mark.parametrize(
    ("message", "outcome"),
    [
        (a_message(a_fix(), distrust="la firma"), Outcome.QUARANTINED),
        (a_message(a_fix(), number=None), Outcome.QUARANTINED),
        (a_message(), Outcome.EMPTY),
    ],
)
async def test_what_cannot_be_used_is_kept_apart_with_its_reason(
    centre: Any, message: ReceiveLocations, outcome: Outcome
) -> None:
    call = (await received(centre, caller_number=NUMBER)).call
    [kept] = await come_in(centre, message)
    assert (kept.outcome, bool(kept.reason)) == (outcome, True)
    assert await joined(centre, seconds=2) == 0
    assert (await the_call(centre, call.id)).fixes == ()


async def the_report(centre: Any, identity: Any) -> Any:
    async with centre.command() as work:
        return await work.location_reports.find(identity)


@pytest.mark.parametrize(
    ("fix", "reason"),
    [
        (a_fix(measured_at=T0 - timedelta(hours=25)), "long before the call"),
        (a_fix(location=replace(location(), point=Point(lon=0, lat=0))), "device without a fix"),
    ],
)
async def test_a_fix_its_call_refuses_is_set_aside_and_stops_no_other(
    centre: Any, fix: CallerFix, reason: str
) -> None:
    [refused] = await come_in(centre, a_message(fix), seconds=-60)
    [good] = await come_in(centre, a_message(a_fix()), seconds=-30)
    call = (await received(centre, caller_number=NUMBER)).call
    assert await joined(centre, seconds=1) == 1
    [late] = await come_in(centre, a_message(fix), seconds=2)
    for identity in (refused.id, late.id):
        aside = await the_report(centre, identity)
        assert (aside.outcome, aside.call_id) == (Outcome.QUARANTINED, None)
        assert reason in aside.reason
    assert [one.id for one in (await the_call(centre, call.id)).fixes] == [good.id]
    assert await joined(centre, seconds=3) == 0
    await assert_picture_is_the_fold(centre)


async def test_a_closed_call_takes_no_fix(centre: Any) -> None:
    call = (await received(centre, caller_number=NUMBER)).call
    await do(
        centre,
        call_taking.close_call,
        call_taking.CloseCall(id=new_id(), call_id=call.id, disposition="silent"),
    )
    [kept] = await come_in(centre, a_message(a_fix()), seconds=2)
    assert kept.outcome is Outcome.WAITING
    assert await joined(centre, seconds=3) == 0


async def ring(centre: Any, signal: Signal, *, seconds: float = 1, **fields: Any) -> Any:
    values: dict[str, Any] = {"id": new_id(), "ref": "T-1", "number": NUMBER} | fields
    command = TelephoneSignal(signal=signal, **values)
    return await do(centre, hear_telephone, command, seconds=seconds)


async def test_a_telephone_call_rings_is_answered_and_ends(centre: Any) -> None:
    rung = await ring(centre, Signal.RINGING)
    answered = await ring(centre, Signal.ANSWERED, seconds=5, agent=OTHER_DISPATCHER)
    assert (answered.call.id, answered.call.taken_by) == (rung.call.id, "despacho2")
    ended = await ring(centre, Signal.HUNG_UP, seconds=60)
    assert (ended.call.line, ended.call.state) == ("hung_up", "taken")
    for signal in Signal:  # each once more changes nothing
        again = await ring(centre, signal, seconds=61, agent=OTHER_DISPATCHER)
        assert again.call == ended.call
        assert not again.applied
    await assert_picture_is_the_fold(centre)


async def test_signals_in_the_wrong_order_still_make_one_call(centre: Any) -> None:
    answered = await ring(centre, Signal.ANSWERED, agent=DISPATCHER)
    assert (answered.call.state, answered.call.caller_number) == ("taken", NUMBER)
    late = await ring(centre, Signal.RINGING, seconds=2)
    assert (late.call, late.applied) == (answered.call, False)


async def test_a_call_that_is_hung_up_before_anybody_hears_it_ring_is_abandoned(
    centre: Any,
) -> None:
    gone = await ring(centre, Signal.HUNG_UP)
    assert gone.call.state == "abandoned"
    assert (await ring(centre, Signal.RINGING, seconds=2)).call.state == "abandoned"


async def test_who_took_a_call_on_screen_keeps_it(centre: Any) -> None:
    rung = await ring(centre, Signal.RINGING)
    order = call_taking.TakeCall(id=new_id(), call_id=rung.call.id)
    await do(centre, call_taking.take_call, order, seconds=2)
    heard = await ring(centre, Signal.ANSWERED, seconds=3, agent=OTHER_DISPATCHER)
    assert (heard.applied, heard.call.taken_by) == (False, "despacho1")


async def test_an_exchange_that_counts_anew_does_not_name_an_old_call(centre: Any) -> None:
    old = await ring(centre, Signal.RINGING)
    later = REF_LIVES.total_seconds() + 10
    fresh = await ring(centre, Signal.RINGING, seconds=later)
    assert fresh.call.id != old.call.id


async def test_an_exchange_whose_clock_is_ahead_loses_no_call(centre: Any) -> None:
    rung = await ring(centre, Signal.RINGING, at=at(7_200))
    assert rung.call.occurred_at == at(1)


async def a_source(centre: Any, **fields: Any) -> AlarmSource:
    values: dict[str, Any] = {
        "id": new_id(),
        "code": "PU-01",
        "name": "Plaza Uruguaya",
        "kind": SourceKind.PANIC_BUTTON,
        "agency": "POL",
        "priority": 1,
        "location": location(),
        "repeat_window_s": 120,
        "expected_days": 7,
    } | fields
    made: AlarmSource = await do(centre, add_source, AddSource(**values), seconds=0)
    return made


async def press(centre: Any, *, seconds: float, **fields: Any) -> Any:
    values: dict[str, Any] = {"id": new_id(), "code": "PU-01"} | fields
    return await do(centre, activate, Activate(**values), seconds=seconds)


async def test_presses_soon_after_each_other_are_one_alarm(centre: Any) -> None:
    source = await a_source(centre)
    first = await press(centre, seconds=10)
    assert (first.kind, first.priority, first.agency) == ("panic_button", 1, "POL")
    assert (first.source_id, first.source_name) == (source.id, source.name)
    assert (first.location, first.count) == (source.location, 1)
    second = await press(centre, seconds=100)
    third = await press(centre, seconds=200)  # within the window of the second
    assert [second.id, third.id] == [first.id, first.id]
    assert (third.count, third.repeated_at) == (3, at(200))
    later = await press(centre, seconds=400)
    assert later.id != first.id
    await assert_picture_is_the_fold(centre)


async def test_a_press_after_the_decision_is_another_alarm(centre: Any) -> None:
    await a_source(centre)
    first = await press(centre, seconds=10)
    order = alarms.DismissAlarm(id=new_id(), alarm_id=first.id, reason="pressed_by_mistake")
    await do(centre, alarms.dismiss_alarm, order, seconds=20)
    assert (await press(centre, seconds=30)).id != first.id


async def test_the_same_press_delivered_twice_is_one(centre: Any) -> None:
    await a_source(centre)
    identity = new_id()
    await press(centre, seconds=10, id=identity)
    again = await press(centre, seconds=11, id=identity)
    assert again.count == 1
    assert (await kinds(centre)).count("alarm.raised") == 1


async def test_sources_are_changed_taken_out_of_use_and_never_doubled(centre: Any) -> None:
    source = await a_source(centre)
    with pytest.raises(Conflict) as taken:
        await a_source(centre, id=new_id())
    assert taken.value.problem_code == "source-code-taken"
    order = ChangeSource(id=new_id(), source_id=source.id, expected_version=1, active=False)
    after = await do(centre, change_source, order)
    assert (after.version, after.active) == (2, False)
    with pytest.raises(StaleVersion):
        await do(centre, change_source, replace(order, active=True))
    with pytest.raises(Conflict):
        await press(centre, seconds=5)
    with pytest.raises(NotFound):
        await press(centre, seconds=5, code="otro")
    with pytest.raises(Invalid):
        await a_source(centre, id=new_id(), code="X", repeat_window_s=-1)
    assert (await kinds(centre)) == ["alarm_source.added", "alarm_source.changed"]


async def test_a_source_that_nobody_hears_of_is_missed_once(centre: Any) -> None:
    source = await a_source(centre)
    day = timedelta(days=1).total_seconds()
    assert state_of(source, now=at(8 * day)) is SourceState.NEVER_HEARD
    for expected in (1, 0):
        async with centre.command() as work:
            found = [await work.alarm_sources.get(source.id)]
            assert await miss_silent(work, found, now=at(8 * day), author=WHO) == expected
    lives = await do(centre, hear, Hear(id=new_id(), code="PU-01"), seconds=9 * day)
    assert state_of(lives, now=at(9 * day)) is SourceState.OK
    assert state_of(lives, now=at(17 * day)) is SourceState.SILENT
    assert (await kinds(centre)).count("alarm.raised") == 1
