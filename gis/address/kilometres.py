"""Kilometres of roads: "Ruta 1 km 18", "PY02 km 45,5", "km 18 de la Ruta 1"."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from gis.address.folding import bare, fold
from gis.address.landmarks import landmark_readings
from gis.address.localities import area_name
from gis.address.numbers import in_digits
from gis.address.reading import Beside, KmPost, Name, Reading
from gis.address.tokens import parts_of, starts_linked, tokens_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

KM_MAX = 5_000.0
NUMBER_WORDS_MAX = 6

_WORD = r"\b(?:kms?|kilometros?|quilometros?|kilometre|kilometer|kilometri)\b\.?:?"
# "Km" stands before its number; after it, it is a distance.
_KM = re.compile(
    rf"{_WORD}(?:\s*n(?:ro|[°º])?\.?)?\s*(?P<km>\d{{1,4}})(?!\d)"
    r"(?:(?:[.,]|\s?\+\s?)(?P<part>\d{1,3})(?!\d)|(?P<half>\s(?:y medi[oa]|e meio|1/2)\b|\s?½))?"
)
_GLUED = re.compile(r"\b(kms?)(?=\d)")
_IN_WORDS = re.compile(rf"({_WORD})\s+([a-z]+(?:\s[a-z]+)*)")
_REF = re.compile(r"([a-z]{1,3}) ?0*(\d{1,4})")
_NATIONAL = re.compile(r"(?:(?:ruta|autopista|tape) )?(?:py ?|(?<=ruta ))0*(\d{1,3})(?![\d])")
_REGIONAL = re.compile(r"(?:(?:ruta|rodovia|rota) ([a-z]{1,3})|([a-z]{2})) ?0*(\d{1,4})")
_ROADS = frozenset(
    [
        *(
            "calle",
            "ruta",
            "rodovia",
            "autopista",
            "acceso",
            "carretera",
            "camino",
            "rota",
            "estrada",
        ),
        *("road", "highway", "motorway", "valtatie", "kantatie", "kehatie", "transchaco"),
        *("supercarretera", "ramal", "circunvalacion", "rodoanel", "marginal", "avenida", "tape"),
    ]
)
_EMPTY = frozenset(["nacional", "internacional", "departamental", "n", "nro", "numero", "no"])
_PART_OF_ROAD = frozenset(
    ["super", "gran", "nueva", "vieja", "antigua", "primera", "segunda", "ex"]
)
_LEADS = frozenset(
    [
        *("en", "el", "la", "de", "del", "da", "do", "a", "altura", "al", "por", "sobre", "on"),
        *("of", "the", "at", "em", "na", "no", "y", "con", "casi", "aprox"),
    ]
)


@dataclass(frozen=True, slots=True)
class _Road:
    route: str
    ref: str | None
    town: str | None


def kilometre_readings(text: str) -> list[Reading]:
    """The kilometre a text says, alone when it names a road; empty when it says none."""
    plain = _plain(text)
    match = _KM.search(plain)
    if match is None or (km := _km(match)) > KM_MAX:
        return []
    before, after = parts_of(plain[: match.start()]), parts_of(plain[match.end() :])
    road, rest = _road(before, after)
    if road is None:
        return []
    post = KmPost(road.route, km, road.ref, locality=_locality(rest) or road.town)
    if not _is_road(road):
        return [post, Name(fold(text))]
    return [post, *_beside(rest, road.route)]


def road_ref(text: str) -> str | None:
    """A road's number in one form: "PY-01" and "py 1" are "PY1"; None when it is no number."""
    match = _REF.fullmatch(bare(text))
    return f"{match[1].upper()}{match[2]}" if match else None


def _plain(text: str) -> str:
    """Lower case without accents; the number after "kilómetro" in digits."""
    decomposed = unicodedata.normalize("NFD", text.lower())
    plain = "".join(c for c in decomposed if unicodedata.category(c) != "Mn")
    return _IN_WORDS.sub(_in_digits, _GLUED.sub(r"\1 ", plain))


def _in_digits(match: re.Match[str]) -> str:
    words = match[2].split()
    return " ".join([match[1], *in_digits(words[:NUMBER_WORDS_MAX]), *words[NUMBER_WORDS_MAX:]])


def _km(match: re.Match[str]) -> float:
    half = 0.5 if match["half"] else 0.0
    return float(f"{match['km']}.{match['part'] or 0}") + half


def _road(before: list[list[str]], after: list[list[str]]) -> tuple[_Road | None, list[list[str]]]:
    """The road named beside the kilometre, and the parts that say something else."""
    here = _named_road(before[-1]) if before else None
    there, left = _road_ahead(after[0]) if after else (None, [])
    rest_after = [*([left] if left else []), *after[1:]]
    if here is not None and (there is None or _is_road(here) or not _is_road(there)):
        return here, [*before[:-1], *after]
    return there, [*before, *rest_after]


def _road_ahead(words: Sequence[str]) -> tuple[_Road | None, list[str]]:
    """ "de la Ruta 1 frente al peaje": the road up to what links on, and the rest."""
    cut = next((i for i in range(1, len(words)) if starts_linked(words[i:])), len(words))
    if starts_linked(words):
        return None, list(words)
    return _named_road(words[:cut]), list(words[cut:])


def _named_road(words: Sequence[str]) -> _Road | None:
    text = " ".join(token.text for token in tokens_of(words)) if words else ""
    kept = [word for word in fold(text).split() if word not in _EMPTY]
    while kept and kept[0] in _LEADS:
        kept = kept[1:]
    while kept and kept[-1] in _LEADS:
        kept = kept[:-1]
    kept, town = _without_town(kept)
    name = " ".join(kept)
    if match := _NATIONAL.match(name):
        return _Road(f"ruta {match[1]}", f"PY{match[1]}", town)
    if match := _REGIONAL.match(name):
        letters = match[1] or match[2]
        return _Road(f"{letters} {match[3]}", f"{letters.upper()}{match[3]}", town)
    return _Road(name, None, town) if name else None


def _without_town(words: list[str]) -> tuple[list[str], str | None]:
    """ "Ñemby acceso sur": the town is said before the road."""
    at = next((i for i, word in enumerate(words) if word in _ROADS), 0)
    if at == 0 or words[0] in _PART_OF_ROAD:
        return words, None
    return words[at:], " ".join(words[:at])


def _is_road(road: _Road) -> bool:
    return road.ref is not None or not _ROADS.isdisjoint(road.route.split())


def _locality(parts: Sequence[Sequence[str]]) -> str | None:
    said = (area_name(part) for part in parts if not starts_linked(part))
    return next((name for name in said if name), None)


def _beside(parts: Sequence[Sequence[str]], route: str) -> Iterator[Reading]:
    """A landmark said after the kilometre is a second way to find the place."""
    for part in parts:
        if starts_linked(part):
            for reading in landmark_readings(tokens_of(part)):
                if isinstance(reading, Beside):
                    yield replace(reading, street=route)
