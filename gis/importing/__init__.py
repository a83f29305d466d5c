"""Takes a city from an OpenStreetMap extract into the database, in one transaction."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from gis.importing.report import ImportOptions, ImportReport, Progress
from gis.importing.run import STAGES, ImportRun
from gis.importing.writing import one_at_a_time

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection

    from ops_center.kernel.clock import Clock

__all__ = [
    "STAGES",
    "ImportOptions",
    "ImportReport",
    "Progress",
    "import_osm",
    "one_at_a_time",
]


async def import_osm(
    path: Path,
    connection: AsyncConnection,
    *,
    clock: Clock,
    options: ImportOptions | None = None,
    progress: Progress | None = None,
) -> ImportReport:
    """Replace the city with the one in `path`; the caller commits, or nothing has changed.

    The file is read twice and never held in memory. Raises Invalid when it cannot be read or
    holds no roads, Conflict when another import runs.
    """
    options = options or ImportOptions()
    with tempfile.TemporaryDirectory(prefix="ops-import-", dir=options.scratch) as folder:
        run = ImportRun(path, connection, options, progress)
        return await run.run(Path(folder), clock)
