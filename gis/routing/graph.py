"""Shortest journeys over the road network of one mode: times, routes, areas, closures."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from math import inf, isnan, nan
from threading import Lock
from typing import TYPE_CHECKING

import numpy as np

from gis.geodesy import distances_m
from gis.geometry import Point
from gis.routing.barriers import NOTHING_CLOSED, Closed, closed_by
from gis.routing.journeys import Journeys, without_repeats
from gis.routing.network import build_network
from gis.routing.pace import NOTHING_LEARNT, Pace
from gis.routing.reach import Ground, Reach, Timing, circle
from gis.routing.rules import WALKING_MPS, Mode
from gis.routing.search import Answer, Question
from gis.routing.snapping import Snapper
from gis.routing.weights import (
    HORIZON_MAX_S,
    Frame,
    Weights,
    edge_seconds,
    turn_seconds,
)
from gis.travel import (
    DRIVING,
    OFF_ROAD_MPS,
    STRAIGHT_LINE_DETOUR,
    Profile,
    Reason,
    Route,
    TravelTime,
    straight_line,
    unreachable,
)
from ops_center.kernel.measure import Metres, Seconds

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gis.geodesy import FloatArray
    from gis.routing.edges import EdgeArrays, IntArray
    from gis.routing.network import Network
    from gis.routing.pace import Slot
    from gis.routing.port import Barrier
    from gis.routing.snapping import Snaps

# Weights kept: five profiles now, and the time of day before.
WEIGHTS_KEPT = 12
# A first guess of how far a search must look: city speed for a car, and a minute to get going.
GUESS_MPS, GUESS_S = 10.0, 60.0


@dataclass(frozen=True, slots=True)
class Asked:
    """Who travels when, and how many of the nearest must be exact (None: all)."""

    profile: Profile
    slot: Slot | None = None
    nearest: int | None = None


class RoadGraph:
    """Travel times and routes on one city's roads for the profiles of one mode.

    Safe to share between threads: one search runs at a time (scipy holds the GIL anyway).
    """

    def __init__(self, edges: EdgeArrays, mode: Mode = Mode.CREW) -> None:
        self.network: Network = build_network(edges, mode)
        self.mode = mode
        self._snapper = Snapper(self.network)
        self._length = edges.length_m[self.network.edge]
        self._by_direction = _directed_of(self.network)
        self._journeys = Journeys(self.network)
        self._ground = lru_cache(maxsize=1)(lambda: Ground(self.network, self._by_direction))
        self._frames = lru_cache(maxsize=2)(self._make_frame)
        self._weights = lru_cache(maxsize=WEIGHTS_KEPT)(self._make_weights)
        self._pace = NOTHING_LEARNT
        self._closed = NOTHING_CLOSED
        self._closed_directed: IntArray = np.zeros(0, np.int64)
        self._lock = Lock()

    def close(self, barriers: Sequence[Barrier]) -> int:
        """From now on exactly these closures bind here; return how many edges they touch.

        Milliseconds: finding the edges. Weights are edited when they are asked for next.
        """
        closed = closed_by(self.network, self._snapper.lines, barriers, self._snapper.near)
        directed = self._by_direction[closed.edges].ravel()
        directed = np.sort(directed[directed != self.network.directed_count])
        with self._lock:
            self._closed, self._closed_directed = closed, directed
        return len(closed.edges)

    @property
    def closed(self) -> Closed:
        """What is closed here now."""
        return self._closed

    def learn(self, pace: Pace) -> None:
        """From now on drive at this pace."""
        with self._lock:
            self._pace = pace
            self._weights.cache_clear()

    def travel_times(
        self, *, to: Point, origins: Sequence[Point], asked: Asked
    ) -> list[TravelTime]:
        """Seconds and metres by road from each origin to one place, in the order given."""
        return self._times(to, origins, asked, onward=False)

    def travel_times_from(
        self, *, start: Point, destinations: Sequence[Point], asked: Asked
    ) -> list[TravelTime]:
        """The same from one place to many."""
        return self._times(start, destinations, asked, onward=True)

    def seconds_between(
        self, *, places: Sequence[Point], others: Sequence[Point], asked: Asked, horizon_s: float
    ) -> FloatArray:
        """Seconds by road from each of the others to each place, (others, places); inf beyond
        the horizon. Between the roads next to them: what lies beside the road is not counted.
        """
        many = self._snapper.starts(others)
        answer = np.full((len(others), len(places)), np.inf)
        for column, place in enumerate(places):
            hub = self._snapper.ends([place])
            if hub.edge[0] < 0:
                continue
            question = self._question(hub, many, onward=False)
            with self._lock:
                weights = self._weights_of(asked, onward=False)
                found = question.ask(weights, self._closed, within_s=horizon_s, wanted=0)
            answer[:, column] = np.where(np.isnan(found.ends.seconds), np.inf, found.ends.seconds)
        return answer

    def route(self, *, start: Point, end: Point, asked: Asked, language: str = "es") -> Route:
        """The quickest journey with line and steps; its travel equals `travel_times`."""
        profile = asked.profile
        hub, many = self._snapper.ends([end]), self._snapper.starts([start])
        if hub.edge[0] < 0 or many.edge[0] < 0:
            travel = straight_line(start, end, reason=Reason.NO_ROAD_NEAR)
            return Route(travel=travel, line=(start, end), profile=profile)
        question = self._question(hub, many, onward=False)
        with self._lock:
            weights = self._weights_of(asked, onward=False)
            answers = self._answers(question, weights, self._within(end, [start], asked), asked)
            travel = self._travels(question, answers, hub, many)[0]
            if not travel.reachable:
                return Route(travel=travel, line=(), profile=profile)
            legs = question.legs(answers[-1])
        span = (float(many.fraction[0]), float(hub.fraction[0]))
        line = self._journeys.line(legs, span)
        told = self._journeys.steps(legs, span, edge_s=weights.edge_s, end=end, language=language)
        whole = without_repeats([start, *line, end])
        return Route(travel=travel, line=whole, profile=profile, steps=told)

    def reaches(self, *, start: Point, bands: Sequence[float], asked: Asked) -> list[Reach]:
        """The areas a unit can get to within each of `bands` seconds, setting out now."""
        snap = self._snapper.starts([start])
        if snap.edge[0] < 0:
            return [circle(start, seconds=band, profile=asked.profile) for band in bands]
        question = self._question(snap, snap, onward=True)
        with self._lock:
            weights = self._weights_of(asked, onward=True)
            answer = question.ask(weights, self._closed, within_s=max(bands), wanted=0)
            if not answer.hub.costs and len(self._closed.edges):
                # It begins inside a closure: it may leave it, slowly.
                answer = question.ask(
                    weights, self._closed, within_s=max(bands), wanted=0, softly=True
                )
            timing = Timing(answer.found.seconds[:-1], weights.edge_s, self._closed_directed)
        return self._ground().areas(timing, start=snap, bands=bands, profile=asked.profile)

    def snapped(self, point: Point) -> Point | None:
        """The nearest place on a road that can be driven, or None when none is near."""
        snap = self._snapper.ends([point])
        if snap.edge[0] < 0:
            return None
        return Point(lon=float(snap.lons[0]), lat=float(snap.lats[0]))

    def nearest_edges(self, places: FloatArray, *, within_m: float) -> tuple[IntArray, IntArray]:
        """Of shapely points in local metres those with a road so near, and the nearest edge."""
        return self._snapper.nearest(places, within_m=within_m)

    def _times(
        self, place: Point, others: Sequence[Point], asked: Asked, *, onward: bool
    ) -> list[TravelTime]:
        if not others:
            return []
        find_hub = self._snapper.starts if onward else self._snapper.ends
        find_many = self._snapper.ends if onward else self._snapper.starts
        hub, many = find_hub([place]), find_many(others)
        if hub.edge[0] < 0:
            return [straight_line(o, place, reason=Reason.NO_ROAD_NEAR) for o in others]
        question = self._question(hub, many, onward=onward)
        with self._lock:
            weights = self._weights_of(asked, onward=onward)
            within = self._within(place, others, asked)
            answers = self._answers(question, weights, within, asked)
            travels = self._travels(question, answers, hub, many)
        horizon = answers[0].horizon_s
        return [
            travel if travel.seconds is None or not isnan(travel.seconds)
            else _far(place, other, travel, horizon)
            for travel, other in zip(travels, others, strict=True)
        ]  # fmt: skip

    def _question(self, hub: Snaps, many: Snaps, *, onward: bool) -> Question:
        return Question(self.network, self._by_direction, hub=hub, many=many, onward=onward)

    def _within(self, place: Point, others: Sequence[Point], asked: Asked) -> float:
        """Seconds a first search should look: as far as the farthest that is wanted may be."""
        lons, lats = np.array([p.lon for p in others]), np.array([p.lat for p in others])
        away = np.sort(distances_m(place, lons=lons, lats=lats))
        wanted = len(away) if asked.nearest is None else min(asked.nearest, len(away))
        pace = WALKING_MPS if self.mode is Mode.FOOT else GUESS_MPS * _eagerness(asked.profile)
        return GUESS_S + float(away[max(wanted, 1) - 1]) * STRAIGHT_LINE_DETOUR / pace

    def _answers(
        self, question: Question, weights: Weights, within_s: float, asked: Asked
    ) -> list[Answer]:
        """By open roads; and for those who cannot get through, a second one past the closures."""
        wanted = asked.nearest or question.count
        answer = question.ask(weights, self._closed, within_s=within_s, wanted=wanted)
        if not len(self._closed.edges):
            return [answer]
        stuck = int((np.isinf(answer.ends.seconds) & question.on_road).sum())
        if not stuck:
            return [answer]
        soft = question.ask(
            weights, self._closed, within_s=HORIZON_MAX_S, wanted=wanted, softly=True
        )
        return [answer, soft]

    def _travels(
        self, question: Question, answers: list[Answer], hub: Snaps, many: Snaps
    ) -> list[TravelTime]:
        """Each journey in the order of the many, ways beside the road included."""
        seconds, metres = answers[0].ends.seconds, question.metres(answers[0], self._length)
        soft = np.zeros(len(seconds), bool)
        for late in answers[1:]:
            soft = np.isinf(seconds) & np.isfinite(late.ends.seconds)
            seconds = np.where(soft, late.ends.seconds, seconds)
            metres = np.where(soft, question.metres(late, self._length), metres)
        off_road = many.off_road_m + hub.off_road_m[0]
        answer = zip(
            (seconds + off_road / OFF_ROAD_MPS).tolist(),
            (metres + off_road).tolist(),
            (many.edge >= 0).tolist(),
            (many.cut_off | hub.cut_off[0]).tolist(),
            soft.tolist(),
            strict=True,
        )
        return [
            _travel(s, m, on_road=near, cut_off=hidden, soft=late)
            for s, m, near, hidden, late in answer
        ]

    def _make_frame(self, onward: bool) -> Frame:
        return Frame(self.network, onward=onward)

    def _weights_of(self, asked: Asked, *, onward: bool) -> Weights:
        slot = asked.slot
        if slot is not None and not self._pace.knows(asked.profile, slot):
            slot = None
        weights = self._weights(asked.profile, slot, onward)
        if weights.closed is not self._closed_directed:
            weights.close(self._closed_directed)
        return weights

    def _make_weights(self, profile: Profile, slot: Slot | None, onward: bool) -> Weights:
        factors = None
        if slot is not None:
            factors = self._pace.of_edges(self.network.edges, profile, slot)
        return Weights(
            self._frames(onward),
            edge_seconds(self.network, profile, factors),
            turn_seconds(self.network, profile),
        )


def _directed_of(network: Network) -> IntArray:
    """Shape (n, 2): each edge's directed copies with and against its line; m where absent."""
    found = np.full((len(network.edges.ids), 2), network.directed_count)
    found[network.edge, np.where(network.forward, 0, 1)] = np.arange(network.directed_count)
    return found


def _eagerness(profile: Profile) -> float:
    return DRIVING[profile].speed_factor


def _travel(
    seconds: float, metres: float, *, on_road: bool, cut_off: bool, soft: bool
) -> TravelTime:
    if not on_road:
        return TravelTime(seconds=Seconds(nan), metres=None, reason=Reason.NO_ROAD_NEAR)
    if seconds == inf:
        return unreachable(Reason.NOT_CONNECTED)
    reason = Reason.NEAREST_ROAD_CUT_OFF if cut_off else None
    return TravelTime(
        seconds=Seconds(seconds),
        metres=Metres(metres),
        reason=Reason.THROUGH_CLOSURE if soft else reason,
    )


def _far(a: Point, b: Point, travel: TravelTime, horizon_s: float) -> TravelTime:
    """Somebody farther than was looked: the straight line says how far at least."""
    reason = travel.reason if travel.reason is Reason.NO_ROAD_NEAR else Reason.BEYOND_HORIZON
    guess = straight_line(a, b, reason=reason)
    if reason is Reason.NO_ROAD_NEAR or guess.seconds is None:
        return guess
    return replace(guess, seconds=Seconds(max(guess.seconds, horizon_s)))
