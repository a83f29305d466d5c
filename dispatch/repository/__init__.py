"""The ports on PostgreSQL: whole values, version-checked writes, row locks."""

from datetime import tzinfo

from sqlalchemy.ext.asyncio import AsyncConnection

from dispatch.ports import Geocoder, Recorder, TravelTimes, Work, Zones
from dispatch.repository.places import SqlNumbers, SqlPositions
from dispatch.repository.stores import SqlAlarms, SqlCalls, SqlIncidents, SqlUnits
from dispatch.tables import drop_partitions, ensure_partitions
from ops_center.kernel.events import Fact
from ops_center.kernel.transaction import Transaction

__all__ = [
    "SqlAlarms",
    "SqlCalls",
    "SqlIncidents",
    "SqlNumbers",
    "SqlPositions",
    "SqlUnits",
    "drop_partitions",
    "ensure_partitions",
    "reading_work",
    "work_in",
]


def work_in(
    transaction: Transaction,
    *,
    geocoder: Geocoder,
    zones: Zones,
    travel: TravelTimes,
    timezone: tzinfo,
) -> Work:
    """Return what one command works with, inside that transaction."""
    return _work(
        transaction.connection,
        transaction.record,
        geography=(geocoder, zones, travel),
        timezone=timezone,
    )


def reading_work(
    connection: AsyncConnection,
    *,
    geocoder: Geocoder,
    zones: Zones,
    travel: TravelTimes,
    timezone: tzinfo,
) -> Work:
    """Return the same for a service that only reads, such as `recommend`."""
    return _work(connection, _refuse, geography=(geocoder, zones, travel), timezone=timezone)


def _work(
    connection: AsyncConnection,
    record: Recorder,
    *,
    geography: tuple[Geocoder, Zones, TravelTimes],
    timezone: tzinfo,
) -> Work:
    geocoder, zones, travel = geography
    return Work(
        calls=SqlCalls(connection),
        incidents=SqlIncidents(connection),
        units=SqlUnits(connection),
        alarms=SqlAlarms(connection),
        positions=SqlPositions(connection),
        numbers=SqlNumbers(connection),
        geocoder=geocoder,
        zones=zones,
        travel=travel,
        record=record,
        timezone=timezone,
    )


def _refuse(*facts: Fact) -> None:
    raise AssertionError(f"a reading service recorded {[fact.kind for fact in facts]}")
