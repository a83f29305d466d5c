"""Reads an address text into what it may mean, the likeliest reading first."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING

from gis.address.cleaning import QUERY_MAX_CHARS, cleaned, too_long
from gis.address.connectors import BEGUN_WORDS, SLASHED_C
from gis.address.coordinates import coordinates
from gis.address.corners import readings_of, words_of
from gis.address.folding import bare, fold
from gis.address.grids import grid_coordinate
from gis.address.kilometres import kilometre_readings
from gis.address.landmarks import landmark_readings
from gis.address.links import LinkedWords, linked
from gis.address.localities import Located, located
from gis.address.plus_codes import plus_code
from gis.address.reading import (
    Beside,
    Between,
    Coordinate,
    Corner,
    House,
    HouseRange,
    KmPost,
    Name,
    PlusCode,
    Reading,
)
from gis.address.tokens import parts_of, tokens_of
from ops_center.kernel.errors import Invalid

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from gis.geometry import Extent

READINGS_MAX = 8
_NAME_MARKS = re.compile(r"[&()\[\]+]|\w-\w| - |(?<![CEce ])/")


def parse(
    text: str, *, city: str | None = None, around: Extent | None = None, type_ahead: bool = False
) -> list[Reading]:
    """Every sensible reading of an address text, likeliest first; Invalid when it says nothing.

    An exact form (a coordinate, a plus code, a kilometre of a road) has no other reading, but
    for a coordinate whose order nothing tells. `city` is the name of the centre's city, dropped
    at the end; `around` its extent, which settles the order of coordinates, short plus codes
    and UTM without a zone. `type_ahead` marks readings whose last word may be half typed.
    All names in the readings are folded.
    """
    typing = type_ahead and text[-1:].isalpha()
    text = cleaned(text)
    link = linked(text, around=around)
    if isinstance(link, Coordinate):
        return [link]
    if isinstance(link, LinkedWords):
        text = cleaned(link.text)
    if len(text) > QUERY_MAX_CHARS:
        raise too_long()
    exact = _exact(text, city, around)
    if exact:
        return exact
    found = list(islice(_distinct(_in_words(text, city)), READINGS_MAX))
    return _unfinished(found, text) if typing else found


def _exact(text: str, city: str | None, around: Extent | None) -> list[Reading]:
    grid = grid_coordinate(text, around=around)
    if grid is not None:
        return [grid]
    points = coordinates(text, around=around)
    if points:
        return list(points)
    code = plus_code(text, city=city, around=around)
    return [code] if code is not None else kilometre_readings(text)


def _in_words(text: str, city: str | None) -> Iterator[Reading]:
    parts = parts_of(text)
    place = located(parts, city=city)
    if not place.words:
        raise Invalid("Write a street, a corner, a place or coordinates.", field="q")
    yield from (_at(reading, place.locality) for reading in _of(place.words))
    yield from _of(place.also)
    if place.by_comma and place.locality is not None:
        yield Corner(fold(" ".join(place.words)), place.locality)
    whole = fold(text)
    if whole and (place.locality is not None or _may_hide_a_name(text, place)):
        yield Name(whole)


def _may_hide_a_name(text: str, place: Located) -> bool:
    """Whether marks or leading words that were taken for grammar may belong to a name."""
    return bool(_NAME_MARKS.search(text)) or not bare(text).startswith(place.words[0])


def _of(words: Sequence[str]) -> Iterator[Reading]:
    """With a landmark said, what is no reading of it is at most a name."""
    tokens = tokens_of(words)
    beside = list(landmark_readings(tokens))
    yield from beside or readings_of(tokens)
    words = [word for word in words if word != SLASHED_C]
    whole = fold(" ".join(words))
    if whole and (beside or len(words_of(tokens)) < len(words)):
        yield Name(whole)


def _at(reading: Reading, locality: str | None) -> Reading:
    if locality is None or isinstance(reading, (Coordinate, PlusCode)):
        return reading
    return replace(reading, locality=locality)


def _distinct(found: Iterable[Reading]) -> Iterator[Reading]:
    """Each reading once, made only when it is asked for."""
    seen: set[Reading] = set()
    for reading in found:
        if reading not in seen:
            seen.add(reading)
            yield reading


def _unfinished(found: list[Reading], text: str) -> list[Reading]:
    """The readings as of a text still being typed; "Palma esq" may go on with a connector."""
    *said, last = bare(text).split()
    begun = len(last) > 1 and any(word.startswith(last) for word in BEGUN_WORDS)
    before = [Name(fold(" ".join(said)))] if said and begun else []
    return list(_distinct([*map(_partial, found), *before]))


def _partial(reading: Reading) -> Reading:
    """The reading with its last name, which ends the text, marked as perhaps half typed."""
    match reading:
        case Coordinate() | PlusCode() | KmPost() | House() | HouseRange():
            return reading
        case Between() | Corner() | Name() | Beside():
            return replace(reading, partial=reading.locality is None)
