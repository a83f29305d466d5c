"""Dispatch on a real database, with the same handles as the one in memory (tests/fakes.py)."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from dispatch import queries
from dispatch.domain.fold import EMPTY, Picture, fold
from dispatch.domain.wire import JsonObject
from dispatch.ports import Work
from dispatch.repository import rules_picture, work_in
from ops_center.kernel.clock import ManualClock
from ops_center.kernel.database import Database
from ops_center.kernel.events import Entry
from ops_center.kernel.ids import new_id
from ops_center.kernel.journal import entries_after
from ops_center.kernel.transaction import begin
from tests.builders import DISPATCHER, T0
from tests.fakes import TIMEZONE, FakeGeocoder, FakeTravel, FakeZones


class SqlCentre:
    def __init__(self, database: Database) -> None:
        self.database = database
        self.clock = ManualClock(T0)
        self.geocoder = FakeGeocoder()
        self.zones = FakeZones()
        self.travel = FakeTravel()

    @asynccontextmanager
    async def command(self) -> AsyncIterator[Work]:
        """A transaction that commits if the block ends well."""
        async with begin(
            self.database, author=DISPATCHER, cause=new_id(), clock=self.clock
        ) as transaction:
            yield work_in(
                transaction,
                geocoder=self.geocoder,
                zones=self.zones,
                travel=self.travel,
                timezone=TIMEZONE,
            )
            await transaction.commit()

    async def journal(self, after: int = 0) -> list[Entry]:
        found: list[Entry] = []
        async with self.database.reading() as connection:
            while page := await entries_after(connection, found[-1].seq if found else after):
                found.extend(page)
        return found

    async def picture(self) -> dict[str, dict[str, JsonObject]]:
        async with self.database.reading() as connection:
            return {**await queries.picture(connection), **await rules_picture(connection)}


def folded(entries: list[Entry], start: Picture = EMPTY) -> Picture:
    """The picture that those entries lead to."""
    picture = start
    for entry in entries:
        picture = fold(picture, entry.kind, entry.subject, version=entry.version, data=entry.data)
    return picture
