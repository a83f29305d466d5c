"""Says in Spanish how an address text was understood."""

from __future__ import annotations

from gis.address.reading import (
    Beside,
    Between,
    Coordinate,
    Corner,
    House,
    HouseRange,
    KmPost,
    Name,
    Notation,
    PlusCode,
    Reading,
    Relation,
)
from gis.address.words import PARTICLES

_NOTATIONS = {
    Notation.DECIMAL: "Coordenadas",
    Notation.DEGREES_MINUTES: "Coordenadas en grados y minutos",
    Notation.UTM: "Coordenadas UTM",
    Notation.MGRS: "Coordenadas MGRS",
    Notation.LINK: "Coordenadas de un enlace",
}
_RELATIONS = {
    Relation.AT: "en",
    Relation.IN_FRONT: "frente a",
    Relation.BEHIND: "detrás de",
    Relation.BESIDE: "al lado de",
    Relation.NEAR: "cerca de",
    Relation.PAST: "pasando",
    Relation.BEFORE: "antes de",
    Relation.AWAY: "de",
    Relation.BETWEEN: "entre",
}
_COMPASS = ("norte", "noreste", "este", "sureste", "sur", "suroeste", "oeste", "noroeste")
_ACRONYM_LETTERS = 2


def describe(reading: Reading) -> str:
    """How the reading was understood, in Spanish: "Esquina de Estrella y 14 de Mayo"."""
    match reading:
        case Coordinate():
            return f"{_NOTATIONS[reading.notation]}: {_point(reading)}"
        case PlusCode(code, locality):
            return f"Código plus {code}" + (f" cerca de {_said(locality)}" if locality else "")
        case Beside():
            said = _beside(reading)
        case _:
            said = _street_words(reading)
    locality = f", en {_said(reading.locality)}" if reading.locality else ""
    return said[:1].upper() + said[1:] + locality


def _point(reading: Coordinate) -> str:
    return f"{reading.point.lat:.6f}, {reading.point.lon:.6f}"


def _street_words(reading: KmPost | Between | Corner | House | HouseRange | Name) -> str:
    match reading:
        case KmPost(route, km):
            return f"{_said(route)}, kilómetro {_decimal(km)}"
        case Between(street, first, second, number):
            place = _numbered(street, number)
            return f"{place}, entre {_said(first)} y {_said(second)}"
        case Corner(street, other, near, number):
            return _corner(_numbered(street, number), _said(other), near=near)
        case House(street, number):
            return _numbered(street, number)
        case HouseRange(street, first, last):
            return f"{_said(street)}, del {first} al {last}"
        case Name(text):
            return f"el lugar o la calle {_said(text)}"


def _corner(place: str, other: str, *, near: bool) -> str:
    return f"{place} casi {other}" if near else f"esquina de {place} y {other}"


def _beside(reading: Beside) -> str:
    where = f"{_numbered(reading.street, reading.number)}, " if reading.street else ""
    landmark = _landmark(reading.landmark)
    other = f" y {_said(reading.other.text)}" if reading.other else ""
    return f"{where}{_offset(reading)}{_RELATIONS[reading.relation]} {landmark}{other}"


def _landmark(landmark: Name | Corner | House) -> str:
    return _said(landmark.text) if isinstance(landmark, Name) else _street_words(landmark)


def _offset(reading: Beside) -> str:
    far = "" if reading.distance_m is None else f"a {reading.distance_m:.0f} m "
    if reading.bearing_deg is None:
        return far
    return f"{far}al {_COMPASS[round(reading.bearing_deg / 45) % len(_COMPASS)]} "


def _numbered(street: str, number: int | None) -> str:
    return _said(street) if number is None else f"{_said(street)} {number}"


def _decimal(value: float) -> str:
    return f"{value:g}".replace(".", ",")


def _said(folded: str) -> str:
    """A folded name with capitals where a name has them."""
    words = [w if w in PARTICLES else w.capitalize() for w in folded.split()]
    return " ".join(words)
