"""Crews obey the centre: they answer orders, drive to the scene, work and come back."""

import random
from datetime import UTC, datetime, timedelta
from itertools import cycle

import pytest

from gis.geodesy import distance_m
from gis.geometry import Point
from ops_center.simulator.crew import AskRoute, Crew, Habits, Order, Say, Task, Wish
from ops_center.simulator.driving import Journey

START = datetime(2026, 11, 22, 14, 0, tzinfo=UTC)
HOME = Point(lon=24.94, lat=60.17)
SCENE = Point(lon=24.95, lat=60.175)
HOSPITAL = Point(lon=24.91, lat=60.19)
ORDER = Order(assignment_id="a1", incident_id="i1", place=SCENE)
SPEED_MPS = 12.0


class Shift:
    """A crew with a clock, whose routes are straight lines granted at once."""

    def __init__(self, *, seed: int = 1, habits: Habits | None = None) -> None:
        self.now = START
        self.said: list[str] = []
        self.crew = Crew(
            at=HOME,
            habits=habits or Habits(),
            rng=random.Random(seed),
            now=START,
            roam=lambda: next(self.beat),
        )
        self.beat = cycle((HOSPITAL, SCENE))

    def run(self, seconds: float, *, until_said: str | None = None) -> list[Wish]:
        wishes: list[Wish] = []
        end = self.now + timedelta(seconds=seconds)
        while self.now < end and (until_said is None or until_said not in self.said):
            self.now += timedelta(seconds=1)
            for wish in self.crew.tick(now=self.now):
                wishes.append(wish)
                self._grant(wish)
        return wishes

    def _grant(self, wish: Wish) -> None:
        if isinstance(wish, Say):
            self.said.append(wish.status)
        else:
            journey = Journey([wish.start, wish.end], speed_mps=SPEED_MPS)
            self.crew.routed(journey, now=self.now)

    def order(self, activity: str = "dispatched", order: Order | None = ORDER) -> None:
        self.crew.told(order, activity, now=self.now)


def test_an_order_is_answered_driven_to_worked_and_cleared() -> None:
    shift = Shift()
    shift.order()
    shift.run(3_600, until_said="clear")
    assert shift.said == ["acknowledged", "en_route", "on_scene", "clear"]


def test_a_crew_says_on_scene_only_when_it_is_there() -> None:
    shift = Shift()
    shift.order()
    shift.run(3_600, until_said="on_scene")
    assert distance_m(shift.crew.position(shift.now).point, SCENE) < 1


def test_an_ambulance_may_transport_before_it_is_clear() -> None:
    stories = set()
    for seed in range(20):
        shift = Shift(seed=seed, habits=Habits(hospital=HOSPITAL))
        shift.order()
        shift.run(7_200, until_said="clear")
        stories.add(tuple(shift.said))
    steps = ("acknowledged", "en_route", "on_scene")
    assert stories == {(*steps, "clear"), (*steps, "transporting", "at_hospital", "clear")}


def test_a_released_crew_stops_and_patrols_again() -> None:
    shift = Shift()
    shift.order()
    shift.run(3_600, until_said="en_route")
    shift.order(order=None, activity="in_service")
    assert shift.crew.task is Task.CRUISING
    assert shift.crew.order is None
    wishes = shift.run(600)
    assert any(isinstance(wish, AskRoute) for wish in wishes)
    assert "on_scene" not in shift.said


def test_a_new_order_replaces_the_one_under_way() -> None:
    shift = Shift()
    shift.order()
    shift.run(3_600, until_said="on_scene")
    shift.order(order=Order(assignment_id="a2", incident_id="i2", place=HOSPITAL))
    shift.said.clear()
    shift.run(3_600, until_said="on_scene")
    assert shift.said == ["acknowledged", "en_route", "on_scene"]
    assert distance_m(shift.crew.position(shift.now).point, HOSPITAL) < 1


