"""Takes out of typed and pasted text what cannot be seen, and bounds its length."""

from __future__ import annotations

import re
import unicodedata

from ops_center.kernel.errors import Invalid

QUERY_MAX_CHARS = 200
PASTED_MAX_CHARS = 2_000
# Control characters become spaces; formatting marks (zero width, right to left) and halves of
# surrogate pairs disappear.
_SPACED = frozenset(["Cc", "Zl", "Zp", "Zs"])
_DROPPED = frozenset(["Cf", "Cs", "Co", "Cn"])
_SPACES = re.compile(r"\s+")


def cleaned(text: str) -> str:
    """The text on one line, single-spaced, with nothing invisible in it.

    Raises Invalid when it is longer than anything pasted can be.
    """
    if len(text) > PASTED_MAX_CHARS:
        raise too_long()
    return _SPACES.sub(" ", "".join(map(_seen, text))).strip()


def too_long() -> Invalid:
    return Invalid(f"An address has at most {QUERY_MAX_CHARS} characters.", field="q")


def _seen(character: str) -> str:
    if character < "\x7f":
        return max(character, " ")
    category = unicodedata.category(character)
    if category in _SPACED:
        return " "
    return "" if category in _DROPPED else character
