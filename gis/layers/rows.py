"""The rows of a file before anybody judged them, however the file is written."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gis.layers.model import Reason

Objects = NDArray[np.object_]


@dataclass(slots=True, kw_only=True)
class Rows:
    """n rows: `geometry` holds shapely geometries or None, `columns` n values for each name.

    `wrong` says of rows that could not even be read why; `crs` is None where the file is silent.
    """

    format: str
    geometry: Objects
    columns: dict[str, Objects]
    crs: str | None
    wrong: dict[int, tuple[Reason, str]] = field(default_factory=dict)
    remarks: list[str] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.geometry)

    def values(self, row: int) -> dict[str, Any]:
        """Return the row's own fields as plain Python values."""
        return {name: _plain(column[row]) for name, column in self.columns.items()}


def _plain(value: Any) -> Any:
    """A value that JSON can hold: NaN and NaT are none, times are ISO 8601, bytes are left out."""
    if isinstance(value, np.datetime64 | np.timedelta64):
        return None if np.isnat(value) else str(value)
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float):
        return value if np.isfinite(value) else None
    if isinstance(value, str | int | bool) or value is None:
        return value
    if isinstance(value, bytes | bytearray | memoryview):
        return None
    if isinstance(value, list | tuple | np.ndarray):
        return [_plain(one) for one in value]
    return str(value)
