"""Measures the geocoder: how often it is right, how fast, beside plain pg_trgm on full labels."""

import time
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

from sqlalchemy import text

from gis.geocoding import geocode, reverse_geocode
from gis.geodesy import distance_m
from gis.geometry import Point
from ops_center.bench.gis_geocoding_noise import CLEAN, HALF_TYPED
from ops_center.bench.gis_geocoding_queries import STREET, Asked, keystrokes, queries_of
from ops_center.bench.place import BenchPlace
from ops_center.bench.report import Measurement, percentile
from ops_center.kernel.database import Connection
from ops_center.kernel.errors import Invalid

EACH: Final = 75
RIGHT_WITHIN_M: Final = 50.0
TOP: Final = 3
AT_A_TIME: Final = 200
WARM_UP: Final = 3
TYPED: Final = 40
REVERSED: Final = 500
REFERENCE: Final = "plain pg_trgm on full labels"


@dataclass(frozen=True, slots=True)
class Points:
    """The first points of an answer, and whether it calls itself certain."""

    points: list[Point]
    certain: bool = False


@dataclass(frozen=True, slots=True)
class Result:
    """How one query went: was the first, or one of the first three, right; in how long (ms)."""

    asked: Asked
    first: bool
    among: bool
    certain: bool
    took_ms: float


Search: TypeAlias = Callable[[Connection, Asked], Awaitable[Points]]


async def measure(place: BenchPlace) -> list[Measurement]:
    """Return accuracy and p95 of generated queries, of keystrokes and of reverse geocoding."""
    async with place.database.engine.connect() as connection:
        await connection.execute(text(_LABELS))
        await connection.execute(text(_LABELS_INDEX))
        asked = await queries_of(connection, place.rng("queries"), each=EACH)
        place.say(f"{len(asked)} queries …")
        # In turns, so that what else the machine does slows both alike.
        ours, plain = [], []
        for some in batched(asked, AT_A_TIME):
            ours += await run(connection, some, search)
            plain += await run(connection, some, _plain)
        typed = await _typing(connection, asked)
        reverse = await _reverse(connection, place.points("reverse", REVERSED))
        await connection.rollback()  # the labels were temporary
    return [*_accuracy(ours, plain), *_speed(ours, plain), typed, reverse]


def batched(asked: Sequence[Asked], size: int) -> Iterator[Sequence[Asked]]:
    """Return the queries in pieces of that size."""
    return (asked[start : start + size] for start in range(0, len(asked), size))


async def run(connection: Connection, asked: Sequence[Asked], find: Search) -> list[Result]:
    """Answer every query in turn; the first few are asked once before, to warm up."""
    for one in asked[:WARM_UP]:
        await find(connection, one)
    results = []
    for one in asked:
        began = time.perf_counter()
        found = await find(connection, one)
        took_ms = (time.perf_counter() - began) * 1e3
        right = [await _is_right(connection, one, point) for point in found.points[:TOP]]
        results.append(Result(one, right[:1] == [True], any(right), found.certain, took_ms))
    return results


async def search(connection: Connection, one: Asked) -> Points:
    """Return the first points of the geocoder's answer."""
    try:
        answer = await geocode(connection, one.query, limit=TOP, type_ahead=one.type_ahead)
    except Invalid:
        return Points([])
    return Points([found.location.point for found in answer.items], answer.certain)


def share(results: Sequence[Result], *, top: int = 1) -> float:
    """Return how many of a hundred were right, in the first place or among the first three."""
    right = sum(one.first if top == 1 else one.among for one in results)
    return _percent(right, len(results))


def _percent(part: int, whole: int) -> float:
    return round(100 * part / whole, 1) if whole else 0.0


async def _is_right(connection: Connection, one: Asked, point: Point) -> bool:
    if one.kind != STREET:
        return any(distance_m(point, truth) <= RIGHT_WITHIN_M for truth in one.truths)
    values = {"name": one.label, "lon": point.lon, "lat": point.lat}
    away = await connection.scalar(text(_FROM_STREET), values)
    return away is not None and float(away) <= RIGHT_WITHIN_M


_FROM_STREET = """
select min(st_distance(geom::geography, st_setsrid(st_makepoint(:lon, :lat), 4326)::geography))
from street where name = :name
"""


async def _plain(connection: Connection, one: Asked) -> Points:
    rows = await connection.execute(text(_PLAIN), {"q": one.query, "most": TOP})
    return Points([Point(lon=row.lon, lat=row.lat) for row in rows])


