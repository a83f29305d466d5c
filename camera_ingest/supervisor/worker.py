"""The worker: takes cameras by lease, watches each, tells their health, serves their viewers."""

import asyncio
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID

import structlog

from camera_ingest import leases, repository
from camera_ingest.capture.decode import Picture
from camera_ingest.domain import link
from camera_ingest.evidence import EvidenceStore
from camera_ingest.settings import CameraSettings
from camera_ingest.supervisor.outbox import DATABASE_ERRORS, Outbox, lost_view
from camera_ingest.supervisor.view import Mode
from camera_ingest.supervisor.watch import CameraWatch, Tools
from camera_ingest.webrtc.hub import Hub
from camera_ingest.webrtc.sessions import EndedView, Sessions
from ops_center.kernel.clock import Clock
from ops_center.kernel.database import Database
from ops_center.kernel.errors import NotFound, Unavailable
from ops_center.kernel.ids import new_id

RELOAD_EVERY_S = 1.0
HEALTH_EVERY_S = 0.5
HEALTH_REFRESH_EVERY_S = 2.0
SWEEP_EVERY_S = 2.0
LOST_VIEWS_EVERY_S = 15.0
DATABASE_TIMEOUT_S = 5.0
RESTART_AFTER_S = 2.0
RETRY_AFTER_S = 2

log = structlog.get_logger(__name__)


