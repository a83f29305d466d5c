"""People of every role at a running centre, and a way to see that nothing was written."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass

import pytest
import pytest_asyncio
from sqlalchemy import func, select

from ops_center.auth.model import Role
from ops_center.bench.own_centre import OwnCentre
from ops_center.kernel.database import Database
from ops_center.kernel.idempotency import idempotency_key
from ops_center.kernel.ids import new_id
from ops_center.kernel.journal import journal
from ops_center.reactions import CENTRE
from tests.edges import Asker, Town, asker, make_account, people_of

AGENCIES = ("POL", "SEME")
OF_AGENCIES = (Role.DISPATCHER, Role.WALL_OPERATOR, Role.ADMIN, Role.MACHINE, Role.AUDITOR)


@dataclass(frozen=True)
class Staff:
    """Everybody: the centre's own by role, and of two agencies by role and agency."""

    own: dict[Role, Asker]
    agency: dict[tuple[Role, str], Asker]
    stranger: Asker
    database: Database
    town: Town

    @property
    def admin(self) -> Asker:
        return self.own[Role.ADMIN]

    @property
    def dispatcher(self) -> Asker:
        return self.own[Role.DISPATCHER]

    @property
    def machine(self) -> Asker:
        return self.own[Role.MACHINE]

    async def written(self) -> tuple[int, int]:
        """How many entries of people and kept answers there are: what every command changes."""
        of_people = journal.c.author_name != CENTRE.name  # timers write by themselves
        async with self.database.reading() as connection:
            entries = await connection.scalar(select(func.count()).where(of_people))
            keys = await connection.scalar(select(func.count()).select_from(idempotency_key))
        return int(entries or 0), int(keys or 0)


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
