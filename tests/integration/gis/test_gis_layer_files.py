"""Whole files, read as the reading process reads them: six formats, real data, bad input."""

from __future__ import annotations

import json
import sqlite3
import zipfile
from pathlib import Path
from typing import Any

import geopandas
import numpy as np
import pytest
from shapely.geometry import MultiPolygon, Point, Polygon, box

from gis.layers.model import REFUSED_MAX
from gis.layers.reading import read_file
from ops_center.kernel.errors import Invalid
from tests.layer_files import feature, geojson, point, reasons, square

pytestmark = pytest.mark.filterwarnings("ignore::RuntimeWarning", "ignore::UserWarning")
NAMES = ["Ñemby", "Ypané", "Itauguá"]
POINTS = [Point(-57.54, -25.39), Point(-57.45, -25.44), Point(-57.35, -25.38)]


def read(file: Path, place: Path, **options: Any) -> tuple[dict[str, Any], list[Any], list[Any]]:
    """Return report, kept and refused, as the process would leave them."""
    folder = place / f"read-{len(list(place.iterdir()))}"
    folder.mkdir()
    given = {"file_name": file.name, "around": None, **options}
    asked = {"source": str(file), "folder": str(folder), "options": given}
    report = read_file(asked, lambda *_, **__: None)

    def lines(name: str) -> list[Any]:
        return [json.loads(line) for line in (folder / name).read_text().splitlines()]

    return report, lines("kept.ndjson"), lines("refused.ndjson")


def frame(crs: str = "EPSG:4326") -> geopandas.GeoDataFrame:
    made = geopandas.GeoDataFrame(
        {"codigo": ["a", "b", "c"], "nombre": NAMES, "camas": [1, 2, 3]},
        geometry=POINTS,
        crs="EPSG:4326",
    )
    return made.to_crs(crs)


def written(place: Path, name: str, made: geopandas.GeoDataFrame, **more: Any) -> Path:
    file = place / name
    made.to_file(file, **more)
    return file


def shapefile(place: Path, made: geopandas.GeoDataFrame, *leave_out: str, **more: Any) -> Path:
    written(place, "capa.shp", made, **more)
    parts = [one for one in place.glob("capa.*") if one.suffix not in {*leave_out, ".zip"}]
    with zipfile.ZipFile(place / "capa.zip", "w") as archive:
        for one in parts:
            archive.write(one, f"carpeta/{one.name}")
    return place / "capa.zip"


def csv_file(place: Path, made: geopandas.GeoDataFrame) -> Path:
    rows = zip(made["codigo"], made["nombre"], made["camas"], made.geometry, strict=True)
    lines = [f"{c};{n};{k};{p.x};{p.y}".replace(".", ",") for c, n, k, p in rows]
    file = place / "capa.csv"
    file.write_text("\n".join(["codigo;nombre;camas;lon;lat", *lines]), encoding="utf-8")
    return file


MAKERS: dict[str, Any] = {
    "GeoJSON": lambda place, made: written(place, "c.geojson", made),
    "GeoPackage": lambda place, made: written(place, "c.gpkg", made),
    "Shapefile": shapefile,
    "KML": lambda place, made: written(place, "c.kml", made, driver="KML"),
    "FlatGeobuf": lambda place, made: written(place, "c.fgb", made),
    "CSV": csv_file,
}


@pytest.mark.parametrize("form", MAKERS)
def test_every_format_gives_the_same_rows(tmp_path: Path, form: str) -> None:
    asked = {"id_column": "codigo"} if form == "KML" else {}  # GDAL's own ids stand before
    report, kept, refused = read(MAKERS[form](tmp_path, frame()), tmp_path, **asked)
    assert (report["format"], report["rows"], report["kept"], refused) == (form, 3, 3, [])
    assert (report["id_column"], report["name_column"]) == ("codigo", "nombre")
    assert {one["id"]: one["name"] for one in kept} == dict(zip("abc", NAMES, strict=True))
    assert sorted(str(json.loads(one["properties"])["camas"]) for one in kept) == ["1", "2", "3"]
    assert report["bounds"] == pytest.approx([-57.54, -25.44, -57.35, -25.38])
    assert report["mended"]["rows"] == report["doubtful"]["rows"] == 0


@pytest.mark.parametrize("form", ["GeoPackage", "Shapefile", "FlatGeobuf"])
def test_the_crs_of_the_file_is_reprojected(tmp_path: Path, form: str) -> None:
    report, _, _ = read(MAKERS[form](tmp_path, frame("EPSG:32721")), tmp_path)
    assert report["crs"] == "EPSG:32721"
    assert report["bounds"] == pytest.approx([-57.54, -25.44, -57.35, -25.38], abs=1e-6)


