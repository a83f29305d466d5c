"""Which incidents are protected, and who works on them: asked before anybody is shown anything."""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from dispatch.domain.call import CallState
from dispatch.domain.incident import OVER
from dispatch.tables.premises import premise
from dispatch.tables.schema import assignment, call, incident


@dataclass(frozen=True, slots=True, kw_only=True)
class Covered:
    """All protected incidents and premise notes, and the incident of each call to be covered."""

    incidents: frozenset[UUID]
    calls: dict[UUID, UUID]
    premises: frozenset[UUID]


async def protected_among(
    connection: AsyncConnection, incident_ids: Collection[UUID]
) -> dict[UUID, frozenset[UUID]]:
    """Return those of the incidents that are protected, each with the units at work on it now."""
    if not incident_ids:
        return {}
    row, order = incident.c, assignment.c
    found = await connection.execute(
        select(row.id, order.unit_id)
        .outerjoin(assignment, (order.incident_id == row.id) & order.released_at.is_(None))
        .where(row.id.in_(incident_ids), row.protected)
    )
    units: dict[UUID, set[UUID]] = {}
    for one in found:
        units.setdefault(one.id, set()).update({one.unit_id} - {None})
    return {identity: frozenset(at_it) for identity, at_it in units.items()}


async def incidents_of_calls(
    connection: AsyncConnection, call_ids: Collection[UUID]
) -> dict[UUID, UUID]:
    """Return the incident of each of the calls that is part of one."""
    if not call_ids:
        return {}
    row = call.c
    found = await connection.execute(
        select(row.id, row.incident_id).where(row.id.in_(call_ids), row.incident_id.is_not(None))
    )
    return {one.id: one.incident_id for one in found}


async def protected_premises_among(
    connection: AsyncConnection, premise_ids: Collection[UUID]
) -> frozenset[UUID]:
    """Return those of the premise notes that are protected now."""
    if not premise_ids:
        return frozenset()
    row = premise.c
    return frozenset(
        await connection.scalars(select(row.id).where(row.id.in_(premise_ids), row.protected))
    )


async def covered_now(connection: AsyncConnection) -> Covered:
    """Return what the live stream has to cover, and the calls whose incident may become so."""
    row, linked = incident.c, call.c
    protected = await connection.scalars(select(row.id).where(row.protected))
    over = [status.value for status in OVER]
    tied = await connection.execute(
        select(linked.id, linked.incident_id)
        .join(incident, row.id == linked.incident_id)
        .where(linked.state == CallState.LINKED, or_(row.protected, row.status.not_in(over)))
    )
    notes = await connection.scalars(select(premise.c.id).where(premise.c.protected))
    return Covered(
        incidents=frozenset(protected),
        calls={one.id: one.incident_id for one in tied},
        premises=frozenset(notes),
    )
