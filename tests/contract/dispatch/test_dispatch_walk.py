"""What operators and crews do, from call to close, on the fakes and on PostgreSQL alike."""

from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest

from dispatch.domain.fold import EMPTY, fold
from dispatch.domain.incident import Incident
from dispatch.domain.unit import Unit
from dispatch.ports import GeocodeCandidate
from dispatch.services import alarms, assigning, call_taking, incidents, positions, units, watch
from ops_center.kernel.errors import Conflict, Invalid, NotFound, StaleVersion
from ops_center.kernel.events import Author
from ops_center.kernel.ids import new_id
from tests.builders import DISPATCHER, OTHER_DISPATCHER, T0, a_raw_fix, at, location

WHO = DISPATCHER


async def do(
    centre: Any, service: Any, command: Any, *, seconds: float = 1, who: Author = WHO
) -> Any:
    """One command in its own transaction."""
    async with centre.command() as work:
        return await service(work, command, now=at(seconds), author=who)


async def received(centre: Any, **fields: Any) -> call_taking.Received:
    command = call_taking.ReceiveCall(**({"id": new_id(), "source": "phone"} | fields))
    async with centre.command() as work:
        return await call_taking.receive_call(work, command, now=T0, author=WHO)


async def opened(centre: Any, kind: str = "disturbance", **fields: Any) -> Incident:
    values: dict[str, Any] = {"id": new_id(), "type": kind, "location": location()} | fields
    async with centre.command() as work:
        return await incidents.open_incident(
            work, incidents.OpenIncident(**values), now=T0, author=WHO
        )


async def registered(centre: Any, callsign: str = "L01", **fields: Any) -> Unit:
    values: dict[str, Any] = {
        "id": new_id(),
        "callsign": callsign,
        "agency": "POL",
        "kind": "patrol",
        "in_service": True,
    } | fields
    async with centre.command() as work:
        return await units.register_unit(work, units.RegisterUnit(**values), now=T0, author=WHO)


async def assigned(centre: Any, incident: Incident, *sent: Unit, seconds: float = 5) -> Incident:
    command = assigning.AssignUnits(
        id=new_id(), incident_id=incident.id, unit_ids=tuple(unit.id for unit in sent)
    )
    async with centre.command() as work:
        return await assigning.assign_units(work, command, now=at(seconds), author=WHO)


async def reported(centre: Any, unit: Unit, status: str, *, seconds: float, **fields: Any) -> Unit:
    command = units.ReportStatus(id=new_id(), unit_id=unit.id, status=status, **fields)
    async with centre.command() as work:
        return await units.report_status(work, command, now=at(seconds), author=WHO)


async def the_incident(centre: Any, identity: UUID) -> Incident:
    async with centre.command() as work:
        return await work.incidents.get(identity)


async def kinds(centre: Any) -> list[str]:
    return [one.kind for one in await centre.journal()]


async def assert_picture_is_the_fold(centre: Any) -> None:
    picture = EMPTY
    for one in await centre.journal():
        data = one.data() if callable(one.data) else one.data
        picture = fold(picture, one.kind, one.subject, version=one.version, data=data)
    assert await centre.picture() == picture


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
    for _ in range(2):
        async with centre.command() as work:
            result = await assigning.assign_units(work, command, now=at(5), author=WHO)
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


async def test_merge_moves_calls_and_alarms_and_ends_the_source(centre: Any) -> None:
    call = (await received(centre, location=location())).call
    source = await opened(centre, call_id=call.id)
    alarm = await raised(centre, agency="SEME")
    async with centre.command() as work:
        command = alarms.VerifyAlarm(id=new_id(), alarm_id=alarm.id, incident_id=source.id)
        await alarms.verify_alarm(work, command, now=at(3), author=WHO)
    target = await opened(centre)
    async with centre.command() as work:
        merging = incidents.MergeIncident(id=new_id(), incident_id=source.id, into=target.id)
        merged = await incidents.merge_incident(work, merging, now=at(5), author=WHO)
    assert (merged.call_ids, merged.alarm_ids) == ((call.id,), (alarm.id,))
    assert merged.agencies == ("POL", "SEME")
    await assert_picture_is_the_fold(centre)
    with pytest.raises(Conflict, match="merged"):
        await assigned(centre, source, await registered(centre))


