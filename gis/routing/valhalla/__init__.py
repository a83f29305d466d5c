"""The second routing engine: Valhalla as a service beside us."""

from gis.routing.valhalla.build import TilesFailed, build_tiles, current_city
from gis.routing.valhalla.router import EXACT_MAX, ValhallaRouter

__all__ = ["EXACT_MAX", "TilesFailed", "ValhallaRouter", "build_tiles", "current_city"]
