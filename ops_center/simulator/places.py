"""Places callers know, and how people in Paraguay say them: "A casi B", "A e/ B y C"."""

import random
import re
from dataclasses import dataclass
from typing import Final

from gis.geometry import Point

_LINK: Final = r"\s+(?:casi|c/|esq\.?|esquina|con|y|e|&|/)\s+"
_BETWEEN: Final = re.compile(r"^(?P<a>.+?)\s+(?:e/|entre)\s+(?P<b>.+?)\s+(?:y|e)\s+(?P<c>.+)$")
_CORNER: Final = re.compile(rf"^(?P<a>.+?){_LINK}(?P<b>.+)$")
_HOUSE: Final = re.compile(r"^(?P<a>.+?),?\s+(?:N[°º]\s*)?(?P<n>\d{1,5})$")

_SAYS_CORNER: Final = (
    "{a} casi {b}",
    "{a} c/ {b}",
    "{a} esq. {b}",
    "{a} y {b}",
    "esquina {a} y {b}",
    "sobre {a} casi {b}",
)
_SAYS_BETWEEN: Final = ("{a} e/ {b} y {c}", "{a} entre {b} y {c}", "{a} casi {b}")
_SAYS_HOUSE: Final = ("{a} {n}", "{a} N° {n}", "{a} nro. {n}")


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownPlace:
    """A place on a road with the label the centre gives it; `heading_deg` is along its street."""

    point: Point
    label: str
    heading_deg: float = 0.0

    @property
    def is_corner(self) -> bool:
        return _CORNER.match(self.label) is not None


def spoken(label: str, rng: random.Random) -> str:
    """Return the place as a caller may say it; a label that is no corner stays as it is."""
    for pattern, ways in (
        (_BETWEEN, _SAYS_BETWEEN),
        (_CORNER, _SAYS_CORNER),
        (_HOUSE, _SAYS_HOUSE),
    ):
        match = pattern.match(label)
        if match:
            return rng.choice(ways).format(**match.groupdict())
    return label


def corner_name(label: str) -> str:
    """Return a short name for a camera at that place."""
    match = _CORNER.match(label)
    return f"{match['a']} y {match['b']}" if match else label
