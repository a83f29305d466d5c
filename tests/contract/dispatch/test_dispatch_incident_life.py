"""Merged and brought back, split, reopened, scheduled, handed over: in memory and on PostgreSQL."""

from datetime import timedelta
from typing import Any

import pytest

from dispatch.domain.incident import Incident, IncidentStatus
from dispatch.domain.incident_parts import LinkKind
from dispatch.services import (
    assigning,
    call_taking,
    incident_joining,
    incident_life,
    incidents,
    units,
    watch,
)
from ops_center.kernel.errors import Conflict, Invalid
from ops_center.kernel.ids import new_id
from tests.builders import OTHER_DISPATCHER, T0, at, location
from tests.dispatch_acts import (
    assert_picture_is_the_fold,
    assigned,
    do,
    kinds,
    opened,
    raised,
    received,
    registered,
    the_incident,
)


async def opened_by_call(centre: Any, **fields: Any) -> Incident:
    call = (await received(centre, location=location())).call
    return await opened(centre, call_id=call.id, **fields)


async def joined(centre: Any, incident: Incident) -> Any:
    """One more call of the incident."""
    call = (await received(centre)).call
    command = call_taking.LinkCall(id=new_id(), call_id=call.id, incident_id=incident.id)
    await do(centre, call_taking.link_call, command)
    return call.id


async def merged(centre: Any, source: Incident, into: Incident) -> Incident:
    command = incident_joining.MergeIncident(id=new_id(), incident_id=source.id, into=into.id)
    after: Incident = await do(centre, incident_joining.merge_incident, command)
    return after


async def unmerged(centre: Any, source: Incident) -> Incident:
    command = incident_joining.UnmergeIncident(
        id=new_id(), incident_id=source.id, reason="Otro lugar"
    )
    after: Incident = await do(centre, incident_joining.unmerge_incident, command)
    return after


async def closed(centre: Any, incident: Incident) -> Incident:
    command = incidents.CloseIncident(id=new_id(), incident_id=incident.id, disposition="resolved")
    after: Incident = await do(centre, incidents.close_incident, command, seconds=60)
    return after


async def reopened(centre: Any, incident: Incident, *, seconds: float = 120) -> Incident:
    command = incident_life.ReopenIncident(
        id=new_id(), incident_id=incident.id, reason="Volvieron a llamar"
    )
    after: Incident = await do(centre, incident_life.reopen_incident, command, seconds=seconds)
    return after


async def test_unmerge_gives_back_what_came_and_leaves_what_joined_meanwhile(centre: Any) -> None:
    source = await opened_by_call(centre)
    target = await opened_by_call(centre)
    alarm = await raised(centre)
    with_alarm = await opened(centre, alarm_id=alarm.id)
    await merged(centre, with_alarm, source)
    before = await the_incident(centre, source.id)
    into = await merged(centre, before, target)
    assert into.merged_from == (source.id,)
    late = await joined(centre, into)
    back = await unmerged(centre, source)
    assert (back.call_ids, back.alarm_ids) == (before.call_ids, before.alarm_ids)
    assert (back.status, back.merged_into) == (IncidentStatus.NEW, None)
    kept = await the_incident(centre, target.id)
    assert (kept.call_ids, kept.alarm_ids) == ((*target.call_ids, late), ())
    assert kept.merged_from == ()
    await assert_picture_is_the_fold(centre)


async def test_merging_with_a_protected_incident_protects_both_ways(centre: Any) -> None:
    for first, second in ((True, False), (False, True)):
        source = await opened(centre, protected=first)
        into = await opened(centre, protected=second)
        await merged(centre, source, into)
        both = [await the_incident(centre, one.id) for one in (source, into)]
        assert [one.protected for one in both] == [True, True]
        await assert_picture_is_the_fold(centre)


async def test_units_stay_where_they_are_when_an_incident_is_brought_back(centre: Any) -> None:
    source, target = await opened_by_call(centre), await opened_by_call(centre)
    await merged(centre, source, target)
    unit = await registered(centre)
    await assigned(centre, await the_incident(centre, target.id), unit)
    back = await unmerged(centre, source)
    assert back.active == ()
    assert [a.unit_id for a in (await the_incident(centre, target.id)).active] == [unit.id]
    await assert_picture_is_the_fold(centre)


async def test_what_is_not_merged_or_went_on_elsewhere_is_not_brought_back(centre: Any) -> None:
    one, two, three = [await opened_by_call(centre) for _ in range(3)]
    with pytest.raises(Conflict, match="not merged"):
        await unmerged(centre, one)
    await merged(centre, one, two)
    await merged(centre, await the_incident(centre, two.id), three)
    with pytest.raises(Conflict, match="merged into another"):
        await unmerged(centre, one)
    await unmerged(centre, two)
    back = await unmerged(centre, one)
    assert back.call_ids == one.call_ids
    await assert_picture_is_the_fold(centre)


