"""Major incidents: declared, led, divided into sectors and tasks, ended."""

from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import JSONResponse

from dispatch.domain.incident import Incident
from dispatch.domain.incident_parts import TaskState
from dispatch.services import incident_command
from ops_center.api.deps import Commands, Doing, Version, problems
from ops_center.api.incident_shapes import MajorIn, SectorIn, SectorPatch, TaskIn, TaskPatch
from ops_center.api.incidents import ANSWER, WRITE, changed, known_incident
from ops_center.api.places import to_location

router = APIRouter(prefix="/incidents/{incident_id}", tags=["incidents"])
ANSWERS = {**ANSWER, **problems(404, 409)}
VERSIONED = {**ANSWER, **problems(404, 409, 412)}


@router.post("/major", responses=VERSIONED)
async def declare(
    incident_id: UUID, body: MajorIn, version: Version, commands: Commands
) -> JSONResponse:
    """Declare a major incident, or change who commands it from where."""

    async def intention(doing: Doing) -> Incident:
        await known_incident(doing, incident_id)
        command = incident_command.CommandIncident(
            id=doing.id,
            incident_id=incident_id,
            commander=body.commander,
            post=body.post,
            post_location=to_location(body.post_location, doing.services.city_extent()),
            expected_version=version,
        )
        return await incident_command.command_incident(
            doing.work, command, now=doing.now, author=doing.author
        )

    return await changed(commands, incident_id, WRITE, intention)


@router.post("/major/end", responses=ANSWERS)
async def end(incident_id: UUID, commands: Commands) -> JSONResponse:
    """End the command; the incident goes on, and its timeline keeps what the command was."""

    async def intention(doing: Doing) -> Incident:
        await known_incident(doing, incident_id)
        command = incident_command.EndCommand(id=doing.id, incident_id=incident_id)
        return await incident_command.end_command(
            doing.work, command, now=doing.now, author=doing.author
        )

    return await changed(commands, incident_id, WRITE, intention)


@router.post("/sectors", responses=ANSWERS)
async def add_sector(incident_id: UUID, body: SectorIn, commands: Commands) -> JSONResponse:
    """Add a sector to a major incident."""
    return await _set_sector(incident_id, None, SectorPatch(**body.model_dump()), commands)


@router.patch("/sectors/{sector_id}", responses=VERSIONED)
async def change_sector(
    incident_id: UUID, sector_id: UUID, body: SectorPatch, version: Version, commands: Commands
) -> JSONResponse:
    """Rename a sector, or say who leads it."""
    return await _set_sector(incident_id, sector_id, body, commands, version)


async def _set_sector(
    incident_id: UUID,
    sector_id: UUID | None,
    body: SectorPatch,
    commands: Commands,
    version: int | None = None,
) -> JSONResponse:
    async def intention(doing: Doing) -> Incident:
        await known_incident(doing, incident_id)
        command = incident_command.SetSector(
            id=doing.id,
            incident_id=incident_id,
            sector_id=sector_id,
            name=body.name,
            supervisor=body.supervisor,
            expected_version=version,
        )
        return await incident_command.set_sector(
            doing.work, command, now=doing.now, author=doing.author
        )

    return await changed(commands, incident_id, WRITE, intention)


@router.post("/tasks", responses=ANSWERS)
async def add_task(incident_id: UUID, body: TaskIn, commands: Commands) -> JSONResponse:
    """Add a task to a major incident."""
    return await _set_task(incident_id, None, TaskPatch(**body.model_dump()), commands)


@router.patch("/tasks/{task_id}", responses=VERSIONED)
async def change_task(
    incident_id: UUID, task_id: UUID, body: TaskPatch, version: Version, commands: Commands
) -> JSONResponse:
    """Change a task: who does it, where, and how far it is."""
    return await _set_task(incident_id, task_id, body, commands, version)


async def _set_task(
    incident_id: UUID,
    task_id: UUID | None,
    body: TaskPatch,
    commands: Commands,
    version: int | None = None,
) -> JSONResponse:
    async def intention(doing: Doing) -> Incident:
        await known_incident(doing, incident_id)
        command = incident_command.SetTask(
            id=doing.id,
            incident_id=incident_id,
            task_id=task_id,
            text=body.text,
            sector_id=body.sector_id,
            unit_id=body.unit_id,
            state=TaskState(body.state) if body.state else None,
            expected_version=version,
        )
        return await incident_command.set_task(
            doing.work, command, now=doing.now, author=doing.author
        )

    return await changed(commands, incident_id, WRITE, intention)
