"""What is measured: the centre's own responses and calls, or those of an import, as one shape.

Every query here has the columns `at`, `incident`, `type`, `priority`, `agency`, `zone`, `protected`
and one for each stamp, so that one definition of every interval serves all of them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import UUID

from sqlalchemy import (
    Boolean,
    ColumnElement,
    DateTime,
    Select,
    String,
    Text,
    and_,
    any_,
    case,
    cast,
    false,
    func,
    literal,
    null,
    or_,
    select,
    true,
)
from sqlalchemy.dialects.postgresql import JSONB, distinct_on

from dispatch.domain.reporting import Basis, Grouping, Period, Stamp, Targets
from dispatch.tables import STAMP_COLUMNS, assignment, cad_record, call, incident, unit
from ops_center.kernel.errors import Invalid

_INSTANT = DateTime(timezone=True)
Condition = ColumnElement[bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """Which work is looked at: whose, from when to when, in which time zone days begin.

    `agency` None means all of the centre's; `import_id` means another centre's records instead.
    """

    period: Period
    timezone: str
    agency: str | None = None
    import_id: UUID | None = None
    targets: Targets = field(default_factory=Targets)

    @property
    def is_own(self) -> bool:
        return self.import_id is None


def require_own(scope: Scope) -> None:
    """Raise Invalid where only the centre's own work can be reported on."""
    if not scope.is_own:
        raise Invalid(
            "Other centres' records hold no such thing: leave `source` out.", field="source"
        )


def work_of(scope: Scope, basis: Basis, grouping: Grouping) -> Select[Any]:
    """Return the rows to measure; grouped by zone, a row stands once for each of its zones."""
    if not scope.is_own:
        return _imported(scope, basis)
    return _own_calls(scope, grouping) if basis is Basis.CALL else _own_responses(scope, grouping)


def in_period(column: Any, period: Period) -> Condition:
    return and_(column >= period.start, column < period.end)


def of_agency(scope: Scope) -> Condition:
    """Whether an incident is among those the reader's agency takes part in."""
    if scope.agency is None:
        return true()
    return literal(scope.agency, String) == any_(incident.columns.agencies)


def _own_responses(scope: Scope, grouping: Grouping) -> Select[Any]:
    order, what, who = assignment.columns, incident.columns, unit.columns
    heard = _first_calls(scope)
    begun = _begun()
    later = or_(what.scheduled_for.is_not(None), _after_reopening())
    stamps = {
        # A call may join an incident that an alarm or a person opened before: the earlier counts.
        Stamp.RECEIVED: case((later, begun), else_=func.least(heard.columns.received_at, begun)),
        Stamp.ANSWERED: case((later, null()), else_=heard.columns.taken_at),
        Stamp.ENTRY: begun,
        Stamp.DISPATCH: order.assigned_at,
        Stamp.RESPONSE: order.en_route_at,
        Stamp.SCENE: order.on_scene_at,
        Stamp.AVAILABLE: order.released_at,
    }
    query = (
        select(
            what.opened_at.label("at"),
            cast(what.id, Text).label("incident"),
            *_what(who.agency),
            _zone(grouping),
            *_stamps(stamps),
        )
        .select_from(incident)
        .join(assignment, order.incident_id == what.id)
        .join(unit, who.id == order.unit_id)
        .outerjoin(heard, heard.columns.incident_id == what.id)
        .where(in_period(what.opened_at, scope.period))
    )
    if scope.agency is not None:
        query = query.where(who.agency == scope.agency)
    return _by_zone(query, grouping)


def _after_reopening() -> Condition:
    return assignment.columns.assigned_at >= incident.columns.reopened_at


def _begun() -> ColumnElement[Any]:
    """When help was first wanted: the opening, the time it was put off to, or the reopening."""
    what = incident.columns
    return case(
        (_after_reopening(), what.reopened_at),
        else_=func.greatest(what.opened_at, what.scheduled_for),
    )


def _own_calls(scope: Scope, grouping: Grouping) -> Select[Any]:
    row, what = call.columns, incident.columns
    # Calls that became no incident have no type; they were answered all the same.
    query = (
        select(
            row.received_at.label("at"),
            cast(row.incident_id, Text).label("incident"),
            *_what(what.agencies[1]),
            _zone(grouping),
            *_stamps({Stamp.RECEIVED: row.received_at, Stamp.ANSWERED: row.taken_at}),
        )
        .select_from(call)
        .outerjoin(incident, what.id == row.incident_id)
        .where(in_period(row.received_at, scope.period), of_agency(scope))
    )
    return _by_zone(query, grouping)


def _what(agency: Any) -> tuple[ColumnElement[Any], ...]:
    what = incident.columns
    return (
        what.type.label("type"),
        what.priority.label("priority"),
        agency.label("agency"),
        func.coalesce(what.protected, false()).label("protected"),
    )


def _first_calls(scope: Scope) -> Any:
    """For each incident of the period its earliest call, which started the clock."""
    row, what = call.columns, incident.columns
    return (
        select(
            row.incident_id,
            func.min(row.received_at).label("received_at"),
            func.min(row.taken_at).label("taken_at"),
        )
        .join(incident, what.id == row.incident_id)
        .where(in_period(what.opened_at, scope.period))
        .group_by(row.incident_id)
        .subquery("heard")
    )


_ZONES: Final = (
    func.jsonb_array_elements(incident.columns.zones).table_valued("value").lateral("zones_of")
)


def _zone(grouping: Grouping) -> ColumnElement[Any]:
    if grouping is not Grouping.ZONE:
        return cast(null(), Text).label("zone")
    name: ColumnElement[Any] = cast(_ZONES.c.value, JSONB)["name"].astext.label("zone")
    return name


def _by_zone(query: Select[Any], grouping: Grouping) -> Select[Any]:
    if grouping is not Grouping.ZONE:
        return query
    return query.outerjoin(_ZONES, true())


def _imported(scope: Scope, basis: Basis) -> Select[Any]:
    row = cad_record.columns
    stamps = {stamp: row[name] for stamp, name in STAMP_COLUMNS.items()}
    query = select(
        row.at,
        func.coalesce(row.incident, cast(row.line, Text)).label("incident"),
        row.type,
        row.priority,
        row.agency,
        cast(literal(value=False), Boolean).label("protected"),
        row.zone,
        *_stamps(stamps),
    ).where(row.import_id == scope.import_id, in_period(row.at, scope.period))
    if basis is Basis.RESPONSE:
        return query
    # A call is told once, however many units were sent.
    once = func.coalesce(row.incident, cast(row.line, Text))
    return query.ext(distinct_on(once)).order_by(once, row.at, row.line)


def _stamps(known: Mapping[Stamp, Any]) -> tuple[ColumnElement[Any], ...]:
    return tuple(
        cast(known.get(stamp, null()), _INSTANT).label(name)
        for stamp, name in STAMP_COLUMNS.items()
    )
