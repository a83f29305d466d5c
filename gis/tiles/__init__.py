"""Map tiles: the offline basemap and the operational layers."""

from gis.tiles.basemap import Basemap, build_basemap
from gis.tiles.manifest import Stored, stored_basemap
from gis.tiles.operational import Layer, TileLayer, layer_now, tile
from gis.tiles.pmtiles import Archive, read_archive
from gis.tiles.store import PackedTile, TileStore, etag_of

__all__ = [
    "Archive",
    "Basemap",
    "Layer",
    "PackedTile",
    "Stored",
    "TileLayer",
    "TileStore",
    "build_basemap",
    "etag_of",
    "layer_now",
    "read_archive",
    "stored_basemap",
    "tile",
]
