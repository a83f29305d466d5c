"""Protected incidents: what is masked, and that masked entries fold to the masked picture."""

import json
from pathlib import Path
from typing import Any

import pytest

from dispatch.domain.fold import Picture, fold
from dispatch.domain.masking import coarse, masked, masked_data, masked_unit
from gis.geodesy import distance_m
from gis.geometry import Point

GOLDEN = Path(__file__).parents[2] / "golden"
OF_INCIDENTS = sorted(
    file for word in ("incident", "call", "unit") for file in GOLDEN.glob(f"{word}.*.json")
)


def covered(picture: dict[str, Any]) -> Picture:
    """Every incident, call and unit of the picture masked."""
    how = {"incidents": masked, "calls": masked, "units": masked_unit}
    return {
        section: {key: how[section](one) for key, one in held.items()} if section in how else held
        for section, held in picture.items()
    }


@pytest.mark.parametrize("file", OF_INCIDENTS, ids=lambda file: file.stem)
def test_masked_entries_fold_to_the_masked_picture(file: Path) -> None:
    case = json.loads(file.read_text())
    sections = {"calls", "incidents", "units", "alarms", "rules"}
    before = {section: case["picture"].get(section, {}) for section in sections}
    after = {section: case["after"].get(section, {}) for section in sections}
    picture = covered(before)
    for entry in case["entries"]:
        data = masked_data(entry["kind"], entry["data"])
        picture = fold(
            picture, entry["kind"], entry["subject"], version=entry["version"], data=data
        )
    assert picture == covered(after)


def test_what_could_tell_who_or_where_is_masked_wherever_it_stands() -> None:
    place: dict[str, Any] = {
        "lon": -57.6333,
        "lat": -25.2822,
        "uncertainty_m": 5.0,
        "confidence": 0.9,
    }
    note: dict[str, Any] = {
        "id": "n",
        "text": "secreto",
        "author": "ana",
        "at": "t",
        "kind": "general",
    }
    file: dict[str, Any] = {
        "id": "f",
        "name": "secreto.jpg",
        "url": "/secreto",
        "sha256": "secreto",
        "media_type": "image/jpeg",
        "bytes": 4,
        "at": "t",
        "by": "ana",
    }
    fix: dict[str, Any] = {"id": "x", "method": "handset", "location": place, "address": "secreto"}
    shown = masked(
        {
            "narrative": "secreto",
            "caller_number": "secreto",
            "address": "secreto",
            "address_text": "secreto",
            "location": place,
            "notes": [note],
            "attachments": [file],
            "fixes": [fix],
            "callbacks": [{"outcome": "reached", "note": "secreto"}],
            "interview": {"answers": [{"question": "q", "answer": "secreto"}, {"answer": 7}]},
            "major": {
                "post": "secreto",
                "commander": "secreto",
                "sectors": [{"id": "s", "name": "secreto", "supervisor": "secreto"}],
                "tasks": [{"text": "secreto", "state": "open"}],
            },
            "assignments": [
                {
                    "override_reason": "secreto",
                    "release_reason": "secreto",
                    "distance_m": 57.6333,
                    "eta_s": 57.6333,
                }
            ],
            "type": "family_violence",
            "number": "2026-000147",
        }
    )
    assert "secreto" not in json.dumps(shown)
    assert "7" not in json.dumps(shown["interview"])
    assert "57.6333" not in json.dumps(shown)
    assert (shown["type"], shown["number"], shown["masked"]) == (
        "family_violence",
        "2026-000147",
        True,
    )


def test_of_facts_of_units_only_the_words_of_the_order_are_hidden() -> None:
    order: dict[str, Any] = {"id": "o", "callsign": "L1", "override_reason": "secreto"}
    told: dict[str, Any] = {
        "reason": "Almuerzo",
        "assignment": {**order, "release_reason": "clear"},
    }
    hidden = {"id": "o", "callsign": "L1", "override_reason": None, "release_reason": None}
    for kind in ("assigned", "status_changed", "released", "dispatch_overdue"):
        assert masked_data(f"unit.{kind}", told) == {"reason": "Almuerzo", "assignment": hidden}
    data: dict[str, Any] = {"reason": "Almuerzo", "assignment": None}
    assert masked_data("unit.status_changed", data) == data


@pytest.mark.parametrize(
    ("lon", "lat"), [(-57.6333, -25.2822), (0.0, 0.0), (179.9999, 89.9999), (-180.0, -90.0)]
)
def test_a_coarse_place_holds_the_real_one_and_is_the_same_for_neighbours(
    lon: float, lat: float
) -> None:
    shown: Any = coarse(lon, lat)
    middle = Point(lon=shown["lon"], lat=shown["lat"])
    apart_m = distance_m(middle, Point(lon=lon, lat=lat))
    assert apart_m <= shown["uncertainty_m"]
    inside = coarse(float(middle.lon), float(middle.lat))
    assert inside == shown
