"""When motion becomes an alarm: zone, share, N of M, dwell, schedule and re-arm, as a pure fold."""

import math
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from ops_center.kernel.errors import Invalid

ZONE_CORNERS_MIN = 3
ZONE_CORNERS_MAX = 32
ZONE_AREA_MIN = 0.001
WINDOW_MAX = 100
DWELL_MAX_S = 600.0
REARM_MAX_S = 86_400.0
RULE_NAME_MAX = 120
PRIORITY_LOWEST = 4
WEEKDAYS = frozenset(range(7))
GAP_MAX = timedelta(seconds=5)

Corner = tuple[float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """Hours in which a rule watches, local to `zone_name`; `end` before `start` spans midnight."""

    days: frozenset[int] = WEEKDAYS
    start: time
    end: time
    zone_name: str = "America/Asuncion"

    def covers(self, now: datetime) -> bool:
        """True when `now` (aware) lies inside; hours after midnight belong to the day before."""
        local = now.astimezone(ZoneInfo(self.zone_name))
        at, today = local.time(), local.weekday()
        if self.start <= self.end:
            return today in self.days and self.start <= at < self.end
        yesterday = (today - 1) % 7
        return (today in self.days and at >= self.start) or (
            yesterday in self.days and at < self.end
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class AlarmRule:
    """`zone`: corners (x, y) in 0..1 of the picture, y downwards; empty means the whole picture.

    An alarm needs `hits` of the last `window` looks with at least `min_fraction` of the zone
    moving, kept up for `dwell_s`; the next one comes `rearm_s` later at the earliest.
    """

    id: UUID
    camera_id: UUID
    name: str
    kind: str = "motion"
    priority: int = 3
    zone: tuple[Corner, ...] = ()
    min_fraction: float = 0.005
    hits: int = 3
    window: int = 5
    dwell_s: float = 1.5
    rearm_s: float = 60.0
    schedule: Schedule | None = None
    enabled: bool = True

    def __post_init__(self) -> None:
        if not self.name.strip() or len(self.name) > RULE_NAME_MAX:
            raise Invalid(f"name must have 1 to {RULE_NAME_MAX} characters.", field="name")
        if not 1 <= self.priority <= PRIORITY_LOWEST:
            raise Invalid(f"priority must be 1 to {PRIORITY_LOWEST}.", field="priority")
        if not 1 <= self.hits <= self.window <= WINDOW_MAX:
            raise Invalid(f"hits of window must be 1 <= hits <= window <= {WINDOW_MAX}.")
        _between("min_fraction", self.min_fraction, 0.0001, 1.0)
        _between("dwell_s", self.dwell_s, 0, DWELL_MAX_S)
        _between("rearm_s", self.rearm_s, 0, REARM_MAX_S)
        if self.zone:
            _check_zone(self.zone)


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """One look at the zone: the share of it that moves, None while the eye is not usable."""

    at: datetime
    fraction: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleState:
    recent: tuple[bool, ...] = ()
    moving_since: datetime | None = None
    last_look_at: datetime | None = None
    last_alarm_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MotionAlarm:
    """Motion that satisfied its rule at `at`, having begun at `since`."""

    rule_id: UUID
    camera_id: UUID
    since: datetime
    at: datetime
    fraction: float


def fold(rule: AlarmRule, state: RuleState, look: Look) -> tuple[RuleState, MotionAlarm | None]:
    """Return the state after one look, and the alarm it raises if any. Looks come in time order."""
    if not _watching(rule, look) or look.fraction is None:
        return replace(state, recent=(), moving_since=None, last_look_at=look.at), None
    if state.last_look_at is not None and look.at - state.last_look_at > GAP_MAX:
        state = replace(state, recent=(), moving_since=None)  # what happened between is unknown
    recent = (*state.recent, look.fraction >= rule.min_fraction)[-rule.window :]
    active = sum(recent) >= rule.hits
    since = (state.moving_since or look.at) if active else None
    state = replace(state, recent=recent, moving_since=since, last_look_at=look.at)
    if since is None or not _due(rule, state, since, look.at):
        return state, None
    alarm = MotionAlarm(
        rule_id=rule.id, camera_id=rule.camera_id, since=since, at=look.at, fraction=look.fraction
    )
    return replace(state, last_alarm_at=look.at), alarm


def _watching(rule: AlarmRule, look: Look) -> bool:
    return rule.enabled and (rule.schedule is None or rule.schedule.covers(look.at))


def _due(rule: AlarmRule, state: RuleState, since: datetime, now: datetime) -> bool:
    dwelt = now - since >= timedelta(seconds=rule.dwell_s)
    rearmed = state.last_alarm_at is None or now - state.last_alarm_at >= timedelta(
        seconds=rule.rearm_s
    )
    return dwelt and rearmed


def _between(name: str, value: float, low: float, high: float) -> None:
    if not math.isfinite(value) or not low <= value <= high:
        raise Invalid(f"{name} must be a number from {low:g} to {high:g}.", field=name)


def _check_zone(zone: tuple[Corner, ...]) -> None:
    if not ZONE_CORNERS_MIN <= len(zone) <= ZONE_CORNERS_MAX:
        raise Invalid(
            f"zone must have {ZONE_CORNERS_MIN} to {ZONE_CORNERS_MAX} corners.", field="zone"
        )
    for corner in zone:
        for value in corner:
            _between("zone coordinates", value, 0, 1)
    if zone_area(zone) < ZONE_AREA_MIN:
        raise Invalid("zone has almost no area: its corners lie on a line.", field="zone")


def zone_area(zone: tuple[Corner, ...]) -> float:
    """Return the share of the picture inside the polygon (shoelace), 1 for the whole picture."""
    if not zone:
        return 1.0
    following = (*zone[1:], zone[0])
    return abs(sum(a[0] * b[1] - b[0] * a[1] for a, b in zip(zone, following, strict=True))) / 2
