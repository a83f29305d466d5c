"""One console's side of the protocol, sans-I/O: (input, now) in, effects out."""

from collections import deque
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from typing import Any
from uuid import UUID

from pydantic import ValidationError

from ops_center.auth.model import Actor, Permission
from ops_center.kernel.events import Entry
from ops_center.realtime.messages import (
    CLIENT_FRAME,
    CLIENT_FRAME_MAX_BYTES,
    PROTOCOL,
    Beat,
    Hello,
    Positions,
)

SILENCE_LIMIT = timedelta(seconds=5)
HELLOS_MAX = 20
HELLOS_WITHIN = timedelta(seconds=10)


class Bye(Enum):
    """Why the server ends a session, with the WebSocket close code."""

    SLOW = ("slow", 1013)
    EXPIRED = ("expired", 4401)
    FORBIDDEN = ("forbidden", 4403)
    PROTOCOL = ("protocol", 4400)
    SILENT = ("silent", 4408)
    RESTARTING = ("restarting", 1012)

    def __init__(self, reason: str, code: int) -> None:
        self.reason = reason
        self.code = code


@dataclass(frozen=True, slots=True)
class Greet:
    """Send a snapshot, or replay what came after `resume` when the hub still holds it."""

    resume: int | None


@dataclass(frozen=True, slots=True)
class TakePositions:
    batch_id: str
    unit: UUID
    fixes: list[Any]


@dataclass(frozen=True, slots=True)
class Close:
    bye: Bye


Effect = Greet | TakePositions | Close


class Verdict(Enum):
    """What to do with an entry for one console."""

    SEND = "send"
    SEND_MASKED = "send_masked"
    SKIP = "skip"
    RESNAPSHOT = "resnapshot"


class ConsoleSession:
    """Follows what one client was told.

    `position` is the newest seq this session is past; `told` the newest seq the client knows of.
    Entries that the person may not see move `position` but not `told`.
    """

    def __init__(self, actor: Actor, *, now: datetime) -> None:
        self.actor = actor
        # Asked for every entry on its way to this console.
        self._cleared = actor.may(Permission.PROTECTED_READ)
        self.last_heard = now
        self.said_hello = False
        self.greeted = False
        self.position = 0
        self.told = 0
        self._known_incidents: set[str] = set()
        self._hellos: deque[datetime] = deque(maxlen=HELLOS_MAX)

    def hear(self, raw: str, *, now: datetime) -> Effect | None:
        """Take one frame of the client and return what it asks for."""
        self.last_heard = now
        if len(raw) > CLIENT_FRAME_MAX_BYTES:
            return Close(Bye.PROTOCOL)
        try:
            frame = CLIENT_FRAME.validate_json(raw)
        except ValidationError:
            return Close(Bye.PROTOCOL)
        match frame:
            case Hello():
                return self._greet(frame, now=now)
            case Beat():
                return None
            case Positions():
                return TakePositions(frame.id, frame.unit, frame.fixes)

    def _greet(self, hello: Hello, *, now: datetime) -> Effect:
        if hello.protocol != PROTOCOL or self._hellos_too_fast(now):
            return Close(Bye.PROTOCOL)
        self._hellos.append(now)
        self.said_hello = True
        return Greet(hello.resume)

    def _hellos_too_fast(self, now: datetime) -> bool:
        """Whether the client makes us replay again and again: each may be thousands of entries."""
        return len(self._hellos) == HELLOS_MAX and now - self._hellos[0] < HELLOS_WITHIN

    def tick(self, *, now: datetime) -> Close | None:
        """Return a Close when the client has been silent for too long."""
        return Close(Bye.SILENT) if now - self.last_heard > SILENCE_LIMIT else None

    def snapshot_sent(self, *, seq: int, incidents: set[str]) -> None:
        self.greeted = True
        self.position = self.told = seq
        self._known_incidents = incidents

    def resumed(self, *, seq: int) -> None:
        """Go on behind `seq`. What the person may see was not lost, so nothing is re-learnt."""
        self.greeted = True
        self.position = self.told = seq

    def judge(self, entry: Entry, *, protected: bool = False) -> Verdict:
        """Decide on an entry; the caller follows with `passed`, or sends a snapshot instead.

        `protected`: it tells of a protected incident, which is masked for most.
        """
        if entry.seq <= self.position or not self.actor.sees(entry.kind, entry.audience):
            return Verdict.SKIP
        if not self.actor.access.whole and (self._newly_visible(entry) or self._shifts(entry)):
            return Verdict.RESNAPSHOT
        return Verdict.SEND if self._cleared else self._judge_covered(entry, protected)

    def _judge_covered(self, entry: Entry, protected: bool) -> Verdict:
        """Decide for a person who sees protected incidents masked unless assigned to them."""
        if self._moves_cover(entry, protected):
            return Verdict.RESNAPSHOT
        if not protected or f"unit:{self.actor.unit_id}" in entry.audience:
            return Verdict.SEND
        return Verdict.SEND_MASKED

    def _moves_cover(self, entry: Entry, protected: bool) -> bool:
        """Whether an entry covers or uncovers for this person what they were shown before."""
        match entry.kind:
            case "incident.protection_changed":
                return True
            case "call.linked":
                return protected and self.actor.may(Permission.CALLS_READ)
            case "unit.assigned" | "unit.released":
                return protected and entry.subject == self.actor.unit_id
            case _:
                return False

    def _shifts(self, entry: Entry) -> bool:
        """Whether an entry moves the border of a limited sight, which no fold can follow.

        A call comes with its incident, an incident goes with the unit, a unit changes its agency.
        """
        match entry.kind:
            case "call.linked":
                return self.actor.may(Permission.CALLS_READ)
            case "incident.merged":
                return True
            case "unit.released":
                return entry.subject == self.actor.access.unit
            case "unit.changed" | "camera.changed":
                return "agency" in entry.data
            case "incident.changed":
                return "agencies" in entry.data
            case _:
                return False

    def _newly_visible(self, entry: Entry) -> bool:
        """Whether a person of limited sight is told of an incident they never saw opened."""
        if entry.incident is None:
            return False
        incident = str(entry.incident)
        if entry.kind == "incident.opened":
            self._known_incidents.add(incident)
        return incident not in self._known_incidents

    def passed(self, entry: Entry, *, sent: bool) -> None:
        self.position = max(self.position, entry.seq)
        if sent:
            self.told = self.position

    def caught_up(self) -> None:
        """The client was told where this session is: by a beat, or at the end of a replay."""
        self.told = self.position
