"""Zones in memory answer as the database does, and follow what is written there."""

from __future__ import annotations

import json
import math
import random
from typing import TYPE_CHECKING

import pytest
import shapely
from sqlalchemy import text

from gis import repository
from gis.geofence import Containment
from gis.geometry import Location, Point
from gis.repository import ZoneIndex, ZonesNow
from ops_center.kernel.errors import Invalid
from ops_center.kernel.ids import new_id

if TYPE_CHECKING:
    from pathlib import Path

    from ops_center.kernel.database import Database

MIDDLE = Point(lon=-57.60, lat=-25.30)
MADE = 300
SPREAD_DEG = 0.06


def somewhere(rng: random.Random) -> Point:
    return Point(
        lon=MIDDLE.lon + rng.uniform(-SPREAD_DEG, SPREAD_DEG),
        lat=MIDDLE.lat + rng.uniform(-SPREAD_DEG, SPREAD_DEG),
    )


def outlines(rng: random.Random, count: int) -> list[shapely.Geometry]:
    """Areas with ragged edges; every fourth has a hole, every fifth a second part."""
    made = []
    for number in range(count):
        middle, corners = somewhere(rng), rng.randint(5, 80)
        turns = [math.tau * k / corners for k in range(corners)]
        reach = rng.uniform(0.002, 0.02)
        edge = [(reach * rng.uniform(0.7, 1.3), turn) for turn in turns]
        area: shapely.Geometry = shapely.Polygon(
            [(middle.lon + r * math.cos(t), middle.lat + r * math.sin(t)) for r, t in edge]
        )
        if number % 4 == 0:
            area = area.difference(shapely.Point(middle.lon, middle.lat).buffer(reach / 3))
        if number % 5 == 0:
            area = area.union(shapely.Point(middle.lon + 0.05, middle.lat).buffer(reach / 2))
        made.append(area)
    return made


async def put(database: Database, kind: str, areas: list[shapely.Geometry]) -> None:
    rows = [
        {"id": new_id(), "kind": kind, "code": f"{number:04}", "wkb": shapely.to_wkb(area)}
        for number, area in enumerate(areas)
    ]
    async with database.engine.begin() as connection:
        await connection.execute(
            text(
                "insert into zone (id, kind, code, name, source, imported, geom) values"
                " (:id, :kind, :code, :code, 'test', false, st_multi(st_geomfromwkb(:wkb, 4326)))"
            ),
            rows,
        )


@pytest.fixture
async def zoned(database: Database) -> Database:
    await put(database, "made", outlines(random.Random(7), MADE))
    return database


@pytest.mark.parametrize("uncertainty_m", [0.0, 15.0, 120.0, 2_500.0])
async def test_memory_and_database_say_the_same(zoned: Database, uncertainty_m: float) -> None:
    rng = random.Random(f"{uncertainty_m}")
    zones = ZonesNow()
    async with zoned.reading() as connection:
        await zones.refresh(connection)
        assert zones.index is not None
        for _ in range(60 if uncertainty_m < 1_000 else 8):
            location = Location(point=somewhere(rng), uncertainty_m=uncertainty_m)
            ours = zones.index.at(location)
            theirs = await repository.zones_at(connection, location)
            assert {at.zone.id: at.coverage.containment for at in ours} == {
                at.zone.id: at.coverage.containment for at in theirs
            }
            shares = {at.zone.id: at.coverage.share for at in theirs}
            for at in ours:
                assert at.coverage.share == pytest.approx(shares[at.zone.id], abs=1e-3)


