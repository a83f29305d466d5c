"""The units as a recommendation looks at them: chosen in the database, few of many."""

from collections.abc import Mapping, Set
from datetime import datetime
from math import cos, radians
from typing import Any, Final
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Float,
    Select,
    and_,
    cast,
    exists,
    func,
    literal,
    or_,
    select,
    true,
    type_coerce,
)
from sqlalchemy.dialects.postgresql import ARRAY, aggregate_order_by, array
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.types import NullType, String

from dispatch.domain.codes import Availability
from dispatch.domain.recommending.coverage import Free
from dispatch.domain.recommending.diverting import MAY_BE_DIVERTED
from dispatch.domain.recommending.model import OtherWork, Strength
from dispatch.domain.unit import CROSS_STAFFED, Unit
from dispatch.ports import Fleet, Wanted
from dispatch.tables import schema
from dispatch.tables.reading import everything, read_units
from gis.geometry import Point

ON_THE_WAY_MAX: Final = 300

_unit, _fix, _order = (
    schema.unit.columns,
    schema.unit_position.columns,
    schema.assignment.columns,
)
_FREE: Final = _unit.availability != Availability.NOT_AVAILABLE.value
_CREW_AWAY: Final = func.coalesce(_unit.out_reason == CROSS_STAFFED, False)


class SqlFleet:
    def __init__(
        self, connection: AsyncConnection, *, seen: ColumnElement[bool] | None = None
    ) -> None:
        self.connection = connection
        self._seen = true() if seen is None else seen

    async def near(self, wanted: Wanted, /) -> list[Unit]:
        able = _able({wanted.capability})
        where = [self._seen, able, or_(_FREE, _CREW_AWAY), *_staffed(wanted)]
        ids = (
            select(_unit.id)
            .select_from(schema.unit.outerjoin(schema.unit_position, _fix.unit_id == _unit.id))
            .where(*where)
            .order_by(*_order_of(wanted.near), _unit.callsign)
            .limit(wanted.limit)
        )
        return await self._units(_unit.id.in_(ids))

    async def strength(self, capabilities: Set[str], /) -> Mapping[str, Strength]:
        if not capabilities:
            return {}
        named = func.unnest(_unit.capabilities).table_valued("name").render_derived(name="has")
        busy = exists().where(_order.unit_id == _unit.id, _order.released_at.is_(None))
        rows = await self.connection.execute(
            select(
                named.c.name,
                func.count(),
                func.count().filter(_FREE),
                func.count().filter(busy),
                func.count().filter(and_(~_FREE, ~busy, _CREW_AWAY)),
            )
            .select_from(schema.unit.join(named, true()))
            .where(self._seen, named.c.name.in_(capabilities))
            .group_by(named.c.name)
        )
        return {
            name: Strength(total=total, free=free, assigned=assigned, cross_staffed=away)
            for name, total, free, assigned, away in rows
        }

    async def on_the_way(self, capabilities: Set[str], /, *, below: int) -> list[Unit]:
        incident = schema.incident.columns
        ids = (
            select(_order.unit_id)
            .join(schema.incident, incident.id == _order.incident_id)
            .where(_order.released_at.is_(None), incident.priority > below)
        )
        moving = _unit.activity.in_([one.value for one in MAY_BE_DIVERTED])
        where = and_(self._seen, moving, _able(capabilities), _unit.id.in_(ids))
        return await self._units(where, limit=ON_THE_WAY_MAX)

    async def work_at(self, incident_ids: Set[UUID], /) -> Mapping[UUID, OtherWork]:
        if not incident_ids:
            return {}
        row = schema.incident.columns
        rows = await self.connection.execute(
            select(row.id, row.number, row.type, row.priority, func.count(_order.id))
            .outerjoin(
                schema.assignment, and_(_order.incident_id == row.id, _order.released_at.is_(None))
            )
            .where(row.id.in_(incident_ids))
            .group_by(row.id)
        )
        return {
            identity: OtherWork(
                incident_id=identity, number=number, type=kind, priority=priority, others=at - 1
            )
            for identity, number, kind, priority, at in rows
        }

    async def named(self, unit_ids: Set[UUID], /) -> list[Unit]:
        return await self._units(_unit.id.in_(unit_ids)) if unit_ids else []

    async def free(self, capabilities: Set[str], /, *, since: datetime) -> list[Free]:
        def column(one: ColumnElement[Any]) -> ColumnElement[Any]:
            # Untyped: the driver's own lists, not copied value by value.
            return type_coerce(func.array_agg(aggregate_order_by(one, _unit.callsign)), NullType())

        rows = await self.connection.execute(
            select(
                _unit.capabilities,
                _unit.profile,
                *(column(one) for one in (_unit.id, _unit.callsign, _fix.lon, _fix.lat)),
            )
            .join(schema.unit_position, _fix.unit_id == _unit.id)
            .where(self._seen, _FREE, _able(capabilities), _fix.occurred_at >= since)
            .group_by(_unit.capabilities, _unit.profile)
            .order_by(_unit.capabilities, _unit.profile)
        )
        return [
            Free(
                capabilities=tuple(able),
                profile=profile,
                unit_ids=ids,
                callsigns=callsigns,
                lons=lons,
                lats=lats,
            )
            for able, profile, ids, callsigns, lons, lats in rows
        ]

    def within(self, *, agency: str | None, unit: UUID | None) -> Fleet:
        seen: list[ColumnElement[bool]] = [self._seen]
        if agency is not None:
            seen.append(_unit.agency == agency)
        if unit is not None:
            seen.append(_unit.id == unit)
        return SqlFleet(self.connection, seen=and_(*seen))

    async def _units(self, where: ColumnElement[bool], *, limit: int | None = None) -> list[Unit]:
        query: Select[Any] = everything(schema.unit).where(where).order_by(_unit.callsign)
        return await read_units(self.connection, query.limit(limit))


def _able(capabilities: Set[str]) -> ColumnElement[bool]:
    wanted = cast(array([literal(one) for one in sorted(capabilities)]), ARRAY(String(32)))
    return _unit.capabilities.op("&&")(wanted)


def _staffed(wanted: Wanted) -> list[ColumnElement[bool]]:
    """Crew and equipment; a unit on which nobody signed on may have any crew."""
    where: list[ColumnElement[bool]] = []
    if wanted.crew_min is not None:
        aboard = func.jsonb_array_length(_unit.crew)
        where.append(or_(aboard == 0, aboard >= wanted.crew_min))
    if wanted.equipment:
        things = cast(array([literal(one) for one in wanted.equipment]), ARRAY(String(64)))
        where.append(_unit.equipment.op("@>")(things))
    return where


def _order_of(near: Point | None) -> list[ColumnElement[Any]]:
    """By the straight line on a flat earth, which is right enough for an order within a city."""
    if near is None:
        return []
    east = (_fix.lon - near.lon) * cos(radians(near.lat))
    north = _fix.lat - near.lat
    return [cast(east * east + north * north, Float).asc().nulls_last()]
