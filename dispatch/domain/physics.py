"""Status from physics: what a unit's positions say it does, to propose it or to doubt its word.

Proposes only; a person confirms. Positions that are mocked, vague or old propose nothing, those
that came late move no unit's last known position and so start nothing, and entering a place takes
a stay, leaving it a distance: a unit that drives by or stands on the edge does not flap.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from dispatch.domain.codes import Activity
from dispatch.domain.positions import Fix, age_s
from dispatch.domain.rules.unit_statuses import PhysicsRules, UnitStatuses
from dispatch.domain.unit import CLEAR, Unit
from dispatch.domain.unit_parts import Disagreement, Proposal
from gis.geodesy import distance_m
from gis.geometry import Location, Point

# A place known to a kilometre says nothing about who is at it.
UNCERTAINTY_MAX_M: Final = 300.0
ACCURACY_MAX_M: Final = 100.0
# How far back the track of a candidate is looked at.
LOOKED_BACK: Final = timedelta(minutes=30)
# 250 km/h: faster than a car on its way, slower than what is refused at the door as a teleport.
BELIEVABLE_MPS: Final = 70.0
NEAR_START_M: Final = 40.0
STILL_THERE: Final = timedelta(minutes=3)
FIXES_MIN: Final = 2

AT_PLACE: Final = "at_place"
SET_OUT: Final = "set_out"
LEFT_PLACE: Final = "left_place"
AT_HOSPITAL: Final = "at_hospital"
FAR_FROM_SCENE: Final = "far_from_scene"
STILL_AT_SCENE: Final = "still_at_scene"

_COMING: Final = frozenset({Activity.DISPATCHED, Activity.ACKNOWLEDGED, Activity.EN_ROUTE})


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """A unit where it was seen last, and the incident it works on or has just left."""

    unit: Unit
    fix: Fix
    incident_id: UUID | None
    place: Location | None
    hospital: Point | None = None

    @property
    def away_m(self) -> float | None:
        """Metres to the incident's place, None where it has none worth the name."""
        if self.place is None or self.place.uncertainty_m > UNCERTAINTY_MAX_M:
            return None
        return distance_m(self.fix.point, self.place.point)


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What the positions lead to: a proposal, its withdrawal, a doubt, or the end of a doubt."""

    proposal: Proposal | None = None
    withdrawn: bool = False
    disagreement: Disagreement | None = None
    settled: bool = False

    @property
    def is_empty(self) -> bool:
        return self == _NOTHING


_NOTHING: Final = Verdict()


@dataclass(frozen=True, slots=True)
class _Stay:
    """Since when the unit has been there without a break; `came` when it was seen elsewhere."""

    since: datetime
    until: datetime
    fixes: int
    came: bool

    @property
    def dwell(self) -> timedelta:
        return self.until - self.since


def is_worth_a_look(seen: Sighting, rules: UnitStatuses, *, now: datetime) -> bool:
    """Tell, from the last position alone, whether the unit's track may lead to anything."""
    if not is_usable(seen.fix, rules.physics, now=now):
        return False
    activity, limits = seen.unit.activity, rules.physics
    if seen.unit.proposal is not None:  # it may be true no longer
        return True
    if activity is Activity.TRANSPORTING:
        return seen.hospital is not None
    sets_out = activity is Activity.ACKNOWLEDGED and not _is_slow(seen.fix, limits)
    return sets_out or _is_near_a_change(seen, limits)


def _is_near_a_change(seen: Sighting, limits: PhysicsRules) -> bool:
    """Tell whether the unit is where its status says it is not, or in doubt at all."""
    unit, away_m = seen.unit, seen.away_m
    if away_m is None or seen.place is None:
        return False
    inside = away_m <= inner_m(seen.place, limits)
    if unit.activity is Activity.ON_SCENE:
        return away_m > outer_m(seen.place, limits) or unit.disagreement is not None
    if unit.activity is Activity.IN_SERVICE:
        return inside or unit.disagreement is not None
    return inside and unit.activity in _COMING


def is_usable(fix: Fix, limits: PhysicsRules, *, now: datetime) -> bool:
    """Tell whether a last position may say anything about a status."""
    vague = fix.accuracy_m is not None and fix.accuracy_m > ACCURACY_MAX_M
    return not fix.mocked and not vague and age_s(fix, now=now) <= limits.fix_age_max_s


def inner_m(place: Location, limits: PhysicsRules) -> float:
    """Radius within which a unit counts as there."""
    return limits.arrive_m + place.uncertainty_m


