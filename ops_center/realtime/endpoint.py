"""The `/ws` route: recognises the person, then drives one ConsoleSession to its end."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import structlog
from fastapi import APIRouter, WebSocket
from starlette.websockets import WebSocketDisconnect

from ops_center.auth.model import Actor
from ops_center.auth.recognise import COOKIE, Credentials, Recogniser
from ops_center.kernel.clock import Clock
from ops_center.kernel.database import DATABASE_TROUBLE
from ops_center.kernel.errors import DomainError, TooMany, Unauthenticated, Unavailable
from ops_center.realtime import messages
from ops_center.realtime.hub import UNSENT_BEFORE_BYE, Console, Hub
from ops_center.realtime.session import Bye, Close, ConsoleSession, Effect, Greet, TakePositions
from ops_center.realtime.snapshot import Snapshots
from ops_center.realtime.wire import EXTENSION, Fanout, frame_text

RECOGNISED_EVERY_S = 3.0  # with the look-up itself, an ended session is seen within 5 s
LISTEN_S = 5.0
SNAPSHOT_RETRY_S = 1.0
DRAIN_S = 5.0  # how long a console that is let go may still take what it was sent
CONSOLES_MAX = 2_000
BATCHES_AT_ONCE = 4

TakeFixes = Callable[[Actor, UUID, list[Any]], Awaitable[dict[str, Any]]]

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsoleServices:
    """What a console connection leans on."""

    hub: Hub
    snapshots: Snapshots
    recogniser: Recogniser
    take_fixes: TakeFixes
    clock: Clock
    allowed_origins: frozenset[str]


def console_router(services: Callable[[], ConsoleServices]) -> APIRouter:
    """Return the router with `/ws`; `services` is asked at each connection."""
    router = APIRouter()

    @router.websocket("/ws")
    async def console(socket: WebSocket) -> None:
        await _serve(socket, services())

    return router


async def _serve(socket: WebSocket, services: ConsoleServices) -> None:
    credentials = Credentials.of(
        cookie=socket.cookies.get(COOKIE), authorization=socket.headers.get("authorization")
    )
    if not origin_allowed(socket, services.allowed_origins):
        await socket.close(Bye.FORBIDDEN.code)  # before accept: answered 403
        return
    try:
        known = await services.recogniser.recognise(credentials)
    except Unauthenticated:
        await _refuse(socket, Bye.EXPIRED)
        return
    except DATABASE_TROUBLE:  # nobody is signed out by an outage: come back in a moment
        await _refuse(socket, Bye.RESTARTING)
        return
    if len(services.hub) >= CONSOLES_MAX:
        await _refuse(socket, Bye.SLOW)
        return
    await socket.accept()
    await Connection(socket, services, credentials, known.actor).run()


async def _refuse(socket: WebSocket, bye: Bye) -> None:
    # Browsers cannot read the status of a refused upgrade, but they can read a close code.
    await socket.accept()
    await socket.send_text(messages.bye_frame(bye.reason).decode())
    await socket.close(bye.code, bye.reason)


def origin_allowed(socket: WebSocket, allowed: frozenset[str]) -> bool:
    """Whether the page that opened the socket is ours; programs send no Origin."""
    origin = socket.headers.get("origin")
    if origin is None or origin in allowed:
        return True
    return urlsplit(origin).netloc == socket.headers.get("host")


class Connection:
    """The driver of one console: reads frames, carries out effects, ends cleanly."""

    def __init__(
        self, socket: WebSocket, services: ConsoleServices, credentials: Credentials, actor: Actor
    ) -> None:
        self._socket = socket
        self._services = services
        self._credentials = credentials
        self._bye: Bye | None = None
        self._resnapshot = asyncio.Event()
        self._ended = asyncio.Event()
        self._tasks: set[asyncio.Task[None]] = set()
        self._batches = 0
        pipe: Fanout = socket.scope["extensions"][EXTENSION]
        self._pipe = pipe
        self._console = Console(
            ConsoleSession(actor, now=services.clock.now()),
            pipe,
            on_bye=self._end,
            on_resnapshot=self._resnapshot.set,
        )

    async def run(self) -> None:
        self._services.hub.add(self._console)
        try:
            async with asyncio.TaskGroup() as tasks:
                self._group = tasks
                for work in (self._read(), self._send_snapshots(), self._recognise_again()):
                    self._start(work)
                await self._ended.wait()
                for task in self._tasks:
                    task.cancel()
        finally:
            self._services.hub.remove(self._console)
            await self._close()

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        task = self._group.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _end(self, bye: Bye) -> None:
        if self._bye is None:
            # At once, and nothing after it: a server that stops closes the socket right away.
            self._bye = bye
            self._services.hub.remove(self._console)
            self._pipe.write(frame_text(messages.bye_frame(bye.reason)))
        self._ended.set()

    async def _close(self) -> None:
        # A peer that reads no more would keep its socket and our bytes for ever.
        asyncio.get_running_loop().call_later(DRAIN_S, self._pipe.abort)
        if self._bye is None:
            return  # the client left by itself
        with suppress(RuntimeError, WebSocketDisconnect, TimeoutError):
            async with asyncio.timeout(LISTEN_S):
                await self._socket.close(self._bye.code, self._bye.reason)

    async def _read(self) -> None:
        try:
            while not self._ended.is_set():
                async with asyncio.timeout(LISTEN_S):
                    raw = await self._socket.receive_text()
                effect = self._console.session.hear(raw, now=self._services.clock.now())
                self._carry_out(effect)
        except TimeoutError:
            self._end(Bye.SILENT)
        except KeyError:  # a binary frame: the protocol knows none
            self._end(Bye.PROTOCOL)
        except WebSocketDisconnect:
            self._ended.set()

    def _carry_out(self, effect: Effect | None) -> None:
        match effect:
            case None:
                return
            case Greet(resume):
                self._greet(resume)
            case TakePositions():
                self._start(self._take_positions(effect))
            case Close(bye):
                self._end(bye)

    def _greet(self, resume: int | None) -> None:
        hub = self._services.hub
        # What a person of limited sight may see can have changed while they were away, and no
        # entry says so: they get their (small) picture afresh.
        whole = self._console.session.actor.access.whole
        if resume is not None and whole and hub.can_replay(resume):
            hub.resume(self._console, resume)
        else:
            self._console.session.greeted = False
            self._resnapshot.set()

    async def _take_positions(self, batch: TakePositions) -> None:
        answer = await self._answer_to(batch)
        self._pipe.write(
            frame_text(messages.positions_frame(batch_id=batch.batch_id, answer=answer))
        )
        if self._pipe.unsent_bytes > UNSENT_BEFORE_BYE:
            self._end(Bye.SLOW)

    async def _answer_to(self, batch: TakePositions) -> dict[str, Any]:
        """Return how the batch fared; beats are heard while the database takes its time."""
        if self._batches >= BATCHES_AT_ONCE:
            return {"accepted": 0, "rejected": [], "error": TooMany.code}
        self._batches += 1
        try:
            return await self._services.take_fixes(
                self._console.session.actor, batch.unit, batch.fixes
            )
        except DomainError as error:
            return {"accepted": 0, "rejected": [], "error": error.problem_code}
        except DATABASE_TROUBLE:
            return {"accepted": 0, "rejected": [], "error": Unavailable.code}
        finally:
            self._batches -= 1

    async def _send_snapshots(self) -> None:
        while True:
            await self._resnapshot.wait()
            self._resnapshot.clear()
            try:
                snapshot = await self._services.snapshots.for_actor(
                    self._console.session.actor, at_least=self._services.hub.head
                )
            except DATABASE_TROUBLE:
                await asyncio.sleep(SNAPSHOT_RETRY_S)
                self._resnapshot.set()
                continue
            session = self._console.session
            session.snapshot_sent(seq=snapshot.seq, incidents=set(snapshot.incidents))
            self._console.pipe.write(frame_text(snapshot.frame))
            self._services.hub.catch_up(self._console)

    async def _recognise_again(self) -> None:
        while True:
            await asyncio.sleep(RECOGNISED_EVERY_S)
            try:
                known = await self._services.recogniser.look_again(self._credentials)
            except Unauthenticated:
                self._end(Bye.EXPIRED)
            except DATABASE_TROUBLE:
                continue  # the outage is shown to everybody; nobody is signed out by it
            else:
                if known.actor != self._console.session.actor:
                    self._end(Bye.EXPIRED)  # rights changed: come back with the new ones
