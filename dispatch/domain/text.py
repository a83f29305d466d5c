"""Words from outside, checked once: trimmed, limited, and nothing in them that storage refuses."""

import re
import unicodedata

from ops_center.kernel.errors import Invalid

NARRATIVE_MAX = 4_000
NOTE_MAX = 2_000
ADDRESS_MAX = 300
REASON_MAX = 300
CALLER_NUMBER_MAX = 32
EXTERNAL_REF_MAX = 128
CALLSIGN_MAX = 32
TAG_MAX = 32

KEPT_CONTROLS = frozenset("\n\t")
CALLER_DIGITS = 8
_TAG = re.compile(rf"[a-z0-9][a-z0-9_-]{{0,{TAG_MAX - 1}}}")


def optional_text(value: str | None, *, field: str, limit: int) -> str | None:
    """Return the trimmed text, None when nothing is left of it; Invalid when over `limit`."""
    if value is None:
        return None
    trimmed = "".join(c for c in value if _storable(c, field)).strip()
    if len(trimmed) > limit:
        raise Invalid(
            f"{field} has {len(trimmed)} characters; at most {limit} fit. Shorten it.",
            field=field,
        )
    return trimmed or None


def required_text(value: str | None, *, field: str, limit: int) -> str:
    """Return the trimmed text; Invalid when empty or over `limit`."""
    kept = optional_text(value, field=field, limit=limit)
    if kept is None:
        raise Invalid(f"{field} is empty: write at least one word.", field=field)
    return kept


def caller_digits(number: str | None) -> str | None:
    """Return the last eight figures of a telephone number, None when it has none.

    They are the same for 0981 000 123, +595 981 000123 and 981000123.
    """
    figures = re.sub(r"[^0-9]", "", number or "")
    return figures[-CALLER_DIGITS:] or None


def tag(value: str, *, field: str) -> str:
    """Return a short machine word (a-z, 0-9, _ and -); Invalid otherwise."""
    if not _TAG.fullmatch(value):
        raise Invalid(
            f"{field} must be 1 to {TAG_MAX} of a-z, 0-9, _ or -, starting with a letter or digit.",
            field=field,
        )
    return value


def _storable(char: str, field: str) -> bool:
    category = unicodedata.category(char)
    if category == "Cs":
        raise Invalid(f"{field} holds half a character (a lone surrogate): retype it.", field=field)
    return category != "Cc" or char in KEPT_CONTROLS
