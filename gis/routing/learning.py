"""What the tracks of the centre's own units say about the speed on its roads."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import numpy as np
import shapely

from gis.geodesy import local_metres
from gis.repository.speeds import SpeedRow, learned_factors
from gis.routing.pace import CREW_OF, WAY_PREFIX, Pace, Slot, slot_of
from gis.routing.weights import road_speeds
from gis.travel import DRIVING, STRAIGHT_S, Profile

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import tzinfo

    from numpy.typing import NDArray
    from sqlalchemy.ext.asyncio import AsyncConnection

    from gis.geodesy import FloatArray
    from gis.repository.speeds import KeyOfSpeed
    from gis.routing.edges import BoolArray, IntArray
    from gis.routing.graph import RoadGraph

# A fix belongs to a road this near, when it moves the way the road leads.
ON_ROAD_M = 30.0
SAME_WAY_DEG = 35.0
HEADING_FROM_M = 8.0
# Two fixes in a row tell a speed when they are this far apart in time, and no faster than this.
PAIR_S = (1.0, 30.0)
FASTEST_MPS = 45.0
# Who has not left a disc of 40 m for two minutes is parked; a red light is shorter.
PARKED_S, PARKED_M = 60.0, 40.0
# Speed is taken over stretches, so that waiting at lights counts and one fix does not.
STRETCH_S = 30.0
STRETCH_MIN_S, STRETCH_MIN_M = 10.0, 25.0
# Log2 of observed over tabled speed, from an eighth to four times, in 40 bins.
RATIO_LOG2 = (-3.0, 2.0)
BINS = 40
# Older stretches weigh less: at this many, all counts are halved.
SAMPLES_KEPT = 2_000
# As many stretches as the table is trusted like; a road must have a few before it is believed.
TABLE_SAMPLES = 10.0
CLASS_SAMPLES_MIN, WAY_SAMPLES_MIN = 15, 30
FACTOR_LIMITS = (0.25, 1.75)
# Only streets that carry the traffic are learnt one by one.
OWN_CLASSES = frozenset(["motorway", "trunk", "primary", "secondary", "tertiary"])


@dataclass(frozen=True, slots=True)
class Fixes:
    """k positions in order of unit and time: a number for each unit, epoch seconds, degrees."""

    unit: IntArray
    at_s: FloatArray
    lons: FloatArray
    lats: FloatArray


@dataclass(frozen=True, slots=True)
class Stretches:
    """Observed over tabled speed of n stretches: when, on which edge."""

    log2_ratio: FloatArray
    at_s: FloatArray
    edge: IntArray


@dataclass(frozen=True, slots=True)
class _Pairs:
    """Fixes two by two: metres moved, seconds it took and should have taken, the edge."""

    moved: FloatArray
    took: FloatArray
    tabled: FloatArray
    edge: IntArray


def stretches_of(graph: RoadGraph, fixes: Fixes, profile: Profile) -> Stretches:
    """What the tracks of units of one profile tell; empty for parked, lost and leaping ones."""
    network = graph.network
    if len(fixes.unit) < 2:
        return Stretches(np.zeros(0), np.zeros(0), np.zeros(0, np.int64))
    local = local_metres(network.origin, lons=fixes.lons, lats=fixes.lats)
    edge, near = _snapped(graph, local)
    step = np.diff(local, axis=0)
    moved, took = np.linalg.norm(step, axis=1), np.diff(fixes.at_s)
    first = edge[:-1]
    good = (np.diff(fixes.unit) == 0) & (took >= PAIR_S[0]) & (took <= PAIR_S[1])
    good &= near[:-1] & near[1:] & (moved <= FASTEST_MPS * took)
    good &= (moved < HEADING_FROM_M) | _on_course(graph, first, step)
    good &= ~_parked(fixes, local)[:-1]
    speeds = road_speeds(network.edges, profile)
    wait = STRAIGHT_S * DRIVING[profile].turn_factor * (edge[1:] != first)
    pairs = _Pairs(moved, took, moved / speeds[first] + wait, first)
    return _joined(fixes, pairs, np.flatnonzero(good), network.edges.classes)


def _snapped(graph: RoadGraph, local: FloatArray) -> tuple[IntArray, BoolArray]:
    """The nearest edge of each place in local metres, and whether it is near enough."""
    places = shapely.points(local)
    edge, near = np.zeros(len(local), np.int64), np.zeros(len(local), bool)
    (asked, found) = graph.nearest_edges(places, within_m=ON_ROAD_M)
    edge[asked], near[asked] = found, True
    return edge, near


def _on_course(graph: RoadGraph, edge: IntArray, step: FloatArray) -> BoolArray:
    """Whether each step leads the way its road lies, in either direction."""
    edges, local = graph.network.edges, graph.network.local
    along = local[edges.starts[edge + 1] - 1] - local[edges.starts[edge]]
    length = np.linalg.norm(along, axis=1) * np.linalg.norm(step, axis=1)
    cosine = np.abs((along * step).sum(axis=1)) / np.maximum(length, 1e-9)
    return np.asarray(cosine >= np.cos(np.radians(SAME_WAY_DEG)))


def _parked(fixes: Fixes, local: FloatArray) -> BoolArray:
    """Fixes of units that stay where they are, a minute before and after."""
    # One rising key for all units, so that one search finds each fix's neighbours in time.
    began = fixes.at_s.min()
    span = float(fixes.at_s.max() - began) + 4 * PARKED_S
    key = fixes.unit * span + (fixes.at_s - began)
    first = np.searchsorted(key, key - PARKED_S)
    last = np.searchsorted(key, key + PARKED_S, side="right") - 1
    away = np.linalg.norm(local[last] - local[first], axis=1)
    long_enough = fixes.at_s[last] - fixes.at_s[first] >= 1.5 * PARKED_S
    return np.asarray((away < PARKED_M) & long_enough)


def _joined(fixes: Fixes, pairs: _Pairs, good: IntArray, classes: NDArray[np.str_]) -> Stretches:
    """Pairs of fixes joined to stretches of one unit, one road class and half a minute."""
    unit, at_s, edge = fixes.unit[good], fixes.at_s[good], pairs.edge[good]
    _, kind = np.unique(classes[edge], return_inverse=True)
    window = (at_s // STRETCH_S).astype(np.int64)
    _, first, group = np.unique(
        np.column_stack((unit, window, kind)), axis=0, return_index=True, return_inverse=True
    )
    group = group.reshape(-1)
    seconds, metres = np.bincount(group, pairs.took[good]), np.bincount(group, pairs.moved[good])
    expected = np.bincount(group, pairs.tabled[good])
    told = (seconds >= STRETCH_MIN_S) & (metres >= STRETCH_MIN_M) & (expected > 0)
    ratio = np.log2(expected[told] / seconds[told])
    return Stretches(ratio, at_s[first][told], edge[first][told])


def histograms(
    graph: RoadGraph, stretches: Stretches, profile: Profile, zone: tzinfo
) -> tuple[dict[KeyOfSpeed, IntArray], dict[str, str]]:
    """The stretches counted by crew, part of the week and road; each counts for its class, and
    for its way where that is learnt by itself. Second, the class of each such way.
    """
    ways: dict[str, str] = {}
    edges, low = graph.network.edges, RATIO_LOG2[0]
    width = (RATIO_LOG2[1] - low) / BINS
    places = np.clip(((stretches.log2_ratio - low) / width).astype(int), 0, BINS - 1)
    found: dict[KeyOfSpeed, IntArray] = defaultdict(lambda: np.zeros(BINS, np.int64))
    crew = CREW_OF[profile]
    rows = zip(places.tolist(), stretches.at_s.tolist(), stretches.edge.tolist(), strict=True)
    for place, at_s, edge in rows:
        slot = slot_of(datetime.fromtimestamp(at_s, UTC), zone)
        kind = str(edges.classes[edge])
        found[crew, slot.day, slot.band, kind][place] += 1
        if kind in OWN_CLASSES:
            way = f"{WAY_PREFIX}{edges.way_ids[edge]}"
            ways[way] = kind
            found[crew, slot.day, slot.band, way][place] += 1
    return dict(found), ways


def grown(
    known: Mapping[KeyOfSpeed, SpeedRow],
    fresh: Mapping[KeyOfSpeed, IntArray],
    class_of_way: Mapping[str, str],
) -> list[SpeedRow]:
    """The rows of `fresh` with what was known before; ways lean on the factor of their class."""
    rows: dict[KeyOfSpeed, SpeedRow] = {}
    # Classes first: `way:` roads are drawn towards them.
    for key in sorted(fresh, key=lambda one: one[3].startswith(WAY_PREFIX)):
        crew, day, band, road = key
        before = known.get(key)
        bins = fresh[key] + (np.zeros(BINS, np.int64) if before is None else before.bins)
        if bins.sum() > SAMPLES_KEPT:
            bins = bins // 2
        kind = (crew, day, band, class_of_way.get(road, ""))
        leaning = rows.get(kind) or known.get(kind)
        towards = leaning.factor if leaning else 1.0
        samples = int(bins.sum())
        factor = factor_of(bins, towards=towards)
        rows[key] = SpeedRow(crew, day, band, road, tuple(bins.tolist()), samples, factor)
    return list(rows.values())


def factor_of(bins: Sequence[int] | IntArray, *, towards: float) -> float:
    """Observed over tabled speed: the median, drawn towards what is believed without it."""
    counts = np.asarray(bins)
    samples = int(counts.sum())
    if samples == 0:
        return towards
    share = samples / (samples + TABLE_SAMPLES)
    log2 = share * _median(counts) + (1 - share) * float(np.log2(towards))
    return float(np.clip(2.0**log2, *FACTOR_LIMITS))


def _median(counts: IntArray) -> float:
    """The median of a histogram, within its bin as if that were filled evenly."""
    low, high = RATIO_LOG2
    width = (high - low) / BINS
    until = np.cumsum(counts)
    middle = until[-1] / 2
    place = int(np.searchsorted(until, middle))
    inside = (middle - (until[place] - counts[place])) / counts[place]
    return float(low + (place + inside) * width)


async def learned_pace(connection: AsyncConnection) -> Pace:
    """The factors of all roads with enough stretches."""
    known = await learned_factors(
        connection, way_prefix=WAY_PREFIX, ways=WAY_SAMPLES_MIN, classes=CLASS_SAMPLES_MIN
    )
    return Pace({(crew, Slot(day, band)): roads for (crew, day, band), roads in known.items()})
