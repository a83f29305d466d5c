"""Columns of an incident beside its core: owner, schedule, protection, links, files, command."""

from sqlalchemy import ARRAY, Boolean, Column, DateTime, ForeignKey, Index, Integer, String, Uuid
from sqlalchemy import text as sql
from sqlalchemy.dialects.postgresql import JSONB


def incident_columns() -> tuple[Column[object], ...]:
    """Return fresh columns; all may be absent in rows of before."""
    return (
        Column("owner", String(128)),
        Column("protected", Boolean, nullable=False, server_default="false"),
        Column("scheduled_for", DateTime(timezone=True)),
        Column("reopened_at", DateTime(timezone=True)),
        Column("links", JSONB, nullable=False, server_default="[]"),
        Column("merged_from", ARRAY(Uuid), nullable=False, server_default="{}"),
        Column("split_from", Uuid, ForeignKey("incident.id")),
        Column("attachments", JSONB, nullable=False, server_default="[]"),
        Column("major", JSONB(none_as_null=True)),
        Column("clocks_overdue", JSONB, nullable=False, server_default="[]"),
        Column("premises", Integer, nullable=False, server_default="0"),
    )


def incident_indexes() -> tuple[Index, ...]:
    """Return the indexes of what the watch and a hand-over ask."""
    return (
        Index(
            "ix_incident_scheduled",
            "scheduled_for",
            postgresql_where=sql("status = 'scheduled'"),
        ),
        Index(
            "ix_incident_owner",
            "owner",
            postgresql_where=sql("owner is not null and status not in ('closed', 'merged')"),
        ),
    )
