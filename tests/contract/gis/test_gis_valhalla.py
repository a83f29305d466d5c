"""The second engine by itself: closures, crashes, new tiles, tracks, and answers it cannot use."""

from __future__ import annotations

import os
import shutil
import signal
import time
from collections.abc import AsyncIterator, Sequence
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import numpy as np
import pytest
import pytest_asyncio
import shapely

from gis.geodesy import destination, distance_m
from gis.geometry import Point
from gis.routing import EdgeArrays
from gis.routing.port import Barrier, Trace
from gis.routing.valhalla import TilesFailed, ValhallaRouter, build_tiles, current_city
from gis.routing.valhalla.build import CURRENT
from gis.routing.valhalla.service import RunFile
from gis.routing.valhalla.traffic import TrafficFile
from gis.travel import Engine, Profile, Reason
from ops_center.kernel.errors import Invalid, Unavailable
from ops_center.kernel.ids import new_id
from ops_center.kernel.measure import Metres
from ops_center.runfiles import start_ticks
from tests.contract.gis.conftest import IMPORT_ID, EngineRoom, launched
from tests.waiting import until

STATION = Point(lon=24.9415, lat=60.1712)
HARBOUR = Point(lon=24.9525, lat=60.1675)
IN_FORCE_WITHIN_S = 2.0
BACK_WITHIN_S = 10.0
BEGAN = datetime(2026, 5, 1, 12, tzinfo=UTC)
DISC_DEGREES = 0.0003


@pytest_asyncio.fixture
async def open_roads(valhalla: ValhallaRouter) -> AsyncIterator[ValhallaRouter]:
    """The service with nothing closed, before and after."""
    await valhalla.close_roads([])
    yield valhalla
    await valhalla.close_roads([])


def disc(point: Point, *, civil_only: bool = False) -> Barrier:
    area = shapely.Point(point.lon, point.lat).buffer(DISC_DEGREES)
    return Barrier(id=new_id(), area=area, along=None, civil_only=civil_only)


