"""Premise notes in PostgreSQL: found by place through the index, judged by the domain."""

from collections.abc import Sequence
from dataclasses import fields
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import RowMapping, Select, func, insert, or_, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncConnection

from dispatch.domain.premise import (
    RADIUS_MAX_M,
    Nearby,
    Premise,
    PremiseKind,
    reach_m,
    speaks_of,
)
from dispatch.tables.premises import premise
from dispatch.tables.rows import columns
from dispatch.tables.schema import WGS84_SRID
from gis.geodesy import around
from gis.geometry import Location, Point
from ops_center.kernel.errors import NotFound, StaleVersion

NEARBY_MAX: Final = 100
_SHAPED: Final = ("kind", "location")


class SqlPremises:
    def __init__(self, connection: AsyncConnection) -> None:
        self.connection = connection

    async def find(self, identity: UUID, /) -> Premise | None:
        found = await self._read(select(*columns(premise)).where(premise.c.id == identity))
        return found[0] if found else None

    async def lock(self, identity: UUID, /) -> Premise:
        query = select(*columns(premise)).where(premise.c.id == identity).with_for_update()
        found = await self._read(query)
        if not found:
            raise NotFound(f"There is no premise note {identity}. Look it up in the list.")
        return found[0]

    async def add(self, value: Premise, /) -> None:
        await self.connection.execute(insert(premise).values(_row(value)))

    async def put(self, value: Premise, /) -> None:
        row = premise.c
        changed = await self.connection.execute(
            update(premise)
            .where(row.id == value.id, row.version == value.version - 1)
            .values(_row(value))
        )
        if changed.rowcount != 1:
            raise StaleVersion("This note changed at this very moment. Look at it again.")

    async def at_place(self, location: Location, /, *, now: datetime) -> list[Nearby]:
        row = premise.c
        box = around(location.point, radius_m=RADIUS_MAX_M + reach_m(location))
        inside = row.place.op("&&")(
            func.ST_MakeEnvelope(box.west, box.south, box.east, box.north, WGS84_SRID)
        )
        valid = or_(row.valid_until.is_(None), row.valid_until > now)
        # The box is the index's; what really speaks of the place is said in one function only.
        query = select(*columns(premise)).where(inside, row.removed_at.is_(None), valid)
        near = [speaks_of(one, location, now=now) for one in await self._read(query)]
        found = [one for one in near if one is not None]
        return sorted(found, key=lambda one: (one.distance_m, one.premise.id))[:NEARBY_MAX]

    async def _read(self, query: Select[Any]) -> Sequence[Premise]:
        return [to_premise(row) for row in (await self.connection.execute(query)).mappings()]


async def list_premises(
    connection: AsyncConnection, *, after: UUID | None, limit: int
) -> list[Premise]:
    """Return the notes that were not removed, newest first, those behind `after`."""
    row = premise.c
    query = select(*columns(premise)).where(row.removed_at.is_(None))
    if after is not None:
        written = select(row.at).where(row.id == after).scalar_subquery()
        query = query.where(tuple_(row.at, row.id) < tuple_(written, after))
    found = await connection.execute(query.order_by(row.at.desc(), row.id.desc()).limit(limit))
    return [to_premise(one) for one in found.mappings()]


def to_premise(row: RowMapping) -> Premise:
    """Return a row of the table as a value."""
    plain = {one.name: row[one.name] for one in fields(Premise) if one.name not in _SHAPED}
    return Premise(
        **plain,
        kind=PremiseKind(row["kind"]),
        location=Location(
            point=Point(lon=row["lon"], lat=row["lat"]),
            uncertainty_m=row["uncertainty_m"],
            confidence=row["confidence"],
        ),
    )


def _row(value: Premise) -> dict[str, Any]:
    plain = {one.name: getattr(value, one.name) for one in fields(Premise)}
    where: Location = plain.pop("location")
    return {
        **plain,
        "lon": where.point.lon,
        "lat": where.point.lat,
        "uncertainty_m": where.uncertainty_m,
        "confidence": where.confidence,
    }
