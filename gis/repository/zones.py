"""Which zones a location lies in, for jurisdiction and filters."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import shapely
from sqlalchemy import func, select, text

from gis.geodesy import around, at_confidence
from gis.geofence import Containment, Coverage, coverage
from gis.tables import WGS84_SRID, zone

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from sqlalchemy.ext.asyncio import AsyncConnection

    from gis.geofence import Area
    from gis.geometry import Location, Point

# The outline is cut this much wider than the circle, so that the cut never counts as its edge.
CLIP_WIDTH = 2.0
CLIP_MIN_M = 10.0
ZONES_LISTED_MAX = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class ZoneSummary:
    """A zone without its outline."""

    id: UUID
    kind: str
    code: str
    name: str
    agency: str | None
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ZoneAt:
    """A zone and how certainly a location lies in it."""

    zone: ZoneSummary
    coverage: Coverage


@dataclass(frozen=True, slots=True, kw_only=True)
class ZoneOutline:
    zone: ZoneSummary
    area: Area


_SUMMARY = (zone.c.id, zone.c.kind, zone.c.code, zone.c.name, zone.c.agency, zone.c.source)
_FIELDS = tuple(column.name for column in _SUMMARY)


async def zones_at(connection: AsyncConnection, location: Location) -> list[ZoneAt]:
    """Zones the location lies in or may lie in at 95 %, the surest first."""
    sure = at_confidence(location)
    box = around(sure.point, radius_m=max(sure.uncertainty_m * CLIP_WIDTH, CLIP_MIN_M))
    envelope = func.st_makeenvelope(box.west, box.south, box.east, box.north, WGS84_SRID)
    statement = select(
        *_SUMMARY, func.st_asbinary(func.st_clipbybox2d(zone.c.geom, envelope)).label("clipped")
    ).where(func.st_intersects(zone.c.geom, envelope))
    found = [
        ZoneAt(zone=_summary(row), coverage=coverage(shapely.from_wkb(row[-1]), sure))
        for row in await connection.execute(statement)
    ]
    possible = [at for at in found if at.coverage.containment is not Containment.OUTSIDE]
    return sorted(possible, key=lambda at: (-at.coverage.share, at.zone.kind, at.zone.code))


_OF_POINTS = text("""
select z.id, z.kind, z.code, z.name, z.agency, z.source, asked.place
from unnest(cast(:lons as float[]), cast(:lats as float[]))
     with ordinality as asked(lon, lat, place)
join zone z on st_covers(z.geom, st_setsrid(st_makepoint(asked.lon, asked.lat), 4326))
order by z.kind, z.code
""")


async def zones_of_points(
    connection: AsyncConnection, points: Sequence[Point]
) -> list[list[ZoneSummary]]:
    """The zones each of n exact points lies in, in one query."""
    if not points:
        return []
    rows = await connection.execute(
        _OF_POINTS, {"lons": [p.lon for p in points], "lats": [p.lat for p in points]}
    )
    zones: list[list[ZoneSummary]] = [[] for _ in points]
    for row in rows:
        zones[int(row[-1]) - 1].append(_summary(row))
    return zones


async def list_zones(connection: AsyncConnection) -> list[ZoneOutline]:
    """All zones with their outlines, by kind and code."""
    statement = (
        select(*_SUMMARY, func.st_asbinary(zone.c.geom))
        .order_by(zone.c.kind, zone.c.code)
        .limit(ZONES_LISTED_MAX)
    )
    rows = await connection.execute(statement)
    return [ZoneOutline(zone=_summary(row), area=shapely.from_wkb(row[-1])) for row in rows]


def _summary(row: Sequence[object]) -> ZoneSummary:
    return ZoneSummary(**dict(zip(_FIELDS, row[: len(_FIELDS)], strict=True)))  # type: ignore[arg-type]
