"""Text out of files of unknown origin: letters that a wrong encoding broke, hidden characters."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from gis.layers.model import Doubt, Mending, Reason

NAME_MAX_CHARS = 200
TEXT_MAX_CHARS = 10_000
REPAIRS_MAX = 2  # a text may have gone through the same mistake twice

_REPLACED = "\N{REPLACEMENT CHARACTER}"
# What UTF-8 looks like when it was read as Windows-1252 or Latin-1: a lead byte's letter, then
# letters or signs of continuation bytes. Of the lead bytes of two, only those whose letter no
# Spanish or Guaraní word has before such a sign: "Ñº" is a Spanish abbreviation, "Ã±" is nothing.
_SIGN = (
    "[\u0080-\u00bf\u20ac\u201a\u0192\u201e\u2026\u2020\u2021\u02c6\u2030\u0160\u2039\u0152\u017d"
    "\u2018\u2019\u201c\u201d\u2022\u2013\u2014\u02dc\u2122\u0161\u203a\u0153\u017e\u0178]"
)
_LEAD_OF_TWO = "[\u00c2-\u00c5\u00cc]"
_MAYBE_BROKEN = re.compile(f"{_LEAD_OF_TWO}{_SIGN}|[\u00e1\u00e2]{_SIGN}{_SIGN}")
# Signs that no text has behind such a letter; a closing quotation mark may well stand there.
_BROKEN = re.compile(f"{_LEAD_OF_TWO}[\u0080-\u009f\u00a1-\u00bf]")
# Latin letters with all their accents, the signs around them, punctuation: what a name is of.
_EXPECTED = re.compile("[\u0000-\u036f\u1e00-\u1eff\u2000-\u206f\u20a0-\u214f]*")
_QUESTION = re.compile(r"[^\W\d_]\?[^\W\d_]")
_MARKUP = re.compile(r"<[A-Za-z/!][^>]*>")
_SPACES = re.compile(r"[\t\n\r\x0b\x0c\x85\u2028\u2029]+")


@dataclass(frozen=True, slots=True)
class Text:
    """A text as it is kept, what was done to it, and why it cannot be kept, if so."""

    value: str
    mended: tuple[Mending, ...] = ()
    doubts: tuple[Doubt, ...] = ()
    refused: Reason | None = None


def read_text(raw: str, *, max_chars: int = TEXT_MAX_CHARS) -> Text:
    """Return `raw` put right where that can be proved; markup and SQL are text like any other."""
    value, mended = _restored(raw)
    flat = _SPACES.sub(" ", value)
    if _hides(flat):
        return Text(shown(flat), refused=Reason.CONTROL_CHARACTERS)
    if flat != value:
        mended = (*mended, Mending.CONTROLS_REMOVED)
    if _REPLACED in flat or _BROKEN.search(flat):
        return Text(flat, mended, refused=Reason.LETTERS_LOST)
    if len(flat) > max_chars:
        return Text(flat[:max_chars], refused=Reason.TOO_LONG)
    return Text(flat.strip(), mended, _doubts(flat))


def read_property(raw: str) -> Text:
    """The same for a text nobody is found by: hidden characters go, lost letters are a doubt."""
    without = raw
    if _hides(raw):
        without = "".join(c for c in raw if not _is_hidden(c) or _SPACES.match(c))
    found = read_text(without)
    mended = found.mended
    if without != raw and Mending.CONTROLS_REMOVED not in mended:
        mended = (*mended, Mending.CONTROLS_REMOVED)
    if found.refused is Reason.LETTERS_LOST:
        return Text(found.value, mended, (Doubt.LETTERS_LOST,))
    return Text(found.value, mended, (), found.refused)


def shown(text: str) -> str:
    """Return `text` with every hidden character written out, safe for reports and terminals."""
    if not _hides(text):
        return text
    return "".join(f"\\u{ord(c):04x}" if _is_hidden(c) else c for c in text)


def restored(text: str) -> str:
    """Return `text` with what reading UTF-8 as Latin-1 did to it undone, where provable."""
    return _restored(text)[0]


def _restored(text: str) -> tuple[str, tuple[Mending, ...]]:
    value = text
    for _ in range(REPAIRS_MAX):
        raw = _bytes_of(value) if _MAYBE_BROKEN.search(value) else None
        if raw is None:
            break
        try:
            decoded = raw.decode("utf-8")
        except UnicodeDecodeError:
            break
        if not _EXPECTED.fullmatch(decoded):
            break
        value = decoded
    return value, (Mending.LETTERS_RESTORED,) if value != text else ()


def _bytes_of(text: str) -> bytes | None:
    """The bytes that Windows-1252, or Latin-1 where that has no letter, shows as `text`."""
    out = bytearray()
    for c in text:
        if ord(c) < 0x100:
            out.append(ord(c))
            continue
        try:
            out += c.encode("cp1252")
        except UnicodeEncodeError:
            return None
    return bytes(out)


def _hides(text: str) -> bool:
    # A text that is all printable, as nearly every one is, need not be looked at letter by letter.
    return not text.isprintable() and any(_is_hidden(c) for c in text)


def _is_hidden(c: str) -> bool:
    """Control characters, surrogates, and marks that turn the reading direction."""
    return unicodedata.category(c) in {"Cc", "Cs"} or c in _TURNING


_TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\ufeff")


def _doubts(text: str) -> tuple[Doubt, ...]:
    found = []
    if _QUESTION.search(text):
        found.append(Doubt.QUESTION_MARK)
    if _MARKUP.search(text):
        found.append(Doubt.MARKUP)
    return tuple(found)
