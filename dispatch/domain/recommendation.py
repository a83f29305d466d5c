"""Which units to send: capable and free, ranked by road travel time, with every reason said.

A position older than STALE_AFTER_S is never offered as if it were fresh: the unit may have driven
away for as long as we have not heard of it, so its age beyond that limit counts as extra travel
time, and the reason says so. Beyond USELESS_AFTER_S the position says nothing and the unit is only
named among the runners-up, as is a unit without a position or without a route.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from uuid import UUID

import numpy as np
from scipy.optimize import linear_sum_assignment

from dispatch.domain.codes import Availability
from dispatch.domain.positions import Fix, age_s
from dispatch.domain.response_plan import Plan, unique
from dispatch.domain.unit import Unit
from dispatch.domain.wire import JsonValue

STALE_AFTER_S: Final = 120.0
USELESS_AFTER_S: Final = 1_800.0
# A crew on a break must be called back first.
CALL_BACK_S: Final = 120.0
RUNNERS_UP_DEFAULT: Final = 5
RUNNERS_UP_MAX: Final = 50
# Dearer than any journey, so that as many places as possible are filled before time counts.
UNFIT_S: Final = 1e7


@dataclass(frozen=True, slots=True, kw_only=True)
class Travel:
    """A journey by road, seconds and metres; `estimated` when no route was computed for it."""

    duration_s: float
    distance_m: float
    estimated: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A unit with what is known of where it is and how long it would take."""

    unit: Unit
    fix: Fix | None
    travel: Travel | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    code: str
    params: Mapping[str, JsonValue] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Recommended:
    """A unit for the `role` (a capability of the plan), eta in seconds, distance in metres."""

    unit_id: UUID
    callsign: str
    role: str
    eta_s: float | None
    distance_m: float | None
    position_age_s: float | None
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shortfall:
    """How many units with a capability are missing, and why."""

    capability: str
    missing: int
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Recommendation:
    plan: Plan
    units: tuple[Recommended, ...]
    runners_up: tuple[Recommended, ...]
    shortfalls: tuple[Shortfall, ...]
    as_of: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class _Ranked:
    """A candidate with its cost in seconds (None: cannot be ranked) and the reasons of that."""

    candidate: Candidate
    cost_s: float | None
    warnings: tuple[Reason, ...]

    @property
    def unit(self) -> Unit:
        return self.candidate.unit


def recommend(
    plan: Plan,
    candidates: Sequence[Candidate],
    *,
    now: datetime,
    already: Sequence[Unit] = (),
    limit: int = RUNNERS_UP_DEFAULT,
) -> Recommendation:
    """Fill the plan's places with the units that together arrive soonest.

    `already` are the units assigned to the incident: the places they fill are not offered again.
    A unit with several capabilities fills one place only.
    """
    slots = _open_slots(plan, already)
    ranked = [_rank(one, now=now) for one in candidates if one.unit.can_be_dispatched]
    usable = sorted((r for r in ranked if r.cost_s is not None), key=_by_cost)
    chosen = _fill(slots, usable)
    picked = {ranked_one.unit.id for _, ranked_one in chosen}
    return Recommendation(
        plan=plan,
        units=tuple(_offer(role, one, usable, now=now) for role, one in chosen),
        runners_up=_runners_up(plan, ranked, picked, now=now, limit=limit),
        shortfalls=_shortfalls(slots, chosen, candidates, ranked),
        as_of=now,
    )


def _open_slots(plan: Plan, already: Sequence[Unit]) -> list[str]:
    """The places still to fill, after giving each assigned unit one that it can fill."""
    slots = list(plan.slots)
    for unit in sorted(already, key=lambda one: len(one.capabilities)):
        filled = next((slot for slot in slots if slot in unit.capabilities), None)
        if filled is not None:
            slots.remove(filled)
    return slots


def _rank(candidate: Candidate, *, now: datetime) -> _Ranked:
    if candidate.fix is None:
        return _Ranked(candidate=candidate, cost_s=None, warnings=(Reason(code="no_position"),))
    age = age_s(candidate.fix, now=now)
    if age > USELESS_AFTER_S:
        old = Reason(
            code="position_too_old", params={"age_s": round(age), "limit_s": USELESS_AFTER_S}
        )
        return _Ranked(candidate=candidate, cost_s=None, warnings=(old,))
    if candidate.travel is None:
        return _Ranked(candidate=candidate, cost_s=None, warnings=(Reason(code="no_route"),))
    return _costed(candidate, candidate.travel, age)


