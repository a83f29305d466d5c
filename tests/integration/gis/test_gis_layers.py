"""Versions of layers in a real PostGIS: published, compared, rolled back, removed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from gis.layers import model
from gis.layers.comparing import compare_versions
from gis.layers.model import LayerKind, ZoneKind
from gis.layers.services import remove_layer, roll_back_layer
from gis.layers.store import find_layer, list_layers, refused_page, versions_of
from gis.tables import layer_feature, zone
from ops_center.kernel.database import Database
from ops_center.kernel.errors import Conflict, Invalid, NotFound, StaleVersion
from ops_center.kernel.journal import entries_after
from tests.layer_files import begin, feature, geojson, point, publish, square

HOSPITALS = [
    feature(point(-57.60, -25.30), "h1", nombre="Hospital Ñemby", camas=10),
    feature(point(-57.61, -25.31), "h2", nombre="Clínicas", camas=20),
    feature(point(-57.62, -25.32), "h3", nombre="Barrio Obrero", camas=30),
]


async def rows(database: Database, query: Any) -> list[Any]:
    async with database.reading() as connection:
        return list(await connection.execute(query))


async def zones_of(database: Database, name: str) -> dict[str, Any]:
    found = await rows(database, select(zone).where(zone.c.source == f"layer:{name}"))
    return {row.code: row for row in found}


async def test_a_published_layer_is_in_force_with_its_features_and_a_fact(
    database: Database, tmp_path: Path
) -> None:
    file = geojson(tmp_path / "h.geojson", HOSPITALS)
    layer, version = await publish(
        database, file, "hospitales", kind=LayerKind.HOSPITAL, agency="SEME"
    )
    assert (layer.version, layer.published, layer.features, layer.searchable) == (1, 1, 3, True)
    assert layer.bounds == (-57.62, -25.32, -57.60, -25.30)
    assert (version.number, version.refused, version.published_by) == (1, 0, "catastro")
    kept = await rows(
        database,
        select(layer_feature.c.id, layer_feature.c.name, layer_feature.c.folded,
               layer_feature.c.properties, func.st_x(layer_feature.c.geom).label("lon"))
        .order_by(layer_feature.c.id),
    )  # fmt: skip
    assert [row.id for row in kept] == ["h1", "h2", "h3"]
    assert (kept[0].name, kept[0].folded, kept[0].lon) == (
        "Hospital Ñemby",
        "hospital nemby",
        -57.6,
    )
    assert kept[0].properties["camas"] == 10
    async with database.reading() as connection:
        assert await list_layers(connection) == [layer]
        (entry,) = await entries_after(connection, 0)
    assert (entry.kind, entry.version, entry.audience) == (
        "layer.published", 1, frozenset({"agency:SEME"}),
    )  # fmt: skip
    assert entry.data["features"] == 3


async def test_versions_are_compared_by_id(database: Database, tmp_path: Path) -> None:
    first = geojson(tmp_path / "1.geojson", HOSPITALS)
    layer, _ = await publish(database, first, "h", kind=LayerKind.HOSPITAL)
    changed = [
        feature(point(-57.60, -25.30), "h1", nombre="Hospital Ñemby", camas=12),
        feature(point(-57.61, -25.311), "h2", nombre="Clínicas", camas=20),
        feature(point(-57.63, -25.33), "h4", nombre="Loma Pytã", camas=5),
    ]
    after, _ = await publish(database, geojson(tmp_path / "2.geojson", changed), "h")
    assert (after.version, after.published, after.kind) == (2, 2, "hospital")
    async with database.reading() as connection:
        told = await compare_versions(connection, layer.id, old=1, new=2)
        back = await compare_versions(connection, layer.id, old=2, new=1)
        same = await compare_versions(connection, layer.id, old=2, new=2)
    assert told.counts == {"added": 1, "removed": 1, "changed": 1, "moved": 1, "same": 0}
    assert [one.id for one in told.added] == ["h4"]
    assert [one.id for one in told.removed] == ["h3"]
    assert [(one.id, one.changed) for one in told.changed] == [("h1", True)]
    (moved,) = told.moved
    assert (moved.id, moved.changed) == ("h2", False)
    assert moved.moved_m == pytest.approx(110.8, abs=0.5)
    assert [one.id for one in back.added] == ["h3"]
    assert same.counts == {"added": 0, "removed": 0, "changed": 0, "moved": 0, "same": 3}


async def test_a_roll_back_puts_the_former_version_in_force_and_deletes_nothing(
    database: Database, tmp_path: Path
) -> None:
    first = geojson(tmp_path / "1.geojson", HOSPITALS)
    await publish(database, first, "h", kind=LayerKind.HOSPITAL)
    await publish(database, geojson(tmp_path / "2.geojson", HOSPITALS[:1]), "h")
    async with begin(database) as tx:
        back = await roll_back_layer(tx, "h", to=1, expected_version=2)
        await tx.commit()
    assert (back.version, back.published, back.features) == (3, 1, 3)
    async with database.reading() as connection:
        kept = await versions_of(connection, back)
        kinds = [one.kind for one in await entries_after(connection, 0)]
    assert [(one.number, one.in_force) for one in kept] == [(2, False), (1, True)]
    assert kinds == ["layer.published", "layer.published", "layer.rolled_back"]
    third, _ = await publish(database, first, "h")
    assert (third.version, third.published) == (4, 4)
    for wrong, error in ((4, Conflict), (3, NotFound)):
        async with begin(database) as tx:
            with pytest.raises(error):
                await roll_back_layer(tx, "h", to=wrong)
    async with begin(database) as tx:
        with pytest.raises(StaleVersion):
            await roll_back_layer(tx, "h", to=1, expected_version=2)


async def test_a_removed_layer_leaves_and_can_come_back(database: Database, tmp_path: Path) -> None:
    areas = [feature(square(-57.6, -25.3), "1", nombre="Uno")]
    file = geojson(tmp_path / "z.geojson", areas)
    await publish(database, file, "z", kind=LayerKind.ZONE)
    async with begin(database) as tx:
        gone = await remove_layer(tx, "z")
        await tx.commit()
    assert (gone.version, gone.published) == (2, None)
    assert await zones_of(database, "z") == {}
    async with database.reading() as connection:
        assert await list_layers(connection) == []
    async with begin(database) as tx:
        with pytest.raises(NotFound):
            await remove_layer(tx, "z")
        back = await roll_back_layer(tx, "z", to=1)
        await tx.commit()
    assert back.published == 1
    assert set(await zones_of(database, "z")) == {"1"}


async def test_zones_follow_the_layer_and_keep_their_ids(
    database: Database, tmp_path: Path
) -> None:
    first = geojson(
        tmp_path / "1.geojson",
        [feature(square(-57.60, -25.30), "001", nombre="Sajonia"),
         feature(square(-57.62, -25.30), "002", nombre="San Antonio")],
    )  # fmt: skip
    layer, _ = await publish(
        database, first, "cuadrantes", kind=LayerKind.ZONE, agency="POL", zone_kind=ZoneKind.PATROL
    )
    assert layer.zone_kind == "patrol"
    assert layer.searchable is False
    before = await zones_of(database, "cuadrantes")
    assert {(one.code, one.name, one.kind, one.agency) for one in before.values()} == {
        ("001", "Sajonia", "patrol", "POL"), ("002", "San Antonio", "patrol", "POL"),
    }  # fmt: skip
    second = geojson(
        tmp_path / "2.geojson",
        [feature(square(-57.61, -25.30), "001", nombre="Sajonia"),
         feature(square(-57.64, -25.30), "003", nombre=None)],
    )  # fmt: skip
    await publish(database, second, "cuadrantes")
    after = await zones_of(database, "cuadrantes")
    assert set(after) == {"001", "003"}
    assert after["001"].id == before["001"].id
    assert after["003"].name == "003"
    assert after["001"].imported is False


async def test_two_agencies_may_number_their_zones_alike_but_one_may_not_twice(
    database: Database, tmp_path: Path
) -> None:
    file = geojson(tmp_path / "z.geojson", [feature(square(-57.6, -25.3), "001", nombre="Uno")])
    await publish(database, file, "pol", kind=LayerKind.ZONE, agency="POL")
    await publish(database, file, "bom", kind=LayerKind.ZONE, agency="BOM")
    with pytest.raises(Conflict, match="layer:pol"):
        await publish(database, file, "pol2", kind=LayerKind.ZONE, agency="POL")
    assert set(await zones_of(database, "pol2")) == set()
    async with database.reading() as connection:
        assert await find_layer(connection, "pol2") is None


async def test_a_layer_keeps_its_kind_and_agency(database: Database, tmp_path: Path) -> None:
    file = geojson(tmp_path / "h.geojson", HOSPITALS)
    await publish(database, file, "h", kind=LayerKind.HOSPITAL)
    with pytest.raises(Conflict, match="kind hospital"):
        await publish(database, file, "h", kind=LayerKind.HYDRANT)
    with pytest.raises(Conflict, match="of all agencies"):
        await publish(database, file, "h", agency="POL")


async def test_nothing_is_published_when_no_row_can_be_kept(
    database: Database, tmp_path: Path
) -> None:
    file = geojson(tmp_path / "h.geojson", [feature(None, "1"), feature(None, "2")])
    with pytest.raises(Invalid, match="Row 1"):
        await publish(database, file, "h")
    async with database.reading() as connection:
        assert await find_layer(connection, "h") is None
        assert await entries_after(connection, 0) == []


async def test_refused_rows_are_kept_as_geojson_with_reasons(
    database: Database, tmp_path: Path
) -> None:
    file = geojson(tmp_path / "h.geojson", [*HOSPITALS, feature(point(0, 0), "h9", nombre="?")])
    layer, version = await publish(database, file, "h")
    assert version.refused == 1
    async with database.reading() as connection:
        ((row, text),) = await refused_page(connection, layer.id, 1, after=0, limit=10)
        assert await refused_page(connection, layer.id, 1, after=4, limit=10) == []
    assert row == 4
    assert '"_reason": "wild_coordinates"' in text


async def test_old_versions_go_but_never_the_one_in_force(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gis.layers.store.VERSIONS_KEPT", 2)
    assert model.VERSIONS_KEPT == 20
    file = geojson(tmp_path / "h.geojson", HOSPITALS)
    for _ in range(2):
        await publish(database, file, "h")
    layer, _ = await publish(database, file, "h")
    async with begin(database) as tx:
        await roll_back_layer(tx, "h", to=2)
        await tx.commit()
    async with database.reading() as connection:
        assert [one.number for one in await versions_of(connection, layer)] == [3, 2]
    layer, _ = await publish(database, file, "h")
    async with database.reading() as connection:
        assert [one.number for one in await versions_of(connection, layer)] == [5, 3]
    assert {row.version for row in await rows(database, select(layer_feature.c.version))} == {3, 5}


async def test_two_publications_of_one_layer_do_not_mix(database: Database, tmp_path: Path) -> None:
    file = geojson(tmp_path / "h.geojson", HOSPITALS)
    await publish(database, file, "h")
    async with begin(database) as tx:
        await roll_back_or_remove(tx)
        with pytest.raises(Conflict, match="Somebody else"):
            await publish(database, file, "h")


async def roll_back_or_remove(tx: Any) -> None:
    """Hold the layer in a transaction that is still open."""
    await remove_layer(tx, "h")
