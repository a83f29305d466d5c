"""Who should go and what stays behind: gathers what is known, and lets the domain judge."""

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from dispatch.domain.incident import Incident
from dispatch.domain.positions import Fix, age_s
from dispatch.domain.recommending.advice import Judged, Known, Weighed, judge, weigh
from dispatch.domain.recommending.advice import recommend as advised
from dispatch.domain.recommending.coverage import (
    CoverageNow,
    Free,
    Lost,
    MoveUp,
    ReachField,
    coverage_now,
    left_behind,
)
from dispatch.domain.recommending.diverting import can_be_diverted
from dispatch.domain.recommending.fitness import USELESS_AFTER_S
from dispatch.domain.recommending.model import (
    RUNNERS_UP_DEFAULT,
    Candidate,
    Divert,
    OnTheWay,
    OtherWork,
    Recommendation,
    Travel,
)
from dispatch.domain.response_plan import Plan, Requirement
from dispatch.domain.rules.run_cards import CoverageRules
from dispatch.domain.unit import CROSS_STAFFED, Unit
from dispatch.ports import Origin, Wanted, Work
from gis.geometry import Point
from gis.travel import straight_line
from ops_center.kernel.errors import Unavailable

# So many of the nearest by the straight line are looked at for each place: the soonest by road is
# practically always among them (the share is measured: ops_center/bench/dispatch_quality.py).
NEAR_MAX: Final = 120
# Of those that lack crew or equipment a few, so that it can be said.
LACKING_MAX: Final = 20
REPLACEMENTS_MAX: Final = 30
FREE_SINCE: Final = timedelta(seconds=USELESS_AFTER_S)


@dataclass(frozen=True, slots=True, kw_only=True)
class Footing:
    """What coverage is worked out from; `field` is None while it cannot be, `state` says why."""

    free: Sequence[Free]
    field: ReachField | None
    rules: CoverageRules
    state: str


async def recommend(
    work: Work, incident_id: UUID, *, now: datetime, limit: int = RUNNERS_UP_DEFAULT
) -> Recommendation:
    """Return who should go and why; reads only. `limit` is how many runners-up to name."""
    incident = await work.incidents.get(incident_id)
    known, weighed, _ = await known_of(work, incident, now=now)
    advice = advised(incident.plan, known, now=now, limit=limit, weighed=weighed)
    if not advice.diverts and not advice.shortfalls:
        return advice
    # Only now is it worth asking who else there is, and what a diversion costs the others.
    if advice.diverts:
        known = replace(known, on_the_way=await _priced(work, known, advice, now=now))
    if advice.shortfalls:
        strength = await work.fleet.strength({one.capability for one in advice.shortfalls})
        known = replace(known, strength=strength)
    return advised(incident.plan, known, now=now, limit=limit, weighed=weighed)


async def judged(
    work: Work, incident: Incident, ordered: Sequence[UUID], *, now: datetime
) -> tuple[Recommendation, Judged, Mapping[UUID, Travel]]:
    """Compare an order with the recommendation of this moment; with the journeys of its units."""
    known, weighed, journeys = await known_of(work, incident, now=now, also=frozenset(ordered))
    advice = advised(incident.plan, known, now=now, limit=0, weighed=weighed)
    return advice, judge(weighed, ordered), journeys


async def footing(work: Work, capabilities: Set[str], *, now: datetime) -> Footing:
    """Return who is free and where, and the city's road times as far as they are worked out."""
    rules = (await work.rules.current()).run_cards.coverage
    try:
        field = await work.travel.reach()
    except Unavailable as trouble:
        return Footing(free=(), field=None, rules=rules, state=trouble.problem_code)
    free = await work.fleet.free(capabilities, since=now - FREE_SINCE)
    return Footing(free=free, field=field, rules=rules, state="ready")


