"""Whatever a stranger writes in a row, it is kept clean, or refused with a reason."""

from __future__ import annotations

import json
import unicodedata

import numpy as np
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import Point, Polygon

from gis.layers.csv_rows import number
from gis.layers.judging import Judge
from gis.layers.letters import NAME_MAX_CHARS, read_property, read_text, shown
from gis.layers.mending import mend
from gis.layers.model import Mending, ReadOptions, Reason
from gis.layers.places import refuse_wild, reproject
from gis.layers.rows import Rows

ANY_TEXT = st.text(max_size=60)
SPANISH = st.text(st.sampled_from("aeiouñÑáéíóúüÜ ¿¡º.-'bcdlmnrst"), min_size=1, max_size=30)
DEGREES = st.floats(allow_nan=True, allow_infinity=True) | st.floats(-200, 200)
GRID = st.integers(0, 6)


def hidden(text: str) -> bool:
    return any(unicodedata.category(c) in {"Cc", "Cs"} for c in text)


@given(ANY_TEXT)
def test_no_kept_text_hides_anything(raw: str) -> None:
    found = read_text(raw)
    assert not hidden(found.value)
    assert not hidden(read_property(raw).value)
    assert not hidden(shown(raw))
    assert found.refused is None or found.refused in Reason


@given(ANY_TEXT)
def test_reading_a_kept_text_again_changes_nothing(raw: str) -> None:
    once = read_text(raw)
    if once.refused is None:
        again = read_text(once.value)
        assert (again.value, again.mended, again.refused) == (once.value, (), None)


@given(SPANISH, st.sampled_from(["latin-1", "cp1252"]))
def test_spanish_broken_by_a_wrong_encoding_comes_back(text: str, wrong: str) -> None:
    broken = text.encode("utf-8").decode(wrong, errors="ignore")
    if broken.encode(wrong) != text.encode("utf-8"):
        return  # a byte without a letter in that encoding is gone for good
    found = read_text(broken)
    assert found.refused is None
    assert found.value == text.strip()
    assert (Mending.LETTERS_RESTORED in found.mended) == (broken != text)


@given(SPANISH)
def test_spanish_that_is_whole_is_left_alone(text: str) -> None:
    found = read_text(text)
    assert (found.value, found.mended, found.refused) == (text.strip(), (), None)


@given(st.floats(-1e7, 1e7).map(lambda value: round(value, 6)))
def test_numbers_read_the_same_with_point_and_comma(value: float) -> None:
    assert number(f"{value:.6f}") == value
    assert number(f"{value:.6f}".replace(".", ",")) == value


@given(st.lists(st.tuples(GRID, GRID), min_size=3, max_size=12))
def test_every_outline_is_valid_areal_and_no_larger_than_its_hull_or_refused(
    ring: list[tuple[int, int]],
) -> None:
    outline = Polygon(ring)
    found = mend(outline, areas_only=True)
    if found.geometry is None:
        assert found.refused is not None
        return
    assert found.geometry.is_valid
    assert shapely.get_dimensions(found.geometry) == 2
    assert found.geometry.geom_type in {"Polygon", "MultiPolygon"}
    assert found.geometry.area <= outline.convex_hull.area + 1e-9


ROW = st.tuples(DEGREES, DEGREES, st.none() | ANY_TEXT, st.none() | st.sampled_from("abcdef"))


@settings(max_examples=60)
@given(st.lists(ROW, min_size=1, max_size=20))
def test_every_row_is_kept_or_refused_once_and_ids_are_unique(
    rows: list[tuple[float, float, str | None, str | None]],
) -> None:
    lons, lats, names, ids = zip(*rows, strict=True)
    table = Rows(
        format="CSV",
        geometry=np.array([Point(x, y) for x, y in zip(lons, lats, strict=True)], dtype=object),
        columns={
            "nombre": np.array(names, dtype=object),
            "clave": np.array(ids, dtype=object),
        },
        crs="OGC:CRS84",
        remarks=[],
    )
    judge = Judge(table, ReadOptions(file_name="x", id_column="clave"), lambda _: None)
    judge.refuse_large()
    if np.isfinite(lons).any() and np.isfinite(lats).any():
        table.crs = "EPSG:4326"
    table.geometry = shapely.force_2d(table.geometry)
    reprojected(table)
    refuse_wild(table, None)
    records = list(judge.records())
    assert len(records) == len(rows) == judge.kept + judge.refused.rows
    kept = [record for is_kept, record in records if is_kept]
    assert len({one["id"] for one in kept}) == len(kept)
    for one in kept:
        x, y = shapely.from_wkb(one["geom"]).coords[0]
        assert abs(x) <= 180
        assert abs(y) <= 90
        assert one["name"] is None or len(one["name"]) <= NAME_MAX_CHARS
        json.loads(one["properties"])
    for is_kept, record in records:
        if not is_kept:
            assert record["reason"] in set(Reason)
            text = json.dumps(record["feature"], allow_nan=False)
            assert "NaN" not in text or "NaN" in json.dumps(names) or "a coordinate" in text


def reprojected(table: Rows) -> None:
    """Degrees stay degrees; a CRS named by hand is never asked for."""
    reproject(table, "EPSG:4326")
