"""What the city is called and which time it keeps."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import TZPATH

from gis.geodesy import distance_m
from gis.geometry import Point

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gis.geometry import Extent

CITY_DIAGONAL_MAX_M = 150_000.0
SETTLEMENTS = ("city", "town", "village")
FALLBACK_TIMEZONE = "UTC"
_TABLES = ("zone1970.tab", "zone.tab")
_ISO_6709 = re.compile(r"([+-])(\d{2})(\d{2})(\d{2})?([+-])(\d{3})(\d{2})(\d{2})?")


@dataclass(frozen=True, slots=True)
class Settlement:
    """A named city, town or village of the extract."""

    kind: str
    name: str
    point: Point


def city_name(settlements: list[Settlement], extent: Extent, file_name: str) -> str:
    """The settlement of the highest rank nearest the centre, else the file's name.

    An extract wider than a city is a region or country, which its file is called after.
    """
    for kind in SETTLEMENTS if _is_one_city(extent) else ():
        named = [one for one in settlements if one.kind == kind]
        if named:
            return min(named, key=lambda one: distance_m(one.point, extent.centre)).name
    stem = re.sub(r"\.osm(\.pbf)?$|\.pbf$|-latest.*$", "", file_name)
    return stem.replace("_", " ").replace("-", " ").strip().title() or file_name


def timezone_near(point: Point) -> str:
    """The zone whose principal city is nearest: right in a capital, a guess near a border."""
    nearest = min(_principal_cities(), key=lambda known: distance_m(known[0], point), default=None)
    return FALLBACK_TIMEZONE if nearest is None else nearest[1]


def _is_one_city(extent: Extent) -> bool:
    corner = Point(lon=extent.west, lat=extent.south)
    return distance_m(corner, Point(lon=extent.east, lat=extent.north)) <= CITY_DIAGONAL_MAX_M


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
