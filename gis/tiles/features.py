"""Turns an OpenStreetMap extract into the GeoJSON features of the basemap, one line each."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import osmium
import shapely
from shapely.geometry import LineString, box

from gis.geodesy import metres_per_degree
from gis.geometry import Extent
from gis.tiles.coast import sea_of
from gis.tiles.labels import Drawn, labels_of
from gis.tiles.schema import areas_of, boundary_of, line_of, runs_backwards, water_label
from ops_center.kernel.errors import Invalid

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from gis.tiles.coast import Line
    from gis.tiles.labels import Tags

MIN_ZOOM, MAX_ZOOM = 6, 15
# Positions of nodes are kept in memory for a city, in a file for a country.
IN_MEMORY_MAX_BYTES = 64_000_000
ADMIN_LEVEL_MAX = 11


class Reader:
    """One reading of an extract; `skipped` counts what could not be drawn, by reason."""

    def __init__(self, path: Path, scratch: Path) -> None:
        self._path = path
        self._scratch = scratch
        self._shapes = osmium.geom.WKBFactory()
        self._written = osmium.geom.GeoJSONFactory()
        self._coastlines: list[Line] = []
        self._levels: dict[int, int] = {}
        self.extent = extent_of(path)
        self.skipped: dict[str, int] = {}

    def lines(self) -> Iterator[str]:
        """GeoJSON features for tippecanoe, each with its layer and lowest zoom, one a line.

        Raises Invalid when the file cannot be read.
        """
        outline = box(self.extent.west, self.extent.south, self.extent.east, self.extent.north)
        yield _feature(Drawn("earth", "earth", 0, {}), shapely.to_geojson(outline))
        try:
            self._levels = _boundary_levels(self._path)
            for item in self._objects():
                yield from self._drawn(item)
        except RuntimeError as wrong:
            raise _unreadable(self._path, wrong) from wrong
        for face in sea_of(self._coastlines, outline):
            yield _feature(Drawn("water", "ocean", 0, {}), shapely.to_geojson(face))

    def _objects(self) -> osmium.FileProcessor:
        storage = "flex_mem"
        if self._path.stat().st_size > IN_MEMORY_MAX_BYTES:
            storage = f"sparse_file_array,{self._scratch / 'positions'}"
        # Ways without tags may be boundaries; nodes without tags are only corners of them.
        tagged = osmium.filter.EmptyTagFilter()
        tagged.enable_for(osmium.osm.NODE)
        objects = osmium.FileProcessor(str(self._path)).with_locations(storage).with_areas()
        return objects.with_filter(tagged)

    def _drawn(self, item: object) -> Iterator[str]:
        try:
            match item:
                case osmium.osm.Node():
                    yield from self._node(item)
                case osmium.osm.Way():
                    yield from self._way(item)
                case osmium.osm.Area():
                    yield from self._area(item)
                case _:
                    pass
        except UnicodeDecodeError:
            self._skip("text that is not UTF-8")

    def _skip(self, reason: str) -> None:
        self.skipped[reason] = self.skipped.get(reason, 0) + 1

    def _node(self, node: osmium.osm.Node) -> Iterator[str]:
        drawn = labels_of(dict(node.tags))
        if not drawn:
            return
        if not node.location.valid():
            self._skip("node without a position")
            return
        point = self._written.create_point(node)
        for label in drawn:
            yield _feature(label, point)

    def _way(self, way: osmium.osm.Way) -> Iterator[str]:
        tags = dict(way.tags)
        coast = tags.get("natural") == "coastline"
        boundary = boundary_of(_level_of(tags, self._levels.get(way.id)))
        line = None if tags.get("area") == "yes" else line_of(tags)
        drawn = [one for one in (line, boundary) if one is not None]
        if not coast and not drawn:
            return
        runs = list(_known_runs(way))
        if not runs:
            self._skip("way with fewer than two known nodes")
        for run in runs:
            if coast:
                self._coastlines.append(run)
            shape = shapely.to_geojson(LineString(run[::-1] if runs_backwards(tags) else run))
            for one in drawn:
                yield _feature(one, shape)

    def _area(self, area: osmium.osm.Area) -> Iterator[str]:
        tags = dict(area.tags)
        drawn, labels = areas_of(tags), labels_of(tags)
        # A closed road is a line; it is an area only where the map says so.
        if "highway" in tags and tags.get("area") != "yes" and area.from_way():
            drawn = [one for one in drawn if one.layer != "landuse"]
        if not drawn and not labels:
            return
        try:
            shape = self._written.create_multipolygon(area)
            for one in drawn:
                yield _feature(one, shape)
            if labels or _may_be_named(drawn, tags):
                yield from self._labels(area, tags, labels)
        except (RuntimeError, shapely.errors.ShapelyError):
            self._skip("area whose rings cannot be built")

    def _labels(self, area: osmium.osm.Area, tags: Tags, labels: list[Drawn]) -> Iterator[str]:
        geometry = shapely.from_wkb(self._shapes.create_multipolygon(area))
        water = water_label(tags, _square_metres(geometry))
        point = shapely.to_geojson(geometry.representative_point())
        for label in [*labels, *([water] if water else [])]:
            yield _feature(label, point)


def extent_of(path: Path) -> Extent:
    """The box in the file's header, else the box around its nodes; Invalid when unreadable."""
    try:
        stated = osmium.io.Reader(str(path)).header().box()
        if stated.valid():
            low, high = stated.bottom_left, stated.top_right
            return Extent(west=low.lon, south=low.lat, east=high.lon, north=high.lat)
        return _around_nodes(path)
    except RuntimeError as wrong:
        raise _unreadable(path, wrong) from wrong


