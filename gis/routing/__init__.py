"""Travel times and routes on the roads of the city."""

from gis.routing.edges import EdgeArrays
from gis.routing.graph import Asked, RoadGraph
from gis.routing.loading import edge_arrays, load_edges, load_router
from gis.routing.port import Barrier
from gis.routing.reach import Reach
from gis.routing.router import Router

__all__ = [
    "Asked",
    "Barrier",
    "EdgeArrays",
    "Reach",
    "RoadGraph",
    "Router",
    "edge_arrays",
    "load_edges",
    "load_router",
]
