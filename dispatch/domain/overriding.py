"""An order beside the recommendation: who needs a reason, and what is kept to measure it by."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from dispatch.domain.recommending.advice import Judged
from dispatch.domain.recommending.model import Recommendation
from dispatch.domain.unit import Unit
from dispatch.domain.wire import JsonObject
from ops_center.kernel.errors import Invalid

OVERRIDE_REASON_REQUIRED = "override-reason-required"


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What an assignment keeps of the recommendation; see dispatch.domain.incident.Assignment."""

    role: str | None
    recommended: bool | None
    best_eta_s: float | None


def require_reason(
    advice: Recommendation, judged: Judged, units: Sequence[Unit], reason: str | None
) -> None:
    """Raise Invalid naming the recommended units when others are sent without saying why.

    Not where nothing is recommended: then there is nothing to deviate from. A unit that is offered
    as a diversion is offered, and needs no reason.
    """
    if reason is not None or not advice.units:
        return
    offered = {one.unit_id for one in advice.diverts}
    others = [one for one in units if one.id in judged.others and one.id not in offered]
    if not others:
        return
    names = ", ".join(one.callsign for one in others)
    best = ", ".join(f"{one.callsign} ({one.role}, {_minutes(one.eta_s)})" for one in advice.units)
    raise Invalid(
        f"{names} not recommended. Recommended: {best}. Choose these, or say in override_reason "
        "why not.",
        code=OVERRIDE_REASON_REQUIRED,
        field="override_reason",
        others=[{"unit_id": str(one.id), "callsign": one.callsign} for one in others],
        recommended=[
            _offer(one.unit_id, one.callsign, one.role, one.eta_s) for one in advice.units
        ],
    )


def kept_of(advice: Recommendation, judged: Judged, unit: Unit) -> Kept:
    """Return what is kept of the recommendation with the unit's assignment."""
    role, best_s = _role(advice, judged.roles, unit)
    return Kept(
        role=role,
        recommended=unit.id in judged.recommended if advice.units else None,
        best_eta_s=None if best_s is None else round(best_s, 1),
    )


def _role(
    advice: Recommendation, roles: Mapping[UUID, tuple[str, float | None]], unit: Unit
) -> tuple[str | None, float | None]:
    """What it goes for; a unit nobody asked for goes for what it can do of the plan."""
    if unit.id in roles:
        return roles[unit.id]
    can = (name for name in advice.plan.capabilities if name in unit.capabilities)
    role = next(can, None)
    best = (one.eta_s for one in advice.units if one.role == role)
    return role, next(best, None)


def _offer(unit_id: UUID, callsign: str, role: str, eta_s: float | None) -> JsonObject:
    return {"unit_id": str(unit_id), "callsign": callsign, "role": role, "eta_s": eta_s}


def _minutes(eta_s: float | None) -> str:
    return "no arrival known" if eta_s is None else f"{eta_s / 60:.1f} min"
