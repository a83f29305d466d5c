"""The same questions to pgRouting over the same roads, in the database of the measured place."""

import asyncio
import os
import random
import shutil
import time
from collections.abc import Mapping
from typing import Final

import numpy as np
from sqlalchemy import TextClause, text
from sqlalchemy.exc import DBAPIError

from gis.routing import RoadGraph
from gis.routing.weights import edge_seconds
from gis.travel import Profile
from ops_center.kernel.database import Database

INSTALL_WITHIN_S: Final = 180.0
# No turns: pgRouting searches crossings, our engine searches turns, which is four times the work.
EDGES: Final = "select id, source, target, cost, reverse_cost from bench_road"
BACK: Final = (
    "select id, source, target, reverse_cost as cost, cost as reverse_cost from bench_road"
)
# ruff: noqa: S608  made of the two constants above
TIMES: Final = text(
    f"select count(*) from pgr_dijkstraCost('{BACK}', cast(:place as bigint), "
    "cast(:places as bigint[]), true)"
)
ROUTE: Final = text(
    f"select count(*) from pgr_dijkstra('{EDGES}', cast(:place as bigint), "
    "cast(:other as bigint), true)"
)
REACH: Final = text(
    f"select count(*) from pgr_drivingDistance('{EDGES}', cast(:place as bigint), "
    "cast(:seconds as float8), true)"
)


async def installed(database: Database) -> bool:
    """Whether pgRouting is there, installed by the system's package manager if it can be."""
    if await _created(database):
        return True
    async with database.reading() as connection:
        version = int(await connection.scalar(text("show server_version_num")) or 0) // 10_000
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        return False
    process = await asyncio.create_subprocess_exec(
        *("apt-get", "install", "-y", "--no-install-recommends", f"postgresql-{version}-pgrouting"),
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        await asyncio.wait_for(process.wait(), INSTALL_WITHIN_S)
    except TimeoutError:
        process.terminate()
        await process.wait()
        return False
    return await _created(database)


async def _created(database: Database) -> bool:
    try:
        async with database.engine.begin() as connection:
            await connection.execute(text("create extension if not exists pgrouting"))
    except DBAPIError:
        return False
    return True


class PgRoads:
    """One network as pgRouting wants it, and the time it takes to answer."""

    def __init__(self, database: Database, graph: RoadGraph, profile: Profile) -> None:
        self._database = database
        self._graph = graph
        self._profile = profile
        self._nodes: list[int] = []

    async def write(self) -> None:
        """Write the network to a table, which `drop` takes away again."""
        network = self._graph.network
        edges, count = network.edges, len(network.edges.ids)
        seconds = edge_seconds(network, self._profile, None)
        cost, back = np.full(count, -1.0), np.full(count, -1.0)
        cost[network.edge[network.forward]] = seconds[network.forward]
        back[network.edge[~network.forward]] = seconds[~network.forward]
        columns = (edges.ids, edges.from_nodes, edges.to_nodes, cost, back)
        async with self._database.engine.begin() as connection:
            await connection.execute(text("drop table if exists bench_road"))
            await connection.execute(
                text(
                    "create table bench_road as select * from unnest(:a ::bigint[], :b ::bigint[], "
                    ":c ::bigint[], :d ::float8[], :e ::float8[]) "
                    "as r(id, source, target, cost, reverse_cost)"
                ),
                {name: column.tolist() for name, column in zip("abcde", columns, strict=True)},
            )
        driven = np.zeros(count, bool)
        driven[network.edge] = True
        self._nodes = np.unique(edges.from_nodes[driven]).tolist()

    async def times(self, rng: random.Random, *, units: int) -> float:
        """`units` to one, by one search in the reversed network: milliseconds."""
        return await self._ms(TIMES, {"place": self._one(rng), "places": self._some(rng, units)})

    async def route(self, rng: random.Random) -> float:
        """One journey: milliseconds."""
        return await self._ms(ROUTE, {"place": self._one(rng), "other": self._one(rng)})

    async def reach(self, rng: random.Random, *, seconds: float) -> float:
        """The crossings reached in time, without an area around them: milliseconds."""
        return await self._ms(REACH, {"place": self._one(rng), "seconds": seconds})

    async def drop(self) -> None:
        async with self._database.engine.begin() as connection:
            await connection.execute(text("drop table if exists bench_road"))

    async def _ms(self, question: TextClause, values: Mapping[str, object]) -> float:
        async with self._database.engine.connect() as connection:
            began = time.perf_counter()
            await connection.execute(question, dict(values))
            return (time.perf_counter() - began) * 1e3

    def _one(self, rng: random.Random) -> int:
        return rng.choice(self._nodes)

    def _some(self, rng: random.Random, count: int) -> list[int]:
        return rng.sample(self._nodes, min(count, len(self._nodes)))