_LABELS = """
create temporary table bench_label on commit drop as
select a.name || ' y ' || b.name as label, st_x(x.geom) as lon, st_y(x.geom) as lat
from street_crossing x join street a on a.id = x.a_id join street b on b.id = x.b_id
union all
select name, st_x(p), st_y(p) from street, lateral st_closestpoint(geom, st_centroid(geom)) p
union all
select street || ' ' || housenumber, st_x(geom), st_y(geom) from address_point
union all
select name, st_x(geom), st_y(geom) from place where name is not null
"""
_LABELS_INDEX = "create index on bench_label using gin (label gin_trgm_ops)"
_PLAIN = """
select lon, lat from bench_label where label % :q order by similarity(label, :q) desc limit :most
"""


def _accuracy(ours: list[Result], plain: list[Result]) -> list[Measurement]:
    def of(name: str, ours: list[Result], plain: list[Result], aim: str) -> Measurement:
        details = {"queries": float(len(ours)), "top-3": share(ours, top=TOP)}
        details["reference top-3"] = share(plain, top=TOP)
        sure = [one for one in ours if one.certain]
        details |= {"called certain": _percent(len(sure), len(ours)), "of these right": share(sure)}
        return Measurement(
            name=f"geocoder right within {RIGHT_WITHIN_M:.0f} m, {name}",
            unit="%",
            ours=share(ours),
            reference=share(plain),
            reference_name=REFERENCE,
            note=aim,
            details=details | _by(ours, lambda one: one.kind),
        )

    clean, noisy = _split(ours, CLEAN)
    clean_plain, noisy_plain = _split(plain, CLEAN)
    found = [
        of("clean", clean, clean_plain, "aim ≥ 95 % in the first place"),
        of("noisy", noisy, noisy_plain, "aim ≥ 85 % in the first place"),
    ]
    for noise in dict.fromkeys(one.asked.noise for one in noisy):
        mine, other = _split(ours, noise)[0], _split(plain, noise)[0]
        found.append(of(noise.replace("_", " "), mine, other, ""))
    return found


def _split(results: list[Result], noise: str) -> tuple[list[Result], list[Result]]:
    return (
        [one for one in results if one.asked.noise == noise],
        [one for one in results if one.asked.noise != noise],
    )


def _by(results: list[Result], part: Callable[[Asked], str]) -> dict[str, float]:
    groups: dict[str, list[Result]] = defaultdict(list)
    for one in results:
        groups[part(one.asked)].append(one)
    return {name: share(group) for name, group in groups.items()}


def _speed(ours: list[Result], plain: list[Result]) -> list[Measurement]:
    found = []
    for kind in ("", *dict.fromkeys(one.asked.kind for one in ours)):
        mine = [one.took_ms for one in ours if kind in {"", one.asked.kind}]
        other = [one.took_ms for one in plain if kind in {"", one.asked.kind}]
        found.append(
            Measurement(
                name=f"geocoder {kind or 'all kinds'}, p95",
                unit="ms",
                ours=percentile(mine, 0.95),
                reference=percentile(other, 0.95),
                reference_name=REFERENCE,
                note="aim p95 ≤ 25 ms",
                details={"p50": percentile(mine, 0.5), "reference p50": percentile(other, 0.5)},
            )
        )
    return found


async def _typing(connection: Connection, asked: list[Asked]) -> Measurement:
    """Every keystroke of some queries, as the search line asks them."""
    mine, other = [], []
    for typed in keystrokes(asked, words=TYPED):
        one = Asked("typing", HALF_TYPED, typed, (typed,), ())
        mine.append(await _timed(search(connection, one)))
        other.append(await _timed(_begun(connection, typed)))
    return Measurement(
        name="geocoder type-ahead for each keystroke, p95",
        unit="ms",
        ours=percentile(mine, 0.95),
        reference=percentile(other, 0.95),
        reference_name="bare index scan of names that begin so",
        note="aim p95 ≤ 25 ms",
        details={"p50": percentile(mine, 0.5), "keystrokes": float(len(mine))},
    )


async def _begun(connection: Connection, typed: str) -> None:
    statement = "select 1 from search_name where alias >= :q and alias < :q || '~' limit 10"
    await connection.execute(text(statement), {"q": typed.lower()})


async def _reverse(connection: Connection, points: list[Point]) -> Measurement:
    mine, other = [], []
    for point in points:
        mine.append(await _timed(reverse_geocode(connection, point)))
        other.append(await _timed(_nearest(connection, point)))
    return Measurement(
        name="reverse geocoding, p95",
        unit="ms",
        ours=percentile(mine, 0.95),
        reference=percentile(other, 0.95),
        reference_name="bare nearest street by its index",
        details={"p50": percentile(mine, 0.5), "reference p50": percentile(other, 0.5)},
    )


async def _nearest(connection: Connection, point: Point) -> None:
    statement = (
        "select id from street order by geom <-> st_setsrid(st_makepoint(:lon, :lat), 4326) limit 1"
    )
    await connection.execute(text(statement), {"lon": point.lon, "lat": point.lat})


async def _timed(work: Awaitable[object]) -> float:
    began = time.perf_counter()
    await work
    return (time.perf_counter() - began) * 1e3
