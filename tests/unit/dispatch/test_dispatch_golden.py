"""The Python fold gives what the screens' fold gives: both are held to the same files."""

import importlib
import json
from pathlib import Path

import pytest

from dispatch.domain.fold import ALARMS, CALLS, INCIDENTS, KINDS, RULES, UNITS, Picture, fold
from ops_center.kernel.events import fact_kinds

GOLDEN = Path(__file__).parents[2] / "golden"
FILES = sorted(GOLDEN.glob("*.json"))
OURS = (CALLS, INCIDENTS, UNITS, ALARMS, RULES)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_fold_gives_the_golden_picture(file: Path) -> None:
    case = json.loads(file.read_text())
    picture: Picture = {section: case["picture"].get(section, {}) for section in OURS}
    for entry in case["entries"]:
        picture = fold(
            picture,
            entry["kind"],
            entry["subject"],
            version=entry["version"],
            data=entry["data"],
        )
    assert picture == {section: case["after"].get(section, {}) for section in OURS}


def test_every_kind_of_dispatch_fact_has_a_golden_entry() -> None:
    written = {entry["kind"] for file in FILES for entry in json.loads(file.read_text())["entries"]}
    assert written >= KINDS


def test_the_fold_knows_only_facts_that_dispatch_states() -> None:
    importlib.import_module("ops_center.bootstrap")
    ours = {kind for kind, fact in fact_kinds().items() if fact.__module__.startswith("dispatch.")}
    assert ours >= KINDS
