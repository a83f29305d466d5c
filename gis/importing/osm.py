"""Reads an OpenStreetMap extract (.osm.pbf) into plain values, tolerating broken objects."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import osmium
import shapely

from gis.geometry import Extent
from ops_center.kernel.errors import Invalid

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from shapely.geometry.base import BaseGeometry

Tags = dict[str, str]
Position = tuple[float, float]
PROGRESS_EVERY = 50_000
OPEN_STREET_MAP = "© OpenStreetMap contributors"


@dataclass(frozen=True, slots=True)
class Way:
    """A run of consecutive known nodes of one way: node ids and (lon, lat) of each."""

    id: int
    tags: Tags
    nodes: list[int]
    line: list[Position]


@dataclass(frozen=True, slots=True)
class Feature:
    """A tagged node or area with its geometry; `osm_type` is node, way or relation."""

    osm_type: str
    osm_id: int
    tags: Tags
    geometry: BaseGeometry


@dataclass(frozen=True, slots=True)
class Restriction:
    kind: str
    from_ways: tuple[int, ...]
    via_node: int
    to_ways: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Boundary:
    id: int
    tags: Tags
    ways: tuple[int, ...]


@dataclass(slots=True)
class Extract:
    """What one reading of the file found; `broken` counts the objects left out and why."""

    extent: Extent
    ways: list[Way] = field(default_factory=list)
    features: list[Feature] = field(default_factory=list)
    restrictions: list[Restriction] = field(default_factory=list)
    boundaries: list[Boundary] = field(default_factory=list)
    boundary_lines: dict[int, list[list[Position]]] = field(default_factory=dict)
    broken: dict[str, int] = field(default_factory=dict)

    def left_out(self, reason: str) -> None:
        self.broken[reason] = self.broken.get(reason, 0) + 1


FEATURE_KEYS = (
    "amenity",
    "shop",
    "tourism",
    "leisure",
    "office",
    "healthcare",
    "emergency",
    "historic",
    "public_transport",
    "railway",
    "aeroway",
    "place",
    "building",
    "addr:housenumber",
    "boundary",
)


def read_extract(
    path: Path, *, within: Extent | None = None, progress: Callable[[int], None] | None = None
) -> Extract:
    """Everything the city is made from. Raises Invalid when the file is no OSM extract."""
    if not path.is_file():
        raise Invalid(f"There is no file {path}: give the path of an .osm.pbf extract.")
    try:
        return _read(path, within, progress or (lambda _count: None))
    except (RuntimeError, osmium.InvalidLocationError) as wrong:
        raise Invalid(
            f"{path.name} cannot be read as an OpenStreetMap extract ({wrong}): "
            "download it again, or check that its name ends in .osm.pbf."
        ) from wrong


def _read(path: Path, within: Extent | None, progress: Callable[[int], None]) -> Extract:
    found = Extract(extent=within or extent_of(path))
    _read_relations(path, found)
    boundary_ways = {way for boundary in found.boundaries for way in boundary.ways}
    objects = osmium.FileProcessor(str(path)).with_areas()
    objects.with_filter(osmium.filter.EmptyTagFilter())
    reader = _Reader(found, within, boundary_ways)
    for count, item in enumerate(objects):
        if count % PROGRESS_EVERY == 0:
            progress(count)
        reader.take(item)
    _read_untagged_boundary_ways(path, found, boundary_ways)
    return found


def extent_of(path: Path) -> Extent:
    """The box the file's header states, else the box around its nodes."""
    box = osmium.io.Reader(str(path)).header().box()
    if box.valid():
        west_south, east_north = box.bottom_left, box.top_right
        return Extent(
            west=west_south.lon, south=west_south.lat, east=east_north.lon, north=east_north.lat
        )
    lons: list[float] = []
    lats: list[float] = []
    for node in osmium.FileProcessor(str(path), osmium.osm.NODE):
        if isinstance(node, osmium.osm.Node) and node.location.valid():
            lons.append(node.location.lon)
            lats.append(node.location.lat)
    if not lons:
        raise Invalid(f"{path.name} holds no positions: it is no OpenStreetMap extract.")
    return Extent(west=min(lons), south=min(lats), east=max(lons), north=max(lats))


def _read_relations(path: Path, found: Extract) -> None:
    relations = osmium.FileProcessor(str(path), osmium.osm.RELATION)
    for relation in relations.with_filter(osmium.filter.KeyFilter("type", "boundary")):
        if not isinstance(relation, osmium.osm.Relation):
            continue
        tags = dict(relation.tags)
        if tags.get("type") == "restriction":
            _keep_restriction(relation, tags, found)
        elif tags.get("boundary") == "administrative" and "name" in tags:
            ways = tuple(m.ref for m in relation.members if m.type == "w")
            found.boundaries.append(Boundary(relation.id, tags, ways))


