"""What goes in and out over HTTP, as pydantic models: the OpenAPI is made of these."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

Lon = Annotated[float, Field(ge=-180, le=180, allow_inf_nan=False)]
Lat = Annotated[float, Field(ge=-90, le=90, allow_inf_nan=False)]
Uncertainty = Annotated[float, Field(ge=0, le=100_000, allow_inf_nan=False)]
Confidence = Annotated[float, Field(gt=0, le=1, allow_inf_nan=False)]
Priority = Annotated[int, Field(ge=1, le=4)]
Code = Annotated[str, Field(min_length=1, max_length=64)]
Words = Annotated[str, Field(max_length=4_000)]
ShortWords = Annotated[str, Field(max_length=300)]


class In(BaseModel):
    """What a client sends: unknown fields are an error, so that a typing mistake is seen."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Out(BaseModel):
    """What we send. Fields may be added later; readers ignore those they do not know."""

    model_config = ConfigDict(extra="allow")


class Problem(Out):
    """RFC 9457."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    instance: str


class PlaceIn(In):
    lon: Lon
    lat: Lat
    uncertainty_m: Uncertainty | None = None
    confidence: Confidence | None = None


class PlaceOut(Out):
    lon: float
    lat: float
    uncertainty_m: float
    confidence: float


class ZoneOut(Out):
    id: UUID
    kind: str
    code: str
    name: str


class UserOut(Out):
    id: UUID
    username: str
    display_name: str
    roles: list[str]
    agency: str
    unit_id: UUID | None


class UserPatch(In):
    unit_id: UUID | None


class SessionOut(Out):
    user: UserOut
    permissions: list[str]
    csrf_token: str
    expires_at: datetime


class AuthorOut(Out):
    id: UUID
    name: str


class EntryOut(Out):
    seq: int
    id: UUID
    kind: str
    subject_type: str
    subject: UUID
    version: int
    incident: UUID | None
    author: AuthorOut
    cause: UUID
    occurred_at: datetime
    recorded_at: datetime
    data: dict[str, Any]


class EntriesOut(Out):
    items: list[EntryOut]
    next_cursor: str | None = None


class CandidateOut(Out):
    """`certain` only where the geocoder would not ask back."""

    label: str
    kind: str
    location: PlaceOut
    score: float
    zones: list[ZoneOut] = []
    certain: bool = False


class CandidatesOut(Out):
    items: list[CandidateOut]


class DuplicateOut(Out):
    incident_id: UUID
    number: str
    distance_m: float
    age_s: float
    reason: Any


class CallIn(In):
    caller_number: Annotated[str, Field(max_length=32)] | None = None
    source: Code
    location: PlaceIn | None = None
    address_text: ShortWords | None = None
    narrative: Words | None = None
    occurred_at: AwareDatetime | None = None


class CallOut(Out):
    id: UUID
    number: str
    version: int
    state: Literal["waiting", "taken", "linked", "closed"]
    source: str
    caller_number: str | None
    narrative: str | None
    address_text: str | None
    location: PlaceOut | None
    address: str | None
    zones: list[ZoneOut]
    incident_id: UUID | None
    taken_by: str | None
    disposition: str | None
    received_at: datetime
    occurred_at: datetime
    overdue: bool


class NewCallOut(CallOut):
    possible_duplicates: list[DuplicateOut]
    candidates: list[CandidateOut]


class CallsOut(Out):
    items: list[CallOut]
    next_cursor: str | None


class LocateIn(In):
    location: PlaceIn | None = None
    address_text: ShortWords | None = None


class LinkIn(In):
    incident_id: UUID


class DispositionIn(In):
    disposition: Code


class NoteOut(Out):
    id: UUID
    text: str
    author: str
    at: datetime


class AssignmentOut(Out):
    id: UUID
    incident_id: UUID
    unit_id: UUID
    callsign: str
    assigned_at: datetime
    acknowledged_at: datetime | None
    en_route_at: datetime | None
    on_scene_at: datetime | None
    released_at: datetime | None
    release_reason: str | None
    eta_s: float | None
    distance_m: float | None
    override_reason: str | None
    overdue: bool


class IncidentIn(In):
    call_id: UUID | None = None
    alarm_id: UUID | None = None
    type: Code
    priority: Priority | None = None
    location: PlaceIn | None = None
    address_text: ShortWords | None = None
    narrative: Words | None = None


class IncidentPatch(In):
    type: Code | None = None
    priority: Priority | None = None
    location: PlaceIn | None = None
    address_text: ShortWords | None = None
    narrative: Words | None = None


class IncidentOut(Out):
    id: UUID
    number: str
    version: int
    status: Literal["new", "dispatched", "en_route", "on_scene", "closed", "merged"]
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


class IncidentsOut(Out):
    items: list[IncidentOut]
    next_cursor: str | None


class NoteIn(In):
    text: Annotated[str, Field(min_length=1, max_length=2_000)]


class MergeIn(In):
    into: UUID


class AssignIn(In):
    unit_ids: Annotated[list[UUID], Field(min_length=1, max_length=20)]
    override_reason: ShortWords | None = None


class ReleaseIn(In):
    unit_ids: Annotated[list[UUID], Field(min_length=1, max_length=20)]
    reason: Annotated[str, Field(min_length=1, max_length=300)]


class RecommendedUnitOut(Out):
    unit_id: UUID
    callsign: str
    role: str
    eta_s: float | None
    distance_m: float | None
    position_age_s: float | None
    reasons: list[Any]


class RecommendationOut(Out):
    plan: dict[str, Any]
    units: list[RecommendedUnitOut]
    runners_up: list[RecommendedUnitOut]
    shortfalls: list[Any]
    as_of: datetime


class UnitIn(In):
    callsign: Annotated[str, Field(min_length=1, max_length=16)]
    agency: Code
    kind: Code
    profile: Code | None = None
    capabilities: Annotated[list[Code], Field(max_length=20)] | None = None
    in_service: bool = True


class UnitPatch(In):
    callsign: Annotated[str, Field(min_length=1, max_length=16)] | None = None
    agency: Code | None = None
    kind: Code | None = None
    profile: Code | None = None
    capabilities: Annotated[list[Code], Field(max_length=20)] | None = None


class UnitOut(Out):
    id: UUID
    callsign: str
    version: int
    agency: str
    kind: str
    profile: str
    capabilities: list[str]
    availability: Literal["available", "conditionally_available", "not_available"]
    activity: str
    assignment: AssignmentOut | None
    emergency: bool
    status_at: datetime
    reason: str | None


class UnitsOut(Out):
    items: list[UnitOut]
    next_cursor: str | None


class StatusIn(In):
    status: Code
    occurred_at: AwareDatetime | None = None
    reason: ShortWords | None = None


class EmergencyIn(In):
    location: PlaceIn | None = None


class ReasonIn(In):
    reason: Annotated[str, Field(min_length=1, max_length=300)]


class RejectedFixOut(Out):
    index: int
    code: str
    detail: str


class FixesOut(Out):
    accepted: int
    rejected: list[RejectedFixOut]


class CodesOut(Out):
    incident_types: list[dict[str, Any]]
    call_dispositions: list[dict[str, Any]]
    incident_dispositions: list[dict[str, Any]]
    unit_statuses: list[dict[str, Any]]
    alarm_reasons: list[dict[str, Any]]
    view_purposes: list[dict[str, Any]]