async def test_split_opens_a_new_incident_with_those_calls_where_they_are(centre: Any) -> None:
    incident = await opened_by_call(centre)
    far = (await received(centre, location=location(east_m=900))).call
    link = call_taking.LinkCall(id=new_id(), call_id=far.id, incident_id=incident.id)
    await do(centre, call_taking.link_call, link)
    command = incident_joining.SplitIncident(
        id=new_id(),
        incident_id=incident.id,
        reason="Es otra cosa",
        call_ids=(far.id,),
        type="noise",
    )
    new = await do(centre, incident_joining.split_incident, command)
    again = await do(centre, incident_joining.split_incident, command)
    assert (new.id, again.id) == (command.id, command.id)
    assert (new.split_from, new.call_ids, new.type) == (incident.id, (far.id,), "noise")
    assert new.location == location(east_m=900)
    assert (await the_incident(centre, incident.id)).call_ids == incident.call_ids
    await assert_picture_is_the_fold(centre)


async def test_only_what_is_the_incidents_own_can_be_split_off(centre: Any) -> None:
    incident = await opened_by_call(centre)
    strange = (await received(centre)).call
    for ids, words in (((), "Name the calls"), ((strange.id,), "Not part of")):
        command = incident_joining.SplitIncident(
            id=new_id(), incident_id=incident.id, reason="Aparte", call_ids=ids
        )
        with pytest.raises(Invalid, match=words):
            await do(centre, incident_joining.split_incident, command)


async def test_reopened_comes_back_whole_and_stays_open(centre: Any) -> None:
    alarm = await raised(centre)
    incident = await opened_by_call(centre, alarm_id=alarm.id)
    unit = await registered(centre)
    await assigned(centre, incident, unit)
    for seconds, status in ((10, "en_route"), (20, "on_scene")):
        report = units.ReportStatus(id=new_id(), unit_id=unit.id, status=status)
        await do(centre, units.report_status, report, seconds=seconds)
    release = assigning.ReleaseUnits(
        id=new_id(), incident_id=incident.id, unit_ids=(unit.id,), reason="Fin"
    )
    await do(centre, assigning.release_units, release, seconds=30)
    await closed(centre, incident)
    with pytest.raises(Conflict, match="closed"):
        await assigned(centre, await the_incident(centre, incident.id), unit)
    after = await reopened(centre, incident)
    assert (after.status, after.disposition, after.closed_at) == (IncidentStatus.NEW, None, None)
    assert after.reopened_at == at(120)
    await assert_picture_is_the_fold(centre)
    for seconds in (125, 4_000, 90_000):
        async with centre.command() as work:
            await watch.watch(work, now=at(seconds))
        assert not (await the_incident(centre, incident.id)).is_over
    assert (await kinds(centre)).count("incident.closed") == 1
    with pytest.raises(Conflict, match="not closed"):
        await reopened(centre, incident)
    await assert_picture_is_the_fold(centre)


async def test_the_clock_for_no_unit_starts_anew_at_the_reopening(centre: Any) -> None:
    incident = await opened(centre, "robbery_in_progress")
    await closed(centre, incident)
    await reopened(centre, incident, seconds=1_000)
    async with centre.command() as work:
        await watch.watch(work, now=at(1_010))
    assert not (await the_incident(centre, incident.id)).overdue
    async with centre.command() as work:
        await watch.watch(work, now=at(1_000 + 24 * 3600))
    assert (await the_incident(centre, incident.id)).overdue


async def test_scheduled_holds_no_unit_until_its_time(centre: Any) -> None:
    later = T0 + timedelta(hours=2)
    incident = await opened(centre, scheduled_for=later)
    assert (incident.status, incident.scheduled_for) == (IncidentStatus.SCHEDULED, later)
    unit = await registered(centre)
    with pytest.raises(Conflict, match="scheduled for later") as refused:
        await assigned(centre, incident, unit)
    assert refused.value.problem_code == "incident-scheduled"
    async with centre.command() as work:
        await watch.watch(work, now=later - timedelta(seconds=1))
    waiting = await the_incident(centre, incident.id)
    assert (waiting.status, waiting.overdue) == (IncidentStatus.SCHEDULED, False)
    async with centre.command() as work:
        await watch.watch(work, now=later)
    begun = await the_incident(centre, incident.id)
    assert (begun.status, begun.overdue) == (IncidentStatus.NEW, False)
    async with centre.command() as work:
        await watch.watch(work, now=later)
    assert (await kinds(centre)).count("incident.came_due") == 1
    await assigned(centre, begun, unit, seconds=7_300)
    await assert_picture_is_the_fold(centre)


