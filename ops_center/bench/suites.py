"""The suites that `./ops bench` knows by name."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from ops_center.bench.core import run_core
from ops_center.bench.dispatching import PARTS as DISPATCH_PARTS
from ops_center.bench.dispatching import run_dispatch
from ops_center.bench.geography import PARTS as GIS_PARTS
from ops_center.bench.geography import run_gis

CORE: Final = "core"
GIS: Final = "gis"
DISPATCH: Final = "dispatch"
ALL: Final = (CORE, GIS, DISPATCH)
PARTS: Final = {GIS: tuple(GIS_PARTS), DISPATCH: tuple(DISPATCH_PARTS), CORE: ()}

__all__ = ["ALL", "CORE", "DISPATCH", "GIS", "PARTS", "run"]


def run(
    suite: str, json_file: Path | None, *, parts: Sequence[str] = (), cities: Sequence[str] = ()
) -> int:
    """Run one of ALL, print its table, write its JSON; return the exit code."""
    known: dict[str, Callable[[], int]] = {
        CORE: lambda: run_core(json_file),
        GIS: lambda: run_gis(json_file, only=parts, cities=cities),
        DISPATCH: lambda: run_dispatch(json_file, only=parts),
    }
    return known[suite]()
