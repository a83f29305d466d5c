"""Reads the header and metadata of a PMTiles archive (specification version 3)."""

from __future__ import annotations

import gzip
import json
import struct
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gis.geometry import Extent, Point
from ops_center.kernel.errors import Invalid

if TYPE_CHECKING:
    from pathlib import Path

HEADER_BYTES = 127
MAGIC = b"PMTiles"
VERSION = 3
GZIP = 2
MVT = 1
METADATA_MAX_BYTES = 5_000_000
E7 = 10_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Archive:
    """What a tile archive says about itself; `layers` are its vector layers by id."""

    min_zoom: int
    max_zoom: int
    extent: Extent
    centre: Point
    tiles: int
    vector: bool
    layers: tuple[str, ...]
    attribution: str
    bytes: int


def read_archive(path: Path) -> Archive:
    """Header (section 3) and metadata (section 5); Invalid when the file is not such an archive."""
    with path.open("rb") as file:
        header = file.read(HEADER_BYTES)
        if len(header) < HEADER_BYTES or header[:7] != MAGIC or header[7] != VERSION:
            raise Invalid(f"{path.name} is no PMTiles archive: build the basemap again.")
        offsets = struct.unpack_from("<11Q", header, 8)
        _, compression, _, kind, low, high = struct.unpack_from("<6B", header, 96)
        box = [value / E7 for value in struct.unpack_from("<4i", header, 102)]
        centre = [value / E7 for value in struct.unpack_from("<2i", header, 119)]
        file.seek(offsets[2])
        metadata = _metadata(file.read(min(offsets[3], METADATA_MAX_BYTES)), compression, path)
    return Archive(
        min_zoom=low,
        max_zoom=high,
        extent=Extent(west=box[0], south=box[1], east=box[2], north=box[3]),
        centre=Point(lon=centre[0], lat=centre[1]),
        tiles=offsets[8],
        vector=kind == MVT,
        layers=tuple(sorted(str(layer["id"]) for layer in metadata.get("vector_layers", []))),
        attribution=str(metadata.get("attribution", "")),
        bytes=path.stat().st_size,
    )


def _metadata(stored: bytes, compression: int, path: Path) -> dict[str, list[dict[str, object]]]:
    try:
        plain = gzip.decompress(stored) if compression == GZIP else stored
        metadata = json.loads(plain)
    except (OSError, EOFError, ValueError, zlib.error) as wrong:
        raise Invalid(f"{path.name} is damaged: build the basemap again.") from wrong
    if not isinstance(metadata, dict):
        raise Invalid(f"{path.name} is damaged: build the basemap again.")
    return metadata
