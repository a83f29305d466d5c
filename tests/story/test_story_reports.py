"""Reports: records of others give the known figures, and a night's work can be taken home."""

import csv
import io
import json
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import geopandas
import httpx
import pytest

from ops_center.bench.own_centre import OwnCentre
from ops_center.kernel.clock import SystemClock, wire_time
from ops_center.kernel.ids import new_id
from ops_center.simulator.centre import API, Refused
from tests.story.people import People, Person

REPO = Path(__file__).resolve().parents[2]
WITHIN_S = 60.0


def ops(centre: OwnCentre, *words: str) -> str:
    """What `./ops …` prints at that centre."""
    return subprocess.run(
        [sys.executable, "-m", "ops_center", *words],
        env=centre.environment, cwd=REPO, capture_output=True, text=True, timeout=WITHIN_S,
        check=True,
    ).stdout  # fmt: skip


async def fetched(centre: OwnCentre, person: Person, path: str, **query: Any) -> httpx.Response:
    async with httpx.AsyncClient(base_url=centre.url, trust_env=False, timeout=WITHIN_S) as http:
        headers = {"Authorization": f"Bearer {person.http.token}"}
        return await http.get(f"{API}{path}", params=query, headers=headers)


async def test_records_of_san_francisco_are_measured_exactly(
    running_centre: OwnCentre, people: People, shared_data: Path
) -> None:
    file = shared_data / "calls/sf_fire_calls_2020.csv"
    if not file.is_file():
        pytest.skip(f"no records at {file}")
    # 1. The command reads another centre's file by its map and says what it could compute.
    told = ops(running_centre, "dispatch", "import-cad", str(file), "--map",
               "docs/import/sf_fire_calls.yaml", "--json")  # fmt: skip
    report = json.loads(told)
    known = {one["label"]: (one["p50"], one["p90"]) for one in report["intervals"]}
    assert known["received->dispatch"] == (111, 308)
    assert known["response->scene"] == (244, 788)
    assert known["received->scene"] == (446, 1_055)

    # 2. A second time under the same name replaces them; nothing is there twice.
    ops(running_centre, "dispatch", "import-cad", str(file), "--map",
        "docs/import/sf_fire_calls.yaml")  # fmt: skip
    sources = await people.auditor.get("/reports/sources")
    assert [one["kept"] for one in sources["items"] if one["name"] == report["name"]] == [10_410]

    # 3. The same definitions over HTTP, by group, and as files.
    asked = {"source": report["name"], "group_by": "none"}
    (row,) = (await people.auditor.get("/reports/response-times", **asked))["rows"]
    assert (row["dispatch"]["p50"], row["response"]["p90"]) == (111, 1_055)
    by_hour = await people.auditor.get("/reports/response-times", source=report["name"],
                                       group_by="hour")  # fmt: skip
    assert len(by_hour["rows"]) == 24
    made = await fetched(running_centre, people.auditor, "/reports/response-times.csv", **asked)
    lines = list(csv.DictReader(io.StringIO(made.text.removeprefix("\ufeff"))))
    travel = next(one for one in lines if one["interval"] == "travel")
    assert (travel["p50"], travel["p90"]) == ("244.0", "788.0")
    assert ops(running_centre, "dispatch", "records").startswith(report["name"])


async def test_a_night_is_reported_to_who_may_read_it(
    running_centre: OwnCentre, people: People, tmp_path: Path
) -> None:
    start = SystemClock().now() - timedelta(seconds=1)
    # 1. One call is a child; one becomes an incident that a unit is sent to, drives and ends.
    callsign = f"R{new_id().hex[-6:]}"
    unit = await people.admin.post(
        "/units", {"callsign": callsign, "agency": "POL", "kind": "patrol"}
    )
    await people.machine.post(f"/units/{unit['id']}/status", {"status": "in_service"})
    child = await people.machine.post("/calls", {"source": "phone"})
    await people.call_taker.post(f"/calls/{child['id']}/take")
    await people.call_taker.post(f"/calls/{child['id']}/close", {"disposition": "children"})
    lon, lat = (await people.dispatcher.get("/city"))["centre"]
    call = await people.machine.post("/calls", {"source": "phone", "narrative": "=1+1"})
    await people.call_taker.post(f"/calls/{call['id']}/take")
    incident = await people.call_taker.post(
        "/incidents", {"call_id": call["id"], "type": "noise", "location": {"lon": lon, "lat": lat}}
    )
    await people.dispatcher.post(
        f"/incidents/{incident['id']}/assignments",
        {"unit_ids": [unit["id"]], "override_reason": "=conoce el lugar"},
    )
    for status in ("en_route", "on_scene", "clear"):
        await people.machine.post(f"/units/{unit['id']}/status", {"status": status})
    span = {"from": wire_time(start), "to": wire_time(SystemClock().now() + timedelta(minutes=1))}

    # 2. The auditor reads it: every interval, the classes, the work, the queue, the override.
    times = await people.auditor.get("/reports/response-times", group_by="type", **span)
    noise = next(row for row in times["rows"] if row["group"] == "noise")
    assert noise["response"]["n"] >= 1
    assert noise["process"]["target_s"] == 1_800
    assert 0 <= noise["process"]["within"] <= 1
    for row in times["rows"]:
        figures = [value for value in row.values() if isinstance(value, dict)]
        assert all(one["p50"] is None or one["p50"] >= 0 for one in figures)
    classes = await people.auditor.get("/reports/calls", **span)
    assert classes["real"] >= 1
    assert "children" in {one["code"] for one in classes["lists"]["disposition"]}
    work = await people.auditor.get("/reports/workload", **span)
    mine = next(one for one in work["units"] if one["callsign"] == callsign)
    assert (mine["orders"], mine["incidents"]) == (1, 1)
    assert mine["busy_s"] >= 0
    queues = await people.auditor.get("/reports/queues", **span)
    assert queues["incidents"]["most"] >= 1
    against = await people.auditor.get("/reports/overrides", **span)
    override = next(one for one in against["items"] if one["callsign"] == callsign)
    assert override["reason"] == "=conoce el lugar"
    assert (await people.auditor.get("/reports/alarms", **span))["raised"] >= 0

    # 3. It takes the files along; no spreadsheet runs what somebody typed, no point is a door.
    table = await fetched(running_centre, people.auditor, "/reports/overrides.csv", **span)
    assert table.headers["content-type"].startswith("text/csv")
    assert "'=conoce el lugar" in table.text
    for language, word in (("es", "Página 1"), ("gn", "Kuatiarogue 1"), ("en", "Page 1")):
        made = await fetched(running_centre, people.auditor, "/reports/calls.pdf",
                             lang=language, **span)  # fmt: skip
        assert made.content.startswith(b"%PDF-"), word
    places = await fetched(running_centre, people.auditor, "/reports/response-times.parquet",
                           **span)  # fmt: skip
    file = tmp_path / "places.parquet"
    file.write_bytes(places.content)
    found = geopandas.read_parquet(file)
    assert found.crs.to_epsg() == 4326
    assert len(found) >= 1
    assert not {"number", "callsign", "narrative"} & set(found.columns)

    # 4. Who works at the desks does not read them.
    for person in (people.dispatcher, people.call_taker, people.responder):
        with pytest.raises(Refused) as refused:
            await person.get("/reports/calls")
        assert refused.value.status == 403
