"""The simulated colleague: takes some calls and works them to the end, as a dispatcher would.

It stands in for a person in demos and load tests, says so in a note on each incident it opens,
and never touches what a person has begun.
"""

import asyncio
import random
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import structlog

from gis.geometry import Point
from ops_center.simulator.callers import Kind, PlannedCall
from ops_center.simulator.centre import Centre, Refused, Unreachable
from ops_center.simulator.following import Following
from ops_center.simulator.screen import Screen
from ops_center.simulator.words import ENDINGS, ENDINGS_ELSE, SILENT

# Seconds, before the pace scales them.
ANSWER_S: Final = (3.0, 12.0)
TALK_S: Final = (12.0, 35.0)
CHOOSE_S: Final = (4.0, 12.0)
NO_UNIT_S: Final = 20.0
CLOSE_S: Final = (10.0, 40.0)
NO_UNIT_TRIES: Final = 30
CLOSE_TRIES: Final = 5
WORK_MAX_S: Final = 3_600.0
PLACE_UNCERTAINTY_M: Final = 30.0
NOTE: Final = "Lo atiende el colega simulado."
DISMISSED_AS: Final = "authorised"
RESERVED: Final = "El móvil recomendado está reservado para las personas."
LOOK_AGAIN: Final = frozenset({"unit-not-available", "override-reason-required"})
RERING_SHARE: Final = 0.1
RERING_S: Final = (40.0, 90.0)
CALLED_BACK: Final = ("no_answer", "no_answer", "unreachable", "reached")
ABANDONED_AS: Final = "dropped"

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """The colleague's place of work; `reserved` units are left to people."""

    centre: Centre
    screen: Screen
    pace: float
    reserved: frozenset[str]


