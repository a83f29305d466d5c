"""Layers over HTTP: a file goes in, a version comes out; what is too much is refused at once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx
import pytest

from gis.layers.model import FILE_MAX_BYTES
from ops_center.auth.model import Role
from ops_center.bench.own_centre import OwnCentre
from ops_center.kernel.ids import new_id
from tests.edges import Asker, Staff, problem
from tests.layer_files import feature, geojson, point, square

MEMORY_FOR_AN_UPLOAD = 50_000_000
BYTES = {"Content-Type": "application/octet-stream"}


def fresh() -> str:
    return f"capa-{new_id().hex[-10:]}"


def body_of(tmp_path: Path, *features: dict[str, Any]) -> bytes:
    return geojson(tmp_path / "x.geojson", features).read_bytes()


async def send(
    who: Asker, name: str, body: bytes, *, key: str | None = None, **query: Any
) -> httpx.Response:
    return await who.ask(
        "POST", f"/layers/{name}/versions", body, headers=BYTES, query=query or None, key=key
    )


@pytest.fixture
def officer(staff: Staff) -> Asker:
    return staff.own[Role.GIS]


async def test_a_file_becomes_a_layer_on_every_screen(
    running_centre: OwnCentre, officer: Asker, staff: Staff, tmp_path: Path
) -> None:
    name = fresh()
    body = body_of(
        tmp_path,
        feature(point(24.94, 60.17), "h1", nombre="Hospital Ñemby"),
        feature(point(24.95, 60.18), "h1", nombre="Otro"),
        feature(None, "h3", nombre="Sin lugar"),
    )
    query = {"kind": "hospital", "filename": "h.geojson", "id_column": "id"}
    answer = await send(officer, name, body, **query)
    assert answer.status_code == 201
    told = answer.json()
    assert told["layer"]["name"] == name
    assert (told["layer"]["version"], told["layer"]["published"]) == (1, 1)
    assert (told["version"]["file_name"], told["version"]["refused"]) == ("h.geojson", 2)
    assert told["report"]["refused"]["by_reason"] == {"duplicate_id": 1, "no_geometry": 1}
    assert await officer.get(f"/layers/{name}") == told
    assert told["layer"] in (await staff.dispatcher.get("/layers"))["items"]
    picture = (await staff.dispatcher.get("/picture"))["picture"]
    assert picture["layers"][told["layer"]["id"]] == told["layer"]

    refused = await officer.ask("GET", f"/layers/{name}/versions/1/refused.geojson")
    assert refused.headers["content-type"] == "application/geo+json"
    rows = refused.json()["features"]
    assert [one["properties"]["_row"] for one in rows] == [2, 3]
    assert rows[0]["geometry"] == point(24.95, 60.18)
    assert rows[0]["properties"]["_detail"] == "id h1 is that of row 1 too"


async def test_versions_compare_and_roll_back(officer: Asker, tmp_path: Path) -> None:
    name = fresh()
    first = body_of(tmp_path, feature(square(24.9, 60.1), "1"), feature(square(24.95, 60.1), "2"))
    second = body_of(tmp_path, feature(square(24.9, 60.1), "1"), feature(square(24.9, 60.2), "3"))
    await send(officer, name, first, kind="zone", agency="POL", zone_kind="patrol")
    await send(officer, name, second)
    difference = await officer.get(f"/layers/{name}/compare", query={"from": 1, "to": 2})
    assert difference["counts"] == {
        "added": 1, "removed": 1, "changed": 0, "moved": 0, "same": 1,
    }  # fmt: skip
    page = await officer.get(f"/layers/{name}/versions", query={"limit": 1})
    assert ([one["number"] for one in page["items"]], page["next_cursor"]) == ([2], "2")
    rest = await officer.get(f"/layers/{name}/versions", query={"cursor": page["next_cursor"]})
    assert [one["number"] for one in rest["items"]] == [1]

    stale = await officer.ask("POST", f"/layers/{name}/rollback", {"version": 1}, if_match=1)
    problem(stale, 412, "stale-version")
    back = await officer.post(f"/layers/{name}/rollback", {"version": 1}, if_match=2)
    assert (back["version"], back["published"], back["features"]) == (3, 1, 2)
    problem(await officer.ask("POST", f"/layers/{name}/rollback", {"version": 1}), 409)
    problem(await officer.ask("POST", f"/layers/{name}/rollback", {"version": 9}), 404)
    gone = await officer.ask("DELETE", f"/layers/{name}", if_match=3)
    assert gone.json()["published"] is None
    assert name not in [one["name"] for one in (await officer.get("/layers"))["items"]]


async def test_the_same_key_publishes_once(officer: Asker, tmp_path: Path) -> None:
    name, key = fresh(), str(new_id())
    body = body_of(tmp_path, feature(point(24.94, 60.17), "1"))
    first = await send(officer, name, body, key=key)
    again = await send(officer, name, body, key=key)
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.headers["idempotent-replayed"] == "true"
    assert again.json() == first.json()
    other = body_of(tmp_path, feature(point(24.95, 60.17), "1"))
    problem(await send(officer, name, other, key=key), 409, "idempotency-key-reused")
    versions = await officer.get(f"/layers/{name}/versions")
    assert [one["number"] for one in versions["items"]] == [1]


async def test_a_dry_run_only_reports(officer: Asker, tmp_path: Path) -> None:
    name = fresh()
    body = body_of(tmp_path, feature(point(24.94, 60.17), "1"))
    answer = await send(officer, name, body, dry_run=True)
    assert answer.status_code == 200
    assert (answer.json()["layer"], answer.json()["report"]["kept"]) == (None, 1)
    problem(await officer.ask("GET", f"/layers/{name}"), 404)


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "empty-file"),
        (b"\x7fELF\x02\x01\x01", "layer-unreadable"),
        (b'{"type":"FeatureCollection","features":[{"type', "layer-unreadable"),
        (b"PK\x03\x04 not a zip", "layer-unreadable"),
        (b"SQLite format 3\x00 and no more", "layer-unreadable"),
        (b"fgb\x03fgb\x01", "layer-unreadable"),
        (b"<kml><Document><Placemark>", "layer-unreadable"),
        (b'<!DOCTYPE kml [<!ENTITY a "b">]><kml/>', "layer-unreadable"),
        (b"<html><body/></html>", "layer-unreadable"),
        (b"a;b\n1;2\n", "layer-unreadable"),
        (b"lon,lat\n", "layer-refused"),
        (b"lon,lat\n438000,7200000\n", "crs-unknown"),
    ],
)
async def test_what_is_no_layer_is_refused_and_nothing_is_published(
    officer: Asker, body: bytes, code: str
) -> None:
    name = fresh()
    problem(await send(officer, name, body), 422, code)
    problem(await officer.ask("GET", f"/layers/{name}"), 404)


async def test_odd_options_are_refused_before_the_file_is_read(officer: Asker) -> None:
    for query in (
        {"crs": "+proj=pipeline"}, {"encoding": "rot13"}, {"kind": "castle"}, {"agency": "a b"},
        {"zone_kind": "x"},
    ):  # fmt: skip
        problem(await send(officer, fresh(), b"lon,lat\n1,2\n", **query), 422)
    for name in ("Mayúscula", "-x", "x" * 49, "a.b"):
        problem(await send(officer, name, b"lon,lat\n1,2\n"), 422)


async def test_only_those_who_write_geography_publish(staff: Staff, tmp_path: Path) -> None:
    body = body_of(tmp_path, feature(point(24.94, 60.17), "1"))
    name = fresh()
    for role, who in staff.own.items():
        answer = await send(who, name, body)
        if role in {Role.ADMIN, Role.SUPERVISOR, Role.GIS}:
            assert answer.status_code == 201, role
        else:
            problem(answer, 403)
    problem(await send(staff.stranger, name, body), 401)


async def test_an_agency_changes_its_own_layers_only(
    running_centre: OwnCentre, staff: Staff, officer: Asker, tmp_path: Path
) -> None:
    body = body_of(tmp_path, feature(point(24.94, 60.17), "1"))
    police = staff.agency[Role.ADMIN, "POL"]
    medics = staff.agency[Role.ADMIN, "SEME"]
    name, common = fresh(), fresh()
    own = (await send(police, name, body)).json()
    assert own["layer"]["agency"] == "POL"
    problem(await send(medics, name, body), [403, 404])
    problem(await medics.ask("GET", f"/layers/{name}"), 404)
    problem(await medics.ask("DELETE", f"/layers/{name}"), [403, 404])
    problem(await send(police, fresh(), body, agency="SEME"), 403)
    await send(officer, common, body)
    assert (await medics.get(f"/layers/{common}"))["layer"]["agency"] is None
    problem(await send(police, common, body), 403)
    problem(await police.ask("POST", f"/layers/{common}/rollback", {"version": 1}), 403)
    assert common in [one["name"] for one in (await police.get("/layers"))["items"]]
    names = [one["name"] for one in (await medics.get("/layers"))["items"]]
    assert common in names
    assert name not in names


def peak_memory(centre: OwnCentre) -> int:
    """The most memory the web process ever held, bytes."""
    status = Path(f"/proc/{centre.processes['app'].pid}/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) * 1_024


async def zeros(size: int) -> AsyncIterator[bytes]:
    chunk = bytes(1_000_000)
    for _ in range(size // len(chunk)):
        yield chunk


async def test_too_large_a_file_is_refused_as_announced(
    running_centre: OwnCentre, officer: Asker
) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", running_centre.port)
    head = (
        f"POST /api/v1/layers/{fresh()}/versions HTTP/1.1", "Host: 127.0.0.1",
        f"Authorization: Bearer {officer.key}", f"Content-Length: {FILE_MAX_BYTES + 1}", "", "",
    )  # fmt: skip
    writer.write("\r\n".join(head).encode())
    first = await asyncio.wait_for(reader.readline(), 10)
    writer.close()
    assert first.split()[1] == b"413"


async def test_too_large_a_file_is_refused_as_it_comes_and_leaves_nothing(
    running_centre: OwnCentre, officer: Asker
) -> None:
    url = f"{running_centre.url}/api/v1/layers/{fresh()}/versions"
    status = None
    before = peak_memory(running_centre)
    async with httpx.AsyncClient(timeout=120, trust_env=False) as http:
        # Whoever is refused in the middle may be cut off before the answer is read.
        with suppress(httpx.WriteError, httpx.ReadError):
            answer = await http.post(
                url, content=zeros(FILE_MAX_BYTES + 20_000_000), headers=officer.bearer
            )
            status = answer.status_code
    assert status in {413, None}
    assert peak_memory(running_centre) - before < MEMORY_FOR_AN_UPLOAD
    place = running_centre.data / "uploads"
    async with asyncio.timeout(10):
        while await asyncio.to_thread(lambda: list(place.iterdir())):
            await officer.get("/session")
