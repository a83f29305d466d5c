"""An Alarm: a machine's report, waiting for a person to say what it is."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from dispatch.domain.changing import with_changes
from dispatch.domain.wire import INTERNAL
from gis.geometry import Location
from ops_center.kernel.errors import Conflict

UNIT_EMERGENCY = "unit_emergency"


class AlarmState(StrEnum):
    RAISED = "raised"
    ACKNOWLEDGED = "acknowledged"
    VERIFIED = "verified"
    DISMISSED = "dismissed"


OPEN = frozenset({AlarmState.RAISED, AlarmState.ACKNOWLEDGED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """The picture that was stored once, and where it can be fetched."""

    sha256: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelving:
    """Put aside until then, by whom and why."""

    until: datetime
    by: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarm:
    """Shape on the wire: docs/protocol.md.

    `count` is how often its source sent it while it was open, `repeated_at` when it did so last,
    `group` what lists show together: its kind and place.
    """

    id: UUID
    number: str
    version: int
    state: AlarmState
    kind: str
    priority: int
    agency: str
    camera_id: UUID | None
    camera_name: str | None
    zone_name: str | None
    location: Location | None
    detected_at: datetime
    raised_at: datetime
    snapshot: Snapshot | None
    incident_id: UUID | None
    reason: str | None
    by: str | None
    source_id: UUID | None = None
    source_name: str | None = None
    count: int = 1
    repeated_at: datetime | None = None
    shelved: Shelving | None = None
    group: str | None = None
    unit_id: UUID | None = field(default=None, metadata={INTERNAL: True})

    @property
    def audience(self) -> tuple[str, ...]:
        """Tags of those who may hear of it: its agency."""
        return (f"agency:{self.agency}",)


def is_repeated(alarm: Alarm, *, at: datetime, window: timedelta) -> bool:
    """Whether something sent at that moment still belongs to this open alarm."""
    last = alarm.repeated_at or alarm.detected_at
    return alarm.state in OPEN and abs(at - last) <= window


def repeated(alarm: Alarm, *, at: datetime) -> Alarm:
    """Return the alarm sent once more; a repetition that comes late does not turn time back."""
    _require_open(alarm)
    last = alarm.repeated_at or alarm.detected_at
    return _next(alarm, count=alarm.count + 1, repeated_at=max(at, last))


def repeated_by(alarm: Alarm, *, more: int, at: datetime) -> Alarm:
    """Return the alarm with so many more reports counted on it, the last of them then."""
    last = alarm.repeated_at or alarm.detected_at
    return _next(alarm, count=alarm.count + more, repeated_at=max(at, last))


def shelved(alarm: Alarm, shelving: Shelving) -> Alarm:
    """Return the alarm put aside for a while."""
    _require_open(alarm)
    if alarm.shelved is not None:
        raise Conflict(
            f"Alarm {alarm.number} was already put aside by {alarm.shelved.by}. Take it back "
            "first.",
            code="already-shelved",
            alarm_id=str(alarm.id),
            by=alarm.shelved.by,
        )
    return _next(alarm, shelved=shelving)


def unshelved(alarm: Alarm) -> Alarm:
    """Return the alarm taken back: nobody has acknowledged it as it comes back."""
    if alarm.shelved is None:
        return alarm
    _require_open(alarm)
    return _next(alarm, shelved=None, state=AlarmState.RAISED, by=None)


def acknowledged(alarm: Alarm, *, by: str) -> Alarm:
    """Return the alarm as seen by a person; again by anybody changes nothing."""
    if alarm.state is AlarmState.ACKNOWLEDGED:
        return alarm
    _require_open(alarm)
    return _next(alarm, state=AlarmState.ACKNOWLEDGED, by=by)


def verified(alarm: Alarm, *, by: str, incident_id: UUID) -> Alarm:
    """Return the alarm as part of an incident, because a person said so."""
    _require_open(alarm)
    return _next(alarm, state=AlarmState.VERIFIED, by=by, incident_id=incident_id)


def moved(alarm: Alarm, *, by: str, incident_id: UUID) -> Alarm:
    """Return a verified alarm as part of the incident that its own was merged into."""
    assert alarm.state is AlarmState.VERIFIED, "only a verified alarm can follow a merge"
    return _next(alarm, by=by, incident_id=incident_id)


def dismissed(alarm: Alarm, *, by: str, reason: str) -> Alarm:
    """Return the alarm put aside for a reason."""
    if alarm.state is AlarmState.DISMISSED and alarm.reason == reason:
        return alarm
    _require_open(alarm)
    return _next(alarm, state=AlarmState.DISMISSED, by=by, reason=reason)


def _require_open(alarm: Alarm) -> None:
    if alarm.state in OPEN:
        return
    who = f" by {alarm.by}" if alarm.by else ""
    raise Conflict(
        f"Alarm {alarm.number} was already {alarm.state}{who}. Nothing is left to decide.",
        code="alarm-decided",
        alarm_id=str(alarm.id),
        state=alarm.state.value,
        incident_id=str(alarm.incident_id) if alarm.incident_id else None,
    )


def _next(alarm: Alarm, **changes: object) -> Alarm:
    return with_changes(alarm, {"version": alarm.version + 1, **changes})
