"""The index of names: what is written into it, and how a name is looked up in it."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from sqlalchemy import text

from gis.geometry import Point

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from typing import Any

    from sqlalchemy import Row
    from sqlalchemy.ext.asyncio import AsyncConnection

STREET, POI, AREA = "street", "poi", "area"
ROWS_PER_INSERT = 5_000
# One name in a whole country: enough of "San José" for a corner to be among them.
SAME_NAME_MAX = 200
BEGINNINGS_MAX = 60
# A single letter begins a good part of all names: no more of them than this are ranked.
BEGINNINGS_READ_MAX = 3_000
FUZZY_MAX = 40
# Names are found by pg_trgm's own thresholds (0.3 of a whole name, 0.6 of its words). Streets
# that cross a known one are few: among them less will do.
NEIGHBOUR_SIMILARITY_MIN = 0.2
NEIGHBOURS_MAX = 400


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchName:
    """One thing that can be found, with its folded aliases, each with weight and sound."""

    source: str
    subject: str
    label: str
    category: str
    kind: str
    importance: float
    point: Point | None
    aliases: Mapping[str, tuple[float, str]]
    street_id: int | None = None
    uncertainty_m: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NameMatch:
    """A line of the index that may be what was `asked`."""

    asked: str
    source: str
    subject: str
    label: str
    category: str
    kind: str
    importance: float
    alias: str
    sound: str
    weight: float
    point: Point | None
    street_id: int | None
    uncertainty_m: float | None


_INSERT = text("""
insert into search_name (source, street_id, subject, label, category, kind, importance,
                         uncertainty_m, alias, sound, weight, geom)
select source, street_id, subject, label, category, kind, importance, uncertainty_m, alias, sound,
       weight, case when lon is not null then st_setsrid(st_makepoint(lon, lat), 4326) end
from unnest(cast(:source as text[]), cast(:street_id as int[]), cast(:subject as text[]),
            cast(:label as text[]), cast(:category as text[]), cast(:kind as text[]),
            cast(:importance as float[]), cast(:uncertainty_m as float[]),
            cast(:alias as text[]), cast(:sound as text[]), cast(:weight as float[]),
            cast(:lon as float[]), cast(:lat as float[]))
     as rows(source, street_id, subject, label, category, kind, importance, uncertainty_m, alias,
             sound, weight, lon, lat)