def outer_m(place: Location, limits: PhysicsRules) -> float:
    """Radius beyond which a unit counts as away; between the two it stays what it was."""
    return max(limits.leave_m, limits.arrive_m * 1.5) + place.uncertainty_m


def judge(seen: Sighting, track: Sequence[Fix], *, rules: UnitStatuses, now: datetime) -> Verdict:
    """Return what the unit's track (oldest first) says about its status."""
    if not is_worth_a_look(seen, rules, now=now):
        return _NOTHING
    if _is_over(seen, rules.physics):
        return Verdict(withdrawn=True)
    told = believable(track)
    match seen.unit.activity:
        case Activity.TRANSPORTING:
            return _arrived_at_hospital(seen, told, rules, now=now)
        case Activity.ON_SCENE:
            return _on_scene(seen, told, rules, now=now)
        case Activity.IN_SERVICE:
            return _in_service(seen, told, rules, now=now)
        case _:
            return _coming(seen, told, rules, now=now)


def believable(track: Sequence[Fix]) -> list[Fix]:
    """Leave out what is mocked or vague, and what lies too far from the position before it."""
    kept: list[Fix] = []
    for fix in track:
        vague = fix.accuracy_m is not None and fix.accuracy_m > ACCURACY_MAX_M
        if fix.mocked or vague:
            continue
        if kept and _speed_mps(kept[-1], fix) > BELIEVABLE_MPS:
            continue
        kept.append(fix)
    return kept


def _is_over(seen: Sighting, limits: PhysicsRules) -> bool:
    """Tell whether the unit is where its proposal says it is not any more."""
    held, away_m = seen.unit.proposal, seen.away_m
    if held is None:
        return False
    if held.why == AT_HOSPITAL:
        return seen.hospital is None
    if away_m is None or seen.place is None:
        return False
    if held.why == AT_PLACE:
        return away_m > outer_m(seen.place, limits)
    return held.why == LEFT_PLACE and away_m <= inner_m(seen.place, limits)


def _coming(seen: Sighting, track: list[Fix], rules: UnitStatuses, *, now: datetime) -> Verdict:
    stay = _stay_at(seen, track, rules.physics)
    dwell = timedelta(seconds=rules.physics.dwell_s)
    if stay and stay.fixes >= FIXES_MIN and stay.dwell >= dwell:
        if not _is_slow(seen.fix, rules.physics) or _was_refused(seen, "on_scene", stay):
            return _NOTHING
        return _proposed(seen, "on_scene", AT_PLACE, stay.since, now=now)
    if seen.unit.activity is Activity.ACKNOWLEDGED:
        since = _set_out_at(seen, track, rules.physics)
        if since is not None and not _was_refused(seen, "en_route", None):
            return _proposed(seen, "en_route", SET_OUT, since, now=now)
    return _NOTHING


def _on_scene(seen: Sighting, track: list[Fix], rules: UnitStatuses, *, now: datetime) -> Verdict:
    away_m, limits = seen.away_m, rules.physics
    if away_m is None or seen.place is None:
        return _NOTHING
    if away_m <= outer_m(seen.place, limits):
        return Verdict(settled=seen.unit.disagreement is not None)
    absence = _absence_from(seen, track, limits)
    if absence is None:  # never seen there: what was said is in doubt, not that it left
        far = away_m > limits.far_m and seen.unit.disagreement is None
        return _doubt(seen, FAR_FROM_SCENE, seen.unit.status_at, now=now) if far else _NOTHING
    status = limits.left.get(seen.unit.kind, CLEAR)
    if absence.dwell < timedelta(seconds=limits.dwell_s) or _was_refused(seen, status, absence):
        return _NOTHING
    return _proposed(seen, status, LEFT_PLACE, absence.since, now=now)


def _in_service(seen: Sighting, track: list[Fix], rules: UnitStatuses, *, now: datetime) -> Verdict:
    """Say so when a crew that is free again still stands where it worked."""
    away_m = seen.away_m
    if away_m is None or seen.place is None:
        return _NOTHING
    if seen.unit.disagreement is not None:
        return Verdict(settled=away_m > outer_m(seen.place, rules.physics))
    stay = _stay_at(seen, track, rules.physics)
    since = max(stay.since, seen.unit.status_at) if stay else now
    if stay is None or stay.until - since < STILL_THERE:
        return _NOTHING
    return _doubt(seen, STILL_AT_SCENE, since, now=now)


