"""The recommendation as a whole: choose, explain, and look at who could be diverted."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from uuid import UUID

from dispatch.domain.recommending.diverting import Tried, diverts, may_gain
from dispatch.domain.recommending.explaining import by_cost, offers, runners_up, shortfalls
from dispatch.domain.recommending.fitness import Ranked, fit, rank
from dispatch.domain.recommending.model import (
    RUNNERS_UP_DEFAULT,
    Candidate,
    OnTheWay,
    Recommendation,
    Strength,
)
from dispatch.domain.recommending.places import Board, Choice, Chosen, choose
from dispatch.domain.response_plan import Plan
from dispatch.domain.unit import Unit

# Between the look and the order units move on, and no journey time is truer than this: so much
# later is as good.
AS_GOOD_S: Final = 15.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What a recommendation is made of.

    `already` are the units assigned to the incident: the places they fill are not offered again.
    `strength` counts all units by capability, `on_the_way` those that might be diverted.
    """

    candidates: Sequence[Candidate]
    already: Sequence[Unit] = ()
    strength: Mapping[str, Strength] = field(default_factory=dict)
    on_the_way: Sequence[OnTheWay] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """An order beside the recommendation.

    `roles` gives each unit the capability it goes for and the best arrival there was for it;
    `others` are the units that are neither recommended nor as good.
    """

    roles: Mapping[UUID, tuple[str, float | None]]
    recommended: frozenset[UUID]
    others: tuple[UUID, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Weighed:
    """The candidates ranked (`usable`: those that can be sent) and the best way to fill the plan.

    It is the same for as long as the candidates and those already there are.
    """

    ranked: Sequence[Ranked]
    usable: Sequence[Ranked]
    board: Board
    choice: Choice

    @property
    def may_gain_by_diverting(self) -> bool:
        """Whether to ask at all who might be diverted: not where nothing could be gained."""
        return may_gain(self.choice)


def weigh(plan: Plan, known: Known, *, now: datetime) -> Weighed:
    """Rank the candidates and fill the plan's places with them."""
    ranked, usable = _ranked(known.candidates, now=now)
    board = Board(usable)
    choice = choose(plan, board, already=known.already)
    return Weighed(ranked=ranked, usable=usable, board=board, choice=choice)


def recommend(
    plan: Plan,
    known: Known,
    *,
    now: datetime,
    limit: int = RUNNERS_UP_DEFAULT,
    weighed: Weighed | None = None,
) -> Recommendation:
    """Fill the plan's places; `limit` is how many runners-up to name.

    `weighed` spares weighing the same candidates again.
    """
    weighed = weighed or weigh(plan, known, now=now)
    ranked, usable, choice = weighed.ranked, weighed.usable, weighed.choice
    picked = frozenset(one.ranked.unit.id for one in choice.chosen)
    times = [one.ranked.eta_s for one in choice.chosen if one.ranked.eta_s is not None]
    return Recommendation(
        plan=plan,
        run_card=plan.run_card,
        units=offers(choice, usable, now=now),
        runners_up=runners_up(plan, ranked, picked, now=now, limit=limit),
        shortfalls=shortfalls(choice, ranked, known.strength),
        as_of=now,
        first_arrival_s=round(min(times), 1) if times else None,
        complete_arrival_s=round(max(times), 1) if times and not choice.unfilled else None,
        diverts=diverts(
            Tried(plan, weighed.board, choice, known.already), known.on_the_way, now=now
        ),
    )


def judge(weighed: Weighed, ordered: Sequence[UUID]) -> Judged:
    """Compare an order with what would be recommended at this moment.

    A unit that would be there at most AS_GOOD_S later than the recommended one is as good.
    """
    choice = weighed.choice
    by_id = {one.unit.id: one for one in weighed.usable}
    picked = {one.ranked.unit.id: one for one in choice.chosen}
    left = [one for one in choice.chosen if one.ranked.unit.id not in ordered]
    roles: dict[UUID, tuple[str, float | None]] = {}
    good, others = set(picked), list[UUID]()
    for unit_id in ordered:
        if unit_id in picked:
            one = picked[unit_id]
            roles[unit_id] = (one.place.role, one.ranked.eta_s)
            continue
        ranked = by_id.get(unit_id)
        instead = _stands_for(ranked, left) if ranked else None
        if instead is not None:
            left.remove(instead)
            good.add(unit_id)
        else:
            others.append(unit_id)
        roles |= _role_of(unit_id, choice, ranked, instead)
    return Judged(roles=roles, recommended=frozenset(good), others=tuple(others))


def _stands_for(ranked: Ranked, left: Sequence[Chosen]) -> Chosen | None:
    """The recommended unit that this one is as good as."""
    for one in left:
        cost_s = fit(ranked, one.place.requirement).cost_s
        if cost_s is not None and cost_s <= (one.fit.cost_s or 0.0) + AS_GOOD_S:
            return one
    return None


def _role_of(
    unit_id: UUID, choice: Choice, ranked: Ranked | None, instead: Chosen | None
) -> dict[UUID, tuple[str, float | None]]:
    """What a unit that was not recommended goes for, and the best there was for that."""
    if instead is not None:
        return {unit_id: (instead.place.role, instead.ranked.eta_s)}
    capabilities = ranked.unit.capabilities if ranked else ()
    best = next((one for one in choice.chosen if one.place.role in capabilities), None)
    return {unit_id: (best.place.role, best.ranked.eta_s)} if best else {}


def _ranked(candidates: Sequence[Candidate], *, now: datetime) -> tuple[list[Ranked], list[Ranked]]:
    """All candidates, and those of them that can be sent, the cheapest first."""
    possible = [
        one for one in candidates if one.unit.can_be_dispatched or one.crew_out_with is not None
    ]
    ranked = [rank(one, now=now) for one in possible]
    return ranked, sorted((one for one in ranked if one.cost_s is not None), key=by_cost)
