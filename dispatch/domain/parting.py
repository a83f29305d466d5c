"""Steps that part what was joined: unmerge a merged incident, split one in two."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Literal
from uuid import UUID

from dispatch.domain import alarm as alarms
from dispatch.domain import call as calls
from dispatch.domain.alarm import Alarm
from dispatch.domain.call import Call
from dispatch.domain.events import IncidentOpened
from dispatch.domain.incident import Incident, IncidentStatus, progress, require_open, step
from dispatch.domain.incident_facts import IncidentParted, IncidentUnmerged
from dispatch.domain.linking import alarm_verified, call_linked, with_alarm
from dispatch.domain.response_plan import unique
from ops_center.kernel.errors import Conflict, Invalid
from ops_center.kernel.events import Fact


class Parting:
    """Takes calls and alarms out of one incident and gives them to another, one fact for each.

    `left` is the incident they leave, `gaining` the one they come to; units stay where they are.
    """

    def __init__(self, left: Incident, gaining: Incident, *, reason: str) -> None:
        self.left = left
        self.gaining = gaining
        self.calls: list[Call] = []
        self.alarms: list[Alarm] = []
        self.facts: list[Fact] = []
        self._reason = reason

    def let_go(
        self,
        call_ids: Iterable[UUID],
        alarm_ids: Iterable[UUID],
        *,
        how: Literal["split", "unmerge"],
    ) -> None:
        """Take them off the incident they leave."""
        calls_gone, alarms_gone = frozenset(call_ids), frozenset(alarm_ids)
        kept = tuple(one for one in self.left.merged_from if one != self.gaining.id)
        self.left = step(
            self.left,
            call_ids=tuple(one for one in self.left.call_ids if one not in calls_gone),
            alarm_ids=tuple(one for one in self.left.alarm_ids if one not in alarms_gone),
            merged_from=kept,
        )
        self.facts.append(
            IncidentParted(
                subject=self.left.id,
                version=self.left.version,
                incident=self.left.id,
                audience=unique((*self.left.audience, *self.gaining.audience)),
                call_ids=self.left.call_ids,
                alarm_ids=self.left.alarm_ids,
                merged_from=self.left.merged_from,
                how=how,
                other=self.gaining.id,
                reason=self._reason,
            )
        )

    def come_back(self) -> None:
        """Let a merged incident stand by itself again, as yet without its calls and alarms."""
        source = step(self.gaining, merged_into=None, call_ids=(), alarm_ids=())
        self.gaining = _open_again(source)
        self.facts.append(
            IncidentUnmerged(
                subject=self.gaining.id,
                version=self.gaining.version,
                incident=self.gaining.id,
                audience=self.gaining.audience,
                returned=self.gaining,
                reason=self._reason,
            )
        )

    def begin(self) -> None:
        """Let the incident begin that was split off, as yet without calls and alarms."""
        self.facts.append(
            IncidentOpened(
                subject=self.gaining.id,
                version=self.gaining.version,
                incident=self.gaining.id,
                audience=self.gaining.audience,
                opened=self.gaining,
            )
        )

    def take(self, moving: Iterable[Call], sounding: Iterable[Alarm], *, by: str) -> None:
        """Give them to the other incident."""
        for call in moving:
            after = calls.moved(call, incident_id=self.gaining.id)
            self.gaining = step(self.gaining, call_ids=(*self.gaining.call_ids, after.id))
            self.calls.append(after)
            self.facts.append(call_linked(after, self.gaining))
        for alarm in sounding:
            sounded = alarms.moved(alarm, by=by, incident_id=self.gaining.id)
            self.gaining = with_alarm(self.gaining, sounded)
            self.alarms.append(sounded)
            self.facts.append(alarm_verified(sounded, self.gaining))


def _open_again(source: Incident) -> Incident:
    """Return a merged incident open again: as far as its own units had come."""
    going_on = replace(source, status=IncidentStatus.NEW)
    return replace(going_on, status=progress(going_on))


def require_merged(incident: Incident) -> UUID:
    """Return where the incident was merged into, or raise Conflict."""
    if incident.status is IncidentStatus.MERGED and incident.merged_into is not None:
        return incident.merged_into
    raise Conflict(
        f"Incident {incident.number} is {incident.status}, not merged. There is nothing to undo.",
        code="incident-not-merged",
        incident_id=str(incident.id),
        status=incident.status.value,
    )


def require_own(incident: Incident, call_ids: Iterable[UUID], alarm_ids: Iterable[UUID]) -> None:
    """Raise Invalid unless there is something to split off, and all of it is the incident's."""
    require_open(incident)
    wanted = (*call_ids, *alarm_ids)
    if not wanted:
        raise Invalid("Name the calls or alarms that belong elsewhere.", field="call_ids")
    held = {*incident.call_ids, *incident.alarm_ids}
    strange = [str(one) for one in wanted if one not in held]
    if strange:
        raise Invalid(
            f"Not part of incident {incident.number}: {', '.join(strange)}. Look at it again.",
            code="not-of-incident",
            ids=strange,
        )
