"""What an import is asked for, and what it tells afterwards."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from pathlib import Path
    from uuid import UUID

    from gis.geometry import Extent

# Stage in words, steps done, steps in all.
Progress: TypeAlias = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportOptions:
    """What the operator may say instead of what the file suggests; `within` clips the file.

    `import_id` is made up where none is given.
    `scratch` is a folder with room for 16 bytes for each node; by default the system's own.
    """

    name: str | None = None
    timezone: str | None = None
    within: Extent | None = None
    scratch: Path | None = None
    import_id: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportReport:
    """What was read and written, what was left out or mended and why, and what it cost."""

    import_id: UUID
    city: str
    timezone: str
    extent: Extent
    zone_source: str
    bytes: int
    read: dict[str, int]
    counts: dict[str, int]
    left_out: dict[str, int]
    mended: dict[str, int]
    stage_seconds: dict[str, float]
    seconds: float
    megabytes_per_second: float
    peak_memory_mb: int

    def as_json(self) -> dict[str, object]:
        """Plain values, as stored with the city and printed by --json."""
        return {**asdict(self), "import_id": str(self.import_id)}
