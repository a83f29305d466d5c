"""Silent-call triage: what is known of a number and a place, and the priority it suggests.

A suggestion only, with its reasons in codes that screens translate. Nothing is ever coded by it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

# Within this, a repeated number is the same distress; further back it is history.
REPEAT_WINDOW: Final = timedelta(minutes=30)
REPEATS_MANY: Final = 3
# How long ago a place was one of violence, and how recent that is alarming by itself.
PLACE_WINDOW: Final = timedelta(days=365)
PLACE_RECENT: Final = timedelta(days=30)
PLACE_M: Final = 60.0
# A place known worse than this is a quarter, not an address.
ADDRESS_UNSURE_M: Final = 150.0
NEARBY_M: Final = 300.0
NUISANCE: Final = frozenset({"children", "prank", "insult", "test"})
NUISANCES_MANY: Final = 3


class Reason(StrEnum):
    VIOLENCE_NOTE = "violence_note"
    VIOLENCE_AT_PLACE_RECENTLY = "violence_at_place_recently"
    VIOLENCE_AT_PLACE = "violence_at_place"
    VIOLENCE_IN_AREA = "violence_in_area"
    OPEN_INCIDENT_NEARBY = "open_incident_nearby"
    NUMBER_REPEATS = "number_repeats"
    LINE_LOST = "line_lost"
    MOSTLY_NUISANCE = "mostly_nuisance"


@dataclass(frozen=True, slots=True, kw_only=True)
class Coded:
    """How often calls of a number ended with a disposition; None: not closed."""

    code: str | None
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Repeat:
    """Calls of the same number before this one within `window_s` seconds, and how all ended."""

    count: int
    window_s: int
    dispositions: tuple[Coded, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AtPlace:
    """An earlier incident at the place, metres away."""

    incident_id: UUID
    number: str
    type: str
    opened_at: datetime
    distance_m: float
    violence: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Nearby:
    """An open incident near the place, metres away."""

    incident_id: UUID
    number: str
    type: str
    distance_m: float
    violence: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """All that is known around one call; `unsure_m` is the radius of its place, None without."""

    repeat: Repeat
    earlier: Sequence[AtPlace]
    nearby: Sequence[Nearby]
    violence_notes: int
    line_lost: bool
    unsure_m: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """A priority from 1 to 4, None when nothing speaks for any, and the reasons for it."""

    priority: int | None
    why: tuple[Reason, ...]


def suggest(known: Known, *, now: datetime) -> Suggestion:
    """Return the most urgent priority that anything known speaks for, with every reason.

    What speaks against urgency counts only where nothing speaks for it: a silent person in
    danger must not be taken for a child at play.
    """
    urgent = [*_of_place(known, now=now), *_of_number(known)]
    if urgent:
        return Suggestion(
            priority=min(priority for priority, _ in urgent),
            why=tuple(reason for _, reason in sorted(urgent)),
        )
    coded = {one.code: one.count for one in known.repeat.dispositions}
    nuisance = sum(count for code, count in coded.items() if code in NUISANCE)
    if nuisance >= NUISANCES_MANY and nuisance * 2 > sum(coded.values()):
        return Suggestion(priority=4, why=(Reason.MOSTLY_NUISANCE,))
    return Suggestion(priority=None, why=())


def _of_place(known: Known, *, now: datetime) -> list[tuple[int, Reason]]:
    found: list[tuple[int, Reason]] = []
    if known.violence_notes:
        found.append((1, Reason.VIOLENCE_NOTE))
    violent = [one for one in known.earlier if one.violence]
    if violent and (known.unsure_m is None or known.unsure_m > ADDRESS_UNSURE_M):
        found.append((3, Reason.VIOLENCE_IN_AREA))
    elif any(now - one.opened_at <= PLACE_RECENT for one in violent):
        found.append((1, Reason.VIOLENCE_AT_PLACE_RECENTLY))
    elif violent:
        found.append((2, Reason.VIOLENCE_AT_PLACE))
    if any(one.violence for one in known.nearby):
        found.append((2, Reason.OPEN_INCIDENT_NEARBY))
    return found


def _of_number(known: Known) -> list[tuple[int, Reason]]:
    found: list[tuple[int, Reason]] = []
    nuisance = sum(one.count for one in known.repeat.dispositions if one.code in NUISANCE)
    earlier = sum(one.count for one in known.repeat.dispositions)
    # Children ring ten times in a row as well: their number does not raise anything.
    if known.repeat.count and nuisance * 2 <= earlier:
        many = known.repeat.count + 1 >= REPEATS_MANY
        found.append((2 if many else 3, Reason.NUMBER_REPEATS))
        if known.line_lost:
            found.append((2 if many else 3, Reason.LINE_LOST))
    return found
