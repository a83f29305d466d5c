"""Dispatch: rules, interviews, fixes, shifts, clocks, reports and the rest of an incident's life."""

import geoalchemy2
import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "alarm_flood",
        sa.Column("id", sa.SmallInteger(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alarm_flood")),
        comment="One row: whether more alarms come than people can look at, and since when",
    )
    op.create_table(
        "alarm_source",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(length=32), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("agency", sa.String(length=16), nullable=False),
        sa.Column("priority", sa.SmallInteger(), nullable=False),
        sa.Column("lon", sa.Float(), nullable=False),
        sa.Column("lat", sa.Float(), nullable=False),
        sa.Column("uncertainty_m", sa.Float(), nullable=False),
        sa.Column("confidence", sa.Float(), nullable=False),
        sa.Column("repeat_window_s", sa.Integer(), nullable=False),
        sa.Column("expected_days", sa.Integer(), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("heard_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alarm_source")),
        sa.UniqueConstraint("code", name=op.f("uq_alarm_source_code")),
        comment="Panic buttons and alarm panels, and when each was last heard of",
    )
    op.create_table(
        "cad_import",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=48), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("basis", sa.String(length=16), nullable=False),
        sa.Column("timezone", sa.String(length=64), nullable=False),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("file_sha256", sa.String(length=64), nullable=False),
        sa.Column("map", postgresql.JSONB(), nullable=False),
        sa.Column("read", sa.Integer(), nullable=False),
        sa.Column("kept", sa.Integer(), nullable=False),
        sa.Column("refused", postgresql.JSONB(), nullable=False),
        sa.Column("doubtful", postgresql.JSONB(), nullable=False),
        sa.Column("first_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("imported_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cad_import")),
        sa.UniqueConstraint("name", name=op.f("uq_cad_import_name")),
        comment="Records of another centre: where they came from and how they were read",
    )
    op.create_table(
        "location_report",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("channel", sa.String(length=16), nullable=False),
        sa.Column("number", sa.String(length=32), nullable=True),
        sa.Column("digits", sa.String(length=8), nullable=True),
        sa.Column("outcome", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("notes", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("call_id", sa.Uuid(), nullable=True),
        sa.Column("method", sa.String(length=16), nullable=True),
        sa.Column("source", sa.String(length=32), nullable=True),
        sa.Column("lon", sa.Float(), nullable=True),
        sa.Column("lat", sa.Float(), nullable=True),
        sa.Column("uncertainty_m", sa.Float(), nullable=True),
        sa.Column("confidence", sa.Float(), nullable=True),
        sa.Column("measured_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("speed_mps", sa.Float(), nullable=True),
        sa.Column("heading_deg", sa.Float(), nullable=True),
        sa.Column("floor", sa.String(length=16), nullable=True),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "num_nulls(lon, lat, uncertainty_m, confidence) in (0, 4)",
            name=op.f("ck_location_report_whole"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_location_report")),
        comment="Messages about where callers are, for a day: joined, waiting or set aside",
    )
    op.create_index(
        "ix_location_report_received_at", "location_report", ["received_at", "id"], unique=False
    )
    op.create_index(
        "ix_location_report_waiting",
        "location_report",
        ["received_at"],
        unique=False,
        postgresql_where=sa.text("outcome = 'waiting'"),
    )
    op.create_table(
        "premise",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("lon", sa.Float(), nullable=False),
        sa.Column("lat", sa.Float(), nullable=False),
        sa.Column("uncertainty_m", sa.Float(), nullable=False),
        sa.Column("confidence", sa.Float(), nullable=False),
        sa.Column(
            "place",
            geoalchemy2.Geometry(
                geometry_type="POINT", srid=4326, dimension=2, spatial_index=False
            ),
            sa.Computed("ST_SetSRID(ST_MakePoint(lon, lat), 4326)", persisted=True),
            nullable=True,
        ),
        sa.Column("radius_m", sa.Float(), nullable=False),
        sa.Column("valid_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("protected", sa.Boolean(), nullable=False),
        sa.Column("by", sa.String(length=128), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_premise")),
        comment="What is known of places: hazards, access, earlier violence; removed ones stay",
    )
    op.create_index("ix_premise_newest", "premise", ["at", "id"], unique=False)
    op.create_index(
        "ix_premise_place",
        "premise",
        ["place"],
        unique=False,
        postgresql_using="gist",
        postgresql_where=sa.text("removed_at is null"),
    )
    op.create_table(
        "raw_alarm",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("alarm_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("priority", sa.SmallInteger(), nullable=False),
        sa.Column("agency", sa.String(length=16), nullable=False),
        sa.Column("detected_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("camera_id", sa.Uuid(), nullable=True),
        sa.Column("camera_name", sa.Text(), nullable=True),
        sa.Column("zone_name", sa.Text(), nullable=True),
        sa.Column("source_id", sa.Uuid(), nullable=True),
        sa.Column("lon", sa.Float(), nullable=True),
        sa.Column("lat", sa.Float(), nullable=True),
        sa.Column("uncertainty_m", sa.Float(), nullable=True),
        sa.Column("confidence", sa.Float(), nullable=True),
        sa.Column("snapshot_sha256", sa.String(length=64), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_raw_alarm")),
        comment="Every report of a machine as it came; alarm_id is the line it got or is counted on",
    )
    op.create_index("ix_raw_alarm_alarm_id", "raw_alarm", ["alarm_id", "recorded_at"], unique=False)
    op.create_index(
        "ix_raw_alarm_camera_id",
        "raw_alarm",
        ["camera_id", "recorded_at"],
        unique=False,
        postgresql_where=sa.text("camera_id is not null"),
    )
    op.create_index("ix_raw_alarm_newest", "raw_alarm", ["recorded_at", "id"], unique=False)
    op.create_table(
        "rule_document",
        sa.Column("name", sa.String(length=48), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("document", postgresql.JSONB(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by", sa.String(length=128), nullable=False),
        sa.PrimaryKeyConstraint("name", "version", name=op.f("pk_rule_document")),
        comment="Every version of every rule document; never changed, never deleted",
    )
    op.create_table(
        "cad_record",
        sa.Column("import_id", sa.Uuid(), nullable=False),
        sa.Column("line", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("incident", sa.String(length=64), nullable=True),
        sa.Column("unit", sa.String(length=64), nullable=True),
        sa.Column("type", sa.String(length=128), nullable=True),
        sa.Column("priority", sa.SmallInteger(), nullable=True),
        sa.Column("agency", sa.String(length=64), nullable=True),
        sa.Column("zone", sa.String(length=128), nullable=True),
        sa.Column("disposition", sa.String(length=128), nullable=True),
        sa.Column("lon", sa.Float(), nullable=True),
        sa.Column("lat", sa.Float(), nullable=True),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("entry_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("dispatch_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("response_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("scene_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("transport_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("hospital_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("available_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["import_id"],
            ["cad_import.id"],
            name=op.f("fk_cad_record_import_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("import_id", "line", name=op.f("pk_cad_record")),
        comment="A row of another centre's records: one unit's work, or one call",
    )
    op.create_index("ix_cad_record_at", "cad_record", ["import_id", "at"], unique=False)
    op.create_table(
        "looking",
        sa.Column("incident_id", sa.Uuid(), nullable=False),
        sa.Column("username", sa.String(length=128), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("beat_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["incident_id"], ["incident.id"], name=op.f("fk_looking_incident_id")
        ),
        sa.PrimaryKeyConstraint("incident_id", "username", name=op.f("pk_looking")),
        comment="Who has which incident open, by the last beat of their screen",
        prefixes=["UNLOGGED"],
    )
    op.create_index("ix_looking_beat_at", "looking", ["beat_at"], unique=False)
    op.create_table(
        "rule_current",
        sa.Column("name", sa.String(length=48), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["name", "version"], ["rule_document.name", "rule_document.version"], name="version"
        ),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_rule_current")),
        comment="The version in force of each rule document that was ever edited",
    )
    op.create_table(
        "seat",
        sa.Column("holder", sa.String(length=160), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_seat_unit_id")),
        sa.PrimaryKeyConstraint("holder", name=op.f("pk_seat")),
        comment="Persons and vehicles that are signed on now, and to which unit",
    )
    op.create_index("ix_seat_unit_id", "seat", ["unit_id"], unique=False)
    op.create_table(
        "shift",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("crew", postgresql.JSONB(), server_default="[]", nullable=False),
        sa.Column("vehicle", sa.String(length=64), nullable=True),
        sa.Column("station", sa.String(length=64), nullable=True),
        sa.Column("cell", sa.String(length=64), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("signed_on_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("signed_off_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_shift_not_backwards")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_shift_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shift")),
        comment="Who is planned on which unit from when to when",
    )
    op.create_index("ix_shift_newest", "shift", ["starts_at", "id"], unique=False)
    op.create_index(
        "ix_shift_to_come",
        "shift",
        ["ends_at"],
        unique=False,
        postgresql_where=sa.text("cancelled_at is null and signed_off_at is null"),
    )
    op.create_index("ix_shift_unit_id", "shift", ["unit_id", "starts_at"], unique=False)
    op.add_column("alarm", sa.Column("source_id", sa.Uuid(), nullable=True))
    op.add_column("alarm", sa.Column("source_name", sa.String(length=120), nullable=True))
    op.add_column("alarm", sa.Column("count", sa.Integer(), server_default="1", nullable=False))
    op.add_column("alarm", sa.Column("repeated_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("alarm", sa.Column("group", sa.String(length=64), nullable=True))
    op.add_column(
        "alarm",
        sa.Column(
            "chatter_key",
            sa.Text(),
            sa.Computed(
                "coalesce(camera_id, source_id)::text || '|' || coalesce(zone_name, '') || '|' || \"group\"",
                persisted=True,
            ),
            nullable=True,
        ),
    )
    op.add_column("alarm", sa.Column("shelved_until", sa.DateTime(timezone=True), nullable=True))
    op.add_column("alarm", sa.Column("shelved_by", sa.String(length=128), nullable=True))
    op.add_column("alarm", sa.Column("shelved_reason", sa.Text(), nullable=True))
    op.create_index(
        "ix_alarm_chatter",
        "alarm",
        ["chatter_key", "raised_at"],
        unique=False,
        postgresql_where=sa.text("state in ('raised', 'acknowledged')"),
    )
    op.create_index(
        "ix_alarm_shelved",
        "alarm",
        ["shelved_until"],
        unique=False,
        postgresql_where=sa.text(
            "shelved_until is not null and state in ('raised', 'acknowledged')"
        ),
    )
    op.create_index(
        "ix_alarm_source_id",
        "alarm",
        ["source_id"],
        unique=False,
        postgresql_where=sa.text("source_id is not null"),
    )
    op.add_column("assignment", sa.Column("role", sa.String(length=48), nullable=True))
    op.add_column("assignment", sa.Column("recommended", sa.Boolean(), nullable=True))
    op.add_column("assignment", sa.Column("best_eta_s", sa.Float(), nullable=True))
    op.add_column("assignment", sa.Column("diverted_from", sa.String(length=16), nullable=True))
    op.add_column("assignment", sa.Column("by", sa.String(length=128), nullable=True))
    op.create_index("ix_assignment_unit", "assignment", ["unit_id", "released_at"], unique=False)
    op.add_column("call", sa.Column("taken_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("call", sa.Column("abandoned_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("call", sa.Column("language", sa.String(length=8), nullable=True))
    op.add_column("call", sa.Column("line", sa.String(length=8), nullable=True))
    op.add_column(
        "call", sa.Column("fixes", postgresql.JSONB(), server_default="[]", nullable=False)
    )
    op.add_column(
        "call", sa.Column("callbacks", postgresql.JSONB(), server_default="[]", nullable=False)
    )
    op.add_column(
        "call", sa.Column("claim_stale", sa.Boolean(), server_default="false", nullable=False)
    )
    op.add_column("call", sa.Column("witness", sa.String(length=8), nullable=True))
    op.add_column("call", sa.Column("rering", sa.Boolean(), server_default="false", nullable=False))
    op.add_column(
        "call",
        sa.Column(
            "interview",
            postgresql.JSONB(
                none_as_null=True,
            ),
            nullable=True,
        ),
    )
    op.add_column("call", sa.Column("external_ref", sa.String(length=128), nullable=True))
    op.add_column("call", sa.Column("acted_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column(
        "call",
        sa.Column(
            "caller_digits",
            sa.String(length=8),
            sa.Computed(
                "nullif(right(regexp_replace(caller_number, '[^0-9]', '', 'g'), 8), '')",
                persisted=True,
            ),
            nullable=True,
        ),
    )
    op.drop_index(op.f("ix_call_caller_number"), table_name="call")
    op.drop_index(
        op.f("ix_call_open"),
        table_name="call",
        postgresql_where="((state)::text = ANY ((ARRAY['waiting'::character varying, 'taken'::character varying])::text[]))",
    )
    op.create_index("ix_call_caller_digits", "call", ["caller_digits", "received_at"], unique=False)
    op.create_index(
        "ix_call_claimed",
        "call",
        ["acted_at"],
        unique=False,
        postgresql_where=sa.text("state = 'taken'"),
    )
    op.create_index(
        "ix_call_external_ref",
        "call",
        ["external_ref"],
        unique=False,
        postgresql_where=sa.text("external_ref is not null"),
    )
    op.create_index(
        "ix_call_in_work",
        "call",
        ["received_at"],
        unique=False,
        postgresql_where=sa.text("state in ('waiting', 'abandoned', 'taken')"),
    )
    op.create_index(
        "ix_call_to_ring",
        "call",
        ["received_at"],
        unique=False,
        postgresql_where=sa.text("state = 'abandoned' or rering"),
    )
    op.add_column("incident", sa.Column("owner", sa.String(length=128), nullable=True))
    op.add_column(
        "incident", sa.Column("protected", sa.Boolean(), server_default="false", nullable=False)
    )
    op.add_column("incident", sa.Column("scheduled_for", sa.DateTime(timezone=True), nullable=True))
    op.add_column("incident", sa.Column("reopened_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column(
        "incident", sa.Column("links", postgresql.JSONB(), server_default="[]", nullable=False)
    )
    op.add_column(
        "incident",
        sa.Column("merged_from", sa.ARRAY(sa.Uuid()), server_default="{}", nullable=False),
    )
    op.add_column("incident", sa.Column("split_from", sa.Uuid(), nullable=True))
    op.add_column(
        "incident",
        sa.Column("attachments", postgresql.JSONB(), server_default="[]", nullable=False),
    )
    op.add_column(
        "incident",
        sa.Column(
            "major",
            postgresql.JSONB(
                none_as_null=True,
            ),
            nullable=True,
        ),
    )
    op.add_column(
        "incident",
        sa.Column("clocks_overdue", postgresql.JSONB(), server_default="[]", nullable=False),
    )
    op.add_column(
        "incident", sa.Column("premises", sa.Integer(), server_default="0", nullable=False)
    )
    op.create_index(
        "ix_incident_owner",
        "incident",
        ["owner"],
        unique=False,
        postgresql_where=sa.text("owner is not null and status not in ('closed', 'merged')"),
    )
    op.create_index(
        "ix_incident_scheduled",
        "incident",
        ["scheduled_for"],
        unique=False,
        postgresql_where=sa.text("status = 'scheduled'"),
    )
    op.create_foreign_key(
        op.f("fk_incident_split_from"), "incident", "incident", ["split_from"], ["id"]
    )
    op.add_column(
        "note", sa.Column("kind", sa.String(length=16), server_default="general", nullable=False)
    )
    op.add_column("unit", sa.Column("status", sa.String(length=48), nullable=True))
    op.add_column(
        "unit",
        sa.Column("status_source", sa.String(length=16), server_default="said", nullable=False),
    )
    op.add_column("unit", sa.Column("out_reason", sa.String(length=48), nullable=True))
    op.add_column("unit", sa.Column("hospital", sa.Text(), nullable=True))
    op.add_column(
        "unit", sa.Column("crew", postgresql.JSONB(), server_default="[]", nullable=False)
    )
    op.add_column("unit", sa.Column("vehicle", sa.String(length=64), nullable=True))
    op.add_column("unit", sa.Column("station", sa.String(length=64), nullable=True))
    op.add_column("unit", sa.Column("cell", sa.String(length=64), nullable=True))
    op.add_column(
        "unit",
        sa.Column("equipment", sa.ARRAY(sa.String(length=64)), server_default="{}", nullable=False),
    )
    op.add_column(
        "unit",
        sa.Column(
            "shift",
            postgresql.JSONB(
                none_as_null=True,
            ),
            nullable=True,
        ),
    )
    op.add_column(
        "unit",
        sa.Column(
            "proposal",
            postgresql.JSONB(
                none_as_null=True,
            ),
            nullable=True,
        ),
    )
    op.add_column(
        "unit",
        sa.Column(
            "refused",
            postgresql.JSONB(
                none_as_null=True,
            ),
            nullable=True,
        ),
    )
    op.add_column(
        "unit",
        sa.Column(
            "disagreement",
            postgresql.JSONB(
                none_as_null=True,
            ),
            nullable=True,
        ),
    )
    op.add_column("unit", sa.Column("welfare_interval_s", sa.Integer(), nullable=True))
    op.add_column("unit", sa.Column("welfare_due_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column(
        "unit", sa.Column("welfare_missed", sa.Integer(), server_default="0", nullable=False)
    )
    op.add_column(
        "unit", sa.Column("welfare_by_hand", sa.Boolean(), server_default="false", nullable=False)
    )
    op.add_column(
        "unit", sa.Column("cross_staffs", sa.ARRAY(sa.Uuid()), server_default="{}", nullable=False)
    )
    op.add_column("unit", sa.Column("busy_since", sa.DateTime(timezone=True), nullable=True))
    op.add_column(
        "unit", sa.Column("rest_due", sa.Boolean(), server_default="false", nullable=False)
    )
    op.add_column("unit", sa.Column("emergency_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column(
        "unit",
        sa.Column(
            "emergency_location",
            postgresql.JSONB(
                none_as_null=True,
            ),
            nullable=True,
        ),
    )
    op.add_column("unit", sa.Column("emergency_fix_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column(
        "unit", sa.Column("emergency_acknowledged_by", sa.String(length=128), nullable=True)
    )
    op.create_index(
        "ix_unit_welfare_due",
        "unit",
        ["welfare_due_at"],
        unique=False,
        postgresql_where=sa.text("welfare_due_at is not null"),
    )
    op.add_column("unit_position", sa.Column("mocked", sa.Boolean(), nullable=True))
    op.add_column(
        "unit_position", sa.Column("teleported_at", sa.DateTime(timezone=True), nullable=True)
    )
    op.add_column("unit_position_history", sa.Column("mocked", sa.Boolean(), nullable=True))
    op.drop_constraint(op.f("ck_incident_status"), "incident", type_="check")
    op.create_check_constraint(
        op.f("ck_incident_status"),
        "incident",
        "status in ('scheduled', 'new', 'dispatched', 'en_route', 'on_scene', 'closed', 'merged')",
    )
    op.drop_constraint(op.f("ck_call_state"), "call", type_="check")
    op.create_check_constraint(
        op.f("ck_call_state"),
        "call",
        "state in ('waiting', 'abandoned', 'taken', 'linked', 'closed')",
    )


def downgrade() -> None:
    op.drop_constraint(op.f("ck_incident_status"), "incident", type_="check")
    op.execute(
        "alter table \"incident\" add constraint ck_incident_status check (status::text = ANY (ARRAY['new'::character varying, 'dispatched'::character varying, 'en_route'::character varying, 'on_scene'::character varying, 'closed'::character varying, 'merged'::character varying]::text[])) not valid"
    )
    op.drop_constraint(op.f("ck_call_state"), "call", type_="check")
    op.execute(
        "alter table \"call\" add constraint ck_call_state check (state::text = ANY (ARRAY['waiting'::character varying, 'taken'::character varying, 'linked'::character varying, 'closed'::character varying]::text[])) not valid"
    )
    op.drop_column("unit_position_history", "mocked")
    op.drop_column("unit_position", "teleported_at")
    op.drop_column("unit_position", "mocked")
    op.drop_index(
        "ix_unit_welfare_due",
        table_name="unit",
        postgresql_where=sa.text("welfare_due_at is not null"),
    )
    op.drop_column("unit", "emergency_acknowledged_by")
    op.drop_column("unit", "emergency_fix_at")
    op.drop_column("unit", "emergency_location")
    op.drop_column("unit", "emergency_at")
    op.drop_column("unit", "rest_due")
    op.drop_column("unit", "busy_since")
    op.drop_column("unit", "cross_staffs")
    op.drop_column("unit", "welfare_by_hand")
    op.drop_column("unit", "welfare_missed")
    op.drop_column("unit", "welfare_due_at")
    op.drop_column("unit", "welfare_interval_s")
    op.drop_column("unit", "disagreement")
    op.drop_column("unit", "refused")
    op.drop_column("unit", "proposal")
    op.drop_column("unit", "shift")
    op.drop_column("unit", "equipment")
    op.drop_column("unit", "cell")
    op.drop_column("unit", "station")
    op.drop_column("unit", "vehicle")
    op.drop_column("unit", "crew")
    op.drop_column("unit", "hospital")
    op.drop_column("unit", "out_reason")
    op.drop_column("unit", "status_source")
    op.drop_column("unit", "status")
    op.drop_column("note", "kind")
    op.drop_constraint(op.f("fk_incident_split_from"), "incident", type_="foreignkey")
    op.drop_index(
        "ix_incident_scheduled",
        table_name="incident",
        postgresql_where=sa.text("status = 'scheduled'"),
    )
    op.drop_index(
        "ix_incident_owner",
        table_name="incident",
        postgresql_where=sa.text("owner is not null and status not in ('closed', 'merged')"),
    )
    op.drop_column("incident", "premises")
    op.drop_column("incident", "clocks_overdue")
    op.drop_column("incident", "major")
    op.drop_column("incident", "attachments")
    op.drop_column("incident", "split_from")
    op.drop_column("incident", "merged_from")
    op.drop_column("incident", "links")
    op.drop_column("incident", "reopened_at")
    op.drop_column("incident", "scheduled_for")
    op.drop_column("incident", "protected")
    op.drop_column("incident", "owner")
    op.drop_index(
        "ix_call_to_ring",
        table_name="call",
        postgresql_where=sa.text("state = 'abandoned' or rering"),
    )
    op.drop_index(
        "ix_call_in_work",
        table_name="call",
        postgresql_where=sa.text("state in ('waiting', 'abandoned', 'taken')"),
    )
    op.drop_index(
        "ix_call_external_ref",
        table_name="call",
        postgresql_where=sa.text("external_ref is not null"),
    )
    op.drop_index("ix_call_claimed", table_name="call", postgresql_where=sa.text("state = 'taken'"))
    op.drop_index("ix_call_caller_digits", table_name="call")
    op.create_index(
        op.f("ix_call_open"),
        "call",
        ["received_at"],
        unique=False,
        postgresql_where="((state)::text = ANY ((ARRAY['waiting'::character varying, 'taken'::character varying])::text[]))",
    )
    op.create_index(
        op.f("ix_call_caller_number"), "call", ["caller_number", "received_at"], unique=False
    )
    op.drop_column("call", "caller_digits")
    op.drop_column("call", "acted_at")
    op.drop_column("call", "external_ref")
    op.drop_column("call", "interview")
    op.drop_column("call", "rering")
    op.drop_column("call", "witness")
    op.drop_column("call", "claim_stale")
    op.drop_column("call", "callbacks")
    op.drop_column("call", "fixes")
    op.drop_column("call", "line")
    op.drop_column("call", "language")
    op.drop_column("call", "abandoned_at")
    op.drop_column("call", "taken_at")
    op.drop_index("ix_assignment_unit", table_name="assignment")
    op.drop_column("assignment", "by")
    op.drop_column("assignment", "diverted_from")
    op.drop_column("assignment", "best_eta_s")
    op.drop_column("assignment", "recommended")
    op.drop_column("assignment", "role")
    op.drop_index(
        "ix_alarm_source_id", table_name="alarm", postgresql_where=sa.text("source_id is not null")
    )
    op.drop_index(
        "ix_alarm_shelved",
        table_name="alarm",
        postgresql_where=sa.text(
            "shelved_until is not null and state in ('raised', 'acknowledged')"
        ),
    )
    op.drop_index(
        "ix_alarm_chatter",
        table_name="alarm",
        postgresql_where=sa.text("state in ('raised', 'acknowledged')"),
    )
    op.drop_column("alarm", "shelved_reason")
    op.drop_column("alarm", "shelved_by")
    op.drop_column("alarm", "shelved_until")
    op.drop_column("alarm", "chatter_key")
    op.drop_column("alarm", "group")
    op.drop_column("alarm", "repeated_at")
    op.drop_column("alarm", "count")
    op.drop_column("alarm", "source_name")
    op.drop_column("alarm", "source_id")
    op.drop_index("ix_shift_unit_id", table_name="shift")
    op.drop_index(
        "ix_shift_to_come",
        table_name="shift",
        postgresql_where=sa.text("cancelled_at is null and signed_off_at is null"),
    )
    op.drop_index("ix_shift_newest", table_name="shift")
    op.drop_table("shift")
    op.drop_index("ix_seat_unit_id", table_name="seat")
    op.drop_table("seat")
    op.drop_table("rule_current")
    op.drop_index("ix_looking_beat_at", table_name="looking")
    op.drop_table("looking")
    op.drop_index("ix_cad_record_at", table_name="cad_record")
    op.drop_table("cad_record")
    op.drop_table("rule_document")
    op.drop_index("ix_raw_alarm_newest", table_name="raw_alarm")
    op.drop_index(
        "ix_raw_alarm_camera_id",
        table_name="raw_alarm",
        postgresql_where=sa.text("camera_id is not null"),
    )
    op.drop_index("ix_raw_alarm_alarm_id", table_name="raw_alarm")
    op.drop_table("raw_alarm")
    op.drop_index(
        "ix_premise_place",
        table_name="premise",
        postgresql_using="gist",
        postgresql_where=sa.text("removed_at is null"),
    )
    op.drop_index("ix_premise_newest", table_name="premise")
    op.drop_table("premise")
    op.drop_index(
        "ix_location_report_waiting",
        table_name="location_report",
        postgresql_where=sa.text("outcome = 'waiting'"),
    )
    op.drop_index("ix_location_report_received_at", table_name="location_report")
    op.drop_table("location_report")
    op.drop_table("cad_import")
    op.drop_table("alarm_source")
    op.drop_table("alarm_flood")
