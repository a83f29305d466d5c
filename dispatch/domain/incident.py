"""An Incident: what happened, who works on it, and how far help has come."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from dispatch.domain.place import Zone
from dispatch.domain.response_plan import Plan
from gis.geometry import Location
from ops_center.kernel.errors import Conflict, StaleVersion


class IncidentStatus(StrEnum):
    NEW = "new"
    DISPATCHED = "dispatched"
    EN_ROUTE = "en_route"
    ON_SCENE = "on_scene"
    CLOSED = "closed"
    MERGED = "merged"


OVER = frozenset({IncidentStatus.CLOSED, IncidentStatus.MERGED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    id: UUID
    text: str
    author: str
    at: datetime


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
    return replace(incident, version=incident.version + 1, **changes)  # type: ignore[arg-type]


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
    nobody is coming, so the clock for "no unit" runs again.
    """
    if incident.is_over:
        return incident.status
    if any(a.on_scene_at for a in incident.assignments):
        return IncidentStatus.ON_SCENE
    if any(a.en_route_at for a in incident.active):
        return IncidentStatus.EN_ROUTE
    return IncidentStatus.DISPATCHED if incident.active else IncidentStatus.NEW


def waiting_since(incident: Incident) -> datetime | None:
    """Return since when the incident has had no unit, None while one works or has worked on it."""
    if incident.status is not IncidentStatus.NEW or incident.active:
        return None
    gone = [a.released_at for a in incident.assignments if a.released_at]
    return max(gone, default=incident.opened_at)
