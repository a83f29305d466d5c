"""Plus codes (Open Location Code): full, and short with the name of a place."""

from __future__ import annotations

import re

from openlocationcode import openlocationcode

from gis.address.coordinates import METRES_PER_DEGREE
from gis.address.folding import fold
from gis.address.reading import PlusCode
from gis.geometry import Extent, Point
from ops_center.kernel.errors import Invalid

_CODE = re.compile(
    r"(?<![^\s,;(])([2-9CFGHJMPQRVWX0]{2,8}\+[2-9CFGHJMPQRVWX]{0,7})(?![^\s,;.)])", re.IGNORECASE
)


def plus_code(
    text: str, *, city: str | None = None, around: Extent | None = None
) -> PlusCode | None:
    """The plus code in a text, with the place said beside it; None when there is none.

    A short code beside no other place than the centre's own city is resolved by `around`.
    """
    match = _CODE.search(text)
    if match is None or not openlocationcode.isValid(match[1]):
        return None
    code = match[1].upper()
    if openlocationcode.isFull(code):
        point, radius_m = _centre(code)
        return PlusCode(code, point=point, radius_m=radius_m)
    beside = fold(f"{text[: match.start()]} {text[match.end() :]}")
    locality = None if not beside or (city is not None and _says(beside, city)) else beside
    if locality is not None or around is None:
        return PlusCode(code, locality)
    point, radius_m = plus_code_point(code, around.centre)
    return PlusCode(code, point=point, radius_m=radius_m)


def plus_code_point(code: str, near: Point) -> tuple[Point, float]:
    """The middle of a plus code's cell and the radius of the circle around it, metres.

    A short code is taken as the nearest such cell to `near`. Raises Invalid for no code.
    """
    if not openlocationcode.isValid(code):
        raise Invalid(f"{code} is not a plus code: copy it again.", field="q")
    if openlocationcode.isShort(code):
        code = openlocationcode.recoverNearest(code, near.lat, near.lon)
    return _centre(code)


def _centre(code: str) -> tuple[Point, float]:
    area = openlocationcode.decode(code)
    radius_deg = (area.latitudeHi - area.latitudeLo) / 2
    point = Point(lon=area.longitudeCenter, lat=area.latitudeCenter)
    return point, radius_deg * METRES_PER_DEGREE * 2**0.5


def _says(beside: str, city: str) -> bool:
    """ "Asunción", "Asunción, Paraguay"."""
    return beside == fold(city) or beside.startswith(f"{fold(city)} ")
