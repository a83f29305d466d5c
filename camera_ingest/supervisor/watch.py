"""One camera, watched: its connection, its pictures to viewers, its motion to alarms."""

import asyncio
import random
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

import structlog

from camera_ingest.capture.addresses import allowed_target
from camera_ingest.capture.client import RtspClient
from camera_ingest.capture.decode import Picture, ReceivedUnit, to_jpeg
from camera_ingest.capture.errors import StreamError
from camera_ingest.capture.timeline import Timeline
from camera_ingest.domain import alarm_rule, link
from camera_ingest.domain.alarm_rule import AlarmRule, Look, MotionAlarm, RuleState
from camera_ingest.domain.camera import Camera, Network, StreamAddress
from camera_ingest.domain.events import SnapshotRef, alarm_raised
from camera_ingest.evidence import EvidenceError, EvidenceStore
from camera_ingest.supervisor.eyes import Examined, Eyes
from camera_ingest.supervisor.outbox import PendingAlarm
from camera_ingest.supervisor.view import LiveFeed
from camera_ingest.wire.payload import AccessUnit
from ops_center.kernel.clock import Clock
from ops_center.kernel.ids import new_id

TICK_EVERY_S = 0.25
ANALYSIS_BACKLOG_MAX = 200
CLOCK_SKEW_MAX = timedelta(seconds=10)
FPS_OVER_S = 3.0

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Tools:
    """What every watch of a worker shares."""

    clock: Clock
    threads: Executor
    evidence: EvidenceStore
    networks: tuple[Network, ...]
    looks_per_s: float
    raise_alarm: Callable[[PendingAlarm], None]
    mode_changed: Callable[[UUID], None]