def test_a_shapefile_without_its_crs_asks_for_it(tmp_path: Path) -> None:
    file = shapefile(tmp_path, frame("EPSG:32721"), ".prj")
    with pytest.raises(Invalid, match="--crs EPSG:32721"):
        read(file, tmp_path)
    report, _, _ = read(file, tmp_path, crs="EPSG:32721")
    assert report["bounds"] == pytest.approx([-57.54, -25.44, -57.35, -25.38], abs=1e-6)
    degrees = shapefile(tmp_path, frame(), ".prj")
    report, _, _ = read(degrees, tmp_path)
    assert report["remarks"] == ["The file does not name its CRS: taken as WGS 84 degrees."]


@pytest.mark.parametrize("written_as", ["UTF-8", "ISO-8859-1"])
@pytest.mark.parametrize("says", ["nothing", "UTF-8", "ISO-8859-1"])
def test_names_of_shapefiles_keep_their_letters_whatever_the_file_says(
    tmp_path: Path, written_as: str, says: str
) -> None:
    written(tmp_path, "capa.shp", frame(), encoding=written_as)
    (tmp_path / "capa.cpg").unlink(missing_ok=True)
    if says != "nothing":
        (tmp_path / "capa.cpg").write_text(says)
    dbf = bytearray((tmp_path / "capa.dbf").read_bytes())
    dbf[29] = 0  # the language driver says nothing either
    (tmp_path / "capa.dbf").write_bytes(bytes(dbf))
    with zipfile.ZipFile(tmp_path / "capa.zip", "w") as archive:
        for one in tmp_path.glob("capa.???"):
            if one.suffix != ".zip":
                archive.write(one, one.name)
    report, kept, refused = read(tmp_path / "capa.zip", tmp_path)
    assert refused == []
    assert [one["name"] for one in kept] == NAMES
    mistaken = written_as == "UTF-8" and says != "UTF-8"
    assert report["mended"]["by_reason"] == ({"letters_restored": 3} if mistaken else {})


def test_a_geojson_in_latin_1_keeps_its_letters(tmp_path: Path) -> None:
    file = geojson(tmp_path / "l.geojson", [feature(point(-57.5, -25.3), "1", nombre="Ñemby")])
    file.write_bytes(file.read_text(encoding="utf-8").encode("latin-1"))
    report, kept, _ = read(file, tmp_path)
    assert kept[0]["name"] == "Ñemby"
    assert report["remarks"] == ["Some texts are not UTF-8: those were read as Latin-1."]


def test_folders_of_a_kml_are_read_together(tmp_path: Path) -> None:
    place = (
        "<Placemark><name>{}</name><Point><coordinates>{},-25,0</coordinates></Point></Placemark>"
    )
    folders = "".join(
        f"<Folder><name>f{i}</name>{place.format(name, -57 - i)}</Folder>"
        for i, name in enumerate(NAMES)
    )
    file = tmp_path / "c.kml"
    file.write_text(
        '<?xml version="1.0" encoding="UTF-8"?><kml xmlns="http://www.opengis.net/kml/2.2">'
        f"<Document>{folders}</Document></kml>"
    )
    report, kept, _ = read(file, tmp_path)
    assert [one["name"] for one in kept] == NAMES
    assert report["kept"] == 3


def test_of_several_layers_one_has_to_be_named(tmp_path: Path) -> None:
    written(tmp_path, "c.gpkg", frame(), layer="uno")
    file = written(tmp_path, "c.gpkg", frame(), layer="dos")
    with pytest.raises(Invalid, match="uno, dos"):
        read(file, tmp_path)
    assert read(file, tmp_path, source_layer="dos")[0]["kept"] == 3
    with pytest.raises(Invalid, match="no layer 'tres'"):
        read(file, tmp_path, source_layer="tres")


def test_a_view_of_a_geopackage_is_not_run(tmp_path: Path) -> None:
    file = written(tmp_path, "c.gpkg", frame(), layer="uno")
    with sqlite3.connect(file) as connection:
        connection.executescript(
            "create view v as select * from uno;"
            "insert into gpkg_contents select 'v', data_type, 'v', description, last_change,"
            " min_x, min_y, max_x, max_y, srs_id from gpkg_contents;"
        )
    with pytest.raises(Invalid, match="is a view"):
        read(file, tmp_path)


