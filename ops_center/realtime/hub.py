"""The fan-out of one process: recent entries, live values and the consoles that follow them."""

from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Protocol

from ops_center.auth.model import Access, Permission
from ops_center.kernel.clock import Clock
from ops_center.kernel.events import Entry
from ops_center.realtime import messages
from ops_center.realtime.protection import Protection, masked_entry_data
from ops_center.realtime.session import Bye, ConsoleSession, Verdict
from ops_center.realtime.wire import frame_text

ENTRIES_KEPT = 5_000
UNSENT_BEFORE_BYE = 4_000_000  # bytes; a console this far behind is disconnected and resumes
UNSENT_BEFORE_LIVE_SKIP = 256_000  # bytes; live values may be dropped, entries never

View = tuple[frozenset[Permission], Access]


class Pipe(Protocol):
    """What the hub needs of a connection."""

    @property
    def open(self) -> bool: ...

    @property
    def unsent_bytes(self) -> int: ...

    def write(self, framed: bytes) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveValue:
    """The latest value of one key; `kind` decides the permission, `audience` the reach."""

    key: str
    kind: str
    audience: frozenset[str]
    value: dict[str, Any] | None


class Console:
    """One connection: the session, the pipe, and how to end it."""

    def __init__(
        self,
        session: ConsoleSession,
        pipe: Pipe,
        *,
        on_bye: Callable[[Bye], None],
        on_resnapshot: Callable[[], None],
    ) -> None:
        self.session = session
        self.pipe = pipe
        self.bye = on_bye
        self.resnapshot = on_resnapshot
        self.view: View = (session.actor.permissions, session.actor.access)


class _Kept:
    """An entry with its encoding, and the last frame made of it."""

    __slots__ = ("_after", "_frame", "_masked", "entry", "protected", "tail")

    def __init__(self, entry: Entry, *, protected: bool = False) -> None:
        self.entry = entry
        self.protected = protected
        self._masked: _Kept | None = None
        self.tail = messages.entry_tail(entry)
        self._after = -1
        self._frame = b""

    def framed(self, after: int) -> bytes:
        if after != self._after:
            self._after = after
            self._frame = frame_text(messages.entry_frame(self.tail, after))
        return self._frame

    def framed_masked(self, after: int) -> bytes:
        """The same as those are shown it who need not know: one more encoding, made once."""
        if self._masked is None:
            self._masked = _Kept(replace(self.entry, data=masked_entry_data(self.entry)))
        return self._masked.framed(after)