""")
_COLUMNS = ("source", "street_id", "subject", "label", "category", "kind", "importance",
            "uncertainty_m", "alias", "sound", "weight", "lon", "lat")  # fmt: skip


async def has_names(connection: AsyncConnection) -> bool:
    """Whether anything can be found by its name."""
    found = await connection.scalar(text("select exists (select from search_name)"))
    return bool(found)


async def clear_names(connection: AsyncConnection, source: str) -> None:
    await connection.execute(
        text("delete from search_name where source = :source"), {"source": source}
    )


async def add_names(connection: AsyncConnection, names: Iterable[SearchName]) -> int:
    """Write names into the index; return how many lines were written."""
    rows = (row for name in names for row in _rows(name))
    written = 0
    while chunk := list(islice(rows, ROWS_PER_INSERT)):
        columns = [list(column) for column in zip(*chunk, strict=True)]
        await connection.execute(_INSERT, dict(zip(_COLUMNS, columns, strict=True)))
        written += len(chunk)
    return written


async def settle_names(connection: AsyncConnection) -> None:
    """Make fresh names fast to find at once, not when autovacuum comes by."""
    # Rows wait in a list that every search would read through.
    await connection.execute(
        text("select gin_clean_pending_list('ix_search_name_alias_trigrams'::regclass)")
    )
    await connection.execute(text("analyze search_name"))


def _rows(name: SearchName) -> Iterable[tuple[object, ...]]:
    point = name.point
    for alias, (weight, sound) in name.aliases.items():
        yield (
            name.source, name.street_id, name.subject, name.label, name.category, name.kind,
            name.importance, name.uncertainty_m, alias, sound, weight,
            point.lon if point else None, point.lat if point else None,
        )  # fmt: skip


_LINE = """n.source, n.street_id, n.subject, n.label, n.category, n.kind, n.importance,
  n.uncertainty_m, n.alias, n.sound, n.weight, st_x(n.geom) as lon, st_y(n.geom) as lat"""
_NEAREST = """case when cast(:lon as float) is null then 0
  else n.geom <-> st_setsrid(st_makepoint(:lon, :lat), 4326) end"""

_SAID = text(f"""
select q.asked, {_LINE}
from unnest(cast(:names as text[]), cast(:sounds as text[])) as q(asked, said),
lateral (
  (select * from search_name n where n.alias = q.asked
   order by n.weight desc, {_NEAREST}, n.id limit :most)
  union all
  (select * from search_name n where n.sound = q.said and n.alias <> q.asked
   order by n.weight desc, {_NEAREST}, n.id limit :most)
) n
""")  # noqa: S608


async def names_said(
    connection: AsyncConnection, sounds: Mapping[str, str], *, near: Point | None
) -> list[NameMatch]:
    """Names written or sounding just like one of the asked (folded name to its sound)."""
    values = {
        "names": list(sounds),
        "sounds": list(sounds.values()),
        "most": SAME_NAME_MAX,
        **_place(near),
    }
    return [_match(row) for row in await connection.execute(_SAID, values)]


_BEGINNING = text(f"""
select :asked as asked, {_LINE} from (
  select * from (
    select * from search_name b where b.alias >= :asked and b.alias < :end limit :read
  ) begun
  order by weight * (0.5 + importance) desc, length(alias), id limit :most
) n
""")  # noqa: S608


async def names_beginning(connection: AsyncConnection, asked: str) -> list[NameMatch]:
    """Names that begin with what is typed so far, the most important first."""
    # Folded names hold nothing above "z".
    values = {
        "asked": asked,
        "end": asked + "~",
        "read": BEGINNINGS_READ_MAX,
        "most": BEGINNINGS_MAX,
    }
    return [_match(row) for row in await connection.execute(_BEGINNING, values)]


_LIKENESS = "greatest(similarity(alias, :asked), 0.9 * word_similarity(:asked, alias))"
# Two index scans joined: with "or" the planner prefers to compare every row.
_ALIKE = text(f"""
select cast(:asked as text) as asked, {_LINE} from (
  select * from (
    select * from search_name where alias % :asked
    union
    select * from search_name where :asked <% alias
  ) alike
  order by weight * {_LIKENESS} desc, id limit :most
) n
""")  # noqa: S608


async def names_alike(connection: AsyncConnection, asked: str) -> list[NameMatch]:
    """Names that share many groups of three letters with the asked one (typos tolerated)."""
    rows = await connection.execute(_ALIKE, {"asked": asked, "most": FUZZY_MAX})
    return [_match(row) for row in rows]


_NEIGHBOURS = text(f"""
select cast(:asked as text) as asked, {_LINE}
from (select distinct b_id from street_crossing where a_id = any(cast(:streets as int[]))) x
join search_name n on n.street_id = x.b_id
where similarity(n.alias, :asked) >= :least or n.sound = :sound
   or (:partial and n.alias >= :asked and n.alias < :end)
order by n.weight * (similarity(n.alias, :asked)
         + case when n.alias >= :asked and n.alias < :end then 1 else 0 end) desc, n.id
limit :most
""")  # noqa: S608


async def crossing_names(
    connection: AsyncConnection,
    street_ids: Sequence[int],
    asked: str,
    *,
    sound: str,
    partial: bool,
) -> list[NameMatch]:
    """Names of the streets that cross one of the given ones, a little like the asked at least."""
    values = {
        "streets": list(street_ids),
        "asked": asked,
        "end": asked + "~",
        "sound": sound,
        "partial": partial,
        "least": NEIGHBOUR_SIMILARITY_MIN,
        "most": NEIGHBOURS_MAX,
    }
    return [_match(row) for row in await connection.execute(_NEIGHBOURS, values)]


_OF_KIND = text(f"""
select '' as asked, {_LINE} from (
  select distinct on (n.subject) n.* from search_name n
  where n.category = 'poi' and n.kind = any(cast(:kinds as text[])) and n.geom is not null
  order by n.subject, n.weight desc
) n order by {_NEAREST}, n.importance desc limit :most
""")  # noqa: S608


async def names_of_kind(
    connection: AsyncConnection, kinds: Sequence[str], *, near: Point | None, limit: int
) -> list[NameMatch]:
    """Places of those kinds, the nearest first."""
    values = {"kinds": list(kinds), "most": limit, **_place(near)}
    return [_match(row) for row in await connection.execute(_OF_KIND, values)]


def _place(near: Point | None) -> dict[str, float | None]:
    return {"lon": near.lon if near else None, "lat": near.lat if near else None}


def _match(row: Row[Any]) -> NameMatch:
    point = None if row.lon is None else Point(lon=row.lon, lat=row.lat)
    return NameMatch(
        asked=row.asked,
        source=row.source,
        subject=row.subject,
        label=row.label,
        category=row.category,
        kind=row.kind,
        importance=row.importance,
        alias=row.alias,
        sound=row.sound,
        weight=row.weight,
        point=point,
        street_id=row.street_id,
        uncertainty_m=row.uncertainty_m,
    )
