"""Runs a whole simulated city against one centre until it is cancelled."""

import asyncio
import random
import sys
from collections.abc import Mapping
from contextlib import AsyncExitStack
from datetime import timedelta
from typing import Any, Final

import structlog

from gis.geometry import Point
from ops_center.kernel.clock import Clock, SystemClock
from ops_center.simulator import commands, seeding
from ops_center.simulator.buttons import Buttons, seed_buttons
from ops_center.simulator.callers import Callers, PlannedCall
from ops_center.simulator.care import Care
from ops_center.simulator.centre import (
    Centre,
    Refused,
    Unreachable,
    read_tokens,
)
from ops_center.simulator.colleague import Colleague, Desk
from ops_center.simulator.crew import Crew, Habits
from ops_center.simulator.fleet import fleet
from ops_center.simulator.options import SimulatorOptions
from ops_center.simulator.screen import Screen
from ops_center.simulator.survey import Survey, survey
from ops_center.simulator.unit import Road, UnitOnTheRoad

WAITING_MAX: Final = 12  # calls of ours that wait unanswered: then the next caller hangs up
FIRST_CALL_S: Final = 4.0
OPENING_CALLS: Final = 2  # these need help, whatever the shares: nobody waits for a demo to begin
FIX_EVERY: Final = timedelta(seconds=2)
SNAPSHOT_WITHIN_S: Final = 60.0
LOOK_S: Final = 5.0
FORGETS: Final = 0.15  # of what a crew should say: its position says it then
MINUTE_S: Final = 60.0
START_PATIENCE_S: Final = 120.0
NEEDED_AT_THE_DESK: Final = frozenset(
    {"calls.read", "calls.write", "incidents.read", "incidents.write", "units.assign"}
)

log = structlog.get_logger()


async def simulate(options: SimulatorOptions, *, clock: Clock | None = None) -> None:
    """Seed the centre at `options.url` and keep its city alive until cancelled.

    Raises Unreachable when no centre answers within START_PATIENCE_S and NoCity without roads.
    """
    city = SimulatedCity(options, clock or SystemClock())
    await city.run()


def rng_for(seed: int, name: str) -> random.Random:
    """Return the source of chance of one actor: nobody's draws depend on another's timing."""
    return random.Random(f"{seed}/{name}")  # noqa: S311  repeatable, and nothing secret


