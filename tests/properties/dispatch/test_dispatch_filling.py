"""The choice of units, against trying everything and against taking the next best each time."""

from dataclasses import replace
from itertools import permutations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from dispatch.domain.recommending.filling import NOBODY, Costs, fill
from dispatch.domain.recommending.fitness import rank
from dispatch.domain.recommending.model import Candidate, Travel
from dispatch.domain.recommending.places import Board, Choice, choose
from dispatch.domain.response_plan import Plan, Requirement
from tests.builders import a_fix, a_unit, at

NOW = at(10_000)
SKILLS = ("fire", "rescue", "ambulance")
TIMES = st.one_of(st.just(np.inf), st.integers(1, 12).map(float))


@st.composite
def cost_tables(draw: st.DrawFn) -> Costs:
    rows, columns = draw(st.integers(1, 4)), draw(st.integers(1, 5))
    cells = draw(st.lists(TIMES, min_size=rows * columns, max_size=rows * columns))
    return np.array(cells).reshape(rows, columns)


def every_filling(costs: Costs) -> list[tuple[int, ...]]:
    """All ways to give rows columns of their own, rows left out allowed."""
    rows, columns = costs.shape
    padded = [*range(columns), *([NOBODY] * rows)]
    found = set(permutations(padded, rows))
    return [
        one
        for one in found
        if all(c == NOBODY or np.isfinite(costs[r, c]) for r, c in enumerate(one))
    ]


def worth(costs: Costs, columns: tuple[int, ...]) -> tuple[int, float, float]:
    times = [float(costs[row, c]) for row, c in enumerate(columns) if c != NOBODY]
    return (len(columns) - len(times), max(times, default=0.0), sum(times))


@given(cost_tables())
def test_no_filling_is_better_than_the_one_chosen(costs: Costs) -> None:
    filling = fill(costs)
    assert worth(costs, filling.columns) == filling.worth
    best = min(worth(costs, one) for one in every_filling(costs))
    # Where not all can be filled the first rows count more than the time of those behind.
    assert filling.missing == best[0]
    same = [
        worth(costs, one)
        for one in every_filling(costs)
        if [c == NOBODY for c in one] == [c == NOBODY for c in filling.columns]
    ]
    assert filling.worth == min(same)


@given(cost_tables())
def test_the_first_places_are_filled_first(costs: Costs) -> None:
    filled = [column != NOBODY for column in fill(costs).columns]
    others = [[c != NOBODY for c in one] for one in every_filling(costs)]
    assert filled == max(one for one in others if sum(one) == sum(filled))


@given(cost_tables())
def test_a_unit_fills_one_place(costs: Costs) -> None:
    taken = [column for column in fill(costs).columns if column != NOBODY]
    assert len(taken) == len(set(taken))


@given(cost_tables())
def test_it_is_never_worse_than_taking_the_soonest_each_time(costs: Costs) -> None:
    taken: dict[int, int] = {}
    for row in range(len(costs)):
        free = [c for c in range(costs.shape[1]) if c not in taken.values()]
        best = min(free, key=lambda c: costs[row, c], default=None)
        if best is not None and np.isfinite(costs[row, best]):
            taken[row] = best
    greedy = tuple(taken.get(row, NOBODY) for row in range(len(costs)))
    chosen = fill(costs)
    # Where not all can be filled the first places come before the soonest: then times differ.
    same = [one != NOBODY for one in chosen.columns] == [one != NOBODY for one in greedy]
    if same:
        assert chosen.worth <= worth(costs, greedy)
    else:
        assert chosen.missing <= greedy.count(NOBODY)


@given(cost_tables(), st.lists(st.integers(1, 12), min_size=5, max_size=5))
def test_the_soonest_of_all_is_used_when_every_place_is_filled(
    costs: Costs, times: list[int]
) -> None:
    """As long as a unit takes the same time whatever it is needed for."""
    by_unit = np.array(times[: costs.shape[1]], np.float64)
    costs = np.where(np.isfinite(costs), by_unit, np.inf)
    filling = fill(costs)
    if filling.missing == 0:
        taken = [float(costs[row, c]) for row, c in enumerate(filling.columns)]
        assert min(taken) == costs[np.isfinite(costs)].min()


@given(cost_tables())
def test_the_same_question_has_the_same_answer(costs: Costs) -> None:
    assert fill(costs) == fill(costs.copy())


CANDIDATES = st.lists(
    st.tuples(st.sets(st.sampled_from(SKILLS), min_size=1), st.integers(1, 300)),
    max_size=6,
)
ROLES = st.lists(
    st.tuples(
        st.sampled_from(SKILLS),
        st.integers(1, 2),
        st.lists(st.tuples(st.sampled_from(SKILLS), st.integers(1, 2)), max_size=2),
    ),
    min_size=1,
    max_size=2,
)


def plan_of_roles(roles: list[tuple[str, int, list[tuple[str, int]]]]) -> Plan:
    return Plan(
        requirements=tuple(
            Requirement(
                capability=name,
                count=count,
                alternatives=tuple(
                    (Requirement(capability=other, count=many),) for other, many in instead
                ),
            )
            for name, count, instead in roles
        )
    )


def candidate(number: int, skills: set[str], eta_s: int) -> Candidate:
    return Candidate(
        unit=a_unit("in_service", callsign=f"U{number}", capabilities=tuple(sorted(skills))),
        fix=a_fix(10_000),
        travel=Travel(duration_s=eta_s, distance_m=eta_s * 10),
    )


def chosen(plan: Plan, found: list[tuple[set[str], int]]) -> Choice:
    ranked = [rank(candidate(n, skills, s), now=NOW) for n, (skills, s) in enumerate(found)]
    return choose(plan, Board(ranked), already=())


@given(CANDIDATES, ROLES)
def test_of_all_ways_to_fill_a_card_none_is_better(
    found: list[tuple[set[str], int]], roles: list[tuple[str, int, list[tuple[str, int]]]]
) -> None:
    choice = chosen(plan_of_roles(roles), found)
    options = [[(name, count), *instead] for name, count, instead in roles]
    ways = [[]]  # type: list[list[str]]
    for choices in options:
        ways = [[*way, *([name] * count)] for way in ways for name, count in choices]
    each = []
    for way in ways:
        costs = np.array(
            [[s if name in skills else np.inf for skills, s in found] for name in way]
        ).reshape(len(way), len(found))
        each.append(fill(costs).worth if found else (len(way), 0.0, 0.0))
    assert choice.worth == min(each)


@given(CANDIDATES, ROLES)
def test_units_that_share_a_crew_do_not_go_together(
    found: list[tuple[set[str], int]], roles: list[tuple[str, int, list[tuple[str, int]]]]
) -> None:
    candidates = [candidate(n, skills, s) for n, (skills, s) in enumerate(found)]
    if len(candidates) < 2:
        return
    first, second, *rest = [one.unit for one in candidates]
    paired = [
        replace(first, cross_staffs=(second.id,)),
        replace(second, cross_staffs=(first.id,)),
        *rest,
    ]
    ranked = [
        rank(replace(one, unit=unit), now=NOW) for one, unit in zip(candidates, paired, strict=True)
    ]
    choice = choose(plan_of_roles(roles), Board(ranked), already=())
    going = {one.ranked.unit.id for one in choice.chosen}
    assert not {first.id, second.id} <= going
