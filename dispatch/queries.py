"""What screens read: lists, single subjects, the picture, positions; from the tables to JSON.

Every function takes an `Access`: the caller derives it from who asks (ops_center.auth).
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final, TypeAlias, TypeVar
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Select,
    Table,
    false,
    or_,
    select,
    true,
    tuple_,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from dispatch.domain.alarm import Alarm, AlarmState
from dispatch.domain.call import Call, CallState
from dispatch.domain.incident import Incident, IncidentStatus
from dispatch.domain.positions import Fix, live_value
from dispatch.domain.unit import Unit
from dispatch.domain.wire import JsonObject, JsonValue, object_json, to_json
from dispatch.tables import schema
from dispatch.tables.reading import (
    everything,
    read_alarms,
    read_calls,
    read_incidents,
    read_units,
)
from dispatch.tables.rows import columns, to_fix
from dispatch.tables.unfinished import alarm_is_open, call_is_open, incident_is_open
from ops_center.kernel.errors import Invalid, NotFound

PAGE_DEFAULT: Final = 50
PAGE_MAX: Final = 500
# Long pages of calls with many fixes take over 100 ms: more than this leave the event loop.
SHAPED_AT_ONCE: Final = 100
UNITS_MAX: Final = 5_000
OPEN: Final = "open"
# A transaction may commit this much after the instant it wrote down: look back so far.
LATE_COMMIT: Final = timedelta(seconds=2)

Condition: TypeAlias = ColumnElement[bool]
T = TypeVar("T", Call, Incident, Unit, Alarm)


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """Whose view it is: everything (both None), an agency's, a unit's, or both together.

    An agency sees its units, its alarms, and the incidents it takes part in; a unit sees itself
    and the incident it works on. Waiting calls are the centre's alone, which sees everything.
    """

    agency: str | None = None
    unit: UUID | None = None

    @property
    def is_everything(self) -> bool:
        return self.agency is None and self.unit is None


EVERYTHING: Final = Access()


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Up to `limit` subjects after `cursor`, newest first."""

    limit: int = PAGE_DEFAULT
    cursor: str | None = None


FIRST: Final = Page()


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """One page, and the cursor of the next one (None: this was the last)."""

    items: list[JsonObject]
    next_cursor: str | None


async def picture(
    connection: AsyncConnection, access: Access = EVERYTHING
) -> dict[str, dict[str, JsonObject]]:
    """Return what is not over, exactly as the fold of the journal gives it.

    Read it in one REPEATABLE READ transaction together with the journal's newest seq.
    """
    incidents = await read_incidents(
        connection,
        everything(schema.incident).where(incident_is_open(), _sees_incident(access)),
    )
    units = everything(schema.unit).where(_sees_unit(access))
    calls = everything(schema.call).where(call_is_open(), _sees_waiting(access))
    alarms = everything(schema.alarm).where(alarm_is_open(), _sees_alarm(access))
    return {
        "calls": _by_id(await read_calls(connection, calls)),
        "incidents": _by_id(incidents),
        "units": _by_id(await read_units(connection, units)),
        "alarms": _by_id(await read_alarms(connection, alarms)),
    }


async def list_calls(
    connection: AsyncConnection,
    *,
    access: Access = EVERYTHING,
    state: str | None = None,
    page: Page = FIRST,
) -> Listing:
    """Return calls, newest first; `state` is one of the states or "open"."""
    row = schema.call.columns
    query = everything(schema.call).where(_sees_call(access))
    if state == OPEN:
        query = query.where(call_is_open())
    elif state is not None:
        query = query.where(row.state == _member(CallState, state, field="state"))
    found = await read_calls(connection, _paged(query, schema.call, "received_at", page))
    return await _listing(found, page, lambda call: call.received_at)


async def list_incidents(
    connection: AsyncConnection,
    *,
    access: Access = EVERYTHING,
    status: str | None = None,
    page: Page = FIRST,
) -> Listing:
    """Return incidents, newest first; `status` is one of the statuses or "open"."""
    row = schema.incident.columns
    query = everything(schema.incident).where(_sees_incident(access))
    if status == OPEN:
        query = query.where(incident_is_open())
    elif status is not None:
        query = query.where(row.status == _member(IncidentStatus, status, field="status"))
    found = await read_incidents(connection, _paged(query, schema.incident, "opened_at", page))
    return await _listing(found, page, lambda incident: incident.opened_at)


