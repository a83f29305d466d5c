"""What one message about a caller's place says, once read: fixes, and what could not be used."""

import math
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final, TypeVar

from gis.geometry import UNCERTAINTY_MAX_M, Extent, Location, Point, looks_swapped

HANDSET: Final = "handset"
NETWORK: Final = "network"
REGISTERED: Final = "registered"

SPEED_MAX_MPS: Final = 350.0
FULL_TURN_DEG: Final = 360.0
PERCENT: Final = 100.0
NUMBER_MAX: Final = 24
# Each is compared with all before it; nobody reads more of one message.
NOTES_MAX: Final = 50
FLOOR_MAX: Final = 16
# Nobody's clock is right to the second; what lies further ahead is a clock set wrong.
AHEAD_MAX: Final = timedelta(seconds=60)
OLDEST: Final = datetime(2010, 1, 1, tzinfo=UTC)
# Above this a count of seconds since 1970 would lie in the year 5138: it is milliseconds.
SECONDS_MAX: Final = 100_000_000_000

_NUMBER: Final = re.compile(r"[+-]?\d{1,15}(\.\d{0,15})?([eE][+-]?\d{1,2})?", re.ASCII)
_WHOLE: Final = re.compile(r"\d{1,15}", re.ASCII)
_NOT_DIALLED: Final = re.compile(r"[^0-9+]")

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class CallerFix:
    """One place of a caller at the sender's own confidence; no value of it is guessed silently."""

    method: str
    source: str
    location: Location
    measured_at: datetime | None = None
    speed_mps: float | None = None
    heading_deg: float | None = None
    floor: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What a message says: whose place, its fixes, and notes on what was missing or wrong."""

    number: str | None
    fixes: tuple[CallerFix, ...]
    notes: tuple[str, ...]


@dataclass(slots=True)
class Reading:
    """Reads fields that may be absent or malformed; keeps a note instead of failing."""

    fields: dict[str, str]
    notes: list[str] = field(default_factory=list)

    def note(self, text: str) -> None:
        if len(self.notes) < NOTES_MAX and text not in self.notes:
            self.notes.append(text)

    def text(self, name: str) -> str | None:
        """Return the field trimmed, None where it is absent or empty."""
        return self.fields.get(name, "").strip() or None

    def number(self, name: str, *, low: float, high: float) -> float | None:
        """Return the field as a number from `low` to `high`, None with a note where it is not."""
        value = self.text(name)
        if value is None:
            return None
        found = number_of(value)
        if found is None or not low <= found <= high:
            self.note(f"{name}: not a number from {low:g} to {high:g}, left out")
            return None
        return found

    def read(self, name: str, parse: Callable[[str], T | None], *, what: str) -> T | None:
        """Return the field as `parse` understands it, None with a note where it does not."""
        value = self.text(name)
        found = parse(value) if value is not None else None
        if value is not None and found is None:
            self.note(f"{name}: not {what}, left out")
        return found


def number_of(text: str) -> float | None:
    """Return a finite decimal number, None for anything else (words, nan, other digits)."""
    if not _NUMBER.fullmatch(text):
        return None
    value = float(text)
    return value if math.isfinite(value) else None


def instant_of(text: str) -> datetime | None:
    """Return the instant of a Unix time; both milliseconds and seconds are met in the field."""
    if not _WHOLE.fullmatch(text):
        return None
    count = int(text)
    seconds = count / 1000 if count > SECONDS_MAX else count
    if not OLDEST.timestamp() <= seconds <= SECONDS_MAX:
        return None
    return datetime.fromtimestamp(seconds, UTC)


def confidence_of(value: float) -> float | None:
    """Return a probability, from 0..1 or from percent; None for 0, which means no fix."""
    share = value if value <= 1 else value / PERCENT
    return share if 0 < share <= 1 else None


def dialled(number: str | None) -> str | None:
    """Return a telephone number as digits with its plus, None where there are none."""
    kept = _NOT_DIALLED.sub("", number or "")[:NUMBER_MAX]
    bare = kept.replace("+", "")
    return ("+" if kept.startswith("+") else "") + bare if bare else None


def floor_of(text: str) -> str:
    """Return the floor as it was said; senders put words there, not only numbers."""
    return "".join(char for char in text if char.isprintable())[:FLOOR_MAX]


def located(
    reading: Reading, *, lat: float, lon: float, radius_m: float, confidence: float
) -> Location | None:
    """Return the Location, None for the null fix: 0, 0 lies in the sea and nobody calls from it."""
    if lat == 0 and lon == 0:
        reading.note("no fix: the message says 0, 0")
        return None
    return Location(
        point=Point(lon=lon, lat=lat),
        uncertainty_m=min(radius_m, UNCERTAINTY_MAX_M),
        confidence=confidence,
    )


def measured(reading: Reading, instant: datetime | None, *, now: datetime) -> datetime | None:
    """Return when the fix was taken, None with a note where the sender's clock runs ahead."""
    if instant is not None and instant > now + AHEAD_MAX:
        reading.note("the sender's clock is ahead: time of the fix left out")
        return None
    return instant


def misplaced(report: Report, city: Extent | None) -> str | None:
    """Return why the report cannot be believed: exchanged, its coordinates lie in the city."""
    for location in _swapped(report, city):
        return (
            f"lat {location.point.lat:.5f} and lon {location.point.lon:.5f} look swapped: "
            "exchanged, they lie in the city. Send lat first where the format says so."
        )
    return None


def _swapped(report: Report, city: Extent | None) -> Iterator[Location]:
    if city is None:
        return
    for fix in report.fixes:
        point = fix.location.point
        # Near the diagonal both readings lie in the city, and the one that was sent stands.
        near = city.contains(point, margin_deg=1.0)
        if not near and looks_swapped(city, lon=point.lon, lat=point.lat):
            yield fix.location
