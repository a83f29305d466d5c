"""Measures journeys, areas in reach and closures, beside the bare search and pgRouting."""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra
from shapely.geometry import box

from gis.geometry import Point
from gis.routing import Barrier, RoadGraph, Router, load_router
from gis.routing.combined import NEAREST
from gis.routing.router import build_router
from gis.routing.weights import edge_seconds, turn_seconds
from gis.travel import Profile
from ops_center.bench.chessboard import chessboard
from ops_center.bench.pgrouting import PgRoads, installed
from ops_center.bench.place import BenchPlace
from ops_center.bench.report import Measurement, percentile
from ops_center.kernel.ids import new_id
from ops_center.simulator.centre import Centre

UNITS: Final = 200
ROUNDS: Final = 40
ROUNDS_OF_OTHERS: Final = 12
WARM_UP: Final = 2
REACH_S: Final = 600.0
SIDE: Final = 214  # 182,328 directed edges, a city 27 km across
BOARD_WITH: Final = "Helsinki"  # once in a run is enough
PROFILE: Final = Profile.PATROL
CLOSED_WITHIN_S: Final = 2.0
CLOSE_M: Final = 0.004  # degrees, half the side of the square that is closed: some 60 blocks
ASKED_EVERY_S: Final = 0.02


@dataclass(frozen=True, slots=True)
class _City:
    """One network to measure on: its name in the table, and repeatable chance."""

    name: str
    router: Router
    rng: random.Random
    # A search of a town takes less than asking for it: aims are for a city that needs a search.
    has_aims: bool

    @property
    def graph(self) -> RoadGraph:
        graph = self.router.graph_of(PROFILE)
        assert graph is not None, "the city has roads"
        return graph

    def point(self) -> Point:
        edges = self.graph.network.edges
        vertex = self.rng.randrange(len(edges.lons))
        return Point(lon=float(edges.lons[vertex]), lat=float(edges.lats[vertex]))


async def measure(place: BenchPlace) -> list[Measurement]:
    """Return the figures of the imported city, and of a chessboard the size of a capital."""
    async with place.database.reading() as connection:
        imported = await load_router(connection)
    cities = [_City("", imported, place.rng("routing"), has_aims=False)]
    if place.name == BOARD_WITH:
        board = await asyncio.to_thread(lambda: build_router(chessboard(SIDE)))
        cities.append(_City("chessboard 27 km: ", board, place.rng("board"), has_aims=True))
    has_pgrouting = await installed(place.database)
    if not has_pgrouting:
        place.say("pgRouting is left out: postgresql-*-pgrouting is not there and cannot be added.")
    measured: list[Measurement] = []
    for city in cities:
        measured += await asyncio.to_thread(_against_bare_search, city)
        measured += [await asyncio.to_thread(_closing, city)]
        if has_pgrouting:
            measured += await _against_pgrouting(place, city)
    measured.append(await _drawn_to_avoided(place))
    return measured


def _against_bare_search(city: _City) -> list[Measurement]:
    units = [city.point() for _ in range(UNITS)]
    bare = _bare_search(city)
    size = f"{city.graph.network.directed_count:,} directed edges"
    asked: list[tuple[str, Callable[[], object], float]] = [
        (
            f"travel times 1x{UNITS}, nearest {NEAREST} exact, p95",
            lambda: city.router.travel_times(to=city.point(), origins=units, nearest=NEAREST),
            1.0,
        ),
        (
            f"travel times 1x{UNITS}, all exact, p95",
            lambda: city.router.travel_times(to=city.point(), origins=units),
            3.0,
        ),
        (
            "route with steps, p95",
            lambda: city.router.route(start=city.point(), end=city.point()),
            4.0,
        ),
        (
            f"area in reach of {REACH_S / 60:.0f} min, p95",
            lambda: city.router.reach(start=city.point(), seconds=REACH_S),
            6.0,
        ),
    ]
    found = []
    for name, ask, aim in asked:
        # By turns, so that a machine busy with something else is as busy for both.
        pairs = [(_took_ms(bare), _took_ms(ask)) for _ in range(ROUNDS + WARM_UP)][WARM_UP:]
        reference, ours = [one for one, _ in pairs], [one for _, one in pairs]
        found.append(
            Measurement(
                name=f"{city.name}{name}",
                unit="ms",
                ours=percentile(ours, 0.95),
                reference=percentile(reference, 0.95),
                reference_name="bare scipy dijkstra, whole network",
                aim=aim if city.has_aims else None,
                note=size,
                details={"p50": percentile(ours, 0.5), "reference p50": percentile(reference, 0.5)},
            )
        )
    return found


def _bare_search(city: _City) -> Callable[[], object]:
    """One search over all turns, without anything around it."""
    network = city.graph.network
    cost = turn_seconds(network, PROFILE)
    cost = cost + edge_seconds(network, PROFILE, None)[network.turn_to]
    size = network.directed_count
    turns = csr_array((cost, (network.turn_to, network.turn_from)), shape=(size, size))

    def search() -> object:
        return dijkstra(turns, indices=city.rng.randrange(size), return_predecessors=True)

    return search