def _arrived_at_hospital(
    seen: Sighting, track: list[Fix], rules: UnitStatuses, *, now: datetime
) -> Verdict:
    limits = rules.physics
    if seen.hospital is None:
        return _NOTHING
    stay = _stay(track, seen.hospital, inner=limits.hospital_m, outer=limits.hospital_m * 1.5)
    waited = stay is not None and stay.dwell >= timedelta(seconds=limits.dwell_s)
    if stay is None or not waited or not _is_slow(seen.fix, limits):
        return _NOTHING
    if _was_refused(seen, "at_hospital", stay):
        return _NOTHING
    return _proposed(seen, "at_hospital", AT_HOSPITAL, stay.since, now=now)


def _stay_at(seen: Sighting, track: list[Fix], limits: PhysicsRules) -> _Stay | None:
    if seen.place is None or seen.place.uncertainty_m > UNCERTAINTY_MAX_M:
        return None
    inner, outer = inner_m(seen.place, limits), outer_m(seen.place, limits)
    return _stay(track, seen.place.point, inner=inner, outer=outer)


def _stay(track: Sequence[Fix], centre: Point, *, inner: float, outer: float) -> _Stay | None:
    """Return the stay that lasts until the track's end, None when the unit is not there."""
    since: datetime | None = None
    count, came = 0, False
    for fix in track:
        away = distance_m(fix.point, centre)
        if since is None and away > inner:
            came = True
        elif since is None:
            since, count = fix.occurred_at, 1
        elif away > outer:
            since, count, came = None, 0, True
        else:
            count += 1
    if since is None:
        return None
    return _Stay(since, track[-1].occurred_at, count, came)


def _absence_from(seen: Sighting, track: Sequence[Fix], limits: PhysicsRules) -> _Stay | None:
    """Return since when the unit has been away after having been there, None when it never was."""
    assert seen.place is not None, "asked only with a place"
    outer = outer_m(seen.place, limits)
    since: datetime | None = None
    was_there, count = False, 0
    for fix in track:
        if distance_m(fix.point, seen.place.point) <= outer:
            was_there, since, count = True, None, 0
        elif was_there:
            since, count = since or fix.occurred_at, count + 1
    if since is None:
        return None
    return _Stay(since, track[-1].occurred_at, count, came=True)


def _set_out_at(seen: Sighting, track: Sequence[Fix], limits: PhysicsRules) -> datetime | None:
    """Return when the unit left where it acknowledged, None when it stands or drives elsewhere."""
    later = [fix for fix in track if fix.occurred_at >= seen.unit.status_at]
    before = [fix for fix in track if fix.occurred_at < seen.unit.status_at]
    way = [*before[-1:], *later]
    if len(way) < FIXES_MIN:
        return None
    start = way[0].point
    if distance_m(start, way[-1].point) < limits.set_out_m:
        return None
    if seen.place is not None:
        gained_m = distance_m(start, seen.place.point) - distance_m(way[-1].point, seen.place.point)
        if gained_m < limits.set_out_m / 2:
            return None
    near = [fix for fix in way if distance_m(fix.point, start) <= NEAR_START_M]
    return max(near[-1].occurred_at, seen.unit.status_at)


def _was_refused(seen: Sighting, status: str, stay: _Stay | None) -> bool:
    """Tell whether a person refused just this: another arrival after it is a new question."""
    refused = seen.unit.refused
    if refused is None or refused.status != status or refused.incident_id != seen.incident_id:
        return False
    return stay is None or not (stay.came and stay.since > refused.at)


def _proposed(seen: Sighting, status: str, why: str, since: datetime, *, now: datetime) -> Verdict:
    held = seen.unit.proposal
    if held is not None and held.status == status:
        return _NOTHING
    return Verdict(
        proposal=Proposal(
            status=status,
            since=max(since, seen.unit.status_at),
            why=why,
            fix_age_s=round(age_s(seen.fix, now=now), 1),
            distance_m=_rounded(seen.away_m),
        )
    )


def _doubt(seen: Sighting, code: str, since: datetime, *, now: datetime) -> Verdict:
    return Verdict(
        disagreement=Disagreement(
            code=code,
            since=since,
            fix_age_s=round(age_s(seen.fix, now=now), 1),
            distance_m=_rounded(seen.away_m),
        )
    )


def _rounded(metres: float | None) -> float | None:
    return None if metres is None else round(metres, 1)


def _is_slow(fix: Fix, limits: PhysicsRules) -> bool:
    return fix.speed_mps is None or fix.speed_mps <= limits.slow_mps


def _speed_mps(before: Fix, after: Fix) -> float:
    elapsed_s = max((after.occurred_at - before.occurred_at).total_seconds(), 1.0)
    return distance_m(before.point, after.point) / elapsed_s