async def test_merge_is_refused_with_units_and_into_itself(centre: Any) -> None:
    source = await assigned(centre, await opened(centre), await registered(centre))
    target = await opened(centre)
    for into, error in ((target.id, Conflict), (source.id, Invalid)):
        merging = incidents.MergeIncident(id=new_id(), incident_id=source.id, into=into)
        with pytest.raises(error):
            await do(centre, incidents.merge_incident, merging)


async def test_change_with_an_old_version_is_refused(centre: Any) -> None:
    incident = await opened(centre)
    change = incidents.ChangeIncident(
        id=new_id(), incident_id=incident.id, expected_version=1, narrative="Dos personas"
    )
    async with centre.command() as work:
        changed = await incidents.change_incident(work, change, now=at(1), author=WHO)
    assert (changed.version, changed.narrative) == (2, "Dos personas")
    with pytest.raises(StaleVersion) as refused:
        await do(centre, incidents.change_incident, change)
    assert refused.value.extra["current"] == 2
    await assert_picture_is_the_fold(centre)


async def test_a_graver_type_raises_the_priority_and_a_lighter_one_keeps_it(centre: Any) -> None:
    incident = await opened(centre, "noise")
    seen = []
    for kind in ("robbery_in_progress", "noise"):
        change = incidents.ChangeIncident(id=new_id(), incident_id=incident.id, type=kind)
        async with centre.command() as work:
            changed = await incidents.change_incident(work, change, now=at(1), author=WHO)
        seen.append((changed.type, changed.priority, changed.plan.requirements[0].count))
    assert seen == [("robbery_in_progress", 1, 2), ("noise", 1, 1)]
    await assert_picture_is_the_fold(centre)


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


async def raised(centre: Any, **fields: Any) -> Any:
    values: dict[str, Any] = {
        "id": new_id(),
        "kind": "intrusion",
        "priority": 2,
        "agency": "POL",
        "detected_at": T0,
        "location": location(),
    } | fields
    async with centre.command() as work:
        return await alarms.raise_alarm(work, alarms.RaiseAlarm(**values), now=T0, author=WHO)


async def test_alarm_verified_by_a_person_opens_an_incident_with_it(centre: Any) -> None:
    alarm = await raised(centre, snapshot_sha256="9f" * 32, agency="SEME")
    assert alarm.snapshot.url == f"/api/v1/alarms/{alarm.id}/snapshot.jpg"
    async with centre.command() as work:
        seeing = alarms.AcknowledgeAlarm(id=new_id(), alarm_id=alarm.id)
        await alarms.acknowledge_alarm(work, seeing, now=at(1), author=WHO)
    async with centre.command() as work:
        command = alarms.VerifyAlarm(id=new_id(), alarm_id=alarm.id, type="camera_alarm")
        done = await alarms.verify_alarm(work, command, now=at(2), author=WHO)
    assert (done.alarm.state, done.alarm.by) == ("verified", "despacho1")
    assert done.incident.alarm_ids == (alarm.id,)
    assert done.incident.agencies == ("POL", "SEME")
    assert done.incident.location == location()
    await assert_picture_is_the_fold(centre)
    dismissing = alarms.DismissAlarm(id=new_id(), alarm_id=alarm.id, reason="animal")
    with pytest.raises(Conflict, match="already verified"):
        await do(centre, alarms.dismiss_alarm, dismissing)


async def test_dismissed_alarm_leaves_the_picture_with_its_reason(centre: Any) -> None:
    alarm = await raised(centre)
    async with centre.command() as work:
        dismissing = alarms.DismissAlarm(id=new_id(), alarm_id=alarm.id, reason="animal")
        gone = await alarms.dismiss_alarm(work, dismissing, now=at(3), author=WHO)
    assert (gone.state, gone.reason) == ("dismissed", "animal")
    assert (await centre.picture())["alarms"] == {}
    wrong = alarms.DismissAlarm(id=new_id(), alarm_id=alarm.id, reason="because")
    with pytest.raises(Invalid):
        await do(centre, alarms.dismiss_alarm, wrong)


