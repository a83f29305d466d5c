"""What the city is called and which time it keeps."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import TZPATH

from gis.geodesy import distance_m
from gis.geometry import Point
from gis.importing.places import AREA

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gis.geometry import Extent
    from gis.importing.places import Place

SETTLEMENTS = ("city", "town", "village")
FALLBACK_TIMEZONE = "UTC"
_TABLES = ("zone1970.tab", "zone.tab")
_ISO_6709 = re.compile(r"([+-])(\d{2})(\d{2})(\d{2})?([+-])(\d{3})(\d{2})(\d{2})?")


def city_name(places: list[Place], extent: Extent, file_name: str) -> str:
    """The settlement of the highest rank nearest the centre, else the file's name."""
    for kind in SETTLEMENTS:
        named = [p for p in places if p.category == AREA and p.kind == kind and p.name]
        if named:
            nearest = min(named, key=lambda p: _from_centre(p, extent))
            return str(nearest.name)
    stem = re.sub(r"\.osm(\.pbf)?$|\.pbf$|-latest.*$", "", file_name)
    return stem.replace("_", " ").replace("-", " ").strip().title() or file_name


def timezone_near(point: Point) -> str:
    """The zone whose principal city is nearest: right in a capital, a guess near a border."""
    nearest = min(_principal_cities(), key=lambda known: distance_m(known[0], point), default=None)
    return FALLBACK_TIMEZONE if nearest is None else nearest[1]


def _from_centre(place: Place, extent: Extent) -> float:
    lon, lat = place.point
    return distance_m(Point(lon=lon, lat=lat), extent.centre)


def _principal_cities() -> Iterator[tuple[Point, str]]:
    tables = [Path(folder) / name for folder in TZPATH for name in _TABLES]
    table = next((path for path in tables if path.is_file()), None)
    if table is None:
        return
    for line in table.read_text(encoding="utf-8").splitlines():
        columns = line.split("\t")
        match = _ISO_6709.fullmatch(columns[1]) if len(columns) > 2 else None
        if match is not None and not line.startswith("#"):
            yield Point(lon=_degrees(match, 5), lat=_degrees(match, 1)), columns[2]


def _degrees(match: re.Match[str], group: int) -> float:
    whole, minutes, seconds = (int(match[group + i] or 0) for i in (1, 2, 3))
    value = whole + minutes / 60 + seconds / 3600
    return -value if match[group] == "-" else value
