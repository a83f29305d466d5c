"""Geography: layers, gazetteer, closures, learned speeds, and more of the city."""

import geoalchemy2
import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "closure",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("radius_m", sa.Float(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("applies_to", sa.Text(), nullable=False),
        sa.Column("drawn_by", sa.Text(), nullable=False),
        sa.Column("drawn_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lifted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lift_cause", sa.Text(), nullable=True),
        sa.Column(
            "geom",
            geoalchemy2.Geometry(srid=4326, dimension=2, spatial_index=False),
            nullable=False,
        ),
        sa.CheckConstraint("applies_to in ('all', 'civil')", name=op.f("ck_closure_applies_to")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_closure")),
        comment="Roads closed by people of the centre; in force while now is in starts_at..until_at",
    )
    op.create_index("ix_closure_geom", "closure", ["geom"], unique=False, postgresql_using="gist")
    op.create_index("ix_closure_lifted_at", "closure", ["lifted_at"], unique=False)
    op.create_table(
        "gazetteer_entry",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("target", sa.Text(), nullable=True),
        sa.Column("aliases", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("linked_to", sa.Text(), nullable=True),
        sa.Column("changed_by", sa.Text(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "geom",
            geoalchemy2.Geometry(
                geometry_type="POINT", srid=4326, dimension=2, spatial_index=False
            ),
            nullable=True,
        ),
        sa.CheckConstraint(
            "target is not null or geom is not null", name=op.f("ck_gazetteer_entry_somewhere")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gazetteer_entry")),
        comment="Local names: own places, or more names for a street or place of the city",
    )
    op.create_index("ix_gazetteer_entry_name", "gazetteer_entry", ["name"], unique=False)
    op.create_table(
        "layer",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("zone_kind", sa.Text(), nullable=True),
        sa.Column("agency", sa.Text(), nullable=True),
        sa.Column("searchable", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("published", sa.Integer(), nullable=True),
        sa.Column("features", sa.Integer(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("west", sa.Float(), nullable=True),
        sa.Column("south", sa.Float(), nullable=True),
        sa.Column("east", sa.Float(), nullable=True),
        sa.Column("north", sa.Float(), nullable=True),
        sa.CheckConstraint("published <= version", name=op.f("ck_layer_published")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_layer")),
        comment="An agency's own layer; its features are those of the published version",
    )
    op.create_index("uq_layer_name", "layer", ["name"], unique=True)
    op.create_table(
        "learned_speed",
        sa.Column("crew", sa.Text(), nullable=False),
        sa.Column("day", sa.Text(), nullable=False),
        sa.Column("band", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("road", sa.Text(), nullable=False),
        sa.Column("bins", sa.ARRAY(sa.Integer()), nullable=False),
        sa.Column("samples", sa.Integer(), nullable=False),
        sa.Column("factor", sa.Float(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("crew", "day", "band", "road", name=op.f("pk_learned_speed")),
        comment="Observed speed over tabled speed, as a histogram and the factor drawn from it",
    )
    op.create_table(
        "place_report",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("chosen_label", sa.Text(), nullable=True),
        sa.Column("chosen_lon", sa.Float(), nullable=True),
        sa.Column("chosen_lat", sa.Float(), nullable=True),
        sa.Column("right_lon", sa.Float(), nullable=True),
        sa.Column("right_lat", sa.Float(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("call_id", sa.Uuid(), nullable=True),
        sa.Column("reported_by", sa.Text(), nullable=False),
        sa.Column("reported_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("settled_by", sa.Text(), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_note", sa.Text(), nullable=True),
        sa.Column("entry_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint("state in ('open', 'settled')", name=op.f("ck_place_report_state")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_place_report")),
        comment="What consoles say the geocoder got wrong, until a person settles it",
    )
    op.create_index("ix_place_report_state", "place_report", ["state", "reported_at"], unique=False)
    op.create_table(
        "route_line",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("ref", sa.Text(), nullable=False),
        sa.Column("ref_folded", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=True),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("part", sa.Integer(), nullable=False),
        sa.Column("from_km", sa.Float(), nullable=False),
        sa.Column("to_km", sa.Float(), nullable=False),
        sa.Column("measured_from", sa.Text(), nullable=False),
        sa.Column(
            "geom",
            geoalchemy2.Geometry(
                geometry_type="LINESTRINGM", srid=4326, dimension=3, spatial_index=False
            ),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_route_line")),
        comment="Numbered roads with the kilometre as M: ST_LocateAlong(geom, 45.5) is km 45,5",
    )
    op.create_index(
        "ix_route_line_geom", "route_line", ["geom"], unique=False, postgresql_using="gist"
    )
    op.create_index("ix_route_line_number", "route_line", ["number"], unique=False)
    op.create_index("ix_route_line_ref_folded", "route_line", ["ref_folded"], unique=False)
    op.create_table(
        "route_milestone",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("osm_id", sa.BigInteger(), nullable=False),
        sa.Column("ref", sa.Text(), nullable=True),
        sa.Column("ref_folded", sa.Text(), nullable=True),
        sa.Column("km", sa.Float(), nullable=False),
        sa.Column(
            "geom",
            geoalchemy2.Geometry(
                geometry_type="POINT", srid=4326, dimension=2, spatial_index=False
            ),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_route_milestone")),
        comment="Mapped kilometre posts (highway=milestone)",
    )
    op.create_index(
        "ix_route_milestone_geom",
        "route_milestone",
        ["geom"],
        unique=False,
        postgresql_using="gist",
    )
    op.create_index(
        "ix_route_milestone_ref_folded_km", "route_milestone", ["ref_folded", "km"], unique=False
    )
    op.create_table(
        "routing_revision",
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("subject", name=op.f("pk_routing_revision")),
        comment="Counts the changes of closures and of learned speeds, for processes that follow",
    )
    op.create_table(
        "search_name",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("street_id", sa.Integer(), nullable=True),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("category", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("importance", sa.Float(), nullable=False),
        sa.Column("uncertainty_m", sa.Float(), nullable=True),
        sa.Column("alias", sa.Text(collation="C"), nullable=False),
        sa.Column("sound", sa.Text(collation="C"), nullable=False),
        sa.Column("weight", sa.Float(), nullable=False),
        sa.Column(
            "geom",
            geoalchemy2.Geometry(
                geometry_type="POINT", srid=4326, dimension=2, spatial_index=False
            ),
            nullable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_search_name")),
        comment="Every way of saying every name that can be searched; made from the other tables",
    )
    op.create_index("ix_search_name_alias", "search_name", ["alias"], unique=False)
    op.create_index(
        "ix_search_name_alias_trigrams",
        "search_name",
        ["alias"],
        unique=False,
        postgresql_using="gin",
        postgresql_ops={"alias": "gin_trgm_ops"},
    )
    op.create_index("ix_search_name_sound", "search_name", ["sound"], unique=False)
    op.create_index("ix_search_name_source", "search_name", ["source"], unique=False)
    op.create_index("ix_search_name_street_id", "search_name", ["street_id"], unique=False)
    op.create_table(
        "city_area",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("place_id", sa.Integer(), nullable=True),
        sa.Column("osm_type", sa.Text(), nullable=False),
        sa.Column("osm_id", sa.BigInteger(), nullable=False),
        sa.Column("theme", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("admin_level", sa.SmallInteger(), nullable=True),
        sa.Column(
            "geom",
            geoalchemy2.Geometry(
                geometry_type="MULTIPOLYGON", srid=4326, dimension=2, spatial_index=False
            ),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["place_id"], ["place.id"], name=op.f("fk_city_area_place_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_city_area")),
        comment="Outlines of waters, parks, settlements and administrative boundaries",
    )
    op.create_index(
        "ix_city_area_geom", "city_area", ["geom"], unique=False, postgresql_using="gist"
    )
    op.create_index("ix_city_area_place_id", "city_area", ["place_id"], unique=False)
    op.create_table(
        "layer_version",
        sa.Column("layer_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_by", sa.Text(), nullable=False),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("file_sha256", sa.Text(), nullable=False),
        sa.Column("file_bytes", sa.BigInteger(), nullable=False),
        sa.Column("features", sa.Integer(), nullable=False),
        sa.Column("refused", sa.Integer(), nullable=False),
        sa.Column("report", postgresql.JSONB(), nullable=False),
        sa.Column("west", sa.Float(), nullable=False),
        sa.Column("south", sa.Float(), nullable=False),
        sa.Column("east", sa.Float(), nullable=False),
        sa.Column("north", sa.Float(), nullable=False),
        sa.ForeignKeyConstraint(
            ["layer_id"], ["layer.id"], name=op.f("fk_layer_version_layer_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("layer_id", "number", name=op.f("pk_layer_version")),
        comment="One publication of a layer: where it came from and what its import reported",
    )
    op.create_table(
        "layer_feature",
        sa.Column("layer_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("folded", sa.Text(), nullable=True),
        sa.Column("properties", postgresql.JSONB(), nullable=False),
        sa.Column(
            "geom",
            geoalchemy2.Geometry(srid=4326, dimension=2, spatial_index=False),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["layer_id", "version"],
            ["layer_version.layer_id", "layer_version.number"],
            name=op.f("fk_layer_feature_layer_id_version"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("layer_id", "version", "id", name=op.f("pk_layer_feature")),
        comment="Features of every kept version; only those of layer.published are in force",
    )
    op.create_index(
        "ix_layer_feature_folded",
        "layer_feature",
        ["folded"],
        unique=False,
        postgresql_using="gin",
        postgresql_ops={"folded": "gin_trgm_ops"},
    )
    op.create_index(
        "ix_layer_feature_geom", "layer_feature", ["geom"], unique=False, postgresql_using="gist"
    )
    op.create_table(
        "layer_refused",
        sa.Column("layer_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("row", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("feature", postgresql.JSONB(), nullable=False),
        sa.ForeignKeyConstraint(
            ["layer_id", "version"],
            ["layer_version.layer_id", "layer_version.number"],
            name=op.f("fk_layer_refused_layer_id_version"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("layer_id", "version", "row", name=op.f("pk_layer_refused")),
        comment="Rows an import refused, as GeoJSON features that say why",
    )
    op.add_column(
        "address_point",
        sa.Column("interpolated", sa.Boolean(), server_default=sa.text("false"), nullable=False),
    )
    op.create_table_comment(
        "address_point",
        "A house with several numbers (12-18, 12;14) has one row for each number",
        existing_comment=None,
        schema=None,
    )
    op.add_column("building", sa.Column("levels", sa.SmallInteger(), nullable=True))
    op.add_column("city", sa.Column("report", postgresql.JSONB(), nullable=True))
    op.add_column("place_alias", sa.Column("said", sa.Text(), nullable=True))
    op.add_column(
        "place_alias",
        sa.Column("kind", sa.Text(), server_default=sa.text("'name'"), nullable=False),
    )
    op.add_column(
        "road_edge",
        sa.Column("walkable", sa.Boolean(), server_default=sa.text("false"), nullable=False),
    )
    op.add_column("road_edge", sa.Column("ref", sa.Text(), nullable=True))
    op.add_column("road_edge", sa.Column("surface", sa.Text(), nullable=True))
    op.add_column("road_edge", sa.Column("access", sa.Text(), nullable=True))
    op.add_column(
        "road_edge",
        sa.Column("bridge", sa.Boolean(), server_default=sa.text("false"), nullable=False),
    )
    op.add_column(
        "road_edge",
        sa.Column("tunnel", sa.Boolean(), server_default=sa.text("false"), nullable=False),
    )
    op.add_column("road_edge", sa.Column("layer", sa.SmallInteger(), nullable=True))
    op.add_column("road_edge", sa.Column("lanes", sa.SmallInteger(), nullable=True))
    op.add_column("street", sa.Column("class", sa.Text(), nullable=True))
    op.add_column("street", sa.Column("ref", sa.Text(), nullable=True))
    op.add_column("street_alias", sa.Column("said", sa.Text(), nullable=True))
    op.add_column(
        "street_alias",
        sa.Column("kind", sa.Text(), server_default=sa.text("'name'"), nullable=False),
    )
    op.drop_index(op.f("uq_zone_kind_code"), table_name="zone")
    op.create_index(
        "uq_zone_kind_agency_code",
        "zone",
        ["kind", "agency", "code"],
        unique=True,
        postgresql_nulls_not_distinct=True,
    )


def downgrade() -> None:
    op.drop_index("uq_zone_kind_agency_code", table_name="zone", postgresql_nulls_not_distinct=True)
    op.create_index(op.f("uq_zone_kind_code"), "zone", ["kind", "code"], unique=True)
    op.drop_column("street_alias", "kind")
    op.drop_column("street_alias", "said")
    op.drop_column("street", "ref")
    op.drop_column("street", "class")
    op.drop_column("road_edge", "lanes")
    op.drop_column("road_edge", "layer")
    op.drop_column("road_edge", "tunnel")
    op.drop_column("road_edge", "bridge")
    op.drop_column("road_edge", "access")
    op.drop_column("road_edge", "surface")
    op.drop_column("road_edge", "ref")
    op.drop_column("road_edge", "walkable")
    op.drop_column("place_alias", "kind")
    op.drop_column("place_alias", "said")
    op.drop_column("city", "report")
    op.drop_column("building", "levels")
    op.drop_table_comment(
        "address_point",
        existing_comment="A house with several numbers (12-18, 12;14) has one row for each number",
        schema=None,
    )
    op.drop_column("address_point", "interpolated")
    op.drop_table("layer_refused")
    op.drop_index("ix_layer_feature_geom", table_name="layer_feature", postgresql_using="gist")
    op.drop_index(
        "ix_layer_feature_folded",
        table_name="layer_feature",
        postgresql_using="gin",
        postgresql_ops={"folded": "gin_trgm_ops"},
    )
    op.drop_table("layer_feature")
    op.drop_table("layer_version")
    op.drop_index("ix_city_area_place_id", table_name="city_area")
    op.drop_index("ix_city_area_geom", table_name="city_area", postgresql_using="gist")
    op.drop_table("city_area")
    op.drop_index("ix_search_name_street_id", table_name="search_name")
    op.drop_index("ix_search_name_source", table_name="search_name")
    op.drop_index("ix_search_name_sound", table_name="search_name")
    op.drop_index(
        "ix_search_name_alias_trigrams",
        table_name="search_name",
        postgresql_using="gin",
        postgresql_ops={"alias": "gin_trgm_ops"},
    )
    op.drop_index("ix_search_name_alias", table_name="search_name")
    op.drop_table("search_name")
    op.drop_table("routing_revision")
    op.drop_index("ix_route_milestone_ref_folded_km", table_name="route_milestone")
    op.drop_index("ix_route_milestone_geom", table_name="route_milestone", postgresql_using="gist")
    op.drop_table("route_milestone")
    op.drop_index("ix_route_line_ref_folded", table_name="route_line")
    op.drop_index("ix_route_line_number", table_name="route_line")
    op.drop_index("ix_route_line_geom", table_name="route_line", postgresql_using="gist")
    op.drop_table("route_line")
    op.drop_index("ix_place_report_state", table_name="place_report")
    op.drop_table("place_report")
    op.drop_table("learned_speed")
    op.drop_index("uq_layer_name", table_name="layer")
    op.drop_table("layer")
    op.drop_index("ix_gazetteer_entry_name", table_name="gazetteer_entry")
    op.drop_table("gazetteer_entry")
    op.drop_index("ix_closure_lifted_at", table_name="closure")
    op.drop_index("ix_closure_geom", table_name="closure", postgresql_using="gist")
    op.drop_table("closure")
