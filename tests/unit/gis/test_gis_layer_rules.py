"""What rows of strangers' files are put right, doubted and refused for."""

from __future__ import annotations

import io
import stat
import zipfile
from pathlib import Path

import numpy as np
import pytest
import shapely
from shapely.geometry import (
    GeometryCollection,
    LineString,
    MultiPolygon,
    Point,
    Polygon,
    box,
)

from gis.layers import unpacking
from gis.layers.csv_rows import number, read_csv
from gis.layers.formats import Format, csv_columns, recognise
from gis.layers.letters import read_property, read_text, shown
from gis.layers.mending import CROSSINGS_MAX, crossings, mend
from gis.layers.model import Doubt, Mending, Reason
from gis.layers.places import refuse_wild, reproject
from gis.layers.rows import Rows
from gis.layers.unpacking import unpack
from ops_center.kernel.errors import Invalid

BOW_TIE = Polygon([(0, 0), (1, 1), (1, 0), (0, 1), (0, 0)])


@pytest.mark.parametrize(
    ("raw", "kept"),
    [
        ("Cañete", "Cañete"),
        ("CaÃ±ete", "Cañete"),
        ("Ã‘EMBY", "ÑEMBY"),
        ("Ã\u0091EMBY", "ÑEMBY"),
        ("Asunci\u00c3\u00b3n", "Asunción"),
        ("CaÃƒÂ±ete", "Cañete"),
        ("N° 1931", "N° 1931"),
        ("SÃO PAULO", "SÃO PAULO"),
        ("ESPAÑº", "ESPAÑº"),
        ("“Ñandutí”", "“Ñandutí”"),
        ("“PYTÃ”", "“PYTÃ”"),
        ("Ã‘andutÃ­", "Ñandutí"),
        ("PukavÃ½", "Pukavý"),
        ("Yvytyrãá»¹", "Yvytyrãá»¹"),
        ("Kuarahyá»¹", "Kuarahyỹ"),
        ("â€œPalmaâ€", "“Palma”"),
        ("Pytã Ñu'ẽ", "Pytã Ñu'ẽ"),
        ("  Palma \t y\nAlberdi ", "Palma   y Alberdi"),
    ],
)
def test_letters_that_a_wrong_encoding_broke_come_back(raw: str, kept: str) -> None:
    found = read_text(raw)
    assert (found.value, found.refused) == (kept, None)
    assert (Mending.LETTERS_RESTORED in found.mended) == (
        " ".join(raw.split()) != " ".join(kept.split())
    )


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        ("Ca\ufffdete", Reason.LETTERS_LOST),
        ("CaÃ±ete \ufffd", Reason.LETTERS_LOST),
        ("CaÃ±ete ẽ", Reason.LETTERS_LOST),  # half broken: nothing proves what it was
        ("Hos\x00pital", Reason.CONTROL_CHARACTERS),
        ("Hos\x1b[31mpital", Reason.CONTROL_CHARACTERS),
        ("cod\u202egnp.exe", Reason.CONTROL_CHARACTERS),
        ("x" * 10_001, Reason.TOO_LONG),
    ],
)
def test_names_that_cannot_be_trusted_are_refused(raw: str, reason: Reason) -> None:
    found = read_text(raw)
    assert found.refused is reason
    assert all(ord(c) >= 32 for c in found.value)


@pytest.mark.parametrize(
    "raw",
    ["'; drop table zone; --", "name = 'a' OR 1=1", "\\'); --", "%s %(x)s {0} ${jndi:x}", "a;b|c"],
)
def test_sql_and_cql_are_text_like_any_other(raw: str) -> None:
    assert read_text(raw) == read_text(raw).__class__(raw)


def test_markup_and_lost_question_marks_are_kept_and_doubted() -> None:
    assert read_text("<script>x</script>").doubts == (Doubt.MARKUP,)
    assert read_text("Ca?ete").doubts == (Doubt.QUESTION_MARK,)
    assert read_text("¿Dónde? aquí").doubts == ()
    assert read_text("a < b y c > d").doubts == ()


def test_properties_are_cleaned_rather_than_refused() -> None:
    assert read_property("a\x00b\x1b") == read_property("a\x00b\x1b").__class__(
        "ab", (Mending.CONTROLS_REMOVED,)
    )
    lost = read_property("Ca\ufffdete")
    assert (lost.refused, lost.doubts) == (None, (Doubt.LETTERS_LOST,))
    assert shown("a\x1bb\u202e") == "a\\u001bb\\u202e"


def test_a_ring_that_crosses_itself_is_mended_in_its_dimension() -> None:
    found = mend(BOW_TIE)
    assert found.geometry is not None
    assert found.geometry.is_valid
    assert found.geometry.area == pytest.approx(0.5)
    ((what, detail),) = found.done
    assert what is Mending.MADE_VALID
    assert detail.startswith("Self-intersection[0.5 0.5]; the area had no size")


