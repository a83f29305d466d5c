"""Notes about places: write, change, remove; those that speak of an incident's place."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from dispatch.domain import premise as premises
from dispatch.domain.premise import EVERYBODY, Nearby, Premise, PremiseAdded, PremiseKind
from dispatch.domain.text import required_text
from dispatch.domain.wire import UNSET, Unset
from dispatch.ports import Work
from gis.geometry import Location
from ops_center.kernel.errors import Invalid
from ops_center.kernel.events import Author, Fact

TITLE_MAX: Final = 128
TEXT_MAX: Final = 4_000


@dataclass(frozen=True, slots=True, kw_only=True)
class AddPremise:
    """`id` becomes the note's id."""

    id: UUID
    kind: PremiseKind
    title: str
    text: str
    location: Location
    radius_m: float
    valid_until: datetime | None = None
    protected: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangePremise:
    """What is UNSET stays as it is."""

    id: UUID
    premise_id: UUID
    expected_version: int | None = None
    kind: PremiseKind | Unset = UNSET
    title: str | Unset = UNSET
    text: str | Unset = UNSET
    location: Location | Unset = UNSET
    radius_m: float | Unset = UNSET
    valid_until: datetime | Unset | None = UNSET
    protected: bool | Unset = UNSET


@dataclass(frozen=True, slots=True, kw_only=True)
class RemovePremise:
    id: UUID
    premise_id: UUID


async def add_premise(work: Work, command: AddPremise, *, now: datetime, author: Author) -> Premise:
    """Write a note about a place; the same command again gives the same note."""
    known = await work.premises.find(command.id)
    if known is not None:
        return known
    note = Premise(
        id=command.id,
        version=1,
        kind=command.kind,
        title=required_text(command.title, field="title", limit=TITLE_MAX),
        text=required_text(command.text, field="text", limit=TEXT_MAX),
        location=command.location,
        radius_m=premises.radius(command.radius_m),
        valid_until=_ahead(command.valid_until, now=now),
        protected=command.protected,
        by=author.name,
        at=now,
    )
    await work.premises.add(note)
    work.record(
        PremiseAdded(subject=note.id, version=note.version, audience=EVERYBODY, premise=note)
    )
    return note


async def change_premise(
    work: Work, command: ChangePremise, *, now: datetime, author: Author
) -> Premise:
    """Change a note; what is not sent stays."""
    note = await work.premises.lock(command.premise_id)
    premises.require_version(note, command.expected_version)
    changed, facts = premises.changed(note, _wanted(command, now=now))
    return await _keep(work, changed, facts)


async def remove_premise(
    work: Work, command: RemovePremise, *, now: datetime, author: Author
) -> Premise:
    """Remove a note from where it is shown; the table and the journal keep it."""
    note = await work.premises.lock(command.premise_id)
    removed, facts = premises.removed(note, now=now)
    return await _keep(work, removed, facts)


async def premises_of_place(work: Work, place: Location | None, *, now: datetime) -> list[Nearby]:
    """Return the notes that speak of an incident's place, nearest first; none without a place."""
    return [] if place is None else await work.premises.at_place(place, now=now)


def _wanted(command: ChangePremise, *, now: datetime) -> dict[str, Any]:
    wanted: dict[str, Any] = {
        name: value
        for name in ("kind", "location", "protected", "valid_until")
        if (value := getattr(command, name)) is not UNSET
    }
    if not isinstance(command.title, Unset):
        wanted["title"] = required_text(command.title, field="title", limit=TITLE_MAX)
    if not isinstance(command.text, Unset):
        wanted["text"] = required_text(command.text, field="text", limit=TEXT_MAX)
    if not isinstance(command.radius_m, Unset):
        wanted["radius_m"] = premises.radius(command.radius_m)
    if "valid_until" in wanted:
        _ahead(wanted["valid_until"], now=now)
    return wanted


def _ahead(until: datetime | None, *, now: datetime) -> datetime | None:
    if until is not None and until <= now:
        raise Invalid(
            "valid_until is over already: nobody would see the note.", field="valid_until"
        )
    return until


async def _keep(work: Work, note: Premise, facts: Sequence[Fact]) -> Premise:
    if facts:
        await work.premises.put(note)
        work.record(*facts)
    return note
