"""What a candidate is good for: the seconds it costs, what must be said of it, why it may not go.

The cost is the travel time plus what the circumstances may cost; the arrival that is shown is the
travel time alone, and each circumstance is said. A position older than STALE_AFTER_S is never
offered as if it were fresh: the unit may have driven away for as long as we have not heard of it,
so its age beyond that limit counts as extra travel time. Beyond USELESS_AFTER_S it says nothing.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from dispatch.domain.codes import Availability
from dispatch.domain.positions import Fix, age_s
from dispatch.domain.reason import Reason
from dispatch.domain.recommending.model import Candidate
from dispatch.domain.response_plan import Requirement
from dispatch.domain.unit import Unit, has_rested
from dispatch.domain.wire import JsonValue

STALE_AFTER_S: Final = 120.0
USELESS_AFTER_S: Final = 1_800.0
# A crew on a break must be called back first.
CALL_BACK_S: Final = 120.0
# A crew that is due for rest goes only where it is much nearer than a rested one.
REST_S: Final = 300.0
# A device that says its position was made up may be anywhere; one that jumped, a little off.
MOCKED_S: Final = 600.0
TELEPORTED_S: Final = 120.0
TELEPORT_DOUBT_S: Final = 600.0
# What the preferred agency is worth.
OTHER_AGENCY_S: Final = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranked:
    """A candidate with its cost in seconds (None: cannot be ranked) and the reasons of that."""

    candidate: Candidate
    cost_s: float | None
    warnings: tuple[Reason, ...]

    @property
    def unit(self) -> Unit:
        return self.candidate.unit

    @property
    def eta_s(self) -> float | None:
        """The travel time that may be shown, None where it would mislead."""
        travel = self.candidate.travel
        return travel.duration_s if travel and self.cost_s is not None else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Fit:
    """How well a candidate does for one requirement; `unfit` says why it does not at all."""

    cost_s: float | None
    warnings: tuple[Reason, ...] = ()
    unfit: Reason | None = None


def rank(candidate: Candidate, *, now: datetime) -> Ranked:
    """Return what the candidate costs whatever it is needed for."""
    unit, fix, travel = candidate.unit, candidate.fix, candidate.travel
    if candidate.crew_out_with is not None:
        params: dict[str, JsonValue] = {"callsign": candidate.crew_out_with}
        return _hopeless(candidate, Reason(code="crew_out_with", params=params))
    if fix is None:
        return _hopeless(candidate, Reason(code="no_position"))
    age = age_s(fix, now=now)
    if age > USELESS_AFTER_S:
        params = {"age_s": round(age), "limit_s": USELESS_AFTER_S}
        return _hopeless(candidate, Reason(code="position_too_old", params=params))
    if travel is None:
        return _hopeless(candidate, Reason(code="no_route"))
    doubts = (*_doubts_of(fix, now=now), *_state_of(unit, now=now))
    warnings = [reason for _, reason in doubts]
    if travel.estimated:
        warnings.append(Reason(code="estimated_route"))
    cost_s = travel.duration_s + sum(seconds for seconds, _ in doubts)
    return Ranked(candidate=candidate, cost_s=cost_s, warnings=tuple(warnings))


def _hopeless(candidate: Candidate, reason: Reason) -> Ranked:
    return Ranked(candidate=candidate, cost_s=None, warnings=(reason,))


def _doubts_of(fix: Fix, *, now: datetime) -> list[tuple[float, Reason]]:
    """What makes the position doubtful, each with the seconds that it may be wrong by."""
    found: list[tuple[float, Reason]] = []
    age = age_s(fix, now=now)
    if age > STALE_AFTER_S:
        params: dict[str, JsonValue] = {"age_s": round(age), "limit_s": STALE_AFTER_S}
        found.append((age - STALE_AFTER_S, Reason(code="stale_position", params=params)))
    if fix.mocked:
        found.append((MOCKED_S, Reason(code="mocked_position")))
    if fix.teleported_at is not None:
        since_s = max((now - fix.teleported_at).total_seconds(), 0.0)
        if since_s <= TELEPORT_DOUBT_S:
            params = {"age_s": round(since_s)}
            found.append((TELEPORTED_S, Reason(code="teleported_position", params=params)))
    return found


def _state_of(unit: Unit, *, now: datetime) -> list[tuple[float, Reason]]:
    found: list[tuple[float, Reason]] = []
    if unit.availability is Availability.CONDITIONALLY_AVAILABLE:
        params: dict[str, JsonValue] = {"activity": unit.activity.value}
        found.append((CALL_BACK_S, Reason(code="conditionally_available", params=params)))
    if unit.rest_due and not has_rested(unit, now):
        since = unit.busy_since
        busy = {"busy_s": round((now - since).total_seconds())} if since else {}
        found.append((REST_S, Reason(code="rest_due", params=busy)))
    return found


def fit(ranked: Ranked, requirement: Requirement) -> Fit:
    """Return what the candidate costs for this requirement, or why it cannot fill it."""
    unit = ranked.unit
    if requirement.capability not in unit.capabilities:
        return Fit(cost_s=None, unfit=Reason(code="not_capable"))
    lacking = lacks(unit, requirement)
    if lacking is not None or ranked.cost_s is None:
        return Fit(cost_s=None, unfit=lacking)
    cost_s, warnings = ranked.cost_s, list[Reason]()
    if requirement.agency is not None and unit.agency != requirement.agency:
        cost_s += OTHER_AGENCY_S
        params: dict[str, JsonValue] = {"agency": unit.agency, "wanted": requirement.agency}
        warnings.append(Reason(code="other_agency", params=params))
    if requirement.crew_min is not None and not unit.crew:
        warnings.append(Reason(code="crew_unknown", params={"needs": requirement.crew_min}))
    return Fit(cost_s=cost_s, warnings=tuple(warnings))


def lacks(unit: Unit, requirement: Requirement) -> Reason | None:
    """Return what the unit lacks for the requirement: people or equipment; None when nothing.

    A unit on which nobody signed on lacks nobody: how many are aboard is not known, and is said.
    """
    if requirement.crew_min is not None and 0 < len(unit.crew) < requirement.crew_min:
        has: dict[str, JsonValue] = {"has": len(unit.crew), "needs": requirement.crew_min}
        return Reason(code="crew_too_small", params=has)
    missing = [thing for thing in requirement.equipment if thing not in unit.equipment]
    return Reason(code="equipment_missing", params={"missing": list(missing)}) if missing else None
