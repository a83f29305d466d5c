"""The stored road network, as the routing graph needs it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import func, or_, select

from gis.tables import road_edge, turn_ban

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from sqlalchemy.ext.asyncio import AsyncConnection

EDGES_PER_READ = 50_000


@dataclass(frozen=True, slots=True)
class EdgeRow:
    """An edge as stored; `wkb` is its line, `surface` and `access` the tags as written."""

    id: int
    from_node: int
    to_node: int
    direction: int
    length_m: float
    maxspeed_mps: float | None
    road_class: str
    way_id: int
    drivable: bool
    walkable: bool
    name: str | None
    surface: str | None
    access: str | None
    wkb: bytes


async def travel_edges(connection: AsyncConnection) -> AsyncIterator[list[EdgeRow]]:
    """Every edge that can be driven or walked, by id, some 50,000 at a time.

    In steps, so that no query of a whole country meets the statement timeout, and no reader has
    to hold all rows at once.
    """
    edge = road_edge.c
    statement = (
        select(
            edge.id,
            edge.from_node,
            edge.to_node,
            edge.direction,
            edge.length_m,
            edge.maxspeed_mps,
            edge["class"],
            edge.way_id,
            edge.drivable,
            edge.walkable,
            edge.name,
            edge.surface,
            edge.access,
            func.st_asbinary(edge.geom),
        )
        .where(or_(edge.drivable, edge.walkable))
        .order_by(edge.id)
        .limit(EDGES_PER_READ)
    )
    last = 0
    while found := (await connection.execute(statement.where(edge.id > last))).all():
        yield [EdgeRow(*tuple(row)) for row in found]
        last = found[-1].id


async def turn_bans(connection: AsyncConnection) -> list[tuple[int, int, int]]:
    """(from edge, via node, to edge) of each forbidden turn."""
    ban = turn_ban.c
    found = await connection.execute(select(ban.from_edge, ban.via_node, ban.to_edge))
    return [(int(a), int(node), int(b)) for a, node, b in found]
