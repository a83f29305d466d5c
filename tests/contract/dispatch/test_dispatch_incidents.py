"""Incidents: change, note, merge, close, on the fakes and on PostgreSQL alike."""

from typing import Any

import pytest

from dispatch.services import incidents
from ops_center.kernel.errors import Conflict, StaleVersion
from ops_center.kernel.ids import new_id
from tests.builders import at
from tests.dispatch_acts import WHO, assert_picture_is_the_fold, do, opened


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


async def test_notes_are_appended_once_and_even_after_closing(centre: Any) -> None:
    incident = await opened(centre)
    command = incidents.NoteIncident(id=new_id(), incident_id=incident.id, text=" Dos heridos ")
    await do(centre, incidents.note_incident, command)
    noted = await do(centre, incidents.note_incident, command)
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


async def test_an_incident_takes_only_so_many_notes(
    centre: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(incidents, "NOTES_MAX", 1)
    incident = await opened(centre)
    note = incidents.NoteIncident(id=new_id(), incident_id=incident.id, text="Uno")
    await do(centre, incidents.note_incident, note)
    one_more = incidents.NoteIncident(id=new_id(), incident_id=incident.id, text="Dos")
    with pytest.raises(Conflict) as refused:
        await do(centre, incidents.note_incident, one_more)
    assert refused.value.problem_code == "too-many-notes"
    again = await do(centre, incidents.note_incident, note)
    assert [one.text for one in again.notes] == ["Uno"]
