"""Times of a rule: hours of the day, days of the week, dates, as people write them."""

import re
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from typing_extensions import override

from dispatch.domain.rules.reading import Part

ROWS_MAX: Final = 50
WEEKDAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
MINUTES_OF_DAY: Final = 24 * 60
_HOURS: Final = re.compile(r"([01]\d|2[0-4]):([0-5]\d)-([01]\d|2[0-4]):([0-5]\d)")
_DATE: Final = re.compile(r"(?:(\d{4})-)?(\d{2})-(\d{2})")


@dataclass(frozen=True, slots=True, kw_only=True)
class Hours:
    """From and until in minutes of the local day, the end excluded; may pass midnight."""

    start: int
    stop: int

    def holds(self, at: datetime) -> bool:
        """Tell whether the local time lies within."""
        minute = at.hour * 60 + at.minute
        if self.start < self.stop:
            return self.start <= minute < self.stop
        return minute >= self.start or minute < self.stop

    def began_yesterday(self, at: datetime) -> bool:
        """Tell whether these hours pass midnight and `at` lies behind it."""
        return self.start >= self.stop and at.hour * 60 + at.minute < self.stop

    @override
    def __str__(self) -> str:
        """Return it as it is written: 22:00-06:00."""
        return f"{_clock(self.start)}-{_clock(self.stop)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Dates:
    """The first and the last day: (year, month, day), or (month, day) in every year."""

    first: tuple[int, ...]
    last: tuple[int, ...]

    def holds(self, day: date) -> bool:
        """Tell whether the day lies within; yearly ones may pass the end of the year."""
        there = (day.year, day.month, day.day)[-len(self.first) :]
        if self.first <= self.last:
            return self.first <= there <= self.last
        return there >= self.first or there <= self.last

    @override
    def __str__(self) -> str:
        """Return it as it is written: 12-24/01-06."""
        return f"{_day(self.first)}/{_day(self.last)}"


def hours_of(part: Part) -> tuple[Hours, ...]:
    """Read one or several "22:00-06:00"."""
    return tuple(one for row in _rows(part) if (one := _hours(row)))


def dates_of(part: Part) -> tuple[Dates, ...]:
    """Read "2026-12-24/2026-12-26", or "12-24/01-06" for every year; one day stands alone."""
    return tuple(one for row in _rows(part) if (one := _dates(row)))


def weekdays_of(part: Part) -> tuple[int, ...]:
    """Read days such as mon or sun as 0 to 6."""
    return tuple(WEEKDAYS.index(row.one_of(WEEKDAYS)) for row in part.each(limit=len(WEEKDAYS)))


def _rows(part: Part) -> list[Part]:
    return [part] if isinstance(part.value, str) else part.each(limit=ROWS_MAX)


def _hours(part: Part) -> Hours | None:
    found = _HOURS.fullmatch(part.text(limit=11).replace(" ", ""))
    if found is not None:
        hour, minute, until, and_minute = map(int, found.groups())
        start, stop = hour * 60 + minute, until * 60 + and_minute
        if start < MINUTES_OF_DAY and stop <= MINUTES_OF_DAY and start != stop:
            return Hours(start=start, stop=stop)
    part.fault("must be hours such as 22:00-06:00")
    return None


def _dates(part: Part) -> Dates | None:
    first, _, last = part.text(limit=21).partition("/")
    ends = [_numbers(first.strip()), _numbers((last or first).strip())]
    if ends[0] is None or ends[1] is None or len(ends[0]) != len(ends[1]):
        part.fault("must be dates such as 2026-12-24/2026-12-26, or 12-24/01-06 for every year")
        return None
    if len(ends[0]) == 3 and ends[1] < ends[0]:
        part.fault("ends before it begins")
        return None
    return Dates(first=ends[0], last=ends[1])


def _numbers(text: str) -> tuple[int, ...] | None:
    found = _DATE.fullmatch(text)
    if found is None:
        return None
    year, month, day = found.groups()
    try:
        date(int(year or 2000), int(month), int(day))  # 2000: a year that has a 29 February
    except ValueError:
        return None
    return (int(year), int(month), int(day)) if year else (int(month), int(day))


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"


def _day(parts: tuple[int, ...]) -> str:
    return "-".join(f"{part:02}" for part in parts)
