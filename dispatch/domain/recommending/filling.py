"""Which unit fills which place: most places, then the last one soonest, then all of them sooner.

The three aims stand strictly in that order. The soonest unit that fits anywhere is then always
among the chosen, except where that would leave a place empty or a later last arrival: were it not,
it could take the place of another and nothing would become later. Proven against trying
everything in tests/properties/dispatch.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment
from scipy.sparse import csr_array
from scipy.sparse.csgraph import maximum_bipartite_matching

Costs = NDArray[np.float64]

# Of two units that cost the same the one in the earlier column is taken.
TIE_S = 1e-6
NOBODY = -1
# Dearer than any journey: a pair that is not to be.
BARRED_S = 1e9


@dataclass(frozen=True, slots=True)
class Filling:
    """For each place its column (NOBODY: unfilled), and what the choice is judged by."""

    columns: tuple[int, ...]
    missing: int
    last_s: float
    sum_s: float

    @property
    def worth(self) -> tuple[int, float, float]:
        """Less is better."""
        return (self.missing, round(self.last_s, 3), round(self.sum_s, 3))


def fill(costs: Costs) -> Filling:
    """Return the best filling of places (rows) by candidates (columns); inf where unfit.

    Where not all places can be filled, the earlier rows are: they are the more important ones.
    """
    rows = _fillable(np.isfinite(costs))
    columns = [NOBODY] * len(costs)
    if not rows:
        return Filling(tuple(columns), len(costs), 0.0, 0.0)
    wanted = costs[rows]
    latest = _least_last(wanted)
    ties = np.arange(costs.shape[1]) * TIE_S
    allowed = np.where(wanted <= latest, np.minimum(wanted, BARRED_S) + ties, BARRED_S * 10)
    for row, column in zip(*linear_sum_assignment(allowed), strict=True):
        columns[rows[int(row)]] = int(column)
    taken = np.array([costs[row, columns[row]] for row in rows])
    missing = len(costs) - len(rows)
    return Filling(tuple(columns), missing, float(taken.max()), float(taken.sum()))


def _fillable(fits: NDArray[np.bool_]) -> list[int]:
    """The rows that can be filled together: as many as possible, the first ones first.

    Sets of rows that can be filled together form a matroid, so adding rows greedily never costs
    the greatest number.
    """
    holder: dict[int, int] = {}
    options = [np.flatnonzero(row).tolist() for row in fits]

    def placed(row: int, tried: set[int]) -> bool:
        for column in options[row]:
            if column in tried:
                continue
            tried.add(column)
            if column not in holder or placed(holder[column], tried):
                holder[column] = row
                return True
        return False

    return [row for row in range(len(options)) if placed(row, set())]


def _least_last(costs: Costs) -> float:
    """The least time within which every row can have a column of its own."""
    times = np.unique(costs[np.isfinite(costs)])
    low, high = 0, len(times) - 1
    while low < high:
        middle = (low + high) // 2
        if _all_within(costs, float(times[middle])):
            high = middle
        else:
            low = middle + 1
    return float(times[low])


def _all_within(costs: Costs, limit_s: float) -> bool:
    graph = csr_array((costs <= limit_s).astype(np.int8))
    return bool((maximum_bipartite_matching(graph, perm_type="column") >= 0).all())
