"""Words for people in the three languages of the centre."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Labels:
    es: str
    gn: str
    en: str