def half_way(line: Sequence[Point]) -> Point:
    return line[len(line) // 2]


def touches(line: Sequence[Point], barrier: Barrier) -> bool:
    way = shapely.LineString([(p.lon, p.lat) for p in line])
    return bool(way.intersects(barrier.area.buffer(-DISC_DEGREES / 2)))


async def line_of(router: ValhallaRouter, profile: Profile) -> tuple[Point, ...]:
    return (await router.route(start=STATION, end=HARBOUR, profile=profile)).line


@pytest.mark.parametrize("profile", [Profile.CAR, Profile.PATROL, Profile.MOTORCYCLE])
async def test_a_closure_is_avoided_at_once_and_a_lifted_one_is_not(
    open_roads: ValhallaRouter, profile: Profile
) -> None:
    before = await line_of(open_roads, profile)
    barrier = disc(half_way(before))
    began = time.monotonic()
    await open_roads.close_roads([barrier])
    during = await line_of(open_roads, profile)
    assert time.monotonic() - began < IN_FORCE_WITHIN_S
    assert touches(before, barrier)
    assert not touches(during, barrier)
    await open_roads.close_roads([])
    assert await line_of(open_roads, profile) == before


async def test_the_matrix_keeps_out_of_closures_too(open_roads: ValhallaRouter) -> None:
    origins = [STATION] * 6
    before = await open_roads.travel_times(origins=origins, to=HARBOUR, profile=Profile.PATROL)
    line = await line_of(open_roads, Profile.PATROL)
    # Along most of the way: the matrix looks for its own, which differs here and there.
    way = shapely.LineString([(p.lon, p.lat) for p in line[len(line) // 4 : -len(line) // 4]])
    barrier = Barrier(id=new_id(), area=way.buffer(DISC_DEGREES), along=None, civil_only=False)
    await open_roads.close_roads([barrier])
    during = await open_roads.travel_times(origins=origins, to=HARBOUR, profile=Profile.PATROL)
    assert during[0].metres != before[0].metres


async def test_a_civil_closure_binds_the_car_and_no_crew(open_roads: ValhallaRouter) -> None:
    car, patrol = [await line_of(open_roads, one) for one in (Profile.CAR, Profile.PATROL)]
    barriers = [disc(half_way(line), civil_only=True) for line in (car, patrol)]
    await open_roads.close_roads(barriers)
    assert await line_of(open_roads, Profile.PATROL) == patrol
    assert not touches(await line_of(open_roads, Profile.CAR), barriers[0])


async def test_closures_outlive_who_wrote_them(
    engine_room: EngineRoom, open_roads: ValhallaRouter
) -> None:
    barrier = disc(half_way(await line_of(open_roads, Profile.PATROL)))
    await open_roads.close_roads([barrier])
    await open_roads.aclose()  # as when its process is started again
    again = ValhallaRouter(engine_room.folder)
    try:
        assert not touches(await line_of(again, Profile.PATROL), barrier)
        await again.close_roads([])
        assert touches(await line_of(again, Profile.PATROL), barrier)
    finally:
        await again.aclose()


async def test_one_process_writes_and_the_others_leave_it_alone(
    engine_room: EngineRoom, open_roads: ValhallaRouter
) -> None:
    barrier = disc(half_way(await line_of(open_roads, Profile.PATROL)))
    await open_roads.close_roads([barrier])
    assert TrafficFile.open(engine_room.folder / str(IMPORT_ID) / "traffic.tar") is None
    other = ValhallaRouter(engine_room.folder)
    try:
        await other.close_roads([])
        assert not touches(await line_of(other, Profile.PATROL), barrier)
    finally:
        await other.aclose()


async def test_a_killed_service_is_said_to_be_away_and_comes_back(
    engine_room: EngineRoom, valhalla: ValhallaRouter
) -> None:
    former = engine_room.running
    assert former is not None
    os.kill(former.pid, signal.SIGKILL)
    with pytest.raises(Unavailable):
        await line_of(valhalla, Profile.PATROL)
    await until(lambda: engine_room.running not in {former, None}, within_s=BACK_WITHIN_S)
    assert (await valhalla.route(start=STATION, end=HARBOUR, profile=Profile.PATROL)).line


def move_in(room: EngineRoom, folder: Path, import_id: UUID) -> None:
    """The tiles of Helsinki once more, as those of another import."""
    shutil.copytree(room.folder / str(IMPORT_ID), folder / str(import_id))
    (folder / "next").write_text(str(import_id))
    (folder / "next").replace(folder / CURRENT)


async def test_new_tiles_replace_the_service_and_what_is_closed_stays_closed(
    engine_room: EngineRoom, tmp_path: Path
) -> None:
    first, second = new_id(), new_id()
    move_in(engine_room, tmp_path, first)
    router = ValhallaRouter(tmp_path)
    wanted = str(first)
    router.only_for(lambda: wanted)
    with launched(tmp_path):
        barrier = disc(half_way(await line_of(router, Profile.PATROL)))
        await router.close_roads([barrier])
        move_in(engine_room, tmp_path, second)
        await until(lambda: router.import_id == str(second), within_s=BACK_WITHIN_S)
        with pytest.raises(Unavailable, match="another import"):
            await line_of(router, Profile.PATROL)
        wanted = str(second)
        assert not touches(await line_of(router, Profile.PATROL), barrier)
    await router.aclose()


def left_over(service: RunFile) -> bool:
    return Path(service.sockets).exists()


async def test_the_service_dies_with_its_launcher(engine_room: EngineRoom, tmp_path: Path) -> None:
    move_in(engine_room, tmp_path, IMPORT_ID)
    with launched(tmp_path) as room:
        running = room.running
        assert running is not None
        room.launcher.kill()
        room.launcher.wait()
        await until(lambda: start_ticks(running.pid) is None, within_s=IN_FORCE_WITHIN_S)
    assert RunFile.read(tmp_path) == running, "nobody was left to tidy up"
    assert left_over(running)
    with launched(tmp_path):
        await until(lambda: RunFile.read(tmp_path) not in {running, None}, within_s=BACK_WITHIN_S)
        assert not left_over(running)


async def test_without_a_service_everything_is_unavailable(tmp_path: Path) -> None:
    router = ValhallaRouter(tmp_path)
    with pytest.raises(Unavailable, match="not running"):
        await router.route(start=STATION, end=HARBOUR, profile=Profile.CAR)
    with pytest.raises(Unavailable):
        await router.close_roads([])
    await router.aclose()


async def test_places_the_network_does_not_join_are_told_from_trouble(
    valhalla: ValhallaRouter, engine_room: EngineRoom
) -> None:
    found = await valhalla.travel_times(
        origins=[Point(lon=20, lat=59), STATION], to=HARBOUR, profile=Profile.PATROL
    )
    assert [one.reason for one in found] == [Reason.NO_ROAD_NEAR, None]
    assert found[1].seconds is not None


async def test_a_matrix_with_one_place_off_the_network_is_refused_as_a_whole_by_reason(
    valhalla: ValhallaRouter,
) -> None:
    origins = [*[STATION] * 8, Point(lon=20, lat=59)]
    found = await valhalla.travel_times(origins=origins, to=HARBOUR, profile=Profile.PATROL)
    assert [one.seconds is None for one in found] == [*[False] * 8, True]


def drive(line: Sequence[Point], *, aside_m: float) -> list[Trace]:
    """A position every 25 m or so along a line, each a little beside it."""
    traces: list[Trace] = []
    at, last = BEGAN, None
    for i, point in enumerate(line):
        if last is not None and distance_m(last, point) < 15 and i < len(line) - 1:
            continue
        beside = destination(point, bearing_deg=90.0 * (i % 4), distance_m=aside_m)
        at += timedelta(seconds=3)
        traces.append(Trace(point=beside, at=at, accuracy_m=Metres(10)))
        last = point
    return traces


async def test_a_track_is_put_on_the_streets_it_followed(valhalla: ValhallaRouter) -> None:
    driven = await valhalla.route(start=STATION, end=HARBOUR, profile=Profile.PATROL)
    assert driven.engine is Engine.VALHALLA
    found = await valhalla.match(track=drive(driven.line[1:-1], aside_m=4), profile=Profile.PATROL)
    streets = {one.street for one in driven.steps if one.street and one.metres > 60}
    assert found.metres == pytest.approx(driven.travel.metres, rel=0.15)
    assert streets <= set(found.streets)
    assert found.unmatched == 0
    assert found.confidence > 0.7
    doubtful = await valhalla.match(
        track=drive(driven.line[1:-1], aside_m=20), profile=Profile.PATROL
    )
    assert doubtful.confidence < found.confidence


async def test_a_track_at_sea_follows_no_road(valhalla: ValhallaRouter) -> None:
    track = [
        Trace(point=Point(lon=20 + i / 1000, lat=59), at=BEGAN + timedelta(seconds=i))
        for i in range(5)
    ]
    found = await valhalla.match(track=track, profile=Profile.PATROL)
    assert (found.line, found.unmatched, found.confidence) == ((), 5, 0.0)


async def test_one_position_is_no_track(valhalla: ValhallaRouter) -> None:
    with pytest.raises(Invalid):
        await valhalla.match(track=[Trace(point=STATION, at=BEGAN)], profile=Profile.PATROL)


def test_a_broken_extract_leaves_the_former_tiles(
    helsinki_pbf: Path, helsinki_edges: EdgeArrays, tmp_path: Path
) -> None:
    good = build_tiles(helsinki_pbf, tmp_path, import_id=UUID(int=1), edges=helsinki_edges)
    torn = tmp_path / "torn.osm.pbf"
    torn.write_bytes(helsinki_pbf.read_bytes()[:50_000])
    with pytest.raises(TilesFailed):
        build_tiles(torn, tmp_path, import_id=UUID(int=2), edges=helsinki_edges)
    assert current_city(tmp_path) == good.name
    assert not list(tmp_path.glob("*.partial"))


def test_tiles_of_another_city_than_the_roads_are_refused(
    shared_data: Path, helsinki_edges: EdgeArrays, tmp_path: Path
) -> None:
    other = shutil.copy(shared_data / "gis" / "spo_osm.pbf", tmp_path / "other.osm.pbf")
    with pytest.raises(TilesFailed, match="do not hold"):
        build_tiles(Path(other), tmp_path, import_id=UUID(int=3), edges=helsinki_edges)
    assert RunFile.read(tmp_path) is None


def half_of(edges: EdgeArrays) -> EdgeArrays:
    """The roads of the west, as after an import of a part of the extract."""
    west = float(np.median(edges.lons))
    kept = edges.lons[edges.starts[:-1]] < west
    vertices = np.repeat(kept, np.diff(edges.starts))
    counts = np.diff(edges.starts)[kept]
    starts = np.concatenate(([0], np.cumsum(counts)))
    lines: dict[str, Any] = {
        "lons": edges.lons[vertices],
        "lats": edges.lats[vertices],
        "starts": starts,
    }
    whole = {*lines, "names", "bans"}
    other: dict[str, Any] = {
        field.name: getattr(edges, field.name)[kept]
        for field in fields(EdgeArrays)
        if field.name not in whole
    }
    return replace(edges, **lines, **other)


async def test_of_a_larger_extract_only_the_city_s_roads_are_driven(
    helsinki_pbf: Path, helsinki_edges: EdgeArrays, tmp_path: Path
) -> None:
    west = Point(lon=24.9370, lat=60.1680)
    build_tiles(helsinki_pbf, tmp_path, import_id=IMPORT_ID, edges=half_of(helsinki_edges))
    router = ValhallaRouter(tmp_path)
    with launched(tmp_path):
        inside = await router.route(start=west, end=STATION, profile=Profile.PATROL)
        outside = await router.route(start=west, end=HARBOUR, profile=Profile.PATROL)
    await router.aclose()
    assert inside.travel.reachable
    # The road nearest to the harbour is half a city away from it.
    assert distance_m(outside.line[-2], HARBOUR) > 300
