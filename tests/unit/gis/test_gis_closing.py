"""Closed roads: what a drawing covers, who is bound by it, and what journeys make of it."""

from concurrent.futures import ThreadPoolExecutor

import pytest
import shapely
from shapely.geometry import Polygon

from gis.closures.closure import AppliesTo, Closure, barrier_of, clean_geometry
from gis.geojson import line_json, point_json
from gis.geometry import Point
from gis.routing import Router
from gis.routing.pace import BANDS, WEEKDAY, WEEKEND, Pace, Slot
from gis.routing.router import build_router
from gis.travel import Profile, Reason
from ops_center.kernel.clock import SystemClock
from ops_center.kernel.errors import Invalid
from ops_center.kernel.ids import new_id
from tests.roads import Road, Town, at, grid

NOW = SystemClock().now()
CAR, PATROL = Profile.CAR, Profile.PATROL


def closure(geometry: dict[str, object], **changes: object) -> Closure:
    given: dict[str, object] = {
        "id": new_id(),
        "version": 1,
        "geometry": geometry,
        "radius_m": None,
        "reason": "raudal",
        "starts_at": NOW,
        "until_at": None,
        "applies_to": AppliesTo.ALL,
        "drawn_by": "despacho1",
        "drawn_at": NOW,
    }
    return Closure(**(given | changes))  # type: ignore[arg-type]


def line(*points: Point) -> dict[str, object]:
    return line_json(points)


def polygon(*corners: Point) -> dict[str, object]:
    ring = [[p.lon, p.lat] for p in (*corners, corners[0])]
    return {"type": "Polygon", "coordinates": [ring]}


def box(west: float, south: float, east: float, north: float) -> dict[str, object]:
    return polygon(at(west, south), at(east, south), at(east, north), at(west, north))


def closed(town: Town, *closures: Closure) -> Router:
    router = build_router(town.arrays())
    router.close([barrier_of(one) for one in closures])
    return router


def shut(router: Router, town: Town, profile: Profile = PATROL) -> set[int]:
    """The ids of the roads that are closed to a profile."""
    graph = router.graph_of(profile)
    assert graph is not None
    return {int(graph.network.edges.ids[edge]) for edge in graph.closed.edges}


def seconds(router: Router, start: Point, end: Point, profile: Profile = PATROL) -> float | None:
    return router.travel_times(to=end, origins=[start], profile=profile)[0].seconds


# A town of 5 x 5 crossings; roads 1..20 run east, 21..40 north.
TOWN = grid(5, 5)


def test_line_along_a_street_closes_it_and_not_the_streets_it_crosses() -> None:
    # Along the third street from the south, roads 9 to 12, from its first crossing to its last.
    router = closed(TOWN, closure(line(at(0, 203), at(400, 198))))
    assert shut(router, TOWN) == {9, 10, 11, 12}


def test_line_over_half_a_block_closes_that_block_alone() -> None:
    router = closed(TOWN, closure(line(at(120, 200), at(175, 200))))
    assert shut(router, TOWN) == {10}


def test_short_stroke_across_a_street_closes_it() -> None:
    router = closed(TOWN, closure(line(at(150, 180), at(150, 220))))
    assert shut(router, TOWN) == {10}


def test_area_closes_every_road_in_it_and_a_disc_those_it_reaches() -> None:
    inside = closed(TOWN, closure(box(150, 150, 250, 250)))
    assert shut(inside, TOWN) == {10, 11, 28, 33}
    disc = closed(TOWN, closure(point_json(at(150, 200)), radius_m=20.0))
    assert shut(disc, TOWN) == {10}


