"""One form for every spelling of a name, and the shorter names a street goes by."""

from __future__ import annotations

import re
import unicodedata

from gis.address.numbers import in_digits
from gis.address.words import (
    ABBREVIATIONS,
    DOUBLED,
    LEADING_ABBREVIATIONS,
    PARTICLES,
    STREET_TYPES,
    TITLES,
)

ALIASES_MAX = 12
WHOLE_NAME, WITHOUT_TYPE, WITHOUT_TITLE, SHORTENED, SURNAME = 1.0, 0.97, 0.93, 0.88, 0.78

_LETTERS = str.maketrans({"ß": "ss", "ø": "o", "æ": "ae", "ł": "l", "đ": "d", "ð": "d", "þ": "th"})
# The Guaraní puso and other apostrophes join the syllables of one word.
_APOSTROPHES = re.compile(r"['’‘`ʼ´ʹ]")
_ORDINAL = re.compile(r"\b(\d+)(?:er[oa]?|r[oa]|d[oa]|t[oa]|m[oa]|v[oa]|n[oa]|[oa]|st|nd|rd|th)\b")
_BARRIO = re.compile(r"\bb[°º]")
# Initials and acronyms: R.I. 3 and RI 3, J.F. and JF.
_INITIALS = re.compile(r"(?<![^\W_])([a-z])\.\s?(?=[a-z]\.)")
_DOUBLED = re.compile(r"\b(?:ee ?uu|ff ?aa)\b")
_NOT_A_WORD = re.compile(r"[^0-9a-z]+")


def bare(text: str) -> str:
    """Lower case ASCII letters and digits with single spaces; nothing is written out."""
    text = _BARRIO.sub("barrio ", text.lower())
    text = text.replace("º", " ").replace("ª", " ").replace("°", " ")
    decomposed = unicodedata.normalize("NFKD", text.translate(_LETTERS))
    letters = "".join(c for c in decomposed if unicodedata.category(c) != "Mn")
    joined = _INITIALS.sub(r"\1", _APOSTROPHES.sub("", letters.lower()))
    return _ORDINAL.sub(r"\1", " ".join(_NOT_A_WORD.sub(" ", joined).split()))


def fold(text: str) -> str:
    """The bare text with abbreviations written out and number words in digits."""
    words = _DOUBLED.sub(lambda found: DOUBLED[found[0].replace(" ", "")], bare(text)).split()
    if len(words) > 1 and words[0] in LEADING_ABBREVIATIONS:
        words[0] = LEADING_ABBREVIATIONS[words[0]]
    return " ".join(in_digits([ABBREVIATIONS.get(word, word) for word in words]))


def aliases(name: str) -> dict[str, float]:
    """Folded ways of saying a street's name, each with a weight: 1 whole, less when shortened."""
    whole = fold(name).split()
    untyped = _without_types(whole)
    untitled = [word for word in untyped if word not in TITLES] or untyped
    candidates = [
        (whole, WHOLE_NAME),
        (untyped, WITHOUT_TYPE),
        (untitled, WITHOUT_TITLE),
        *_shortened(untyped, untitled),
    ]
    found: dict[str, float] = {}
    for words, weight in candidates:
        alias = " ".join(words)
        if len(alias) > 1 and len(found) < ALIASES_MAX:
            found.setdefault(alias, weight)
    return found


def _without_types(words: list[str]) -> list[str]:
    rest = [word for word in words if word not in STREET_TYPES]
    while rest and rest[0] in PARTICLES:
        rest = rest[1:]
    return rest or words


def _shortened(untyped: list[str], untitled: list[str]) -> list[tuple[list[str], float]]:
    """Title and surname, first and last name, last two words: how long names are said."""
    if len(untyped) < 3:
        return []
    short: list[tuple[list[str], float]] = []
    if untyped[0] in TITLES:
        short.append(([untyped[0], untyped[-1]], SHORTENED))
        short.append(([untyped[0], *untyped[-2:]], SHORTENED))
    if untyped[-2] not in PARTICLES:
        short.append((untyped[-2:], SHORTENED))
    if len(untitled) > 2:
        short.append(([untitled[0], untitled[-1]], SHORTENED))
        short.append((_initials(untyped), SHORTENED))
    if not untitled[-1].isdigit():
        short.append((untitled[-1:], SURNAME))
    return short


def _initials(words: list[str]) -> list[str]:
    """ "Mariscal J. F. Estigarribia": the names between title and surname by one letter each."""
    start = next((i for i, word in enumerate(words) if word not in TITLES), 0)
    given = [word for word in words[start:-1] if word not in PARTICLES]
    return [*words[:start], "".join(word[0] for word in given), words[-1]]
