"""A made-up country as an OpenStreetMap file of any size: towns of named streets and houses."""

from __future__ import annotations

import random
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import osmium
from osmium.osm.mutable import Node, Way

if TYPE_CHECKING:
    from collections.abc import Iterator

STREETS_EACH_WAY = 20
HOUSES_PER_TOWN = 100
BLOCK_DEG = 0.0011
TOWN_DEG = 0.08
TITLES = ("Pasaje", "Avenida", "Mcal.", "Gral.", "Tte.")
FIRST = ("José", "Juan", "Rosa", "Silvio", "Elena", "Carlos", "Ana")
LAST = ("López", "Benítez", "Giménez", "Duarte", "Ayala", "Rojas", "Vera", "Franco", "Ojeda")

Written = tuple[list[int], dict[str, str]]


def write_country(path: Path, *, towns: int) -> Path:
    """Write it; each town has 760 pieces of street and 100 houses, 2,321 nodes in all."""
    writer = osmium.SimpleWriter(str(path), overwrite=True)
    country = _Country(writer)
    ways = [way for town in range(towns) for way in country.town(town)]
    for number, (nodes, tags) in enumerate(ways, start=1):
        writer.add_way(Way(id=number, nodes=nodes, tags=tags, version=1))
    writer.close()
    return path


class _Country:
    def __init__(self, writer: osmium.SimpleWriter) -> None:
        self._writer = writer
        self._nodes = 0
        self._dice = random.Random(1)

    def town(self, number: int) -> Iterator[Written]:
        """Write the nodes of one town and return its ways."""
        west, south = -58 + number % 30 * TOWN_DEG, -26 + number // 30 * TOWN_DEG
        names = [" ".join(map(self._dice.choice, (TITLES, FIRST, LAST)))
                 for _ in range(2 * STREETS_EACH_WAY)]  # fmt: skip
        size = range(STREETS_EACH_WAY)
        at = {(i, j): self._node(west + i * BLOCK_DEG, south + j * BLOCK_DEG)
              for i in size for j in size}  # fmt: skip
        self._node(west, south, place="town", name=f"Pueblo {number}")
        for (i, j), corner in at.items():
            for (di, dj), name in (((1, 0), names[j]), ((0, 1), names[STREETS_EACH_WAY + i])):
                if (i + di, j + dj) in at:
                    middle = (west + (i + di / 2) * BLOCK_DEG, south + (j + dj / 2) * BLOCK_DEG)
                    bends = [self._node(*middle), self._node(middle[0] + 1e-5, middle[1] + 1e-5)]
                    nodes = [corner, *bends, at[i + di, j + dj]]
                    yield nodes, {"highway": "residential", "name": name}
        for _ in range(HOUSES_PER_TOWN):
            yield self._house(west, south, self._dice.choice(names))

    def _house(self, west: float, south: float, street: str) -> Written:
        lon, lat = (start + self._dice.random() * STREETS_EACH_WAY * BLOCK_DEG
                    for start in (west, south))  # fmt: skip
        side = 4e-5
        ring = [(0, 0), (side, 0), (side, side), (0, side)]
        corners = [self._node(lon + x, lat + y) for x, y in ring]
        number = str(self._dice.randrange(1, 2_000))
        return [*corners, corners[0]], {
            "building": "yes",
            "addr:street": street,
            "addr:housenumber": number,
        }

    def _node(self, lon: float, lat: float, **tags: str) -> int:
        self._nodes += 1
        self._writer.add_node(Node(id=self._nodes, location=(lon, lat), tags=tags, version=1))
        return self._nodes


if __name__ == "__main__":
    write_country(Path(sys.argv[1]), towns=int(sys.argv[2]))
