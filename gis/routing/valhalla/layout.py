"""The part of Valhalla's tile format that we read and write: edges, their ways, lines and speeds.

A tile is header, nodes, transitions, directed edges, …, edge infos. The layout has not changed
since version 3.0; before anything is written, the ways found are compared with the city's.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from pathlib import Path

IntArray = NDArray[np.int64]
FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]
ByteArray = NDArray[np.uint8]
WordArray = NDArray[np.uint64]

HEADER_BYTES, NODE_BYTES, TRANSITION_BYTES, EDGE_WORDS = 272, 32, 8, 6
NODE_WORDS, WORD_DENSITY, DENSITY_BIT, DENSITY_MASK = 4, 1, 57, 0xF
COUNTS_AT, INFO_AT = 40, 104
INFO_HEAD_BYTES, NAME_BYTES = 12, 4
COUNT_BITS, TRANSITION_BITS, INFO_BITS, ID_BITS, TILE_BITS = 21, 22, 25, 46, 25
SHAPE_BITS, NAME_COUNT_BITS = 16, 4
LAST_OF_NUMBER = 0x80
DEGREES = 1e-6
# Words of a directed edge.
WORD_FORWARD, WORD_INFO, WORD_SPEED, WORD_ACCESS = 0, 1, 2, 3
FORWARD_BIT = 61
ACCESS_BITS = 12
SPEED_MASK, ACCESS_MASK = 0xFF, 0xFFF
AUTO, FOOT, TAXI, MOTORCYCLE = 1, 2, 32, 1024


def _low(bits: int) -> int:
    return (1 << bits) - 1


@dataclass(frozen=True, slots=True)
class EdgeTable:
    """n directed edges of all tiles and the k lines they run along.

    `graph_ids`, `way_ids`, `forward` (with or against the line), `line_of` (n,); vertices are flat
    with `starts` (k + 1,). `way_ids` is 0 where several ways were joined.
    """

    graph_ids: IntArray
    way_ids: IntArray
    forward: BoolArray
    line_of: IntArray
    lons: FloatArray
    lats: FloatArray
    starts: IntArray

    def save(self, path: Path) -> None:
        np.savez(path, **{field.name: getattr(self, field.name) for field in fields(self)})

    @classmethod
    def load(cls, path: Path) -> EdgeTable:
        """Read what `save` wrote. Raises OSError, ValueError or KeyError for anything else."""
        with path.open("rb") as file:
            stored = np.load(file, allow_pickle=False)
            return cls(**{field.name: stored[field.name] for field in fields(cls)})

    @classmethod
    def joined(cls, parts: list[EdgeTable]) -> EdgeTable:
        """One table of several tiles."""
        lines = np.cumsum([0, *(len(part.starts) - 1 for part in parts)])
        vertices = np.cumsum([0, *(len(part.lons) for part in parts)])
        starts = [part.starts[:-1] + shift for part, shift in zip(parts, vertices, strict=False)]
        line_of = [part.line_of + shift for part, shift in zip(parts, lines, strict=False)]
        return cls(
            graph_ids=np.concatenate([part.graph_ids for part in parts]),
            way_ids=np.concatenate([part.way_ids for part in parts]),
            forward=np.concatenate([part.forward for part in parts]),
            line_of=np.concatenate(line_of),
            lons=np.concatenate([part.lons for part in parts]),
            lats=np.concatenate([part.lats for part in parts]),
            starts=np.concatenate([*starts, vertices[-1:]]),
        )


@dataclass(slots=True)
class Tile:
    """One tile in memory; `words` (n, 6) is a view of its directed edges and may be changed."""

    data: bytearray

    @property
    def tile_id(self) -> int:
        found: int = struct.unpack_from("<Q", self.data, 0)[0]
        return found & _low(ID_BITS)

    @property
    def edge_count(self) -> int:
        found: int = struct.unpack_from("<Q", self.data, COUNTS_AT)[0]
        return (found >> COUNT_BITS) & _low(COUNT_BITS)

    @property
    def words(self) -> WordArray:
        counts, transitions = struct.unpack_from("<2Q", self.data, COUNTS_AT)
        start = HEADER_BYTES + (counts & _low(COUNT_BITS)) * NODE_BYTES
        start += (transitions & _low(TRANSITION_BITS)) * TRANSITION_BYTES
        count = self.edge_count * EDGE_WORDS
        return np.frombuffer(self.data, "<u8", count, start).reshape(-1, EDGE_WORDS)

    @property
    def nodes(self) -> WordArray:
        """Its junctions, shape (k, 4); a view as `words`."""
        counts = struct.unpack_from("<Q", self.data, COUNTS_AT)[0] & _low(COUNT_BITS)
        found = np.frombuffer(self.data, "<u8", counts * NODE_WORDS, HEADER_BYTES)
        return found.reshape(-1, NODE_WORDS)

    def edges(self) -> EdgeTable:
        """Its edges with the ways and lines they came from."""
        words = self.words
        offsets = (words[:, WORD_INFO] & np.uint64(_low(INFO_BITS))).astype(np.int64)
        distinct, line_of = np.unique(offsets, return_inverse=True)
        at = distinct + struct.unpack_from("<I", self.data, INFO_AT)[0]
        raw = np.frombuffer(self.data, np.uint8)
        ways, shape_at, shape_size = _infos(raw, at)
        lons, lats, starts = _lines(raw, shape_at, shape_size)
        ids = self.tile_id + (np.arange(len(words), dtype=np.int64) << TILE_BITS)
        return EdgeTable(
            graph_ids=ids,
            way_ids=ways[line_of],
            forward=((words[:, WORD_FORWARD] >> np.uint64(FORWARD_BIT)) & np.uint64(1)) == 1,
            line_of=line_of.astype(np.int64),
            lons=lons,
            lats=lats,
            starts=starts,
        )


def set_speed(words: WordArray, rows: IntArray, kmh: IntArray) -> None:
    """Give these edges a speed of their own, kilometres an hour."""
    kept = words[rows, WORD_SPEED] & ~np.uint64(SPEED_MASK)
    words[rows, WORD_SPEED] = kept | kmh.astype(np.uint64)


def set_access(words: WordArray, mode: int, with_edge: BoolArray, against: BoolArray) -> None:
    """Say who of `mode` may drive each edge, and who its opposite."""
    both = np.uint64(mode | mode << ACCESS_BITS)
    wanted = with_edge * np.uint64(mode) | against * np.uint64(mode << ACCESS_BITS)
    words[:, WORD_ACCESS] = words[:, WORD_ACCESS] & ~both | wanted


def set_density(nodes: WordArray, density: int) -> None:
    """Say how many roads there are around every junction, 0..15."""
    kept = nodes[:, WORD_DENSITY] & ~np.uint64(DENSITY_MASK << DENSITY_BIT)
    nodes[:, WORD_DENSITY] = kept | np.uint64(density << DENSITY_BIT)


def _infos(raw: ByteArray, at: IntArray) -> tuple[IntArray, IntArray, IntArray]:
    """Way id, and where each line's shape begins and how many bytes it has."""
    head = raw[at[:, None] + np.arange(INFO_HEAD_BYTES)].view("<u4").astype(np.int64)
    way, second, third = head[:, 0], head[:, 1], head[:, 2]
    # An id beyond 32 bits goes on in spare bytes of the next two words.
    way |= (second >> 24) << 32
    way |= ((third >> (NAME_COUNT_BITS + SHAPE_BITS)) & 0xFF) << 40
    names = third & _low(NAME_COUNT_BITS)
    size = (third >> NAME_COUNT_BITS) & _low(SHAPE_BITS)
    return way, at + INFO_HEAD_BYTES + names * NAME_BYTES, size


def _lines(raw: ByteArray, at: IntArray, size: IntArray) -> tuple[FloatArray, FloatArray, IntArray]:
    """Degrees from numbers of 7 bits a byte, each the zigzag difference to the one before."""
    ends = np.cumsum(size)
    owner = np.repeat(np.arange(len(size)), size)
    shape = raw[np.arange(ends[-1]) - (ends - size)[owner] + at[owner]]
    last = shape < LAST_OF_NUMBER
    first = np.flatnonzero(np.concatenate(([True], last[:-1])))
    number = np.cumsum(last) - last
    place = np.arange(len(shape)) - first[number]
    parts = (shape & 0x7F).astype(np.int64) << (7 * place)
    values = np.add.reduceat(parts, first)
    steps = ((values >> 1) ^ -(values & 1)).reshape(-1, 2)
    points = np.bincount(owner[last], minlength=len(size)) // 2
    starts = np.concatenate(([0], np.cumsum(points)))
    along = np.cumsum(steps, axis=0)
    before = (along - steps)[starts[:-1]]
    degrees = (along - np.repeat(before, points, axis=0)) * DEGREES
    return degrees[:, 1], degrees[:, 0], starts
