"""Map links pasted from phones: the point they carry, or why they carry none."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, unquote_plus, urlsplit

from gis.address.coordinates import coordinates
from gis.address.reading import Coordinate, Notation
from gis.geometry import Point
from ops_center.kernel.errors import Invalid

if TYPE_CHECKING:
    from collections.abc import Iterator
    from urllib.parse import SplitResult

    from gis.geometry import Extent

GEOHASH_LETTERS = "0123456789bcdefghjkmnpqrstuvwxyz"
GEOHASH_BITS = 5
HASH_MIN_CHARS = 6

_LINK = re.compile(
    r"(?:https?://|geo:|comgooglemaps://|waze://|maps://|www\.|(?:maps|goo|g)\.[a-z.]+/)\S+",
    re.IGNORECASE,
)
_THREE_WORDS = re.compile(r"(?:^|\s)/{3}[^\W\d_]+[.][^\W\d_]+[.][^\W\d_]+(?!\S)")
_NUMBER = r"[-+]?\d{1,3}(?:\.\d{1,15})?"
_PAIR = re.compile(rf"({_NUMBER})[,~]\s*({_NUMBER})")
_PIN = re.compile(rf"!3d({_NUMBER})!4d({_NUMBER})")
_EMBEDDED = re.compile(rf"!2d({_NUMBER})!3d({_NUMBER})")
_SEEN = re.compile(rf"@({_NUMBER}),({_NUMBER})")
_ON_MAP = re.compile(rf"map=[\d.]{{1,5}}/({_NUMBER})/({_NUMBER})")
_HASHED = re.compile(rf"/ul/h([{GEOHASH_LETTERS}]{{{HASH_MIN_CHARS},12}})(?![^/?#])")
# Where the caller is going, or the place itself, before what the screen showed.
_POINT_KEYS = (
    *("destination", "daddr", "q", "query", "ll", "coordinate", "loc", "to", "navigate"),
    *("center", "sll", "cp", "viewpoint", "pt", "saddr"),
)
_NAMED_KEYS = (("mlat", "mlon"), ("lat", "lon"), ("lat", "lng"), ("latitude", "longitude"))
_WORD_KEYS = ("q", "query", "destination", "daddr", "address")
_WORD_PATHS = re.compile(r"/(?:place|search|dir/[^/]*)/([^/@?#]{3,})")

_NO_POINT = (
    "This link carries no coordinates, and nothing is looked up outside this centre. "
    "Open it on a phone, hold the place and paste the coordinates it shows."
)
_NO_WORDS = (
    "what3words addresses can only be read by that company's service, and nothing leaves this "
    "centre. Ask for the coordinates, a plus code or the corner."
)


@dataclass(frozen=True, slots=True)
class LinkedWords:
    """A link that carries words to look up and no point."""

    text: str


def linked(text: str, *, around: Extent | None = None) -> Coordinate | LinkedWords | None:
    """What a map link in the text points at; None when the text has no link.

    Raises Invalid for a link that only its owner's service can follow.
    """
    if _THREE_WORDS.search(text):
        raise Invalid(_NO_WORDS, field="q")
    match = _LINK.search(text)
    if match is None:
        return None
    link = match[0].rstrip(".,;)>\"'")
    point = _point(link, around)
    if point is not None:
        return Coordinate(point, notation=Notation.LINK)
    words = _words(_split(link))
    if words is not None:
        return LinkedWords(words)
    raise Invalid(_NO_WORDS if _is_three_words(link) else _NO_POINT, field="q")


def _split(link: str) -> SplitResult:
    try:
        return urlsplit(link)
    except ValueError as error:
        raise Invalid(_NO_POINT, field="q") from error


def _is_three_words(link: str) -> bool:
    return "w3w.co" in link.lower() or "what3words" in link.lower()


def _point(link: str, around: Extent | None) -> Point | None:
    return next(_points(link, around), None)


def _points(link: str, around: Extent | None) -> Iterator[Point]:
    """Points of the link, the place itself before what the map happened to show."""
    whole = unquote_plus(link)
    if pins := _PIN.findall(whole):
        yield _lat_first(*pins[-1])
    if embedded := _EMBEDDED.findall(whole):
        yield _lat_first(*reversed(embedded[-1]))
    parts = _split(link)
    yield from _asked(_values(parts), around)
    yield from _in_path(parts, around)
    if match := _SEEN.search(whole) or _ON_MAP.search(whole):
        yield _lat_first(match[1], match[2])


def _values(parts: SplitResult) -> dict[str, str]:
    """The values of query and fragment; of several with one name the last."""
    return {
        key.lower(): value
        for part in (parts.fragment.lstrip("?!/"), parts.query)
        for key, value in parse_qsl(part.replace(";", "&"))
    }


def _asked(values: dict[str, str], around: Extent | None) -> Iterator[Point]:
    for lat, lon in _NAMED_KEYS:
        found = coordinates(f"lat {values.get(lat, '')} {values.get(lon, '')}")
        if found:
            yield found[0].point
    for key in _POINT_KEYS:
        value = values.get(key, "").removeprefix("loc:").removeprefix("ll.")
        pair = _PAIR.match(value)
        if pair:
            yield _lat_first(pair[1], pair[2])
        elif found := coordinates(value, around=around):
            yield found[0].point


def _in_path(parts: SplitResult, around: Extent | None) -> Iterator[Point]:
    """geo:-25.28,-57.63, /maps/search/-25.28,+-57.63 and a Waze link's hash."""
    path = unquote_plus(parts.path)
    if parts.scheme.lower() == "geo" and (pair := _PAIR.match(path)):
        point = _lat_first(pair[1], pair[2])
        if (point.lon, point.lat) != (0, 0):
            yield point
    for piece in reversed(path.split("/")):
        pair = _PAIR.fullmatch(piece.strip())
        if pair:
            yield _lat_first(pair[1], pair[2])
        elif "°" in piece and (found := coordinates(piece, around=around)):
            yield found[0].point
    if hashed := _HASHED.search(path):
        yield _from_geohash(hashed[1])


def _words(parts: SplitResult) -> str | None:
    values = _values(parts)
    asked = next((values[key] for key in _WORD_KEYS if values.get(key)), None)
    if asked is None and (match := _WORD_PATHS.search(parts.path)):
        asked = unquote_plus(match[1])
    return asked.strip() if asked and not _LINK.search(asked) else None


def _lat_first(lat: str, lon: str) -> Point:
    return Point(lon=float(lon), lat=float(lat))


def _from_geohash(letters: str) -> Point:
    """The middle of a geohash's cell: its bits halve longitude and latitude in turn."""
    bounds = [[-180.0, 180.0], [-90.0, 90.0]]
    turn = 0
    for letter in letters:
        value = GEOHASH_LETTERS.index(letter)
        for bit in reversed(range(GEOHASH_BITS)):
            middle = sum(bounds[turn]) / 2
            bounds[turn][0 if value >> bit & 1 else 1] = middle
            turn = 1 - turn
    return Point(lon=sum(bounds[0]) / 2, lat=sum(bounds[1]) / 2)
