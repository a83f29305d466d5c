"""Damaged and hostile extracts are refused or cleaned, in bounded time, and change nothing."""

from __future__ import annotations

import random
import struct
import time
from typing import TYPE_CHECKING, Any

import osmium
import pytest
from osmium.osm.mutable import Node, Way
from sqlalchemy import text

from gis import repository
from gis.importing import ImportReport, import_osm, osm
from gis.importing.cleaning import TEXT_MAX_CHARS, Tally
from gis.importing.reading import Reader
from gis.importing.survey import survey
from gis.importing.writing import ImportRunning
from ops_center.kernel.clock import SystemClock
from ops_center.kernel.errors import Invalid, Unavailable
from tests.osm_town import OsmTown, spot

if TYPE_CHECKING:
    from pathlib import Path

    from ops_center.kernel.database import Database

REFUSED_WITHIN_S = 30
DAMAGES = 40


async def bring(database: Database, pbf: Path) -> ImportReport:
    async with database.engine.begin() as connection:
        return await import_osm(pbf, connection, clock=SystemClock())


async def rows(database: Database, query: str) -> list[Any]:
    async with database.reading() as connection:
        return [tuple(row) for row in await connection.execute(text(query))]


def read_all(pbf: Path, folder: Path) -> Tally:
    tally = Tally()
    for _ in Reader(survey(pbf, folder, tally), tally, None).batches(pbf, folder):
        pass
    return tally


def damaged(content: bytes, dice: random.Random) -> bytes:
    """The content cut off, with bits turned over, or with a part of it overwritten."""
    torn = bytearray(content)
    at = dice.randrange(len(torn))
    match dice.choice(("cut", "flip", "blank", "move")):
        case "cut":
            return bytes(torn[:at])
        case "flip":
            for _ in range(dice.choice((1, 20))):
                torn[dice.randrange(len(torn))] ^= 1 << dice.randrange(8)
        case "blank":
            torn[at : at + 200] = bytes(200)
        case _:
            torn[at : at + 100] = torn[:100]
    return bytes(torn)


def test_damaged_extract_is_refused_whatever_the_damage(town_pbf: Path, tmp_path: Path) -> None:
    dice = random.Random(7)
    content = town_pbf.read_bytes()
    began = time.monotonic()
    refused = 0
    for number in range(DAMAGES):
        folder = tmp_path / str(number)
        folder.mkdir()
        torn = folder / "torn.osm.pbf"
        torn.write_bytes(damaged(content, dice))
        try:
            read_all(torn, folder)
        except Invalid:
            refused += 1
    assert refused > DAMAGES / 2
    assert time.monotonic() - began < REFUSED_WITHIN_S


def broken_off(whole: Path, torn: Path) -> Path:
    content = whole.read_bytes()
    torn.write_bytes(content[: int(len(content) * 0.9)])
    return torn


async def test_extract_that_breaks_off_late_changes_nothing(
    database: Database, town_pbf: Path, tmp_path: Path
) -> None:
    first = await bring(database, town_pbf)
    counted = "select (select count(*) from place), (select count(*) from search_name)"
    before = await rows(database, counted)
    torn = broken_off(town_pbf, tmp_path / "torn.osm.pbf")
    with pytest.raises(Invalid, match="download it again"):
        await bring(database, torn)
    assert await rows(database, counted) == before
    async with database.reading() as connection:
        city = await repository.city_of(connection)
    assert city is not None
    assert city.import_id == first.import_id


def small_town(**tags: str) -> OsmTown:
    town = OsmTown()
    corners = [town.node(spot(column, 0)) for column in range(3)]
    town.way(corners, {"highway": "residential", **tags})
    return town


async def test_hostile_names_are_stored_as_the_plain_text_they_are(
    database: Database, tmp_path: Path
) -> None:
    town = small_town(name="Robert'); drop table street;--", alt_name="%(a)s {b} \\x41")
    town.node(spot(0, 1), amenity="bank", name="<script>alert(1)</script>")
    town.node(spot(0, 2), amenity="bank", name="Banco\x01\x02 \u202eoculto\n")
    town.node(spot(0, 3), amenity="bank", name="\x03\x04")
    report = await bring(database, town.write(tmp_path / "hostile.osm.pbf"))
    assert await rows(database, "select name from street") == [("Robert'); drop table street;--",)]
    names = await rows(database, "select name from place where kind = 'bank' order by osm_id")
    assert names == [("<script>alert(1)</script>",), ("Banco oculto",)]
    assert report.mended["control characters taken out of a text"] == 2


