"""Measures a recommendation among 200 units, beside the bare routing-matrix call it contains."""

import random
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from gis.geometry import Point
from gis.routing import Router, load_router
from gis.travel import Profile
from ops_center.bench.own_centre import OwnCentre
from ops_center.bench.report import Measurement, percentile
from ops_center.kernel.database import Database
from ops_center.simulator.centre import Centre
from ops_center.simulator.survey import Survey

ASKED: Final = 60
INCIDENTS: Final = 6
WARM_UP: Final = 5
TYPES: Final = ("disturbance", "traffic_accident_injured", "structure_fire")
PROFILE_OF: Final = {"rescue": Profile.FIRE_ENGINE}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    incident: dict[str, Any]
    place: Point


async def measure(
    centre: OwnCentre, desk: Centre, known: Survey, units: list[dict[str, Any]]
) -> list[Measurement]:
    """Return p95 of GET recommendation over HTTP and of the matrix alone, milliseconds."""
    rng = random.Random(6)  # noqa: S311  repeatable, and nothing secret
    asked = [await _open(desk, rng, known, number) for number in range(INCIDENTS)]
    ours = []
    for number in range(ASKED + WARM_UP):
        one = asked[number % len(asked)]
        began = time.perf_counter()
        advice = await desk.get(f"/incidents/{one.incident['id']}/recommendation")
        ours.append((time.perf_counter() - began) * 1e3)
        assert advice["units"], "somebody is free"
    router = await _router(centre.database.url, centre.data / "graph")
    bare = _matrix_ms(router, asked, units)
    return [
        Measurement(
            name=f"recommendation among {len(units)} units, p95",
            unit="ms",
            ours=percentile(ours[WARM_UP:], 0.95),
            reference=percentile(bare, 0.95),
            reference_name="bare routing matrix, same units",
            note="ours is the whole HTTP request with the database",
            details={
                "p50": percentile(ours[WARM_UP:], 0.5),
                "reference p50": percentile(bare, 0.5),
            },
        )
    ]


async def _open(desk: Centre, rng: random.Random, known: Survey, number: int) -> _Asked:
    place = rng.choice(known.places).point
    body = {
        "type": TYPES[number % len(TYPES)],
        "location": {"lon": place.lon, "lat": place.lat, "uncertainty_m": 20},
    }
    return _Asked(incident=await desk.post("/incidents", body), place=place)


async def _router(url: str, cache: Path) -> Router:
    database = Database(url, pool_size=1, name="bench")
    try:
        async with database.reading() as connection:
            return await load_router(connection, cache_dir=cache)
    finally:
        await database.close()


def _matrix_ms(router: Router, asked: list[_Asked], units: list[dict[str, Any]]) -> list[float]:
    origins = [
        (
            Point(lon=unit["lon"], lat=unit["lat"]),
            PROFILE_OF.get(unit["profile"]) or Profile(unit["profile"]),
        )
        for unit in units
    ]
    took = []
    for number in range(ASKED + WARM_UP):
        began = time.perf_counter()
        router.travel_times_by_profile(to=asked[number % len(asked)].place, origins=origins)
        took.append((time.perf_counter() - began) * 1e3)
    return took[WARM_UP:]
