"""Finds the house number beside a street's name, and leaves the numbers of names alone."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gis.address.folding import fold
from gis.address.kinds import KIND_WORDS
from gis.address.tokens import RANGE_WORD
from gis.address.words import PARTICLES, STREET_TYPES

if TYPE_CHECKING:
    from collections.abc import Sequence

HOUSE_NUMBER_DIGITS = 5
# "505 Estrella" is a house, "3 Corrales" more likely a name.
LEADING_NUMBER_MIN = 100

_MARKS = frozenset(["n", "nro", "no", "num", "numero", "nr", "al", "altura", "casa", "puerta"])
RANGE_WORDS = frozenset(["a", "al", RANGE_WORD, "to", "ate"])
_HOUSE = re.compile(r"(\d{1,5})[a-z]?")
# A number after these alone is their name: Calle 5, Ruta 1, Avenida 1811, Comisaría 3.
_NUMBERED_WAYS = STREET_TYPES | {"ruta", "ramal", "linea", "tape", "lote", "torre", "pasillo"}
_NUMBERED = (
    _NUMBERED_WAYS
    | {"manzana", "sector", "fraccion", "batallon", "regimiento", "ri", "rc", "puerto"}
    | {"km", "kilometro", "mision", "bloque", "camino", "acceso", "proyectada", "nacional"}
    | {word for words in KIND_WORDS for word in words.split()}
)
_ENGLISH_TYPES = frozenset(["street", "road", "st", "rd", "avenue", "drive", "lane", "court"])
# Not "a": 505 a 515 is a range.
_STAIRCASES = frozenset("bcdefghi")
INDOORS = frozenset(
    ["piso", "dpto", "depto", "departamento", "apto", "apartamento", "ap", "oficina", "bloque"]
)


@dataclass(frozen=True, slots=True)
class Numbered:
    """A street's words with the number said beside them; `last` closes a range.

    `sure` is False where the number may well be part of the name.
    """

    street: tuple[str, ...]
    number: int
    last: int | None = None
    sure: bool = True


def numbered(words: Sequence[str]) -> Numbered | None:
    """The street and house number of the words, or None when no number stands beside a name."""
    words = _without_indoors(words)
    if len(words) > 2 and words[0] in _MARKS and _house_number(words[1]) is not None:
        words = words[1:]
    return _range(words) or _trailing(words) or _leading(words)


def _trailing(words: Sequence[str]) -> Numbered | None:
    number = _house_number(words[-1]) if len(words) > 1 else None
    if number is None:
        return None
    street = _without_mark(words[:-1])
    return None if _names_by_number(street) else Numbered(tuple(street), number)


def _range(words: Sequence[str]) -> Numbered | None:
    """ "505 a 515"; "505-3" is the third door of 505."""
    if len(words) < 4 or words[-2] not in RANGE_WORDS:
        return None
    first, last = _house_number(words[-3]), _house_number(words[-1])
    street = _without_mark(_without_del(words[:-3]))
    if first is None or last is None or _names_by_number(street):
        return None
    return Numbered(tuple(street), first, last if last > first else None)


def _leading(words: Sequence[str]) -> Numbered | None:
    """The English order; a date or a battle keeps its number: 14 de Mayo, 3 Corrales."""
    number = _house_number(words[0]) if len(words) > 1 else None
    if number is None or words[1] in PARTICLES or _house_number(words[1]) is not None:
        return None
    sure = number >= LEADING_NUMBER_MIN or words[-1] in _ENGLISH_TYPES
    return Numbered(tuple(words[1:]), number, sure=sure)


def _without_mark(words: Sequence[str]) -> Sequence[str]:
    while len(words) > 1 and words[-1] in _MARKS:
        words = words[:-1]
    return words


def _without_del(words: Sequence[str]) -> Sequence[str]:
    return words[:-1] if len(words) > 1 and words[-1] in {"del", "de", "desde"} else words


def _without_indoors(words: Sequence[str]) -> Sequence[str]:
    """Without "piso 3", "dpto 4" and the staircase of "5 B 12" after the house number."""
    for at in range(2, len(words)):
        indoors = words[at] in INDOORS and at + 1 < len(words)
        staircase = words[at] in _STAIRCASES and at >= len(words) - 2
        if (indoors or staircase) and _house_number(words[at - 1]) is not None:
            return words[:at]
    return words


def _names_by_number(street: Sequence[str]) -> bool:
    folded = fold(" ".join(street)).split()
    if (
        not folded
        or folded[-1] in PARTICLES
        or _MARKS.issuperset(street)
        or folded[-1] in _NUMBERED_WAYS
    ):
        return True
    return all(word in _NUMBERED for word in folded)


def _house_number(word: str) -> int | None:
    match = _HOUSE.fullmatch(word)
    return int(match[1]) if match else None
