"""Status from physics: positions propose, one key confirms; and who patrolled where."""

import json
from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest

from ops_center.bench.own_centre import OwnCentre
from ops_center.kernel.clock import SystemClock, wire_time
from ops_center.kernel.ids import new_id
from ops_center.simulator.centre import API, Refused
from tests.story.people import People

STEP_S = 5
PUBLISHED_WITHIN_S = 60.0
DEGREE_M = 111_320


async def a_unit(people: People, **more: Any) -> Any:
    body = {"callsign": f"F{new_id().hex[-7:]}", "agency": "POL", "kind": "patrol", **more}
    return await people.admin.post("/units", body)


async def the_middle(people: People) -> tuple[float, float]:
    lon, lat = (await people.dispatcher.get("/city"))["centre"]
    return lon, lat


async def stood(
    people: People, unit: Any, *, north_m: float, since: datetime, until: datetime, **fix: Any
) -> Any:
    """Send where the unit's device says it stood: one batch, with the device's own times."""
    lon, lat = await the_middle(people)
    count = int((until - since).total_seconds()) // STEP_S
    body = [
        {
            "lon": lon,
            "lat": lat + north_m / DEGREE_M,
            "occurred_at": wire_time(since + timedelta(seconds=STEP_S * step)),
            "accuracy_m": 6.0,
            "speed_mps": 0.2,
            **fix,
        }
        for step in range(count + 1)
    ]
    return await people.machine.post(f"/units/{unit['id']}/locations", body)


async def sent(people: People, unit: Any) -> Any:
    lon, lat = await the_middle(people)
    incident = await people.dispatcher.post(
        "/incidents",
        {"type": "noise", "location": {"lon": lon, "lat": lat, "uncertainty_m": 15}},
    )
    order = {"unit_ids": [unit["id"]], "override_reason": "Ensayo"}
    await people.dispatcher.post(f"/incidents/{incident['id']}/assignments", order)
    return incident


async def proposed(people: People, unit: Any, status: str) -> Any:
    return await people.dispatcher.sees(
        lambda f: (
            (one := f.picture["units"][unit["id"]])["proposal"]
            and one["proposal"]["status"] == status
            and one
        )
    )


async def test_positions_propose_what_the_crew_forgot_to_say(people: People) -> None:
    now = SystemClock().now()
    unit, mocker, liar = [await a_unit(people) for _ in range(3)]
    incident = await sent(people, unit)
    await sent(people, mocker)
    await sent(people, liar)

    # 1. The crew stands at the door for a minute and says nothing. The centre proposes, and
    #    changes nothing; positions that the device itself calls made up propose nothing.
    began = now - timedelta(seconds=60)
    await stood(people, mocker, north_m=10, since=began, until=now, mock=True)
    await stood(people, unit, north_m=10, since=began, until=now)
    shown = await proposed(people, unit, "on_scene")
    assert (shown["activity"], shown["proposal"]["why"]) == ("dispatched", "at_place")
    assert shown["proposal"]["distance_m"] == pytest.approx(10, abs=2)
    assert shown["proposal"]["fix_age_s"] < 60

    # 2. One key: on scene since it was there, not since the key; and marked as from positions.
    there = await people.dispatcher.post(
        f"/units/{unit['id']}/proposal/confirm", {"status": "on_scene"}
    )
    assert (there["activity"], there["status_source"]) == ("on_scene", "physics")
    assert there["assignment"]["on_scene_at"] == shown["proposal"]["since"]
    timeline = await people.auditor.get(f"/incidents/{incident['id']}/timeline")
    said = [one for one in timeline["items"] if one["kind"] == "unit.status_changed"]
    assert said[-1]["occurred_at"] == shown["proposal"]["since"]
    assert said[-1]["data"]["status_source"] == "physics"
    with pytest.raises(Refused) as nothing:
        await people.dispatcher.post(f"/units/{unit['id']}/proposal/confirm")
    assert nothing.value.code == "no-such-proposal"
    assert people.dispatcher.shown("units", mocker["id"])["proposal"] is None

    # 3. A crew that says it is on scene while it stands 2.5 km away is doubted.
    await stood(people, liar, north_m=2_500, since=now - timedelta(seconds=20), until=now)
    await people.dispatcher.post(f"/units/{liar['id']}/status", {"status": "on_scene"})
    later = SystemClock().now()
    await stood(people, liar, north_m=2_500, since=later, until=later)
    doubted = await people.dispatcher.sees(
        lambda f: (one := f.picture["units"][liar["id"]])["disagreement"] and one
    )
    assert doubted["disagreement"]["code"] == "far_from_scene"
    assert doubted["disagreement"]["distance_m"] == pytest.approx(2_500, rel=0.02)
    for one in (unit, mocker, liar):
        await people.dispatcher.post(f"/units/{one['id']}/status", {"status": "clear"})


