"""What goes in and out over HTTP about incidents and the notes of places, as pydantic models."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field

from ops_center.api.instants import Instant
from ops_center.api.shapes import (
    AssignmentOut,
    Code,
    In,
    Out,
    PlaceIn,
    PlaceOut,
    Priority,
    ShortWords,
    Words,
    ZoneOut,
)

Reason = Annotated[str, Field(min_length=1, max_length=300)]
Name = Annotated[str, Field(min_length=1, max_length=128)]
Ids = Annotated[list[UUID], Field(max_length=200)]
NoteKind = Literal["general", "safety", "medical", "command", "hand_over"]
LinkKind = Literal["related", "parent", "child"]
TaskState = Literal["open", "doing", "done", "dropped"]
PremiseKind = Literal["hazard", "premise", "access", "violence", "weapons", "medical"]
Radius = Annotated[float, Field(gt=0, le=2_000, allow_inf_nan=False)]


class NoteOut(Out):
    id: UUID
    text: str
    author: str
    at: datetime
    kind: NoteKind


class IncidentIn(In):
    call_id: UUID | None = None
    alarm_id: UUID | None = None
    type: Code | None = None
    priority: Priority | None = None
    location: PlaceIn | None = None
    address_text: ShortWords | None = None
    narrative: Words | None = None
    scheduled_for: Instant | None = None
    protected: bool = False


class IncidentPatch(In):
    type: Code | None = None
    priority: Priority | None = None
    location: PlaceIn | None = None
    address_text: ShortWords | None = None
    narrative: Words | None = None
    scheduled_for: Instant | None = None


class LinkOut(Out):
    incident_id: UUID
    number: str
    kind: LinkKind


class AttachmentOut(Out):
    id: UUID
    name: str
    media_type: str
    bytes: int
    sha256: str
    url: str
    at: datetime
    by: str


class SectorOut(Out):
    id: UUID
    name: str
    supervisor: str | None


class TaskOut(Out):
    id: UUID
    text: str
    sector_id: UUID | None
    unit_id: UUID | None
    state: TaskState
    at: datetime
    by: str


class MajorOut(Out):
    declared_at: datetime
    by: str
    commander: str | None
    post: str | None
    post_location: PlaceOut | None
    sectors: list[SectorOut]
    tasks: list[TaskOut]


class LateClockOut(Out):
    clock: str
    target_s: int
    at: datetime
    assignment_id: UUID | None
    callsign: str | None


class IncidentOut(Out):
    """`masked` stands only where this person is shown a protected incident without its details."""

    id: UUID
    number: str
    version: int
    status: Literal["scheduled", "new", "dispatched", "en_route", "on_scene", "closed", "merged"]
    type: str
    priority: int
    location: PlaceOut | None
    address: str | None
    zones: list[ZoneOut]
    narrative: str | None
    plan: dict[str, Any]
    agencies: list[str]
    call_ids: list[UUID]
    alarm_ids: list[UUID]
    notes: list[NoteOut]
    assignments: list[AssignmentOut]
    disposition: str | None
    merged_into: UUID | None
    opened_at: datetime
    closed_at: datetime | None
    overdue: bool
    clocks_overdue: list[LateClockOut]
    owner: str | None
    protected: bool
    scheduled_for: datetime | None
    reopened_at: datetime | None
    links: list[LinkOut]
    merged_from: list[UUID]
    split_from: UUID | None
    attachments: list[AttachmentOut]
    major: MajorOut | None
    premises: int
    masked: bool = False


class IncidentsOut(Out):
    items: list[IncidentOut]
    next_cursor: str | None


class NoteIn(In):
    text: Annotated[str, Field(min_length=1, max_length=2_000)]
    kind: NoteKind = "general"


class MergeIn(In):
    into: UUID


class UnmergeIn(In):
    reason: Reason


class SplitIn(In):
    reason: Reason
    call_ids: Ids = Field(default_factory=list)
    alarm_ids: Ids = Field(default_factory=list)
    type: Code | None = None
    location: PlaceIn | None = None


class IncidentLinkIn(In):
    incident_id: UUID
    kind: LinkKind = "related"


class ReopenIn(In):
    reason: Reason


class ProtectIn(In):
    protected: bool
    reason: Reason


class OwnerIn(In):
    to: Name | None
    note: ShortWords | None = None


class HandOverIn(In):
    """Without `incident_ids`: all open incidents of `from`, who is the asker when not named."""

    to: Name
    note: Reason
    giver: Annotated[Name | None, Field(alias="from")] = None
    incident_ids: Annotated[list[UUID], Field(min_length=1, max_length=200)] | None = None


class HandedOverOut(Out):
    """`left`: how many stay with their owner, because the asker does not see them whole."""

    items: list[IncidentOut]
    left: int


class MajorIn(In):
    commander: Name | None = None
    post: Name | None = None
    post_location: PlaceIn | None = None


class SectorIn(In):
    name: Name
    supervisor: Name | None = None


class SectorPatch(In):
    name: Name | None = None
    supervisor: Name | None = None


class TaskIn(In):
    text: Annotated[str, Field(min_length=1, max_length=500)]
    sector_id: UUID | None = None
    unit_id: UUID | None = None


class TaskPatch(In):
    text: Annotated[str, Field(min_length=1, max_length=500)] | None = None
    sector_id: UUID | None = None
    unit_id: UUID | None = None
    state: TaskState | None = None


class LookIn(In):
    """`gone`: the screen closed the incident; otherwise it is a beat, good for 15 s."""

    gone: bool = False


class LookersOut(Out):
    users: list[dict[str, Any]]


class PremiseIn(In):
    kind: PremiseKind
    title: Name
    text: Words
    location: PlaceIn
    radius_m: Radius = 50.0
    valid_until: Instant | None = None
    protected: bool = False


class PremisePatch(In):
    """`valid_until` null makes the note valid until it is removed."""

    kind: PremiseKind | None = None
    title: Name | None = None
    text: Words | None = None
    location: PlaceIn | None = None
    radius_m: Radius | None = None
    valid_until: Instant | None = None
    protected: bool | None = None


class PremiseOut(Out):
    """`distance_m` stands where notes were asked for by place."""

    id: UUID
    version: int
    kind: PremiseKind
    title: str
    text: str
    location: PlaceOut
    radius_m: float
    valid_until: datetime | None
    protected: bool
    by: str
    at: datetime
    removed_at: datetime | None
    masked: bool = False


class PremisesOut(Out):
    items: list[PremiseOut]
    next_cursor: str | None
