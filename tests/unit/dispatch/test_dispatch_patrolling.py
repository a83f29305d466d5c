"""Time and road per patrol cell: every second and metre is somewhere, or said to be unknown."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch.domain.patrolling import GAP_S, OUTSIDE, Block, Tally, in_all, in_cell
from gis.geodesy import distance_m
from gis.geometry import Point

METRE = 1 / 111_195  # degrees of latitude on the sphere


def block(*rows: tuple[float, float, int]) -> Block:
    """Rows of (second, metres north of the start, cell)."""
    at_s, north, cells = (np.array(column, dtype=float) for column in zip(*rows, strict=True))
    return Block(at_s, np.full(len(rows), -57.6), -25.3 + north * METRE, cells.astype(np.intp))


def tallied(*blocks: Block, count: int = 2) -> Tally:
    tally = Tally(count)
    for one in blocks:
        tally.add(one)
    return tally


def test_time_and_road_go_to_the_cell_where_the_step_began() -> None:
    tally = tallied(block((0, 0, 0), (10, 100, 0), (20, 200, 1), (30, 300, OUTSIDE), (40, 400, 0)))
    assert in_cell(tally, 0).seconds == 20
    assert in_cell(tally, 0).metres == pytest.approx(200, rel=0.01)
    assert (in_cell(tally, 1).seconds, in_cell(tally, OUTSIDE).seconds) == (10, 10)
    assert in_all(tally).metres == pytest.approx(400, rel=0.01)
    assert in_all(tally, but=0).seconds == 20


def test_lengths_are_right_to_half_a_percent() -> None:
    tally = tallied(block((0, 0, 0), (60, 900, 0)))
    true = distance_m(Point(lon=-57.6, lat=-25.3), Point(lon=-57.6, lat=-25.3 + 900 * METRE))
    assert in_all(tally).metres == pytest.approx(true, rel=0.005)


def test_silence_and_jumps_are_told_and_counted_nowhere() -> None:
    tally = tallied(block((0, 0, 0), (10, 5_000, 0), (20, 5_010, 0), (20 + GAP_S + 1, 5_020, 0)))
    assert (tally.jumps, tally.gaps, tally.gap_s) == (1, 1, GAP_S + 1)
    assert in_all(tally).seconds == 10


def test_standing_receiver_that_wanders_drives_nothing() -> None:
    rows = [(10.0 * step, float(step % 2) * 6, 0) for step in range(100)]
    tally = tallied(block(*rows))
    assert in_all(tally).metres == 0
    assert in_all(tally).seconds == 990


@given(
    steps=st.lists(
        st.tuples(st.floats(1, 400), st.floats(-2_000, 2_000), st.integers(-1, 1)), min_size=1
    ),
    cuts=st.lists(st.integers(0, 60), max_size=4),
)
def test_blocks_cut_anywhere_give_the_same_and_no_second_is_lost(
    steps: list[tuple[float, float, int]], cuts: list[int]
) -> None:
    second, rows = 0.0, []
    for wait, north, cell in steps:
        second += wait
        rows.append((second, north, cell))
    whole = tallied(block(*rows))
    marks = sorted({0, len(rows), *(min(cut, len(rows)) for cut in cuts)})
    parts = [block(*rows[a:b]) for a, b in pairwise(marks) if b > a]
    pieces = tallied(*parts)
    assert pieces.seconds == pytest.approx(whole.seconds)
    assert pieces.metres == pytest.approx(whole.metres)
    assert (pieces.gaps, pieces.jumps, pieces.positions) == (whole.gaps, whole.jumps, len(rows))
    jumped = rows[-1][0] - rows[0][0] - in_all(whole).seconds - whole.gap_s
    assert jumped >= -1e-6
    if not whole.jumps:
        assert jumped == pytest.approx(0, abs=1e-6)
