"""Coordinates as people write them: decimal degrees, or degrees, minutes and seconds."""

from __future__ import annotations

import re
from itertools import product
from typing import TYPE_CHECKING

from gis.address.reading import Coordinate, Notation
from gis.geometry import EXTENT_MARGIN_DEG, LAT_LIMIT_DEG, Extent, Point
from ops_center.kernel.errors import Invalid

if TYPE_CHECKING:
    from collections.abc import Iterable

METRES_PER_DEGREE = 111_320.0
SEXAGESIMAL = 60

_SIGNS = str.maketrans(
    {"−": "-", "–": "-", "—": "-", "º": "°", "˚": "°"}
    | dict.fromkeys("’‘′´`ʹʼ", "'")
    | dict.fromkeys("”“″", '"')
)
_SPOKEN: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), written)
    for pattern, written in (
        (r"''", '"'),
        (r"(?<=\d) ?(?:GRADOS?|GRAUS?|DEGREES?|DEG|D)(?![A-Z])", "°"),
        (r"(?<=\d) ?(?:MINUTOS?|MINUTES?|MIN|M)(?![A-Z])", "'"),
        (r"(?<=\d) ?(?:SEGUNDOS?|SECONDS?|SEG|SEC)(?![A-Z])", '"'),
        (r"(?<=\d)S(?= ?[NSEWOL]\b)", '"'),
        (r"\b(?:NORTE|NORTH)\b", "N"),
        (r"\b(?:SUR|SUL|SOUTH)\b", "S"),
        (r"\b(?:ESTE|LESTE|EAST)\b", "E"),
        (r"\b(?:OESTE|WEST)\b", "W"),
    )
)
_LABEL = re.compile(
    r'"?(?P<name>LATITUDE?|LAT|LONGITUDE?|LONG|LON|LNG|POINT|(?<![A-Z])[XY](?= ?[=:]))"?\.?'
    r" ?[=:]? ?(?=[-+(NSEWOL\d])"
)
_LON_LABELS = ("LON", "LNG", "POINT", "X")

_DECIMAL = r"[-+]?\d{1,3}(?:\.\d{1,15}|,\d{3,15})"
_DECIMAL_PAIR = re.compile(rf"({_DECIMAL}) ?°?(?: ?[,;/|] ?| )({_DECIMAL}) ?°?")
# Four digits after the point in both numbers are a place even in the middle of a text.
_WITHIN = re.compile(
    r"(?<![\w.,+-])([-+]?\d{1,3}\.\d{4,15})(?: ?[,;] ?| )([-+]?\d{1,3}\.\d{4,15})(?![\w.])"
)
_AXIS = (
    r"[-+]?\d{{1,3}}(?P<f{n}>[.,]\d{{1,12}})?(?: ?°)?"
    r"(?:(?:(?<=°) ?| |[-:])(?P<m{n}>\d{{1,2}}(?:[.,]\d{{1,9}})?)(?: ?')?"
    r"(?:(?:(?<=') ?| |[-:])(?P<s{n}>\d{{1,2}}(?:[.,]\d{{1,9}})?)(?: ?\")?)?)?"
)


def _axis(number: int) -> str:
    return rf"(?P<a{number}>{_AXIS.format(n=number)})"


_LETTER = "[NSEWOL]"
_BETWEEN = r" ?(?:[,;/|]|\b[YE]\b)? ?"
_LETTERED = (
    re.compile(rf"{_axis(1)} ?(?P<h1>{_LETTER}){_BETWEEN}{_axis(2)} ?(?P<h2>{_LETTER})"),
    re.compile(rf"(?P<h1>{_LETTER}) ?{_axis(1)}{_BETWEEN}(?P<h2>{_LETTER}) ?{_axis(2)}"),
)
_SIGNED = re.compile(rf"{_axis(1)}{_BETWEEN}{_axis(2)}")
# As a satellite receiver prints it: ddmm.mmm.
_PACKED = re.compile(
    r"(\d{2})(\d{2}\.\d{2,8}) ?,? ?([NS]) ?,? ?(\d{3})(\d{2}\.\d{2,8}) ?,? ?([EWOL])"
)


def coordinate(text: str) -> Point | None:
    """The likeliest point written in degrees, if the text is one; Invalid off the Earth."""
    found = coordinates(text)
    return found[0].point if found else None


def coordinates(text: str, *, around: Extent | None = None) -> list[Coordinate]:
    """The points a text in degrees may mean, likeliest first; empty when it is no coordinate.

    Letters and labels say which number is which. Without them latitude comes first, as maps
    show it, unless only the other order is possible or lies `around` the city; when that does
    not settle it, both orders come back. Raises Invalid for what cannot be on the Earth.
    """
    text = text.strip().upper().translate(_SIGNS)
    for pattern, written in _SPOKEN:
        text = pattern.sub(written, text)
    text, lon_first = _without_labels(text)
    return (
        _lettered(text)
        or _packed(text)
        or _decimal(text, lon_first=lon_first, around=around)
        or _signed(text, lon_first=lon_first, around=around)
        or _within(text, around)
    )


def _without_labels(text: str) -> tuple[str, bool | None]:
    """The text without "lat:" and "lon:", and whether longitude is said to come first."""
    label = _LABEL.search(text)
    if label is None:
        return text.strip(" ()[]{}"), None
    lon_first = label["name"].startswith(_LON_LABELS)
    return _LABEL.sub("", text).strip(" ()[]{}"), lon_first


