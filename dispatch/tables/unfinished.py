"""Which calls, incidents and alarms are not over, asked so that a year of them does not matter."""

from enum import StrEnum
from typing import Any, TypeAlias

from sqlalchemy import ColumnElement, Select, Table, select, union_all

from dispatch.domain.alarm import OPEN as OPEN_ALARMS
from dispatch.domain.alarm import AlarmState
from dispatch.domain.call import IN_WORK, CallState
from dispatch.domain.incident import OVER
from dispatch.tables import schema

Condition: TypeAlias = ColumnElement[bool]


def incident_is_open() -> Condition:
    return schema.incident.columns.status.not_in([status.value for status in OVER])


def call_is_open() -> Condition:
    row = schema.call.columns
    in_work = select(row.id).where(row.state.in_([state.value for state in IN_WORK]))
    return row.id.in_(union_all(in_work, _with_open_incident(schema.call, CallState.LINKED)))


def alarm_is_open() -> Condition:
    row = schema.alarm.columns
    undecided = select(row.id).where(row.state.in_([state.value for state in OPEN_ALARMS]))
    return row.id.in_(union_all(undecided, _with_open_incident(schema.alarm, AlarmState.VERIFIED)))


def _with_open_incident(table: Table, state: StrEnum) -> Select[Any]:
    """Ids from the few open incidents: to ask each of a year's calls would take half a second."""
    row, incident = table.columns, schema.incident.columns
    return (
        select(row.id)
        .join(schema.incident, incident.id == row.incident_id)
        .where(row.state == state.value, incident.status.not_in([one.value for one in OVER]))
    )
