"""Steps of an incident by itself: reopened, come due, protected, owned."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from dispatch.domain.alarm import Alarm
from dispatch.domain.call import Call
from dispatch.domain.incident import Incident, IncidentStatus, require_open, step
from dispatch.domain.incident_facts import (
    AlarmReturned,
    CallReturned,
    IncidentCameDue,
    IncidentOwnerChanged,
    IncidentProtectionChanged,
    IncidentReopened,
)
from ops_center.kernel.errors import Conflict, Invalid
from ops_center.kernel.events import Fact

SCHEDULE_MAX: Final = timedelta(days=366)


def reopen(incident: Incident, *, reason: str, now: datetime) -> tuple[Incident, list[Fact]]:
    """Let a closed incident go on; it is new again, because nobody is at it.

    Its own clocks run anew and can be told again; what units were late with stays.
    """
    if incident.status is not IncidentStatus.CLOSED:
        raise Conflict(
            f"Incident {incident.number} is {incident.status}, not closed. "
            "A merged one is brought back with unmerge.",
            code="incident-not-closed",
            incident_id=str(incident.id),
            status=incident.status.value,
        )
    after = step(
        incident,
        status=IncidentStatus.NEW,
        disposition=None,
        closed_at=None,
        reopened_at=now,
        overdue=False,
        clocks_overdue=tuple(one for one in incident.clocks_overdue if one.assignment_id),
    )
    fact = IncidentReopened(
        subject=after.id,
        version=after.version,
        incident=after.id,
        audience=after.audience,
        returned=after,
        reason=reason,
    )
    return after, [fact]


def return_calls(incident: Incident, calls: Iterable[Call]) -> tuple[list[Call], list[Fact]]:
    """Show again the calls that left together with the incident."""
    back = [replace(call, version=call.version + 1) for call in calls]
    return back, [
        CallReturned(
            subject=call.id,
            version=call.version,
            incident=incident.id,
            audience=incident.audience,
            call=call,
        )
        for call in back
    ]


def return_alarms(incident: Incident, alarms: Iterable[Alarm]) -> tuple[list[Alarm], list[Fact]]:
    """Show again the alarms that left together with the incident."""
    back = [replace(alarm, version=alarm.version + 1) for alarm in alarms]
    return back, [
        AlarmReturned(
            subject=alarm.id,
            version=alarm.version,
            incident=incident.id,
            audience=(*alarm.audience, *incident.audience),
            alarm=alarm,
        )
        for alarm in back
    ]


def require_later(scheduled_for: datetime, *, now: datetime) -> datetime:
    """Return a time that an incident can wait for, or raise Invalid."""
    if not now < scheduled_for <= now + SCHEDULE_MAX:
        raise Invalid(
            f"scheduled_for lies ahead, at most {SCHEDULE_MAX.days} days. "
            "For what is due already, open the incident without it.",
            field="scheduled_for",
        )
    return scheduled_for


def require_scheduled(incident: Incident) -> None:
    """Raise Conflict unless the incident still waits for its time."""
    require_open(incident)
    if incident.status is not IncidentStatus.SCHEDULED:
        raise Conflict(
            f"Incident {incident.number} is {incident.status} already. It has no time to wait for.",
            code="incident-not-scheduled",
            incident_id=str(incident.id),
            status=incident.status.value,
        )


def come_due(incident: Incident, *, at: datetime) -> tuple[Incident, list[Fact]]:
    """Let a scheduled incident begin: from `at` on its clocks run and units can be sent."""
    require_scheduled(incident)
    after = step(incident, status=IncidentStatus.NEW, scheduled_for=at)
    fact = IncidentCameDue(
        subject=after.id,
        version=after.version,
        incident=after.id,
        audience=after.audience,
        status=after.status,
        scheduled_for=at,
    )
    return after, [fact]


def protect(incident: Incident, *, protected: bool, reason: str) -> tuple[Incident, list[Fact]]:
    """Mask the incident for those without need-to-know, or end that; the same changes nothing."""
    if incident.protected is protected:
        return incident, []
    after = step(incident, protected=protected)
    fact = IncidentProtectionChanged(
        subject=after.id,
        version=after.version,
        incident=after.id,
        audience=after.audience,
        protected=protected,
        reason=reason,
    )
    return after, [fact]


def own(incident: Incident, *, owner: str | None, note: str | None) -> tuple[Incident, list[Fact]]:
    """Say who leads the incident at the desk; the same person again changes nothing."""
    require_open(incident)
    if incident.owner == owner:
        return incident, []
    after = step(incident, owner=owner)
    fact = IncidentOwnerChanged(
        subject=after.id,
        version=after.version,
        incident=after.id,
        audience=after.audience,
        owner=owner,
        before=incident.owner,
        note=note,
    )
    return after, [fact]
