"""What is known of a basemap file without opening it: a small JSON file beside it."""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Self

from ops_center.kernel.errors import NotFound

if TYPE_CHECKING:
    from pathlib import Path
    from uuid import UUID

    from gis.geometry import Extent
    from gis.tiles.pmtiles import Archive

MANIFEST_MAX_BYTES = 100_000
ETAG_CHARS = 32
MISSING = "There is no basemap. Build it: ./ops gis basemap FILE.osm.pbf"


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """`bbox` is west, south, east, north in degrees; `mtime_ns` is the file's, to tell it apart."""

    name: str
    source: str
    import_id: str | None
    attribution: str
    bbox: tuple[float, float, float, float]
    centre: dict[str, float]
    min_zoom: int
    max_zoom: int
    layers: tuple[str, ...]
    bytes: int
    sha256: str
    mtime_ns: int

    @classmethod
    def of(
        cls, tiles: Path, archive: Archive, extent: Extent, *, import_id: UUID | None, **said: str
    ) -> Self:
        """Describe a finished file; `said` are its name, source and attribution."""
        with tiles.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        return cls(
            **said,
            import_id=None if import_id is None else str(import_id),
            bbox=(extent.west, extent.south, extent.east, extent.north),
            centre={"lon": extent.centre.lon, "lat": extent.centre.lat},
            min_zoom=archive.min_zoom,
            max_zoom=archive.max_zoom,
            layers=archive.layers,
            bytes=archive.bytes,
            sha256=digest,
            mtime_ns=tiles.stat().st_mtime_ns,
        )

    def as_json(self) -> str:
        return json.dumps(asdict(self), ensure_ascii=False, indent=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """A basemap file as it lies there now; `etag` is that of its bytes, quotes included."""

    path: Path
    status: os.stat_result
    etag: str
    manifest: dict[str, Any]

    @property
    def modified_at(self) -> datetime:
        """When its bytes were written, to the second, as HTTP tells it."""
        return datetime.fromtimestamp(int(self.status.st_mtime), UTC)


def manifest_path(tiles: Path) -> Path:
    return tiles.with_suffix(".json")


def stored_basemap(tiles: Path) -> Stored:
    """Say what the file is now, without reading it. NotFound when there is none.

    The hash of the manifest counts only while the file is the one it was taken of; a file that
    was put there by hand is told by its size and time.
    """
    try:
        found = tiles.stat()
    except FileNotFoundError:
        raise NotFound(MISSING) from None
    manifest = _read_manifest(manifest_path(tiles))
    known = (manifest.get("bytes"), manifest.get("mtime_ns")) == (found.st_size, found.st_mtime_ns)
    digest = str(manifest.get("sha256", "")) if known else ""
    if not digest:
        digest = hashlib.sha256(f"{found.st_mtime_ns}-{found.st_size}".encode()).hexdigest()
    return Stored(
        path=tiles,
        status=found,
        etag=f'"{digest[:ETAG_CHARS]}"',
        manifest=manifest if known else {},
    )


def _read_manifest(path: Path) -> dict[str, Any]:
    try:
        with path.open("rb") as file:
            found = json.loads(file.read(MANIFEST_MAX_BYTES))
    except (FileNotFoundError, ValueError):
        return {}  # a map without its description is still a map, told by its size and time
    return found if isinstance(found, dict) else {}
