"""The ways in which people say and type a name otherwise than the map writes it."""

import random
import re
import unicodedata
from collections.abc import Callable
from typing import Final

from gis.address import fold
from gis.address.words import ABBREVIATIONS, STREET_TYPES, TITLES

Noise = Callable[[str, random.Random], str]
CLEAN: Final = "clean"
HALF_TYPED: Final = "half_typed"
TYPO_MIN_LETTERS: Final = 5
HALF_TYPED_MIN: Final = 3
# As it sounds in Spanish and Portuguese: which letters people mix up.
SLIPS: Final = (
    ("b", "v"), ("v", "b"), ("z", "s"), ("s", "z"), ("ce", "se"), ("ci", "si"), ("ll", "y"),
    ("y", "ll"), ("ge", "je"), ("gi", "ji"), ("que", "ke"), ("qui", "ki"), ("ss", "s"),
    ("h", ""), ("ca", "ka"), ("co", "ko"),
)  # fmt: skip
DAYS: Final = (
    ("1", "primero"), ("2", "dos"), ("3", "tres"), ("4", "cuatro"), ("5", "cinco"), ("6", "seis"),
    ("7", "siete"), ("8", "ocho"), ("9", "nueve"), ("10", "diez"), ("11", "once"), ("12", "doce"),
    ("13", "trece"), ("14", "catorce"), ("15", "quince"), ("16", "dieciséis"),
    ("17", "diecisiete"), ("18", "dieciocho"), ("19", "diecinueve"), ("20", "veinte"),
    ("21", "veintiuno"), ("22", "veintidós"), ("23", "veintitrés"), ("24", "veinticuatro"),
    ("25", "veinticinco"), ("26", "veintiséis"), ("27", "veintisiete"), ("28", "veintiocho"),
    ("29", "veintinueve"), ("30", "treinta"),
)  # fmt: skip
IN_WORDS: Final = dict(DAYS)
COMPOUND: Final = re.compile(r"(?i)\b(vinte|trinta|quarenta|cinquenta|treinta) [ey] ")
_SHORT: Final = {word: short for short, word in sorted(ABBREVIATIONS.items(), reverse=True)}


def unchanged(name: str, chance: random.Random) -> str:
    return name


def abbreviated(name: str, chance: random.Random) -> str:
    """Avda., Gral., Dr. …: each long title or type by its shortest usual form."""
    return " ".join(_abbreviation(word) for word in name.split())


def title_dropped(name: str, chance: random.Random) -> str:
    """Without "Rua", "Doctor", "General"."""
    kept = [word for word in name.split() if fold(word) not in STREET_TYPES | TITLES]
    return " ".join(kept) if kept and not _is_joining(kept[0]) else name


def accents_dropped(name: str, chance: random.Random) -> str:
    parts = unicodedata.normalize("NFD", name)
    return "".join(c for c in parts if unicodedata.category(c) != "Mn")


def phonetic(name: str, chance: random.Random) -> str:
    """One sound written with other letters."""
    lower = name.lower()
    places = [
        (found.start(), sound, letters)
        for sound, letters in SLIPS
        for found in re.finditer(sound, lower)
    ]
    if not places:
        return name
    at, sound, letters = chance.choice(places)
    return name[:at] + letters + name[at + len(sound) :]


def typo(name: str, chance: random.Random) -> str:
    """One letter left out, doubled, exchanged with the next or hit wrongly."""
    letters = [i for i, c in enumerate(name) if c.isalpha()]
    if len(letters) < TYPO_MIN_LETTERS:
        return name
    i = chance.choice(letters[1:-1])
    return chance.choice(
        (
            name[:i] + name[i + 1 :],
            name[:i] + name[i] + name[i:],
            name[:i] + name[i + 1] + name[i] + name[i + 2 :],
            name[:i] + chance.choice("aeiounrslt") + name[i + 1 :],
        )
    )


def word_order(name: str, chance: random.Random) -> str:
    """The last word first: "López Mariscal"."""
    words = name.split()
    return name if len(words) < 2 else " ".join([words[-1], *words[:-1]])


def half_typed(name: str, chance: random.Random) -> str:
    """The beginning, at least half of it, and more of it than "Rua"."""
    first = name.split(" ", maxsplit=1)[0]
    said = len(first) + 1 if fold(first) in STREET_TYPES else 0
    least = max(said + HALF_TYPED_MIN, len(name) // 2)
    return name[: chance.randint(least, max(least, len(name) - 1))].strip()


def numbers_as_words(name: str, chance: random.Random) -> str:
    """Catorce de Mayo, and back; "vinte e cinco" stays, its words are one number together."""
    if COMPOUND.search(name):
        return name
    return " ".join(_other_number(word) for word in name.split(" "))


def _abbreviation(word: str) -> str:
    long = fold(word)
    short = _SHORT.get(long)
    return word if short is None or long not in STREET_TYPES | TITLES else f"{short.title()}."


def _other_number(word: str) -> str:
    if word in IN_WORDS:
        return IN_WORDS[word]
    digits = fold(word)
    return digits if digits.isdigit() and digits != word else word


def _is_joining(word: str) -> bool:
    return len(word) < 3 or word.lower() in {"das", "dos", "del", "las", "los"}


NOISES: Final[dict[str, Noise]] = {
    CLEAN: unchanged,
    "abbreviated": abbreviated,
    "title_dropped": title_dropped,
    "accents_dropped": accents_dropped,
    "phonetic": phonetic,
    "typo": typo,
    "word_order": word_order,
    HALF_TYPED: half_typed,
    "numbers_as_words": numbers_as_words,
}
