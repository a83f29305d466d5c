"""Where a caller may be: fixes supplement each other, and only a person puts one in force.

A call that has no place takes its first fix for one. From then on its place changes by a
person's word alone: a fix is accepted, or the call is located by hand.
"""

from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Final
from uuid import UUID

from dispatch.domain.call import Call, acted, require_not_closed, step
from dispatch.domain.call_facts import CallFixAccepted, CallFixAdded
from dispatch.domain.call_parts import CallFix, FixMethod
from dispatch.domain.changing import with_changes
from dispatch.domain.events import CallLocated
from dispatch.domain.place import Placed
from gis.geodesy import at_confidence
from gis.geometry import Location, Point
from ops_center.kernel.errors import Invalid, NotFound
from ops_center.kernel.events import Fact

# The journal keeps every fix. Beyond this many a call leaves out those that say least of its way.
FIXES_MAX: Final = 100
# A device without a fix says 0, 0: nobody who calls stands within a metre of it.
NULL_ISLAND_DEG: Final = 1e-5


def require_fix(location: Location) -> None:
    """Raise Invalid for the place that devices without a fix report."""
    if is_null_fix(location.point):
        raise Invalid(
            "0, 0 means a device without a fix: leave the fix out.", code="null-fix", field="lon"
        )


def is_null_fix(point: Point) -> bool:
    return abs(point.lon) < NULL_ISLAND_DEG and abs(point.lat) < NULL_ISLAND_DEG


def in_force(call: Call) -> CallFix | None:
    """Return the fix the call is located by: the one accepted last."""
    accepted = [fix for fix in call.fixes if fix.accepted_at is not None]
    return max(accepted, key=lambda fix: fix.accepted_at or fix.received_at, default=None)


def trail(call: Call) -> tuple[CallFix, ...]:
    """Return the way of a moving caller: the handset's fixes in the order they were measured."""
    measured = (fix for fix in call.fixes if fix.method is FixMethod.HANDSET)
    return tuple(sorted(measured, key=lambda fix: (fix.measured_at, fix.received_at)))


def is_better(call: Call, fix: CallFix) -> bool:
    """Whether the fix is newer and closer than the place in force; it says so, no more."""
    if call.location is None:
        return True
    present = in_force(call)
    newer = present is None or fix.measured_at > present.measured_at
    closer = at_confidence(fix.location).uncertainty_m < at_confidence(call.location).uncertainty_m
    return newer and closer


def add_fix(call: Call, fix: CallFix, place: Placed) -> tuple[Call, list[Fact]]:
    """Put the fix beside the others; `place` is what it fills a call with that has none.

    A fix that is there already changes nothing.
    """
    require_not_closed(call)
    if any(known.id == fix.id for known in call.fixes):
        return call, []
    first = call.location is None
    marked = replace(
        fix, better=is_better(call, fix), accepted_at=fix.received_at if first else None
    )
    fixes, left_out = _with(call.fixes, marked)
    after = step(call, fixes=fixes, **(_place(place) if first else {}))
    fact = CallFixAdded(
        subject=after.id,
        version=after.version,
        incident=after.incident_id,
        occurred_at=fix.measured_at,
        fix=marked,
        left_out=left_out,
    )
    return after, [with_changes(fact, _place(place)) if first else fact]


def accept_fix(
    call: Call, fix_id: UUID, place: Placed, *, by: str, now: datetime
) -> tuple[Call, list[Fact]]:
    """Put a fix in force on a person's word; one that is in force already changes nothing."""
    require_not_closed(call)
    chosen = the_fix(call, fix_id)
    if in_force(call) == chosen and call.location == chosen.location:
        return call, []
    accepted = replace(chosen, accepted_at=_after_all(call, now), accepted_by=by)
    fixes = tuple(accepted if fix.id == fix_id else fix for fix in call.fixes)
    after = acted(call, now=now, fixes=fixes, **_place(place))
    fact = CallFixAccepted(
        subject=after.id,
        version=after.version,
        incident=after.incident_id,
        fix_id=fix_id,
        accepted_at=accepted.accepted_at or now,
        accepted_by=by,
        location=after.location,
        address=after.address,
        zones=after.zones,
        claim_stale=after.claim_stale,
    )
    return after, [fact]


def locate(
    call: Call, fix: CallFix, place: Placed, *, now: datetime
) -> tuple[Call, list[CallLocated]]:
    """Say by hand where the call is about: a fix of its own, in force at once."""
    require_not_closed(call)
    if call.placed == place:
        return call, []
    fixes, left_out = _with(call.fixes, replace(fix, accepted_at=_after_all(call, now)))
    after = acted(call, now=now, fixes=fixes, **_place(place))
    fact = CallLocated(
        subject=after.id,
        version=after.version,
        incident=after.incident_id,
        fix=after.fixes[-1],
        left_out=left_out,
        location=after.location,
        address=after.address,
        zones=after.zones,
        claim_stale=after.claim_stale,
    )
    return after, [fact]


def the_fix(call: Call, fix_id: UUID) -> CallFix:
    """Return the call's fix of that id, or NotFound."""
    for fix in call.fixes:
        if fix.id == fix_id:
            return fix
    raise NotFound(
        f"Call {call.number} has no fix {fix_id}. Look at its fixes again.", id=str(fix_id)
    )


def _place(place: Placed) -> dict[str, object]:
    return {"location": place.location, "address": place.address, "zones": place.zones}


def _after_all(call: Call, now: datetime) -> datetime:
    """An instant after every acceptance so far, so that the last word is always the last."""
    present = in_force(call)
    if present is None or present.accepted_at is None or present.accepted_at < now:
        return now
    return present.accepted_at + timedelta(milliseconds=1)


def _with(fixes: tuple[CallFix, ...], fix: CallFix) -> tuple[tuple[CallFix, ...], UUID | None]:
    """The fixes with one more, and which one was left out to make room."""
    grown = (*fixes, fix)
    if len(grown) <= FIXES_MAX:
        return grown, None
    goes = _least_telling(grown)
    return tuple(one for one in grown if one.id != goes), goes


def _least_telling(fixes: tuple[CallFix, ...]) -> UUID:
    """The fix nobody accepted that is measured soonest after another: the way keeps its shape."""
    ordered = sorted(fixes[:-1], key=lambda fix: fix.measured_at)
    gaps = [
        (later.measured_at - earlier.measured_at, place)
        for place, (earlier, later) in enumerate(pairwise(ordered), start=1)
        if later.accepted_at is None
    ]
    return ordered[min(gaps)[1] if gaps else 0].id
