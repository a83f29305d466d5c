"""House numbers: single ones, several on one door, ranges, and those between two mapped houses."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import shapely

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from gis.importing.cleaning import Tags
    from gis.importing.osm import Position

RANGE_NUMBERS_MAX = 40
INTERPOLATED_MAX = 200
_SEPARATORS = re.compile(r"[;,]")
_RANGE = re.compile(r"(\d{1,5})\s*[-–]\s*(\d{1,5})")
_LEADING = re.compile(r"\d{1,6}")
# addr:interpolation: how far apart the numbers of one side are.
STEPS = {"odd": 2, "even": 2, "all": 1}


@dataclass(frozen=True, slots=True)
class House:
    """One number of one door; `housenumber` as mapped, `number` what it counts as."""

    street: str
    housenumber: str
    number: int | None


@dataclass(frozen=True, slots=True)
class NumberedNode:
    """A node of an interpolation way that carries a number; `place` is its index in the way."""

    place: int
    street: str
    number: int


def houses_of(tags: Tags) -> list[House]:
    """The houses of an address: one for `12`, two for `12;14`, four for `12-18`."""
    street = tags.get("addr:street") or tags.get("addr:place") or ""
    if not street:
        return []
    parts = [part.strip() for part in _SEPARATORS.split(tags.get("addr:housenumber", ""))]
    return [House(street, part, number) for part in parts if part for number in _numbers(part)]


def step_of(tags: Tags) -> int | None:
    """The step of an addr:interpolation way, None where it is no such way or a lettered one."""
    said = tags.get("addr:interpolation", "")
    if said.isdigit():
        return int(said) if 0 < len(said) < 3 and int(said) > 0 else None
    return STEPS.get(said)


def between(
    line: Sequence[Position], numbered: Sequence[NumberedNode], step: int
) -> Iterator[tuple[House, Position]]:
    """Houses evenly spread along the line between each two numbered nodes, ends excluded."""
    for first, last in pairwise(numbered):
        if first.place >= last.place:
            continue
        piece = shapely.LineString(line[first.place : last.place + 1])
        low, high = first.number, last.number
        missing = range(low + step, high, step) if low < high else range(low - step, high, -step)
        for number in missing[:INTERPOLATED_MAX]:
            point = piece.interpolate((number - low) / (high - low), normalized=True)
            yield House(first.street, str(number), number), (point.x, point.y)


def _numbers(part: str) -> list[int | None]:
    match = _RANGE.fullmatch(part)
    if match is not None:
        low, high = int(match[1]), int(match[2])
        # Both ends lie on one side of the street, so every second number is theirs.
        step = 2 if (high - low) % 2 == 0 else 1
        if low < high and (high - low) // step < RANGE_NUMBERS_MAX:
            return list(range(low, high + 1, step))
    leading = _LEADING.match(part)
    return [int(leading.group()) if leading else None]
