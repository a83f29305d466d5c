"""The words of a recommendation: why each unit, who is next, what falls short and why."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from dispatch.domain.positions import age_s
from dispatch.domain.reason import Reason
from dispatch.domain.recommending.fitness import Ranked, fit, lacks
from dispatch.domain.recommending.model import (
    NEXT_BEST_MAX,
    RUNNERS_UP_MAX,
    NextBest,
    Recommended,
    Shortfall,
    Strength,
)
from dispatch.domain.recommending.places import Choice, Chosen, Place
from dispatch.domain.response_plan import Plan, Requirement
from dispatch.domain.wire import JsonValue

NOBODY_KNOWN = Strength()


def offers(choice: Choice, usable: Sequence[Ranked], *, now: datetime) -> tuple[Recommended, ...]:
    """Return the chosen units, each with its rank among those who could do the same."""
    picked = frozenset(one.ranked.unit.id for one in choice.chosen)
    return tuple(_offer(one, usable, picked, now=now) for one in choice.chosen)


def _offer(
    one: Chosen, usable: Sequence[Ranked], picked: frozenset[UUID], *, now: datetime
) -> Recommended:
    role, requirement = one.place.role, one.place.requirement
    peers = _peers(usable, requirement)
    at = next((n for n, (_, peer) in enumerate(peers, 1) if peer.unit.id == one.ranked.unit.id), 1)
    params: dict[str, JsonValue] = {"capability": role, "of": len(peers)}
    ranking = (
        Reason(code="soonest", params=params)
        if at == 1
        else Reason(code="ranked", params={**params, "place": at})
    )
    reasons = (ranking, *one.ranked.warnings, *one.fit.warnings)
    own_s = one.fit.cost_s or 0.0
    others = [(cost_s, peer) for cost_s, peer in peers if peer.unit.id not in picked]
    return recommended(
        role,
        one.ranked,
        reasons,
        now=now,
        instead_of=tuple(
            _next_best(peer, requirement, cost_s - own_s) for cost_s, peer in others[:NEXT_BEST_MAX]
        ),
    )


def _peers(usable: Sequence[Ranked], requirement: Requirement) -> list[tuple[float, Ranked]]:
    """All who could fill the requirement with what they cost, the cheapest first."""
    fits = [(fit(one, requirement).cost_s, one) for one in usable]
    able = [(cost_s, one) for cost_s, one in fits if cost_s is not None]
    return sorted(able, key=lambda pair: (pair[0], pair[1].unit.callsign))


def _next_best(peer: Ranked, requirement: Requirement, loses_s: float) -> NextBest:
    loses_s = round(loses_s, 1)
    fitted = fit(peer, requirement)
    params: dict[str, JsonValue] = {"loses_s": loses_s}
    return NextBest(
        unit_id=peer.unit.id,
        callsign=peer.unit.callsign,
        eta_s=_tenths(peer.eta_s),
        loses_s=loses_s,
        reasons=(Reason(code="later", params=params), *peer.warnings, *fitted.warnings),
    )


def runners_up(
    plan: Plan, ranked: Sequence[Ranked], picked: frozenset[UUID], *, now: datetime, limit: int
) -> tuple[Recommended, ...]:
    """Return the others that could do something of the plan, the soonest first, the hopeless last.

    What a unit lacks is said of the first requirement that it could be meant for.
    """
    others = sorted((one for one in ranked if one.unit.id not in picked), key=by_cost)
    found = []
    for one in others[: max(limit, 0) + RUNNERS_UP_MAX]:
        wanted = _meant_for(plan, one)
        if wanted is None:
            continue
        lacking = lacks(one.unit, wanted)
        capable = Reason(code="capable", params={"capability": wanted.capability})
        reasons = (capable, *([lacking] if lacking else ()), *one.warnings)
        found.append(recommended(wanted.capability, one, reasons, now=now))
    return tuple(found[: min(limit, RUNNERS_UP_MAX)])


def _meant_for(plan: Plan, one: Ranked) -> Requirement | None:
    """The requirement the unit comes nearest to: one it meets, else one it has the skill for."""
    options = [
        requirement
        for first in plan.requirements
        for requirement in (first, *(other for way in first.alternatives for other in way))
        if requirement.capability in one.unit.capabilities
    ]
    whole = [requirement for requirement in options if lacks(one.unit, requirement) is None]
    return next(iter([*whole, *options]), None)


def by_cost(one: Ranked) -> tuple[bool, float, str]:
    """Order by what a candidate costs, those that cannot be ranked last, equals by callsign."""
    return (one.cost_s is None, one.cost_s or 0.0, one.unit.callsign)


def recommended(
    role: str,
    one: Ranked,
    reasons: tuple[Reason, ...],
    *,
    now: datetime,
    instead_of: tuple[NextBest, ...] = (),
) -> Recommended:
    """Return a candidate as it is shown; without an arrival where that would mislead."""
    fix, travel = one.candidate.fix, one.candidate.travel
    known = travel if one.cost_s is not None else None
    return Recommended(
        unit_id=one.unit.id,
        callsign=one.unit.callsign,
        role=role,
        eta_s=_tenths(one.eta_s),
        distance_m=round(known.distance_m, 1) if known else None,
        position_age_s=round(age_s(fix, now=now), 1) if fix else None,
        reasons=reasons,
        instead_of=instead_of,
    )


def shortfalls(
    choice: Choice, ranked: Sequence[Ranked], strength: Mapping[str, Strength]
) -> tuple[Shortfall, ...]:
    """Return what is missing, one row for each capability, with what stands in the way."""
    found = []
    for role in dict.fromkeys(place.role for place in choice.unfilled):
        places = [place for place in choice.unfilled if place.role == role]
        because = _why(places[0], ranked, strength.get(role, NOBODY_KNOWN))
        found.append(
            Shortfall(capability=role, missing=len(places), reason=because[0].code, because=because)
        )
    return tuple(found)


def _why(place: Place, ranked: Sequence[Ranked], strength: Strength) -> tuple[Reason, ...]:
    """The main reason first: in a word what a dispatcher would say, then the counts behind it."""
    able = [one for one in ranked if place.role in one.unit.capabilities]
    free = [one for one in able if one.candidate.crew_out_with is None]
    if not strength.total and not able:
        return (Reason(code="no_such_unit", params={"capability": place.role}),)
    busy: dict[str, JsonValue] = {
        "total": strength.total,
        "assigned": strength.assigned,
        "cross_staffed": strength.cross_staffed,
        "off": strength.off,
    }
    if not free:
        return (Reason(code="all_busy", params=busy),)
    lacking = [code for one in free if (code := lacks(one.unit, place.requirement))]
    behind = [
        Reason(code=code, params={"units": sum(1 for one in lacking if one.code == code)})
        for code in dict.fromkeys(one.code for one in lacking)
    ]
    unplaced = sum(1 for one in free if one.cost_s is None)
    if unplaced:
        behind.append(Reason(code="no_usable_position", params={"units": unplaced}))
    if not behind:
        return (Reason(code="not_enough_free", params={**busy, "free": len(free)}),)
    return (*behind, Reason(code="not_enough_free", params={**busy, "free": len(free)}))


def _tenths(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds, 1)
