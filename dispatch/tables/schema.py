"""Tables of dispatch: the current state; how it came about is in the journal."""

from enum import StrEnum

from geoalchemy2 import Geometry
from sqlalchemy import (
    ARRAY,
    Boolean,
    CheckConstraint,
    Column,
    Computed,
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
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from dispatch.domain.alarm import AlarmState
from dispatch.domain.call import CallState
from dispatch.domain.codes import Activity, Availability
from dispatch.domain.incident import IncidentStatus
from dispatch.domain.unit import AVAILABILITY_OF
from dispatch.tables.alarms import alarm_columns, alarm_indexes
from dispatch.tables.incident_columns import incident_columns, incident_indexes
from dispatch.tables.unit_columns import unit_columns, unit_indexes
from ops_center.kernel.database import metadata

WGS84_SRID = 4326
PLACE = "place"
ONE_ACTIVE_ASSIGNMENT = "uq_assignment_active_unit"
UNIQUE_CALLSIGN = "uq_unit_callsign"
# The last eight figures of a number, as dispatch.domain.text.caller_digits reads them.
CALLER_DIGITS = "nullif(right(regexp_replace(caller_number, '[^0-9]', '', 'g'), 8), '')"
CALLS_IN_WORK = "state in ('waiting', 'abandoned', 'taken')"


def _instant(name: str, *, nullable: bool = False) -> Column[object]:
    return Column(name, DateTime(timezone=True), nullable=nullable)


def _location() -> tuple[Column[object], ...]:
    """A place as numbers, and the same as a geometry that the database keeps in step itself."""
    return (
        Column("lon", Float),
        Column("lat", Float),
        Column("uncertainty_m", Float),
        Column("confidence", Float),
        Column(
            PLACE,
            Geometry("POINT", srid=WGS84_SRID, spatial_index=False),
            Computed(f"ST_SetSRID(ST_MakePoint(lon, lat), {WGS84_SRID})", persisted=True),
        ),
    )


def _whole_location() -> CheckConstraint:
    columns = ("lon", "lat", "uncertainty_m", "confidence")
    return CheckConstraint(f"num_nulls({', '.join(columns)}) in (0, 4)", name="whole_location")


def _one_of(column: str, kinds: type[StrEnum]) -> CheckConstraint:
    allowed = ", ".join(f"'{kind.value}'" for kind in kinds)
    return CheckConstraint(f"{column} in ({allowed})", name=column)


def _legal_pairs() -> str:
    pairs = ", ".join(
        f"('{available.value}', '{doing.value}')" for doing, available in AVAILABILITY_OF.items()
    )
    return f"(availability, activity) in ({pairs})"


incident = Table(
    "incident",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("number", String(16), nullable=False, unique=True),
    Column("version", Integer, nullable=False),
    Column("status", String(16), nullable=False),
    Column("type", String(48), nullable=False),
    Column("priority", SmallInteger, nullable=False),
    *_location(),
    Column("address", Text),
    Column("zones", JSONB, nullable=False),
    Column("narrative", Text),
    Column("plan", JSONB, nullable=False),
    Column("agencies", ARRAY(String(16)), nullable=False),
    Column("call_ids", ARRAY(Uuid), nullable=False),
    Column("alarm_ids", ARRAY(Uuid), nullable=False),
    Column("disposition", String(32)),
    Column("merged_into", Uuid, ForeignKey("incident.id")),
    _instant("opened_at"),
    _instant("closed_at", nullable=True),
    Column("overdue", Boolean, nullable=False),
    *incident_columns(),
    _whole_location(),
    _one_of("status", IncidentStatus),
    CheckConstraint("priority between 1 and 4", name="priority"),
    Index("ix_incident_place", PLACE, postgresql_using="gist"),
    Index(
        "ix_incident_open",
        "opened_at",
        postgresql_where=text("status not in ('closed', 'merged')"),
    ),
    Index("ix_incident_newest", "opened_at", "id"),
    *incident_indexes(),
    comment="What happened and who works on it, as of now",
)

call = Table(
    "call",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("number", String(16), nullable=False, unique=True),
    Column("version", Integer, nullable=False),
    Column("state", String(16), nullable=False),
    Column("source", String(32), nullable=False),
    Column("caller_number", String(32)),
    Column("narrative", Text),
    Column("address_text", Text),
    *_location(),
    Column("address", Text),
    Column("zones", JSONB, nullable=False),
    Column("incident_id", Uuid, ForeignKey("incident.id")),
    Column("taken_by", String(128)),
    Column("disposition", String(32)),
    _instant("received_at"),
    _instant("occurred_at"),
    Column("overdue", Boolean, nullable=False),
    _instant("taken_at", nullable=True),
    _instant("abandoned_at", nullable=True),
    Column("language", String(8)),
    Column("line", String(8)),
    Column("fixes", JSONB, nullable=False, server_default="[]"),
    Column("callbacks", JSONB, nullable=False, server_default="[]"),
    Column("claim_stale", Boolean, nullable=False, server_default="false"),
    Column("witness", String(8)),
    Column("rering", Boolean, nullable=False, server_default="false"),
    Column("interview", JSONB(none_as_null=True)),
    Column("external_ref", String(128)),
    _instant("acted_at", nullable=True),
    # The same telephone is written in many ways: with 0 or +595 in front, with blanks or without.
    Column("caller_digits", String(8), Computed(CALLER_DIGITS, persisted=True)),
    _whole_location(),
    _one_of("state", CallState),
    Index("ix_call_place", PLACE, postgresql_using="gist"),
    Index("ix_call_in_work", "received_at", postgresql_where=text(CALLS_IN_WORK)),
    Index("ix_call_claimed", "acted_at", postgresql_where=text("state = 'taken'")),
    Index("ix_call_to_ring", "received_at", postgresql_where=text("state = 'abandoned' or rering")),
    Index(
        "ix_call_external_ref",
        "external_ref",
        postgresql_where=text("external_ref is not null"),
    ),
    Index("ix_call_newest", "received_at", "id"),
    Index("ix_call_incident_id", "incident_id"),
    Index("ix_call_caller_digits", "caller_digits", "received_at"),
    comment="Emergency communications, as of now",
)

note = Table(
    "note",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("incident_id", Uuid, ForeignKey("incident.id"), nullable=False),
    Column("ordinal", Integer, nullable=False),
    Column("text", Text, nullable=False),
    Column("author", String(128), nullable=False),
    _instant("at"),
    Column("kind", String(16), nullable=False, server_default="general"),
    Index("uq_note_place", "incident_id", "ordinal", unique=True),
    comment="Notes of an incident, in order; never changed",
)

unit = Table(
    "unit",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("callsign", String(32), nullable=False),
    Column("version", Integer, nullable=False),
    Column("agency", String(16), nullable=False),
    Column("kind", String(32), nullable=False),
    Column("profile", String(32), nullable=False),
    Column("capabilities", ARRAY(String(32)), nullable=False),
    Column("availability", String(32), nullable=False),
    Column("activity", String(32), nullable=False),
    Column("emergency", Boolean, nullable=False),
    _instant("status_at"),
    Column("reason", Text),
    *unit_columns(),
    _one_of("availability", Availability),
    _one_of("activity", Activity),
    CheckConstraint(_legal_pairs(), name="legal_status"),
    Index(UNIQUE_CALLSIGN, "callsign", unique=True),
    *unit_indexes(),
    comment="Responders and what they do now; their incident is their active assignment",
)

assignment = Table(
    "assignment",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("incident_id", Uuid, ForeignKey("incident.id"), nullable=False),
    Column("unit_id", Uuid, ForeignKey("unit.id"), nullable=False),
    Column("ordinal", Integer, nullable=False),
    Column("callsign", String(32), nullable=False),
    _instant("assigned_at"),
    _instant("acknowledged_at", nullable=True),
    _instant("en_route_at", nullable=True),
    _instant("on_scene_at", nullable=True),
    _instant("released_at", nullable=True),
    Column("release_reason", Text),
    Column("eta_s", Float),
    Column("distance_m", Float),
    Column("override_reason", Text),
    # What it was sent as, whether that was recommended, and the best arrival there was.
    Column("role", String(48)),
    Column("recommended", Boolean),
    Column("best_eta_s", Float),
    Column("diverted_from", String(16)),
    Column("by", String(128)),
    Column("overdue", Boolean, nullable=False),
    Index("uq_assignment_place", "incident_id", "ordinal", unique=True),
    # What a unit works on or worked on last, asked for every second.
    Index("ix_assignment_unit", "unit_id", "released_at"),
    # The rule that one unit is never sent to two incidents holds even where our code is wrong.
    Index(
        ONE_ACTIVE_ASSIGNMENT,
        "unit_id",
        unique=True,
        postgresql_where=text("released_at is null"),
    ),
    comment="Which unit worked on which incident, in the order of assigning; active until released",
)

alarm = Table(
    "alarm",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("number", String(16), nullable=False, unique=True),
    Column("version", Integer, nullable=False),
    Column("state", String(16), nullable=False),
    Column("kind", String(32), nullable=False),
    Column("priority", SmallInteger, nullable=False),
    Column("agency", String(16), nullable=False),
    # No foreign key: cameras belong to another package, and an alarm outlives its camera.
    Column("camera_id", Uuid),
    Column("camera_name", Text),
    Column("zone_name", Text),
    *_location(),
    _instant("detected_at"),
    _instant("raised_at"),
    Column("snapshot", JSONB(none_as_null=True)),
    Column("incident_id", Uuid, ForeignKey("incident.id")),
    Column("reason", Text),
    Column("by", String(128)),
    Column("unit_id", Uuid, ForeignKey("unit.id")),
    Column("source_id", Uuid),
    Column("source_name", String(120)),
    Column("count", Integer, nullable=False, server_default="1"),
    _instant("repeated_at", nullable=True),
    *alarm_columns(),
    _whole_location(),
    _one_of("state", AlarmState),
    CheckConstraint("priority between 1 and 4", name="priority"),
    Index(
        "ix_alarm_open",
        "raised_at",
        postgresql_where=text("state in ('raised', 'acknowledged')"),
    ),
    Index("ix_alarm_newest", "raised_at", "id"),
    Index("ix_alarm_incident_id", "incident_id"),
    *alarm_indexes(),
    Index("ix_alarm_source_id", "source_id", postgresql_where=text("source_id is not null")),
    comment="What machines reported and what a person made of it",
)

number_series = Table(
    "number_series",
    metadata,
    Column("series", String(16), primary_key=True),
    Column("year", SmallInteger, primary_key=True),
    Column("last", Integer, nullable=False),
    comment="The last short number given in each series and local year",
)


def _fix_columns() -> tuple[Column[object], ...]:
    return (
        Column("lon", Float, nullable=False),
        Column("lat", Float, nullable=False),
        _instant("recorded_at"),
        Column("accuracy_m", Float),
        Column("speed_mps", Float),
        Column("heading_deg", Float),
        # The device says that its position is made up; unknown in rows of before.
        Column("mocked", Boolean),
    )


unit_position = Table(
    "unit_position",
    metadata,
    Column("unit_id", Uuid, ForeignKey("unit.id"), primary_key=True),
    _instant("occurred_at"),
    *_fix_columns(),
    # When a fix of the device was last refused because nobody moves so fast.
    _instant("teleported_at", nullable=True),
    Index("ix_unit_position_recorded_at", "recorded_at"),
    # Rewritten all day long: room in the page keeps the updates in place.
    postgresql_with={"fillfactor": 70},
    comment="Last known position of each unit, newest by the device's time",
)

unit_position_history = Table(
    "unit_position_history",
    metadata,
    # No foreign key: this is the busiest table, and units are never deleted.
    Column("unit_id", Uuid, primary_key=True),
    Column("occurred_at", DateTime(timezone=True), primary_key=True),
    *_fix_columns(),
    Index("ix_unit_position_history_occurred_at", "occurred_at", postgresql_using="brin"),
    postgresql_partition_by="RANGE (occurred_at)",
    comment="Where units were: one partition for each UTC day, see ensure_partitions",
)
