"""What every test that needs the real database shares: one cluster, a fresh copy for each test."""

import asyncio
import os
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import hypothesis
import pytest
import pytest_asyncio

from ops_center.kernel.database import Database
from ops_center.kernel.ids import new_id
from ops_center.localdb import LocalDatabase, temporary_database
from tests.edges import disposable_world, staff, world  # noqa: F401  fixtures
from tests.running import mortal_centre, prepared_centre, running_centre  # noqa: F401  fixtures
from tests.schema import make_schema

# How long an example takes says more about what else the machine does than about the example.
hypothesis.settings.register_profile(
    "gate", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("gate")

REPO = Path(__file__).resolve().parent.parent
TEMPLATE = "ops_template"


@pytest.fixture(scope="session")
def cluster() -> Iterator[LocalDatabase]:
    """A private throw-away PostgreSQL cluster with PostGIS."""
    with temporary_database() as running:
        yield running


@pytest.fixture(scope="session")
def template(cluster: LocalDatabase) -> str:
    """A database with the whole schema, to copy from."""
    url = cluster.createdb(TEMPLATE)
    asyncio.run(_make_schema(url))
    return TEMPLATE


async def _make_schema(url: str) -> None:
    database = Database(url)
    await make_schema(database)
    await database.close()


@pytest.fixture
def database_url(cluster: LocalDatabase, template: str) -> Iterator[str]:
    """The URL of a database of this test's own, schema made, no rows."""
    name = f"t_{new_id().hex}"
    yield cluster.createdb(name, template=template)
    cluster.dropdb(name)


@pytest_asyncio.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    made = Database(database_url, name="test")
    yield made
    await made.close()


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Real data for tests (never committed): OPS_SHARED_DATA, else ../shared/data."""
    place = Path(os.environ.get("OPS_SHARED_DATA", REPO.parent / "shared" / "data"))
    if not place.is_dir():
        pytest.skip(f"no real data at {place} (set OPS_SHARED_DATA)")
    return place
