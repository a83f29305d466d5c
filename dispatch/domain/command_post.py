"""The command of a major incident: declared, led, divided into sectors and tasks, ended."""

from dataclasses import replace
from typing import Final, TypeVar
from uuid import UUID

from dispatch.domain.incident import Incident, require_open, step
from dispatch.domain.incident_facts import (
    IncidentMajorChanged,
    IncidentMajorDeclared,
    IncidentMajorEnded,
    IncidentSectorChanged,
    IncidentTaskChanged,
)
from dispatch.domain.incident_parts import Major, Sector, Task
from ops_center.kernel.errors import Conflict, Invalid, NotFound
from ops_center.kernel.events import Fact

SECTORS_MAX: Final = 50
TASKS_MAX: Final = 300

Part = TypeVar("Part", Sector, Task)


def major_of(incident: Incident) -> Major:
    """Return the incident's command, or raise Conflict when it is not a major incident."""
    require_open(incident)
    if incident.major is None:
        raise Conflict(
            f"Incident {incident.number} is not a major incident. Declare it first.",
            code="not-major",
            incident_id=str(incident.id),
        )
    return incident.major


def command(incident: Incident, major: Major) -> tuple[Incident, list[Fact]]:
    """Declare the incident major, or change who leads it from where."""
    require_open(incident)
    if incident.major == major:
        return incident, []
    kind = IncidentMajorChanged if incident.major else IncidentMajorDeclared
    after = step(incident, major=major)
    fact = kind(
        subject=after.id,
        version=after.version,
        incident=after.id,
        audience=after.audience,
        major=major,
    )
    return after, [fact]


def end_command(incident: Incident) -> tuple[Incident, list[Fact]]:
    """End the command; the incident itself goes on."""
    ended = major_of(incident)
    after = step(incident, major=None)
    fact = IncidentMajorEnded(
        subject=after.id,
        version=after.version,
        incident=after.id,
        audience=after.audience,
        major=None,
        ended=ended,
    )
    return after, [fact]


def sector_of(incident: Incident, sector_id: UUID) -> Sector:
    """Return that sector, or raise NotFound."""
    return _found(major_of(incident).sectors, sector_id, "sector")


def task_of(incident: Incident, task_id: UUID) -> Task:
    """Return that task, or raise NotFound."""
    return _found(major_of(incident).tasks, task_id, "task")


def put_sector(incident: Incident, sector: Sector) -> tuple[Incident, list[Fact]]:
    """Add the sector, or put it in the place of the one of its id."""
    major = major_of(incident)
    sectors = _with(major.sectors, sector, SECTORS_MAX)
    if sectors == major.sectors:
        return incident, []
    after = step(incident, major=replace(major, sectors=sectors))
    fact = IncidentSectorChanged(
        subject=after.id,
        version=after.version,
        incident=after.id,
        audience=after.audience,
        sector=sector,
    )
    return after, [fact]


def put_task(incident: Incident, task: Task) -> tuple[Incident, list[Fact]]:
    """Add the task, or put it in the place of the one of its id.

    Its sector must be one of the incident's, its unit one that is or was assigned to it.
    """
    major = major_of(incident)
    if task.sector_id is not None:
        sector_of(incident, task.sector_id)
    known = {one.unit_id for one in incident.assignments}
    if task.unit_id is not None and task.unit_id not in known:
        raise Invalid(
            f"This unit was never assigned to incident {incident.number}. Send it first.",
            field="unit_id",
        )
    tasks = _with(major.tasks, task, TASKS_MAX)
    if tasks == major.tasks:
        return incident, []
    after = step(incident, major=replace(major, tasks=tasks))
    fact = IncidentTaskChanged(
        subject=after.id,
        version=after.version,
        incident=after.id,
        audience=after.audience,
        task=task,
    )
    return after, [fact]


def _with(parts: tuple[Part, ...], part: Part, limit: int) -> tuple[Part, ...]:
    held = {one.id: one for one in parts}
    held[part.id] = part
    if len(held) > limit:
        raise Conflict(
            f"A major incident has at most {limit} of these. Change one that is done.",
            code="too-many-parts",
        )
    return tuple(held.values())


def _found(parts: tuple[Part, ...], wanted: UUID, word: str) -> Part:
    for one in parts:
        if one.id == wanted:
            return one
    raise NotFound(f"There is no such {word} in this incident. Look at it again.")
