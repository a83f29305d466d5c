"""A whole city is replaced at once: database, road graph, basemap and turns, or nothing is."""

from __future__ import annotations

import asyncio
import json
import os
import re
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from pydantic import SecretStr
from sqlalchemy import text
from typer.testing import CliRunner

from gis.geocoding import Kind, geocode
from gis.importing import ImportOptions, import_osm
from gis.repository import City, city_of
from gis.routing.valhalla import TilesFailed, current_city
from gis.tiles.manifest import stored_basemap
from ops_center import city_import, gis_cli
from ops_center.kernel.clock import SystemClock
from ops_center.kernel.errors import Invalid, Unavailable
from ops_center.settings import Settings
from tests.conftest import REPO
from tests.osm_town import asuncion_centre, province

if TYPE_CHECKING:
    from ops_center.kernel.database import Database

NO_OPTIONS = ImportOptions()
WITHIN_S = 120


@pytest.fixture(scope="module")
def town_pbf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return asuncion_centre().write(tmp_path_factory.mktemp("osm") / "asuncion.osm.pbf")


@pytest.fixture(scope="module")
def province_pbf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return province().write(tmp_path_factory.mktemp("osm") / "province.osm.pbf")


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    return Settings(database_url=SecretStr(database_url), data_dir=tmp_path / "data")


async def imported_city(database: Database) -> City:
    async with database.reading() as connection:
        city = await city_of(connection)
    assert city is not None
    return city


def files_of(settings: Settings) -> dict[str, tuple[int, int]]:
    """Every file with its inode and size: the same means untouched."""
    paths = [path for path in settings.data_dir.rglob("*") if path.is_file()]
    return {str(p.relative_to(settings.data_dir)): (p.stat().st_ino, p.stat().st_size)
            for p in paths}  # fmt: skip


def all_of_one_city(settings: Settings, city: City) -> bool:
    graphs = [path.name for path in settings.graph_cache_dir.glob("*.npz")]
    stamp = json.loads((settings.data_dir / "city.json").read_text())
    return {
        stored_basemap(settings.basemap).manifest["import_id"],
        current_city(settings.routing_dir),
        stamp["import_id"],
    } == {str(city.import_id)} and f"roads-{city.import_id}.npz" in graphs


async def test_one_import_makes_everything_and_the_next_replaces_it(
    database: Database, settings: Settings, town_pbf: Path, province_pbf: Path
) -> None:
    said: list[str] = []
    report = await city_import.import_city(
        settings,
        database,
        town_pbf,
        options=NO_OPTIONS,
        progress=lambda stage, done, total: said.append(f"{done}/{total} {stage}"),
    )
    first = await imported_city(database)
    assert all_of_one_city(settings, first)
    assert city_import.missing_files(settings, first) == []
    assert city_import.imported_from(settings, town_pbf, first)
    assert set(report.files) == {"road graph", "basemap", "turn-by-turn roads"}
    assert said[-1] == f"{city_import.STEPS}/{city_import.STEPS} done"
    async with database.reading() as connection:
        kept = (await connection.execute(text("select report from city"))).scalar_one()
    assert kept["files"] == report.files
    await city_import.import_city(settings, database, province_pbf, options=NO_OPTIONS)
    second = await imported_city(database)
    assert second.import_id != first.import_id
    assert all_of_one_city(settings, second)
    assert list((settings.data_dir / "imports").iterdir()) == []


