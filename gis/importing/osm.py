"""Opens an OpenStreetMap extract (.osm.pbf) and states what its objects look like to us."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING

import osmium

from ops_center.kernel.errors import Invalid, Unavailable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from shapely.geometry.base import BaseGeometry

    from gis.importing.cleaning import Tags

Position = tuple[float, float]
OPEN_STREET_MAP = "© OpenStreetMap contributors"
FIRST_BYTES = 16
# Sixteen bytes for each node that the file holds in three to ten, and the ids of its roads.
DISK_TIMES_FILE = 8
DISK_MIN_BYTES = 50_000_000
BYTES_PER_MB = 1_000_000
# A file begins with the length of a header blob and its type: "OSMHeader" (PBF format).
_PBF_MARK = b"OSMHeader"


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


@dataclass(frozen=True, slots=True)
class RoadRoute:
    """A route=road relation: its number, name and member ways in their order."""

    ref: str
    name: str | None
    ways: tuple[int, ...]


def opened(path: Path) -> osmium.io.File:
    """The file, read as PBF whatever it is called. Raises Invalid where it cannot be one."""
    if not path.is_file():
        raise Invalid(f"There is no file {path}: give the path of an .osm.pbf extract.")
    with path.open("rb") as file:
        begin = file.read(FIRST_BYTES)
    if _PBF_MARK not in begin:
        raise _unreadable(path, "it does not begin like one")
    return osmium.io.File(str(path), "pbf")


def require_room(path: Path, folder: Path) -> None:
    """Raise Unavailable where the positions of the file's nodes might not fit on the disk."""
    needed = DISK_TIMES_FILE * path.stat().st_size + DISK_MIN_BYTES
    free = shutil.disk_usage(folder).free
    if free < needed:
        raise Unavailable(
            f"Reading {path.name} takes up to {needed // BYTES_PER_MB} MB in {folder}, where "
            f"{free // BYTES_PER_MB} MB are free: make room, or set OPS_DATA_DIR to a larger disk."
        )


def safely(objects: Iterable[object], path: Path) -> Iterator[object]:
    """The objects, with the reader's own exceptions turned into Invalid."""
    iterator = iter(objects)
    while True:
        try:
            item = next(iterator)
        except StopIteration:
            return
        except (RuntimeError, ValueError, MemoryError, osmium.InvalidLocationError) as wrong:
            raise _unreadable(path, str(wrong)) from wrong
        yield item


def known_runs(way: osmium.osm.Way) -> Iterator[tuple[list[int], list[Position]]]:
    """Stretches of two or more different nodes in a row whose positions the file holds."""
    nodes: list[int] = []
    line: list[Position] = []
    for node in way.nodes:
        location = node.location
        if not location.valid():
            if len(nodes) > 1:
                yield nodes, line
            nodes, line = [], []
            continue
        position = (location.lon, location.lat)
        if not line or line[-1] != position:
            nodes.append(node.ref)
            line.append(position)
    if len(nodes) > 1:
        yield nodes, line


def _unreadable(path: Path, why: str) -> Invalid:
    return Invalid(
        f"{path.name} cannot be read as an OpenStreetMap extract ({why}): "
        "download it again, or check that its name ends in .osm.pbf."
    )
