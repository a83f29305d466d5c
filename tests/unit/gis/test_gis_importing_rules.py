"""What the importer makes of the tags of roads, streets, places and coastlines."""

import tempfile
from pathlib import Path

import pytest
import shapely
from shapely.geometry import box

from gis.geometry import Extent, Point
from gis.importing import survey
from gis.importing.city import Settlement, city_name, timezone_near
from gis.importing.cleaning import TEXT_MAX_CHARS, Tally, clean
from gis.importing.crossings import crossings_of
from gis.importing.houses import House, NumberedNode, between, houses_of, step_of
from gis.importing.milestones import folded_ref, km_of, number_of, refs_of, road_of
from gis.importing.osm import Restriction, Way
from gis.importing.places import described, outline_of
from gis.importing.roads import (
    Arm,
    Edge,
    banned_turns,
    direction_of,
    edges_of,
    is_drivable,
    is_walkable,
    maxspeed_mps,
    traits_of,
)
from gis.importing.streets import NamedWay, Street, streets_of
from gis.importing.survey import JunctionFinder, RepeatedRefs
from gis.tiles.coast import sea_of
from gis.tiles.labels import labels_of
from gis.tiles.schema import areas_of, line_of
from tests.osm_town import spot


@pytest.mark.parametrize(
    ("tags", "direction"),
    [
        ({}, 0),
        ({"oneway": "yes"}, 1),
        ({"oneway": "-1"}, -1),
        ({"oneway": "no", "junction": "roundabout"}, 0),
        ({"junction": "roundabout"}, 1),
        ({"oneway": "alternating"}, 0),
    ],
)
def test_direction_of_traffic(tags: dict[str, str], direction: int) -> None:
    assert direction_of({"highway": "residential", **tags}) == direction


def test_motorway_is_one_way_unless_it_says_otherwise() -> None:
    assert direction_of({"highway": "motorway"}) == 1
    assert direction_of({"highway": "motorway", "oneway": "no"}) == 0


@pytest.mark.parametrize(
    ("tags", "drivable"),
    [
        ({"highway": "residential"}, True),
        ({"highway": "residential", "access": "private"}, True),
        ({"highway": "residential", "motor_vehicle": "no"}, False),
        ({"highway": "residential", "motor_vehicle": "no", "emergency": "yes"}, True),
        ({"highway": "secondary", "motor_vehicle": "no", "psv": "yes"}, True),
        ({"highway": "secondary", "access": "no", "motorcar": "yes"}, True),
        ({"highway": "pedestrian", "motor_vehicle": "no"}, True),
        ({"highway": "pedestrian", "emergency": "no"}, False),
        ({"highway": "footway"}, False),
        ({"highway": "steps"}, False),
        ({"highway": "construction"}, False),
    ],
)
def test_where_a_crew_can_be_expected_to_drive(tags: dict[str, str], drivable: bool) -> None:
    assert is_drivable(tags) is drivable


@pytest.mark.parametrize(
    ("said", "speed"),
    [
        ("40", 40 / 3.6),
        ("30 mph", 13.4112),
        ("walk", 7 / 3.6),
        ("1", 5 / 3.6),
        ("999", 140 / 3.6),
        ("PY:urban", None),
        ("none", None),
        ("", None),
    ],
)
def test_signed_limits_in_metres_per_second(said: str, speed: float | None) -> None:
    found = maxspeed_mps({"highway": "primary", "maxspeed": said})
    assert found == (pytest.approx(speed) if speed is not None else None)


def way(number: int, name: str, *corners: tuple[float, float], kind: str = "residential") -> Way:
    """A way over grid corners; a node's id is its place on the grid."""
    nodes = [int(column * 100 + row) for column, row in corners]
    line = [(spot(*c).lon, spot(*c).lat) for c in corners]
    return Way(number, {"highway": kind, "name": name}, nodes, line)


def cut(ways: list[Way], folder: Path) -> list[Edge]:
    """The edges of ways that are all there is."""
    folder = Path(tempfile.mkdtemp(dir=folder))
    finder = JunctionFinder(folder)
    for one in ways:
        finder.add(one.tags, one.nodes)
    return edges_of(ways, finder.found()[0])


