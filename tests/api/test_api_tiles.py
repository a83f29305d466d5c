"""Tiles, the basemap file and zones over HTTP."""

import asyncio

from sqlalchemy import text

from ops_center.auth.model import Role
from ops_center.kernel.ids import new_id
from tests.edges import Staff, good, problem

BASEMAP = "/tiles/basemap.pmtiles"


async def test_a_phone_can_keep_the_basemap_and_resume_its_download(staff: Staff) -> None:
    said = await staff.stranger.get("/tiles/basemap.json")
    head = await staff.stranger.ask("HEAD", BASEMAP)
    assert int(head.headers["content-length"]) == said["bytes"] > 100_000
    assert head.headers["etag"] == said["etag"]
    assert not head.headers["etag"].startswith("W/")
    assert said["attribution"] == "© OpenStreetMap contributors"
    assert {"roads", "buildings", "pois"} <= set(said["layers"])
    west, south, east, north = said["bbox"]
    assert west < said["centre"]["lon"] < east
    assert south < said["centre"]["lat"] < north
    rest = {"Range": "bytes=500-", "If-Range": said["etag"]}
    part = await staff.stranger.ask("GET", BASEMAP, headers=rest)
    assert part.status_code == 206
    assert len(part.content) == said["bytes"] - 500


async def test_a_newer_basemap_is_sent_whole_to_who_resumes_an_older_one(staff: Staff) -> None:
    for range_ in ("bytes=500-", "bytes=99999999999-"):
        stale = {"Range": range_, "If-Range": '"of-another-build"'}
        whole = await staff.stranger.ask("GET", BASEMAP, headers=stale)
        assert whole.status_code == 200
        assert whole.content[:7] == b"PMTiles"


async def test_an_unchanged_basemap_is_not_sent_again(staff: Staff) -> None:
    head = await staff.stranger.ask("HEAD", BASEMAP)
    for known in (
        {"If-None-Match": head.headers["etag"]},
        {"If-None-Match": f'"other", W/{head.headers["etag"]}'},
        {"If-None-Match": "*"},
        {"If-Modified-Since": head.headers["last-modified"]},
    ):
        answer = await staff.stranger.ask("GET", BASEMAP, headers=known)
        assert (answer.status_code, answer.content) == (304, b"")
    for other in (
        {"If-None-Match": '"other"', "If-Modified-Since": head.headers["last-modified"]},
        {"If-Modified-Since": "Thu, 01 Jan 1970 00:00:00 GMT"},
        {"If-Modified-Since": "yesterday"},
    ):
        assert (await staff.stranger.ask("HEAD", BASEMAP, headers=other)).status_code == 200


async def test_tiles_of_every_layer_of_the_centre_are_drawn(staff: Staff) -> None:
    for layer in ("zones", "places", "streets", "closures"):
        answer = await staff.dispatcher.ask("GET", f"/tiles/{layer}/12/2330/1185.mvt")
        assert answer.status_code in {200, 204}
        assert answer.headers["etag"]
    zones = await staff.dispatcher.ask("GET", "/tiles/zones/4/9/4.mvt")
    assert zones.headers["content-encoding"] == "gzip"


async def test_names_of_layers_that_cannot_be_are_not_found(staff: Staff) -> None:
    for name in ("%00", "a%00b", "x" * 500, "zones%27%3Bdrop", "%E2%80%AE", "Zones"):
        problem(await staff.dispatcher.ask("GET", f"/tiles/{name}/4/9/4.mvt"), 404)


async def test_an_agencys_layer_is_for_the_agency_and_the_centre(staff: Staff) -> None:
    name = f"layer-{new_id().hex[-8:]}"
    async with staff.database.engine.begin() as connection:
        await connection.execute(
            text(
                "insert into layer (id, name, kind, agency, searchable, version, published,"
                " features, published_at)"
                " values (:id, :name, 'hydrant', 'POL', false, 1, 1, 0, now())"
            ),
            {"id": new_id(), "name": name},
        )
    path = f"/tiles/{name}/8/0/0.mvt"
    good(await staff.agency[Role.DISPATCHER, "POL"].ask("GET", path))
    good(await staff.dispatcher.ask("GET", path))
    problem(await staff.agency[Role.DISPATCHER, "SEME"].ask("GET", path), 404)


async def test_zones_are_listed_in_pages_and_with_outlines(staff: Staff) -> None:
    whole = await staff.dispatcher.get("/zones")
    assert len(whole["items"]) > 2
    assert whole["next_cursor"] is None
    first = await staff.dispatcher.get("/zones", query={"limit": 1})
    rest = await staff.dispatcher.get("/zones", query={"cursor": first["next_cursor"]})
    assert [*first["items"], *rest["items"]] == whole["items"]
    kind = whole["items"][0]["kind"]
    same = await staff.dispatcher.get("/zones", query={"kind": kind, "outline": True})
    assert {one["kind"] for one in same["items"]} == {kind}
    assert all(one["geometry"]["type"] == "MultiPolygon" for one in same["items"])
    assert (await staff.dispatcher.get("/zones", query={"kind": "none-such"}))["items"] == []
    gone = await staff.dispatcher.ask("GET", "/zones", query={"cursor": str(new_id())})
    problem(gone, 422)


async def test_zones_at_a_place_say_how_surely(staff: Staff) -> None:
    lon, lat = staff.town.centre
    exact = await staff.dispatcher.get("/zones/at", query={"lon": lon, "lat": lat})
    assert [(one["containment"], one["share"]) for one in exact["items"]] == [("inside", 1.0)]
    vague = await staff.dispatcher.get(
        "/zones/at", query={"lon": lon, "lat": lat, "uncertainty_m": 900}
    )
    shares = [one["share"] for one in vague["items"]]
    assert len(shares) > 1
    assert shares == sorted(shares, reverse=True)
    assert {one["containment"] for one in vague["items"]} == {"possible"}


async def test_a_units_position_says_its_zones(staff: Staff) -> None:
    lon, lat = staff.town.centre
    unit = await staff.admin.post(
        "/units", {"callsign": f"Z{new_id().hex[-8:]}", "agency": "POL", "kind": "patrol"}
    )
    await staff.machine.post(f"/units/{unit['id']}/locations", [staff.town.fix()])
    (here,) = (await staff.dispatcher.get("/zones/at", query={"lon": lon, "lat": lat}))["items"]
    shown = None
    async with asyncio.timeout(10):  # a picture may be a second old
        while shown is None:
            live = (await staff.dispatcher.get("/picture"))["live"]
            shown = live.get(f"unit:{unit['id']}", {}).get("zones")
    assert shown == [f"{here['kind']}:{here['code']}"]
