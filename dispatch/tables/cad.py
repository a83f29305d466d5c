"""Tables of other centres' records, taken over so that reports can run on them."""

from typing import Final

from sqlalchemy import (
    BigInteger,
    Column,
    DateTime,
    Float,
    ForeignKey,
    Index,
    Integer,
    SmallInteger,
    String,
    Table,
    Text,
    Uuid,
)
from sqlalchemy.dialects.postgresql import JSONB

from dispatch.domain.reporting import Stamp
from ops_center.kernel.database import metadata

STAMP_COLUMNS: Final = {stamp: f"{stamp}_at" for stamp in Stamp}

cad_import = Table(
    "cad_import",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("name", String(48), nullable=False, unique=True),
    Column("title", Text, nullable=False),
    Column("basis", String(16), nullable=False),
    Column("timezone", String(64), nullable=False),
    Column("file_name", Text, nullable=False),
    Column("file_sha256", String(64), nullable=False),
    Column("map", JSONB, nullable=False),
    Column("read", Integer, nullable=False),
    Column("kept", Integer, nullable=False),
    Column("refused", JSONB, nullable=False),
    Column("doubtful", JSONB, nullable=False),
    Column("first_at", DateTime(timezone=True)),
    Column("last_at", DateTime(timezone=True)),
    Column("imported_at", DateTime(timezone=True), nullable=False),
    comment="Records of another centre: where they came from and how they were read",
)

cad_record = Table(
    "cad_record",
    metadata,
    Column("import_id", Uuid, ForeignKey("cad_import.id", ondelete="CASCADE"), primary_key=True),
    Column("line", BigInteger, primary_key=True),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("incident", String(64)),
    Column("unit", String(64)),
    Column("type", String(128)),
    Column("priority", SmallInteger),
    Column("agency", String(64)),
    Column("zone", String(128)),
    Column("disposition", String(128)),
    Column("lon", Float),
    Column("lat", Float),
    *(Column(name, DateTime(timezone=True)) for name in STAMP_COLUMNS.values()),
    Index("ix_cad_record_at", "import_id", "at"),
    comment="A row of another centre's records: one unit's work, or one call",
)
