"""Tells the barrio or city said along with a place from the place itself."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gis.address.distances import UNITS
from gis.address.folding import bare, fold
from gis.address.house_numbers import INDOORS, LEADING_NUMBER_MIN, RANGE_WORDS, numbered
from gis.address.kinds import PlaceKind, kind_of
from gis.address.tokens import RANGE_WORD, relation_first, starts_linked, tokens_of, without_noise
from gis.address.words import PARTICLES

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

# Said at the end of an address, and no part of it.
_EMPTY_PARTS = frozenset(
    [
        *("paraguay", "py", "brasil", "brazil", "sp", "finland", "suomi", "central"),
        *("mano izquierda", "mano derecha", "a mano izquierda", "a mano derecha"),
    ]
)
_LONG_POSTCODE = re.compile(rf"\d{{5}}(?: {RANGE_WORD})? ?\d{{3}}")
_POSTCODE = re.compile(r"\d{4,6}")
_BARRIO = frozenset(["barrio", "bo", "bro", "bairro"])
_IN = frozenset(["en", "in", "em"])
_LEADS_ON = frozenset(["en", "el", "del", "de", "la", "da", "do", "no", "na", "in", "the"])
_NOT_A_TOWN = frozenset(
    ["la", "el", "los", "las", "esquina", "frente", "su", "calle", "avenida", "avda", "av", "the"]
)
_AREAS = (PlaceKind.BARRIO, PlaceKind.CITY)


@dataclass(frozen=True, slots=True)
class Located:
    """The words of the place itself, the locality beside it, and what else was said before.

    `by_comma`: nothing but a comma says that the second name is a locality.
    """

    words: tuple[str, ...]
    locality: str | None = None
    by_comma: bool = False
    also: tuple[str, ...] = ()


def located(parts: Sequence[Sequence[str]], *, city: str | None) -> Located:
    """The place and the locality of the parts between commas; the centre's city is dropped."""
    names = {bare(city), fold(city)} if city else set()
    groups = _joined(_without_city([without_noise(part) for part in parts], names))
    if not groups:
        return Located(())
    at = _address_at(groups)
    place, before, after = _without_city_word(groups[at], names), groups[:at], groups[at + 1 :]
    others = [*after, *before]
    areas = [area_name(part) for part in others if _is_area(part)]
    # Of what is named beside an address, a kind of place tells a landmark from a locality.
    unlinked = [part for part in others if not starts_linked(part)]
    plain = [area_name(part) for part in unlinked if _kind(part) is None]
    also = [part for part in others if not _is_area(part) and part not in after]
    also += [part for part in after if _kind(part) is not None and not _is_area(part)]
    locality = next(filter(None, [*areas, *plain]), None)
    if locality is None:
        place, locality = _said_within(place)
        return Located(tuple(place), locality, also=_flat(also))
    return Located(tuple(place), locality, len(groups) == 2 and not areas and at == 0, _flat(also))


def _flat(parts: Iterable[Sequence[str]]) -> tuple[str, ...]:
    return tuple(word for part in parts for word in part)


def _joined(parts: Sequence[Sequence[str]]) -> list[list[str]]:
    """The parts, with those that only continue the one before joined to it."""
    groups: list[list[str]] = []
    for part in parts:
        if groups and (starts_linked(part) or _goes_on(groups[-1], part)):
            groups[-1] += relation_first(part)
        else:
            groups.append(list(part))
    return groups


def _address_at(groups: Sequence[Sequence[str]]) -> int:
    """Which group is the address.

    "Shopping del Sol, Aviadores del Chaco casi Molas López": the second.
    """
    found = next((i for i, group in enumerate(groups) if _is_address(group)), None)
    if found is not None:
        return found
    return 1 if len(groups) > 1 and _is_area(groups[0]) else 0


def _without_city(parts: Sequence[Sequence[str]], names: set[str]) -> list[Sequence[str]]:
    kept = [part for part in parts if part[0] not in INDOORS or len(parts) == 1]
    while len(kept) > 1 and _says_nothing(kept, names):
        kept.pop()
    while len(kept) > 1 and " ".join(kept[0]) in names and not starts_linked(kept[1]):
        kept.pop(0)
    return kept


