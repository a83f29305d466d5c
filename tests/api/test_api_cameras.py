"""Stream credentials stay inside, and cameras may only stand in allowed networks."""

import ipaddress
import json
import socket

import pytest
from sqlalchemy import select

from camera_ingest.tables import camera as camera_table
from ops_center.bench.own_centre import OwnCentre
from ops_center.kernel.ids import new_id
from tests.consoles import console_of
from tests.edges import Staff, World, camera_body, problem

OUTSIDE = (
    "10.0.0.1", "192.168.1.20", "169.254.169.254", "8.8.8.8", "0x0a000001", "167772161", "10.1",
    "[::ffff:10.0.0.1]", "[fe80::1]", "[2001:db8::1]", "0.0.0.0", "255.255.255.255",
)  # fmt: skip
LOOPBACK = tuple(ipaddress.ip_network(one) for one in ("127.0.0.0/8", "::1/128"))


def names_of_this_machine() -> list[str]:
    """DNS names that lead outside the loopback network, as far as this machine knows any."""
    found = []
    for name in (socket.gethostname(), "ip6-allnodes", "ip6-allrouters"):
        try:
            told = socket.getaddrinfo(name, 554, type=socket.SOCK_STREAM)
        except OSError:
            continue
        addresses = {ipaddress.ip_address(str(one[4][0]).partition("%")[0]) for one in told}
        if not all(any(one in net for net in LOOPBACK) for one in addresses):
            found.append(name)
    return found


@pytest.mark.parametrize("host", OUTSIDE)
async def test_a_camera_outside_the_allowed_networks_is_refused(
    staff: Staff, world: World, host: str
) -> None:
    before = await staff.written()
    url = f"rtsp://user:s3cret-pass@{host}:554/live"
    body = camera_body(staff.town.place(), stream_url=url)
    told = problem(await staff.admin.ask("POST", "/cameras", body), 422)
    assert told["code"].startswith("camera-")
    assert "s3cret" not in json.dumps(told)
    path = f"/cameras/{world.ids['camera']}"
    problem(await staff.admin.ask("PATCH", path, {"stream_url": url}, if_match="*"), 422)
    assert await staff.written() == before


async def test_a_name_is_judged_by_the_addresses_behind_it(staff: Staff) -> None:
    place = staff.town.place()
    good = camera_body(place, stream_url="rtsp://localhost:9/live")
    assert (await staff.admin.post("/cameras", good))["id"]
    for name in (*names_of_this_machine(), "no-such-camera.invalid"):
        body = camera_body(place, stream_url=f"rtsp://{name}:554/live")
        problem(await staff.admin.ask("POST", "/cameras", body), 422)


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/", "file:///etc/passwd", "rtsp://", "rtsp:///live", "127.0.0.1", "",
        "rtsp://127.0.0.1:99999/", "rtsp://127.0.0.1:x/", "rtsp://127.0.0.1/a b", "rtsp://[::1/",
        "rtsp://127.0.0.1/\r\nTEARDOWN", "rtsp://127.0.0.1/\x00", "rtsp://" + "x" * 5_000,
        "rtsp://u:p@127.0.0.1@10.0.0.1/", "javascript:alert(1)",
    ],
)  # fmt: skip
async def test_what_is_no_stream_address_is_refused(staff: Staff, url: str) -> None:
    body = camera_body(staff.town.place(), stream_url=url)
    told = problem(await staff.admin.ask("POST", "/cameras", body), 422)
    if len(url) > 10:
        assert url not in json.dumps(told)


async def test_stream_credentials_never_leave_the_server(
    running_centre: OwnCentre, staff: Staff
) -> None:
    user, password = f"u{new_id().hex}", f"p{new_id().hex}"
    again = f"q{new_id().hex}"
    url = f"rtsp://{user}:{password}@127.0.0.1:9/channel-{new_id().hex}"
    secrets = (user, password, again, url.rpartition("/")[2])
    heard: list[str] = []
    async with console_of(running_centre, staff.admin.key) as console:
        await console.next("snapshot")
        key = str(new_id())
        body = camera_body(staff.town.place(), stream_url=url)
        twice = [await staff.admin.ask("POST", "/cameras", body, key=key) for _ in range(2)]
        heard += [one.text for one in twice]
        camera = json.loads(heard[0])
        path = f"/cameras/{camera['id']}"
        moved = {"stream_url": url.replace(password, again), "name": "Otra"}
        heard.append((await staff.admin.ask("PATCH", path, moved, if_match=1)).text)
        wrong = {**body, "stream_url": url.replace("rtsp:", "rtsps:"), "fov_deg": "x"}
        heard.append((await staff.admin.ask("POST", "/cameras", wrong)).text)
        wrong = {**body, "stream_url": {"url": url}}
        heard.append((await staff.admin.ask("POST", "/cameras", wrong)).text)
        await console.next("entry", true=lambda f: f["kind"] == "camera.changed")
        heard.append(json.dumps(console.frames))
    async with console_of(running_centre, staff.admin.key) as console:
        heard.append(json.dumps(await console.next("snapshot")))
    places = ("/cameras", f"{path}/snapshot.jpg", "/metrics", "/api/openapi.json")
    heard += [(await staff.admin.ask("GET", place)).text for place in places]
    query = {"from": "2026-01-01T00:00:00Z", "to": "2200-01-01T00:00:00Z", "subject": camera["id"]}
    history = await staff.own_auditor.ask("GET", "/history", query=query)
    assert len(history.json()["items"]) == 2
    heard.append(history.text)
    heard += [running_centre.log(name).read_text() for name in ("app", "background")]
    for secret in secrets:
        assert all(secret not in text for text in heard)
    async with staff.database.reading() as connection:
        query_row = select(camera_table).where(camera_table.c.id == camera["id"])
        row = (await connection.execute(query_row)).mappings().one()
    assert again in str(dict(row)), "the worker must have it all the same"


async def test_a_view_needs_an_offer_and_a_purpose(staff: Staff, world: World) -> None:
    path = f"/cameras/{world.ids['camera']}/whep"
    sdp, wall = {"Content-Type": "application/sdp"}, staff.dispatcher
    before = await staff.written()
    problem(await wall.ask("POST", path, b"v=0", headers=sdp), 422, "purpose-required")
    for purpose in ("", "x" * 201):
        headers = {**sdp, "X-Purpose": purpose}
        problem(await wall.ask("POST", path, b"v=0", headers=headers), 422)
    headers = {"X-Purpose": "patrol", "Content-Type": "application/json"}
    problem(await wall.ask("POST", path, b"v=0", headers=headers), (415, 422), "not-sdp")
    headers = {**sdp, "X-Purpose": "patrol"}
    problem(await wall.ask("POST", path, b"", headers=headers), 422)
    problem(await wall.ask("POST", path, b"x" * 100_001, headers=headers), (413, 422))
    problem(await wall.ask("POST", path, b"v=0", headers=headers), 503, "camera-not-served")
    for purpose, status in (
        ("incident:nonsense", 422), (f"incident:{new_id()}", 404), (f"alarm:{new_id()}", 404),
        (f"incident:{world.ids['incident']}", 503), (f"alarm:{world.ids['alarm']}", 503),
    ):  # fmt: skip
        named = {**sdp, "X-Purpose": purpose}
        problem(await wall.ask("POST", path, b"v=0", headers=named), status)
    problem(await wall.ask("GET", f"{path[:-5]}/snapshot.jpg"), 503, "camera-not-served")
    assert await staff.written() == before