def test_overlapping_parts_unite_and_are_not_cut_out() -> None:
    found = mend(MultiPolygon([box(0, 0, 2, 1), box(1, 0, 3, 1)]))
    assert found.geometry is not None
    assert found.geometry.area == pytest.approx(3.0)


def test_nested_collections_are_flattened_and_lower_dimensions_left_out() -> None:
    inner = GeometryCollection([box(0, 0, 1, 1), GeometryCollection([box(2, 0, 3, 1)])])
    found = mend(GeometryCollection([Point(0, 0), LineString([(0, 0), (1, 1)]), inner]))
    assert found.geometry is not None
    assert (found.geometry.geom_type, len(found.geometry.geoms)) == ("MultiPolygon", 2)
    assert found.done == (
        (
            Mending.FLATTENED,
            "a collection of 4 became 2 areas, 2 of lower dimension left out",
        ),
    )


@pytest.mark.parametrize(
    ("geometry", "reason"),
    [
        (Polygon(), Reason.NO_GEOMETRY),
        (GeometryCollection(), Reason.NO_GEOMETRY),
        (GeometryCollection([GeometryCollection([Point()])]), Reason.NO_GEOMETRY),
        (Point(1, 1), Reason.NOT_AN_AREA),
        (LineString([(0, 0), (1, 1)]), Reason.NOT_AN_AREA),
        (Polygon([(0, 0), (1, 1), (2, 2), (0, 0)]), Reason.NOT_MENDABLE),
    ],
)
def test_what_is_no_area_is_no_zone(geometry: shapely.Geometry, reason: Reason) -> None:
    found = mend(geometry, areas_only=True)
    assert found.geometry is None
    assert found.refused is not None
    assert found.refused[0] is reason


def test_a_hopeless_tangle_is_refused_before_it_costs() -> None:
    tangle = Polygon(np.random.default_rng(1).random((3_000, 2)))
    assert crossings(tangle) > CROSSINGS_MAX
    found = mend(tangle)
    assert found.refused is not None
    assert found.refused[0] is Reason.TOO_TANGLED
    assert crossings(BOW_TIE) <= 4


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("-25.3", -25.3), ("-25,3", -25.3), (" 1.234.567,8", None), ("1,234.5", 1234.5),
        ("1.234,5", 1234.5), ("", None), ("s/d", None), ("NaN", None), ("−57,6", -57.6),
        ("1e2", 100.0), ("+4", 4.0),
    ],
)  # fmt: skip
def test_coordinates_are_read_with_point_or_comma(text: str, value: float | None) -> None:
    if text == " 1.234.567,8":
        value = 1_234_567.8
    assert number(text) == value


@pytest.mark.parametrize("text", ["abc", "12°30'", "1.2.3", "--5", "0x10", "1,2,3"])
def test_what_is_no_number_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is not a number"):
        number(text)


@pytest.mark.parametrize(
    "header",
    [
        "id,lon,lat", "ID;Longitud;Latitud", "nombre\tlng\tlatitude", "X|Y|nombre",
        '"LONGITUD","LATITUD","a,b"', "id,WKT", "\ufefflon,lat", "geom;id",
    ],
)  # fmt: skip
def test_columns_of_places_are_found(header: str) -> None:
    assert csv_columns(header + "\n1,2") is not None


@pytest.mark.parametrize("header", ["id,nombre", "", "lon;id", "lat,lati", "<a>"])
def test_a_csv_without_places_is_none(header: str) -> None:
    assert csv_columns(header) is None


def test_a_spanish_spreadsheet_is_read(tmp_path: Path) -> None:
    file = tmp_path / "h.csv"
    text = (
        "id;nombre;Longitud;Latitud\n1;Ñemby;-57,54;-25,39\n2;Luque;x;1\n3;Ypané;;\n\n4;A;1;2;3\n"
    )
    file.write_bytes(text.encode("cp1252"))
    rows = read_csv(file, encoding=None)
    assert rows.columns["nombre"].tolist() == ["Ñemby", "Luque", "Ypané", "A"]
    assert rows.geometry[0] == Point(-57.54, -25.39)
    assert {row: why[0] for row, why in rows.wrong.items()} == {
        1: Reason.NOT_A_NUMBER,
        2: Reason.NO_GEOMETRY,
        3: Reason.UNREADABLE_GEOMETRY,
    }
    assert "Windows-1252" in rows.remarks[0]
    assert "Longitud" not in rows.columns
    with pytest.raises(Invalid, match="not utf-8"):
        read_csv(file, encoding="utf-8")


