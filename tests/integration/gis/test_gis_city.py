"""Zones and roads of an imported city."""

from __future__ import annotations

import asyncio
import random
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from gis import repository
from gis.geodesy import destination, line_length_m
from gis.geofence import Containment
from gis.geometry import Location, Point
from gis.repository import roads
from gis.routing import EdgeArrays, Router, load_edges, load_router
from gis.travel import Profile
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


async def test_roads_read_in_many_steps_are_those_read_in_one(
    town: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with town.reading() as connection:
        whole = await load_edges(connection)
        monkeypatch.setattr(roads, "EDGES_PER_READ", 7)
        stepped = await load_edges(connection)
    assert len(whole.ids) > 3 * 7
    for field in fields(EdgeArrays):
        np.testing.assert_array_equal(getattr(stepped, field.name), getattr(whole, field.name))


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