def _lettered(text: str) -> list[Coordinate]:
    match = next(filter(None, (pattern.fullmatch(text) for pattern in _LETTERED)), None)
    if match is None or not all(_tells_degrees(match, n) for n in (1, 2)):
        return []
    axes: dict[str, float] = {}
    for n in (1, 2):
        side = match[f"h{n}"]
        size = abs(_degrees(match, n))
        # O is oeste: west in Spanish and Portuguese; L is leste, east.
        axes["lat" if side in "NS" else "lon"] = -size if side in "SOW" else size
    if len(axes) < 2:
        raise Invalid("Write one latitude (N, S) and one longitude (E, O, W).", field="q")
    point = Point(lon=axes["lon"], lat=axes["lat"])
    return [_written(point, _precision_deg(match), minutes=bool(match["m1"]))]


def _signed(text: str, *, lon_first: bool | None, around: Extent | None) -> list[Coordinate]:
    """Degrees with marks but no letters: -25°16'55", -57°38'09"."""
    match = _SIGNED.fullmatch(text) if text.count("°") == 2 else None
    if match is None or not all(_tells_degrees(match, n) for n in (1, 2)):
        return []
    points = _ordered(_degrees(match, 1), _degrees(match, 2), lon_first=lon_first, around=around)
    minutes = bool(match["m1"])
    return [_written(point, _precision_deg(match), minutes=minutes) for point in points]


def _tells_degrees(match: re.Match[str], n: int) -> bool:
    """A bare whole number with a letter is too little: "5 E 25 N" are streets."""
    return bool(match[f"f{n}"] or match[f"m{n}"] or "°" in match[f"a{n}"])


def _degrees(match: re.Match[str], n: int) -> float:
    whole, negative = match[f"a{n}"], match[f"a{n}"].startswith("-")
    leading = re.match(r"[-+]?(\d+(?:[.,]\d+)?)", whole)
    size = _number(leading[1]) if leading else 0.0
    minutes, seconds = _number(match[f"m{n}"] or "0"), _number(match[f"s{n}"] or "0")
    if minutes >= SEXAGESIMAL or seconds >= SEXAGESIMAL:
        raise Invalid("Minutes and seconds of a coordinate go up to 59.", field="q")
    size += minutes / SEXAGESIMAL + seconds / SEXAGESIMAL**2
    return -size if negative else size


def _precision_deg(match: re.Match[str]) -> float:
    """Half a step of the last digit written in the first number."""
    for name, step in (("s1", SEXAGESIMAL**2), ("m1", SEXAGESIMAL)):
        if match[name]:
            return _half_step(match[name]) / step
    return _half_step(match["f1"] or "")


def _half_step(written: str) -> float:
    _, _, fraction = written.replace(",", ".").partition(".")
    return 0.5 * 10.0 ** -len(fraction)


def _packed(text: str) -> list[Coordinate]:
    match = _PACKED.fullmatch(text)
    if match is None:
        return []
    lat, lon = (int(match[n]) + float(match[n + 1]) / SEXAGESIMAL for n in (1, 4))
    point = Point(lat=-lat if match[3] == "S" else lat, lon=-lon if match[6] in "WO" else lon)
    return [_written(point, _half_step(match[2]) / SEXAGESIMAL, minutes=True)]


def _decimal(text: str, *, lon_first: bool | None, around: Extent | None) -> list[Coordinate]:
    match = _DECIMAL_PAIR.fullmatch(text)
    return [] if match is None else _pair(match, lon_first=lon_first, around=around)


def _within(text: str, around: Extent | None) -> list[Coordinate]:
    match = _WITHIN.search(text)
    return [] if match is None else _pair(match, lon_first=None, around=around)


def _pair(
    match: re.Match[str], *, lon_first: bool | None, around: Extent | None
) -> list[Coordinate]:
    first, second = _number(match[1]), _number(match[2])
    points = _ordered(first, second, lon_first=lon_first, around=around)
    return [_written(point, _half_step(match[1])) for point in points]


def _ordered(
    first: float, second: float, *, lon_first: bool | None, around: Extent | None
) -> list[Point]:
    if lon_first or (lon_first is None and abs(first) > LAT_LIMIT_DEG):
        return [Point(lon=first, lat=second)]
    if lon_first is False or abs(second) > LAT_LIMIT_DEG or around is None:
        return [Point(lon=second, lat=first)]
    return list(_in_the_city(first, second, around))


def _in_the_city(first: float, second: float, around: Extent) -> Iterable[Point]:
    """The order that lies near the city; a lost minus sign is offered, never just assumed."""
    orders = [Point(lon=second, lat=first), Point(lon=first, lat=second)]
    inside = [p for p in orders if around.contains(p, margin_deg=EXTENT_MARGIN_DEG)]
    if len(inside) == 1:
        return inside
    if inside:
        return orders
    mended = (
        Point(lon=point.lon * east, lat=point.lat * north)
        for point, east, north in product(orders, (1, -1), (1, -1))
    )
    likely = [p for p in mended if around.contains(p, margin_deg=EXTENT_MARGIN_DEG)]
    return dict.fromkeys([*likely, *orders])


def _written(point: Point, precision_deg: float, *, minutes: bool = False) -> Coordinate:
    notation = Notation.DEGREES_MINUTES if minutes else Notation.DECIMAL
    return Coordinate(point, notation=notation, precision_m=precision_deg * METRES_PER_DEGREE)


def _number(text: str) -> float:
    return float(text.replace(",", "."))