def _keep_restriction(relation: osmium.osm.Relation, tags: Tags, found: Extract) -> None:
    kind = tags.get("restriction") or tags.get("restriction:motorcar")
    # A ban for some hours only must not lengthen every estimate.
    if kind is None or "restriction:conditional" in tags or "hour_on" in tags or "time" in tags:
        found.left_out("restriction without a kind or only at some hours")
        return
    members = [(m.type, m.ref, m.role) for m in relation.members]
    via = [ref for kind_, ref, role in members if role == "via" and kind_ == "n"]
    from_ways = tuple(ref for kind_, ref, role in members if role == "from" and kind_ == "w")
    to_ways = tuple(ref for kind_, ref, role in members if role == "to" and kind_ == "w")
    if len(via) != 1 or not from_ways or not to_ways:
        found.left_out("restriction over several ways or incomplete")
        return
    found.restrictions.append(Restriction(kind, from_ways, via[0], to_ways))


class _Reader:
    """Sorts the objects of the file into an Extract."""

    def __init__(self, found: Extract, within: Extent | None, boundary_ways: set[int]) -> None:
        self._found = found
        self._within = within
        self._boundary_ways = boundary_ways
        self._shapes = osmium.geom.WKBFactory()

    def take(self, item: object) -> None:
        match item:
            case osmium.osm.Node():
                self._take_node(item)
            case osmium.osm.Way():
                self._take_way(item)
            case osmium.osm.Area():
                self._take_area(item)
            case _:  # relations are read on their own
                pass

    def _take_node(self, node: osmium.osm.Node) -> None:
        if not _wanted(node.tags):
            return
        if not node.location.valid():
            self._found.left_out("node without a position")
            return
        position = (node.location.lon, node.location.lat)
        if self._inside([position]):
            point = shapely.Point(position)
            self._found.features.append(Feature("node", node.id, dict(node.tags), point))

    def _take_way(self, way: osmium.osm.Way) -> None:
        if way.id in self._boundary_ways:
            self._keep_boundary_line(way)
        if "highway" not in way.tags or way.tags.get("area") == "yes":
            return
        runs = list(_known_runs(way))
        if not runs:
            self._found.left_out("way with fewer than two known nodes")
        for nodes, line in runs:
            if self._inside(line):
                self._found.ways.append(Way(way.id, dict(way.tags), nodes, line))

    def _keep_boundary_line(self, way: osmium.osm.Way) -> None:
        lines = [line for _, line in _known_runs(way)]
        if lines:
            self._found.boundary_lines[way.id] = lines

    def _take_area(self, area: osmium.osm.Area) -> None:
        if not _wanted(area.tags):
            return
        try:
            geometry = shapely.from_wkb(self._shapes.create_multipolygon(area))
        except (RuntimeError, shapely.errors.ShapelyError):
            self._found.left_out("area whose rings cannot be built")
            return
        if geometry.is_empty or not self._inside(_box_corners(geometry)):
            return
        kind = "way" if area.from_way() else "relation"
        self._found.features.append(Feature(kind, area.orig_id(), dict(area.tags), geometry))

    def _inside(self, positions: list[Position]) -> bool:
        box = self._within
        return box is None or any(
            box.west <= lon <= box.east and box.south <= lat <= box.north for lon, lat in positions
        )


def _box_corners(geometry: BaseGeometry) -> list[Position]:
    west, south, east, north = geometry.bounds
    return [(west, south), (east, north), ((west + east) / 2, (south + north) / 2)]


def _wanted(tags: osmium.osm.TagList) -> bool:
    return any(key in tags for key in FEATURE_KEYS)


def _known_runs(way: osmium.osm.Way) -> Iterator[tuple[list[int], list[Position]]]:
    """Stretches of two or more different nodes in a row whose positions the file holds."""
    nodes: list[int] = []
    line: list[Position] = []
    for node in way.nodes:
        if not node.location.valid():
            if len(nodes) > 1:
                yield nodes, line
            nodes, line = [], []
            continue
        position = (node.location.lon, node.location.lat)
        if not line or line[-1] != position:
            nodes.append(node.ref)
            line.append(position)
    if len(nodes) > 1:
        yield nodes, line


def _read_untagged_boundary_ways(path: Path, found: Extract, wanted: set[int]) -> None:
    """Boundaries may run over ways without tags, which the tag filter hid."""
    missing = wanted - found.boundary_lines.keys()
    if not missing:
        return
    ways = osmium.FileProcessor(str(path)).with_locations()
    for way in ways.with_filter(osmium.filter.EntityFilter(osmium.osm.WAY)):
        if isinstance(way, osmium.osm.Way) and way.id in missing:
            lines = [line for _, line in _known_runs(way)]
            if lines:
                found.boundary_lines[way.id] = lines
