"""A simulated crew: hears orders, wishes routes, says statuses, drives. Input and `now` only."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from gis.geodesy import distance_m
from gis.geometry import Point
from ops_center.simulator.driving import Journey, Position

# Seconds, before the pace scales them: from the beep to the button, and what work takes.
ACKNOWLEDGE_S: Final = (4.0, 20.0)
TURNOUT_S: Final = (8.0, 35.0)
ON_SCENE_S: Final = (90.0, 420.0)
HANDOVER_S: Final = (60.0, 180.0)
REST_S: Final = (10.0, 90.0)
AGAIN_S: Final = 15.0  # after a wish that was not granted
TRANSPORT_SHARE: Final = 0.55
FORGOTTEN: Final = frozenset({"en_route", "on_scene"})
ARRIVED_M: Final = 30.0
STRAIGHT_MPS: Final = 8.0  # without a route: slowly, over ground we do not know


class Task(StrEnum):
    CRUISING = "cruising"
    TURNOUT = "turnout"
    STARTING = "starting"
    ROLLING = "rolling"
    WORKING = "working"
    TRANSPORTING = "transporting"
    HANDOVER = "handover"
    LEAVING = "leaving"


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What the centre says this unit works on."""

    assignment_id: str
    incident_id: str
    place: Point | None


@dataclass(frozen=True, slots=True)
class Say:
    """Report this status."""

    status: str


@dataclass(frozen=True, slots=True)
class AskRoute:
    """Ask for the way from `start` to `end`; answer with `routed` or `no_route`."""

    start: Point
    end: Point


Wish = Say | AskRoute
Roam = Callable[[], Point]
Step = Callable[[datetime], tuple[Wish, ...]]

