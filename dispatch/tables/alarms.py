"""What an alarm's row holds beside its core: its group, and whether it is put aside."""

from typing import Any

from sqlalchemy import Column, Computed, DateTime, Index, RowMapping, String, Text
from sqlalchemy import text as sql

from dispatch.domain.alarm import Alarm, Shelving

# What a repetition has in common with its line, written as alarm_groups.chatter_key does.
CHATTER_KEY = (
    "coalesce(camera_id, source_id)::text || '|' || coalesce(zone_name, '') || '|' || \"group\""
)
OPEN = "state in ('raised', 'acknowledged')"


def alarm_columns() -> tuple[Column[object], ...]:
    """Return fresh columns; all may be absent in rows of before."""
    return (
        Column("group", String(64)),
        Column("chatter_key", Text, Computed(CHATTER_KEY, persisted=True)),
        Column("shelved_until", DateTime(timezone=True)),
        Column("shelved_by", String(128)),
        Column("shelved_reason", Text),
    )


def alarm_indexes() -> tuple[Index, ...]:
    """Return the indexes of what a flood and the watch ask."""
    return (
        Index("ix_alarm_chatter", "chatter_key", "raised_at", postgresql_where=sql(OPEN)),
        Index(
            "ix_alarm_shelved",
            "shelved_until",
            postgresql_where=sql(f"shelved_until is not null and {OPEN}"),
        ),
    )


def shelving_in(row: RowMapping) -> Shelving | None:
    """Return who put the alarm of that row aside, None when nobody did."""
    if row["shelved_until"] is None:
        return None
    return Shelving(until=row["shelved_until"], by=row["shelved_by"], reason=row["shelved_reason"])


def shelving_row(alarm: Alarm) -> dict[str, Any]:
    """Return the same as it is stored."""
    aside = alarm.shelved
    return {
        "shelved_until": aside.until if aside else None,
        "shelved_by": aside.by if aside else None,
        "shelved_reason": aside.reason if aside else None,
    }
