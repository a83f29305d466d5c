"""Alarms and cries for help, on the fakes and on PostgreSQL alike."""

from typing import Any
from uuid import UUID

import pytest

from dispatch.domain.unit import Unit
from dispatch.services import alarms, emergencies
from ops_center.kernel.errors import Conflict, Invalid
from ops_center.kernel.ids import new_id
from tests.builders import a_raw_fix, at, location
from tests.dispatch_acts import (
    WHO,
    assert_picture_is_the_fold,
    dismissed,
    do,
    moved,
    raised,
    registered,
)


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
            crying = emergencies.DeclareEmergency(id=new_id(), unit_id=unit.id)
            await emergencies.declare_emergency(work, crying, now=at(9), author=WHO)
    [alarm] = (await centre.picture())["alarms"].values()
    assert (alarm["kind"], alarm["priority"], alarm["reason"]) == ("unit_emergency", 1, "L01")
    assert alarm["location"]["uncertainty_m"] == 5.0
    await dismissed(centre, alarm["id"])
    async with centre.command() as work:
        crying = emergencies.DeclareEmergency(id=new_id(), unit_id=unit.id)
        await emergencies.declare_emergency(work, crying, now=at(20), author=WHO)
    assert len((await centre.picture())["alarms"]) == 1
    async with centre.command() as work:
        calm = emergencies.ClearEmergency(id=new_id(), unit_id=unit.id, reason="Error")
        assert not (await emergencies.clear_emergency(work, calm, now=at(30), author=WHO)).emergency
    await assert_picture_is_the_fold(centre)


async def test_a_cry_for_help_after_the_emergency_ended_sounds_anew(centre: Any) -> None:
    unit = await registered(centre)

    async def press(seconds: float) -> Unit:
        crying = emergencies.DeclareEmergency(id=new_id(), unit_id=unit.id)
        told: Unit = await do(centre, emergencies.declare_emergency, crying, seconds=seconds)
        return told

    async def hear(alarm_id: str, seconds: float) -> Unit:
        heard = emergencies.AcknowledgeEmergency(
            id=new_id(), unit_id=unit.id, alarm_id=UUID(alarm_id), by=WHO.name
        )
        told: Unit = await do(centre, emergencies.acknowledge_emergency, heard, seconds=seconds)
        return told

    await press(1)
    [first] = (await centre.picture())["alarms"]
    seeing = alarms.AcknowledgeAlarm(id=new_id(), alarm_id=UUID(first))
    await do(centre, alarms.acknowledge_alarm, seeing, seconds=2)
    assert (await hear(first, 2)).emergency_acknowledged_by == WHO.name
    assert (await press(3)).emergency_acknowledged_by == WHO.name
    assert len((await centre.picture())["alarms"]) == 1
    calm = emergencies.ClearEmergency(id=new_id(), unit_id=unit.id, reason="A salvo")
    await do(centre, emergencies.clear_emergency, calm, seconds=10)

    assert (await press(60)).emergency_acknowledged_by is None
    await press(61)
    told = (await centre.picture())["alarms"]
    [second] = told.keys() - {first}
    assert [told[one]["state"] for one in (first, second)] == ["acknowledged", "raised"]
    assert (await hear(first, 62)).emergency_acknowledged_by is None
    assert (await hear(second, 63)).emergency_acknowledged_by == WHO.name
    await assert_picture_is_the_fold(centre)