def test_ways_are_cut_where_roads_meet_but_not_where_a_path_crosses(tmp_path: Path) -> None:
    road = way(1, "Palma", (0, 0), (1, 0), (2, 0))
    assert len(cut([road], tmp_path)) == 1
    assert len(cut([road, way(2, "Chile", (1, 0), (1, 1))], tmp_path)) == 3
    assert len(cut([road, way(2, "Paso", (1, 0), (1, 1), kind="footway")], tmp_path)) == 2


def test_edges_follow_their_way_and_are_as_long_as_their_line(tmp_path: Path) -> None:
    road = way(1, "Palma", (0, 0), (1, 0), (2, 0))
    side = way(2, "Chile", (1, 0), (1, 1))
    west, east, north = cut([road, side], tmp_path)
    assert [(e.id, e.way_id, e.from_node, e.to_node) for e in (west, east, north)] == [
        (1, 1, 0, 100),
        (2, 1, 100, 200),
        (3, 2, 100, 101),
    ]
    assert [e.length_m for e in (west, east, north)] == pytest.approx([120, 120, 120], abs=0.1)
    assert list(east.line.coords) == road.line[1:]


def test_repeated_refs_are_found_whatever_had_to_wait_on_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(survey, "REFS_IN_MEMORY", 40)
    refs = RepeatedRefs(tmp_path / "refs")
    for first in range(0, 300, 3):
        refs.add([first, first + 1, first + 2, first + 3])
    assert refs.repeated().tolist() == list(range(3, 300, 3))


def test_only_rule_forbids_every_other_turn(tmp_path: Path) -> None:
    ways = [
        way(1, "Palma", (0, 0), (1, 0)),
        way(2, "Palma", (1, 0), (2, 0)),
        way(3, "Chile", (1, 0), (1, 1)),
        way(4, "Chile", (1, 0), (1, -1)),
    ]
    edges = cut(ways, tmp_path)
    id_of = {edge.way_id: edge.id for edge in edges}
    rule = Restriction("only_straight_on", (1,), 100, (2,))
    arms = [Arm(e.id, e.way_id, e.from_node, e.to_node) for e in edges]
    assert banned_turns([rule], arms) == {(id_of[1], 100, id_of[3]), (id_of[1], 100, id_of[4])}


def street(*ways: Way) -> list[Street]:
    return streets_of(
        [NamedWay(w.id, w.tags, w.tags["highway"], shapely.LineString(w.line)) for w in ways]
    )


def test_one_name_in_two_places_is_two_streets() -> None:
    near = [way(1, "Palma", (0, 0), (1, 0)), way(2, "Palma", (2, 0), (3, 0))]
    far = way(3, "Palma", (50, 0), (51, 0), kind="primary")
    found = street(*near, far)
    assert [(one.name, one.cluster, one.road_class) for one in found] == [
        ("Palma", 0, "residential"),
        ("Palma", 1, "primary"),
    ]
    assert found[0].length_m == pytest.approx(240, abs=1)
    assert [one.ways for one in found] == [(1, 2), (3,)]


def test_two_carriageways_make_one_crossing_with_its_spread() -> None:
    meetings = [(1, 2, spot(1, 0).lon, spot(1, 0).lat), (1, 2, spot(1, 0.2).lon, spot(1, 0.2).lat)]
    (crossing,) = crossings_of(meetings)
    assert crossing.shared
    assert crossing.spread_m == pytest.approx(12, abs=0.5)


def test_streets_that_meet_twice_far_apart_cross_twice() -> None:
    meetings = [(1, 2, spot(1, 0).lon, spot(1, 0).lat), (1, 2, spot(5, 0).lon, spot(5, 0).lat),
                (1, 3, spot(9, 0).lon, spot(9, 0).lat)]  # fmt: skip
    assert [(c.a_id, c.b_id) for c in crossings_of(meetings)] == [(1, 2), (1, 2), (1, 3)]


