"""Positions of units: device time orders them, and what cannot be true is refused with a reason."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from gis.geodesy import distance_m
from gis.geometry import LAT_LIMIT_DEG, LON_LIMIT_DEG, Point

BATCH_MAX: Final = 500
FUTURE_MAX: Final = timedelta(seconds=60)
AGE_MAX: Final = timedelta(hours=24)
ACCURACY_MAX_M: Final = 5_000.0
# 360 km/h: faster than any unit including a helicopter. A wrong fix that slipped in heals itself,
# because the speed needed to come back falls as time goes on.
TELEPORT_MPS: Final = 100.0
NULL_ISLAND_DEG: Final = 0.001
TELEPORT: Final = "teleport"
# A fix without accuracy: what a phone outdoors is usually good for.
ACCURACY_DEFAULT_M: Final = 25.0


@dataclass(frozen=True, slots=True, kw_only=True)
class RawFix:
    """A fix as the device claims it: degrees, metres, m/s; nothing has been checked."""

    lon: float
    lat: float
    occurred_at: datetime
    accuracy_m: float | None = None
    speed_mps: float | None = None
    heading_deg: float | None = None
    mocked: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Fix:
    """A believable position of a unit. `recorded_at` is ours, `occurred_at` the device's.

    `mocked`: the device itself says that the position is made up, not measured. `teleported_at`:
    when we last refused a fix of this device because nobody can have moved so fast.
    """

    unit_id: UUID
    point: Point
    occurred_at: datetime
    recorded_at: datetime
    accuracy_m: float | None
    speed_mps: float | None
    heading_deg: float | None
    mocked: bool = False
    teleported_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejected:
    """Why the fix at that place in the batch was not believed."""

    index: int
    code: str
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Sifted:
    """The fixes to keep in device-time order, and the one that is now the unit's last known."""

    kept: tuple[Fix, ...]
    latest: Fix | None
    rejected: tuple[Rejected, ...]

    @property
    def jumped(self) -> bool:
        """Tell whether a fix was refused because nobody moves so fast: a doubt about the device."""
        return any(one.code == TELEPORT for one in self.rejected)


def sift(fixes: Sequence[RawFix], *, unit_id: UUID, last: Fix | None, now: datetime) -> Sifted:
    """Separate a unit's batch. Late fixes are kept as history and never move the last known."""
    kept: list[Fix] = []
    rejected: list[Rejected] = []
    newest = last
    for index, raw in sorted(enumerate(fixes), key=lambda pair: pair[1].occurred_at):
        before = kept[-1] if kept else None
        wrong = _wrong(raw, now=now) or _impossible(raw, before=before, newest=newest)
        if wrong:
            rejected.append(Rejected(index=index, code=wrong[0], detail=wrong[1]))
            continue
        fix = _fix(raw, unit_id=unit_id, now=now)
        kept.append(fix)
        if newest is None or fix.occurred_at > newest.occurred_at:
            newest = fix
    return Sifted(
        kept=tuple(kept),
        latest=newest if newest is not last else None,
        rejected=tuple(sorted(rejected, key=lambda one: one.index)),
    )


def _wrong(raw: RawFix, *, now: datetime) -> tuple[str, str] | None:
    """What is wrong with the fix by itself: code and advice."""
    numbers = (raw.lon, raw.lat, raw.accuracy_m or 0.0)
    if not all(math.isfinite(number) for number in numbers):
        return "not-a-number", "lon, lat and accuracy_m must be finite numbers."
    if abs(raw.lon) > LON_LIMIT_DEG or abs(raw.lat) > LAT_LIMIT_DEG:
        return "out-of-range", "lon is -180 to 180, lat -90 to 90; are they swapped?"
    if abs(raw.lon) < NULL_ISLAND_DEG and abs(raw.lat) < NULL_ISLAND_DEG:
        return "null-island", "0, 0 means a device without a fix: do not send it."
    if raw.accuracy_m is not None and not 0 <= raw.accuracy_m <= ACCURACY_MAX_M:
        return "bad-accuracy", f"accuracy_m must be 0 to {ACCURACY_MAX_M:.0f} to be of use."
    return _wrong_time(raw.occurred_at, now=now)


def _wrong_time(occurred_at: datetime, *, now: datetime) -> tuple[str, str] | None:
    if occurred_at > now + FUTURE_MAX:
        return "future", "occurred_at lies in the future: set the device's clock."
    if occurred_at < now - AGE_MAX:
        return "too-old", f"Older than {AGE_MAX.total_seconds() / 3600:.0f} h: it is not kept."
    return None


def _impossible(raw: RawFix, *, before: Fix | None, newest: Fix | None) -> tuple[str, str] | None:
    """What is wrong with the fix after the one before it in device time."""
    for known in (before, newest):
        if known is not None and known.occurred_at == raw.occurred_at:
            return "duplicate", "A fix of this unit and instant is already known."
    earlier = _nearest_before(raw, before, newest)
    if earlier is None:
        return None
    moved_m = distance_m(earlier.point, Point(lon=raw.lon, lat=raw.lat))
    slack_m = (earlier.accuracy_m or ACCURACY_DEFAULT_M) + (raw.accuracy_m or ACCURACY_DEFAULT_M)
    elapsed_s = (raw.occurred_at - earlier.occurred_at).total_seconds()
    if moved_m - slack_m <= TELEPORT_MPS * elapsed_s:
        return None
    return TELEPORT, (
        f"{moved_m:.0f} m in {elapsed_s:.1f} s is faster than {TELEPORT_MPS:.0f} m/s."
    )


def _nearest_before(raw: RawFix, before: Fix | None, newest: Fix | None) -> Fix | None:
    earlier = [f for f in (before, newest) if f is not None and f.occurred_at < raw.occurred_at]
    return max(earlier, key=lambda fix: fix.occurred_at, default=None)


def _fix(raw: RawFix, *, unit_id: UUID, now: datetime) -> Fix:
    return Fix(
        unit_id=unit_id,
        point=Point(lon=raw.lon, lat=raw.lat),
        occurred_at=raw.occurred_at,
        recorded_at=now,
        accuracy_m=raw.accuracy_m,
        speed_mps=_known(raw.speed_mps, below=TELEPORT_MPS),
        heading_deg=_known(raw.heading_deg, below=360.0),
        mocked=raw.mocked,
    )


def _known(value: float | None, *, below: float) -> float | None:
    """Devices write -1 or NaN for "unknown"; so do we, as None."""
    return value if value is not None and 0 <= value <= below else None


def age_s(fix: Fix, *, now: datetime) -> float:
    """Return the position's age in seconds by the device's own time, never below 0."""
    return max((now - fix.occurred_at).total_seconds(), 0.0)


def live_value(fix: Fix) -> Mapping[str, object]:
    """Return the value of live key `unit:<id>`: a JSON-ready shape needs only `to_json`."""
    return {
        "lon": fix.point.lon,
        "lat": fix.point.lat,
        "occurred_at": fix.occurred_at,
        "recorded_at": fix.recorded_at,
        "accuracy_m": fix.accuracy_m,
        "speed_mps": fix.speed_mps,
        "heading_deg": fix.heading_deg,
        "mocked": fix.mocked,
    }
