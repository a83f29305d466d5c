"""The console protocol on a real socket: hello, entries, live values, beats, and who is let in."""

import asyncio
import time
from typing import Any

import pytest
from websockets.exceptions import InvalidStatus

from ops_center.auth.model import Role
from ops_center.bench.own_centre import OwnCentre
from tests.consoles import TestConsole, console_of
from tests.edges import Staff, asker, camera_body, lone_unit, make_account, problem

SILENT_WITHIN_S = 7.0
BEATS_EVERY_S = 2.0
CALL = {"source": "phone", "narrative": "…"}


def follows(frames: list[dict[str, Any]], after: int) -> None:
    """Every entry continues what the client was told before it."""
    told = after
    for frame in frames:
        if frame["type"] == "entry":
            assert frame["after"] == told
            told = frame["seq"]
        elif frame["type"] in {"beat", "resumed", "snapshot"}:
            told = max(told, frame["seq"])


async def test_a_fresh_console_gets_the_whole_picture_then_entries(
    running_centre: OwnCentre, staff: Staff
) -> None:
    call = await staff.machine.post("/calls", CALL)
    async with console_of(running_centre, staff.dispatcher.key) as console:
        snapshot = await console.next()
        assert snapshot["type"] == "snapshot"
        assert set(snapshot) == {"type", "seq", "at", "picture", "live"}
        assert set(snapshot["picture"]) == {
            "calls", "incidents", "units", "alarms", "cameras", "closures", "layers", "rules"
        }  # fmt: skip
        assert snapshot["picture"]["calls"][call["id"]] == {
            name: value
            for name, value in call.items()
            if name not in {"possible_duplicates", "candidates"}
        }
        fresh = await staff.machine.post("/calls", CALL, key="a-key-of-this-test" + call["id"])
        entry = await console.next("entry", true=lambda f: f["subject"] == fresh["id"])
    assert set(entry) == {
        "type", "seq", "after", "id", "kind", "subject_type", "subject", "version", "incident",
        "author", "cause", "occurred_at", "recorded_at", "data",
    }  # fmt: skip
    assert entry["kind"] == "call.received"
    assert entry["subject_type"] == "call"
    assert entry["author"]["name"] == staff.machine.username
    assert entry["data"]["number"] == fresh["number"]
    follows(console.frames[1:], snapshot["seq"])


async def test_a_resume_brings_exactly_what_was_missed(
    running_centre: OwnCentre, staff: Staff
) -> None:
    async with console_of(running_centre, staff.dispatcher.key) as console:
        seq = (await console.next("snapshot"))["seq"]
        await staff.machine.post("/calls", CALL)
        seq = (await console.next("entry"))["seq"]
    async with console_of(running_centre, staff.dispatcher.key, resume=seq) as witness:
        missed = [(await staff.machine.post("/calls", CALL))["id"] for _ in range(7)]
        # A call is answered at its commit; the sockets learn of it a moment later.
        await witness.next("entry", true=lambda frame: frame["subject"] == missed[-1])
    async with console_of(running_centre, staff.dispatcher.key, resume=seq) as console:
        resumed = await console.next()
        got = [await console.next("entry") for _ in missed]
        follows(console.frames[1:], seq)
    assert resumed["type"] == "resumed"
    assert resumed["count"] == len(missed)
    assert resumed["seq"] >= got[-1]["seq"]
    assert [one["subject"] for one in got] == missed
    assert got[0]["after"] == seq


async def test_a_resume_with_nothing_missed_is_accepted(
    running_centre: OwnCentre, staff: Staff
) -> None:
    async with console_of(running_centre, staff.dispatcher.key) as console:
        seq = (await console.next("snapshot"))["seq"]
        await console.hello(seq)
        resumed = await console.next("resumed", "snapshot")
    assert resumed == {"type": "resumed", "seq": seq, "count": 0} or resumed["seq"] > seq


async def test_a_resume_from_the_future_is_answered_with_a_snapshot(
    running_centre: OwnCentre, staff: Staff
) -> None:
    async with console_of(running_centre, staff.dispatcher.key, resume=2**40) as console:
        assert (await console.next())["type"] == "snapshot"


