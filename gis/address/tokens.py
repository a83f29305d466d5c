"""Cuts an address text into names and the connecting words between them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gis.address.connectors import (
    ARTICLES,
    CORNER_ENDINGS,
    LINKS,
    NOISE,
    OF_WORDS,
    PHRASE_WORDS_MAX,
    POSTPOSITIONS,
    RELATIONS,
    SLASHED_C,
    Link,
)
from gis.address.distances import Offset, offset_at
from gis.address.folding import bare, fold
from gis.address.numbers import in_digits
from gis.address.reading import Relation
from gis.address.words import STREET_TYPES

if TYPE_CHECKING:
    from collections.abc import Sequence

RANGE_WORD = "hasta"

# Spelled out while slashes, dashes and marks are still there to be seen.
_SPELLED: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern, re.IGNORECASE), written)
    for pattern, written in (
        (r"\bs ?/ ?n(?:ro|[°º])?\b\.?", " "),
        (r"\b1 ?/ ?2\b|½", " media "),
        (r"^c ?/ ?(?=\D)", "calle "),
        (r"\bc ?/", f" {SLASHED_C} "),
        (r"\be ?/", " entre "),
        (r"\besq\.? ?/", " esquina "),
        (r"[#№]|\bn[°º]", " nro "),
        (r"\b(\d{1,2})\.(\d{3})\b(?![.,]\d)", r"\1\2"),
        (
            r"\b(\d{1,5})(m|mts?|km|cuadras?)(?= (?:de|del|al|antes|desp\w+|pasando|da|do|from)\b)",
            r"\1 \2",
        ),
        (r"(?<=\d)(?: ?[-–] ?|/)(?=\d)", f" {RANGE_WORD} "),
        (r"\b([^\W\d_]{4,})(\d{2,5})\b", r"\1 \2"),
        (r"(?<=\w)-(?:pe|me)\b", " "),
        (r"(?<=\w)-gui\b", " gui"),
        (r"[/&@+]", " y "),
    )
)
_ON_WORDS = frozenset(["sobre", "on"])
_PORTUGUESE_ARTICLES = frozenset(["a", "o"])
_CUTS = re.compile(r"[,;()|\[\]]| [-–—] ")


@dataclass(frozen=True, slots=True)
class Token:
    """One word of a name, or a connecting phrase with the link it makes."""

    text: str
    link: Link | None = None
    relation: Relation | None = None
    offset: Offset | None = None


def parts_of(text: str) -> list[list[str]]:
    """The bare words of each part of the text between commas, dashes and brackets."""
    for pattern, written in _SPELLED:
        text = pattern.sub(written, text)
    parts = (in_digits(bare(part).split()) for part in _CUTS.split(text))
    return [part for part in parts if part]


def tokens_of(words: Sequence[str]) -> list[Token]:
    """The words as tokens: the longest connecting phrase wins at every place."""
    words = _street_first(relation_first(without_noise(words)))
    tokens: list[Token] = []
    position = 0
    while position < len(words):
        token, used = _token_at(words, position)
        if _is_letter_name(token, tokens):
            token = Token(token.text)
        tokens.append(token)
        position += used
        if token.link is not None:
            position += _dropped_after(token, words, position, first=len(tokens) == 1)
    return _trimmed(tokens)


def starts_linked(words: Sequence[str]) -> bool:
    """Whether a part begins with a connecting phrase, and so belongs to the one before."""
    return _token_at(relation_first(words), 0)[0].link is not None


def without_noise(words: Sequence[str]) -> Sequence[str]:
    """The words without what people say before an address: "estoy en", "sobre la calle"."""
    for phrase in sorted(NOISE, key=len, reverse=True):
        rest = words[len(phrase) :]
        if rest and tuple(words[: len(phrase)]) == phrase and not _linked_at(words):
            return without_noise(rest)
    return words


def _linked_at(words: Sequence[str]) -> bool:
    """Whether a connecting phrase longer than one word starts here: "en frente de"."""
    return any(
        tuple(words[:size]) in LINKS or tuple(words[:size]) in RELATIONS
        for size in range(2, PHRASE_WORDS_MAX + 1)
    )


def relation_first(words: Sequence[str]) -> list[str]:
    """ "Hospital renondépe" in the order "renondépe Hospital"; "X ha Y esquínape" without it."""
    words = list(words)
    if len(words) > 2 and words[-1] in CORNER_ENDINGS:
        words.pop()
    if len(words) > 1 and words[-1] in POSTPOSITIONS:
        landmark = words[:-2] if words[-2] == "gui" and len(words) > 2 else words[:-1]
        return [words[-1], *landmark]
    return words


def _street_first(words: list[str]) -> list[str]:
    """ "Entre Chile y Alberdi sobre Palma" in the order "Palma entre Chile y Alberdi"."""
    on = next((i for i in range(2, len(words) - 1) if words[i] in _ON_WORDS), None)
    if on is None or _token_at(words, 0)[0].link in {None, Link.BESIDE}:
        return words
    return [*words[on + 1 :], *words[:on]]


def _token_at(words: Sequence[str], position: int) -> tuple[Token, int]:
    if words[position] in POSTPOSITIONS and position < len(words) - 1:
        relation = POSTPOSITIONS[words[position]]
        link = Link.BETWEEN if relation is Relation.BETWEEN else Link.BESIDE
        return Token(words[position], link, relation), 1
    said = offset_at(words, position)
    if said is not None:
        offset, used = said
        return Token(" ".join(words[position : position + used]), Link.BESIDE, None, offset), used
    for size in range(min(PHRASE_WORDS_MAX, len(words) - position), 0, -1):
        phrase = tuple(words[position : position + size])
        if phrase in RELATIONS:
            return Token(" ".join(phrase), Link.BESIDE, RELATIONS[phrase]), size
        if phrase in LINKS:
            return Token(" ".join(phrase), LINKS[phrase]), size
    return Token(words[position]), 1


def _is_letter_name(token: Token, before: Sequence[Token]) -> bool:
    """Rua E and Calle Y are streets, not half a corner."""
    if token.link is not Link.AND or len(token.text) > 1 or not before:
        return False
    begins = len(before) == 1 or before[-2].link is not None
    return begins and fold(before[-1].text) in STREET_TYPES


def _dropped_after(token: Token, words: Sequence[str], position: int, *, first: bool) -> int:
    """How many words after a connecting phrase only lead on: "esquina DE", "frente a LA".

    In the middle of a text "de" may begin a name: De la Victoria.
    """
    rest = len(words) - position
    if token.link is Link.CORNER and first and rest > 2 and words[position] in OF_WORDS:
        return 1
    if token.text.endswith("com") and rest > 1 and words[position] in _PORTUGUESE_ARTICLES:
        return 1
    landmark = token.link is Link.BESIDE or (token.link in {Link.NEAR, Link.BETWEEN} and first)
    return 1 if landmark and rest > 1 and words[position] in ARTICLES else 0


def _trimmed(tokens: list[Token]) -> list[Token]:
    """Without connecting words that hang at the end: the text is not finished yet.

    With an article before it the word is a name: Copetín La Esquina.
    """
    end = len(tokens)
    if end > 1 and tokens[end - 1].link is Link.CORNER and tokens[end - 2].text in ARTICLES:
        return tokens
    while end > 1 and tokens[end - 1].link is not None and tokens[end - 1].offset is None:
        end -= 1
    return tokens[:end]
