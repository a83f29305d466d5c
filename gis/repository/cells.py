"""Patrol cells (cuadrantes) in memory: which one each of many points lies in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import shapely
from numpy.typing import NDArray
from sqlalchemy import func, select

from gis.repository.zones import SUMMARY, ZoneSummary, to_summary
from gis.tables import zone

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.ext.asyncio import AsyncConnection

PATROL: Final = "patrol"
CELLS_MAX: Final = 5_000
NO_CELL: Final = -1

Floats = NDArray[np.float64]
Numbers = NDArray[np.intp]


class PatrolCells:
    """Cells of one agency, numbered in the order of `zones`; where two overlap the first counts."""

    def __init__(self, zones: Sequence[ZoneSummary], outlines: Sequence[bytes]) -> None:
        """`outlines` are their WKB in EPSG:4326."""
        self.zones = tuple(zones)
        areas = shapely.from_wkb(np.asarray(outlines, dtype=object))
        shapely.prepare(areas)
        self._areas = areas
        self._tree = shapely.STRtree(areas)

    def __len__(self) -> int:
        return len(self.zones)

    def numbered(self, code: str | None) -> int | None:
        """Return the number of the cell of that code, None when there is none."""
        return next((n for n, one in enumerate(self.zones) if one.code == code), None)

    def of(self, lon: Floats, lat: Floats) -> Numbers:
        """Return the number of the cell of each point, NO_CELL for none; all shapes (n,)."""
        found = np.full(len(lon), len(self.zones), dtype=np.intp)
        if len(self.zones):
            asked, near = self._tree.query(shapely.points(lon, lat))
            inside = shapely.intersects_xy(self._areas[near], lon[asked], lat[asked])
            np.minimum.at(found, asked[inside], near[inside])
        found[found == len(self.zones)] = NO_CELL
        return found


async def patrol_cells(connection: AsyncConnection, agency: str) -> PatrolCells:
    """Return the patrol cells of that agency and those that are nobody's own, by code."""
    row = zone.columns
    statement = (
        select(*SUMMARY, func.st_asbinary(row.geom))
        .where(row.kind == PATROL, func.coalesce(row.agency, agency) == agency)
        .order_by(row.code, row.id)
        .limit(CELLS_MAX)
    )
    found = (await connection.execute(statement)).all()
    return PatrolCells([to_summary(one) for one in found], [bytes(one[-1]) for one in found])
