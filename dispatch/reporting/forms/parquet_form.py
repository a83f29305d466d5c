"""Places of responses as GeoParquet, coarsened so that no point is anybody's door."""

import io
from collections.abc import Mapping, Sequence
from typing import Any, Final

import geopandas
import shapely

COLUMNS: Final = ("type", "priority", "agency", "day", "hour", "dispatch_s", "response_s")


def to_parquet(rows: Sequence[Mapping[str, Any]]) -> bytes:
    """Return a GeoParquet file (EPSG:4326) with COLUMNS and a point for each of the rows.

    A row has lon and lat already in the middle of a cell: see `dispatch.reporting.places`.
    """
    points = shapely.points([one["lon"] for one in rows], [one["lat"] for one in rows])
    columns = {name: [one[name] for one in rows] for name in COLUMNS}
    frame = geopandas.GeoDataFrame(columns, geometry=points, crs="EPSG:4326")
    out = io.BytesIO()
    frame.to_parquet(out, index=False)
    return out.getvalue()
