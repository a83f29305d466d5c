"""Facts: what happened, in the past tense, as it is written to the journal and told to everyone."""

from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from pydantic import TypeAdapter

ENVELOPE = frozenset({"subject", "version", "incident", "audience", "occurred_at"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Author:
    """Who made a change, as the journal keeps it: a person, a machine or the centre itself."""

    id: UUID
    name: str


@dataclass(frozen=True, kw_only=True)
class Fact:
    """One thing that happened to one subject.

    `version` is the subject's version after it; `incident` ties it to an incident's timeline;
    `audience` holds the tags (`agency:POL`, `unit:<id>`) of those it is told to beside the centre;
    `occurred_at` is the source's claim of when, None meaning "when recorded".
    """

    kind: ClassVar[str]
    subject_type: ClassVar[str]

    subject: UUID
    version: int
    incident: UUID | None = None
    audience: tuple[str, ...] = ()
    occurred_at: datetime | None = None

    def data(self) -> dict[str, Any]:
        """Return the fact's own fields, JSON-ready."""
        whole = _adapter(type(self)).dump_python(self, mode="json")
        return {name: value for name, value in whole.items() if name not in ENVELOPE}


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One line of the journal. `seq` is gapless and in commit order."""

    seq: int
    id: UUID
    kind: str
    subject_type: str
    subject: UUID
    version: int
    incident: UUID | None
    audience: frozenset[str]
    author: Author
    cause: UUID
    occurred_at: datetime
    recorded_at: datetime
    data: dict[str, Any]


_adapters: dict[str, TypeAdapter[Any]] = {}


def _adapter(kind: type[Fact]) -> TypeAdapter[Any]:
    if kind.kind not in _adapters:
        _adapters[kind.kind] = TypeAdapter(kind)
    return _adapters[kind.kind]


def fact_kinds() -> dict[str, type[Fact]]:
    """Return every concrete fact class that has been imported, by kind."""
    found: dict[str, type[Fact]] = {}
    pending = list(Fact.__subclasses__())
    while pending:
        one = pending.pop()
        pending.extend(one.__subclasses__())
        if "kind" in one.__dict__:
            assert one.kind not in found, f"two facts call themselves {one.kind}"
            found[one.kind] = one
    return found


def field_names(kind: type[Fact]) -> tuple[str, ...]:
    """Return the names of the fact's own fields, envelope left out."""
    return tuple(field.name for field in fields(kind) if field.name not in ENVELOPE)
