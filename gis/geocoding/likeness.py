"""How alike two folded names are, beyond the trigrams that found them."""

from __future__ import annotations

# Trigrams find; the count of edits tells Brasilia from Brasil.
TRIGRAM_SHARE = 0.5


def likeness(asked: str, alias: str, similarity: float) -> float:
    """0..1 from the trigram similarity and the edits between the two names; 1 when equal."""
    if asked == alias:
        return 1.0
    return TRIGRAM_SHARE * similarity + (1 - TRIGRAM_SHARE) * edit_likeness(asked, alias)


def edit_likeness(a: str, b: str) -> float:
    """1 minus the edits (insert, delete, replace, swap) for each letter of the longer."""
    longest = max(len(a), len(b))
    return 1.0 if longest == 0 else 1 - edits(a, b) / longest


def edits(a: str, b: str) -> int:
    """Optimal string alignment distance: letters swapped in typing count once."""
    before_last: list[int] = []
    last = list(range(len(b) + 1))
    for i, letter in enumerate(a, start=1):
        row = [i]
        for j, other in enumerate(b, start=1):
            cost = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (letter != other))
            if i > 1 and j > 1 and letter == b[j - 2] and a[i - 2] == other:
                cost = min(cost, before_last[j - 2] + 1)
            row.append(cost)
        before_last, last = last, row
    return last[-1]
