"""Clocks: how long each step may take, in what share of cases, and when the watch speaks up."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from dispatch.domain.response_plan import AGENCIES
from dispatch.domain.rules.reading import Part, read
from dispatch.domain.wire import JsonValue

ANSWER: Final = "answer"
CLAIM: Final = "claim"
PROCESS: Final = "process"
PENDING: Final = "pending"
UNACKNOWLEDGED: Final = "unacknowledged"
TURNOUT: Final = "turnout"
TRAVEL: Final = "travel"
SCENE: Final = "scene"
CLOCKS: Final = (ANSWER, CLAIM, PROCESS, PENDING, UNACKNOWLEDGED, TURNOUT, TRAVEL, SCENE)
# While it rings nobody knows what it is about: these clocks cannot depend on it.
OF_CALLS: Final = frozenset({ANSWER, CLAIM})
SECONDS_MAX: Final = 86_400
ROWS_MAX: Final = 400
SOURCE_MAX: Final = 200
# How much closer a row fits by naming each: the closest fit is used.
WEIGHT: Final = {"type": 4, "agency": 2, "priority": 1}


@dataclass(frozen=True, slots=True, kw_only=True)
class Aim:
    """Within `target_s` seconds in that share of cases."""

    target_s: int
    share: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockRow:
    """What holds for a clock where type, priority and agency are these (None: any).

    `alarm_s` is when the watch speaks up, never before the target; None: this clock does not run
    here. `also` are further aims of the same standard, `source` says whose they are.
    """

    clock: str
    source: str
    aim: Aim | None
    alarm_s: int | None
    type: str | None = None
    priority: int | None = None
    agency: str | None = None
    also: tuple[Aim, ...] = ()

    @property
    def weight(self) -> int:
        named = {"type": self.type, "agency": self.agency, "priority": self.priority}
        return sum(WEIGHT[name] for name, value in named.items() if value is not None)

    def fits(self, *, kind: str | None, priority: int | None, agency: str | None) -> bool:
        return (
            self.type in {None, kind}
            and self.priority in {None, priority}
            and self.agency in {None, agency}
        )


@dataclass(frozen=True, slots=True)
class Clocks:
    """All rows, the closest fitting first."""

    rows: tuple[ClockRow, ...]

    def of(self, clock: str) -> tuple[ClockRow, ...]:
        """Return the rows of a clock, the closest fitting first; the last fits always."""
        return tuple(row for row in self.rows if row.clock == clock)

    def row(
        self,
        clock: str,
        *,
        kind: str | None = None,
        priority: int | None = None,
        agency: str | None = None,
    ) -> ClockRow:
        """Return what holds for that clock there."""
        fitting = (
            one for one in self.of(clock) if one.fits(kind=kind, priority=priority, agency=agency)
        )
        return next(fitting)


def parse(document: JsonValue) -> Clocks:
    """Return the clocks of a document {clocks:[…]}, or raise RulesInvalid."""
    return read(document, _clocks)


def _clocks(part: Part) -> Clocks:
    part.only("clocks")
    parts = part["clocks"].each(limit=ROWS_MAX)
    rows = [_row(one) for one in parts]
    _unrepeated(zip(parts, rows, strict=True))
    for clock in CLOCKS:
        if not any(row.clock == clock and row.weight == 0 for row in rows):
            part["clocks"].fault(
                f"has no general row for {clock!r}: one without type, priority and agency"
            )
    return Clocks(tuple(sorted(rows, key=lambda row: -row.weight)))


def _unrepeated(rows: Iterable[tuple[Part, ClockRow]]) -> None:
    seen = set()
    for part, row in rows:
        key = (row.clock, row.type, row.priority, row.agency)
        if key in seen:
            part.fault(f"a row of {row.clock!r} for the same stands here twice")
        seen.add(key)


def _row(part: Part) -> ClockRow:
    part.only(
        "clock", "type", "priority", "agency", "target_s", "share", "alarm_s", "also", "source"
    )
    clock = part["clock"].one_of(CLOCKS)
    named = [name for name in WEIGHT if not part[name].absent]
    if clock in OF_CALLS and named:
        part[named[0]].fault(f"a ringing call has no {named[0]} yet: {clock!r} has one row only")
    aim = part["target_s"].optional(
        lambda target: Aim(
            target_s=target.whole(1, SECONDS_MAX), share=part["share"].share(default=0.9)
        )
    )
    return ClockRow(
        clock=clock,
        source=part["source"].text(limit=SOURCE_MAX),
        aim=aim,
        alarm_s=_alarm(part, aim),
        type=part["type"].optional(Part.code),
        priority=part["priority"].optional(lambda one: one.whole(1, 4)),
        agency=part["agency"].optional(lambda one: one.one_of(AGENCIES)),
        also=tuple(_aim(one) for one in part["also"].each(limit=4)),
    )


def _alarm(part: Part, aim: Aim | None) -> int | None:
    """Read when the watch speaks up: at the target where nothing is said."""
    if part["alarm_s"].absent:
        return aim.target_s if aim else None
    alarm = part["alarm_s"].optional(lambda one: one.whole(1, SECONDS_MAX))
    if alarm is not None and aim is not None and alarm < aim.target_s:
        part["alarm_s"].fault("speaks up before the target: write target_s or more")
    return alarm


def _aim(part: Part) -> Aim:
    part.only("target_s", "share")
    return Aim(
        target_s=part["target_s"].whole(1, SECONDS_MAX), share=part["share"].share(default=0.9)
    )
