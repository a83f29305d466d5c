"""Command of major incidents, files and notes of places, in memory and on PostgreSQL alike."""

from datetime import timedelta
from typing import Any

import pytest

from dispatch.domain.attaching import ACCEPTED
from dispatch.domain.incident import Incident
from dispatch.domain.incident_parts import NoteKind, TaskState
from dispatch.domain.premise import PremiseKind
from dispatch.services import attaching, incident_command, incidents, premises
from ops_center.kernel.errors import Conflict, Invalid, NotFound, StaleVersion
from ops_center.kernel.ids import new_id
from tests.builders import T0, location
from tests.dispatch_acts import (
    assert_picture_is_the_fold,
    assigned,
    do,
    kinds,
    opened,
    registered,
    the_incident,
)

JPEG = ACCEPTED[0]


async def commanded(centre: Any, incident: Incident, **fields: Any) -> Incident:
    command = incident_command.CommandIncident(id=new_id(), incident_id=incident.id, **fields)
    after: Incident = await do(centre, incident_command.command_incident, command)
    return after


async def with_task(centre: Any, incident: Incident, **fields: Any) -> Incident:
    command = incident_command.SetTask(id=new_id(), incident_id=incident.id, **fields)
    after: Incident = await do(centre, incident_command.set_task, command)
    return after


async def noted(centre: Any, **fields: Any) -> Any:
    values: dict[str, Any] = {
        "id": new_id(),
        "kind": PremiseKind.HAZARD,
        "title": "Garrafas",
        "text": "Depósito de gas en el patio",
        "location": location(uncertainty_m=5),
        "radius_m": 60.0,
    }
    return await do(centre, premises.add_premise, premises.AddPremise(**values | fields))


async def test_a_major_incident_is_led_divided_and_ended(centre: Any) -> None:
    incident = await opened(centre)
    with pytest.raises(Conflict, match="not a major"):
        await with_task(centre, incident, text="Evacuar")
    await commanded(centre, incident, commander="Cap. Benítez")
    await commanded(centre, incident, post="Escuela", post_location=location(east_m=100))
    sector = incident_command.SetSector(id=new_id(), incident_id=incident.id, name="Norte")
    await do(centre, incident_command.set_sector, sector)
    renamed = incident_command.SetSector(
        id=new_id(), incident_id=incident.id, sector_id=sector.id, supervisor="Ruiz"
    )
    await do(centre, incident_command.set_sector, renamed)
    after = await with_task(centre, incident, text="Evacuar", sector_id=sector.id)
    assert after.major is not None
    task = after.major.tasks[0]
    doing = await with_task(centre, incident, task_id=task.id, state=TaskState.DOING)
    assert doing.major is not None
    assert (doing.major.commander, doing.major.post) == ("Cap. Benítez", "Escuela")
    assert [(one.name, one.supervisor) for one in doing.major.sectors] == [("Norte", "Ruiz")]
    assert [(one.text, one.state) for one in doing.major.tasks] == [("Evacuar", TaskState.DOING)]
    await assert_picture_is_the_fold(centre)
    assert (await the_incident(centre, incident.id)).major == doing.major
    end = incident_command.EndCommand(id=new_id(), incident_id=incident.id)
    assert (await do(centre, incident_command.end_command, end)).major is None
    await assert_picture_is_the_fold(centre)


async def test_a_task_is_given_to_a_unit_that_was_sent_and_a_sector_that_is_there(
    centre: Any,
) -> None:
    incident = await opened(centre)
    await commanded(centre, incident)
    unit = await registered(centre)
    with pytest.raises(Invalid, match="never assigned"):
        await with_task(centre, incident, text="Cortar", unit_id=unit.id)
    with pytest.raises(NotFound, match="sector"):
        await with_task(centre, incident, text="Cortar", sector_id=new_id())
    await assigned(centre, await the_incident(centre, incident.id), unit)
    after = await with_task(centre, incident, text="Cortar", unit_id=unit.id)
    assert after.major is not None
    assert after.major.tasks[0].unit_id == unit.id


async def test_a_file_is_attached_once(centre: Any) -> None:
    incident = await opened(centre)
    command = attaching.AttachFile(
        id=new_id(),
        incident_id=incident.id,
        file_name="../foto.exe",
        media_type=JPEG,
        size_bytes=10,
        sha256="ab" * 32,
    )
    await do(centre, attaching.attach_file, command)
    after = await do(centre, attaching.attach_file, command)
    [held] = after.attachments
    assert (held.name, held.media_type, held.bytes) == ("foto_exe.jpg", "image/jpeg", 10)
    assert held.url == f"/api/v1/incidents/{incident.id}/attachments/{command.id}"
    assert (await the_incident(centre, incident.id)).attachments == after.attachments
    await assert_picture_is_the_fold(centre)


async def test_notes_carry_their_kind(centre: Any) -> None:
    incident = await opened(centre)
    command = incidents.NoteIncident(
        id=new_id(), incident_id=incident.id, text="Perro suelto", kind=NoteKind.SAFETY
    )
    await do(centre, incidents.note_incident, command)
    assert [n.kind for n in (await the_incident(centre, incident.id)).notes] == [NoteKind.SAFETY]
    await assert_picture_is_the_fold(centre)


async def test_premise_notes_speak_of_what_lies_within_their_circle(centre: Any) -> None:
    near = await noted(centre)
    await noted(centre, location=location(east_m=400, uncertainty_m=5))
    await noted(centre, location=location(east_m=900, uncertainty_m=5), radius_m=2_000.0)
    await noted(centre, valid_until=T0 + timedelta(minutes=1))
    here = await opened(centre, location=location(uncertainty_m=10))
    assert here.premises == 3
    async with centre.command() as work:
        found = await premises.premises_of_place(work, here.location, now=T0)
        later = await premises.premises_of_place(work, here.location, now=T0 + timedelta(hours=1))
    assert [(one.premise.id == near.id, round(one.distance_m)) for one in found][-1] == (False, 900)
    assert (len(found), len(later)) == (3, 2)
    nowhere = await opened(centre, location=location(east_m=9_000))
    assert nowhere.premises == 0
    await assert_picture_is_the_fold(centre)


async def test_a_premise_note_is_changed_and_removed(centre: Any) -> None:
    note = await noted(centre)
    change = premises.ChangePremise(
        id=new_id(), premise_id=note.id, expected_version=1, title="Gas", protected=True
    )
    changed = await do(centre, premises.change_premise, change)
    assert (changed.version, changed.title, changed.protected) == (2, "Gas", True)
    with pytest.raises(StaleVersion):
        await do(centre, premises.change_premise, change)
    remove = premises.RemovePremise(id=new_id(), premise_id=note.id)
    await do(centre, premises.remove_premise, remove)
    incident = await opened(centre)
    assert incident.premises == 0
    with pytest.raises(NotFound, match="removed"):
        await do(centre, premises.change_premise, change)
    told = [kind for kind in await kinds(centre) if kind.startswith("premise.")]
    assert told == ["premise.added", "premise.changed", "premise.removed"]
