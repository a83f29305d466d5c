"""Calls, and what becomes of them, on the fakes and on PostgreSQL alike."""

from dataclasses import replace
from typing import Any

import pytest

from dispatch.ports import GeocodeCandidate
from dispatch.services import alarms, assigning, call_taking, incident_joining, incidents, watch
from ops_center.kernel.errors import Conflict, Invalid, NotFound
from ops_center.kernel.events import Author
from ops_center.kernel.ids import new_id
from tests.builders import DISPATCHER, OTHER_DISPATCHER, at, location
from tests.dispatch_acts import (
    WHO,
    assert_picture_is_the_fold,
    assigned,
    do,
    kinds,
    opened,
    raised,
    received,
    registered,
    reported,
    the_incident,
)


class Noting:
    """A port that does what it does, and notes which of it was asked for."""

    def __init__(self, port: Any, name: str, notes: list[str]) -> None:
        self._port, self._name, self._notes = port, name, notes

    def __getattr__(self, method: str) -> Any:
        self._notes.append(f"{self._name}.{method}")
        return getattr(self._port, method)


async def test_call_becomes_incident_and_units_are_led_to_its_end(centre: Any) -> None:
    call = (await received(centre, location=location(), narrative="Pelea")).call
    incident = await opened(centre, call_id=call.id, location=None)
    unit = await registered(centre)
    incident = await assigned(centre, incident, unit)
    assert (incident.status, incident.active[0].callsign) == ("dispatched", "L01")
    for seconds, status in enumerate(["acknowledged", "en_route", "on_scene"], start=10):
        await reported(centre, unit, status, seconds=seconds)
    assert (await the_incident(centre, incident.id)).status == "on_scene"
    free = await reported(centre, unit, "clear", seconds=20)
    assert (free.availability, free.assignment) == ("available", None)
    await assert_picture_is_the_fold(centre)
    async with centre.command() as work:
        closing = incidents.CloseIncident(
            id=new_id(), incident_id=incident.id, disposition="resolved"
        )
        await incidents.close_incident(work, closing, now=at(30), author=WHO)
    assert await kinds(centre) == [
        "call.received",
        "incident.opened",
        "call.linked",
        "unit.registered",
        "unit.assigned",
        "incident.progressed",
        "unit.status_changed",
        "unit.status_changed",
        "incident.progressed",
        "unit.status_changed",
        "incident.progressed",
        "unit.released",
        "incident.closed",
    ]
    await assert_picture_is_the_fold(centre)
    assert list((await centre.picture())["units"]) == [str(unit.id)]


async def test_same_command_twice_is_one_call_one_incident_one_order(centre: Any) -> None:
    identity = new_id()
    first = await received(centre, id=identity, location=location())
    again = await received(centre, id=identity, location=location())
    assert again.call == first.call
    incident = await opened(centre, id=new_id())
    assert await opened(centre, id=incident.id) == incident
    unit = await registered(centre)
    command = assigning.AssignUnits(id=new_id(), incident_id=incident.id, unit_ids=(unit.id,))
    await do(centre, assigning.assign_units, command)
    result = await do(centre, assigning.assign_units, command)
    assert len(result.assignments) == 1
    assert (await kinds(centre)).count("unit.assigned") == 1


async def test_numbers_count_per_kind_in_the_citys_year(centre: Any) -> None:
    numbers = [(await received(centre)).call.number for _ in range(2)]
    assert [*numbers, (await opened(centre)).number] == [
        "2026-000001",
        "2026-000002",
        "2026-000001",
    ]


async def test_a_failed_command_leaves_no_number_behind(centre: Any) -> None:
    with pytest.raises(Invalid):
        await opened(centre, "no_such_type")
    assert (await opened(centre)).number == "2026-000001"


async def test_merge_moves_calls_and_alarms_and_ends_the_source(centre: Any) -> None:
    call = (await received(centre, location=location())).call
    source = await opened(centre, call_id=call.id)
    alarm = await raised(centre, agency="SEME")
    async with centre.command() as work:
        command = alarms.VerifyAlarm(id=new_id(), alarm_id=alarm.id, incident_id=source.id)
        await alarms.verify_alarm(work, command, now=at(3), author=WHO)
    target = await opened(centre)
    async with centre.command() as work:
        merging = incident_joining.MergeIncident(id=new_id(), incident_id=source.id, into=target.id)
        merged = await incident_joining.merge_incident(work, merging, now=at(5), author=WHO)
    assert (merged.call_ids, merged.alarm_ids) == ((call.id,), (alarm.id,))
    assert merged.agencies == ("POL", "SEME")
    await assert_picture_is_the_fold(centre)
    with pytest.raises(Conflict, match="merged"):
        await assigned(centre, source, await registered(centre))


async def test_one_of_two_call_takers_gets_the_call(centre: Any) -> None:
    call = (await received(centre)).call

    async def take(who: Author) -> None:
        async with centre.command() as work:
            taking = call_taking.TakeCall(id=new_id(), call_id=call.id)
            await call_taking.take_call(work, taking, now=at(1), author=who)

    await take(DISPATCHER)
    await take(DISPATCHER)
    with pytest.raises(Conflict) as refused:
        await take(OTHER_DISPATCHER)
    assert refused.value.extra["taken_by"] == "despacho1"
    assert (await kinds(centre)).count("call.taken") == 1


async def test_call_is_saved_when_the_map_is_down(centre: Any) -> None:
    centre.geocoder.down = True
    answer = await received(centre, address_text="Palma casi Alberdi")
    assert (answer.call.location, answer.call.address_text) == (None, "Palma casi Alberdi")


