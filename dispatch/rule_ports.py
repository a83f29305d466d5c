"""The ports of rules: their documents, what waits by their clocks, what alarms came by them."""

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from dispatch.domain.alarm_groups import RawAlarm
from dispatch.domain.rules.clocks import ClockRow
from dispatch.domain.rules.ruleset import RuleSet, RuleVersion
from dispatch.domain.wire import JsonValue


class Rules(Protocol):
    """The rule documents: what supervisors edit instead of code (docs/supervisor-guide.md)."""

    async def current(self) -> RuleSet:
        """Return all rules in force, the shipped ones where nobody edited them."""
        ...

    async def parsed_beside(self, name: str, value: JsonValue, /) -> object:
        """Return what the document would be; RulesInvalid if it, or it beside the others, is wrong.

        NotFound for a name that is none.
        """
        ...

    async def value_at(self, name: str, version: int, /) -> object:
        """Return what the document's parser made of that version; NotFound without it.

        For what began under older rules and ends under them, such as an interview.
        """
        ...

    async def at(self, name: str, version: int | None = None, /) -> RuleVersion:
        """Return one version of the document (None: the one in force), or NotFound."""
        ...

    async def versions(self, name: str, /) -> Sequence[RuleVersion]:
        """Return all versions newest first, their documents left out; the last is 0."""
        ...

    async def put(self, version: RuleVersion, /) -> None:
        """Make it the one in force; StaleVersion unless it follows the one that is."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class LateStep:
    """A step of one unit's work that may be late, and whose unit it is."""

    incident_id: UUID
    assignment_id: UUID
    agency: str


class Waits(Protocol):
    """What waits by the clocks: `rows` are those of one clock, the closest fitting first."""

    async def without_unit(
        self, rows: Sequence[ClockRow], *, now: datetime, limit: int
    ) -> list[UUID]:
        """Return unmarked new incidents without a unit for too long.

        The most urgent and oldest come first.
        """
        ...

    async def unsent(self, rows: Sequence[ClockRow], *, now: datetime, limit: int) -> list[UUID]:
        """Return new incidents to which no unit was ever sent in time, and nobody was told."""
        ...

    async def unanswered(
        self, rows: Sequence[ClockRow], *, now: datetime, limit: int
    ) -> list[tuple[UUID, UUID]]:
        """Return (unit, incident) of unmarked orders unacknowledged for too long."""
        ...

    async def late_steps(
        self, clock: str, rows: Sequence[ClockRow], *, now: datetime, limit: int
    ) -> list[LateStep]:
        """Return the steps (turnout, travel or scene) that take too long and were not told of."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Flood:
    """New lines and counted-on reports of a span, who dealt with alarms, and a flood's beginning.

    `version` counts the floods' beginnings and ends; `since` is None while there is none.
    """

    lines: int
    suppressed: int
    operators: int
    since: datetime | None
    version: int


class RawAlarms(Protocol):
    """Every report of a machine as it came, whether it got a line of its own or not."""

    async def known(self, ids: Set[UUID], /) -> frozenset[UUID]:
        """Return those of the ids that are kept already."""
        ...

    async def open_lines(self, keys: Set[str], *, since: datetime) -> Mapping[str, UUID]:
        """Return the newest open alarm of each chatter key that was raised since then."""
        ...

    async def keep(self, raw: Sequence[RawAlarm], /) -> None: ...

    async def find(self, identity: UUID, /) -> RawAlarm | None:
        """Return one report."""
        ...

    async def of_alarm(self, alarm_id: UUID, *, limit: int) -> list[RawAlarm]:
        """Return the newest reports that the alarm is or counts, newest first."""
        ...

    async def flood(self, *, since: datetime) -> Flood:
        """Return the load since then, and whether a flood is on; locks the flood's state."""
        ...

    async def put_flood(self, flood: Flood, /) -> None:
        """Keep that a flood began or ended."""
        ...

    async def shelved_until(self, now: datetime, *, limit: int) -> list[UUID]:
        """Return open alarms whose time aside is over, the longest over first."""
        ...
