"""Coordinates in metres: UTM and MGRS."""

from __future__ import annotations

import math
import re
from functools import lru_cache

from mgrs import MGRS
from mgrs.core import MGRSError
from pyproj import Transformer

from gis.address.reading import Coordinate, Notation
from gis.geometry import Extent, Point
from ops_center.kernel.errors import Invalid

ZONES = 60
ZONE_WIDTH_DEG = 6
WGS84_CODE = 4326
NORTH_CODE, SOUTH_CODE = 32_600, 32_700
MGRS_DIGITS = 5

_ZONE = r"(?:(?:ZONA|ZONE|HUSO|FUSO) ?)?(\d{1,2}) ?([C-HJ-NP-X])?"
_METRES = r"(\d{6,7})(?:[.,](\d{1,3}))? ?M? ?(?:ESTE|NORTE|SUR|[ENS])?"
_LABEL = r"(?:(?:X|Y|E|N|ESTE|NORTE) ?[=:]? ?)?"
_UTM = re.compile(
    rf"(?:UTM ?:? ?)?(?:{_ZONE}(?: ?[,;:] ?| ))?{_LABEL}{_METRES}(?: ?[,;/] ?| )"
    rf"{_LABEL}{_METRES}(?:(?: ?[,;:] ?| ){_ZONE})?"
)
_MGRS = re.compile(r"(?:MGRS ?:? ?)?(\d{1,2}[C-HJ-NP-X]) ?([A-HJ-NP-Z][A-HJ-NP-V]) ?([\d ]{6,11})")


def grid_coordinate(text: str, *, around: Extent | None = None) -> Coordinate | None:
    """The point written in UTM or MGRS, if the text is one.

    UTM without its zone is read in the zone of the city `around`. Raises Invalid when the
    numbers name no place, or when the zone is missing and no city is known.
    """
    text = text.strip().upper()
    return _mgrs(text) or _utm(text, around)


def _utm(text: str, around: Extent | None) -> Coordinate | None:
    match = _UTM.fullmatch(text)
    if match is None:
        return None
    zone_first, band_first, one, one_part, two, two_part, zone_last, band_last = match.groups()
    east, north = float(f"{one}.{one_part or 0}"), float(f"{two}.{two_part or 0}")
    if len(one) > len(two):
        east, north = north, east
    zone, south = _zone(zone_first or zone_last, band_first or band_last, around)
    point = _from_utm(zone, east, north, south=south)
    return Coordinate(point, notation=Notation.UTM, precision_m=0.5)


def _zone(said: str | None, band: str | None, around: Extent | None) -> tuple[int, bool]:
    """The zone's number and whether it lies south of the equator."""
    if (said is None or band is None) and around is None:
        raise Invalid("Write the UTM zone with its letter as well, for example 21J.", field="q")
    city_south = around is not None and around.centre.lat < 0
    if said is not None:
        zone = int(said)
    else:
        centre_lon = around.centre.lon if around is not None else 0.0
        zone = int((centre_lon + 180) // ZONE_WIDTH_DEG) % ZONES + 1
    if not 1 <= zone <= ZONES:
        raise Invalid("A UTM zone has a number from 1 to 60.", field="q")
    if band is None:
        return zone, city_south
    # S is a band of the north, but people write it for "sur".
    return zone, (city_south or around is None) if band == "S" else band < "N"


def _from_utm(zone: int, east: float, north: float, *, south: bool) -> Point:
    lon, lat = _to_degrees((SOUTH_CODE if south else NORTH_CODE) + zone).transform(east, north)
    if not (math.isfinite(lon) and math.isfinite(lat)):
        raise Invalid("These UTM numbers name no place: check easting, northing, zone.", field="q")
    return Point(lon=float(lon), lat=float(lat))


@lru_cache(maxsize=2 * ZONES)
def _to_degrees(code: int) -> Transformer:
    return Transformer.from_crs(code, WGS84_CODE, always_xy=True)


def _mgrs(text: str) -> Coordinate | None:
    match = _MGRS.fullmatch(text)
    if match is None or (halves := _halves(match[3])) is None:
        return None
    step = 10 ** (MGRS_DIGITS - len(halves[0]))
    # A reference names the corner of its square; the middle is half a step further.
    east, north = (int(half) * step + step // 2 for half in halves)
    try:
        lat, lon = MGRS().toLatLon(f"{match[1]}{match[2]}{east:05d}{north:05d}")
    except MGRSError as error:
        raise Invalid(
            "This MGRS reference names no place: check its letters.", field="q"
        ) from error
    return Coordinate(Point(lon=lon, lat=lat), notation=Notation.MGRS, precision_m=step / 2)


def _halves(digits: str) -> tuple[str, str] | None:
    parts = digits.split()
    if len(parts) == 1 and len(parts[0]) % 2 == 0:
        middle = len(parts[0]) // 2
        parts = [parts[0][:middle], parts[0][middle:]]
    if len(parts) != 2 or len(parts[0]) != len(parts[1]):
        return None
    return (parts[0], parts[1]) if 3 <= len(parts[0]) <= MGRS_DIGITS else None
