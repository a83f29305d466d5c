"""Calls over HTTP: what goes in and out, as pydantic models."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from dispatch.domain.call_parts import CallBackOutcome, FixMethod, Language
from dispatch.services.witnessing import WITNESSES_MAX
from ops_center.api.instants import Instant
from ops_center.api.shapes import (
    CandidateOut,
    Code,
    DuplicateOut,
    In,
    Out,
    PlaceIn,
    PlaceOut,
    ShortWords,
    Words,
    ZoneOut,
)

Number = Annotated[str, Field(max_length=32)]
Speed = Annotated[float, Field(ge=0, le=200, allow_inf_nan=False)]
Heading = Annotated[float, Field(ge=0, lt=360, allow_inf_nan=False)]
CallState = Literal["waiting", "abandoned", "taken", "linked", "closed"]
Method = Literal["handset", "network", "spoken", "confirmed", "registered"]
Tongue = Literal["es", "gn", "jopara", "en", "other"]


class CallIn(In):
    """`method` says how `location` came about; `external_ref` is the exchange's name for it."""

    caller_number: Number | None = None
    source: Code
    location: PlaceIn | None = None
    method: FixMethod | None = None
    address_text: ShortWords | None = None
    narrative: Words | None = None
    language: Language | None = None
    external_ref: Annotated[str, Field(min_length=1, max_length=128)] | None = None
    occurred_at: Instant | None = None


class CallPatch(In):
    """Fields that are not sent stay as they are; empty words remove what was there."""

    language: Language | None = None
    narrative: Words | None = None
    caller_number: Number | None = None


class CallFixOut(Out):
    id: UUID
    method: Method
    source: str
    location: PlaceOut
    address: str | None
    measured_at: datetime
    received_at: datetime
    accepted_at: datetime | None
    accepted_by: str | None
    speed_mps: float | None
    heading_deg: float | None
    better: bool


class CallBackOut(Out):
    id: UUID
    at: datetime
    by: str
    outcome: Literal["reached", "no_answer", "busy", "unreachable"]
    note: str | None


class AnsweredOut(Out):
    question: str
    answer: str | int
    at: datetime
    by: str


class AnswerEffectOut(BaseModel):
    """`from` and `to` are priorities, the same where the answer did something else."""

    model_config = ConfigDict(extra="allow", populate_by_name=True)

    question: str
    answer: str | int
    before: int = Field(alias="from")
    after: int = Field(alias="to")
    why: dict[str, str]
    flag: str | None
    read_out: dict[str, str] | None
    propose_type: str | None


class InterviewOut(Out):
    type: str
    protocol: str
    version: int
    answers: list[AnsweredOut]
    priority: int
    effects: list[AnswerEffectOut]
    done: bool


class QuestionOut(Out):
    code: str
    kind: Literal["yesno", "choice", "number", "text"]
    text: dict[str, str]
    choices: list[dict[str, Any]]


class AskingOut(InterviewOut):
    opening: dict[str, str] | None
    next: list[QuestionOut]


class CallOut(Out):
    id: UUID
    number: str
    version: int
    state: CallState
    source: str
    caller_number: str | None
    narrative: str | None
    address_text: str | None
    location: PlaceOut | None
    address: str | None
    zones: list[ZoneOut]
    incident_id: UUID | None
    taken_by: str | None
    taken_at: datetime | None
    abandoned_at: datetime | None
    disposition: str | None
    received_at: datetime
    occurred_at: datetime
    overdue: bool
    language: Tongue | None
    line: Literal["open", "hung_up"] | None
    fixes: list[CallFixOut]
    callbacks: list[CallBackOut]
    claim_stale: bool
    witness: Literal["reporter", "witness"] | None
    rering: bool
    interview: InterviewOut | None


class NewCallOut(CallOut):
    possible_duplicates: list[DuplicateOut]
    candidates: list[CandidateOut]


class CallsOut(Out):
    items: list[CallOut]
    next_cursor: str | None


class MoveOut(Out):
    """An incident that may follow its caller: PATCH it with this version if a person agrees."""

    incident_id: UUID
    number: str
    version: int
    distance_m: float
    location: PlaceOut
    address: str | None


class AcceptedOut(CallOut):
    incident_move: MoveOut | None


class LocateIn(In):
    location: PlaceIn | None = None
    address_text: ShortWords | None = None


class LinkIn(In):
    incident_id: UUID


class TakeOverIn(In):
    reason: ShortWords | None = None


class HangUpIn(In):
    occurred_at: Instant | None = None


class CallBackIn(In):
    outcome: CallBackOutcome
    note: Annotated[str, Field(max_length=2_000)] | None = None


class CloseCallIn(In):
    disposition: Code
    rering: bool = False


class FixIn(In):
    """Speed in metres a second, heading in degrees true; `measured_at` is the device's claim."""

    method: FixMethod
    location: PlaceIn
    measured_at: Instant | None = None
    source: Code | None = None
    speed_mps: Speed | None = None
    heading_deg: Heading | None = None


class TrailOut(Out):
    """The handset's fixes in the order they were measured; the way between them in metres."""

    fixes: list[CallFixOut]
    length_m: float


class InterviewIn(In):
    type: Code


class AnswerIn(In):
    question: Code
    answer: (
        Annotated[str, Field(min_length=1, max_length=500)]
        | Annotated[int, Field(ge=-1_000_000, le=1_000_000)]
    )


class WitnessesIn(In):
    call_ids: Annotated[list[UUID], Field(min_length=1, max_length=WITNESSES_MAX)]


class EarlierCallOut(Out):
    call_id: UUID
    number: str
    received_at: datetime
    state: CallState
    disposition: str | None
    incident_id: UUID | None
    incident_number: str | None
    type: str | None


class AtPlaceOut(Out):
    incident_id: UUID
    number: str
    type: str
    opened_at: datetime
    distance_m: float
    violence: bool


class EarlierOut(Out):
    by_number: list[EarlierCallOut]
    by_place: list[AtPlaceOut]


class CodedOut(Out):
    code: str | None
    count: int


class RepeatOut(Out):
    count: int
    window_s: int
    dispositions: list[CodedOut]


class NearbyOut(Out):
    incident_id: UUID
    number: str
    type: str
    distance_m: float
    violence: bool


class SuggestionOut(Out):
    """A suggestion only: nothing is coded or raised by it."""

    priority: int | None
    why: list[str]


class KeyOut(Out):
    key: str
    code: str
    labels: dict[str, str]


class TriageOut(Out):
    repeat: RepeatOut
    earlier_at_place: list[AtPlaceOut]
    open_nearby: list[NearbyOut]
    violence_notes: int
    suggestion: SuggestionOut
    keys: list[KeyOut]


class OutlierOut(Out):
    call_id: UUID
    why: str


class StormOut(Out):
    """Calls offered as one; outliers lie in it and speak of something else, unheard of nothing."""

    id: UUID
    call_ids: list[UUID]
    outlier_call_ids: list[UUID]
    outliers: list[OutlierOut]
    unheard_call_ids: list[UUID]
    incident_id: UUID | None
    location: PlaceOut
    radius_m: float
    topic: str
    type: str | None
    words: list[str]
    since: datetime
    why: list[str]


class StormsOut(Out):
    storms: list[StormOut]