def test_journeys_go_around_what_is_closed_and_back_when_it_is_lifted() -> None:
    start, end = TOWN.on(9, 0.5), TOWN.on(12, 0.5)
    router = build_router(TOWN.arrays())
    free = router.route(start=start, end=end, profile=PATROL)
    flood = closure(box(150, 180, 250, 220))
    router.close([barrier_of(flood)])
    around = router.route(start=start, end=end, profile=PATROL)
    area = Polygon(flood.geometry["coordinates"][0])
    crossed = [
        shapely.LineString([(p.lon, p.lat) for p in one.line]).intersects(area)
        for one in (free, around)
    ]
    assert crossed == [True, False]
    assert around.travel.seconds is not None
    assert free.travel.seconds is not None
    assert around.travel.seconds > free.travel.seconds + 10
    assert around.travel.reason is None
    router.close([])
    assert router.route(start=start, end=end, profile=PATROL) == free


def test_only_the_covered_part_of_a_street_cannot_be_driven() -> None:
    town = Town({i: at(100.0 * i, 0) for i in range(4)}, [Road(i + 1, i, i + 1) for i in range(3)])
    router = closed(town, closure(box(160, -20, 170, 20)))
    before, behind = town.on(2, 0.4), town.on(2, 0.9)
    west, east = town.on(1, 0.5), town.on(3, 0.5)
    assert seconds(router, west, before) == pytest.approx(90 / (28 * 1.2 / 3.6), rel=0.01)
    assert seconds(router, east, behind) == pytest.approx(60 / (28 * 1.2 / 3.6), rel=0.01)
    for start, end in ((before, behind), (west, east), (east, west), (west, behind)):
        travel = router.travel_times(to=end, origins=[start], profile=PATROL)[0]
        assert travel.reason is Reason.THROUGH_CLOSURE
        assert travel.seconds is not None
        assert travel.seconds > 100


def test_civil_closure_binds_cars_and_not_crews() -> None:
    start, end = TOWN.on(9, 0.5), TOWN.on(12, 0.5)
    free = build_router(TOWN.arrays())
    router = closed(TOWN, closure(box(150, 180, 250, 220), applies_to=AppliesTo.CIVIL))
    assert seconds(router, start, end, PATROL) == seconds(free, start, end, PATROL)
    held_up, undisturbed = seconds(router, start, end, CAR), seconds(free, start, end, CAR)
    assert held_up is not None
    assert undisturbed is not None
    assert held_up > undisturbed
    assert router.closures_in_force(CAR) == 1
    assert router.closures_in_force(PATROL) == 0


@pytest.mark.parametrize("onward", [False, True])
def test_who_is_inside_may_leave_and_who_must_get_in_gets_in(onward: bool) -> None:
    inside, outside = TOWN.on(10, 0.9), TOWN.on(40, 0.5)
    router = closed(TOWN, closure(box(110, 110, 290, 290)))
    start, end = (inside, outside) if onward else (outside, inside)
    (travel,) = router.travel_times(to=end, origins=[start], profile=PATROL)
    (other,) = router.travel_times_from(start=start, destinations=[end], profile=PATROL)
    route = router.route(start=start, end=end, profile=PATROL)
    assert travel == route.travel
    assert travel.reason is Reason.THROUGH_CLOSURE
    assert other.seconds == pytest.approx(travel.seconds)
    assert router.reach(start=inside, seconds=400, profile=PATROL).area.area > 0


def test_one_unit_inside_does_not_change_the_times_of_the_others() -> None:
    inside, outside, end = TOWN.on(10, 0.9), TOWN.on(1, 0.5), TOWN.on(40, 0.5)
    router = closed(TOWN, closure(box(110, 110, 290, 290)))
    alone = router.travel_times(to=end, origins=[outside], profile=PATROL)[0]
    both = router.travel_times(to=end, origins=[inside, outside], profile=PATROL)
    assert both[1] == alone
    assert both[0].reason is Reason.THROUGH_CLOSURE


def test_area_in_reach_stops_at_a_closure() -> None:
    town = Town({i: at(100.0 * i, 0) for i in range(12)}, [
        Road(i + 1, i, i + 1) for i in range(11)
    ])  # fmt: skip
    start, behind = town.on(2, 0.5), town.on(9, 0.5)
    free = build_router(town.arrays()).reach(start=start, seconds=200, profile=PATROL)
    router = closed(town, closure(box(440, -30, 470, 30)))
    reach = router.reach(start=start, seconds=200, profile=PATROL)
    spot = shapely.Point(behind.lon, behind.lat)
    assert free.area.contains(spot)
    assert not reach.area.contains(spot)


