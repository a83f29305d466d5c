"""Short ways to have one more of each thing at the running centre."""

from collections.abc import Awaitable, Callable

import pytest

from ops_center.kernel.ids import new_id
from tests.edges import Staff

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
