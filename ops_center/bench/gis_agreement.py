"""Measures how far the two routing engines agree on the seconds of a journey, and what each costs.

Valhalla is asked twice: with tiles as its own builder makes them, and with the speeds and rules of
the graph written into them.
"""

import asyncio
import math
import tempfile
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import shapely

from gis.geometry import Point
from gis.routing import EdgeArrays, Router, load_edges, load_router
from gis.routing.port import Barrier
from gis.routing.valhalla import EXACT_MAX, ValhallaRouter, build_tiles
from gis.routing.valhalla.service import Launcher, RunFile
from gis.travel import Profile, TravelTime
from ops_center.bench.place import BenchPlace
from ops_center.bench.report import Measurement, percentile
from ops_center.kernel.ids import new_id

JOURNEYS: Final = 300
AT_ONCE: Final = 2
TIMED: Final = 60
CLOSURES: Final = 20
CLOSURE_DEGREES: Final = 0.0003
# Below this a second or two of turning is a large share of nothing.
SECONDS_MIN: Final = 30.0
START_LIMIT_S: Final = 30.0
ASK_EVERY_S: Final = 0.05
PERCENT: Final = 100.0

Pair = tuple[Point, Point]


@dataclass(frozen=True, slots=True, kw_only=True)
class _City:
    osm: Path
    edges: EdgeArrays
    graph: Router
    pairs: list[Pair]


async def measure(place: BenchPlace) -> list[Measurement]:
    """Return the agreement for each profile, and the milliseconds of exact times and closures."""
    async with place.database.reading() as connection:
        edges = await load_edges(connection)
        graph = await load_router(connection)
    city = _City(osm=place.osm, edges=edges, graph=graph, pairs=_pairs(place, graph))
    with tempfile.TemporaryDirectory(prefix="ops-bench-routing-") as folder:
        place.say("Valhalla with its own speeds …")
        async with _service(Path(folder, "own"), city, None) as valhalla:
            before = {one: await _times(valhalla, city.pairs, one) for one in Profile}
        place.say("Valhalla with the graph's …")
        async with _service(Path(folder, "ours"), city, edges) as valhalla:
            after = {one: await _times(valhalla, city.pairs, one) for one in Profile}
            costs = [await _exact_ms(valhalla, city), await _closure_ms(valhalla, city)]
    return [*(_agreement(city, one, before[one], after[one]) for one in Profile), *costs]


def _pairs(place: BenchPlace, graph: Router) -> list[Pair]:
    """Places on roads: what lies beside them is counted alike by both and would flatter us."""
    points = [graph.snapped(one) for one in place.points("agreement", 4 * JOURNEYS)]
    on_road = [one for one in points if one is not None]
    pairs = list(zip(on_road[::2], on_road[1::2], strict=False))
    return pairs[:JOURNEYS]


@asynccontextmanager
async def _service(
    folder: Path, city: _City, edges: EdgeArrays | None
) -> AsyncIterator[ValhallaRouter]:
    """The service over tiles of its own in `folder`."""
    await asyncio.to_thread(build_tiles, city.osm, folder, import_id=new_id(), edges=edges)
    launcher, router = Launcher(folder), ValhallaRouter(folder)
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(launcher.run())
        try:
            async with asyncio.timeout(START_LIMIT_S):
                while RunFile.read(folder) is None:  # noqa: ASYNC110  a file has no event
                    await asyncio.sleep(ASK_EVERY_S)
            yield router
        finally:
            await router.aclose()
            launcher.stopping.set()


async def _times(
    valhalla: ValhallaRouter, pairs: Sequence[Pair], profile: Profile
) -> list[TravelTime]:
    """A whole search for each pair."""
    found: dict[int, TravelTime] = {}
    waiting = iter(enumerate(pairs))

    async def lane() -> None:
        for number, (start, end) in waiting:
            times = await valhalla.travel_times(origins=[start], to=end, profile=profile)
            found[number] = times[0]

    async with asyncio.TaskGroup() as tasks:
        for _ in range(AT_ONCE):
            tasks.create_task(lane())
    return [found[number] for number in range(len(pairs))]


