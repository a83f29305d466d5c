"""A city comes out of an OpenStreetMap file whole, replaces the former, or changes nothing."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text

from gis import repository
from gis.geometry import Extent
from gis.importing import ImportOptions, ImportReport, import_osm
from ops_center.kernel.clock import SystemClock
from ops_center.kernel.errors import Invalid
from tests.osm_town import OsmTown, spot

if TYPE_CHECKING:
    from pathlib import Path

    from ops_center.kernel.database import Database


async def bring(
    database: Database, pbf: Path, options: ImportOptions | None = None
) -> ImportReport:
    async with database.engine.begin() as connection:
        return await import_osm(pbf, connection, clock=SystemClock(), options=options)


async def count(database: Database, query: str) -> int:
    async with database.reading() as connection:
        return int((await connection.execute(text(query))).scalar_one())


async def test_hand_made_town_has_its_streets_corners_and_places(town: Database) -> None:
    async with town.reading() as connection:
        city = await repository.city_of(connection)
        counts = await repository.counts_of(connection)
    assert city is not None
    assert (city.name, city.timezone) == ("Asunción", "America/Asuncion")
    assert counts["street"] == 9
    # Four by five corners, each way round.
    assert counts["street_crossing"] == 40
    assert counts["address_point"] == 3
    assert counts["building"] == 1
    assert await count(town, "select count(*) from place where kind = 'hospital'") == 1
    assert await count(town, "select height_m from building") == 12
    assert await count(town, "select count(*) from turn_ban") == 1


async def test_broken_objects_are_left_out_and_counted(database: Database, town_pbf: Path) -> None:
    report = await bring(database, town_pbf)
    assert report.left_out["way with fewer than two known nodes"] == 2
    assert report.left_out["restriction over several ways or incomplete"] == 1
    assert await count(database, "select count(*) from street where name = 'Fantasma'") == 0
    assert await count(database, "select count(*) from street where name = 'Colón'") == 1


async def test_second_import_replaces_the_first_and_says_so_by_its_id(
    database: Database, town_pbf: Path, helsinki_pbf: Path
) -> None:
    first = await bring(database, helsinki_pbf)
    second = await bring(database, town_pbf)
    assert first.import_id != second.import_id
    assert await count(database, "select count(*) from street") == second.counts["streets"]
    assert await count(database, "select count(*) from zone where name = 'Kluuvi'") == 0


async def test_same_city_keeps_its_zone_ids(database: Database, town_pbf: Path) -> None:
    async def ids() -> set[object]:
        async with database.reading() as connection:
            return {z.zone.id for z in await repository.list_zones(connection)}

    await bring(database, town_pbf)
    before = await ids()
    await bring(database, town_pbf)
    assert before
    assert await ids() == before


async def test_zone_drawn_by_hand_survives_an_import(database: Database, town_pbf: Path) -> None:
    await bring(database, town_pbf)
    async with database.engine.begin() as connection:
        await connection.execute(
            text(
                "insert into zone (id, kind, code, name, source, imported, geom) values"
                " (gen_random_uuid(), 'beat', 'B1', 'Ronda 1', 'drawn', false,"
                " st_multi(st_makeenvelope(-57.64, -25.28, -57.63, -25.27, 4326)))"
            )
        )
    await bring(database, town_pbf)
    assert await count(database, "select count(*) from zone where code = 'B1'") == 1


async def test_readers_see_the_former_city_until_the_commit(
    database: Database, town_pbf: Path
) -> None:
    first = await bring(database, town_pbf)
    async with database.engine.connect() as writing:
        await import_osm(town_pbf, writing, clock=SystemClock())
        async with database.reading() as connection:
            seen = await repository.city_of(connection)
        await writing.rollback()
    assert seen is not None
    assert seen.import_id == first.import_id


@pytest.mark.parametrize("content", [b"", b"hello", b"\x00" * 4_000])
async def test_file_that_is_no_extract_changes_nothing(
    database: Database, town_pbf: Path, tmp_path: Path, content: bytes
) -> None:
    first = await bring(database, town_pbf)
    broken = tmp_path / "broken.osm.pbf"
    broken.write_bytes(content)
    with pytest.raises(Invalid):
        await bring(database, broken)
    async with database.reading() as connection:
        city = await repository.city_of(connection)
    assert city is not None
    assert city.import_id == first.import_id


async def test_file_cut_in_the_middle_is_refused(
    database: Database, helsinki_pbf: Path, tmp_path: Path
) -> None:
    cut = tmp_path / "cut.osm.pbf"
    await asyncio.to_thread(lambda: cut.write_bytes(helsinki_pbf.read_bytes()[:300_000]))
    with pytest.raises(Invalid, match="download it again"):
        await bring(database, cut)


async def test_missing_file_and_extract_without_roads_are_refused(
    database: Database, tmp_path: Path
) -> None:
    with pytest.raises(Invalid, match="no file"):
        await bring(database, tmp_path / "nowhere.osm.pbf")
    empty = OsmTown()
    empty.node(spot(0, 0), name="Solo", place="suburb")
    with pytest.raises(Invalid, match="no roads"):
        await bring(database, empty.write(tmp_path / "empty.osm.pbf"))


async def test_operator_may_name_the_city_set_its_time_and_clip_the_file(
    database: Database, town_pbf: Path
) -> None:
    west = Extent(west=-57.641, south=-25.281, east=-57.6385, north=-25.275)
    options = ImportOptions(name="Microcentro", timezone="UTC", within=west)
    report = await bring(database, town_pbf, options)
    assert (report.city, report.timezone, report.extent) == ("Microcentro", "UTC", west)
    assert await count(database, "select count(*) from street where name = 'Chile'") == 0
    assert await count(database, "select count(*) from street where name = 'Colón'") == 1


async def test_two_suburbs_share_the_town_between_them(town: Database) -> None:
    async with town.reading() as connection:
        zones = await repository.list_zones(connection)
        city = await repository.city_of(connection)
    assert {zone.zone.name for zone in zones} == {"La Encarnación", "Catedral"}
    assert all("suburb" in zone.zone.source for zone in zones)
    assert city is not None
    extent = city.extent
    whole = (extent.east - extent.west) * (extent.north - extent.south)
    assert sum(zone.area.area for zone in zones) == pytest.approx(whole, rel=1e-6)


async def test_real_city_is_covered_by_its_real_districts(helsinki: Database) -> None:
    async with helsinki.reading() as connection:
        zones = await repository.list_zones(connection)
        city = await repository.city_of(connection)
        counts = await repository.counts_of(connection)
    assert city is not None
    assert (city.name, city.timezone) == ("Helsinki", "Europe/Helsinki")
    assert {"Kluuvi", "Kamppi", "Kruununhaka"} <= {zone.zone.name for zone in zones}
    extent = city.extent
    whole = (extent.east - extent.west) * (extent.north - extent.south)
    assert sum(zone.area.area for zone in zones) == pytest.approx(whole, rel=1e-3)
    assert counts["road_edge"] > 3_000
    assert counts["address_point"] > 1_000