def capabilities_touched(advice: Recommendation, units: Sequence[Unit]) -> tuple[str, ...]:
    """Return what the recommended units can do: all of it is away when they go."""
    going = {one.unit_id for one in advice.units}
    theirs = [name for unit in units if unit.id in going for name in unit.capabilities]
    return tuple(dict.fromkeys([*(one.role for one in advice.units), *sorted(theirs)]))


def coverage_left(
    advice: Recommendation, footing: Footing, capabilities: Sequence[str]
) -> tuple[Mapping[str, tuple[Lost, ...]], tuple[MoveUp, ...]]:
    """Return what the recommendation leaves behind: milliseconds of computing, no I/O."""
    if footing.field is None:
        return {}, ()
    going = frozenset(one.unit_id for one in advice.units)
    return left_behind(
        footing.field,
        footing.free,
        going=going,
        capabilities=capabilities,
        rules=footing.rules,
    )


def coverage_at_present(footing: Footing, capability: str) -> tuple[CoverageNow, ...]:
    """Return how long each zone waits for the capability now."""
    if footing.field is None:
        return ()
    return coverage_now(footing.field, footing.free, capability=capability)


async def known_of(
    work: Work, incident: Incident, *, now: datetime, also: Set[UUID] = frozenset()
) -> tuple[Known, Weighed, Mapping[UUID, Travel]]:
    """Gather candidates, journeys and who is on the way to something less urgent.

    `also` are units to look at wherever they are.
    """
    plan, working = incident.plan, {a.unit_id for a in incident.active}
    near = await _near(work, plan, incident.location.point if incident.location else None)
    named = {unit.id: unit for unit in await work.fleet.named(set(also))}
    near |= named
    # An order is a diversion only where one of its units works elsewhere.
    diverting = not also or any(unit.assignment for unit in named.values())
    away = [
        unit
        for unit in await _on_the_way(work, incident, wanted=diverting)
        if unit.id not in working
    ]
    moving = {unit.id: unit for unit in away}
    everyone = {**near, **moving}
    fixes = await work.positions.last_known(set(everyone))
    journeys = await _journeys(work, incident, list(everyone.values()), fixes, now=now)
    candidates = {
        unit.id: Candidate(unit=unit, fix=fixes.get(unit.id), travel=journeys.get(unit.id))
        for unit in everyone.values()
    }
    known = Known(
        candidates=await _with_crews(
            work,
            [
                one
                for one in candidates.values()
                if one.unit.id not in working and one.unit.id not in moving
            ],
        ),
        already=await work.fleet.named(working),
    )
    weighed = weigh(plan, known, now=now)
    if away and weighed.may_gain_by_diverting:
        elsewhere = await _elsewhere(work, [candidates[unit.id] for unit in away], incident)
        known = replace(known, on_the_way=elsewhere)
    return known, weighed, journeys


async def _on_the_way(work: Work, incident: Incident, *, wanted: bool) -> list[Unit]:
    if not wanted:
        return []
    return await work.fleet.on_the_way(set(incident.plan.capabilities), below=incident.priority)


async def _near(work: Work, plan: Plan, there: Point | None) -> dict[UUID, Unit]:
    """The units that come into question: the nearest for each requirement, alternatives too."""
    found: dict[UUID, Unit] = {}
    asked: set[Wanted] = set()
    for requirement in _requirements(plan):
        for wanted in _wanted(requirement, there):
            if wanted in asked:
                continue
            asked.add(wanted)
            found |= {unit.id: unit for unit in await work.fleet.near(wanted)}
    return found


def _requirements(plan: Plan) -> list[Requirement]:
    return [
        one
        for first in plan.requirements
        for one in (first, *(other for way in first.alternatives for other in way))
    ]


def _wanted(requirement: Requirement, there: Point | None) -> list[Wanted]:
    whole = Wanted(
        capability=requirement.capability,
        near=there,
        limit=NEAR_MAX,
        crew_min=requirement.crew_min,
        equipment=requirement.equipment,
    )
    if requirement.crew_min is None and not requirement.equipment:
        return [whole]
    lacking = Wanted(capability=requirement.capability, near=there, limit=LACKING_MAX)
    return [whole, lacking]


