"""Planned shifts, and who or what is signed on to which unit: each at most once."""

from sqlalchemy import (
    CheckConstraint,
    Column,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from ops_center.kernel.database import metadata

SEAT_KEY = "pk_seat"

shift = Table(
    "shift",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("unit_id", Uuid, ForeignKey("unit.id"), nullable=False),
    Column("starts_at", DateTime(timezone=True), nullable=False),
    Column("ends_at", DateTime(timezone=True), nullable=False),
    Column("crew", JSONB, nullable=False, server_default="[]"),
    Column("vehicle", String(64)),
    Column("station", String(64)),
    Column("cell", String(64)),
    Column("note", Text),
    Column("signed_on_at", DateTime(timezone=True)),
    Column("signed_off_at", DateTime(timezone=True)),
    Column("cancelled_at", DateTime(timezone=True)),
    CheckConstraint("ends_at > starts_at", name="not_backwards"),
    Index("ix_shift_newest", "starts_at", "id"),
    Index("ix_shift_unit_id", "unit_id", "starts_at"),
    Index(
        "ix_shift_to_come",
        "ends_at",
        postgresql_where=text("cancelled_at is null and signed_off_at is null"),
    ),
    comment="Who is planned on which unit from when to when",
)

seat = Table(
    "seat",
    metadata,
    # user:<name>, person:<agency>:<name> or vehicle:<agency>:<name>. The primary key is the rule:
    # nobody sits in two units, and no car carries two, even where our code is wrong.
    Column("holder", String(160), primary_key=True),
    Column("unit_id", Uuid, ForeignKey("unit.id"), nullable=False),
    Index("ix_seat_unit_id", "unit_id"),
    comment="Persons and vehicles that are signed on now, and to which unit",
)
