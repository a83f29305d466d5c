"""Tells when the closures in force are others than before: drawn, lifted, begun or run out."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from gis.closures.closure import Closure, barrier_of, in_force
from gis.closures.repository import CLOSURES, open_closures
from gis.repository.speeds import LEARNED, revisions
from gis.routing.learning import learned_pace
from gis.routing.pace import Pace
from gis.routing.port import Barrier


class RoadFollower:
    """Remembers what it gave out; each refresh costs one query of a few rows when all is quiet."""

    def __init__(self) -> None:
        self._seen: dict[str, int] = {}
        self._drawn: Sequence[Closure] = ()
        self._told: dict[UUID, int] = {}

    async def closures(self, connection: AsyncConnection, now: datetime) -> list[Barrier] | None:
        """Return the closures in force now; None when they are the same as last time."""
        if await self._moved(connection, CLOSURES):
            self._drawn = await open_closures(connection)
        holding = [one for one in self._drawn if in_force(one, now)]
        versions = {one.id: one.version for one in holding}
        if versions == self._told:
            return None
        self._told = versions
        return [barrier_of(one) for one in holding]

    async def pace(self, connection: AsyncConnection) -> Pace | None:
        """Return the learned speeds; None when nothing was learnt since last time."""
        if await self._moved(connection, LEARNED):
            return await learned_pace(connection)
        return None

    async def _moved(self, connection: AsyncConnection, subject: str) -> bool:
        revision = (await revisions(connection)).get(subject, 0)
        moved = revision != self._seen.get(subject, 0)
        self._seen[subject] = revision
        return moved
