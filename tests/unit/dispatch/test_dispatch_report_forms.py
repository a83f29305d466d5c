"""CSV that no spreadsheet runs, PDF that says what it is, GeoParquet that holds places only."""

import csv
import io
import json
import re
import subprocess
import sys
from typing import Any

import geopandas
import pyarrow.parquet
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch.reporting.forms.csv_form import BOM, to_csv
from dispatch.reporting.forms.labels import labels_of
from dispatch.reporting.forms.process import ENVIRONMENT, FormMaker
from dispatch.reporting.forms.sheets import sheets_of
from dispatch.reporting.forms.words import _WORDS, LANGUAGES, word
from ops_center.kernel.errors import Unavailable

PLAIN = labels_of({})
EVIL = (
    '=HYPERLINK("http://x","y")',
    "+1",
    "-2+3",
    "@SUM(A1)",
    "\tx",
    "\rx",
    "＝1",
    "<script>1</script>",
)


def overrides(*reasons: str) -> dict[str, Any]:
    item = {
        "number": "2026-000001", "type": "noise", "priority": 4, "callsign": "P1", "agency": "POL",
        "at": "2026-11-22T14:00:00.000Z", "eta_s": 90.0, "best_eta_s": 60.0, "actual_s": 30.0,
        "foreseen_s": 30.0, "measured_s": -30.0,
    }  # fmt: skip
    return {"orders": 9, "overrides": len(reasons), "share": 0.1,
            "items": [{**item, "reason": one} for one in reasons]}  # fmt: skip


def rows(made: bytes) -> list[dict[str, str]]:
    text = made.decode()
    assert text.startswith(BOM)
    return list(csv.DictReader(io.StringIO(text.removeprefix(BOM), newline="")))


def test_no_cell_of_words_is_taken_for_a_formula() -> None:
    found = rows(to_csv("overrides", overrides(*EVIL), PLAIN))
    assert [one["reason"] for one in found] == [f"'{one}" for one in EVIL[:-1]] + [EVIL[-1]]
    assert {one["measured_s"] for one in found} == {"-30.0"}, "numbers stay numbers"


@given(st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=30))
def test_whatever_is_written_comes_back_and_runs_nowhere(reason: str) -> None:
    found = rows(to_csv("overrides", overrides(reason), PLAIN))[0]["reason"]
    assert found in {reason, f"'{reason}"}
    assert not found.startswith(("=", "+", "-", "@", "\t", "\r"))


def test_csv_follows_rfc_4180() -> None:
    made = to_csv("overrides", overrides('dice "ya voy", dos\nlíneas'), PLAIN).decode()
    assert '"dice ""ya voy"", dos\nlíneas"' in made
    assert made.endswith("\r\n")


def calls(code: str = "silent") -> dict[str, Any]:
    row = {"code": code, "n": 3, "real": 0, "not_real": 3}
    return {"total": 3, "lists": {"disposition": [row], "hour": [{**row, "code": "07"}]}}


def pdf(language: str = "gn", report: dict[str, Any] | None = None) -> bytes:
    asked = {
        "form": "pdf", "name": "calls", "language": language, "report": report or calls(),
        "labels": {"disposition": {"silent": "Noñe'ẽi ko'ág̃a"}},
        "title": word("title.calls", language), "remarks": ["22/11/2026"],
    }  # fmt: skip
    made = subprocess.run(
        [sys.executable, "-m", "dispatch.reporting.forms"], input=json.dumps(asked).encode(),
        capture_output=True, env=ENVIRONMENT, timeout=60, check=True,
    )  # fmt: skip
    return made.stdout


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_pdf_has_a_title_numbered_pages_an_own_font_and_vector_charts(language: str) -> None:
    made = pdf(language)
    assert made.startswith(b"%PDF-")
    assert b"NotoSans" in made
    assert b"/Subtype /Image" not in made, "charts are drawn, not pictures"
    assert f"/Lang ({'es-PY' if language == 'es' else language})".encode() in made


def test_a_pdf_takes_words_as_words() -> None:
    made = pdf("es", calls("<b>&lt;x</b><img src='http://x'/>"))
    assert made.startswith(b"%PDF-")
    assert b"http://x" not in made


def test_every_word_is_there_in_three_languages() -> None:
    assert {len(words) for words in _WORDS.values()} == {len(LANGUAGES)}
    assert all(all(words) for words in _WORDS.values())


@pytest.mark.parametrize("name", ["queues", "workload", "alarms", "overrides", "calls"])
def test_a_report_about_nothing_still_has_sheets_or_none(name: str) -> None:
    empty = {"over_the_day": [], "series": [], "most": 0}
    nothing: dict[str, Any] = {
        "calls": empty, "incidents": empty, "operators": None, "units": [], "sources": [],
        "hours": [], "items": [], "orders": 0, "overrides": 0, "share": None, "total": 0,
        "lists": {},
    }  # fmt: skip
    for sheet in sheets_of(name, nothing, PLAIN, "es"):
        assert sheet.title
        assert not sheet.rows


async def test_geoparquet_is_read_back_with_its_crs(tmp_path: Any) -> None:
    one = {"type": "noise", "priority": 4, "agency": "POL", "day": "2026-11-22", "hour": 14,
           "dispatch_s": 30.0, "response_s": None, "lon": -57.6325, "lat": -25.2825}  # fmt: skip
    path = tmp_path / "places.parquet"
    path.write_bytes(await FormMaker().make({"form": "parquet", "rows": [one, one]}))
    geo = json.loads(pyarrow.parquet.read_schema(path).metadata[b"geo"])
    assert geo["primary_column"] == "geometry"
    assert geo["columns"]["geometry"]["geometry_types"] == ["Point"]
    found = geopandas.read_parquet(path)
    assert found.crs.to_epsg() == 4326
    assert list(found.geometry.x) == [-57.6325, -57.6325]
    assert set(found.columns) == {*one, "geometry"} - {"lon", "lat"}


async def test_a_form_that_takes_too_long_is_given_up() -> None:
    with pytest.raises(Unavailable, match="shorter period"):
        await FormMaker(limit_s=0.001).make({"form": "parquet", "rows": []})


def test_a_long_report_has_several_pages() -> None:
    rows = calls()["lists"]["hour"] * 60
    made = pdf("en", {"total": 3, "lists": {"hour": rows, "day": rows}})
    assert len(re.findall(rb"/Type /Page\b", made)) >= 3
