"""Readings of a text without landmarks: stretches, corners, houses and names."""

from __future__ import annotations

import re
from itertools import islice
from typing import TYPE_CHECKING

from gis.address.connectors import ARTICLES, SLASHED_C, Link
from gis.address.folding import fold
from gis.address.house_numbers import LEADING_NUMBER_MIN, numbered
from gis.address.kinds import kind_of
from gis.address.reading import (
    Beside,
    Between,
    Corner,
    House,
    HouseRange,
    Name,
    Reading,
    Relation,
)
from gis.address.words import STREET_TYPES

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from gis.address.tokens import Token

# Real addresses have two or three; more only costs time.
CONNECTORS_MAX = 6

# National routes are known by name as "Ruta 2", whatever form their number is said in.
_ROUTE = re.compile(r"(?:ruta )?py ?0*(\d{1,3})")
_STRONG = (Link.NEAR, Link.CORNER)
_EMPTY = frozenset(["calle", "c"])


def readings_of(tokens: Sequence[Token]) -> Iterator[Reading]:
    """Every reading of tokens that say no landmark, likeliest first; names are never empty."""
    alone = all(token.link is None for token in tokens[1:])
    if tokens and tokens[0].link is Link.CORNER and alone:
        # "Cruce Liberación": it joins nothing, so it is part of the name.
        yield from _names(tokens)
    tokens = _without_prefix(tokens)
    if tokens:
        yield from _stretches(tokens)
        yield from _crossings(tokens)
        if not any(token.link in {*_STRONG, Link.BETWEEN} for token in tokens):
            yield from _houses(words_of(tokens))
        yield from _names(tokens)


def words_of(tokens: Sequence[Token]) -> list[str]:
    return [word for token in tokens for word in token.text.split() if word != SLASHED_C]


def named(tokens: Sequence[Token]) -> str:
    """The folded name the tokens spell, without a leading "calle"."""
    return _street(words_of(tokens))


def _street(words: Sequence[str]) -> str:
    rest = words[1:]
    if rest and words[0] in _EMPTY and not all(word.isdigit() for word in rest):
        words = rest
    return _by_number(fold(" ".join(words)))


def _by_number(name: str) -> str:
    route = _ROUTE.fullmatch(name)
    return f"ruta {route[1]}" if route else name


def _without_prefix(tokens: Sequence[Token]) -> Sequence[Token]:
    """ "Esquina de Palma y Chile": what links before anything was said only leads on."""
    while len(tokens) > 1 and tokens[0].link in {*_STRONG, Link.AND}:
        tokens = tokens[1:]
    return tokens


def _positions(tokens: Sequence[Token], *links: Link) -> Iterator[int]:
    """Where a connecting phrase stands with something on both sides; the first few will do."""
    found = (i for i in range(1, len(tokens) - 1) if tokens[i].link in links)
    return iter(sorted(islice(found, CONNECTORS_MAX), key=lambda i: _doubt(tokens, i)))


def _doubt(tokens: Sequence[Token], position: int) -> tuple[bool, bool]:
    """What links less surely comes later: before a type of street it is no part of a name.

    "Rua Rosa e Silva y Rua Humaitá": the second "and" is the link.
    """
    types = fold(tokens[position + 1].text) in STREET_TYPES
    return not types, tokens[position].text == "e"


def _stretches(tokens: Sequence[Token]) -> Iterator[Reading]:
    if tokens[0].link is Link.BETWEEN:
        yield from _between_landmarks(tokens[1:])
    for start in _positions(tokens, Link.BETWEEN):
        yield from _stretch(tokens[:start], tokens[start + 1 :])
    # "Palma c/ Chile y Alberdi" is as often "between" as "near".
    for start in _positions(tokens, Link.NEAR):
        slashed = tokens[start].text == SLASHED_C
        if slashed and any(token.link is Link.AND for token in tokens[start:]):
            yield from _stretch(tokens[:start], tokens[start + 1 :])


