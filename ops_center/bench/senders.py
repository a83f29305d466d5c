"""Helper: a vehicle gateway that reports the positions of many units, evenly spread over time."""

import asyncio
import itertools
import random
import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any, Final

import httpx

from ops_center.bench.child import answer_questions
from ops_center.kernel.clock import SystemClock, wire_time
from ops_center.simulator.centre import API

CONNECTIONS: Final = 64
REQUEST_WITHIN_S: Final = 15.0
STEP_DEG: Final = 0.00002  # about two metres: nobody teleports


class Senders:
    """Sends batches for units in turn, and remembers how it went."""

    def __init__(self) -> None:
        self._clock = SystemClock()
        self._rng = random.Random(9)  # noqa: S311  repeatable, and nothing secret
        self._accepted = 0
        self._rejected = 0
        self._delays_ms: list[float] = []
        self._late = 0

    async def send(
        self,
        url: str,
        token: str,
        units: list[dict[str, Any]],
        *,
        per_s: float,
        batch: int,
        seconds: float,
    ) -> dict[str, Any]:
        """Send `per_s` positions a second (0: as fast as answers come) for `seconds`."""
        self._accepted = self._rejected = self._late = 0
        self._delays_ms = []
        limits = httpx.Limits(max_connections=CONNECTIONS)
        async with httpx.AsyncClient(
            base_url=url + API,
            headers={"Authorization": f"Bearer {token}"},
            timeout=REQUEST_WITHIN_S,
            limits=limits,
            trust_env=False,
        ) as http:
            began = time.monotonic()
            turns = itertools.cycle(units)
            gap_s = batch / per_s if per_s else 0.0
            due = (began + n * gap_s for n in itertools.count())
            async with asyncio.TaskGroup() as tasks:
                for _ in range(CONNECTIONS):
                    tasks.create_task(self._lane(http, turns, due, batch, began + seconds))
            took_s = time.monotonic() - began
        return {
            "accepted": self._accepted,
            "rejected": self._rejected,
            "seconds": took_s,
            "delays_ms": self._delays_ms,
            "late": self._late,
        }

    async def _lane(  # noqa: PLR0917
        self,
        http: httpx.AsyncClient,
        turns: Iterator[dict[str, Any]],
        due: Iterator[float],
        batch: int,
        until: float,
    ) -> None:
        """Take the next unit that is due, send its batch, again: one request at a time."""
        while (at := next(due)) < until:
            unit = next(turns)
            wait_s = at - time.monotonic()
            if time.monotonic() > until:
                return
            if wait_s > 0:
                await asyncio.sleep(wait_s)
            self._late += wait_s < -1
            began = time.monotonic()
            answer = await http.post(
                f"/units/{unit['id']}/locations", json=self._fixes(unit, batch)
            )
            answer.raise_for_status()
            self._delays_ms.append((time.monotonic() - began) * 1e3)
            self._accepted += answer.json()["accepted"]
            self._rejected += len(answer.json()["rejected"])

    def _fixes(self, unit: dict[str, Any], batch: int) -> list[dict[str, Any]]:
        """A batch whose last fix is of this instant; each is one no receiver has reported yet."""
        now = self._clock.now()
        fixes = []
        for back in reversed(range(batch)):
            unit["lon"] += self._rng.uniform(-STEP_DEG, STEP_DEG)
            unit["lat"] += self._rng.uniform(-STEP_DEG, STEP_DEG)
            fixes.append(
                {
                    "lon": unit["lon"],
                    "lat": unit["lat"],
                    "occurred_at": wire_time(now - timedelta(milliseconds=back)),
                    "accuracy_m": 8.0,
                    "speed_mps": 9.0,
                    "heading_deg": 90.0,
                }
            )
        return fixes


async def main() -> None:
    """Answer until the parent closes our input."""
    await answer_questions({"send": Senders().send})


if __name__ == "__main__":
    asyncio.run(main())
