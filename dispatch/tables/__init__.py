"""How dispatch lies in the database: its tables, partitions, and rows to values and back."""

from dispatch.tables.cad import STAMP_COLUMNS, cad_import, cad_record
from dispatch.tables.partitions import drop_partitions, ensure_partitions
from dispatch.tables.premises import looking, premise
from dispatch.tables.raw_alarms import alarm_flood, raw_alarm
from dispatch.tables.rules import rule_current, rule_document
from dispatch.tables.schema import (
    alarm,
    assignment,
    call,
    incident,
    note,
    number_series,
    unit,
    unit_position,
    unit_position_history,
)
from dispatch.tables.shifts import seat, shift
from dispatch.tables.sources import alarm_source, location_report

__all__ = [
    "STAMP_COLUMNS",
    "alarm",
    "alarm_flood",
    "alarm_source",
    "assignment",
    "cad_import",
    "cad_record",
    "call",
    "drop_partitions",
    "ensure_partitions",
    "incident",
    "location_report",
    "looking",
    "note",
    "number_series",
    "premise",
    "raw_alarm",
    "rule_current",
    "rule_document",
    "seat",
    "shift",
    "unit",
    "unit_position",
    "unit_position_history",
]
