"""From the database to the hub: follows the journal, and the latest positions and camera states."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from ops_center.kernel import journal
from ops_center.kernel.clock import Clock
from ops_center.kernel.database import DATABASE_TROUBLE, Database
from ops_center.realtime.hub import ENTRIES_KEPT, Hub, LiveValue
from ops_center.realtime.protection import Protection

POLL_S = 1.0  # the guarantee; NOTIFY only makes it quicker
LIVE_FLUSH_S = 0.25  # four live frames a second at most
BEAT_S = 2.0
ANSWER_LIMIT_S = 3.0  # a database that needs longer counts as down
SILENT_S = 2.5  # screens say so this soon, even while a hung connection is being given up
SILENCE_ASKED_EVERY_S = 0.25
RETRY_S = 0.5

ProtectionSource = Callable[[AsyncConnection], Awaitable[Protection]]
LiveSource = Callable[[AsyncConnection], Awaitable[list[LiveValue]]]

log = structlog.get_logger()


class Relay:
    """One per process. `run` holds until cancelled and outlives every outage of the database."""

    def __init__(
        self,
        database: Database,
        hub: Hub,
        clock: Clock,
        *,
        live_sources: tuple[tuple[LiveSource, float], ...],
        protection: ProtectionSource | None = None,
    ) -> None:
        self._database = database
        self._hub = hub
        self._clock = clock
        self._live_sources = live_sources
        self._protection = protection
        self._wake = asyncio.Event()
        self._seen: dict[str, object] = {}
        self._answered_at = time.monotonic()
        self.ready = asyncio.Event()

    async def run(self) -> None:
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._forever("entries", self._follow_journal))
            for source, every_s in self._live_sources:
                tasks.create_task(self._forever("live", self._follower_of(source, every_s)))
            tasks.create_task(self._flush_live())
            tasks.create_task(self._beat())
            tasks.create_task(self._watch_silence())

    async def _forever(self, name: str, follow: Callable[[], Awaitable[None]]) -> None:
        while True:
            try:
                await follow()
            except DATABASE_TROUBLE as trouble:
                if name == "entries":
                    self._note_outage(type(trouble).__name__)
                await asyncio.sleep(RETRY_S)

    async def _watch_silence(self) -> None:
        """Letting go of a connection that hangs takes its time; nobody shall wait for that."""
        while True:
            if time.monotonic() - self._answered_at > SILENT_S:
                self._note_outage("silence")
            await asyncio.sleep(SILENCE_ASKED_EVERY_S)

    def _note_outage(self, cause: str) -> None:
        if "database" not in self._hub.degraded:
            log.warning("database.lost", cause=cause)
        self._hub.set_degraded("database", is_degraded=True)

    async def _follow_journal(self) -> None:
        async with AsyncExitStack() as stack:
            async with asyncio.timeout(ANSWER_LIMIT_S):
                connection = await stack.enter_async_context(self._database.engine.connect())
                await self._listen(connection)
                await self._start_at_head(connection)
            await self._follow_on(connection)

    async def _follow_on(self, connection: AsyncConnection) -> None:
        while True:
            self._wake.clear()
            try:
                async with asyncio.timeout(ANSWER_LIMIT_S):
                    full = await self._take_page(connection)
            except TimeoutError:
                await connection.invalidate()  # to close it in good order could hang as well
                raise
            self._note_answer()
            if not full:
                await self._sleep_until_woken()

    async def _listen(self, connection: AsyncConnection) -> None:
        raw = await connection.get_raw_connection()
        driver = raw.driver_connection
        assert driver is not None
        await driver.add_listener(journal.CHANNEL, self._on_notify)
        await connection.commit()

    def _on_notify(self, *_: object) -> None:
        self._wake.set()

    async def _start_at_head(self, connection: AsyncConnection) -> None:
        if self.ready.is_set():
            return  # the database was away: go on where we were, the journal kept everything
        head = await journal.newest_seq(connection)
        recent = await journal.entries_after(
            connection, max(0, head - ENTRIES_KEPT), limit=ENTRIES_KEPT
        )
        # Read after the head: what was covered meanwhile is covered a little early.
        protection = await self._protection(connection) if self._protection else Protection()
        await connection.commit()
        entries = [one for one in recent if one.seq <= head]
        self._hub.start(head=head, entries=entries, protection=protection)
        self.ready.set()

    def _note_answer(self) -> None:
        self._answered_at = time.monotonic()
        if "database" in self._hub.degraded:
            log.info("database.returned")
        self._hub.set_degraded("database", is_degraded=False)

    async def _take_page(self, connection: AsyncConnection) -> bool:
        entries = await journal.entries_after(connection, self._hub.head)
        await connection.commit()
        self._hub.publish(entries)
        return len(entries) == journal.PAGE

    async def _sleep_until_woken(self) -> None:
        try:
            async with asyncio.timeout(POLL_S):
                await self._wake.wait()
        except TimeoutError:
            return

    def _follower_of(self, source: LiveSource, every_s: float) -> Callable[[], Awaitable[None]]:
        async def follow() -> None:
            async with self._database.engine.connect() as connection:
                while True:
                    async with asyncio.timeout(ANSWER_LIMIT_S):
                        self._offer_changed(await source(connection))
                        await connection.commit()
                    await asyncio.sleep(every_s)

        return follow

    async def _flush_live(self) -> None:
        while True:
            self._hub.flush_live()
            await asyncio.sleep(LIVE_FLUSH_S)

    def _offer_changed(self, values: list[LiveValue]) -> None:
        changed = [one for one in values if self._seen.get(one.key) != one.value]
        self._seen.update((one.key, one.value) for one in changed)
        self._hub.offer_live(changed)

    async def _beat(self) -> None:
        while True:
            self._hub.beat()
            await asyncio.sleep(BEAT_S)
