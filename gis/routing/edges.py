"""The roads of a city as arrays, and the file they are kept in between two starts."""

from __future__ import annotations

import zlib
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from ops_center.kernel.errors import Invalid

if TYPE_CHECKING:
    from pathlib import Path

    from gis.geodesy import FloatArray

IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]
CACHE_VERSION = 2


@dataclass(frozen=True, slots=True)
class EdgeArrays:
    """n edges as stored: ids and node ids (n,), vertices flat with `starts` (n + 1,).

    `direction` 0 both ways, 1 with, -1 against the line; `maxspeed_mps` is NaN where unknown;
    `access` holds values of rules.Access; the name of edge i is `names[name_of[i]]`, "" unknown.
    """

    ids: IntArray
    from_nodes: IntArray
    to_nodes: IntArray
    direction: IntArray
    length_m: FloatArray
    maxspeed_mps: FloatArray
    classes: NDArray[np.str_]
    lons: FloatArray
    lats: FloatArray
    starts: IntArray
    bans: IntArray
    way_ids: IntArray
    drivable: BoolArray
    walkable: BoolArray
    access: IntArray
    rough: BoolArray
    name_of: IntArray
    names: NDArray[np.str_]

    def __post_init__(self) -> None:
        count = len(self.ids)
        if count == 0:
            raise Invalid("The city has no roads: import an OpenStreetMap extract.")
        assert len(self.starts) == count + 1
        assert self.starts[-1] == len(self.lons) == len(self.lats)
        assert self.bans.ndim == 2
        assert self.bans.shape[1] == 3

    def save(self, path: Path) -> None:
        """Write the arrays to one .npz file that never looks finished before it is."""
        partial = path.with_suffix(".partial.npz")
        arrays = {field.name: getattr(self, field.name) for field in fields(self)}
        np.savez(partial, version=np.array(CACHE_VERSION), **arrays)
        partial.replace(path)

    @classmethod
    def load(cls, path: Path) -> EdgeArrays:
        """Read what `save` wrote. Raises ValueError, OSError or KeyError for anything else."""
        # numpy forgets to close a file it opened itself when that file is damaged.
        with path.open("rb") as file:
            try:
                stored = np.load(file, allow_pickle=False)
                if int(stored["version"]) != CACHE_VERSION:
                    raise ValueError("another version of the road cache")
                return cls(**{field.name: stored[field.name] for field in fields(cls)})
            except (BadZipFile, EOFError, zlib.error) as damaged:
                raise ValueError("a damaged road cache") from damaged
