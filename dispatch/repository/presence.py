"""Who looks at which incident: a beat every few seconds, gone soon after the last one.

The database's own clock times both ends, so that several processes and hosts agree.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import case, delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from dispatch.tables.premises import looking
from dispatch.tables.reading import everything, read_incidents
from dispatch.tables.schema import incident

GONE_AFTER: Final = timedelta(seconds=15)
FORGOTTEN_AFTER: Final = timedelta(minutes=5)
LOOKERS_MAX: Final = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """Who has one incident open, since when, and who may be told of it."""

    incident_id: UUID
    audience: tuple[str, ...]
    users: tuple[tuple[str, datetime], ...]


async def beat(connection: AsyncConnection, incident_id: UUID, username: str) -> None:
    """Say that this person has the incident on the screen now."""
    now = func.clock_timestamp()
    row = looking.c
    first = insert(looking).values(
        incident_id=incident_id, username=username, since=now, beat_at=now
    )
    came_back = row.beat_at < now - GONE_AFTER
    again = first.on_conflict_do_update(
        index_elements=[row.incident_id, row.username],
        set_={"since": case((came_back, now), else_=row.since), "beat_at": now},
    )
    await connection.execute(again)


async def look_away(connection: AsyncConnection, incident_id: UUID, username: str) -> None:
    """Say that this person no longer has the incident on the screen."""
    row = looking.c
    await connection.execute(
        delete(looking).where(row.incident_id == incident_id, row.username == username)
    )


async def lookers(connection: AsyncConnection) -> list[Looked]:
    """Return every incident that somebody has on the screen now."""
    row = looking.c
    found = await connection.execute(
        select(row.incident_id, row.username, row.since)
        .where(row.beat_at > func.clock_timestamp() - GONE_AFTER)
        .order_by(row.incident_id, row.since, row.username)
        .limit(LOOKERS_MAX)
    )
    users: dict[UUID, list[tuple[str, datetime]]] = {}
    for one in found:
        users.setdefault(one.incident_id, []).append((one.username, one.since))
    if not users:
        return []
    held = await read_incidents(
        connection, everything(incident).where(incident.c.id.in_(list(users)))
    )
    return [
        Looked(incident_id=one.id, audience=one.audience, users=tuple(users[one.id]))
        for one in held
    ]


async def lookers_of(connection: AsyncConnection, incident_id: UUID) -> list[tuple[str, datetime]]:
    """Return who has that incident on the screen now, and since when."""
    row = looking.c
    found = await connection.execute(
        select(row.username, row.since)
        .where(
            row.incident_id == incident_id,
            row.beat_at > func.clock_timestamp() - GONE_AFTER,
        )
        .order_by(row.since, row.username)
        .limit(LOOKERS_MAX)
    )
    return [(one.username, one.since) for one in found]


async def forget_lookers(connection: AsyncConnection) -> int:
    """Delete what nobody beats any more and return how many rows."""
    gone = await connection.execute(
        delete(looking).where(looking.c.beat_at < func.clock_timestamp() - FORGOTTEN_AFTER)
    )
    return gone.rowcount
