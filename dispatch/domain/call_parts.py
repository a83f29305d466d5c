"""What a Call holds beside its own fields: fixes of its caller, call-backs, its interview."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from dispatch.domain.labels import Labels
from dispatch.domain.wire import NAMED
from gis.geometry import Location


class Language(StrEnum):
    """What the caller speaks; jopara is Guaraní and Spanish together."""

    SPANISH = "es"
    GUARANI = "gn"
    JOPARA = "jopara"
    ENGLISH = "en"
    OTHER = "other"


class Line(StrEnum):
    """The telephone line, as far as the exchange tells."""

    OPEN = "open"
    HUNG_UP = "hung_up"


class Witness(StrEnum):
    """The caller's part in an incident: who told of it first, and who told of it too."""

    REPORTER = "reporter"
    WITNESS = "witness"


class FixMethod(StrEnum):
    """How a fix came about: measured by the handset, told by the network, said by the caller,
    pointed at by a person of the centre, or registered for the number."""

    HANDSET = "handset"
    NETWORK = "network"
    SPOKEN = "spoken"
    CONFIRMED = "confirmed"
    REGISTERED = "registered"


class CallBackOutcome(StrEnum):
    REACHED = "reached"
    NO_ANSWER = "no_answer"
    BUSY = "busy"
    UNREACHABLE = "unreachable"


@dataclass(frozen=True, slots=True, kw_only=True)
class CallFix:
    """Where a caller was said to be. It stands beside the others; only a person puts it in force.

    `accepted_by` is None with `accepted_at` set for the first fix of a call that had no place.
    `better`: when it came, it was newer and closer than the place in force. Speed in m/s, heading
    in degrees true.
    """

    id: UUID
    method: FixMethod
    source: str
    location: Location
    address: str | None
    measured_at: datetime
    received_at: datetime
    accepted_at: datetime | None = None
    accepted_by: str | None = None
    speed_mps: float | None = None
    heading_deg: float | None = None
    better: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CallBack:
    """One attempt to ring the caller."""

    id: UUID
    at: datetime
    by: str
    outcome: CallBackOutcome
    note: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """What the caller answered to a question of the protocol: a code, a number, or words."""

    question: str
    answer: str | int
    at: datetime
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerEffect:
    """What an answer did, and why: moved the priority, flagged the call, gave words to read out."""

    question: str
    answer: str | int
    before: int = field(metadata={NAMED: "from"})
    after: int = field(metadata={NAMED: "to"})
    why: Labels
    flag: str | None = None
    read_out: Labels | None = None
    propose_type: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Interview:
    """A protocol gone through with a caller; `version` is the one of the protocols' document."""

    type: str
    protocol: str
    version: int
    answers: tuple[Answered, ...]
    priority: int
    effects: tuple[AnswerEffect, ...]
    done: bool
