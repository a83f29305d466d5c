"""The closures of the picture: the fold is held to the files that the screens' fold is held to."""

import json
from pathlib import Path

import pytest

from gis.closures.fold import CLOSURES, EMPTY, fold

GOLDEN = Path(__file__).parents[2] / "golden"
FILES = sorted(GOLDEN.glob("closure.*.json"))


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_fold_gives_the_golden_picture(file: Path) -> None:
    case = json.loads(file.read_text(encoding="utf-8"))
    picture = case["picture"]
    for entry in case["entries"]:
        picture = fold(
            picture,
            entry["kind"],
            entry["subject"],
            version=entry["version"],
            data=entry["data"],
        )
    assert picture == case["after"]


def test_every_kind_of_closure_fact_has_a_golden_file() -> None:
    assert {file.stem for file in FILES} == {
        f"closure.{one}" for one in ("drawn", "changed", "lifted")
    }


def test_other_kinds_and_unseen_closures_change_nothing() -> None:
    assert fold(EMPTY, "camera.added", "x", version=1, data={}) == EMPTY
    assert fold(EMPTY, "closure.changed", "x", version=2, data={"reason": "b"}) == EMPTY
    assert EMPTY == {CLOSURES: {}}
