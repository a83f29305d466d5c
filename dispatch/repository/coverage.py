"""How much happened where of late: what the zones of coverage are weighed by."""

from datetime import datetime

from sqlalchemy import func, select, true
from sqlalchemy.ext.asyncio import AsyncConnection

from dispatch.tables import schema


async def incidents_by_zone(connection: AsyncConnection, since: datetime) -> dict[str, int]:
    """Return how many incidents were opened since then in each zone, by the zone's id."""
    row = schema.incident.columns
    zone = func.jsonb_array_elements(row.zones).table_valued("value").render_derived()
    place = zone.c.value.op("->>")("id")
    found = await connection.execute(
        select(place, func.count())
        .select_from(schema.incident.join(zone, true()))
        .where(row.opened_at >= since)
        .group_by(place)
    )
    return dict(found.tuples().all())
