"""The facts of a call between its arrival and its end, their data as docs/events.md lists it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from typing_extensions import override

from dispatch.domain.call import Call, CallState
from dispatch.domain.call_parts import CallBack, CallFix, Interview, Language, Line
from dispatch.domain.events import CallFact, whole
from dispatch.domain.place import Zone
from dispatch.domain.wire import UNSET, Unset
from gis.geometry import Location


@dataclass(frozen=True, kw_only=True)
class CallTakenOver(CallFact):
    kind: ClassVar[str] = "call.taken_over"
    taken_by: str
    taken_from: str | None
    reason: str | None
    claim_stale: bool


@dataclass(frozen=True, kw_only=True)
class CallReleased(CallFact):
    kind: ClassVar[str] = "call.released"
    state: CallState
    taken_by: None
    abandoned_at: datetime | None
    claim_stale: bool


@dataclass(frozen=True, kw_only=True)
class CallClaimStale(CallFact):
    kind: ClassVar[str] = "call.claim_stale"
    claim_stale: bool
    taken_by: str
    idle_s: int


@dataclass(frozen=True, kw_only=True)
class CallAbandoned(CallFact):
    kind: ClassVar[str] = "call.abandoned"
    state: CallState
    line: Line
    abandoned_at: datetime
    overdue: bool


@dataclass(frozen=True, kw_only=True)
class CallHungUp(CallFact):
    kind: ClassVar[str] = "call.hung_up"
    line: Line


@dataclass(frozen=True, kw_only=True)
class CallChanged(CallFact):
    kind: ClassVar[str] = "call.changed"
    language: Language | Unset | None = UNSET
    narrative: str | Unset | None = UNSET
    caller_number: str | Unset | None = UNSET
    line: Line | Unset | None = UNSET
    claim_stale: bool


@dataclass(frozen=True, kw_only=True)
class CallFixAdded(CallFact):
    """The place is in it only when the fix filled a call that had none."""

    kind: ClassVar[str] = "call.fix_added"
    fix: CallFix
    left_out: UUID | None
    location: Location | Unset | None = UNSET
    address: str | Unset | None = UNSET
    zones: tuple[Zone, ...] | Unset = UNSET


@dataclass(frozen=True, kw_only=True)
class CallFixAccepted(CallFact):
    kind: ClassVar[str] = "call.fix_accepted"
    fix_id: UUID
    accepted_at: datetime
    accepted_by: str
    location: Location | None
    address: str | None
    zones: tuple[Zone, ...]
    claim_stale: bool


@dataclass(frozen=True, kw_only=True)
class CallCalledBack(CallFact):
    kind: ClassVar[str] = "call.called_back"
    callback: CallBack
    state: CallState
    line: Line | None
    taken_by: str | None
    taken_at: datetime | None
    rering: bool
    claim_stale: bool


@dataclass(frozen=True, kw_only=True)
class CallReopened(CallFact):
    """A closed call whose caller was reached: it comes back whole."""

    kind: ClassVar[str] = "call.reopened"
    call: Call

    @override
    def data(self) -> dict[str, Any]:
        return whole(self.call)


@dataclass(frozen=True, kw_only=True)
class CallInterviewStarted(CallFact):
    kind: ClassVar[str] = "call.interview_started"
    interview: Interview
    claim_stale: bool


@dataclass(frozen=True, kw_only=True)
class CallInterviewAnswered(CallFact):
    kind: ClassVar[str] = "call.interview_answered"
    interview: Interview
    claim_stale: bool
