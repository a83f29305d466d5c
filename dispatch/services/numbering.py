"""The short numbers people say to each other, counted per kind and local year."""

from datetime import datetime
from typing import Final

from dispatch.ports import Work

CALL: Final = "call"
INCIDENT: Final = "incident"
ALARM: Final = "alarm"
DIGITS: Final = 6


async def next_number(work: Work, series: str, *, now: datetime) -> str:
    """Return the next number such as 2026-000123; the year is the city's, not UTC's.

    Take it last: it makes everyone else who wants a number of the series wait for our commit.
    """
    year = now.astimezone(work.timezone).year
    return f"{year}-{await work.numbers.next(series, year):0{DIGITS}d}"
