"""Facts on their way to the journal: kept until committed, each committed once."""

import asyncio
import random
from collections import deque
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import structlog
from asyncpg import InterfaceError, PostgresError
from sqlalchemy.exc import SQLAlchemyError

from camera_ingest import repository
from camera_ingest.domain.events import CameraAlarmRaised, CameraViewingEnded
from camera_ingest.webrtc.sessions import EndedView
from ops_center.kernel import transaction
from ops_center.kernel.clock import Clock
from ops_center.kernel.database import Database
from ops_center.kernel.events import Author
from ops_center.kernel.ids import derived_id

PENDING_MAX = 500
RETRY_FIRST_S = 0.5
RETRY_MAX_S = 5.0
COMMIT_TIMEOUT_S = 10.0
FLUSH_TIMEOUT_S = 5.0
WAKE_EVERY_S = 5.0
AUTHOR = Author(id=derived_id("camera_ingest", "worker"), name="camera-worker")
# A server that is starting up answers a connect with asyncpg's own error, not SQLAlchemy's.
DATABASE_ERRORS = (SQLAlchemyError, PostgresError, InterfaceError, OSError, TimeoutError)

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class PendingAlarm:
    fact: CameraAlarmRaised
    captured_at: datetime


Pending = PendingAlarm | EndedView


class Outbox:
    """`put` never waits; `run` commits in order and goes on trying while the database is away."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._pending: deque[Pending] = deque()
        self._wake = asyncio.Event()
        self.dropped = 0

    def put(self, item: Pending) -> None:
        """Keep one fact. A full outbox loses its oldest, counted and logged."""
        if len(self._pending) >= PENDING_MAX:
            lost = self._pending.popleft()
            self.dropped += 1
            log.error("outbox.dropped", kind=type(lost).__name__, dropped=self.dropped)
        self._pending.append(item)
        self._wake.set()

    def __len__(self) -> int:
        return len(self._pending)

    async def run(self) -> None:
        """Commit what comes, for ever."""
        tries = 0
        while True:
            if await self._drain():
                tries = 0
                await self._sleep(WAKE_EVERY_S, wakeable=True)
            else:
                pause = min(RETRY_FIRST_S * 2.0 ** min(tries, 8), RETRY_MAX_S)
                tries += 1
                await self._sleep(pause * random.uniform(0.75, 1.0), wakeable=False)  # noqa: S311

    async def flush(self) -> None:
        """Try once more, for a clean stop; what cannot be written is logged."""
        try:
            async with asyncio.timeout(FLUSH_TIMEOUT_S):
                await self._drain()
        except TimeoutError:
            pass
        if self._pending:
            log.error("outbox.lost_at_stop", count=len(self._pending))

    async def _sleep(self, seconds: float, *, wakeable: bool) -> None:
        if not wakeable:
            await asyncio.sleep(seconds)
            return
        try:
            async with asyncio.timeout(seconds):
                await self._wake.wait()
        except TimeoutError:
            pass
        self._wake.clear()

    async def _drain(self) -> bool:
        """Commit all that is pending; False when the database did not take one."""
        while self._pending:
            item = self._pending[0]
            try:
                async with asyncio.timeout(COMMIT_TIMEOUT_S):
                    await self._commit(item)
            except DATABASE_ERRORS as error:
                log.warning("outbox.waiting", error=type(error).__name__, count=len(self._pending))
                return False
            if self._pending and self._pending[0] is item:
                self._pending.popleft()
        return True

    async def _commit(self, item: Pending) -> None:
        match item:
            case PendingAlarm():
                await commit_alarm(self._database, item, clock=self._clock)
            case EndedView():
                await commit_viewing_end(self._database, item, clock=self._clock)


async def commit_alarm(database: Database, item: PendingAlarm, *, clock: Clock) -> bool:
    """Commit one alarm; False when it had been committed before."""
    fact = item.fact
    async with transaction.begin(
        database, author=AUTHOR, cause=fact.alarm_id, clock=clock
    ) as writing:
        fresh = await repository.claim_alarm(
            writing.connection,
            alarm_id=fact.alarm_id,
            camera_id=fact.subject,
            snapshot=fact.snapshot,
            captured_at=item.captured_at,
        )
        if fresh:
            writing.record(fact)
            await writing.commit()
    return fresh


async def commit_viewing_end(database: Database, item: EndedView, *, clock: Clock) -> bool:
    """Commit the end of a viewing; False when its start was never journalled, or its end was."""
    async with transaction.begin(
        database, author=AUTHOR, cause=item.viewing_id, clock=clock
    ) as writing:
        camera = await repository.end_viewing(writing.connection, item.viewing_id)
        if camera is None:
            return False
        writing.record(
            CameraViewingEnded(
                subject=camera.id,
                version=camera.version,
                audience=(f"agency:{camera.agency}",),
                viewing_id=item.viewing_id,
                viewer=item.viewer,
                seconds=round(item.seconds, 3),
                cause=item.cause,
            )
        )
        await writing.commit()
    return True


def lost_view(viewing_id: UUID, viewer: str, seconds: float) -> EndedView:
    """Return the end of a viewing whose worker died."""
    return EndedView(viewing_id, UUID(int=0), viewer, seconds, "worker_lost")
