"""An alarm source: a panic button or an alarm panel, where it is, and how often it was right."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, ClassVar, Final
from uuid import UUID

from typing_extensions import override

from dispatch.domain.changing import with_changes
from dispatch.domain.events import DispatchFact
from dispatch.domain.wire import INTERNAL, UNSET, Unset, object_json
from gis.geometry import Location
from ops_center.kernel.errors import Conflict, Invalid

REPEAT_WINDOW_DEFAULT_S: Final = 120
REPEAT_WINDOW_MAX_S: Final = 3_600
EXPECTED_DAYS_MAX: Final = 366
CODE_MAX: Final = 32
NAME_MAX: Final = 120
SILENT: Final = "source_silent"
# Dismissed for these, an alarm says nothing about whether its source tells the truth.
NO_JUDGEMENT: Final = frozenset({"test", "duplicate"})


class SourceKind(StrEnum):
    PANIC_BUTTON = "panic_button"
    ALARM_PANEL = "alarm_panel"


class SourceState(StrEnum):
    """SILENT: not heard of for longer than it is expected to be tested."""

    OK = "ok"
    SILENT = "silent"
    NEVER_HEARD = "never_heard"
    INACTIVE = "inactive"


@dataclass(frozen=True, slots=True, kw_only=True)
class AlarmSource:
    """`code` is what the device or its receiver calls it. Priority is that of its alarms.

    A press within `repeat_window_s` of the last is counted on the same open alarm. `heard_at` is
    the last sign of life; without one for `expected_days` the source counts as silent.
    """

    id: UUID
    code: str
    version: int
    name: str
    kind: SourceKind
    agency: str
    priority: int
    location: Location
    repeat_window_s: int = REPEAT_WINDOW_DEFAULT_S
    expected_days: int | None = None
    active: bool = True
    added_at: datetime
    heard_at: datetime | None = field(default=None, metadata={INTERNAL: True})

    def __post_init__(self) -> None:
        _between("repeat_window_s", self.repeat_window_s, 0, REPEAT_WINDOW_MAX_S)
        if self.expected_days is not None:
            _between("expected_days", self.expected_days, 1, EXPECTED_DAYS_MAX)

    @property
    def audience(self) -> tuple[str, ...]:
        """Tags of those who may hear of it: its agency."""
        return (f"agency:{self.agency}",)

    @property
    def repeat_window(self) -> timedelta:
        return timedelta(seconds=self.repeat_window_s)


def state_of(source: AlarmSource, *, now: datetime) -> SourceState:
    """Say whether the source can be relied on: one nobody hears of may be dead."""
    if not source.active:
        return SourceState.INACTIVE
    if source.expected_days is None:
        return SourceState.OK
    since = source.heard_at or source.added_at
    if now - since <= timedelta(days=source.expected_days):
        return SourceState.OK
    return SourceState.SILENT if source.heard_at else SourceState.NEVER_HEARD


def changed(source: AlarmSource, **values: object) -> tuple[AlarmSource, dict[str, object]]:
    """Return the source with those values and which of them are new, none without a change."""
    news = {name: one for name, one in values.items() if getattr(source, name) != one}
    if not news:
        return source, {}
    return with_changes(source, {"version": source.version + 1, **news}), news


def require_active(source: AlarmSource) -> None:
    """Raise Conflict for a source that was taken out of use."""
    if not source.active:
        raise Conflict(
            f"{source.name} ({source.code}) is out of use. Put it back in use, or look at why it "
            "still sends.",
            code="source-inactive",
            source_id=str(source.id),
        )


def _between(name: str, value: int, low: int, high: int) -> None:
    if not low <= value <= high:
        raise Invalid(f"{name} must lie between {low} and {high}.", field=name)


@dataclass(frozen=True, kw_only=True)
class AlarmSourceFact(DispatchFact):
    subject_type: ClassVar[str] = "alarm_source"


@dataclass(frozen=True, kw_only=True)
class AlarmSourceAdded(AlarmSourceFact):
    kind: ClassVar[str] = "alarm_source.added"
    source: AlarmSource

    @override
    def data(self) -> dict[str, Any]:
        shape = object_json(self.source)
        return {name: value for name, value in shape.items() if name not in {"id", "version"}}


@dataclass(frozen=True, kw_only=True)
class AlarmSourceChanged(AlarmSourceFact):
    kind: ClassVar[str] = "alarm_source.changed"
    name: str | Unset = UNSET
    source_kind: SourceKind | Unset = UNSET
    agency: str | Unset = UNSET
    priority: int | Unset = UNSET
    location: Location | Unset = UNSET
    repeat_window_s: int | Unset = UNSET
    expected_days: int | Unset | None = UNSET
    active: bool | Unset = UNSET

    @override
    def data(self) -> dict[str, Any]:
        written = super().data()
        if "source_kind" in written:
            written["kind"] = written.pop("source_kind")
        return written