async def test_beats_come_every_two_seconds_with_the_clock_and_the_position(
    running_centre: OwnCentre, staff: Staff
) -> None:
    async with console_of(running_centre, staff.dispatcher.key) as console:
        snapshot = await console.next("snapshot")
        first = await console.next("beat", true=lambda f: f["seq"] >= snapshot["seq"])
        since = time.monotonic()
        second = await console.next("beat")
        assert BEATS_EVERY_S * 0.5 < time.monotonic() - since < BEATS_EVERY_S * 2
    assert set(first) == {"type", "at", "seq", "degraded"}
    assert second["seq"] >= first["seq"]
    assert second["at"] > first["at"]
    assert "database" not in first["degraded"]


async def test_a_beat_passes_what_is_not_for_this_person(
    running_centre: OwnCentre, staff: Staff
) -> None:
    async with console_of(running_centre, staff.own[Role.WALL_OPERATOR].key) as console:
        before = (await console.next("snapshot"))["seq"]
        call = await staff.machine.post("/calls", CALL)
        await console.next("beat", true=lambda f: f["seq"] > before)
        unit = await staff.admin.post(
            "/units", {"callsign": f"B{call['id'][:8]}", "agency": "POL", "kind": "patrol"}
        )
        entry = await console.next("entry", true=lambda f: f["subject"] == unit["id"])
        follows(console.frames, before)
    assert call["id"] not in str(console.frames[1:])
    assert entry["after"] > before


async def test_positions_over_the_socket_are_answered_and_shown(
    running_centre: OwnCentre, staff: Staff
) -> None:
    unit = await lone_unit(staff)
    fixes = [staff.town.fix(), {"lon": 0, "lat": 0, "occurred_at": staff.town.fix()["occurred_at"]}]
    async with (
        console_of(running_centre, staff.dispatcher.key) as watching,
        console_of(running_centre, staff.machine.key) as console,
    ):
        await watching.next("snapshot")
        await console.say(type="positions", id="7", unit=unit, fixes=fixes)
        answer = await console.next("positions_answer")
        assert answer["id"] == "7"
        assert answer["accepted"] == 1
        assert [(one["index"], one["code"]) for one in answer["rejected"]] == [(1, "null-island")]
        live = await watching.next("live", true=lambda f: f"unit:{unit}" in f["values"])
        value = live["values"][f"unit:{unit}"]
        assert set(value) == {
            "lon", "lat", "occurred_at", "recorded_at", "accuracy_m", "speed_mps", "heading_deg",
            "mocked", "zones",
        }  # fmt: skip
        assert value["zones"], "the middle of the city lies in a zone"
        assert (value["lon"], value["lat"]) == pytest.approx((fixes[0]["lon"], fixes[0]["lat"]))
        await console.say(type="positions", id="8", unit="0" * 32, fixes=fixes[:1])
        refused = await console.next("positions_answer", true=lambda f: f["id"] == "8")
        assert refused["accepted"] == 0
        assert refused["error"] == "not-found"
    async with console_of(running_centre, staff.own[Role.CALL_TAKER].key) as other:
        await other.say(type="positions", id="9", unit=unit, fixes=fixes)
        assert (await other.next("positions_answer"))["error"] == "forbidden"


async def test_live_frames_are_at_most_four_a_second(
    running_centre: OwnCentre, staff: Staff
) -> None:
    path = f"/units/{await lone_unit(staff)}/locations"
    async with console_of(running_centre, staff.dispatcher.key) as console:
        await console.next("snapshot")
        for step in range(30):
            await staff.machine.ask("POST", path, [staff.town.fix(east=step / 1_000)])
        await console.next("live")
        await asyncio.sleep(1.5)
        times = [
            at
            for frame, at in zip(console.frames, console.times, strict=True)
            if frame["type"] == "live"
        ]
    spans = [later - first for first, later in zip(times, times[4:], strict=False)]
    assert all(span > 0.8 for span in spans), spans


