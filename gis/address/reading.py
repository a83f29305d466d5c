"""Reading an address text into what it may mean: corner, stretch, house, name, coordinate."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from gis.address.folding import bare, fold
from gis.address.words import (
    AND_WORDS,
    BETWEEN_WORDS,
    CORNER_WORDS,
    CROSSING_PREFIXES,
    NEAR_WORDS,
    NUMBER_MARKS,
    SECOND_WORDS,
)
from gis.geometry import Point
from ops_center.kernel.errors import Invalid

if TYPE_CHECKING:
    from collections.abc import Iterator

QUERY_MAX_CHARS = 200
READINGS_MAX = 8
HOUSE_NUMBER_DIGITS = 5


@dataclass(frozen=True, slots=True)
class Coordinate:
    point: Point


@dataclass(frozen=True, slots=True)
class Between:
    """On `street`, in the stretch between its crossings with two others."""

    street: str
    first: str
    second: str


@dataclass(frozen=True, slots=True)
class Corner:
    """The crossing of two streets; `near` is "casi": on `street`, close to `other`."""

    street: str
    other: str
    near: bool = False
    number: int | None = None


@dataclass(frozen=True, slots=True)
class House:
    street: str
    number: int


@dataclass(frozen=True, slots=True)
class Name:
    """A street, place or area by its name alone."""

    text: str


Reading = Coordinate | Between | Corner | House | Name


def parse(text: str, *, city: str | None = None) -> list[Reading]:
    """Every sensible reading of an address text, likeliest first; Invalid when it says nothing.

    An exact coordinate has no other reading. The name of the city at the end is dropped.
    All names in the readings are folded.
    """
    text = text.strip()
    if len(text) > QUERY_MAX_CHARS:
        raise Invalid(f"An address has at most {QUERY_MAX_CHARS} characters.", field="q")
    point = coordinate(text)
    if point is not None:
        return [Coordinate(point)]
    words = _words(_without_city(text, city))
    if not words:
        raise Invalid("Write a street, a corner, a place or coordinates.", field="q")
    found = [*_between(words), *_corners(words), *_houses(words), *_names(words)]
    return list(islice(dict.fromkeys(found), READINGS_MAX))


def _words(text: str) -> list[str]:
    """Bare words; the slash abbreviations are spelled out before they lose their slash."""
    spelled = re.sub(r"\bc\s?/", " casi ", text, flags=re.IGNORECASE)
    spelled = re.sub(r"\be\s?/", " entre ", spelled, flags=re.IGNORECASE)
    spelled = re.sub(r"\s[&@+]\s|&", " y ", spelled)
    return bare(spelled).split()


def _without_city(text: str, city: str | None) -> str:
    if city is None or "," not in text:
        return text
    head, _, tail = text.rpartition(",")
    return head if head.strip() and bare(tail) == bare(city) else text


def _names(words: list[str]) -> Iterator[Reading]:
    name = fold(" ".join(words))
    if name:
        yield Name(name)


def _between(words: list[str]) -> Iterator[Reading]:
    for start in _positions(words, BETWEEN_WORDS):
        rest = words[start + 1 :]
        for stop in _positions(rest, AND_WORDS):
            street, _ = _split_number(words[:start])
            yield Between(
                fold(" ".join(street)),
                fold(" ".join(rest[:stop])),
                fold(" ".join(rest[stop + 1 :])),
            )


def _corners(words: list[str]) -> Iterator[Reading]:
    if words[0] in CROSSING_PREFIXES and len(words) > 3:
        skip = 2 if words[1] in {"de", "entre", "of"} else 1
        words = words[skip:]
    for position in _positions(words, NEAR_WORDS):
        yield from _corner(words, position, near=True)
    for position in _positions(words, CORNER_WORDS):
        yield from _corner(words, position, near=False)


def _corner(words: list[str], position: int, *, near: bool) -> Iterator[Reading]:
    street, other = words[:position], _after_connector(words[position:])
    near = near or words[position + 1] in NEAR_WORDS
    other_name = fold(" ".join(other))
    bare_street, number = _split_number(street)
    if number is not None:
        yield Corner(fold(" ".join(bare_street)), other_name, near, number)
    yield Corner(fold(" ".join(street)), other_name, near)


def _after_connector(words: list[str]) -> list[str]:
    """The words after "esquina con", "cerca de" or "y casi": connectors come in pairs."""
    link, *other = words
    followers = SECOND_WORDS if link in NEAR_WORDS else SECOND_WORDS - {"de", "a"}
    return other[1:] if len(other) > 1 and other[0] in followers else other


def _houses(words: list[str]) -> Iterator[Reading]:
    street, number = _split_number(words)
    if number is not None:
        yield House(fold(" ".join(street)), number)
    if len(words) > 1 and _house_number(words[0]) is not None:
        yield House(fold(" ".join(words[1:])), int(_digits(words[0])))


def _positions(words: list[str], wanted: frozenset[str]) -> Iterator[int]:
    """Where a connector stands with words on both sides."""
    return (i for i in range(1, len(words) - 1) if words[i] in wanted)


def _split_number(words: list[str]) -> tuple[list[str], int | None]:
    if len(words) < 2 or (number := _house_number(words[-1])) is None:
        return words, None
    street = words[:-1]
    if len(street) > 1 and street[-1] in NUMBER_MARKS:
        street = street[:-1]
    return street, number


def _house_number(word: str) -> int | None:
    digits = _digits(word)
    if not digits or len(digits) > HOUSE_NUMBER_DIGITS or len(word) > len(digits) + 1:
        return None
    return int(digits)


def _digits(word: str) -> str:
    match = re.match(r"\d+", word)
    return match.group() if match else ""


_DECIMAL = r"[-+−]?\d{1,3}(?:\.\d{1,15}|,\d{3,15})"
_DECIMAL_PAIR = re.compile(
    rf"(?P<label>l(?:at|on)\w*\s*[=:]\s*)?(?P<first>{_DECIMAL})\s*°?\s*[,;\s]\s*"
    rf"(?:l(?:at|on)\w*\s*[=:]\s*)?(?P<second>{_DECIMAL})\s*°?",
    re.IGNORECASE,
)
_SEXAGESIMAL = re.compile(
    r"(\d{1,3})\s*[°ºd]\s*(?:(\d{1,2}(?:[.,]\d+)?)\s*['’′m]\s*)?"
    r"(?:(\d{1,2}(?:[.,]\d+)?)\s*(?:[\"”″s]|''|’’|′′)\s*)?([NSEOW])\b",
    re.IGNORECASE,
)


def coordinate(text: str) -> Point | None:
    """The point written as decimal degrees or as degrees, minutes and seconds, if it is one.

    A decimal pair is read latitude first, as maps show it, unless it is labelled lon or only
    the other order is possible. Raises Invalid for a pair that cannot be on the Earth.
    """
    sexagesimal = _sexagesimal(text)
    if sexagesimal is not None:
        return sexagesimal
    match = _DECIMAL_PAIR.fullmatch(text.strip().strip("()"))
    if match is None:
        return None
    first, second = _number(match["first"]), _number(match["second"])
    labelled_lon = (match["label"] or "").lower().startswith("lon")
    if labelled_lon or abs(first) > 90:
        return Point(lon=first, lat=second)
    return Point(lon=second, lat=first)


def _number(text: str) -> float:
    return float(text.replace(",", ".").replace("−", "-"))


def _sexagesimal(text: str) -> Point | None:
    axes: dict[str, float] = {}
    for degrees, minutes, seconds, letter in _SEXAGESIMAL.findall(text):
        value = int(degrees) + _number(minutes or "0") / 60 + _number(seconds or "0") / 3600
        side = letter.upper()
        # O is oeste: west in Spanish and Portuguese.
        axes["lat" if side in "NS" else "lon"] = -value if side in "SOW" else value
    if len(axes) < 2:
        return None
    return Point(lon=axes["lon"], lat=axes["lat"])
