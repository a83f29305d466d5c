"""First light: the journal, people, calls, incidents, units, alarms, cameras and the city."""

import geoalchemy2
import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

EXTENSIONS = ("postgis", "pg_trgm")
# Facts people may be held to are never changed: the database itself refuses, whoever asks.
APPEND_ONLY = (
    """
    create function journal_is_append_only() returns trigger language plpgsql as $$
    begin raise exception 'the journal is append-only' using errcode = 'restrict_violation'; end $$
    """,
    """
    create trigger journal_append_only before update or delete on journal
    for each row execute function journal_is_append_only()
    """,
    """
    create trigger journal_no_truncate before truncate on journal
    for each statement execute function journal_is_append_only()
    """,
)


def upgrade() -> None:
    for extension in EXTENSIONS:
        op.execute(f"create extension if not exists {extension}")
    op.create_table(
        "app_user",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("username", sa.String(length=64), nullable=False),
        sa.Column("display_name", sa.String(length=128), nullable=False),
        sa.Column("password_hash", sa.String(length=256), nullable=False),
        sa.Column("roles", sa.ARRAY(sa.String(length=32)), nullable=False),
        sa.Column("agency", sa.String(length=16), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=True),
        sa.Column("disabled", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("failures", sa.Integer(), server_default="0", nullable=False),
        sa.Column("locked_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_app_user")),
        sa.UniqueConstraint("username", name=op.f("uq_app_user_username")),
    )
    op.create_table(
        "building",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("osm_type", sa.Text(), nullable=False),
        sa.Column("osm_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("height_m", sa.Float(), nullable=True),
        sa.Column(
            "geom",
            geoalchemy2.Geometry(
                geometry_type="MULTIPOLYGON", srid=4326, dimension=2, spatial_index=False
            ),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_building")),
    )
    op.create_index("ix_building_geom", "building", ["geom"], unique=False, postgresql_using="gist")
    op.create_table(
        "camera",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("lon", sa.Float(), nullable=False),
        sa.Column("lat", sa.Float(), nullable=False),
        sa.Column("uncertainty_m", sa.Float(), nullable=False),
        sa.Column("confidence", sa.Float(), nullable=False),
        sa.Column("heading_deg", sa.Float(), nullable=True),
        sa.Column("fov_deg", sa.Float(), nullable=False),
        sa.Column("range_m", sa.Float(), nullable=False),
        sa.Column("agency", sa.String(length=32), nullable=False),
        sa.Column("stream_url", sa.String(length=512), nullable=False),
        sa.Column(
            "stream_user",
            sa.Text(),
            nullable=True,
            comment="Read by the worker only; in no answer, fact or log",
        ),
        sa.Column(
            "stream_password",
            sa.Text(),
            nullable=True,
            comment="Read by the worker only; in no answer, fact or log",
        ),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "stream_url like 'rtsp://%' and stream_url not like '%@%'",
            name=op.f("ck_camera_plain_url"),
        ),
        sa.CheckConstraint(
            "lon between -180 and 180 and lat between -90 and 90", name=op.f("ck_camera_on_earth")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_camera")),
    )
    op.create_table(
        "city",
        sa.Column("id", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("import_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("attribution", sa.Text(), nullable=False),
        sa.Column("timezone", sa.Text(), nullable=False),
        sa.Column("zone_source", sa.Text(), nullable=False),
        sa.Column("imported_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("west", sa.Float(), nullable=False),
        sa.Column("south", sa.Float(), nullable=False),
        sa.Column("east", sa.Float(), nullable=False),
        sa.Column("north", sa.Float(), nullable=False),
        sa.Column("centre_lon", sa.Float(), nullable=False),
        sa.Column("centre_lat", sa.Float(), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_city_only_one")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_city")),
        comment="The one city this centre works in; replaced as a whole by an import",
    )
    op.create_table(
        "follower_cursor",
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_follower_cursor")),
    )
    op.create_table(
        "idempotency_key",
        sa.Column("author_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.String(length=128), nullable=False),
        sa.Column("request_digest", sa.String(length=64), nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("answer", postgresql.JSONB(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("author_id", "key", name=op.f("pk_idempotency_key")),
    )
    op.create_index(
        op.f("ix_idempotency_key_recorded_at"), "idempotency_key", ["recorded_at"], unique=False
    )
    op.create_table(
        "incident",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(length=16), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("type", sa.String(length=48), nullable=False),
        sa.Column("priority", sa.SmallInteger(), nullable=False),
        sa.Column("lon", sa.Float(), nullable=True),
        sa.Column("lat", sa.Float(), nullable=True),
        sa.Column("uncertainty_m", sa.Float(), nullable=True),
        sa.Column("confidence", sa.Float(), nullable=True),
        sa.Column(
            "place",
            geoalchemy2.Geometry(
                geometry_type="POINT", srid=4326, dimension=2, spatial_index=False
            ),
            sa.Computed("ST_SetSRID(ST_MakePoint(lon, lat), 4326)", persisted=True),
            nullable=True,
        ),
        sa.Column("address", sa.Text(), nullable=True),
        sa.Column("zones", postgresql.JSONB(), nullable=False),
        sa.Column("narrative", sa.Text(), nullable=True),
        sa.Column("plan", postgresql.JSONB(), nullable=False),
        sa.Column("agencies", sa.ARRAY(sa.String(length=16)), nullable=False),
        sa.Column("call_ids", sa.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("alarm_ids", sa.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("disposition", sa.String(length=32), nullable=True),
        sa.Column("merged_into", sa.Uuid(), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("overdue", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "status in ('new', 'dispatched', 'en_route', 'on_scene', 'closed', 'merged')",
            name=op.f("ck_incident_status"),
        ),
        sa.CheckConstraint(
            "num_nulls(lon, lat, uncertainty_m, confidence) in (0, 4)",
            name=op.f("ck_incident_whole_location"),
        ),
        sa.CheckConstraint("priority between 1 and 4", name=op.f("ck_incident_priority")),
        sa.ForeignKeyConstraint(
            ["merged_into"], ["incident.id"], name=op.f("fk_incident_merged_into")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incident")),
        sa.UniqueConstraint("number", name=op.f("uq_incident_number")),
        comment="What happened and who works on it, as of now",
    )
    op.create_index("ix_incident_newest", "incident", ["opened_at", "id"], unique=False)
    op.create_index(
        "ix_incident_open",
        "incident",
        ["opened_at"],
        unique=False,
        postgresql_where=sa.text("status not in ('closed', 'merged')"),
    )
    op.create_index(
        "ix_incident_place", "incident", ["place"], unique=False, postgresql_using="gist"
    )
    op.create_table(
        "journal",
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("subject_type", sa.String(length=32), nullable=False),
        sa.Column("subject", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("incident", sa.Uuid(), nullable=True),
        sa.Column("audience", sa.ARRAY(sa.String(length=64)), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=False),
        sa.Column("author_name", sa.String(length=128), nullable=False),
        sa.Column("cause", sa.Uuid(), nullable=False),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("data", postgresql.JSONB(), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_journal")),
        sa.UniqueConstraint("id", name=op.f("uq_journal_id")),
    )
    op.create_index(op.f("ix_journal_incident_seq"), "journal", ["incident", "seq"], unique=False)
    op.create_index(
        op.f("ix_journal_recorded_at"),
        "journal",
        ["recorded_at"],
        unique=False,
        postgresql_using="brin",
    )
    op.create_index(op.f("ix_journal_subject_seq"), "journal", ["subject", "seq"], unique=False)
    op.create_table(
        "number_series",
        sa.Column("series", sa.String(length=16), nullable=False),
        sa.Column("year", sa.SmallInteger(), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("series", "year", name=op.f("pk_number_series")),
        comment="The last short number given in each series and local year",
    )
    op.create_table(
        "place",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("osm_type", sa.Text(), nullable=False),
        sa.Column("osm_id", sa.BigInteger(), nullable=False),
        sa.Column("category", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("importance", sa.Float(), nullable=False),
        sa.Column(
            "geom",
            geoalchemy2.Geometry(
                geometry_type="POINT", srid=4326, dimension=2, spatial_index=False
            ),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_place")),
        comment="Points of interest and named areas: category area or poi, kind after OpenStreetMap",
    )
    op.create_index("ix_place_geom", "place", ["geom"], unique=False, postgresql_using="gist")
    op.create_index("ix_place_kind", "place", ["kind"], unique=False)
    op.create_table(
        "road_edge",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("way_id", sa.BigInteger(), nullable=False),
        sa.Column("from_node", sa.BigInteger(), nullable=False),
        sa.Column("to_node", sa.BigInteger(), nullable=False),
        sa.Column("class", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("direction", sa.SmallInteger(), nullable=False),
        sa.Column("drivable", sa.Boolean(), nullable=False),
        sa.Column("maxspeed_mps", sa.Float(), nullable=True),
        sa.Column("length_m", sa.Float(), nullable=False),
        sa.Column(
            "geom",
            geoalchemy2.Geometry(
                geometry_type="LINESTRING", srid=4326, dimension=2, spatial_index=False
            ),
            nullable=False,
        ),
        sa.CheckConstraint("direction in (-1, 0, 1)", name=op.f("ck_road_edge_direction")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_road_edge")),
        comment="Piece of a way between two junctions; direction 0 both, 1 with, -1 against the line",
    )
    op.create_index(
        "ix_road_edge_geom", "road_edge", ["geom"], unique=False, postgresql_using="gist"
    )
    op.create_table(
        "street",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("cluster", sa.Integer(), nullable=False),
        sa.Column("length_m", sa.Float(), nullable=False),
        sa.Column(
            "geom",
            geoalchemy2.Geometry(
                geometry_type="MULTILINESTRING", srid=4326, dimension=2, spatial_index=False
            ),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_street")),
        comment="All pieces of one name that lie together; the same name elsewhere is another street",
    )
    op.create_index("ix_street_geom", "street", ["geom"], unique=False, postgresql_using="gist")
    op.create_table(
        "turn_ban",
        sa.Column("from_edge", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("via_node", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("to_edge", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("from_edge", "via_node", "to_edge", name=op.f("pk_turn_ban")),
        comment="Turns that traffic signs forbid, one row for each pair of edges",
    )
    op.create_table(
        "unit",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("callsign", sa.String(length=32), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("agency", sa.String(length=16), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("profile", sa.String(length=32), nullable=False),
        sa.Column("capabilities", sa.ARRAY(sa.String(length=32)), nullable=False),
        sa.Column("availability", sa.String(length=32), nullable=False),
        sa.Column("activity", sa.String(length=32), nullable=False),
        sa.Column("emergency", sa.Boolean(), nullable=False),
        sa.Column("status_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "(availability, activity) in (('not_available', 'acknowledged'), ('not_available', 'en_route'), ('not_available', 'on_scene'), ('not_available', 'transporting'), ('not_available', 'at_hospital'), ('available', 'in_service'), ('conditionally_available', 'break'), ('not_available', 'off_duty'), ('not_available', 'out_of_service'), ('not_available', 'dispatched'))",
            name=op.f("ck_unit_legal_status"),
        ),
        sa.CheckConstraint(
            "activity in ('in_service', 'dispatched', 'acknowledged', 'en_route', 'on_scene', 'transporting', 'at_hospital', 'break', 'off_duty', 'out_of_service')",
            name=op.f("ck_unit_activity"),
        ),
        sa.CheckConstraint(
            "availability in ('available', 'conditionally_available', 'not_available')",
            name=op.f("ck_unit_availability"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unit")),
        comment="Responders and what they do now; their incident is their active assignment",
    )
    op.create_index("uq_unit_callsign", "unit", ["callsign"], unique=True)
    op.create_table(
        "unit_position_history",
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lon", sa.Float(), nullable=False),
        sa.Column("lat", sa.Float(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("accuracy_m", sa.Float(), nullable=True),
        sa.Column("speed_mps", sa.Float(), nullable=True),
        sa.Column("heading_deg", sa.Float(), nullable=True),
        sa.PrimaryKeyConstraint("unit_id", "occurred_at", name=op.f("pk_unit_position_history")),
        comment="Where units were: one partition for each UTC day, see ensure_partitions",
        postgresql_partition_by="RANGE (occurred_at)",
    )
    op.create_index(
        "ix_unit_position_history_occurred_at",
        "unit_position_history",
        ["occurred_at"],
        unique=False,
        postgresql_using="brin",
    )
    op.create_table(
        "zone",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("agency", sa.Text(), nullable=True),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("imported", sa.Boolean(), nullable=False),
        sa.Column(
            "geom",
            geoalchemy2.Geometry(
                geometry_type="MULTIPOLYGON", srid=4326, dimension=2, spatial_index=False
            ),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_zone")),
        comment="Areas of responsibility; imported ones are replaced with the city, drawn ones stay",
    )
    op.create_index("ix_zone_geom", "zone", ["geom"], unique=False, postgresql_using="gist")
    op.create_index("uq_zone_kind_code", "zone", ["kind", "code"], unique=True)
    op.create_table(
        "address_point",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("street_id", sa.Integer(), nullable=True),
        sa.Column("street", sa.Text(), nullable=False),
        sa.Column("housenumber", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=True),
        sa.Column(
            "geom",
            geoalchemy2.Geometry(
                geometry_type="POINT", srid=4326, dimension=2, spatial_index=False
            ),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["street_id"],
            ["street.id"],
            name=op.f("fk_address_point_street_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_address_point")),
    )
    op.create_index(
        "ix_address_point_geom", "address_point", ["geom"], unique=False, postgresql_using="gist"
    )
    op.create_index(
        "ix_address_point_street_id_number", "address_point", ["street_id", "number"], unique=False
    )
    op.create_table(
        "alarm",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(length=16), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("priority", sa.SmallInteger(), nullable=False),
        sa.Column("agency", sa.String(length=16), nullable=False),
        sa.Column("camera_id", sa.Uuid(), nullable=True),
        sa.Column("camera_name", sa.Text(), nullable=True),
        sa.Column("zone_name", sa.Text(), nullable=True),
        sa.Column("lon", sa.Float(), nullable=True),
        sa.Column("lat", sa.Float(), nullable=True),
        sa.Column("uncertainty_m", sa.Float(), nullable=True),
        sa.Column("confidence", sa.Float(), nullable=True),
        sa.Column(
            "place",
            geoalchemy2.Geometry(
                geometry_type="POINT", srid=4326, dimension=2, spatial_index=False
            ),
            sa.Computed("ST_SetSRID(ST_MakePoint(lon, lat), 4326)", persisted=True),
            nullable=True,
        ),
        sa.Column("detected_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("raised_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "snapshot",
            postgresql.JSONB(
                none_as_null=True,
            ),
            nullable=True,
        ),
        sa.Column("incident_id", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("by", sa.String(length=128), nullable=True),
        sa.Column("unit_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "state in ('raised', 'acknowledged', 'verified', 'dismissed')",
            name=op.f("ck_alarm_state"),
        ),
        sa.CheckConstraint(
            "num_nulls(lon, lat, uncertainty_m, confidence) in (0, 4)",
            name=op.f("ck_alarm_whole_location"),
        ),
        sa.CheckConstraint("priority between 1 and 4", name=op.f("ck_alarm_priority")),
        sa.ForeignKeyConstraint(
            ["incident_id"], ["incident.id"], name=op.f("fk_alarm_incident_id")
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_alarm_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alarm")),
        sa.UniqueConstraint("number", name=op.f("uq_alarm_number")),
        comment="What machines reported and what a person made of it",
    )
    op.create_index("ix_alarm_incident_id", "alarm", ["incident_id"], unique=False)
    op.create_index("ix_alarm_newest", "alarm", ["raised_at", "id"], unique=False)
    op.create_index(
        "ix_alarm_open",
        "alarm",
        ["raised_at"],
        unique=False,
        postgresql_where=sa.text("state in ('raised', 'acknowledged')"),
    )
    op.create_table(
        "api_key",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("label", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["user_id"], ["app_user.id"], name=op.f("fk_api_key_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_key")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_api_key_token_hash")),
    )
    op.create_index(op.f("ix_api_key_user_id"), "api_key", ["user_id"], unique=False)
    op.create_table(
        "assignment",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("incident_id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("callsign", sa.String(length=32), nullable=False),
        sa.Column("assigned_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("acknowledged_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("en_route_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("on_scene_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("released_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("release_reason", sa.Text(), nullable=True),
        sa.Column("eta_s", sa.Float(), nullable=True),
        sa.Column("distance_m", sa.Float(), nullable=True),
        sa.Column("override_reason", sa.Text(), nullable=True),
        sa.Column("overdue", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["incident_id"], ["incident.id"], name=op.f("fk_assignment_incident_id")
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_assignment_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assignment")),
        comment="Which unit worked on which incident, in the order of assigning; active until released",
    )
    op.create_index(
        "uq_assignment_active_unit",
        "assignment",
        ["unit_id"],
        unique=True,
        postgresql_where=sa.text("released_at is null"),
    )
    op.create_index("uq_assignment_place", "assignment", ["incident_id", "ordinal"], unique=True)
    op.create_table(
        "call",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(length=16), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("source", sa.String(length=32), nullable=False),
        sa.Column("caller_number", sa.String(length=32), nullable=True),
        sa.Column("narrative", sa.Text(), nullable=True),
        sa.Column("address_text", sa.Text(), nullable=True),
        sa.Column("lon", sa.Float(), nullable=True),
        sa.Column("lat", sa.Float(), nullable=True),
        sa.Column("uncertainty_m", sa.Float(), nullable=True),
        sa.Column("confidence", sa.Float(), nullable=True),
        sa.Column(
            "place",
            geoalchemy2.Geometry(
                geometry_type="POINT", srid=4326, dimension=2, spatial_index=False
            ),
            sa.Computed("ST_SetSRID(ST_MakePoint(lon, lat), 4326)", persisted=True),
            nullable=True,
        ),
        sa.Column("address", sa.Text(), nullable=True),
        sa.Column("zones", postgresql.JSONB(), nullable=False),
        sa.Column("incident_id", sa.Uuid(), nullable=True),
        sa.Column("taken_by", sa.String(length=128), nullable=True),
        sa.Column("disposition", sa.String(length=32), nullable=True),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("overdue", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "state in ('waiting', 'taken', 'linked', 'closed')", name=op.f("ck_call_state")
        ),
        sa.CheckConstraint(
            "num_nulls(lon, lat, uncertainty_m, confidence) in (0, 4)",
            name=op.f("ck_call_whole_location"),
        ),
        sa.ForeignKeyConstraint(["incident_id"], ["incident.id"], name=op.f("fk_call_incident_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_call")),
        sa.UniqueConstraint("number", name=op.f("uq_call_number")),
        comment="Emergency communications, as of now",
    )
    op.create_index("ix_call_caller_number", "call", ["caller_number", "received_at"], unique=False)
    op.create_index("ix_call_incident_id", "call", ["incident_id"], unique=False)
    op.create_index("ix_call_newest", "call", ["received_at", "id"], unique=False)
    op.create_index(
        "ix_call_open",
        "call",
        ["received_at"],
        unique=False,
        postgresql_where=sa.text("state in ('waiting', 'taken')"),
    )
    op.create_index("ix_call_place", "call", ["place"], unique=False, postgresql_using="gist")
    op.create_table(
        "camera_alarm_rule",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("camera_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("priority", sa.SmallInteger(), nullable=False),
        sa.Column("zone", postgresql.JSONB(), nullable=False),
        sa.Column("min_fraction", sa.Float(), nullable=False),
        sa.Column("hits", sa.Integer(), nullable=False),
        sa.Column("window", sa.Integer(), nullable=False),
        sa.Column("dwell_s", sa.Float(), nullable=False),
        sa.Column("rearm_s", sa.Float(), nullable=False),
        sa.Column("schedule", postgresql.JSONB(), nullable=True),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["camera_id"],
            ["camera.id"],
            name=op.f("fk_camera_alarm_rule_camera_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_camera_alarm_rule")),
    )
    op.create_index(
        op.f("ix_camera_alarm_rule_camera_id"), "camera_alarm_rule", ["camera_id"], unique=False
    )
    op.create_table(
        "camera_health",
        sa.Column("camera_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.String(length=32), nullable=False),
        sa.Column("fps", sa.Float(), nullable=True),
        sa.Column("last_frame_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("mode", sa.String(length=16), nullable=True),
        sa.Column("mode_reason", sa.String(length=32), nullable=False),
        sa.Column("viewers", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["camera_id"],
            ["camera.id"],
            name=op.f("fk_camera_health_camera_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("camera_id", name=op.f("pk_camera_health")),
        comment="Last known, latest wins; a row not updated for seconds means nobody watches",
    )
    op.create_table(
        "camera_lease",
        sa.Column("camera_id", sa.Uuid(), nullable=False),
        sa.Column("worker_id", sa.Uuid(), nullable=False),
        sa.Column("control_url", sa.Text(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["camera_id"], ["camera.id"], name=op.f("fk_camera_lease_camera_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("camera_id", name=op.f("pk_camera_lease")),
    )
    op.create_index(op.f("ix_camera_lease_worker_id"), "camera_lease", ["worker_id"], unique=False)
    op.create_table(
        "camera_snapshot",
        sa.Column("alarm_id", sa.Uuid(), nullable=False),
        sa.Column("camera_id", sa.Uuid(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=True),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("captured_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["camera_id"],
            ["camera.id"],
            name=op.f("fk_camera_snapshot_camera_id"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("alarm_id", name=op.f("pk_camera_snapshot")),
        comment="One row for each camera alarm: makes its commit repeatable and finds its picture",
    )
    op.create_index(
        op.f("ix_camera_snapshot_camera_id_captured_at"),
        "camera_snapshot",
        ["camera_id", "captured_at"],
        unique=False,
    )
    op.create_index(op.f("ix_camera_snapshot_sha256"), "camera_snapshot", ["sha256"], unique=False)
    op.create_table(
        "camera_viewing",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("camera_id", sa.Uuid(), nullable=False),
        sa.Column("viewer", sa.String(length=128), nullable=False),
        sa.Column("control_url", sa.Text(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["camera_id"],
            ["camera.id"],
            name=op.f("fk_camera_viewing_camera_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_camera_viewing")),
        comment="Viewings going on now; their end is recorded even when their worker dies",
    )
    op.create_index(
        op.f("ix_camera_viewing_camera_id"), "camera_viewing", ["camera_id"], unique=False
    )
    op.create_table(
        "note",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("incident_id", sa.Uuid(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("author", sa.String(length=128), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["incident_id"], ["incident.id"], name=op.f("fk_note_incident_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_note")),
        comment="Notes of an incident, in order; never changed",
    )
    op.create_index("uq_note_place", "note", ["incident_id", "ordinal"], unique=True)
    op.create_table(
        "place_alias",
        sa.Column("place_id", sa.Integer(), nullable=False),
        sa.Column("alias", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["place_id"], ["place.id"], name=op.f("fk_place_alias_place_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("place_id", "alias", name=op.f("pk_place_alias")),
    )
    op.create_index(
        "ix_place_alias_alias",
        "place_alias",
        ["alias"],
        unique=False,
        postgresql_using="gin",
        postgresql_ops={"alias": "gin_trgm_ops"},
    )
    op.create_table(
        "street_alias",
        sa.Column("street_id", sa.Integer(), nullable=False),
        sa.Column("alias", sa.Text(), nullable=False),
        sa.Column("weight", sa.Float(), nullable=False),
        sa.ForeignKeyConstraint(
            ["street_id"], ["street.id"], name=op.f("fk_street_alias_street_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("street_id", "alias", name=op.f("pk_street_alias")),
        comment="Folded ways of saying a street's name; weight below 1 for shortened ones",
    )
    op.create_index(
        "ix_street_alias_alias",
        "street_alias",
        ["alias"],
        unique=False,
        postgresql_using="gin",
        postgresql_ops={"alias": "gin_trgm_ops"},
    )
    op.create_table(
        "street_crossing",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("a_id", sa.Integer(), nullable=False),
        sa.Column("b_id", sa.Integer(), nullable=False),
        sa.Column("spread_m", sa.Float(), nullable=False),
        sa.Column("shared", sa.Boolean(), nullable=False),
        sa.Column(
            "geom",
            geoalchemy2.Geometry(
                geometry_type="POINT", srid=4326, dimension=2, spatial_index=False
            ),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["a_id"], ["street.id"], name=op.f("fk_street_crossing_a_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["b_id"], ["street.id"], name=op.f("fk_street_crossing_b_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_street_crossing")),
        comment="Both ways (a,b) and (b,a); not shared: the streets only come near each other",
    )
    op.create_index(
        "ix_street_crossing_a_id_b_id", "street_crossing", ["a_id", "b_id"], unique=False
    )
    op.create_index("ix_street_crossing_b_id", "street_crossing", ["b_id"], unique=False)
    op.create_index(
        "ix_street_crossing_geom",
        "street_crossing",
        ["geom"],
        unique=False,
        postgresql_using="gist",
    )
    op.create_table(
        "unit_position",
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lon", sa.Float(), nullable=False),
        sa.Column("lat", sa.Float(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("accuracy_m", sa.Float(), nullable=True),
        sa.Column("speed_mps", sa.Float(), nullable=True),
        sa.Column("heading_deg", sa.Float(), nullable=True),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_unit_position_unit_id")),
        sa.PrimaryKeyConstraint("unit_id", name=op.f("pk_unit_position")),
        comment="Last known position of each unit, newest by the device's time",
        postgresql_with={"fillfactor": 70},
    )
    op.create_index("ix_unit_position_recorded_at", "unit_position", ["recorded_at"], unique=False)
    op.create_table(
        "user_session",
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("csrf_token", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["app_user.id"], name=op.f("fk_user_session_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_user_session")),
    )
    op.create_index(
        op.f("ix_user_session_expires_at"), "user_session", ["expires_at"], unique=False
    )
    op.create_index(op.f("ix_user_session_user_id"), "user_session", ["user_id"], unique=False)
    for statement in APPEND_ONLY:
        op.execute(statement)


def downgrade() -> None:
    op.execute("drop function journal_is_append_only() cascade")
    op.drop_index(op.f("ix_user_session_user_id"), table_name="user_session")
    op.drop_index(op.f("ix_user_session_expires_at"), table_name="user_session")
    op.drop_table("user_session")
    op.drop_index("ix_unit_position_recorded_at", table_name="unit_position")
    op.drop_table("unit_position")
    op.drop_index("ix_street_crossing_geom", table_name="street_crossing", postgresql_using="gist")
    op.drop_index("ix_street_crossing_b_id", table_name="street_crossing")
    op.drop_index("ix_street_crossing_a_id_b_id", table_name="street_crossing")
    op.drop_table("street_crossing")
    op.drop_index(
        "ix_street_alias_alias",
        table_name="street_alias",
        postgresql_using="gin",
        postgresql_ops={"alias": "gin_trgm_ops"},
    )
    op.drop_table("street_alias")
    op.drop_index(
        "ix_place_alias_alias",
        table_name="place_alias",
        postgresql_using="gin",
        postgresql_ops={"alias": "gin_trgm_ops"},
    )
    op.drop_table("place_alias")
    op.drop_index("uq_note_place", table_name="note")
    op.drop_table("note")
    op.drop_index(op.f("ix_camera_viewing_camera_id"), table_name="camera_viewing")
    op.drop_table("camera_viewing")
    op.drop_index(op.f("ix_camera_snapshot_sha256"), table_name="camera_snapshot")
    op.drop_index(op.f("ix_camera_snapshot_camera_id_captured_at"), table_name="camera_snapshot")
    op.drop_table("camera_snapshot")
    op.drop_index(op.f("ix_camera_lease_worker_id"), table_name="camera_lease")
    op.drop_table("camera_lease")
    op.drop_table("camera_health")
    op.drop_index(op.f("ix_camera_alarm_rule_camera_id"), table_name="camera_alarm_rule")
    op.drop_table("camera_alarm_rule")
    op.drop_index("ix_call_place", table_name="call", postgresql_using="gist")
    op.drop_index(
        "ix_call_open", table_name="call", postgresql_where=sa.text("state in ('waiting', 'taken')")
    )
    op.drop_index("ix_call_newest", table_name="call")
    op.drop_index("ix_call_incident_id", table_name="call")
    op.drop_index("ix_call_caller_number", table_name="call")
    op.drop_table("call")
    op.drop_index("uq_assignment_place", table_name="assignment")
    op.drop_index(
        "uq_assignment_active_unit",
        table_name="assignment",
        postgresql_where=sa.text("released_at is null"),
    )
    op.drop_table("assignment")
    op.drop_index(op.f("ix_api_key_user_id"), table_name="api_key")
    op.drop_table("api_key")
    op.drop_index(
        "ix_alarm_open",
        table_name="alarm",
        postgresql_where=sa.text("state in ('raised', 'acknowledged')"),
    )
    op.drop_index("ix_alarm_newest", table_name="alarm")
    op.drop_index("ix_alarm_incident_id", table_name="alarm")
    op.drop_table("alarm")
    op.drop_index("ix_address_point_street_id_number", table_name="address_point")
    op.drop_index("ix_address_point_geom", table_name="address_point", postgresql_using="gist")
    op.drop_table("address_point")
    op.drop_index("uq_zone_kind_code", table_name="zone")
    op.drop_index("ix_zone_geom", table_name="zone", postgresql_using="gist")
    op.drop_table("zone")
    op.drop_index(
        "ix_unit_position_history_occurred_at",
        table_name="unit_position_history",
        postgresql_using="brin",
    )
    op.drop_table("unit_position_history")
    op.drop_index("uq_unit_callsign", table_name="unit")
    op.drop_table("unit")
    op.drop_table("turn_ban")
    op.drop_index("ix_street_geom", table_name="street", postgresql_using="gist")
    op.drop_table("street")
    op.drop_index("ix_road_edge_geom", table_name="road_edge", postgresql_using="gist")
    op.drop_table("road_edge")
    op.drop_index("ix_place_kind", table_name="place")
    op.drop_index("ix_place_geom", table_name="place", postgresql_using="gist")
    op.drop_table("place")
    op.drop_table("number_series")
    op.drop_index(op.f("ix_journal_subject_seq"), table_name="journal")
    op.drop_index(op.f("ix_journal_recorded_at"), table_name="journal", postgresql_using="brin")
    op.drop_index(op.f("ix_journal_incident_seq"), table_name="journal")
    op.drop_table("journal")
    op.drop_index("ix_incident_place", table_name="incident", postgresql_using="gist")
    op.drop_index(
        "ix_incident_open",
        table_name="incident",
        postgresql_where=sa.text("status not in ('closed', 'merged')"),
    )
    op.drop_index("ix_incident_newest", table_name="incident")
    op.drop_table("incident")
    op.drop_index(op.f("ix_idempotency_key_recorded_at"), table_name="idempotency_key")
    op.drop_table("idempotency_key")
    op.drop_table("follower_cursor")
    op.drop_table("city")
    op.drop_table("camera")
    op.drop_index("ix_building_geom", table_name="building", postgresql_using="gist")
    op.drop_table("building")
    op.drop_table("app_user")