async def test_real_barrios_answer_alike(database: Database, shared_data: Path) -> None:
    file = shared_data / "gis" / "barrios_asuncion_josego85.geojson"
    features = json.loads(file.read_text())["features"]
    shapes = [shapely.from_geojson(json.dumps(one["geometry"])) for one in features]
    await put(database, "barrio", [shapely.make_valid(one) for one in shapes])
    zones, rng = ZonesNow(), random.Random(68)
    async with database.reading() as connection:
        await zones.refresh(connection)
        assert zones.index is not None
        for _ in range(100):
            location = Location(point=somewhere(rng), uncertainty_m=rng.choice([0.0, 40.0]))
            ours = zones.index.at(location)
            theirs = await repository.zones_at(connection, location)
            assert [at.zone.id for at in ours] == [at.zone.id for at in theirs]
    assert len(zones.index.zones) == 68


async def test_many_points_at_once_lie_where_each_of_them_does(zoned: Database) -> None:
    rng = random.Random(3)
    points = [somewhere(rng) for _ in range(200)] + [Point(lon=0, lat=0)]
    zones = ZonesNow()
    async with zoned.reading() as connection:
        await zones.refresh(connection)
        assert zones.index is not None
        ours = zones.index.of_points(points)
        assert ours == await repository.zones_of_points(connection, points)
    assert ours == [zones.index.of_point(point) for point in points]
    assert ours[-1] == []
    assert zones.index.of_points([]) == []


def loaded(zones: ZonesNow) -> ZoneIndex | None:
    return zones.index


class Watch:
    def __init__(self) -> None:
        self.now = 50.0

    def __call__(self) -> float:
        return self.now


async def test_zones_follow_the_database_and_are_not_trusted_when_unwatched(
    database: Database,
) -> None:
    watch = Watch()
    zones = ZonesNow(watch)
    at = Location(point=MIDDLE, uncertainty_m=0)
    here = shapely.Point(MIDDLE.lon, MIDDLE.lat).buffer(0.01)
    assert loaded(zones) is None
    async with database.reading() as connection:
        assert await zones.refresh(connection)
    empty = loaded(zones)
    assert empty is not None
    assert empty.at(at) == []
    await put(database, "made", [here])
    async with database.reading() as connection:
        assert await zones.refresh(connection)
        assert not await zones.refresh(connection)
    one = loaded(zones)
    assert one is not None
    assert [found.coverage.containment for found in one.at(at)] == [Containment.INSIDE]
    watch.now += 6.0
    assert loaded(zones) is None


async def test_an_edge_belongs_to_the_zone(database: Database) -> None:
    await put(database, "made", [shapely.box(-57.7, -25.4, -57.6, -25.3)])
    zones = ZonesNow()
    async with database.reading() as connection:
        await zones.refresh(connection)
    assert zones.index is not None
    for lon, lat in ((-57.6, -25.35), (-57.7, -25.4), (-57.65, -25.3)):
        assert len(zones.index.of_point(Point(lon=lon, lat=lat))) == 1


async def test_zones_are_paged_by_kind_and_code(database: Database) -> None:
    squares = [shapely.box(n, 0, n + 1, 1) for n in range(5)]
    await put(database, "beat", squares)
    await put(database, "area", squares[:2])
    async with database.reading() as connection:
        everything = await repository.zones_page(connection)
        pages, after = [], None
        while page := await repository.zones_page(connection, after=after, limit=3):
            pages += page
            after = page[-1].id
        beats = await repository.zones_page(connection, kind="beat")
        with pytest.raises(Invalid):
            await repository.zones_page(connection, after=new_id())
    assert pages == everything
    assert [one.kind for one in everything] == ["area"] * 2 + ["beat"] * 5
    assert [one.code for one in beats] == [f"{n:04}" for n in range(5)]


async def test_outlines_with_too_many_corners_are_left_out(database: Database) -> None:
    fine = shapely.Point(0, 0).buffer(1, quad_segs=500)
    await put(database, "made", [shapely.box(0, 0, 1, 1), fine])
    async with database.reading() as connection:
        zones = await repository.zones_page(connection)
        found = await repository.outlines_of(connection, zones, corners_max=100)
    assert [zones[0].id] == list(found)
    assert json.loads(found[zones[0].id])["type"] == "MultiPolygon"
