"""Percentiles of every interval, by group, computed by the database in one pass."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Float,
    FromClause,
    Integer,
    Select,
    String,
    Subquery,
    Text,
    and_,
    case,
    cast,
    column,
    func,
    literal,
    null,
    or_,
    select,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncConnection

from dispatch.domain.reporting import (
    ALL,
    GROUPS_MAX,
    INTERVALS,
    PERCENTILES,
    PROTECTED_MIN,
    TARGETED,
    Basis,
    Grouping,
    Interval,
    Stamp,
    Targets,
)
from dispatch.reporting.sources import Scope, work_of
from dispatch.tables import STAMP_COLUMNS

WORK_MEM: Final = "64MB"
PATIENCE_S: Final = 28.0  # a year; shorter than the driver's own patience
_SHARES: Final = [one / 100 for one in PERCENTILES]
_ROUND: Final = 1
_FIRST: Final = {Basis.FIRST_SENT: Stamp.DISPATCH, Basis.FIRST_THERE: Stamp.SCENE}
NOTHING: Final = {
    "n": 0, "p50": None, "p90": None, "p95": None, "mean": None, "missing": 0, "negative": 0,
    "target_s": None, "within": None,
}  # fmt: skip


async def response_times(
    connection: AsyncConnection, scope: Scope, grouping: Grouping
) -> dict[str, Any]:
    """Return for each group and interval n, percentiles, mean, target and share within it.

    Seconds; lengths below zero and missing stamps are counted beside, never in. Groups with fewer
    than PROTECTED_MIN protected incidents leave those out and say `withheld`.
    """
    await connection.execute(text(f"set local work_mem = '{WORK_MEM}'"))
    await connection.execute(text("set local jit = off"))  # compiling takes longer than counting
    await connection.execute(text(f"set local statement_timeout = '{PATIENCE_S:.0f}s'"))
    groups: dict[str | None, dict[str, Any]] = {}
    for basis in (Basis.RESPONSE, Basis.CALL):
        intervals = tuple(
            one for one in INTERVALS if (one.basis is Basis.CALL) == (basis is Basis.CALL)
        )
        query = _measured(work_of(scope, basis, grouping), scope, grouping, intervals)
        for row in (await connection.execute(query)).mappings():
            _add(groups, row, basis, intervals)
    rows = sorted(groups.values(), key=_order_of(grouping))
    return {
        "intervals": [_told(one) for one in INTERVALS],
        "rows": rows[:GROUPS_MAX],
        "truncated": len(rows) > GROUPS_MAX,
    }


def _measured(
    work: Select[Any], scope: Scope, grouping: Grouping, intervals: Sequence[Interval]
) -> Select[Any]:
    lengths = _lengths(work.subquery("work"), scope, grouping, intervals)
    protected = func.count(lengths.c.incident.distinct()).filter(lengths.c.protected)
    few = (
        select(lengths.c.grouped, protected.label("n")).group_by(lengths.c.grouped).subquery("few")
    )
    same = few.c.grouped == lengths.c.grouped
    shown = or_(~lengths.c.protected, few.c.n >= PROTECTED_MIN)
    figures = [one for interval in intervals for one in _figures(lengths, interval, shown)]
    return (
        select(
            lengths.c.grouped,
            func.count().filter(shown).label("count"),
            func.bool_or(and_(few.c.n > 0, few.c.n < PROTECTED_MIN)).label("withheld"),
            *figures,
        )
        .select_from(lengths.join(few, same))
        .group_by(lengths.c.grouped)
    )


def _lengths(
    rows: Subquery, scope: Scope, grouping: Grouping, intervals: Sequence[Interval]
) -> Any:
    aims = _Aims(rows, scope)
    # Never null, so that groups can be joined by hash: a year has 365 of days.
    grouped = func.coalesce(_group(rows, grouping, scope.timezone), "")
    columns = [_seconds(rows, one).label(one.name) for one in intervals]
    targets = [aims.of(one.clock).label(f"{one.name}_target") for one in intervals if one.clock]
    nth = [
        func.row_number()
        .over(partition_by=(grouped, rows.c.incident), order_by=rows.c[STAMP_COLUMNS[stamp]])
        .label(basis.value)
        for basis, stamp in _FIRST.items()
        if any(one.basis is basis for one in intervals)
    ]
    chosen = select(
        grouped.label("grouped"), rows.c.incident, rows.c.protected, *columns, *targets, *nth
    )
    return chosen.select_from(aims.joined).cte("lengths").prefix_with("materialized")


def _group(rows: Subquery, grouping: Grouping, timezone: str) -> ColumnElement[Any]:
    local = func.timezone(timezone, rows.c.at)
    match grouping:
        case Grouping.NONE:
            return literal(ALL, Text)
        case Grouping.HOUR:
            return func.to_char(local, "HH24")
        case Grouping.DAY:
            return func.to_char(local, "YYYY-MM-DD")
        case Grouping.PRIORITY:
            return cast(rows.c.priority, Text)
        case Grouping.TYPE | Grouping.ZONE | Grouping.AGENCY:
            return cast(rows.c[grouping.value], Text)


def _seconds(rows: Subquery, interval: Interval) -> ColumnElement[Any]:
    ends = [rows.c[STAMP_COLUMNS[one]] for one in interval.ends]
    end = ends[0] if len(ends) == 1 else func.coalesce(*ends)
    length = func.extract("epoch", end - rows.c[STAMP_COLUMNS[interval.start]])
    return cast(length, Float)


def _figures(lengths: Any, interval: Interval, shown: Any) -> list[ColumnElement[Any]]:
    length, name = lengths.c[interval.name], interval.name
    if interval.basis in _FIRST:
        shown = and_(shown, lengths.c[interval.basis.value] == 1)
    good = and_(length >= 0, shown)
    shares = cast(_SHARES, ARRAY(Float))
    found: list[ColumnElement[Any]] = [
        func.count().filter(good).label(f"{name}_n"),
        func.percentile_disc(shares).within_group(length).filter(good).label(f"{name}_p"),
        func.avg(length).filter(good).label(f"{name}_mean"),
        func.count().filter(and_(length.is_(None), shown)).label(f"{name}_missing"),
        func.count().filter(and_(length < 0, shown)).label(f"{name}_negative"),
    ]
    if interval.clock:
        target = lengths.c[f"{name}_target"]
        aimed = and_(good, target.is_not(None))
        found += [
            func.min(target).filter(shown).label(f"{name}_target_low"),
            func.max(target).filter(shown).label(f"{name}_target_high"),
            func.count().filter(aimed).label(f"{name}_aimed"),
            func.count().filter(and_(aimed, length <= target)).label(f"{name}_within"),
        ]
    return found


class _Aims:
    """The targets, joined to the work as tables with one column for each clock."""

    def __init__(self, rows: Subquery, scope: Scope) -> None:
        self._usual = scope.targets.usual
        # Types and priorities of another centre mean something else: only the usual ones hold.
        own = scope.is_own
        self._exact = _table("exact", _by_type(scope.targets) if own else [])
        self._near = _table("near", _by_priority(scope.targets) if own else [])
        exact, near = self._exact.c, self._near.c
        same = and_(
            exact.type == rows.c.type,
            exact.priority == rows.c.priority,
            exact.agency == rows.c.agency,
        )
        alike = and_(near.priority == rows.c.priority, near.agency == rows.c.agency)
        self.joined: FromClause = rows.outerjoin(self._exact, same).outerjoin(self._near, alike)

    def of(self, clock: str) -> ColumnElement[Any]:
        """The target of the closest fit; a row of a type may well say that there is none."""
        usual = self._usual.get(clock)
        return case(
            (self._exact.c.type.is_not(None), self._exact.c[clock]),
            (self._near.c.priority.is_not(None), self._near.c[clock]),
            else_=cast(null() if usual is None else usual, Float),
        )


def _table(name: str, rows: list[dict[str, Any]]) -> Any:
    shape: list[ColumnElement[Any]] = [
        column("type", String),
        column("priority", Integer),
        column("agency", String),
        *(column(clock, Float) for clock in TARGETED),
    ]
    told = func.jsonb_to_recordset(cast(literal(rows, JSONB), JSONB))
    return told.table_valued(*shape, name=name).render_derived(with_types=True)


def _by_type(targets: Targets) -> list[dict[str, Any]]:
    return [
        {"type": kind, "priority": priority, "agency": agency, **aims}
        for (kind, priority, agency), aims in targets.by_type.items()
    ]


def _by_priority(targets: Targets) -> list[dict[str, Any]]:
    return [
        {"priority": priority, "agency": agency, **aims}
        for (priority, agency), aims in targets.by_priority.items()
    ]


def _add(
    groups: dict[str | None, dict[str, Any]],
    row: Mapping[Any, Any],
    basis: Basis,
    intervals: Sequence[Interval],
) -> None:
    key = row["grouped"] or None
    group = groups.setdefault(
        key, {"group": key, "label": key or "", "count": 0, "calls": 0, "withheld": False}
    )
    group["calls" if basis is Basis.CALL else "count"] = row["count"]
    group["withheld"] = group["withheld"] or bool(row["withheld"])
    for one in intervals:
        group[one.name] = _figure(row, one)
    for one in INTERVALS:
        group.setdefault(one.name, NOTHING)


def _figure(row: Mapping[Any, Any], interval: Interval) -> dict[str, Any]:
    name = interval.name
    found = row[f"{name}_p"] or [None] * len(PERCENTILES)
    figure = {
        "n": row[f"{name}_n"],
        **{f"p{one}": _rounded(value) for one, value in zip(PERCENTILES, found, strict=True)},
        "mean": _rounded(row[f"{name}_mean"]),
        "missing": row[f"{name}_missing"],
        "negative": row[f"{name}_negative"],
        "target_s": None,
        "within": None,
    }
    if interval.clock and row[f"{name}_aimed"]:
        low, high = row[f"{name}_target_low"], row[f"{name}_target_high"]
        figure["target_s"] = low if low == high else None  # several targets in one group
        figure["within"] = round(row[f"{name}_within"] / row[f"{name}_aimed"], 4)
    return figure


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(float(value), _ROUND)


def _order_of(grouping: Grouping) -> Any:
    if grouping in {Grouping.TYPE, Grouping.ZONE, Grouping.AGENCY}:
        return lambda group: (group["group"] is None, -group["count"], group["label"])
    return lambda group: (group["group"] is None, group["label"])


def _told(interval: Interval) -> dict[str, Any]:
    return {
        "name": interval.name,
        "label": interval.label,
        "start": interval.start.value,
        "ends": [one.value for one in interval.ends],
        "basis": interval.basis.value,
        "clock": interval.clock,
    }
