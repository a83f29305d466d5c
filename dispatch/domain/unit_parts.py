"""What a unit carries beside its status: crew, shift, proposals of its position, welfare timer."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID


class StatusSource(StrEnum):
    """Who says the present status: a person, a position a person confirmed, or the centre."""

    SAID = "said"
    PHYSICS = "physics"
    CENTRE = "centre"


@dataclass(frozen=True, slots=True, kw_only=True)
class CrewMember:
    """A person of a crew: of an account, or a bare name; `role` is what they do in it."""

    username: str | None
    name: str
    role: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ShiftTimes:
    """The planned shift a crew signed on to."""

    id: UUID
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """A status that positions suggest; nothing changes until a person confirms it.

    `since` is when it happened by the positions, `why` a code (at_place, set_out, left_place,
    at_hospital), `fix_age_s` how old the newest position was when it was proposed.
    """

    status: str
    since: datetime
    why: str
    fix_age_s: float | None
    distance_m: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Disagreement:
    """The crew says one thing, its positions another (far_from_scene, still_at_scene)."""

    code: str
    since: datetime
    fix_age_s: float | None
    distance_m: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """A proposal that a person refused: the same arrival is not proposed again."""

    status: str
    incident_id: UUID | None
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Welfare:
    """The timer of a unit's check-ins; `by_hand` when a dispatcher set it, not the rules.

    After `missed` reached its limit the timer stands still: the alarm is out.
    """

    interval_s: int
    due_at: datetime
    missed: int = 0
    by_hand: bool = False
