"""Tables of names: the search index, the centre's own local names, reports of wrong places."""

from __future__ import annotations

from geoalchemy2 import Geometry
from sqlalchemy import (
    ARRAY,
    BigInteger,
    CheckConstraint,
    Column,
    DateTime,
    Float,
    Identity,
    Index,
    Integer,
    Table,
    Text,
    Uuid,
)

from ops_center.kernel.database import metadata

_SRID = 4326
# Folded names hold only ASCII letters and digits: byte order makes one index serve "equal" and
# "begins with" alike, whatever the database's locale is.
_BYTES = "C"

search_name = Table(
    "search_name",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("source", Text, nullable=False),
    Column("street_id", Integer),
    Column("subject", Text, nullable=False),
    Column("label", Text, nullable=False),
    Column("category", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("importance", Float, nullable=False),
    Column("uncertainty_m", Float),
    Column("alias", Text(collation=_BYTES), nullable=False),
    Column("sound", Text(collation=_BYTES), nullable=False),
    Column("weight", Float, nullable=False),
    Column("geom", Geometry("POINT", srid=_SRID, spatial_index=False)),
    Index(
        "ix_search_name_alias_trigrams",
        "alias",
        postgresql_using="gin",
        postgresql_ops={"alias": "gin_trgm_ops"},
    ),
    Index("ix_search_name_alias", "alias"),
    Index("ix_search_name_sound", "sound"),
    Index("ix_search_name_street_id", "street_id"),
    Index("ix_search_name_source", "source"),
    comment="Every way of saying every name that can be searched; made from the other tables",
)

gazetteer_entry = Table(
    "gazetteer_entry",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("name", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("target", Text),
    Column("aliases", ARRAY(Text), nullable=False),
    Column("note", Text),
    Column("linked_to", Text),
    Column("changed_by", Text, nullable=False),
    Column("changed_at", DateTime(timezone=True), nullable=False),
    Column("geom", Geometry("POINT", srid=_SRID, spatial_index=False)),
    CheckConstraint("target is not null or geom is not null", name="somewhere"),
    Index("ix_gazetteer_entry_name", "name"),
    comment="Local names: own places, or more names for a street or place of the city",
)

place_report = Table(
    "place_report",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("state", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("chosen_label", Text),
    Column("chosen_lon", Float),
    Column("chosen_lat", Float),
    Column("right_lon", Float),
    Column("right_lat", Float),
    Column("note", Text),
    Column("call_id", Uuid),
    Column("reported_by", Text, nullable=False),
    Column("reported_at", DateTime(timezone=True), nullable=False),
    Column("outcome", Text),
    Column("settled_by", Text),
    Column("settled_at", DateTime(timezone=True)),
    Column("settled_note", Text),
    Column("entry_id", Uuid),
    CheckConstraint("state in ('open', 'settled')", name="state"),
    Index("ix_place_report_state", "state", "reported_at"),
    comment="What consoles say the geocoder got wrong, until a person settles it",
)
