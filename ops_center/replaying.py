"""Folds the whole journal and says where the tables differ from it: the nightly proof of both.

Everything is read on one database snapshot, page by page; what is kept in memory is the picture,
which holds what is not over and therefore does not grow with the years.
"""

import asyncio
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from time import monotonic
from typing import Any, Final

from sqlalchemy import text
from typing_extensions import override

from dispatch.domain.upgrading import filled
from ops_center.kernel import journal
from ops_center.kernel.database import Connection, Database
from ops_center.kernel.events import Entry
from ops_center.picture import EMPTY, Folded, fold, from_tables

PAGE: Final = 1_000
# What is wrong everywhere is told a hundred times and counted for the rest.
TOLD_MAX: Final = 100
ABSENT: Final = "absent"
# What an entry itself is to blame for when it cannot be folded.
UNREADABLE: Final = (LookupError, TypeError, ValueError, AssertionError)

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Difference:
    """`journal` and `tables` are what each says of the field, or `absent` of the whole subject."""

    where: str
    subject: str
    field: str
    journal: Any
    tables: Any

    @override
    def __str__(self) -> str:
        return (
            f"{self.where} {self.subject}: {self.field} is {self.tables!r} in the tables and "
            f"{self.journal!r} in the journal"
        )


@dataclass(slots=True)
class Verdict:
    """`count` is how many differences there are; `differences` the first of them."""

    seq: int = 0
    entries: int = 0
    seconds: float = 0.0
    count: int = 0
    differences: list[Difference] = field(default_factory=list)

    @property
    def agrees(self) -> bool:
        return self.count == 0

    def add(self, differences: Iterator[Difference] | Sequence[Difference]) -> None:
        for one in differences:
            self.count += 1
            if len(self.differences) < TOLD_MAX:
                self.differences.append(one)

    def as_json(self) -> dict[str, Any]:
        return {**asdict(self), "agrees": self.agrees}


async def verify(database: Database, progress: Progress | None = None) -> Verdict:
    """Fold the journal, compare it with the tables, and look for what may never be."""
    started, verdict = monotonic(), Verdict()
    async with database.reading() as connection:
        verdict.seq = await journal.newest_seq(connection)
        picture = await _fold_all(connection, verdict, progress)
        verdict.add(await _impossible(connection))
        await _compare(connection, picture, verdict)
    verdict.seconds = round(monotonic() - started, 3)
    return verdict


async def _compare(connection: Connection, picture: Folded, verdict: Verdict) -> None:
    try:
        tables = await from_tables(connection)
    except UNREADABLE as error:
        # A row that no value of the domain can be: what is impossible was told before.
        verdict.add([Difference("tables", "picture", "readable", "yes", repr(error))])
        return
    verdict.add(differences(picture, tables))


async def _fold_all(connection: Connection, verdict: Verdict, progress: Progress | None) -> Folded:
    picture, last = EMPTY, 0
    while page := await journal.entries_after(connection, last, limit=PAGE):
        # A page is some ten milliseconds of work: not in the event loop of a working process.
        picture = await asyncio.to_thread(_fold_page, picture, page, last, verdict)
        last = page[-1].seq
        verdict.entries += len(page)
        if progress is not None:
            progress(verdict.entries, verdict.seq)
    return picture


def _fold_page(picture: Folded, page: list[Entry], last: int, verdict: Verdict) -> Folded:
    for entry in page:
        if entry.seq != last + 1:
            verdict.add([_of_journal(last + 1, "entry", "there", ABSENT)])
        last = entry.seq
        try:
            picture = fold(picture, entry)
        except UNREADABLE as error:
            verdict.add([_of_journal(entry.seq, entry.kind, "foldable", repr(error))])
    return picture


def _of_journal(seq: int, name: str, wanted: str, found: str) -> Difference:
    return Difference("journal", f"entry {seq}", name, found, wanted)


def differences(
    picture: Folded, tables: Mapping[str, Mapping[str, Mapping[str, Any]]]
) -> Iterator[Difference]:
    """Yield where the two differ, field by field; what an older release left out is filled in."""
    for section in sorted({*picture, *tables}):
        folded, held = picture.get(section, {}), tables.get(section, {})
        for key in sorted({*folded, *held}):
            if key not in folded:
                yield Difference(section, key, "subject", ABSENT, "there")
            elif key not in held:
                yield Difference(section, key, "subject", "there", ABSENT)
            else:
                yield from _fields(section, key, filled(section, folded[key]), held[key])


def _fields(
    section: str, key: str, folded: Mapping[str, Any], held: Mapping[str, Any]
) -> Iterator[Difference]:
    for name in sorted({*folded, *held}):
        said, is_now = folded.get(name, ABSENT), held.get(name, ABSENT)
        if said != is_now:
            yield Difference(section, _named(key, held), name, said, is_now)


def _named(key: str, held: Mapping[str, Any]) -> str:
    """The number or callsign that people know it by, with its id."""
    name = held.get("number") or held.get("callsign") or held.get("name")
    return f"{name} ({key})" if name else key


# What may never be, whatever the journal says; each gives one row for each case.
IMPOSSIBLE: Final[dict[str, str]] = {
    "two active assignments": """
        select unit_id::text from assignment where released_at is null
        group by unit_id having count(*) > 1""",
    "over with units attached": """
        select incident.number from incident join assignment on assignment.incident_id = incident.id
        where incident.status in ('closed', 'merged') and assignment.released_at is null""",
    "busy without an incident": """
        select callsign from unit where activity in
            ('dispatched', 'acknowledged', 'en_route', 'on_scene', 'transporting', 'at_hospital')
        and not exists (select from assignment
            where assignment.unit_id = unit.id and assignment.released_at is null)""",
    "a negative interval": """
        select assignment.id::text from assignment where least(
            coalesce(acknowledged_at, assigned_at), coalesce(en_route_at, assigned_at),
            coalesce(on_scene_at, assigned_at), coalesce(released_at, assigned_at)) < assigned_at
        union all select number from incident where closed_at < opened_at
        union all select number from call where taken_at < received_at""",
}


async def _impossible(connection: Connection) -> list[Difference]:
    found = []
    for name, query in IMPOSSIBLE.items():
        rows = await connection.execute(text(f"{query} limit {TOLD_MAX}"))
        found += [Difference("tables", str(one), name, ABSENT, "there") for (one,) in rows]
    return found
