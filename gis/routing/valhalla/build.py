"""Builds the tiles of turn-by-turn routing from an extract and gives them the centre's speeds."""

from __future__ import annotations

import io
import shutil
import subprocess
import tarfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

import structlog

from gis.routing.valhalla.harmony import UnknownLayout, check, harmonise, rules_of
from gis.routing.valhalla.layout import EdgeTable, Tile
from gis.routing.valhalla.programs import build_config, program, write_config
from gis.routing.valhalla.traffic import empty_records
from ops_center.kernel.errors import Unavailable

if TYPE_CHECKING:
    from uuid import UUID

    from gis.routing.edges import EdgeArrays

Progress: TypeAlias = Callable[[str, int, int], None]
STAGE = "turn-by-turn roads"
STEPS = 4
# A country of some 100 MB takes minutes; what takes longer hangs.
BUILD_LIMIT_S = 3 * 3600.0
CURRENT = "current"
KEPT_CITIES = 2
WORDS_OF_FAILURE = 400
_log = structlog.get_logger(__name__)


class TilesFailed(Unavailable):
    code = "tiles-failed"


def build_tiles(
    pbf: Path,
    routing_dir: Path,
    *,
    import_id: UUID,
    edges: EdgeArrays | None = None,
    progress: Progress | None = None,
) -> Path:
    """Build `routing_dir/<import_id>` and make it the current one; blocks for seconds to minutes.

    `edges` are the roads of the imported city: their speeds and rules are what both engines use;
    without them Valhalla keeps its own.
    Raises TilesFailed; then the former tiles stay as they were.
    """
    say = progress or (lambda _stage, _done, _total: None)
    final = routing_dir / str(import_id)
    partial = routing_dir / f"{import_id}.partial"
    try:
        shutil.rmtree(partial, ignore_errors=True)
        (partial / "tiles").mkdir(parents=True)
        say(STAGE, 0, STEPS)
        _run_builder(pbf, partial)
        say(STAGE, 1, STEPS)
        _harmonise(partial, edges)
        say(STAGE, 2, STEPS)
        _pack(partial)
        say(STAGE, 3, STEPS)
        _publish(routing_dir, partial, final)
    except OSError as error:
        raise TilesFailed(f"The turn-by-turn roads could not be built: {error}.") from error
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    say(STAGE, STEPS, STEPS)
    return final


def current_city(routing_dir: Path) -> str | None:
    """The import id of the tiles in use, None before the first."""
    try:
        found = (routing_dir / CURRENT).read_text(encoding="utf-8").strip()
    except OSError:
        return None
    return found if (routing_dir / found / "tiles.tar").is_file() else None


def identity(city: Path) -> tuple[int, int]:
    """What tells a city's tiles from others put in their place later. Raises OSError without."""
    found = (city / "tiles.tar").stat()
    return found.st_ino, found.st_mtime_ns


def _run_builder(pbf: Path, folder: Path) -> None:
    folder = folder.absolute()
    config = write_config(build_config(folder / "tiles"), folder / "build.json")
    try:
        done = subprocess.run(  # noqa: S603  a program of our own installation
            [program("valhalla_build_tiles"), "-c", config, pbf.absolute()],
            cwd=folder,  # it leaves a list of doubled ways wherever it stands
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=BUILD_LIMIT_S,
            check=False,
        )
    except subprocess.TimeoutExpired as late:
        raise TilesFailed("Building the turn-by-turn roads took too long.") from late
    if done.returncode != 0 or not _tile_files(folder):
        words = (done.stderr or done.stdout).decode(errors="replace").strip()
        raise TilesFailed(
            f"Valhalla could not build roads from {pbf.name}: {words[-WORDS_OF_FAILURE:]}"
        )


def _tile_files(folder: Path) -> list[Path]:
    return sorted((folder / "tiles").rglob("*.gph"))


def _harmonise(folder: Path, edges: EdgeArrays | None) -> None:
    """Write our speeds and rules into the tiles, and keep the table of edges beside them."""
    files = _tile_files(folder)
    tables = [Tile(bytearray(path.read_bytes())).edges() for path in files]
    whole = EdgeTable.joined(tables)
    if edges is not None:
        rules = rules_of(edges)
        try:
            check(whole, rules)
        except UnknownLayout as unknown:
            raise TilesFailed(
                "Valhalla's tiles do not hold the city's roads: another extract or version?"
            ) from unknown
        for path, table in zip(files, tables, strict=True):
            tile = Tile(bytearray(path.read_bytes()))
            harmonise(tile, table, rules)
            path.write_bytes(tile.data)
    whole.save(folder / "edges.npz")


def _pack(folder: Path) -> None:
    """The tiles as one file that is mapped into memory, and beside it room for live speeds."""
    with (
        tarfile.open(folder / "tiles.tar", "w", format=tarfile.USTAR_FORMAT) as tiles,
        tarfile.open(folder / "traffic.tar", "w", format=tarfile.USTAR_FORMAT) as traffic,
    ):
        for path in _tile_files(folder):
            name = str(path.relative_to(folder / "tiles"))
            tiles.add(path, arcname=name)
            tile = Tile(bytearray(path.read_bytes()))
            records = empty_records(tile.tile_id, tile.edge_count)
            entry = tarfile.TarInfo(name)
            entry.size = len(records)
            traffic.addfile(entry, io.BytesIO(records))
    shutil.rmtree(folder / "tiles")


def _publish(routing_dir: Path, partial: Path, final: Path) -> None:
    """Give the folder its name, point to it in one step, and drop what is older than the last."""
    shutil.rmtree(final, ignore_errors=True)
    partial.rename(final)
    pointer = routing_dir / f"{CURRENT}.partial"
    pointer.write_text(final.name, encoding="utf-8")
    pointer.replace(routing_dir / CURRENT)
    cities = [one for one in routing_dir.iterdir() if (one / "tiles.tar").is_file()]
    # The former one is still mapped by the service that is about to be replaced.
    for old in sorted(cities, key=lambda one: one.stat().st_mtime)[:-KEPT_CITIES]:
        shutil.rmtree(old, ignore_errors=True)
    _log.info("tiles.built", import_id=final.name)
