"""The gazetteer outlives a re-import; CSV goes out and in; nothing half-added."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
import pytest_asyncio
from typer.testing import CliRunner

from gis.gazetteer import (
    AddEntry,
    EntryFields,
    ReportPlace,
    SettleReport,
    add_entry,
    read_csv,
    report_place,
    settle_report,
    write_csv,
)
from gis.geocoding import geocode
from gis.layers.model import LayerKind, ZoneKind
from gis.layers.services import remove_layer
from gis.repository import gazetteer as rows
from ops_center.gis_cli import shared
from ops_center.gis_cli.gazetteer import cli
from ops_center.kernel import transaction
from ops_center.kernel.clock import SystemClock
from ops_center.kernel.database import Database
from ops_center.kernel.errors import Conflict, Invalid
from ops_center.kernel.events import Author
from ops_center.kernel.ids import new_id
from tests.integration.gis.conftest import imported
from tests.layer_files import feature, geojson, point, publish, square
from tests.osm_town import OsmTown, spot

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from contextlib import AbstractAsyncContextManager
    from pathlib import Path

    from ops_center.kernel.transaction import Transaction

KEEPER = Author(id=new_id(), name="gis1")


def changing(database: Database) -> AbstractAsyncContextManager[Transaction]:
    return transaction.begin(database, author=KEEPER, cause=new_id(), clock=SystemClock())


@pytest_asyncio.fixture
async def own_town(database: Database, town_pbf: Path) -> AsyncIterator[Database]:
    await imported(database, town_pbf)
    yield database


def village() -> OsmTown:
    """One street, and none of those of the centre."""
    town = OsmTown()
    line = [town.node(spot(column, 0)) for column in range(3)]
    town.way(line, {"highway": "residential", "name": "Única"})
    return town


async def add(database: Database, **fields: object) -> None:
    async with changing(database) as tx:
        await add_entry(tx, AddEntry(id=new_id(), fields=EntryFields(**fields)))  # type: ignore[arg-type]
        await tx.commit()


async def label_of(database: Database, words: str) -> str | None:
    async with database.reading() as connection:
        items = (await geocode(connection, words)).items
    return items[0].label if items else None


async def test_local_names_are_tied_to_the_new_city_after_an_import(
    own_town: Database, town_pbf: Path, tmp_path: Path
) -> None:
    await add(own_town, name="Calle de los Plateros", kind="street", target="Estrella")
    await add(own_town, name="La Recova", point=spot(0.2, 0.2))
    assert await label_of(own_town, "calle de los plateros") == "Estrella"
    await imported(own_town, village().write(tmp_path / "village.osm.pbf"))
    assert await label_of(own_town, "plateros") is None
    assert await label_of(own_town, "la recova") == "La Recova"
    await imported(own_town, town_pbf)
    assert await label_of(own_town, "plateros y 14 de mayo") == "Estrella y 14 de Mayo"
    async with own_town.reading() as connection:
        links = {one.name: one.linked_to for one in await rows.all_entries(connection)}
    assert links == {"Calle de los Plateros": "Estrella", "La Recova": None}


async def test_name_for_an_unknown_target_is_refused_whole(own_town: Database) -> None:
    with pytest.raises(Invalid):
        await add(own_town, name="Nada", kind="street", target="Avenida Inventada")
    async with own_town.reading() as connection:
        assert await rows.all_entries(connection) == []
    assert await label_of(own_town, "nada") is None


async def test_report_is_settled_once_and_its_place_becomes_the_entry(own_town: Database) -> None:
    async with changing(own_town) as tx:
        report = await report_place(
            tx, ReportPlace(id=new_id(), text="la recoba", right=spot(2, 2), note="\x00…")
        )
        await tx.commit()
    command = SettleReport(
        report_id=report.id, outcome="entry_added", entry=EntryFields(name="La Recova")
    )
    async with changing(own_town) as tx:
        settled = await settle_report(tx, command)
        await tx.commit()
    async with own_town.reading() as connection:
        assert settled.entry_id is not None
        entry = await rows.find_entry(connection, settled.entry_id)
    assert entry is not None
    assert entry.point == spot(2, 2)
    assert await label_of(own_town, "la recoba") == "La Recova"
    async with changing(own_town) as tx:
        with pytest.raises(Conflict):
            await settle_report(tx, SettleReport(report_id=report.id, outcome="duplicate"))


async def test_csv_that_was_written_is_read_back_the_same(own_town: Database) -> None:
    await add(own_town, name="=La Recova", point=spot(0.2, 0.2), aliases=("Recova", "El Galpón"))
    await add(own_town, name="Plateros", kind="street", target="Estrella", note="antes, «1900»")
    async with own_town.reading() as connection:
        text = write_csv(await rows.all_entries(connection))
    assert "'=La Recova" in text
    fields = [row.fields for row in read_csv(text)]
    assert all(one is not None for one in fields)
    assert [one.name for one in fields if one] == ["=La Recova", "Plateros"]
    assert fields[0] is not None
    assert fields[0].aliases == ("Recova", "El Galpón")


def test_bad_rows_of_a_csv_are_named_by_line() -> None:
    text = "name,lon,lat\nGood,-57.6,-25.3\nHalf,-57.6,\n,1,2\nWild,999,1\nNowhere,,\n"
    rows_read = list(read_csv(text))
    assert [row.line for row in rows_read if row.fields is None] == [3, 4, 5, 6]
    assert all(row.problem for row in rows_read if row.fields is None)
    with pytest.raises(Invalid):
        list(read_csv("lon,lat\n1,2\n"))


async def test_named_features_and_zones_of_layers_are_found_until_they_are_gone(
    own_town: Database, tmp_path: Path
) -> None:
    at = spot(1.5, 1.5)
    bases = [feature(point(at.lon, at.lat), "b1", nombre="Base Móvil Los Laureles")]
    await publish(own_town, geojson(tmp_path / "b.geojson", bases), "bases")
    barrios = [feature(square(at.lon, at.lat, 0.002), "z1", nombre="Barrio Ricardo Brugada")]
    file = geojson(tmp_path / "z.geojson", barrios)
    await publish(own_town, file, "barrios", kind=LayerKind.ZONE, zone_kind=ZoneKind.DISTRICT)
    assert await label_of(own_town, "base los laureles") == "Base Móvil Los Laureles"
    assert await label_of(own_town, "ricardo brugada") == "Barrio Ricardo Brugada"
    async with changing(own_town) as tx:
        await remove_layer(tx, "bases")
        await remove_layer(tx, "barrios")
        await tx.commit()
    assert await label_of(own_town, "base los laureles") is None
    assert await label_of(own_town, "ricardo brugada") is None


def test_command_line_adds_lists_exports_and_imports(
    database_url: str,
    own_town: Database,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("OPS_DATABASE_URL", database_url)
    monkeypatch.setenv("OPS_DATA_DIR", str(tmp_path))
    # The logs of the process belong to the tests, not to the command.
    monkeypatch.setattr(shared, "configure_logs", lambda **_: None)

    def ops(*words: str, ok: bool = True) -> str:
        done = CliRunner().invoke(cli, list(words))
        assert (done.exit_code == 0) is ok, done.output
        return done.stdout if ok else done.stderr

    ops("add", "La Recova", "--lon", "-57.64", "--lat", "-25.28", "--alias", "Recova")
    [entry] = json.loads(ops("list", "--json"))
    assert (entry["name"], entry["aliases"]) == ("La Recova", ["Recova"])
    ops("change", entry["id"], "--note", "puerto")
    file = tmp_path / "names.csv"
    ops("export", str(file))
    assert "puerto" in file.read_text()
    ops("remove", entry["id"])
    ops("import", str(file))
    with file.open("a") as more:
        more.write("Otra,street,Calle Inventada,,,,\n")
    assert "line 3" in ops("import", str(file), ok=False)
    assert [one["name"] for one in json.loads(ops("list", "--json"))] == ["La Recova"]
    assert json.loads(ops("reports", "--json")) == []
    assert "no such report" in ops("settle", str(new_id()), "not_wrong", ok=False)
