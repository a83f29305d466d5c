"""A clock that a supervisor shortens rings once on every screen, and never for the same twice."""

from typing import Any

from ops_center.bench.own_centre import OwnCentre
from ops_center.kernel.ids import new_id
from tests.story.people import People
from tests.story.rules import supervisor_of


def quick(document: Any) -> None:
    """A noise must be answered within a second, and its crew must leave within another."""
    for clock in ("process", "turnout"):
        document["clocks"].append(
            {"clock": clock, "type": "noise", "target_s": 1, "source": "historia"}
        )


async def a_patrol(people: People) -> dict[str, Any]:
    made: dict[str, Any] = await people.admin.post(
        "/units",
        {
            "callsign": f"R{new_id().hex[-6:]}",
            "agency": "POL",
            "kind": "patrol",
            "in_service": True,
        },
    )
    return made


async def test_each_late_step_of_an_incident_is_told_once(
    people: People, running_centre: OwnCentre
) -> None:
    dispatcher = people.dispatcher
    async with supervisor_of(running_centre) as supervisor, supervisor.edited("clocks", quick):
        incident = await dispatcher.post("/incidents", {"type": "noise"})
        calm = await dispatcher.post("/incidents", {"type": "disturbance"})
        key = incident["id"]

        def late(following: Any, *clocks: str) -> bool:
            shown = following.picture["incidents"].get(key, {}).get("clocks_overdue", [])
            return [one["clock"] for one in shown] == list(clocks)

        # 1. Nobody was sent within a second: every screen shows the clock that ran out.
        await dispatcher.sees(lambda f: late(f, "process"))
        await people.auditor.sees(lambda f: late(f, "process"))

        # 2. A unit is sent and does not leave: another clock, of that unit.
        free = await a_patrol(people)
        body = {"unit_ids": [free["id"]], "override_reason": "historia"}
        present = await dispatcher.get(f"/incidents/{key}")
        await dispatcher.post(f"/incidents/{key}/assignments", body, if_match=present["version"])
        await dispatcher.sees(lambda f: late(f, "process", "turnout"))
        told = dispatcher.shown("incidents", key)["clocks_overdue"]
        assert (told[1]["callsign"], told[1]["target_s"]) == (free["callsign"], 1)

        # 3. The timeline has each once; the incident with the usual clocks has none.
        timeline = (await dispatcher.get(f"/incidents/{key}/timeline"))["items"]
        entries = [one for one in timeline if one["kind"] == "incident.clock_overdue"]
        assert [one["data"]["clock"] for one in entries] == ["process", "turnout"]
        assert all(one["data"]["waited_s"] >= 1 for one in entries)
        assert dispatcher.shown("incidents", calm["id"])["clocks_overdue"] == []
        await dispatcher.post(
            f"/incidents/{key}/assignments/release",
            {"unit_ids": [free["id"]], "reason": "historia"},
        )
        for one in (key, calm["id"]):
            present = await dispatcher.get(f"/incidents/{one}")
            await dispatcher.post(
                f"/incidents/{one}/close",
                {"disposition": "cancelled"},
                if_match=present["version"],
            )