def test_every_other_name_of_a_street_is_known_by_what_it_is() -> None:
    tags = {
        "highway": "trunk",
        "name": "Mariscal Estigarribia",
        "ref": "PY01",
        "name:gn": "Mburuvicha Estigarribia",
        "old_name": "Camino Real; Ruta Vieja",
        "alt_name": "Doble Avenida",
        "name_1": "Ex Ruta Uno",
        "loc_name": "La Doble",
        "wikidata": "Q1",
    }
    (made,) = street(Way(1, tags, [1, 2], way(1, "x", (0, 0), (1, 0)).line))
    known = {alias: (one.kind, one.said) for alias, one in made.aliases.items()}
    assert known["mariscal estigarribia"] == ("name", "Mariscal Estigarribia")
    assert known["py01"] == ("ref", "PY01")
    assert known["ruta 1"] == ("ref", "Ruta 1")
    assert known["camino real"] == ("old_name", "Camino Real")
    assert known["doble avenida"][0] == "alt_name"
    assert known["la doble"][0] == "loc_name"
    assert "q1" not in known
    assert {"mburuvicha estigarribia"} <= set(known)
    assert made.aliases["camino real"].weight < made.aliases["doble avenida"].weight < 1
    assert made.ref == "PY01"


def test_furniture_is_no_place_but_a_hydrant_is() -> None:
    assert described({"amenity": "bench", "name": "Banco"}) is None
    assert described({"amenity": "restaurant"}) is None
    hydrant = described({"emergency": "fire_hydrant"})
    lido = described({"amenity": "restaurant", "name": "Lido", "brand": "Bar Lido"})
    assert hydrant is not None
    assert lido is not None
    assert (hydrant.kind, hydrant.name) == ("fire_hydrant", None)
    assert (lido.kind, lido.name) == ("restaurant", "Lido")
    assert [(name.said, name.kind) for name in lido.names] == [
        ("Lido", "name"),
        ("Bar Lido", "brand"),
    ]


def test_bus_stop_is_found_by_its_name_and_by_the_number_on_its_pole() -> None:
    stop = described({"highway": "bus_stop", "name": "Parada Clínicas", "ref": "1234"})
    pole = described({"public_transport": "platform", "bus": "yes", "ref": "77"})
    assert stop is not None
    assert pole is not None
    assert (stop.kind, [name.said for name in stop.names]) == (
        "bus_stop",
        ["Parada Clínicas", "1234"],
    )
    assert (pole.kind, pole.name) == ("bus_stop", "77")
    assert described({"highway": "bus_stop"}) is None
    assert described({"public_transport": "platform", "name": "Andén 2"}) is None


@pytest.mark.parametrize(
    ("tags", "outline"),
    [
        ({"natural": "water"}, ("water", "water", None)),
        ({"leisure": "park", "name": "Parque Caballero"}, ("green", "park", None)),
        ({"place": "suburb", "name": "Sajonia"}, ("settlement", "suburb", None)),
        (
            {"boundary": "administrative", "admin_level": "8", "name": "Luque"},
            ("admin", "boundary", 8),
        ),
        ({"boundary": "administrative", "admin_level": "99", "name": "x"}, None),
        ({"boundary": "administrative", "admin_level": "8"}, None),
        ({"building": "yes"}, None),
    ],
)
def test_outlines_kept_of_areas(
    tags: dict[str, str], outline: tuple[str, str, int | None] | None
) -> None:
    found = outline_of(tags)
    assert (None if found is None else (found.theme, found.kind, found.admin_level)) == outline


@pytest.mark.parametrize(
    ("number", "counted"),
    [
        ("505", [505]),
        ("12;14", [12, 14]),
        ("12, 16", [12, 16]),
        ("12-18", [12, 14, 16, 18]),
        ("7-9A", [7]),
        ("18-12", [18]),
        ("1-90000", [1]),
        ("s/n", [None]),
        ("", []),
    ],
)
def test_house_numbers_of_one_door(number: str, counted: list[int | None]) -> None:
    found = houses_of({"addr:street": "Palma", "addr:housenumber": number})
    assert [house.number for house in found] == counted


def test_house_without_a_street_is_no_address() -> None:
    assert houses_of({"addr:housenumber": "5"}) == []
    assert houses_of({"addr:housenumber": "5", "addr:place": "Itá Enramada"}) != []


