"""The places of a plan that are still open, in every way the plan may be filled."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import product

import numpy as np

from dispatch.domain.recommending.filling import NOBODY, fill
from dispatch.domain.recommending.fitness import Fit, Ranked, fit
from dispatch.domain.response_plan import Plan, Requirement
from dispatch.domain.unit import Unit


@dataclass(frozen=True, slots=True)
class Place:
    """One unit wanted: the requirement it must meet."""

    requirement: Requirement

    @property
    def role(self) -> str:
        return self.requirement.capability


@dataclass(frozen=True, slots=True)
class Chosen:
    """A place with the candidate that fills it."""

    place: Place
    ranked: Ranked
    fit: Fit


@dataclass(frozen=True, slots=True)
class Choice:
    """The best way to fill a plan: its open places, who fills them, and those nobody does."""

    places: tuple[Place, ...]
    chosen: tuple[Chosen, ...]
    unfilled: tuple[Place, ...]
    worth: tuple[int, float, float]

    @property
    def first_s(self) -> float:
        """What the soonest of the chosen costs."""
        return min((one.fit.cost_s or 0.0 for one in self.chosen), default=0.0)

    @property
    def last_s(self) -> float:
        """What the last of the chosen costs."""
        return self.worth[1]


class Board:
    """The candidates by crew, and how well each does for a requirement, worked out once.

    `usable` are in the order that decides between equals. Of units that share one crew only one
    can go, so a crew counts once, with whichever of its units does best.
    """

    def __init__(self, usable: Sequence[Ranked]) -> None:
        self._crews = _crews(usable)
        self._options: dict[Requirement, list[_Option]] = {}

    def plus(self, extra: Ranked) -> "Board":
        """Return the same board with one more candidate, the last between equals."""
        other = Board(())
        other._crews = [*self._crews, [extra]]
        other._options = {
            requirement: sorted([*known, *_option(len(self._crews), [extra], requirement)])
            for requirement, known in self._options.items()
        }
        return other

    def best(self, requirement: Requirement, count: int) -> list["_Option"]:
        """Return the `count` crews that do best, those that do not at all left out."""
        if requirement not in self._options:
            self._options[requirement] = sorted(
                option
                for at, crew in enumerate(self._crews)
                for option in _option(at, crew, requirement)
            )
        return self._options[requirement][:count]


@dataclass(frozen=True, slots=True, order=True)
class _Option:
    """What a crew costs for a requirement, and which of its units would go."""

    cost_s: float
    crew: int
    ranked: Ranked = field(compare=False)
    fit: Fit = field(compare=False)


def _option(at: int, crew: Sequence[Ranked], requirement: Requirement) -> list[_Option]:
    fits = [(one, fit(one, requirement)) for one in crew]
    able = [_Option(f.cost_s, at, one, f) for one, f in fits if f.cost_s is not None]
    return [min(able)] if able else []


def choose(plan: Plan, board: Board, *, already: Sequence[Unit]) -> Choice:
    """Fill the plan with the candidates of the board.

    A unit fills one place only. Of several ways that are equally good the one that the plan names
    first is taken.
    """
    best: Choice | None = None
    for way in ways(plan):
        choice = _filled(open_places(way, already), board)
        if best is None or choice.worth < best.worth:
            best = choice
    assert best is not None, "a plan has at least one way"
    return best


def ways(plan: Plan) -> Iterator[tuple[Place, ...]]:
    """Yield the places of each way the plan may be filled, the plain one first."""
    options = [((one,), *one.alternatives) for one in plan.requirements]
    for picked in product(*options):
        wanted = [requirement for option in picked for requirement in option]
        yield tuple(Place(one) for one in wanted for _ in range(one.count))


def open_places(places: Sequence[Place], already: Sequence[Unit]) -> tuple[Place, ...]:
    """Return the places left after each unit at the incident took one that it can fill."""
    if not already or not places:
        return tuple(places)
    able = [[place.role in unit.capabilities for unit in already] for place in places]
    taken = fill(np.where(able, 0.0, np.inf)).columns
    return tuple(place for place, column in zip(places, taken, strict=True) if column == NOBODY)


def _crews(usable: Sequence[Ranked]) -> list[list[Ranked]]:
    """The candidates by crew, in their order: cross-staffed units have one crew between them."""
    groups: list[list[Ranked]] = []
    of_unit: dict[object, list[Ranked]] = {}
    for one in usable:
        known = (of_unit[other] for other in one.unit.cross_staffs if other in of_unit)
        group = next(known, None)
        if group is None:
            group = []
            groups.append(group)
        group.append(one)
        of_unit[one.unit.id] = group
    return groups


def _filled(places: tuple[Place, ...], board: Board) -> Choice:
    """Only as many crews as there are places are looked at for each: were a place given to a
    worse one, one of its better ones would be idle, and taking that makes nothing later.
    """
    options = {
        place: {one.crew: one for one in board.best(place.requirement, len(places))}
        for place in dict.fromkeys(places)
    }
    crews = sorted({crew for of_place in options.values() for crew in of_place})
    if not crews:
        return Choice(places, (), places, (len(places), 0.0, 0.0))
    column = {crew: at for at, crew in enumerate(crews)}
    costs = np.full((len(places), len(crews)), np.inf)
    for row, place in enumerate(places):
        for crew, one in options[place].items():
            costs[row, column[crew]] = one.cost_s
    filling = fill(costs)
    chosen, unfilled = [], []
    for place, at in zip(places, filling.columns, strict=True):
        if at == NOBODY:
            unfilled.append(place)
        else:
            one = options[place][crews[at]]
            chosen.append(Chosen(place, one.ranked, one.fit))
    return Choice(places, _in_order(chosen), tuple(unfilled), filling.worth)


def _in_order(chosen: Sequence[Chosen]) -> tuple[Chosen, ...]:
    """By role as the plan names them, the sooner first within one."""
    order = {role: at for at, role in enumerate(dict.fromkeys(one.place.role for one in chosen))}
    return tuple(
        sorted(
            chosen,
            key=lambda one: (
                order[one.place.role],
                one.fit.cost_s or 0.0,
                one.ranked.unit.callsign,
            ),
        )
    )