async def list_alarms(
    connection: AsyncConnection,
    *,
    access: Access = EVERYTHING,
    state: str | None = None,
    page: Page = FIRST,
) -> Listing:
    """Return alarms, newest first; `state` is one of the states or "open"."""
    row = schema.alarm.columns
    query = everything(schema.alarm).where(_sees_alarm(access))
    if state == OPEN:
        query = query.where(alarm_is_open())
    elif state is not None:
        query = query.where(row.state == _member(AlarmState, state, field="state"))
    found = await read_alarms(connection, _paged(query, schema.alarm, "raised_at", page))
    return await _listing(found, page, lambda alarm: alarm.raised_at)


async def list_units(connection: AsyncConnection, *, access: Access = EVERYTHING) -> Listing:
    """Return all units by callsign."""
    query = everything(schema.unit).where(_sees_unit(access))
    ordered = query.order_by(schema.unit.columns.callsign).limit(UNITS_MAX)
    return Listing(
        items=[object_json(unit) for unit in await read_units(connection, ordered)],
        next_cursor=None,
    )


async def one_call(
    connection: AsyncConnection, identity: UUID, *, access: Access = EVERYTHING
) -> JsonObject:
    """Return a call; NotFound also when it is not for this person."""
    row = schema.call.columns
    query = everything(schema.call).where(row.id == identity, _sees_call(access))
    return _one(await read_calls(connection, query), "call", identity)


async def one_incident(
    connection: AsyncConnection, identity: UUID, *, access: Access = EVERYTHING
) -> JsonObject:
    """Return an incident; NotFound also when it is not for this person."""
    row = schema.incident.columns
    query = everything(schema.incident).where(row.id == identity, _sees_incident(access))
    return _one(await read_incidents(connection, query), "incident", identity)


async def one_unit(
    connection: AsyncConnection, identity: UUID, *, access: Access = EVERYTHING
) -> JsonObject:
    """Return a unit; NotFound also when it is not for this person."""
    row = schema.unit.columns
    query = everything(schema.unit).where(row.id == identity, _sees_unit(access))
    return _one(await read_units(connection, query), "unit", identity)


async def one_alarm(
    connection: AsyncConnection, identity: UUID, *, access: Access = EVERYTHING
) -> JsonObject:
    """Return an alarm; NotFound also when it is not for this person."""
    row = schema.alarm.columns
    query = everything(schema.alarm).where(row.id == identity, _sees_alarm(access))
    return _one(await read_alarms(connection, query), "alarm", identity)


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitPosition:
    """A unit's last known position for the live lane, and what decides who may see it."""

    unit_id: UUID
    agency: str
    fix: Fix

    @property
    def value(self) -> JsonValue:
        """The value of live key `unit:<id>`."""
        return to_json(live_value(self.fix))


async def positions_since(
    connection: AsyncConnection, since: datetime | None = None
) -> list[UnitPosition]:
    """Return last known positions recorded after `since` (None: all), oldest record first.

    The window reaches LATE_COMMIT further back, because a write may commit after a younger one;
    so a position can come twice. `PositionFeed` leaves the repeats out.
    """
    row, unit = schema.unit_position.columns, schema.unit.columns
    query = select(*columns(schema.unit_position), unit.agency).join(
        schema.unit, unit.id == row.unit_id
    )
    if since is not None:
        query = query.where(row.recorded_at > since - LATE_COMMIT)
    found = await connection.execute(query.order_by(row.recorded_at))
    return [
        UnitPosition(unit_id=one["unit_id"], agency=one["agency"], fix=to_fix(one))
        for one in found.mappings()
    ]


async def track_of(
    connection: AsyncConnection, unit_id: UUID, since: datetime, until: datetime, *, limit: int
) -> list[Fix]:
    """Return a unit's positions from `since` to `until`, oldest first, at most `limit`.

    Whether the person may see the unit is asked before, with `one_unit`.
    """
    row = schema.unit_position_history.columns
    query = select(*columns(schema.unit_position_history)).where(
        row.unit_id == unit_id, row.occurred_at.between(since, until)
    )
    found = await connection.execute(query.order_by(row.occurred_at).limit(limit))
    return [to_fix(one) for one in found.mappings()]


