"""Which zones a location lies in, for jurisdiction and filters."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import shapely
from sqlalchemy import func, select, text, tuple_

from gis.geodesy import around, at_confidence
from gis.geofence import Containment, Coverage, coverage
from gis.tables import WGS84_SRID, zone
from ops_center.kernel.errors import Invalid

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
OUTLINE_DECIMALS = 6


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


SUMMARY = (zone.c.id, zone.c.kind, zone.c.code, zone.c.name, zone.c.agency, zone.c.source)
# Several agencies may have a zone of the same kind and code.
_ORDER = (zone.c.kind, zone.c.code, zone.c.id)
_FIELDS = tuple(column.name for column in SUMMARY)


async def zones_at(connection: AsyncConnection, location: Location) -> list[ZoneAt]:
    """Zones the location lies in or may lie in at 95 %, the surest first."""
    sure = at_confidence(location)
    box = around(sure.point, radius_m=max(sure.uncertainty_m * CLIP_WIDTH, CLIP_MIN_M))
    envelope = func.st_makeenvelope(box.west, box.south, box.east, box.north, WGS84_SRID)
    statement = select(
        *SUMMARY, func.st_asbinary(func.st_clipbybox2d(zone.c.geom, envelope)).label("clipped")
    ).where(func.st_intersects(zone.c.geom, envelope))
    found = [
        ZoneAt(zone=to_summary(row), coverage=coverage(shapely.from_wkb(row[-1]), sure))
        for row in await connection.execute(statement)
    ]
    return surest_first([at for at in found if at.coverage.containment is not Containment.OUTSIDE])


def surest_first(found: list[ZoneAt]) -> list[ZoneAt]:
    return sorted(found, key=lambda at: (-at.coverage.share, at.zone.kind, at.zone.code))


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
        zones[int(row[-1]) - 1].append(to_summary(row))
    return zones


async def list_zones(connection: AsyncConnection) -> list[ZoneOutline]:
    """All zones with their outlines, by kind and code."""
    statement = (
        select(*SUMMARY, func.st_asbinary(zone.c.geom))
        .order_by(zone.c.kind, zone.c.code)
        .limit(ZONES_LISTED_MAX)
    )
    rows = await connection.execute(statement)
    return [ZoneOutline(zone=to_summary(row), area=shapely.from_wkb(row[-1])) for row in rows]


async def zones_page(
    connection: AsyncConnection,
    *,
    kind: str | None = None,
    agency: str | None = None,
    after: UUID | None = None,
    limit: int = ZONES_LISTED_MAX,
) -> list[ZoneSummary]:
    """Up to `limit` zones after the one with that id, by kind and code, without outlines."""
    statement = select(*SUMMARY).order_by(*_ORDER).limit(limit)
    if after is not None:
        statement = statement.where(tuple_(*_ORDER) > await _place_of(connection, after))
    if kind is not None:
        statement = statement.where(zone.c.kind == kind)
    if agency is not None:
        statement = statement.where(zone.c.agency == agency)
    return [to_summary(row) for row in await connection.execute(statement)]


async def _place_of(connection: AsyncConnection, zone_id: UUID) -> tuple[str, str, UUID]:
    statement = select(*_ORDER).where(zone.c.id == zone_id)
    found = (await connection.execute(statement)).one_or_none()
    if found is None:
        raise Invalid(
            "The zone this cursor names is gone: list from the beginning.", field="cursor"
        )
    return str(found[0]), str(found[1]), zone_id


async def outlines_of(
    connection: AsyncConnection, zones: Sequence[ZoneSummary], *, corners_max: int
) -> dict[UUID, str]:
    """GeoJSON outlines of those zones; none for an outline of more than `corners_max` corners."""
    statement = select(zone.c.id, func.st_asgeojson(zone.c.geom, OUTLINE_DECIMALS)).where(
        zone.c.id.in_([one.id for one in zones]), func.st_npoints(zone.c.geom) <= corners_max
    )
    return {row[0]: str(row[1]) for row in await connection.execute(statement)}


def to_summary(row: Sequence[object]) -> ZoneSummary:
    return ZoneSummary(**dict(zip(_FIELDS, row[: len(_FIELDS)], strict=True)))  # type: ignore[arg-type]
