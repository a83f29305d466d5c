"""All zones in memory: which of them a place lies in, without asking the database."""

from __future__ import annotations

import asyncio
import math
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import shapely
from numpy.typing import NDArray
from sqlalchemy import text

from gis.geodesy import at_confidence
from gis.geofence import Containment, Coverage, circle_of
from gis.geometry import Point
from gis.repository.zones import SUMMARY, ZoneAt, ZoneSummary, surest_first, to_summary
from gis.tables import zone

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from shapely.geometry import Polygon
    from sqlalchemy.ext.asyncio import AsyncConnection

    from gis.geometry import Location

ZONES_MAX: Final = 20_000
CORNERS_MAX: Final = 3_000_000
# Not looked at for this long, what is in memory may be of yesterday: the database is asked.
TRUSTED_S: Final = 5.0
PIECE_EDGES: Final = 32
EXACT_MAX_CORNERS: Final = 5_000
SEEDS: Final = 400
GOLDEN_ANGLE: Final = math.pi * (3 - math.sqrt(5))

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.intp]
Shapes = NDArray[np.object_]

# Every row that was written anew has a newer xmin; one that went is missing in the count.
REVISION = text("""
select concat(count(*), '.', sum(xmin::text::bigint), '.', max(xmin::text::bigint)),
       count(*), coalesce(sum(st_npoints(geom)) filter (where :weigh), 0)
from zone
""")


class ZoneIndex:
    """Immutable, and safe to ask from several threads; answers as `zones_at` and
    `zones_of_points` do.
    """

    def __init__(self, zones: Sequence[ZoneSummary], outlines: Sequence[bytes]) -> None:
        """`zones` by kind and code, `outlines` their WKB in EPSG:4326.

        Takes milliseconds to seconds: build it in a thread.
        """
        self.zones = tuple(zones)
        self._areas = shapely.from_wkb(np.asarray(outlines, dtype=object))
        self._sizes = shapely.area(self._areas)
        self._corners = shapely.get_num_coordinates(self._areas)
        self._tree = shapely.STRtree(self._areas)
        pieces, self._zone_of_piece = _pieces(self._areas)
        self._edges = shapely.STRtree(pieces)
        shapely.prepare(self._areas)
        # The first two questions build what all others only read.
        for lon, lat in shapely.get_coordinates(shapely.point_on_surface(self._areas)).tolist() * 2:
            self._of_point(Point(lon=lon, lat=lat))
        self._edges.query(shapely.Point(0, 0))

    def at(self, location: Location) -> list[ZoneAt]:
        """Zones the location lies in or may lie in at 95 %, the surest first."""
        sure = at_confidence(location)
        within = self._of_point(sure.point)
        if sure.uncertainty_m == 0:
            return surest_first([_inside(self.zones[at]) for at in within])
        circle = circle_of(sure)
        shapely.prepare(circle)
        # Only a zone whose edge meets the circle is in doubt.
        cut = np.unique(self._zone_of_piece[self._edges.query(circle, predicate="intersects")])
        found = [_inside(self.zones[at]) for at in np.setdiff1d(within, cut)]
        found += [
            ZoneAt(zone=self.zones[at], coverage=_possible(self._share(at, circle))) for at in cut
        ]
        return surest_first(found)

    def _share(self, at: int, circle: Polygon) -> float:
        """How much of the circle lies in that area, 0 to 1; of a huge outline to about 2 %."""
        area = self._areas[at]
        if shapely.contains_properly(circle, area):
            covered = float(self._sizes[at])
        elif self._corners[at] <= EXACT_MAX_CORNERS:
            covered = float(area.intersection(circle).area)
        else:
            spread = _spread_over(circle)
            return float(shapely.intersects_xy(area, spread[:, 0], spread[:, 1]).mean())
        return min(covered / float(circle.area), 1.0)

    def _of_point(self, point: Point) -> IntArray:
        near = self._tree.query(shapely.points(point.lon, point.lat))
        return np.sort(near[shapely.intersects_xy(self._areas[near], point.lon, point.lat)])

    def of_point(self, point: Point) -> list[ZoneSummary]:
        """Zones an exact point lies in or on the edge of, by kind and code."""
        return [self.zones[at] for at in self._of_point(point)]

    def outlines(self, kind: str | None) -> list[tuple[ZoneSummary, shapely.Geometry]]:
        """The zones of a kind with their outlines in EPSG:4326, by code."""
        pairs = zip(self.zones, self._areas.tolist(), strict=True)
        return [(zone, area) for zone, area in pairs if zone.kind == kind]

    def of_points(self, points: Sequence[Point]) -> list[list[ZoneSummary]]:
        """The zones of each of n exact points, in one go."""
        if not points:
            return []
        found: list[list[int]] = [[] for _ in points]
        lons = np.asarray([point.lon for point in points])
        lats = np.asarray([point.lat for point in points])
        asked, near = self._tree.query(shapely.points(lons, lats))
        inside = shapely.intersects_xy(self._areas[near], lons[asked], lats[asked])
        asked, near = asked[inside], near[inside]
        for place, at in zip(asked.tolist(), near.tolist(), strict=True):
            found[place].append(at)
        return [[self.zones[at] for at in sorted(one)] for one in found]


