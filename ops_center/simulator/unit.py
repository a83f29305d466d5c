"""One unit on the road: lets its crew wish, grants the wishes, reports where it is."""

import asyncio
import random
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import structlog

from gis.geometry import Point
from ops_center.kernel.clock import Clock, wire_time
from ops_center.simulator.care import Answer, Care, Confirm
from ops_center.simulator.centre import Centre, Refused, Unreachable
from ops_center.simulator.crew import AskRoute, Crew, Order, Say, Wish
from ops_center.simulator.driving import fix, journey_of
from ops_center.simulator.following import Picture
from ops_center.simulator.mischief import Mischief, Sending, sendings, silence_s
from ops_center.simulator.survey import route_or_none

TICK_S: Final = 0.5
STANDING_EVERY: Final = timedelta(seconds=10)
OUTBOX_MAX: Final = 250  # fixes kept during an outage, two per report: the oldest go first
FIXES_PER_BATCH: Final = 200
ROUTE_PATIENCE_S: Final = 20.0
OTHERS_RIGHT: Final = timedelta(seconds=60)
OWN_REMEMBERED: Final = 64

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Road:
    """What all units share: the centre, the clock, what the screen shows, today's mischief."""

    centre: Centre
    clock: Clock
    picture: Callable[[], Picture]
    live: Callable[[], Mapping[str, Any]]
    mischief: Callable[[], Mischief]
    fix_every: timedelta


