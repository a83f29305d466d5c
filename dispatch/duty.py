"""What rosters show: planned shifts with the callsign of their unit, page by page."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import or_, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from dispatch.domain.shift import Shift
from dispatch.tables import schema
from dispatch.tables.shifts import shift
from dispatch.tables.unit_rows import to_shift
from ops_center.kernel.errors import Invalid


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Shifts that touch [start, end], of one unit or all; after `cursor`, at most `limit`."""

    start: datetime
    end: datetime
    unit_id: UUID | None
    limit: int
    cursor: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Shifts:
    """Each with its unit's callsign, and the cursor of the next page (None: the last)."""

    items: list[tuple[Shift, str]]
    next_cursor: str | None


async def list_shifts(
    connection: AsyncConnection, wanted: Wanted, *, agency: str | None, unit: UUID | None
) -> Shifts:
    """Return shifts in order of their beginning, of what this agency and unit may see."""
    row, of = shift.columns, schema.unit.columns
    query = (
        select(*row, of.callsign)
        .join(schema.unit, of.id == row.unit_id)
        .where(row.starts_at <= wanted.end, row.ends_at >= wanted.start)
    )
    if wanted.unit_id is not None:
        query = query.where(row.unit_id == wanted.unit_id)
    if agency is not None or unit is not None:
        query = query.where(or_(of.agency == agency, of.id == unit))
    if wanted.cursor is not None:
        query = query.where(tuple_(row.starts_at, row.id) > tuple_(*_read(wanted.cursor)))
    found = await connection.execute(query.order_by(row.starts_at, row.id).limit(wanted.limit + 1))
    rows = found.mappings().all()
    shown = [(to_shift(one), str(one["callsign"])) for one in rows[: wanted.limit]]
    last = shown[-1][0] if shown else None
    more = len(rows) > wanted.limit and last is not None
    return Shifts(
        items=shown,
        next_cursor=f"{last.starts_at.isoformat()}~{last.id}" if more and last else None,
    )


def _read(cursor: str) -> tuple[datetime, UUID]:
    instant, _, identity = cursor.partition("~")
    try:
        return datetime.fromisoformat(instant), UUID(identity)
    except ValueError:
        raise Invalid(
            "This cursor is not one of ours: take next_cursor as it was answered.", field="cursor"
        ) from None
