"""Bad input of every sort is answered with a problem that says what to do, and writes nothing."""

import copy
import json
import math
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from ops_center.api.limits import BODY_MAX_BYTES
from ops_center.kernel.clock import SystemClock, wire_time
from ops_center.kernel.ids import new_id
from tests.api.changes import CHANGES, Change
from tests.edges import API, Staff, World, camera_body, lone_unit, make_world, problem

DEEP = "[" * 5_000 + "]" * 5_000
HUGE = 10**400


NASTY: tuple[Any, ...] = (
    None, "", "x" * 5_000, "a\x00b", "\ud800", "'; drop table journal; --", -1, 2**63, HUGE, 1e308,
    math.inf, math.nan, True, [[]], {"a": []}, "0001-01-01T00:00:00+14:00",
    "9999-12-31T23:59:59-14:00", "2026-11-22T14:00:00", "00000000-0000-0000-0000-000000000000",
)  # fmt: skip


def spots(body: Any, so_far: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The way to every value of a body, the body itself included."""
    yield so_far
    if isinstance(body, dict | list):
        for name, value in body.items() if isinstance(body, dict) else enumerate(body):
            yield from spots(value, (*so_far, name))


def replaced(body: Any, spot: tuple[Any, ...], value: Any) -> Any:
    if not spot:
        return value
    whole = copy.deepcopy(body)
    inner = whole
    for step in spot[:-1]:
        inner = inner[step]
    inner[spot[-1]] = value
    return whole


async def send(staff: Staff, world: World, change: Change, raw: str | bytes) -> httpx.Response:
    people = {"dispatcher": staff.dispatcher, "admin": staff.admin, "machine": staff.machine}
    asker = people[change.who]
    headers = {"If-Match": "*"} if change.if_match else {}
    return await asker.ask(change.method, world.path(change.path), raw, headers=headers)


async def refused(staff: Staff, world: World, change: Change, raw: str | bytes) -> Any:
    """Send what must be refused; return the problem, and see that nothing was written."""
    before = await staff.written()
    answer = await send(staff, world, change, raw)
    body = problem(answer, range(400, 500))
    assert await staff.written() == before, f"{change.name} {raw[:200]!r} wrote something"
    return body


BODY_IS_OPTIONAL = frozenset(
    {"emergency", "sign_off", "check_in", "confirm_proposal", "reject_proposal"}
)
by_name = pytest.mark.parametrize("change", CHANGES, ids=lambda one: one.name)


@by_name
async def test_broken_json_is_refused(staff: Staff, world: World, change: Change) -> None:
    for raw in ("{", "", '{"a":1,}', "\x00", "{'a':1}", '"' + "x" * 10, "nul"):
        if raw == "" and change.name in BODY_IS_OPTIONAL:
            continue
        body = await refused(staff, world, change, raw)
        assert body["code"] in {"malformed-json", "invalid"}
    body = await refused(staff, world, change, b'{"a":"\xff\xfe"}')
    assert body["status"] in {400, 422}
    await refused(staff, world, change, DEEP)


@by_name
async def test_unknown_and_missing_fields_are_named(
    staff: Staff, world: World, change: Change
) -> None:
    if change.name == "positions":
        return  # each fix is judged by itself, see below
    body = await refused(staff, world, change, json.dumps({**change.body, "surprise": 1}))
    assert body["code"] == "invalid"
    assert ["body", "surprise"] in [one["where"] for one in body["errors"]]
    await refused(staff, world, change, json.dumps({**change.body, "\ud800": 1}))
    required = {"link_call", "close_call", "note", "merge", "close", "assign", "release", "dismiss"}
    if change.name in required:
        body = await refused(staff, world, change, "{}")
        assert body["errors"][0]["what"] == "Field required"


@by_name
async def test_too_large_a_body_is_refused(staff: Staff, world: World, change: Change) -> None:
    raw = json.dumps({"narrative": "x" * BODY_MAX_BYTES})
    assert (await refused(staff, world, change, raw))["status"] == 413


@by_name
async def test_a_thing_that_is_not_there_is_not_found(
    staff: Staff, world: World, change: Change
) -> None:
    if "{" not in change.path:
        return
    word = change.path[change.path.index("{") + 1 : change.path.index("}")]
    raw = json.dumps(change.body)
    for unknown in (str(new_id()), str(new_id()).upper()):
        nowhere = World({**world.ids, word: unknown}, world.versions)
        body = await refused(staff, nowhere, change, raw)
        assert body["status"] in {404, 422}, body
    for bad in ("1", "x" * 300, "..%2f..%2fetc", "%00", "null"):
        nowhere = World({**world.ids, word: bad}, world.versions)
        body = await refused(staff, nowhere, change, raw)
        assert body["status"] in {404, 422}, body


@by_name
async def test_nasty_values_anywhere_break_nothing(
    staff: Staff, world: World, change: Change
) -> None:
    if change.name in {"receive_call", "open_incident", "emergency"}:
        world = await make_world(staff)
    for spot in spots(change.body):
        for value in NASTY:
            raw = json.dumps(replaced(change.body, spot, value))
            before = await staff.written()
            answer = await send(staff, world, change, raw)
            if answer.is_success:
                continue
            problem(answer, range(400, 500))
            assert await staff.written() == before, f"{change.name} {raw[:200]} wrote something"


QUERIES = {
    "/calls": ("limit", "cursor", "state"),
    "/incidents": ("limit", "cursor", "status"),
    "/alarms": ("limit", "cursor", "state"),
    "/locations": ("limit", "cursor", "outcome"),
    "/history": ("from", "to", "kind", "subject", "limit", "cursor"),
    "/geocode": ("q", "limit", "lon", "lat", "type_ahead"),
    "/gazetteer": ("limit", "cursor"),
    "/place-reports": ("state", "limit", "cursor"),
    "/reverse": ("lon", "lat"),
    "/zones": ("kind", "agency", "outline", "limit", "cursor"),
    "/zones/at": ("lon", "lat", "uncertainty_m"),
    "/route": ("from", "to", "profile", "engine", "language", "when"),
    "/isochrone": ("lon", "lat", "minutes", "profile", "when"),
    "/incidents/{incident}/timeline": ("limit", "cursor"),
    "/incidents/{incident}/recommendation": ("limit",),
}
NASTY_TEXTS = (
    "", "-1", "1e999", "NaN", "9" * 30, str(2**63), "\x00", "x" * 400, "ñ", "-inf,nan", "181,91",
    "2026-01-01T00:00:00Z~zz", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00",
    f"9999-12-31T23:59:59.9-14:00~{new_id()}", f"0001-01-01T00:00:00+14:00~{new_id()}",
    f"2026-01-01T00:00:00~{new_id()}",
)  # fmt: skip


@pytest.mark.parametrize("path", QUERIES)
async def test_nasty_queries_break_nothing(staff: Staff, world: World, path: str) -> None:
    good = {
        "/history": {"from": "2026-01-01T00:00:00Z", "to": "2027-01-01T00:00:00Z"},
        "/geocode": {"q": "Palma"},
        "/reverse": {"lon": "24.94", "lat": "60.17"},
        "/zones/at": {"lon": "24.94", "lat": "60.17"},
        "/route": {"from": "24.94,60.17", "to": "24.95,60.17"},
        "/isochrone": {"lon": "24.94", "lat": "60.17", "minutes": "2"},
    }.get(path, {})
    for name in QUERIES[path]:
        for text in NASTY_TEXTS:
            query = {**good, name: text}
            answer = await staff.own_auditor.ask("GET", world.path(path), query=query)
            if not answer.is_success:
                problem(answer, range(400, 500))


async def test_tiles_that_cannot_be_are_refused(staff: Staff) -> None:
    for path in ("zones/0/0/1", "zones/-1/0/0", "zones/31/0/0", "zones/99/0/0", "nothing/0/0/0",
                 "zones/5/999999999999999999999999/1", "zones/a/b/c", "journal/1/0/0"):  # fmt: skip
        problem(await staff.dispatcher.ask("GET", f"/tiles/{path}.mvt"), (404, 422))


async def test_ranges_of_the_basemap_are_answered_or_refused(staff: Staff) -> None:
    whole = await staff.stranger.ask("GET", "/tiles/basemap.pmtiles")
    size = len(whole.content)
    for asked, first in (("bytes=0-99", 0), ("bytes=100-199", 100), ("bytes=-100", size - 100)):
        headers = {"Range": asked}
        part = await staff.stranger.ask("GET", "/tiles/basemap.pmtiles", headers=headers)
        assert part.status_code == 206
        assert part.content == whole.content[first : first + 100]
        assert part.headers["content-range"] == f"bytes {first}-{first + 99}/{size}"
        assert part.headers["etag"] == whole.headers["etag"]
    for asked in ("bytes=5-1", "bytes=abc", "lines=1-2", "bytes=99999999999-", "bytes=-", "x"):
        headers = {"Range": asked}
        answer = await staff.stranger.ask("GET", "/tiles/basemap.pmtiles", headers=headers)
        problem(answer, 416)
        assert answer.headers["content-range"] == f"bytes */{size}"


async def test_an_unannounced_flood_is_cut_off(staff: Staff) -> None:
    async def flood() -> Any:
        for _ in range(40):
            yield b"x" * 100_000

    answer = await staff.dispatcher.http.post(
        f"{API}/calls", content=flood(), headers={"Content-Type": "application/json"}
    )
    problem(answer, 413, "request-entity-too-large")


async def test_unknown_paths_and_wrong_methods_are_problems(staff: Staff, world: World) -> None:
    for method, path in (("GET", "/nothing"), ("POST", "/nothing"), ("DELETE", "/calls/x/y/z")):
        problem(await staff.dispatcher.ask(method, path), 404, "not-found")
    for method, path, allowed in (
        ("PUT", "/calls", {"GET", "POST"}),
        ("DELETE", "/incidents/{incident}", {"GET", "PATCH"}),
        ("GET", "/incidents/{incident}/merge", {"POST"}),
        ("POST", "/city", {"GET"}),
    ):
        answer = await staff.dispatcher.ask(method, world.path(path))
        problem(answer, 405, "method-not-allowed")
        told = {one.strip() for one in answer.headers["allow"].split(",")}
        assert told <= allowed
        assert told


async def test_swapped_coordinates_are_refused_with_a_hint(staff: Staff) -> None:
    lon, lat = staff.town.centre
    swapped = {"lon": lat, "lat": lon}
    before = await staff.written()
    for path, body, who in (
        ("/calls", {"source": "phone", "location": swapped}, staff.machine),
        ("/incidents", {"type": "noise", "location": swapped}, staff.dispatcher),
        ("/cameras", camera_body(swapped), staff.admin),
    ):
        answer = await who.ask("POST", path, body)
        assert "swapped" in problem(answer, 422)["detail"]
    for path, body, who in (
        ("/calls", {"source": "phone", "location": {"lon": 0, "lat": 0}}, staff.machine),
        ("/incidents", {"type": "noise", "location": {"lon": 0, "lat": 0}}, staff.dispatcher),
    ):
        problem(await who.ask("POST", path, body), 422)
    assert await staff.written() == before


async def test_a_call_from_far_away_is_still_a_call(staff: Staff) -> None:
    call = await staff.machine.post(
        "/calls", {"source": "phone", "location": {"lon": 2, "lat": 48}}
    )
    assert call["location"]["lon"] == 2


async def test_no_wrong_fix_stops_a_cry_for_help(staff: Staff, world: World) -> None:
    body = {"location": {"lon": 0, "lat": 0}}
    unit = await staff.dispatcher.post(f"/units/{world.ids['unit']}/emergency", body)
    assert unit["emergency"] is True


async def test_bad_fixes_are_refused_one_by_one(staff: Staff) -> None:
    now = wire_time(SystemClock().now())
    good = {**staff.town.place(), "occurred_at": now}
    batch = [
        {"lon": 200, "lat": 10, "occurred_at": now}, {"lat": 1}, "x", None,
        {**good, "occurred_at": "yesterday"}, {**good, "occurred_at": "0001-01-01T00:00:00+14:00"},
        {**good, "lon": "\ud800"}, {**good, "accuracy_m": -3}, {**good, "speed_mps": 1e300}, good,
    ]  # fmt: skip
    path = f"/units/{await lone_unit(staff)}/locations"
    answer = await staff.machine.ask("POST", path, json.dumps(batch))
    body = answer.json()
    refused = {one["index"] for one in body["rejected"]}
    assert refused >= {0, 1, 2, 3, 4, 5, 6}
    assert body["accepted"] == len(batch) - len(refused) >= 1
    raw = json.dumps([good]).replace(str(good["lon"]), "NaN")
    body = (await staff.machine.ask("POST", path, raw)).json()
    assert body["accepted"] == 0
    assert len(body["rejected"]) == 1
    problem(await staff.machine.ask("POST", path, [good] * 501), 422)
    assert (await staff.machine.ask("POST", path, [])).json() == {"accepted": 0, "rejected": []}
