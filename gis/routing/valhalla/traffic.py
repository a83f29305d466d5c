"""Live records of Valhalla: one word for each directed edge, seen by the service at once."""

from __future__ import annotations

import fcntl
import mmap
import struct
import tarfile
from typing import IO, TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from pathlib import Path

    from gis.routing.valhalla.layout import IntArray

HEAD = "<2Q4I"
HEAD_BYTES = struct.calcsize(HEAD)
FORMAT_VERSION = 3
RECORD_BYTES = 8
TILE_MASK, EDGE_SHIFT = (1 << 25) - 1, 25
# The whole edge is one piece (its end at 255 of 255) and its speed is 0: closed.
CLOSED = 255 << 28
UNKNOWN = 0


def empty_records(tile_id: int, edge_count: int) -> bytes:
    """The records of one tile of which nothing is known."""
    head = struct.pack(HEAD, tile_id, 0, edge_count, FORMAT_VERSION, 0, 0)
    return head + bytes(RECORD_BYTES * edge_count)


class TrafficFile:
    """Writes closures into one city's traffic.tar. One process at a time may: see `open`."""

    def __init__(self, path: Path, lock: IO[bytes]) -> None:
        self._lock = lock
        with tarfile.open(path) as archive:
            heads = {tile_of(one.name): one.offset_data for one in archive.getmembers()}
        with path.open("r+b") as file:
            self._map = mmap.mmap(file.fileno(), 0)
        self._offset = {tile: at + HEAD_BYTES for tile, at in heads.items()}
        self._records = np.frombuffer(self._map, "<u8")
        self._closed = self._found_closed()

    @classmethod
    def open(cls, path: Path) -> TrafficFile | None:
        """The file, or None while another process writes it. Raises OSError without a file."""
        lock = path.with_suffix(".lock").open("ab")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return cls(path, lock)
        except BlockingIOError:
            lock.close()
            return None
        except (OSError, tarfile.TarError, ValueError):
            lock.close()
            raise

    def close(self) -> None:
        del self._records
        self._map.close()
        self._lock.close()

    def set_closed(self, graph_ids: IntArray) -> int:
        """Close exactly these edges, open all others; returns how many records changed."""
        wanted = set(self._places(graph_ids).tolist())
        changed = wanted ^ self._closed
        self._records[sorted(wanted - self._closed)] = CLOSED
        self._records[sorted(self._closed - wanted)] = UNKNOWN
        self._closed = wanted
        return len(changed)

    def _places(self, graph_ids: IntArray) -> IntArray:
        tiles = graph_ids & TILE_MASK
        distinct, inverse = np.unique(tiles, return_inverse=True)
        starts = np.array([self._offset[tile] for tile in distinct.tolist()], np.int64)
        return (starts[inverse] if len(starts) else starts) // RECORD_BYTES + (
            graph_ids >> EDGE_SHIFT
        )

    def _found_closed(self) -> set[int]:
        """What an earlier process closed."""
        closed: set[int] = set()
        for start in self._offset.values():
            count = struct.unpack_from("<I", self._map, start - HEAD_BYTES + 16)[0]
            first = start // RECORD_BYTES
            closed.update((first + np.flatnonzero(self._records[first : first + count])).tolist())
        return closed


def tile_of(name: str) -> int:
    """The tile's number from its path in the archive: `2/000/864/819.gph`."""
    level, _, rest = name.removesuffix(".gph").partition("/")
    return int(level) | int(rest.replace("/", "")) << 3