def test_closing_and_opening_in_any_order_leaves_no_trace() -> None:
    a, b = closure(box(150, 150, 250, 250)), closure(line(at(0, 203), at(400, 198)))
    router = build_router(TOWN.arrays())
    start, end = TOWN.on(9, 0.2), TOWN.on(36, 0.5)
    free = seconds(router, start, end)
    for held in ([a], [a, b], [b], [b, a], []):
        router.close([barrier_of(one) for one in held])
        fresh = closed(TOWN, *held)
        assert seconds(router, start, end) == seconds(fresh, start, end)
    assert seconds(router, start, end) == free


def test_closure_binds_at_every_hour_and_for_every_profile_however_many_were_asked() -> None:
    slots = [Slot(day, band) for day in (WEEKDAY, WEEKEND) for band in range(len(BANDS))]
    crews = ("light", "heavy", "motorcycle")
    pace = Pace({(crew, slot): {"residential": 0.9} for crew in crews for slot in slots})
    router = build_router(TOWN.arrays())
    router.learn(pace)
    start, end = TOWN.on(9, 0.5), TOWN.on(12, 0.5)

    def metres() -> list[float | None]:
        return [
            router.travel_times(to=end, origins=[start], profile=one, slot=slot)[0].metres
            for slot in slots
            for one in (PATROL, Profile.AMBULANCE, Profile.MOTORCYCLE)
        ]

    free = metres()
    router.close([barrier_of(closure(box(150, 180, 250, 220)))])
    assert all(
        a is not None and b is not None and b > a + 50 for a, b in zip(free, metres(), strict=True)
    )
    router.close([])
    assert metres() == free


def test_threads_that_ask_while_roads_are_closed_get_one_of_the_two_answers() -> None:
    start, end = TOWN.on(9, 0.5), TOWN.on(12, 0.5)
    flood = barrier_of(closure(box(150, 180, 250, 220)))
    router = build_router(TOWN.arrays())
    free = seconds(router, start, end)
    router.close([flood])
    around = seconds(router, start, end)
    with ThreadPoolExecutor(4) as threads:
        asked = [threads.submit(seconds, router, start, end) for _ in range(200)]
        for turn in range(60):
            router.close([flood] if turn % 2 else [])
        found = {one.result() for one in asked}
    assert free != around
    assert found <= {free, around}


@pytest.mark.parametrize(
    ("geometry", "radius_m"),
    [
        ({"type": "Point", "coordinates": [-57.6, -25.3]}, None),
        ({"type": "Point", "coordinates": [-57.6, -25.3]}, float("nan")),
        ({"type": "Point", "coordinates": [-57.6, -25.3]}, 9_000.0),
        ({"type": "LineString", "coordinates": [[-57.6, -25.3], [-57.6, -25.3]]}, None),
        ({"type": "LineString", "coordinates": [[-57.6, -25.3], [-50.6, -25.3]]}, None),
        ({"type": "LineString", "coordinates": [[-57.6, -25.3], [-57.61, -25.3]]}, 5.0),
        ({"type": "Polygon", "coordinates": [[[0, 0], [1, 1], [0, 1], [1, 0], [0, 0]]]}, None),
        ({"type": "GeometryCollection", "geometries": []}, None),
        ({}, None),
    ],
)
def test_drawing_that_routing_cannot_use_is_refused(
    geometry: dict[str, object], radius_m: float | None
) -> None:
    with pytest.raises(Invalid):
        closure(geometry, radius_m=radius_m)


def test_drawing_keeps_only_what_is_drawn() -> None:
    drawn = {"type": "LineString", "coordinates": [[-57.6, -25.3, 90.0], [-57.61, -25.3, 91.0]]}
    assert clean_geometry({**drawn, "crs": "x"}) == {
        "type": "LineString",
        "coordinates": [[-57.6, -25.3], [-57.61, -25.3]],
    }
