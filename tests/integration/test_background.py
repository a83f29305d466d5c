"""The background's timers: what is refused stops no other, and each fix is joined by itself."""

import asyncio
from pathlib import Path
from typing import Any, Final

import pytest
from structlog.testing import capture_logs
from typing_extensions import override

from dispatch.domain.caller_location.inbox import Channel
from dispatch.domain.caller_location.report import HANDSET, CallerFix, Report
from dispatch.services.caller_locations import ReceiveLocations, receive_locations
from ops_center.background import Background
from ops_center.geography import City
from ops_center.kernel.clock import ManualClock
from ops_center.kernel.database import Database
from ops_center.kernel.errors import NotFound
from ops_center.kernel.ids import new_id
from tests.builders import T0, at, location
from tests.dispatch_acts import do, received
from tests.dispatch_centre import SqlCentre

WITHIN_S: Final = 30.0
NUMBERS: Final = ("+595981111111", "+595982222222")


@pytest.fixture
def centre(database: Database) -> SqlCentre:
    return SqlCentre(database)


def of(kind: type[Background], database: Database) -> Any:
    return kind(database, City(database, cache_dir=Path("/nonexistent")), ManualClock(at(1)))


class Refused(Background):
    """Its joining of fixes is refused twice, as by a row that no rule accepts."""

    rounds = 0
    again: asyncio.Event

    @override
    async def join_fixes(self) -> None:
        self.rounds += 1
        if self.rounds <= 2:
            raise NotFound("There is no such call.", code="gone")
        self.again.set()


async def test_what_is_refused_is_logged_and_tried_again_in_the_same_term(
    database: Database,
) -> None:
    background = of(Refused, database)
    background.again = asyncio.Event()
    with capture_logs() as lines:
        async with asyncio.timeout(WITHIN_S), asyncio.TaskGroup() as tasks:
            running = tasks.create_task(background.run())
            await background.again.wait()
            running.cancel()
    told = [(one["act"], one["code"]) for one in lines if one["event"] == "background.refused"]
    assert told == [("join_fixes", "gone")] * 2
    assert [one["event"] for one in lines].count("leadership.taken") == 1


async def test_a_call_that_another_holds_keeps_no_fix_of_the_others_waiting(
    database: Database, centre: SqlCentre
) -> None:
    for number in NUMBERS:
        fix = CallerFix(method=HANDSET, source="aml-gps", location=location(), measured_at=T0)
        report = Report(number=number, fixes=(fix,), notes=())
        message = ReceiveLocations(id=new_id(), channel=Channel.AML, report=report)
        await do(centre, receive_locations, message, seconds=-30 + NUMBERS.index(number))
    first, second = [(await received(centre, caller_number=one)).call for one in NUMBERS]

    async def has_its_fix(call: Any) -> bool:
        async with centre.command() as work:
            return bool((await work.calls.get(call.id)).fixes)

    background = of(Background, database)
    async with (
        asyncio.timeout(WITHIN_S),
        asyncio.TaskGroup() as tasks,
        centre.command() as holding,
    ):
        await holding.calls.lock([second.id])
        tasks.create_task(background.join_fixes())
        while not await has_its_fix(first):  # noqa: ASYNC110  the row is in the database
            await asyncio.sleep(0.05)
        # Committed and let go: whoever holds the one call gets the other at once.
        await holding.calls.lock([first.id])
        assert not await has_its_fix(second)
    assert await has_its_fix(second)
