"""The background process: reactions, timers and housekeeping, done by one leader at a time."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta

import structlog
from sqlalchemy.exc import DataError, IntegrityError

from dispatch.repository import drop_partitions, ensure_partitions
from dispatch.services.watch import watch
from gis.closures import SqlClosureStore, is_over, lift_expired, open_closures
from ops_center.auth.service import forget_ended_sessions
from ops_center.geography import City, work_of
from ops_center.kernel import cursor, idempotency, journal, transaction
from ops_center.kernel.clock import Clock
from ops_center.kernel.database import DATABASE_TROUBLE, Database
from ops_center.kernel.errors import DomainError
from ops_center.kernel.events import Entry
from ops_center.kernel.ids import derived_id, new_id
from ops_center.leader import leadership, still_leads
from ops_center.learning import SpeedLearner
from ops_center.reactions import CENTRE, REACTIONS

FOLLOWER = "reactions"
REACT_EVERY_S = 0.25
WATCH_EVERY_S = 1.0
TEND_EVERY_S = 300.0
LEARN_EVERY_S = 60.0
LEAD_CHECK_S = 1.0
RETRY_S = 1.0
PAGE = 200
POSITIONS_KEPT_FOR = timedelta(days=30)

# What an entry itself is to blame for; trying it again would fail again.
UNACCEPTABLE = (DomainError, LookupError, ValueError, TypeError, IntegrityError, DataError)

log = structlog.get_logger()


class Background:
    def __init__(self, database: Database, city: City, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._work = work_of(city)
        self._city = city
        self._learner = SpeedLearner(database, city, clock)

    async def run(self) -> None:
        """Lead whenever it can; an outage of the database ends a term, not the process."""
        while True:
            try:
                await self._lead()
            except* DATABASE_TROUBLE as trouble:
                log.warning("leadership.lost", cause=type(trouble.exceptions[0]).__name__)
            await asyncio.sleep(RETRY_S)

    async def _lead(self) -> None:
        async with asyncio.TaskGroup() as tasks, leadership(self._database) as connection:
            log.info("leadership.taken")
            await self._city.refresh()
            terms = [
                tasks.create_task(self._every(REACT_EVERY_S, self.react)),
                tasks.create_task(self._every(WATCH_EVERY_S, self.watch)),
                tasks.create_task(self._every(TEND_EVERY_S, self.tend)),
                tasks.create_task(self._every(WATCH_EVERY_S, self.open_roads)),
                tasks.create_task(self._every(LEARN_EVERY_S, self.learn)),
            ]
            try:
                while True:
                    await still_leads(connection)
                    await asyncio.sleep(LEAD_CHECK_S)
            finally:
                for term in terms:
                    term.cancel()

    @staticmethod
    async def _every(seconds: float, act: Callable[[], Awaitable[None]]) -> None:
        while True:
            await act()
            await asyncio.sleep(seconds)

    async def react(self) -> None:
        """Deal with every entry since the cursor; the cursor moves with what was done."""
        while True:
            async with self._database.reading() as connection:
                position = await cursor.position_of(connection, FOLLOWER)
                entries = await journal.entries_after(connection, position, limit=PAGE)
            wanted = [entry for entry in entries if entry.kind in REACTIONS]
            for entry in wanted:
                await self._react_to(entry)
            if entries:
                async with self._database.engine.begin() as connection:
                    await cursor.move_to(connection, FOLLOWER, entries[-1].seq)
            if len(entries) < PAGE:
                return

    async def _react_to(self, entry: Entry) -> None:
        cause = derived_id("reaction", str(entry.id))
        try:
            async with transaction.begin(
                self._database, author=CENTRE, cause=cause, clock=self._clock
            ) as tx:
                work = self._work(tx.connection, tx.record)
                for reaction in REACTIONS[entry.kind]:
                    await reaction(work, entry, self._clock.now())
                await cursor.move_to(tx.connection, FOLLOWER, entry.seq)
                await tx.commit()
        except UNACCEPTABLE as error:
            # A fact that no rule accepts must not stop all that come after it.
            code = error.problem_code if isinstance(error, DomainError) else type(error).__name__
            log.exception("reaction.refused", seq=entry.seq, kind=entry.kind, code=code)

    async def watch(self) -> None:
        """Mark what waits for too long."""
        async with transaction.begin(
            self._database, author=CENTRE, cause=new_id(), clock=self._clock
        ) as tx:
            found = await watch(self._work(tx.connection, tx.record), now=self._clock.now())
            await tx.commit()
        if found.calls or found.incidents or found.dispatches:
            log.info(
                "overdue.marked",
                calls=found.calls,
                incidents=found.incidents,
                dispatches=found.dispatches,
            )

    async def open_roads(self) -> None:
        """Lift the closures whose time has run out."""
        async with self._database.reading() as connection:
            waiting = await open_closures(connection)
        if not any(is_over(one, self._clock.now()) for one in waiting):
            return
        async with transaction.begin(
            self._database, author=CENTRE, cause=new_id(), clock=self._clock
        ) as tx:
            store = SqlClosureStore(tx.connection)
            count = await lift_expired(store=store, record=tx.record, now=self._clock.now())
            await tx.commit()
        log.info("closures.expired", count=count)

    async def learn(self) -> None:
        """Learn the speed of roads from what units have driven."""
        await self._learner.learn()

    async def tend(self) -> None:
        """Make tomorrow's partitions, drop old ones, forget old keys and ended sessions."""
        now = self._clock.now()
        async with self._database.engine.begin() as connection:
            await ensure_partitions(connection, now.date())
            await drop_partitions(connection, before=(now - POSITIONS_KEPT_FOR).date())
            await idempotency.forget_old(connection, now=now)
            await forget_ended_sessions(connection, now=now)
