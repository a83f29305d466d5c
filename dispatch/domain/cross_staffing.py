"""Cross-staffing: one crew for several units, of which it can take only one out at a time."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from dispatch.domain.codes import Activity
from dispatch.domain.status_report import status_changed
from dispatch.domain.unit import CROSS_STAFFED, Unit, in_activity
from dispatch.domain.unit_change import Change
from dispatch.domain.unit_parts import StatusSource
from ops_center.kernel.errors import Conflict


def partners_of(units: Iterable[Unit]) -> frozenset[UUID]:
    """Return the ids of the units that share a crew with one of these."""
    return frozenset(other for unit in units for other in unit.cross_staffs)


def require_own_crews(units: Sequence[Unit], partners: Sequence[Unit]) -> None:
    """Raise Conflict when two of these share a crew, or it is out with one of the partners."""
    asked = {unit.id: unit for unit in units}
    for unit in units:
        other = next((asked[one] for one in unit.cross_staffs if one in asked), None)
        if other is not None:
            raise Conflict(
                f"{unit.callsign} and {other.callsign} share one crew. Send one of them.",
                code="crew-shared",
                unit_id=str(unit.id),
                callsign=unit.callsign,
            )
        require_crew_in(unit, partners)


def require_crew_in(unit: Unit, partners: Iterable[Unit]) -> None:
    """Raise Conflict when the crew is out with one of the partners; others among them are none."""
    for other in partners:
        if other.assignment is not None and other.id in unit.cross_staffs:
            raise Conflict(
                f"{unit.callsign} shares its crew with {other.callsign}, which is out. "
                f"{unit.callsign} can be in service again when {other.callsign} is free.",
                code="crew-shared",
                unit_id=str(unit.id),
                callsign=unit.callsign,
                out_with=other.callsign,
            )


def held_back(partner: Unit, *, by: Unit, now: datetime) -> Change | None:
    """Take the partner out of service because its crew goes out with `by`.

    None when it could not be dispatched anyway, which is then nobody's doing here.
    """
    if partner.assignment is not None or not partner.can_be_dispatched:
        return None
    out = in_activity(
        partner,
        Activity.OUT_OF_SERVICE,
        at=max(now, partner.status_at),
        assignment=None,
        source=StatusSource.CENTRE,
    )
    out = replace(out, out_reason=CROSS_STAFFED, reason=f"its crew is out with {by.callsign}")
    return status_changed(out, None, at=out.status_at)


def given_back(partner: Unit, *, now: datetime) -> Change | None:
    """Bring the partner back into service; None when it was out for a reason of its own."""
    if partner.activity is not Activity.OUT_OF_SERVICE or partner.out_reason != CROSS_STAFFED:
        return None
    back = in_activity(
        partner,
        Activity.IN_SERVICE,
        at=max(now, partner.status_at),
        assignment=None,
        source=StatusSource.CENTRE,
    )
    return status_changed(back, None, at=back.status_at)