def _costed(candidate: Candidate, travel: Travel, age: float) -> _Ranked:
    cost_s, warnings = travel.duration_s, list[Reason]()
    if age > STALE_AFTER_S:
        cost_s += age - STALE_AFTER_S
        params: dict[str, JsonValue] = {"age_s": round(age), "limit_s": STALE_AFTER_S}
        warnings.append(Reason(code="stale_position", params=params))
    if candidate.unit.availability is Availability.CONDITIONALLY_AVAILABLE:
        cost_s += CALL_BACK_S
        activity = candidate.unit.activity.value
        warnings.append(Reason(code="conditionally_available", params={"activity": activity}))
    if travel.estimated:
        warnings.append(Reason(code="estimated_route"))
    return _Ranked(candidate=candidate, cost_s=cost_s, warnings=tuple(warnings))


def _by_cost(ranked: _Ranked) -> tuple[float, str]:
    return (UNFIT_S if ranked.cost_s is None else ranked.cost_s, ranked.unit.callsign)


def _fill(slots: Sequence[str], usable: Sequence[_Ranked]) -> list[tuple[str, _Ranked]]:
    """Give each place the unit so that most places are filled and the sum of times is least."""
    if not slots or not usable:
        return []
    costs = np.full((len(slots), len(usable)), UNFIT_S)
    for column, one in enumerate(usable):
        for row, slot in enumerate(slots):
            if slot in one.unit.capabilities and one.cost_s is not None:
                costs[row, column] = min(one.cost_s, UNFIT_S / 2)
    rows, columns = linear_sum_assignment(costs)
    pairs = [
        (slots[row], usable[column])
        for row, column in zip(rows, columns, strict=True)
        if costs[row, column] < UNFIT_S
    ]
    order = {capability: place for place, capability in enumerate(unique(slots))}
    return sorted(pairs, key=lambda pair: (order[pair[0]], _by_cost(pair[1])))


def _offer(role: str, one: _Ranked, usable: Sequence[_Ranked], *, now: datetime) -> Recommended:
    """A recommended unit, with its rank among the free ones that could do the same."""
    peers = [peer for peer in usable if role in peer.unit.capabilities]
    place = next((n for n, peer in enumerate(peers, 1) if peer.unit.id == one.unit.id), len(peers))
    params: dict[str, JsonValue] = {"capability": role, "of": len(peers)}
    rank = (
        Reason(code="soonest", params=params)
        if place == 1
        else Reason(code="ranked", params={**params, "place": place})
    )
    return _shape(role, one, (rank, *one.warnings), now=now)


def _runners_up(
    plan: Plan, ranked: Sequence[_Ranked], picked: set[UUID], *, now: datetime, limit: int
) -> tuple[Recommended, ...]:
    others = sorted((r for r in ranked if r.unit.id not in picked), key=_by_cost)
    offered = []
    for one in others:
        role = next((name for name in plan.capabilities if name in one.unit.capabilities), None)
        if role is not None:
            capable = Reason(code="capable", params={"capability": role})
            offered.append(_shape(role, one, (capable, *one.warnings), now=now))
    return tuple(offered[: min(limit, RUNNERS_UP_MAX)])


def _shape(role: str, one: _Ranked, reasons: tuple[Reason, ...], *, now: datetime) -> Recommended:
    fix, travel = one.candidate.fix, one.candidate.travel
    known = travel if one.cost_s is not None else None
    return Recommended(
        unit_id=one.unit.id,
        callsign=one.unit.callsign,
        role=role,
        eta_s=round(known.duration_s, 1) if known else None,
        distance_m=round(known.distance_m, 1) if known else None,
        position_age_s=round(age_s(fix, now=now), 1) if fix else None,
        reasons=reasons,
    )


def _shortfalls(
    slots: Sequence[str],
    chosen: Sequence[tuple[str, _Ranked]],
    candidates: Sequence[Candidate],
    ranked: Sequence[_Ranked],
) -> tuple[Shortfall, ...]:
    found = []
    for capability in unique(slots):
        filled = sum(1 for role, _ in chosen if role == capability)
        missing = slots.count(capability) - filled
        if missing:
            reason = _why_missing(capability, candidates, ranked)
            found.append(Shortfall(capability=capability, missing=missing, reason=reason))
    return tuple(found)


def _why_missing(
    capability: str, candidates: Sequence[Candidate], ranked: Sequence[_Ranked]
) -> str:
    if not any(capability in one.unit.capabilities for one in candidates):
        return "no_such_unit"
    free = [one for one in ranked if capability in one.unit.capabilities]
    if not free:
        return "all_busy"
    if any(one.cost_s is None for one in free):
        return "no_usable_position"
    return "not_enough_free"