class Worker:
    """`run` works until cancelled; the other methods serve the control edge."""

    def __init__(self, settings: CameraSettings, database: Database, clock: Clock) -> None:
        self.id = new_id()
        self.sessions = Sessions(
            clock=clock,
            ended=self._view_ended,
            limit=settings.viewers_max,
            limit_per_camera=settings.viewers_per_camera_max,
        )
        self.outbox = Outbox(database, clock)
        self.threads = ThreadPoolExecutor(settings.decode_threads, thread_name_prefix="eyes")
        self._settings = settings
        self._database = database
        self._control_url = ""
        self._watches: dict[UUID, tuple[CameraWatch, asyncio.Task[None]]] = {}
        self._flipped: set[UUID] = set()
        self._told: dict[UUID, tuple[tuple[object, ...], float]] = {}
        self._viewings: set[UUID] = set()
        self._tools = Tools(
            clock=clock,
            threads=self.threads,
            evidence=EvidenceStore(settings.evidence_dir),
            networks=settings.allowed_networks,
            looks_per_s=settings.looks_per_s,
            raise_alarm=self.outbox.put,
            mode_changed=self._flipped.add,
        )

    async def run(self, control_url: str) -> None:
        """Work until cancelled, then end the views, write what is pending, give the leases back."""
        self._control_url = control_url
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self.outbox.run())
                tasks.create_task(self._every(RELOAD_EVERY_S, lambda: self._reload(tasks)))
                tasks.create_task(self._every(HEALTH_EVERY_S, self._tell_health))
                tasks.create_task(self._every(SWEEP_EVERY_S, self._sweep))
                tasks.create_task(self._every(LOST_VIEWS_EVERY_S, self._find_lost_views))
        finally:
            await self._stop()

    async def _stop(self) -> None:
        await self.sessions.close_all()
        await self.outbox.flush()
        try:
            async with asyncio.timeout(DATABASE_TIMEOUT_S):
                async with self._database.engine.begin() as connection:
                    await leases.release(connection, self.id)
        except DATABASE_ERRORS as error:
            log.warning("leases.not_released", error=type(error).__name__)  # they expire
        self.threads.shutdown(wait=False, cancel_futures=True)

    async def _every(self, seconds: float, work: Callable[[], Awaitable[None]]) -> None:
        """Repeat `work`; a database that is away is waited for, and said once."""
        away = False
        while True:
            try:
                async with asyncio.timeout(DATABASE_TIMEOUT_S):
                    await work()
                if away:
                    log.info("database.back")
                away = False
            except DATABASE_ERRORS as error:
                if not away:
                    log.warning("database.away", error=type(error).__name__)
                away = True
            await asyncio.sleep(seconds)

    # --- which cameras --------------------------------------------------------------------

    async def _reload(self, tasks: asyncio.TaskGroup) -> None:
        async with self._database.engine.begin() as connection:
            held = await leases.renew(connection, self.id)
            room = self._settings.cameras_max - len(held)
            held |= await leases.take(
                connection, self.id, control_url=self._control_url, limit=room
            )
            cameras = [one for one in await repository.list_cameras(connection) if one.id in held]
            addresses = await repository.stream_addresses(connection, held)
            rules = await repository.list_rules(connection, held)
        for camera_id in set(self._watches) - {one.id for one in cameras}:
            await self._drop(camera_id)
        for camera in cameras:
            own = [rule for rule in rules if rule.camera_id == camera.id]
            known = self._watches.get(camera.id)
            if known is not None and known[0].address != addresses[camera.id]:
                await self._drop(camera.id)
                known = None
            if known is None:
                watch = CameraWatch(camera, addresses[camera.id], own, self._tools)
                task = tasks.create_task(self._keep_watching(watch), name=f"camera-{camera.id}")
                self._watches[camera.id] = (watch, task)
            else:
                known[0].camera = camera
                known[0].set_rules(own)

    async def _drop(self, camera_id: UUID) -> None:
        _, task = self._watches.pop(camera_id)
        self._told.pop(camera_id, None)
        task.cancel()
        await self.sessions.close_camera(camera_id, cause="camera_stopped")

    async def _keep_watching(self, watch: CameraWatch) -> None:
        """The outermost edge of one camera: its faults end here, other cameras never notice."""
        while True:
            try:
                await watch.run()
            except Exception:
                log.exception("camera.fault", camera=str(watch.camera.id))
                watch.link, _ = link.start(self._tools.clock.now())
            await asyncio.sleep(RESTART_AFTER_S)

    # --- what is told ---------------------------------------------------------------------

    async def _tell_health(self) -> None:
        """Write what changed, and everything every HEALTH_REFRESH_EVERY_S to stay fresh."""
        now = asyncio.get_running_loop().time()
        rows = []
        for camera_id, (watch, _) in self._watches.items():
            row = self._health(watch)
            key = tuple(row[name] for name in ("state", "reason", "mode", "viewers"))
            told_key, told_at = self._told.get(camera_id, ((), float("-inf")))
            if key != told_key or now - told_at >= HEALTH_REFRESH_EVERY_S:
                rows.append(row)
                self._told[camera_id] = (key, now)
        if not rows:
            return
        try:
            async with self._database.engine.begin() as connection:
                await repository.write_health(connection, rows)
        except BaseException:
            self._told.clear()  # nothing of it was told
            raise

    def _health(self, watch: CameraWatch) -> dict[str, Any]:
        state = watch.link
        return {
            "camera_id": watch.camera.id,
            "state": str(state.state),
            "reason": str(state.reason),
            "fps": watch.fps,
            "last_frame_at": state.last_picture_at,
            "mode": None if watch.feed.mode is None else str(watch.feed.mode),
            "mode_reason": str(watch.feed.cause),
            "viewers": self.sessions.count(watch.camera.id),
            "changed_at": state.since,
        }

    async def _sweep(self) -> None:
        for camera_id in tuple(self._flipped):
            self._flipped.discard(camera_id)
            await self.sessions.close_camera(camera_id, cause="stream_changed")
        await self.sessions.sweep()

    async def _find_lost_views(self) -> None:
        async with self._database.engine.connect() as connection:
            lost = await leases.lost_viewings(
                connection, control_url=self._control_url, known=self._viewings
            )
        for viewing_id, viewer, seconds in lost:
            self.outbox.put(lost_view(viewing_id, viewer, seconds))

    # --- the control edge -----------------------------------------------------------------

    def _watch(self, camera_id: UUID) -> CameraWatch:
        found = self._watches.get(camera_id)
        if found is None:
            raise NotFound("This worker does not serve the camera. Ask for its worker again.")
        return found[0]

    def live(self, camera_id: UUID) -> tuple[Hub, Mode, str]:
        """Return hub, mode and the reason of the mode. Raises NotFound, Unavailable."""
        watch = self._watch(camera_id)
        mode = watch.feed.mode
        shows = watch.link.state in (link.State.LIVE, link.State.FROZEN)
        if mode is None or not shows:
            raise Unavailable(
                "The camera shows no picture now. It comes back by itself; try again.",
                state=str(watch.link.state),
                reason=str(watch.link.reason),
                retry_after_s=RETRY_AFTER_S,
            )
        return watch.feed.hub, mode, str(watch.feed.cause)

    async def view(
        self, camera_id: UUID, *, offer: str, viewing_id: UUID, viewer: str
    ) -> tuple[UUID, str, Mode, str]:
        """Open a view: (session id, SDP answer, mode, reason of the mode)."""
        hub, mode, reason = self.live(camera_id)
        answer = await self.sessions.open(
            hub, offer=offer, camera_id=camera_id, viewing_id=viewing_id, viewer=viewer
        )
        self._viewings.add(viewing_id)
        return answer.session_id, answer.sdp, mode, reason

    def _view_ended(self, view: EndedView) -> None:
        self._viewings.discard(view.viewing_id)
        self.outbox.put(view)

    def latest(self, camera_id: UUID) -> Picture:
        """Return the newest picture. Raises NotFound, and Unavailable before the first one."""
        picture = self._watch(camera_id).latest
        if picture is None:
            raise Unavailable(
                "The camera has not shown a picture yet.", retry_after_s=RETRY_AFTER_S
            )
        return picture

    def health(self) -> dict[str, Any]:
        """Return how this worker and its cameras do, JSON-ready."""
        cameras = {}
        for camera_id, (watch, _) in self._watches.items():
            row = self._health(watch)
            row |= {"detail": watch.detail, "lost_packets": watch.lost_packets}
            for name in ("camera_id", "last_frame_at", "changed_at"):
                row[name] = None if row[name] is None else str(row[name])
            cameras[str(camera_id)] = row | {"clock_skew_s": watch.skew_s}
        pending = {"pending": len(self.outbox), "dropped": self.outbox.dropped}
        return {"worker": str(self.id), "cameras": cameras, "outbox": pending}
