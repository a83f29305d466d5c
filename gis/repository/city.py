"""The imported city itself: its name, extent, time zone and what it holds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select, update

from gis.geometry import Extent, Point
from gis.tables import (
    address_point,
    building,
    city,
    place,
    road_edge,
    street,
    street_crossing,
    zone,
)

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy.ext.asyncio import AsyncConnection


@dataclass(frozen=True, slots=True, kw_only=True)
class City:
    import_id: UUID
    name: str
    source: str
    attribution: str
    timezone: str
    zone_source: str
    imported_at: datetime
    extent: Extent
    centre: Point


async def city_of(connection: AsyncConnection) -> City | None:
    """The imported city, or None before the first import."""
    row = (await connection.execute(select(city))).one_or_none()
    if row is None:
        return None
    return City(
        import_id=row.import_id,
        name=row.name,
        source=row.source,
        attribution=row.attribution,
        timezone=row.timezone,
        zone_source=row.zone_source,
        imported_at=row.imported_at,
        extent=Extent(west=row.west, south=row.south, east=row.east, north=row.north),
        centre=Point(lon=row.centre_lon, lat=row.centre_lat),
    )


async def report_of(connection: AsyncConnection) -> dict[str, Any] | None:
    """What the import of the city told; None for a city imported before it did."""
    return (await connection.execute(select(city.c.report))).scalar_one_or_none()


async def store_report(connection: AsyncConnection, report: dict[str, Any]) -> None:
    """Keep with the city what its import told, plain values only."""
    await connection.execute(update(city).values(report=report))


async def counts_of(connection: AsyncConnection) -> dict[str, int]:
    """Rows in each table of the city, for `gis info`."""
    tables = (road_edge, street, street_crossing, place, address_point, building, zone)
    statement = select(
        *(select(func.count()).select_from(t).scalar_subquery().label(t.name) for t in tables)
    )
    row = (await connection.execute(statement)).one()
    return {table.name: int(value) for table, value in zip(tables, row, strict=True)}
