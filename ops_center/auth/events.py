"""Facts about people at the centre: signing in and out, and looking at what is not everybody's.

Read by auditors, folded into no picture.
"""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from ops_center.kernel.events import Fact


@dataclass(frozen=True, kw_only=True)
class SessionOpened(Fact):
    kind: ClassVar[str] = "session.opened"
    subject_type: ClassVar[str] = "user"
    username: str
    roles: tuple[str, ...]
    address: str


@dataclass(frozen=True, kw_only=True)
class SessionClosed(Fact):
    kind: ClassVar[str] = "session.closed"
    subject_type: ClassVar[str] = "user"
    username: str
    cause: str


@dataclass(frozen=True, kw_only=True)
class SessionRefused(Fact):
    kind: ClassVar[str] = "session.refused"
    subject_type: ClassVar[str] = "user"
    username: str
    cause: str


@dataclass(frozen=True, kw_only=True)
class CrewChanged(Fact):
    kind: ClassVar[str] = "user.crew_changed"
    subject_type: ClassVar[str] = "user"
    username: str
    unit_id: UUID | None


@dataclass(frozen=True, kw_only=True)
class MovementsRead(Fact):
    """Somebody looked at where a unit was: `view` is what was shown, over which time."""

    kind: ClassVar[str] = "unit.movements_read"
    subject_type: ClassVar[str] = "unit"
    reader: str
    callsign: str
    since: str
    until: str
    view: str