def test_houses_between_two_mapped_ones_are_spread_along_the_line() -> None:
    line = [(0.0, 0.0), (1.0, 0.0), (2.0, 0.0)]
    ends = [NumberedNode(0, "Palma", 10), NumberedNode(2, "Palma", 18)]
    made = list(between(line, ends, 2))
    assert [house for house, _ in made] == [House("Palma", str(n), n) for n in (12, 14, 16)]
    assert [x for _, (x, _) in made] == pytest.approx([0.5, 1.0, 1.5])
    downward = list(between(line, [NumberedNode(0, "P", 18), NumberedNode(2, "P", 10)], 2))
    assert [house.number for house, _ in downward] == [16, 14, 12]
    assert list(between(line, ends[:1], 2)) == []


@pytest.mark.parametrize(
    ("said", "step"),
    [("odd", 2), ("even", 2), ("all", 1), ("4", 4), ("alphabetic", None), ("0", None), ("", None)],
)
def test_step_of_an_interpolation(said: str, step: int | None) -> None:
    assert step_of({"addr:interpolation": said}) == step


@pytest.mark.parametrize(
    ("tags", "km"),
    [
        ({"distance": "45"}, 45),
        ({"distance": "45,5 km"}, 45.5),
        ({"pk": "PK 12+300"}, 12.3),
        ({"ref": "km 18"}, 18),
        ({"name": "Km. 9"}, 9),
        ({"distance": "far"}, None),
        ({"distance": "9999"}, None),
        ({}, None),
    ],
)
def test_kilometre_of_a_milestone(tags: dict[str, str], km: float | None) -> None:
    assert km_of(tags) == km


def test_road_numbers_in_one_form() -> None:
    assert refs_of("PY02; PY 07 ;") == ["PY02", "PY 07"]
    assert {folded_ref(ref) for ref in ("PY02", "PY 02", "py-02")} == {"py02"}
    assert [number_of(ref) for ref in ("PY02", "Ruta 2", "BR-116", "D027", "Acceso")] == [
        2,
        2,
        116,
        27,
        None,
    ]
    assert road_of({"road_ref": "PY02"}) == "PY02"
    assert road_of({"distance": "2"}) is None


@pytest.mark.parametrize(
    ("tags", "walkable"),
    [
        ({"highway": "footway"}, True),
        ({"highway": "steps"}, True),
        ({"highway": "residential"}, True),
        ({"highway": "motorway"}, False),
        ({"highway": "residential", "foot": "no"}, False),
        ({"highway": "path", "access": "no"}, False),
        ({"highway": "path", "access": "no", "foot": "yes"}, True),
    ],
)
def test_where_a_person_can_walk(tags: dict[str, str], walkable: bool) -> None:
    assert is_walkable(tags) is walkable


def test_what_a_road_is_made_of_is_kept_and_nonsense_is_not() -> None:
    traits = traits_of(
        {"highway": "primary", "bridge": "viaduct", "layer": "1", "lanes": "4; 2",
         "surface": "asphalt", "access": "destination", "motor_vehicle": "private"}
    )  # fmt: skip
    assert (traits.bridge, traits.tunnel, traits.layer, traits.lanes) == (True, False, 1, 4)
    assert (traits.surface, traits.access) == ("asphalt", "private")
    wild = traits_of({"highway": "primary", "lanes": "999999999", "layer": "-50", "bridge": "no"})
    assert (wild.lanes, wild.layer, wild.bridge) == (None, -10, False)


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("Ñemby", "Ñemby"),
        ("a\x00b\nc", "a b c"),
        ("  Palma \u202e evil\u202c ", "Palma evil"),
        ("<script>alert(1)</script>", "<script>alert(1)</script>"),
        ("Robert'); drop table street;--", "Robert'); drop table street;--"),
        ("x" * 1_000_000, "x" * TEXT_MAX_CHARS),
        ("\ud800", ""),
    ],
)
def test_texts_are_cleaned_of_what_cannot_be_stored_or_seen(text: str, cleaned: str) -> None:
    assert clean(text, Tally()) == cleaned


