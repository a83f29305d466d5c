"""How dispatch lies in the database: its tables, partitions, and rows to values and back."""

from dispatch.tables.partitions import drop_partitions, ensure_partitions
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

__all__ = [
    "alarm",
    "assignment",
    "call",
    "drop_partitions",
    "ensure_partitions",
    "incident",
    "note",
    "number_series",
    "unit",
    "unit_position",
    "unit_position_history",
]