class PositionFeed:
    """Remembers what it gave out, so that each call returns only what moved since the last."""

    def __init__(self) -> None:
        self._since: datetime | None = None
        self._given: dict[UUID, datetime] = {}

    async def changes(self, connection: AsyncConnection) -> list[UnitPosition]:
        """Return the positions that changed since the last call; all of them the first time."""
        found = await positions_since(connection, self._since)
        fresh = [one for one in found if self._given.get(one.unit_id) != one.fix.occurred_at]
        self._given.update({one.unit_id: one.fix.occurred_at for one in fresh})
        if found:
            newest = found[-1].fix.recorded_at
            self._since = max(newest, self._since or newest)
        return fresh


# -- who sees what


def _sees_waiting(access: Access) -> Condition:
    return true() if access.is_everything else false()


def _sees_incident(access: Access) -> Condition:
    row, order = schema.incident.columns, schema.assignment.columns
    if access.is_everything:
        return true()
    ways: list[Condition] = []
    if access.agency is not None:
        ways.append(row.agencies.any_() == access.agency)
    if access.unit is not None:
        working = select(order.incident_id).where(
            order.unit_id == access.unit, order.released_at.is_(None)
        )
        ways.append(row.id.in_(working))
    return or_(*ways)


def _sees_call(access: Access) -> Condition:
    if access.is_everything:
        return true()
    incidents = select(schema.incident.columns.id).where(_sees_incident(access))
    return schema.call.columns.incident_id.in_(incidents)


def _sees_unit(access: Access) -> Condition:
    row = schema.unit.columns
    if access.is_everything:
        return true()
    ways: list[Condition] = []
    if access.agency is not None:
        ways.append(row.agency == access.agency)
    if access.unit is not None:
        ways.append(row.id == access.unit)
    return or_(*ways)


def _sees_alarm(access: Access) -> Condition:
    if access.is_everything:
        return true()
    if access.agency is None:
        return false()
    return schema.alarm.columns.agency == access.agency


# -- pages and shapes


def _by_id(values: Sequence[Call | Incident | Unit | Alarm]) -> dict[str, JsonObject]:
    return {str(value.id): object_json(value) for value in values}


def _one(found: Sequence[Call | Incident | Unit | Alarm], word: str, identity: UUID) -> JsonObject:
    if not found:
        raise NotFound(
            f"There is no {word} {identity} that you may see. Look it up in the list.",
            id=str(identity),
        )
    return object_json(found[0])


def _paged(query: Select[Any], table: Table, instant: str, page: Page) -> Select[Any]:
    """Narrow the query to one page and one more, which tells whether there is a next page."""
    if not 1 <= page.limit <= PAGE_MAX:
        raise Invalid(f"limit must be 1 to {PAGE_MAX}.", field="limit")
    key = tuple_(table.columns[instant], table.columns["id"])
    if page.cursor is not None:
        query = query.where(key < tuple_(*_read_cursor(page.cursor)))
    order = (table.columns[instant].desc(), table.columns["id"].desc())
    return query.order_by(*order).limit(page.limit + 1)


async def _listing(found: Sequence[T], page: Page, instant: Callable[[T], datetime]) -> Listing:
    shown = found[: page.limit]
    more = len(found) > page.limit
    if len(shown) > SHAPED_AT_ONCE:
        items = await asyncio.to_thread(_shapes, shown)
    else:
        items = _shapes(shown)
    return Listing(
        items=items,
        next_cursor=f"{instant(shown[-1]).isoformat()}~{shown[-1].id}" if more else None,
    )


def _shapes(values: Sequence[Call | Incident | Unit | Alarm]) -> list[JsonObject]:
    return [object_json(value) for value in values]


def _read_cursor(cursor: str) -> tuple[datetime, UUID]:
    instant, _, identity = cursor.partition("~")
    try:
        return datetime.fromisoformat(instant), UUID(identity)
    except ValueError:
        raise Invalid(
            "This cursor is not one of ours: take next_cursor as it was answered.",
            field="cursor",
        ) from None


def _member(kinds: type[StrEnum], value: str, *, field: str) -> str:
    try:
        return kinds(value).value
    except ValueError:
        allowed = ", ".join([OPEN, *(kind.value for kind in kinds)])
        raise Invalid(f"{field} must be one of: {allowed}.", field=field) from None