def test_wkt_columns_are_read_and_deep_nests_refused(tmp_path: Path) -> None:
    file = tmp_path / "w.csv"
    deep = "GEOMETRYCOLLECTION(" * 100_000 + "POINT(1 2)" + ")" * 100_000
    file.write_text(f'id,wkt\n1,POINT(1 2)\n2,"POLYGON((0 0"\n3,{deep}\n4,\n')
    rows = read_csv(file, encoding=None)
    assert rows.geometry[0] == Point(1, 2)
    assert set(rows.wrong) == {1, 2}
    assert rows.geometry[3] is None


def placed(points: list[tuple[float, float]], crs: str | None = "EPSG:4326") -> Rows:
    geometry = np.array([Point(x, y) for x, y in points], dtype=object)
    return Rows(format="CSV", geometry=geometry, columns={}, crs=crs)


ASUNCION = [(-57.6 + i / 100, -25.3 - i / 100) for i in range(10)]
CITY = (-57.7, -25.4, -57.5, -25.2)


def judged(
    rows: Rows, around: tuple[float, float, float, float] | None = None
) -> dict[int, Reason]:
    reproject(rows, None)
    refuse_wild(rows, around)
    return {row: why[0] for row, why in rows.wrong.items()}


def test_rows_far_from_all_others_are_refused_with_a_guess() -> None:
    odd = [(-25.3, -57.6), (-57.6, 25.3), (57.6, -25.3), (10.0, 50.0), (0.0, 0.0), (200.0, 1.0)]
    assert judged(placed([*ASUNCION, *odd])) == {
        10: Reason.SWAPPED,
        11: Reason.WRONG_SIGN,
        12: Reason.WRONG_SIGN,
        13: Reason.FAR_AWAY,
        14: Reason.WILD_COORDINATES,
        15: Reason.WILD_COORDINATES,
    }


def test_a_country_with_a_crowded_capital_is_not_wild() -> None:
    country = [(-61.5, -22.0), (-54.6, -25.5), (-58.3, -27.3)]
    assert judged(placed([*ASUNCION * 20, *country])) == {}


def test_a_whole_file_with_lon_and_lat_swapped_is_seen_by_where_the_city_is() -> None:
    swapped = [(lat, lon) for lon, lat in ASUNCION]
    assert judged(placed(swapped)) == {}
    assert set(judged(placed(swapped), CITY).values()) == {Reason.SWAPPED}
    assert judged(placed(ASUNCION), CITY) == {}
    assert judged(placed(swapped), (24.9, 60.1, 25.0, 60.2)) == {}


def test_a_crs_is_asked_for_when_the_numbers_are_no_degrees() -> None:
    metres = [(438_000.0 + i, 7_200_000.0) for i in range(3)]
    for crs in (None, "EPSG:4326"):
        with pytest.raises(Invalid, match=r"--crs EPSG:32721") as refused:
            reproject(placed(metres, crs), None)
        assert refused.value.problem_code == "crs-unknown"
    rows = placed(metres, None)
    assert reproject(rows, "EPSG:32721") == "EPSG:32721"
    assert rows.geometry[0].x == pytest.approx(-57.616, abs=1e-3)
    assert rows.geometry[0].y == pytest.approx(-25.315, abs=1e-2)
    with pytest.raises(Invalid, match="no CRS"):
        reproject(placed(metres, None), "EPSG:999999")


def test_numbers_that_are_none_are_refused_by_row() -> None:
    rows = placed([(1.0, 2.0), (float("nan"), 2.0), (float("inf"), 1.0)])
    assert judged(rows) == {1: Reason.NOT_A_NUMBER, 2: Reason.NOT_A_NUMBER}


def zipped(path: Path, files: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in files.items():
            archive.writestr(name, body)
    return path


def test_a_zip_gives_its_one_layer(tmp_path: Path) -> None:
    into = tmp_path / "into"
    into.mkdir()
    body = {"a/capa.shp": b"s", "a/capa.dbf": b"d", "a/CAPA.SHX": b"x", "a/otra.dbf": b"o",
            "__MACOSX/._capa.shp": b"", "leame.txt": b""}  # fmt: skip
    assert unpack(zipped(tmp_path / "z.zip", body), into) == into / "source.shp"
    assert {one.name for one in into.iterdir()} == {"source.shp", "source.dbf", "source.shx"}


def link_in_zip() -> zipfile.ZipInfo:
    info = zipfile.ZipInfo("a.geojson")
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    return info


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({"../../etc/a.geojson": b"{}"}, "leads out"),
        ({"/etc/a.geojson": b"{}"}, "leads out"),
        ({"C:\\a.geojson": b"{}"}, "leads out"),
        ({"..\\a.geojson": b"{}"}, "leads out"),
        ({"a.zip": b"PK"}, "another archive"),
        ({f"{i}.geojson": b"{}" for i in range(101)}, "101 files"),
        ({"a.geojson": b"{}", "b.geojson": b"{}"}, "found: a.geojson, b.geojson"),
        ({"a.txt": b""}, "found: none"),
        ({"a.shp": b""}, "needs its .dbf and .shx"),
    ],
)
def test_zips_that_are_more_than_one_layer_are_refused(
    tmp_path: Path, files: dict[str, bytes], said: str
) -> None:
    with pytest.raises(Invalid, match=said):
        unpack(zipped(tmp_path / "z.zip", files), tmp_path)
    assert not [one for one in tmp_path.iterdir() if one.name != "z.zip"]


