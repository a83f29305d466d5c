"""One question to the network: from many places to one, or from one to many."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from gis.routing.weights import CLOSED_S, HORIZON_MAX_S, Hub

if TYPE_CHECKING:
    from gis.geodesy import FloatArray
    from gis.routing.barriers import Closed
    from gis.routing.edges import BoolArray, IntArray
    from gis.routing.network import Network
    from gis.routing.snapping import Snaps
    from gis.routing.weights import Found, Weights

# How much farther to look when too few were found.
FARTHER = 2.5
FARTHER_TIMES = 2
PATH_MAX = 200_000


@dataclass(frozen=True, slots=True)
class Ends:
    """The best choice for each of the many: seconds, its directed edge, and if the hub is on it.

    Seconds are inf where there is no way, NaN where the search did not look that far.
    """

    seconds: FloatArray
    directed: IntArray
    direct: BoolArray


@dataclass(frozen=True, slots=True)
class Answer:
    """What a search found: the tree it grew, the hub it grew from, and the ends in it."""

    found: Found
    hub: Hub
    ends: Ends
    horizon_s: float


class Question:
    """`onward` False: journeys from the many to the hub; True: from the hub to the many."""

    def __init__(
        self, network: Network, by_direction: IntArray, *, hub: Snaps, many: Snaps, onward: bool
    ) -> None:
        self._network = network
        self._variants = by_direction[np.maximum(many.edge, 0)]
        self._hub_variants = by_direction[int(hub.edge[0])].tolist()
        self._hub, self._many, self._onward = hub, many, onward
        self._goal = float(hub.fraction[0])

    @property
    def count(self) -> int:
        return len(self._many.edge)

    @property
    def on_road(self) -> BoolArray:
        return self._many.edge >= 0

    def ask(
        self,
        weights: Weights,
        closed: Closed,
        *,
        within_s: float,
        wanted: int,
        softly: bool = False,
    ) -> Answer:
        """Look farther and farther until at least `wanted` of the many are settled.

        `softly` passes closures, at a price; otherwise nothing drives a closed piece of road.
        """
        hub = self._entries(weights, closed, softly=softly)
        possible = self._may_move(closed, softly=softly)
        enough = min(wanted, int(possible.sum()))
        horizons = [within_s * FARTHER**step for step in range(FARTHER_TIMES)]
        while True:
            horizon = horizons.pop(0) if horizons else HORIZON_MAX_S
            found = weights.search(hub, within_s=horizon, softly=softly)
            ends = self._ends(weights, found, closed, softly=softly)
            settled = ends.seconds <= horizon
            if np.count_nonzero(settled) >= enough or horizon >= HORIZON_MAX_S:
                break
        if horizon < HORIZON_MAX_S:
            seconds = np.where(settled | ~possible, ends.seconds, np.nan)
            ends = replace(ends, seconds=seconds)
        return Answer(found, hub, ends, horizon)

    def _may_move(self, closed: Closed, *, softly: bool) -> BoolArray:
        """Which of the many are on a road they can leave at all."""
        on_road = self._many.edge >= 0
        if softly:
            return on_road
        shut = self._shut(closed)
        absent = self._variants == self._network.directed_count
        return np.asarray(on_road & ~(shut | absent).all(axis=1))

    def _entries(self, weights: Weights, closed: Closed, *, softly: bool) -> Hub:
        """From the hub's own edge to its neighbours, the part of the edge driven counted."""
        costs: dict[int, float] = {}
        through: dict[int, int] = {}
        for column, directed in enumerate(self._hub_variants):
            if directed == self._network.directed_count:
                continue
            past = CLOSED_S if self._hub_shut(closed)[column] else 0.0
            if past and not softly:
                continue
            share = float(self._share(self._hub.fraction, hub=True)[0, column])
            unused = (1 - share) * float(weights.edge_s[directed])
            for neighbour, cost in weights.neighbours(directed):
                part = max(cost - unused, 0.0) + past
                if part < costs.get(neighbour, np.inf):
                    costs[neighbour], through[neighbour] = part, directed
        return Hub(costs, through)

    def _share(self, fraction: FloatArray, *, hub: bool) -> FloatArray:
        """The share of an edge that is driven, with and against its line, shape (k, 2).

        A journey ends in the first part of its last edge and begins in the rest of its first.
        """
        first_part = hub != self._onward
        columns = (fraction, 1 - fraction) if first_part else (1 - fraction, fraction)
        return np.column_stack(columns)

    def _shut(self, closed: Closed) -> BoolArray:
        """Whether the part of its edge that each of the many must drive is closed, (k, 2)."""
        start, stop = closed.spans(self._many.edge)
        return self._covered(self._many.fraction, start, stop, first_part=self._onward)

    def _hub_shut(self, closed: Closed) -> BoolArray:
        start, stop = closed.spans(self._hub.edge)
        return np.asarray(
            self._covered(self._hub.fraction, start, stop, first_part=not self._onward)[0]
        )

    @staticmethod
    def _covered(
        fraction: FloatArray, start: FloatArray, stop: FloatArray, *, first_part: bool
    ) -> BoolArray:
        before, behind = start <= fraction, stop >= fraction
        some = stop >= start
        columns = (before, behind) if first_part else (behind, before)
        return np.asarray(np.column_stack(columns) & some[:, None])

    def _ends(self, weights: Weights, found: Found, closed: Closed, *, softly: bool) -> Ends:
        """For each of the many, whichever direction of its edge is the sooner."""
        fraction = self._many.fraction
        # An absent direction borrows the last edge: its search result is inf in any case.
        edge_s = weights.edge_s[np.minimum(self._variants, self._network.directed_count - 1)]
        around = self._share(fraction, hub=False) * edge_s + found.seconds[self._variants]
        ahead = np.column_stack((self._goal - fraction, fraction - self._goal))
        if self._onward:
            ahead = -ahead
        same = (self._many.edge == self._hub.edge[0])[:, None] & (ahead >= 0)
        same &= self._variants != self._network.directed_count
        past = CLOSED_S if softly else np.inf
        around = np.where(self._shut(closed), around + past, around)
        direct = np.where(same, ahead * edge_s, np.inf)
        direct = np.where(self._between_closed(closed)[:, None], direct + past, direct)
        options = np.column_stack((around, direct))
        options[self._many.edge < 0] = np.inf
        choice = np.argmin(options, axis=1)
        rows = np.arange(len(choice))
        return Ends(options[rows, choice], self._variants[rows, choice % 2], choice >= 2)

    def _between_closed(self, closed: Closed) -> BoolArray:
        start, stop = closed.spans(self._many.edge)
        low = np.minimum(self._many.fraction, self._goal)
        high = np.maximum(self._many.fraction, self._goal)
        return (start <= high) & (stop >= low) & (stop >= start)

    def metres(self, answer: Answer, lengths: FloatArray) -> FloatArray:
        """Length driven, following all journeys at once, one edge at a time."""
        ends = answer.ends
        driven = np.minimum(ends.directed, self._network.directed_count - 1)
        share = self._share(self._many.fraction, hub=False)
        whole = lengths[driven]
        part = np.where(self._network.forward[driven], share[:, 0], share[:, 1]) * whole
        between = np.abs(self._many.fraction - self._goal) * whole
        metres = np.where(ends.direct, between, part)
        rows = np.flatnonzero(~ends.direct & np.isfinite(ends.seconds))
        if len(rows):
            metres[rows] += self._beyond(answer, ends.directed[rows], lengths)
        return np.asarray(metres)

    def _beyond(self, answer: Answer, first: IntArray, length: FloatArray) -> FloatArray:
        """Length from the first edge of each journey to the hub."""
        following, hub = answer.found.following, answer.found.hub
        current = first.astype(np.int64)
        metres = np.zeros(len(first))
        while True:
            after = following[current]
            arrived = after == hub
            if arrived.all():
                break
            # Those that arrived wait at their last edge, adding nothing.
            current = np.where(arrived, current, after)
            metres += np.where(arrived, 0.0, length[current])
        share = self._share(self._hub.fraction, hub=True)[0]
        final = np.array([answer.hub.through[edge] for edge in current.tolist()], np.int64)
        part = np.where(self._network.forward[final], share[0], share[1])
        return np.asarray(metres + part * length[final])

    def legs(self, answer: Answer) -> list[int]:
        """The directed edges of the first of the many, from it to the hub."""
        legs = [int(answer.ends.directed[0])]
        if answer.ends.direct[0]:
            return legs
        while len(legs) < PATH_MAX:
            after = int(answer.found.following[legs[-1]])
            if after == answer.found.hub:
                legs.append(answer.hub.through[legs[-1]])
                break
            legs.append(after)
        return legs
