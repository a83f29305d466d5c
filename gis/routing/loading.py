"""Reads the road network from the database, or from the file kept since the last start."""

from __future__ import annotations

import asyncio
from dataclasses import fields
from typing import TYPE_CHECKING

import numpy as np
import shapely
import structlog

from gis import repository
from gis.routing.edges import EdgeArrays
from gis.routing.router import Router, build_router
from gis.routing.rules import ACCESS_OF, ROUGH_SURFACES, Access

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from sqlalchemy.ext.asyncio import AsyncConnection

_log = structlog.get_logger(__name__)


async def load_router(connection: AsyncConnection, *, cache_dir: Path | None = None) -> Router:
    """The router of the imported city; without a city one that only estimates.

    The arrays are kept in `cache_dir`, one file for each import, so a restart needs no query.
    """
    city = await repository.city_of(connection)
    if city is None:
        return Router()
    cached = None if cache_dir is None else cache_dir / f"roads-{city.import_id}.npz"
    edges = None if cached is None else await asyncio.to_thread(_from_cache, cached)
    if edges is None:
        edges = await load_edges(connection)
        if cached is not None:
            await asyncio.to_thread(_to_cache, edges, cached)
    return await asyncio.to_thread(build_router, edges)


async def load_edges(connection: AsyncConnection) -> EdgeArrays:
    """The roads as stored. Raises Invalid when there is none."""
    bans = await repository.turn_bans(connection)
    # A row takes some ten times the room of its numbers: each step is packed before the next.
    parts = [
        await asyncio.to_thread(edge_arrays, rows)
        async for rows in repository.travel_edges(connection)
    ]
    return await asyncio.to_thread(_joined, parts or [edge_arrays([])], bans)


def _joined(parts: Sequence[EdgeArrays], bans: Sequence[tuple[int, int, int]]) -> EdgeArrays:
    """One set of arrays from those of each step; names and lines are counted through."""
    names, name_of = np.unique(np.concatenate([p.names for p in parts]), return_inverse=True)
    offsets = np.cumsum([0, *(len(part.names) for part in parts)])
    lengths = np.concatenate([np.diff(part.starts) for part in parts])
    whole = {
        field.name: np.concatenate([getattr(part, field.name) for part in parts])
        for field in fields(EdgeArrays)
        if field.name not in {"names", "name_of", "starts", "bans"}
    }
    return EdgeArrays(
        **whole,
        starts=np.concatenate(([0], np.cumsum(lengths))).astype(np.int64),
        bans=np.array(bans, np.int64).reshape(-1, 3),
        name_of=np.concatenate(
            [name_of[part.name_of + start] for part, start in zip(parts, offsets, strict=False)]
        ).astype(np.int64),
        names=names,
    )


def edge_arrays(rows: Sequence[repository.EdgeRow]) -> EdgeArrays:
    """Arrays for the graph from rows of the edge table, without bans."""
    lines = shapely.from_wkb([row.wkb for row in rows])
    coordinates = shapely.get_coordinates(lines)
    counts = shapely.get_num_coordinates(lines)
    limits = [np.nan if row.maxspeed_mps is None else row.maxspeed_mps for row in rows]
    access = [ACCESS_OF.get(row.access or "", Access.OPEN) for row in rows]
    names, name_of = np.unique([row.name or "" for row in rows] or [""], return_inverse=True)
    return EdgeArrays(
        ids=np.array([row.id for row in rows], np.int64),
        from_nodes=np.array([row.from_node for row in rows], np.int64),
        to_nodes=np.array([row.to_node for row in rows], np.int64),
        direction=np.array([row.direction for row in rows], np.int64),
        length_m=np.array([row.length_m for row in rows], np.float64),
        maxspeed_mps=np.array(limits, np.float64),
        classes=np.array([row.road_class for row in rows]),
        lons=np.ascontiguousarray(coordinates[:, 0]),
        lats=np.ascontiguousarray(coordinates[:, 1]),
        starts=np.concatenate(([0], np.cumsum(counts))).astype(np.int64),
        bans=np.empty((0, 3), np.int64),
        way_ids=np.array([row.way_id for row in rows], np.int64),
        drivable=np.array([row.drivable for row in rows], bool),
        walkable=np.array([row.walkable for row in rows], bool),
        access=np.array(access, np.int64),
        rough=np.array([row.surface in ROUGH_SURFACES for row in rows], bool),
        name_of=name_of.astype(np.int64),
        names=names,
    )


def _from_cache(path: Path) -> EdgeArrays | None:
    if not path.exists():
        return None
    try:
        return EdgeArrays.load(path)
    except (ValueError, OSError, KeyError) as wrong:
        _log.warning("road_cache.unreadable", path=path.name, error=str(wrong))
        return None


def _to_cache(edges: EdgeArrays, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    for former in path.parent.glob("roads-*.npz"):
        former.unlink(missing_ok=True)
    edges.save(path)
