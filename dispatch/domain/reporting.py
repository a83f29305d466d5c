"""What reports measure: stamps, the intervals between them, their targets, and periods.

One set of definitions for the centre's own work and for records taken over from another centre.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from itertools import product
from typing import Final

from dispatch.domain.codes import PRIORITY_HIGHEST, PRIORITY_LOWEST
from dispatch.domain.response_plan import AGENCIES
from dispatch.domain.rules.clocks import PROCESS, Clocks
from dispatch.domain.rules.ruleset import RuleSet
from ops_center.kernel.errors import Invalid

PERIOD_MAX: Final = timedelta(days=366)
PERIOD_USUAL: Final = timedelta(days=1)
GROUPS_MAX: Final = 500
# A smaller number of protected incidents (family violence, minors) could name somebody.
PROTECTED_MIN: Final = 5
PERCENTILES: Final = (50, 90, 95)
ALL: Final = "all"


class Stamp(StrEnum):
    """The instants of one unit's work on one incident, in the order they are lived through."""

    RECEIVED = "received"
    ANSWERED = "answered"
    ENTRY = "entry"
    DISPATCH = "dispatch"
    RESPONSE = "response"
    SCENE = "scene"
    TRANSPORT = "transport"
    HOSPITAL = "hospital"
    AVAILABLE = "available"


class Grouping(StrEnum):
    """What the rows of a table of intervals stand for."""

    NONE = "none"
    TYPE = "type"
    PRIORITY = "priority"
    ZONE = "zone"
    AGENCY = "agency"
    HOUR = "hour"
    DAY = "day"


class Basis(StrEnum):
    """What one interval is counted for: each call, each unit sent, or one unit per incident."""

    CALL = "call"
    RESPONSE = "response"
    FIRST_SENT = "first_sent"
    FIRST_THERE = "first_there"


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval:
    """The seconds from `start` to the first of `ends` that is known; `clock` names its target."""

    name: str
    start: Stamp
    ends: tuple[Stamp, ...]
    basis: Basis = Basis.RESPONSE
    clock: str | None = None

    @property
    def label(self) -> str:
        """Return such as `received->dispatch`."""
        first = "first " if self.basis in {Basis.FIRST_SENT, Basis.FIRST_THERE} else ""
        return f"{self.start}->{first}{self.ends[0]}"


INTERVALS: Final = (
    Interval(
        name="answer",
        start=Stamp.RECEIVED,
        ends=(Stamp.ANSWERED,),
        basis=Basis.CALL,
        clock="answer",
    ),
    Interval(name="entry", start=Stamp.RECEIVED, ends=(Stamp.ENTRY,)),
    Interval(
        name="process",
        start=Stamp.ENTRY,
        ends=(Stamp.DISPATCH,),
        basis=Basis.FIRST_SENT,
        clock="process",
    ),
    Interval(name="dispatch", start=Stamp.RECEIVED, ends=(Stamp.DISPATCH,)),
    Interval(name="turnout", start=Stamp.DISPATCH, ends=(Stamp.RESPONSE,), clock="turnout"),
    Interval(name="travel", start=Stamp.RESPONSE, ends=(Stamp.SCENE,), clock="travel"),
    Interval(name="arrival", start=Stamp.DISPATCH, ends=(Stamp.SCENE,)),
    Interval(name="response", start=Stamp.RECEIVED, ends=(Stamp.SCENE,)),
    Interval(
        name="first_arrival", start=Stamp.RECEIVED, ends=(Stamp.SCENE,), basis=Basis.FIRST_THERE
    ),
    Interval(
        name="scene", start=Stamp.SCENE, ends=(Stamp.TRANSPORT, Stamp.AVAILABLE), clock="scene"
    ),
    Interval(name="transport", start=Stamp.TRANSPORT, ends=(Stamp.HOSPITAL,)),
    Interval(name="hospital", start=Stamp.HOSPITAL, ends=(Stamp.AVAILABLE,)),
    Interval(name="task", start=Stamp.DISPATCH, ends=(Stamp.AVAILABLE,)),
)
TARGETED: Final = tuple(one.clock for one in INTERVALS if one.clock)


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """From `start` up to, not including, `end`; at most a year."""

    start: datetime
    end: datetime


def period_of(start: datetime | None, end: datetime | None, *, now: datetime) -> Period:
    """Return the period asked for; what is not given is the day up to `now`. Invalid when odd."""
    try:
        until = (end or now).astimezone(UTC)
        since = start.astimezone(UTC) if start else until - PERIOD_USUAL
        _ = since - PERIOD_MAX, until + PERIOD_MAX  # looked back and ahead from later
    except OverflowError:
        raise Invalid("`from` or `to` lies beyond all calendars.", field="from") from None
    if since >= until:
        raise Invalid("`from` must lie before `to`.", field="from")
    if until - since > PERIOD_MAX:
        raise Invalid(f"Ask for at most {PERIOD_MAX.days} days at once.", field="from")
    return Period(start=since, end=until)


def period_of_records(first: datetime, last: datetime) -> Period:
    """Return the period that holds all of an import, its last year where it is longer."""
    end = last + timedelta(seconds=1)
    return Period(start=max(first, end - PERIOD_MAX), end=end)


Aims = Mapping[str, int | None]
"""Seconds by clock; None where there is no target."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Targets:
    """Seconds each clock should not pass: by (type, priority, agency) for types that have rows of
    their own, else by (priority, agency); `usual` where neither is known.
    """

    usual: Aims = field(default_factory=dict)
    by_priority: Mapping[tuple[int, str], Aims] = field(default_factory=dict)
    by_type: Mapping[tuple[str, int, str], Aims] = field(default_factory=dict)


def targets_of(rules: RuleSet) -> Targets:
    """Return the targets that the rules in force set."""
    clocks = rules.clocks
    named = sorted({row.type for row in clocks.rows if row.type is not None})

    def aims(kind: str | None, priority: int | None, agency: str | None) -> Aims:
        # For `process` the agency is the leading one, which the type tells (see clocks.yaml).
        known = rules.types.find(kind) if kind is not None else None
        lead = known.agency if known is not None else None
        return {clock: _aim(clocks, clock, kind, priority, (agency, lead)) for clock in TARGETED}

    pairs = list(product(range(PRIORITY_HIGHEST, PRIORITY_LOWEST + 1), AGENCIES))
    return Targets(
        usual=aims(None, None, None),
        by_priority={
            (priority, agency): aims(None, priority, agency) for priority, agency in pairs
        },
        by_type={
            (kind, priority, agency): aims(kind, priority, agency)
            for kind in named
            for priority, agency in pairs
        },
    )


def _aim(  # noqa: PLR0917  a lookup by five keys
    clocks: Clocks,
    clock: str,
    kind: str | None,
    priority: int | None,
    agencies: tuple[str | None, str | None],
) -> int | None:
    agency = agencies[1] if clock == PROCESS else agencies[0]
    row = clocks.row(clock, kind=kind, priority=priority, agency=agency)
    return None if row.aim is None else row.aim.target_s
