"""A city that a suite measures in: imported into a throw-away centre whose web process answers."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from gis.geometry import Extent, Point
from ops_center.bench.own_centre import OwnCentre
from ops_center.kernel.database import Database

SEED: Final = 2026

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class BenchPlace:
    """`osm` is the extract the city was imported from; `database` is open on the centre's own.

    `shared` is the folder of real data that never is committed (OPS_SHARED_DATA), if it is there.
    """

    name: str
    osm: Path
    centre: OwnCentre
    database: Database
    extent: Extent
    shared: Path | None
    say: Say

    def rng(self, purpose: str) -> random.Random:
        """Return a repeatable source of chance of one's own."""
        return random.Random(f"{SEED}/{self.name}/{purpose}")  # noqa: S311  nothing secret

    def points(self, purpose: str, count: int) -> list[Point]:
        """Return `count` repeatable points spread evenly over the city's extent."""
        rng, box = self.rng(purpose), self.extent
        return [
            Point(lon=rng.uniform(box.west, box.east), lat=rng.uniform(box.south, box.north))
            for _ in range(count)
        ]
