"""The picture as a fold over entries: pure, and the same as the screens' (docs/events.md).

Entries about subjects the picture does not hold change nothing of them and never fail: a person
may be told of an assignment without being shown the unit.
"""

from collections.abc import Callable, Mapping
from typing import Final, TypeAlias
from uuid import UUID

Subject: TypeAlias = Mapping[str, object]
Picture: TypeAlias = Mapping[str, Mapping[str, Subject]]
Data: TypeAlias = Mapping[str, object]
Step: TypeAlias = Callable[[Picture, str, int, Data], Picture]

CALLS: Final = "calls"
INCIDENTS: Final = "incidents"
UNITS: Final = "units"
ALARMS: Final = "alarms"
EMPTY: Final[Picture] = {CALLS: {}, INCIDENTS: {}, UNITS: {}, ALARMS: {}}


def fold(picture: Picture, kind: str, subject: UUID | str, *, version: int, data: Data) -> Picture:
    """Return the picture after one entry; kinds of other packages leave it as it is."""
    step = _STEPS.get(kind)
    return step(picture, str(subject), version, data) if step else picture


def _new(section: str) -> Step:
    def put(picture: Picture, subject: str, version: int, data: Data) -> Picture:
        return _put(picture, section, subject, {**data, "id": subject, "version": version})

    return put


def _overlay(section: str, *names: str) -> Step:
    """Replace the fields named (none named: all in data) and the version."""

    def put(picture: Picture, subject: str, version: int, data: Data) -> Picture:
        kept = {name: data[name] for name in names} if names else data
        return _lay_over(picture, section, subject, {**kept, "version": version})

    return put


def _leave(section: str) -> Step:
    def drop(picture: Picture, subject: str, _version: int, _data: Data) -> Picture:
        return _without(picture, section, lambda key, _: key == subject)

    return drop


def _call_linked(picture: Picture, subject: str, version: int, data: Data) -> Picture:
    kept = {"state": data["state"], "incident_id": data["incident_id"], "overdue": data["overdue"]}
    after = _lay_over(picture, CALLS, subject, {**kept, "version": version})
    return _incident_gains(after, data, "call_ids", subject)


def _alarm_verified(picture: Picture, subject: str, version: int, data: Data) -> Picture:
    kept = {"state": data["state"], "by": data["by"], "incident_id": data["incident_id"]}
    after = _lay_over(picture, ALARMS, subject, {**kept, "version": version})
    return _incident_gains(after, data, "alarm_ids", subject)


def _incident_gains(picture: Picture, data: Data, name: str, subject: str) -> Picture:
    incident = picture[INCIDENTS].get(str(data["incident_id"]))
    if incident is None:
        return picture
    grown = {name: [*_list(incident[name]), subject], "version": data["incident_version"]}
    return _lay_over(picture, INCIDENTS, str(data["incident_id"]), grown)


def _incident_noted(picture: Picture, subject: str, version: int, data: Data) -> Picture:
    incident = picture[INCIDENTS].get(subject)
    if incident is None:
        return picture
    notes = [*_list(incident["notes"]), data["note"]]
    return _lay_over(picture, INCIDENTS, subject, {"notes": notes, "version": version})


def _incident_closed(picture: Picture, subject: str, version: int, data: Data) -> Picture:
    after = _leave(INCIDENTS)(picture, subject, version, data)
    for section in (CALLS, ALARMS):
        after = _without(after, section, lambda _, held: held.get("incident_id") == subject)
    return after


def _unit_assigned(picture: Picture, subject: str, version: int, data: Data) -> Picture:
    names = ("assignment", "availability", "activity", "status_at")
    after = _overlay(UNITS, *names)(picture, subject, version, data)
    order = _object(data["assignment"])
    incident = after[INCIDENTS].get(str(order["incident_id"]))
    if incident is None:
        return after
    grown = {
        "assignments": [*_list(incident["assignments"]), order],
        "version": data["incident_version"],
        "overdue": False,
    }
    return _lay_over(after, INCIDENTS, str(order["incident_id"]), grown)


def _unit_status_changed(picture: Picture, subject: str, version: int, data: Data) -> Picture:
    names = ("availability", "activity", "status_at", "reason", "assignment")
    after = _overlay(UNITS, *names)(picture, subject, version, data)
    return _assignment_replaced(after, data)


def _unit_released(picture: Picture, subject: str, version: int, data: Data) -> Picture:
    names = ("availability", "activity", "status_at")
    kept = {name: data[name] for name in names}
    free = {**kept, "assignment": None, "version": version}
    return _assignment_replaced(_lay_over(picture, UNITS, subject, free), data)


def _unit_dispatch_overdue(picture: Picture, subject: str, version: int, data: Data) -> Picture:
    after = _overlay(UNITS, "assignment")(picture, subject, version, data)
    return _assignment_replaced(after, data)


def _assignment_replaced(picture: Picture, data: Data) -> Picture:
    if data["assignment"] is None:
        return picture
    order = _object(data["assignment"])
    incident = picture[INCIDENTS].get(str(order["incident_id"]))
    if incident is None:
        return picture
    known = [_object(held) for held in _list(incident["assignments"])]
    kept = [order if held["id"] == order["id"] else held for held in known]
    changed = {"assignments": kept, "version": data["incident_version"]}
    return _lay_over(picture, INCIDENTS, str(order["incident_id"]), changed)


def _lay_over(picture: Picture, section: str, subject: str, fields: Data) -> Picture:
    held = picture[section].get(subject)
    return _put(picture, section, subject, {**held, **fields}) if held is not None else picture


def _put(picture: Picture, section: str, subject: str, value: Subject) -> Picture:
    return {**picture, section: {**picture[section], subject: value}}


def _without(picture: Picture, section: str, goes: Callable[[str, Subject], bool]) -> Picture:
    kept = {key: held for key, held in picture[section].items() if not goes(key, held)}
    return {**picture, section: kept}


def _list(value: object) -> list[object]:
    assert isinstance(value, list), "the picture holds a list here"
    return value


def _object(value: object) -> Subject:
    assert isinstance(value, Mapping), "the picture holds an object here"
    return value


_STEPS: Final[dict[str, Step]] = {
    "call.received": _new(CALLS),
    "call.taken": _overlay(CALLS),
    "call.located": _overlay(CALLS),
    "call.linked": _call_linked,
    "call.closed": _leave(CALLS),
    "call.overdue": _overlay(CALLS, "overdue"),
    "incident.opened": _new(INCIDENTS),
    "incident.changed": _overlay(INCIDENTS),
    "incident.noted": _incident_noted,
    "incident.progressed": _overlay(INCIDENTS),
    "incident.overdue": _overlay(INCIDENTS, "overdue"),
    "incident.merged": _leave(INCIDENTS),
    "incident.closed": _incident_closed,
    "unit.registered": _new(UNITS),
    "unit.changed": _overlay(UNITS),
    "unit.assigned": _unit_assigned,
    "unit.status_changed": _unit_status_changed,
    "unit.released": _unit_released,
    "unit.dispatch_overdue": _unit_dispatch_overdue,
    "unit.emergency_declared": _overlay(UNITS, "emergency"),
    "unit.emergency_cleared": _overlay(UNITS, "emergency"),
    "alarm.raised": _new(ALARMS),
    "alarm.acknowledged": _overlay(ALARMS),
    "alarm.verified": _alarm_verified,
    "alarm.dismissed": _leave(ALARMS),
}
KINDS: Final = frozenset(_STEPS)
