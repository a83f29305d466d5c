"""The second reading of an extract: every object becomes rows, a batch at a time."""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import osmium
import shapely

from gis.geodesy import local_metres
from gis.geometry import Extent
from gis.importing import houses, milestones, places
from gis.importing.cleaning import tags_of
from gis.importing.names import folded, is_name_key
from gis.importing.osm import Feature, Way, known_runs, opened, safely
from gis.importing.roads import edges_of, is_road, street_name

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable
    from pathlib import Path

    from shapely.geometry import LineString

    from gis.geometry import Point
    from gis.importing.cleaning import Tags, Tally
    from gis.importing.osm import Position
    from gis.importing.survey import Survey

Row = tuple[object, ...]
OBJECTS_PER_BATCH = 4_000
VERTICES_PER_BATCH = 60_000
# A header's box this many times as wide as the roads is that of another, larger file.
EXTENT_TIMES_ROADS_MAX = 20
WAY_NODES_MAX = 50_000
FEATURE_KEYS = (
    *("amenity", "shop", "tourism", "leisure", "office", "healthcare", "emergency", "historic"),
    *("public_transport", "railway", "aeroway", "place", "building", "addr:housenumber"),
    *("boundary", "natural", "landuse", "waterway", "highway"),
)
# Numbered farm tracks and cycle routes are no roads whose kilometres people name.
ROUTE_CLASSES = frozenset(
    ["motorway", "trunk", "primary", "secondary", "tertiary", "unclassified", "road"]
)


@dataclass(slots=True)
class Batch:
    """Rows by table, in the order of the table's columns; `objects` is how many were read."""

    rows: dict[str, list[Row]] = field(default_factory=lambda: defaultdict(list))
    objects: int = 0


