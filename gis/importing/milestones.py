"""Numbered roads: their numbers in one form, and the kilometres posts beside them state."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from gis.address import bare

if TYPE_CHECKING:
    from gis.importing.cleaning import Tags

KM_MAX = 5_000.0
REFS_MAX = 4
_KM_KEYS = ("distance", "pk", "highway:milestone", "kilometer", "ref", "name")
_KM = re.compile(r"(?:(?:km|pk)\.?\s*)?(\d{1,4})(?:[.,](\d{1,3}))?(?:\s*km)?$", re.IGNORECASE)
_POST = re.compile(r"(?:(?:km|pk)\.?\s*)?(\d{1,4})\s*\+\s*(\d{1,3})$", re.IGNORECASE)
_ROAD_KEYS = ("road_ref", "highway:ref", "road:ref", "milestone:ref", "route_ref")
_LAST_DIGITS = re.compile(r"(\d{1,4})[a-z]?$")


def refs_of(text: str) -> list[str]:
    """The road numbers of a `ref` tag, each as written."""
    return [part for one in text.split(";") if (part := one.strip())][:REFS_MAX]


def folded_ref(ref: str) -> str:
    """One form for PY02, PY 02 and py-02."""
    return bare(ref).replace(" ", "")


def number_of(ref: str) -> int | None:
    """The 2 of PY02; None where the number ends in none."""
    match = _LAST_DIGITS.search(folded_ref(ref))
    return int(match[1]) if match else None


def km_of(tags: Tags) -> float | None:
    """The kilometre a milestone states; `45,5`, `45.5 km`, `km 45` and `45+500` are understood."""
    for key in _KM_KEYS:
        said = tags.get(key, "").strip()
        if (post := _POST.fullmatch(said)) is not None:
            return int(post[1]) + int(post[2]) / 1000
        if (match := _KM.fullmatch(said)) is not None:
            km = float(f"{match[1]}.{match[2] or 0}")
            return km if km <= KM_MAX else None
    return None


def road_of(tags: Tags) -> str | None:
    """The road number a milestone names, if it does."""
    return next((refs[0] for key in _ROAD_KEYS if (refs := refs_of(tags.get(key, "")))), None)
