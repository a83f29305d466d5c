"""Where hospitals are: those of the map and those an agency published as a layer."""

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from gis.geometry import Point

HOSPITALS_MAX = 5_000
_HOSPITALS = text("""
select st_x(at) as lon, st_y(at) as lat from (
  select st_pointonsurface(geom) as at from place where kind = 'hospital'
  union all
  select st_pointonsurface(f.geom) as at from layer_feature f
  join layer l on l.id = f.layer_id and l.published = f.version
  where l.kind = 'hospital'
) found limit :most
""")


async def hospitals(connection: AsyncConnection) -> list[Point]:
    """Return one point of each hospital that is known."""
    rows = await connection.execute(_HOSPITALS, {"most": HOSPITALS_MAX})
    return [Point(lon=row.lon, lat=row.lat) for row in rows]