def test_a_moved_incident_is_driven_to_after_all() -> None:
    shift = Shift()
    shift.order()
    shift.run(3_600, until_said="en_route")
    moved = Order(assignment_id="a1", incident_id="i1", place=HOSPITAL)
    shift.order(order=moved, activity="en_route")
    shift.run(3_600, until_said="on_scene")
    assert distance_m(shift.crew.position(shift.now).point, HOSPITAL) < 1


@pytest.mark.parametrize(
    ("activity", "next_said"),
    [
        ("dispatched", "acknowledged"),
        ("acknowledged", "en_route"),
        ("en_route", "on_scene"),
        ("on_scene", "clear"),
        ("at_hospital", "clear"),
    ],
)
def test_a_restarted_simulation_takes_up_where_the_centre_stands(
    activity: str, next_said: str
) -> None:
    shift = Shift()
    shift.order(activity)
    shift.run(3_600, until_said=next_said)
    assert shift.said == [next_said]


def test_a_refused_report_begins_again_from_what_the_centre_shows() -> None:
    shift = Shift()
    shift.order()
    shift.run(3_600, until_said="en_route")
    shift.crew.put_right(ORDER, "acknowledged", now=shift.now)
    shift.said.clear()
    shift.run(3_600, until_said="on_scene")
    assert shift.said == ["en_route", "on_scene"]


def test_a_refused_report_of_an_order_that_is_gone_ends_it() -> None:
    shift = Shift()
    shift.order()
    shift.run(3_600, until_said="en_route")
    shift.crew.put_right(None, "in_service", now=shift.now)
    assert shift.crew.task is Task.CRUISING


def test_clear_is_said_again_while_the_centre_still_shows_the_order() -> None:
    shift = Shift()
    shift.order()
    shift.run(3_600, until_said="clear")
    shift.run(200)
    assert shift.said.count("clear") > 1


def test_a_unit_left_to_a_person_never_speaks_but_drives_when_told() -> None:
    shift = Shift(habits=Habits(answers=False))
    shift.run(600)
    assert distance_m(shift.crew.position(shift.now).point, HOME) < 1
    shift.order("dispatched")
    shift.run(600)
    assert distance_m(shift.crew.position(shift.now).point, HOME) < 1
    shift.order("en_route")
    shift.run(600)
    assert distance_m(shift.crew.position(shift.now).point, SCENE) < 1
    assert shift.said == []


def test_without_a_route_a_crew_with_an_order_goes_straight() -> None:
    shift = Shift()
    shift.order("en_route")
    (wish,) = shift.crew.tick(now=shift.now)
    assert isinstance(wish, AskRoute)
    shift.crew.no_route(wish.end, now=shift.now)
    shift.run(3_600, until_said="on_scene")
    assert distance_m(shift.crew.position(shift.now).point, SCENE) < 1


def test_without_a_route_a_patrol_thinks_of_somewhere_else() -> None:
    shift = Shift()
    shift.now += timedelta(hours=1)
    (first,) = shift.crew.tick(now=shift.now)
    assert isinstance(first, AskRoute)
    shift.crew.no_route(first.end, now=shift.now)
    assert shift.crew.tick(now=shift.now) == ()
    shift.now += timedelta(minutes=1)
    (second,) = shift.crew.tick(now=shift.now)
    assert isinstance(second, AskRoute)
    assert second.end != first.end


def test_a_route_is_asked_for_once_while_the_answer_is_awaited() -> None:
    shift = Shift()
    shift.order("en_route")
    assert len(shift.crew.tick(now=shift.now)) == 1
    for _ in range(60):
        shift.now += timedelta(seconds=1)
        assert shift.crew.tick(now=shift.now) == ()


def test_pace_makes_people_quicker_and_not_cars() -> None:
    hurried = Shift(habits=Habits(pace=0.01))
    hurried.order()
    hurried.run(3_600, until_said="on_scene")
    took_s = (hurried.now - START).total_seconds()
    assert took_s >= float(distance_m(HOME, SCENE)) / SPEED_MPS
    assert took_s < float(distance_m(HOME, SCENE)) / SPEED_MPS + 10