class Reader:
    """Reads the objects of one extract into batches; numbers rows as it goes."""

    def __init__(self, survey: Survey, tally: Tally, within: Extent | None) -> None:
        self._survey = survey
        self._tally = tally
        self._within = within
        self._origin: Point = survey.extent.centre
        self._boundary_ways = {way for one in survey.boundaries for way in one.ways}
        self._route_places = _route_places(survey)
        self._shapes = osmium.geom.WKBFactory()
        self._numbers: dict[str, int] = defaultdict(int)
        self._batch = Batch()
        self._ways: list[Way] = []
        self._vertices = 0
        self.boundary_lines: dict[int, list[LineString]] = {}
        self.drivable_edges = 0
        self._low = np.array([np.inf, np.inf])
        self._high = np.array([-np.inf, -np.inf])

    def batches(self, path: Path, folder: Path) -> Generator[Batch]:
        """Blocks while it reads: call `next` in a thread. Raises Invalid for a broken file."""
        for item in safely(_objects(path, folder), path):
            self._take(item)
            if self._batch.objects >= OBJECTS_PER_BATCH or self._vertices >= VERTICES_PER_BATCH:
                yield self._finished()
        yield self._finished()

    def extent(self) -> Extent:
        """The box the file states, unless it cannot be that of these roads."""
        stated = self._survey.extent
        (west, south), (east, north) = self._low.tolist(), self._high.tolist()
        apart = west > stated.east or east < stated.west or south > stated.north
        wide = (stated.east - stated.west) > EXTENT_TIMES_ROADS_MAX * (east - west)
        if not (apart or north < stated.south or wide) or west >= east or south >= north:
            return stated
        self._tally.mended["extent in the file's header is not that of its roads"] += 1
        return Extent(west=west, south=south, east=east, north=north)

    def _finished(self) -> Batch:
        self._add_roads()
        done, self._batch = self._batch, Batch()
        self._ways, self._vertices = [], 0
        return done

    def _take(self, item: object) -> None:
        self._batch.objects += 1
        match item:
            case osmium.osm.Node():
                self._take_node(item)
            case osmium.osm.Way():
                self._take_way(item)
            case osmium.osm.Area():
                self._take_area(item)
            case _:  # relations were read at the first reading
                pass

    def _take_node(self, node: osmium.osm.Node) -> None:
        self._tally.read["nodes with tags"] += 1
        tags = tags_of(node, self._tally)
        if tags is None:
            return
        if not node.location.valid():
            self._tally.left_out["node without a position or with one out of range"] += 1
            return
        position = (node.location.lon, node.location.lat)
        if self._inside([position]):
            self._vertices += 1
            self._add_feature(Feature("node", node.id, tags, shapely.Point(position)))

    def _take_way(self, way: osmium.osm.Way) -> None:
        self._tally.read["ways"] += 1
        wanted = "highway" in way.tags or "addr:interpolation" in way.tags
        if not wanted and way.id not in self._boundary_ways:
            return
        if len(way.nodes) > WAY_NODES_MAX:
            self._tally.left_out[f"way of more than {WAY_NODES_MAX} nodes"] += 1
            return
        runs = list(known_runs(way))
        if way.id in self._boundary_ways and runs:
            self.boundary_lines[way.id] = [shapely.LineString(line) for _, line in runs]
        tags = tags_of(way, self._tally) if wanted else None
        if tags is not None:
            self._add_ways(way.id, tags, runs)

    def _add_ways(
        self, number: int, tags: Tags, runs: list[tuple[list[int], list[Position]]]
    ) -> None:
        step = houses.step_of(tags)
        if "highway" not in tags and step is None:
            return
        if not runs:
            self._tally.left_out["way with fewer than two known nodes"] += 1
        for nodes, line in runs:
            if not self._inside(line):
                continue
            self._vertices += len(line)
            if step is not None:
                row = (self._next("interpolation"), step, nodes, shapely.LineString(line))
                self._batch.rows["stage_interpolation"].append(row)
            elif is_road(tags):
                self._ways.append(Way(number, tags, nodes, line))

    def _take_area(self, area: osmium.osm.Area) -> None:
        self._tally.read["areas"] += 1
        tags = tags_of(area, self._tally)
        if tags is None or not _is_wanted_area(tags):
            return
        try:
            geometry = shapely.from_wkb(self._shapes.create_multipolygon(area))
        except (RuntimeError, shapely.errors.ShapelyError):
            self._tally.left_out["area whose rings cannot be built"] += 1
            return
        if geometry.is_empty or not self._inside(_box_corners(geometry)):
            return
        self._vertices += int(shapely.get_num_coordinates(geometry))
        kind = "way" if area.from_way() else "relation"
        feature = Feature(kind, area.orig_id(), tags, geometry)
        self._add_feature(feature)
        self._add_area(feature)

    def _add_feature(self, feature: Feature) -> None:
        self._add_place(feature)
        for house in houses.houses_of(feature.tags):
            point = shapely.Point(places.point_on(feature.geometry))
            node = feature.osm_id if feature.osm_type == "node" else None
            row = (node, house.street, folded(house.street), house.housenumber, house.number,
                   False, point)  # fmt: skip
            self._batch.rows["stage_house"].append(row)
        if feature.tags.get("highway") == "milestone" and feature.osm_type == "node":
            self._add_milestone(feature)

    def _add_place(self, feature: Feature) -> None:
        found = places.described(feature.tags)
        if found is None:
            return
        number = self._next("place")
        point = shapely.Point(places.point_on(feature.geometry))
        self._batch.rows["place"].append(
            (number, feature.osm_type, feature.osm_id, found.category, found.kind, found.name,
             found.importance, point)
        )  # fmt: skip
        self._batch.rows["place_alias"] += [
            (number, alias, name.said, name.kind)
            for alias, name in places.folded_names(found.names).items()
        ]

    def _add_milestone(self, feature: Feature) -> None:
        km = milestones.km_of(feature.tags)
        if km is None:
            self._tally.left_out["milestone without a readable kilometre"] += 1
            return
        road = milestones.road_of(feature.tags)
        folded = None if road is None else milestones.folded_ref(road)
        row = (feature.osm_id, road, folded, km, feature.geometry)
        self._batch.rows["stage_milestone"].append(row)

    def _add_area(self, feature: Feature) -> None:
        tags, shape = feature.tags, _multi(feature.geometry)
        if tags.get("building", "no") != "no":
            self._batch.rows["building"].append(
                (self._next("building"), feature.osm_type, feature.osm_id,
                 tags.get("name"), places.height_m(tags), places.levels(tags), shape)
            )  # fmt: skip
        outline = places.outline_of(tags)
        if outline is None:
            return
        # The place made from this very area has just been numbered.
        own = outline.theme != places.ADMIN and places.described(tags) is not None
        number = self._next("area")
        self._batch.rows["city_area"].append(
            (number, self._numbers["place"] if own else None, feature.osm_type, feature.osm_id,
             outline.theme, outline.kind, tags.get("name"), outline.admin_level, shape)
        )  # fmt: skip
        if outline.theme == places.ADMIN:
            names = json.dumps({key: tags[key] for key in tags if is_name_key(key)})
            self._batch.rows["stage_admin"].append((number, outline.admin_level, names))

    def _add_roads(self) -> None:
        edges = edges_of(self._ways, self._survey.junctions, first=self._numbers["edge"] + 1)
        self._numbers["edge"] += len(edges)
        self.drivable_edges += sum(edge.traits.drivable for edge in edges)
        self._batch.rows["road_edge"] += [
            (e.id, e.way_id, e.from_node, e.to_node, e.traits.road_class, e.traits.name,
             e.traits.direction, e.traits.drivable, e.traits.maxspeed_mps, e.length_m,
             e.traits.walkable, e.traits.ref, e.traits.surface, e.traits.access,
             e.traits.bridge, e.traits.tunnel, e.traits.layer, e.traits.lanes, e.line)
            for e in edges
        ]  # fmt: skip
        lines = [shapely.LineString(way.line) for way in self._ways]
        if lines:
            bounds = shapely.total_bounds(lines)
            self._low = np.minimum(self._low, bounds[:2])
            self._high = np.maximum(self._high, bounds[2:])
        self._add_streets(lines)
        self._add_routes(lines)

    def _add_streets(self, lines: list[LineString]) -> None:
        named = [
            (way, line, alias)
            for way, line in zip(self._ways, lines, strict=True)
            if (name := street_name(way.tags)) and (alias := folded(name))
        ]
        if not named:
            return
        flat = shapely.transform(
            np.array([line for _, line, _ in named]),
            lambda xy: local_metres(self._origin, lons=xy[:, 0], lats=xy[:, 1]),
        )
        for (way, line, alias), metres in zip(named, flat, strict=True):
            number = self._next("named way")
            names = json.dumps({key: way.tags[key] for key in way.tags if is_name_key(key)})
            row = (number, alias, way.tags["highway"], names, line, metres)
            self._batch.rows["stage_way"].append(row)
            self._add_shared_nodes(number, way)

    def _add_shared_nodes(self, number: int, way: Way) -> None:
        shared = self._survey.shared
        at = np.minimum(np.searchsorted(shared, way.nodes), max(len(shared) - 1, 0))
        for i in np.flatnonzero(shared[at] == way.nodes).tolist() if len(shared) else ():
            self._batch.rows["stage_way_node"].append((number, way.nodes[i], *way.line[i]))

    def _add_routes(self, lines: list[LineString]) -> None:
        for way, line in zip(self._ways, lines, strict=True):
            members = self._route_places.get(way.id, [])
            known = {milestones.folded_ref(ref) for ref, _, _ in members}
            own = way.tags.get("ref", "") if way.tags["highway"] in ROUTE_CLASSES else ""
            rows = [*members, *((ref, None, None) for ref in milestones.refs_of(own)
                                if milestones.folded_ref(ref) not in known)]  # fmt: skip
            self._batch.rows["stage_route"] += [
                (milestones.folded_ref(ref), ref, name, way.id, place, line)
                for ref, name, place in rows
            ]

    def _next(self, what: str) -> int:
        self._numbers[what] += 1
        return self._numbers[what]

    def _inside(self, positions: Iterable[Position]) -> bool:
        box = self._within
        return box is None or any(
            box.west <= lon <= box.east and box.south <= lat <= box.north for lon, lat in positions
        )


