"""Seeded, senseless but lawful work at a centre: whatever its people can do, in any order."""

import random
from collections.abc import Callable, Coroutine
from typing import Any

import httpx

from ops_center.kernel.ids import new_id
from tests.edges import Asker, Staff, camera_body

TYPES = ("noise", "fight", "suicide_attempt", "traffic_accident_injured")
STATUSES = ("acknowledged", "en_route", "on_scene", "clear", "in_service", "break")
Act = Callable[[], Coroutine[Any, Any, httpx.Response]]


class Traffic:
    """What was made so far is shared, so that several writers step on each other's toes."""

    def __init__(self, staff: Staff, rng: random.Random) -> None:
        self._staff = staff
        self._rng = rng
        self._made: dict[str, list[str]] = {
            name: [] for name in ("call", "incident", "unit", "alarm", "camera")
        }
        self.done = 0
        self.refused = 0

    async def prepare(self, *, units: int) -> list[str]:
        for number in range(units):
            agency, kind = (("POL", "patrol"), ("SEME", "ambulance"))[number % 2]
            callsign = f"{kind[0]}{new_id().hex[-8:]}"
            body = {"callsign": callsign, "agency": agency, "kind": kind}
            self._keep("unit", await self._staff.admin.ask("POST", "/units", body))
        return self._made["unit"]

    async def work(self, steps: int) -> None:
        for _ in range(steps):
            answer = await self._rng.choice(self._acts())()
            assert answer.status_code < 500, answer.text
            self.done += answer.is_success
            self.refused += answer.is_error

    def _acts(self) -> list[Act]:
        return [
            self.receive_call, self.receive_call, self.take, self.locate, self.link,
            self.close_call, self.open_incident, self.open_incident, self.note, self.change,
            self.assign, self.assign, self.status, self.status, self.status, self.release,
            self.close, self.close, self.merge,
            self.cry, self.decide, self.add_camera, self.change_camera, self.change_unit,
        ]  # fmt: skip

    def _any(self, name: str) -> str:
        return self._rng.choice(self._made[name]) if self._made[name] else str(new_id())

    def _keep(self, name: str, answer: httpx.Response) -> httpx.Response:
        if answer.is_success:
            self._made[name].append(answer.json()["id"])
        return answer

    @property
    def _who(self) -> Asker:
        return self._staff.dispatcher

    def _place(self) -> dict[str, float]:
        return self._staff.town.place(east=self._rng.uniform(-3, 3), north=self._rng.uniform(-3, 3))

    async def receive_call(self) -> httpx.Response:
        body = {"source": "phone", "location": self._place()}
        return self._keep("call", await self._who.ask("POST", "/calls", body))

    async def take(self) -> httpx.Response:
        return await self._who.ask("POST", f"/calls/{self._any('call')}/take")

    async def locate(self) -> httpx.Response:
        body = {"location": self._place()}
        return await self._who.ask("POST", f"/calls/{self._any('call')}/locate", body)

    async def link(self) -> httpx.Response:
        body = {"incident_id": self._any("incident")}
        return await self._who.ask("POST", f"/calls/{self._any('call')}/link", body)

    async def close_call(self) -> httpx.Response:
        body = {"disposition": "silent"}
        return await self._who.ask("POST", f"/calls/{self._any('call')}/close", body)

    async def open_incident(self) -> httpx.Response:
        body: dict[str, Any] = {"type": self._rng.choice(TYPES), "location": self._place()}
        if self._rng.random() < 0.5:
            body["call_id"] = self._any("call")
        return self._keep("incident", await self._who.ask("POST", "/incidents", body))

    async def note(self) -> httpx.Response:
        path = f"/incidents/{self._any('incident')}/notes"
        return await self._who.ask("POST", path, {"text": "…"})

    async def change(self) -> httpx.Response:
        body = {"type": self._rng.choice(TYPES), "priority": self._rng.randint(1, 4)}
        path = f"/incidents/{self._any('incident')}"
        return await self._who.ask("PATCH", path, body, if_match="*")

    async def assign(self) -> httpx.Response:
        path = f"/incidents/{self._any('incident')}/assignments"
        units = {self._any("unit") for _ in range(self._rng.randint(1, 2))}
        body = {"unit_ids": sorted(units), "override_reason": "azar"}
        return await self._who.ask("POST", path, body)

    async def status(self) -> httpx.Response:
        body = {"status": self._rng.choice(STATUSES)}
        return await self._who.ask("POST", f"/units/{self._any('unit')}/status", body)

    async def release(self) -> httpx.Response:
        path = f"/incidents/{self._any('incident')}/assignments/release"
        return await self._who.ask("POST", path, {"unit_ids": [self._any("unit")], "reason": "…"})

    async def close(self) -> httpx.Response:
        path = f"/incidents/{self._any('incident')}/close"
        return await self._who.ask("POST", path, {"disposition": "resolved"}, if_match="*")

    async def merge(self) -> httpx.Response:
        path = f"/incidents/{self._any('incident')}/merge"
        return await self._who.ask("POST", path, {"into": self._any("incident")}, if_match="*")

    async def cry(self) -> httpx.Response:
        path = f"/units/{self._any('unit')}/emergency"
        if self._rng.random() < 0.5:
            return await self._who.ask("POST", f"{path}/clear", {"reason": "…"})
        return await self._who.ask("POST", path)

    async def decide(self) -> httpx.Response:
        raised = await self._who.get("/alarms", query={"state": "open"})
        known = [one["id"] for one in raised["items"]] or [str(new_id())]
        path = f"/alarms/{self._rng.choice(known)}"
        match self._rng.randint(0, 3):
            case 0:
                return await self._who.ask("POST", f"{path}/acknowledge")
            case 1:
                return await self._who.ask("POST", f"{path}/dismiss", {"reason": "animal"})
            case 2:
                return self._keep(
                    "incident",
                    await self._who.ask(
                        "POST", "/incidents", {"type": "fight", "alarm_id": path[8:]}
                    ),
                )
            case _:
                body = {"incident_id": self._any("incident")}
                return await self._who.ask("POST", f"{path}/verify", body)

    async def add_camera(self) -> httpx.Response:
        body = camera_body(self._place(), agency=self._rng.choice(("POL", "SEME")))
        return self._keep("camera", await self._staff.admin.ask("POST", "/cameras", body))

    async def change_camera(self) -> httpx.Response:
        body = {"heading_deg": self._rng.uniform(0, 359), "enabled": self._rng.random() < 0.5}
        path = f"/cameras/{self._any('camera')}"
        return await self._staff.admin.ask("PATCH", path, body, if_match="*")

    async def change_unit(self) -> httpx.Response:
        body = {"agency": self._rng.choice(("POL", "SEME"))}
        return await self._staff.admin.ask("PATCH", f"/units/{self._any('unit')}", body)