class SimulatedCity:
    def __init__(self, options: SimulatorOptions, clock: Clock) -> None:
        self._options = options
        self._clock = clock
        self._call_every_s = options.call_every_s
        self._hand = options.helping_hand
        self._mischief = options.mischief
        self._plans: dict[str, PlannedCall] = {}
        self._units: dict[str, UnitOnTheRoad] = {}
        self._call_now = asyncio.Event()
        self.calls_made = 0

    async def run(self) -> None:
        """Connect, survey, seed, then run all actors."""
        async with AsyncExitStack() as stack:
            admin, machine, desk, responder = [
                await stack.enter_async_context(one) for one in await self._accounts()
            ]
            known = await survey(machine, rng_for(self._options.seed, "survey"))
            specs = fleet(self._options.units)
            units = await seeding.seed_units(admin, specs)
            left = await seeding.give_crew(admin, responder, units, self._options.leave_unit)
            await self._start_shift(machine, units)
            cameras = await seeding.seed_cameras(
                admin, known, self._options, rng_for(self._options.seed, "cameras")
            )
            buttons = Buttons(
                machine,
                desk,
                await seed_buttons(admin, known.corners),
                self._rng("buttons"),
                self._options.pace,
            )
            screen = Screen(desk.socket_url, desk.token, rng=self._rng("screen"))
            colleague = Colleague(
                Desk(
                    centre=desk,
                    screen=screen,
                    pace=self._options.pace,
                    reserved=frozenset({left}),
                ),
                self._rng("colleague"),
            )
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(screen.run())
                await screen.until(lambda f: f.seq is not None, within_s=SNAPSHOT_WITHIN_S)
                self._man_units(units, left, known, self._road(machine, screen))
                for unit in self._units.values():
                    tasks.create_task(unit.run())
                tasks.create_task(self._call_in(tasks, machine, known, colleague))
                tasks.create_task(self._watch_alarms(tasks, screen, colleague, cameras))
                tasks.create_task(buttons.run(judge=self._hand > 0))
                tasks.create_task(self._tear_now_and_then(screen))
                if self._options.read_commands:
                    tasks.create_task(self._obey(screen))
                log.info("city.alive", units=len(self._units), cameras=len(cameras), left=left)

    def _rng(self, name: str) -> random.Random:
        return rng_for(self._options.seed, name)

    async def _accounts(self) -> tuple[Centre, Centre, Centre, Centre]:
        """Return those of administrator, gateway, colleague (the gateway, if it may), responder."""
        tokens = read_tokens(self._options.credentials)
        admin, machine, desk, responder = (
            Centre(self._options.url, tokens[role], rng=self._rng(role))
            for role in ("admin", "machine", "dispatcher", "responder")
        )
        machine.replay_share = self._mischief.replayed_key
        who = await machine.get("/session", patience_s=START_PATIENCE_S)
        if frozenset(who["permissions"]) >= NEEDED_AT_THE_DESK:
            await desk.close()
            desk = Centre(self._options.url, machine.token, rng=self._rng("desk"))
        return admin, machine, desk, responder

    async def _start_shift(self, machine: Centre, units: Mapping[str, dict[str, Any]]) -> None:
        for unit in units.values():
            try:
                await seeding.sign_crew_on(machine, unit)
                await seeding.put_in_service(machine, unit)
            except Refused as refused:
                log.warning("unit.not_in_service", callsign=unit["callsign"], code=refused.code)

    def _road(self, machine: Centre, screen: Screen) -> Road:
        return Road(
            centre=machine,
            clock=self._clock,
            picture=lambda: screen.following.picture,
            live=lambda: screen.following.live,
            mischief=lambda: self._mischief,
            fix_every=FIX_EVERY,
        )

    def _man_units(
        self, units: Mapping[str, dict[str, Any]], left: str, known: Survey, road: Road
    ) -> None:
        for callsign, unit in units.items():
            rng = self._rng(f"unit {callsign}")
            crew = Crew(
                at=_last_position(road, unit) or rng.choice(known.places).point,
                habits=Habits(
                    answers=callsign != left,
                    hospital=known.hospital if "ambulance" in unit["capabilities"] else None,
                    pace=self._options.pace,
                    forgets=FORGETS,
                ),
                roam=known.beat(rng),
                rng=rng,
                now=self._clock.now(),
            )
            care = None
            if callsign != left:
                care = Care(self._rng(f"care {callsign}"), pace=self._options.pace)
            self._units[callsign] = UnitOnTheRoad(unit, crew, road, rng, care=care)

    async def _call_in(
        self, tasks: asyncio.TaskGroup, machine: Centre, known: Survey, colleague: Colleague
    ) -> None:
        screen = colleague.screen
        rng = self._rng("callers")
        callers = Callers(known.places, rng, duplicate=self._mischief.duplicate_call)
        wait_s = FIRST_CALL_S * self._options.pace
        while self._calls_left() != 0:
            demanded = await self._wait_for_caller(wait_s)
            wait_s = callers.wait_s(self._call_every_s)
            opening = self.calls_made < OPENING_CALLS
            callers.duplicate = self._mischief.duplicate_call
            now = self._clock.now()
            real = demanded or opening
            plans = [callers.real_call(now=now)] if real else callers.next_calls(now=now)
            helped = rng.random() < self._hand
            if opening:  # one to see worked, one to work oneself
                helped = self._hand >= 1 or (self._hand > 0 and self.calls_made == 0)
                wait_s = min(wait_s, FIRST_CALL_S * self._options.pace)
            if self._waiting(screen) >= WAITING_MAX and not demanded:
                continue
            for plan in plans[: self._calls_left()]:
                tasks.create_task(self._one_call(machine, plan, colleague, helped=helped))
                self.calls_made += 1

    def _calls_left(self) -> int | None:
        """How many calls may still be made; None: as many as come."""
        most = self._options.calls_max
        return None if most is None else max(most - self.calls_made, 0)

    def _waiting(self, screen: Screen) -> int:
        calls = screen.following.picture["calls"]
        return sum(calls[key]["state"] == "waiting" for key in self._plans if key in calls)

    async def _wait_for_caller(self, wait_s: float) -> bool:
        """Wait for the next caller; True when one was demanded by command."""
        try:
            async with asyncio.timeout(wait_s):
                await self._call_now.wait()
        except TimeoutError:
            return False
        self._call_now.clear()
        return True

    async def _one_call(
        self, machine: Centre, plan: PlannedCall, colleague: Colleague, *, helped: bool
    ) -> None:
        """A call from dialling to its end: the colleague's, or a person's as long as they like."""
        await asyncio.sleep(plan.rings_after_s * self._options.pace)
        try:
            call = await machine.post("/calls", plan.body)
        except (Refused, Unreachable) as trouble:
            log.warning("call.lost", cause=str(trouble))
            return
        log.info("call.made", number=call["number"], kind=plan.kind.value, helped=helped)
        self._plans[call["id"]] = plan
        async with asyncio.TaskGroup() as line:
            line.create_task(self._on_the_line(machine, call["id"], plan))
            line.create_task(self._answered(call, plan, colleague, helped=helped))

    async def _answered(
        self, call: dict[str, Any], plan: PlannedCall, colleague: Colleague, *, helped: bool
    ) -> None:
        try:
            if not helped:
                await asyncio.sleep(self._options.patience_s * self._options.pace)
        finally:
            del self._plans[call["id"]]
        if self._hand > 0:
            await colleague.work(call, plan)

    async def _on_the_line(self, machine: Centre, call_id: str, plan: PlannedCall) -> None:
        """What the telephone does by itself: sends where it is, and hangs up."""
        waited_s = 0.0
        for fix in plan.fixes:
            await asyncio.sleep((fix.after_s - waited_s) * self._options.pace)
            waited_s = fix.after_s
            await _sent(machine, f"/calls/{call_id}/fixes", fix.body)
        if plan.hangs_up_after_s is not None:
            await asyncio.sleep(plan.hangs_up_after_s * self._options.pace)
            await _sent(machine, f"/calls/{call_id}/hang-up", {})

    async def _watch_alarms(
        self,
        tasks: asyncio.TaskGroup,
        screen: Screen,
        colleague: Colleague,
        cameras: frozenset[str],
    ) -> None:
        """Alarms of the demo's cameras do not pile up for ever when nobody looks at the wall."""
        first_seen: dict[str, float] = {}
        loop = asyncio.get_running_loop()
        while self._hand > 0:
            await asyncio.sleep(LOOK_S)
            raised = {
                key
                for key, alarm in screen.following.picture["alarms"].items()
                if alarm["state"] == "raised" and alarm["camera_id"] in cameras
            }
            first_seen = {key: first_seen.get(key, loop.time()) for key in raised}
            for key, since in first_seen.items():
                if loop.time() - since > self._options.patience_s * self._options.pace:
                    first_seen[key] = loop.time()
                    tasks.create_task(colleague.dismiss(key))

    async def _tear_now_and_then(self, screen: Screen) -> None:
        rng = self._rng("mischief")
        while True:
            await asyncio.sleep(MINUTE_S * self._options.pace)
            if rng.random() < self._mischief.socket_loss:
                screen.tear()

    async def _obey(self, screen: Screen) -> None:
        reader = asyncio.StreamReader()
        loop = asyncio.get_running_loop()
        await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
        while line := await reader.readline():
            try:
                self._carry_out(commands.parse(line.decode(errors="replace")), screen)
            except ValueError as wrong:
                log.warning("command.unknown", help=str(wrong))

    def _carry_out(self, command: commands.Command, screen: Screen) -> None:
        match command:
            case commands.MakeCall():
                self._call_now.set()
            case commands.CallEvery(seconds):
                self._call_every_s = seconds
            case commands.Hand(share):
                self._hand = share
            case commands.ChangeMischief(text):
                self._mischief = self._mischief.changed(text)
            case commands.Silence(callsign, seconds):
                if callsign in self._units:
                    self._units[callsign].silence(seconds)
            case commands.Tear():
                screen.tear()


async def _sent(machine: Centre, path: str, body: dict[str, Any]) -> None:
    """A telephone does not mind an answer: the call may be over by the time it sends."""
    try:
        await machine.post(path, body)
    except (Refused, Unreachable) as trouble:
        log.info("telephone.unheard", path=path, cause=str(trouble))


def _last_position(road: Road, unit: Mapping[str, Any]) -> Point | None:
    """Where the centre saw the unit last: a restarted simulation does not teleport anybody."""
    seen = road.live().get(f"unit:{unit['id']}")
    return Point(lon=seen["lon"], lat=seen["lat"]) if seen else None
