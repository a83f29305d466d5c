"""Welfare timers (PAR): a crew that is not heard of in time is missed, then looked for."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from dispatch.domain.rules.unit_statuses import INTERVAL_MAX_S, INTERVAL_MIN_S, UnitStatuses
from dispatch.domain.status_report import welfare_from
from dispatch.domain.unit import Unit, has_rested, step
from dispatch.domain.unit_change import Change
from dispatch.domain.unit_facts import (
    UnitRestDue,
    UnitWelfareChecked,
    UnitWelfareOverdue,
    UnitWelfareSet,
)
from dispatch.domain.unit_parts import Welfare
from ops_center.kernel.errors import Conflict, Invalid

WELFARE_ALARM: Final = "welfare_missed"


def checked_in(unit: Unit, *, note: str | None, now: datetime) -> Change:
    """Note that the crew is well; Conflict when nobody asks it."""
    timer = unit.welfare
    if timer is None:
        raise Conflict(
            f"No welfare timer runs for {unit.callsign}. Set one first, if it is to be asked.",
            code="no-welfare-timer",
            unit_id=str(unit.id),
        )
    fresh = replace(timer, due_at=now + timedelta(seconds=timer.interval_s), missed=0)
    after = step(unit, welfare=fresh)
    fact = UnitWelfareChecked(
        subject=after.id,
        version=after.version,
        incident=_incident_of(after),
        audience=after.audience,
        welfare=fresh,
        note=note,
    )
    return Change(unit=after, incident=None, facts=(fact,))


def timer_set(
    unit: Unit,
    interval_s: int | None,
    *,
    rules: UnitStatuses,
    incident_type: str | None,
    now: datetime,
) -> Change:
    """Ask the crew that often until its next status; None goes back to what the rules say."""
    if interval_s is None:
        timer = welfare_from(rules.welfare, unit.activity, incident_type, at=now)
    elif INTERVAL_MIN_S <= interval_s <= INTERVAL_MAX_S:
        due_at = now + timedelta(seconds=interval_s)
        timer = Welfare(interval_s=interval_s, due_at=due_at, by_hand=True)
    else:
        raise Invalid(
            f"interval_s is {INTERVAL_MIN_S} to {INTERVAL_MAX_S} seconds, or null for the rules'.",
            field="interval_s",
        )
    after = step(unit, welfare=timer)
    fact = UnitWelfareSet(
        subject=after.id,
        version=after.version,
        incident=_incident_of(after),
        audience=after.audience,
        welfare=timer,
    )
    return Change(unit=after, incident=None, facts=(fact,))


def missed(unit: Unit, rules: UnitStatuses, *, now: datetime) -> Change | None:
    """Count a check-in that did not come; None when none is due or the alarm is out already."""
    timer = unit.welfare
    if timer is None or timer.due_at > now or timer.missed >= rules.welfare.alarm_after:
        return None
    again = now + timedelta(seconds=rules.welfare.repeat_s)
    late = replace(timer, missed=timer.missed + 1, due_at=again)
    after = step(unit, welfare=late)
    fact = UnitWelfareOverdue(
        subject=after.id,
        version=after.version,
        incident=_incident_of(after),
        audience=after.audience,
        welfare=late,
        waited_s=int((now - timer.due_at).total_seconds()),
    )
    return Change(unit=after, incident=None, facts=(fact,))


def is_lost(unit: Unit, rules: UnitStatuses) -> bool:
    """Tell whether the crew missed so many check-ins that an alarm has to be raised."""
    return unit.welfare is not None and unit.welfare.missed >= rules.welfare.alarm_after


def rest_due(unit: Unit, rules: UnitStatuses, *, now: datetime) -> Change | None:
    """Mark a crew that has worked too long without a break; None when it has not, or is marked."""
    if unit.busy_since is None or unit.rest_due or has_rested(unit, now):
        return None
    worked_s = int((now - unit.busy_since).total_seconds())
    if worked_s < rules.rest_after_s:
        return None
    after = step(unit, rest_due=True)
    fact = UnitRestDue(
        subject=after.id,
        version=after.version,
        audience=after.audience,
        rest_due=True,
        waited_s=worked_s,
    )
    return Change(unit=after, incident=None, facts=(fact,))


def _incident_of(unit: Unit) -> UUID | None:
    return unit.assignment.incident_id if unit.assignment else None
