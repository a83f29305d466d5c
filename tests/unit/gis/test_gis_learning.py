"""Speeds learnt from tracks: half speed at rush hour is believed, leaps and parking are not."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from gis.geodesy import metres_per_degree
from gis.repository.speeds import KeyOfSpeed, SpeedRow
from gis.routing import Router
from gis.routing.learning import (
    BINS,
    CLASS_SAMPLES_MIN,
    SAMPLES_KEPT,
    Fixes,
    factor_of,
    grown,
    histograms,
    stretches_of,
)
from gis.routing.pace import BANDS, CREW_OF, Pace, Slot, band_of, slot_of
from gis.routing.router import build_router
from gis.travel import Profile, speed_mps
from tests.roads import ORIGIN, Road, Town, at

ASUNCION = ZoneInfo("America/Asuncion")
MONDAY = datetime(2026, 11, 23, tzinfo=ASUNCION)
LENGTH_M = 6_000
# One avenue of 60 blocks, a block of side street at each crossing.
AVENUE = Town(
    {
        **{i: at(100.0 * i, 0) for i in range(61)},
        **{100 + i: at(100.0 * i, 100) for i in range(61)},
    },
    [
        *(Road(i + 1, i, i + 1, road_class="primary", way=5) for i in range(60)),
        *(Road(101 + i, i, 100 + i) for i in range(61)),
    ],
)
PATROL = Profile.PATROL
TABLED = speed_mps("primary", None, PATROL)


Track = list[tuple[float, float, float]]


def fixes(units: list[Track]) -> Fixes:
    """Each unit a list of (epoch seconds, metres east, metres north)."""
    per_lon, per_lat = metres_per_degree(ORIGIN.lat)
    rows = [(n, *fix) for n, unit in enumerate(units) for fix in unit]
    unit, at_s, east, north = (np.array(column) for column in zip(*rows, strict=True))
    return Fixes(
        unit=unit, at_s=at_s, lons=ORIGIN.lon + east / per_lon, lats=ORIGIN.lat + north / per_lat
    )


def drive(start: datetime, share: float, *, every_s: float = 5.0) -> Track:
    """Along the avenue at a share of the tabled speed, with a metre or two of noise."""
    rng = np.random.default_rng(int(start.timestamp()))
    count = int(LENGTH_M / (TABLED * share) / every_s)
    return [
        (
            start.timestamp() + i * every_s,
            i * every_s * TABLED * share + float(rng.normal(0, 2)),
            float(rng.normal(0, 3)),
        )
        for i in range(count)
    ]


def learnt(router: Router, tracks: Fixes) -> tuple[Pace, dict[KeyOfSpeed, SpeedRow]]:
    graph = router.graph_of(PATROL)
    assert graph is not None
    counted, ways = histograms(graph, stretches_of(graph, tracks, PATROL), PATROL, ASUNCION)
    rows = {row.key: row for row in grown({}, counted, ways)}
    factors: dict[tuple[str, Slot], dict[str, float]] = {}
    for (crew, day, band, road), row in rows.items():
        if row.samples >= CLASS_SAMPLES_MIN:
            factors.setdefault((crew, Slot(day, band)), {})[road] = row.factor
    return Pace(factors), rows


def eta(router: Router, hour: int) -> float:
    found = router.travel_times(
        to=AVENUE.on(58, 0.5),
        origins=[AVENUE.on(2, 0.5)],
        profile=PATROL,
        slot=slot_of(MONDAY + timedelta(hours=hour), ASUNCION),
    )[0].seconds
    assert found is not None
    return found


def test_half_speed_at_18_makes_the_18_h_eta_twice_as_long_and_leaves_03_h_alone() -> None:
    router = build_router(AVENUE.arrays())
    before = {hour: eta(router, hour) for hour in (3, 18)}
    evenings = [
        MONDAY + timedelta(days=d, hours=18, minutes=10 * n) for d in range(4) for n in (0, 2)
    ]
    pace, _ = learnt(router, fixes([drive(one, 0.5) for one in evenings]))
    router.learn(pace)
    assert eta(router, 18) / before[18] == pytest.approx(2.0, rel=0.12)
    assert eta(router, 3) == before[3]


def test_leaps_parking_and_other_places_teach_nothing() -> None:
    router = build_router(AVENUE.arrays())
    evening = (MONDAY + timedelta(hours=18)).timestamp()
    rng = np.random.default_rng(3)
    parked = [(evening + 5 * i, 500 + rng.normal(0, 6), rng.normal(0, 6)) for i in range(400)]
    leaping = [(evening + 5 * i, float(rng.uniform(0, 6_000)), 0.0) for i in range(400)]
    in_a_field = [(evening + 5 * i, 5.0 * i, -400.0) for i in range(400)]
    across = [(evening + 5 * i, 3_050.0, 30.0 * i - 60) for i in range(5)]
    rare = [(evening + 300 * i, 2_000.0 * (i % 2), 0.0) for i in range(50)]
    tracks = fixes([parked, leaping, in_a_field, across, rare])
    pace, rows = learnt(router, tracks)
    assert pace.factors == {}
    # Of 400 leaps one or two look like driving; each counts for its class and for its way.
    assert sum(row.samples for row in rows.values()) <= 4


def test_waiting_at_lights_counts_and_parking_on_the_way_does_not() -> None:
    router = build_router(AVENUE.arrays())
    evening = MONDAY + timedelta(hours=18)

    def with_stop(seconds: float) -> Track:
        track = drive(evening, 1.0)
        half = len(track) // 2
        still = [(track[half][0] + 5 * i, track[half][1], 0.0) for i in range(1, int(seconds / 5))]
        later = [(at_s + seconds, east, north) for at_s, east, north in track[half + 1 :]]
        return [*track[: half + 1], *still, *later]

    def slowest(track: Track) -> float:
        graph = router.graph_of(PATROL)
        assert graph is not None
        return float(2 ** stretches_of(graph, fixes([track]), PATROL).log2_ratio.min())

    assert slowest(with_stop(40)) < 0.6
    assert slowest(with_stop(1_200)) > slowest(with_stop(40)) - 0.35


def test_a_few_stretches_are_hardly_believed_and_many_are() -> None:
    few, many = np.zeros(BINS, int), np.zeros(BINS, int)
    half = int((-1 + 3) / 5 * BINS)
    few[half], many[half] = 2, 500
    assert factor_of(few, towards=1.0) > 0.85
    assert factor_of(many, towards=1.0) == pytest.approx(0.53, abs=0.03)
    assert factor_of(np.zeros(BINS, int), towards=0.7) == 0.7


def test_a_way_leans_on_its_class_and_old_stretches_fade() -> None:
    bins = np.zeros(BINS, np.int64)
    bins[16] = SAMPLES_KEPT
    key, way = ("light", "weekday", 3, "primary"), ("light", "weekday", 3, "way:5")
    one = np.zeros(BINS, np.int64)
    one[16] = 1
    known = {key: SpeedRow(*key, tuple(bins.tolist()), SAMPLES_KEPT, 0.5)}
    rows = {row.key: row for row in grown(known, {key: one, way: one}, {"way:5": "primary"})}
    assert rows[key].samples <= SAMPLES_KEPT / 2 + 1
    assert rows[way].factor == pytest.approx(rows[key].factor, rel=0.1)


def test_a_way_of_its_own_goes_before_its_class() -> None:
    edges = AVENUE.arrays()
    slot = Slot("weekday", 3)
    pace = Pace({("light", slot): {"primary": 0.8, "way:5": 0.4, "way:77": 0.1}})
    factors = pace.of_edges(edges, PATROL, slot)
    assert set(factors[:60].tolist()) == {0.4}
    assert set(factors[60:].tolist()) == {1.0}
    assert not pace.knows(Profile.FIRE_ENGINE, slot)
    assert not pace.knows(Profile.FOOT, slot)


def test_every_hour_has_its_band_by_the_citys_clock() -> None:
    assert {band_of(hour) for hour in range(24)} == set(range(len(BANDS)))
    assert slot_of(datetime(2026, 11, 23, 1, tzinfo=UTC), ASUNCION).day == "weekend"
    assert set(CREW_OF) == set(Profile) - {Profile.FOOT}