def _stretch(head: Sequence[Token], tail: Sequence[Token]) -> Iterator[Reading]:
    street, number = _street_and_number(head)
    if street and tail and not any(token.link is Link.AND for token in tail):
        # Only one end was said, or heard, so far.
        yield Corner(street, named(tail), True, number)
    for stop in _positions(tail, Link.AND):
        first, second = named(tail[:stop]), named(tail[stop + 1 :])
        last, last_number = _street_and_number(tail[stop + 1 :])
        if number is None and last_number is not None and street and first:
            yield Between(street, first, last, last_number)
        if first.isdigit() and second.isdigit() and int(first) < int(second) < 100_000:
            yield HouseRange(street, int(first), int(second))
        elif street and first and second:
            yield Between(street, first, second, number)


def _between_landmarks(tail: Sequence[Token]) -> Iterator[Reading]:
    for stop in _positions(tail, Link.AND):
        first, second = Name(_place(tail[:stop])), Name(_place(tail[stop + 1 :]))
        if first.text and second.text:
            yield Beside(Relation.BETWEEN, first, other=second)
            if first.kind_hint is None and second.kind_hint is None:
                yield Corner(first.text, second.text)


def _place(tokens: Sequence[Token]) -> str:
    """A landmark's name; its article goes when a kind of place follows: "la iglesia"."""
    words = words_of(tokens)
    bare_name = fold(" ".join(words[1:]))
    if words and words[0] in ARTICLES and kind_of(bare_name)[0] is not None:
        return bare_name
    return fold(" ".join(words))


def _crossings(tokens: Sequence[Token]) -> Iterator[Reading]:
    strong = list(_positions(tokens, *_STRONG))
    # Beside an "esquina" the "y" belongs to a name: Ortega y Gasset.
    for position in strong or _positions(tokens, Link.AND):
        if not _inside_stretch(tokens, position):
            yield from _crossing(tokens, position)


def _inside_stretch(tokens: Sequence[Token], position: int) -> bool:
    """The "y" of "entre X y Y" makes no corner of its own."""
    return any(token.link is Link.BETWEEN for token in tokens[:position])


def _crossing(tokens: Sequence[Token], position: int) -> Iterator[Reading]:
    head, tail = tokens[:position], _without_prefix(tokens[position + 1 :])
    near = Link.NEAR in {tokens[position].link, _link_after(tokens, position)}
    other = named(tail)
    if not other or not named(head):
        return
    if near and other.isdigit() and int(other[:5]) >= LEADING_NUMBER_MIN:
        yield House(named(head), int(other[:5]))
        return
    yield from _corner(head, tail, near=near)
    if near and Name(other).kind_hint is not None:
        yield Beside(Relation.NEAR, Name(other), street=_street_and_number(head)[0])


def _link_after(tokens: Sequence[Token], position: int) -> Link | None:
    return tokens[position + 1].link if position + 1 < len(tokens) else None


def _corner(head: Sequence[Token], tail: Sequence[Token], *, near: bool) -> Iterator[Reading]:
    """The number may stand with either street: "Estrella casi 14 de Mayo 505"."""
    other = named(tail)
    split = numbered(words_of(head))
    if split is not None and split.sure:
        yield Corner(_street(split.street), other, near, split.number)
    split_other = numbered(words_of(tail))
    if split is None and split_other is not None and split_other.sure:
        yield Corner(named(head), _street(split_other.street), near, split_other.number)
    yield Corner(named(head), other, near)
    if split is not None and not split.sure:
        yield Corner(_street(split.street), other, near, split.number)
    # "Palma esquina Chile y Alberdi": the second may be a stretch or one name.
    for stop in _positions(tail, Link.AND):
        first, second = named(tail[:stop]), named(tail[stop + 1 :])
        if first and second:
            street, number = _street_and_number(head)
            yield Between(street, first, second, number)
            yield Corner(street, first, near, number)


def _street_and_number(head: Sequence[Token]) -> tuple[str, int | None]:
    split = numbered(words_of(head))
    if split is not None and split.sure:
        return _street(split.street), split.number
    return named(head), None


def _houses(words: Sequence[str]) -> Iterator[Reading]:
    split = numbered(words)
    if split is None or not (street := _street(split.street)):
        return
    if not split.sure:
        yield Name(fold(" ".join(words)))
    if split.last is not None:
        yield HouseRange(street, split.number, split.last)
    yield House(street, split.number)


def _names(tokens: Sequence[Token]) -> Iterator[Reading]:
    name = fold(" ".join(words_of(tokens)))
    if name:
        yield from (Name(one) for one in dict.fromkeys((_by_number(name), name)))