def _inside(zone: ZoneSummary) -> ZoneAt:
    return ZoneAt(zone=zone, coverage=Coverage(containment=Containment.INSIDE, share=1.0))


def _possible(share: float) -> Coverage:
    return Coverage(containment=Containment.POSSIBLE, share=share)


def _pieces(areas: Shapes) -> tuple[Shapes, IntArray]:
    """The edges of all areas in short lines, and the number of the area each belongs to."""
    rings, ring_of = shapely.get_parts(shapely.boundary(areas), return_index=True)
    lines, owners = [], []
    for ring, owner in zip(rings, ring_of, strict=True):
        corners = shapely.get_coordinates(ring)
        for start in range(0, len(corners) - 1, PIECE_EDGES):
            lines.append(shapely.linestrings(corners[start : start + PIECE_EDGES + 1]))
            owners.append(owner)
    return np.asarray(lines, dtype=object), np.asarray(owners, dtype=np.intp)


def _spread_over(circle: Polygon) -> FloatArray:
    """Points spread evenly over a circle (a sunflower's seeds), shape (SEEDS, 2)."""
    west, south, east, north = circle.bounds
    seeds = np.arange(SEEDS) + 0.5
    reach, turn = np.sqrt(seeds / SEEDS), seeds * GOLDEN_ANGLE
    lons = (west + east) / 2 + (east - west) / 2 * reach * np.cos(turn)
    lats = (south + north) / 2 + (north - south) / 2 * reach * np.sin(turn)
    return np.column_stack((lons, lats))


@dataclass(frozen=True, slots=True)
class _Loaded:
    revision: str
    index: ZoneIndex | None  # None: too many for memory


class ZonesNow:
    """The zones as they are in the database, for one process; `refresh` follows changes."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._checked_at = 0.0
        self._loaded: _Loaded | None = None

    @property
    def index(self) -> ZoneIndex | None:
        """What can be relied upon now; None until loaded, while not looked after, and if too large:
        then the database is to be asked.
        """
        if self._loaded is None or self._clock() - self._checked_at > TRUSTED_S:
            return None
        return self._loaded.index

    @property
    def revision(self) -> str | None:
        """What changes whenever the zones in memory do; None until loaded."""
        return self._loaded.revision if self._loaded else None

    async def refresh(self, connection: AsyncConnection) -> bool:
        """Load the zones anew if they changed, in a snapshot of the database; say whether."""
        now = self._clock()
        revision, count, _ = await _revision(connection, weigh=False)
        changed = self._loaded is None or self._loaded.revision != revision
        if changed:
            _, _, corners = await _revision(connection, weigh=True)
            fits = count <= ZONES_MAX and corners <= CORNERS_MAX
            self._loaded = _Loaded(revision, await _load(connection) if fits else None)
        self._checked_at = now
        return changed


async def zones_revision(connection: AsyncConnection) -> str:
    """What changes whenever any zone does; cheap: no outline is read."""
    return (await _revision(connection, weigh=False))[0]


async def _revision(connection: AsyncConnection, *, weigh: bool) -> tuple[str, int, int]:
    row = (await connection.execute(REVISION, {"weigh": weigh})).one()
    return str(row[0]), int(row[1]), int(row[2])


async def _load(connection: AsyncConnection) -> ZoneIndex:
    outline = zone.c.geom.ST_AsBinary()
    statement = zone.select().with_only_columns(*SUMMARY, outline)
    rows = list(await connection.execute(statement.order_by(zone.c.kind, zone.c.code)))
    zones = [to_summary(row) for row in rows]
    return await asyncio.to_thread(ZoneIndex, zones, [bytes(row[-1]) for row in rows])
