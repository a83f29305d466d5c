"""A small town as an OpenStreetMap file, with the street names and faults of real ones."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import osmium
from osmium.osm.mutable import Node, Relation, Way

from gis.geodesy import destination
from gis.geometry import Point

if TYPE_CHECKING:
    from pathlib import Path

CORNER = Point(lon=-57.6400, lat=-25.2800)
BLOCK_M = 120.0
# Streets of the centre of Asunción, west to east and south to north.
EASTWARD = ("Palma", "Estrella", "Oliva", "General Díaz")
NORTHWARD = ("Colón", "14 de Mayo", "15 de Agosto", "Alberdi", "Chile")


@dataclass(slots=True)
class OsmTown:
    """Collects nodes, ways and relations and writes them sorted, as OSM files are."""

    nodes: dict[int, tuple[Point, dict[str, str]]] = field(default_factory=dict)
    ways: dict[int, tuple[list[int], dict[str, str]]] = field(default_factory=dict)
    relations: list[tuple[list[tuple[str, int, str]], dict[str, str]]] = field(default_factory=list)

    def node(self, point: Point, **tags: str) -> int:
        number = len(self.nodes) + 1
        self.nodes[number] = (point, tags)
        return number

    def way(self, nodes: list[int], tags: dict[str, str]) -> int:
        number = 1_000 + len(self.ways)
        self.ways[number] = (nodes, tags)
        return number

    def square(self, point: Point, side_m: float, tags: dict[str, str]) -> int:
        east = destination(point, bearing_deg=90, distance_m=side_m)
        north = destination(point, bearing_deg=0, distance_m=side_m)
        far = destination(east, bearing_deg=0, distance_m=side_m)
        corners = [self.node(p) for p in (point, east, far, north)]
        return self.way([*corners, corners[0]], tags)

    def write(self, path: Path) -> Path:
        writer = osmium.SimpleWriter(str(path), overwrite=True)
        for number, (point, tags) in self.nodes.items():
            writer.add_node(Node(id=number, location=(point.lon, point.lat), tags=tags, version=1))
        for number, (nodes, tags) in self.ways.items():
            writer.add_way(Way(id=number, nodes=nodes, tags=tags, version=1))
        for number, (members, tags) in enumerate(self.relations, start=5_000):
            writer.add_relation(Relation(id=number, members=members, tags=tags, version=1))
        writer.close()
        return path


def spot(column: float, row: float) -> Point:
    """The point so many blocks east and north of the south-west corner."""
    there = destination(CORNER, bearing_deg=90, distance_m=column * BLOCK_M)
    return destination(there, bearing_deg=0, distance_m=row * BLOCK_M)


def asuncion_centre() -> OsmTown:
    """Four streets by five, with houses, places, suburbs, a ban and broken objects."""
    town = OsmTown()
    at = {
        (column, row): town.node(spot(column, row))
        for row in range(len(EASTWARD))
        for column in range(len(NORTHWARD))
    }
    for row, name in enumerate(EASTWARD):
        nodes = [at[column, row] for column in range(len(NORTHWARD))]
        tags = {"highway": "residential", "name": name}
        if name == "Palma":
            tags |= {"oneway": "yes", "name:gn": "Karanda'y", "maxspeed": "40"}
        town.way(nodes, tags)
    for column, name in enumerate(NORTHWARD):
        nodes = [at[column, row] for row in range(len(EASTWARD))]
        town.way(nodes, {"highway": "secondary", "name": name})
    _add_places(town)
    _add_faults(town)
    return town


def _add_places(town: OsmTown) -> None:
    for number, column in ((101, 0.3), (149, 0.8), (201, 1.3)):
        house = {"addr:street": "Estrella", "addr:housenumber": str(number)}
        town.node(spot(column, 1.05), **house)
    town.node(spot(1.5, 2.5), name="Asunción", place="city", population="520000")
    town.node(spot(0.8, 0.6), name="La Encarnación", place="suburb")
    town.node(spot(3.4, 2.4), name="Catedral", place="suburb")
    town.node(spot(2.1, 1.2), name="Comisaría 3ª", amenity="police")
    town.node(spot(2.6, 0.4), amenity="fire_hydrant", emergency="fire_hydrant")
    town.square(
        spot(3.2, 1.2),
        60,
        {"amenity": "hospital", "name": "Hospital de Clínicas", "building": "yes",
         "building:levels": "4"},
    )  # fmt: skip
    town.square(spot(1.2, 2.2), 70, {"leisure": "park", "name": "Plaza Uruguaya"})


def _add_faults(town: OsmTown) -> None:
    known = town.node(spot(0, 3.5))
    further = town.node(spot(0, 3.8))
    # Nodes 900001... are not in the file: a way cut off at the edge of the extract.
    town.way([known, further, 900_001], {"highway": "residential", "name": "Colón"})
    town.way([900_002, 900_003], {"highway": "residential", "name": "Fantasma"})
    town.way([known, known], {"highway": "residential", "name": "Punto"})
    town.way([900_004, known, 900_004], {"building": "yes"})
    town.relations.append(([("w", 1_000, "from")], {"type": "restriction", "restriction": "x"}))
    town.relations.append(
        (
            [("w", 1_003, "from"), ("n", 20, "via"), ("w", 1_008, "to")],
            {"type": "restriction", "restriction": "no_right_turn"},
        )
    )
    # Says "from Palma" at a junction Palma runs through: which arm is meant cannot be known.
    town.relations.append(
        (
            [("w", 1_000, "from"), ("n", 2, "via"), ("w", 1_005, "to")],
            {"type": "restriction", "restriction": "no_right_turn"},
        )
    )
