"""Travel times and routes on the roads of the city."""

from gis.routing.graph import RoadGraph
from gis.routing.network import EdgeArrays
from gis.routing.reach import Reach
from gis.routing.router import Router, edge_arrays, load_router

__all__ = ["EdgeArrays", "Reach", "RoadGraph", "Router", "edge_arrays", "load_router"]
