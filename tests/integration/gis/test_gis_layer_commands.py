"""`./ops gis import-layer` and `layers`: what a person at a terminal does and reads."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from ops_center.gis_cli import cli
from tests.layer_files import feature, geojson, point, square


class Terminal:
    def run(self, *words: str, code: int = 0) -> Result:
        answer = CliRunner().invoke(cli, list(words))
        assert answer.exit_code == code, answer.output
        return answer


@pytest.fixture
def terminal(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Terminal:
    monkeypatch.setenv("OPS_DATABASE_URL", database_url)
    monkeypatch.setenv("OPS_DATA_DIR", str(tmp_path / "data"))
    # The runner's streams are closed behind each command; logs of later tests must not go there.
    monkeypatch.setattr("ops_center.gis_cli.shared.configure_logs", lambda **_: None)
    return Terminal()


def test_a_layer_is_imported_looked_at_and_taken_away(terminal: Terminal, tmp_path: Path) -> None:
    first = geojson(
        tmp_path / "1.geojson",
        [feature(square(-57.6, -25.3), "001", nombre="Sajonia"),
         feature(square(-57.62, -25.3), "001", nombre="Otra"),
         feature(square(-57.64, -25.3), "003", nombre="Ca\x1b[31mnto")],
    )  # fmt: skip
    refused = tmp_path / "malos.geojson"
    words = ("import-layer", str(first), "--layer", "zonas", "--kind", "zone", "--id", "id")
    said = terminal.run(*words, "--agency", "POL", "--dry-run", "--refused", str(refused)).output
    assert "nothing published" in said
    assert "row 2 [001] duplicate_id: id 001 is that of row 1 too" in said
    assert "\x1b" not in said
    reasons = [one["properties"]["_reason"] for one in json.loads(refused.read_text())["features"]]
    assert reasons == ["duplicate_id", "control_characters"]
    assert terminal.run("layers", "list").output.strip() == "No layer is published."

    told = json.loads(terminal.run(*words, "--json").stdout)
    assert (told["layer"]["published"], told["report"]["kept"]) == (1, 1)
    second = geojson(tmp_path / "2.geojson", [feature(square(-57.6, -25.3), "002")])
    terminal.run("import-layer", str(second), "--layer", "zonas", "--id", "id")
    assert "1 added, 1 removed" in terminal.run("layers", "compare", "zonas", "1", "2").output
    assert "version 1" in terminal.run("layers", "rollback", "zonas", "1").output
    assert "*    1" in terminal.run("layers", "show", "zonas").output
    terminal.run("layers", "refused", "zonas", str(refused), "--version", "1")
    assert len(json.loads(refused.read_text())["features"]) == 2
    assert "removed" in terminal.run("layers", "remove", "zonas").output
    assert json.loads(terminal.run("layers", "list", "--json").stdout) == []


def test_what_is_wrong_is_said_in_a_line(terminal: Terminal, tmp_path: Path) -> None:
    metres = tmp_path / "m.csv"
    metres.write_text("lon;lat\n438000;7200000\n")
    said = terminal.run("import-layer", str(metres), "--layer", "m", code=1)
    assert "--crs EPSG:32721" in said.stderr
    file = geojson(tmp_path / "p.geojson", [feature(point(1, 1), "1")])
    assert "small letters" in terminal.run(
        "import-layer", str(file), "--layer", "Mal Nombre", code=1
    ).stderr  # fmt: skip
    assert "no layer nada" in terminal.run("layers", "show", "nada", code=1).stderr
