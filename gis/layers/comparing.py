"""What changed between two versions of a layer, feature by feature."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import text

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection

LISTED_MAX = 200

# A feature is moved when its shape is another one, changed when only what is said of it is.
_COMPARE = text("""
with old as (select * from layer_feature where layer_id = :layer_id and version = :old),
     new as (select * from layer_feature where layer_id = :layer_id and version = :new),
     both_ as (
       select coalesce(n.id, o.id) as id, coalesce(n.name, o.name) as name,
              case when o.id is null then 'added' when n.id is null then 'removed'
                   when not st_equals(o.geom, n.geom) then 'moved'
                   when o.name is distinct from n.name or o.properties <> n.properties
                   then 'changed' else 'same' end as what,
              case when o.id is not null and n.id is not null then
                st_distance(st_centroid(o.geom)::geography, st_centroid(n.geom)::geography)
              end as moved_m,
              coalesce(o.name is distinct from n.name or o.properties <> n.properties, false)
                as reworded
       from old o full join new n on n.id = o.id),
     ranked as (select *, row_number() over (partition by what order by id) as place,
                       count(*) over (partition by what) as many from both_)
select what, id, name, moved_m, reworded, many from ranked
where place <= :listed and (what <> 'same' or place = 1)
order by what, id
""")


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One feature that differs; `moved_m` is how far its middle went, `changed` its words too."""

    id: str
    name: str | None
    moved_m: float | None = None
    changed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Counts of all, and of each kind the first LISTED_MAX by id."""

    counts: dict[str, int]
    added: tuple[Difference, ...]
    removed: tuple[Difference, ...]
    changed: tuple[Difference, ...]
    moved: tuple[Difference, ...]


async def compare_versions(
    connection: AsyncConnection, layer_id: UUID, *, old: int, new: int
) -> Comparison:
    """Return what version `new` has otherwise than `old`."""
    rows = await connection.execute(
        _COMPARE, {"layer_id": layer_id, "old": old, "new": new, "listed": LISTED_MAX}
    )
    counts = dict.fromkeys(("added", "removed", "changed", "moved", "same"), 0)
    listed: dict[str, list[Difference]] = {what: [] for what in counts}
    for row in rows:
        counts[row.what] = int(row.many)
        is_moved = row.what == "moved"
        listed[row.what].append(
            Difference(
                id=row.id,
                name=row.name,
                moved_m=round(float(row.moved_m), 1) if is_moved else None,
                changed=bool(row.reworded) if is_moved else row.what == "changed",
            )
        )
    return Comparison(
        counts=counts,
        added=tuple(listed["added"]),
        removed=tuple(listed["removed"]),
        changed=tuple(listed["changed"]),
        moved=tuple(listed["moved"]),
    )
