"""Learned speeds in PostgreSQL: the histograms they grow from, and the factors drawn from them."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import case, select, tuple_
from sqlalchemy.dialects.postgresql import insert

from gis.tables import learned_speed, routing_revision

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from sqlalchemy.ext.asyncio import AsyncConnection

LEARNED = "learned_speeds"
KeyOfSpeed = tuple[str, str, int, str]
ROWS_PER_WRITE = 1_000


@dataclass(frozen=True, slots=True)
class SpeedRow:
    """What is known of one crew, part of the week and road; `bins` counts log ratios."""

    crew: str
    day: str
    band: int
    road: str
    bins: Sequence[int]
    samples: int
    factor: float

    @property
    def key(self) -> KeyOfSpeed:
        return (self.crew, self.day, self.band, self.road)


async def speed_rows(
    connection: AsyncConnection, keys: Iterable[KeyOfSpeed] | None = None
) -> list[SpeedRow]:
    """The rows of these keys (None: all)."""
    column = learned_speed.c
    query = select(
        column.crew, column.day, column.band, column.road, column.bins, column.samples,
        column.factor,
    )  # fmt: skip
    if keys is not None:
        query = query.where(
            tuple_(column.crew, column.day, column.band, column.road).in_(list(keys))
        )
    return [SpeedRow(*tuple(row)) for row in await connection.execute(query)]


async def put_speed_rows(
    connection: AsyncConnection, rows: Sequence[SpeedRow], *, at: datetime
) -> None:
    """Write the rows over those of the same key."""
    for start in range(0, len(rows), ROWS_PER_WRITE):
        values = [
            {
                "crew": row.crew,
                "day": row.day,
                "band": row.band,
                "road": row.road,
                "bins": list(row.bins),
                "samples": row.samples,
                "factor": row.factor,
                "updated_at": at,
            }
            for row in rows[start : start + ROWS_PER_WRITE]
        ]
        statement = insert(learned_speed).values(values)
        keep = ("bins", "samples", "factor", "updated_at")
        await connection.execute(
            statement.on_conflict_do_update(
                index_elements=["crew", "day", "band", "road"],
                set_={name: statement.excluded[name] for name in keep},
            )
        )


async def advance_revision(connection: AsyncConnection, subject: str) -> None:
    """Count a change; who follows the revision sees it when this transaction is committed."""
    first = insert(routing_revision).values(subject=subject, revision=1)
    await connection.execute(
        first.on_conflict_do_update(
            index_elements=["subject"], set_={"revision": routing_revision.c.revision + 1}
        )
    )


async def revisions(connection: AsyncConnection) -> dict[str, int]:
    """How often closures and learned speeds have changed, by subject."""
    found = await connection.execute(select(routing_revision))
    return {row.subject: row.revision for row in found}


async def learned_factors(
    connection: AsyncConnection, *, way_prefix: str, ways: int, classes: int
) -> Mapping[tuple[str, str, int], Mapping[str, float]]:
    """(crew, day, band) -> road -> factor, of ways and of classes with that many samples."""
    found: dict[tuple[str, str, int], dict[str, float]] = defaultdict(dict)
    column = learned_speed.c
    wanted = case((column.road.startswith(way_prefix, autoescape=True), ways), else_=classes)
    rows = await connection.execute(
        select(column.crew, column.day, column.band, column.road, column.factor).where(
            column.samples >= wanted
        )
    )
    for row in rows:
        found[row.crew, row.day, row.band][row.road] = row.factor
    return found
