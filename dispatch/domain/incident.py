"""An Incident: what happened, who works on it, and how far help has come."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from dispatch.domain.changing import with_changes
from dispatch.domain.clock_parts import LateClock
from dispatch.domain.incident_parts import Attachment, IncidentLink, Major, Note
from dispatch.domain.place import Zone
from dispatch.domain.response_plan import Plan
from gis.geometry import Location
from ops_center.kernel.clock import wire_time
from ops_center.kernel.errors import Conflict, StaleVersion


class IncidentStatus(StrEnum):
    SCHEDULED = "scheduled"
    NEW = "new"
    DISPATCHED = "dispatched"
    EN_ROUTE = "en_route"
    ON_SCENE = "on_scene"
    CLOSED = "closed"
    MERGED = "merged"


OVER = frozenset({IncidentStatus.CLOSED, IncidentStatus.MERGED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Assignment:
    """One unit's work on one incident; active until `released_at`."""

    id: UUID
    incident_id: UUID
    unit_id: UUID
    callsign: str
    assigned_at: datetime
    acknowledged_at: datetime | None = None
    en_route_at: datetime | None = None
    on_scene_at: datetime | None = None
    released_at: datetime | None = None
    release_reason: str | None = None
    eta_s: float | None = None
    distance_m: float | None = None
    override_reason: str | None = None
    overdue: bool = False
    # The capability it was sent for, whether it was recommended (None: nobody was recommended),
    # the best arrival there was for that, the number of the incident it was taken from, and who
    # sent it.
    role: str | None = None
    recommended: bool | None = None
    best_eta_s: float | None = None
    diverted_from: str | None = None
    by: str | None = None

    @property
    def last_at(self) -> datetime:
        """The newest of its times."""
        steps = (self.acknowledged_at, self.en_route_at, self.on_scene_at, self.released_at)
        return max([self.assigned_at, *(at for at in steps if at is not None)])


@dataclass(frozen=True, slots=True, kw_only=True)
class Incident:
    """Shape on the wire: docs/protocol.md."""

    id: UUID
    number: str
    version: int
    status: IncidentStatus
    type: str
    priority: int
    location: Location | None
    address: str | None
    zones: tuple[Zone, ...]
    narrative: str | None
    plan: Plan
    agencies: tuple[str, ...]
    call_ids: tuple[UUID, ...]
    alarm_ids: tuple[UUID, ...]
    notes: tuple[Note, ...]
    assignments: tuple[Assignment, ...]
    disposition: str | None
    merged_into: UUID | None
    opened_at: datetime
    closed_at: datetime | None
    overdue: bool
    owner: str | None = None
    protected: bool = False
    scheduled_for: datetime | None = None
    reopened_at: datetime | None = None
    links: tuple[IncidentLink, ...] = ()
    merged_from: tuple[UUID, ...] = ()
    split_from: UUID | None = None
    attachments: tuple[Attachment, ...] = ()
    major: Major | None = None
    clocks_overdue: tuple[LateClock, ...] = ()
    # How many premise notes stood at its place when it was put there.
    premises: int = 0

    @property
    def active(self) -> tuple[Assignment, ...]:
        """The assignments whose unit is still at it."""
        return tuple(a for a in self.assignments if a.released_at is None)

    @property
    def is_over(self) -> bool:
        return self.status in OVER

    @property
    def audience(self) -> tuple[str, ...]:
        """Tags of those who may hear of it: every agency involved, every unit still assigned."""
        agencies = tuple(f"agency:{code}" for code in self.agencies)
        return agencies + tuple(f"unit:{a.unit_id}" for a in self.active)


def step(incident: Incident, **changes: object) -> Incident:
    """Return the incident one version further, with those fields replaced."""
    return with_changes(incident, {"version": incident.version + 1, **changes})


def require_version(incident: Incident, expected: int | None) -> None:
    """Raise StaleVersion when somebody changed the incident since the caller looked."""
    if expected is not None and expected != incident.version:
        raise StaleVersion(
            f"Incident {incident.number} changed meanwhile (version {incident.version}, not "
            f"{expected}). Look at it again, then repeat what is still right.",
            current=incident.version,
            incident_id=str(incident.id),
        )


def require_open(incident: Incident) -> None:
    """Raise Conflict when the incident is closed or merged away."""
    if not incident.is_over:
        return
    where = "merged into another incident; go there" if incident.merged_into else "closed"
    raise Conflict(
        f"Incident {incident.number} is {where}. It can no longer be worked on.",
        code="incident-over",
        incident_id=str(incident.id),
        status=incident.status.value,
        merged_into=str(incident.merged_into) if incident.merged_into else None,
    )


def require_due(incident: Incident) -> None:
    """Raise Conflict when the incident waits for a later time: until then it holds no unit."""
    if incident.status is not IncidentStatus.SCHEDULED:
        return
    assert incident.scheduled_for is not None, "a scheduled incident has its time"
    raise Conflict(
        f"Incident {incident.number} is scheduled for later. Start it first.",
        code="incident-scheduled",
        incident_id=str(incident.id),
        scheduled_for=wire_time(incident.scheduled_for),
    )


def require_no_units(incident: Incident, *, to: str) -> None:
    """Raise Conflict naming the units that still work on the incident."""
    if not incident.active:
        return
    names = ", ".join(a.callsign for a in incident.active)
    raise Conflict(
        f"{names} still assigned to {incident.number}. Release them first, then {to} it.",
        code="units-still-assigned",
        incident_id=str(incident.id),
        units=[{"unit_id": str(a.unit_id), "callsign": a.callsign} for a in incident.active],
    )


def with_assignment(incident: Incident, assignment: Assignment) -> Incident:
    """Return the incident with that assignment added, or put in place of the one of its id."""
    known = any(a.id == assignment.id for a in incident.assignments)
    if not known:
        return step(incident, assignments=(*incident.assignments, assignment), overdue=False)
    kept = tuple(assignment if a.id == assignment.id else a for a in incident.assignments)
    return step(incident, assignments=kept)


def progress(incident: Incident) -> IncidentStatus:
    """Return the status the incident's assignments amount to.

    On scene once any unit has been there, even after it left: then only closing is missing.
    Otherwise the furthest step of those still coming, and `new` again when all were called off:
    nobody is coming, so the clock for "no unit" runs again. After a reopening only the units
    count that were sent since.
    """
    if incident.is_over or incident.status is IncidentStatus.SCHEDULED:
        return incident.status
    if any(a.on_scene_at for a in incident.assignments if is_of_now(incident, a)):
        return IncidentStatus.ON_SCENE
    if any(a.en_route_at for a in incident.active):
        return IncidentStatus.EN_ROUTE
    return IncidentStatus.DISPATCHED if incident.active else IncidentStatus.NEW


def is_of_now(incident: Incident, assignment: Assignment) -> bool:
    """Whether the assignment belongs to the incident's present life: since it was reopened."""
    return incident.reopened_at is None or assignment.assigned_at >= incident.reopened_at


def waiting_since(incident: Incident) -> datetime | None:
    """Return since when the incident has had no unit, None while one works or has worked on it."""
    if incident.status is not IncidentStatus.NEW or incident.active:
        return None
    gone = [a.released_at for a in incident.assignments if a.released_at]
    begun = [at for at in (incident.scheduled_for, incident.reopened_at) if at is not None]
    return max([incident.opened_at, *gone, *begun])
