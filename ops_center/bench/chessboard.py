"""A city that exists nowhere: a chessboard of streets, for measuring at the size of a capital."""

from typing import Final

import numpy as np

from gis.geodesy import metres_per_degree
from gis.geometry import Point
from gis.routing import EdgeArrays

CORNER: Final = Point(lon=-57.7, lat=-25.4)
BLOCK_M: Final = 126.0
# Every eighth street an avenue, every fourth a collector.
AVENUE_EVERY, COLLECTOR_EVERY = 8, 4


def chessboard(side: int) -> EdgeArrays:
    """Return `side` x `side` crossings, two-way streets between them: 4 side² directed edges."""
    row, column = np.meshgrid(np.arange(side), np.arange(side), indexing="ij")
    per_lon, per_lat = metres_per_degree(CORNER.lat)
    lons = (CORNER.lon + column * BLOCK_M / per_lon).ravel()
    lats = (CORNER.lat + row * BLOCK_M / per_lat).ravel()
    node = row * side + column
    start = np.concatenate((node[:, :-1].ravel(), node[:-1, :].ravel()))
    end = np.concatenate((node[:, 1:].ravel(), node[1:, :].ravel()))
    street = np.concatenate((row[:, :-1].ravel(), column[:-1, :].ravel()))
    count = len(start)
    main = np.where(street % COLLECTOR_EVERY == 0, "tertiary", "residential")
    return EdgeArrays(
        ids=np.arange(1, count + 1),
        from_nodes=start + 1,
        to_nodes=end + 1,
        direction=np.zeros(count, np.int64),
        length_m=np.full(count, BLOCK_M),
        maxspeed_mps=np.full(count, np.nan),
        classes=np.where(street % AVENUE_EVERY == 0, "primary", main),
        lons=np.column_stack((lons[start], lons[end])).ravel(),
        lats=np.column_stack((lats[start], lats[end])).ravel(),
        starts=np.arange(0, 2 * count + 1, 2),
        bans=np.zeros((0, 3), np.int64),
        way_ids=np.arange(1, count + 1),
        drivable=np.ones(count, bool),
        walkable=np.ones(count, bool),
        access=np.zeros(count, np.int64),
        rough=np.zeros(count, bool),
        name_of=np.zeros(count, np.int64),
        names=np.array([""]),
    )