class UnitOnTheRoad:
    """Drives one crew against the centre; nothing it waits for stops it from moving."""

    def __init__(
        self,
        unit: dict[str, Any],
        crew: Crew,
        road: Road,
        rng: random.Random,
        *,
        care: Care | None = None,
    ) -> None:
        """Without `care` nobody answers for the crew when it is asked: a person does."""
        self.callsign: str = unit["callsign"]
        self._id: str = unit["id"]
        self._profile: str = unit["profile"]
        self._crew = crew
        self._road = road
        self._rng = rng
        self._version = -1
        self._next_fix = road.clock.now()
        self._silent_until = road.clock.now()
        self._fresh: list[dict[str, Any]] = []
        self._outbox: deque[Sending] = deque(maxlen=OUTBOX_MAX)
        self._own: deque[str] = deque(maxlen=OWN_REMEMBERED)
        self._care = care
        self._granting: asyncio.Task[None] | None = None
        self._answering: asyncio.Task[None] | None = None
        self._sending: asyncio.Task[None] | None = None

    async def run(self) -> None:
        """Drive until cancelled."""
        await asyncio.sleep(self._rng.uniform(0, TICK_S * 4))  # not all at the same instant
        async with asyncio.TaskGroup() as tasks:
            while True:
                now = self._road.clock.now()
                self._look(now)
                if _is_done(self._granting):
                    wishes = self._crew.tick(now=now)
                    if wishes:
                        self._granting = tasks.create_task(self._grant(wishes))
                answer = self._asked(now) if _is_done(self._answering) else None
                if answer is not None:
                    self._answering = tasks.create_task(self._answer(answer))
                self._take_fix(now)
                due = self._due_batch(now) if _is_done(self._sending) else ()
                if due:
                    self._sending = tasks.create_task(self._send(due))
                await asyncio.sleep(TICK_S)

    def silence(self, seconds: float) -> None:
        """Report nothing for so long, as behind a hill; what was meant to be said is lost."""
        self._silent_until = self._road.clock.now() + timedelta(seconds=seconds)

    def _look(self, now: datetime) -> None:
        unit = self._road.picture()["units"].get(self._id)
        if unit is None or unit["version"] == self._version:
            return
        self._version = unit["version"]
        self._crew.told(self._order_of(unit), unit["activity"], now=now)

    def _order_of(self, unit: Mapping[str, Any]) -> Order | None:
        assignment = unit["assignment"]
        if assignment is None:
            return None
        incident = self._road.picture()["incidents"].get(assignment["incident_id"])
        place = incident["location"] if incident else None
        return Order(
            assignment_id=assignment["id"],
            incident_id=assignment["incident_id"],
            place=Point(lon=place["lon"], lat=place["lat"]) if place else None,
        )

    async def _grant(self, wishes: tuple[Wish, ...]) -> None:
        for wish in wishes:
            match wish:
                case Say():
                    if not await self._say(wish.status):
                        return
                case AskRoute():
                    await self._find_route(wish)

    def _asked(self, now: datetime) -> Answer | None:
        unit = self._road.picture()["units"].get(self._id)
        if unit is None or self._care is None or now < self._silent_until:
            return None
        return self._care.tick(unit, now=now)

    async def _answer(self, answer: Answer) -> None:
        path, body = f"/units/{self._id}/welfare", dict[str, str]()
        if isinstance(answer, Confirm):
            path, body = f"/units/{self._id}/proposal/confirm", {"status": answer.status}
        try:
            await self._road.centre.post(path, body)
        except (Refused, Unreachable) as trouble:  # somebody at a desk was quicker
            log.info("answer.lost", callsign=self.callsign, cause=str(trouble))

    async def _say(self, status: str) -> bool:
        body = {"status": status, "occurred_at": wire_time(self._road.clock.now())}
        try:
            await self._road.centre.post(f"/units/{self._id}/status", body)
        except Refused as refused:
            log.info("status.refused", callsign=self.callsign, status=status, code=refused.code)
            await self._put_right()
            return False
        except Unreachable:
            log.warning("status.lost", callsign=self.callsign, status=status)
        return True

    async def _put_right(self) -> None:
        try:
            unit = await self._road.centre.get(f"/units/{self._id}")
        except (Refused, Unreachable):
            return  # the next look at the picture puts it right
        order = self._order_of(unit)
        self._crew.put_right(order, unit["activity"], now=self._road.clock.now())

    async def _find_route(self, wish: AskRoute) -> None:
        try:
            async with asyncio.timeout(ROUTE_PATIENCE_S):
                route = await route_or_none(self._road.centre, wish.start, wish.end, self._profile)
        except (TimeoutError, Unreachable):
            route = None
        now = self._road.clock.now()
        if route is None:
            self._crew.no_route(wish.end, now=now)
        else:
            journey = journey_of(route, to_the_door=self._crew.order is not None)
            self._crew.routed(journey, now=now)

    def _take_fix(self, now: datetime) -> None:
        if now < self._next_fix:
            return
        position = self._crew.position(now)
        moving = position.speed_mps > 0
        self._next_fix = now + (self._road.fix_every if moving else STANDING_EVERY)
        if now < self._silent_until or self._somebody_else_reports():
            return
        one = fix(position, self._rng, at=now)
        self._own.append(one["occurred_at"])
        self._fresh.append(one)
        if not moving or len(self._fresh) >= 2:
            self._pack(now)

    def _pack(self, now: datetime) -> None:
        mischief = self._road.mischief()
        self._outbox.extend(sendings(self._fresh, mischief, self._rng, now=now))
        self._fresh = []
        quiet_s = silence_s(mischief, self._rng)
        if quiet_s:
            self.silence(quiet_s)

    def _somebody_else_reports(self) -> bool:
        """Whether the unit's own phone has taken over: then the vehicle says nothing."""
        seen = self._road.live().get(f"unit:{self._id}")
        if seen is None or not self._own or seen["occurred_at"] in self._own:
            return False
        if seen["occurred_at"] < self._own[0]:
            return False
        return datetime.fromisoformat(seen["occurred_at"]) > self._road.clock.now() - OTHERS_RIGHT

    def _due_batch(self, now: datetime) -> tuple[Sending, ...]:
        due = tuple(one for one in self._outbox if one.due <= now)
        if due:
            late = [one for one in self._outbox if one.due > now]
            self._outbox = deque(late, maxlen=OUTBOX_MAX)
        return due

    async def _send(self, due: tuple[Sending, ...]) -> None:
        """Send what is due; after an outage many reports go out as few."""
        batches = [list(one.fixes) for one in due[:1]]
        for one in due[1:]:
            if len(batches[-1]) + len(one.fixes) > FIXES_PER_BATCH:
                batches.append([])
            batches[-1].extend(one.fixes)
        for batch in batches:
            await self._post(batch)

    async def _post(self, batch: list[dict[str, Any]]) -> None:
        try:
            answer = await self._road.centre.post(f"/units/{self._id}/locations", batch)
        except (Refused, Unreachable) as trouble:
            log.warning("positions.lost", callsign=self.callsign, cause=str(trouble))
            return
        for rejected in answer["rejected"]:
            log.debug("fix.rejected", callsign=self.callsign, code=rejected["code"])


def _is_done(task: asyncio.Task[None] | None) -> bool:
    return task is None or task.done()
