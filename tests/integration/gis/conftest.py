"""Cities in a real PostGIS: one made by hand, one real."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import pytest_asyncio

from gis.importing import ImportReport, import_osm
from ops_center.kernel.clock import SystemClock
from ops_center.kernel.database import Database
from ops_center.kernel.ids import new_id
from tests.conftest import REPO
from tests.osm_town import asuncion_centre
from tests.osm_wide_town import asuncion_wide

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from ops_center.localdb import LocalDatabase


@pytest.fixture(scope="session")
def helsinki_pbf() -> Path:
    """The demo city's extract, fetched by set-up."""
    data = Path(os.environ.get("OPS_DATA_DIR", REPO / "var"))
    path = data / "assets" / "Helsinki.osm.pbf"
    if not path.is_file():
        pytest.skip(f"no demo extract at {path} (run ./ops demo once)")
    return path


@pytest.fixture(scope="session")
def town_pbf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return asuncion_centre().write(tmp_path_factory.mktemp("osm") / "asuncion.osm.pbf")


async def imported(database: Database, pbf: Path) -> ImportReport:
    async with database.engine.begin() as connection:
        return await import_osm(pbf, connection, clock=SystemClock())


@pytest_asyncio.fixture(scope="session")
async def town(cluster: LocalDatabase, template: str, town_pbf: Path) -> AsyncIterator[Database]:
    """The hand-made centre of Asunción, imported; for reading only."""
    async for database in _city(cluster, template, town_pbf):
        yield database


@pytest_asyncio.fixture(scope="session")
async def wide_town(
    cluster: LocalDatabase, template: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Database]:
    """The same with avenues, a second town, routes and landmarks; for reading only."""
    pbf = asuncion_wide().write(tmp_path_factory.mktemp("osm") / "wide.osm.pbf")
    async for database in _city(cluster, template, pbf):
        yield database


@pytest_asyncio.fixture(scope="session")
async def helsinki(
    cluster: LocalDatabase, template: str, helsinki_pbf: Path
) -> AsyncIterator[Database]:
    """The real centre of Helsinki, imported; for reading only."""
    async for database in _city(cluster, template, helsinki_pbf):
        yield database


@pytest_asyncio.fixture(scope="session")
async def sao_paulo(
    cluster: LocalDatabase, template: str, shared_data: Path
) -> AsyncIterator[Database]:
    """The real centre of São Paulo, imported; for reading only."""
    pbf = shared_data / "gis" / "spo_osm.pbf"
    if not pbf.is_file():
        pytest.skip(f"no extract of São Paulo at {pbf}")
    async for database in _city(cluster, template, pbf):
        yield database


async def _city(cluster: LocalDatabase, template: str, pbf: Path) -> AsyncIterator[Database]:
    name = f"c_{new_id().hex}"
    database = Database(cluster.createdb(name, template=template), name="test")
    await imported(database, pbf)
    yield database
    await database.close()
    cluster.dropdb(name)
