"""How alike two folded names are: typos, word order, words left out, half-typed words."""

from __future__ import annotations

import re

from rapidfuzz.distance import OSA

SAME_SOUND = 0.96
SAME_WORDS = 0.97
SAME_LETTERS = 0.97
# A name said in part: between these by how much of it.
PART_MIN, PART_MAX = 0.68, 0.9
# With more words than the map knows: what they mean is not understood, so it is never sure.
MORE_MIN, MORE_MAX = 0.6, 0.78
# A half-typed name that fits so far.
BEGUN_MIN, BEGUN_MAX = 0.9, 0.99
# Half-typed and with a slip in what is typed.
BEGUN_WITH_SLIP = 0.92
# 14 de Mayo is not 15 de Mayo, however alike they are written.
OTHER_NUMBER = 0.55
_NUMBERS = re.compile(r"\d+")


def likeness(
    asked: str, alias: str, *, sounds: tuple[str, str] | None = None, partial: bool = False
) -> float:
    """0..1, 1 when equal; `sounds` are the phonetic keys of both, `partial`: half typed."""
    if asked == alias:
        return 1.0
    best = max(_written(asked, alias), _in_other_order(asked, alias), _in_part(asked, alias))
    if sounds and sounds[0] == sounds[1]:
        best = max(best, SAME_SOUND)
    if partial:
        best = max(best, _begun(asked, alias))
    return best if _same_numbers(asked, alias, partial=partial) else best * OTHER_NUMBER


def _written(asked: str, alias: str) -> float:
    """1 minus the edits (insert, delete, replace, swap) for each letter of the longer."""
    if asked.replace(" ", "") == alias.replace(" ", ""):
        return SAME_LETTERS
    return float(OSA.normalized_similarity(asked, alias))


def _in_other_order(asked: str, alias: str) -> float:
    ours, theirs = sorted(asked.split()), sorted(alias.split())
    if len(ours) < 2 and len(theirs) < 2:
        return 0.0
    return SAME_WORDS * float(OSA.normalized_similarity(" ".join(ours), " ".join(theirs)))


def _in_part(asked: str, alias: str) -> float:
    ours, theirs = set(asked.split()), set(alias.split())
    if ours < theirs:
        return PART_MIN + (PART_MAX - PART_MIN) * min(len(asked) / len(alias), 1.0)
    if theirs < ours:
        return MORE_MIN + (MORE_MAX - MORE_MIN) * min(len(alias) / len(asked), 1.0)
    return 0.0


def _begun(asked: str, alias: str) -> float:
    share = min(len(asked) / len(alias), 1.0)
    if alias.startswith(asked):
        return BEGUN_MIN + (BEGUN_MAX - BEGUN_MIN) * share
    if len(alias) <= len(asked):
        return 0.0
    return BEGUN_WITH_SLIP * float(OSA.normalized_similarity(asked, alias[: len(asked)]))


def _same_numbers(asked: str, alias: str, *, partial: bool) -> bool:
    ours, theirs = _NUMBERS.findall(asked), _NUMBERS.findall(alias)
    if partial and ours and not theirs[: len(ours)]:
        return False
    if partial:
        return all(b.startswith(a) for a, b in zip(ours, theirs, strict=False))
    # A number left out altogether is a name said in part, not another number.
    return sorted(ours) == sorted(theirs) or not ours or not theirs