class CameraWatch:
    """`run` watches until cancelled. All attributes are read and written on the event loop."""

    def __init__(
        self, camera: Camera, address: StreamAddress, rules: Sequence[AlarmRule], tools: Tools
    ) -> None:
        self.camera = camera
        self.address = address
        self.link, _ = link.start(tools.clock.now())
        self.feed = LiveFeed(lambda: tools.mode_changed(camera.id))
        self.latest: Picture | None = None
        self.detail = ""
        self.lost_packets = 0
        self.skew_s: float | None = None
        self._tools = tools
        self._rules: dict[UUID, AlarmRule] = {}
        self._rule_states: dict[UUID, RuleState] = {}
        self._eyes = Eyes()
        self._timeline = Timeline()
        self._arrivals: deque[float] = deque()
        self._backlog: deque[ReceivedUnit] = deque()
        self._backlog_skips = False
        self._client: RtspClient | None = None
        self._scope: asyncio.Timeout | None = None
        self._wait_s = link.BACKOFF_FIRST_S
        self.set_rules(rules)

    def set_rules(self, rules: Sequence[AlarmRule]) -> None:
        """Use these rules from now on; those that did not change keep their state."""
        fresh = {rule.id: rule for rule in rules}
        self._rule_states = {
            rule.id: self._rule_states[rule.id] if self._rules.get(rule.id) == rule else RuleState()
            for rule in rules
        }
        self._rules = fresh

    @property
    def fps(self) -> float:
        """Return pictures per second over the last FPS_OVER_S."""
        now = asyncio.get_running_loop().time()
        while self._arrivals and now - self._arrivals[0] > FPS_OVER_S:
            self._arrivals.popleft()
        return round(len(self._arrivals) / FPS_OVER_S, 1)

    async def run(self) -> None:
        """Watch the camera until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._stay_connected())
            tasks.create_task(self._tick())
            tasks.create_task(self._analyse())
            tasks.create_task(self._reencode())

    # --- the connection -------------------------------------------------------------------

    def _hear(self, event: link.Event) -> None:
        before = self.link
        self.link, actions = link.hear(
            self.link,
            event,
            now=self._tools.clock.now(),
            jitter=random.uniform(-1, 1),  # noqa: S311 - spreads reconnects, guards nothing
        )
        for action in actions:
            match action:
                case link.Close():
                    self._close()
                case link.WaitThenConnect(wait_s):
                    self._wait_s = wait_s
                case link.Connect():
                    pass  # _stay_connected opens the stream as its next step
        if (self.link.state, self.link.reason) != (before.state, before.reason):
            log.info(
                "camera.state",
                camera=str(self.camera.id),
                state=self.link.state,
                reason=self.link.reason,
                detail=self.detail,
            )

    def _close(self) -> None:
        if self._client is not None:
            self._client.abort()
        if self._scope is not None:
            self._scope.reschedule(asyncio.get_running_loop().time())

    async def _stay_connected(self) -> None:
        while True:
            try:
                await self._session()
            except StreamError as error:
                self.detail = error.detail
                self._hear(link.Failed(error.reason))
            await asyncio.sleep(self._wait_s)
            self._hear(link.BackoffOver())

    async def _session(self) -> None:
        """Connect and read until it ends, which it says with a StreamError."""
        try:
            async with asyncio.timeout(None) as self._scope:
                target = await allowed_target(
                    self.address.host, self.address.port, self._tools.networks
                )
                self._client = await RtspClient.open(self.address, target=target)
                self._begin()
                while True:
                    for unit in await self._client.read():
                        self._take(unit)
        except TimeoutError as error:
            raise StreamError(link.Reason.TIMED_OUT, self.detail) from error
        finally:
            self._scope = None
            if self._client is not None:
                self._client.abort()
                self._client = None

    def _begin(self) -> None:
        self._timeline.restart()
        self._eyes.blink()
        self._backlog.clear()
        self._backlog_skips = False
        self.feed.restart()
        self.detail = ""
        self._hear(link.Connected())

    def _take(self, unit: AccessUnit) -> None:
        now_s = asyncio.get_running_loop().time()
        self._hear(link.FrameArrived())
        self._arrivals.append(now_s)
        ticks = self._timeline.place(unit.timestamp, now_s=now_s)
        self.feed.take(unit, ticks, reorders=self._timeline.reorders)
        self._keep(ReceivedUnit(unit, ticks, self._captured_at(unit)))

    def _captured_at(self, unit: AccessUnit) -> datetime:
        """Return the camera's own time of the picture, or ours when its clock is off."""
        now = self._tools.clock.now()
        assert self._client
        claimed_s = self._client.captured_at_s(unit.timestamp)
        self.lost_packets = self._client.lost_packets
        if claimed_s is None:
            return now
        self.skew_s = claimed_s - now.timestamp()
        if abs(self.skew_s) > CLOCK_SKEW_MAX.total_seconds():
            return now
        return datetime.fromtimestamp(claimed_s, UTC)

    def _keep(self, received: ReceivedUnit) -> None:
        """Queue for analysis; when that falls behind, go on at the next key picture."""
        if len(self._backlog) >= ANALYSIS_BACKLOG_MAX:
            self._backlog.clear()
            self._backlog_skips = True
        self._backlog_skips = self._backlog_skips and not received.unit.key
        if not self._backlog_skips:
            self._backlog.append(received)

    async def _tick(self) -> None:
        while True:
            await asyncio.sleep(TICK_EVERY_S)
            self._hear(link.Tick())

    # --- what it sees ---------------------------------------------------------------------

    async def _analyse(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            await asyncio.sleep(1 / self._tools.looks_per_s)
            batch = tuple(self._backlog)
            self._backlog.clear()
            if not batch:
                continue
            zones = {rule.id: rule.zone for rule in self._rules.values()}
            examined = await loop.run_in_executor(
                self._tools.threads, self._eyes.examine, batch, zones
            )
            await self._judge(examined)

    async def _judge(self, examined: Examined) -> None:
        if examined.picture is None or examined.sight is None or examined.mostly_torn:
            if examined.torn:
                self.detail = "Frames arrive but cannot be decoded."
                self._hear(link.PictureTorn())
            return
        self.latest = examined.picture
        self._hear(link.PictureSeen(examined.sight.same))
        for alarm in self._alarms(examined.picture, examined.sight.fractions):
            await self._raise(alarm, examined.picture)

    def _alarms(self, picture: Picture, fractions: Mapping[UUID, float]) -> list[MotionAlarm]:
        raised = []
        for rule in self._rules.values():
            look = Look(at=picture.captured_at, fraction=fractions.get(rule.id))
            state, alarm = alarm_rule.fold(rule, self._rule_states[rule.id], look)
            self._rule_states[rule.id] = state
            if alarm is not None:
                raised.append(alarm)
        return raised

    async def _raise(self, alarm: MotionAlarm, picture: Picture) -> None:
        snapshot = await self._store(picture)
        fact = alarm_raised(
            self.camera,
            self._rules[alarm.rule_id],
            alarm,
            alarm_id=new_id(),
            snapshot=snapshot,
        )
        log.info("alarm.raised", camera=str(self.camera.id), alarm=str(fact.alarm_id))
        self._tools.raise_alarm(PendingAlarm(fact, picture.captured_at))

    async def _store(self, picture: Picture) -> SnapshotRef | None:
        """Keep the picture as evidence; an alarm without its picture is still an alarm."""

        def work() -> SnapshotRef:
            stored = self._tools.evidence.store(to_jpeg(picture.frame))
            return SnapshotRef(sha256=stored.sha256, size=stored.size)

        loop = asyncio.get_running_loop()
        try:
            return await loop.run_in_executor(self._tools.threads, work)
        except (OSError, EvidenceError, ValueError) as error:
            log.error("evidence.not_stored", camera=str(self.camera.id), error=str(error))  # noqa: TRY400
            return None

    async def _reencode(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            if await self.feed.work_due():
                work = self.feed.next_work()
                self.feed.publish(await loop.run_in_executor(self._tools.threads, work))
