"""A planned shift: which unit, from when to when, with whom; and whether it was kept."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, ClassVar, Final
from uuid import UUID

from dispatch.domain.events import DispatchFact
from dispatch.domain.unit_parts import CrewMember, ShiftTimes
from dispatch.domain.wire import UNSET, JsonObject, Unset, object_json
from ops_center.kernel.errors import Conflict, Invalid

SHIFT_MAX: Final = timedelta(hours=48)
# A crew may sign on this long before its shift begins.
EARLY_MAX: Final = timedelta(hours=4)


class ShiftState(StrEnum):
    PLANNED = "planned"
    LATE = "late"
    SIGNED_ON = "signed_on"
    OVERRUN = "overrun"
    DONE = "done"
    MISSED = "missed"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shift:
    """Shape on the wire: docs/protocol.md, with what `seen` adds."""

    id: UUID
    version: int
    unit_id: UUID
    starts_at: datetime
    ends_at: datetime
    crew: tuple[CrewMember, ...] = ()
    vehicle: str | None = None
    station: str | None = None
    cell: str | None = None
    note: str | None = None
    signed_on_at: datetime | None = None
    signed_off_at: datetime | None = None
    cancelled_at: datetime | None = None

    @property
    def times(self) -> ShiftTimes:
        return ShiftTimes(id=self.id, starts_at=self.starts_at, ends_at=self.ends_at)


@dataclass(frozen=True, kw_only=True)
class ShiftFact(DispatchFact):
    subject_type: ClassVar[str] = "shift"


@dataclass(frozen=True, kw_only=True)
class ShiftPlanned(ShiftFact):
    kind: ClassVar[str] = "shift.planned"
    unit_id: UUID
    starts_at: datetime
    ends_at: datetime
    crew: tuple[CrewMember, ...]
    vehicle: str | None
    station: str | None
    cell: str | None
    note: str | None


@dataclass(frozen=True, kw_only=True)
class ShiftChanged(ShiftFact):
    kind: ClassVar[str] = "shift.changed"
    starts_at: datetime | Unset = UNSET
    ends_at: datetime | Unset = UNSET
    crew: tuple[CrewMember, ...] | Unset = UNSET
    vehicle: str | Unset | None = UNSET
    station: str | Unset | None = UNSET
    cell: str | Unset | None = UNSET
    note: str | Unset | None = UNSET


@dataclass(frozen=True, kw_only=True)
class ShiftCancelled(ShiftFact):
    kind: ClassVar[str] = "shift.cancelled"
    unit_id: UUID


def check_times(starts_at: datetime, ends_at: datetime) -> None:
    """Raise Invalid when a shift ends before it begins, or lasts longer than anybody works."""
    if not timedelta(0) < ends_at - starts_at <= SHIFT_MAX:
        hours = SHIFT_MAX // timedelta(hours=1)
        raise Invalid(f"A shift ends after it begins and lasts at most {hours} h.", field="ends_at")


def changed(shift: Shift, **changes: Any) -> Shift:
    """Return the shift one version further, with those fields replaced."""
    return replace(shift, version=shift.version + 1, **changes)


def require_open(shift: Shift) -> None:
    """Raise Conflict when the shift is over or cancelled."""
    if shift.cancelled_at is not None or shift.signed_off_at is not None:
        word = "cancelled" if shift.cancelled_at else "over"
        raise Conflict(
            f"This shift is {word}. Plan another one.", code="shift-over", shift_id=str(shift.id)
        )


def require_startable(shift: Shift, *, unit_id: UUID, now: datetime) -> None:
    """Raise Conflict unless that unit's crew may sign on to the shift now."""
    require_open(shift)
    if shift.unit_id != unit_id:
        raise Conflict("This shift is of another unit.", code="shift-of-another-unit")
    if not shift.starts_at - EARLY_MAX <= now <= shift.ends_at:
        raise Conflict(
            "This shift is not now: it begins too far ahead or has ended. Sign on without it.",
            code="shift-not-now",
            shift_id=str(shift.id),
        )


def state_of(shift: Shift, *, late_after_s: int, now: datetime) -> ShiftState:
    """Return how the shift stands at `now`."""
    if shift.cancelled_at is not None:
        return ShiftState.CANCELLED
    if shift.signed_off_at is not None:
        return ShiftState.DONE
    if shift.signed_on_at is not None:
        return ShiftState.OVERRUN if now > shift.ends_at else ShiftState.SIGNED_ON
    if now > shift.ends_at:
        return ShiftState.MISSED
    late = now - shift.starts_at > timedelta(seconds=late_after_s)
    return ShiftState.LATE if late else ShiftState.PLANNED


def seen(shift: Shift, *, callsign: str, late_after_s: int, now: datetime) -> JsonObject:
    """Return the shift for screens: with its state, and by how many seconds late or over."""
    began = shift.signed_on_at or now
    ended = shift.signed_off_at or now
    late_s = max(int((began - shift.starts_at).total_seconds()), 0)
    over_s = max(int((ended - shift.ends_at).total_seconds()), 0)
    return {
        **object_json(shift),
        "callsign": callsign,
        "state": state_of(shift, late_after_s=late_after_s, now=now).value,
        "late_s": late_s if late_s > late_after_s else 0,
        "overrun_s": over_s if shift.signed_on_at else 0,
    }
