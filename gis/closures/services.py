"""What people do with closures: draw, change, lift; and what time does to them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from gis.closures.closure import (
    AppliesTo,
    Closure,
    changed_fields,
    clean_geometry,
    is_over,
)
from gis.closures.events import ClosureChanged, ClosureDrawn, ClosureLifted
from ops_center.kernel.errors import Conflict, Invalid, NotFound, StaleVersion, TooMany

# More than this at once is a map gone wrong, and would slow every screen down.
OPEN_MAX = 500
EVERYONE = ("everyone",)
CHANGEABLE = frozenset({"geometry", "radius_m", "reason", "starts_at", "until_at", "applies_to"})

Record = Callable[..., None]


class ClosureStore(Protocol):
    """Closures that were not lifted yet."""

    async def find(self, closure_id: UUID) -> Closure | None: ...

    async def open(self) -> list[Closure]: ...

    async def insert(self, closure: Closure) -> bool: ...

    async def replace(self, closure: Closure, *, expected_version: int) -> bool: ...

    async def lift(self, closure: Closure, *, cause: str, at: datetime) -> bool: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawClosure:
    """`starts_at` None means from now on."""

    id: UUID
    geometry: Mapping[str, Any]
    reason: str
    radius_m: float | None = None
    starts_at: datetime | None = None
    until_at: datetime | None = None
    applies_to: str = AppliesTo.ALL.value


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeClosure:
    """`changes` maps names of CHANGEABLE to new values; `expected_version` None means any."""

    closure_id: UUID
    expected_version: int | None
    changes: Mapping[str, Any]


async def draw_closure(
    command: DrawClosure, *, store: ClosureStore, record: Record, author: str, now: datetime
) -> Closure:
    """Close a road and return the closure. Raises Invalid, TooMany, Conflict."""
    if command.until_at is not None and command.until_at <= now:
        raise Invalid("`until` has passed already: nothing would be closed.", field="until")
    if len(await store.open()) >= OPEN_MAX:
        raise TooMany(f"{OPEN_MAX} closures are drawn: lift some first.", retry_after_s=60)
    closure = Closure(
        id=command.id,
        version=1,
        geometry=clean_geometry(command.geometry),
        radius_m=command.radius_m,
        reason=command.reason,
        starts_at=command.starts_at or now,
        until_at=command.until_at,
        applies_to=AppliesTo(command.applies_to),
        drawn_by=author,
        drawn_at=now,
    )
    if not await store.insert(closure):
        raise Conflict("There is a closure with this id already.", code="closure-exists")
    record(ClosureDrawn(subject=closure.id, version=1, audience=EVERYONE, closure=closure))
    return closure


async def change_closure(command: ChangeClosure, *, store: ClosureStore, record: Record) -> Closure:
    """Change a closure and return it. Raises NotFound, StaleVersion, Invalid."""
    before = await load(store, command.closure_id)
    if command.expected_version not in (None, before.version):
        raise _stale(before.version)
    unknown = set(command.changes) - CHANGEABLE
    if unknown:
        raise Invalid(f"These fields cannot be changed: {', '.join(sorted(unknown))}.")
    changes = dict(command.changes)
    if "geometry" in changes:
        changes["geometry"] = clean_geometry(changes["geometry"])
        changes.setdefault("radius_m", None)
    if "applies_to" in changes:
        changes["applies_to"] = AppliesTo(changes["applies_to"])
    after = replace(before, **changes, version=before.version + 1)
    different = changed_fields(before, after)
    if not different:
        return before
    if not await store.replace(after, expected_version=before.version):
        raise _stale(before.version)
    record(
        ClosureChanged(
            subject=after.id, version=after.version, audience=EVERYONE, changes=different
        )
    )
    return after


async def lift_closure(
    closure_id: UUID,
    *,
    store: ClosureStore,
    record: Record,
    now: datetime,
    expected_version: int | None = None,
    cause: str = "lifted",
) -> Closure:
    """Open the road again and return what was closed. Raises NotFound, StaleVersion."""
    closure = await load(store, closure_id)
    if expected_version not in (None, closure.version):
        raise _stale(closure.version)
    lifted = replace(closure, version=closure.version + 1)
    if not await store.lift(lifted, cause=cause, at=now):
        raise _stale(closure.version)
    record(ClosureLifted(subject=lifted.id, version=lifted.version, audience=EVERYONE, cause=cause))
    return lifted


async def lift_expired(*, store: ClosureStore, record: Record, now: datetime) -> int:
    """Lift the closures whose time has run out; return how many."""
    over = [closure for closure in await store.open() if is_over(closure, now)]
    for closure in over:
        await lift_closure(closure.id, store=store, record=record, now=now, cause="expired")
    return len(over)


async def load(store: ClosureStore, closure_id: UUID) -> Closure:
    """Return the closure. Raises NotFound."""
    closure = await store.find(closure_id)
    if closure is None:
        raise NotFound("There is no such closure; somebody may have lifted it.")
    return closure


def _stale(present: int) -> StaleVersion:
    return StaleVersion(
        "The closure has changed meanwhile. Look at it again, then repeat.", version=present
    )