class Colleague:
    def __init__(self, desk: Desk, rng: random.Random) -> None:
        self._desk = desk
        self._rng = rng
        self._deciding = asyncio.Lock()
        self._opened: dict[tuple[str, Point | None], str] = {}
        self.closed_incidents = 0

    @property
    def screen(self) -> Screen:
        return self._desk.screen

    async def work(self, call: dict[str, Any], plan: PlannedCall) -> None:
        """Work one call to its end; a person who was quicker keeps it."""
        try:
            await self._work(call, plan)
        except Refused as refused:
            log.info("colleague.left_it", call=call["number"], code=refused.code)
        except (Unreachable, TimeoutError):
            log.warning("colleague.gave_up", call=call["number"])

    async def dismiss(self, alarm_id: str) -> None:
        """Dismiss an alarm of a demo camera that nobody looked at for long."""
        try:
            await self._desk.centre.post(f"/alarms/{alarm_id}/dismiss", {"reason": DISMISSED_AS})
        except (Refused, Unreachable) as trouble:
            log.info("colleague.left_alarm", cause=str(trouble))

    async def _work(self, call: dict[str, Any], plan: PlannedCall) -> None:
        await self._take_time(ANSWER_S)
        seen = self._desk.screen.following.picture["calls"].get(call["id"])
        if seen is not None and seen["state"] == "abandoned":
            await self._ring_back(call)
            return
        if seen is not None and seen["state"] != "waiting":
            return
        await self._post(f"/calls/{call['id']}/take")
        await self._take_time(TALK_S)
        if plan.kind is Kind.NUISANCE:
            await self._code(call, plan)
            return
        # One at a time: of many who tell of one thing, the second finds the first's incident.
        async with self._deciding:
            known = self._known_already(call, plan)
            if known is not None:
                await self._post(f"/calls/{call['id']}/link", {"incident_id": known})
                return
            await self._locate(call, plan)
            incident = await self._open(call, plan)
            self._opened[plan.wish, plan.place] = incident["id"]
        try:
            await self._run_incident(incident)
        finally:
            self._opened.pop((plan.wish, plan.place), None)

    async def _code(self, call: dict[str, Any], plan: PlannedCall) -> None:
        """One key for a call that needs nobody; a few silent ones are to be rung again."""
        again = plan.wish == SILENT and self._rng.random() < RERING_SHARE
        body = {"disposition": plan.wish, "rering": again}
        await self._post(f"/calls/{call['id']}/close", body)
        if again:
            await self._take_time(RERING_S)
            await self._post(f"/calls/{call['id']}/callbacks", {"outcome": "no_answer"})

    async def _ring_back(self, call: dict[str, Any]) -> None:
        """Who hung up unanswered is rung once; the colleague never hears a word of them."""
        outcome = self._rng.choice(CALLED_BACK)
        await self._post(f"/calls/{call['id']}/callbacks", {"outcome": outcome})
        await self._take_time(TALK_S)
        await self._post(f"/calls/{call['id']}/close", {"disposition": ABANDONED_AS})

    def _known_already(self, call: dict[str, Any], plan: PlannedCall) -> str | None:
        """The open incident of the same thing: opened here, or offered by the centre."""
        open_now = self._desk.screen.following.picture["incidents"]
        own = self._opened.get((plan.wish, plan.place))
        if plan.kind is Kind.STORM and own is not None:
            return own
        for offered in call["possible_duplicates"]:
            incident = open_now.get(offered["incident_id"])
            if incident is not None and incident["type"] == plan.wish:
                return str(offered["incident_id"])
        return None

    async def _locate(self, call: dict[str, Any], plan: PlannedCall) -> None:
        """A call that has no good place gets one: the first candidate, else by asking on."""
        if call["location"] is not None or plan.place is None:
            return
        place = {
            "lon": plan.place.lon,
            "lat": plan.place.lat,
            "uncertainty_m": PLACE_UNCERTAINTY_M,
            "confidence": 0.95,
        }
        if call["candidates"]:
            place = call["candidates"][0]["location"]
        await self._post(f"/calls/{call['id']}/locate", {"location": place})

    async def _open(self, call: dict[str, Any], plan: PlannedCall) -> dict[str, Any]:
        body = {"call_id": call["id"], "type": plan.wish}
        if call["narrative"]:
            body["narrative"] = call["narrative"]
        incident: dict[str, Any] = await self._post("/incidents", body)
        await self._post(f"/incidents/{incident['id']}/notes", {"text": NOTE})
        return incident

    async def _run_incident(self, incident: dict[str, Any]) -> None:
        for _ in range(NO_UNIT_TRIES):
            await self._take_time(CHOOSE_S)
            if await self._assign(incident["id"]):
                break
            await self._take_time((NO_UNIT_S, NO_UNIT_S))
        else:
            await self._close(incident["id"], "no_unit")
            return
        await self._desk.screen.until(
            lambda following: is_worked_off(following, incident["id"]), within_s=WORK_MAX_S
        )
        await self._take_time(CLOSE_S)
        await self._close(incident["id"], self._rng.choice(ending_of(incident["type"])))

    async def _assign(self, incident_id: str) -> bool:
        """Assign what is recommended and not reserved; False when nobody could be sent."""
        advice = await self._desk.centre.get(f"/incidents/{incident_id}/recommendation")
        units = chosen_units(advice, self._desk.reserved)
        if not units:
            return False
        body: dict[str, Any] = {"unit_ids": units}
        if not {one["unit_id"] for one in advice["units"]}.issuperset(units):
            body["override_reason"] = RESERVED
        try:
            await self._post(f"/incidents/{incident_id}/assignments", body)
        except Refused as refused:
            if refused.code not in LOOK_AGAIN:
                raise
            return False  # somebody was quicker, or another is nearer by now
        return True

    async def _close(self, incident_id: str, disposition: str) -> None:
        """Close it as it is now; gone already, or busy again, is a person's doing and left."""
        for _ in range(CLOSE_TRIES):
            now = await self._desk.centre.get(f"/incidents/{incident_id}")
            if now["status"] in {"closed", "merged"}:
                return
            try:
                await self._desk.centre.post(
                    f"/incidents/{incident_id}/close",
                    {"disposition": disposition},
                    if_match=now["version"],
                )
            except Refused as refused:
                if refused.code != "stale-version":
                    raise
                continue
            self.closed_incidents += 1
            return

    async def _post(self, path: str, body: dict[str, Any] | None = None) -> Any:
        return await self._desk.centre.post(path, body)

    async def _take_time(self, seconds: tuple[float, float]) -> None:
        await asyncio.sleep(self._rng.uniform(*seconds) * self._desk.pace)


def is_worked_off(following: Following, incident_id: str) -> bool:
    """Whether every unit has left the incident, or a person has ended it."""
    incident = following.picture["incidents"].get(incident_id)
    if incident is None:
        return following.seq is not None
    assignments = incident["assignments"]
    return bool(assignments) and all(one["released_at"] is not None for one in assignments)


def chosen_units(advice: Mapping[str, Any], reserved: frozenset[str]) -> list[str]:
    """Return the ids to send: the recommended ones, the next best in place of reserved ones."""
    spare = [unit for unit in advice["runners_up"] if unit["callsign"] not in reserved]
    chosen: list[str] = []
    for unit in advice["units"]:
        if unit["callsign"] not in reserved:
            chosen.append(unit["unit_id"])
            continue
        other = next((one for one in spare if one["role"] == unit["role"]), None)
        if other is not None:
            spare.remove(other)
            chosen.append(other["unit_id"])
    return chosen


def ending_of(incident_type: str) -> tuple[str, ...]:
    """Return the dispositions that end an incident of that type, frequent ones repeated."""
    return ENDINGS.get(incident_type, ENDINGS_ELSE)
