"""Where rows lie: reprojected to WGS 84, and told apart from those that cannot lie there."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import CRS, Transformer
from pyproj.exceptions import CRSError, ProjError

from gis.layers.formats import unreadable
from gis.layers.model import Reason
from gis.layers.rows import Rows

WGS84 = "EPSG:4326"
LON_MAX, LAT_MAX = 180.0, 90.0
# A row is far away when it lies beyond this, and beyond so many times the distance within which
# half of the rows lie.
FAR_MIN_M = 1_000_000.0
FAR_TIMES = 15.0
ROWS_TO_COMPARE = 8
CITY_REACH_M = 200_000.0
EARTH_M = 6_371_008.8
Floats = NDArray[np.float64]
Wrong = dict[int, tuple[Reason, str]]


def reproject(rows: Rows, wanted: str | None) -> str:
    """Turn the rows' geometry into WGS 84 degrees in place; return the name of the CRS it had.

    Rows whose coordinates are no numbers get their reason here; Invalid where no CRS is known.
    """
    _drop_height(rows)
    _refuse_not_numbers(rows)
    source = _source_crs(rows, wanted)
    try:
        crs = CRS.from_user_input(source)
    except CRSError as error:
        raise unreadable(f"There is no CRS {source[:60]!r}: name it with --crs EPSG:number.") from (
            error
        )
    if not crs.equals(CRS.from_user_input(WGS84), ignore_axis_order=True):
        _transform(rows, crs)
    name = crs.to_string()
    return name if len(name) < 40 else crs.name


def _drop_height(rows: Rows) -> None:
    rows.geometry = shapely.force_2d(rows.geometry)


def _refuse_not_numbers(rows: Rows) -> None:
    coords, at = shapely.get_coordinates(rows.geometry, return_index=True)
    for row in np.unique(at[~np.isfinite(coords).all(axis=1)]):
        what = "a coordinate is not a number (NaN or infinite)"
        rows.wrong.setdefault(int(row), (Reason.NOT_A_NUMBER, what))


def _source_crs(rows: Rows, wanted: str | None) -> str:
    if wanted is not None:
        if rows.crs is not None and wanted.upper() != rows.crs.upper():
            rows.remarks.append(f"The file says {rows.crs[:60]}; read as {wanted} as you asked.")
        return wanted
    silent = rows.crs is None
    if (silent or _is_wgs84(str(rows.crs))) and _looks_projected(rows):
        x, y = _some_position(rows)
        says = "does not name its CRS" if silent else "says its coordinates are degrees"
        raise unreadable(
            f"The file {says}, but coordinates such as ({x:.9g}, {y:.9g}) are none: name the "
            "CRS, e.g. --crs EPSG:32721 for UTM 21 south.",
            code="crs-unknown",
        )
    if silent and rows.format != "CSV":
        rows.remarks.append("The file does not name its CRS: taken as WGS 84 degrees.")
    return rows.crs or WGS84


def _is_wgs84(crs: str) -> bool:
    return crs.upper() in {"EPSG:4326", "OGC:CRS84"}


def _positions(rows: Rows) -> Floats:
    """The middle of each row's bounds, (n, 2); NaN for rows without."""
    bounds = shapely.bounds(rows.geometry)
    middle: Floats = bounds[:, :2] / 2 + bounds[:, 2:] / 2
    if rows.wrong:
        middle[list(rows.wrong)] = np.nan
    return middle


def _looks_projected(rows: Rows) -> bool:
    xy = _positions(rows)
    xy = xy[np.isfinite(xy).all(axis=1)]
    if not len(xy):
        return False
    outside = (np.abs(xy[:, 0]) > LON_MAX) | (np.abs(xy[:, 1]) > LON_MAX)
    return bool(outside.mean() > 0.5)


def _some_position(rows: Rows) -> tuple[float, float]:
    xy = _positions(rows)
    x, y = xy[np.isfinite(xy).all(axis=1)][0]
    return float(x), float(y)


def _transform(rows: Rows, crs: CRS) -> None:
    try:
        turn = Transformer.from_crs(crs, WGS84, always_xy=True)
        given = np.array([row not in rows.wrong for row in range(len(rows))], dtype=bool)
        rows.geometry[given] = shapely.transform(
            rows.geometry[given], lambda xy: np.stack(turn.transform(xy[:, 0], xy[:, 1]), axis=1)
        )
    except (ProjError, CRSError) as error:
        raise unreadable(f"The coordinates cannot be turned into degrees: {error}.") from error
    coords, at = shapely.get_coordinates(rows.geometry, return_index=True)
    for row in np.unique(at[~np.isfinite(coords).all(axis=1)]):
        what = "the coordinates lie outside of where their CRS is valid"
        rows.wrong.setdefault(int(row), (Reason.WILD_COORDINATES, what))


