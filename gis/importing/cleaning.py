"""Makes the texts of a map file fit to store and to show: no unseen characters, none endless."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import osmium

Tags = dict[str, str]
TEXT_MAX_CHARS = 255  # what OpenStreetMap itself allows for a key and for a value
TAGS_MAX = 1_000
# Control characters, lone surrogates, and marks that turn or hide the text around them. The
# joiners of scripts that need them (U+200C, U+200D) stay.
_UNSEEN = re.compile(
    "[\x00-\x1f\x7f-\x9f\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\uffff\ud800-\udfff]+"
)
_SPACES = re.compile(r"\s+")


@dataclass(slots=True)
class Tally:
    """How much was read, and what was left out or mended, each with its reason."""

    read: Counter[str] = field(default_factory=Counter)
    left_out: Counter[str] = field(default_factory=Counter)
    mended: Counter[str] = field(default_factory=Counter)


def clean(text: str, tally: Tally) -> str:
    """The text on one line without unseen characters, cut to what the map allows."""
    if text.isprintable() and len(text) <= TEXT_MAX_CHARS:
        return text
    if len(text) > TEXT_MAX_CHARS:
        tally.mended[f"text longer than {TEXT_MAX_CHARS} characters cut"] += 1
        text = text[:TEXT_MAX_CHARS]
    seen = _SPACES.sub(" ", _UNSEEN.sub(" ", text)).strip()
    if _UNSEEN.search(text):
        tally.mended["control characters taken out of a text"] += 1
    return seen


def tags_of(item: osmium.osm.OSMObject[Any], tally: Tally) -> Tags | None:
    """The cleaned tags of an object, or None where they are no text at all."""
    if len(item.tags) > TAGS_MAX:
        tally.left_out[f"object with more than {TAGS_MAX} tags"] += 1
        return None
    try:
        raw = dict(item.tags)
    except UnicodeDecodeError:
        tally.left_out["object whose text is not UTF-8"] += 1
        return None
    return {key: clean(value, tally) for key, value in raw.items() if len(key) <= TEXT_MAX_CHARS}
