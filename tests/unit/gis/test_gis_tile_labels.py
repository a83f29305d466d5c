"""What the basemap calls things: names fit to show, services under any key, sure directions."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gis.tiles.labels import CRITICAL, NAME_MAX_CHARS, clean, labels_of, names
from gis.tiles.schema import boundary_of, line_of, runs_backwards, water_label


@given(st.text(max_size=400))
def test_a_clean_name_is_one_line_of_what_can_be_seen(said: str) -> None:
    shown = clean(said)
    assert len(shown) <= NAME_MAX_CHARS
    assert shown == clean(shown)
    assert not any(unicodedata.category(char) in {"Cc", "Zl", "Zp"} for char in shown)
    assert not set(shown) & set("\u202a\u202b\u202d\u202e\u2066\u2067\u2068")


@pytest.mark.parametrize("name", ["Mba'e Porã", "Guasu G\u0303ua", "Ñemby", "Avenida 3ª", "中央線"])
def test_names_of_people_stay_as_they_are(name: str) -> None:
    assert clean(name) == name


def test_a_name_is_said_in_other_languages_where_it_differs() -> None:
    tags = {"name": "Asunción", "name:es": "Asunción", "name:gn": "Paraguay", "name:xx": "A"}
    assert names(tags) == {"name": "Asunción", "name:gn": "Paraguay"}
    assert names({"name": "\x07"}) == {}


@pytest.mark.parametrize(
    ("tags", "kind"),
    [
        ({"amenity": "hospital"}, "hospital"),
        ({"healthcare": "hospital"}, "hospital"),
        ({"healthcare": "centre"}, "clinic"),
        ({"healthcare": "doctor"}, "doctors"),
        ({"shop": "kiosk", "amenity": "pharmacy", "name": "F"}, "pharmacy"),
        ({"building": "yes", "amenity": "fire_station"}, "fire_station"),
        ({"emergency": "fire_hydrant"}, "fire_hydrant"),
        ({"emergency": "ambulance_station"}, "ambulance_station"),
    ],
)
def test_where_help_comes_from_is_marked_without_a_name(tags: dict[str, str], kind: str) -> None:
    (label,) = labels_of(tags)
    assert label.kind == kind
    assert label.properties["critical"] is True
    assert label.min_zoom == CRITICAL[kind]


@pytest.mark.parametrize(
    "tags",
    [{"highway": "bus_stop"}, {"public_transport": "platform", "bus": "yes"}],
)
def test_stops_of_buses_are_marked(tags: dict[str, str]) -> None:
    assert [label.kind for label in labels_of(tags)] == ["bus_stop"]


def test_house_numbers_stand_where_the_stock_style_looks_for_them() -> None:
    (house,) = labels_of({"addr:housenumber": " 505 bis\x00 ", "addr:street": "Estrella"})
    assert (house.layer, house.kind) == ("buildings", "address")
    assert house.properties == {"addr_housenumber": "505 bis", "addr_street": "Estrella"}
    assert labels_of({"addr:housenumber": "\u202e"}) == []


@pytest.mark.parametrize(
    ("tags", "oneway", "turned"),
    [
        ({"oneway": "yes"}, True, False),
        ({"oneway": "-1"}, True, True),
        ({"oneway": "no", "junction": "roundabout"}, False, False),
        ({"junction": "roundabout"}, True, False),
        ({"highway": "motorway"}, True, False),
        ({}, False, False),
    ],
)
def test_arrows_point_with_the_traffic(tags: dict[str, str], oneway: bool, turned: bool) -> None:
    tags = {"highway": "residential", **tags}
    road = line_of(tags)
    assert road is not None
    assert (road.properties.get("oneway") == "yes") is oneway
    assert runs_backwards(tags) is turned


@pytest.mark.parametrize(
    ("level", "kind"),
    [(0, None), (2, "country"), (4, "region"), (6, "county"), (10, "locality"), (12, None)],
)
def test_boundaries_are_told_by_their_level(level: int, kind: str | None) -> None:
    found = boundary_of(level)
    assert (found.kind if found else None) == kind


def test_large_waters_are_named_first() -> None:
    tags = {"natural": "water", "water": "lake", "name": "Lago Ypacaraí"}
    zooms = []
    for area_m2 in (9e7, 5e5, 10.0):
        label = water_label(tags, area_m2)
        assert label is not None
        zooms.append(label.min_zoom)
    assert zooms == sorted(zooms)
    assert zooms[0] < zooms[-1]
    assert water_label({"natural": "water"}, 9e7) is None
    assert water_label({"leisure": "swimming_pool", "name": "P"}, 9e7) is None