def _around_nodes(path: Path) -> Extent:
    west, south, east, north = 181.0, 91.0, -181.0, -91.0
    for node in osmium.FileProcessor(str(path), osmium.osm.NODE):
        if isinstance(node, osmium.osm.Node) and node.location.valid():
            lon, lat = node.location.lon, node.location.lat
            west, east = min(west, lon), max(east, lon)
            south, north = min(south, lat), max(north, lat)
    if west > east:
        raise Invalid(f"{path.name} holds no positions: it is no OpenStreetMap extract.")
    return Extent(west=west, south=south, east=east, north=north)


def _unreadable(path: Path, wrong: Exception) -> Invalid:
    return Invalid(
        f"{path.name} cannot be read as an OpenStreetMap extract ({wrong}): "
        "download it again, or check that its name ends in .osm.pbf."
    )


def _boundary_levels(path: Path) -> dict[int, int]:
    """The lowest admin_level of the boundaries that each way is a piece of."""
    levels: dict[int, int] = {}
    relations = osmium.FileProcessor(str(path), osmium.osm.RELATION)
    for relation in relations.with_filter(osmium.filter.TagFilter(("boundary", "administrative"))):
        if not isinstance(relation, osmium.osm.Relation):
            continue
        level = _level_of({"boundary": "administrative", **dict(relation.tags)}, None)
        for member in relation.members if level else ():
            if member.type == "w":
                levels[member.ref] = min(level, levels.get(member.ref, level))
    return levels


def _level_of(tags: Tags, of_relations: int | None) -> int:
    """The lowest admin_level said of a way; 0 when it is no boundary."""
    stated = tags.get("admin_level", "")
    known = [] if of_relations is None else [of_relations]
    if tags.get("boundary") == "administrative" and stated.isascii() and stated.isdigit():
        known += [int(stated[:3])]
    return min((one for one in known if 0 < one <= ADMIN_LEVEL_MAX), default=0)


def _may_be_named(drawn: list[Drawn], tags: Tags) -> bool:
    return "name" in tags and any(one.layer == "water" for one in drawn)


def _square_metres(geometry: shapely.Geometry) -> float:
    per_lon, per_lat = metres_per_degree(geometry.envelope.centroid.y)
    return float(geometry.area * per_lon * per_lat)


def _known_runs(way: osmium.osm.Way) -> Iterator[Line]:
    """Stretches of two or more different places in a row whose positions the file holds."""
    run: Line = []
    for node in way.nodes:
        if not node.location.valid():
            if len(run) > 1:
                yield run
            run = []
            continue
        place = (node.location.lon, node.location.lat)
        if not run or run[-1] != place:
            run.append(place)
    if len(run) > 1:
        yield run


def _feature(drawn: Drawn, geometry: str) -> str:
    zoom = min(max(drawn.min_zoom, MIN_ZOOM), MAX_ZOOM)
    properties = {"kind": drawn.kind, "min_zoom": drawn.min_zoom, **drawn.properties}
    said = json.dumps(properties, ensure_ascii=False, separators=(",", ":"))
    return (
        f'{{"type":"Feature","tippecanoe":{{"layer":"{drawn.layer}","minzoom":{zoom}}},'
        f'"properties":{said},"geometry":{geometry}}}'
    )
