"""Facts of handling alarms: counted together, shelved, come back, too many at once."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Final
from uuid import UUID

from dispatch.domain.alarm import AlarmState, Shelving
from dispatch.domain.events import AlarmFact
from dispatch.domain.folding import ALARMS, Step, overlay
from ops_center.kernel.ids import derived_id

FLOOD: Final = derived_id("alarms", "flood")


@dataclass(frozen=True, kw_only=True)
class AlarmGrouped(AlarmFact):
    """`raw` names the reports that were counted on the alarm instead of getting a line."""

    kind: ClassVar[str] = "alarm.grouped"
    count: int
    repeated_at: datetime
    raw: tuple[UUID, ...]


@dataclass(frozen=True, kw_only=True)
class AlarmShelved(AlarmFact):
    kind: ClassVar[str] = "alarm.shelved"
    shelved: Shelving


@dataclass(frozen=True, kw_only=True)
class AlarmUnshelved(AlarmFact):
    """`cause` is `expired`, or `person`; it is as new, so that somebody sees it again."""

    kind: ClassVar[str] = "alarm.unshelved"
    shelved: None
    state: AlarmState
    by: None
    cause: str


@dataclass(frozen=True, kw_only=True)
class AlarmFloodBegan(AlarmFact):
    kind: ClassVar[str] = "alarm.flood_began"
    lines: int
    operators: int
    window_min: int


@dataclass(frozen=True, kw_only=True)
class AlarmFloodEnded(AlarmFact):
    kind: ClassVar[str] = "alarm.flood_ended"
    lasted_s: int
    lines: int
    suppressed: int


STEPS: Final[dict[str, Step]] = {
    "alarm.grouped": overlay(ALARMS, "count", "repeated_at"),
    "alarm.shelved": overlay(ALARMS),
    "alarm.unshelved": overlay(ALARMS, "shelved", "state", "by"),
}
