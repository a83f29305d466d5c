"""The facts of an incident's life beside opening, changing and closing (docs/events.md)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar, Literal
from uuid import UUID

from typing_extensions import override

from dispatch.domain.alarm import Alarm
from dispatch.domain.call import Call
from dispatch.domain.events import AlarmFact, CallFact, IncidentFact, whole
from dispatch.domain.incident import Incident, IncidentStatus
from dispatch.domain.incident_parts import Attachment, IncidentLink, Major, Sector, Task


@dataclass(frozen=True, kw_only=True)
class CallReturned(CallFact):
    """The call is part of an open incident again, whose reopening brought it back."""

    kind: ClassVar[str] = "call.returned"
    call: Call

    @override
    def data(self) -> dict[str, Any]:
        return whole(self.call)


@dataclass(frozen=True, kw_only=True)
class AlarmReturned(AlarmFact):
    kind: ClassVar[str] = "alarm.returned"
    alarm: Alarm

    @override
    def data(self) -> dict[str, Any]:
        return whole(self.alarm)


@dataclass(frozen=True, kw_only=True)
class IncidentAbsorbed(IncidentFact):
    """What another incident had was taken over: the other side of `incident.merged`."""

    kind: ClassVar[str] = "incident.absorbed"
    merged_from: tuple[UUID, ...]
    source: UUID
    number: str


@dataclass(frozen=True, kw_only=True)
class IncidentParted(IncidentFact):
    """Calls and alarms left for another incident; the lists hold what stays."""

    kind: ClassVar[str] = "incident.parted"
    call_ids: tuple[UUID, ...]
    alarm_ids: tuple[UUID, ...]
    merged_from: tuple[UUID, ...]
    how: Literal["split", "unmerge"]
    other: UUID
    reason: str


@dataclass(frozen=True, kw_only=True)
class _Returning(IncidentFact):
    returned: Incident
    reason: str

    @override
    def data(self) -> dict[str, Any]:
        return {"incident": whole(self.returned), "reason": self.reason}


@dataclass(frozen=True, kw_only=True)
class IncidentUnmerged(_Returning):
    """The incident stands by itself again; its calls and alarms follow, one fact each."""

    kind: ClassVar[str] = "incident.unmerged"


@dataclass(frozen=True, kw_only=True)
class IncidentReopened(_Returning):
    kind: ClassVar[str] = "incident.reopened"


@dataclass(frozen=True, kw_only=True)
class IncidentCameDue(IncidentFact):
    kind: ClassVar[str] = "incident.came_due"
    status: IncidentStatus
    scheduled_for: datetime


@dataclass(frozen=True, kw_only=True)
class IncidentProtectionChanged(IncidentFact):
    kind: ClassVar[str] = "incident.protection_changed"
    protected: bool
    reason: str


@dataclass(frozen=True, kw_only=True)
class IncidentViewed(IncidentFact):
    """Somebody with the right to it looked at a protected incident unmasked."""

    kind: ClassVar[str] = "incident.viewed"
    viewer: str


@dataclass(frozen=True, kw_only=True)
class IncidentLinked(IncidentFact):
    kind: ClassVar[str] = "incident.linked"
    links: tuple[IncidentLink, ...]
    other: UUID


@dataclass(frozen=True, kw_only=True)
class IncidentUnlinked(IncidentFact):
    kind: ClassVar[str] = "incident.unlinked"
    links: tuple[IncidentLink, ...]
    other: UUID


@dataclass(frozen=True, kw_only=True)
class IncidentMajorDeclared(IncidentFact):
    kind: ClassVar[str] = "incident.major_declared"
    major: Major


@dataclass(frozen=True, kw_only=True)
class IncidentMajorChanged(IncidentFact):
    kind: ClassVar[str] = "incident.major_changed"
    major: Major


@dataclass(frozen=True, kw_only=True)
class IncidentSectorChanged(IncidentFact):
    kind: ClassVar[str] = "incident.sector_changed"
    sector: Sector


@dataclass(frozen=True, kw_only=True)
class IncidentTaskChanged(IncidentFact):
    kind: ClassVar[str] = "incident.task_changed"
    task: Task


@dataclass(frozen=True, kw_only=True)
class IncidentMajorEnded(IncidentFact):
    """`ended` keeps the command as it was; the incident itself has none any more."""

    kind: ClassVar[str] = "incident.major_ended"
    major: None
    ended: Major


@dataclass(frozen=True, kw_only=True)
class IncidentOwnerChanged(IncidentFact):
    kind: ClassVar[str] = "incident.owner_changed"
    owner: str | None
    before: str | None
    note: str | None


@dataclass(frozen=True, kw_only=True)
class IncidentAttached(IncidentFact):
    kind: ClassVar[str] = "incident.attached"
    attachment: Attachment