def test_bad_rows_are_told_one_by_one(tmp_path: Path) -> None:
    rows = [
        feature(square(-57.60, -25.30), "1", nombre="Entero"),
        feature({"type": "Polygon", "coordinates": [[[-57.6, -25.3], [-57.5, -25.2],
                 [-57.5, -25.3], [-57.6, -25.2], [-57.6, -25.3]]]}, "2", nombre="Moño"),
        feature({"type": "GeometryCollection", "geometries": [
            {"type": "GeometryCollection", "geometries": [square(-57.7, -25.3)]},
            point(-57.6, -25.3)]}, "3", nombre="Colección"),
        feature(None, "4", nombre="Sin nada"),
        feature({"type": "Polygon", "coordinates": []}, "5", nombre="Vacío"),
        feature(point(-57.6, -25.3), "6", nombre="Un punto"),
        feature(square(-57.61, -25.3), "1", nombre="Repetido"),
        feature(square(-57.62, -25.3), None, nombre="Sin código"),
        feature(square(-57.63, -25.3), "9", nombre="Ca\ufffdete"),
        feature(square(-57.64, -25.3), "10", nombre="CaÃ±ete"),
        feature(square(-57.65, -25.3), "11", nombre="Ba\x07rrio"),
        feature(square(-57.66, -25.3), "12", nombre="<b>Barrio</b>"),
        feature(square(-57.67, -25.3), "13", nombre="'; drop table zone; --"),
        feature(square(-57.68, -25.3), "14", nombre="x" * 201),
        feature(square(-25.3, -57.6), "15", nombre="Al revés"),
        feature(square(500.0, -25.3), "16", nombre="Fuera"),
        feature(square(-57.69, -25.3), "17", nombre="Largo", nota="y" * 10_001),
    ]  # fmt: skip
    file = geojson(tmp_path / "z.geojson", rows)
    report, kept, refused = read(file, tmp_path, areas_only=True, id_column="id")
    assert reasons(report) == {
        4: "no_geometry", 5: "no_geometry", 6: "not_an_area", 7: "duplicate_id", 8: "no_id",
        9: "letters_lost", 11: "control_characters", 14: "too_long", 15: "swapped",
        16: "wild_coordinates", 17: "too_long",
    }  # fmt: skip
    assert reasons(report, "mended") == {
        2: "made_valid", 3: "flattened", 10: "letters_restored",
    }  # fmt: skip
    assert reasons(report, "doubtful") == {12: "markup"}
    assert {one["id"]: one["name"] for one in kept} == {
        "1": "Entero", "2": "Moño", "3": "Colección", "10": "Cañete", "12": "<b>Barrio</b>",
        "13": "'; drop table zone; --",
    }  # fmt: skip
    assert (report["rows"], report["kept"], report["refused"]["rows"]) == (17, 6, 11)
    assert [one["row"] for one in refused] == [4, 5, 6, 7, 8, 9, 11, 14, 15, 16, 17]
    odd = next(one["feature"] for one in refused if one["row"] == 11)
    assert odd["properties"]["nombre"] == "Ba\\u0007rrio"
    assert odd["properties"]["_reason"] == "control_characters"
    assert odd["geometry"]["type"] == "Polygon"


def test_nan_in_a_file_is_refused_by_row(tmp_path: Path) -> None:
    made = frame()
    made.loc[1, "geometry"] = Point(float("nan"), 1.0)
    made.loc[2, "geometry"] = Point(float("inf"), 1.0)
    report, _, refused = read(written(tmp_path, "c.gpkg", made), tmp_path)
    assert report["kept"] == 1
    assert [one["row"] for one in refused] == [2, 3]
    assert [one["reason"] for one in refused] == [
        report["refused"]["listed"][0]["reason"], "not_a_number",
    ]  # fmt: skip


def test_a_polygon_of_a_million_vertices_is_refused_by_row(tmp_path: Path) -> None:
    angles = np.linspace(0, 2 * np.pi, 1_000_000, endpoint=False)
    ring = np.stack([-57.6 + 0.1 * np.cos(angles), -25.3 + 0.1 * np.sin(angles)], axis=1)
    made = geopandas.GeoDataFrame(
        {"codigo": ["a", "b"]}, geometry=[box(-57.6, -25.3, -57.5, -25.2), Polygon(ring)], crs=4326
    )
    report, _, refused = read(written(tmp_path, "c.fgb", made), tmp_path, areas_only=True)
    assert (report["kept"], len(refused)) == (1, 1)
    ((row, reason),) = reasons(report).items()
    assert reason == "too_many_vertices"
    assert refused[0]["row"] == row
    assert "1,000,001 vertices; 100,000 are allowed" in json.dumps(refused[0])
    assert len(json.dumps(refused[0])) < 2_000


