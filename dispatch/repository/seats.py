"""Who and what is signed on to which unit: the database itself holds that each is on one only."""

from collections.abc import Mapping, Set
from uuid import UUID

from sqlalchemy import delete, insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from dispatch.domain.crewing import seated_elsewhere
from dispatch.domain.unit import Unit
from dispatch.tables import schema
from dispatch.tables.shifts import SEAT_KEY, seat


async def holders(connection: AsyncConnection, keys: Set[str]) -> Mapping[str, tuple[UUID, str]]:
    """Return the unit (id, callsign) of each of these that is signed on."""
    if not keys:
        return {}
    unit = schema.unit.columns
    found = await connection.execute(
        select(seat.c.holder, seat.c.unit_id, unit.callsign)
        .join(schema.unit, unit.id == seat.c.unit_id)
        .where(seat.c.holder.in_(keys))
    )
    return {row.holder: (row.unit_id, row.callsign) for row in found}


async def change_seats(
    connection: AsyncConnection, unit: Unit, *, had: Set[str], has: Set[str]
) -> None:
    """Free the seats that were left and take the new ones; Conflict when somebody was quicker."""
    if left := had - has:
        await connection.execute(
            delete(seat).where(seat.c.unit_id == unit.id, seat.c.holder.in_(left))
        )
    if not (taken := sorted(has - had)):
        return
    try:
        # A savepoint, so that after a refusal we can still ask who has it.
        async with connection.begin_nested():
            rows = [{"holder": holder, "unit_id": unit.id} for holder in taken]
            await connection.execute(insert(seat), rows)
    except IntegrityError as error:
        if SEAT_KEY not in str(error.orig):
            raise
        present = await holders(connection, set(taken))
        holder, (unit_id, callsign) = next(iter(sorted(present.items())))
        raise seated_elsewhere(holder, callsign=callsign, unit_id=unit_id) from error