async def test_a_camera_that_is_switched_off_leaves_the_live_values(
    running_centre: OwnCentre, staff: Staff
) -> None:
    async with console_of(running_centre, staff.dispatcher.key) as console:
        await console.next("snapshot")
        camera = await staff.admin.post("/cameras", camera_body(staff.town.place()))
        key = f"camera:{camera['id']}"
        shown = await console.next("live", true=lambda f: key in f["values"])
        assert set(shown["values"][key]) == {
            "state", "reason", "fps", "last_frame_at", "mode", "viewers", "updated_at"
        }  # fmt: skip
        path = f"/cameras/{camera['id']}"
        await staff.admin.patch(path, {"enabled": False}, if_match=1)
        gone = await console.next("live", true=lambda f: key in f["values"])
        assert gone["values"][key] is None


async def test_who_says_nothing_is_let_go(running_centre: OwnCentre, staff: Staff) -> None:
    since = time.monotonic()
    async with (
        console_of(running_centre, staff.dispatcher.key, beats=False) as silent,
        console_of(running_centre, staff.dispatcher.key, beats=False, hello=False) as mute,
        console_of(running_centre, staff.dispatcher.key) as talking,
    ):
        for console in (silent, mute):
            assert await console.code(within_s=SILENT_WITHIN_S) == 4408
            assert console.frames[-1] == {"type": "bye", "reason": "silent"}
        assert 4.5 < time.monotonic() - since < SILENT_WITHIN_S
        assert not talking.closed.is_set()


@pytest.mark.parametrize(
    "words",
    [
        b"\x00\x01",
        "",
        "hello",
        '{"type":"hello","protocol":99}',
        '{"type":"dispatch","unit":1}',
        '{"type":"hello","protocol":1,"resume":-4}',
        "[" * 2_000,
        "x" * 300_000,
    ],
)
async def test_broken_frames_end_the_connection_politely(
    running_centre: OwnCentre, staff: Staff, words: str | bytes
) -> None:
    async with console_of(running_centre, staff.dispatcher.key, hello=False) as console:
        await console.socket.send(words)
        assert await console.code(within_s=5) == 4400
        assert console.frames == [{"type": "bye", "reason": "protocol"}]


async def test_hellos_without_end_are_not_answered_without_end(
    running_centre: OwnCentre, staff: Staff
) -> None:
    async with console_of(running_centre, staff.dispatcher.key) as console:
        seq = (await console.next("snapshot"))["seq"]
        for _ in range(40):
            await console.hello(seq)
        assert await console.code(within_s=10) == 4400


async def test_pages_of_others_are_not_let_in(running_centre: OwnCentre, staff: Staff) -> None:
    own = running_centre.url
    for origin in ("https://evil.example", "null", own.replace("127.0.0.1", "localhost"), "x"):
        with pytest.raises(InvalidStatus) as refused:
            async with console_of(running_centre, staff.dispatcher.key, headers={"Origin": origin}):
                pass
        assert refused.value.response.status_code == 403
    async with console_of(running_centre, staff.dispatcher.key, headers={"Origin": own}) as console:
        await console.next("snapshot")


@pytest.mark.parametrize("key", [None, "nonsense", "x" * 1_000])
async def test_strangers_are_told_to_sign_in(running_centre: OwnCentre, key: str | None) -> None:
    async with console_of(running_centre, key, hello=False, beats=False) as console:
        assert await console.code(within_s=5) == 4401
        assert console.frames == [{"type": "bye", "reason": "expired"}]


async def test_a_token_in_the_url_lets_nobody_in(running_centre: OwnCentre, staff: Staff) -> None:
    for name in ("token", "access_token", "key", "ops_session"):
        answer = await staff.stranger.ask("GET", "/session", query={name: staff.dispatcher.key})
        problem(answer, 401)


async def test_new_rights_end_the_connection_within_five_seconds(
    running_centre: OwnCentre, staff: Staff
) -> None:
    name, key = await make_account(staff.database, Role.DISPATCHER, "CENTRO")
    async with console_of(running_centre, key) as console:
        await console.next("snapshot")
        await make_account(staff.database, Role.AUDITOR, "CENTRO", username=name)
        since = time.monotonic()
        assert await console.code(within_s=6) == 4401
        assert time.monotonic() - since < 5.0


