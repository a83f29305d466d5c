"""What the importer makes of the tags of roads, streets, places and coastlines."""

import pytest
from shapely.geometry import box

from gis.geocoding.likeness import edit_likeness, edits, likeness
from gis.geometry import Extent, Point
from gis.importing.city import city_name, timezone_near
from gis.importing.osm import Feature, Restriction, Way
from gis.importing.places import places_of
from gis.importing.roads import banned_turns, direction_of, edges_of, is_drivable, maxspeed_mps
from gis.importing.streets import crossings_of, streets_of
from gis.tiles.coast import sea_of
from gis.tiles.schema import areas_of, labels_of, line_of
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


def test_ways_are_cut_where_roads_meet_but_not_where_a_path_crosses() -> None:
    road = way(1, "Palma", (0, 0), (1, 0), (2, 0))
    assert len(edges_of([road])) == 1
    assert len(edges_of([road, way(2, "Chile", (1, 0), (1, 1))])) == 3
    assert len(edges_of([road, way(2, "Paso", (1, 0), (1, 1), kind="footway")])) == 2


def test_only_rule_forbids_every_other_turn() -> None:
    ways = [
        way(1, "Palma", (0, 0), (1, 0)),
        way(2, "Palma", (1, 0), (2, 0)),
        way(3, "Chile", (1, 0), (1, 1)),
        way(4, "Chile", (1, 0), (1, -1)),
    ]
    edges = edges_of(ways)
    id_of = {edge.way_id: edge.id for edge in edges}
    rule = Restriction("only_straight_on", (1,), 100, (2,))
    assert banned_turns([rule], edges) == {(id_of[1], 100, id_of[3]), (id_of[1], 100, id_of[4])}


def test_one_name_in_two_places_is_two_streets() -> None:
    near = [way(1, "Palma", (0, 0), (1, 0)), way(2, "Palma", (2, 0), (3, 0))]
    far = way(3, "Palma", (50, 0), (51, 0))
    found = streets_of([*near, far], spot(0, 0))
    assert [(street.name, street.cluster) for street in found] == [("Palma", 0), ("Palma", 1)]


def test_two_carriageways_make_one_crossing_with_its_spread() -> None:
    ways = [
        way(1, "Avenida", (0, 0), (1, 0), (2, 0)),
        way(2, "Avenida", (0, 0.2), (1, 0.2), (2, 0.2)),
        way(3, "Chile", (1, 0), (1, 0.2), (1, 1)),
    ]
    # The grid gives both carriageways the same node ids, so the second gets its own.
    ways[1] = Way(2, ways[1].tags, [900, 901, 902], ways[1].line)
    ways[2] = Way(3, ways[2].tags, [100, 901, 101], ways[2].line)
    positions = {n: p for w in ways for n, p in zip(w.nodes, w.line, strict=True)}
    (crossing,) = crossings_of(streets_of(ways, spot(0, 0)), positions, spot(0, 0))
    assert crossing.shared
    assert crossing.spread_m == pytest.approx(12, abs=0.5)


def test_streets_ending_at_one_square_come_near_each_other() -> None:
    ways = [way(1, "Palma", (0, 0), (1, 0)), way(2, "Chile", (1.15, 0), (1.15, 1))]
    positions = {n: p for w in ways for n, p in zip(w.nodes, w.line, strict=True)}
    (crossing,) = crossings_of(streets_of(ways, spot(0, 0)), positions, spot(0, 0))
    assert not crossing.shared
    assert crossing.spread_m == pytest.approx(9, abs=0.5)


def test_national_routes_are_known_by_their_number() -> None:
    route = way(1, "Ruta", (0, 0), (1, 0))
    named = Way(1, {"highway": "trunk", "name": "Mariscal Estigarribia", "ref": "PY01"},
                route.nodes, route.line)  # fmt: skip
    (street,) = streets_of([named], spot(0, 0))
    assert {"mariscal estigarribia", "py01", "ruta 1"} <= set(street.aliases)


def test_furniture_is_no_place_but_a_hydrant_is() -> None:
    point = box(0, 0, 1, 1).centroid
    features = [
        Feature("node", 1, {"amenity": "bench", "name": "Banco"}, point),
        Feature("node", 2, {"emergency": "fire_hydrant"}, point),
        Feature("node", 3, {"amenity": "restaurant"}, point),
        Feature("node", 4, {"amenity": "restaurant", "name": "Lido"}, point),
    ]
    assert [(place.kind, place.name) for place in places_of(features)] == [
        ("fire_hydrant", None),
        ("restaurant", "Lido"),
    ]


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


def test_edits_count_a_swap_once() -> None:
    assert edits("brasilia", "brasiila") == 1
    assert edits("", "abc") == 3
    assert edits("palma", "palma") == 0
    assert edit_likeness("", "") == 1
    assert likeness("palma", "palma", 0.2) == 1
    assert likeness("palma", "palmas", 0.8) < 1