def _agreement(
    city: _City, profile: Profile, before: list[TravelTime], after: list[TravelTime]
) -> Measurement:
    graph = [
        city.graph.travel_times(to=end, origins=[start], profile=profile)[0]
        for start, end in city.pairs
    ]
    ratios, former = _ratios(after, graph), _ratios(before, graph)
    one_sided = sum(a.reachable != b.reachable for a, b in zip(after, graph, strict=True))
    return Measurement(
        name=f"engines differ on a journey by {profile}, median",
        unit="%",
        ours=percentile(_apart(ratios), 0.5),
        reference=percentile(_apart(former), 0.5),
        reference_name="Valhalla with its own speeds",
        note=f"{len(ratios)} journeys; ratio = Valhalla / graph",
        details={
            "p95 %": percentile(_apart(ratios), 0.95),
            "reference p95 %": percentile(_apart(former), 0.95),
            "ratio p50": percentile(ratios, 0.5),
            "ratio p5": percentile(ratios, 0.05),
            "ratio p95": percentile(ratios, 0.95),
            "reference ratio p50": percentile(former, 0.5),
            "only one engine finds a way": one_sided,
        },
    )


def _ratios(valhalla: list[TravelTime], graph: list[TravelTime]) -> list[float]:
    return [
        mine.seconds / theirs.seconds
        for mine, theirs in zip(valhalla, graph, strict=True)
        if mine.seconds and theirs.seconds and theirs.seconds >= SECONDS_MIN
    ]


def _apart(ratios: Sequence[float]) -> list[float]:
    """How far from equal, in per cent, either way."""
    return [(math.exp(abs(math.log(one))) - 1) * PERCENT for one in ratios]


async def _exact_ms(valhalla: ValhallaRouter, city: _City) -> Measurement:
    """The exact times of the best five, as a recommendation asks for them."""
    ours, bare = [], []
    for number in range(TIMED):
        to = city.pairs[number % len(city.pairs)][1]
        origins = [start for start, _ in city.pairs[number : number + EXACT_MAX]]
        began = time.perf_counter()
        await valhalla.travel_times(origins=origins, to=to, profile=Profile.PATROL)
        ours.append((time.perf_counter() - began) * 1e3)
        began = time.perf_counter()
        city.graph.travel_times(to=to, origins=origins, profile=Profile.PATROL)
        bare.append((time.perf_counter() - began) * 1e3)
    return Measurement(
        name=f"exact times of {EXACT_MAX} units, p95",
        unit="ms",
        ours=percentile(ours, 0.95),
        reference=percentile(bare, 0.95),
        reference_name="the graph, same origins",
        note="added to a recommendation, and cut off there",
        details={"p50": percentile(ours, 0.5), "reference p50": percentile(bare, 0.5)},
    )


async def _closure_ms(valhalla: ValhallaRouter, city: _City) -> Measurement:
    """From a closure handed over to a journey that avoids it, beside the journey alone."""
    closing, alone, changed = [], [], 0
    for start, end in city.pairs[:CLOSURES]:
        began = time.perf_counter()
        way = (await valhalla.route(start=start, end=end, profile=Profile.PATROL)).line
        alone.append((time.perf_counter() - began) * 1e3)
        if len(way) <= 2:
            continue
        middle = way[len(way) // 2]
        area = shapely.Point(middle.lon, middle.lat).buffer(CLOSURE_DEGREES)
        barrier = Barrier(id=new_id(), area=area, along=None, civil_only=False)
        began = time.perf_counter()
        await valhalla.close_roads([barrier])
        around = (await valhalla.route(start=start, end=end, profile=Profile.PATROL)).line
        closing.append((time.perf_counter() - began) * 1e3)
        changed += around != way
        await valhalla.close_roads([])
    return Measurement(
        name="close a road and be led around it, p95",
        unit="ms",
        ours=percentile(closing, 0.95),
        reference=percentile(alone, 0.95),
        reference_name="the journey alone",
        note="a disc of some 30 m half way",
        details={"p50": percentile(closing, 0.5), "journeys": len(closing), "led around": changed},
    )
