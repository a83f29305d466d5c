"""Adds, changes and removes local names; each is found by the next search."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from gis.address import fold
from gis.gazetteer.events import GazetteerAdded, GazetteerChanged, GazetteerRemoved, entry_view
from gis.geocoding.indexing import index_entry, unindex_entry
from gis.repository import gazetteer as rows
from gis.repository.gazetteer import ENTRIES_MAX, Entry
from ops_center.kernel.errors import Conflict, Invalid, NotFound, StaleVersion

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

    from sqlalchemy.ext.asyncio import AsyncConnection

    from gis.geometry import Point
    from ops_center.kernel.transaction import Transaction

NAME_MAX = 120
NOTE_MAX = 1_000
ALIASES_MAX = 20
KIND_MAX = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryFields:
    """A place of one's own has a `point`; more names for a street or place have a `target`.

    With a target, `kind` says "street" where a street is meant, and a point settles which of
    several of that name.
    """

    name: str
    kind: str = "place"
    target: str | None = None
    aliases: tuple[str, ...] = ()
    note: str | None = None
    point: Point | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AddEntry:
    id: UUID
    fields: EntryFields


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeEntry:
    """`changes` maps names of EntryFields to new values; None as version means the newest."""

    entry_id: UUID
    expected_version: int | None
    changes: Mapping[str, Any] = field(default_factory=dict)


async def add_entry(tx: Transaction, command: AddEntry) -> Entry:
    """Add a local name and return it. Raises Invalid, and Conflict when it is there already."""
    connection = tx.connection
    fields = checked(command.fields)
    if await rows.find_entry(connection, command.id) is not None:
        raise Conflict("There is an entry with this id already.", code="entry-exists")
    if await rows.count_entries(connection) >= ENTRIES_MAX:
        raise Conflict(f"The gazetteer holds {ENTRIES_MAX} entries: remove some first.")
    entry = _made(command.id, fields, tx)
    await rows.add_entry(connection, entry)
    entry = await _tied(connection, entry)
    tx.record(GazetteerAdded(subject=entry.id, version=entry.version, entry=entry))
    return entry


async def change_entry(tx: Transaction, command: ChangeEntry) -> Entry:
    """Change a local name and return it. Raises NotFound, StaleVersion, Invalid."""
    before = await _present(tx, command.entry_id, command.expected_version)
    given = {name: getattr(before, name) for name in EntryFields.__slots__}
    fields = checked(EntryFields(**{**given, **command.changes}))
    after = replace(
        before,
        **{name: getattr(fields, name) for name in EntryFields.__slots__},
        version=before.version + 1,
        changed_by=tx.author.name,
        changed_at=tx.clock.now(),
    )
    await rows.put_entry(tx.connection, after)
    after = await _tied(tx.connection, after)
    old, new = entry_view(before), entry_view(after)
    changes = {name: value for name, value in new.items() if value != old[name]}
    tx.record(GazetteerChanged(subject=after.id, version=after.version, changes=changes))
    return after


async def remove_entry(tx: Transaction, entry_id: UUID, expected_version: int | None) -> None:
    """Take a local name out of the gazetteer. Raises NotFound, StaleVersion."""
    entry = await _present(tx, entry_id, expected_version)
    await rows.remove_entry(tx.connection, entry_id)
    await unindex_entry(tx.connection, entry_id)
    tx.record(GazetteerRemoved(subject=entry_id, version=entry.version + 1, name=entry.name))


def checked(fields: EntryFields) -> EntryFields:
    """The fields tidied. Raises Invalid with what to do about them."""
    name = _said(fields.name, "name")
    aliases = tuple(dict.fromkeys(_said(alias, "aliases") for alias in fields.aliases))
    if len(aliases) > ALIASES_MAX:
        raise Invalid(f"An entry has at most {ALIASES_MAX} aliases.", field="aliases")
    target = None if fields.target is None else _said(fields.target, "target")
    if target is None and fields.point is None:
        raise Invalid(
            "Say where it is (lon and lat), or which street or place it is another name of "
            "(target).",
            field="lon",
        )
    kind = fields.kind.strip().lower()
    if not 0 < len(kind) <= KIND_MAX or not kind.replace("_", "").isalnum():
        raise Invalid("kind is one word such as street, place, market or barrio.", field="kind")
    note = visible(fields.note).strip() if fields.note else None
    if note is not None and len(note) > NOTE_MAX:
        raise Invalid(f"A note has at most {NOTE_MAX} characters.", field="note")
    return EntryFields(
        name=name, kind=kind, target=target, aliases=aliases, note=note, point=fields.point
    )


def _said(text: str, field_name: str) -> str:
    """Words on one line in which something can be searched."""
    tidy = " ".join(visible(text).split())
    if not fold(tidy) or len(tidy) > NAME_MAX:
        raise Invalid(
            f"A name has letters or digits, and at most {NAME_MAX} characters.", field=field_name
        )
    return tidy


def visible(text: str) -> str:
    """The text without control characters and what is not a character at all."""
    return "".join(c for c in text if unicodedata.category(c)[0] != "C" or c in "\n\t")


async def _present(tx: Transaction, entry_id: UUID, expected_version: int | None) -> Entry:
    entry = await rows.find_entry(tx.connection, entry_id, lock=True)
    if entry is None:
        raise NotFound("There is no such entry in the gazetteer.")
    if expected_version is not None and entry.version != expected_version:
        raise StaleVersion(
            "It has changed since you saw it. Look at it again, then repeat.",
            version=entry.version,
        )
    return entry


async def _tied(connection: AsyncConnection, entry: Entry) -> Entry:
    """The entry in the index, with what its target is in this city; Invalid when nothing is."""
    linked_to = await index_entry(connection, entry)
    if entry.target is not None and linked_to is None:
        raise Invalid(
            f"No {'street' if entry.kind == 'street' else 'place'} of the city is called "
            f"{entry.target}. Write its name as the map has it.",
            field="target",
            code="target-unknown",
        )
    if linked_to != entry.linked_to:
        await rows.set_link(connection, entry.id, linked_to)
    return replace(entry, linked_to=linked_to)


def _made(entry_id: UUID, fields: EntryFields, tx: Transaction) -> Entry:
    return Entry(
        id=entry_id,
        version=1,
        name=fields.name,
        kind=fields.kind,
        target=fields.target,
        aliases=fields.aliases,
        note=fields.note,
        point=fields.point,
        linked_to=None,
        changed_by=tx.author.name,
        changed_at=tx.clock.now(),
    )
