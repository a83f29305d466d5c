"""Columns of a unit beside its status: crew, shift, proposals of positions, welfare, emergency."""

from sqlalchemy import ARRAY, Boolean, Column, DateTime, Index, Integer, String, Text, Uuid, text
from sqlalchemy.dialects.postgresql import JSONB


def _shape(name: str) -> Column[object]:
    return Column(name, JSONB(none_as_null=True))


def _instant(name: str) -> Column[object]:
    return Column(name, DateTime(timezone=True))


def unit_columns() -> tuple[Column[object], ...]:
    """Return fresh columns; all may be absent in rows of before."""
    return (
        Column("status", String(48)),
        Column("status_source", String(16), nullable=False, server_default="said"),
        Column("out_reason", String(48)),
        Column("hospital", Text),
        Column("crew", JSONB, nullable=False, server_default="[]"),
        Column("vehicle", String(64)),
        Column("station", String(64)),
        Column("cell", String(64)),
        Column("equipment", ARRAY(String(64)), nullable=False, server_default="{}"),
        _shape("shift"),
        _shape("proposal"),
        _shape("refused"),
        _shape("disagreement"),
        Column("welfare_interval_s", Integer),
        _instant("welfare_due_at"),
        Column("welfare_missed", Integer, nullable=False, server_default="0"),
        Column("welfare_by_hand", Boolean, nullable=False, server_default="false"),
        Column("cross_staffs", ARRAY(Uuid), nullable=False, server_default="{}"),
        _instant("busy_since"),
        Column("rest_due", Boolean, nullable=False, server_default="false"),
        _instant("emergency_at"),
        _shape("emergency_location"),
        _instant("emergency_fix_at"),
        Column("emergency_acknowledged_by", String(128)),
    )


def unit_indexes() -> tuple[Index, ...]:
    """Return the indexes of what the watch asks every second."""
    return (
        Index(
            "ix_unit_welfare_due",
            "welfare_due_at",
            postgresql_where=text("welfare_due_at is not null"),
        ),
    )