def test_a_file_of_nothing_but_bad_rows_is_refused_as_a_whole(tmp_path: Path) -> None:
    file = tmp_path / "m.csv"
    file.write_text("lon;lat\n" + "x;y\n" * (REFUSED_MAX + 1))
    with pytest.raises(Invalid, match="the file as a whole is wrong"):
        read(file, tmp_path)


@pytest.mark.parametrize("form", MAKERS)
def test_a_file_that_is_cut_off_never_ends_in_half_a_layer(tmp_path: Path, form: str) -> None:
    file = MAKERS[form](tmp_path, frame())
    raw = file.read_bytes()
    cut = tmp_path / f"cut{file.suffix}"
    for share in (0.3, 0.6, 0.9):
        cut.write_bytes(raw[: int(len(raw) * share)])
        try:
            report, _, _ = read(cut, tmp_path)
        except Invalid:
            continue
        # A table cut at a line's end is a table: CSV, and pages of SQLite that are not needed.
        assert form in {"CSV", "GeoPackage"}
        assert report["kept"] <= 3


def test_columns_that_are_not_there_are_named(tmp_path: Path) -> None:
    with pytest.raises(Invalid, match="The file has: codigo, nombre, camas") as refused:
        read(written(tmp_path, "c.geojson", frame()), tmp_path, id_column="clave")
    assert refused.value.problem_code == "column-unknown"


def test_overlapping_multipolygons_and_heights_come_out_flat(tmp_path: Path) -> None:
    made = geopandas.GeoDataFrame(
        {"codigo": ["a", "b"]},
        geometry=[MultiPolygon([box(0, 0, 2, 1), box(1, 0, 3, 1)]), Polygon(
            [(0, 0, 5), (1, 0, 5), (1, 1, 5), (0, 0, 5)])],
        crs=4326,
    )  # fmt: skip
    report, kept, _ = read(written(tmp_path, "c.gpkg", made), tmp_path, areas_only=True)
    assert reasons(report, "mended") == {1: "made_valid"}
    assert len(kept) == 2


class TestRealData:
    """The shared layers, with the exact figures that looking at them by hand gave."""

    def test_barrios(self, shared_data: Path, tmp_path: Path) -> None:
        file = shared_data / "gis/barrios_asuncion_josego85.geojson"
        report, kept, refused = read(file, tmp_path, areas_only=True, id_column="loc")
        assert (report["rows"], report["kept"], refused) == (68, 68, [])
        assert report["mended"]["rows"] == report["doubtful"]["rows"] == 0
        assert report["name_column"] == "nombre"
        names = {one["id"]: one["name"] for one in kept}
        assert names["064"] == "Ñu Guazu"
        assert names["022"] == "Bañado Cara Cara"

    def test_departments(self, shared_data: Path, tmp_path: Path) -> None:
        """Four outlines cross themselves at one vertex each; `id` is 0 in every row."""
        file = shared_data / "gis/paraguay_departamentos.geojson"
        report, kept, refused = read(file, tmp_path, areas_only=True, name_column="dpto_desc")
        assert (report["rows"], report["kept"], refused) == (18, 18, [])
        mended = {one["id"]: one["reason"] for one in report["mended"]["listed"]}
        assert mended == dict.fromkeys(["1", "9", "14", "18"], "made_valid")
        assert report["id_column"] == "gid"
        names = {one["id"]: one["name"] for one in kept}
        assert [names[one] for one in ("1", "9", "14", "18")] == [
            "CANINDEYU", "CENTRAL", "ALTO PARANA", "PARAGUARI",
        ]  # fmt: skip

    def test_fuel_stations(self, shared_data: Path, tmp_path: Path) -> None:
        """One has its latitude in both columns, one has lost the sign of its latitude."""
        file = shared_data / "gis/estaciones_servicio.geojson"
        report, kept, refused = read(file, tmp_path, name_column="operador")
        assert (report["rows"], report["kept"]) == (2_270, 2_268)
        assert reasons(report) == {985: "far_away", 1494: "wrong_sign"}
        assert report["mended"]["rows"] == report["doubtful"]["rows"] == 0
        towns = [one["feature"]["properties"]["distrito"] for one in refused]
        assert towns == ["AREGUA", "SANTA ELENA"]
        assert all(one["name"] for one in kept)

    def test_health_sites(self, shared_data: Path, tmp_path: Path) -> None:
        file = shared_data / "gis/salud_publica.geojson"
        report, kept, refused = read(file, tmp_path)
        assert (report["rows"], report["kept"], refused) == (72, 72, [])
        assert report["name_column"] == "Nombre"
        assert report["mended"]["rows"] == report["doubtful"]["rows"] == 0
        assert "H.D. - ÑEMBY" in {one["name"] for one in kept}
