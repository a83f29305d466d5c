"""The background process: reactions, timers and housekeeping, done by one leader at a time."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Sequence
from datetime import date
from itertools import groupby
from uuid import UUID

import structlog
from sqlalchemy.exc import DataError, IntegrityError

from dispatch.repository import ensure_partitions
from dispatch.repository.sources import list_sources
from dispatch.services.alarm_floods import watch_flood
from dispatch.services.alarm_sources import miss_silent
from dispatch.services.alarms import RaiseAlarm, raise_alarm
from dispatch.services.caller_locations import join_waiting, waiting_reports
from dispatch.services.clocks import watch_clocks
from dispatch.services.shelving import return_shelved
from dispatch.services.watch import watch
from gis.closures import SqlClosureStore, is_over, lift_expired, open_closures
from ops_center import replaying
from ops_center.auth.model import CENTRE_AGENCY
from ops_center.geography import City, work_of
from ops_center.kernel import cursor, journal, transaction
from ops_center.kernel.clock import Clock
from ops_center.kernel.database import DATABASE_TROUBLE, Database
from ops_center.kernel.errors import DomainError
from ops_center.kernel.events import Entry
from ops_center.kernel.ids import derived_id, new_id
from ops_center.leader import leadership, still_leads
from ops_center.learning import SpeedLearner
from ops_center.reactions import CENTRE, IN_LOTS, LOT_MAX, REACTIONS
from ops_center.retention import forget_what_is_old
from ops_center.unit_care import UnitCare

FOLLOWER = "reactions"
REACT_EVERY_S = 0.25
WATCH_EVERY_S = 1.0
FLOOD_EVERY_S = 5.0
JOIN_EVERY_S = 0.5
# Local hours in which the journal is verified once: when a centre has least to do.
VERIFIED_AT = range(3, 5)
MISMATCH = "journal_mismatch"
MISMATCH_PRIORITY = 2
TEND_EVERY_S = 300.0
LEARN_EVERY_S = 60.0
LEAD_CHECK_S = 1.0
RETRY_S = 1.0
PAGE = 200

# What an entry itself is to blame for; trying it again would fail again.
UNACCEPTABLE = (DomainError, LookupError, ValueError, TypeError, IntegrityError, DataError)

log = structlog.get_logger()


class Background:
    def __init__(self, database: Database, city: City, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._work = work_of(city)
        self._city = city
        self._verified: date | None = None
        self._learner = SpeedLearner(database, city, clock)
        self._care = UnitCare(database, clock, self._work)

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
                tasks.create_task(self._every(JOIN_EVERY_S, self.join_fixes)),
                tasks.create_task(self._every(WATCH_EVERY_S, self.watch_clocks)),
                tasks.create_task(self._every(FLOOD_EVERY_S, self.watch_flood)),
                tasks.create_task(self._every(TEND_EVERY_S, self.tend)),
                tasks.create_task(self._every(TEND_EVERY_S, self.miss_silent_sources)),
                tasks.create_task(self._every(TEND_EVERY_S, self.verify_nightly)),
                tasks.create_task(self._every(WATCH_EVERY_S, self.open_roads)),
                tasks.create_task(self._every(LEARN_EVERY_S, self.learn)),
                tasks.create_task(self._every(WATCH_EVERY_S, self._care.look)),
                tasks.create_task(self._every(WATCH_EVERY_S, self._care.ask)),
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
            try:
                await act()
            except DomainError as refused:
                # One row that no rule accepts must not stop every other timer.
                log.exception("background.refused", act=act.__name__, code=refused.problem_code)
            await asyncio.sleep(seconds)

    async def react(self) -> None:
        """Deal with every entry since the cursor; the cursor moves with what was done."""
        while True:
            async with self._database.reading() as connection:
                position = await cursor.position_of(connection, FOLLOWER)
                entries = await journal.entries_after(connection, position, limit=PAGE)
            for lot in lots(entries):
                await self._react_to(lot)
            if entries:
                async with self._database.engine.begin() as connection:
                    await cursor.move_to(connection, FOLLOWER, entries[-1].seq)
            if len(entries) < PAGE:
                return

    async def _react_to(self, lot: Sequence[Entry]) -> None:
        """Deal with a lot in one transaction; where one of it is refused, with each by itself."""
        try:
            await self._carry_out(lot)
        except UNACCEPTABLE as error:
            if len(lot) > 1:
                for entry in lot:
                    await self._react_to([entry])
                return
            # A fact that no rule accepts must not stop all that come after it.
            code = error.problem_code if isinstance(error, DomainError) else type(error).__name__
            log.exception("reaction.refused", seq=lot[0].seq, kind=lot[0].kind, code=code)

    async def _carry_out(self, lot: Sequence[Entry]) -> None:
        first, now = lot[0], self._clock.now()
        cause = derived_id("reaction", str(first.id))
        async with transaction.begin(
            self._database, author=CENTRE, cause=cause, clock=self._clock
        ) as tx:
            work = self._work(tx.connection, tx.record)
            if first.kind in IN_LOTS:
                await IN_LOTS[first.kind](work, lot, now)
            for reaction in REACTIONS.get(first.kind, ()):
                await reaction(work, first, now)
            await cursor.move_to(tx.connection, FOLLOWER, lot[-1].seq)
            await tx.commit()

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

    async def join_fixes(self) -> None:
        """Put callers' fixes that came before their call beside the others of the call."""
        async with transaction.begin(
            self._database, author=CENTRE, cause=new_id(), clock=self._clock
        ) as tx:
            work = self._work(tx.connection, tx.record)
            waiting = await waiting_reports(work, now=self._clock.now())
        for report_id in waiting:
            await self._join(report_id)

    async def _join(self, report_id: UUID) -> None:
        async with transaction.begin(
            self._database, author=CENTRE, cause=new_id(), clock=self._clock
        ) as tx:
            work = self._work(tx.connection, tx.record)
            await join_waiting(work, report_id, now=self._clock.now(), author=CENTRE)
            await tx.commit()

    async def miss_silent_sources(self) -> None:
        """Raise an alarm for each panic button or panel that fell silent."""
        async with transaction.begin(
            self._database, author=CENTRE, cause=new_id(), clock=self._clock
        ) as tx:
            work = self._work(tx.connection, tx.record)
            sources = await list_sources(tx.connection)
            count = await miss_silent(work, sources, now=self._clock.now(), author=CENTRE)
            await tx.commit()
        if count:
            log.warning("alarm_sources.silent", count=count)

    async def watch_clocks(self) -> None:
        """Tell of steps that take too long; bring back what was put aside."""
        async with transaction.begin(
            self._database, author=CENTRE, cause=new_id(), clock=self._clock
        ) as tx:
            work = self._work(tx.connection, tx.record)
            count = await watch_clocks(work, now=self._clock.now())
            back = await return_shelved(work, now=self._clock.now())
            await tx.commit()
        if count or back:
            log.info("clocks.overdue", count=count, unshelved=back)

    async def watch_flood(self) -> None:
        """Say when more alarms come than people can look at, and when that is over."""
        async with transaction.begin(
            self._database, author=CENTRE, cause=new_id(), clock=self._clock
        ) as tx:
            work = self._work(tx.connection, tx.record)
            flood = await watch_flood(work, now=self._clock.now())
            await tx.commit()
        if flood is not None:
            log.warning("alarms.flood", is_on=flood)

    async def verify_nightly(self) -> None:
        """Once a night compare the journal's fold with the tables; a difference is an alarm."""
        here = self._clock.now().astimezone(self._city.timezone)
        if here.hour not in VERIFIED_AT or self._verified == here.date():
            return
        self._verified = here.date()
        await self.verify_journal()

    async def verify_journal(self) -> None:
        """Compare the journal's fold with the tables, and raise an alarm when they differ."""
        verdict = await replaying.verify(self._database)
        log.info(
            "journal.verified",
            entries=verdict.entries,
            seconds=verdict.seconds,
            differences=verdict.count,
        )
        if verdict.agrees:
            return
        for one in verdict.differences:
            log.error("journal.differs", where=one.where, subject=one.subject, field=one.field)
        async with transaction.begin(
            self._database, author=CENTRE, cause=new_id(), clock=self._clock
        ) as tx:
            now = self._clock.now()
            order = RaiseAlarm(
                id=derived_id(MISMATCH, str(verdict.seq)),
                kind=MISMATCH,
                priority=MISMATCH_PRIORITY,
                agency=CENTRE_AGENCY,
                detected_at=now,
                reason=f"{verdict.count} differences: ./ops replay --verify names them",
            )
            await raise_alarm(self._work(tx.connection, tx.record), order, now=now, author=CENTRE)
            await tx.commit()

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
        """Make tomorrow's partitions, and forget what is kept no longer."""
        now = self._clock.now()
        async with self._database.engine.begin() as connection:
            await ensure_partitions(connection, now.date())
            gone = await forget_what_is_old(connection, now)
        if any(gone.values()):
            log.info(
                "retention.forgotten", **{kind.replace(" ", "_"): n for kind, n in gone.items()}
            )


def lots(entries: Sequence[Entry]) -> Iterator[Sequence[Entry]]:
    """Return what to react to, in order: those of one kind that come in floods, together."""
    wanted = [one for one in entries if one.kind in REACTIONS or one.kind in IN_LOTS]
    for kind, following in groupby(wanted, key=lambda one: one.kind):
        run = list(following)
        size = LOT_MAX if kind in IN_LOTS else 1
        yield from (run[place : place + size] for place in range(0, len(run), size))
