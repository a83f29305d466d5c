"""The picture as a fold over entries: pure, and the same as the screens' (docs/events.md).

Entries about subjects the picture does not hold change nothing of them and never fail: a person
may be told of an assignment without being shown the unit.
"""

from typing import Final
from uuid import UUID

from dispatch.domain import alarm_facts, call_fold, clock_facts, incident_fold, unit_fold
from dispatch.domain.folding import (
    ALARMS,
    CALLS,
    INCIDENTS,
    RULES,
    UNITS,
    Data,
    Picture,
    Step,
    lay_over,
    leave,
    list_in,
    new,
    overlay,
    without,
)
from dispatch.domain.rules import folding as rules

__all__ = ["ALARMS", "CALLS", "EMPTY", "INCIDENTS", "KINDS", "RULES", "UNITS", "Picture", "fold"]

EMPTY: Final[Picture] = {CALLS: {}, INCIDENTS: {}, UNITS: {}, ALARMS: {}, RULES: {}}


def fold(picture: Picture, kind: str, subject: UUID | str, *, version: int, data: Data) -> Picture:
    """Return the picture after one entry; kinds of other packages leave it as it is."""
    step = _STEPS.get(kind)
    return step(picture, str(subject), version, data) if step else picture


def _call_linked(picture: Picture, subject: str, version: int, data: Data) -> Picture:
    kept = {name: value for name, value in data.items() if name != "incident_version"}
    after = lay_over(picture, CALLS, subject, {**kept, "version": version})
    return _incident_gains(after, data, "call_ids", subject)


def _alarm_verified(picture: Picture, subject: str, version: int, data: Data) -> Picture:
    kept = {"state": data["state"], "by": data["by"], "incident_id": data["incident_id"]}
    after = lay_over(picture, ALARMS, subject, {**kept, "version": version})
    return _incident_gains(after, data, "alarm_ids", subject)


def _incident_gains(picture: Picture, data: Data, name: str, subject: str) -> Picture:
    incident = picture[INCIDENTS].get(str(data["incident_id"]))
    if incident is None:
        return picture
    grown = {name: [*list_in(incident[name]), subject], "version": data["incident_version"]}
    return lay_over(picture, INCIDENTS, str(data["incident_id"]), grown)


def _incident_closed(picture: Picture, subject: str, version: int, data: Data) -> Picture:
    after = leave(INCIDENTS)(picture, subject, version, data)
    for section in (CALLS, ALARMS):
        after = without(after, section, lambda _, held: held.get("incident_id") == subject)
    return after


_STEPS: Final[dict[str, Step]] = {
    "call.linked": _call_linked,
    "incident.opened": new(INCIDENTS),
    "incident.changed": overlay(INCIDENTS),
    "incident.progressed": overlay(INCIDENTS),
    "incident.overdue": overlay(INCIDENTS, "overdue"),
    "incident.merged": leave(INCIDENTS),
    "incident.closed": _incident_closed,
    "alarm.raised": new(ALARMS),
    "alarm.repeated": overlay(ALARMS),
    "alarm.acknowledged": overlay(ALARMS),
    "alarm.verified": _alarm_verified,
    "alarm.dismissed": leave(ALARMS),
    **call_fold.STEPS,
    **incident_fold.STEPS,
    **rules.STEPS,
    **clock_facts.STEPS,
    **alarm_facts.STEPS,
    **unit_fold.STEPS,
}
KINDS: Final = frozenset(_STEPS)
