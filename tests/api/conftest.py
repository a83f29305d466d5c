"""People of every role at a running centre, and a way to see that nothing was written."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack

import pytest
import pytest_asyncio

from ops_center.auth.model import Role
from ops_center.bench.own_centre import OwnCentre
from ops_center.kernel.database import Database
from ops_center.kernel.ids import new_id
from tests.edges import Staff, Town, World, asker, make_account, make_world, people_of

AGENCIES = ("POL", "SEME")
OF_AGENCIES = (Role.DISPATCHER, Role.WALL_OPERATOR, Role.ADMIN, Role.MACHINE, Role.AUDITOR)


@pytest_asyncio.fixture(scope="session")
async def staff(running_centre: OwnCentre) -> AsyncIterator[Staff]:
    database = Database(running_centre.database.url, name="test", pool_size=4)
    async with AsyncExitStack() as stack:
        stack.push_async_callback(database.close)
        own = {
            Role(role): await stack.enter_async_context(
                asker(running_centre, one["username"], one["token"])
            )
            for role, one in people_of(running_centre).items()
        }
        theirs = {}
        for role in OF_AGENCIES:
            for code in AGENCIES:
                name, key = await make_account(database, role, code)
                theirs[role, code] = await stack.enter_async_context(
                    asker(running_centre, name, key)
                )
        stranger = await stack.enter_async_context(asker(running_centre, "stranger"))
        town = await Town.of(own[Role.DISPATCHER])
        yield Staff(own, theirs, stranger, database, town)


Make = Callable[..., Awaitable[dict[str, object]]]


@pytest.fixture
def new_call(staff: Staff) -> Make:
    async def make(**fields: object) -> dict[str, object]:
        body = {"source": "phone", "narrative": "…", "location": staff.town.place(), **fields}
        call: dict[str, object] = await staff.machine.post("/calls", body)
        return call

    return make


@pytest.fixture
def new_incident(staff: Staff) -> Make:
    async def make(**fields: object) -> dict[str, object]:
        body = {"type": "noise", "location": staff.town.place(), **fields}
        incident: dict[str, object] = await staff.dispatcher.post("/incidents", body)
        return incident

    return make


@pytest.fixture
def new_unit(staff: Staff) -> Make:
    async def make(**fields: object) -> dict[str, object]:
        callsign = f"T{new_id().hex[-8:]}"
        body = {"callsign": callsign, "agency": "POL", "kind": "patrol", **fields}
        unit: dict[str, object] = await staff.admin.post("/units", body)
        return unit

    return make


@pytest_asyncio.fixture(scope="session")
async def world(staff: Staff) -> World:
    return await make_world(staff)
