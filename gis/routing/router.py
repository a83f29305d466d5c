"""The graph engine as a whole: a network for each mode, estimates where there are no roads."""

from __future__ import annotations

from threading import RLock
from typing import TYPE_CHECKING

from gis.routing.footways import cut_where_paths_end
from gis.routing.graph import Asked, RoadGraph
from gis.routing.pace import NOTHING_LEARNT
from gis.routing.reach import Reach, check_seconds, circle
from gis.routing.rules import MODE_OF, Mode
from gis.travel import Engine, Profile, Reason, Route, TravelTime, straight_line
from ops_center.kernel.errors import Invalid

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gis.geometry import Point
    from gis.routing.edges import EdgeArrays
    from gis.routing.pace import Pace, Slot
    from gis.routing.port import Barrier

PLACES_MAX = 5_000


class Router:
    """Travel times and routes. Answers also without a road graph, then marked `estimated`.

    Blocking: a few milliseconds for a question; the event loop asks it through GraphRouter.
    """

    def __init__(self, edges: EdgeArrays | None = None) -> None:
        self._edges = edges
        self._graphs: dict[Mode, RoadGraph | None] = {}
        self._barriers: Sequence[Barrier] = ()
        self._pace = NOTHING_LEARNT
        self._lock = RLock()

    @property
    def has_roads(self) -> bool:
        return self._edges is not None

    def travel_times(
        self,
        *,
        to: Point,
        origins: Sequence[Point],
        profile: Profile = Profile.PATROL,
        slot: Slot | None = None,
        nearest: int | None = None,
    ) -> list[TravelTime]:
        """From each origin to one place, in the order given; a few ms of CPU for 200.

        With `nearest` only so many of the nearest are worked out; those farther away are
        estimated, and never said to be nearer than any that was worked out.
        """
        _check_places(origins, "origins")
        graph = self._graph(profile)
        if graph is None:
            return [straight_line(origin, to) for origin in origins]
        return graph.travel_times(to=to, origins=origins, asked=Asked(profile, slot, nearest))

    def travel_times_from(
        self,
        *,
        start: Point,
        destinations: Sequence[Point],
        profile: Profile = Profile.PATROL,
        slot: Slot | None = None,
    ) -> list[TravelTime]:
        """From one place to each destination, in the order given."""
        _check_places(destinations, "destinations")
        graph = self._graph(profile)
        if graph is None:
            return [straight_line(start, one) for one in destinations]
        return graph.travel_times_from(
            start=start, destinations=destinations, asked=Asked(profile, slot)
        )

    def travel_times_by_profile(
        self,
        *,
        to: Point,
        origins: Sequence[tuple[Point, Profile]],
        slot: Slot | None = None,
        nearest: int | None = None,
    ) -> list[TravelTime]:
        """The same for a mixed fleet: one search for each profile, `nearest` of each exact."""
        answers: dict[int, TravelTime] = {}
        for profile in dict.fromkeys(profile for _, profile in origins):
            mine = [i for i, (_, kind) in enumerate(origins) if kind == profile]
            times = self.travel_times(
                to=to,
                origins=[origins[i][0] for i in mine],
                profile=profile,
                slot=slot,
                nearest=nearest,
            )
            answers.update(zip(mine, times, strict=True))
        return [answers[i] for i in range(len(origins))]

    def route(
        self,
        *,
        start: Point,
        end: Point,
        profile: Profile = Profile.PATROL,
        slot: Slot | None = None,
        language: str = "es",
    ) -> Route:
        """The quickest journey with its line and its steps."""
        graph = self._graph(profile)
        if graph is None:
            return straight_route(start, end, profile, Reason.NO_ROAD_MAP)
        return graph.route(start=start, end=end, asked=Asked(profile, slot), language=language)

    def reach(
        self,
        *,
        start: Point,
        seconds: float,
        profile: Profile = Profile.PATROL,
        slot: Slot | None = None,
    ) -> Reach:
        """The area reached within `seconds` (at most an hour)."""
        return self.reaches(start=start, bands=[seconds], profile=profile, slot=slot)[0]

    def reaches(
        self,
        *,
        start: Point,
        bands: Sequence[float],
        profile: Profile = Profile.PATROL,
        slot: Slot | None = None,
    ) -> list[Reach]:
        """The areas reached within each of `bands` seconds, by one search."""
        for seconds in bands:
            check_seconds(seconds)
        graph = self._graph(profile)
        if graph is None:
            return [circle(start, seconds=seconds, profile=profile) for seconds in bands]
        return graph.reaches(start=start, bands=bands, asked=Asked(profile, slot))

    def snapped(self, point: Point) -> Point | None:
        """The nearest place on a road that can be driven, or None when none is near."""
        graph = self._graph(Profile.PATROL)
        return None if graph is None else graph.snapped(point)

    def close(self, barriers: Sequence[Barrier]) -> None:
        """From now on exactly these closures are in force."""
        with self._lock:
            self._barriers = barriers
            for mode, graph in self._graphs.items():
                if graph is not None:
                    graph.close(binding(barriers, mode))

    def closures_in_force(self, profile: Profile) -> int:
        """How many closures bind a profile now."""
        return len(binding(self._barriers, MODE_OF[profile]))

    def learn(self, pace: Pace) -> None:
        """From now on drive at this pace."""
        with self._lock:
            self._pace = pace
            for graph in self._graphs.values():
                if graph is not None:
                    graph.learn(pace)

    def graph_of(self, profile: Profile) -> RoadGraph | None:
        """The network a profile travels on; None without roads."""
        return self._graph(profile)

    def _graph(self, profile: Profile) -> RoadGraph | None:
        mode = MODE_OF[profile]
        with self._lock:
            if mode not in self._graphs:
                self._graphs[mode] = self._made(mode)
            return self._graphs[mode]

    def _made(self, mode: Mode) -> RoadGraph | None:
        """The network of a mode: made when it is first asked for, as some never are."""
        if self._edges is None:
            return None
        edges = cut_where_paths_end(self._edges) if mode is Mode.FOOT else self._edges
        try:
            graph = RoadGraph(edges, mode)
        except Invalid:
            return None
        graph.close(binding(self._barriers, mode))
        graph.learn(self._pace)
        return graph


def build_router(edges: EdgeArrays) -> Router:
    """A router over these roads, ready for crews. Raises Invalid where nothing can be driven."""
    router = Router(edges)
    if router.graph_of(Profile.PATROL) is None:
        raise Invalid("The city has no roads to drive on: import an OpenStreetMap extract.")
    return router


def binding(barriers: Sequence[Barrier], mode: Mode) -> list[Barrier]:
    """The closures that hold for a mode: civil ones bind neither crews nor people on foot."""
    return [one for one in barriers if mode is Mode.CIVIL or not one.civil_only]


def straight_route(start: Point, end: Point, profile: Profile, reason: Reason) -> Route:
    """What can be said of a journey without roads, marked as estimated."""
    return Route(
        travel=straight_line(start, end, reason=reason),
        line=(start, end),
        profile=profile,
        engine=Engine.STRAIGHT_LINE,
    )


def _check_places(places: Sequence[Point], name: str) -> None:
    if len(places) > PLACES_MAX:
        raise Invalid(f"At most {PLACES_MAX} {name} in one question.", field=name)
