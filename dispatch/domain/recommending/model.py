"""The values of a recommendation: what is known of each candidate, and what is answered."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from uuid import UUID

from dispatch.domain.positions import Fix
from dispatch.domain.reason import Reason
from dispatch.domain.recommending.coverage import Lost, MoveUp
from dispatch.domain.response_plan import Plan, RunCardUsed
from dispatch.domain.unit import Unit

RUNNERS_UP_DEFAULT: Final = 5
RUNNERS_UP_MAX: Final = 50
NEXT_BEST_MAX: Final = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Travel:
    """A journey by road, seconds and metres; `estimated` when no route was computed for it."""

    duration_s: float
    distance_m: float
    estimated: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A unit with what is known of where it is and how long it would take.

    `crew_out_with` is the callsign of a cross-staffed unit that has its crew at the moment.
    """

    unit: Unit
    fix: Fix | None
    travel: Travel | None
    crew_out_with: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Strength:
    """How many units have a capability, and what keeps those that are not free from going."""

    total: int = 0
    free: int = 0
    assigned: int = 0
    cross_staffed: int = 0

    @property
    def off(self) -> int:
        """Those off duty or out of service."""
        return self.total - self.free - self.assigned - self.cross_staffed


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherWork:
    """What a unit that could be diverted is doing: `remaining_s` until it is there, if known.

    `others` are the further units on their way to or at that incident, `replacement` the free
    unit that could take its place, with its travel time.
    """

    incident_id: UUID
    number: str
    type: str
    priority: int
    others: int
    remaining_s: float | None = None
    replacement: str | None = None
    replacement_s: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OnTheWay:
    """A unit that is on its way to something less urgent."""

    candidate: Candidate
    work: OtherWork


@dataclass(frozen=True, slots=True, kw_only=True)
class NextBest:
    """A unit that could go instead of the one chosen, and the seconds that would be lost."""

    unit_id: UUID
    callsign: str
    eta_s: float | None
    loses_s: float
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Recommended:
    """A unit for the `role` (a capability of the plan), eta in seconds, distance in metres."""

    unit_id: UUID
    callsign: str
    role: str
    eta_s: float | None
    distance_m: float | None
    position_age_s: float | None
    reasons: tuple[Reason, ...]
    instead_of: tuple[NextBest, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Shortfall:
    """How many units with a capability are missing; `reason` in a word, `because` in full."""

    capability: str
    missing: int
    reason: str
    because: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DivertedFrom:
    incident_id: UUID
    number: str
    type: str
    priority: int


# `from` is a word of the language: the field is renamed where it becomes JSON (api/advice.py).
@dataclass(frozen=True, slots=True, kw_only=True)
class Divert:
    """A unit on its way to something less urgent that would be here sooner."""

    unit_id: UUID
    callsign: str
    role: str
    eta_s: float
    saves_s: float | None
    from_: DivertedFrom
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Recommendation:
    """`complete_arrival_s` is None while a place is unfilled; `coverage` until it was asked."""

    plan: Plan
    run_card: RunCardUsed | None
    units: tuple[Recommended, ...]
    runners_up: tuple[Recommended, ...]
    shortfalls: tuple[Shortfall, ...]
    as_of: datetime
    first_arrival_s: float | None = None
    complete_arrival_s: float | None = None
    diverts: tuple[Divert, ...] = ()
    coverage: Mapping[str, tuple[Lost, ...]] = field(default_factory=dict)
    move_ups: tuple[MoveUp, ...] = ()
    coverage_state: str = "not_asked"
