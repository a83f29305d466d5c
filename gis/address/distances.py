"""How far and which way from a landmark: "a dos cuadras", "200 metros al norte"."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

# A block of the old colonial grid; new quarters vary, so the answer stays uncertain.
CUADRA_M = 100.0
DISTANCE_MAX_M = 50_000.0

_UNITS_M = (
    dict.fromkeys(
        ["cuadra", "cuadras", "quadra", "quadras", "kuadra", "kuadrape", "block", "blocks"],
        CUADRA_M,
    )
    | dict.fromkeys(["m", "mt", "mts", "metro", "metros", "meter", "meters", "metrope"], 1.0)
    | dict.fromkeys(["km", "kms", "kilometro", "kilometros", "quilometros"], 1_000.0)
)
UNITS = frozenset(_UNITS_M)
_COUNTS = {
    **dict.fromkeys(["un", "una", "uma", "one", "petei"], 1.0),
    **dict.fromkeys(["dos", "dois", "duas", "two", "mokoi"], 2.0),
    **dict.fromkeys(["three", "mbohapy"], 3.0),
    **dict.fromkeys(["media", "meia", "medio", "half"], 0.5),
}
_HALVES = frozenset(["media", "medio", "meia"])
_ABOUT = frozenset(["a", "como", "unos", "unas", "mas", "menos", "o", "casi", "at"])
_LEADING = frozenset(["a", "at"])
_RELATION_STARTS = frozenset(
    ["antes", "despues", "pasando", "pasado", "detras", "atras", "frente", "mas", "before"]
) | {"after", "past", "depois"}
_FROM = frozenset(["de", "del", "da", "do", "from", "of", "desde", "gui"])
_BEARINGS = {
    "norte": 0.0,
    "noreste": 45.0,
    "nordeste": 45.0,
    "este": 90.0,
    "leste": 90.0,
    "sureste": 135.0,
    "sudeste": 135.0,
    "sur": 180.0,
    "sul": 180.0,
    "suroeste": 225.0,
    "sudoeste": 225.0,
    "oeste": 270.0,
    "noroeste": 315.0,
    "north": 0.0,
    "east": 90.0,
    "south": 180.0,
    "west": 270.0,
}
_TOWARDS = frozenset(["al", "hacia", "el", "para", "ao", "to", "the", "a", "lado"])


@dataclass(frozen=True, slots=True)
class Offset:
    """A said distance in metres and direction in degrees true, each None when not said."""

    distance_m: float | None
    bearing_deg: float | None


def offset_at(words: Sequence[str], start: int) -> tuple[Offset, int] | None:
    """The distance or direction said from `start`, and how many words say it."""
    position = start
    while position < len(words) and words[position] in _ABOUT:
        position += 1
    metres, after = _metres(words, position)
    if metres is None:
        return _direction_at(words, start)
    if metres > DISTANCE_MAX_M:
        return None
    led = bool(_LEADING & set(words[start:position]))
    bearing, end = _bearing(words, after)
    if not (led or bearing is not None or _goes_on(words, end)):
        return None
    return Offset(metres, bearing), end + (_at(words, end) in _FROM) - start


def _goes_on(words: Sequence[str], position: int) -> bool:
    """Whether a distance without "a" is one: "505 m lopez" is a house, "2 cuadras de" is not."""
    word = _at(words, position)
    return word in _FROM or word in _RELATION_STARTS or (not word and "kuadrape" in words)


def _direction_at(words: Sequence[str], start: int) -> tuple[Offset, int] | None:
    """ "Al norte de": a direction alone needs its "al" and its "de"."""
    bearing, end = _bearing(words, start)
    towards = end - start > 1 and words[start] in _TOWARDS
    if bearing is None or not towards or _at(words, end) not in _FROM:
        return None
    return Offset(None, bearing), end + 1 - start


def _metres(words: Sequence[str], start: int) -> tuple[float | None, int]:
    """ "dos cuadras y media", "200 m", "cuadra y media"; (None, start) when none is said."""
    word = _at(words, start)
    count = float(word) if word.isdecimal() and len(word) <= 5 else _COUNTS.get(word)
    position = start if count is None else start + 1
    if count is not None and _at(words, position) in _HALVES:
        count, position = count + 0.5, position + 1
    unit = _UNITS_M.get(_at(words, position))
    if unit is None or (count is None and unit != CUADRA_M):
        return None, start
    position += 1
    count = 1.0 if count is None else count
    if _at(words, position) in {"y", "e"} and _at(words, position + 1) in _HALVES:
        count, position = count + 0.5, position + 2
    return count * unit, position


def _bearing(words: Sequence[str], start: int) -> tuple[float | None, int]:
    position = start
    while position < len(words) and words[position] in _TOWARDS:
        position += 1
    bearing = _BEARINGS.get(_at(words, position))
    return (None, start) if bearing is None else (bearing, position + 1)


def _at(words: Sequence[str], position: int) -> str:
    return words[position] if position < len(words) else ""
