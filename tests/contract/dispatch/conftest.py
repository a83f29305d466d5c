"""The contract suite runs on the centre in memory and on the one in PostgreSQL."""

from typing import TypeAlias

import pytest
import pytest_asyncio

from dispatch.tables import ensure_partitions
from ops_center.kernel.database import Database
from tests.builders import T0
from tests.dispatch_centre import SqlCentre
from tests.fakes import FakeCentre

Centre: TypeAlias = FakeCentre | SqlCentre


@pytest_asyncio.fixture
async def sql_centre(database: Database) -> SqlCentre:
    async with database.engine.begin() as connection:
        await ensure_partitions(connection, T0.date())
    return SqlCentre(database)


@pytest.fixture(params=["memory", "postgresql"])
def centre(request: pytest.FixtureRequest) -> Centre:
    if request.param == "memory":
        return FakeCentre()
    made: SqlCentre = request.getfixturevalue("sql_centre")
    return made