def test_zip_packed_in_an_unknown_way_says_how_to_pack_it(tmp_path: Path) -> None:
    packed = zipped(tmp_path / "odd.zip", {"a.geojson": b"{}"})
    odd = bytearray(packed.read_bytes())
    directory = odd.index(b"PK\x01\x02")
    unknown = (97).to_bytes(2, "little")
    odd[8:10] = odd[directory + 10 : directory + 12] = unknown
    packed.write_bytes(bytes(odd))
    with pytest.raises(Invalid, match="Deflate"):
        unpack(packed, tmp_path)


def test_links_and_passwords_and_bombs_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with zipfile.ZipFile(tmp_path / "l.zip", "w") as archive:
        archive.writestr(link_in_zip(), "/etc/passwd")
    with pytest.raises(Invalid, match="holds a link"):
        unpack(tmp_path / "l.zip", tmp_path)
    monkeypatch.setattr(unpacking, "UNPACKED_MAX_BYTES", 1_000_000)
    bomb = zipped(tmp_path / "b.zip", {"a.geojson": b"0" * 2_000_000})
    with pytest.raises(Invalid, match="would unpack to 2,000,000"):
        unpack(bomb, tmp_path)
    # The directory of a zip may lie about sizes: what really comes out is counted as well.
    lying = bytearray(bomb.read_bytes())
    for place in range(len(lying) - 4):
        if lying[place : place + 4] == (2_000_000).to_bytes(4, "little"):
            lying[place : place + 4] = (10).to_bytes(4, "little")
    bomb.write_bytes(bytes(lying))
    with pytest.raises(Invalid):
        unpack(bomb, tmp_path)
    assert sum(one.stat().st_size for one in tmp_path.glob("source*")) <= 1_000_000


@pytest.mark.parametrize("cut", [10, 40, 100])
def test_a_zip_that_is_cut_off_is_damaged(tmp_path: Path, cut: int) -> None:
    whole = zipped(tmp_path / "z.zip", {"a.geojson": b"{}" * 100}).read_bytes()
    (tmp_path / "z.zip").write_bytes(whole[:-cut])
    with pytest.raises(Invalid, match="damaged or cut off"):
        unpack(tmp_path / "z.zip", tmp_path)


@pytest.mark.parametrize(
    ("head", "found"),
    [
        (b'{"type":"FeatureCollection"', Format.GEOJSON),
        (b'\xef\xbb\xbf \n{"type"', Format.GEOJSON),
        (b"PK\x03\x04....", Format.ZIP),
        (b"SQLite format 3\x00", Format.GEOPACKAGE),
        (b"fgb\x03fgb\x01", Format.FLATGEOBUF),
        (b'<?xml version="1.0"?><kml xmlns="x">', Format.KML),
        (b"id;lon;lat\n", Format.CSV),
        ("id;lon;lat\n".encode("utf-16"), Format.CSV),
    ],
)
def test_formats_are_told_by_their_content(head: bytes, found: Format) -> None:
    assert recognise(head) is found


@pytest.mark.parametrize(
    ("head", "said"),
    [
        (b"", "empty"),
        (b"\x00\x00\x27\x0a....", "bare .shp"),
        (b"<!DOCTYPE kml [<!ENTITY lol 'lol'>]><kml>", "DOCTYPE"),
        (b"<OGRVRTDataSource><OGRVRTLayer/>", "not KML"),
        (b"%PDF-1.7", "none of the formats"),
        (b"lon,lat\x00", "none of the formats"),
    ],
)
def test_other_formats_are_refused(head: bytes, said: str) -> None:
    with pytest.raises(Invalid, match=said):
        recognise(head)


def test_a_password_is_refused(tmp_path: Path) -> None:
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w") as archive:
        archive.writestr("a.geojson", "{}")
    raw = bytearray(body.getvalue())
    raw[raw.index(b"PK\x01\x02") + 8] |= 0x1
    (tmp_path / "p.zip").write_bytes(bytes(raw))
    with pytest.raises(Invalid, match="password"):
        unpack(tmp_path / "p.zip", tmp_path)
