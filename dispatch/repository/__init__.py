"""The ports on PostgreSQL: whole values, version-checked writes, row locks."""

from datetime import tzinfo

from sqlalchemy.ext.asyncio import AsyncConnection

from dispatch.ports import Geocoder, Recorder, TravelTimes, Work, Zones
from dispatch.repository.coverage import incidents_by_zone
from dispatch.repository.fleet import SqlFleet
from dispatch.repository.movements import SqlMovements
from dispatch.repository.places import SqlNumbers, SqlPositions
from dispatch.repository.premises import SqlPremises
from dispatch.repository.raw_alarms import SqlRawAlarms
from dispatch.repository.rules import SqlRules, rules_picture
from dispatch.repository.shifts import SqlShifts
from dispatch.repository.shipped import SHIPPED, shipped_rules
from dispatch.repository.sources import SqlAlarmSources, SqlLocationReports
from dispatch.repository.stores import SqlAlarms, SqlCalls, SqlIncidents, SqlUnits
from dispatch.repository.waits import SqlWaits
from dispatch.tables import drop_partitions, ensure_partitions
from ops_center.kernel.events import Fact
from ops_center.kernel.transaction import Transaction

__all__ = [
    "SHIPPED",
    "SqlAlarms",
    "SqlCalls",
    "SqlIncidents",
    "SqlMovements",
    "SqlNumbers",
    "SqlPositions",
    "SqlRules",
    "SqlShifts",
    "SqlUnits",
    "drop_partitions",
    "ensure_partitions",
    "incidents_by_zone",
    "reading_work",
    "rules_picture",
    "shipped_rules",
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
        fleet=SqlFleet(connection),
        alarms=SqlAlarms(connection),
        positions=SqlPositions(connection),
        shifts=SqlShifts(connection),
        movements=SqlMovements(connection),
        numbers=SqlNumbers(connection),
        geocoder=geocoder,
        zones=zones,
        travel=travel,
        rules=SqlRules(connection),
        waits=SqlWaits(connection),
        raw_alarms=SqlRawAlarms(connection),
        premises=SqlPremises(connection),
        location_reports=SqlLocationReports(connection),
        alarm_sources=SqlAlarmSources(connection),
        record=record,
        timezone=timezone,
    )


def _refuse(*facts: Fact) -> None:
    raise AssertionError(f"a reading service recorded {[fact.kind for fact in facts]}")
