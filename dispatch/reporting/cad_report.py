"""What is told about an import as a whole: its size, its span, every interval it can give."""

from datetime import timedelta
from typing import Any, Final

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from dispatch.domain.reporting import Grouping, Period
from dispatch.reporting.cad_store import one_import
from dispatch.reporting.intervals import response_times
from dispatch.reporting.sources import Scope
from dispatch.tables import cad_record

_FIGURES: Final = ("n", "p50", "p90", "p95", "mean", "missing", "negative")


async def report_of(connection: AsyncConnection, name: str) -> dict[str, Any]:
    """Return the import of that name with counts and intervals in whole seconds, JSON-ready.

    An interval stands here when at least one record has both its stamps.
    """
    found = await one_import(connection, name)
    first, last, identity = found.pop("first"), found.pop("last"), found.pop("id")
    scope = Scope(
        period=Period(start=first, end=last + timedelta(seconds=1)),
        timezone=found["timezone"],
        import_id=identity,
    )
    measured = await response_times(connection, scope, Grouping.NONE)
    row = cad_record.columns
    counted = select(func.count(row.incident.distinct()), func.count(row.unit.distinct())).where(
        row.import_id == identity
    )
    incidents, units = (await connection.execute(counted)).one()
    figures = measured["rows"][0]
    told = [
        {"name": one["name"], "label": one["label"], **_whole(figures[one["name"]])}
        for one in measured["intervals"]
        if figures[one["name"]]["n"]
    ]
    return {**found, "incidents": incidents, "units": units, "intervals": told}


def _whole(figure: dict[str, Any]) -> dict[str, Any]:
    """The figures with seconds as whole numbers."""
    plain = {name: figure[name] for name in _FIGURES}
    return {name: round(value) if value is not None else None for name, value in plain.items()}