async def test_scheduled_is_moved_started_or_called_off(centre: Any) -> None:
    incident = await opened(centre, scheduled_for=T0 + timedelta(hours=2))
    later = T0 + timedelta(hours=5)
    move = incidents.ChangeIncident(id=new_id(), incident_id=incident.id, scheduled_for=later)
    assert (await do(centre, incidents.change_incident, move)).scheduled_for == later
    past = incidents.ChangeIncident(id=new_id(), incident_id=incident.id, scheduled_for=T0)
    with pytest.raises(Invalid, match="lies ahead"):
        await do(centre, incidents.change_incident, past)
    start = incident_life.StartIncident(id=new_id(), incident_id=incident.id)
    assert (await do(centre, incident_life.start_incident, start)).status is IncidentStatus.NEW
    with pytest.raises(Conflict, match="no time to wait for"):
        await do(centre, incident_life.start_incident, start)
    other = await opened(centre, scheduled_for=later)
    assert (await closed(centre, other)).status is IncidentStatus.CLOSED
    async with centre.command() as work:
        await watch.watch(work, now=later)
    assert (await the_incident(centre, other.id)).status is IncidentStatus.CLOSED
    await assert_picture_is_the_fold(centre)


async def test_links_are_seen_from_both_and_never_form_a_circle(centre: Any) -> None:
    one, two, three = [await opened(centre) for _ in range(3)]

    async def tie(here: Incident, there: Incident, kind: LinkKind) -> Incident:
        command = incident_joining.LinkIncidents(
            id=new_id(), incident_id=here.id, other_id=there.id, kind=kind
        )
        after: Incident = await do(centre, incident_joining.link_incidents, command)
        return after

    await tie(one, two, LinkKind.PARENT)
    await tie(three, two, LinkKind.RELATED)
    await tie(three, two, LinkKind.CHILD)
    links = (await the_incident(centre, two.id)).links
    seen = {link.incident_id: link.kind for link in links}
    assert seen == {one.id: LinkKind.CHILD, three.id: LinkKind.PARENT}
    with pytest.raises(Conflict, match="circle"):
        await tie(one, three, LinkKind.CHILD)
    with pytest.raises(Conflict, match="part of another one"):
        await tie(three, one, LinkKind.CHILD)
    unlink = incident_joining.UnlinkIncidents(id=new_id(), incident_id=two.id, other_id=one.id)
    await do(centre, incident_joining.unlink_incidents, unlink)
    assert (await the_incident(centre, one.id)).links == ()
    await assert_picture_is_the_fold(centre)


async def test_all_of_somebodys_incidents_go_to_another_in_one_command(centre: Any) -> None:
    mine = [await opened(centre) for _ in range(3)]
    for incident in mine:
        own = incident_life.OwnIncident(id=new_id(), incident_id=incident.id, owner="ana")
        await do(centre, incident_life.own_incident, own)
    await closed(centre, mine[2])
    command = incident_life.HandOver(id=new_id(), giver="ana", owner="luis", note="Turno noche")
    given = await do(centre, incident_life.hand_over, command, who=OTHER_DISPATCHER)
    assert ({one.id for one in given.given}, given.left) == ({mine[0].id, mine[1].id}, 0)
    assert [(await the_incident(centre, one.id)).owner for one in mine] == ["luis", "luis", "ana"]
    one = incident_life.HandOver(
        id=new_id(), giver="ana", owner="eva", note="Sola", incident_ids=(mine[0].id,)
    )
    await do(centre, incident_life.hand_over, one)
    assert (await the_incident(centre, mine[0].id)).owner == "eva"
    await assert_picture_is_the_fold(centre)


async def test_a_merge_with_a_protected_incident_protects_the_whole(centre: Any) -> None:
    source = await opened_by_call(centre, kind="family_violence")
    target = await opened_by_call(centre)
    assert (source.protected, target.protected) == (True, False)
    assert (await merged(centre, source, target)).protected
    change = incidents.ChangeIncident(id=new_id(), incident_id=target.id, type="noise")
    assert (await do(centre, incidents.change_incident, change)).protected
    other = await opened(centre)
    graver = incidents.ChangeIncident(id=new_id(), incident_id=other.id, type="family_violence")
    assert (await do(centre, incidents.change_incident, graver)).protected
    await assert_picture_is_the_fold(centre)