async def test_every_audience_hears_of_its_own_only(
    running_centre: OwnCentre, staff: Staff
) -> None:
    """A wall operator of one agency, and a call taker, beside a dispatcher: three views."""
    made: dict[str, Any] = {}
    wall, medics = staff.agency[Role.WALL_OPERATOR, "POL"], staff.agency[Role.DISPATCHER, "SEME"]
    async with (
        console_of(running_centre, staff.dispatcher.key) as whole,
        console_of(running_centre, wall.key) as police,
        console_of(running_centre, medics.key) as ambulances,
    ):
        for console in (whole, police, ambulances):
            await console.next("snapshot")
        made["call"] = await staff.machine.post("/calls", CALL)
        for code in ("POL", "SEME"):
            fields = {"callsign": f"{code}{made['call']['id'][:8]}", "agency": code}
            made[code] = await staff.admin.post("/units", {**fields, "kind": "patrol"})
        last = await staff.dispatcher.post("/incidents", {"type": "fight"})
        both = await staff.dispatcher.post("/incidents", {"type": "suicide_attempt"})
        for console in (whole, police):
            await console.next("entry", true=lambda f: f["subject"] == last["id"])
        for console in (whole, police, ambulances):
            await console.next("entry", true=lambda f: f["subject"] == both["id"])
    heard = {
        console: {one["subject"] for one in console.entries}
        for console in (whole, police, ambulances)
    }
    assert heard[whole] >= {made["call"]["id"], made["POL"]["id"], made["SEME"]["id"], last["id"]}
    assert made["POL"]["id"] in heard[police]
    assert made["SEME"]["id"] in heard[ambulances]
    assert not heard[police] & {made["call"]["id"], made["SEME"]["id"]}
    assert not heard[ambulances] & {made["call"]["id"], made["POL"]["id"], last["id"]}


async def own_things(console: TestConsole, unit: str) -> None:
    """Nothing in any frame so far is about another unit."""
    for frame in console.frames:
        if frame["type"] == "snapshot":
            assert set(frame["picture"]["units"]) <= {unit}
            assert frame["picture"]["calls"] == frame["picture"]["cameras"] == {}
            assert frame["picture"]["alarms"] == {}
            assert set(frame["live"]) <= {f"unit:{unit}"}
        if frame["type"] == "live":
            assert set(frame["values"]) <= {f"unit:{unit}"}


async def test_a_responder_sees_their_own_unit_and_its_incident_only(
    running_centre: OwnCentre, staff: Staff
) -> None:
    fields = {"agency": "POL", "kind": "patrol"}
    mine, other = [
        await staff.admin.post(
            "/units", {**fields, "callsign": f"R{n}{time.monotonic_ns() % 10**9}"}
        )
        for n in range(2)
    ]
    name, key = await make_account(staff.database, Role.RESPONDER, "POL", unit_id=mine["id"])
    async with console_of(running_centre, key) as console, asker(running_centre, name, key) as who:
        first = await console.next("snapshot")
        assert set(first["picture"]["units"]) == {mine["id"]}
        assert first["picture"]["incidents"] == {}
        for unit in (mine, other):
            await staff.machine.post(f"/units/{unit['id']}/locations", [staff.town.fix()])
        incident, rival = [
            await staff.dispatcher.post(
                "/incidents", {"type": "fight", "location": staff.town.place()}
            )
            for _ in range(2)
        ]
        for unit, where in ((other, rival), (mine, incident)):
            path = f"/incidents/{where['id']}/assignments"
            await staff.dispatcher.post(
                path, {"unit_ids": [unit["id"]], "override_reason": "prueba"}
            )
        seen = await console.next("snapshot")
        assert set(seen["picture"]["incidents"]) == {incident["id"]}
        assert seen["picture"]["units"][mine["id"]]["assignment"]["incident_id"] == incident["id"]
        await who.post(f"/units/{mine['id']}/status", {"status": "en_route"})
        await console.next("entry", true=lambda f: f["kind"] == "unit.status_changed")
        problem(await who.ask("GET", f"/incidents/{rival['id']}"), 404)
        problem(await who.ask("GET", f"/units/{other['id']}"), 404)
        await who.post(f"/units/{mine['id']}/status", {"status": "clear"})
        left = await console.next("snapshot")
        assert left["picture"]["incidents"] == {}
        assert left["picture"]["units"][mine["id"]]["assignment"] is None
        problem(await who.ask("GET", f"/incidents/{incident['id']}"), 404)
        await own_things(console, mine["id"])
        assert rival["id"] not in str(console.frames)
        assert other["id"] not in str(console.frames)