class Hub:
    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._kept: deque[_Kept] = deque(maxlen=ENTRIES_KEPT)
        self._protection = Protection()
        self._consoles: set[Console] = set()
        self._pending: dict[str, LiveValue] = {}
        self._degraded: frozenset[str] = frozenset()
        self.head = 0
        self.started = False
        self.live_skipped = 0
        self.slow_byes = 0

    def __len__(self) -> int:
        return len(self._consoles)

    @property
    def degraded(self) -> frozenset[str]:
        return self._degraded

    def start(
        self, *, head: int, entries: Iterable[Entry], protection: Protection | None = None
    ) -> None:
        """Begin at `head` with the newest entries before it, so that consoles can resume.

        Consoles that came earlier got a snapshot of their own; they are brought up to `head`.
        """
        self._protection = known = protection or Protection()
        self._kept.clear()
        self._kept.extend(_Kept(entry, protected=known.covers(entry)) for entry in entries)
        self.head = head
        self.started = True
        for console in tuple(self._consoles):
            if not console.session.greeted:
                continue
            if self.can_replay(console.session.position):
                self.catch_up(console)
            elif console.session.position < head:
                self._resnapshot(console)

    def add(self, console: Console) -> None:
        self._consoles.add(console)

    def remove(self, console: Console) -> None:
        self._consoles.discard(console)

    def can_replay(self, seq: int) -> bool:
        """Whether every entry behind `seq` is still kept here."""
        if seq > self.head or not self.started:
            return False
        return seq == self.head or bool(self._kept and self._kept[0].entry.seq <= seq + 1)

    def resume(self, console: Console, seq: int) -> None:
        """Send what came after `seq` and follow from there; `can_replay(seq)` must hold."""
        session = console.session
        session.resumed(seq=seq)
        missed = [kept for kept in self._kept if kept.entry.seq > seq]
        for kept in missed:  # what it told of may have been covered since
            kept.protected = kept.protected or self._protection.covers(kept.entry)
        verdicts = [session.judge(kept.entry, protected=kept.protected) for kept in missed]
        if Verdict.RESNAPSHOT in verdicts:
            # What comes before it may have been covered since: none of it is shown any more.
            self._resnapshot(console)
            return
        shown = sum(verdict is not Verdict.SKIP for verdict in verdicts)
        console.pipe.write(frame_text(messages.resumed_frame(seq=self.head, count=shown)))
        self._deliver_all(console, missed)
        if session.greeted:
            session.caught_up()  # the client was told of `head`, and that nothing else comes

    def catch_up(self, console: Console) -> None:
        """Send a console that just got a snapshot whatever was published meanwhile."""
        position = console.session.position
        self._deliver_all(console, [kept for kept in self._kept if kept.entry.seq > position])

    def _deliver_all(self, console: Console, several: Iterable[_Kept]) -> None:
        for kept in several:
            if not console.session.greeted or console not in self._consoles:
                return  # a snapshot is on its way and will hold the rest, or it was let go
            self._deliver(console, kept)

    def publish(self, entries: Iterable[Entry]) -> None:
        """Tell every console of new entries, in order."""
        for entry in entries:
            assert entry.seq == self.head + 1 or self.head == 0, "the relay skipped an entry"
            kept = _Kept(entry, protected=self._protection.follow(entry))
            self._kept.append(kept)
            self.head = entry.seq
            for console in tuple(self._consoles):
                if console.session.greeted:
                    self._deliver(console, kept)

    def _deliver(self, console: Console, kept: _Kept) -> None:
        session = console.session
        verdict = session.judge(kept.entry, protected=kept.protected)
        if verdict is Verdict.RESNAPSHOT:
            self._resnapshot(console)
            return
        if verdict is not Verdict.SKIP:
            masked = verdict is Verdict.SEND_MASKED
            frame = kept.framed_masked(session.told) if masked else kept.framed(session.told)
            console.pipe.write(frame)
            if console.pipe.unsent_bytes > UNSENT_BEFORE_BYE:
                self._drop_slow(console)
        session.passed(kept.entry, sent=verdict is not Verdict.SKIP)

    @staticmethod
    def _resnapshot(console: Console) -> None:
        console.session.greeted = False
        console.resnapshot()

    def _drop_slow(self, console: Console) -> None:
        self.slow_byes += 1
        self._consoles.discard(console)
        console.bye(Bye.SLOW)

    def offer_live(self, values: Iterable[LiveValue]) -> None:
        """Keep the latest value of each key until the next flush."""
        for one in values:
            self._pending[one.key] = one

    def flush_live(self) -> None:
        """Send all pending live values, one frame for each kind of view."""
        if not self._pending:
            return
        values, self._pending = list(self._pending.values()), {}
        at = self._clock.now()
        frames: dict[View, bytes] = {}
        for console in tuple(self._consoles):
            if not console.session.greeted:
                continue
            if console.pipe.unsent_bytes > UNSENT_BEFORE_LIVE_SKIP:
                self.live_skipped += 1
                continue
            if console.view not in frames:
                frames[console.view] = self._live_frame(console, values, at)
            if frames[console.view]:
                console.pipe.write(frames[console.view])

    @staticmethod
    def _live_frame(console: Console, values: list[LiveValue], at: datetime) -> bytes:
        actor = console.session.actor
        shown = {one.key: one.value for one in values if actor.sees(one.kind, one.audience)}
        return frame_text(messages.live_frame(at=at, values=shown)) if shown else b""

    def beat(self) -> None:
        """Tell every console the time, its position and what is degraded; drop silent ones."""
        now = self._clock.now()
        degraded = tuple(sorted(self._degraded))
        frames: dict[int, bytes] = {}
        for console in tuple(self._consoles):
            session = console.session
            if session.tick(now=now):
                console.bye(Bye.SILENT)
            elif session.greeted or session.said_hello:
                seq = session.position
                if seq not in frames:
                    frames[seq] = frame_text(
                        messages.beat_frame(at=now, seq=seq, degraded=degraded)
                    )
                console.pipe.write(frames[seq])
                session.caught_up()

    def set_degraded(self, part: str, *, is_degraded: bool) -> None:
        """Note that a part does or does not answer; consoles hear of a change at once."""
        wanted = self._degraded | {part} if is_degraded else self._degraded - {part}
        if wanted != self._degraded:
            self._degraded = wanted
            self.beat()

    def say_goodbye(self) -> None:
        """End all sessions because the process stops; clients come back by themselves."""
        for console in tuple(self._consoles):
            console.bye(Bye.RESTARTING)