# Where a crew stands whose unit the centre already shows so: after our own restart.
_RESUMED: Final = {
    "dispatched": Task.TURNOUT,
    "acknowledged": Task.STARTING,
    "en_route": Task.ROLLING,
    "on_scene": Task.WORKING,
    "transporting": Task.TRANSPORTING,
    "at_hospital": Task.HANDOVER,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Habits:
    """What a crew is like: whether people answer for it, where it takes the sick, its pace.

    `forgets` is how often, 0 to 1, it goes or arrives without saying so.
    """

    answers: bool = True
    forgets: float = 0.0
    hospital: Point | None = None
    pace: float = 1.0


class Crew:
    """One unit's crew. A crew that does not answer only drives, as its people say it does.

    `roam` names the next place to patrol.
    """

    def __init__(
        self, *, at: Point, habits: Habits, roam: Roam, rng: random.Random, now: datetime
    ) -> None:
        self._rng = rng
        self._habits = habits
        self._roam = roam
        self._journey = Journey([at], speed_mps=1.0)
        self._left_at = now
        self._due: datetime | None = now + self._span(REST_S)
        self._asked = False
        self.task = Task.CRUISING
        self.order: Order | None = None
        self._steps: dict[Task, Step] = {
            Task.CRUISING: self._cruise,
            Task.TURNOUT: lambda now: self._say("acknowledged", Task.STARTING, TURNOUT_S, now),
            Task.STARTING: self._set_out,
            Task.ROLLING: self._arrive,
            Task.WORKING: self._finish_work,
            Task.TRANSPORTING: self._arrive,
            Task.HANDOVER: self._leave,
            Task.LEAVING: self._leave,  # the centre should have freed us long ago: say it again
        }

    def position(self, now: datetime) -> Position:
        return self._journey.at((now - self._left_at).total_seconds())

    def told(self, order: Order | None, activity: str, *, now: datetime) -> None:
        """Take in what the centre shows of this unit. The centre is right, always."""
        if order is None:
            if self.order is not None:
                self._back_to_patrol(now)
            return
        is_new = self.order is None or order.assignment_id != self.order.assignment_id
        self.order = order
        if is_new or not self._habits.answers:
            self._resume(_RESUMED.get(activity, Task.TURNOUT), now, stop=is_new)

    def routed(self, journey: Journey, *, now: datetime) -> None:
        """Set out on the route that was asked for."""
        self._asked = False
        self._journey = journey
        self._left_at = now

    def no_route(self, end: Point, *, now: datetime) -> None:
        """There is no way by road: go straight when there is an order, else think of elsewhere."""
        self._asked = False
        if self.task in {Task.ROLLING, Task.TRANSPORTING}:
            line = [self.position(now).point, end]
            self.routed(Journey(line, speed_mps=STRAIGHT_MPS), now=now)
        else:
            self._due = now + timedelta(seconds=AGAIN_S)

    def put_right(self, order: Order | None, activity: str, *, now: datetime) -> None:
        """Begin again from what the centre shows, because it refused what was said."""
        if order is None:
            self._back_to_patrol(now)
            return
        self.order = order
        self._resume(_RESUMED.get(activity, Task.TURNOUT), now, stop=True)

    def tick(self, *, now: datetime) -> tuple[Wish, ...]:
        """Return what the crew wishes now; mostly nothing."""
        if self._due is not None and now < self._due:
            return ()
        return self._steps[self.task](now)

    def _resume(self, task: Task, now: datetime, *, stop: bool) -> None:
        if task is self.task and not stop:
            return
        self.task = task
        self._asked = False
        if stop or task in {Task.WORKING, Task.HANDOVER}:
            self._stop(now)
        spans = {
            Task.TURNOUT: ACKNOWLEDGE_S,
            Task.STARTING: TURNOUT_S,
            Task.WORKING: ON_SCENE_S,
            Task.HANDOVER: HANDOVER_S,
        }
        self._due = now + self._span(spans[task]) if task in spans else None
        if task is Task.ROLLING:
            self._due = now

    def _stop(self, now: datetime) -> None:
        self._journey = Journey([self.position(now).point], speed_mps=1.0)
        self._left_at = now

    def _back_to_patrol(self, now: datetime) -> None:
        self.order = None
        self.task = Task.CRUISING
        self._asked = False
        self._stop(now)
        self._due = now + self._span(REST_S)

    def _cruise(self, now: datetime) -> tuple[Wish, ...]:
        if self._asked or not self._has_arrived(now) or not self._habits.answers:
            return ()
        if self._due is None:  # just arrived: stand a while
            self._due = now + self._span(REST_S)
            return ()
        return self._ask(self._roam(), now)

    def _set_out(self, now: datetime) -> tuple[Wish, ...]:
        if not self._habits.answers:
            return ()
        said = self._say("en_route", Task.ROLLING, None, now)
        return (*said, *self._ask_for_scene(now))

    def _ask_for_scene(self, now: datetime) -> tuple[Wish, ...]:
        place = self.order.place if self.order else None
        return self._ask(place, now) if place is not None else ()

    def _arrive(self, now: datetime) -> tuple[Wish, ...]:
        if self._asked or not self._has_arrived(now):
            return ()
        if self.task is Task.TRANSPORTING:
            return self._say("at_hospital", Task.HANDOVER, HANDOVER_S, now)
        if self._is_far_from_scene(now):
            return self._ask_for_scene(now)
        return self._say("on_scene", Task.WORKING, ON_SCENE_S, now)

    def _is_far_from_scene(self, now: datetime) -> bool:
        """True when the journey that ended was not the one to the scene."""
        place = self.order.place if self.order else None
        return place is not None and distance_m(self._journey.end, place) > ARRIVED_M

    def _finish_work(self, now: datetime) -> tuple[Wish, ...]:
        hospital = self._habits.hospital
        if hospital is None or not self._habits.answers or self._rng.random() > TRANSPORT_SHARE:
            return self._leave(now)
        said = self._say("transporting", Task.TRANSPORTING, None, now)
        return (*said, *self._ask(hospital, now))

    def _leave(self, now: datetime) -> tuple[Wish, ...]:
        return self._say("clear", Task.LEAVING, REST_S, now)

    def _say(
        self, status: str, then: Task, span: tuple[float, float] | None, now: datetime
    ) -> tuple[Wish, ...]:
        if not self._habits.answers:
            return ()
        self.task = then
        self._due = now + self._span(span) if span else None
        if status in FORGOTTEN and self._rng.random() < self._habits.forgets:
            return ()
        return (Say(status),)

    def _ask(self, end: Point, now: datetime) -> tuple[Wish, ...]:
        self._asked = True
        self._due = None
        return (AskRoute(self.position(now).point, end),)

    def _has_arrived(self, now: datetime) -> bool:
        return (now - self._left_at).total_seconds() >= self._journey.duration_s

    def _span(self, seconds: tuple[float, float]) -> timedelta:
        return timedelta(seconds=self._rng.uniform(*seconds) * self._habits.pace)
