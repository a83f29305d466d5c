"""Positions of units and the number series in PostgreSQL."""

from collections.abc import Sequence, Set
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    Boolean,
    DateTime,
    Float,
    TextClause,
    Uuid,
    bindparam,
    select,
    text,
    update,
)
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from dispatch.domain.positions import Fix
from dispatch.tables import schema
from dispatch.tables.rows import columns, fix_columns, to_fix

_FIX: Final = (
    "unit_id, occurred_at, lon, lat, recorded_at, accuracy_m, speed_mps, heading_deg, mocked"
)
_TYPES: Final[tuple[Any, ...]] = (
    Uuid,
    DateTime(timezone=True),
    Float,
    Float,
    DateTime(timezone=True),
    Float,
    Float,
    Float,
    Boolean,
)


def _batch(table: str, on_conflict: str) -> TextClause:
    """One statement for any number of fixes: each column travels as one array."""
    arrays = ", ".join(f":c{place}" for place in range(len(_TYPES)))
    return text(
        f"insert into {table} ({_FIX}) select * from unnest({arrays}) {on_conflict}"  # noqa: S608
    ).bindparams(*(bindparam(f"c{place}", type_=ARRAY(kind)) for place, kind in enumerate(_TYPES)))


_KEEP_HISTORY: Final = _batch("unit_position_history", "on conflict do nothing")
# Device time orders: a late fix never moves the last known, whoever writes first.
_MOVE_LAST_KNOWN: Final = _batch(
    "unit_position",
    """
    on conflict (unit_id) do update set
        occurred_at = excluded.occurred_at, lon = excluded.lon, lat = excluded.lat,
        recorded_at = excluded.recorded_at, accuracy_m = excluded.accuracy_m,
        speed_mps = excluded.speed_mps, heading_deg = excluded.heading_deg,
        mocked = excluded.mocked
    where unit_position.occurred_at < excluded.occurred_at
    """,
)


class SqlPositions:
    def __init__(self, connection: AsyncConnection) -> None:
        self.connection = connection

    async def last_known(self, unit_ids: Set[UUID], /) -> dict[UUID, Fix]:
        if not unit_ids:
            return {}
        row = schema.unit_position.columns
        found = await self.connection.execute(
            select(*columns(schema.unit_position)).where(row.unit_id.in_(unit_ids))
        )
        return {one["unit_id"]: to_fix(one) for one in found.mappings()}

    async def keep(self, fixes: Sequence[Fix], latest: Sequence[Fix], /) -> None:
        if fixes:
            await self.connection.execute(_KEEP_HISTORY, _values(fixes))
        if latest:
            # In order of unit, so that two batches never wait for each other.
            ordered = sorted(latest, key=lambda fix: fix.unit_id)
            await self.connection.execute(_MOVE_LAST_KNOWN, _values(ordered))

    async def doubt(self, unit_ids: Set[UUID], at: datetime, /) -> None:
        row = schema.unit_position.columns
        # Locked in order of unit, as in keep.
        doubted = select(row.unit_id).where(row.unit_id.in_(unit_ids)).order_by(row.unit_id)
        await self.connection.execute(doubted.with_for_update())
        await self.connection.execute(
            update(schema.unit_position).where(row.unit_id.in_(unit_ids)).values(teleported_at=at)
        )


def _values(fixes: Sequence[Fix]) -> dict[str, list[object]]:
    return {f"c{place}": column for place, column in enumerate(fix_columns(fixes))}


class SqlNumbers:
    def __init__(self, connection: AsyncConnection) -> None:
        self.connection = connection

    async def next(self, series: str, year: int, /) -> int:
        row = schema.number_series.columns
        first = insert(schema.number_series).values(series=series, year=year, last=1)
        counted = first.on_conflict_do_update(
            index_elements=[row.series, row.year], set_={"last": row.last + 1}
        ).returning(row.last)
        return int((await self.connection.execute(counted)).scalar_one())