def _objects(path: Path, folder: Path) -> osmium.FileProcessor:
    """All that may be wanted. The positions of nodes lie in a file, 16 bytes each."""
    only_features = osmium.filter.KeyFilter(*FEATURE_KEYS)
    objects = osmium.FileProcessor(opened(path))
    objects.with_locations(f"sparse_file_array,{folder / 'positions'}")
    # Whatever is no area of interest need not be kept while its rings are put together.
    objects.with_areas(osmium.filter.KeyFilter(*FEATURE_KEYS))
    only_features.enable_for(osmium.osm.NODE | osmium.osm.AREA)
    objects.with_filter(only_features)
    not_relations = osmium.osm.NODE | osmium.osm.WAY | osmium.osm.AREA
    return objects.with_filter(osmium.filter.EntityFilter(not_relations))


def _route_places(survey: Survey) -> dict[int, list[tuple[str, str | None, int | None]]]:
    """For each way the routes it belongs to: number, name and its place in their order."""
    found: dict[int, list[tuple[str, str | None, int | None]]] = defaultdict(list)
    for route in survey.routes:
        for place, way in enumerate(route.ways):
            for ref in milestones.refs_of(route.ref):
                found[way].append((ref, route.name, place))
    return found


def _is_wanted_area(tags: Tags) -> bool:
    """Closed roads come as areas too; only squares drawn as areas are some."""
    return "highway" not in tags or any(key in tags for key in FEATURE_KEYS if key != "highway")


def _multi(geometry: shapely.Geometry) -> shapely.MultiPolygon:
    if geometry.geom_type == "MultiPolygon":
        return geometry
    return shapely.MultiPolygon([geometry])


def _box_corners(geometry: shapely.Geometry) -> list[Position]:
    west, south, east, north = geometry.bounds
    return [(west, south), (east, north), ((west + east) / 2, (south + north) / 2)]