async def test_words_that_fit_one_place_locate_the_call(centre: Any) -> None:
    corner = GeocodeCandidate(
        label="Palma y Alberdi", kind="intersection", location=location(), score=0.9
    )
    centre.geocoder.known["Palma casi Alberdi"] = [corner]
    answer = await received(centre, address_text="Palma casi Alberdi")
    assert (answer.call.address, answer.call.location) == ("Palma y Alberdi", location())
    assert answer.candidates == (corner,)


async def test_words_that_fit_two_places_are_left_to_a_person(centre: Any) -> None:
    twins = [
        GeocodeCandidate(
            label=f"San José {n}", kind="street", location=location(east_m=n * 3000), score=0.9
        )
        for n in range(2)
    ]
    centre.geocoder.known["San José"] = twins
    answer = await received(centre, address_text="San José")
    assert (answer.call.location, len(answer.candidates)) == (None, 2)
    command = call_taking.LocateCall(id=new_id(), call_id=answer.call.id, address_text="San José")
    with pytest.raises(Invalid) as refused:
        await do(centre, call_taking.locate_call, command)
    assert refused.value.problem_code == "address-ambiguous"


async def test_answer_that_calls_itself_uncertain_never_places_the_call(centre: Any) -> None:
    guess = GeocodeCandidate(
        label="Palma", kind="street", location=location(), score=0.95, certain=False
    )
    centre.geocoder.known["Palma 505"] = [guess]
    answer = await received(centre, address_text="Palma 505")
    assert (answer.call.location, answer.candidates) == (None, (guess,))


async def test_call_is_saved_when_the_words_cannot_be_read(centre: Any) -> None:
    centre.geocoder.unreadable.add("??")
    answer = await received(centre, address_text="??")
    assert (answer.call.location, answer.call.address_text) == (None, "??")


async def test_near_open_incident_is_offered_as_duplicate_and_a_far_one_is_not(
    centre: Any,
) -> None:
    near = await opened(centre, location=location(east_m=100))
    await opened(centre, location=location(east_m=900))
    answer = await received(centre, location=location())
    [offered] = answer.possible_duplicates
    assert (offered.incident_id, offered.reason) == (near.id, "same_place")
    assert offered.distance_m == pytest.approx(100, abs=1)


async def test_caller_who_calls_again_is_offered_the_incident_of_before(centre: Any) -> None:
    call = (await received(centre, caller_number="+595981")).call
    incident = await opened(centre, call_id=call.id, location=location(east_m=9000))
    answer = await received(centre, caller_number="+595981", location=location())
    assert [(d.incident_id, d.reason) for d in answer.possible_duplicates] == [
        (incident.id, "same_caller")
    ]


async def test_the_number_of_a_call_is_taken_last_because_others_wait_for_it(centre: Any) -> None:
    call = (await received(centre, caller_number="+595981")).call
    incident = await opened(centre, call_id=call.id)
    notes: list[str] = []
    command = call_taking.ReceiveCall(
        id=new_id(), source="phone", caller_number="+595981", location=location()
    )
    async with centre.command() as work:
        noted = {
            name: Noting(getattr(work, name), name, notes)
            for name in ("calls", "incidents", "numbers", "geocoder", "zones")
        }
        answer = await call_taking.receive_call(
            replace(work, **noted), command, now=at(1), author=WHO
        )
    assert notes[-2:] == ["numbers.next", "calls.add"]
    assert "incidents.open_near" in notes
    assert [one.incident_id for one in answer.possible_duplicates] == [incident.id]
    assert answer.call.number.endswith("-000002")


async def test_linked_call_cannot_be_closed_or_linked_elsewhere(centre: Any) -> None:
    call = (await received(centre)).call
    await opened(centre, call_id=call.id)
    other = await opened(centre)
    closing = call_taking.CloseCall(id=new_id(), call_id=call.id, disposition="silent")
    with pytest.raises(Conflict, match="ends with it"):
        await do(centre, call_taking.close_call, closing)
    linking = call_taking.LinkCall(id=new_id(), call_id=call.id, incident_id=other.id)
    with pytest.raises(Conflict, match="another incident"):
        await do(centre, call_taking.link_call, linking)


async def test_silent_call_is_closed_and_leaves_the_picture(centre: Any) -> None:
    call = (await received(centre)).call
    async with centre.command() as work:
        closing = call_taking.CloseCall(id=new_id(), call_id=call.id, disposition="silent")
        await call_taking.close_call(work, closing, now=at(1), author=WHO)
    assert (await centre.picture())["calls"] == {}
    await assert_picture_is_the_fold(centre)


async def test_incident_whose_units_were_called_off_waits_again(centre: Any) -> None:
    unit = await registered(centre)
    incident = await assigned(centre, await opened(centre, "robbery_in_progress"), unit)
    async with centre.command() as work:
        command = assigning.ReleaseUnits(
            id=new_id(), incident_id=incident.id, unit_ids=(unit.id,), reason="Otro más grave"
        )
        left = await assigning.release_units(work, command, now=at(100), author=WHO)
    assert left.status == "new"
    async with centre.command() as work:
        assert (await watch.watch(work, now=at(159))).incidents == 0
        assert (await watch.watch(work, now=at(160))).incidents == 1
    await assert_picture_is_the_fold(centre)


async def test_two_units_cannot_bear_one_callsign(centre: Any) -> None:
    await registered(centre, "L01")
    with pytest.raises(Conflict) as refused:
        await registered(centre, "L01")
    assert refused.value.problem_code == "callsign-taken"


async def test_unknown_ids_are_not_found(centre: Any) -> None:
    taking = call_taking.TakeCall(id=new_id(), call_id=new_id())
    with pytest.raises(NotFound):
        await do(centre, call_taking.take_call, taking)
