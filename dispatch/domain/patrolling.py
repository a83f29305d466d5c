"""Time and road of units in patrol cells, from their positions; pure numbers, block by block."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Cells = NDArray[np.intp]

OUTSIDE: Final = -1
# Nothing is known of a longer silence: it counts as a gap, not as time anywhere.
GAP_S: Final = 300.0
# Faster than any unit on the ground: a wrong position, whose way is not counted.
JUMP_MPS: Final = 70.0
# A standing receiver wanders; what is slower than this is no road driven.
STANDING_MPS: Final = 1.0
EARTH_RADIUS_M: Final = 6_371_008.8


@dataclass(frozen=True, slots=True)
class Block:
    """Positions of one unit in order of time: epoch seconds, degrees, and the cell of each.

    `cells` holds numbers of cells, OUTSIDE for none; the arrays are of one length n, shape (n,).
    """

    at_s: Floats
    lon: Floats
    lat: Floats
    cells: Cells


class Tally:
    """What one unit did in each of `count` cells; blocks are added in order of time."""

    def __init__(self, count: int) -> None:
        # The last place is for outside of all cells: index OUTSIDE reaches it.
        self.metres = np.zeros(count + 1)
        self.seconds = np.zeros(count + 1)
        self.gap_s = 0.0
        self.gaps = 0
        self.jumps = 0
        self.positions = 0
        self._last: Block | None = None

    def add(self, block: Block) -> None:
        """Add the next block; the step from the last position before it is counted too."""
        if not len(block.at_s):
            return
        self.positions += len(block.at_s)
        whole = _after(self._last, block)
        self._last = Block(block.at_s[-1:], block.lon[-1:], block.lat[-1:], block.cells[-1:])
        if len(whole.at_s) < 2:
            return
        elapsed = np.diff(whole.at_s)
        metres = _lengths_m(whole.lon, whole.lat)
        speed = metres / np.maximum(elapsed, 1e-3)
        gap, jump = elapsed > GAP_S, speed > JUMP_MPS
        known = ~gap & ~jump
        where = whole.cells[:-1][known]
        driven = np.where(speed[known] >= STANDING_MPS, metres[known], 0.0)
        np.add.at(self.seconds, where, elapsed[known])
        np.add.at(self.metres, where, driven)
        self.gap_s += float(elapsed[gap].sum())
        self.gaps += int(gap.sum())
        self.jumps += int((jump & ~gap).sum())


def _after(last: Block | None, block: Block) -> Block:
    if last is None:
        return block
    return Block(
        np.concatenate((last.at_s, block.at_s)),
        np.concatenate((last.lon, block.lon)),
        np.concatenate((last.lat, block.lat)),
        np.concatenate((last.cells, block.cells)),
    )


def _lengths_m(lon: Floats, lat: Floats) -> Floats:
    """Metres from each position to the next, on the sphere: right to half a percent."""
    east, north = np.radians(lon), np.radians(lat)
    half = (
        np.sin(np.diff(north) / 2) ** 2
        + np.cos(north[:-1]) * np.cos(north[1:]) * np.sin(np.diff(east) / 2) ** 2
    )
    return np.asarray(2 * EARTH_RADIUS_M * np.arcsin(np.sqrt(np.clip(half, 0.0, 1.0))))


@dataclass(frozen=True, slots=True, kw_only=True)
class Whole:
    """Road in metres and time in seconds."""

    metres: float
    seconds: float

    @property
    def shape(self) -> Mapping[str, float]:
        return {"km": round(self.metres / 1_000, 2), "seconds": round(self.seconds)}


def in_cell(tally: Tally, cell: int) -> Whole:
    """Return what was done in that cell, OUTSIDE for what was done in none."""
    return Whole(metres=float(tally.metres[cell]), seconds=float(tally.seconds[cell]))


def in_all(tally: Tally, *, but: int | None = None) -> Whole:
    """Return what was done anywhere, or anywhere but in one cell."""
    left = in_cell(tally, but) if but is not None else Whole(metres=0.0, seconds=0.0)
    return Whole(
        metres=float(tally.metres.sum()) - left.metres,
        seconds=float(tally.seconds.sum()) - left.seconds,
    )
