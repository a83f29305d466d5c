"""Layers in the picture: the fold agrees with the screens, a fact with its golden file."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import pytest

from gis.layers.events import (
    LayerFact,
    LayerPublished,
    LayerRemoved,
    LayerRolledBack,
    audience,
    public_view,
)
from gis.layers.fold import EMPTY, fold
from gis.layers.model import Layer

GOLDEN = Path(__file__).resolve().parents[2] / "golden"


def layer(**changes: object) -> Layer:
    values: dict[str, object] = {
        "id": UUID("01930000-0000-7000-8000-000000000031"),
        "name": "hidrantes",
        "kind": "hydrant",
        "zone_kind": None,
        "agency": "BOM",
        "searchable": False,
        "version": 2,
        "published": 2,
        "features": 412,
        "published_at": datetime(2026, 11, 22, 14, 5, 1, tzinfo=UTC),
        "bounds": (-57.6738, -25.3803, -57.5272, -25.2239),
    }
    return Layer(**{**values, **changes})  # type: ignore[arg-type]


@pytest.mark.parametrize("path", sorted(GOLDEN.glob("layer.*.json")), ids=lambda path: path.stem)
def test_fold_agrees_with_the_screens(path: Path) -> None:
    golden = json.loads(path.read_text(encoding="utf-8"))
    picture = golden["picture"]
    for entry in golden["entries"]:
        picture = fold(
            picture, entry["kind"], entry["subject"], version=entry["version"], data=entry["data"]
        )
    assert picture == golden["after"]


@pytest.mark.parametrize(
    ("made", "changes"),
    [
        (LayerPublished, {}),
        (
            LayerRolledBack,
            {"version": 3, "published": 1, "features": 410,
             "published_at": datetime(2026, 11, 22, 15, 0, tzinfo=UTC)},
        ),
        (LayerRemoved, {"version": 4, "published": None}),
    ],
)  # fmt: skip
def test_facts_have_the_fields_of_their_golden_files(
    made: type[LayerFact], changes: dict[str, object]
) -> None:
    one = layer(**changes)
    fact = made(subject=one.id, version=one.version, audience=audience(one), layer=one)
    golden = json.loads((GOLDEN / f"{fact.kind}.json").read_text(encoding="utf-8"))
    assert fact.data() == golden["entries"][0]["data"]
    assert fact.version == golden["entries"][0]["version"]


def test_other_kinds_change_nothing_and_a_layer_is_put_in_as_it_is_viewed() -> None:
    one = layer()
    assert fold(EMPTY, "unit.changed", one.id, version=1, data={"a": 1}) is EMPTY
    data = LayerPublished(subject=one.id, version=2, layer=one).data()
    after = fold(EMPTY, "layer.published", one.id, version=2, data=data)
    assert after == {"layers": {str(one.id): public_view(one)}}


def test_an_agencys_layer_is_told_to_it_and_a_common_one_to_everyone() -> None:
    assert audience(layer()) == ("agency:BOM",)
    assert audience(layer(agency=None)) == ("everyone",)
