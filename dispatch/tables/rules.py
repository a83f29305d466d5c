"""Rule documents: every version ever put, and which one is in force."""

from sqlalchemy import Column, DateTime, ForeignKeyConstraint, Integer, String, Table, Text
from sqlalchemy.dialects.postgresql import JSONB

from ops_center.kernel.database import metadata

rule_document = Table(
    "rule_document",
    metadata,
    Column("name", String(48), primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("document", JSONB, nullable=False),
    # Of the document: parsed values are kept in memory under it, whatever database it came from.
    Column("digest", String(64), nullable=False),
    Column("summary", Text, nullable=False),
    Column("changed_at", DateTime(timezone=True), nullable=False),
    Column("changed_by", String(128), nullable=False),
    comment="Every version of every rule document; never changed, never deleted",
)

rule_current = Table(
    "rule_current",
    metadata,
    Column("name", String(48), primary_key=True),
    Column("version", Integer, nullable=False),
    Column("digest", String(64), nullable=False),
    ForeignKeyConstraint(
        ["name", "version"], ["rule_document.name", "rule_document.version"], name="version"
    ),
    comment="The version in force of each rule document that was ever edited",
)
