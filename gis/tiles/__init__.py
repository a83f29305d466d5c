"""Map tiles: the offline basemap and the operational layers."""

from gis.tiles.basemap import Basemap, build_basemap
from gis.tiles.operational import Layer, tile
from gis.tiles.pmtiles import Archive, read_archive

__all__ = ["Archive", "Basemap", "Layer", "build_basemap", "read_archive", "tile"]