async def test_long_names_are_cut_and_counted(database: Database, tmp_path: Path) -> None:
    long = "Ñ" * 500  # as long as the format's own library writes
    town = small_town(name=long, maxspeed="9" * 1_000, ref=";".join("PY" * 200))
    town.node(spot(0, 1), **{"addr:street": long, "addr:housenumber": "1;" * 500})
    town.node(spot(0, 2), highway="milestone", distance="1" * 1_000)
    report = await bring(database, town.write(tmp_path / "long.osm.pbf"))
    assert await rows(database, "select length(name) from street") == [(TEXT_MAX_CHARS,)]
    assert report.mended[f"text longer than {TEXT_MAX_CHARS} characters cut"] >= 4
    assert report.left_out["milestone without a readable kilometre"] == 1


def test_megabyte_long_name_is_refused_at_once(tmp_path: Path) -> None:
    path = tmp_path / "endless.osm.pbf"
    path.write_bytes(pbf_of_one_node(name="x" * 1_000_000))
    began = time.monotonic()
    with pytest.raises(Invalid, match="overlong string"):
        read_all(path, tmp_path)
    assert time.monotonic() - began < REFUSED_WITHIN_S


def pbf_of_one_node(**tags: str) -> bytes:
    """What no honest program writes, byte for byte (protobuf: field number, wire type, value)."""
    texts = [b"", *(text.encode() for pair in tags.items() for text in pair)]
    keys, values = range(1, len(texts), 2), range(2, len(texts), 2)
    node = (
        number_field(1, 2)
        + field(2, b"".join(map(varint, keys)))
        + field(3, b"".join(map(varint, values)))
        + number_field(8, 2)
        + number_field(9, 2)
    )
    strings = b"".join(field(1, text) for text in texts)
    block = field(1, strings) + field(2, field(1, node))
    header = field(4, b"OsmSchema-V0.6")
    return blob(b"OSMHeader", header) + blob(b"OSMData", block)


def varint(number: int) -> bytes:
    out = bytearray()
    while number > 127:
        out.append(number & 127 | 128)
        number >>= 7
    return bytes([*out, number])


def field(number: int, value: bytes) -> bytes:
    return varint(number << 3 | 2) + varint(len(value)) + value


def number_field(number: int, value: int) -> bytes:
    return varint(number << 3) + varint(value)


def blob(kind: bytes, content: bytes) -> bytes:
    body = field(1, content)
    head = field(1, kind) + number_field(3, len(body))
    return struct.pack(">I", len(head)) + head + body


async def test_object_with_thousands_of_tags_is_left_out(
    database: Database, tmp_path: Path
) -> None:
    town = small_town(name="Palma")
    town.node(spot(0, 1), amenity="bank", name="Banco", **{f"k{n}": "v" for n in range(5_000)})
    report = await bring(database, town.write(tmp_path / "tags.osm.pbf"))
    assert report.left_out["object with more than 1000 tags"] == 1
    assert await rows(database, "select count(*) from place where kind = 'bank'") == [(0,)]


def test_text_that_is_no_utf8_leaves_its_object_out(tmp_path: Path) -> None:
    town = small_town(name="Palma")
    town.node(spot(0, 1), amenity="bank", name="BancoViejo")
    plain = town.write(tmp_path / "latin.osm.pbf", options="pbf_compression=none")
    plain.write_bytes(plain.read_bytes().replace(b"BancoViejo", b"Banco\xf1\xe1\xe9xx"))
    tally = read_all(plain, tmp_path)
    assert tally.left_out["object whose text is not UTF-8"] == 1


async def test_positions_out_of_range_are_left_out(database: Database, tmp_path: Path) -> None:
    path = tmp_path / "wild.osm.pbf"
    writer = osmium.SimpleWriter(str(path), overwrite=True)
    bank = {"amenity": "bank", "name": "Banco"}
    where = [(-57.64, -25.28), (-57.639, -25.28), (213.0, 10.0), (10.0, -97.0)]
    for number, location in enumerate(where, start=1):
        tags = bank if number > 2 else {}
        writer.add_node(Node(id=number, location=location, tags=tags, version=1))
    road = {"highway": "residential", "name": "Palma"}
    writer.add_way(Way(id=1, nodes=[1, 2, 3], tags=road, version=1))
    writer.close()
    report = await bring(database, path)
    assert report.left_out["node without a position or with one out of range"] == 2
    assert (report.extent.west, report.extent.east) == (-57.64, -57.639)
    assert await rows(database, "select st_npoints(geom) from road_edge") == [(2,)]


async def test_second_import_at_the_same_time_is_refused(
    database: Database, town_pbf: Path
) -> None:
    async with database.engine.begin() as first:
        await import_osm(town_pbf, first, clock=SystemClock())
        with pytest.raises(ImportRunning, match="Another import"):
            await bring(database, town_pbf)
    assert await rows(database, "select count(*) from city") == [(1,)]


def test_disk_without_room_is_said_before_anything_is_read(
    town_pbf: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(osm, "DISK_MIN_BYTES", 10**18)
    with pytest.raises(Unavailable, match="OPS_DATA_DIR"):
        survey(town_pbf, tmp_path, Tally())