def test_what_was_cleaned_is_counted() -> None:
    tally = Tally()
    clean("a\x00" + "b" * 300, tally)
    assert sum(tally.mended.values()) == 2


@pytest.mark.parametrize(
    ("lon", "lat", "zone"),
    [
        (-57.6, -25.3, "America/Asuncion"),
        (24.94, 60.17, "Europe/Helsinki"),
        (-46.63, -23.55, "America/Sao_Paulo"),
    ],
)
def test_time_zone_of_a_capital(lon: float, lat: float, zone: str) -> None:
    assert timezone_near(Point(lon=lon, lat=lat)) == zone


def test_city_without_a_name_is_called_after_its_file() -> None:
    extent = Extent(west=0, south=0, east=1, north=1)
    assert city_name([], extent, "gran_asuncion-latest.osm.pbf") == "Gran Asuncion"


def test_city_is_called_after_its_greatest_place_and_a_country_after_its_file() -> None:
    known = [
        Settlement("town", "Luque", Point(lon=-57.5, lat=-25.27)),
        Settlement("city", "Asunción", Point(lon=-57.6, lat=-25.3)),
    ]
    city = Extent(west=-57.7, south=-25.4, east=-57.5, north=-25.2)
    country = Extent(west=-62.7, south=-27.6, east=-54.2, north=-19.3)
    assert city_name(known, city, "paraguay-latest.osm.pbf") == "Asunción"
    assert city_name(known, country, "paraguay-latest.osm.pbf") == "Paraguay"


def test_sea_lies_to_the_right_of_the_coastline() -> None:
    outline = box(0, 0, 1, 1)
    northward = [(0.4, -0.1), (0.4, 0.5), (0.4, 1.1)]
    (east,) = sea_of([northward], outline)
    assert east.bounds == pytest.approx((0.4, 0, 1, 1))
    (west,) = sea_of([northward[::-1]], outline)
    assert west.bounds == pytest.approx((0, 0, 0.4, 1))
    assert sea_of([], outline) == []


def test_coastline_that_stops_short_of_the_edge_is_drawn_out_to_it() -> None:
    (sea,) = sea_of([[(0.4, 0.005), (0.4, 0.995)]], box(0, 0, 1, 1))
    assert sea.area == pytest.approx(0.6, rel=0.02)


def test_island_is_not_sea() -> None:
    island = [(0.4, 0.4), (0.6, 0.4), (0.6, 0.6), (0.4, 0.6), (0.4, 0.4)]
    (sea,) = sea_of([island], box(0, 0, 1, 1))
    assert sea.area == pytest.approx(0.96)


def test_bridge_and_tunnel_are_marked_only_where_they_are() -> None:
    bridge = line_of({"highway": "primary_link", "bridge": "yes", "oneway": "yes", "ref": "1"})
    plain = line_of({"highway": "residential", "bridge": "no", "name": "Palma", "name:gn": "P"})
    assert bridge is not None
    assert plain is not None
    assert bridge.properties == {
        "kind_detail": "primary",
        "is_bridge": True,
        "is_link": True,
        "oneway": "yes",
        "ref": "1",
        "shield_text": "1",
        "network": "other",
    }
    assert plain.kind == "minor_road"
    assert plain.properties == {"name": "Palma", "name:gn": "P", "kind_detail": "residential"}


def test_basemap_knows_water_green_buildings_and_labels() -> None:
    assert [d.kind for d in areas_of({"natural": "water", "name": "Lago"})] == ["water"]
    assert [d.kind for d in areas_of({"leisure": "park", "building": "yes"})] == [
        "park",
        "building",
    ]
    tower = areas_of({"building": "yes", "building:levels": "10"})[0]
    assert tower.properties == {"height": 30.0}
    city = labels_of({"place": "city", "name": "Asunción", "population": "520 000"})[0]
    assert (city.kind, city.properties["population_rank"]) == ("locality", 11)
    assert [d.kind for d in labels_of({"amenity": "police"})] == ["police"]
    assert labels_of({"amenity": "cafe"}) == []
