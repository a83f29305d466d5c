"""GeoJSON both ways, and what is refused."""

import json

import pytest

from gis.geojson import (
    VERTICES_MAX,
    area_from,
    area_json,
    feature,
    feature_collection,
    line_from,
    line_json,
    location_json,
    point_from,
    point_json,
)
from gis.geometry import Location, Point
from ops_center.kernel.errors import Invalid

HERE = Point(lon=-57.6353, lat=-25.2822)
RING = [[0, 0], [1, 0], [1, 1], [0, 0]]


def test_point_and_line_come_back_as_they_went() -> None:
    line = [HERE, Point(lon=-57.6, lat=-25.3)]
    assert point_from(json.loads(json.dumps(point_json(HERE)))) == HERE
    assert line_from(json.loads(json.dumps(line_json(line)))) == line


def test_location_has_the_shape_of_the_interface() -> None:
    location = Location(point=HERE, uncertainty_m=12.34, confidence=0.9)
    assert location_json(location) == {
        "lon": -57.6353,
        "lat": -25.2822,
        "uncertainty_m": 12.3,
        "confidence": 0.9,
    }


def test_area_comes_back_with_its_holes() -> None:
    outer = [[0, 0], [4, 0], [4, 4], [0, 4], [0, 0]]
    hole = [[1, 1], [1, 2], [2, 2], [1, 1]]
    area = area_from({"type": "Polygon", "coordinates": [outer, hole]})
    assert area.area == 15.5
    assert area_from(json.loads(json.dumps(area_json(area)))).equals(area)


@pytest.mark.parametrize(
    "value",
    [
        None,
        [],
        {"type": "Point"},
        {"type": "Point", "coordinates": [1]},
        {"type": "Point", "coordinates": ["a", "b"]},
        {"type": "Point", "coordinates": [200, 0]},
        {"type": "LineString", "coordinates": [[0, 0], [1, 1]]},
    ],
)
def test_what_is_no_point_is_refused(value: object) -> None:
    with pytest.raises(Invalid):
        point_from(value)


@pytest.mark.parametrize(
    "coordinates",
    [
        None,
        [],
        [[]],
        [[[0, 0], [1, 1]]],
        [[[0, 0], [1, 1], [0, 1], [1, 0], [0, 0]]],
        [[[0, 0], [500, 0], [1, 1], [0, 0]]],
        [[[0, 0], [float("nan"), 0], [1, 1], [0, 0]]],
        "x",
        [[["a", "b"], [1, 0], [1, 1]]],
        [RING, [[[0, 0]]]],
    ],
)
def test_what_is_no_polygon_is_refused(coordinates: object) -> None:
    with pytest.raises(Invalid):
        area_from({"type": "Polygon", "coordinates": coordinates})


def test_endless_outline_is_refused() -> None:
    ring = [[i / VERTICES_MAX, 0] for i in range(VERTICES_MAX + 1)]
    with pytest.raises(Invalid, match="simplify"):
        area_from({"type": "Polygon", "coordinates": [ring]})


def test_line_of_one_point_is_refused() -> None:
    with pytest.raises(Invalid):
        line_from({"type": "LineString", "coordinates": [[0, 0]]})


def test_collection_holds_features_with_their_ids() -> None:
    made = feature_collection([feature(point_json(HERE), {"name": "Panteón"}, "7")])
    assert made["type"] == "FeatureCollection"
    assert made["features"] == [
        {
            "type": "Feature",
            "id": "7",
            "geometry": {"type": "Point", "coordinates": [-57.6353, -25.2822]},
            "properties": {"name": "Panteón"},
        }
    ]
    assert "id" not in feature(point_json(HERE), {})