async def test_a_refused_arrival_is_not_proposed_again(people: People) -> None:
    now = SystemClock().now()
    unit = await a_unit(people)
    await sent(people, unit)
    await stood(people, unit, north_m=5, since=now - timedelta(seconds=50), until=now)
    await proposed(people, unit, "on_scene")
    path = f"/units/{unit['id']}/proposal/reject"
    after = await people.dispatcher.post(path, {"status": "on_scene"})
    assert after["proposal"] is None
    later = SystemClock().now()
    await stood(people, unit, north_m=6, since=later, until=later)
    # The next unit's proposal comes after the centre has looked at this one again.
    witness = await a_unit(people)
    await sent(people, witness)
    await stood(people, witness, north_m=5, since=now - timedelta(seconds=50), until=now)
    await proposed(people, witness, "on_scene")
    assert people.dispatcher.shown("units", unit["id"])["proposal"] is None
    for one in (unit, witness):
        await people.dispatcher.post(f"/units/{one['id']}/status", {"status": "clear"})


async def test_supervisors_see_who_patrolled_which_cell_and_are_seen_looking(
    running_centre: OwnCentre, people: People
) -> None:
    lon, lat = await the_middle(people)
    half = 400 / DEGREE_M
    ring = [
        [lon - 2 * half, lat - half],
        [lon + 2 * half, lat - half],
        [lon + 2 * half, lat + half],
        [lon - 2 * half, lat + half],
        [lon - 2 * half, lat - half],
    ]
    code = f"C{new_id().hex[-6:]}"
    feature = {
        "type": "Feature",
        "properties": {"code": code, "name": f"Cuadrante {code}"},
        "geometry": {"type": "Polygon", "coordinates": [ring]},
    }
    async with httpx.AsyncClient(
        base_url=running_centre.url, trust_env=False, timeout=PUBLISHED_WITHIN_S
    ) as http:
        published = await http.post(
            f"{API}/layers/cells-{code.lower()}/versions",
            params={
                "kind": "zone", "zone_kind": "patrol", "agency": "POL",
                "id_column": "code", "name_column": "name", "filename": "cells.geojson",
            },
            content=json.dumps({"type": "FeatureCollection", "features": [feature]}),
            headers={"Authorization": f"Bearer {people.admin.http.token}"},
        )  # fmt: skip
    assert published.status_code == 201, published.text

    # Ten minutes: seven inside (five driving 600 m, two standing), then a jump, then outside.
    unit = await a_unit(people)
    await people.admin.http.patch(f"/units/{unit['id']}", {"cell": code})
    begin = SystemClock().now() - timedelta(minutes=30)

    def at(second: float, north_m: float, speed: float) -> dict[str, Any]:
        return {
            "lon": lon,
            "lat": lat + north_m / DEGREE_M,
            "occurred_at": wire_time(begin + timedelta(seconds=second)),
            "accuracy_m": 5.0,
            "speed_mps": speed,
        }

    way = [at(10 * step, -300 + 20 * step, 2.0) for step in range(31)]
    way += [at(300 + 10 * step, 300 + (step % 2), 0.1) for step in range(1, 13)]
    way += [at(420 + 600, 320, 2.0)]  # after ten minutes of silence
    way += [at(1_020 + 10 * step, 320 + 100 * step, 10.0) for step in range(1, 7)]
    answer = await people.machine.post(f"/units/{unit['id']}/locations", way)
    assert answer["accepted"] == len(way)

    beats = await people.admin.get(f"/units/{unit['id']}/beats")
    [cell] = beats["cells"]
    assert (cell["code"], cell["assigned"], beats["cell"]) == (code, True, code)
    assert cell["km"] == pytest.approx(0.7, abs=0.02)
    assert cell["seconds"] == 430
    assert beats["outside"]["km"] == pytest.approx(0.5, abs=0.02)
    assert beats["outside_assigned"] == beats["outside"]
    assert beats["gaps"] == {"count": 1, "seconds": 600}
    assert beats["jumps"] == 0

    everybody = await people.admin.get("/patrol")
    assert [one for one in everybody["items"] if one["unit_id"] == unit["id"]] == [beats]
    # Who looked is in the journal, once; who takes calls may not look at all.
    await people.admin.get(f"/units/{unit['id']}/beats")
    now = SystemClock().now()
    span = {"from": wire_time(now - timedelta(hours=1)), "to": wire_time(now + timedelta(hours=1))}
    looks = await people.auditor.get(
        "/history", kind="unit.movements_read", subject=unit["id"], **span
    )
    [look] = looks["items"]
    assert (look["data"]["view"], look["data"]["callsign"]) == ("beats", unit["callsign"])
    with pytest.raises(Refused) as forbidden:
        await people.call_taker.get("/patrol")
    assert forbidden.value.status == 403