async def test_emergency_raises_one_alarm_per_undecided_cry_for_help(centre: Any) -> None:
    unit = await registered(centre)
    await moved(centre, unit, a_raw_fix(0, east_m=50))
    for _ in range(2):
        async with centre.command() as work:
            crying = units.DeclareEmergency(id=new_id(), unit_id=unit.id)
            await units.declare_emergency(work, crying, now=at(9), author=WHO)
    [alarm] = (await centre.picture())["alarms"].values()
    assert (alarm["kind"], alarm["priority"], alarm["reason"]) == ("unit_emergency", 1, "L01")
    assert alarm["location"]["uncertainty_m"] == 5.0
    await dismissed(centre, alarm["id"])
    async with centre.command() as work:
        crying = units.DeclareEmergency(id=new_id(), unit_id=unit.id)
        await units.declare_emergency(work, crying, now=at(20), author=WHO)
    assert len((await centre.picture())["alarms"]) == 1
    async with centre.command() as work:
        calm = units.ClearEmergency(id=new_id(), unit_id=unit.id, reason="Error")
        assert not (await units.clear_emergency(work, calm, now=at(30), author=WHO)).emergency
    await assert_picture_is_the_fold(centre)


async def dismissed(centre: Any, alarm_id: str) -> None:
    async with centre.command() as work:
        command = alarms.DismissAlarm(
            id=new_id(), alarm_id=UUID(alarm_id), reason="pressed_by_mistake"
        )
        await alarms.dismiss_alarm(work, command, now=at(10), author=WHO)


async def moved(centre: Any, unit: Unit, *fixes: Any, seconds: float = 60) -> Any:
    batch = positions.UnitFixes(unit_id=unit.id, fixes=fixes)
    async with centre.command() as work:
        command = positions.ReportPositions(id=new_id(), batches=(batch,))
        return (await positions.report_positions(work, command, now=at(seconds)))[0]


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
        advice = await assigning.recommend(work, incident.id, now=at(600))
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
        advice = await assigning.recommend(work, incident.id, now=at(30))
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


async def test_changed_unit_keeps_what_it_does(centre: Any) -> None:
    unit = await registered(centre)
    await assigned(centre, await opened(centre), unit)
    async with centre.command() as work:
        command = units.ChangeUnit(id=new_id(), unit_id=unit.id, callsign="L99", kind="motorcycle")
        after = await units.change_unit(work, command, now=at(9), author=WHO)
    assert (after.callsign, after.kind, after.activity) == ("L99", "motorcycle", "dispatched")
    await assert_picture_is_the_fold(centre)


async def test_notes_are_appended_once_and_even_after_closing(centre: Any) -> None:
    incident = await opened(centre)
    command = incidents.NoteIncident(id=new_id(), incident_id=incident.id, text=" Dos heridos ")
    for _ in range(2):
        async with centre.command() as work:
            noted = await incidents.note_incident(work, command, now=at(1), author=WHO)
    assert [note.text for note in noted.notes] == ["Dos heridos"]
    async with centre.command() as work:
        closing = incidents.CloseIncident(
            id=new_id(), incident_id=incident.id, disposition="resolved", expected_version=2
        )
        await incidents.close_incident(work, closing, now=at(2), author=WHO)
    async with centre.command() as work:
        late = incidents.NoteIncident(id=new_id(), incident_id=incident.id, text="Parte N.º 12")
        after = await incidents.note_incident(work, late, now=at(3), author=WHO)
    assert len(after.notes) == 2
    await assert_picture_is_the_fold(centre)


async def test_unknown_ids_are_not_found(centre: Any) -> None:
    taking = call_taking.TakeCall(id=new_id(), call_id=new_id())
    with pytest.raises(NotFound):
        await do(centre, call_taking.take_call, taking)
