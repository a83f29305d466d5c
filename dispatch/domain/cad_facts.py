"""What the journal keeps about records taken over from another centre."""

from dataclasses import dataclass
from typing import ClassVar

from ops_center.kernel.events import Fact


@dataclass(frozen=True, kw_only=True)
class RecordsImported(Fact):
    """Another centre's records were taken over under a name; `replaced`: older ones went."""

    kind: ClassVar[str] = "records.imported"
    subject_type: ClassVar[str] = "records"

    name: str
    file_name: str
    file_sha256: str
    kept: int
    refused: int
    replaced: bool


@dataclass(frozen=True, kw_only=True)
class RecordsRemoved(Fact):
    """Records taken over from another centre were deleted."""

    kind: ClassVar[str] = "records.removed"
    subject_type: ClassVar[str] = "records"

    name: str
    kept: int