def _closing(city: _City) -> Measurement:
    """Closing and opening a square of streets, beside building the network anew."""
    began = time.perf_counter()
    RoadGraph(city.graph.network.edges, city.graph.mode)
    built = (time.perf_counter() - began) * 1e3
    edges = city.graph.network.edges
    lon, lat = float(np.median(edges.lons)), float(np.median(edges.lats))
    square = box(lon - CLOSE_M, lat - CLOSE_M, lon + CLOSE_M, lat + CLOSE_M)
    barrier = Barrier(id=new_id(), area=square, along=None, civil_only=False)
    closed = city.graph.close([barrier])
    place = city.point()

    def toggle(barriers: list[Barrier]) -> None:
        """Close or open, and ask for a journey of no length, which writes it into the weights."""
        city.router.close(barriers)
        city.router.travel_times(to=place, origins=[place])

    took = []
    for _ in range(ROUNDS // 2):
        took.append(_took_ms(lambda: toggle([barrier])))
        took.append(_took_ms(lambda: toggle([])))
    return Measurement(
        name=f"{city.name}a closure drawn or lifted in one process, p95",
        unit="ms",
        ours=percentile(took, 0.95),
        reference=built,
        reference_name="building the network anew",
        aim=0.1 if city.has_aims else None,
        note=f"an area over {closed} streets, and the first question after it",
        details={"p50": percentile(took, 0.5)},
    )


async def _against_pgrouting(place: BenchPlace, city: _City) -> list[Measurement]:
    place.say("asking pgRouting the same …")
    theirs, rng = PgRoads(place.database, city.graph, PROFILE), place.rng("pgrouting")
    units = [city.point() for _ in range(UNITS)]
    asked: list[tuple[str, Callable[[], Awaitable[float]], Callable[[], object]]] = [
        (
            f"travel times 1x{UNITS}",
            lambda: theirs.times(rng, units=UNITS),
            lambda: city.router.travel_times(to=city.point(), origins=units),
        ),
        (
            "route",
            lambda: theirs.route(rng),
            lambda: city.router.route(start=city.point(), end=city.point()),
        ),
        (
            f"reach of {REACH_S / 60:.0f} min",
            lambda: theirs.reach(rng, seconds=REACH_S),
            lambda: city.router.reach(start=city.point(), seconds=REACH_S),
        ),
    ]
    await theirs.write()
    try:
        return [await _beside(city, name, their, our) for name, their, our in asked]
    finally:
        await theirs.drop()


async def _beside(
    city: _City,
    name: str,
    theirs: Callable[[], Awaitable[float]],
    ours: Callable[[], object],
) -> Measurement:
    """Both asked by turns."""
    pairs = [
        (await theirs(), await asyncio.to_thread(_took_ms, ours))
        for _ in range(ROUNDS_OF_OTHERS + WARM_UP)
    ][WARM_UP:]
    reference, took = [one for one, _ in pairs], [one for _, one in pairs]
    return Measurement(
        name=f"{city.name}{name} against pgRouting, p95",
        unit="ms",
        ours=percentile(took, 0.95),
        reference=percentile(reference, 0.95),
        reference_name="pgRouting, same streets",
        aim=1.0 if city.has_aims and not name.startswith("reach") else None,
        note="pgRouting knows no turns and draws no area",
        details={"p50": percentile(took, 0.5), "reference p50": percentile(reference, 0.5)},
    )


async def _drawn_to_avoided(place: BenchPlace) -> Measurement:
    """From the command that closes a road until the route over HTTP goes around it."""
    url, rng = place.centre.url, place.rng("closing")
    async with Centre(url, place.centre.token("dispatcher"), rng=rng) as desk:
        took = [await _close_and_wait(place, desk) for _ in range(5)]
    return Measurement(
        name="closure drawn until the route goes around it",
        unit="s",
        ours=percentile(took, 0.95),
        reference=CLOSED_WITHIN_S,
        reference_name="the promise",
        aim=1.0,
        note="over HTTP, command and route both",
    )


async def _close_and_wait(place: BenchPlace, desk: Centre) -> float:
    journey = _across(place)
    free = await desk.get("/route", **journey)
    path = free["geometry"]["coordinates"]
    disc = {"type": "Point", "coordinates": path[len(path) // 2]}
    began = time.perf_counter()
    closure = await desk.post(
        "/closures", {"geometry": disc, "radius_m": 20, "reason": "bench", "applies_to": "all"}
    )
    try:
        await _until(desk, journey, lambda way: bool(way["geometry"] != free["geometry"]))
        return time.perf_counter() - began
    finally:
        await desk.post(f"/closures/{closure['id']}/lift", {})
        await _until(desk, journey, lambda way: bool(way["geometry"] == free["geometry"]))


async def _until(
    desk: Centre, journey: dict[str, Any], reached: Callable[[dict[str, Any]], bool]
) -> None:
    """Ask for the journey again and again until it is as wished."""
    async with asyncio.timeout(3 * CLOSED_WITHIN_S):
        while not reached(await desk.get("/route", **journey)):  # noqa: ASYNC110
            await asyncio.sleep(ASKED_EVERY_S)


def _across(place: BenchPlace) -> dict[str, Any]:
    """A journey through the middle of the city, as the query asks for it."""
    area = place.extent
    east, north = (area.east - area.west) / 3, (area.north - area.south) / 3
    return {
        "from": f"{area.west + east},{area.south + north}",
        "to": f"{area.east - east},{area.north - north}",
        "engine": "graph",
        "profile": PROFILE.value,
    }


def _took_ms(ask: Callable[[], object]) -> float:
    began = time.perf_counter()
    ask()
    return (time.perf_counter() - began) * 1e3
