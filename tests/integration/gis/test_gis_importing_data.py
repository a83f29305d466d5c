"""Everything else a city needs: numbered roads, other names, outlines, odd addresses, stops."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import pytest_asyncio
from sqlalchemy import text

from gis.geodesy import distance_m
from gis.geometry import Point
from gis.importing import ImportReport, import_osm
from ops_center.kernel.clock import SystemClock
from ops_center.kernel.database import Database
from ops_center.kernel.ids import new_id
from tests.osm_town import province, spot

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from ops_center.localdb import LocalDatabase


@pytest_asyncio.fixture(scope="module")
async def imported(
    cluster: LocalDatabase, template: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[tuple[Database, ImportReport]]:
    """A made-up province, imported; for reading only."""
    pbf = province().write(tmp_path_factory.mktemp("osm") / "province.osm.pbf")
    name = f"c_{new_id().hex}"
    database = Database(cluster.createdb(name, template=template), name="test")
    async with database.engine.begin() as connection:
        report = await import_osm(pbf, connection, clock=SystemClock())
    yield database, report
    await database.close()
    cluster.dropdb(name)


async def rows(imported: tuple[Database, ImportReport], query: str) -> list[Any]:
    async with imported[0].reading() as connection:
        return [tuple(row) for row in await connection.execute(text(query))]


Imported = tuple[Database, ImportReport]


async def test_roads_keep_what_they_are_made_of(imported: Imported) -> None:
    (road,) = await rows(
        imported,
        "select distinct class, ref, surface, bridge, tunnel, layer, lanes, drivable, walkable"
        " from road_edge where ref = 'PY02'",
    )
    assert road == ("trunk", "PY02", "asphalt", True, False, 1, 4, True, True)
    steps = "select drivable, walkable from road_edge where class = 'steps'"
    assert await rows(imported, steps) == [(False, True)]


async def test_other_names_of_a_street_say_what_they_are(imported: Imported) -> None:
    found = await rows(
        imported,
        "select alias, said, a.kind, weight < 1 from street_alias a"
        " join street s on s.id = street_id where s.ref = 'PY02' and said <> name",
    )
    assert ("camino real", "Camino Real", "old_name", True) in found
    assert ("py02", "PY02", "ref", True) in found
    assert ("ruta 2", "Ruta 2", "ref", True) in found
    assert ("mburuvicha rape", "Mburuvicha rape", "translated", True) in found


async def located(imported: Imported, number: int, km: float) -> tuple[Point, str]:
    ((lon, lat, source),) = await rows(
        imported,
        "select st_x(g), st_y(g), measured_from from (select measured_from,"
        f" st_geometryn(st_locatealong(geom, {km}), 1) as g from route_line"
        f" where number = {number} and {km} between from_km and to_km) found",
    )
    return Point(lon=lon, lat=lat), source


async def test_kilometres_of_a_route_follow_its_posts_and_a_misread_one_is_ignored(
    imported: Imported,
) -> None:
    # Twenty blocks of 120 m from the start stands post 32,4; fifty blocks on, 38,4.
    for km, column in ((30.36, 3), (32.4, 20), (35.4, 45), (38.4, 70), (41.64, 97)):
        point, source = await located(imported, 2, km)
        assert source == "milestones"
        assert distance_m(point, spot(column, 0)) < 15, km


async def test_route_without_posts_is_counted_from_its_start(imported: Imported) -> None:
    point, source = await located(imported, 27, 1.0)
    assert source == "start"
    assert distance_m(point, spot(50, -0.15)) == pytest.approx(1_000, abs=5)


async def test_posts_are_kept_with_the_road_they_stand_at(imported: Imported) -> None:
    posts = await rows(imported, "select ref, ref_folded, km from route_milestone order by km")
    assert posts == [("PY02", "py02", 3.0), ("PY02", "py02", 32.4), ("PY02", "py02", 38.4)]


async def test_waters_parks_and_boundaries_have_outlines_and_places(imported: Imported) -> None:
    found = await rows(
        imported,
        "select a.theme, a.kind, a.name, a.admin_level, p.name, p.kind,"
        " p.id is null or st_intersects(a.geom, p.geom)"
        " from city_area a left join place p on p.id = place_id order by a.theme, a.name",
    )
    assert found == [
        ("admin", "boundary", "Areguá", 8, "Areguá", "admin_level_8", True),
        # The town's own label stands inside: it is that place's outline, not another place.
        ("admin", "boundary", "Luque", 8, "Luque", "town", True),
        ("green", "park", "Parque Guasu", None, "Parque Guasu", "park", True),
        ("green", "park", None, None, None, None, True),
        ("water", "water", "Laguna Cateura", None, "Laguna Cateura", "water", True),
    ]
    assert await rows(imported, "select alias from place_alias where alias like 'areg%'") == [
        ("aregua",)
    ]


async def test_building_keeps_its_height_and_storeys(imported: Imported) -> None:
    assert await rows(imported, "select height_m, levels from building") == [(21.5, 7)]


async def test_bus_stop_is_found_by_name_and_number(imported: Imported) -> None:
    found = await rows(
        imported,
        "select alias, a.kind from place_alias a join place p on p.id = place_id"
        " where p.kind = 'bus_stop' order by alias",
    )
    assert found == [("1704", "ref"), ("parada guasu", "name")]


async def test_door_with_several_numbers_answers_to_each_of_them(imported: Imported) -> None:
    found = await rows(
        imported,
        "select housenumber, number from address_point where not interpolated"
        " and number < 100 order by number",
    )
    assert found == [("12-18", 12), ("12-18", 14), ("12-18", 16), ("12-18", 18), ("20", 20),
                     ("24", 24)]  # fmt: skip


async def test_houses_between_two_mapped_ones_are_marked_as_interpolated(
    imported: Imported,
) -> None:
    found = await rows(
        imported,
        "select number, st_x(h.geom), st_y(h.geom), s.name from address_point h"
        " join street s on s.id = street_id where interpolated order by number",
    )
    assert [(number, street) for number, *_, street in found] == [
        (103, "Acceso Norte"),
        (105, "Acceso Norte"),
        (107, "Acceso Norte"),
    ]
    _, lon, lat, _ = found[1]
    assert distance_m(Point(lon=lon, lat=lat), spot(49.8, -4)) < 2


async def test_streets_that_only_come_near_each_other_cross_there(imported: Imported) -> None:
    ((spread, lon, lat),) = await rows(
        imported,
        "select spread_m, st_x(x.geom), st_y(x.geom) from street_crossing x"
        " join street a on a.id = a_id join street b on b.id = b_id"
        " where not shared and a.name = 'Acceso Norte' and b.ref = 'PY02'",
    )
    # Eighteen metres apart: each side of the gap is nine from its middle.
    assert spread == pytest.approx(9, abs=0.3)
    assert distance_m(Point(lon=lon, lat=lat), spot(50, -0.075)) < 1


async def test_report_counts_everything_and_is_kept_with_the_city(imported: Imported) -> None:
    _, report = imported
    assert report.counts["numbered_roads"] == 2
    assert report.counts["milestones"] == 3
    assert report.read["areas"] == 6
    assert report.megabytes_per_second > 0
    assert report.peak_memory_mb > 50
    assert set(report.stage_seconds) >= {"survey", "read", "streets", "crossings", "indexes"}
    ((kept,),) = await rows(imported, "select report from city")
    assert kept["counts"] == report.counts
    assert kept["import_id"] == str(report.import_id)
