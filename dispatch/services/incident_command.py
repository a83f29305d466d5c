"""Leading a major incident: declare it, say who commands, set sectors and tasks, end it."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final
from uuid import UUID

from dispatch.domain import command_post
from dispatch.domain.changing import with_changes
from dispatch.domain.incident import Incident, require_version
from dispatch.domain.incident_parts import Major, Sector, Task, TaskState
from dispatch.domain.text import optional_text, required_text
from dispatch.ports import Work
from dispatch.services.keeping import keep
from gis.geometry import Location
from ops_center.kernel.events import Author

NAME_MAX: Final = 128
TASK_MAX: Final = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandIncident:
    """Declares the incident major, or changes its command; None leaves a field as it is."""

    id: UUID
    incident_id: UUID
    commander: str | None = None
    post: str | None = None
    post_location: Location | None = None
    expected_version: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EndCommand:
    id: UUID
    incident_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class SetSector:
    """Adds a sector (`sector_id` None: its id is the command's) or changes one."""

    id: UUID
    incident_id: UUID
    sector_id: UUID | None = None
    name: str | None = None
    supervisor: str | None = None
    expected_version: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SetTask:
    """Adds a task (`task_id` None: its id is the command's) or changes one."""

    id: UUID
    incident_id: UUID
    task_id: UUID | None = None
    text: str | None = None
    sector_id: UUID | None = None
    unit_id: UUID | None = None
    state: TaskState | None = None
    expected_version: int | None = None


async def command_incident(
    work: Work, command: CommandIncident, *, now: datetime, author: Author
) -> Incident:
    """Declare a major incident, or change who leads it from where."""
    [incident] = await work.incidents.lock([command.incident_id])
    require_version(incident, command.expected_version)
    major = incident.major or Major(declared_at=now, by=author.name)
    wanted = {
        "commander": optional_text(command.commander, field="commander", limit=NAME_MAX),
        "post": optional_text(command.post, field="post", limit=NAME_MAX),
        "post_location": command.post_location,
    }
    changes = {name: value for name, value in wanted.items() if value is not None}
    major = with_changes(major, changes)
    return await keep(work, *command_post.command(incident, major))


async def end_command(
    work: Work, command: EndCommand, *, now: datetime, author: Author
) -> Incident:
    """End the command of a major incident; the incident itself goes on."""
    [incident] = await work.incidents.lock([command.incident_id])
    return await keep(work, *command_post.end_command(incident))


async def set_sector(work: Work, command: SetSector, *, now: datetime, author: Author) -> Incident:
    """Add a sector or change one."""
    [incident] = await work.incidents.lock([command.incident_id])
    require_version(incident, command.expected_version)
    if command.sector_id is None:
        name = required_text(command.name or "", field="name", limit=NAME_MAX)
        sector = Sector(id=command.id, name=name)
    else:
        sector = command_post.sector_of(incident, command.sector_id)
    name_given = optional_text(command.name, field="name", limit=NAME_MAX)
    leads = optional_text(command.supervisor, field="supervisor", limit=NAME_MAX)
    changed = replace(sector, name=name_given or sector.name, supervisor=leads or sector.supervisor)
    return await keep(work, *command_post.put_sector(incident, changed))


async def set_task(work: Work, command: SetTask, *, now: datetime, author: Author) -> Incident:
    """Add a task or change one."""
    [incident] = await work.incidents.lock([command.incident_id])
    require_version(incident, command.expected_version)
    if command.task_id is None:
        text = required_text(command.text or "", field="text", limit=TASK_MAX)
        task = Task(
            id=command.id,
            text=text,
            sector_id=None,
            unit_id=None,
            state=TaskState.OPEN,
            at=now,
            by=author.name,
        )
    else:
        task = command_post.task_of(incident, command.task_id)
    changed = _changed(task, command)
    if changed == task and command.task_id is not None:
        return incident
    told = replace(changed, at=now, by=author.name)
    return await keep(work, *command_post.put_task(incident, told))


def _changed(task: Task, command: SetTask) -> Task:
    wanted = {
        "text": optional_text(command.text, field="text", limit=TASK_MAX),
        "sector_id": command.sector_id,
        "unit_id": command.unit_id,
        "state": command.state,
    }
    changes = {name: value for name, value in wanted.items() if value is not None}
    return with_changes(task, changes)
