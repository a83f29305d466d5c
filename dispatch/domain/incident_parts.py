"""What an incident is made of beside its assignments: notes, links, attachments, its command."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from gis.geometry import Location


class NoteKind(StrEnum):
    """What a note is about, so that a crew finds the warning among the rest."""

    GENERAL = "general"
    SAFETY = "safety"
    MEDICAL = "medical"
    COMMAND = "command"
    HAND_OVER = "hand_over"


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    id: UUID
    text: str
    author: str
    at: datetime
    kind: NoteKind = NoteKind.GENERAL


class LinkKind(StrEnum):
    """What the other incident is to this one."""

    RELATED = "related"
    PARENT = "parent"
    CHILD = "child"


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentLink:
    incident_id: UUID
    number: str
    kind: LinkKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """A file that was stored once under its SHA-256, and where it can be fetched."""

    id: UUID
    name: str
    media_type: str
    bytes: int
    sha256: str
    url: str
    at: datetime
    by: str


class TaskState(StrEnum):
    OPEN = "open"
    DOING = "doing"
    DONE = "done"
    DROPPED = "dropped"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sector:
    """A part of the scene, and who leads there."""

    id: UUID
    name: str
    supervisor: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """What is to be done; `at` and `by` tell of the last change."""

    id: UUID
    text: str
    sector_id: UUID | None
    unit_id: UUID | None
    state: TaskState
    at: datetime
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Major:
    """The command of a major incident: who leads, from where, which sectors and tasks."""

    declared_at: datetime
    by: str
    commander: str | None = None
    post: str | None = None
    post_location: Location | None = None
    sectors: tuple[Sector, ...] = ()
    tasks: tuple[Task, ...] = ()
