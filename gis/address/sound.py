"""A key by which names that sound alike in Paraguay meet, however they are spelt."""

from __future__ import annotations

import re

from gis.address.folding import fold

# Applied to one folded word, in this order; capitals stand for finished sounds.
_RULES: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), sound)
    for pattern, sound in (
        (r"[cs]h", "C"),  # Shopping is said as Chopping
        (r"ph", "f"),
        (r"^(?:mb|nb)", "b"),  # Mbokaja, Bokaja
        (r"^nd", "d"),
        (r"^ng", "g"),
        (r"^ps", "s"),
        (r"^hu(?=[aeio])|w", "gu"),  # Huerta, Guerta; Wenceslao, Guenceslao
        (r"^h?i(?=[aeo])", "Y"),  # Hierba, Yerba
        (r"lh|ll|y(?=[aeiou])", "Y"),
        (r"y", "i"),
        (r"h", ""),
        (r"(.)\1+", r"\1"),
        (r"g(?=[ei])", "j"),
        (r"gu(?=[ei])", "g"),
        (r"qu(?=[ei])|q|ck", "k"),
        (r"[sx]?c(?=[ei])|[zx]", "s"),
        (r"c", "k"),
        (r"v", "b"),
        (r"m(?=[^aeiou])|m$", "n"),
        (r"(.)\1+", r"\1"),
        (r"(?<=..)[sd]$", ""),  # a final s or d is often not said
    )
)


def sound(text: str) -> str:
    """How a name sounds: b and v, s, z and c, ll and y, g and j, a lost h or final s are one.

    The text need not be folded. Equal keys mean that the names may be the same by ear; the
    key of a beginning is the beginning of the key but for its last letter or two.
    """
    return " ".join(filter(None, (_word(word) for word in fold(text).split())))


def _word(word: str) -> str:
    if word.isdigit():
        return word
    for pattern, replacement in _RULES:
        word = pattern.sub(replacement, word)
    return word.lower()
