"""What a unit says it does: what follows from it for the unit, its incident and the clocks.

A report that happened before the last status never overwrites it. Which status may follow which
is data (`rules.unit_statuses`); that an order and a status always agree is not.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from dispatch.domain.assigning import release
from dispatch.domain.changing import with_changes
from dispatch.domain.codes import Activity
from dispatch.domain.events import UnitStatusChanged
from dispatch.domain.incident import Assignment, Incident, with_assignment
from dispatch.domain.rules.unit_statuses import (
    HOSPITAL,
    OUT_REASON,
    REASON,
    UnitStatuses,
    WelfareRules,
)
from dispatch.domain.unit import AVAILABILITY_OF, CLEAR, Unit, state_of
from dispatch.domain.unit import step as unit_step
from dispatch.domain.unit_change import Change, audience_of, followed
from dispatch.domain.unit_parts import StatusSource, Welfare
from ops_center.kernel.errors import Conflict, Invalid

# Phones' clocks differ: a report this much older than the last status still counts as the newest.
CLOCK_SKEW: Final = timedelta(seconds=30)
FUTURE_MAX: Final = timedelta(seconds=60)
RELEASED_BY_CREW: Final = "clear"
LATE: Final = "late:"
# Who does this rests: the clock of work begins anew afterwards.
RESTING: Final = frozenset({Activity.BREAK, Activity.OFF_DUTY, Activity.OUT_OF_SERVICE})

_STAMP_OF: Final = {
    Activity.ACKNOWLEDGED: "acknowledged_at",
    Activity.EN_ROUTE: "en_route_at",
    Activity.ON_SCENE: "on_scene_at",
}
_ASKED_FOR: Final = {
    REASON: "Say why: fill reason.",
    OUT_REASON: "Choose why the unit is out of service: fill out_reason.",
    HOSPITAL: "Say which hospital: fill hospital.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusReport:
    """What a crew or a dispatcher says a unit does, and since when (None: since now)."""

    status: str
    activity: Activity
    occurred_at: datetime | None
    reason: str | None
    out_reason: str | None = None
    hospital: str | None = None
    source: StatusSource = StatusSource.SAID


def require_details(said: StatusReport, rules: UnitStatuses) -> None:
    """Raise Invalid when the status needs more than was said, or an unknown reason was chosen."""
    given = {REASON: said.reason, OUT_REASON: said.out_reason, HOSPITAL: said.hospital}
    for name in rules.status(said.status).needs:
        if not given[name]:
            raise Invalid(
                f"{said.status} needs more. {_ASKED_FOR[name]}",
                code=f"{name.replace('_', '-')}-required",
                field=name,
            )
    if said.out_reason is not None:
        rules.out_reason(said.out_reason)


def report(
    unit: Unit,
    incident: Incident | None,
    said: StatusReport,
    *,
    rules: UnitStatuses,
    now: datetime,
) -> Change:
    """Take over what a unit says it does; `incident` is that of its assignment.

    A report that happened before the last status never overwrites it: it is journalled with its
    own time, may fill a stamp of the assignment that is still empty, and nothing else.
    """
    at = _instant(said.occurred_at, now=now)
    legal = said.status in rules.next(unit.agency, unit.kind, unit.activity)
    too_old = at < unit.status_at - CLOCK_SKEW
    if too_old or (at < unit.status_at and not legal):
        return _late(unit, incident, said, at=at)
    repeated = is_repeated(unit, said)
    if repeated and _adds_nothing(unit, said):
        return Change(unit=unit, incident=incident, facts=())
    if not legal and not repeated:
        raise transition_refused(unit, said.status, rules)
    at = max(at, unit.status_at)
    if said.status == CLEAR and incident is not None:
        return release(unit, incident, reason=said.reason or RELEASED_BY_CREW, now=at)
    return _reported(unit, incident, said, rules.welfare, at=at)


def is_repeated(unit: Unit, said: StatusReport) -> bool:
    """Tell whether the unit already is what it reports, so that nothing needs to change."""
    if said.status == CLEAR:
        return unit.activity is Activity.IN_SERVICE
    return said.activity is unit.activity and said.status == (unit.status or unit.activity.value)


def transition_refused(unit: Unit, status: str, rules: UnitStatuses) -> Conflict:
    """Return the refusal of a status that does not follow from the present one."""
    allowed = sorted(rules.next(unit.agency, unit.kind, unit.activity))
    busy = unit.assignment is not None and status not in rules.transitions[Activity.DISPATCHED]
    hint = "Clear the unit or release it first" if busy else f"Possible now: {', '.join(allowed)}"
    return Conflict(
        f"{unit.callsign} is {unit.activity} and cannot become {status}. {hint}.",
        code="illegal-transition",
        unit_id=str(unit.id),
        activity=unit.activity.value,
        allowed=allowed,
    )


def status_changed(unit: Unit, incident: Incident | None, *, at: datetime) -> Change:
    """Return the change of a unit that is already one version further, with its fact."""
    assert (unit.assignment is None) == (incident is None), "a unit comes with its own incident"
    grown = incident
    if incident is not None and unit.assignment is not None:
        grown = with_assignment(incident, unit.assignment)
    fact = UnitStatusChanged(
        subject=unit.id,
        version=unit.version,
        incident=grown.id if grown else None,
        audience=audience_of(unit, grown),
        occurred_at=at,
        assignment=unit.assignment,
        incident_version=grown.version if grown else None,
        **state_of(unit),
    )
    return followed(unit, grown, fact)


def welfare_from(
    rules: WelfareRules, activity: Activity, incident_type: str | None, *, at: datetime
) -> Welfare | None:
    """Return the timer that the rules start with that activity, None where nobody is asked."""
    interval_s = rules.interval_s(activity, incident_type)
    if interval_s is None:
        return None
    return Welfare(interval_s=interval_s, due_at=at + timedelta(seconds=interval_s))


def _instant(occurred_at: datetime | None, *, now: datetime) -> datetime:
    if occurred_at is None:
        return now
    if occurred_at > now + FUTURE_MAX:
        raise Invalid(
            "occurred_at lies in the future: set the device's clock and report again.",
            code="future-report",
            field="occurred_at",
        )
    return min(occurred_at, now)


def _adds_nothing(unit: Unit, said: StatusReport) -> bool:
    return (
        (said.reason or unit.reason) == unit.reason
        and (said.out_reason or unit.out_reason) == unit.out_reason
        and (said.hospital or unit.hospital) == unit.hospital
    )


def _reported(
    unit: Unit,
    incident: Incident | None,
    said: StatusReport,
    welfare: WelfareRules,
    *,
    at: datetime,
) -> Change:
    resting = said.activity in RESTING
    moved = unit_step(
        unit,
        activity=said.activity,
        availability=AVAILABILITY_OF[said.activity],
        status=said.activity.value if said.status == CLEAR else said.status,
        status_source=said.source,
        assignment=_stamped(unit.assignment, said.activity, at=at) if unit.assignment else None,
        status_at=at,
        reason=said.reason,
        out_reason=said.out_reason,
        hospital=said.hospital,
        proposal=None,
        disagreement=None,
        welfare=welfare_from(welfare, said.activity, incident.type if incident else None, at=at),
        busy_since=None if resting else unit.busy_since,
        rest_due=False if resting else unit.rest_due,
    )
    return status_changed(moved, incident, at=at)


def _late(unit: Unit, incident: Incident | None, said: StatusReport, *, at: datetime) -> Change:
    assignment = unit.assignment
    if assignment is not None and at >= assignment.assigned_at:
        assignment = _stamped(assignment, said.activity, at=at)
    noted = unit_step(unit, assignment=assignment, reason=f"{LATE}{said.status}")
    return status_changed(noted, incident, at=at)


def _stamped(assignment: Assignment, activity: Activity, *, at: datetime) -> Assignment:
    """Fill the stamp of that step unless it has one; any answer acknowledges the order."""
    name = _STAMP_OF.get(activity)
    stamps: dict[str, datetime] = {}
    if name is not None and getattr(assignment, name) is None:
        stamps[name] = at
    if assignment.acknowledged_at is None and name is not None:
        stamps["acknowledged_at"] = at
    if not stamps:
        return assignment
    return with_changes(assignment, {"overdue": False, **stamps})