async def _with_crews(work: Work, candidates: Sequence[Candidate]) -> list[Candidate]:
    """Say with whom the crew is out, for the units that are held back for that."""
    held = [one.unit for one in candidates if _is_held_back(one.unit)]
    partners = await work.fleet.named({other for unit in held for other in unit.cross_staffs})
    out = [one for one in partners if one.assignment is not None]
    names = {
        unit.id: next((one.callsign for one in out if one.id in unit.cross_staffs), unit.callsign)
        for unit in held
    }
    return [
        replace(one, crew_out_with=names[one.unit.id]) if one.unit.id in names else one
        for one in candidates
    ]


def _is_held_back(unit: Unit) -> bool:
    return not unit.can_be_dispatched and unit.out_reason == CROSS_STAFFED


async def _elsewhere(
    work: Work, candidates: Sequence[Candidate], incident: Incident
) -> list[OnTheWay]:
    """Those that may leave what they are on the way to, with what that is."""
    ordered = [(one, one.unit.assignment) for one in candidates if one.unit.assignment]
    others = await work.fleet.work_at({order.incident_id for _, order in ordered})
    return [
        OnTheWay(candidate=one, work=other)
        for one, order in ordered
        if (other := others.get(order.incident_id)) is not None
        and can_be_diverted(one.unit, own_priority=incident.priority, other_priority=other.priority)
    ]


async def _priced(
    work: Work, known: Known, advice: Recommendation, *, now: datetime
) -> list[OnTheWay]:
    """Those that would really be diverted, each with what its own incident would wait for."""
    offered = {one.unit_id: one for one in advice.diverts}
    going = {one.unit_id for one in advice.units}
    return [
        replace(one, work=await _price(work, one, offered[one.candidate.unit.id], going, now=now))
        for one in known.on_the_way
        if one.candidate.unit.id in offered
    ]


async def _price(
    work: Work, one: OnTheWay, divert: Divert, going: Set[UUID], *, now: datetime
) -> OtherWork:
    """How long the unit still had to go, and who could come instead of it how soon."""
    other = await work.incidents.get(one.work.incident_id)
    there = other.location.point if other.location else None
    wanted = Wanted(capability=divert.role, near=there, limit=REPLACEMENTS_MAX)
    spare = [
        unit
        for unit in await work.fleet.near(wanted)
        if unit.can_be_dispatched and unit.id not in going
    ]
    units = [one.candidate.unit, *spare]
    fixes = await work.positions.last_known({unit.id for unit in units})
    journeys = await _journeys(work, other, units, fixes, now=now)
    own = journeys.get(one.candidate.unit.id)
    best = min(
        ((journeys[unit.id].duration_s, unit.callsign) for unit in spare if unit.id in journeys),
        default=None,
    )
    return replace(
        one.work,
        remaining_s=own.duration_s if own else None,
        replacement=best[1] if best else None,
        replacement_s=best[0] if best else None,
    )


async def _journeys(
    work: Work,
    incident: Incident,
    units: Sequence[Unit],
    fixes: Mapping[UUID, Fix],
    *,
    now: datetime,
) -> Mapping[UUID, Travel]:
    if incident.location is None:
        return {}
    origins = {
        unit.id: Origin(point=fixes[unit.id].point, profile=unit.profile)
        for unit in units
        if unit.id in fixes and age_s(fixes[unit.id], now=now) <= USELESS_AFTER_S
    }
    if not origins:
        return {}
    there = incident.location.point
    try:
        return await work.travel.to(there, origins)
    except Unavailable:
        # Routing down must not stop a dispatch: straight lines, and every answer says so.
        return {unit_id: _straight(origin.point, there) for unit_id, origin in origins.items()}


def _straight(start: Point, end: Point) -> Travel:
    line = straight_line(start, end)
    assert line.seconds is not None, "a straight line always has a length"
    assert line.metres is not None, "a straight line always has a length"
    return Travel(duration_s=line.seconds, distance_m=line.metres, estimated=True)
