"""Panic buttons of the demo: pressed now and then, seldom in earnest, judged by the colleague."""

import asyncio
import random
from typing import Any, Final

import structlog

from ops_center.simulator.centre import Centre, Refused, Unreachable
from ops_center.simulator.places import KnownPlace, corner_name

BUTTONS: Final = 4
DEAD: Final = 1  # the last ones are in the list, but nobody has heard of them
# Of 2,832 presses in seven months in Asunción 12 % were genuine.
GENUINE: Final = 0.12
PRESS_EVERY_S: Final = 150.0
PRESSES: Final = (1, 1, 1, 2, 3, 5)  # people in need press more than once, and so do children
BETWEEN_S: Final = (2.0, 12.0)
HEARTBEAT_S: Final = 60.0
LOOK_S: Final = (25.0, 70.0)
GENUINE_TYPE: Final = "robbery"
WORDS: Final = "Botón de pánico: se ve en la cámara a una persona que pide ayuda"
MISTAKEN: Final = ("pressed_by_mistake", "nothing_seen", "false_alarm")
EXPECTED_DAYS: Final = 1

log = structlog.get_logger()


async def seed_buttons(admin: Centre, places: tuple[KnownPlace, ...]) -> list[dict[str, Any]]:
    """Register the buttons that are missing, each at a corner; return those that work."""
    known = {one["code"]: one for one in (await admin.get("/alarm-sources"))["items"]}
    buttons = []
    for number, place in enumerate(places[:BUTTONS], start=1):
        code = f"BP-{number:02}"
        if code not in known:
            known[code] = await admin.post("/alarm-sources", _body(code, place))
            log.info("button.seeded", code=code)
        buttons.append(known[code])
    return buttons[: len(buttons) - DEAD]


def _body(code: str, place: KnownPlace) -> dict[str, Any]:
    return {
        "code": code,
        "name": f"Botón {corner_name(place.label)}"[:120],
        "agency": "POL",
        "priority": 2,
        "location": {"lon": place.point.lon, "lat": place.point.lat, "uncertainty_m": 5},
        "repeat_window_s": 120,
        "expected_days": EXPECTED_DAYS,
    }


class Buttons:
    """The working buttons, those who press them, and the colleague who looks at what they mean."""

    def __init__(  # noqa: PLR0917  who acts, with what, and how
        self,
        machine: Centre,
        desk: Centre,
        buttons: list[dict[str, Any]],
        rng: random.Random,
        pace: float,
    ) -> None:
        self._machine = machine
        self._desk = desk
        self._buttons = buttons
        self._rng = rng
        self._pace = pace

    async def run(self, *, judge: bool) -> None:
        """Press for ever; with `judge` the colleague decides after a while what nobody decided."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._beat())
            while self._buttons:
                await self._sleep(self._rng.expovariate(1 / PRESS_EVERY_S))
                tasks.create_task(self._one(self._rng.choice(self._buttons), judge=judge))

    async def _beat(self) -> None:
        while True:
            for button in self._buttons:
                await self._try(self._machine, f"/alarm-sources/{button['code']}/heartbeats")
            await asyncio.sleep(HEARTBEAT_S)

    async def _one(self, button: dict[str, Any], *, judge: bool) -> None:
        alarm = None
        for _ in range(self._rng.choice(PRESSES)):
            pressed = await self._try(self._machine, f"/alarm-sources/{button['code']}/activations")
            alarm = pressed or alarm
            await self._sleep(self._rng.uniform(*BETWEEN_S))
        if alarm is None or not judge:
            return
        await self._sleep(self._rng.uniform(*LOOK_S))
        if self._rng.random() < GENUINE:
            body = {"type": GENUINE_TYPE, "narrative": WORDS}
            await self._try(self._desk, f"/alarms/{alarm['id']}/verify", body)
        else:
            body = {"reason": self._rng.choice(MISTAKEN)}
            await self._try(self._desk, f"/alarms/{alarm['id']}/dismiss", body)

    async def _try(self, who: Centre, path: str, body: dict[str, str] | None = None) -> Any:
        """Send it; what a person was quicker with, or what is out of use, is left."""
        try:
            return await who.post(path, body or {})
        except (Refused, Unreachable) as trouble:
            log.info("button.left", path=path, cause=str(trouble))
            return None

    async def _sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds * self._pace)
