"""The first reading of an extract: its extent, its relations, and where its roads meet."""

from __future__ import annotations

from array import array
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, BinaryIO

import numpy as np
import osmium
from numpy.typing import NDArray

from gis.geometry import Extent
from gis.importing.cleaning import Tally, tags_of
from gis.importing.osm import Boundary, Restriction, RoadRoute, opened, require_room, safely
from gis.importing.roads import Junctions, is_drivable, is_road, street_name
from ops_center.kernel.errors import Invalid

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from gis.importing.cleaning import Tags

IntArray = NDArray[np.int64]
REFS_IN_MEMORY = 2_000_000
PROGRESS_EVERY = 50_000
MEMBERS_MAX = 50_000


@dataclass(slots=True)
class Survey:
    """What has to be known before the objects themselves are read."""

    extent: Extent
    junctions: Junctions
    shared: IntArray
    restrictions: list[Restriction] = field(default_factory=list)
    boundaries: list[Boundary] = field(default_factory=list)
    routes: list[RoadRoute] = field(default_factory=list)


class RepeatedRefs:
    """Finds the ids that were added more than once; they wait in a file, not in memory."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._waiting = array("q")
        self._count = 0

    def add(self, refs: list[int]) -> None:
        self._waiting.extend(refs)
        if len(self._waiting) >= REFS_IN_MEMORY // 4:
            self._spill()

    def repeated(self) -> IntArray:
        """The ids met at least twice, in order; nothing can be added afterwards."""
        self._spill()
        steps = self._count // REFS_IN_MEMORY + 1
        with self._path.open("rb") as file:
            found = [self._repeated_in(file, step, steps) for step in range(steps)]
        return np.sort(np.concatenate(found))

    def _spill(self) -> None:
        self._count += len(self._waiting)
        with self._path.open("ab") as file:
            self._waiting.tofile(file)
        self._waiting = array("q")

    def _repeated_in(self, file: BinaryIO, step: int, steps: int) -> IntArray:
        """Of the ids with this remainder: so each step holds only its share of all."""
        file.seek(0)
        mine = [np.zeros(0, np.int64)]
        while len(read := np.fromfile(file, np.int64, REFS_IN_MEMORY)):
            mine.append(read[read % steps == step] if steps > 1 else read)
        ids, times = np.unique(np.concatenate(mine), return_counts=True)
        return ids[times > 1]


class JunctionFinder:
    """Collects the nodes of roads and says which of them join several."""

    def __init__(self, folder: Path) -> None:
        self._drivable = RepeatedRefs(folder / "drivable")
        self._other = RepeatedRefs(folder / "other")
        self._named = RepeatedRefs(folder / "named")

    def add(self, tags: Tags, refs: list[int]) -> None:
        if not is_road(tags):
            return
        (self._drivable if is_drivable(tags) else self._other).add(refs)
        if street_name(tags):
            self._named.add(refs)

    def found(self) -> tuple[Junctions, IntArray]:
        """Where roads meet, and the nodes that several named ways (or one twice) run through."""
        junctions = Junctions(self._drivable.repeated(), self._other.repeated())
        return junctions, self._named.repeated()


def survey(
    path: Path, folder: Path, tally: Tally, progress: Callable[[int], None] | None = None
) -> Survey:
    """Read the extract once. Raises Invalid when the file is no OSM extract."""
    file = opened(path)
    require_room(path, folder)
    stated = _stated_extent(file, path)
    entities = osmium.osm.WAY | osmium.osm.RELATION
    if stated is None:
        entities |= osmium.osm.NODE
    objects = osmium.FileProcessor(file, entities)
    for key, entity in (("highway", osmium.osm.WAY), ("type", osmium.osm.RELATION)):
        only = osmium.filter.KeyFilter(key)
        only.enable_for(entity)
        objects.with_filter(only)
    reading = _Reading(folder, tally)
    for count, item in enumerate(safely(objects, path)):
        if progress is not None and count % PROGRESS_EVERY == 0:
            progress(count)
        reading.take(item)
    extent = stated or reading.extent()
    if extent is None:
        raise Invalid(f"{path.name} holds no positions: it is no OpenStreetMap extract.")
    junctions, shared = reading.finder.found()
    return Survey(
        extent, junctions, shared, reading.restrictions, reading.boundaries, reading.routes
    )


def _stated_extent(file: osmium.io.File, path: Path) -> Extent | None:
    (header,) = safely(_header(file), path)
    assert isinstance(header, osmium.io.Header)
    box = header.box()
    if not box.valid():
        return None
    low, high = box.bottom_left, box.top_right
    if low.lon >= high.lon or low.lat >= high.lat:
        return None
    return Extent(west=low.lon, south=low.lat, east=high.lon, north=high.lat)


def _header(file: osmium.io.File) -> Iterator[object]:
    yield osmium.io.Reader(file, osmium.osm.NOTHING).header()


class _Reading:
    def __init__(self, folder: Path, tally: Tally) -> None:
        self.finder = JunctionFinder(folder)
        self.restrictions: list[Restriction] = []
        self.boundaries: list[Boundary] = []
        self.routes: list[RoadRoute] = []
        self._tally = tally
        self._lons: list[float] = []
        self._lats: list[float] = []
        self._low = np.array([np.inf, np.inf])
        self._high = np.array([-np.inf, -np.inf])

    def take(self, item: object) -> None:
        match item:
            case osmium.osm.Node():
                self._take_node(item)
            case osmium.osm.Way():
                self._take_way(item)
            case osmium.osm.Relation():
                self._take_relation(item)
            case _:
                pass

    def extent(self) -> Extent | None:
        self._widen()
        if not np.isfinite(self._low).all():
            return None
        (west, south), (east, north) = self._low.tolist(), self._high.tolist()
        return Extent(west=west, south=south, east=east, north=north)

    def _take_node(self, node: osmium.osm.Node) -> None:
        location = node.location
        if location.valid():
            self._lons.append(location.lon)
            self._lats.append(location.lat)
            if len(self._lons) >= PROGRESS_EVERY:
                self._widen()

    def _widen(self) -> None:
        if self._lons:
            self._low = np.minimum(self._low, [min(self._lons), min(self._lats)])
            self._high = np.maximum(self._high, [max(self._lons), max(self._lats)])
            self._lons, self._lats = [], []

    def _take_way(self, way: osmium.osm.Way) -> None:
        try:
            tags = dict(way.tags)
        except UnicodeDecodeError:
            return  # counted at the second reading, which meets the same way again
        refs = [node.ref for node in way.nodes]
        self.finder.add(tags, [ref for i, ref in enumerate(refs) if i == 0 or ref != refs[i - 1]])

    def _take_relation(self, relation: osmium.osm.Relation) -> None:
        self._tally.read["relations"] += 1
        tags = tags_of(relation, self._tally) or {}
        kind = tags.get("type")
        if len(relation.members) > MEMBERS_MAX:
            self._tally.left_out[f"relation with more than {MEMBERS_MAX} members"] += 1
        elif kind == "restriction":
            self._keep_restriction(relation, tags)
        elif kind == "boundary" and tags.get("boundary") == "administrative" and "name" in tags:
            self.boundaries.append(Boundary(relation.id, tags, _ways(relation)))
        elif kind == "route" and tags.get("route") == "road" and tags.get("ref"):
            self.routes.append(RoadRoute(tags["ref"], tags.get("name"), _ways(relation)))

    def _keep_restriction(self, relation: osmium.osm.Relation, tags: Tags) -> None:
        kind = tags.get("restriction") or tags.get("restriction:motorcar")
        # A ban for some hours only must not lengthen every estimate.
        if kind is None or "restriction:conditional" in tags or "hour_on" in tags or "time" in tags:
            self._tally.left_out["restriction without a kind or only at some hours"] += 1
            return
        members = _members(relation)
        via = [ref for kind_, ref, role in members if role == "via" and kind_ == "n"]
        from_ways = tuple(ref for kind_, ref, role in members if role == "from" and kind_ == "w")
        to_ways = tuple(ref for kind_, ref, role in members if role == "to" and kind_ == "w")
        if len(via) != 1 or not from_ways or not to_ways:
            self._tally.left_out["restriction over several ways or incomplete"] += 1
            return
        self.restrictions.append(Restriction(kind, from_ways, via[0], to_ways))


def _members(relation: osmium.osm.Relation) -> list[tuple[str, int, str]]:
    try:
        return [(member.type, member.ref, member.role) for member in relation.members]
    except UnicodeDecodeError:
        return []


def _ways(relation: osmium.osm.Relation) -> tuple[int, ...]:
    return tuple(member.ref for member in relation.members if member.type == "w")
