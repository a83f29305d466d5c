"""What goes in and out over HTTP, as pydantic models: the OpenAPI is made of these."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

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


class DispositionIn(In):
    disposition: Code


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
    by: str | None = None
    eta_s: float | None
    distance_m: float | None
    override_reason: str | None
    overdue: bool
    role: str | None = None
    recommended: bool | None = None
    best_eta_s: float | None = None
    diverted_from: str | None = None


class AssignIn(In):
    """`override_reason` is needed for others than the recommended units; `divert` takes units from
    less urgent incidents that they are on their way to.
    """

    unit_ids: Annotated[list[UUID], Field(min_length=1, max_length=20)]
    override_reason: ShortWords | None = None
    divert: bool = False


class ReleaseIn(In):
    unit_ids: Annotated[list[UUID], Field(min_length=1, max_length=20)]
    reason: Annotated[str, Field(min_length=1, max_length=300)]


class ReasonIn(In):
    reason: Annotated[str, Field(min_length=1, max_length=300)]


class CodesOut(Out):
    incident_groups: list[dict[str, Any]]
    incident_types: list[dict[str, Any]]
    call_dispositions: list[dict[str, Any]]
    incident_dispositions: list[dict[str, Any]]
    unit_statuses: list[dict[str, Any]]
    out_reasons: list[dict[str, Any]]
    alarm_reasons: list[dict[str, Any]]
    view_purposes: list[dict[str, Any]]
