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

    def write(self, path: Path, *, options: str = "") -> Path:
        """Write the file; `options` are libosmium's, such as pbf_compression=none."""
        file = osmium.io.File(str(path), ",".join(part for part in ("pbf", options) if part))
        writer = osmium.SimpleWriter(file, overwrite=True)
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


def province() -> OsmTown:
    """What a town's centre lacks: a numbered road with posts, waters, boundaries, odd addresses."""
    town = OsmTown()
    road = [town.node(spot(column, 0)) for column in range(0, 101, 10)]
    tags = {"highway": "trunk", "ref": "PY02", "name": "Mariscal Estigarribia", "lanes": "4",
            "surface": "asphalt", "bridge": "yes", "layer": "1", "old_name": "Camino Real",
            "name:gn": "Mburuvicha rape"}  # fmt: skip
    members = [("w", town.way(road[i : i + 2], tags), "") for i in range(len(road) - 1)]
    town.relations.append(
        (members, {"type": "route", "route": "road", "ref": "PY02", "name": "Ruta PY02"})
    )
    # The posts count from a capital 30 km away; the third is misread.
    for column, km in ((20, "32,4"), (70, "38.4 km"), (80, "3")):
        town.node(spot(column, 0.1), highway="milestone", distance=km)
    branch = [town.node(spot(50, row)) for row in (-0.15, -10, -20)]
    town.way(branch, {"highway": "primary", "ref": "D027", "name": "Acceso Norte"})
    _add_outlines(town)
    _add_odd_addresses(town)
    return town


def _add_outlines(town: OsmTown) -> None:
    town.square(spot(10, 2), 300, {"natural": "water", "name": "Laguna Cateura"})
    town.square(spot(20, 2), 300, {"leisure": "park", "name": "Parque Guasu"})
    town.square(spot(30, 2), 300, {"leisure": "park"})
    for place, (name, label) in enumerate((("Luque", True), ("Areguá", False))):
        ring = town.square(spot(10 + 40 * place, 5), 2_000, {})
        town.relations.append(
            (
                [("w", ring, "outer")],
                {"type": "boundary", "boundary": "administrative", "admin_level": "8",
                 "name": name},
            )
        )  # fmt: skip
        if label:
            town.node(spot(15, 8), place="town", name=name)
    town.square(
        spot(60, 2), 30, {"building": "yes", "height": "21.5", "building:levels": "7"}
    )  # fmt: skip
    town.node(spot(5, 1), highway="bus_stop", name="Parada Guasu", ref="1704")
    stairs = [town.node(spot(1, 1)), town.node(spot(1, 2))]
    town.way(stairs, {"highway": "steps", "name": "Escalinata"})


def _add_odd_addresses(town: OsmTown) -> None:
    street = {"addr:street": "Acceso Norte"}
    town.node(spot(50.2, -1), **street, **{"addr:housenumber": "12-18"})
    town.node(spot(50.2, -2), **street, **{"addr:housenumber": "20;24"})
    ends = [
        town.node(spot(49.8, -row), **street, **{"addr:housenumber": number})
        for row, number in ((3, "101"), (5, "109"))
    ]
    town.way(ends, {"addr:interpolation": "odd"})
