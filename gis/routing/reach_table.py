"""Road times from everywhere in a city to some places of it, worked out once, then looked up.

The city is cut into cells of a few hundred metres; each cell stands for the road nearest to its
middle. A look-up is therefore wrong by about the time it takes to cross half a cell, which is good
enough for "how long would this zone wait" and far too coarse for "who is nearest".
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, sqrt
from typing import TYPE_CHECKING

import numpy as np

from gis.geodesy import metres_per_degree
from gis.geometry import Extent, Point
from gis.routing.graph import Asked
from gis.travel import DRIVING, Profile

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gis.geodesy import FloatArray
    from gis.routing.edges import IntArray
    from gis.routing.router import Router

CELL_M = 250.0
CELLS_MAX = 4_900
MARGIN_M = 2_000.0
# Whoever needs longer counts as not coming at all.
HORIZON_S = 3_600.0
# One search for all crews: their speeds differ by a factor that hardly depends on the road.
MEASURED_WITH = Profile.PATROL


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """Cells of equal size in degrees over an extent, row by row from the south-west."""

    extent: Extent
    columns: int
    rows: int

    @property
    def middles(self) -> list[Point]:
        """The middle of each cell."""
        lons = np.linspace(self.extent.west, self.extent.east, 2 * self.columns + 1)[1::2]
        lats = np.linspace(self.extent.south, self.extent.north, 2 * self.rows + 1)[1::2]
        return [Point(lon=lon, lat=lat) for lat in lats.tolist() for lon in lons.tolist()]

    def cells_of(self, lons: FloatArray, lats: FloatArray) -> IntArray:
        """The cell of each point; a point beside the grid belongs to the nearest cell."""
        box = self.extent
        across = (lons - box.west) / max(box.east - box.west, 1e-9) * self.columns
        up = (lats - box.south) / max(box.north - box.south, 1e-9) * self.rows
        column = np.clip(across.astype(np.int64), 0, self.columns - 1)
        row = np.clip(up.astype(np.int64), 0, self.rows - 1)
        return np.asarray(row * self.columns + column)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReachTable:
    """Seconds from each cell to each place, (cells, places); inf beyond HORIZON_S."""

    grid: Grid
    seconds: FloatArray


def grid_over(points: Sequence[Point], *, margin_m: float = MARGIN_M) -> Grid:
    """Cells of CELL_M around these points, larger where they would be too many."""
    lons, lats = [one.lon for one in points], [one.lat for one in points]
    east_m, north_m = metres_per_degree((min(lats) + max(lats)) / 2)
    extent = Extent(
        west=max(min(lons) - margin_m / east_m, -180.0),
        south=max(min(lats) - margin_m / north_m, -90.0),
        east=min(max(lons) + margin_m / east_m, 180.0),
        north=min(max(lats) + margin_m / north_m, 90.0),
    )
    wide = (extent.east - extent.west) * east_m
    high = (extent.north - extent.south) * north_m
    side = max(CELL_M, sqrt(wide * high / CELLS_MAX))
    return Grid(extent=extent, columns=ceil(wide / side), rows=ceil(high / side))


def work_out(router: Router, places: Sequence[Point]) -> ReachTable | None:
    """The table of these places, None without roads. Blocking: tens of ms for each place."""
    graph = router.graph_of(MEASURED_WITH)
    if graph is None or not places:
        return None
    grid = grid_over(places)
    seconds = graph.seconds_between(
        places=places, others=grid.middles, asked=Asked(MEASURED_WITH), horizon_s=HORIZON_S
    )
    return ReachTable(grid=grid, seconds=seconds)


def slower_than_measured(profile: Profile) -> float:
    """How many times longer a profile takes than the one the table was worked out with."""
    return DRIVING[MEASURED_WITH].speed_factor / DRIVING[profile].speed_factor
