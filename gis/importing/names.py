"""Which names the tags of a thing give it, and which kind of name each one is."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from gis.address import fold

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gis.importing.cleaning import Tags

NAME, TRANSLATED, REF = "name", "translated", "ref"
NAMES_MAX = 200
_LANGUAGE = re.compile(r"name:[a-z]{2,3}(?:[-_][A-Za-z]{2,8})?$")
_NUMBERED = re.compile(r"(?P<key>name|alt_name)_\d{1,2}$")
_OTHER_LANGUAGE = re.compile(
    r"(?P<key>alt_name|official_name|old_name|short_name|loc_name):[a-z]{2,3}$"
)
_OTHER = frozenset(["alt_name", "official_name", "old_name", "short_name", "loc_name", "nat_name"])
_ROAD_NUMBERS = frozenset(["ref", "int_ref", "nat_ref", "reg_ref", "loc_ref"])
_BRANDS = frozenset(["brand", "operator", "ref", "local_ref", "network:short"])
# A city has far fewer names than ways and houses that carry them.
folded = lru_cache(maxsize=50_000)(fold)


@dataclass(frozen=True, slots=True)
class Name:
    """A name as the map writes it; `kind` is the last part of docs/importing.md's table."""

    said: str
    kind: str


def is_name_key(key: str) -> bool:
    return key in _ROAD_NUMBERS or key == NAME or _kind_of(key) is not None


def street_names(tags: Iterable[tuple[str, str]]) -> list[Name]:
    """Every name and number the tags of a road give it, without the main `name`."""
    return _unique(tags, _ROAD_NUMBERS)


def place_names(tags: Tags, *, with_ref: bool) -> list[Name]:
    """Every name of a place, its own first; brands too, and the number of a stop."""
    extra = _BRANDS if with_ref else _BRANDS - {"ref", "local_ref"}
    main = [Name(part, NAME) for part in _parts(tags.get(NAME, ""))]
    known = {name.said for name in main}
    return main + [name for name in _unique(tags.items(), extra) if name.said not in known]


def _unique(tags: Iterable[tuple[str, str]], extra: frozenset[str]) -> list[Name]:
    found: dict[str, Name] = {}
    for key, value in sorted(set(tags)):
        kind = _extra_kind(key) if key in extra else _kind_of(key)
        if kind is not None:
            for part in _parts(value):
                found.setdefault(part, Name(part, kind))
    return list(found.values())[:NAMES_MAX]


def _extra_kind(key: str) -> str:
    return REF if key in _ROAD_NUMBERS or key == "local_ref" else key.partition(":")[0]


def _kind_of(key: str) -> str | None:
    """The kind of name under this key; None for the main name and for what is no name."""
    if key in _OTHER:
        return key
    if _LANGUAGE.match(key):
        return TRANSLATED
    match = _NUMBERED.match(key) or _OTHER_LANGUAGE.match(key)
    if match is None:
        return None
    return "alt_name" if match["key"] == NAME else match["key"]


def _parts(value: str) -> list[str]:
    return [part for text in value.split(";") if (part := text.strip())]