def _says_nothing(parts: Sequence[Sequence[str]], names: set[str]) -> bool:
    last = " ".join(parts[-1])
    if last in _EMPTY_PARTS or last in names or _LONG_POSTCODE.fullmatch(last):
        return True
    # "Estrella, 10000" is a house; a postcode follows a town.
    return len(parts) > 2 and bool(_POSTCODE.fullmatch(last))


def _without_city_word(group: Sequence[str], names: set[str]) -> list[str]:
    """ "Palma 123 Asunción": the city needs no comma after a whole address."""
    for name in names:
        size = len(name.split())
        head = list(group[:-size])
        ends = " ".join(group[-size:]) == name
        if ends and head and head[-1] not in PARTICLES and _is_address(head):
            return head
    return list(group)


def _is_address(part: Sequence[str]) -> bool:
    tokens = tokens_of(part)
    linked = any(token.link is not None for token in tokens[1:])
    return linked or (_has_number(part) and not starts_linked(part))


def _has_number(part: Sequence[str]) -> bool:
    split = numbered(part)
    return split is not None and split.sure


def _goes_on(place: Sequence[str], part: Sequence[str]) -> bool:
    """Whether a part only continues the one before: its house number, "nro 505", "km 18"."""
    if any(word.isdigit() for word in part[:1]) and len(part) == 1:
        return not _has_number(place)
    marked = part[0] in {"nro", "n", "numero", "num", "casa", "km", "kilometro", "piso", "altura"}
    return marked and len(part) > 1 and part[1].isdigit()


def _is_area(part: Sequence[str]) -> bool:
    return _kind(part) in _AREAS


def _kind(part: Sequence[str]) -> PlaceKind | None:
    return kind_of(fold(" ".join(part)))[0]


def area_name(part: Sequence[str]) -> str | None:
    """The folded name of a barrio or city, without the word for what it is."""
    words = list(part)
    while words and words[0] in _LEADS_ON:
        words = words[1:]
    kind, rest = kind_of(fold(" ".join(words)))
    return (rest if kind in _AREAS and rest else fold(" ".join(words))) or None


def _said_within(words: Sequence[str]) -> tuple[list[str], str | None]:
    """ "Palma 123 barrio Sajonia", "Palma y Chile en Luque"."""
    for at in range(1, len(words) - 1):
        if _area_starts(words, at) and (place := _without_lead(words[:at])):
            return place, area_name(words[at:])
    return _after_number(words)


def _after_number(words: Sequence[str]) -> tuple[list[str], str | None]:
    """ "Palma 3233 Villa Morra": what follows a house number without a link is a locality."""
    for at in range(1, len(words) - 1):
        head, rest = words[: at + 1], words[at + 1 :]
        house = words[at].isdigit() and int(words[at][:9]) >= LEADING_NUMBER_MIN
        if house and _only_names(rest) and numbered(head) is not None and _only_names(head[:1]):
            return list(head), area_name(rest)
    return list(words), None


def _only_names(words: Sequence[str]) -> bool:
    """Nothing in them links, counts, measures or continues a name ("14 de Mayo")."""
    leads_on = {*PARTICLES, *INDOORS, *RANGE_WORDS, *UNITS}
    plain = all(token.link is None and token.text.isalpha() for token in tokens_of(words))
    return plain and words[0] not in leads_on and len(words[0]) > 1


def _area_starts(words: Sequence[str], at: int) -> bool:
    if words[at] in _BARRIO:
        return words[at - 1] not in {"del", "al", "a", "frente"}
    return words[at] in _IN and words[at + 1] not in _NOT_A_TOWN and not words[at + 1].isdigit()


def _without_lead(words: Sequence[str]) -> list[str]:
    kept = list(words)
    while kept and kept[-1] in _LEADS_ON:
        kept.pop()
    return kept
