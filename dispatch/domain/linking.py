"""Steps that change an incident together with a call or an alarm: link, verify, merge, close."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from dispatch.domain import alarm as alarms
from dispatch.domain import call as calls
from dispatch.domain.alarm import Alarm
from dispatch.domain.call import Call
from dispatch.domain.call_parts import Witness
from dispatch.domain.events import (
    AlarmVerified,
    CallLinked,
    IncidentChanged,
    IncidentClosed,
    IncidentMerged,
)
from dispatch.domain.incident import (
    Incident,
    IncidentStatus,
    require_due,
    require_no_units,
    require_open,
    step,
)
from dispatch.domain.incident_facts import IncidentAbsorbed
from dispatch.domain.incident_life import protect
from dispatch.domain.response_plan import CENTRE, unique
from ops_center.kernel.errors import Invalid
from ops_center.kernel.events import Fact

PROTECTED_BY_MERGE: Final = "merged with a protected incident"


def link_call(call: Call, incident: Incident) -> tuple[Call, Incident, list[Fact]]:
    """Make the call part of the incident; a call that already is changes nothing."""
    require_open(incident)
    part = Witness.WITNESS if incident.call_ids else Witness.REPORTER
    after = calls.linked(call, incident_id=incident.id, witness=part)
    if after is call:
        return call, incident, []
    grown = step(incident, call_ids=(*incident.call_ids, call.id))
    return after, grown, [call_linked(after, grown)]


def involve(incident: Incident, agencies: Iterable[str]) -> tuple[Incident, list[Fact]]:
    """Let further agencies take part in the incident, so that they see it from now on.

    The centre itself sees everything and is never added.
    """
    involved = unique((*incident.agencies, *(code for code in agencies if code != CENTRE)))
    if involved == incident.agencies:
        return incident, []
    widened = step(incident, agencies=involved)
    fact = IncidentChanged(
        subject=widened.id,
        version=widened.version,
        incident=widened.id,
        audience=widened.audience,
        agencies=involved,
    )
    return widened, [fact]


def verify_alarm(
    alarm: Alarm, incident: Incident, *, by: str
) -> tuple[Alarm, Incident, list[Fact]]:
    """Make the alarm part of the incident on the word of a person."""
    require_open(incident)
    after = alarms.verified(alarm, by=by, incident_id=incident.id)
    # Whoever was told of the alarm has to hear how it ends.
    involved, facts = involve(incident, [alarm.agency])
    grown = with_alarm(involved, after)
    return after, grown, [*facts, alarm_verified(after, grown)]


class Merge:
    """Moves calls and alarms from one incident to another, one fact for each, then ends it."""

    def __init__(self, source: Incident, into: Incident) -> None:
        if source.id == into.id:
            raise Invalid("An incident cannot be merged into itself: choose another.", field="into")
        require_open(source)
        require_open(into)
        require_due(source)
        require_due(into)
        require_no_units(source, to="merge")
        self.source = source
        self.into = into
        self.calls: list[Call] = []
        self.alarms: list[Alarm] = []
        self.facts: list[Fact] = []

    def move(self, moving: Iterable[Call], alarming: Iterable[Alarm], *, by: str) -> None:
        """Take over what belongs to the source, and those who were told of it."""
        self.into, widened = involve(self.into, self.source.agencies)
        self.facts.extend(widened)
        if self.source.protected and not self.into.protected:
            self.into, covered = protect(self.into, protected=True, reason=PROTECTED_BY_MERGE)
            self.facts.extend(covered)
        if self.into.protected and not self.source.protected:
            self.source, covered = protect(self.source, protected=True, reason=PROTECTED_BY_MERGE)
            self.facts.extend(covered)
        for call in moving:
            after = calls.moved(call, incident_id=self.into.id)
            self.into = step(self.into, call_ids=(*self.into.call_ids, after.id))
            self.calls.append(after)
            self.facts.append(call_linked(after, self.into))
        for alarm in alarming:
            sounded = alarms.moved(alarm, by=by, incident_id=self.into.id)
            self.into = with_alarm(self.into, sounded)
            self.alarms.append(sounded)
            self.facts.append(alarm_verified(sounded, self.into))

    def finish(self) -> None:
        """End the source; both point to each other."""
        self.into = step(self.into, merged_from=(*self.into.merged_from, self.source.id))
        self.facts.append(
            IncidentAbsorbed(
                subject=self.into.id,
                version=self.into.version,
                incident=self.into.id,
                audience=self.into.audience,
                merged_from=self.into.merged_from,
                source=self.source.id,
                number=self.source.number,
            )
        )
        self.source = step(
            self.source, status=IncidentStatus.MERGED, merged_into=self.into.id, overdue=False
        )
        self.facts.append(
            IncidentMerged(
                subject=self.source.id,
                version=self.source.version,
                incident=self.source.id,
                audience=unique((*self.source.audience, *self.into.audience)),
                status=self.source.status,
                merged_into=self.into.id,
            )
        )


def close(incident: Incident, *, disposition: str, now: datetime) -> tuple[Incident, list[Fact]]:
    """End the incident; refused while units are assigned, so that no crew is forgotten."""
    require_open(incident)
    require_no_units(incident, to="close")
    at = max([now, incident.opened_at, *(one.last_at for one in incident.assignments)])
    after = step(
        incident,
        status=IncidentStatus.CLOSED,
        disposition=disposition,
        closed_at=at,
        overdue=False,
    )
    fact = IncidentClosed(
        subject=after.id,
        version=after.version,
        incident=after.id,
        audience=after.audience,
        status=after.status,
        disposition=disposition,
        closed_at=at,
    )
    return after, [fact]


def with_alarm(incident: Incident, alarm: Alarm) -> Incident:
    """Return the incident with that alarm as one of its own."""
    return step(incident, alarm_ids=(*incident.alarm_ids, alarm.id))


def call_linked(call: Call, incident: Incident) -> CallLinked:
    """Say that the call is part of the incident now."""
    return CallLinked(
        subject=call.id,
        version=call.version,
        incident=incident.id,
        audience=incident.audience,
        state=call.state,
        incident_id=incident.id,
        incident_version=incident.version,
        overdue=call.overdue,
        witness=call.witness,
        claim_stale=call.claim_stale,
    )


def alarm_verified(alarm: Alarm, incident: Incident) -> AlarmVerified:
    """Say that the alarm is part of the incident now."""
    return AlarmVerified(
        subject=alarm.id,
        version=alarm.version,
        incident=incident.id,
        audience=unique((*alarm.audience, *incident.audience)),
        state=alarm.state,
        by=alarm.by,
        incident_id=incident.id,
        incident_version=incident.version,
    )
