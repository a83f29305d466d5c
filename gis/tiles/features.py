"""Turns an OpenStreetMap extract into the GeoJSON features of the basemap."""

from __future__ import annotations

from typing import TYPE_CHECKING

import osmium
import shapely
from shapely.geometry import LineString, box, mapping

from gis.geometry import Extent
from gis.tiles.coast import sea_of
from gis.tiles.schema import Drawn, areas_of, labels_of, line_of
from ops_center.kernel.errors import Invalid

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from shapely.geometry.base import BaseGeometry

    from gis.tiles.coast import Line

MIN_ZOOM, MAX_ZOOM = 6, 15
DECIMALS_DEG = 7
Json = dict[str, object]


def basemap_features(path: Path) -> Iterator[Json]:
    """Features ready for tippecanoe, each with its layer and lowest zoom.

    Raises Invalid when the file cannot be read.
    """
    try:
        extent = extent_of(path)
        outline = box(extent.west, extent.south, extent.east, extent.north)
        yield _feature(Drawn("earth", "earth", 0, {}), outline)
        coastlines: list[Line] = []
        yield from _mapped(path, coastlines)
        for face in sea_of(coastlines, outline):
            yield _feature(Drawn("water", "ocean", 0, {}), face)
    except RuntimeError as wrong:
        raise Invalid(
            f"{path.name} cannot be read as an OpenStreetMap extract ({wrong}): "
            "download it again, or check that its name ends in .osm.pbf."
        ) from wrong


def extent_of(path: Path) -> Extent:
    """The box in the file's header, else the box around its nodes."""
    box_of_file = osmium.io.Reader(str(path)).header().box()
    if box_of_file.valid():
        low, high = box_of_file.bottom_left, box_of_file.top_right
        return Extent(west=low.lon, south=low.lat, east=high.lon, north=high.lat)
    positions = [
        (node.location.lon, node.location.lat)
        for node in osmium.FileProcessor(str(path), osmium.osm.NODE)
        if isinstance(node, osmium.osm.Node) and node.location.valid()
    ]
    if not positions:
        raise Invalid(f"{path.name} holds no positions: it is no OpenStreetMap extract.")
    lons, lats = zip(*positions, strict=True)
    return Extent(west=min(lons), south=min(lats), east=max(lons), north=max(lats))


def _mapped(path: Path, coastlines: list[Line]) -> Iterator[Json]:
    shapes = osmium.geom.WKBFactory()
    objects = osmium.FileProcessor(str(path)).with_areas()
    for item in objects.with_filter(osmium.filter.EmptyTagFilter()):
        tags = dict(item.tags)
        match item:
            case osmium.osm.Node():
                yield from _node(item, tags)
            case osmium.osm.Way():
                yield from _way(item, tags, coastlines)
            case osmium.osm.Area():
                yield from _area(item, tags, shapes)
            case _:
                pass


def _node(node: osmium.osm.Node, tags: dict[str, str]) -> Iterator[Json]:
    if node.location.valid():
        point = shapely.Point(node.location.lon, node.location.lat)
        for drawn in labels_of(tags):
            yield _feature(drawn, point)


def _way(way: osmium.osm.Way, tags: dict[str, str], coastlines: list[Line]) -> Iterator[Json]:
    coast = tags.get("natural") == "coastline"
    drawn = None if tags.get("area") == "yes" else line_of(tags)
    boundary = _boundary(tags)
    if not (coast or drawn or boundary):
        return
    for line in _known_runs(way):
        if coast:
            coastlines.append(line)
        for shown in (drawn, boundary):
            if shown is not None:
                yield _feature(shown, LineString(line))


def _boundary(tags: dict[str, str]) -> Drawn | None:
    level = tags.get("admin_level", "")
    if tags.get("boundary") != "administrative" or not level.isdigit():
        return None
    kind = {2: "country", 4: "region"}.get(int(level), "locality")
    return Drawn("boundaries", kind, 6 if int(level) <= 4 else 11, {"kind_detail": int(level)})


def _area(
    area: osmium.osm.Area, tags: dict[str, str], shapes: osmium.geom.WKBFactory
) -> Iterator[Json]:
    drawn, labels = areas_of(tags), labels_of(tags)
    # A closed road is a line; it is an area only where the map says so.
    if "highway" in tags and tags.get("area") != "yes" and area.from_way():
        drawn = [d for d in drawn if d.layer != "landuse"]
    if not drawn and not labels:
        return
    try:
        geometry = shapely.from_wkb(shapes.create_multipolygon(area))
    except (RuntimeError, shapely.errors.ShapelyError):
        return
    for shown in drawn:
        yield _feature(shown, geometry)
    for label in labels:
        yield _feature(label, geometry.representative_point())


def _known_runs(way: osmium.osm.Way) -> Iterator[Line]:
    """Stretches of two or more nodes in a row whose positions the file holds."""
    run: Line = []
    for node in way.nodes:
        if node.location.valid():
            run.append((node.location.lon, node.location.lat))
            continue
        if len(run) > 1:
            yield run
        run = []
    if len(run) > 1:
        yield run


def _feature(drawn: Drawn, geometry: BaseGeometry) -> Json:
    zoom = min(max(drawn.min_zoom, MIN_ZOOM), MAX_ZOOM)
    return {
        "type": "Feature",
        "tippecanoe": {"layer": drawn.layer, "minzoom": zoom},
        "properties": {"kind": drawn.kind, "min_zoom": drawn.min_zoom, **drawn.properties},
        "geometry": mapping(geometry),
    }
