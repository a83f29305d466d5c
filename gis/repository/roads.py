"""The stored road network, as the routing graph needs it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from gis.tables import road_edge, turn_ban

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection

EDGES_PER_READ = 50_000


@dataclass(frozen=True, slots=True)
class EdgeRow:
    """A drivable edge as stored; `wkb` is its line."""

    id: int
    from_node: int
    to_node: int
    direction: int
    length_m: float
    maxspeed_mps: float | None
    road_class: str
    wkb: bytes


async def drivable_edges(connection: AsyncConnection) -> list[EdgeRow]:
    """Every edge a vehicle may use, by id."""
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
            func.st_asbinary(edge.geom),
        )
        .where(edge.drivable)
        .order_by(edge.id)
        .limit(EDGES_PER_READ)
    )
    rows: list[EdgeRow] = []
    last = 0
    # In steps, so that no single query of a large city meets the statement timeout.
    while found := (await connection.execute(statement.where(edge.id > last))).all():
        rows.extend(EdgeRow(*row) for row in found)
        last = rows[-1].id
    return rows


async def turn_bans(connection: AsyncConnection) -> list[tuple[int, int, int]]:
    """(from edge, via node, to edge) of each forbidden turn."""
    ban = turn_ban.c
    found = await connection.execute(select(ban.from_edge, ban.via_node, ban.to_edge))
    return [(int(a), int(node), int(b)) for a, node, b in found]