async def test_failed_import_changes_nothing_anywhere(
    database: Database,
    settings: Settings,
    town_pbf: Path,
    province_pbf: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    await city_import.import_city(settings, database, town_pbf, options=NO_OPTIONS)
    city, files = await imported_city(database), files_of(settings)
    bad = settings.data_dir.parent / "bad.osm.pbf"
    bad.write_bytes(b"no extract")
    with pytest.raises(Invalid):
        await city_import.import_city(settings, database, bad, options=NO_OPTIONS)

    def no_room(*_words: object, **_more: object) -> None:
        raise Unavailable("tippecanoe failed: no room on the disk")

    monkeypatch.setattr(city_import, "build_basemap", no_room)
    with pytest.raises(Unavailable, match="no room"):
        await city_import.import_city(settings, database, province_pbf, options=NO_OPTIONS)
    assert await imported_city(database) == city
    assert files_of(settings) == files


async def test_crash_after_the_commit_is_finished_at_the_next_start(
    database: Database, settings: Settings, town_pbf: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def power_cut(*_words: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as broken:
        broken.setattr(city_import, "_publish", power_cut)
        with pytest.raises(KeyboardInterrupt):
            await city_import.import_city(settings, database, town_pbf, options=NO_OPTIONS)
    city = await imported_city(database)
    assert city_import.missing_files(settings, city) == ["basemap", "turn-by-turn roads"]
    await city_import.heal(settings, database)
    assert all_of_one_city(settings, city)
    assert not (settings.data_dir / "imports").exists()


async def test_crash_before_the_commit_leaves_nothing_behind(
    database: Database, settings: Settings, town_pbf: Path
) -> None:
    await city_import.import_city(settings, database, town_pbf, options=NO_OPTIONS)
    city, files = await imported_city(database), files_of(settings)
    orphan = settings.data_dir / "imports" / "01a00000-0000-7000-8000-000000000000"
    orphan.mkdir()
    (orphan / "basemap.pmtiles").write_bytes(b"never committed")
    (orphan / "city.json").write_text("{}")
    await city_import.heal(settings, database)
    assert await imported_city(database) == city
    assert files_of(settings) == files


async def test_import_killed_while_it_builds_files_leaves_the_former_city(
    database: Database, settings: Settings, town_pbf: Path, province_pbf: Path
) -> None:
    await city_import.import_city(settings, database, town_pbf, options=NO_OPTIONS)
    city = await imported_city(database)
    await kill_at(f"{city_import.BASEMAP}, ", "import-osm", str(province_pbf), settings=settings)
    assert list((settings.data_dir / "imports").iterdir()) != []
    await city_import.heal(settings, database)
    assert await imported_city(database) == city
    assert all_of_one_city(settings, city)
    await city_import.import_city(settings, database, province_pbf, options=NO_OPTIONS)
    assert all_of_one_city(settings, await imported_city(database))


async def kill_at(stage: str, *words: str, settings: Settings) -> None:
    """Run `./ops gis WORDS…` and kill it, programs and all, when it comes to a stage."""
    assert settings.database_url is not None
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "ops_center", "gis", *words),
        cwd=REPO,
        stdin=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
        start_new_session=True,
        env={
            "PATH": os.defpath,
            "PYTHONPATH": str(REPO),
            "OPS_DATA_DIR": str(settings.data_dir),
            "OPS_DATABASE_URL": settings.database_url.get_secret_value(),
        },
    )
    assert process.stderr is not None
    async with asyncio.timeout(WITHIN_S):
        while line := await process.stderr.readline():
            if stage.encode() in line:
                os.killpg(process.pid, signal.SIGKILL)
                break
        assert await process.wait() == -signal.SIGKILL


async def test_lost_files_are_noticed_and_built_again(
    database: Database, settings: Settings, town_pbf: Path
) -> None:
    await city_import.import_city(settings, database, town_pbf, options=NO_OPTIONS)
    city = await imported_city(database)
    settings.basemap.unlink()
    assert city_import.missing_files(settings, city) == ["basemap"]
    await city_import.rebuild_files(settings, database, town_pbf)
    assert all_of_one_city(settings, await imported_city(database))
    assert (await imported_city(database)).import_id == city.import_id


async def test_city_of_an_earlier_release_is_indexed_after_the_upgrade(
    database: Database, town_pbf: Path
) -> None:
    async with database.engine.begin() as connection:
        await import_osm(town_pbf, connection, clock=SystemClock())
        await connection.execute(text("delete from search_name"))
    await city_import.index_former(database)
    async with database.reading() as connection:
        found = await geocode(connection, "Estrella esq. 14 de Mayo")
    assert found.items[0].kind == Kind.INTERSECTION


async def test_turn_by_turn_roads_that_fail_do_not_stop_an_import(
    database: Database, settings: Settings, town_pbf: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_words: object, **_more: object) -> None:
        raise TilesFailed("valhalla could not build roads")

    with monkeypatch.context() as without:
        without.setattr(city_import, "build_tiles", broken)
        report = await city_import.import_city(settings, database, town_pbf, options=NO_OPTIONS)
    assert report.files["turn-by-turn roads"] == {"failed": 1.0}
    city = await imported_city(database)
    assert city_import.missing_files(settings, city) == ["turn-by-turn roads"]
    await city_import.rebuild_files(settings, database, town_pbf)
    assert all_of_one_city(settings, await imported_city(database))


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--bbox", "1,2,3"), "west,south,east,north"),
        (("--bbox", "a,b,c,d"), "west,south,east,north"),
        (("--timezone", "America/Nowhere"), "no time zone"),
    ],
)
def test_wrong_options_are_explained_before_anything_is_read(
    words: tuple[str, ...], said: str
) -> None:
    result = CliRunner().invoke(gis_cli.cli, ["import-osm", "nowhere.osm.pbf", *words])
    assert result.exit_code == 1
    assert said in result.stderr


def test_former_name_of_the_command_still_works_and_is_not_advertised() -> None:
    assert "--bbox" in CliRunner().invoke(gis_cli.cli, ["import", "--help"]).stdout
    listed = re.findall(r"^│ (import\S*)", CliRunner().invoke(gis_cli.cli, []).output, re.MULTILINE)
    assert "import-osm" in listed
    assert "import" not in listed
