"""Units on their way to something less urgent that would be here sooner, and what that costs."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from dispatch.domain.codes import Activity
from dispatch.domain.incident import Incident
from dispatch.domain.reason import Reason
from dispatch.domain.recommending.fitness import Ranked, rank
from dispatch.domain.recommending.model import Divert, DivertedFrom, OnTheWay, OtherWork
from dispatch.domain.recommending.places import Board, Choice, Place, choose
from dispatch.domain.response_plan import Plan
from dispatch.domain.unit import Unit
from dispatch.domain.wire import JsonValue
from ops_center.kernel.errors import Conflict

# A unit is not turned round for less.
DIVERT_GAIN_S: Final = 60.0
DIVERTS_MAX: Final = 3
# Only the nearest of them are tried, each with the whole plan.
TRIED_MAX: Final = 12
DIVERTED_TO: Final = "divert:"
# Those on scene stay there: somebody relies on them.
MAY_BE_DIVERTED: Final = frozenset({Activity.DISPATCHED, Activity.ACKNOWLEDGED, Activity.EN_ROUTE})


def can_be_diverted(unit: Unit, *, own_priority: int, other_priority: int) -> bool:
    """Tell whether the unit may leave an incident of `other_priority` for one of `own_priority`.

    1 is the most urgent; only from something less urgent, and only while it is on its way.
    """
    return unit.activity in MAY_BE_DIVERTED and other_priority > own_priority


def require_divertible(unit: Unit, incident: Incident, other: Incident) -> None:
    """Raise Conflict unless the unit may be taken from the other incident for this one."""
    if can_be_diverted(unit, own_priority=incident.priority, other_priority=other.priority):
        return
    if unit.activity not in MAY_BE_DIVERTED:
        code, why = "divert-on-scene", f"is {unit.activity.value.replace('_', ' ')} there"
    else:
        code = "divert-not-lower"
        why = f"is on its way to priority {other.priority}, this one has {incident.priority}"
    raise Conflict(
        f"{unit.callsign} cannot be diverted from {other.number}: it {why}. Choose another unit.",
        code=code,
        unit_id=str(unit.id),
        callsign=unit.callsign,
        incident_id=str(other.id),
        incident_number=other.number,
    )


def diverted_reason(incident: Incident) -> str:
    """Return why a unit was released: `divert:` and the number of the incident it went to."""
    return f"{DIVERTED_TO}{incident.number}"


def may_gain(choice: Choice) -> bool:
    """Tell whether any diversion at all could fill a place or bring somebody enough sooner."""
    return bool(choice.unfilled) or choice.last_s >= DIVERT_GAIN_S


@dataclass(frozen=True, slots=True)
class Tried:
    """What was chosen without diverting anybody, and from what."""

    plan: Plan
    board: Board
    choice: Choice
    already: Sequence[Unit]


def diverts(before: Tried, on_the_way: Sequence[OnTheWay], *, now: datetime) -> tuple[Divert, ...]:
    """Return whom a diversion would bring here sooner, what it gains most first.

    Each is tried as if it were free: what counts is how much sooner the first or the last arrives
    with it, or that a place is filled that stays empty without it.
    """
    ranked = [(rank(one.candidate, now=now), one.work) for one in on_the_way]
    possible = sorted(
        (
            (one.cost_s, one.unit.callsign, one, work)
            for one, work in ranked
            if one.cost_s is not None
        ),
        key=lambda row: row[:2],
    )
    found, choice = [], before.choice
    for _, _, one, work in possible[:TRIED_MAX]:
        tried = choose(before.plan, before.board.plus(one), already=before.already)
        place = next((c.place for c in tried.chosen if c.ranked.unit.id == one.unit.id), None)
        if place is None:
            continue
        fills = len(tried.unfilled) < len(choice.unfilled)
        saves_s = max(choice.first_s - tried.first_s, choice.last_s - tried.last_s)
        if fills or saves_s >= DIVERT_GAIN_S:
            found.append(_divert(one, work, place, None if fills else saves_s))
    found.sort(key=lambda one: (one.saves_s is not None, -(one.saves_s or 0.0), one.eta_s))
    return tuple(found[:DIVERTS_MAX])


def _divert(ranked: Ranked, work: OtherWork, place: Place, saves_s: float | None) -> Divert:
    assert ranked.eta_s is not None, "only a unit with an arrival fits a place"
    if saves_s is None:
        gain = Reason(code="fills_place", params={"capability": place.role})
    else:
        gain = Reason(code="sooner", params={"saves_s": round(saves_s, 1)})
    return Divert(
        unit_id=ranked.unit.id,
        callsign=ranked.unit.callsign,
        role=place.role,
        eta_s=round(ranked.eta_s, 1),
        saves_s=None if saves_s is None else round(saves_s, 1),
        from_=DivertedFrom(
            incident_id=work.incident_id,
            number=work.number,
            type=work.type,
            priority=work.priority,
        ),
        reasons=(gain, *_cost_to_other(work), *ranked.warnings),
    )


def _cost_to_other(work: OtherWork) -> list[Reason]:
    """What the other incident pays: who else is with it, who could come instead and how late."""
    costs = []
    if work.others:
        costs.append(Reason(code="other_keeps_units", params={"units": work.others}))
    if work.replacement is None or work.replacement_s is None:
        return [*costs, Reason(code="other_without_replacement")]
    params: dict[str, JsonValue] = {
        "callsign": work.replacement,
        "eta_s": round(work.replacement_s, 1),
    }
    if work.remaining_s is not None:
        params["loses_s"] = round(work.replacement_s - work.remaining_s, 1)
    return [*costs, Reason(code="other_replaced_by", params=params)]