def refuse_wild(rows: Rows, around: tuple[float, float, float, float] | None) -> None:
    """Refuse rows off the globe, at 0/0, or far from all others; say how they may be mended.

    `around` is the city's (west, south, east, north): rows that only lie near it with lon and
    lat swapped are refused even when all of the file is like that.
    """
    _refuse_off_globe(rows)
    here = _positions(rows)
    known = np.isfinite(here).all(axis=1)
    if known.sum() >= ROWS_TO_COMPARE:
        home = _home_of(here[known])
        for row in np.flatnonzero(known & ~home.near(here)):
            rows.wrong[int(row)] = _why_far(here[row], home)
    if around is not None:
        city = _Home(((around[0] + around[2]) / 2, (around[1] + around[3]) / 2), FAR_MIN_M)
        close = replace(city, reach_m=CITY_REACH_M)
        for row in np.flatnonzero(known & ~city.near(here) & close.near(here[:, ::-1])):
            what = f"{_told(here[row])} lies in the city only with lon and lat swapped"
            rows.wrong.setdefault(int(row), (Reason.SWAPPED, what))


def _refuse_off_globe(rows: Rows) -> None:
    bounds = shapely.bounds(rows.geometry)
    off = (np.abs(bounds[:, [0, 2]]) > LON_MAX).any(axis=1)
    off |= (np.abs(bounds[:, [1, 3]]) > LAT_MAX).any(axis=1)
    for row in np.flatnonzero(off):
        west, south = bounds[row, :2]
        what = f"({west:.5g}, {south:.5g}) is not on the globe"
        if abs(south) > LAT_MAX and abs(west) <= LAT_MAX:
            what += "; lon and lat may be swapped"
        rows.wrong.setdefault(int(row), (Reason.WILD_COORDINATES, what))
    zero = (bounds == 0).all(axis=1)
    for row in np.flatnonzero(zero):
        rows.wrong.setdefault(int(row), (Reason.WILD_COORDINATES, "(0, 0) says that nobody knew"))


@dataclass(frozen=True, slots=True)
class _Home:
    """Where rows of this file belong: within `reach_m` of a (lon, lat)."""

    centre: tuple[float, float]
    reach_m: float

    def near(self, positions: Floats) -> NDArray[np.bool_]:
        """Which of n positions, (n, 2), belong here; NaN never does."""
        return _distance_m(positions, self.centre) <= self.reach_m

    def holds(self, lon: float, lat: float) -> bool:
        return abs(lat) <= LAT_MAX and bool(self.near(np.array([[lon, lat]]))[0])


def _home_of(known: Floats) -> _Home:
    middle = np.median(known, axis=0)
    centre = (float(middle[0]), float(middle[1]))
    half = float(np.median(_distance_m(known, centre)))
    return _Home(centre, max(FAR_MIN_M, FAR_TIMES * half))


def _why_far(position: Floats, home: _Home) -> tuple[Reason, str]:
    lon, lat = float(position[0]), float(position[1])
    away_m = float(_distance_m(position[None, :], home.centre)[0])
    where = f"{_told(position)} lies {away_m / 1000:,.0f} km from the others"
    if home.holds(lat, lon):
        return Reason.SWAPPED, f"{where}; among them with lon and lat swapped"
    for x, y, word in ((lon, -lat, "lat"), (-lon, lat, "lon"), (-lon, -lat, "lon and lat")):
        if home.holds(x, y):
            return Reason.WRONG_SIGN, f"{where}; among them with the other sign of {word}"
    return Reason.FAR_AWAY, where


def _told(position: Floats) -> str:
    return f"({position[0]:.6f}, {position[1]:.6f})"


def _distance_m(positions: Floats, centre: tuple[float, float]) -> Floats:
    """Metres over the sphere, enough to tell a country from another: (n, 2) degrees to (n,)."""
    lon, lat = np.radians(positions[:, 0]), np.radians(positions[:, 1])
    lon0, lat0 = np.radians(centre[0]), np.radians(centre[1])
    h = np.sin((lat - lat0) / 2) ** 2
    h = h + np.cos(lat) * np.cos(lat0) * np.sin((lon - lon0) / 2) ** 2
    metres: Floats = 2 * EARTH_M * np.arcsin(np.sqrt(np.clip(h, 0, 1)))
    return metres
